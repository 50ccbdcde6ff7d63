/*
 * tests/unit/nested_ranges.c - the innermost range at an address (report/nested_ranges.h).
 */
#include "report/nested_ranges.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/check.h"

static void the_innermost_range_has_the_address(void)
{
	static const struct {
		uint64_t low, high;
	} ranges[] = {
		/* added in no order; their numbers are their places here */
		{ 0x40, 0x50 },  { 0x10, 0x30 }, { 0x18, 0x20 },   { 0x18, 0x1c },
		{ 0x00, 0x100 }, { 0x1a, 0x1c }, { 0x200, 0x210 }, { 0x200, 0x210 },
	};
	static const struct {
		uint64_t addr;
		uint32_t want;
	} rows[] = {
		{ 0x00, 4 },
		{ 0x0f, 4 },
		{ 0x10, 1 },
		{ 0x17, 1 },
		{ 0x18, 3 },
		{ 0x1a, 5 },
		{ 0x1b, 5 },
		{ 0x1c, 2 },
		{ 0x20, 1 },
		{ 0x30, 4 },
		{ 0x4f, 0 },
		{ 0x50, 4 },
		{ 0xff, 4 },
		{ 0x100, NESTED_NONE },
		{ 0x200, 7 },
		{ 0x210, NESTED_NONE },
		{ UINT64_MAX, NESTED_NONE },
	};
	struct nested_ranges r = { 0 };

	check_u64(nested_ranges_at(&r, 0), NESTED_NONE, "none at all");
	for (uint32_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		nested_ranges_add(&r, ranges[i].low, ranges[i].high, i);
	nested_ranges_sort(&r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char label[40];

		snprintf(label, sizeof(label), "0x%" PRIx64, rows[i].addr);
		check_u64(nested_ranges_at(&r, rows[i].addr), rows[i].want, label);
	}
	nested_ranges_done(&r);
}

/* The answer by looking at all ranges: of those that hold the address, the smallest. */
static void nested_ranges_agree_with_a_search_of_all(void)
{
	enum { N = 200, SPAN = 4096 };
	struct nested_ranges r = { 0 };
	uint64_t low[N] = { 0 }, high[N] = { SPAN };
	uint32_t random = 1;

	nested_ranges_add(&r, 0, SPAN, 0);
	for (uint32_t i = 1; i < N;
	     i++) { /* within an earlier one, beside none of its inner ones */
		uint32_t in = i / 2;
		uint64_t half = (high[in] - low[in]) / 2;

		random = random * 1103515245 + 12345;
		low[i] = low[in] + (i % 2 ? half : 0);
		high[i] = low[i] + half - (half > 2 ? (random >> 16) % 2 : 0);
		if (low[i] < high[i])
			nested_ranges_add(&r, low[i], high[i], i);
	}
	nested_ranges_sort(&r);
	for (uint64_t a = 0; a < SPAN; a++) {
		uint32_t want = NESTED_NONE;

		for (uint32_t i = 0; i < N; i++)
			if (low[i] <= a && a < high[i] &&
			    (want == NESTED_NONE || high[i] - low[i] <= high[want] - low[want]))
				want = i;
		check_u64(nested_ranges_at(&r, a), want, "address");
	}
	nested_ranges_done(&r);
}

int main(void)
{
	the_innermost_range_has_the_address();
	nested_ranges_agree_with_a_search_of_all();
	return check_done("nested_ranges");
}
