#include "report/acyclic.h"

#include <stdlib.h>

#include "parser/base/memory.h"

#define NONE UINT32_MAX

/* About a second of searching; then only edges that agree with the order are taken. */
static const uint64_t most_steps = 20 * 1000 * 1000;

struct edge {
	uint32_t from, to;
	uint32_t next_out, next_in; /* further edges of `from`, into `to` */
};

struct acyclic {
	size_t n_vertices;
	uint32_t *rank;
	uint32_t *first_out, *first_in;
	struct edge *edges;
	size_t n_edges, cap_edges;
	uint64_t steps;
	/* of the search under way */
	uint32_t *mark; /* == stamp: seen */
	uint32_t stamp;
	uint32_t *found; /* vertices seen, in two runs: forward, backward */
	uint32_t *pool;  /* their ranks */
};

struct acyclic *acyclic_new(size_t vertices, const uint32_t *rank)
{
	struct acyclic *a = mem_calloc(1, sizeof(*a));

	a->n_vertices = vertices;
	a->rank = mem_calloc(vertices, sizeof(*a->rank));
	a->first_out = mem_calloc(vertices, sizeof(*a->first_out));
	a->first_in = mem_calloc(vertices, sizeof(*a->first_in));
	a->mark = mem_calloc(vertices, sizeof(*a->mark));
	a->found = mem_calloc(2 * vertices, sizeof(*a->found));
	a->pool = mem_calloc(2 * vertices, sizeof(*a->pool));
	for (size_t v = 0; v < vertices; v++) {
		a->rank[v] = rank[v];
		a->first_out[v] = a->first_in[v] = NONE;
	}
	return a;
}

void acyclic_free(struct acyclic *a)
{
	if (!a)
		return;
	free(a->rank);
	free(a->first_out);
	free(a->first_in);
	free(a->edges);
	free(a->mark);
	free(a->found);
	free(a->pool);
	free(a);
}

uint32_t acyclic_rank(const struct acyclic *a, uint32_t vertex)
{
	return a->rank[vertex];
}

static bool see(struct acyclic *a, uint32_t vertex, uint32_t *list, size_t *n)
{
	if (a->mark[vertex] == a->stamp)
		return false;
	a->mark[vertex] = a->stamp;
	list[(*n)++] = vertex;
	return true;
}

/* What `start` reaches with a rank of at most `highest`; false if that is `goal` too. */
static bool search_forward(struct acyclic *a, uint32_t start, uint32_t goal, uint32_t *list,
			   size_t *n)
{
	uint32_t highest = a->rank[goal];

	a->stamp++;
	see(a, start, list, n);
	for (size_t i = 0; i < *n; i++) {
		for (uint32_t e = a->first_out[list[i]]; e != NONE; e = a->edges[e].next_out) {
			uint32_t to = a->edges[e].to;

			a->steps++;
			if (to == goal)
				return false;
			if (a->rank[to] < highest)
				see(a, to, list, n);
		}
	}
	return true;
}

/* What reaches `start` and has a rank of at least `lowest`. */
static void search_backward(struct acyclic *a, uint32_t start, uint32_t lowest, uint32_t *list,
			    size_t *n)
{
	a->stamp++;
	see(a, start, list, n);
	for (size_t i = 0; i < *n; i++) {
		for (uint32_t e = a->first_in[list[i]]; e != NONE; e = a->edges[e].next_in) {
			uint32_t from = a->edges[e].from;

			a->steps++;
			if (a->rank[from] > lowest)
				see(a, from, list, n);
		}
	}
}

static int by_rank(const void *va, const void *vb, void *context)
{
	const uint32_t *rank = context;
	uint32_t a = rank[*(const uint32_t *)va], b = rank[*(const uint32_t *)vb];

	return (a > b) - (a < b);
}

static int by_value(const void *va, const void *vb)
{
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	return (a > b) - (a < b);
}

/* All that reach `from` go before all that `to` reaches, in the same places together. */
static void reorder(struct acyclic *a, uint32_t *before, size_t n_before, uint32_t *after,
		    size_t n_after)
{
	size_t n = 0;

	qsort_r(before, n_before, sizeof(*before), by_rank, a->rank);
	qsort_r(after, n_after, sizeof(*after), by_rank, a->rank);
	for (size_t i = 0; i < n_before; i++)
		a->pool[n++] = a->rank[before[i]];
	for (size_t i = 0; i < n_after; i++)
		a->pool[n++] = a->rank[after[i]];
	qsort(a->pool, n, sizeof(*a->pool), by_value);
	n = 0;
	for (size_t i = 0; i < n_before; i++)
		a->rank[before[i]] = a->pool[n++];
	for (size_t i = 0; i < n_after; i++)
		a->rank[after[i]] = a->pool[n++];
}

bool acyclic_add(struct acyclic *a, uint32_t from, uint32_t to)
{
	uint32_t *after = a->found, *before = a->found + a->n_vertices;
	size_t n_after = 0, n_before = 0;

	if (from == to)
		return false;
	if (a->rank[from] > a->rank[to]) {
		if (a->steps > most_steps || !search_forward(a, to, from, after, &n_after))
			return false;
		search_backward(a, from, a->rank[to], before, &n_before);
		reorder(a, before, n_before, after, n_after);
	}
	a->edges = mem_grow(a->edges, a->n_edges, 1, &a->cap_edges, sizeof(*a->edges));
	a->edges[a->n_edges] = (struct edge){ from, to, a->first_out[from], a->first_in[to] };
	a->first_out[from] = a->first_in[to] = (uint32_t)a->n_edges++;
	return true;
}
