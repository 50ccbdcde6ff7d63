/*
 * tests/unit/charges.c - what rows of locations cost, against a count of each sample by itself (report/charges.h).
 */
#include "report/charges.h"

#include <stdlib.h>

#include "tests/check.h"
#include "tests/make_profile.h"

enum { NODES = 400, LOCATIONS = 40, ROWS = 30, PUTS = 120, COSTS = 300, MOST = 40 };

struct put {
	uint32_t location, row;
	bool self;
};

struct made {
	struct calltree *tree;
	struct charges *charges;
	struct put puts[PUTS];
	size_t columns[MOST], n_events;
};

static uint32_t pick(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % n;
}

/* A tree with recursion, costs of some nodes in some events; rows have the events in another order, and not all. */
static void make(struct made *m, size_t tree_events, size_t n_events)
{
	uint32_t state = 7;

	m->tree = calltree_new(tree_events);
	for (uint64_t l = 1; l < LOCATIONS; l++)
		calltree_location(m->tree, &(struct location){ .addr = l });
	for (int i = 0; i < NODES; i++)
		calltree_child(m->tree, pick(&state, (uint32_t)m->tree->n_nodes),
			       pick(&state, (uint32_t)m->tree->n_locations));
	for (int i = 0; i < COSTS; i++) {
		uint32_t row =
			calltree_row(m->tree, 1 + pick(&state, (uint32_t)m->tree->n_nodes - 1));
		struct cost cost = { 1, pick(&state, 1000) };

		costs_add(&m->tree->costs, row, pick(&state, (uint32_t)tree_events), &cost);
	}
	m->n_events = n_events;
	for (size_t e = 0; e < n_events; e++)
		m->columns[e] = tree_events - 1 - e;
	m->charges = charges_new(m->tree, m->columns, n_events);
	for (uint32_t row = 1; row <= ROWS; row++)
		check_u64(charges_row(m->charges), row, "a row");
	for (int i = 0; i < PUTS; i++) {
		struct put *p = &m->puts[i];

		*p = (struct put){ pick(&state, (uint32_t)m->tree->n_locations),
				   1 + pick(&state, ROWS), pick(&state, 2) };
		charges_put(m->charges, p->location, p->row, p->self);
	}
	charges_put(m->charges, 1, 0, true); /* row 0 has nothing */
	charges_count(m->charges);
}

static bool has(const struct made *m, uint32_t row, uint32_t location, bool self)
{
	for (int i = 0; i < PUTS; i++)
		if (m->puts[i].row == row && m->puts[i].location == location &&
		    (m->puts[i].self || !self))
			return true;
	return false;
}

static bool is_in_stack(const struct made *m, uint32_t row, uint32_t node)
{
	for (; node; node = m->tree->nodes[node].parent)
		if (has(m, row, m->tree->nodes[node].location, false))
			return true;
	return false;
}

static bool equal(const struct cost *a, const struct cost *b)
{
	return a->samples == b->samples && a->weight == b->weight;
}

static void compare(const struct made *m, uint32_t row, size_t e, size_t *wrong)
{
	struct cost self = { 0, 0 }, total = { 0, 0 };

	for (uint32_t n = 1; n < m->tree->n_nodes; n++) {
		const struct calltree_node *node = &m->tree->nodes[n];
		const struct cost *own = costs_at(&m->tree->costs, node->cost, m->columns[e]);

		if (has(m, row, node->location, true))
			cost_add(&self, own);
		if (is_in_stack(m, row, n))
			cost_add(&total, own);
	}
	*wrong += !equal(costs_at(charges_all_self(m->charges), row, e), &self);
	*wrong += !equal(costs_at(charges_all_total(m->charges), row, e), &total);
}

static void each_sample_counts_once_for_each_row(void)
{
	static const struct {
		const char *label;
		size_t tree_events, n_events;
	} rows[] = {
		{ "one event", 1, 1 },      { "all of few", 3, 3 },    { "one of many", 33, 1 },
		{ "eight of many", 33, 8 }, { "all of many", 33, 33 }, { "some of many", 40, 20 },
		{ "none", 3, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m;
		size_t wrong = 0;

		check_in(rows[i].label);
		make(&m, rows[i].tree_events, rows[i].n_events);
		for (uint32_t row = 0; row <= ROWS; row++)
			for (size_t e = 0; e < m.n_events; e++)
				compare(&m, row, e, &wrong);
		check_u64(wrong, 0, "costs that are not the sums of samples");
		check(!charges_overflow(m.charges), "no sum left 64 bits");
		charges_free(m.charges);
		calltree_free(m.tree);
	}
	check_in(NULL);
}

static void sums_that_leave_64_bits_are_told(void)
{
	static const struct cost half = { 1, UINT64_MAX / 2 + 1 };

	for (size_t n_events = 1; n_events <= 20; n_events += 19) {
		struct calltree *t = calltree_new(n_events);
		size_t columns[20] = { 0 };
		struct charges *c;

		for (size_t e = 0; e < n_events; e++)
			columns[e] = e;
		calltree_location(t, &(struct location){ .addr = 1 });
		calltree_location(t, &(struct location){ .addr = 2 });
		for (uint32_t l = 0; l < 2; l++) {
			uint32_t node = calltree_child(t, 0, l);

			costs_add(&t->costs, calltree_row(t, node), 0, &half);
		}
		c = charges_new(t, columns, n_events);
		charges_row(c);
		charges_put(c, 0, 1, true);
		charges_put(c, 1, 1, true);
		charges_count(c);
		check(charges_overflow(c), "told");
		check_u64(costs_at(charges_all_self(c), 1, 0)->weight, UINT64_MAX, "the greatest");
		charges_free(c);
		c = charges_new(NULL, columns, n_events);
		charges_add(c, charges_row(c), 0, &half, &half);
		check(!charges_overflow(c), "one fits");
		charges_add(c, 1, 0, NULL, &half);
		check(charges_overflow(c), "two do not");
		charges_free(c);
		calltree_free(t);
	}
}

int main(void)
{
	each_sample_counts_once_for_each_row();
	sums_that_leave_64_bits_are_told();
	return check_done("charges");
}
