#include "report/annotate_choice.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/function_name.h"
#include "report/table.h"
#include "report/totals.h"

struct choosing {
	struct annotation *a;
	const size_t *columns;
	struct costs code; /* by function of the profile: what ended in its code */
	bool *real;        /* by function: see mark_real() */
	bool *chosen;
};

/* ---- what ended in the code of a function ---- */

/* By column of the call tree: the event of the annotation + 1, or 0. */
static size_t *events_of_columns(const struct choosing *c)
{
	size_t *of = mem_calloc(c->a->in.collected->tree->costs.n_events, sizeof(*of));

	for (size_t e = 0; e < c->a->n_events; e++)
		of[c->columns[e]] = e + 1;
	return of;
}

static void count_location(struct choosing *c, const size_t *event, uint32_t location, uint32_t row)
{
	const struct annotation *a = c->a;
	uint32_t outer = *frames_at(a->in.frames, location), shown = a->in.shown[outer];
	const struct costs *costs = &a->in.collected->tree->costs;
	struct cost_cell cell = costs_begin(costs, row);

	if (shown == PROFILE_NO_FUNCTION || a->in.functions->items[outer].kind == KIND_PYTHON)
		return;
	while (costs_next(costs, &cell))
		if (event[cell.event])
			costs_add(&c->code, shown, event[cell.event] - 1, cell.cost);
}

/* Of a Python function that is its self, which has what runs natively beneath it. */
static void count_python(struct choosing *c, size_t function)
{
	const struct annotation *a = c->a;
	const struct costs *self = &a->totals->self;
	struct cost_cell cell = costs_begin(self, function);
	size_t first = a->options.event < 0 ? 0 : (size_t)a->options.event;

	while (costs_next(self, &cell))
		if (cell.event >= first && cell.event - first < a->n_events)
			costs_add(&c->code, function, cell.event - first, cell.cost);
}

static void count_code(struct choosing *c)
{
	const struct annotation *a = c->a;
	const struct calltree *tree = a->in.collected->tree;
	size_t *event = events_of_columns(c);

	costs_init(&c->code, a->n_events);
	costs_add_rows(&c->code, a->in.profile->n_functions);
	for (size_t n = 1; n < tree->n_nodes; n++)
		if (tree->nodes[n].cost)
			count_location(c, event, tree->nodes[n].location, tree->nodes[n].cost);
	for (size_t f = 0; f < a->in.profile->n_functions; f++)
		if (a->in.profile->functions[f].kind == KIND_PYTHON)
			count_python(c, f);
	free(event);
}

/* ---- by name ---- */

static bool has_cost(const struct annotation *a, size_t function)
{
	const struct totals *t = a->totals;

	for (size_t e = 0; e < t->n_events; e++)
		if ((a->options.event < 0 || e == (size_t)a->options.event) &&
		    costs_at(&t->total, function, e)->samples)
			return true;
	return false;
}

/* Does a function of the recording stand behind it?  Not so "[native]", which stands for a stack. */
static void mark_real(const struct annotation *a, bool *real)
{
	for (size_t f = 0; f < a->in.functions->n; f++)
		if (a->in.shown[f] != PROFILE_NO_FUNCTION)
			real[a->in.shown[f]] = true;
}

/* Functions that are called so; if there is none, those in whose name the expression is found. */
static bool match_name(struct choosing *c, struct annotation_name *name, struct error *err)
{
	const struct annotation *a = c->a;
	const struct profile *p = a->in.profile;
	char why[120];
	regex_t re;
	int status;

	for (size_t f = 0; f < p->n_functions; f++) {
		if (!c->real[f] || !has_cost(a, f) ||
		    !function_is_called(&p->functions[f], name->text))
			continue;
		c->chosen[f] = true;
		name->n++;
	}
	if (name->n)
		return true;
	name->expression = true;
	status = regcomp(&re, name->text, REG_EXTENDED | REG_NOSUB);
	if (status != 0) {
		regerror(status, &re, why, sizeof(why));
		return fail(err, ERR_USAGE,
			    "'%s' is the name of no function, and no expression: %s", name->text,
			    why);
	}
	for (size_t f = 0; f < p->n_functions; f++) {
		const struct function *function = &p->functions[f];

		if (!c->real[f] || !has_cost(a, f) || function->kind == KIND_TASK ||
		    (regexec(&re, function->name, 0, NULL, 0) != 0 &&
		     regexec(&re, function->symbol, 0, NULL, 0) != 0))
			continue;
		c->chosen[f] = true;
		name->n++;
	}
	regfree(&re);
	return true;
}

static bool match_names(struct choosing *c, struct error *err)
{
	struct annotation *a = c->a;

	a->names = annotation_array(a, a->options.n_names, sizeof(*a->names));
	for (size_t i = 0; i < a->options.n_names; i++) {
		a->names[i].text = a->options.names[i];
		a->n_names++;
		if (!match_name(c, &a->names[i], err))
			return false;
	}
	return true;
}

/* ---- by cost ---- */

/* The costs of a function in the events that are shown. */
static struct cost *shown_costs(struct annotation *a, const struct costs *costs, size_t function)
{
	size_t first = a->options.event < 0 ? 0 : (size_t)a->options.event;
	struct cost *row = annotation_array(a, a->n_events, sizeof(*row));

	for (size_t e = 0; e < a->n_events; e++)
		row[e] = *costs_at(costs, function, first + e);
	return row;
}

static struct cost *code_costs(const struct choosing *c, size_t function)
{
	struct cost *row = annotation_array(c->a, c->a->n_events, sizeof(*row));

	for (size_t e = 0; e < c->a->n_events; e++)
		row[e] = *costs_at(&c->code, function, e);
	return row;
}

static const struct cost *hotter(const struct cost *self, const struct cost *code)
{
	return code->weight > self->weight ||
			       (code->weight == self->weight && code->samples > self->samples)
		       ? code
		       : self;
}

/* With --all functions that are only inlined in others are shown, too. */
static bool is_hot(const struct choosing *c, size_t f)
{
	const struct annotation *a = c->a;
	size_t e = a->options.event < 0 ? 0 : (size_t)a->options.event;
	const struct cost *cost = costs_at(&c->code, f, 0);

	if (!a->options.all)
		return !costs_no_samples(&c->code, f);
	cost = hotter(costs_at(&a->totals->self, f, e), cost);
	return (double)cost_share(cost, &a->in.profile->events[e].sum) >=
	       a->options.percent_limit * 100;
}

static void match_hot(struct choosing *c)
{
	const struct profile *p = c->a->in.profile;

	for (size_t f = 0; f < p->n_functions; f++)
		c->chosen[f] = c->real[f] && has_cost(c->a, f) &&
			       p->functions[f].kind != KIND_TASK && is_hot(c, f);
}

static int compare(const struct cost *a, const struct cost *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->samples < b->samples) - (a->samples > b->samples);
}

static int by_cost(const void *va, const void *vb, void *context)
{
	const struct annotated *fa = va, *fb = vb;
	size_t n = *(const size_t *)context;

	for (size_t e = 0; e < n; e++) {
		int order = compare(hotter(&fa->self[e], &fa->code[e]),
				    hotter(&fb->self[e], &fb->code[e]));

		if (order)
			return order;
	}
	for (size_t e = 0; e < n; e++)
		if (compare(&fa->total[e], &fb->total[e]))
			return compare(&fa->total[e], &fb->total[e]);
	return function_order(fa->function, fb->function);
}

static void list_chosen(struct choosing *c)
{
	struct annotation *a = c->a;
	const struct profile *p = a->in.profile;
	const struct totals *t = a->totals;
	size_t n = 0;

	for (size_t f = 0; f < p->n_functions; f++)
		n += c->chosen[f];
	a->functions = annotation_array(a, n, sizeof(*a->functions));
	for (size_t f = 0; f < p->n_functions; f++)
		if (c->chosen[f])
			a->functions[a->n_functions++] = (struct annotated){
				.function = &p->functions[f],
				.self = shown_costs(a, &t->self, f),
				.total = shown_costs(a, &t->total, f),
				.code = code_costs(c, f),
			};
	if (n)
		qsort_r(a->functions, n, sizeof(*a->functions), by_cost, &a->n_events);
	if (a->options.limit && n > a->options.limit) {
		a->n_hidden = n - a->options.limit;
		a->n_functions = a->options.limit;
	}
}

bool annotate_choose(struct annotation *a, const size_t *columns, struct error *err)
{
	size_t n = a->in.profile->n_functions;
	struct choosing c = {
		.a = a,
		.columns = columns,
		.real = mem_calloc(n, sizeof(*c.real)),
		.chosen = mem_calloc(n, sizeof(*c.chosen)),
	};
	bool ok = true;

	mark_real(a, c.real);
	count_code(&c);
	if (a->options.n_names)
		ok = match_names(&c, err);
	else if (a->n_events)
		match_hot(&c);
	if (ok)
		list_chosen(&c);
	costs_done(&c.code);
	free(c.real);
	free(c.chosen);
	return ok;
}
