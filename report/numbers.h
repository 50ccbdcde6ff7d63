/*
 * report/numbers.h - distinct 64-bit keys, numbered 0, 1, 2 ... in the order of their first appearance.
 *
 * Starts as zeroes; numbers_done() frees.
 */
#ifndef PERFOLIO_REPORT_NUMBERS_H
#define PERFOLIO_REPORT_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_slot {
	uint64_t key;
	uint32_t number_1; /* number + 1; 0: free */
};

struct numbers {
	struct number_slot *slots; /* open addressing */
	size_t mask;
	uint32_t n;
};

/* The number of a key, a new one (the old `n`) if it is new. */
uint32_t numbers_add(struct numbers *s, uint64_t key, bool *is_new);

/* The number of a key; false: it was never added. */
bool numbers_find(const struct numbers *s, uint64_t key, uint32_t *number);

void numbers_done(struct numbers *s);

#endif
