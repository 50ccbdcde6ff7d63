/*
 * The report as a table for people: as wide as the terminal is; names that are too
 * long lose their middle, numbers never lose anything.
 *
 *	python3 -X perf app.py, on build-7, 12.3 s
 *	samples: 12345 of cpu-clock (12.344 s); view: python (others: mixed, native)
 *	python 81.20 %, native 12.00 %, kernel 6.80 %, unknown 0.00 %
 *
 *	 self %  total %  samples  function  module  file
 *	  40.10    99.70     4950  fib       app     /srv/app.py
 *	           60.00     2961    ← main  app     (with --callers)
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/table.h"
#include "report/unwind.h"

enum { NAMES = 3 };
enum { GAP = 2 };             /* blanks between columns */
enum { LEAST_NAME = 6 };      /* narrower than this a column of names says nothing */
enum { LEAST_FUNCTION = 24 }; /* where not even that is left: rows take more than one line anyway */
enum { LEAST_PROGRAM = 24 };  /* narrower than this the header goes on in the next line */
enum { EDGE_INDENT = 4 };     /* "  ← " before a caller's name */

static const char *const name_headings[NAMES] = { "function", "module", "file" };

struct layout {
	unsigned percent, samples; /* widths of the columns of numbers */
	size_t names[NAMES];       /* widths; 0: no room for this column */
	size_t n_names;
};

/* ---- texts and their widths ---- */

static size_t text_width(const char *s)
{
	size_t width = 0;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		width += c == UTF8_BAD || utf8_is_control(c) ? 1 : utf8_width(c);
		s += len;
	}
	return width;
}

static void pad(struct out *o, size_t n)
{
	while (n-- > 0)
		out_char(o, ' ');
}

/* Print the characters that lie wholly within columns [from, to) of the text; the number of columns printed. */
static size_t print_columns(struct out *o, const char *s, size_t from, size_t to)
{
	size_t at = 0, printed = 0;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool shown = c != UTF8_BAD && !utf8_is_control(c);
		size_t width = shown ? utf8_width(c) : 1;

		/* a combining mark belongs to the character before it */
		if (at + width > to || (width == 0 && at >= to && printed == 0))
			break;
		if (at >= from && (width > 0 || at > from)) {
			if (shown)
				out_bytes(o, s, len);
			else
				out_char(o, '?');
			printed += width;
		}
		at += width;
		s += len;
	}
	return printed;
}

/* The text in at most `width` columns: with "…" for its middle if it is longer. */
static size_t print_cut(struct out *o, const char *s, size_t width)
{
	size_t whole = text_width(s), head, tail, printed;

	if (whole <= width) {
		out_name(o, s);
		return whole;
	}
	if (width == 0)
		return 0;
	head = width / 2;
	tail = width - 1 - head;
	printed = print_columns(o, s, 0, head);
	out_text(o, "…");
	return printed + 1 + print_columns(o, s, whole - tail, whole);
}

static void number_text(char *text, size_t size, uint64_t v)
{
	snprintf(text, size, "%llu", (unsigned long long)v);
}

static void print_number(struct out *o, uint64_t v, unsigned width)
{
	char text[24];

	number_text(text, sizeof(text), v);
	pad(o, width > strlen(text) ? width - strlen(text) : 0);
	out_text(o, text);
}

static void print_percent(struct out *o, uint64_t hundredths, unsigned width)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu.%02llu", (unsigned long long)(hundredths / 100),
		 (unsigned long long)(hundredths % 100));
	pad(o, width > strlen(text) ? width - strlen(text) : 0);
	out_text(o, text);
}

/* ---- the header: pieces of text, going on in the next line where they do not fit ---- */

struct line {
	struct out *o;
	size_t columns; /* 0: no limit */
	size_t at;      /* columns used */
};

enum { INDENT = 2 }; /* of the lines that go on */
enum { WHOLE = 0 };  /* the piece is not cut */

/* Put a piece behind the ones before it and the separator; cut to `most` columns. */
static void put_piece(struct line *l, const char *separator, const char *s, size_t most)
{
	size_t width = text_width(s);

	if (most == WHOLE || width < most)
		most = width;
	out_text(l->o, separator);
	l->at += strlen(separator);
	if (l->columns && l->at > INDENT && l->at + 1 + most + 1 > l->columns) {
		out_char(l->o, '\n');
		pad(l->o, INDENT);
		l->at = INDENT;
	} else if (l->at) {
		out_char(l->o, ' ');
		l->at++;
	}
	l->at += print_cut(l->o, s, most);
}

__attribute__((format(printf, 3, 4))) static void put(struct line *l, const char *separator,
						      const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_piece(l, separator, text, WHOLE);
}

/* A name takes a line at most. */
static void put_name(struct line *l, const char *separator, const char *name)
{
	size_t most = l->columns > INDENT + LEAST_NAME ? l->columns - INDENT - 1 : LEAST_NAME;

	put_piece(l, separator, name, l->columns ? most : WHOLE);
}

/* Prose, broken between words. */
static void put_words(struct line *l, const char *separator, const char *text)
{
	char *words = mem_text(text, strlen(text)), *place = NULL;

	for (char *word = strtok_r(words, " ", &place); word; word = strtok_r(NULL, " ", &place)) {
		put_piece(l, separator, word, WHOLE);
		separator = "";
	}
	free(words);
}

/* Nanoseconds as seconds with three digits behind the point. */
static char *seconds(uint64_t ns)
{
	uint64_t ms = ns / 1000000 + (ns % 1000000 >= 500000);
	char *text;

	if (asprintf(&text, "%llu.%03llu s", (unsigned long long)(ms / 1000),
		     (unsigned long long)(ms % 1000)) < 0)
		return mem_text("", 0);
	return text;
}

/* The command line in what the rest of its line leaves. */
static void print_program(struct line *l, const struct table *t)
{
	const struct table_summary *s = &t->summary;
	const char *program = *s->program ? s->program : s->recording;
	char *duration = seconds(s->duration_ns);
	char tasks[100] = "";
	size_t rest = 0;

	if (s->processes > 1 || s->threads > 1)
		snprintf(tasks, sizeof(tasks), "%zu process%s, %zu thread%s", s->processes,
			 s->processes == 1 ? "" : "es", s->threads, s->threads == 1 ? "" : "s");
	rest += *s->host ? strlen(", on ") + text_width(s->host) : 0;
	rest += s->duration_ns ? strlen(", ") + strlen(duration) : 0;
	rest += *tasks ? strlen(", ") + strlen(tasks) : 0;
	if (l->columns > rest + LEAST_PROGRAM)
		put_piece(l, "", program, l->columns - rest - 1);
	else
		put_name(l, "", program);
	if (*s->host) {
		put(l, ",", "on");
		put_name(l, "", s->host);
	}
	if (s->duration_ns)
		put(l, ",", "%s", duration);
	if (*tasks)
		put(l, ",", "%s", tasks);
	free(duration);
}

static void print_events(struct line *l, const struct table *t)
{
	put(l, "", t->n_events ? "samples:" : "samples: none");
	for (size_t n = 0; n < t->n_events; n++) {
		const struct profile_event *e = &t->profile->events[t->events[n]];

		put(l, n ? "," : "", "%llu of", (unsigned long long)e->sum.samples);
		put_name(l, "", e->name);
		if (strcmp(e->unit, "ns") == 0) {
			char *duration = seconds(e->sum.weight);

			put(l, "", "(%s)", duration);
			free(duration);
		} else if (strcmp(e->unit, "samples") != 0) {
			put(l, "", "(%llu)", (unsigned long long)e->sum.weight);
		}
	}
}

static void print_view(struct line *l, enum view view)
{
	const char *others[2];
	size_t n = 0;

	for (unsigned v = VIEW_PYTHON; v <= VIEW_MIXED; v++)
		if (v != (unsigned)view)
			others[n++] = view_name((enum view)v);
	put(l, ";", "view: %s", view_name(view));
	put(l, "", "(others: %s, %s)", others[0], others[1]);
}

static void print_kinds(struct line *l, const struct profile *p)
{
	const struct {
		const char *name;
		uint64_t samples;
	} kinds[] = {
		{ "python", p->python_samples },
		{ "native", p->native_samples },
		{ "kernel", p->kernel_samples },
		{ "unknown", p->unknown_samples },
	};
	struct cost whole = { 0, 0 };

	for (size_t i = 0; i < 4; i++) {
		struct cost part = { kinds[i].samples, 0 };

		cost_add(&whole, &part);
	}
	if (!whole.samples)
		return;
	for (size_t i = 0; i < 4; i++) {
		struct cost part = { kinds[i].samples, 0 };
		unsigned long long share = cost_share(&part, &whole);

		put(l, i ? "," : "", "%s %llu.%02llu %%", kinds[i].name, share / 100, share % 100);
	}
}

/* Only what is badly wrong: the rest is for stderr. */
static void print_worst_problem(struct line *l, const struct diag *diag)
{
	const struct problem *p = diag && diag_count(diag) ? diag_get(diag, 0) : NULL;

	if (!p || p->severity != SEVERITY_ERROR)
		return;
	put(l, "", "warning:");
	if (*p->subject)
		put_words(l, "", p->subject);
	put_words(l, *p->subject ? ":" : "", p->message);
	put_words(l, ":", p->consequence);
}

enum { MANY_BROKEN = 2000 }; /* hundredths of a percent: more and totals mislead */

/* Stacks that were unwound, but not to their start. */
static void print_broken_stacks(struct line *l, const uint64_t *stacks)
{
	struct cost whole = { 0, 0 }, broken = { 0, 0 };
	uint64_t share;

	if (!stacks)
		return;
	for (int i = 0; i < STACK_ENDS; i++) {
		struct cost part = { stacks[i], 0 };

		cost_add(&whole, &part);
		if (i != STACK_COMPLETE && i != STACK_RECORDED)
			cost_add(&broken, &part);
	}
	share = cost_share(&broken, &whole);
	if (share <= MANY_BROKEN)
		return;
	put(l, "", "warning:");
	put(l, "", "%llu.%02llu %%", (unsigned long long)(share / 100),
	    (unsigned long long)(share % 100));
	put_words(l, "", "of the stacks are not whole, totals are too small; see: perfolio doctor");
}

static void end_line(struct line *l)
{
	if (l->at)
		out_char(l->o, '\n');
	l->at = 0;
}

static void print_header(struct out *o, const struct table *t, size_t columns)
{
	struct line l = { .o = o, .columns = columns };

	print_program(&l, t);
	end_line(&l);
	print_events(&l, t);
	print_view(&l, t->profile->view);
	end_line(&l);
	print_kinds(&l, t->profile);
	end_line(&l);
	print_worst_problem(&l, t->diag);
	end_line(&l);
	print_broken_stacks(&l, t->summary.stacks);
	end_line(&l);
	out_char(o, '\n');
}

static void print_hidden(struct out *o, const struct table *t, size_t columns)
{
	struct line l = { .o = o, .columns = columns };

	if (!t->n_hidden)
		return;
	put(&l, "", "%zu more function%s", t->n_hidden, t->n_hidden == 1 ? "" : "s");
	put(&l, "", "(--limit 0");
	if (t->options.percent_limit > 0)
		put(&l, "", "--percent-limit 0");
	put(&l, "", "shows all)");
	end_line(&l);
}

/* ---- columns ---- */

/* What stands in the three columns of names. `file` holds "FILE:LINE". */
static void row_names(const struct function *f, const char *names[NAMES], char **file)
{
	const char *path = *f->file ? f->file : f->object;

	names[0] = f->name[strspn(f->name, " ")] ? f->name : "[unnamed]";
	names[1] = f->module;
	names[2] = path;
	*file = NULL;
	if (*f->file && f->line && asprintf(file, "%s:%u", f->file, (unsigned)f->line) >= 0)
		names[2] = *file;
}

static void widen(size_t *width, size_t needed)
{
	if (*width < needed)
		*width = needed;
}

static void measure_function(struct layout *l, const struct function *f, size_t indent)
{
	const char *names[NAMES];
	char *file;

	row_names(f, names, &file);
	widen(&l->names[0], indent + text_width(names[0]));
	widen(&l->names[1], text_width(names[1]));
	widen(&l->names[2], text_width(names[2]));
	free(file);
}

static void measure(struct layout *l, const struct table *t)
{
	uint64_t most = 0;
	char text[24];

	*l = (struct layout){ .percent = sizeof("total %") - 1, .n_names = NAMES };
	for (size_t i = 0; i < NAMES; i++)
		l->names[i] = text_width(name_headings[i]);
	for (size_t i = 0; i < t->n_rows; i++) {
		uint64_t samples = table_leaf_samples(t, t->rows[i].function);

		if (samples > most)
			most = samples;
		measure_function(l, &t->profile->functions[t->rows[i].function], 0);
	}
	for (size_t i = 0; i < t->n_edge_rows; i++) {
		uint64_t samples = table_edge_samples(t, t->edge_rows[i].edge);

		if (samples > most)
			most = samples;
		measure_function(l, &t->profile->functions[t->edge_rows[i].function], EDGE_INDENT);
	}
	number_text(text, sizeof(text), most);
	l->samples = sizeof("samples") - 1;
	if (l->samples < strlen(text))
		l->samples = (unsigned)strlen(text);
}

static size_t numbers_width(const struct layout *l, const struct table *t)
{
	return t->n_events * 2 * (l->percent + GAP) + l->samples;
}

/* Share `room` columns among the names: those that need little get it, the others get equal parts. */
static void share_room(struct layout *l, size_t room)
{
	size_t needed[NAMES];
	bool settled[NAMES] = { false };
	size_t open = l->n_names;

	memcpy(needed, l->names, sizeof(needed));
	for (bool again = true; again && open;) {
		size_t part = room / open;

		again = false;
		for (size_t i = 0; i < l->n_names; i++) {
			if (settled[i] || needed[i] > part)
				continue;
			settled[i] = true;
			room -= needed[i];
			open--;
			again = true;
			break;
		}
	}
	for (size_t i = 0; i < l->n_names; i++) {
		if (settled[i])
			continue;
		l->names[i] = room / open;
		room -= l->names[i];
		open--;
	}
}

static void fit(struct layout *l, const struct table *t, unsigned columns)
{
	size_t numbers = numbers_width(l, t), room;

	if (!columns)
		return;
	room = columns > numbers ? columns - numbers : 0;
	while (l->n_names > 1 && room < l->n_names * (GAP + LEAST_NAME))
		l->names[--l->n_names] = 0;
	if (room < GAP + LEAST_NAME)
		room = GAP + LEAST_FUNCTION;
	room -= l->n_names * GAP;
	share_room(l, room);
}

/* ---- rows ---- */

/* The names of a row; `prefix` (of `indent` columns) stands before the first. No trailing blanks. */
static void print_names(struct out *o, const struct layout *l, const char *const names[NAMES],
			const char *prefix, size_t indent)
{
	size_t missing = GAP; /* blanks still to be printed before the next name */

	for (size_t i = 0; i < NAMES && i < l->n_names; i++) {
		size_t used = 0;

		if (i == 0 && indent && indent < l->names[0]) {
			pad(o, missing);
			out_text(o, prefix);
			used = indent;
			missing = 0;
		}
		if (*names[i]) {
			pad(o, missing);
			used += print_cut(o, names[i], l->names[i] - used);
			missing = 0;
		}
		missing += l->names[i] - used + GAP;
	}
	out_char(o, '\n');
}

static void print_function_names(struct out *o, const struct layout *l, const struct function *f,
				 const char *prefix, size_t indent)
{
	const char *names[NAMES];
	char *file;

	row_names(f, names, &file);
	print_names(o, l, names, prefix, indent);
	free(file);
}

static void print_headings(struct out *o, const struct table *t, const struct layout *l)
{
	if (t->n_events > 1) { /* the events' names above their two columns */
		size_t missing = 0;

		for (size_t n = 0; n < t->n_events; n++) {
			size_t width = 2 * l->percent + GAP;
			size_t used;

			pad(o, missing);
			used = print_cut(o, t->profile->events[t->events[n]].name, width);
			missing = width - used + GAP;
		}
		out_char(o, '\n');
	}
	for (size_t n = 0; n < t->n_events; n++)
		out_printf(o, "%*s  %*s  ", (int)l->percent, "self %", (int)l->percent, "total %");
	out_printf(o, "%*s", (int)l->samples, "samples");
	print_names(o, l, name_headings, "", 0);
}

static void print_edge_rows(struct out *o, const struct table *t, const struct layout *l,
			    const struct table_row *row)
{
	const char *arrow = t->options.edges == EDGES_CALLERS ? "  ← " : "  → ";

	for (size_t i = 0; i < row->n_edges; i++) {
		const struct table_edge_row *edge = &t->edge_rows[row->first_edge + i];

		for (size_t n = 0; n < t->n_events; n++) {
			pad(o, l->percent + GAP);
			print_percent(o,
				      cost_share(table_edge(t, edge->edge, n),
						 table_total(t, row->function, n)),
				      l->percent);
			pad(o, GAP);
		}
		print_number(o, table_edge_samples(t, edge->edge), l->samples);
		print_function_names(o, l, &t->profile->functions[edge->function], arrow,
				     EDGE_INDENT);
	}
}

static void print_row(struct out *o, const struct table *t, const struct layout *l,
		      const struct table_row *row)
{
	for (size_t n = 0; n < t->n_events; n++) {
		const struct cost *whole = &t->profile->events[t->events[n]].sum;

		print_percent(o, cost_share(table_self(t, row->function, n), whole), l->percent);
		pad(o, GAP);
		print_percent(o, cost_share(table_total(t, row->function, n), whole), l->percent);
		pad(o, GAP);
	}
	print_number(o, table_leaf_samples(t, row->function), l->samples);
	print_function_names(o, l, &t->profile->functions[row->function], "", 0);
	print_edge_rows(o, t, l, row);
}

void render_text(struct out *o, const struct table *t)
{
	unsigned columns = out_columns(o);
	struct layout l;

	print_header(o, t, columns);
	if (!t->n_events) {
		out_text(o, "no samples\n");
		return;
	}
	measure(&l, t);
	fit(&l, t, columns);
	if (t->n_rows)
		print_headings(o, t, &l);
	for (size_t i = 0; i < t->n_rows; i++)
		print_row(o, t, &l, &t->rows[i]);
	print_hidden(o, t, columns);
}
