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
#include "render/text_header.h"
#include "render/text_parts.h"
#include "report/ratios.h"
#include "report/table.h"

enum { NAMES = 3 };
enum { GAP = 2 };             /* blanks between columns */
enum { LEAST_NAME = 6 };      /* narrower than this a column of names says nothing */
enum { LEAST_FUNCTION = 24 }; /* where not even that is left: rows take more than one line anyway */
enum { METRIC = 9 };          /* the least width of a metric's column: "-0.001234" */
enum { EDGE_INDENT = 4 };     /* "  ← " before a caller's name */

enum { HEADING = 200 }; /* bytes of a heading */

struct layout {
	unsigned percent, samples; /* widths of the columns of numbers */
	size_t names[NAMES];       /* widths; 0: no room for this column */
	size_t n_names;
};

/* ---- columns ---- */

/* Above the names: of a grouped table its keys. */
static void name_headings(const struct table *t, char row[HEADING], const char *names[NAMES])
{
	snprintf(row, HEADING, "%s", "function");
	if (t->profile->keys)
		parts_keys_text(row, HEADING, t->profile->keys);
	names[0] = row;
	names[1] = parts_shows(t->profile->keys, "module") ? "module" : "";
	names[2] = parts_shows(t->profile->keys, "file") ? "file" : "";
}

/* What stands in the three columns of names. `file` holds "FILE:LINE". */
static void row_names(const struct table *t, const struct function *f, const char *names[NAMES],
		      char **file)
{
	const char *path = *f->file ? f->file : f->object;

	names[0] = f->name[strspn(f->name, " ")] ? f->name : "[unnamed]";
	names[1] = parts_shows(t->profile->keys, "module") ? f->module : "";
	names[2] = parts_shows(t->profile->keys, "file") ? path : "";
	*file = NULL;
	if (*names[2] && *f->file && f->line &&
	    asprintf(file, "%s:%u", f->file, (unsigned)f->line) >= 0)
		names[2] = *file;
}

static void widen(size_t *width, size_t needed)
{
	if (*width < needed)
		*width = needed;
}

static void measure_function(struct layout *l, const struct table *t, const struct function *f,
			     size_t indent)
{
	const char *names[NAMES];
	char *file;

	row_names(t, f, names, &file);
	widen(&l->names[0], indent + parts_width(names[0]));
	widen(&l->names[1], parts_width(names[1]));
	widen(&l->names[2], parts_width(names[2]));
	free(file);
}

static void measure(struct layout *l, const struct table *t)
{
	const char *headings[NAMES];
	char row[HEADING], text[24];
	uint64_t most = 0;

	name_headings(t, row, headings);
	*l = (struct layout){ .percent = sizeof("total %") - 1 };
	for (size_t i = 0; i < NAMES; i++) {
		l->names[i] = parts_width(headings[i]);
		if (*headings[i])
			l->n_names = i + 1;
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		uint64_t samples = table_leaf_samples(t, t->rows[i].function);

		if (samples > most)
			most = samples;
		measure_function(l, t, &t->profile->functions[t->rows[i].function], 0);
	}
	for (size_t i = 0; i < t->n_edge_rows; i++) {
		uint64_t samples = table_edge_samples(t, t->edge_rows[i].edge);

		if (samples > most)
			most = samples;
		measure_function(l, t, &t->profile->functions[t->edge_rows[i].function],
				 EDGE_INDENT);
	}
	parts_number_text(text, sizeof(text), most);
	l->samples = sizeof("samples") - 1;
	if (l->samples < strlen(text))
		l->samples = (unsigned)strlen(text);
}

static size_t n_metrics(const struct table *t)
{
	return t->options.ratios ? t->options.ratios->n : 0;
}

/* Of a metric's columns, self and total: both together are at least as wide as its name. */
static size_t metric_width(const struct table *t, size_t i)
{
	size_t name = parts_width(t->options.ratios->items[i].name);

	return name > 2 * METRIC + GAP ? (name - GAP + 1) / 2 : METRIC;
}

static size_t metrics_width(const struct table *t)
{
	size_t width = 0;

	for (size_t i = 0; i < n_metrics(t); i++)
		width += 2 * (metric_width(t, i) + GAP);
	return width;
}

static size_t numbers_width(const struct layout *l, const struct table *t)
{
	return t->n_events * 2 * (l->percent + GAP) + l->samples + metrics_width(t);
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
			parts_pad(o, missing);
			out_text(o, prefix);
			used = indent;
			missing = 0;
		}
		if (*names[i]) {
			parts_pad(o, missing);
			used += parts_cut(o, names[i], l->names[i] - used);
			missing = 0;
		}
		missing += l->names[i] - used + GAP;
	}
	out_char(o, '\n');
}

static void print_function_names(struct out *o, const struct table *t, const struct layout *l,
				 const struct function *f, const char *prefix, size_t indent)
{
	const char *names[NAMES];
	char *file;

	row_names(t, f, names, &file);
	print_names(o, l, names, prefix, indent);
	free(file);
}

/* The names of events and metrics, each above its two columns. */
static void print_upper_headings(struct out *o, const struct table *t, const struct layout *l)
{
	size_t missing = 0;

	for (size_t n = 0; n < t->n_events; n++) {
		size_t width = 2 * l->percent + GAP;
		size_t used;

		parts_pad(o, missing);
		used = parts_cut(o, t->profile->events[t->events[n]].name, width);
		missing = width - used + GAP;
	}
	if (n_metrics(t))
		missing += l->samples + GAP;
	for (size_t i = 0; i < n_metrics(t); i++) {
		const char *name = t->options.ratios->items[i].name;

		parts_pad(o, missing);
		out_name(o, name);
		missing = 2 * (metric_width(t, i) + GAP) - parts_width(name);
	}
	out_char(o, '\n');
}

static void print_headings(struct out *o, const struct table *t, const struct layout *l)
{
	const char *headings[NAMES];
	char row[HEADING];

	name_headings(t, row, headings);
	if (t->n_events > 1 || n_metrics(t))
		print_upper_headings(o, t, l);
	for (size_t n = 0; n < t->n_events; n++)
		out_printf(o, "%*s  %*s  ", (int)l->percent, "self %", (int)l->percent, "total %");
	out_printf(o, "%*s", (int)l->samples, "samples");
	for (size_t i = 0; i < n_metrics(t); i++) {
		int width = (int)metric_width(t, i);

		out_printf(o, "  %*s  %*s", width, "self", width, "total");
	}
	print_names(o, l, headings, "", 0);
}

static void print_metrics(struct out *o, const struct table *t, uint32_t function)
{
	for (size_t i = 0; i < n_metrics(t); i++) {
		const struct ratio *r = &t->options.ratios->items[i];

		for (int total = 0; total < 2; total++) {
			struct ratio_value v = table_ratio(t, function, r, total);
			char text[32];

			parts_ratio_text(text, sizeof(text), r, &v);
			parts_pad(o, GAP);
			parts_right(o, text, metric_width(t, i));
		}
	}
}

static void print_edge_rows(struct out *o, const struct table *t, const struct layout *l,
			    const struct table_row *row)
{
	const char *arrow = t->options.edges == EDGES_CALLERS ? "  ← " : "  → ";

	for (size_t i = 0; i < row->n_edges; i++) {
		const struct table_edge_row *edge = &t->edge_rows[row->first_edge + i];

		for (size_t n = 0; n < t->n_events; n++) {
			parts_pad(o, l->percent + GAP);
			parts_percent(o,
				      cost_share(table_edge(t, edge->edge, n),
						 table_total(t, row->function, n)),
				      l->percent);
			parts_pad(o, GAP);
		}
		parts_number(o, table_edge_samples(t, edge->edge), l->samples);
		parts_pad(o, metrics_width(t));
		print_function_names(o, t, l, &t->profile->functions[edge->function], arrow,
				     EDGE_INDENT);
	}
}

static void print_row(struct out *o, const struct table *t, const struct layout *l,
		      const struct table_row *row)
{
	for (size_t n = 0; n < t->n_events; n++) {
		const struct cost *whole = &t->profile->events[t->events[n]].sum;

		parts_percent(o, cost_share(table_self(t, row->function, n), whole), l->percent);
		parts_pad(o, GAP);
		parts_percent(o, cost_share(table_total(t, row->function, n), whole), l->percent);
		parts_pad(o, GAP);
	}
	parts_number(o, table_leaf_samples(t, row->function), l->samples);
	print_metrics(o, t, row->function);
	print_function_names(o, t, l, &t->profile->functions[row->function], "", 0);
	print_edge_rows(o, t, l, row);
}

void render_text(struct out *o, const struct table *t)
{
	unsigned columns = out_columns(o);
	struct layout l;

	text_header(o, t, columns);
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
	text_hidden(o, t, columns);
}
