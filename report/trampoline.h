/*
 * report/trampoline.h - the frames of CPython's perf trampolines, which have no unwinding rules (FACTS-python A1 to A3).
 *
 * The size of the perf map's entry tells the layout: the recording has no bytes of the code.
 */
#ifndef PERFOLIO_REPORT_TRAMPOLINE_H
#define PERFOLIO_REPORT_TRAMPOLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/arch.h"

/* Is a perf map's entry one? Its name is "py::...", its size that of a small stub. */
bool trampoline_is(const char *name, uint64_t size);

/* May a return address lie at this offset? */
bool trampoline_returns_at(const struct arch *a, uint64_t size, uint64_t offset);

/* Where the caller's state is, from the stack pointer in the trampoline's frame. */
struct trampoline_frame {
	uint64_t cfa_offset, ra_offset; /* of the caller's stack pointer; of the return address */
	bool ra_in_register;
	bool fp_saved; /* else the frame pointer is the caller's */
	uint64_t fp_offset;
};

/*
 * The frame at `offset`; exact: it was interrupted there, else it is a return address.  fp_is_sp: the frame
 * pointer equals the stack pointer, as after "push %rbp; mov %rsp,%rbp" (tells layouts of unknown size apart).
 * False: a trampoline cannot be there.
 */
bool trampoline_step(const struct arch *a, uint64_t size, uint64_t offset, bool exact,
		     bool fp_is_sp, struct trampoline_frame *out);

#endif
