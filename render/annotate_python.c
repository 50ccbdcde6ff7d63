/*
 *	Tree.build  /srv/app/tree.py
 *	function, lines 10 to 20; calls: inferred from it
 *	calls %  line
 *	           10  def build(self, keys):
 *	  61.00    14      self.insert(key)
 *
 *	calls; lines are inferred (100 %: its total)
 *	total %  line  function
 *	  61.00    14  Tree.insert  tree
 *	   3.00        helper  util: several lines call it
 *
 *	self by category (100 %: its self)
 *	 self %  category
 *	  62.41  interpreter loop
 *
 *	self by native function (100 %: its self)
 *	 self %  function
 *	  40.20  _PyEval_EvalFrameDefault  python3.15
 *	   9.80  ⋮ 21 more functions (--full shows all)
 */
#include "render/annotate_python.h"

#include <string.h>

#include "render/annotate_parts.h"
#include "render/text_parts.h"
#include "report/table.h"

enum {
	GAP = 2,
	LINE = 4,        /* width of the line's number, at least */
	LEAST_NAME = 24, /* columns that a name has before what is remarked on it */
	MOST_SHOWN = 8,
};

static const struct cost *cost(const struct annotate_writer *w, uint32_t row, size_t e, bool self)
{
	return self ? annotation_self(w->a, row, e) : annotation_total(w->a, row, e);
}

static const struct cost *whole(const struct annotate_writer *w, size_t e, bool self)
{
	return w->look.global ? &w->a->events[e].event->sum : cost(w, w->f->cost, e, self);
}

/* A column for each event: of the function's self, or of its total. */
static void put_costs(struct annotate_writer *w, uint32_t row, bool self)
{
	for (size_t e = 0; e < w->n_events; e++)
		annotate_share(w, cost(w, row, e, self), whole(w, e, self));
}

static size_t costs_width(const struct annotate_writer *w)
{
	return w->n_events * (w->width + GAP);
}

/* Small rows are counted only, whatever their number. */
static bool is_small(const struct annotate_writer *w, uint32_t row, bool self)
{
	return !w->a->options.full && annotate_is_small(w,
							self ? charges_all_self(w->a->charges)
							     : charges_all_total(w->a->charges),
							row, w->f->cost);
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

/* The rows that annotate_hide() was told of, with the sum of their self. */
static void put_hidden(struct annotate_writer *w, const char *one, const char *many)
{
	if (!w->n_hidden)
		return;
	for (size_t e = 0; e < w->n_events; e++)
		annotate_share(w, &w->hidden[e], whole(w, e, true));
	annotate_not_listed(w, w->n_hidden, one, many);
	annotate_unhide(w);
}

/* ---- what self is paid for ---------------------------------------------------- */

static void put_categories(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;

	if (!p->n_categories)
		return;
	put_title(w, "self by category", true);
	put_headings(w, "self", "self %", "category");
	for (size_t i = 0; i < p->n_categories; i++) {
		if (is_small(w, p->categories[i].cost, true)) {
			annotate_hide(w, p->categories[i].cost, 1);
			continue;
		}
		put_costs(w, p->categories[i].cost, true);
		parts_cut(w->o, p->categories[i].name, annotate_room(w, costs_width(w)));
		out_char(w->o, '\n');
	}
	put_hidden(w, "category", "categories");
}

/* The name and, if there is room for it, where it is from; the columns used. */
static size_t put_function(struct annotate_writer *w, const struct function *f, size_t room)
{
	size_t used = parts_cut(w->o, f->name, room);

	if (!*f->module || used + GAP + parts_width(f->module) > room)
		return used;
	parts_pad(w->o, GAP);
	return used + GAP + parts_cut(w->o, f->module, room - used - GAP);
}

static void put_native(struct annotate_writer *w, const struct python_native *n)
{
	put_costs(w, n->cost, true);
	if (n->function->kind == KIND_PYTHON)
		out_text(w->o, "code made for it, as trampolines");
	else
		put_function(w, n->function, annotate_room(w, costs_width(w)));
	out_char(w->o, '\n');
}

static void put_natives(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t listed = 0, most;

	if (!p->n_natives)
		return;
	put_title(w, "self by native function", true);
	put_headings(w, "self", "self %", "function");
	for (size_t i = 0; i < p->n_natives; i++)
		listed += !is_small(w, p->natives[i].cost, true);
	most = annotate_most_listed(w, listed);
	listed = 0;
	for (size_t i = 0; i < p->n_natives; i++) {
		if (is_small(w, p->natives[i].cost, true) || listed == most) {
			annotate_hide(w, p->natives[i].cost, 1);
			continue;
		}
		put_native(w, &p->natives[i]);
		listed++;
	}
	put_hidden(w, "function", "functions");
}

/* ---- calls -------------------------------------------------------------------- */

/* "name  module: why"; where there is no room for all of it the module goes first, then the end of the remark. */
static void put_callee(struct annotate_writer *w, const struct python_call *c, size_t room)
{
	size_t why = c->line || w->f->python->no_source ? 0 : 2 + strlen(c->why);
	size_t name = room > LEAST_NAME + why ? room - why : LEAST_NAME, used;

	used = put_function(w, c->callee, name < room ? name : room);
	if (!why || used + 2 >= room)
		return;
	out_text(w->o, ": ");
	annotate_code(w, c->why, room - used - 2);
}

static void put_call(struct annotate_writer *w, const struct python_call *c)
{
	put_costs(w, c->cost, false);
	if (c->line)
		out_printf(w->o, "%*u  ", LINE, c->line);
	else
		parts_pad(w->o, LINE + GAP);
	put_callee(w, c, annotate_room(w, costs_width(w) + LINE + GAP));
	out_char(w->o, '\n');
}

/* Their totals are no parts of a sum: a sample may be in several of them. */
static void put_calls(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t listed = 0, most;

	if (!p->n_calls)
		return;
	put_title(w, p->no_source ? "calls" : "calls; lines are inferred", false);
	put_headings(w, "total", "total %", "line  function");
	for (size_t i = 0; i < p->n_calls; i++)
		listed += !is_small(w, p->calls[i].cost, false);
	most = annotate_most_listed(w, listed);
	listed = 0;
	for (size_t i = 0; i < p->n_calls; i++)
		if (!is_small(w, p->calls[i].cost, false) && listed != most) {
			put_call(w, &p->calls[i]);
			listed++;
		}
	if (listed == p->n_calls)
		return;
	parts_pad(w->o, costs_width(w));
	annotate_not_listed(w, p->n_calls - listed, "function", "functions");
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
	if (d->source.doubts & SOURCE_DISPUTED)
		annotate_warning(w, "warning: the recordings have other sources in its place");
	if (d->source.many_lines)
		out_text(w->o, "not shown: it has too many lines\n");
	put_lines(w, &d->source);
}

static void put_definitions(struct annotate_writer *w)
{
	const struct python_part *p = w->f->python;
	size_t shown = p->n_definitions;

	if (p->no_source) {
		out_text(w->o, "\nno source: ");
		annotate_sentence(w, strlen("no source: "), p->no_source);
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
	put_definitions(w);
	put_calls(w);
	put_categories(w);
	put_natives(w);
}
