/*
 *	self by category (100 %: its self)
 *	 self %  category
 *	  62.41  interpreter loop
 *
 *	self by native function (100 %: its self)
 *	 self %  function
 *	  40.20  _PyEval_EvalFrameDefault  python3.15
 *
 *	calls (100 %: its total)
 *	total %  line  function
 *	  61.00    14  Tree.insert  tree
 *	   3.00        helper  util: several lines call it
 *
 *	Tree.build  /srv/app/tree.py
 *	function, lines 10 to 20; calls: inferred from it
 *	calls %  line
 *	           10  def build(self, keys):
 *	  61.00    14      self.insert(key)
 */
#include "render/annotate_python.h"

#include <string.h>

#include "render/annotate_parts.h"
#include "render/text_parts.h"
#include "report/table.h"

enum {
	GAP = 2,
	LINE = 4,   /* width of the line's number, at least */
	LEAST = 50, /* hundredths of percent: rows with less are counted */
	MOST_SHOWN = 8,
};

static const struct cost *whole(const struct annotate_writer *w, size_t e, bool self)
{
	if (w->look.global)
		return &w->a->events[e].event->sum;
	return self ? &annotation_self(w->a, w->f->cost)[e]
		    : &annotation_total(w->a, w->f->cost)[e];
}

/* A column for each event: of the function's self, or of its total. */
static void put_costs(struct annotate_writer *w, uint32_t row, bool self)
{
	for (size_t e = 0; e < w->n_events; e++)
		annotate_share(
			w, self ? &annotation_self(w->a, row)[e] : &annotation_total(w->a, row)[e],
			whole(w, e, self));
}

static size_t costs_width(const struct annotate_writer *w)
{
	return w->n_events * (w->width + GAP);
}

static bool is_small(const struct annotate_writer *w, uint32_t row, bool self)
{
	const struct cost *costs = self ? annotation_self(w->a, row) : annotation_total(w->a, row);

	for (size_t e = 0; e < w->a->n_events; e++)
		if (cost_share(&costs[e], whole(w, e, self)) >= LEAST)
			return false;
	return !w->a->options.full;
}

static void put_title(struct annotate_writer *w, const char *title, bool self)
{
	out_char(w->o, '\n');
	annotate_color(w, COLOR_HEADING);
	out_text(w->o, title);
	annotate_plain(w);
	if (!w->look.samples && !w->look.global)
		out_text(w->o, self ? " (100 %: its self)" : " (100 %: its total)");
	out_char(w->o, '\n');
}

/* "self %", without the % where samples are counted. */
static void put_headings(struct annotate_writer *w, const char *what, const char *what_percent,
			 const char *rest)
{
	annotate_single_headings(w, w->look.samples ? what : what_percent, rest);
}

static void put_hidden(struct annotate_writer *w, size_t n, const char *one, const char *many)
{
	if (!n)
		return;
	parts_pad(w->o, costs_width(w));
	out_printf(w->o, "%s %zu more %s with less than 0.5 %%\n", w->utf8 ? "⋮" : ":", n,
		   n == 1 ? one : many);
}

/* ---- what self is paid for ---------------------------------------------------- */

static void put_categories(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t hidden = 0;

	if (!p->n_categories)
		return;
	put_title(w, "self by category", true);
	put_headings(w, "self", "self %", "category");
	for (size_t i = 0; i < p->n_categories; i++) {
		if (is_small(w, p->categories[i].cost, true)) {
			hidden++;
			continue;
		}
		put_costs(w, p->categories[i].cost, true);
		parts_cut(w->o, p->categories[i].name, annotate_room(w, costs_width(w)));
		out_char(w->o, '\n');
	}
	put_hidden(w, hidden, "category", "categories");
}

/* The name and, as far as there is room, where it is from. */
static void put_function(struct annotate_writer *w, const struct function *f, size_t room)
{
	size_t used = parts_cut(w->o, f->name, room);

	if (!*f->module || used + GAP + parts_width(f->module) > room)
		return;
	parts_pad(w->o, GAP);
	parts_cut(w->o, f->module, room - used - GAP);
}

static void put_natives(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t hidden = 0;

	if (!p->n_natives)
		return;
	put_title(w, "self by native function", true);
	put_headings(w, "self", "self %", "function");
	for (size_t i = 0; i < p->n_natives; i++) {
		const struct function *f = p->natives[i].function;

		if (is_small(w, p->natives[i].cost, true)) {
			hidden++;
			continue;
		}
		put_costs(w, p->natives[i].cost, true);
		if (f->kind == KIND_PYTHON)
			out_text(w->o, "code made for it, as trampolines");
		else
			put_function(w, f, annotate_room(w, costs_width(w)));
		out_char(w->o, '\n');
	}
	put_hidden(w, hidden, "function", "functions");
}

/* ---- calls -------------------------------------------------------------------- */

static void put_call(struct annotate_writer *w, const struct python_call *c)
{
	size_t used = costs_width(w) + LINE + GAP, more = c->line ? 0 : 2 + strlen(c->why);

	put_costs(w, c->cost, false);
	if (c->line)
		out_printf(w->o, "%*u  ", LINE, c->line);
	else
		parts_pad(w->o, LINE + GAP);
	put_function(w, c->callee, annotate_room(w, used + more));
	if (!c->line) {
		out_text(w->o, ": ");
		out_text(w->o, c->why);
	}
	out_char(w->o, '\n');
}

static void put_calls(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t hidden = 0;

	if (!p->n_calls)
		return;
	put_title(w, "calls; lines are inferred", false);
	put_headings(w, "total", "total %", "line  function");
	for (size_t i = 0; i < p->n_calls; i++)
		if (is_small(w, p->calls[i].cost, false))
			hidden++;
		else
			put_call(w, &p->calls[i]);
	put_hidden(w, hidden, "function", "functions");
}

/* ---- source ------------------------------------------------------------------- */

/* Which columns of numbers a source has. */
struct columns {
	bool measured, inferred;
};

static struct columns columns_of(const struct annotated_source *s)
{
	struct columns c = { false, false };

	for (size_t i = 0; i < s->n_lines; i++) {
		c.measured = c.measured || s->lines[i].measured;
		c.inferred = c.inferred || s->lines[i].inferred;
	}
	return c;
}

static size_t columns_width(const struct annotate_writer *w, struct columns c)
{
	return (c.measured ? annotate_numbers_width(w) : 0) + (c.inferred ? costs_width(w) : 0);
}

static void put_line(struct annotate_writer *w, const struct source_line *l, struct columns c)
{
	if (c.measured)
		annotate_numbers(w, l->measured);
	if (c.inferred)
		put_costs(w, l->inferred, false);
	out_printf(w->o, "%*u", LINE, l->number);
	if (l->text && *l->text) {
		parts_pad(w->o, GAP);
		annotate_code(w, l->text, annotate_room(w, columns_width(w, c) + LINE + GAP));
	}
	out_char(w->o, '\n');
}

static void put_gap(struct annotate_writer *w, size_t n, struct columns c)
{
	if (!n)
		return;
	parts_pad(w->o, columns_width(w, c));
	out_printf(w->o, "%s %zu %s\n", w->utf8 ? "⋮" : ":", n, n == 1 ? "line" : "lines");
}

static void put_lines(struct annotate_writer *w, const struct annotated_source *s)
{
	struct columns c = columns_of(s);
	size_t hidden = 0;

	if (c.inferred && !c.measured)
		put_headings(w, "calls", "calls %", "line");
	else if (c.measured)
		annotate_headings(w, "line");
	for (size_t i = 0; i < s->n_lines; i++) {
		if (!s->lines[i].shown) {
			hidden++;
			continue;
		}
		put_gap(w, hidden, c);
		hidden = 0;
		put_line(w, &s->lines[i], c);
	}
	put_gap(w, hidden, c);
}

static void put_definition(struct annotate_writer *w, const struct annotated_definition *d)
{
	bool inferred = columns_of(&d->source).inferred;

	out_char(w->o, '\n');
	annotate_source_heading(w, &d->source);
	out_printf(w->o, d->first == d->last ? "%s, line %u" : "%s, lines %u to %u", d->kind,
		   d->first, d->last);
	out_text(w->o, inferred ? "; calls: inferred from it\n" : "\n");
	if (d->source.doubts & SOURCE_OTHER)
		annotate_warning(w, "warning: it begins in another line than what ran");
	if (d->source.doubts & SOURCE_NEWER)
		annotate_warning(w, "warning: the source is newer than the recording");
	put_lines(w, &d->source);
}

static void put_definitions(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t shown = p->n_definitions;

	if (p->no_source) {
		out_text(w->o, "\nno source: ");
		out_name(w->o, p->no_source);
		out_char(w->o, '\n');
	}
	if (shown > 1)
		out_printf(w->o,
			   "\n%zu definitions have this name; which of them ran is not known\n",
			   shown);
	if (shown > MOST_SHOWN && !w->a->options.full)
		shown = MOST_SHOWN;
	for (size_t i = 0; i < shown; i++)
		put_definition(w, &p->definitions[i]);
	if (shown < p->n_definitions)
		out_printf(w->o, "\n%zu more definitions (--full shows all)\n",
			   p->n_definitions - shown);
}

void annotate_python_text(struct annotate_writer *w)
{
	put_categories(w);
	put_natives(w);
	put_calls(w);
	put_definitions(w);
}
