#include "render/annotate_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/text_parts.h"
#include "report/table.h"

enum {
	PERCENT = 7,    /* width of a column: "total %" */
	GAP = 2,        /* blanks between columns */
	TAB = 8,        /* columns */
	LONGEST = 1000, /* columns of code where no terminal says how many there are */
	LEAST_TEXT =
		24,     /* where numbers leave less than this, lines are longer than the terminal */
	GOOD_TEXT = 40, /* columns are left out for as much code as this */
	HOT_SHARE = 500, /* hundredths of a percent */
	WARM_SHARE = 50,
	MOST_LISTED = 12,
	MOST_EVENTS = 16, /* columns, however wide the terminal is */
	LEAST_LEFT = 3,   /* fewer are listed instead of a line that counts them */
};

/* ---- colours ---- */

void annotate_color(struct annotate_writer *w, enum annotate_color c)
{
	static const char *const codes[] = {
		[COLOR_HEADING] = "1", [COLOR_HOT] = "31",     [COLOR_WARM] = "32",
		[COLOR_PLACE] = "36",  [COLOR_INLINED] = "35", [COLOR_WARNING] = "1;31",
	};

	if (w->look.color)
		out_printf(w->o, "\033[%sm", codes[c]);
}

void annotate_plain(struct annotate_writer *w)
{
	if (w->look.color)
		out_text(w->o, "\033[0m");
}

/* ---- columns ---- */

static size_t width_of(const struct annotate_writer *w, size_t n_events, bool totals)
{
	return n_events * (totals ? 2 : 1) * (w->width + GAP);
}

size_t annotate_numbers_width(const struct annotate_writer *w)
{
	return width_of(w, w->n_events, w->totals);
}

static unsigned digits(uint64_t v)
{
	unsigned n = 1;

	while (v /= 10)
		n++;
	return n;
}

static bool has_room(const struct annotate_writer *w, size_t n_events, bool totals)
{
	return !w->columns || w->columns >= width_of(w, n_events, totals) + GOOD_TEXT;
}

/* Totals go first where there is no room, then the last events. */
void annotate_writer_begin(struct annotate_writer *w, struct out *o, const struct annotation *a,
			   const struct annotate_look *look)
{
	*w = (struct annotate_writer){
		.o = o,
		.a = a,
		.look = *look,
		.columns = out_columns(o),
		.n_events = a->n_events < MOST_EVENTS ? a->n_events : MOST_EVENTS,
		.totals = true,
		.width = PERCENT,
		.utf8 = out_is_utf8(o),
	};
	w->hidden = mem_calloc(w->n_events, sizeof(*w->hidden));
	for (size_t e = 0; look->samples && e < a->n_events; e++)
		if (digits(a->events[e].event->sum.samples) > w->width)
			w->width = digits(a->events[e].event->sum.samples);
	w->totals = has_room(w, w->n_events, true);
	while (w->n_events > 1 && !has_room(w, w->n_events, w->totals))
		w->n_events--;
}

void annotate_writer_end(struct annotate_writer *w)
{
	free(w->hidden);
}

void annotate_share(struct annotate_writer *w, const struct cost *part, const struct cost *whole)
{
	uint64_t share = cost_share(part, whole);
	bool hot = share >= HOT_SHARE, warm = share >= WARM_SHARE;

	if (!part->samples && !part->weight) {
		parts_pad(w->o, w->width + GAP);
		return;
	}
	if (warm)
		annotate_color(w, hot ? COLOR_HOT : COLOR_WARM);
	if (w->look.samples)
		parts_number(w->o, part->samples, w->width);
	else
		parts_percent(w->o, share, w->width);
	if (warm)
		annotate_plain(w);
	parts_pad(w->o, GAP);
}

static const struct cost *whole(const struct annotate_writer *w, size_t e)
{
	return w->look.global ? &w->a->events[e].event->sum : annotation_total(w->a, w->f->cost, e);
}

void annotate_numbers(struct annotate_writer *w, uint32_t row)
{
	for (size_t e = 0; e < w->n_events; e++) {
		annotate_share(w, annotation_self(w->a, row, e), whole(w, e));
		if (w->totals)
			annotate_share(w, annotation_total(w->a, row, e), whole(w, e));
	}
}

void annotate_no_numbers(struct annotate_writer *w)
{
	parts_pad(w->o, annotate_numbers_width(w));
}

/* Without what stands behind a colon or a slash, where there is no room for it. */
static size_t put_event_name(struct annotate_writer *w, const char *name, size_t width)
{
	char plain[64];

	if (parts_width(name) <= width)
		return parts_cut(w->o, name, width);
	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(name, ":/"), name);
	return annotate_code(w, plain, width);
}

/* A line with the events, if there are several, each over as many columns of the terminal. */
static void put_event_names(struct annotate_writer *w, size_t each)
{
	size_t missing = 0;

	for (size_t e = 0; w->a->n_events > 1 && e + 1 < w->n_events; e++) {
		parts_pad(w->o, missing);
		missing = each - put_event_name(w, w->a->events[e].event->name, each - GAP);
	}
	if (w->a->n_events > 1 && w->n_events) { /* nothing stands behind the last one */
		const char *name = w->a->events[w->n_events - 1].event->name;

		parts_pad(w->o, missing);
		put_event_name(w, name, annotate_room(w, each * (w->n_events - 1)));
	}
	if (w->a->n_events > 1)
		out_char(w->o, '\n');
}

void annotate_single_headings(struct annotate_writer *w, const char *title, const char *rest)
{
	put_event_names(w, width_of(w, 1, false));
	for (size_t e = 0; e < w->n_events; e++) {
		parts_right(w->o, title, w->width);
		parts_pad(w->o, GAP);
	}
	out_text(w->o, rest);
	out_char(w->o, '\n');
}

void annotate_headings(struct annotate_writer *w, const char *rest)
{
	put_event_names(w, width_of(w, 1, w->totals));
	for (size_t e = 0; e < w->n_events; e++) {
		parts_right(w->o, w->look.samples ? "self" : "self %", w->width);
		parts_pad(w->o, GAP);
		if (!w->totals)
			continue;
		parts_right(w->o, w->look.samples ? "total" : "total %", w->width);
		parts_pad(w->o, GAP);
	}
	out_text(w->o, rest);
	out_char(w->o, '\n');
}

size_t annotate_room(const struct annotate_writer *w, size_t used)
{
	if (!w->columns)
		return LONGEST;
	return w->columns > used + LEAST_TEXT ? w->columns - used : LEAST_TEXT;
}

/* ---- names ---- */

char *annotate_short_name(const char *name)
{
	const char *operator_at = strstr(name, "operator"), *begin = name, *end = NULL;
	char *text = mem_calloc(strlen(name) + 1, 1), *to = text;
	int depth = 0;

	for (const char *s = name; *s && !end && (!operator_at || s < operator_at); s++) {
		depth += (*s == '<') - (*s == '>');
		if (depth == 0 && *s == '(' && strncmp(s, "(anonymous", 10) != 0)
			end = s;
		else if (depth == 0 && *s == ' ' && strncmp(s, " namespace)", 11) != 0)
			begin = s + 1;
	}
	if (depth != 0 || end == begin) { /* not such a name */
		stpcpy(text, name);
		return text;
	}
	for (const char *s = begin; *s && s != end; s++) {
		bool shown = operator_at && s >= operator_at;

		depth += shown ? 0 : *s == '<';
		if (depth == 0)
			*to++ = *s;
		depth -= shown ? 0 : *s == '>';
	}
	return text;
}

/* ---- code ---- */

/* The columns that a text takes. */
static size_t code_width(const char *s, size_t limit)
{
	size_t at = 0;

	while (*s && at <= limit) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == '\t')
			at += TAB - at % TAB;
		else
			at += c == UTF8_BAD || utf8_is_control(c) ? 1 : utf8_width(c);
		s += len;
	}
	return at;
}

static size_t put_character(struct annotate_writer *w, const char *s, size_t len, uint32_t c,
			    size_t at)
{
	if (c == '\t') {
		parts_pad(w->o, TAB - at % TAB);
		return TAB - at % TAB;
	}
	if (c == UTF8_BAD || utf8_is_control(c)) {
		out_char(w->o, '?');
		return 1;
	}
	out_bytes(w->o, s, len);
	return utf8_width(c);
}

size_t annotate_code(struct annotate_writer *w, const char *text, size_t width)
{
	bool fits = code_width(text, width) <= width;
	size_t at = 0, room = fits ? width : width - (width > 0);

	for (const char *s = text; *s;) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		size_t next =
			c == '\t' ? at + TAB - at % TAB : at + (c == UTF8_BAD ? 1 : utf8_width(c));

		if (next > room)
			break;
		at += put_character(w, s, len, c, at);
		s += len;
	}
	if (!fits && width) {
		out_text(w->o, w->utf8 ? "…" : ">");
		at++;
	}
	return at;
}

void annotate_sentence(struct annotate_writer *w, size_t indent, const char *text)
{
	size_t room = annotate_room(w, indent), at = 0;

	while (*text) {
		size_t len = strcspn(text, " ");
		char *word = mem_text(text, len);
		size_t width = parts_width(word);

		if (at && at + 1 + width > room) {
			out_char(w->o, '\n');
			parts_pad(w->o, indent);
			at = 0;
		}
		if (at)
			out_char(w->o, ' ');
		out_name(w->o, word);
		at += (at > 0) + width;
		free(word);
		text += len + strspn(text + len, " ");
	}
	out_char(w->o, '\n');
}

bool annotate_is_small(const struct annotate_writer *w, const struct costs *costs, uint32_t row,
		       uint32_t of)
{
	struct cost_cell cell = costs_begin(costs, row);

	while (costs_next(costs, &cell)) {
		const struct cost *all = w->look.global ? &w->a->events[cell.event].event->sum
							: costs_at(costs, of, cell.event);

		if (cost_share(cell.cost, all) >= ANNOTATE_LEAST)
			return false;
	}
	return true;
}

size_t annotate_most_listed(const struct annotate_writer *w, size_t n)
{
	if (w->a->options.full)
		return SIZE_MAX;
	return n < MOST_LISTED + LEAST_LEFT ? n : MOST_LISTED;
}

void annotate_not_listed(struct annotate_writer *w, size_t n, const char *one, const char *many)
{
	out_printf(w->o, "%s %zu more %s (--full shows all)\n", w->utf8 ? "⋮" : ":", n,
		   n == 1 ? one : many);
}

void annotate_hide(struct annotate_writer *w, uint32_t row, size_t n)
{
	w->n_hidden += n;
	for (size_t e = 0; e < w->n_events; e++)
		cost_add(&w->hidden[e], annotation_self(w->a, row, e));
}

void annotate_unhide(struct annotate_writer *w)
{
	w->n_hidden = 0;
	for (size_t e = 0; e < w->n_events; e++)
		w->hidden[e] = (struct cost){ 0, 0 };
}

void annotate_gap(struct annotate_writer *w, const char *one, const char *many)
{
	if (!w->n_hidden)
		return;
	for (size_t e = 0; e < w->n_events; e++) {
		annotate_share(w, &w->hidden[e], whole(w, e));
		if (w->totals)
			parts_pad(w->o, w->width + GAP);
	}
	out_printf(w->o, "%s %zu %s\n", w->utf8 ? "⋮" : ":", w->n_hidden,
		   w->n_hidden == 1 ? one : many);
	annotate_unhide(w);
}

/* ---- source ---- */

void annotate_source_heading(struct annotate_writer *w, const struct annotated_source *s)
{
	const char *path = s->path ? s->path : s->file;
	const char *more = s->inlined ? ", inlined" : "", *end = s->path ? "" : ": not found";
	size_t fixed = strlen(more) + strlen(end) + GAP, name = parts_width(s->function), used;
	char *brief = NULL;

	if (w->columns && name + fixed + LEAST_TEXT > w->columns)
		brief = annotate_short_name(s->function);
	annotate_color(w, s->inlined ? COLOR_INLINED : COLOR_HEADING);
	used = fixed +
	       parts_cut(w->o, brief ? brief : s->function, annotate_room(w, fixed + LEAST_TEXT));
	out_text(w->o, more);
	annotate_plain(w);
	parts_pad(w->o, GAP);
	parts_cut(w->o, path, annotate_room(w, used));
	out_text(w->o, end);
	out_char(w->o, '\n');
	free(brief);
}

void annotate_warning(struct annotate_writer *w, const char *text)
{
	annotate_color(w, COLOR_WARNING);
	out_text(w->o, text);
	annotate_plain(w);
	out_char(w->o, '\n');
}

static void put_doubts(struct annotate_writer *w, const struct annotated_source *s)
{
	if (s->doubts & SOURCE_OTHER)
		annotate_warning(w, "warning: this is not the source that was compiled");
	if (s->doubts & SOURCE_NEWER)
		annotate_warning(w, "warning: the source is newer than the binary");
	if (s->doubts & SOURCE_DISPUTED)
		annotate_warning(w, "warning: the recordings have other sources in its place");
	if (!(s->doubts & SOURCE_SHORT))
		return;
	annotate_color(w, COLOR_WARNING);
	out_printf(w->o, "warning: the source has %u lines, but line %u is named", s->lines_in_file,
		   s->last_named);
	annotate_plain(w);
	out_char(w->o, '\n');
}

static void put_line(struct annotate_writer *w, const struct source_line *l, unsigned width)
{
	annotate_numbers(w, l->measured);
	out_printf(w->o, "%*u", (int)width, l->number);
	if (l->text && *l->text) {
		parts_pad(w->o, GAP);
		annotate_code(w, l->text,
			      annotate_room(w, annotate_numbers_width(w) + width + GAP));
	}
	out_char(w->o, '\n');
}

void annotate_source(struct annotate_writer *w, const struct annotated_source *s)
{
	unsigned width = s->n_lines ? digits(s->lines[s->n_lines - 1].number) : 1;

	if (width < strlen("line"))
		width = strlen("line");
	out_char(w->o, '\n');
	annotate_source_heading(w, s);
	put_doubts(w, s);
	if (s->many_lines)
		out_text(w->o, "only lines with cost: there are too many others\n");
	annotate_headings(w, "line");
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct source_line *l = &s->lines[i];

		if (i && l->number > s->lines[i - 1].number + 1)
			annotate_hide(w, 0, l->number - s->lines[i - 1].number - 1);
		if (!l->shown) {
			annotate_hide(w, l->measured, 1);
			continue;
		}
		annotate_gap(w, "line", "lines");
		put_line(w, l, width);
	}
	annotate_gap(w, "line", "lines");
}
