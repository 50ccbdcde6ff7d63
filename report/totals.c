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
	size_t cap_edge_total, cap_edges_on_path;
	uint32_t *functions_on_path; /* how often a function is on the path */
	uint32_t *edges_on_path;
	/* by depth */
	struct cost *sums; /* n_events each */
	size_t cap_sums;
	uint32_t *edge_at;
	size_t cap_edge_at;
};

static void add_costs(struct counting *c, struct cost *sums, const struct cost *more)
{
	for (size_t e = 0; e < c->t->n_events; e++)
		if (!cost_add(&sums[e], &more[e]))
			c->t->overflow = true;
}

static const struct cost *self_cost(const struct profile *p, uint32_t node)
{
	return &p->costs[p->nodes[node].cost * p->n_events];
}

static uint32_t edge_into(struct counting *c, uint32_t node)
{
	const struct profile *p = c->p;
	uint32_t caller = p->nodes[p->nodes[node].parent].function;
	size_t before = c->pairs.n, ne = c->t->n_events;
	uint32_t edge;

	if (caller == PROFILE_NO_FUNCTION || p->functions[caller].kind == KIND_TASK)
		return NO_EDGE;
	edge = pairs_add(&c->pairs, caller, p->nodes[node].function);
	if (edge == before) {
		c->t->edge_total = mem_grow(c->t->edge_total, before * ne, ne, &c->cap_edge_total,
					    sizeof(struct cost));
		for (size_t e = 0; e < ne; e++)
			c->t->edge_total[before * ne + e] = (struct cost){ 0, 0 };
		c->edges_on_path = mem_grow(c->edges_on_path, before, 1, &c->cap_edges_on_path,
					    sizeof(*c->edges_on_path));
		c->edges_on_path[edge] = 0;
	}
	return edge;
}

/* Make room for the sums of depth `depth`, and begin them with the node's own cost. */
static void begin_sums(struct counting *c, uint32_t node, size_t depth)
{
	const struct cost *self = self_cost(c->p, node);
	size_t ne = c->t->n_events;

	c->sums = mem_grow(c->sums, depth * ne, ne, &c->cap_sums, sizeof(*c->sums));
	c->edge_at = mem_grow(c->edge_at, depth, 1, &c->cap_edge_at, sizeof(*c->edge_at));
	for (size_t e = 0; e < ne; e++)
		c->sums[depth * ne + e] = self[e];
}

static void enter(struct counting *c, uint32_t node, size_t depth)
{
	const struct profile_node *n = &c->p->nodes[node];
	uint32_t edge = edge_into(c, node);

	begin_sums(c, node, depth);
	if (n->cost)
		add_costs(c, &c->t->self[n->function * c->t->n_events], self_cost(c->p, node));
	c->functions_on_path[n->function]++;
	if (edge != NO_EDGE)
		c->edges_on_path[edge]++;
	c->edge_at[depth] = edge;
}

static void leave(struct counting *c, uint32_t node, size_t depth)
{
	size_t ne = c->t->n_events;
	uint32_t f = c->p->nodes[node].function;
	uint32_t edge = c->edge_at[depth];
	const struct cost *sums = &c->sums[depth * ne];

	if (--c->functions_on_path[f] == 0)
		add_costs(c, &c->t->total[f * ne], sums);
	if (edge != NO_EDGE && --c->edges_on_path[edge] == 0)
		add_costs(c, &c->t->edge_total[edge * ne], sums);
	add_costs(c, &c->sums[(depth - 1) * ne], sums);
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
	size_t n = c->pairs.n, ne = t->n_events;
	struct edge_order *order = mem_calloc(n, sizeof(*order));
	struct cost *sorted = mem_calloc(n * ne, sizeof(*sorted));

	t->n_edges = n;
	t->edges = mem_calloc(n, sizeof(*t->edges));
	for (size_t i = 0; i < n; i++)
		order[i] = (struct edge_order){ c->pairs.items[i], (uint32_t)i };
	qsort(order, n, sizeof(*order), by_pair);
	for (size_t i = 0; i < n; i++) {
		t->edges[i] = (struct total_edge){ order[i].pair.caller, order[i].pair.callee };
		for (size_t e = 0; e < ne; e++)
			sorted[i * ne + e] = t->edge_total[order[i].number * ne + e];
	}
	free(t->edge_total);
	t->edge_total = sorted;
	free(order);
}

struct totals *totals_new(const struct profile *p)
{
	struct totals *t = mem_calloc(1, sizeof(*t));
	struct counting c = { .t = t, .p = p };
	struct walk w;

	t->n_events = p->n_events;
	t->n_functions = p->n_functions;
	t->self = mem_calloc(p->n_functions * p->n_events, sizeof(*t->self));
	t->total = mem_calloc(p->n_functions * p->n_events, sizeof(*t->total));
	c.functions_on_path = mem_calloc(p->n_functions, sizeof(*c.functions_on_path));
	if (p->n_nodes && p->n_events) {
		walk_init(&w, p);
		begin_sums(&c, 0, 0);
		while (walk_next(&w)) {
			if (!w.leaving)
				enter(&c, w.node, w.depth);
			else if (w.node)
				leave(&c, w.node, w.depth);
		}
		walk_done(&w);
	}
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
	free(t->self);
	free(t->total);
	free(t->edges);
	free(t->edge_total);
	free(t);
}
