/*
 * KCachegrind and callgrind_annotate take the sum of the edges into a function for its
 * inclusive cost.  KCachegrind collapses functions that can reach each other, callgrind_annotate
 * counts cost around a cycle again.  So the graph that is written must have no cycle, and the edges into each function
 * must sum up to the weight of the samples that contain it, each counted once:
 *
 * 1. Of each sample only a function's outermost occurrence sends an edge: from its caller there.
 * 2. Functions are ranked: the pairs (caller, function) of step 1, the heaviest first, are
 *    taken as long as they close no cycle; the ranks are a topological order of the pairs taken.
 * 3. The edge comes from the nearest frame further out whose rank is lower than the function's.
 *    Mostly that is the caller itself.  Where it is not, the pair was refused in step 2.
 * 4. The outermost frame is called by "(root)" or its task, and these by "(all)", because a function
 *    without callers gets self + outgoing edges as inclusive cost, and moved edges make that too much.
 *
 * Any ranks give right costs; good ones let nearly all edges stay where they are.
 */
#include "report/callgraph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/acyclic.h"
#include "report/label.h"
#include "report/pairs.h"
#include "report/walk.h"

#define NO_EDGE UINT32_MAX

struct building {
	struct callgraph *g;
	const struct profile *p;
	enum recursion recursion;
	uint32_t root, all;      /* the synthetic vertices */
	uint32_t *on_path;       /* by function */
	uint32_t *rank;          /* by function; tasks are below all */
	struct pairs pairs;      /* edges as they are found */
	uint32_t *edges_on_path; /* by edge */
	size_t cap_edges_on_path;
	/* by depth */
	uint32_t *path; /* vertices; [0] is (root) */
	size_t cap_path;
	uint32_t *edge_at;
	size_t cap_edge_at;
	struct cost *sums; /* of the subtree so far, a block each */
	size_t cap_sums;
	size_t first; /* of the events of this walk */
};

static bool is_task(const struct building *b, uint32_t vertex)
{
	return vertex < b->p->n_functions && b->p->functions[vertex].kind == KIND_TASK;
}

static uint64_t saturating_add(uint64_t a, uint64_t b)
{
	return __builtin_add_overflow(a, b, &a) ? UINT64_MAX : a;
}

/* ---- step 2: ranks ---- */

struct weighted_pair {
	struct pair pair;
	uint64_t samples;
};

static int heaviest_first(const void *va, const void *vb, void *context)
{
	const struct weighted_pair *a = va, *b = vb;
	const struct function *f = context;
	int order = (a->samples < b->samples) - (a->samples > b->samples);

	order = order ? order : function_order(&f[a->pair.caller], &f[b->pair.caller]);
	order = order ? order : function_order(&f[a->pair.callee], &f[b->pair.callee]);
	if (!order && a->pair.caller != b->pair.caller)
		return a->pair.caller < b->pair.caller ? -1 : 1;
	return order ? order
		     : (a->pair.callee > b->pair.callee) - (a->pair.callee < b->pair.callee);
}

/* The samples of a node itself, of all events together. */
static uint64_t node_samples(const struct profile *p, uint32_t node)
{
	return costs_samples(&p->costs, p->nodes[node].cost);
}

/* The weights of the pairs of step 1; functions are numbered in the order in which the walk meets them. */
static struct weighted_pair *outermost_pairs(struct building *b, uint32_t *met, size_t *n_pairs)
{
	const struct profile *p = b->p;
	struct pairs pairs = { .n = 0 };
	uint64_t *weights = NULL, *sums = NULL;
	size_t cap_weights = 0, cap_sums = 0;
	struct weighted_pair *result;
	uint32_t n_met = 0;
	struct walk w;

	for (size_t f = 0; f < p->n_functions; f++)
		met[f] = UINT32_MAX;
	walk_init(&w, p);
	sums = mem_grow(sums, 0, 1, &cap_sums, sizeof(*sums));
	sums[0] = 0;
	while (walk_next(&w)) {
		uint32_t f = p->nodes[w.node].function, caller, number;
		size_t before = pairs.n;

		if (w.node == 0)
			break;
		if (!w.leaving) {
			sums = mem_grow(sums, w.depth, 1, &cap_sums, sizeof(*sums));
			sums[w.depth] = node_samples(p, w.node);
			if (met[f] == UINT32_MAX)
				met[f] = n_met++;
			b->on_path[f]++;
			continue;
		}
		sums[w.depth - 1] = saturating_add(sums[w.depth - 1], sums[w.depth]);
		if (--b->on_path[f] > 0)
			continue;
		caller = p->nodes[p->nodes[w.node].parent].function;
		if (caller == PROFILE_NO_FUNCTION || is_task(b, caller) || is_task(b, f))
			continue;
		number = pairs_add(&pairs, caller, f);
		weights = mem_grow(weights, before, 1, &cap_weights, sizeof(*weights));
		if (number == before)
			weights[number] = 0;
		weights[number] = saturating_add(weights[number], sums[w.depth]);
	}
	walk_end(&w);
	for (size_t f = 0; f < p->n_functions; f++)
		if (met[f] == UINT32_MAX)
			met[f] = n_met++;
	result = mem_calloc(pairs.n, sizeof(*result));
	for (size_t i = 0; i < pairs.n; i++)
		result[i] = (struct weighted_pair){ pairs.items[i], weights[i] };
	*n_pairs = pairs.n;
	pairs_done(&pairs);
	free(weights);
	free(sums);
	return result;
}

static void rank_functions(struct building *b)
{
	size_t n = b->p->n_functions, n_pairs;
	uint32_t *met = mem_calloc(n, sizeof(*met));
	struct weighted_pair *pairs = outermost_pairs(b, met, &n_pairs);
	struct acyclic *order = acyclic_new(n, met);

	qsort_r(pairs, n_pairs, sizeof(*pairs), heaviest_first, b->p->functions);
	for (size_t i = 0; i < n_pairs; i++)
		acyclic_add(order, pairs[i].pair.caller, pairs[i].pair.callee);
	for (uint32_t f = 0; f < n; f++)
		b->rank[f] = is_task(b, f) ? 0 : 1 + acyclic_rank(order, f);
	acyclic_free(order);
	free(pairs);
	free(met);
}

/* ---- steps 1, 3 and 4: edges ---- */

static void add_costs(struct building *b, struct costs *to, size_t row, const struct cost *more)
{
	if (!costs_add_block(to, row, b->first, more))
		b->g->overflow = true;
}

static uint32_t edge_number(struct building *b, uint32_t caller, uint32_t callee)
{
	size_t before = b->pairs.n;
	uint32_t edge = pairs_add(&b->pairs, caller, callee);

	if (edge == before) {
		costs_add_rows(&b->g->edge_cost, 1);
		b->edges_on_path = mem_grow(b->edges_on_path, before, 1, &b->cap_edges_on_path,
					    sizeof(*b->edges_on_path));
		b->edges_on_path[edge] = 0;
	}
	return edge;
}

/* The vertex that calls the function which has just been put on the path, or NO_EDGE. */
static uint32_t caller_of(struct building *b, size_t depth)
{
	uint32_t f = b->path[depth];

	if (depth == 1)
		return is_task(b, f) ? b->all : b->root;
	if (b->recursion == RECURSION_KEEP)
		return b->path[depth - 1];
	if (b->on_path[f] > 1)
		return NO_EDGE;
	while (--depth > 0)
		if (b->rank[b->path[depth]] < b->rank[f] || is_task(b, f))
			return b->path[depth];
	return b->root;
}

static void begin_depth(struct building *b, size_t depth, uint32_t vertex, uint32_t node)
{
	size_t width = b->p->costs.width;
	const struct cost *self = costs_block(&b->p->costs, b->p->nodes[node].cost, b->first);

	b->path = mem_grow(b->path, depth, 1, &b->cap_path, sizeof(*b->path));
	b->edge_at = mem_grow(b->edge_at, depth, 1, &b->cap_edge_at, sizeof(*b->edge_at));
	b->sums = mem_grow(b->sums, depth * width, width, &b->cap_sums, sizeof(*b->sums));
	b->path[depth] = vertex;
	b->edge_at[depth] = NO_EDGE;
	for (size_t e = 0; e < width; e++)
		b->sums[depth * width + e] = self[e];
	add_costs(b, &b->g->self, vertex, self);
}

static void enter(struct building *b, uint32_t node, size_t depth)
{
	uint32_t f = b->p->nodes[node].function, caller;

	begin_depth(b, depth, f, node);
	b->on_path[f]++;
	caller = caller_of(b, depth);
	if (caller == NO_EDGE)
		return;
	b->edge_at[depth] = edge_number(b, caller, f);
	b->edges_on_path[b->edge_at[depth]]++;
}

static void leave(struct building *b, size_t depth)
{
	size_t width = b->p->costs.width;
	uint32_t edge = b->edge_at[depth], f = b->path[depth];
	struct cost *sums = &b->sums[depth * width], *outer = sums - width;

	b->on_path[f]--;
	if (edge != NO_EDGE && --b->edges_on_path[edge] == 0)
		add_costs(b, &b->g->edge_cost, edge, sums);
	if (depth == 1 && is_task(b, f)) /* "(root)" stands for what has none */
		return;
	for (size_t e = 0; e < width; e++)
		if (!cost_add(&outer[e], &sums[e]))
			b->g->overflow = true;
}

/* Count the block of events from b->first on. */
static void walk_edges(struct building *b)
{
	struct walk w;
	uint32_t edge;

	walk_init(&w, b->p);
	begin_depth(b, 0, b->root, 0);
	while (walk_next(&w)) {
		if (!w.leaving)
			enter(b, w.node, w.depth);
		else if (w.node)
			leave(b, w.depth);
	}
	walk_end(&w);
	edge = edge_number(b, b->all, b->root);
	add_costs(b, &b->g->edge_cost, edge, b->sums);
}

/* ---- the finished lists ---- */

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

/* Sort the edges and leave out those that no sample went over. */
static void finish_edges(struct building *b)
{
	struct callgraph *g = b->g;
	size_t n = b->pairs.n;
	struct edge_order *order = mem_calloc(n, sizeof(*order));
	struct costs unsorted = g->edge_cost;

	costs_init(&g->edge_cost, g->n_events);
	g->edges = mem_calloc(n, sizeof(*g->edges));
	for (size_t i = 0; i < n; i++)
		order[i] = (struct edge_order){ b->pairs.items[i], (uint32_t)i };
	qsort(order, n, sizeof(*order), by_pair);
	for (size_t i = 0; i < n; i++) {
		struct cost_cell any = costs_begin(&unsorted, order[i].number);
		uint64_t calls = costs_samples(&unsorted, order[i].number);
		struct pair ends = order[i].pair;

		if (!costs_next(&unsorted, &any))
			continue;
		g->vertices[ends.caller].used = g->vertices[ends.callee].used = true;
		costs_add_row(&g->edge_cost, costs_add_rows(&g->edge_cost, 1), &unsorted,
			      order[i].number);
		g->edges[g->n_edges++] = (struct call_edge){
			.caller = ends.caller,
			.callee = ends.callee,
			.line = g->vertices[ends.caller].line,
			.calls = calls ? calls : 1,
		};
	}
	costs_done(&unsorted);
	free(order);
}

/*
 * Names.  KCachegrind takes two functions for one if name + base name of the file + base name of the object
 * are equal as one text, callgrind_annotate if file + ":" + name are.  Where functions clash, each gets
 * more behind its name: its module or object, then its symbol or path, then its number.
 */
static const char *vertex_name(struct texts *texts, const struct function *f, uint32_t number,
			       unsigned level)
{
	bool python = f->kind == KIND_PYTHON;
	const char *name = label_clean(texts, f->name);
	const char *path = python ? f->file : f->object;
	const char *where = level > 1 ? path : python ? f->module : label_base(path);
	const char *result;
	char *text = NULL;
	int printed = 0;

	if (!*name)
		name = "[unnamed]";
	if (level >= 3)
		printed = asprintf(&text, "%s #%u.%u", name, (unsigned)number, level - 3);
	else if (level == 2 && *f->symbol)
		printed = asprintf(&text, "%s {%s}", name, f->symbol);
	else if (level >= 1 && *where)
		printed = asprintf(&text, python ? "%s (%s)" : "%s [%s]", name, where);
	if (printed < 0 || !text)
		return name;
	result = label_clean(texts, text);
	free(text);
	return result;
}

static const char *text_or_unknown(struct texts *texts, const char *s)
{
	const char *clean = label_clean(texts, s);

	return *clean ? clean : "???";
}

static void make_vertices(struct building *b, struct texts *texts)
{
	const struct profile *p = b->p;
	struct callgraph *g = b->g;

	g->n_vertices = p->n_functions + 2;
	g->vertices = mem_calloc(g->n_vertices, sizeof(*g->vertices));
	for (uint32_t v = 0; v < p->n_functions; v++) {
		const struct function *f = &p->functions[v];

		g->vertices[v] = (struct call_vertex){
			.name = vertex_name(texts, f, v, 0),
			.file = text_or_unknown(texts, f->file),
			.object = f->kind == KIND_PYTHON ? "python"
							 : text_or_unknown(texts, f->object),
			.line = f->line,
		};
	}
	g->vertices[b->root] = (struct call_vertex){ "(root)", "???", "???", 0, false };
	g->vertices[b->all] = (struct call_vertex){ "(all)", "???", "???", 0, false };
}

struct vertex_key {
	struct hash128 hash; /* stands for the text */
	uint32_t vertex;
};

static int by_hash(const void *va, const void *vb)
{
	const struct vertex_key *a = va, *b = vb;

	if (a->hash.low != b->hash.low)
		return a->hash.low < b->hash.low ? -1 : 1;
	if (a->hash.high != b->hash.high)
		return a->hash.high < b->hash.high ? -1 : 1;
	return (a->vertex > b->vertex) - (a->vertex < b->vertex);
}

static const char *known_base(const char *path)
{
	return strcmp(path, "???") == 0 ? "" : label_base(path);
}

static struct hash128 key_hash(const struct call_vertex *v, bool kcachegrind)
{
	struct hash128 hash = { 0, 0 };
	char *text = NULL;
	int len;

	if (kcachegrind)
		len = asprintf(&text, "%s%s%s", v->name, known_base(v->file),
			       known_base(v->object));
	else
		len = asprintf(&text, "%s:%s", v->file, v->name);
	if (len >= 0)
		hash = hash128_bytes(text, (size_t)len, 0);
	free(text);
	return hash;
}

/* Mark the vertices whose key another one has too; false if there are none. */
static bool find_clashes(const struct callgraph *g, bool kcachegrind, bool *clashes)
{
	struct vertex_key *keys = mem_calloc(g->n_vertices, sizeof(*keys));
	bool any = false;

	for (uint32_t v = 0; v < g->n_vertices; v++)
		keys[v] = (struct vertex_key){ key_hash(&g->vertices[v], kcachegrind), v };
	qsort(keys, g->n_vertices, sizeof(*keys), by_hash);
	for (size_t i = 1; i < g->n_vertices; i++) {
		if (keys[i].hash.low != keys[i - 1].hash.low ||
		    keys[i].hash.high != keys[i - 1].hash.high)
			continue;
		clashes[keys[i].vertex] = clashes[keys[i - 1].vertex] = any = true;
	}
	free(keys);
	return any;
}

static void make_names_unique(struct building *b, struct texts *texts)
{
	struct callgraph *g = b->g;
	size_t n = b->p->n_functions;
	unsigned *level = mem_calloc(n, sizeof(*level));
	bool *clashes = mem_calloc(g->n_vertices, sizeof(*clashes));

	while ((int)find_clashes(g, true, clashes) | (int)find_clashes(g, false, clashes)) {
		for (uint32_t v = 0; v < n; v++) {
			if (!clashes[v])
				continue;
			g->vertices[v].name =
				vertex_name(texts, &b->p->functions[v], v, ++level[v]);
		}
		memset(clashes, 0, g->n_vertices * sizeof(*clashes));
	}
	free(level);
	free(clashes);
}

struct callgraph *callgraph_new(const struct profile *p, enum recursion recursion,
				struct texts *texts)
{
	struct callgraph *g = mem_calloc(1, sizeof(*g));
	struct building b = {
		.g = g,
		.p = p,
		.recursion = recursion,
		.root = (uint32_t)p->n_functions,
		.all = (uint32_t)p->n_functions + 1,
	};

	g->n_events = p->n_events;
	make_vertices(&b, texts);
	make_names_unique(&b, texts);
	costs_init(&g->self, p->n_events);
	costs_add_rows(&g->self, g->n_vertices);
	costs_init(&g->edge_cost, p->n_events);
	g->sum = mem_calloc(p->n_events, sizeof(*g->sum));
	for (size_t e = 0; e < p->n_events; e++)
		g->sum[e] = p->events[e].sum;
	b.on_path = mem_calloc(p->n_functions, sizeof(*b.on_path));
	b.rank = mem_calloc(p->n_functions, sizeof(*b.rank));
	if (p->n_nodes && p->n_events && recursion == RECURSION_EXACT)
		rank_functions(&b);
	for (; p->n_nodes && b.first < p->n_events; b.first += COSTS_BLOCK)
		walk_edges(&b);
	finish_edges(&b);
	free(b.on_path);
	free(b.rank);
	free(b.edges_on_path);
	free(b.path);
	free(b.edge_at);
	free(b.sums);
	pairs_done(&b.pairs);
	return g;
}

void callgraph_free(struct callgraph *g)
{
	if (!g)
		return;
	free(g->vertices);
	costs_done(&g->self);
	free(g->edges);
	costs_done(&g->edge_cost);
	free(g->sum);
	free(g);
}
