/*
 * The walk carries, for each depth, the sum of the subtree so far.  A function is
 * on the path as often as its counter says; what is left when the counter falls
 * back to 0 was its outermost occurrence, and that subtree's sum is its total.
 */
#include "report/totals.h"

#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/pairs.h"
#include "report/walk.h"

#define NO_EDGE UINT32_MAX

struct counting {
	struct totals *t;
	const struct profile *p;
	struct pairs pairs;
	size_t cap_edges_on_path;
	size_t first;                /* of the events of this walk */
	uint32_t *functions_on_path; /* how often a function is on the path */
	uint32_t *edges_on_path;
	/* by depth */
	struct cost *sums; /* a block each */
	size_t cap_sums;
	uint32_t *edge_at;
	size_t cap_edge_at;
};

static void add_costs(struct counting *c, struct costs *sums, size_t row, const struct cost *more)
{
	if (!costs_add_block(sums, row, c->first, more))
		c->t->overflow = true;
}

static const struct cost *self_cost(const struct counting *c, uint32_t node)
{
	return costs_block(&c->p->costs, c->p->nodes[node].cost, c->first);
}

static uint32_t edge_into(struct counting *c, uint32_t node)
{
	const struct profile *p = c->p;
	uint32_t caller = p->nodes[p->nodes[node].parent].function;
	size_t before = c->pairs.n;
	uint32_t edge;

	if (caller == PROFILE_NO_FUNCTION || p->functions[caller].kind == KIND_TASK)
		return NO_EDGE;
	edge = pairs_add(&c->pairs, caller, p->nodes[node].function);
	if (edge == before) {
		costs_add_rows(&c->t->edge_total, 1);
		c->edges_on_path = mem_grow(c->edges_on_path, before, 1, &c->cap_edges_on_path,
					    sizeof(*c->edges_on_path));
		c->edges_on_path[edge] = 0;
	}
	return edge;
}

/* Make room for the sums of depth `depth`, and begin them with the node's own cost. */
static void begin_sums(struct counting *c, uint32_t node, size_t depth)
{
	const struct cost *self = self_cost(c, node);
	size_t width = c->p->costs.width;

	c->sums = mem_grow(c->sums, depth * width, width, &c->cap_sums, sizeof(*c->sums));
	c->edge_at = mem_grow(c->edge_at, depth, 1, &c->cap_edge_at, sizeof(*c->edge_at));
	for (size_t e = 0; e < width; e++)
		c->sums[depth * width + e] = self[e];
}

static void enter(struct counting *c, uint32_t node, size_t depth)
{
	const struct profile_node *n = &c->p->nodes[node];
	uint32_t edge = edge_into(c, node);

	begin_sums(c, node, depth);
	if (n->cost)
		add_costs(c, &c->t->self, n->function, self_cost(c, node));
	c->functions_on_path[n->function]++;
	if (edge != NO_EDGE)
		c->edges_on_path[edge]++;
	c->edge_at[depth] = edge;
}

static void leave(struct counting *c, uint32_t node, size_t depth)
{
	size_t width = c->p->costs.width;
	uint32_t f = c->p->nodes[node].function;
	uint32_t edge = c->edge_at[depth];
	struct cost *sums = &c->sums[depth * width], *outer = sums - width;

	if (--c->functions_on_path[f] == 0)
		add_costs(c, &c->t->total, f, sums);
	if (edge != NO_EDGE && --c->edges_on_path[edge] == 0)
		add_costs(c, &c->t->edge_total, edge, sums);
	for (size_t e = 0; e < width; e++)
		if (!cost_add(&outer[e], &sums[e]))
			c->t->overflow = true;
}

struct edge_order {
	struct pair pair;
	uint32_t number;
};

static int by_pair(const void *va, const void *vb)
{
	const struct edge_order *a = va, *b = vb;

	if (a->pair.caller != b->pair.caller)
		return a->pair.caller < b->pair.caller ? -1 : 1;
	return (a->pair.callee > b->pair.callee) - (a->pair.callee < b->pair.callee);
}

/* Edges were numbered as they came; put them in the order of their ends. */
static void sort_edges(struct counting *c)
{
	struct totals *t = c->t;
	size_t n = c->pairs.n;
	struct edge_order *order = mem_calloc(n, sizeof(*order));
	struct costs unsorted = t->edge_total;

	costs_init(&t->edge_total, t->n_events);
	costs_add_rows(&t->edge_total, n);
	t->n_edges = n;
	t->edges = mem_calloc(n, sizeof(*t->edges));
	for (size_t i = 0; i < n; i++)
		order[i] = (struct edge_order){ c->pairs.items[i], (uint32_t)i };
	qsort(order, n, sizeof(*order), by_pair);
	for (size_t i = 0; i < n; i++) {
		t->edges[i] = (struct total_edge){ order[i].pair.caller, order[i].pair.callee };
		costs_add_row(&t->edge_total, i, &unsorted, order[i].number);
	}
	costs_done(&unsorted);
	free(order);
}

/* Count the block of events from c->first on. */
static void walk_through(struct counting *c)
{
	struct walk w;

	walk_init(&w, c->p);
	begin_sums(c, 0, 0);
	while (walk_next(&w)) {
		if (!w.leaving)
			enter(c, w.node, w.depth);
		else if (w.node)
			leave(c, w.node, w.depth);
	}
	walk_end(&w);
}

static void begin_rows(struct costs *c, size_t n_events, size_t n)
{
	costs_init(c, n_events);
	costs_add_rows(c, n);
}

struct totals *totals_new(const struct profile *p)
{
	struct totals *t = mem_calloc(1, sizeof(*t));
	struct counting c = { .t = t, .p = p };

	t->n_events = p->n_events;
	t->n_functions = p->n_functions;
	begin_rows(&t->self, p->n_events, p->n_functions);
	begin_rows(&t->total, p->n_events, p->n_functions);
	begin_rows(&t->edge_total, p->n_events, 0);
	c.functions_on_path = mem_calloc(p->n_functions, sizeof(*c.functions_on_path));
	for (; p->n_nodes && c.first < p->n_events; c.first += COSTS_BLOCK)
		walk_through(&c);
	sort_edges(&c);
	free(c.functions_on_path);
	free(c.edges_on_path);
	free(c.sums);
	free(c.edge_at);
	pairs_done(&c.pairs);
	return t;
}

void totals_free(struct totals *t)
{
	if (!t)
		return;
	costs_done(&t->self);
	costs_done(&t->total);
	costs_done(&t->edge_total);
	free(t->edges);
	free(t);
}
