/*
 * report/nested_ranges.h - ranges of addresses that lie within each other; which is the innermost at an address?
 *
 * Starts as zeroes.  Add all, sort once, then ask.
 */
#ifndef PERFOLIO_REPORT_NESTED_RANGES_H
#define PERFOLIO_REPORT_NESTED_RANGES_H

#include <stddef.h>
#include <stdint.h>

/* [low, high) belongs to `what`, a number of the caller's. */
struct nested_range {
	uint64_t low, high;
	uint32_t what;
	uint32_t around; /* the range that this one lies in; NESTED_NONE */
};

#define NESTED_NONE UINT32_MAX

struct nested_ranges {
	struct nested_range *items; /* sorted by low, the outer before the inner */
	size_t n, cap;
};

/* Of equal ranges the one with the smaller number is the outer one. */
void nested_ranges_add(struct nested_ranges *r, uint64_t low, uint64_t high, uint32_t what);
void nested_ranges_sort(struct nested_ranges *r);

/* The innermost range's `what`; NESTED_NONE: no range holds the address. */
uint32_t nested_ranges_at(const struct nested_ranges *r, uint64_t addr);

void nested_ranges_done(struct nested_ranges *r);

#endif
