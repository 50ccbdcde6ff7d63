/*
 * report/totals.h - self, total, callers and callees of every function of a profile.
 *
 * A total counts each sample once, however often a function recurs in its stack;
 * the same for the edges between functions (DESIGN D5).  One walk over the
 * tree (for each COSTS_BLOCK events): a subtree's weight is added where the on-path counter of a function (of
 * a caller-callee pair) rises from 0 to 1.
 */
#ifndef PERFOLIO_REPORT_TOTALS_H
#define PERFOLIO_REPORT_TOTALS_H

#include "report/profile.h"

struct total_edge {
	uint32_t caller, callee; /* functions, no tasks; equal for direct recursion */
};

struct totals {
	size_t n_events, n_functions, n_edges;
	struct costs self, total; /* by function */
	struct total_edge *edges; /* sorted by caller, callee */
	struct costs edge_total;  /* by edge */
	bool overflow;            /* a sum left 64 bits; it stays at UINT64_MAX */
};

struct totals *totals_new(const struct profile *p);
void totals_free(struct totals *t);

#endif
