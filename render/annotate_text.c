/*
 * An annotation for people.
 *
 *	hash_memory                                      native-c-fp
 *	  self  33.67 %  429 samples of cpu-clock
 *	  ...
 *
 *	 self %  total %  line
 *	                    40  static uint64_t mix(uint64_t h)
 *	  12.00    12.00    42          h ^= h >> 33;
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/annotate.h"
#include "render/annotate_opcodes.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/annotation.h"
#include "report/table.h"

enum {
	PERCENT = 7,    /* width of a column */
	TAB = 8,        /* columns */
	LONGEST = 1000, /* columns of a line where no terminal says how many there are */
	LEAST_TEXT =
		24, /* where numbers leave less than this, lines are longer than the terminal */
};

struct writing {
	struct out *o;
	const struct annotation *a;
	const struct annotated *f;
	const struct annotate_look *look;
	size_t columns;
};

/* ---- pieces ---- */

/* A line of code in `width` columns: tabs become blanks, what cannot be printed '?', the end is cut. */
static void put_code(struct out *o, const char *s, size_t width)
{
	size_t at = 0;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool shown = c != UTF8_BAD && !utf8_is_control(c);
		size_t wide = c == '\t' ? TAB - at % TAB : shown ? utf8_width(c) : 1;

		if (at + wide > width || (at + wide == width && s[len])) {
			out_text(o, "…");
			return;
		}
		if (c == '\t')
			parts_pad(o, wide);
		else if (shown)
			out_bytes(o, s, len);
		else
			out_char(o, '?');
		at += wide;
		s += len;
	}
}

static size_t room(const struct writing *w, size_t used)
{
	if (!w->columns)
		return LONGEST;
	return w->columns > used + LEAST_TEXT ? w->columns - used : LEAST_TEXT;
}

static size_t numbers_width(const struct writing *w)
{
	return w->a->n_events * 2 * (PERCENT + 2);
}

static void put_share(struct writing *w, const struct cost *part, const struct cost *whole)
{
	if (part->samples || part->weight)
		parts_percent(w->o, cost_share(part, whole), PERCENT);
	else
		parts_pad(w->o, PERCENT);
	parts_pad(w->o, 2);
}

/* Self and total of a row in each event. */
static void put_numbers(struct writing *w, uint32_t row)
{
	const struct annotation *a = w->a;

	for (size_t e = 0; e < a->n_events; e++) {
		const struct cost *all = &a->events[e].event->sum;
		bool global = w->look->global;

		put_share(w, &annotation_self(a, row)[e],
			  global ? all : &annotation_self(a, w->f->cost)[e]);
		put_share(w, &annotation_total(a, row)[e],
			  global ? all : &annotation_total(a, w->f->cost)[e]);
	}
}

static void put_headings(struct writing *w, const char *rest)
{
	for (size_t e = 0; w->a->n_events > 1 && e < w->a->n_events; e++) {
		size_t width = 2 * PERCENT + 2;
		size_t used = parts_cut(w->o, w->a->events[e].event->name, width);

		parts_pad(w->o, width - used + 2);
	}
	if (w->a->n_events > 1)
		out_char(w->o, '\n');
	for (size_t e = 0; e < w->a->n_events; e++)
		out_printf(w->o, "%*s  %*s  ", PERCENT, "self %", PERCENT, "total %");
	out_text(w->o, rest);
	out_char(w->o, '\n');
}

static void put_gap(struct writing *w, size_t n, const char *one, const char *many)
{
	parts_pad(w->o, numbers_width(w));
	out_printf(w->o, "  ⋮ %zu %s\n", n, n == 1 ? one : many);
}

/* ---- source ---- */

static unsigned digits(uint64_t v)
{
	unsigned n = 1;

	while (v /= 10)
		n++;
	return n;
}

static void put_line(struct writing *w, const struct source_line *l, unsigned width)
{
	put_numbers(w, l->measured);
	out_printf(w->o, "%*u", (int)width, l->number);
	if (l->text && *l->text) {
		parts_pad(w->o, 2);
		put_code(w->o, l->text, room(w, numbers_width(w) + width + 2));
	}
	out_char(w->o, '\n');
}

static void put_source(struct writing *w, const struct annotated_source *s)
{
	size_t hidden = 0;
	unsigned width = s->n_lines ? digits(s->lines[s->n_lines - 1].number) : 1;

	if (width < 4)
		width = 4;
	out_char(w->o, '\n');
	out_name(w->o, s->function);
	out_text(w->o, s->inlined ? ", inlined; " : "; ");
	out_name(w->o, s->path ? s->path : s->file);
	out_text(w->o, s->path ? "\n" : ": not found\n");
	put_headings(w, "line");
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct source_line *before = i ? &s->lines[i - 1] : NULL;

		if (!s->lines[i].shown) {
			hidden++;
			continue;
		}
		if (hidden)
			put_gap(w, hidden, "line", "lines");
		else if (before && before->number + 1 != s->lines[i].number)
			put_gap(w, s->lines[i].number - before->number - 1, "line", "lines");
		hidden = 0;
		put_line(w, &s->lines[i], width);
	}
}

/* ---- instructions ---- */

static void put_place(struct writing *w, const struct native_part *p, uint32_t place)
{
	const struct code_place *at = &p->places[place];
	const char *base = strrchr(at->file, '/');

	parts_pad(w->o, numbers_width(w));
	out_name(w->o, base ? base + 1 : at->file);
	out_printf(w->o, ":%u", at->line);
	if (at->inlined) {
		out_text(w->o, "  ");
		out_name(w->o, at->function);
		out_text(w->o, " (inlined)");
	}
	out_char(w->o, '\n');
}

static void put_instruction(struct writing *w, const struct native_part *p,
			    const struct instruction *i)
{
	put_numbers(w, i->cost);
	out_printf(w->o, "%8llx", (unsigned long long)i->address);
	if (i->text) {
		parts_pad(w->o, 2);
		out_name(w->o, i->text);
		if (i->jump != NO_JUMP)
			out_printf(w->o, " %llx",
				   (unsigned long long)p->instructions[i->jump].address);
		if (i->target) {
			out_text(w->o, " <");
			out_name(w->o, i->target);
			out_char(w->o, '>');
		}
	}
	out_char(w->o, '\n');
}

static void put_instructions(struct writing *w, const struct native_part *p)
{
	uint32_t place = NO_PLACE;
	size_t hidden = 0;

	out_char(w->o, '\n');
	put_headings(w, " address");
	for (size_t k = 0; k < p->n_instructions; k++) {
		const struct instruction *i = &p->instructions[k];

		if (!i->shown) {
			hidden++;
			continue;
		}
		if (hidden)
			put_gap(w, hidden, "instruction", "instructions");
		hidden = 0;
		if (i->place != place && i->place != NO_PLACE)
			put_place(w, p, i->place);
		place = i->place;
		put_instruction(w, p, i);
	}
}

/* ---- a function ---- */

static void put_part(struct writing *w, const struct native_part *p)
{
	out_text(w->o, "  ");
	out_name(w->o, p->path ? p->path : p->object);
	if (p->end)
		out_printf(w->o, ", %llx-%llx", (unsigned long long)p->start,
			   (unsigned long long)p->end);
	out_char(w->o, '\n');
	if (p->no_code)
		out_printf(w->o, "  no instructions: %s\n", p->no_code);
	if (p->no_lines)
		out_printf(w->o, "  no source lines: %s\n", p->no_lines);
	for (size_t i = 0; w->look->source && i < p->n_sources; i++)
		put_source(w, &p->sources[i]);
	if (p->n_instructions && (w->look->assembly || !p->n_sources))
		put_instructions(w, p);
}

static void put_function(struct writing *w)
{
	const struct annotated *f = w->f;

	out_name(w->o, f->function->name);
	out_text(w->o, "  ");
	out_name(w->o, f->function->module);
	out_char(w->o, '\n');
	for (size_t e = 0; e < w->a->n_events; e++) {
		const struct profile_event *event = w->a->events[e].event;

		out_text(w->o, "  self ");
		parts_percent(w->o, cost_share(&f->self[e], &event->sum), 0);
		out_text(w->o, " %, total ");
		parts_percent(w->o, cost_share(&f->total[e], &event->sum), 0);
		out_printf(w->o, " %% of %llu samples of ", (unsigned long long)event->sum.samples);
		out_name(w->o, event->name);
		if (w->a->events[e].skids)
			out_text(w->o, "; precise 0: places may be some instructions too far");
		out_char(w->o, '\n');
	}
	for (size_t i = 0; i < f->n_native; i++)
		put_part(w, &f->native[i]);
	if (w->look->assembly)
		render_opcodes_text(w->o, w->a, f, w->look);
}

void render_annotate_text(struct out *o, const struct annotation *a, size_t first, size_t n,
			  const struct annotate_look *look)
{
	struct writing w = { .o = o, .a = a, .look = look, .columns = out_columns(o) };

	for (size_t i = first; i < first + n; i++) {
		if (i > first)
			out_char(o, '\n');
		w.f = &a->functions[i];
		put_function(&w);
	}
}
