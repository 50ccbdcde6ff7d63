/*
 * report/arch.h - the machines whose stacks can be unwound: which register is which.
 *
 * perf numbers the registers of a sample by the bits of its mask (arch/X/include/uapi/asm/perf_regs.h), DWARF
 * has numbers of its own (the ABIs' processor supplements).
 */
#ifndef PERFOLIO_REPORT_ARCH_H
#define PERFOLIO_REPORT_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "report/cfi.h"

struct arch {
	const char *name;      /* as uname(2) has it */
	uint16_t elf_machine;  /* e_machine */
	uint8_t n_regs;        /* registers with DWARF numbers below this */
	uint8_t sp, fp, ra;    /* DWARF numbers; ra: what holds the return address */
	bool ra_in_register;   /* a call leaves it in a register, so a leaf need not save it */
	uint8_t perf_pc;       /* perf's number of the program counter */
	uint64_t callee_saved; /* by DWARF number: a function gives them back as they were */
	int8_t perf_of_dwarf[CFI_REGS]; /* perf's number of each; -1: not recorded */
};

/* The machine by its name in the recording; NULL: not one of ours. */
const struct arch *arch_find(const char *name);

/* Its e_machine; 0 (EM_NONE): not one of ours, or `name` is NULL. */
uint16_t arch_elf_machine(const char *name);

/* A return address as the processor would use it: aarch64 signs them in the upper bits (PAC). */
uint64_t arch_code_address(const struct arch *a, uint64_t addr);

#endif
