/*
 * The way of it:
 *
 *   view_profile()   --> the python view of the same samples, with a node for each category at its root
 *   its nodes        --> categories
 *   its edges        --> calls
 *   call_lines       --> lines of calls
 *   one walk over it --> what the lines cost, each sample once
 *   the call tree    --> natives
 */
#include "report/annotate_python.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/annotate_python_parts.h"
#include "report/call_lines.h"
#include "report/view.h"

enum {
	COPYING = 3600, /* seconds: what lies beside the recording was copied there with it */
	WHOLE = 100,    /* lines: no longer definition is shown in parts */
	HEAD = 5,       /* lines of a longer one that are shown in any case */
	MOST_DEFINITIONS = 50,
};

static const struct function *function_of(const struct python_work *w, uint32_t function)
{
	return &w->a->in.functions->items[w->origin[function]];
}

/* ---- the python view --------------------------------------------------------- */

static void match_events(struct python_work *w)
{
	const struct annotation *a = w->a;

	w->events = mem_calloc(w->profile->n_events, sizeof(*w->events));
	for (size_t i = 0; i < w->profile->n_events; i++)
		for (size_t e = 0; e < a->n_events; e++)
			if (w->profile->events[i].attr == a->events[e].event->attr)
				w->events[i] = e + 1;
}

/* Which functions of the python view are annotated. */
static void match_functions(struct python_work *w, const uint32_t *shown)
{
	const struct annotation *a = w->a;
	const struct functions *all = a->in.functions;
	uint32_t *chosen = mem_calloc(a->in.profile->n_functions, sizeof(*chosen));

	for (size_t i = 0; i < a->n_functions; i++)
		chosen[a->functions[i].function - a->in.profile->functions] = (uint32_t)i + 1;
	w->number = mem_calloc(w->profile->n_functions, sizeof(*w->number));
	w->origin = mem_calloc(w->profile->n_functions, sizeof(*w->origin));
	for (size_t f = 0; f < w->profile->n_functions; f++)
		w->origin[f] = NOBODY;
	for (uint32_t f = 0; f < all->n; f++) {
		if (all->items[f].kind != KIND_PYTHON || shown[f] == PROFILE_NO_FUNCTION)
			continue;
		w->origin[shown[f]] = f;
		if (a->in.shown[f] != PROFILE_NO_FUNCTION)
			w->number[shown[f]] = chosen[a->in.shown[f]];
	}
	free(chosen);
}

static void make_view(struct python_work *w)
{
	const struct annotation_input *in = &w->a->in;
	uint32_t *shown = mem_calloc(in->functions->n, sizeof(*shown));
	struct view_input view = {
		.events = in->events,
		.collected = in->collected,
		.functions = in->functions,
		.frames = in->frames,
		.texts = in->texts,
		.shown = shown,
		.categories = true,
	};

	w->profile = view_profile(&view, VIEW_PYTHON);
	w->totals = totals_new(w->profile);
	match_events(w);
	match_functions(w, shown);
	free(shown);
}

/* ---- definitions ------------------------------------------------------------- */

static const char *text_of(const struct python_work *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static const char *text_of(const struct python_work *w, const char *format, ...)
{
	const char *text = "";
	va_list args;
	char *made;

	va_start(args, format);
	if (vasprintf(&made, format, args) >= 0) {
		text = texts_add_z(w->a->in.texts, made);
		free(made);
	}
	va_end(args);
	return text;
}

static void doubt(const struct python_work *w, const struct annotated *f,
		  const struct python_found *found, struct annotated_definition *d)
{
	const struct source_file *file = found->file;
	time_t recorded = recorded_code_time(w->a->in.code, file->beside);
	struct diag *diag = w->a->in.diag;

	if (found->candidates.other_line) {
		d->source.doubts |= SOURCE_OTHER;
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, file->path,
			 "%s in %s begins in line %u, that of the recording in line %u",
			 f->function->name, file->path, d->first, f->function->line);
	}
	if (recorded && file->mtime > recorded + (file->beside ? COPYING : 0)) {
		d->source.doubts |= SOURCE_NEWER;
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, file->path,
			 "%s is newer than the recording", file->path);
	}
	if (annotation_is_disputed(w->a, file))
		d->source.doubts |= SOURCE_DISPUTED;
}

static void add_definition(const struct python_work *w, struct annotated *f,
			   const struct python_found *found, uint32_t candidate)
{
	const struct python_definition *d = &found->source->definitions[candidate];
	struct python_part *part = f->python;
	struct annotated_definition *to = &part->definitions[part->n_definitions];

	/* Several on the same lines, as lambdas may be, are the same to look at. */
	for (size_t i = 0; i < part->n_definitions; i++)
		if (part->definitions[i].first == d->first_line &&
		    part->definitions[i].last == d->end_line)
			return;
	part->n_definitions++;
	*to = (struct annotated_definition){
		.kind = python_kind_name(d->kind),
		.first = d->first_line,
		.last = d->end_line,
		.source = { .function = f->function->name,
			    .shown = true,
			    .file = f->function->file },
	};
	annotation_fill_lines(w->a, &to->source, to->first, to->last);
	doubt(w, f, found, to);
}

static const char *why_no_source(const struct python_work *w, const struct annotated *f,
				 const struct python_found *found)
{
	const char *file = f->function->file;
	struct diag *diag = w->a->in.diag;

	if (!*file)
		return "the recording does not say in which file it is";
	if (*file == '<')
		return text_of(w, "its code is from no file (%s)", file);
	if (!found->file) {
		diag_add(diag, PROBLEM_MISSING_SOURCE, file, "the source %s was not found%s", file,
			 source_files_left_out(w->a->in.sources));
		return text_of(w, "%s was not found", file);
	}
	diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, found->file->path, "%s has no definition of %s",
		 found->file->path, f->function->name);
	if (found->source->trouble)
		return text_of(w, "%s does not have it, as far as it can be read",
			       found->file->path);
	return text_of(w, "%s does not have it: it is not what ran", found->file->path);
}

static void add_definitions(const struct python_work *w, struct annotated *f,
			    const struct python_found *found)
{
	struct python_part *part = f->python;
	size_t n = found->candidates.n;

	if (!n) {
		part->no_source = why_no_source(w, f, found);
		return;
	}
	if (n > MOST_DEFINITIONS)
		n = MOST_DEFINITIONS;
	part->definitions = annotation_array(w->a, n, sizeof(*part->definitions));
	for (size_t i = 0; i < n; i++)
		add_definition(w, f, found, found->candidates.definitions[i]);
}

/* ---- calls ------------------------------------------------------------------- */

static int by_call(const void *va, const void *vb, void *a)
{
	const struct python_call *ca = va, *cb = vb;
	int order = python_order(a, ca->cost, cb->cost, false);

	return order ? order : function_order(ca->callee, cb->callee);
}

/* The row of what is inferred for a line of the function's only definition; 0: it has no such line. */
static uint32_t row_of_line(const struct python_work *w, struct annotated *f, uint32_t line)
{
	struct annotated_source *s = &f->python->definitions[0].source;

	for (size_t i = 0; i < s->n_lines; i++) {
		if (s->lines[i].number != line)
			continue;
		if (!s->lines[i].inferred)
			s->lines[i].inferred = charges_row(w->a->charges);
		return s->lines[i].inferred;
	}
	return 0;
}

static struct call_line line_of_call(const struct python_work *w, const struct python_found *found,
				     const struct function *callee)
{
	if (!found->candidates.n)
		return (struct call_line){ .why = "there is no source" };
	if (found->candidates.n > 1)
		return (struct call_line){ .why = "it is not certain which definition ran" };
	return call_line_find(w->files, found, callee);
}

static void add_call(const struct python_work *w, struct annotated *f,
		     const struct python_found *found, uint32_t edge)
{
	const struct function *callee = function_of(w, w->totals->edges[edge].callee);
	struct call_line line = line_of_call(w, found, callee);
	struct python_call *call = &f->python->calls[f->python->n_calls];

	*call = (struct python_call){
		.callee = callee,
		.line = line.line,
		.why = line.why,
		.evidence = EVIDENCE_INFERRED,
		.cost = charges_row(w->a->charges),
	};
	python_add_row(w, call->cost, &w->totals->edge_total, edge, false);
	if (!annotation_has_cost(w->a, call->cost))
		return; /* in the events that are not shown only */
	f->python->n_calls++;
	if (call->line)
		w->line_of[edge] = row_of_line(w, f, call->line);
}

static void add_calls(const struct python_work *w, struct annotated *f,
		      const struct python_found *found, uint32_t function)
{
	const struct totals *t = w->totals;
	size_t first = python_edge(t, function, 0), end = first;
	struct python_part *part = f->python;

	while (end < t->n_edges && t->edges[end].caller == function)
		end++;
	part->calls = annotation_array(w->a, end - first, sizeof(*part->calls));
	for (size_t i = first; i < end; i++)
		if (w->origin[t->edges[i].callee] != NOBODY)
			add_call(w, f, found, (uint32_t)i);
	if (part->n_calls)
		qsort_r(part->calls, part->n_calls, sizeof(*part->calls), by_call, w->a);
}

/* ---- the whole --------------------------------------------------------------- */

/* Definitions of usual length are shown whole, of longer ones the head and what is hot. */
static void focus(const struct python_work *w, struct annotated *f)
{
	for (size_t i = 0; i < f->python->n_definitions; i++) {
		struct annotated_source *s = &f->python->definitions[i].source;

		annotation_focus_lines(w->a, f, s);
		s->shown = true;
		for (size_t k = 0; k < s->n_lines && (k < HEAD || s->n_lines <= WHOLE); k++)
			s->lines[k].shown = true;
	}
}

/* function: of the python view; NOBODY: it is not there. */
static void annotate(const struct python_work *w, struct annotated *f, uint32_t function)
{
	struct python_found found;

	python_files_find(w->files, f->function, &found);
	add_definitions(w, f, &found);
	if (function != NOBODY) {
		python_add_row(w, f->cost, &w->totals->self, function, true);
		python_add_row(w, f->cost, &w->totals->total, function, false);
		add_calls(w, f, &found, function);
	}
	python_candidates_free(&found.candidates);
}

static void annotate_all(const struct python_work *w)
{
	struct annotation *a = w->a;
	uint32_t *function = mem_calloc(a->n_functions, sizeof(*function));

	for (size_t i = 0; i < a->n_functions; i++)
		function[i] = NOBODY;
	for (uint32_t f = 0; f < w->profile->n_functions; f++)
		if (w->number[f])
			function[w->number[f] - 1] = f;
	for (size_t i = 0; i < a->n_functions; i++)
		if (a->functions[i].python)
			annotate(w, &a->functions[i], function[i]);
	free(function);
}

static bool begin(struct annotation *a)
{
	bool any = false;

	for (size_t i = 0; i < a->n_functions; i++) {
		if (a->functions[i].function->kind != KIND_PYTHON)
			continue;
		a->functions[i].python = annotation_array(a, 1, sizeof(*a->functions[i].python));
		any = true;
	}
	return any;
}

void annotate_python(struct annotation *a, const size_t *columns)
{
	struct python_work w = { .a = a };

	if (!begin(a))
		return;
	w.tree_events = annotation_tree_events(a, columns);
	w.files = python_files_new(a->in.sources, recorded_code_pythons(a->in.code));
	make_view(&w);
	w.line_of = mem_calloc(w.totals->n_edges, sizeof(*w.line_of));
	annotate_all(&w);
	python_categories(&w);
	python_natives(&w);
	python_lines(&w);
	for (size_t i = 0; i < a->n_functions; i++)
		if (a->functions[i].python)
			focus(&w, &a->functions[i]);
	python_files_free(w.files);
	totals_free(w.totals);
	profile_free(w.profile);
	free(w.line_of);
	free(w.number);
	free(w.origin);
	free(w.events);
	free(w.tree_events);
}
