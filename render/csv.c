/*
 * Comma-separated values as RFC 4180 has them, but with lines that end in "\n".
 *
 * A row for each function: kind, name, module, file, line, object, symbol; and for each event
 * NAME self weight, NAME total weight, NAME self samples, NAME total samples.  With --callers or
 * --callees a row for each edge: caller and callee (name, module, file, line, object) and
 * NAME weight, NAME samples.  An event whose name comes twice is NAME_2.  Control bytes are "?".
 */
#include <stdio.h>
#include <string.h>

#include "parser/base/utf8.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/table.h"

static void cell(struct out *o, const char *s)
{
	bool quote = strpbrk(s, ",\"") || *s == ' ' || (*s && s[strlen(s) - 1] == ' ');

	if (quote)
		out_char(o, '"');
	for (const char *p = s; *p;) {
		uint32_t c;
		size_t len = utf8_next(p, &c);

		if (c == '"')
			out_text(o, "\"\"");
		else if (c == UTF8_BAD || utf8_is_control(c))
			out_char(o, '?');
		else
			out_bytes(o, p, len);
		p += len;
	}
	if (quote)
		out_char(o, '"');
}

static void next_cell(struct out *o, const char *s)
{
	out_char(o, ',');
	cell(o, s);
}

static void next_number(struct out *o, uint64_t v)
{
	out_char(o, ',');
	out_u64(o, v);
}

/* The name of the n-th shown event, "_2" behind the second of that name ... */
static void event_column(struct out *o, const struct table *t, size_t n, const char *what)
{
	const struct profile_event *events = t->profile->events;
	const char *name = events[t->events[n]].name;
	size_t nth = 1;
	char column[400];

	for (size_t i = 0; i < n; i++)
		nth += strcmp(events[t->events[i]].name, name) == 0;
	if (nth == 1)
		snprintf(column, sizeof(column), "%s %s", name, what);
	else
		snprintf(column, sizeof(column), "%s_%zu %s", name, nth, what);
	next_cell(o, column);
}

static void function_cells(struct out *o, const struct function *f)
{
	cell(o, f->name);
	next_cell(o, f->module);
	next_cell(o, f->file);
	next_number(o, f->line);
	next_cell(o, f->object);
}

static void functions(struct out *o, const struct table *t)
{
	out_text(o, "kind,name,module,file,line,object,symbol");
	for (size_t n = 0; n < t->n_events; n++) {
		event_column(o, t, n, "self weight");
		event_column(o, t, n, "total weight");
		event_column(o, t, n, "self samples");
		event_column(o, t, n, "total samples");
	}
	out_char(o, '\n');
	for (size_t i = 0; i < t->n_rows; i++) {
		uint32_t number = t->rows[i].function;
		const struct function *f = &t->profile->functions[number];

		out_text(o, function_kind_name(f->kind));
		out_char(o, ',');
		function_cells(o, f);
		next_cell(o, f->symbol);
		for (size_t n = 0; n < t->n_events; n++) {
			next_number(o, table_self(t, number, n)->weight);
			next_number(o, table_total(t, number, n)->weight);
			next_number(o, table_self(t, number, n)->samples);
			next_number(o, table_total(t, number, n)->samples);
		}
		out_char(o, '\n');
	}
}

static void edges(struct out *o, const struct table *t)
{
	const struct function *functions_of = t->profile->functions;

	out_text(o, "caller name,caller module,caller file,caller line,caller object,"
		    "callee name,callee module,callee file,callee line,callee object");
	for (size_t n = 0; n < t->n_events; n++) {
		event_column(o, t, n, "weight");
		event_column(o, t, n, "samples");
	}
	out_char(o, '\n');
	for (size_t i = 0; i < t->n_edge_rows; i++) {
		size_t edge = t->edge_rows[i].edge;

		function_cells(o, &functions_of[t->totals->edges[edge].caller]);
		out_char(o, ',');
		function_cells(o, &functions_of[t->totals->edges[edge].callee]);
		for (size_t n = 0; n < t->n_events; n++) {
			next_number(o, table_edge(t, edge, n)->weight);
			next_number(o, table_edge(t, edge, n)->samples);
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
