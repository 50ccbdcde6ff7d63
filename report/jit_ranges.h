/*
 * report/jit_ranges.h - where a process had JIT code: does a perf map speak of it?
 *
 * In a container a process names its map by another pid than the recording knows; then the map is found by what
 * is in it.  And a file of the right name may have lines of an older process with the same pid.
 */
#ifndef PERFOLIO_REPORT_JIT_RANGES_H
#define PERFOLIO_REPORT_JIT_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/perfmap.h"
#include "report/machine.h"

/* Address ranges, sorted, disjoint.  Starts as zeroes. */
struct jit_ranges {
	struct jit_range {
		uint64_t start, end;
	} * items;
	size_t n, cap;
};

/* The executable anonymous mappings of all processes: the machine's mappings are gone through once. */
struct jit_index {
	const struct machine *machine; /* borrowed */
	struct jit_ranges all;         /* those of an instance together, sorted, disjoint */
	size_t *first;                 /* instance i has all.items[first[i]] up to first[i + 1] */
	size_t n_instances;            /* later ones have none */
	uint32_t *seen;                /* by instance: the question that met it last */
	uint32_t question;
	/* what the children of one process inherit; kept, as siblings are asked for one after the other */
	uint32_t parent;
	struct jit_ranges inherited;
};

/* The machine is sealed. */
void jit_index_init(struct jit_index *x, const struct machine *m);
void jit_index_done(struct jit_index *x);

/* The JIT code of all processes that had this pid; inherited: what they got by a fork, too. */
void jit_ranges_of(struct jit_ranges *r, struct jit_index *x, uint32_t pid, bool inherited);
void jit_ranges_free(struct jit_ranges *r);

/* How many of the map's entries begin in one of the ranges. */
size_t jit_ranges_hits(const struct jit_ranges *r, const struct perfmap *map);

#endif
