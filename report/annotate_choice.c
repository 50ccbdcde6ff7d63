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
	size_t *event = annotation_tree_events(a, c->columns);

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

static int by_cost(const void *va, const void *vb, void *context)
{
	const struct annotated *fa = va, *fb = vb;
	const struct annotation *a = context;
	int order = costs_compare(charges_all_self(a->charges), fa->hot, fb->hot);

	if (!order)
		order = costs_compare(charges_all_total(a->charges), fa->view, fb->view);
	return order ? order : function_order(fa->function, fb->function);
}

/* Costs by event of the profile, as a row of the shown ones. */
static void take_shown(struct annotation *a, uint32_t row, const struct costs *costs,
		       size_t function, bool self)
{
	size_t first = a->options.event < 0 ? 0 : (size_t)a->options.event;
	struct cost_cell cell = costs_begin(costs, function);

	while (costs_next(costs, &cell))
		if (cell.event >= first && cell.event - first < a->n_events)
			charges_add(a->charges, row, cell.event - first, self ? cell.cost : NULL,
				    self ? NULL : cell.cost);
}

/* The greater of what it has in the view and in its code, in each shown event. */
static void take_hot(const struct choosing *c, uint32_t row, size_t function)
{
	struct annotation *a = c->a;
	const struct costs *self = &a->totals->self;
	size_t first = a->options.event < 0 ? 0 : (size_t)a->options.event;
	struct cost_cell cell = costs_begin(self, function), code = costs_begin(&c->code, function);

	while (costs_next(self, &cell)) {
		size_t e = cell.event - first;

		if (cell.event >= first && e < a->n_events)
			charges_add(a->charges, row, e,
				    hotter(cell.cost, costs_at(&c->code, function, e)), NULL);
	}
	while (costs_next(&c->code, &code))
		if (cost_is_zero(costs_at(self, function, first + code.event)))
			charges_add(a->charges, row, code.event, code.cost, NULL);
}

static struct annotated chosen_function(const struct choosing *c, size_t function)
{
	struct annotation *a = c->a;
	struct annotated f = {
		.function = &a->in.profile->functions[function],
		.view = charges_row(a->charges),
		.code = charges_row(a->charges),
		.hot = charges_row(a->charges),
	};
	struct cost_cell cell = costs_begin(&c->code, function);

	take_shown(a, f.view, &a->totals->self, function, true);
	take_shown(a, f.view, &a->totals->total, function, false);
	while (costs_next(&c->code, &cell))
		charges_add(a->charges, f.code, cell.event, cell.cost, NULL);
	take_hot(c, f.hot, function);
	return f;
}

static void list_chosen(struct choosing *c)
{
	struct annotation *a = c->a;
	const struct profile *p = a->in.profile;
	size_t n = 0;

	for (size_t f = 0; f < p->n_functions; f++)
		n += c->chosen[f];
	a->functions = annotation_array(a, n, sizeof(*a->functions));
	for (size_t f = 0; f < p->n_functions; f++)
		if (c->chosen[f])
			a->functions[a->n_functions++] = chosen_function(c, f);
	if (n)
		qsort_r(a->functions, n, sizeof(*a->functions), by_cost, a);
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
