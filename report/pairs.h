/*
 * report/pairs.h - numbers for pairs of functions: 0, 1, 2 ... in the order of their first appearance.
 *
 * Starts as zeroes; pairs_done() frees.
 */
#ifndef PERFOLIO_REPORT_PAIRS_H
#define PERFOLIO_REPORT_PAIRS_H

#include <stddef.h>
#include <stdint.h>

struct pair {
	uint32_t caller, callee;
};

struct pair_slot {
	struct pair pair;
	uint32_t number; /* plus 1; 0: free */
};

struct pairs {
	struct pair *items; /* by number */
	size_t n, cap;
	struct pair_slot *slots; /* open addressing */
	size_t mask;
};

/* The number of a pair, a new one (the old `n`) if it is new. */
uint32_t pairs_add(struct pairs *p, uint32_t caller, uint32_t callee);
void pairs_done(struct pairs *p);

#endif
