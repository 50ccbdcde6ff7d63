/*
 * tests/unit/callgraph.c - the graph without cycles that callgrind's readers need (report/callgraph.h).
 */
#include "report/callgraph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/base/utf8.h"
#include "report/totals.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static bool equal_costs(const struct cost *a, const struct cost *b)
{
	return a->samples == b->samples && a->weight == b->weight;
}

/* ---- costs ---- */

static const struct shape shapes[] = {
	{ .label = "one function", .functions = 1, .stacks = 8, .deepest = 5, .events = 1 },
	{ .label = "two functions", .functions = 2, .stacks = 40, .deepest = 12, .events = 1 },
	{ .label = "three, four events", .functions = 3, .stacks = 60, .deepest = 9, .events = 4 },
	{ .label = "fourteen", .functions = 14, .stacks = 300, .deepest = 25, .events = 2 },
	{ .label = "tasks",
	  .functions = 17,
	  .stacks = 300,
	  .deepest = 25,
	  .events = 2,
	  .tasks = 3 },
	{ .label = "a task alone",
	  .functions = 9,
	  .stacks = 30,
	  .deepest = 6,
	  .events = 1,
	  .tasks = 1 },
	{ .label = "no recursion",
	  .functions = 40,
	  .stacks = 300,
	  .deepest = 25,
	  .events = 2,
	  .no_recursion = true },
	{ .label = "many events",
	  .functions = 14,
	  .stacks = 300,
	  .deepest = 25,
	  .events = 29,
	  .tasks = 3 },
	{ .label = "two hundred", .functions = 200, .stacks = 500, .deepest = 60, .events = 2 },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* What the edges into a vertex sum up to: by event, freed by the caller. */
static struct cost *incoming(const struct callgraph *g)
{
	struct cost *sums = mem_calloc(g->n_vertices * g->n_events, sizeof(*sums));

	for (size_t i = 0; i < g->n_edges; i++)
		for (size_t e = 0; e < g->n_events; e++)
			cost_add(&sums[g->edges[i].callee * g->n_events + e],
				 costs_at(&g->edge_cost, i, e));
	return sums;
}

static void check_vertices(const struct profile *p, const struct callgraph *g,
			   const struct totals *t)
{
	size_t n = p->n_functions, ne = p->n_events;
	struct cost *into = incoming(g);
	bool inclusive = true, selves = true, used = true;

	for (size_t f = 0; f < n; f++) {
		for (size_t e = 0; e < ne; e++) {
			inclusive &= equal_costs(&into[f * ne + e], costs_at(&t->total, f, e));
			selves &= equal_costs(costs_at(&g->self, f, e), costs_at(&t->self, f, e));
			used &= !costs_at(&t->total, f, e)->samples || g->vertices[f].used;
		}
	}
	check(inclusive, "the edges into a function are its inclusive cost");
	check(selves, "self");
	check(used, "what has cost is used");
	for (size_t e = 0; e < ne; e++) {
		struct cost all = { 0, 0 };

		for (size_t i = 0; i < g->n_edges; i++)
			if (g->edges[i].caller == n + 1)
				cost_add(&all, costs_at(&g->edge_cost, i, e));
		check(equal_costs(&all, &p->events[e].sum) && equal_costs(&g->sum[e], &all),
		      "(all) sends out the sum of everything");
	}
	free(into);
}

static bool has_no_cycle(const struct callgraph *g)
{
	uint32_t *callers = mem_calloc(g->n_vertices, sizeof(*callers));
	uint32_t *ready = mem_calloc(g->n_vertices, sizeof(*ready));
	size_t n = 0;

	for (size_t i = 0; i < g->n_edges; i++)
		callers[g->edges[i].callee]++;
	for (uint32_t v = 0; v < g->n_vertices; v++)
		if (!callers[v])
			ready[n++] = v;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < g->n_edges; k++)
			if (g->edges[k].caller == ready[i] && --callers[g->edges[k].callee] == 0)
				ready[n++] = g->edges[k].callee;
	free(callers);
	free(ready);
	return n == g->n_vertices;
}

static void check_edges(const struct callgraph *g)
{
	bool sorted = true, calls = true;

	for (size_t i = 0; i < g->n_edges; i++) {
		const struct call_edge *e = &g->edges[i];
		uint64_t samples = 0;

		for (size_t k = 0; k < g->n_events; k++)
			samples += costs_at(&g->edge_cost, i, k)->samples;
		calls &= e->calls == samples && samples > 0;
		sorted &= i == 0 || e[-1].caller < e->caller ||
			  (e[-1].caller == e->caller && e[-1].callee < e->callee);
	}
	check(calls, "calls are the samples on the edge");
	check(sorted, "edges are sorted, each pair once");
}

static void what_comes_into_a_function_is_its_cost_once_per_sample_and_nothing_goes_round(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct stack *stacks = random_stacks(&shapes[i], seed);
			struct profile *p = profile_of_stacks(texts, &shapes[i], stacks);
			struct totals *t = totals_new(p);
			struct callgraph *g = callgraph_new(p, RECURSION_EXACT, texts);

			check_in(shapes[i].label);
			check_vertices(p, g, t);
			check_edges(g);
			check(has_no_cycle(g), "no cycle");
			check(!g->overflow, "no sum left 64 bits");
			callgraph_free(g);
			totals_free(t);
			profile_free(p);
			free(stacks);
		}
	}
	check_in(NULL);
	callgraph_free(NULL);
}

static bool equal_rows(const struct costs *a, size_t row_a, const struct costs *b, size_t row_b)
{
	for (size_t e = 0; e < a->n_events; e++)
		if (!equal_costs(costs_at(a, row_a, e), costs_at(b, row_b, e)))
			return false;
	return true;
}

/* Edges between functions (not tasks) of the graph and of the totals: are they the same? */
static bool has_direct_edges(const struct profile *p, const struct callgraph *g,
			     const struct totals *t)
{
	size_t k = 0;

	for (size_t i = 0; i < g->n_edges; i++) {
		const struct call_edge *e = &g->edges[i];

		if (e->caller >= p->n_functions || p->functions[e->caller].kind == KIND_TASK)
			continue;
		if (k == t->n_edges || t->edges[k].caller != e->caller ||
		    t->edges[k].callee != e->callee ||
		    !equal_rows(&t->edge_total, k, &g->edge_cost, i))
			return false;
		k++;
	}
	return k == t->n_edges;
}

static void without_recursion_no_edge_moves_and_kept_recursion_moves_none(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		struct stack *stacks = random_stacks(&shapes[i], 7);
		struct profile *p = profile_of_stacks(texts, &shapes[i], stacks);
		struct totals *t = totals_new(p);
		struct callgraph *keep = callgraph_new(p, RECURSION_KEEP, texts);
		struct callgraph *exact = callgraph_new(p, RECURSION_EXACT, texts);

		check_in(shapes[i].label);
		check(has_direct_edges(p, keep, t), "kept: the direct callers");
		check_edges(keep);
		if (shapes[i].no_recursion)
			check(has_direct_edges(p, exact, t), "exact: the same");
		callgraph_free(keep);
		callgraph_free(exact);
		totals_free(t);
		profile_free(p);
		free(stacks);
	}
	check_in(NULL);
}

static const struct call_edge *edge_between(const struct callgraph *g, const char *caller,
					    const char *callee)
{
	for (size_t i = 0; i < g->n_edges; i++)
		if (strcmp(g->vertices[g->edges[i].caller].name, caller) == 0 &&
		    strcmp(g->vertices[g->edges[i].callee].name, callee) == 0)
			return &g->edges[i];
	return NULL;
}

static void of_a_recursion_the_heavier_direction_stays(void)
{
	static const struct {
		const char *label, *caller, *callee;
		uint64_t calls; /* 0: no such edge */
	} rows[] = {
		{ "all calls root", "(all)", "(root)", 111 },
		{ "outermost in a few samples", "(root)", "odd", 11 },
		{ "outermost in most, and where its caller is refused", "(root)", "even", 111 },
		{ "the heavy direction", "even", "odd", 100 },
		{ "the light one is not there", "odd", "even", 0 },
		{ "a leaf of both: by the heavier", "odd", "leaf", 100 },
		{ "and the other as recorded", "even", "leaf", 1 },
		{ "direct recursion is left out", "leaf", "leaf", 0 },
	};
	struct callgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "even;odd;even;odd;leaf;leaf", 0, 100, 1);
	maker_stack(&m, "odd;even;leaf", 0, 1, 1);
	maker_stack(&m, "odd;even", 0, 10, 1);
	p = maker_end(&m);
	g = callgraph_new(p, RECURSION_EXACT, texts);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct call_edge *e = edge_between(g, rows[i].caller, rows[i].callee);

		check_u64(e ? e->calls : 0, rows[i].calls, rows[i].label);
	}
	callgraph_free(g);
	profile_free(p);
}

static void an_edge_carries_the_line_of_its_caller(void)
{
	struct function f = { .kind = KIND_PYTHON, .name = "f", .file = "/s/f.py", .line = 12 };
	struct callgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &f);
	maker_stack(&m, "f;g", 0, 1, 1);
	p = maker_end(&m);
	g = callgraph_new(p, RECURSION_EXACT, texts);
	check(edge_between(g, "f", "g") && edge_between(g, "f", "g")->line == 12, "where f begins");
	check_u64(g->vertices[0].line, 12, "of the vertex");
	check_text(g->vertices[0].object, "python", "Python is an object, too");
	check_text(g->vertices[0].file, "/s/f.py", "the file");
	check_text(g->vertices[1].file, "???", "an unknown file");
	check_text(g->vertices[1].object, "/lib/made.so", "the object");
	callgraph_free(g);
	profile_free(p);
}

static void samples_without_weight_still_make_edges(void)
{
	struct callgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_stack(&m, "a;b", 0, 3, 0);
	maker_stack(&m, "a;c", 1, 0, 5);
	maker_stack(&m, "a;d", 1, 0, 0);
	p = maker_end(&m);
	g = callgraph_new(p, RECURSION_EXACT, texts);
	check(edge_between(g, "a", "b") && edge_between(g, "a", "b")->calls == 3, "samples only");
	check(edge_between(g, "a", "c") && edge_between(g, "a", "c")->calls == 1,
	      "weight only: a count of at least 1");
	check(!edge_between(g, "a", "d"), "neither: no edge");
	check(!g->vertices[3].used, "and no function");
	callgraph_free(g);
	profile_free(p);
}

static void samples_without_frames_are_the_roots_own(void)
{
	struct callgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "", 0, 2, 20);
	maker_stack(&m, "a", 0, 1, 10);
	p = maker_end(&m);
	g = callgraph_new(p, RECURSION_EXACT, texts);
	check_u64(costs_at(&g->self, 1, 0)->weight, 20, "self of (root)");
	check(edge_between(g, "(all)", "(root)") && edge_between(g, "(all)", "(root)")->calls == 3,
	      "within all");
	callgraph_free(g);
	profile_free(p);
}

/* ---- names ---- */

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "???") == 0)
		return "";
	return slash ? slash + 1 : path;
}

/* As the readers make them: name, base of file, base of object without anything between; "file:name". */
static char *reader_key(const struct call_vertex *v, bool kcachegrind)
{
	char *key = NULL;
	int len;

	if (kcachegrind)
		len = asprintf(&key, "%s%s%s", v->name, base(v->file), base(v->object));
	else
		len = asprintf(&key, "%s:%s", v->file, v->name);
	return len < 0 ? NULL : key;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool keys_are_unique(const struct callgraph *g, bool kcachegrind)
{
	char **keys = mem_calloc(g->n_vertices, sizeof(char *));
	bool unique = true;

	for (size_t v = 0; v < g->n_vertices; v++)
		keys[v] = reader_key(&g->vertices[v], kcachegrind);
	qsort(keys, g->n_vertices, sizeof(char *), by_text);
	for (size_t i = 1; i < g->n_vertices; i++)
		unique &= strcmp(keys[i - 1], keys[i]) != 0;
	for (size_t v = 0; v < g->n_vertices; v++)
		free(keys[v]);
	free(keys);
	return unique;
}

static bool texts_are_printable(const struct callgraph *g)
{
	for (size_t v = 0; v < g->n_vertices; v++) {
		const char *all[] = { g->vertices[v].name, g->vertices[v].file,
				      g->vertices[v].object };

		for (size_t i = 0; i < 3; i++) {
			if (!*all[i] || *all[i] == ' ' || all[i][strlen(all[i]) - 1] == ' ')
				return false;
			for (const char *s = all[i]; *s;) {
				uint32_t c;

				s += utf8_next(s, &c);
				if (c == UTF8_BAD || utf8_is_control(c))
					return false;
			}
		}
	}
	return true;
}

static void check_names(const struct profile *p)
{
	struct callgraph *g = callgraph_new(p, RECURSION_EXACT, texts);

	check(keys_are_unique(g, true), "KCachegrind's keys");
	check(keys_are_unique(g, false), "callgrind_annotate's keys");
	check(texts_are_printable(g), "one line of characters each");
	callgraph_free(g);
}

static void functions_that_readers_would_take_for_one_get_more_name(void)
{
	static const struct {
		const char *label;
		struct function a, b;
		const char *name_a, *name_b;
	} rows[] = {
		{ "two packages' <module>",
		  { .kind = KIND_PYTHON,
		    .name = "<module>",
		    .module = "a",
		    .file = "/s/a/__init__.py" },
		  { .kind = KIND_PYTHON,
		    .name = "<module>",
		    .module = "b",
		    .file = "/s/b/__init__.py" },
		  "<module> (a)",
		  "<module> (b)" },
		{ "two modules of one name in two folders",
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/s/a/m.py" },
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/s/b/m.py" },
		  "f (/s/a/m.py)",
		  "f (/s/b/m.py)" },
		{ "a symbol of two libraries",
		  { .kind = KIND_NATIVE, .name = "f", .object = "/lib/liba.so" },
		  { .kind = KIND_NATIVE, .name = "f", .object = "/lib/libb.so" },
		  "f [liba.so]",
		  "f [libb.so]" },
		{ "a library in two folders",
		  { .kind = KIND_NATIVE, .name = "f", .object = "/usr/lib/liba.so" },
		  { .kind = KIND_NATIVE, .name = "f", .object = "/opt/lib/liba.so" },
		  "f [/usr/lib/liba.so]",
		  "f [/opt/lib/liba.so]" },
		{ "clones that demangle alike",
		  { .kind = KIND_NATIVE, .name = "f()", .symbol = "_Z1fv", .object = "/lib/a.so" },
		  { .kind = KIND_NATIVE,
		    .name = "f()",
		    .symbol = "_Z1fv.cold",
		    .object = "/lib/a.so" },
		  "f() {_Z1fv}",
		  "f() {_Z1fv.cold}" },
		{ "nothing but the line differs",
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/m.py", .line = 1 },
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/m.py", .line = 9 },
		  "f #0.0",
		  "f #1.0" },
		{ "names and files that read alike when joined",
		  { .kind = KIND_NATIVE, .name = "a", .file = "/s/bc.c", .object = "/x" },
		  { .kind = KIND_NATIVE, .name = "ab", .file = "/s/c.c", .object = "/x" },
		  "a [x]",
		  "ab [x]" },
		{ "different names in one file",
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/m.py" },
		  { .kind = KIND_PYTHON, .name = "g", .module = "m", .file = "/m.py" },
		  "f",
		  "g" },
		{ "one name of two files' base names",
		  { .kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/m.py" },
		  { .kind = KIND_PYTHON, .name = "f", .module = "n", .file = "/n.py" },
		  "f",
		  "f" },
		{ "names that clean alike",
		  { .kind = KIND_PYTHON, .name = "f\n", .module = "m", .file = "/m.py" },
		  { .kind = KIND_PYTHON, .name = "f\t", .module = "n", .file = "/m.py" },
		  "f? (m)",
		  "f? (n)" },
		{ "no names",
		  { .kind = KIND_NATIVE, .name = "", .object = "/a" },
		  { .kind = KIND_NATIVE, .name = " ", .object = "/b" },
		  "[unnamed] [a]",
		  "[unnamed] [b]" },
		{ "our own vertices' names",
		  { .kind = KIND_NATIVE, .name = "(root)" },
		  { .kind = KIND_NATIVE, .name = "(all)" },
		  "(root) #0.0",
		  "(all) #1.0" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct callgraph *g;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, 1);
		maker_function(&m, &rows[i].a);
		maker_function(&m, &rows[i].b);
		p = maker_end(&m);
		g = callgraph_new(p, RECURSION_EXACT, texts);
		check_in(rows[i].label);
		check_text(g->vertices[0].name, rows[i].name_a, "the one");
		check_text(g->vertices[1].name, rows[i].name_b, "the other");
		callgraph_free(g);
		check_names(p);
		profile_free(p);
	}
	check_in(NULL);
}

/* Few letters, so that everything clashes with everything, also with the suffixes of others. */
static void names_stay_unique_whatever_they_are(void)
{
	static const char *const names[] = { "f",      "f [a]",  "f (m)", "f #0.0",
					     "f #3.0", "(root)", "",      "f#" };
	static const char *const files[] = { "", "/a", "/b/a", "/f", "???", "/x/" };

	for (uint64_t round = 0; round < 200; round++) {
		uint64_t seed = round;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, 1);
		for (uint32_t i = 0; i < 60; i++)
			maker_function(&m, &(struct function){
						   .kind = random_below(&seed, 2) ? KIND_PYTHON
										  : KIND_NATIVE,
						   .name = names[random_below(&seed, 8)],
						   .symbol = names[random_below(&seed, 8)],
						   .module = names[random_below(&seed, 8)],
						   .file = files[random_below(&seed, 6)],
						   .object = files[random_below(&seed, 6)],
					   });
		p = maker_end(&m);
		check_names(p);
		profile_free(p);
	}
}

/* ---- odd profiles ---- */

static void an_empty_profile_has_no_edges(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct callgraph *g;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, n_events);
		p = maker_end(&m);
		g = callgraph_new(p, RECURSION_EXACT, texts);
		check_u64(g->n_edges, 0, "no edges");
		check_u64(g->n_vertices, 2, "(root) and (all)");
		check(!g->vertices[0].used && !g->vertices[1].used, "both unused");
		callgraph_free(g);
		profile_free(p);
	}
}

static void a_sum_beyond_64_bits_is_told(void)
{
	struct callgraph *g;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "a;b", 0, 1, UINT64_MAX);
	maker_stack(&m, "a;c", 0, 1, 1);
	p = maker_end(&m);
	g = callgraph_new(p, RECURSION_EXACT, texts);
	check(g->overflow, "told");
	check_u64(g->sum[0].weight, UINT64_MAX, "and it does not wrap");
	callgraph_free(g);
	profile_free(p);
}

int main(void)
{
	texts = texts_new();
	what_comes_into_a_function_is_its_cost_once_per_sample_and_nothing_goes_round();
	without_recursion_no_edge_moves_and_kept_recursion_moves_none();
	of_a_recursion_the_heavier_direction_stays();
	an_edge_carries_the_line_of_its_caller();
	samples_without_weight_still_make_edges();
	samples_without_frames_are_the_roots_own();
	functions_that_readers_would_take_for_one_get_more_name();
	names_stay_unique_whatever_they_are();
	an_empty_profile_has_no_edges();
	a_sum_beyond_64_bits_is_told();
	texts_free(texts);
	return check_done("callgraph");
}
