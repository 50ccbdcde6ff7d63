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
#include <stdio.h>
#include <string.h>

#include "render/name_columns.h"
#include "render/out.h"
#include "render/renderers.h"
#include "render/text_header.h"
#include "render/text_parts.h"
#include "report/ratios.h"
#include "report/table.h"

enum { GAP = NAME_COLUMNS_GAP };
enum { METRIC = 9 };       /* the least width of a metric's column: "-0.001234" */
enum { EDGE_INDENT = 4 };  /* "  ← " before a caller's name */
enum { MOST_EVENTS = 16 }; /* with columns, where nothing says how wide lines may be */

struct layout {
	unsigned percent, samples; /* widths of the columns of numbers */
	size_t n_events;           /* that have columns */
	struct name_columns names;
};

/* ---- columns ---- */

static void measure(struct layout *l, const struct table *t)
{
	char text[24];
	uint64_t most = 0;

	*l = (struct layout){ .percent = sizeof("total %") - 1 };
	name_columns_begin(&l->names, t->profile->keys, true, "");
	for (size_t i = 0; i < t->n_rows; i++) {
		uint64_t samples = table_leaf_samples(t, t->rows[i].function);

		if (samples > most)
			most = samples;
		name_columns_measure(&l->names, &t->profile->functions[t->rows[i].function], 0);
	}
	for (size_t i = 0; i < t->n_edge_rows; i++) {
		uint64_t samples = table_edge_samples(t, t->edge_rows[i].edge);

		if (samples > most)
			most = samples;
		name_columns_measure(&l->names, &t->profile->functions[t->edge_rows[i].function],
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

/* As many events as leave room for names, one at least. */
static void fit(struct layout *l, const struct table *t, size_t columns)
{
	size_t event = 2 * (l->percent + GAP), others = l->samples + metrics_width(t), numbers;
	size_t taken = others + name_columns_least(&l->names), n = MOST_EVENTS;

	if (columns)
		n = columns >= taken + event ? (columns - taken) / event : 1;
	l->n_events = n < t->n_events ? n : t->n_events;
	numbers = others + l->n_events * event;
	if (columns)
		name_columns_fit(&l->names, columns > numbers ? columns - numbers : 0);
}

/* ---- rows ---- */

/* The names of events and metrics, each above its two columns. */
static void print_upper_headings(struct out *o, const struct table *t, const struct layout *l)
{
	size_t missing = 0;

	for (size_t n = 0; n < l->n_events; n++) {
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
	if (t->n_events > 1 || n_metrics(t))
		print_upper_headings(o, t, l);
	for (size_t n = 0; n < l->n_events; n++)
		out_printf(o, "%*s  %*s  ", (int)l->percent, "self %", (int)l->percent, "total %");
	out_printf(o, "%*s", (int)l->samples, "samples");
	for (size_t i = 0; i < n_metrics(t); i++) {
		int width = (int)metric_width(t, i);

		out_printf(o, "  %*s  %*s", width, "self", width, "total");
	}
	name_columns_headings(o, &l->names);
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

		for (size_t n = 0; n < l->n_events; n++) {
			parts_pad(o, l->percent + GAP);
			parts_percent(o,
				      cost_share(table_edge(t, edge->edge, n),
						 table_total(t, row->function, n)),
				      l->percent);
			parts_pad(o, GAP);
		}
		parts_number(o, table_edge_samples(t, edge->edge), l->samples);
		parts_pad(o, metrics_width(t));
		name_columns_row(o, &l->names, &t->profile->functions[edge->function], arrow,
				 EDGE_INDENT);
	}
}

static void print_row(struct out *o, const struct table *t, const struct layout *l,
		      const struct table_row *row)
{
	for (size_t n = 0; n < l->n_events; n++) {
		const struct cost *whole = &t->profile->events[t->events[n]].sum;

		parts_percent(o, cost_share(table_self(t, row->function, n), whole), l->percent);
		parts_pad(o, GAP);
		parts_percent(o, cost_share(table_total(t, row->function, n), whole), l->percent);
		parts_pad(o, GAP);
	}
	parts_number(o, table_leaf_samples(t, row->function), l->samples);
	print_metrics(o, t, row->function);
	name_columns_row(o, &l->names, &t->profile->functions[row->function], "", 0);
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
	text_events_shown(o, t, l.n_events, columns);
	if (t->n_rows)
		print_headings(o, t, &l);
	for (size_t i = 0; i < t->n_rows; i++)
		print_row(o, t, &l, &t->rows[i]);
	text_hidden(o, t, columns);
}
