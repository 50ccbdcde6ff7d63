/*
 * tests/unit/acyclic.c - edges that close no cycle (report/acyclic.h).
 */
#include "report/acyclic.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/make_profile.h"

static void an_edge_that_would_close_a_cycle_is_refused(void)
{
	static const uint32_t rank[] = { 3, 1, 0, 2 };
	static const struct {
		const char *label;
		uint32_t from, to;
		bool taken;
	} rows[] = {
		{ "the first, against the order", 0, 1, true },
		{ "to itself", 1, 1, false },
		{ "back", 1, 0, false },
		{ "a second step", 1, 2, true },
		{ "back over two", 2, 0, false },
		{ "the same once more", 1, 2, true },
		{ "in front of all", 3, 0, true },
		{ "back over three", 2, 3, false },
		{ "a short cut", 3, 2, true },
	};
	struct acyclic *a = acyclic_new(4, rank);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(acyclic_add(a, rows[i].from, rows[i].to) == rows[i].taken, rows[i].label);
	check(acyclic_rank(a, 3) == 0 && acyclic_rank(a, 0) == 1 && acyclic_rank(a, 1) == 2 &&
		      acyclic_rank(a, 2) == 3,
	      "the order is that of the edges");
	acyclic_free(a);
	acyclic_free(NULL);
}

enum { MOST = 64 };

/* reach[v]: bits of the vertices that v leads to. */
static void take_edge(uint64_t *reach, uint32_t n, uint32_t from, uint32_t to)
{
	for (uint32_t v = 0; v < n; v++)
		if (v == from || reach[v] >> from & 1)
			reach[v] |= reach[to] | UINT64_C(1) << to;
}

static void what_is_taken_is_what_a_search_of_all_ways_would_take(void)
{
	for (uint64_t round = 0; round < 200; round++) {
		uint64_t seed = round, reach[MOST] = { 0 };
		uint32_t n = 1 + random_below(&seed, MOST), rank[MOST] = { 0 };
		uint32_t from[400], to[400];
		bool agree = true, ordered = true;
		bool seen[MOST] = { false };
		struct acyclic *a;
		size_t taken = 0;

		for (uint32_t v = 0; v < n; v++) { /* a random permutation */
			uint32_t other = random_below(&seed, v + 1);

			rank[v] = rank[other];
			rank[other] = v;
		}
		a = acyclic_new(n, rank);
		for (size_t i = 0; i < 400; i++) {
			uint32_t x = random_below(&seed, n), y = random_below(&seed, n);
			bool closes = x == y || (reach[y] >> x & 1);

			agree &= acyclic_add(a, x, y) == !closes;
			if (closes)
				continue;
			take_edge(reach, n, x, y);
			from[taken] = x;
			to[taken++] = y;
		}
		for (size_t i = 0; i < taken; i++)
			ordered &= acyclic_rank(a, from[i]) < acyclic_rank(a, to[i]);
		for (uint32_t v = 0; v < n; v++)
			seen[acyclic_rank(a, v)] = true;
		for (uint32_t v = 0; v < n; v++)
			ordered &= seen[v];
		check(agree, "taken and refused alike");
		check(ordered, "the ranks are an order of all vertices that every edge follows");
		acyclic_free(a);
	}
}

/* Every edge goes against the order, and the searches grow with the graph. */
static void a_graph_that_would_take_very_long_is_cut_short_and_stays_acyclic(void)
{
	enum { VERTICES = 10000, EDGES = 100000 };
	uint32_t *rank = calloc(VERTICES, sizeof(*rank));
	uint32_t *from = calloc(EDGES, sizeof(*from)), *to = calloc(EDGES, sizeof(*to));
	struct acyclic *a;
	uint64_t seed = 1;
	size_t taken = 0;
	bool ordered = true;

	for (uint32_t v = 0; v < VERTICES; v++)
		rank[v] = VERTICES - 1 - v;
	a = acyclic_new(VERTICES, rank);
	for (size_t i = 0; i < EDGES; i++) {
		uint32_t x = random_below(&seed, VERTICES), y = random_below(&seed, VERTICES);

		if (!acyclic_add(a, x, y))
			continue;
		from[taken] = x;
		to[taken++] = y;
	}
	for (size_t i = 0; i < taken; i++)
		ordered &= acyclic_rank(a, from[i]) < acyclic_rank(a, to[i]);
	check(ordered, "every edge follows the order");
	check(taken > EDGES / 4, "many are taken all the same");
	acyclic_free(a);
	free(rank);
	free(from);
	free(to);
}

int main(void)
{
	an_edge_that_would_close_a_cycle_is_refused();
	what_is_taken_is_what_a_search_of_all_ways_would_take();
	a_graph_that_would_take_very_long_is_cut_short_and_stays_acyclic();
	return check_done("acyclic");
}
