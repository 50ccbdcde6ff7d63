/*
 * The way of an annotation:
 *
 *   names            --> functions of the profile, hottest first, limited
 *   locations        --> for each: those in its code, and those where it is inlined in another function
 *   annotate_native  --> parts, with rows; locations are put into them
 *   charges_count    --> all costs, in one walk over the tree
 *   annotate_python  --> the parts of Python functions, from a python view of the same samples
 *   annotate_opcodes --> rows with the costs of Python functions by opcode, from a walk of their own
 *   ..._finish       --> what the costs decide: order, what is shown
 */
#include "report/annotation.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "parser/recording.h"
#include "report/annotate_native.h"
#include "report/annotate_opcodes.h"
#include "report/annotate_python.h"
#include "report/function_name.h"
#include "report/kernel.h"
#include "report/table.h"
#include "report/totals.h"

bool annotation_has_cost(const struct annotation *a, uint32_t row)
{
	const struct cost *total = annotation_total(a, row);

	for (size_t e = 0; e < a->n_events; e++)
		if (total[e].samples)
			return true;
	return false;
}

void *annotation_array(struct annotation *a, size_t n, size_t size)
{
	return arena_take(&a->arena, (n ? n : 1) * size);
}

/* ---- events ---- */

static size_t column_of(const struct annotation_input *in, const struct profile_event *e)
{
	const struct events *events = recording_events(in->recording);

	for (size_t i = 0; i < events->n; i++)
		if (&events->items[i].attr == e->attr)
			return i;
	return 0;
}

/* Their numbers in the call tree, the caller's. */
static size_t *take_events(struct annotation *a)
{
	const struct profile *p = a->in.profile;
	size_t *columns = mem_calloc(p->n_events, sizeof(*columns));

	a->events = annotation_array(a, p->n_events, sizeof(*a->events));
	for (size_t e = 0; e < p->n_events; e++) {
		const struct attr *attr = p->events[e].attr;
		struct annotated_event *event = &a->events[a->n_events];

		if (a->options.event >= 0 && e != (size_t)a->options.event)
			continue;
		event->event = &p->events[e];
		event->precise = (unsigned)(attr->flags >> ATTR_PRECISE_SHIFT & 3);
		event->skids = attr->type != TYPE_SOFTWARE && !event->precise;
		columns[a->n_events++] = column_of(&a->in, &p->events[e]);
	}
	a->charges = charges_new(a->in.collected->tree, columns, a->n_events);
	return columns;
}

/* ---- choosing functions ---- */

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
static bool match_name(const struct annotation *a, const char *name, bool *chosen, const bool *real,
		       struct error *err)
{
	const struct profile *p = a->in.profile;
	bool any = false;
	char why[120];
	regex_t re;
	int status;

	for (size_t f = 0; f < p->n_functions; f++)
		if (real[f] && has_cost(a, f) && function_is_called(&p->functions[f], name))
			chosen[f] = any = true;
	if (any)
		return true;
	status = regcomp(&re, name, REG_EXTENDED | REG_NOSUB);
	if (status != 0) {
		regerror(status, &re, why, sizeof(why));
		return fail(err, ERR_USAGE,
			    "'%s' is the name of no function, and no expression: %s", name, why);
	}
	for (size_t f = 0; f < p->n_functions; f++) {
		const struct function *function = &p->functions[f];

		if (real[f] && has_cost(a, f) && function->kind != KIND_TASK &&
		    (regexec(&re, function->name, 0, NULL, 0) == 0 ||
		     regexec(&re, function->symbol, 0, NULL, 0) == 0))
			chosen[f] = true;
	}
	regfree(&re);
	return true;
}

static void match_hot(const struct annotation *a, bool *chosen, const bool *real)
{
	const struct profile *p = a->in.profile;
	const struct totals *t = a->totals;
	size_t e = a->options.event < 0 ? 0 : (size_t)a->options.event;

	for (size_t f = 0; f < p->n_functions; f++) {
		const struct cost *self = costs_at(&t->self, f, e);

		chosen[f] = real[f] && has_cost(a, f) && p->functions[f].kind != KIND_TASK &&
			    (double)cost_share(self, &p->events[e].sum) >=
				    a->options.percent_limit * 100;
	}
}

static int by_cost(const void *va, const void *vb, void *context)
{
	const struct annotated *fa = va, *fb = vb;
	size_t n = *(const size_t *)context;

	for (size_t e = 0; e < n; e++) {
		if (fa->self[e].weight != fb->self[e].weight)
			return fa->self[e].weight > fb->self[e].weight ? -1 : 1;
		if (fa->self[e].samples != fb->self[e].samples)
			return fa->self[e].samples > fb->self[e].samples ? -1 : 1;
	}
	for (size_t e = 0; e < n; e++)
		if (fa->total[e].weight != fb->total[e].weight)
			return fa->total[e].weight > fb->total[e].weight ? -1 : 1;
	return function_order(fa->function, fb->function);
}

/* The costs of a function in the events that are shown. */
static const struct cost *shown_costs(struct annotation *a, const struct costs *costs,
				      size_t function)
{
	size_t first = a->options.event < 0 ? 0 : (size_t)a->options.event;
	struct cost *row = annotation_array(a, a->n_events, sizeof(*row));

	for (size_t e = 0; e < a->n_events; e++)
		row[e] = *costs_at(costs, function, first + e);
	return row;
}

static void list_chosen(struct annotation *a, const bool *chosen)
{
	const struct profile *p = a->in.profile;
	const struct totals *t = a->totals;
	size_t n = 0;

	for (size_t f = 0; f < p->n_functions; f++)
		n += chosen[f];
	a->functions = annotation_array(a, n, sizeof(*a->functions));
	for (size_t f = 0; f < p->n_functions; f++)
		if (chosen[f])
			a->functions[a->n_functions++] = (struct annotated){
				.function = &p->functions[f],
				.self = shown_costs(a, &t->self, f),
				.total = shown_costs(a, &t->total, f),
			};
	if (n)
		qsort_r(a->functions, n, sizeof(*a->functions), by_cost, &a->n_events);
	if (a->options.limit && n > a->options.limit) {
		a->n_hidden = n - a->options.limit;
		a->n_functions = a->options.limit;
	}
}

static bool choose(struct annotation *a, struct error *err)
{
	size_t n = a->in.profile->n_functions;
	bool *chosen = mem_calloc(n, sizeof(*chosen)), *real = mem_calloc(n, sizeof(*real));
	bool ok = true;

	mark_real(a, real);
	for (size_t i = 0; i < a->options.n_names && ok; i++)
		ok = match_name(a, a->options.names[i], chosen, real, err);
	if (!a->options.n_names && a->n_events)
		match_hot(a, chosen, real);
	if (ok)
		list_chosen(a, chosen);
	free(chosen);
	free(real);
	return ok;
}

/* ---- whose locations ---- */

/* Locations of each chosen function; `where` is filled with them. */
struct sorting {
	uint32_t *number; /* by function of the profile: index in a->functions + 1 */
	struct native_locations *where;
	size_t *caps; /* two for each */
};

static void add_location(uint32_t **items, size_t *n, size_t *cap, uint32_t location)
{
	if (*n && (*items)[*n - 1] == location)
		return;
	*items = mem_grow(*items, *n, 1, cap, sizeof(**items));
	(*items)[(*n)++] = location;
}

static uint32_t number_of(const struct annotation *a, const struct sorting *s, uint32_t function)
{
	uint32_t shown = a->in.shown[function];

	return shown == PROFILE_NO_FUNCTION ? 0 : s->number[shown];
}

static void sort_location(struct annotation *a, struct sorting *s, uint32_t location)
{
	const uint32_t *frames = frames_at(a->in.frames, location);
	size_t n = frames_count(a->in.frames, location);
	uint32_t own = number_of(a, s, frames[0]);

	if (own) {
		struct native_locations *w = &s->where[own - 1];

		add_location(&w->code, &w->n_code, &s->caps[2 * (own - 1)], location);
	}
	for (size_t i = 1; i < n; i++) {
		uint32_t in = number_of(a, s, frames[i]);
		struct native_locations *w = in && in != own ? &s->where[in - 1] : NULL;

		if (w)
			add_location(&w->inlined, &w->n_inlined, &s->caps[2 * (in - 1) + 1],
				     location);
	}
}

static void sort_locations(struct annotation *a, struct native_locations *where)
{
	struct sorting s = {
		.number = mem_calloc(a->in.profile->n_functions, sizeof(*s.number)),
		.where = where,
		.caps = mem_calloc(2 * a->n_functions, sizeof(*s.caps)),
	};

	for (size_t i = 0; i < a->n_functions; i++)
		s.number[a->functions[i].function - a->in.profile->functions] = (uint32_t)i + 1;
	for (uint32_t l = 0; l < a->in.collected->tree->n_locations; l++)
		sort_location(a, &s, l);
	free(s.number);
	free(s.caps);
}

/* ---- the whole ---- */

static void annotate(struct annotation *a)
{
	struct native_locations *where = mem_calloc(a->n_functions, sizeof(*where));

	sort_locations(a, where);
	for (size_t i = 0; i < a->n_functions; i++) {
		struct annotated *f = &a->functions[i];

		f->cost = charges_row(a->charges);
		if (f->function->kind != KIND_PYTHON)
			annotate_native(a, f, &where[i]);
	}
	charges_count(a->charges);
	for (size_t i = 0; i < a->n_functions; i++) {
		if (a->functions[i].function->kind != KIND_PYTHON)
			annotate_native_finish(a, &a->functions[i]);
		free(where[i].code);
		free(where[i].inlined);
	}
	free(where);
}

bool annotation_new(const struct annotation_input *in, const struct annotation_options *options,
		    struct annotation **out, struct error *err)
{
	struct annotation *a = mem_calloc(1, sizeof(*a));
	size_t *columns;
	bool ok;

	a->in = *in;
	a->options = *options;
	a->totals = totals_new(in->profile);
	columns = take_events(a);
	ok = choose(a, err);
	if (ok) {
		annotate(a);
		annotate_python(a, columns);
		annotate_opcodes(a, columns);
		*out = a;
	} else {
		annotation_free(a);
	}
	free(columns);
	return ok;
}

void annotation_free(struct annotation *a)
{
	if (!a)
		return;
	totals_free(a->totals);
	charges_free(a->charges);
	kernel_free(a->kernel);
	arena_free(&a->arena);
	free(a);
}

/* ---- lines ---- */

void annotation_fill_lines(struct annotation *a, struct annotated_source *source, uint32_t first,
			   uint32_t last)
{
	const struct source_file *f = source_files_find(a->in.sources, source->file);

	if (f) {
		source->path = texts_add_z(a->in.texts, f->path);
		source->lines_in_file = f->n_lines;
		if (last > f->n_lines)
			last = f->n_lines;
	}
	if (!f || first == 0 || first > last)
		return;
	source->n_lines = last - first + 1;
	source->lines = annotation_array(a, source->n_lines, sizeof(*source->lines));
	for (size_t i = 0; i < source->n_lines; i++) {
		source->lines[i].number = first + (uint32_t)i;
		source->lines[i].text = source_file_line(f, source->lines[i].number);
	}
}

/* ---- what is shown ---- */

enum {
	HOT = 200,     /* at least 1/HOT of the function's cost: as perf annotate has it, 0.5 % */
	LEAST_GAP = 3, /* fewer are shown instead of a line that says how many are not */
};

static uint64_t hot_share(uint64_t whole)
{
	return whole / HOT + (whole % HOT != 0);
}

static bool is_part(const struct cost *part, const struct cost *whole)
{
	return (part->weight && part->weight >= hot_share(whole->weight)) ||
	       (part->samples && part->samples >= hot_share(whole->samples));
}

static bool is_hot(const struct annotation *a, const struct annotated *f, uint32_t row)
{
	const struct cost *self = annotation_self(a, row), *total = annotation_total(a, row);
	const struct cost *all_self = annotation_self(a, f->cost),
			  *all_total = annotation_total(a, f->cost);

	for (size_t e = 0; row && e < a->n_events; e++)
		if (is_part(&self[e], &all_self[e]) || is_part(&total[e], &all_total[e]))
			return true;
	return false;
}

/* From what is hot to what is shown: context around it, first and last, and no small gaps. */
static void widen(const struct annotation *a, bool *shown, size_t n, size_t context)
{
	size_t shown_to = 0, first = 0;
	bool *hot = mem_calloc(n, sizeof(*hot));

	memcpy(hot, shown, n * sizeof(*hot));
	for (size_t i = 0; i < n; i++) {
		if (!hot[i] && i != 0 && i + 1 != n && !a->options.full)
			continue;
		first = hot[i] ? i - (i < context ? i : context) : i;
		if (first < shown_to || first - shown_to < LEAST_GAP)
			first = shown_to;
		for (size_t k = first; k < n && k <= i + (hot[i] ? context : 0); k++)
			shown[k] = true;
		shown_to = i + (hot[i] ? context : 0) + 1;
	}
	free(hot);
}

void annotation_focus_lines(const struct annotation *a, const struct annotated *f,
			    struct annotated_source *source)
{
	size_t n = source->n_lines;
	bool *shown = mem_calloc(n, sizeof(*shown));

	source->shown = a->options.full;
	for (size_t i = 0; i < n; i++) {
		shown[i] = is_hot(a, f, source->lines[i].measured) ||
			   is_hot(a, f, source->lines[i].inferred);
		source->shown |= shown[i];
	}
	widen(a, shown, n, a->options.context);
	for (size_t i = 0; i < n; i++)
		source->lines[i].shown = shown[i];
	free(shown);
}

void annotation_focus_instructions(const struct annotation *a, const struct annotated *f,
				   struct native_part *part)
{
	size_t n = part->n_instructions;
	bool *shown = mem_calloc(n, sizeof(*shown));

	for (size_t i = 0; i < n; i++)
		shown[i] = is_hot(a, f, part->instructions[i].cost);
	widen(a, shown, n, part->kind == NATIVE_CODE ? a->options.context : 0);
	for (size_t i = 0; i < n; i++)
		part->instructions[i].shown = shown[i];
	free(shown);
}
