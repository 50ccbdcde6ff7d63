/*
 * report/cfi.h - the unwinding rules of one ELF file, or of code in memory, compiled to compact rows (DESIGN D7).
 *
 * Rules come from .eh_frame and .debug_frame, of the file, of its separate .debug file or of its .gnu_debugdata, through
 * libdw (which can crash on hostile files: nobody else calls it for CFI, D9).  The rule of a pc
 * is asked for once and kept.  Registers have DWARF's numbers of the architecture.
 */
#ifndef PERFOLIO_REPORT_CFI_H
#define PERFOLIO_REPORT_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "report/cfi_expression.h"

enum { CFI_ROW_SAVED = 20 };

/* How the caller's value of a register is found; what a row does not list is the same or, by its mask, lost. */
enum cfi_rule_kind {
	RULE_AT_CFA,   /* in memory at CFA + offset */
	RULE_CFA_PLUS, /* is CFA + offset */
	RULE_REGISTER, /* is in another register: `offset` */
	RULE_AT_EXPR,  /* in memory at the address that an expression gives */
	RULE_EXPR,     /* is what an expression gives */
};

struct cfi_saved {
	uint8_t reg;
	uint8_t kind; /* enum cfi_rule_kind */
	int32_t offset;
	const struct cfi_expression *expression;
};

struct cfi_row {
	bool cfa_is_expression;
	uint8_t cfa_reg;
	int32_t cfa_offset;
	const struct cfi_expression *cfa_expression;
	uint64_t lost;     /* bit r: the caller's value of register r cannot be known */
	uint8_t ra;        /* the register that has the return address (x86-64: 16, aarch64: 30) */
	bool ra_undefined; /* the outermost frame */
	bool signal;       /* a signal frame: its caller was interrupted, it did not call */
	uint8_t n_saved;
	struct cfi_saved saved[CFI_ROW_SAVED];
};

struct cfi;

/* debug_path: NULL without.  NULL: the file cannot be read or has no rules at all. */
struct cfi *cfi_open(const char *path, const char *debug_path, struct error *err);
void cfi_free(struct cfi *c);

/* The rules of an .eh_frame that lies at `addr` in memory: `n` bytes, which are copied.  NULL: of no machine of ours, or refused (cfi_check.h). */
struct cfi *cfi_of_frames(uint16_t machine, uint64_t addr, const uint8_t *eh_frame, size_t n);

/* The row for an address (of the file, or in memory); NULL: none.  Lives as long as `c`. */
const struct cfi_row *cfi_row(struct cfi *c, uint64_t vaddr);

/* Has the file rules that are not used, as reading them would cost more memory than any rule needs? */
bool cfi_is_refused(const struct cfi *c);

/* Does a call instruction end right before this address?  CALL_UNKNOWN: the file has no code there to look at. */
enum call_check { CALL_UNKNOWN, CALL_NO, CALL_YES };
enum call_check cfi_after_call(struct cfi *c, uint64_t vaddr);

#endif
