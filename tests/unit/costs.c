/*
 * tests/unit/costs.c - rows of costs, with few events and with many (report/costs.h).
 */
#include "report/costs.h"

#include <stdlib.h>

#include "parser/base/memory.h"
#include "tests/check.h"
#include "tests/make_profile.h"

enum { ROWS = 60, ADDITIONS = 900 };

static bool equal(const struct cost *a, const struct cost *b)
{
	return a->samples == b->samples && a->weight == b->weight;
}

static void compare(const struct costs *c, const struct cost *want, const char *label)
{
	size_t n = c->n_events, blocks = 0, blocks_right = 0;
	bool cells = true, at = true, samples = true;

	for (size_t row = 0; row < c->n_rows; row++) {
		struct cost_cell cell = costs_begin(c, row);
		uint64_t sum = 0;
		size_t given = 0, wanted = 0;

		for (size_t e = 0; e < n; e++) {
			at &= equal(costs_at(c, row, e), &want[row * n + e]);
			wanted += !cost_is_zero(&want[row * n + e]);
			sum += want[row * n + e].samples;
		}
		for (; costs_next(c, &cell); given++)
			cells &= cell.event < n && equal(cell.cost, &want[row * n + cell.event]);
		cells &= given == wanted;
		samples &= costs_samples(c, row) == sum && costs_no_samples(c, row) == !sum;
		for (size_t first = 0; first < n; first += c->width) {
			const struct cost *block = costs_block(c, row, first);
			bool right = true;

			for (size_t i = 0; i < c->width; i++)
				right &= first + i < n
						 ? equal(&block[i], &want[row * n + first + i])
						 : cost_is_zero(&block[i]);
			blocks++;
			blocks_right += right;
		}
	}
	check_in(label);
	check(at, "each cost");
	check(cells, "all costs that are not zero, each once");
	check(samples, "samples of all events");
	check_u64(blocks_right, blocks, "blocks");
	check_in(NULL);
}

static void costs_are_what_was_added_however_many_events_there_are(void)
{
	static const struct {
		const char *label;
		uint32_t events;
	} rows[] = {
		{ "one event", 1 }, { "two", 2 },    { "one block", 8 },
		{ "nine", 9 },      { "many", 700 }, { "whole blocks", 32 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rows[i].events;
		struct cost *want = mem_calloc(ROWS * n, sizeof(*want));
		uint64_t seed = i;
		struct costs c, copy;

		costs_init(&c, n);
		costs_init(&copy, n);
		check_u64(costs_add_rows(&c, ROWS / 2), 0, "the first row");
		check_u64(costs_add_rows(&c, ROWS / 2), ROWS / 2, "rows are numbered on");
		costs_add_rows(&copy, ROWS);
		for (size_t k = 0; k < ADDITIONS; k++) {
			/* some rows stay empty */
			size_t row = random_below(&seed, ROWS * 2 / 3),
			       e = random_below(&seed, (uint32_t)n);
			struct cost cost = { random_below(&seed, 3), random_below(&seed, 100) };

			check(costs_add(&c, row, e, &cost), "it fits");
			cost_add(&want[row * n + e], &cost);
		}
		compare(&c, want, rows[i].label);
		for (size_t row = 0; row < ROWS; row++)
			costs_add_row(&copy, row, &c, row);
		compare(&copy, want, "a copy, row by row");
		for (size_t row = 0; row < ROWS; row++)
			for (size_t first = 0; first < n; first += copy.width)
				costs_add_block(&copy, row, first, costs_block(&c, row, first));
		for (size_t k = 0; k < ROWS * n; k++)
			cost_add(&want[k], &want[k]);
		compare(&copy, want, "added again, block by block");
		costs_done(&c);
		costs_done(&copy);
		free(want);
	}
}

/* A trace of system calls has 700 events; each of its stacks has one or two of them. */
static void memory_grows_with_what_was_counted(void)
{
	enum { EVENTS = 5000, MANY = 30000 };
	const struct cost one = { 1, 1 };
	struct costs c;

	costs_init(&c, EVENTS);
	costs_add_rows(&c, MANY);
	for (size_t row = 0; row < MANY; row++) {
		costs_add(&c, row, row % EVENTS, &one);
		costs_at(&c, row, (row + 77) % EVENTS);
		costs_add_block(&c, row, 16, (const struct cost[COSTS_BLOCK]){ { 0, 0 } });
	}
	check_u64(c.n_blocks, MANY + 1, "a block for each row with one event");
	check(c.cap_items <= (size_t)4 * MANY * COSTS_BLOCK, "room for not many more");
	costs_done(&c);
}

static void sums_that_do_not_fit_are_told_and_do_not_wrap(void)
{
	static const struct cost most = { 1, UINT64_MAX }, one = { 1, 1 };

	for (size_t n = 1; n < 20; n += 18) {
		size_t first = (n - 1) / COSTS_BLOCK * COSTS_BLOCK;
		struct costs c, sums;

		costs_init(&c, n);
		costs_init(&sums, n);
		costs_add_rows(&c, 1);
		costs_add_rows(&sums, 2);
		check(costs_add(&c, 0, n - 1, &most), "the greatest number");
		check(!costs_add(&c, 0, n - 1, &one), "one more");
		check(costs_add(&sums, 1, n - 1, &one), "another row");
		check(!costs_add_row(&sums, 1, &c, 0), "a row on top");
		check(!costs_add_block(&sums, 1, first, costs_block(&c, 0, first)),
		      "a block on top");
		check_u64(costs_at(&sums, 1, n - 1)->weight, UINT64_MAX, "it stays there");
		costs_done(&c);
		costs_done(&sums);
	}
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

/* By the first event in which they differ, as an order of whole rows: in whatever order costs were added. */
static void rows_are_ordered_by_the_first_difference(void)
{
	static const struct {
		const char *label;
		struct {
			size_t event;
			struct cost cost;
		} a[3], b[3];
		int want;
	} rows[] = {
		{ "nothing", { { 0, { 0, 0 } } }, { { 0, { 0, 0 } } }, 0 },
		{ "more weight", { { 0, { 1, 9 } } }, { { 0, { 1, 8 } } }, -1 },
		{ "more samples", { { 0, { 1, 9 } } }, { { 0, { 2, 9 } } }, 1 },
		{ "one has none", { { 0, { 1, 9 } } }, { { 1, { 9, 99 } } }, -1 },
		{ "the first event decides",
		  { { 1, { 1, 1 } }, { 0, { 1, 5 } } },
		  { { 1, { 9, 9 } }, { 0, { 1, 4 } } },
		  -1 },
		{ "equal",
		  { { 1, { 1, 2 } }, { 0, { 1, 5 } } },
		  { { 0, { 1, 5 } }, { 1, { 1, 2 } } },
		  0 },
	};

	for (size_t factor = 1; factor <= 19; factor += 18)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct costs c;

			costs_init(&c, 1 + factor);
			costs_add_rows(&c, 0); /* which is nothing */
			costs_add_rows(&c, 2);
			for (int k = 0; k < 3; k++) {
				costs_add(&c, 0, rows[i].a[k].event * factor, &rows[i].a[k].cost);
				costs_add(&c, 1, rows[i].b[k].event * factor, &rows[i].b[k].cost);
			}
			check(sign(costs_compare(&c, 0, 1)) == rows[i].want, rows[i].label);
			check(sign(costs_compare(&c, 1, 0)) == -rows[i].want, rows[i].label);
			costs_done(&c);
		}
}

int main(void)
{
	costs_are_what_was_added_however_many_events_there_are();
	memory_grows_with_what_was_counted();
	sums_that_do_not_fit_are_told_and_do_not_wrap();
	rows_are_ordered_by_the_first_difference();
	return check_done("costs");
}
