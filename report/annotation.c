/*
 * The way of an annotation:
 *
 *   annotate_choose  --> functions of the profile, hottest first, limited
 *   locations        --> for each: those in its code, and those where it is inlined in another function
 *   annotate_native  --> parts, with rows; locations are put into them
 *   charges_count    --> all costs, in one walk over the tree
 *   annotate_python  --> the parts of Python functions, from a python view of the same samples
 *   annotate_opcodes --> rows with the costs of Python functions by opcode, from a walk of their own
 *   ..._finish       --> what the costs decide: order, what is shown
 */
#include "report/annotation.h"

#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/annotate_choice.h"
#include "report/annotate_native.h"
#include "report/annotate_opcodes.h"
#include "report/annotate_python.h"
#include "report/totals.h"

bool annotation_has_cost(const struct annotation *a, uint32_t row)
{
	return !costs_no_samples(charges_all_total(a->charges), row);
}

size_t *annotation_tree_events(const struct annotation *a, const size_t *columns)
{
	size_t *events = mem_calloc(a->in.collected->tree->costs.n_events, sizeof(*events));

	for (size_t e = 0; e < a->n_events; e++)
		events[columns[e]] = e + 1;
	return events;
}

void *annotation_array(struct annotation *a, size_t n, size_t size)
{
	return arena_take(&a->arena, (n ? n : 1) * size);
}

/* ---- events ---- */

static size_t column_of(const struct annotation_input *in, const struct profile_event *e)
{
	for (size_t i = 0; i < in->collected->tree->n_events; i++)
		if (in->events[i].attr == e->attr)
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
	ok = annotate_choose(a, columns, err);
	if (ok) {
		annotate(a);
		annotate_python(a, columns);
		annotate_opcodes(a, columns);
		if (charges_overflow(a->charges))
			diag_add(a->in.diag, PROBLEM_OVERFLOW, "",
				 "the costs of lines and instructions leave 64 bits");
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
	arena_free(&a->arena);
	free(a);
}

/* ---- lines ---- */

enum {
	MOST_LINES = 100000, /* of one source */
	ALL_LINES =
		10 *
		MOST_LINES, /* of all: debug information may name any number of functions in a long file */
};

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
	if (last - first >= MOST_LINES || last - first >= ALL_LINES - a->n_lines) {
		source->many_lines = true;
		return;
	}
	source->n_lines = last - first + 1;
	a->n_lines += source->n_lines;
	source->lines = annotation_array(a, source->n_lines, sizeof(*source->lines));
	for (size_t i = 0; i < source->n_lines; i++) {
		source->lines[i].number = first + (uint32_t)i;
		source->lines[i].text = source_file_line(f, source->lines[i].number);
	}
}

bool annotation_is_disputed(const struct annotation *a, const struct source_file *f)
{
	if (f->disputed)
		diag_add(a->in.diag, PROBLEM_DOUBTFUL_SOURCE, f->path,
			 "%s: another recording has another file in its place beside it", f->path);
	return f->disputed;
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

/* The costs of a row against those of the whole function. */
static bool has_part(const struct costs *costs, uint32_t row, uint32_t whole)
{
	struct cost_cell cell = costs_begin(costs, row);

	while (costs_next(costs, &cell))
		if (is_part(cell.cost, costs_at(costs, whole, cell.event)))
			return true;
	return false;
}

static bool is_hot(const struct annotation *a, const struct annotated *f, uint32_t row)
{
	return row && (has_part(charges_all_self(a->charges), row, f->cost) ||
		       has_part(charges_all_total(a->charges), row, f->cost));
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
