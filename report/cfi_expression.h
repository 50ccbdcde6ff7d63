/*
 * report/cfi_expression.h - DWARF expressions as they stand in unwinding rules: PLT stubs, signal frames.
 *
 * A small stack machine over the registers of a frame and its stack.  No control flow, no calls, nothing
 * of debug information: an operation that rules do not have makes the evaluation fail.
 * Source: DWARF 5, 2.5 and 6.4.2.
 */
#ifndef PERFOLIO_REPORT_CFI_EXPRESSION_H
#define PERFOLIO_REPORT_CFI_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

enum { CFI_REGS = 33, CFI_EXPRESSION_MAX = 64 };

/* Operations as libdw decodes them; made by cfi.c, whose arena owns them. */
struct cfi_expression {
	uint32_t n; /* at most CFI_EXPRESSION_MAX */
	struct cfi_operation {
		uint8_t atom; /* DW_OP_* */
		uint64_t number, number2;
	} ops[];
};

/* What an expression needs from the frame it is evaluated in. */
struct cfi_frame {
	const uint64_t *regs; /* by DWARF number */
	uint64_t valid;       /* bit r: regs[r] is known */
	uint64_t cfa;         /* for rules; while the CFA itself is computed: 0 */
	/* Read a word of the stack; false: it is not there (the reader remembers why). */
	bool (*read)(void *context, uint64_t addr, uint64_t *out);
	void *context;
};

/* Evaluate; false: an operation that is not supported, a register that is lost, memory that is not there. */
bool cfi_evaluate(const struct cfi_expression *e, const struct cfi_frame *f, uint64_t *out);

#endif
