#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/function_name.h"
#include "report/ratios.h"

uint64_t cost_share(const struct cost *part, const struct cost *whole)
{
	uint64_t p = whole->weight ? part->weight : part->samples;
	uint64_t w = whole->weight ? whole->weight : whole->samples;

	if (!w)
		return 0;
	return (uint64_t)(((unsigned __int128)p * 10000 + w / 2) / w);
}

struct ratio_value table_ratio(const struct table *t, uint32_t function, const struct ratio *r,
			       bool total)
{
	return ratio_of(r, total ? &t->totals->total : &t->totals->self, function);
}

struct ratio_value table_whole_ratio(const struct table *t, const struct ratio *r)
{
	const struct profile *p = t->profile;
	struct ratio_value v;
	struct costs sums;

	costs_init(&sums, p->n_events);
	costs_add_rows(&sums, 1);
	for (size_t e = 0; e < p->n_events; e++)
		costs_add(&sums, 0, e, &p->events[e].sum);
	v = ratio_of(r, &sums, 0);
	costs_done(&sums);
	return v;
}

static uint64_t shown_samples(const struct table *t, const struct costs *c, size_t row)
{
	if (t->options.event >= 0)
		return costs_at(c, row, (size_t)t->options.event)->samples;
	return costs_samples(c, row);
}

uint64_t table_leaf_samples(const struct table *t, uint32_t function)
{
	return shown_samples(t, &t->totals->self, function);
}

uint64_t table_edge_samples(const struct table *t, size_t edge)
{
	return shown_samples(t, &t->totals->edge_total, edge);
}

/* In a shown event: one, or all. */
static bool has_cost(const struct table *t, const struct costs *c, size_t row)
{
	struct cost_cell any = costs_begin(c, row);

	if (t->options.event >= 0)
		return !cost_is_zero(costs_at(c, row, (size_t)t->options.event));
	return costs_next(c, &any);
}

static bool function_has_cost(const struct table *t, uint32_t function)
{
	return has_cost(t, &t->totals->total, function);
}

static bool edge_has_cost(const struct table *t, size_t edge)
{
	return has_cost(t, &t->totals->edge_total, edge);
}

bool table_shows_edge(const struct table *t, size_t edge)
{
	const struct total_edge *ends = &t->totals->edges[edge];

	return t->listed[ends->caller] && t->listed[ends->callee] && edge_has_cost(t, edge);
}

/* ---- the order of rows ---- */

static int more_first(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int by_cost(const struct cost *a, const struct cost *b)
{
	int order = more_first(a->weight, b->weight);

	return order ? order : more_first(a->samples, b->samples);
}

/* The shown ones, one or all. */
static int by_shown(const struct table *t, const struct costs *c, size_t a, size_t b)
{
	size_t event = (size_t)t->options.event;

	if (t->options.event >= 0)
		return by_cost(costs_at(c, a, event), costs_at(c, b, event));
	return costs_compare(c, a, b);
}

/* The primary event goes first, then the shown ones in their order. */
static int by_costs(const struct table *t, const struct costs *c, uint32_t a, uint32_t b)
{
	size_t primary = t->options.primary_1 - 1;
	int order = 0;

	if (t->options.primary_1)
		order = by_cost(costs_at(c, a, primary), costs_at(c, b, primary));
	return order ? order : by_shown(t, c, a, b);
}

static int by_self(const struct table *t, uint32_t a, uint32_t b)
{
	return by_costs(t, &t->totals->self, a, b);
}

static int by_total(const struct table *t, uint32_t a, uint32_t b)
{
	return by_costs(t, &t->totals->total, a, b);
}

static int row_order(const void *va, const void *vb, void *context)
{
	const struct table *t = context;
	uint32_t a = ((const struct table_row *)va)->function;
	uint32_t b = ((const struct table_row *)vb)->function;
	const struct function *functions = t->profile->functions;
	int order = 0;

	switch (t->options.sort) {
	case SORT_NAME:
		break;
	case SORT_SAMPLES:
		order = more_first(table_leaf_samples(t, a), table_leaf_samples(t, b));
		/* fall through */
	case SORT_SELF:
		order = order ? order : by_self(t, a, b);
		order = order ? order : by_total(t, a, b);
		break;
	case SORT_TOTAL:
		order = by_total(t, a, b);
		order = order ? order : by_self(t, a, b);
		break;
	}
	order = order ? order : function_order(&functions[a], &functions[b]);
	return order ? order : (a > b) - (a < b);
}

/* ---- which rows ---- */

static bool is_wanted(const struct function *f, const char *wanted)
{
	return !wanted || !*wanted || function_is_called(f, wanted);
}

static bool is_under_limit(const struct table *t, uint32_t function)
{
	const struct cost *part = table_total(t, function, 0);
	const struct cost *whole = &t->profile->events[t->events[0]].sum;
	double p = whole->weight ? (double)part->weight : (double)part->samples;
	double w = whole->weight ? (double)whole->weight : (double)whole->samples;

	return t->options.percent_limit > 0 && 100 * p < t->options.percent_limit * w;
}

static void make_rows(struct table *t)
{
	const struct profile *p = t->profile;

	t->rows = mem_calloc(p->n_functions, sizeof(*t->rows));
	t->listed = mem_calloc(p->n_functions, sizeof(*t->listed));
	for (uint32_t f = 0; f < p->n_functions; f++) {
		if (p->functions[f].kind == KIND_TASK || !function_has_cost(t, f) ||
		    !is_wanted(&p->functions[f], t->options.function))
			continue;
		if (is_under_limit(t, f))
			t->n_hidden++;
		else
			t->rows[t->n_rows++].function = f;
	}
	qsort_r(t->rows, t->n_rows, sizeof(*t->rows), row_order, t);
	if (t->options.limit && t->n_rows > t->options.limit) {
		t->n_hidden += t->n_rows - t->options.limit;
		t->n_rows = t->options.limit;
	}
	for (size_t i = 0; i < t->n_rows; i++)
		t->listed[t->rows[i].function] = true;
}

/* ---- callers or callees of each row ---- */

static int edge_row_order(const void *va, const void *vb, void *context)
{
	const struct table *t = context;
	const struct table_edge_row *a = va, *b = vb;
	const struct function *functions = t->profile->functions;
	int order = by_shown(t, &t->totals->edge_total, a->edge, b->edge);

	order = order ? order : function_order(&functions[a->function], &functions[b->function]);
	return order ? order : (a->function > b->function) - (a->function < b->function);
}

static void make_edge_rows(struct table *t)
{
	const struct totals *totals = t->totals;
	bool callers = t->options.edges == EDGES_CALLERS;
	struct table_row **row_of = mem_calloc(t->profile->n_functions, sizeof(struct table_row *));
	size_t next = 0;

	for (size_t i = 0; i < t->n_rows; i++)
		row_of[t->rows[i].function] = &t->rows[i];
	/* count, give each row its place, fill */
	for (size_t i = 0; i < totals->n_edges; i++) {
		const struct total_edge *e = &totals->edges[i];
		struct table_row *row = row_of[callers ? e->callee : e->caller];

		if (row && edge_has_cost(t, i))
			row->n_edges++;
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		t->rows[i].first_edge = next;
		next += t->rows[i].n_edges;
		t->rows[i].n_edges = 0;
	}
	t->n_edge_rows = next;
	t->edge_rows = mem_calloc(next, sizeof(*t->edge_rows));
	for (size_t i = 0; i < totals->n_edges; i++) {
		const struct total_edge *e = &totals->edges[i];
		struct table_row *row = row_of[callers ? e->callee : e->caller];

		if (row && edge_has_cost(t, i))
			t->edge_rows[row->first_edge + row->n_edges++] =
				(struct table_edge_row){ callers ? e->caller : e->callee,
							 (uint32_t)i };
	}
	for (size_t i = 0; i < t->n_rows; i++)
		qsort_r(&t->edge_rows[t->rows[i].first_edge], t->rows[i].n_edges,
			sizeof(*t->edge_rows), edge_row_order, t);
	free(row_of);
}

struct table *table_new(const struct profile *p, const struct totals *t, const struct diag *diag,
			const struct table_summary *summary, const struct table_options *options)
{
	struct table *table = mem_calloc(1, sizeof(*table));

	table->profile = p;
	table->totals = t;
	table->diag = diag;
	table->summary = *summary;
	table->options = *options;
	table->events = mem_calloc(p->n_events, sizeof(*table->events));
	for (size_t e = 0; e < p->n_events; e++)
		if (options->event < 0 || (size_t)options->event == e)
			table->events[table->n_events++] = e;
	make_rows(table);
	if (options->edges != EDGES_NONE)
		make_edge_rows(table);
	return table;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	free(t->rows);
	free(t->listed);
	free(t->edge_rows);
	free(t->events);
	free(t);
}
