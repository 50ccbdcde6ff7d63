/*
 * report/chain_ends.h - where the chains that the kernel recorded end: at the start of their thread, or broken.
 *
 * A frame-pointer chain is broken by code without frame pointers; it then ends in the middle of the program, often
 * with an address or two that are no code at all.
 */
#ifndef PERFOLIO_REPORT_CHAIN_ENDS_H
#define PERFOLIO_REPORT_CHAIN_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/collect.h"
#include "report/functions.h"
#include "report/symbols.h"

struct sampled_event;

/* In samples, of all events together. */
struct chain_ends {
	uint64_t whole, broken;
	uint64_t cut;   /* as long as the kernel records */
	uint64_t limit; /* that length, in frames */
	/* where the broken ones end, most of them first */
	struct broken_in {
		const char *object; /* "" without a mapping */
		uint64_t samples;
		/*
		 * More often the chain goes on behind a frame of this object that called another: it has frame pointers.
		 * Then what broke the chain is what called it, or it was sampled before it had made its frame.
		 */
		bool keeps_pointers;
	} * objects;
	size_t n_objects, cap_objects;
};

void chain_ends_count(struct chain_ends *out, const struct sampled_event *events,
		      const struct collected *c, const struct functions *functions,
		      const struct frames *frames);
void chain_ends_done(struct chain_ends *e);

#endif
