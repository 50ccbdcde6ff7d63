#include "report/arch.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#define BIT(n) (UINT64_C(1) << (n))

static const struct arch arches[] = {
	{
		.name = "x86_64",
		.elf_machine = EM_X86_64,
		.n_regs = 17,
		.sp = 7,
		.fp = 6,
		.ra = 16,
		.perf_pc = 8,
		.callee_saved = BIT(3) | BIT(6) | BIT(12) | BIT(13) | BIT(14) | BIT(15),
		/* DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8..r15, return address */
		.perf_of_dwarf = { 0, 3, 2, 1, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8 },
	},
	{
		.name = "aarch64",
		.elf_machine = EM_AARCH64,
		.n_regs = 32,
		.sp = 31,
		.fp = 29,
		.ra = 30,
		.ra_in_register = true,
		.perf_pc = 32,
		.callee_saved = BIT(19) | BIT(20) | BIT(21) | BIT(22) | BIT(23) | BIT(24) |
				BIT(25) | BIT(26) | BIT(27) | BIT(28) | BIT(29),
		.perf_of_dwarf = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
				   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 },
	},
};

const struct arch *arch_find(const char *name)
{
	if (!name)
		return NULL;
	if (strcmp(name, "arm64") == 0)
		name = "aarch64";
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		if (strcmp(arches[i].name, name) == 0)
			return &arches[i];
	return NULL;
}

uint16_t arch_elf_machine(const char *name)
{
	const struct arch *a = arch_find(name);

	return a ? a->elf_machine : 0;
}

uint64_t arch_code_address(const struct arch *a, uint64_t addr)
{
	/* User addresses have 48 bits (52 with a special build); what lies above is signature. */
	return a->ra_in_register ? addr & (BIT(48) - 1) : addr;
}
