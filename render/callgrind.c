/*
 * The callgrind format, as KCachegrind and callgrind_annotate read it.
 *
 * What either reader stumbles over is avoided: names are always compressed "(id) name" (a name such
 * as "(1) foo" would be taken for an id), each function has one id, cob= and cfi= stand before every cfn=
 * (they hold for one call only), ob= and fl= before every fn=, blanks between numbers, a count of at
 * least 1 for calls, header lines with a blank behind the colon and before "events:".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/distinct.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/callgraph.h"
#include "report/derived.h"

/* The files or the objects: distinct texts are numbered, and written out with their first use. */
struct names {
	uint32_t *of_vertex; /* which text it is */
	uint32_t *ids;       /* of a text; 0: not yet written */
	uint32_t last_id;
};

struct writing {
	struct out *o;
	const struct callgraph *g;
	struct names objects, files;
	uint32_t *function_ids; /* by vertex; 0: not yet written */
	uint32_t last_function;
};

/* ---- compressed names ---- */

struct vertex_text {
	const char *text;
	uint32_t vertex;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct vertex_text *)a)->text, ((const struct vertex_text *)b)->text);
}

static void names_init(struct names *names, const struct callgraph *g, bool files)
{
	struct vertex_text *texts = mem_calloc(g->n_vertices, sizeof(*texts));
	uint32_t n = 0;

	*names = (struct names){ .of_vertex = mem_calloc(g->n_vertices, sizeof(uint32_t)) };
	for (uint32_t v = 0; v < g->n_vertices; v++) {
		const struct call_vertex *vertex = &g->vertices[v];

		texts[v] = (struct vertex_text){ files ? vertex->file : vertex->object, v };
	}
	qsort(texts, g->n_vertices, sizeof(*texts), by_text);
	for (size_t i = 0; i < g->n_vertices; i++) {
		if (i > 0 && strcmp(texts[i - 1].text, texts[i].text) != 0)
			n++;
		names->of_vertex[texts[i].vertex] = n;
	}
	names->ids = mem_calloc((size_t)n + 1, sizeof(*names->ids));
	free(texts);
}

static void names_done(struct names *names)
{
	free(names->of_vertex);
	free(names->ids);
}

static void compressed(struct out *o, const char *key, const char *name, uint32_t *id,
		       uint32_t *last_id)
{
	bool first = *id == 0;

	if (first)
		*id = ++*last_id;
	out_text(o, key);
	out_text(o, "=(");
	out_u64(o, *id);
	out_char(o, ')');
	if (first) {
		out_char(o, ' ');
		out_text(o, name);
	}
	out_char(o, '\n');
}

static void put_vertex(struct writing *w, uint32_t vertex, const char *ob, const char *fl,
		       const char *fn)
{
	const struct call_vertex *v = &w->g->vertices[vertex];

	compressed(w->o, ob, v->object, &w->objects.ids[w->objects.of_vertex[vertex]],
		   &w->objects.last_id);
	compressed(w->o, fl, v->file, &w->files.ids[w->files.of_vertex[vertex]], &w->files.last_id);
	compressed(w->o, fn, v->name, &w->function_ids[vertex], &w->last_function);
}

/* ---- the header ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* An event's name as both readers take it: a word that does not begin with a digit. */
static char *event_word(const char *name)
{
	bool prefix = !*name || (*name >= '0' && *name <= '9');
	char *word = mem_resize(NULL, strlen(name) + 2, 1);
	char *to = word;

	if (prefix)
		*to++ = '_';
	for (; *name; name++)
		*to++ = is_word(*name) ? *name : '_';
	*to = '\0';
	return word;
}

static bool is_taken(char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* Distinct words for the events and, behind them, for what is derived.  The caller frees each and the array. */
static char **event_words(const struct profile *p, const struct callgrind_header *h)
{
	size_t n = p->n_events + h->n_derived;
	char **words = mem_calloc(n, sizeof(char *));

	for (size_t e = 0; e < n; e++)
		words[e] = event_word(e < p->n_events ? p->events[e].name
						      : h->derived[e - p->n_events].name);
	distinct_names(words, n);
	return words;
}

static void put_sums(struct out *o, const char *key, const struct callgraph *g)
{
	out_text(o, key);
	if (!g->n_events)
		out_text(o, " 0");
	for (size_t e = 0; e < g->n_events; e++) {
		out_char(o, ' ');
		out_u64(o, g->sum[e].weight);
	}
	out_char(o, '\n');
}

static void put_text_line(struct out *o, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	out_text(o, key);
	out_name(o, text);
	out_char(o, '\n');
}

/* "100 cycles - instructions": a factor of 1 is not written. */
static void put_formula(struct out *o, const struct derived *d, char *const *words, size_t n)
{
	bool first = true;

	for (size_t e = 0; e < n; e++) {
		int factor = d->factors[e];

		if (!factor)
			continue;
		if (factor < 0)
			out_text(o, first ? "- " : " - ");
		else if (!first)
			out_text(o, " + ");
		if (factor != 1 && factor != -1)
			out_printf(o, "%d ", abs(factor));
		out_text(o, words[e]);
		first = false;
	}
	if (first) /* nothing at all: what is taken off the first event is all of it */
		out_printf(o, "%s - %s", words[0], words[0]);
}

/* KCachegrind shows only the first of two events with one long name. */
static bool is_known(const struct callgrind_header *h, size_t i, char *const *words, size_t n_words)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(h->derived[k].name, h->derived[i].name) == 0)
			return true;
	return is_taken(words, n_words, h->derived[i].name);
}

/* The name as it was written stands behind the formula, where it is another than the word. */
static void put_derived(struct out *o, const struct callgrind_header *h, char *const *words,
			size_t n_events)
{
	for (size_t i = 0; n_events && i < h->n_derived; i++) {
		out_printf(o, "event: %s = ", words[n_events + i]);
		put_formula(o, &h->derived[i], words, n_events);
		if (!is_known(h, i, words, n_events + h->n_derived)) {
			out_text(o, " : ");
			out_name(o, h->derived[i].name);
		}
		out_char(o, '\n');
	}
}

static void put_header(struct out *o, const struct callgraph *g, const struct profile *p,
		       const struct callgrind_header *header)
{
	char **words = event_words(p, header);

	out_text(o, "# callgrind format\nversion: 1\ncreator: perfolio\n");
	put_text_line(o, "cmd: ", header->command);
	put_text_line(o, "desc: ", header->description);
	out_text(o, "positions: line\n");
	put_derived(o, header, words, p->n_events);
	out_text(o, "events:");
	if (!p->n_events)
		out_text(o, " samples"); /* a file without events is no file to the readers */
	for (size_t e = 0; e < p->n_events; e++) {
		out_char(o, ' ');
		out_text(o, words[e]);
	}
	out_char(o, '\n');
	put_sums(o, "summary:", g);
	for (size_t e = 0; e < p->n_events + header->n_derived; e++)
		free(words[e]);
	free(words);
}

/* ---- the body ---- */

static void put_costs(struct out *o, uint32_t line, const struct costs *c, size_t row)
{
	out_u64(o, line);
	for (size_t e = 0; e < c->n_events; e++) {
		out_char(o, ' ');
		out_u64(o, costs_at(c, row, e)->weight);
	}
	out_char(o, '\n');
}

static void put_call(struct writing *w, size_t edge)
{
	const struct call_edge *e = &w->g->edges[edge];

	put_vertex(w, e->callee, "cob", "cfi", "cfn");
	out_text(w->o, "calls=");
	out_u64(w->o, e->calls);
	out_char(w->o, ' ');
	out_u64(w->o, w->g->vertices[e->callee].line);
	out_char(w->o, '\n');
	put_costs(w->o, e->line, &w->g->edge_cost, edge);
}

/* All objects at the beginning: a tool that knows "ob=" only need not look into "cob=" for their names. */
static void put_objects(struct writing *w)
{
	const struct callgraph *g = w->g;

	if (g->n_edges)
		out_char(w->o, '\n');
	for (uint32_t v = 0; v < g->n_vertices; v++) {
		uint32_t *id = &w->objects.ids[w->objects.of_vertex[v]];

		if (g->vertices[v].used && !*id)
			compressed(w->o, "ob", g->vertices[v].object, id, &w->objects.last_id);
	}
}

static void put_body(struct writing *w)
{
	const struct callgraph *g = w->g;
	size_t edge = 0;

	put_objects(w);

	for (uint32_t v = 0; v < g->n_vertices; v++) {
		if (!g->vertices[v].used)
			continue;
		out_char(w->o, '\n');
		put_vertex(w, v, "ob", "fl", "fn");
		/* A line of zeroes, too: without one KCachegrind does not know the function's file. */
		put_costs(w->o, g->vertices[v].line, &g->self, v);
		for (; edge < g->n_edges && g->edges[edge].caller == v; edge++)
			put_call(w, edge);
	}
}

void render_callgrind(struct out *o, const struct callgraph *g, const struct profile *p,
		      const struct callgrind_header *header)
{
	struct writing w = { .o = o, .g = g };

	names_init(&w.objects, g, false);
	names_init(&w.files, g, true);
	w.function_ids = mem_calloc(g->n_vertices, sizeof(*w.function_ids));
	put_header(o, g, p, header);
	put_body(&w);
	if (!g->n_edges) /* nothing was sampled: a function that shows it */
		out_text(o, "\nob=(1) ???\nfl=(1) ???\nfn=(1) (all)\n0 0\n");
	out_char(o, '\n');
	put_sums(o, "totals:", g);
	names_done(&w.objects);
	names_done(&w.files);
	free(w.function_ids);
}
