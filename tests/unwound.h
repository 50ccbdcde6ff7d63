/*
 * tests/unwound.h - a recording with copies of stacks, taken through the stages with an unwinder.
 *
 *	struct unwound u;
 *
 *	if (unwound_open(&u, "folder/perf.data", NULL)) {
 *		unwound_collect(&u);
 *		check_text(walked_stacks(&u.w, 0), "a:110f;a:11c4=1/100", "row");
 *	}
 *	unwound_done(&u);
 */
#ifndef TESTS_UNWOUND_H
#define TESTS_UNWOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "report/arch.h"
#include "report/unwind.h"
#include "tests/walked.h"

struct unwound {
	struct walked w;
	struct unwinder *unwinder;
};

/* The first walk, and an unwinder for the machine that the recording names.  unwound_done() in any case. */
bool unwound_open(struct unwound *u, const char *path, const struct finder_options *options);
bool unwound_open_image(struct unwound *u, const struct image *img,
			const struct finder_options *options);
/* The second walk. */
void unwound_collect(struct unwound *u);
void unwound_done(struct unwound *u);

enum { PERF_REGS = 64 };

/* The mask of the registers that the unwinder knows, pc included. */
uint64_t sample_regs_mask(const struct arch *a);

/* Registers by DWARF number, in the order of a sample with that mask. */
void sample_regs(const struct arch *a, const uint64_t by_dwarf[CFI_REGS], uint64_t pc,
		 uint64_t out[PERF_REGS]);

#endif
