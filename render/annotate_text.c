/*
 * An annotation for people: of each function its costs, its sources, its instructions.
 *
 *	hash_memory  native-c
 *	cpu-clock: self 0.00 %, total 33.82 % of 760 samples
 *	...
 *
 *	hash_memory  /srv/app/native.c
 *	 self %  total %  line
 *	            0.78    51          memset(p, i, n);
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/plural.h"
#include "render/annotate.h"
#include "render/annotate_opcodes.h"
#include "render/annotate_parts.h"
#include "render/annotate_python.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/annotation.h"
#include "report/table.h"

enum { MOST_OUTER = 3, LEAST_NAME = 17, LEAST_OBJECT = 24, MOST_EVENTS = 16 };

/* ---- head ---- */

/* What the percentages below are of. */
static void put_base(struct annotate_writer *w, size_t e)
{
	const struct cost *self = annotation_self(w->a, w->f->cost, e);
	const struct cost *total = annotation_total(w->a, w->f->cost, e);

	if (!total->samples)
		return;
	out_printf(w->o, "  %s%" PRIu64 " %s ended %s, %" PRIu64 " %s in %s stack",
		   w->f->python ? "" : "its code: ", self->samples,
		   plural(self->samples, "sample", "samples"),
		   w->f->python ? "in it or natively beneath it" : "there", total->samples,
		   plural(total->samples, "has it", "have it"),
		   plural(total->samples, "its", "their"));
	if (w->f->python) {
		out_char(w->o, '\n');
		return;
	}
	out_text(w->o, w->look.samples || w->look.global ? "\n" : " (100 % below)\n");
}

static void put_event(struct annotate_writer *w, size_t e)
{
	const struct annotated_event *event = &w->a->events[e];
	const struct cost *sum = &event->event->sum;

	out_name(w->o, event->event->name);
	out_text(w->o, ": self ");
	parts_percent(w->o, cost_share(annotation_self(w->a, w->f->view, e), sum), 0);
	out_text(w->o, " %, total ");
	parts_percent(w->o, cost_share(annotation_total(w->a, w->f->view, e), sum), 0);
	out_printf(w->o, " %% of %" PRIu64 " %s", sum->samples,
		   plural(sum->samples, "sample", "samples"));
	if (event->event->filtered.samples)
		out_text(w->o, " that filters keep");
	out_text(w->o, event->skids ? "; precise 0\n" : "\n");
	put_base(w, e);
}

static void put_skid(struct annotate_writer *w)
{
	bool skids = false;

	for (size_t e = 0; e < w->a->n_events; e++)
		skids |= w->a->events[e].skids;
	if (skids)
		out_text(w->o, "precise 0: the place may be some instructions behind the event\n");
}

/* The function, with a C++ name in short where there is no room for all of it, and its module. */
static void put_title(struct annotate_writer *w)
{
	const struct function *f = w->f->function;
	size_t module = *f->module ? 2 + parts_width(f->module) : 0;
	size_t room = annotate_room(w, module);
	char *brief = parts_width(f->name) > room ? annotate_short_name(f->name) : NULL;

	annotate_color(w, COLOR_HEADING);
	parts_cut(w->o, brief ? brief : f->name, room);
	annotate_plain(w);
	if (module) {
		out_text(w->o, "  ");
		out_name(w->o, f->module);
	}
	out_char(w->o, '\n');
	free(brief);
}

static void put_head(struct annotate_writer *w)
{
	put_title(w);
	for (size_t e = 0; e < w->a->n_events && e < MOST_EVENTS; e++)
		put_event(w, e);
	if (w->n_events < w->a->n_events)
		out_printf(w->o, "%zu of %zu events are shown: the others need %s--event\n",
			   w->n_events, w->a->n_events,
			   w->n_events < MOST_EVENTS ? "a wider terminal, or " : "");
	put_skid(w);
}

/* ---- native parts ---- */

static void put_into(struct annotate_writer *w, const struct native_part *p)
{
	size_t n = p->n_into < MOST_OUTER ? p->n_into : MOST_OUTER, each;

	each = annotate_room(w,
			     sizeof("inlined in ") + sizeof(", ") * n + sizeof("and 1000 more")) /
	       n;
	out_text(w->o, "inlined in ");
	for (size_t i = 0; i < n; i++) {
		out_text(w->o, i ? ", " : "");
		parts_cut(w->o, p->into[i], each > LEAST_NAME ? each : LEAST_NAME);
	}
	if (n < p->n_into)
		out_printf(w->o, " and %zu more", p->n_into - n);
	out_text(w->o, "\nno instructions of its own\n");
}

static void put_inlined_share(struct annotate_writer *w, const struct native_part *p)
{
	const struct cost *all, *inlined;

	if (!w->a->n_events)
		return;
	all = annotation_self(w->a, p->cost, 0);
	inlined = annotation_self(w->a, p->inlined_cost, 0);
	if (inlined->samples)
		out_printf(w->o,
			   "%" PRIu64 " of its %" PRIu64
			   " %s ended in functions that are inlined there\n",
			   inlined->samples, all->samples,
			   plural(all->samples, "sample", "samples"));
}

/* "hash_memory, 1b00-1b8f of /srv/app/native-c-fp": the object's end and the symbol's are what is left of long ones. */
static void put_where(struct annotate_writer *w, const struct native_part *p)
{
	char range[48] = "";
	size_t used;

	if (p->end)
		snprintf(range, sizeof(range), "%" PRIx64 "-%" PRIx64 " of ", p->start, p->end);
	used = strlen(range);
	if (p->end && *p->symbol) {
		size_t room = annotate_room(w, used + 2 + LEAST_OBJECT);

		used += 2 + parts_cut(w->o, p->symbol, room);
		out_text(w->o, ", ");
	}
	out_text(w->o, range);
	parts_cut(w->o, p->object, annotate_room(w, used));
	out_char(w->o, '\n');
}

static void put_missing(struct annotate_writer *w, const char *what, const char *why)
{
	out_text(w->o, what);
	annotate_sentence(w, strlen(what), why);
}

static void put_part_head(struct annotate_writer *w, const struct native_part *p)
{
	out_char(w->o, '\n');
	put_where(w, p);
	if (p->kind == NATIVE_INLINED)
		put_into(w, p);
	else if (p->no_code)
		put_missing(w, "no instructions: ", p->no_code);
	if (p->cut)
		out_printf(w->o,
			   "instructions of its first %" PRIu64 " of %" PRIu64
			   " bytes, then addresses only\n",
			   p->cut, p->end - p->start);
	if (p->no_lines)
		put_missing(w, "no source lines: ", p->no_lines);
	put_inlined_share(w, p);
}

/* Its own lines, and those of inlined functions that are hot. */
static void put_sources(struct annotate_writer *w, const struct native_part *p)
{
	size_t hidden = 0;

	for (size_t i = 0; i < p->n_sources; i++) {
		const struct annotated_source *s = &p->sources[i];

		if (s->inlined && p->kind != NATIVE_INLINED && !s->shown)
			hidden++;
		else
			annotate_source(w, s);
	}
	if (hidden)
		out_printf(w->o, "\n%zu more inlined function%s, without a hot line\n", hidden,
			   plural(hidden, "", "s"));
}

static void put_part(struct annotate_writer *w, const struct native_part *p)
{
	put_part_head(w, p);
	if (w->look.source)
		put_sources(w, p);
	if (p->n_instructions && (w->look.assembly || !p->n_sources))
		annotate_instructions(w, p);
}

/* What has been taken for an expression although it does not look like one. */
static void put_names(struct annotate_writer *w)
{
	for (size_t i = 0; i < w->a->n_names; i++) {
		const struct annotation_name *name = &w->a->names[i];
		char *text;

		if (!name->expression || !name->n || strpbrk(name->text, "^$*+?()[]{}|\\") ||
		    asprintf(&text, "no function is called '%s': %zu %s", name->text, name->n,
			     name->n == 1 ? "has it in its name" : "have it in their names") < 0)
			continue;
		annotate_sentence(w, 0, text);
		out_char(w->o, '\n');
		free(text);
	}
}

void render_annotate_text(struct out *o, const struct annotation *a, size_t first, size_t n,
			  const struct annotate_look *look)
{
	struct annotate_writer w;

	annotate_writer_begin(&w, o, a, look);
	if (!a->n_functions)
		out_printf(o, "no function of the %s view has samples\n",
			   view_name(a->in.profile->view));
	if (n == a->n_functions)
		put_names(&w);
	for (size_t i = first; i < first + n; i++) {
		if (i > first)
			out_text(o, "\n\n");
		w.f = &a->functions[i];
		put_head(&w);
		for (size_t k = 0; k < w.f->n_native; k++)
			put_part(&w, &w.f->native[k]);
		if (w.look.source && w.f->python)
			annotate_python_text(&w);
		if (w.look.assembly)
			annotate_opcodes_text(&w);
	}
	annotate_writer_end(&w);
	if (a->n_hidden && a->options.n_names)
		out_printf(o, "\n%zu more %s (--limit 0 shows all)\n", a->n_hidden,
			   plural(a->n_hidden, "function matches", "functions match"));
}
