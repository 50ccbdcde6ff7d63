/*
 * Comma-separated values as RFC 4180 has them, but with lines that end in "\n".
 *
 * A row for each function: kind, name, module, file, line, object, symbol; where they are grouped by KEY, "by KEY" of
 * each; and for each event
 * NAME self weight, NAME total weight, NAME self samples, NAME total samples.  With --callers or
 * --callees a row for each edge: caller and callee (name, module, file, line, object) and
 * NAME weight, NAME samples.  An event whose name comes twice is NAME_2.  Control bytes are "?".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/csv_cell.h"
#include "render/distinct.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/ratios.h"
#include "report/table.h"

/* ---- the columns of events ---- */

/* A copy of what csv_cell() would print. */
static char *printable(const char *s)
{
	char *text = mem_resize(NULL, strlen(s) + 1, 1);
	char *to = text;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == UTF8_BAD || utf8_is_control(c))
			*to++ = '?';
		else
			to = mempcpy(to, s, len);
		s += len;
	}
	*to = '\0';
	return text;
}

/* Distinct names of the shown events; the caller frees each and the array. */
static char **event_names(const struct table *t)
{
	char **names = mem_calloc(t->n_events, sizeof(char *));

	for (size_t n = 0; n < t->n_events; n++)
		names[n] = printable(t->profile->events[t->events[n]].name);
	distinct_names(names, t->n_events);
	return names;
}

/* The rest of the header's row: for each event a column for each of `what`. */
static void event_columns(struct out *o, const struct table *t, const char *const *what)
{
	char **names = event_names(t);

	for (size_t n = 0; n < t->n_events; n++) {
		for (size_t i = 0; what[i]; i++) {
			char *column;

			if (asprintf(&column, "%s %s", names[n], what[i]) < 0)
				column = mem_text("", 0);
			csv_next_cell(o, column);
			free(column);
		}
		free(names[n]);
	}
	free(names);
}

static const char *const ratio_columns[] = { "self", "total", "self error", "total error" };

static void ratio_headings(struct out *o, const struct table *t)
{
	for (size_t i = 0; t->options.ratios && i < t->options.ratios->n; i++) {
		for (size_t c = 0; c < 4; c++) {
			char *column;

			if (asprintf(&column, "%s %s", t->options.ratios->items[i].name,
				     ratio_columns[c]) < 0)
				column = mem_text("", 0);
			csv_next_cell(o, column);
			free(column);
		}
	}
}

static void next_value(struct out *o, bool has, double value)
{
	out_char(o, ',');
	if (has)
		out_double(o, value);
}

/* Empty where too few samples carry a ratio. */
static void ratio_cells(struct out *o, const struct table *t, uint32_t function)
{
	for (size_t i = 0; t->options.ratios && i < t->options.ratios->n; i++) {
		const struct ratio *r = &t->options.ratios->items[i];
		struct ratio_value self = table_ratio(t, function, r, false);
		struct ratio_value total = table_ratio(t, function, r, true);

		next_value(o, self.has_value, self.value);
		next_value(o, total.has_value, total.value);
		next_value(o, self.has_error, self.error);
		next_value(o, total.has_error, total.error);
	}
}

/* ---- rows ---- */

static void function_cells(struct out *o, const struct function *f)
{
	csv_cell(o, f->name);
	csv_next_cell(o, f->module);
	csv_next_cell(o, f->file);
	csv_next_number(o, f->line);
	csv_next_cell(o, f->object);
}

static void functions(struct out *o, const struct table *t)
{
	static const char *const costs[] = { "self weight", "total weight", "self samples",
					     "total samples", NULL };

	out_text(o, "kind,name,module,file,line,object,symbol");
	csv_key_headings(o, t->profile->keys);
	event_columns(o, t, costs);
	ratio_headings(o, t);
	out_char(o, '\n');
	for (size_t i = 0; i < t->n_rows; i++) {
		uint32_t number = t->rows[i].function;
		const struct function *f = &t->profile->functions[number];

		out_text(o, function_kind_name(f->kind));
		out_char(o, ',');
		function_cells(o, f);
		csv_next_cell(o, f->symbol);
		if (f->keys)
			csv_key_cells(o, f->keys);
		for (size_t n = 0; n < t->n_events; n++) {
			csv_next_number(o, table_self(t, number, n)->weight);
			csv_next_number(o, table_total(t, number, n)->weight);
			csv_next_number(o, table_self(t, number, n)->samples);
			csv_next_number(o, table_total(t, number, n)->samples);
		}
		ratio_cells(o, t, number);
		out_char(o, '\n');
	}
}

static void edges(struct out *o, const struct table *t)
{
	static const char *const costs[] = { "weight", "samples", NULL };
	const struct function *functions_of = t->profile->functions;

	out_text(o, "caller name,caller module,caller file,caller line,caller object,"
		    "callee name,callee module,callee file,callee line,callee object");
	event_columns(o, t, costs);
	out_char(o, '\n');
	for (size_t i = 0; i < t->n_edge_rows; i++) {
		size_t edge = t->edge_rows[i].edge;

		function_cells(o, &functions_of[t->totals->edges[edge].caller]);
		out_char(o, ',');
		function_cells(o, &functions_of[t->totals->edges[edge].callee]);
		for (size_t n = 0; n < t->n_events; n++) {
			csv_next_number(o, table_edge(t, edge, n)->weight);
			csv_next_number(o, table_edge(t, edge, n)->samples);
		}
		out_char(o, '\n');
	}
}

void render_csv(struct out *o, const struct table *t)
{
	if (t->options.edges == EDGES_NONE)
		functions(o, t);
	else
		edges(o, t);
}
