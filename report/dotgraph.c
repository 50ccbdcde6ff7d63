#include "report/dotgraph.h"

#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/acyclic.h"

struct making {
	struct dotgraph *g;
	const struct profile *p;
	const struct totals *t;
	struct cost whole;
};

static double share(const struct cost *part, const struct cost *whole)
{
	if (whole->weight)
		return (double)part->weight / (double)whole->weight;
	return whole->samples ? (double)part->samples / (double)whole->samples : 0;
}

static bool is_nothing(const struct cost *cost)
{
	return !cost->weight && !cost->samples;
}

static int by_share(double a, double b)
{
	return (a < b) - (a > b);
}

static int node_order(const void *va, const void *vb, void *context)
{
	const struct function *f = context;
	const struct dot_node *a = va, *b = vb;
	int order = by_share(a->total_share, b->total_share);

	order = order ? order : by_share(a->self_share, b->self_share);
	order = order ? order : function_order(&f[a->function], &f[b->function]);
	return order ? order : (a->function > b->function) - (a->function < b->function);
}

static void make_nodes(struct making *m)
{
	struct dotgraph *g = m->g;
	size_t event = g->options.event;

	g->nodes = mem_calloc(m->p->n_functions, sizeof(*g->nodes));
	for (uint32_t f = 0; f < m->p->n_functions; f++) {
		const struct cost *total = costs_at(&m->t->total, f, event);
		double total_share = share(total, &m->whole);

		if (m->p->functions[f].kind == KIND_TASK || is_nothing(total))
			continue;
		if (100 * total_share < g->options.node_percent) {
			g->hidden_nodes++;
			continue;
		}
		g->nodes[g->n_nodes++] = (struct dot_node){
			.function = f,
			.self_share = share(costs_at(&m->t->self, f, event), &m->whole),
			.total_share = total_share,
			.samples = total->samples,
		};
	}
	qsort_r(g->nodes, g->n_nodes, sizeof(*g->nodes), node_order, m->p->functions);
	if (g->options.limit && g->n_nodes > g->options.limit) {
		g->hidden_nodes += g->n_nodes - g->options.limit;
		g->n_nodes = g->options.limit;
	}
}

/* The most edges for a limit on nodes. */
static size_t edge_limit(size_t nodes)
{
	return nodes > DOT_LIMIT ? nodes + nodes / 2 : DOT_EDGES;
}

/* Heaviest first; nodes are sorted, so that their indices break ties the same way each time. */
static int edge_order(const void *va, const void *vb)
{
	const struct dot_edge *a = va, *b = vb;
	int order = by_share(a->share, b->share);

	if (!order && a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return order ? order : (a->to > b->to) - (a->to < b->to);
}

static void make_edges(struct making *m)
{
	struct dotgraph *g = m->g;
	uint32_t *node_of = mem_calloc(m->p->n_functions, sizeof(*node_of)); /* plus 1; 0: none */

	for (uint32_t i = 0; i < g->n_nodes; i++)
		node_of[g->nodes[i].function] = i + 1;
	g->edges = mem_calloc(m->t->n_edges, sizeof(*g->edges));
	for (size_t i = 0; i < m->t->n_edges; i++) {
		const struct total_edge *e = &m->t->edges[i];
		const struct cost *total = costs_at(&m->t->edge_total, i, g->options.event);
		double part = share(total, &m->whole);

		if (is_nothing(total))
			continue;
		if (!node_of[e->caller] || !node_of[e->callee] ||
		    100 * part < g->options.edge_percent) {
			g->hidden_edges++;
			continue;
		}
		g->edges[g->n_edges++] = (struct dot_edge){
			.from = node_of[e->caller] - 1,
			.to = node_of[e->callee] - 1,
			.share = part,
			.samples = total->samples,
		};
	}
	qsort(g->edges, g->n_edges, sizeof(*g->edges), edge_order);
	if (g->options.limit && g->n_edges > edge_limit(g->options.limit)) {
		g->hidden_edges += g->n_edges - edge_limit(g->options.limit);
		g->n_edges = edge_limit(g->options.limit);
	}
	free(node_of);
}

/* Back edges are those that would close a cycle of heavier ones. */
static void find_back_edges(struct dotgraph *g)
{
	uint32_t *rank = mem_calloc(g->n_nodes, sizeof(*rank));
	struct acyclic *taken;

	for (uint32_t i = 0; i < g->n_nodes; i++)
		rank[i] = i;
	taken = acyclic_new(g->n_nodes, rank);
	for (size_t i = 0; i < g->n_edges; i++)
		g->edges[i].back = !acyclic_add(taken, g->edges[i].from, g->edges[i].to);
	acyclic_free(taken);
	free(rank);
}

struct dotgraph *dotgraph_new(const struct profile *p, const struct totals *t,
			      const struct dot_options *options)
{
	struct dotgraph *g = mem_calloc(1, sizeof(*g));
	struct making m = { .g = g, .p = p, .t = t };

	g->profile = p;
	g->options = *options;
	if (options->event < p->n_events) {
		m.whole = p->events[options->event].sum;
		make_nodes(&m);
		make_edges(&m);
		find_back_edges(g);
	}
	return g;
}

void dotgraph_free(struct dotgraph *g)
{
	if (!g)
		return;
	free(g->nodes);
	free(g->edges);
	free(g);
}
