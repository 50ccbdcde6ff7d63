/*
 * report/unwind.h - whole user stacks from registers and a copy of the stack (perf record --call-graph dwarf).
 *
 * Walks by CFI rows (cfi.h), through CPython's trampolines by their layout, which has no CFI (FACTS-python
 * A3), and by frame pointers where nothing else is known.  Every step is verified: the stack
 * must grow, the next address must lie in code and behind a call instruction.
 * What comes out is a chain as the kernel would have recorded it.
 */
#ifndef PERFOLIO_REPORT_UNWIND_H
#define PERFOLIO_REPORT_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/arch.h"
#include "report/finder.h"
#include "report/jitmaps.h"
#include "report/machine.h"
#include "report/objects.h"

/* How a stack ended. */
enum stack_end {
	STACK_COMPLETE,       /* at the start of its thread */
	STACK_COPY_TOO_SHORT, /* the word needed next lies behind the copy */
	STACK_NO_CFI,         /* code without unwinding rules and without frame pointers */
	STACK_FILE_MISSING,   /* the file that has the rules is not at hand */
	STACK_BAD_DATA,       /* what was found there is no stack */
	STACK_RECORDED,       /* not unwound: the kernel made the chain */
	STACK_ENDS
};

/* A sample's registers and stack, in the recording's byte order. */
struct unwind_input {
	struct instance_id instance;
	uint64_t time;
	uint64_t regs_mask;
	const uint8_t *regs;  /* one u64 for each bit */
	const uint8_t *stack; /* `stack_size` valid bytes from the stack pointer up */
	uint64_t stack_size;
	bool swap;
};

/* Registers as they were in a frame, by DWARF number. */
struct frame_regs {
	uint64_t value[CFI_REGS];
	uint64_t valid;
};

struct unwinder;

/* Everything is borrowed. */
struct unwinder *unwinder_new(const struct arch *arch, struct machine *m, struct objects *objects,
			      struct jitmaps *jitmaps);
void unwinder_free(struct unwinder *u);

/*
 * Walk a stack.  *chain (*n numbers, valid until the next call) is made like a recorded one: the address that
 * ran, return addresses, and the user context's marker before each address that is exact: that
 * was interrupted, or that a signal handler returns to.  *subject: for STACK_NO_CFI and
 * STACK_FILE_MISSING the file, else "".
 */
enum stack_end unwind(struct unwinder *u, const struct unwind_input *in, const uint64_t **chain,
		      size_t *n, const char **subject);

/* Registers of the i-th frame of the stack that was walked last (0: the innermost); only callee-saved ones and sp. */
const struct frame_regs *unwound_regs(const struct unwinder *u, size_t i);
size_t unwound_frames(const struct unwinder *u);
/* Frames of that stack that are no more than a guess, by frame pointer; *file: of the code that has no rules. */
size_t unwound_guesses(const struct unwinder *u, const char **file);
void unwinder_keep_regs(struct unwinder *u, bool keep); /* false at first: it costs time */

const char *stack_end_name(enum stack_end e); /* "complete", "copy_too_short" ... */

#endif
