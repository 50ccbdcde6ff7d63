/*
 * Each node of the call tree is paid for something: the innermost Python function, and the opcode (or gap) of the
 * evaluation loop that it called.
 *
 *   f (python)      f, no loop yet          expects the loop
 *   _PyEval_...     f, BINARY_OP_ADD_INT    is the loop
 *   _PyLong_Add     f, BINARY_OP_ADD_INT
 *   g (python)      g, no loop yet          expects the loop
 */
#include "report/opcodes.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/opcode_family.h"
#include "report/pairs.h"

/* What a row is for: a gap, or OPCODE_GAPS + the number of a name. */
#define NOT_ASKED UINT32_MAX

struct paid {
	uint32_t
		function; /* shown, plus 1; 0: none yet, or one that is not shown (PROFILE_NO_FUNCTION) */
	uint32_t what;
	bool expects_loop, is_loop;
};

struct span {
	size_t first, n;
};

struct opcodes {
	const char **names; /* of opcodes, in the order of their first appearance */
	size_t n_names, cap_names;
	struct opcode_cost *rows;
	size_t n_rows;
	struct costs self, total; /* by row, in the order in which rows were made */
	bool overflow;
	struct span *of; /* by shown function: its rows */
	size_t n_of;
};

struct walking {
	const struct opcodes_input *in;
	struct opcodes *o;
	uint32_t *what;    /* by location; NOT_ASKED */
	struct paid *paid; /* by node */
	struct pairs rows; /* (function, what) -> row */
	size_t *event;     /* by event of the call tree: that of the rows + 1; 0: none */
};

/* ---- locations ---- */

static uint32_t number_of(struct opcodes *o, const char *name)
{
	size_t i = 0;

	while (i < o->n_names && o->names[i] != name)
		i++;
	if (i == o->n_names) {
		o->names = mem_grow(o->names, o->n_names, 1, &o->cap_names, sizeof(*o->names));
		o->names[o->n_names++] = name;
	}
	return OPCODE_GAPS + (uint32_t)i;
}

/* Asked once for each location. */
static uint32_t what_at(struct walking *w, uint32_t location)
{
	const char *opcode;
	enum opcode_gap gap;

	if (w->what[location] == NOT_ASKED) {
		gap = recorded_code_opcode(w->in->code, location, &opcode);
		w->what[location] = opcode ? number_of(w->o, opcode) : gap;
	}
	return w->what[location];
}

/* ---- nodes ---- */

static struct paid paid_at(struct walking *w, const struct calltree_node *node)
{
	uint32_t function = *frames_at(w->in->frames, node->location);
	struct paid p = w->paid[node->parent];

	if (w->in->functions->items[function].kind == KIND_PYTHON)
		return (struct paid){
			.function = (w->in->shown ? w->in->shown[function] : function) + 1,
			.what = OPCODE_NO_LOOP,
			.expects_loop = true,
		};
	/* Where handlers are functions, the loop may have called the first of them. */
	p.is_loop = p.expects_loop ||
		    (p.is_loop && recorded_code_is_handler(w->in->code, node->location));
	p.expects_loop = false;
	if (p.is_loop)
		p.what = what_at(w, node->location);
	p.is_loop = p.is_loop && p.what != OPCODE_NO_LOOP;
	return p;
}

static uint32_t row_of(struct walking *w, const struct paid *p)
{
	struct opcodes *o = w->o;
	uint32_t row = pairs_add(&w->rows, p->function - 1, p->what);

	if (row == o->n_rows) {
		costs_add_rows(&o->self, 1);
		costs_add_rows(&o->total, 1);
		o->n_rows++;
	}
	return row;
}

static bool has_cost(const struct walking *w, const struct calltree_node *node)
{
	const struct costs *costs = &w->in->collected->tree->costs;
	struct cost_cell cell = costs_begin(costs, node->cost);

	while (costs_next(costs, &cell))
		if (w->event[cell.event] && cell.cost->samples)
			return true;
	return false;
}

static void count(struct walking *w, const struct calltree_node *node, const struct paid *p)
{
	const struct calltree *tree = w->in->collected->tree;
	struct cost_cell cell = costs_begin(&tree->costs, node->cost);
	uint32_t row = row_of(w, p);
	bool ends_in_loop = p->is_loop && tree->locations[node->location].exact;

	while (costs_next(&tree->costs, &cell)) {
		size_t event = w->event[cell.event];

		if (event && (!costs_add(&w->o->total, row, event - 1, cell.cost) ||
			      (ends_in_loop && !costs_add(&w->o->self, row, event - 1, cell.cost))))
			w->o->overflow = true;
	}
}

static void walk(struct walking *w)
{
	const struct calltree *tree = w->in->collected->tree;

	w->paid = mem_calloc(tree->n_nodes + 1, sizeof(*w->paid));
	for (size_t n = 1; n < tree->n_nodes; n++) {
		w->paid[n] = paid_at(w, &tree->nodes[n]);
		if (w->paid[n].function && has_cost(w, &tree->nodes[n]))
			count(w, &tree->nodes[n], &w->paid[n]);
	}
}

/* ---- rows ---- */

struct sorting {
	const struct walking *w;
	uint32_t row;
};

static struct opcode_cost row_cost(const struct walking *w, uint32_t row)
{
	const struct opcodes *o = w->o;
	uint32_t what = w->rows.items[row].callee;
	const char *name = what < OPCODE_GAPS ? NULL : o->names[what - OPCODE_GAPS];

	return (struct opcode_cost){
		.name = name,
		.family = name ? opcode_family(name) : NULL,
		.gap = name ? OPCODE_KNOWN : (enum opcode_gap)what,
		.row = row,
	};
}

static int by_function(const void *va, const void *vb)
{
	const struct sorting *sa = va, *sb = vb;
	uint32_t fa = sa->w->rows.items[sa->row].caller, fb = sb->w->rows.items[sb->row].caller;
	struct opcode_cost a = row_cost(sa->w, sa->row), b = row_cost(sb->w, sb->row);
	int order;

	if (fa != fb)
		return fa < fb ? -1 : 1;
	if (a.gap != b.gap)
		return a.gap < b.gap ? -1 : 1;
	order = costs_compare(&sa->w->o->total, sa->row, sb->row);
	if (order || !a.name || !b.name)
		return order;
	return strcmp(a.name, b.name);
}

static void sort_rows(struct walking *w)
{
	struct opcodes *o = w->o;
	struct sorting *order = mem_calloc(o->n_rows, sizeof(*order));

	for (uint32_t row = 0; row < o->n_rows; row++)
		order[row] = (struct sorting){ w, row };
	if (o->n_rows)
		qsort(order, o->n_rows, sizeof(*order), by_function);
	o->rows = mem_calloc(o->n_rows, sizeof(*o->rows));
	for (size_t i = 0; i < o->n_rows; i++) {
		struct span *s = &o->of[w->rows.items[order[i].row].caller];

		o->rows[i] = row_cost(w, order[i].row);
		if (s->n++ == 0)
			s->first = i;
	}
	free(order);
}

struct opcodes *opcodes_new(const struct opcodes_input *in)
{
	struct opcodes *o = mem_calloc(1, sizeof(*o));
	struct walking w = {
		.in = in,
		.o = o,
	};
	size_t n_locations = in->collected->tree->n_locations;

	costs_init(&o->self, in->n_events);
	costs_init(&o->total, in->n_events);
	w.event = mem_calloc(in->collected->tree->costs.n_events, sizeof(*w.event));
	for (size_t e = 0; e < in->n_events; e++)
		w.event[in->columns[e]] = e + 1;
	o->n_of = in->shown ? in->n_shown : in->functions->n;
	o->of = mem_calloc(o->n_of, sizeof(*o->of));
	w.what = mem_calloc(n_locations, sizeof(*w.what));
	for (size_t i = 0; i < n_locations; i++)
		w.what[i] = NOT_ASKED;
	walk(&w);
	sort_rows(&w);
	free(w.what);
	free(w.paid);
	free(w.event);
	pairs_done(&w.rows);
	return o;
}

void opcodes_free(struct opcodes *o)
{
	if (!o)
		return;
	free(o->names);
	free(o->rows);
	costs_done(&o->self);
	costs_done(&o->total);
	free(o->of);
	free(o);
}

const struct opcode_cost *opcodes_of(const struct opcodes *o, uint32_t function, size_t *n)
{
	*n = function < o->n_of ? o->of[function].n : 0;
	return *n ? &o->rows[o->of[function].first] : NULL;
}

const struct costs *opcodes_self(const struct opcodes *o)
{
	return &o->self;
}

const struct costs *opcodes_total(const struct opcodes *o)
{
	return &o->total;
}

bool opcodes_overflow(const struct opcodes *o)
{
	return o->overflow;
}
