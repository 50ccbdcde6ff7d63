/*
 * tests/unit/dotgraph.c - the pruned call graph (report/dotgraph.h).
 */
#include "report/dotgraph.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static const struct dot_options defaults = { .node_percent = 0.5, .edge_percent = 0.1 };

static const struct dot_node *node_of(const struct dotgraph *g, const char *name)
{
	for (size_t i = 0; i < g->n_nodes; i++)
		if (strcmp(g->profile->functions[g->nodes[i].function].name, name) == 0)
			return &g->nodes[i];
	return NULL;
}

static const struct dot_edge *edge_of(const struct dotgraph *g, const char *from, const char *to)
{
	for (size_t i = 0; i < g->n_edges; i++)
		if (&g->nodes[g->edges[i].from] == node_of(g, from) &&
		    &g->nodes[g->edges[i].to] == node_of(g, to))
			return &g->edges[i];
	return NULL;
}

/* gprof2dot: a node goes if its share is below the threshold, so does an edge; at it, both stay. */
static void shares_below_the_thresholds_are_left_out(void)
{
	static const struct {
		const char *label, *name;
		uint64_t weight;
		bool node, edge;
	} rows[] = {
		{ "half a percent", "at_node", 5000, true, true },
		{ "a little less", "under_node", 4999, false, false },
		{ "nothing at all", "nothing", 0, false, false },
	};
	struct totals *t;
	struct dotgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	for (size_t i = 0; i < 3; i++) {
		char stack[40] = "main;";

		strncat(stack, rows[i].name, sizeof(stack) - 6);
		maker_stack(&m, stack, 0, rows[i].weight > 0, rows[i].weight);
	}
	maker_stack(&m, "main;big", 0, 1, 1000000 - 9999 - 1000 - 999);
	maker_stack(&m, "main;hub;big", 0, 1, 1000);
	maker_stack(&m, "hub;main;big", 0, 1, 999);
	maker_stack(&m, "hub", 0, 1, 0);
	p = maker_end(&m);
	t = totals_new(p);
	g = dotgraph_new(p, t, &defaults);
	check_u64(p->events[0].sum.weight, 1000000, "the whole");
	for (size_t i = 0; i < 3; i++) {
		check_in(rows[i].label);
		check((node_of(g, rows[i].name) != NULL) == rows[i].node, "the node");
		check((edge_of(g, "main", rows[i].name) != NULL) == rows[i].edge, "the edge to it");
	}
	check_in(NULL);
	check(!node_of(g, "hub"), "a node of 0.2 %");
	check_u64(g->hidden_nodes, 2, "those that have cost are counted");
	dotgraph_free(g);

	g = dotgraph_new(p, t, &(struct dot_options){ .node_percent = 0.1, .edge_percent = 0.1 });
	check(edge_of(g, "main", "hub") != NULL, "an edge of a tenth of a percent");
	check(edge_of(g, "hub", "big") != NULL, "and the next");
	check(edge_of(g, "hub", "main") == NULL, "but not of a little less");
	check_u64(g->hidden_edges, 1, "which is counted");
	dotgraph_free(g);

	g = dotgraph_new(p, t, &(struct dot_options){ .node_percent = 0 });
	check_u64(g->hidden_nodes + g->hidden_edges, 0, "without thresholds nothing is hidden");
	check(!node_of(g, "nothing"), "but what has no cost is nothing");
	dotgraph_free(g);
	totals_free(t);
	profile_free(p);
	dotgraph_free(NULL);
}

static void a_limit_keeps_the_heaviest(void)
{
	struct totals *t;
	struct dotgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "a;b;c", 0, 1, 10);
	maker_stack(&m, "a;b", 0, 1, 20);
	maker_stack(&m, "z", 0, 1, 30);
	p = maker_end(&m);
	t = totals_new(p);
	g = dotgraph_new(p, t, &(struct dot_options){ .limit = 3 });
	check_u64(g->n_nodes, 3, "three nodes");
	check(node_of(g, "z") == &g->nodes[0], "equal totals: more self first");
	check(node_of(g, "b") == &g->nodes[1] && node_of(g, "a") == &g->nodes[2], "then the rest");
	check_u64(g->hidden_nodes, 1, "the lightest is hidden");
	check_u64(g->n_edges, 1, "with its edge");
	check_u64(g->hidden_edges, 1, "which is counted");
	dotgraph_free(g);
	totals_free(t);
	profile_free(p);
}

/* dot takes minutes for a graph in which everything calls everything. */
static void a_limit_on_nodes_is_one_on_edges_too(void)
{
	static const struct shape dense = {
		.functions = 60, .stacks = 800, .deepest = 40, .events = 1
	};
	static const struct {
		const char *label;
		size_t limit, most;
	} rows[] = {
		{ "the default", DOT_LIMIT, DOT_EDGES },
		{ "fewer nodes", 50, DOT_EDGES },
		{ "more nodes", 400, 600 },
		{ "no limit", 0, SIZE_MAX },
	};
	struct stack *stacks = random_stacks(&dense, 1);
	struct profile *p = profile_of_stacks(texts, &dense, stacks);
	struct totals *t = totals_new(p);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dotgraph *g =
			dotgraph_new(p, t, &(struct dot_options){ .limit = rows[i].limit });
		bool sorted = true;

		for (size_t k = 1; k < g->n_edges; k++)
			sorted &= g->edges[k - 1].share >= g->edges[k].share;
		check_in(rows[i].label);
		check(g->n_edges <= rows[i].most, "not more edges");
		check_u64(g->n_edges + g->hidden_edges, t->n_edges, "all are counted");
		check(sorted, "the heaviest are there");
		check(!rows[i].limit || g->n_edges == rows[i].most, "as many as may be");
		dotgraph_free(g);
	}
	check_in(NULL);
	totals_free(t);
	profile_free(p);
	free(stacks);
}

static void shares_are_of_the_event_asked_for_each_sample_once(void)
{
	struct totals *t;
	struct dotgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 3);
	maker_stack(&m, "a;b;a;b", 0, 2, 60);
	maker_stack(&m, "a", 0, 5, 40);
	maker_stack(&m, "b", 1, 3, 0);
	maker_stack(&m, "a", 1, 1, 0);
	p = maker_end(&m);
	t = totals_new(p);

	g = dotgraph_new(p, t, &defaults);
	check(node_of(g, "a")->total_share == 1.0 && node_of(g, "a")->self_share == 0.4, "a");
	check(node_of(g, "b")->total_share == 0.6 && node_of(g, "b")->self_share == 0.6, "b");
	check_u64(node_of(g, "a")->samples, 7, "samples, not visits");
	check(edge_of(g, "a", "b")->share == 0.6 && edge_of(g, "a", "b")->samples == 2, "a -> b");
	dotgraph_free(g);

	g = dotgraph_new(p, t, &(struct dot_options){ .event = 1 });
	check(node_of(g, "b")->total_share == 0.75, "without any weight shares are of samples");
	check_u64(g->n_edges, 0, "edges of another event are none of this");
	dotgraph_free(g);

	for (size_t event = 2; event < 4; event++) {
		g = dotgraph_new(p, t, &(struct dot_options){ .event = event });
		check_u64(g->n_nodes + g->n_edges, 0, "an event without samples, or none");
		dotgraph_free(g);
	}
	totals_free(t);
	profile_free(p);
}

static void tasks_are_no_nodes(void)
{
	struct function task = { .kind = KIND_TASK, .name = "python-1/2" };
	struct totals *t;
	struct dotgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &task);
	maker_stack(&m, "python-1/2;a;b", 0, 1, 1);
	p = maker_end(&m);
	t = totals_new(p);
	g = dotgraph_new(p, t, &defaults);
	check_u64(g->n_nodes, 2, "two functions");
	check_u64(g->n_edges, 1, "one edge");
	dotgraph_free(g);
	totals_free(t);
	profile_free(p);
}

static bool is_acyclic_without_back_edges(const struct dotgraph *g)
{
	uint32_t *callers = mem_calloc(g->n_nodes, sizeof(*callers));
	uint32_t *ready = mem_calloc(g->n_nodes, sizeof(*ready));
	size_t n = 0;

	for (size_t i = 0; i < g->n_edges; i++)
		callers[g->edges[i].to] += !g->edges[i].back;
	for (uint32_t v = 0; v < g->n_nodes; v++)
		if (!callers[v])
			ready[n++] = v;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < g->n_edges; k++)
			if (!g->edges[k].back && g->edges[k].from == ready[i] &&
			    --callers[g->edges[k].to] == 0)
				ready[n++] = g->edges[k].to;
	free(callers);
	free(ready);
	return n == g->n_nodes;
}

static void back_edges_are_those_that_close_a_cycle_of_heavier_ones(void)
{
	static const struct shape random = {
		.functions = 30, .stacks = 200, .deepest = 12, .events = 1
	};
	struct totals *t;
	struct dotgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "a;b;c", 0, 1, 100);
	maker_stack(&m, "c;a", 0, 1, 10);
	maker_stack(&m, "c;c", 0, 1, 1);
	p = maker_end(&m);
	t = totals_new(p);
	g = dotgraph_new(p, t, &(struct dot_options){ .event = 0 });
	check(!edge_of(g, "a", "b")->back && !edge_of(g, "b", "c")->back, "the heavy ones rank");
	check(edge_of(g, "c", "a")->back, "the light one goes back");
	check(edge_of(g, "c", "c")->back, "a self edge, too");
	dotgraph_free(g);
	totals_free(t);
	profile_free(p);

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct stack *stacks = random_stacks(&random, seed);

		p = profile_of_stacks(texts, &random, stacks);
		t = totals_new(p);
		g = dotgraph_new(p, t, &defaults);
		check(is_acyclic_without_back_edges(g), "the others have no cycle");
		dotgraph_free(g);
		totals_free(t);
		profile_free(p);
		free(stacks);
	}
}

int main(void)
{
	texts = texts_new();
	shares_below_the_thresholds_are_left_out();
	a_limit_keeps_the_heaviest();
	a_limit_on_nodes_is_one_on_edges_too();
	shares_are_of_the_event_asked_for_each_sample_once();
	tasks_are_no_nodes();
	back_edges_are_those_that_close_a_cycle_of_heavier_ones();
	texts_free(texts);
	return check_done("dotgraph");
}
