#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/annotate_python_parts.h"
#include "report/pairs.h"
#include "report/walk.h"

/* ---- rows -------------------------------------------------------------------- */

void python_add_row(const struct python_work *w, uint32_t row, const struct costs *costs,
		    size_t from, bool self)
{
	struct cost_cell cell = costs_begin(costs, from);

	while (costs_next(costs, &cell))
		if (w->events[cell.event])
			charges_add(w->a->charges, row, w->events[cell.event] - 1,
				    self ? cell.cost : NULL, self ? NULL : cell.cost);
}

int python_order(const struct annotation *a, uint32_t ra, uint32_t rb, bool self)
{
	return costs_compare(self ? charges_all_self(a->charges) : charges_all_total(a->charges),
			     ra, rb);
}

/* Pairs of an annotated function and something that it has, with a row for each. */
struct table_of_pairs {
	struct pairs pairs;
	uint32_t *rows;
	size_t cap;
};

static uint32_t row_of_pair(const struct python_work *w, struct table_of_pairs *t,
			    uint32_t annotated, uint32_t other)
{
	size_t n = t->pairs.n;
	uint32_t number = pairs_add(&t->pairs, annotated, other);

	if (number == n) {
		t->rows = mem_grow(t->rows, n, 1, &t->cap, sizeof(*t->rows));
		t->rows[number] = charges_row(w->a->charges);
	}
	return t->rows[number];
}

static void pairs_free(struct table_of_pairs *t)
{
	pairs_done(&t->pairs);
	free(t->rows);
}

/* Is pair `i` of this function, with self in a shown event? */
static bool is_pair_of(const struct python_work *w, const struct table_of_pairs *t, size_t i,
		       uint32_t annotated)
{
	return t->pairs.items[i].caller == annotated &&
	       !costs_no_samples(charges_all_self(w->a->charges), t->rows[i]);
}

static size_t count_pairs(const struct python_work *w, const struct table_of_pairs *t,
			  uint32_t annotated)
{
	size_t n = 0;

	for (size_t i = 0; i < t->pairs.n; i++)
		n += is_pair_of(w, t, i, annotated);
	return n;
}

/* ---- categories -------------------------------------------------------------- */

static int by_share(const void *va, const void *vb, void *a)
{
	const struct python_share *sa = va, *sb = vb;
	int order = python_order(a, sa->cost, sb->cost, true);

	return order ? order : strcmp(sa->name, sb->name);
}

static void take_categories(const struct python_work *w, const struct table_of_pairs *t, uint32_t f)
{
	struct annotation *a = w->a;
	struct python_part *part = a->functions[f].python;
	size_t n = count_pairs(w, t, f);

	part->categories = annotation_array(a, n, sizeof(*part->categories));
	for (size_t i = 0; i < t->pairs.n; i++)
		if (is_pair_of(w, t, i, f))
			part->categories[part->n_categories++] = (struct python_share){
				.name = w->profile->functions[t->pairs.items[i].callee].name,
				.cost = t->rows[i],
			};
	if (n)
		qsort_r(part->categories, n, sizeof(*part->categories), by_share, a);
}

/* Each node below the root's children is of the category that its branch begins with. */
void python_categories(const struct python_work *w)
{
	const struct profile *p = w->profile;
	uint32_t *category = mem_calloc(p->n_nodes, sizeof(*category));
	struct table_of_pairs t = { 0 };

	for (size_t i = 1; i < p->n_nodes; i++) {
		const struct profile_node *n = &p->nodes[i];
		uint32_t number = w->number[n->function];

		category[i] = n->parent ? category[n->parent] : n->function;
		if (number && n->cost)
			python_add_row(w, row_of_pair(w, &t, number - 1, category[i]), &p->costs,
				       n->cost, true);
	}
	for (uint32_t f = 0; f < w->a->n_functions; f++)
		if (w->a->functions[f].python)
			take_categories(w, &t, f);
	pairs_free(&t);
	free(category);
}

/* ---- natives ----------------------------------------------------------------- */

static int by_native(const void *va, const void *vb, void *a)
{
	const struct python_native *na = va, *nb = vb;
	int order = python_order(a, na->cost, nb->cost, true);

	return order ? order : function_order(na->function, nb->function);
}

static void take_natives(const struct python_work *w, const struct table_of_pairs *t, uint32_t f)
{
	struct annotation *a = w->a;
	struct python_part *part = a->functions[f].python;
	size_t n = count_pairs(w, t, f);

	part->natives = annotation_array(a, n, sizeof(*part->natives));
	for (size_t i = 0; i < t->pairs.n; i++)
		if (is_pair_of(w, t, i, f))
			part->natives[part->n_natives++] = (struct python_native){
				.function = &a->in.functions->items[t->pairs.items[i].callee],
				.cost = t->rows[i],
			};
	if (n)
		qsort_r(part->natives, n, sizeof(*part->natives), by_native, a);
}

static void count_native(const struct python_work *w, struct table_of_pairs *t, uint32_t annotated,
			 const struct calltree_node *node)
{
	const struct frames *frames = w->a->in.frames;
	const struct calltree *tree = w->a->in.collected->tree;
	size_t last = frames_count(frames, node->location) - 1;
	uint32_t row = row_of_pair(w, t, annotated, frames_at(frames, node->location)[last]);
	struct cost_cell cell = costs_begin(&tree->costs, node->cost);

	while (costs_next(&tree->costs, &cell))
		if (w->tree_events[cell.event])
			charges_add(w->a->charges, row, w->tree_events[cell.event] - 1, cell.cost,
				    NULL);
}

/* By function of the locations: index in a->functions + 1. */
static uint32_t *annotated_by_location_function(const struct python_work *w)
{
	uint32_t *of = mem_calloc(w->a->in.functions->n, sizeof(*of));

	for (size_t f = 0; f < w->profile->n_functions; f++)
		if (w->origin[f] != NOBODY)
			of[w->origin[f]] = w->number[f];
	return of;
}

void python_natives(const struct python_work *w)
{
	const struct annotation_input *in = &w->a->in;
	const struct calltree *tree = in->collected->tree;
	uint32_t *annotated = annotated_by_location_function(w);
	uint32_t *innermost = mem_calloc(tree->n_nodes, sizeof(*innermost));
	struct table_of_pairs t = { 0 };

	for (size_t i = 1; i < tree->n_nodes; i++) {
		const struct calltree_node *n = &tree->nodes[i];
		uint32_t outer = *frames_at(in->frames, n->location);

		innermost[i] = in->functions->items[outer].kind == KIND_PYTHON
				       ? annotated[outer]
				       : innermost[n->parent];
		if (innermost[i] && n->cost)
			count_native(w, &t, innermost[i] - 1, n);
	}
	for (uint32_t f = 0; f < w->a->n_functions; f++)
		if (w->a->functions[f].python)
			take_natives(w, &t, f);
	pairs_free(&t);
	free(innermost);
	free(annotated);
}

/* ---- lines ------------------------------------------------------------------- */

size_t python_edge(const struct totals *t, uint32_t caller, uint32_t callee)
{
	size_t low = 0, high = t->n_edges;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct total_edge *edge = &t->edges[mid];

		if (edge->caller < caller || (edge->caller == caller && edge->callee < callee))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint32_t line_of_node(const struct python_work *w, uint32_t node)
{
	const struct profile *p = w->profile;
	const struct profile_node *n = &p->nodes[node];
	uint32_t caller = n->parent ? p->nodes[n->parent].function : PROFILE_NO_FUNCTION;
	const struct totals *t = w->totals;

	if (caller == PROFILE_NO_FUNCTION || !w->number[caller])
		return 0; /* the others have no lines */
	return w->line_of[python_edge(t, caller, n->function)];
}

/* What runs in the calls of a line, each sample once: `rows` are those of the lines on the way to a node. */
struct counting {
	uint32_t *entered; /* by row: nodes on the way that it has */
	uint32_t *rows;
	size_t n_rows;
};

static void count_node(const struct python_work *w, const struct counting *c, uint32_t node)
{
	uint32_t cost = w->profile->nodes[node].cost;

	for (size_t i = 0; cost && i < c->n_rows; i++)
		python_add_row(w, c->rows[i], &w->profile->costs, cost, false);
}

static void count_lines(const struct python_work *w, const uint32_t *line, uint32_t n_rows)
{
	struct counting c = {
		.entered = mem_calloc(n_rows, sizeof(*c.entered)),
		.rows = mem_calloc(n_rows, sizeof(*c.rows)),
	};
	struct walk walk;

	walk_init(&walk, w->profile);
	while (walk_next(&walk)) {
		uint32_t row = line[walk.node];

		if (walk.leaving && row && --c.entered[row] == 0)
			c.n_rows--;
		if (walk.leaving)
			continue;
		if (row && c.entered[row]++ == 0)
			c.rows[c.n_rows++] = row;
		count_node(w, &c, walk.node);
	}
	walk_end(&walk);
	free(c.entered);
	free(c.rows);
}

void python_lines(const struct python_work *w)
{
	size_t n_nodes = w->profile->n_nodes;
	uint32_t *line = mem_calloc(n_nodes, sizeof(*line)), n_rows = 0;

	for (uint32_t i = 1; i < n_nodes; i++) {
		line[i] = line_of_node(w, i);
		if (line[i] >= n_rows)
			n_rows = line[i] + 1;
	}
	if (n_rows > 1)
		count_lines(w, line, n_rows);
	free(line);
}
