/*
 * tests/unit/render.c - callgrind, DOT and CSV (render/callgrind.c, dot.c, csv.c), and empty documents.
 *
 * That the real readers take these files is what suites with those readers test; here stand the bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "render/renderers.h"
#include "report/callgraph.h"
#include "report/derived.h"
#include "report/dotgraph.h"
#include "report/folded.h"
#include "report/table.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

/* ---- callgrind ---- */

static const char *callgrind_of(struct capture *c, const struct profile *p)
{
	struct callgraph *g = callgraph_new(p, RECURSION_EXACT, texts);

	render_callgrind(capture_begin(c), g, p,
			 &(struct callgrind_header){ .command = "python\napp.py",
						     .description = "" });
	callgraph_free(g);
	return capture_end(c);
}

static void a_callgrind_file_has_a_header_all_objects_and_a_block_for_each_function(void)
{
	struct function f = {
		.kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/s/m.py", .line = 7
	};
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_function(&m, &f);
	maker_stack(&m, "f;work", 0, 2, 20);
	maker_stack(&m, "f;work", 1, 1, UINT64_MAX);
	maker_stack(&m, "f", 0, 1, 5);
	p = maker_end(&m);
	check_text(
		callgrind_of(&c, p),
		"# callgrind format\nversion: 1\ncreator: perfolio\ncmd: python?app.py\n"
		"positions: line\nevents: cycles instructions\nsummary: 25 18446744073709551615\n"
		"\nob=(1) python\nob=(2) /lib/made.so\nob=(3) ???\n"
		"\nob=(1)\nfl=(1) /s/m.py\nfn=(1) f\n7 5 0\n"
		"cob=(2)\ncfi=(2) ???\ncfn=(2) work\ncalls=3 0\n7 20 18446744073709551615\n"
		"\nob=(2)\nfl=(2)\nfn=(2)\n0 20 18446744073709551615\n"
		"\nob=(3)\nfl=(2)\nfn=(3) (root)\n0 0 0\n"
		"cob=(1)\ncfi=(1)\ncfn=(1)\ncalls=4 7\n0 25 18446744073709551615\n"
		"\nob=(3)\nfl=(2)\nfn=(4) (all)\n0 0 0\n"
		"cob=(3)\ncfi=(2)\ncfn=(3)\ncalls=4 0\n0 25 18446744073709551615\n"
		"\ntotals: 25 18446744073709551615\n",
		"all of it");
	capture_free(&c);
	profile_free(p);
}

static void events_are_distinct_words(void)
{
	static const struct {
		const char *label, *names[4], *line;
	} rows[] = {
		{ "words", { "cycles", "_x1", "A", "b" }, "events: cycles _x1 A b" },
		{ "what is no word",
		  { "cpu-clock", "cycles:u", "cpu/event=0x3c/u", "a b" },
		  "events: cpu_clock cycles_u cpu_event_0x3c_u a_b" },
		{ "equal ones", { "x", "x", "x", "y" }, "events: x x_2 x_3 y" },
		{ "that look like equal ones",
		  { "x", "x", "x_2", "x" },
		  "events: x x_2 x_2_2 x_3" },
		{ "equal only as words",
		  { "a:b", "a-b", "a_b", "a b" },
		  "events: a_b a_b_2 a_b_3 a_b_4" },
		{ "no beginning of a word", { "1x", "", "µs", "\n" }, "events: _1x _ __s __2" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, 4);
		for (size_t e = 0; e < 4; e++) {
			maker_stack(&m, "f", e, 1, 1);
			m.p->events[e].name = rows[i].names[e];
		}
		p = maker_end(&m);
		check(has_line(callgrind_of(&c, p), rows[i].line), rows[i].label);
		capture_free(&c);
		profile_free(p);
	}
}

static void metrics_are_lines_before_the_events(void)
{
	static int stalls[] = { 1, 100 }, less[] = { -3, 1 }, nothing[] = { 0, 0 };
	static const struct {
		const char *label;
		struct derived derived[2];
		size_t n;
		const char *lines;
	} rows[] = {
		{ "none", { { NULL, NULL } }, 0, "positions: line\nevents: " },
		{ "a word, whose name needs no other",
		  { { "stalls", stalls } },
		  1,
		  "\nevent: stalls = cycles + 100 instructions\nevents: " },
		{ "a name that is no word",
		  { { "stalls/s: a", less } },
		  1,
		  "\nevent: stalls_s__a = - 3 cycles + instructions : stalls/s: a\n" },
		{ "the name of an event",
		  { { "cycles", nothing } },
		  1,
		  "\nevent: cycles_2 = cycles - cycles\n" },
		{ "one name twice",
		  { { "m:", stalls }, { "m:", less } },
		  2,
		  "\nevent: m_ = cycles + 100 instructions : m:\n"
		  "event: m__2 = - 3 cycles + instructions\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct callgrind_header header = {
			.derived = rows[i].derived,
			.n_derived = rows[i].n,
		};
		struct callgraph *g;
		struct capture c;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, 2);
		maker_stack(&m, "f", 0, 1, 1);
		maker_stack(&m, "f", 1, 1, 5);
		p = maker_end(&m);
		g = callgraph_new(p, RECURSION_EXACT, texts);
		render_callgrind(capture_begin(&c), g, p, &header);
		check(strstr(capture_end(&c), rows[i].lines) != NULL, rows[i].label);
		capture_free(&c);
		callgraph_free(g);
		profile_free(p);
	}
}

/* Every line is one of those both readers know, in an order that they take. */
static bool is_callgrind_body(const char *text)
{
	static const char *const keys[] = { "ob=(",  "fl=(",  "fn=(",  "cob=(",
					    "cfi=(", "cfn=(", "calls=" };
	static const char *const before[] = { "", "ob=(", "fl=(", "", "cob=(", "cfi=(", "cfn=(" };
	const char *last = "";

	text = strstr(text, "\n\n");
	while (text && *text) {
		size_t len = strcspn(text, "\n");
		const char *key = "";

		for (size_t i = 0; i < 7; i++) {
			if (strncmp(text, keys[i], strlen(keys[i])) != 0)
				continue;
			key = keys[i];
			if (*before[i] && strcmp(before[i], last) != 0)
				return false;
		}
		if (!*key && len && strspn(text, "0123456789 ") != len &&
		    strncmp(text, "totals: ", 8) != 0)
			return false;
		last = key;
		text += len + 1;
	}
	return text != NULL;
}

static void hostile_names_stay_names_in_callgrind(void)
{
	static const char *const names[] = { "(1) id", "calls=5 1", "a\nfn=(1)", "",
					     " ",      "fn=(2)",    "\xff",      "???" };
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	for (size_t i = 0; i < 8; i++)
		for (size_t k = 0; k < 8; k++)
			maker_function(&m, &(struct function){ .kind = k & 1 ? KIND_PYTHON
									     : KIND_NATIVE,
							       .name = names[i],
							       .module = names[7 - i],
							       .file = names[k],
							       .object = names[(i + k) % 8] });
	for (uint32_t f = 0; f < 64; f++)
		maker_frames(&m, (uint32_t[]){ f, (f * 11 + 5) % 64, f }, 3, 0, 1, 1);
	p = maker_end(&m);
	callgrind_of(&c, p);
	check(is_callgrind_body(c.text), "the body is one");
	check(is_utf8(c.text), "UTF-8");
	check(strstr(c.text, ") (1) id") != NULL, "a name like an id is written behind its own");
	capture_free(&c);
	profile_free(p);
}

/* ---- dot ---- */

static const char *dot_of(struct capture *c, const struct profile *p,
			  const struct dot_options *options)
{
	struct totals *t = totals_new(p);
	struct dotgraph *g = dotgraph_new(p, t, options);

	render_dot(capture_begin(c), g);
	capture_end(c);
	dotgraph_free(g);
	totals_free(t);
	return c->text;
}

static const struct dot_options defaults = { .node_percent = 0.5,
					     .edge_percent = 0.1,
					     .limit = DOT_LIMIT };

static void a_graph_looks_as_gprof2dot_draws_it(void)
{
	struct function f = {
		.kind = KIND_PYTHON, .name = "f", .module = "pkg.m", .file = "/s/m.py"
	};
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &f);
	maker_stack(&m, "f;g", 0, 3, 50);
	maker_stack(&m, "f;g;f", 0, 1, 25);
	maker_stack(&m, "f", 0, 4, 24);
	maker_stack(&m, "light", 0, 1, 1);
	p = maker_end(&m);
	check_text(
		dot_of(&c, p, &(struct dot_options){ .node_percent = 2, .edge_percent = 0.1 }),
		"digraph {\n"
		"\t// shares of cycles; 1 function and 0 edges with smaller shares are left out\n"
		"\tgraph [charset=\"UTF-8\", fontname=\"Arial\", nodesep=\"0.125\", ranksep=\"0.25\"];\n"
		"\tnode [fontcolor=\"white\", fontname=\"Arial\", height=\"0\", shape=\"box\", "
		"style=\"filled\", width=\"0\"];\n"
		"\tedge [fontname=\"Arial\"];\n"
		"\tn0 [label=\"pkg.m\\nf\\n99.00%\\n(49.00%)\\n8×\", color=\"#fd0a00\", "
		"fontcolor=\"#ffffff\", fontsize=\"10.00\", tooltip=\"f (/s/m.py)\"];\n"
		"\tn1 [label=\"made.so\\ng\\n75.00%\\n(50.00%)\\n4×\", color=\"#dada06\", "
		"fontcolor=\"#ffffff\", fontsize=\"10.00\", tooltip=\"g (/lib/made.so)\"];\n"
		"\tn0 -> n1 [label=\"75.00%\\n4×\", color=\"#dada06\", fontcolor=\"#dada06\", "
		"fontsize=\"10.00\", penwidth=\"3.00\", labeldistance=\"3.00\", arrowsize=\"0.87\"];\n"
		"\tn1 -> n0 [label=\"25.00%\\n1×\", color=\"#0c9393\", fontcolor=\"#0c9393\", "
		"fontsize=\"10.00\", penwidth=\"1.00\", labeldistance=\"1.00\", arrowsize=\"0.50\", "
		"constraint=false];\n"
		"}\n",
		"all of it");
	capture_free(&c);
	profile_free(p);
}

/* From gprof2dot's formulas, theme "color". */
static void colors_run_from_dark_blue_to_red(void)
{
	static const struct {
		const char *label;
		uint64_t weight; /* of 1000 */
		const char *color, *pen;
	} rows[] = {
		{ "least", 1, "color=\"#0d0d73\"", "penwidth=\"0.50\"" },
		{ "an eighth", 125, "color=\"#0d4883\"", "penwidth=\"0.50\"" },
		{ "a quarter", 250, "color=\"#0c9393\"", "penwidth=\"1.00\"" },
		{ "half", 500, "color=\"#0ab60a\"", "penwidth=\"2.00\"" },
		{ "three quarters", 750, "color=\"#dada06\"", "penwidth=\"3.00\"" },
		{ "all", 1000, "color=\"#ff0000\"", "penwidth=\"4.00\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c;
		struct profile *p;
		struct maker m;
		const char *node, *edge;

		maker_begin(&m, texts, 1);
		maker_stack(&m, "main;part", 0, 1, rows[i].weight);
		maker_stack(&m, "main", 0, 1, 1000 - rows[i].weight);
		p = maker_end(&m);
		dot_of(&c, p, &(struct dot_options){ .limit = 0 });
		node = strstr(c.text, "made.so\\npart");
		edge = strstr(c.text, " -> ");
		check_in(rows[i].label);
		check(node && strstr(node, rows[i].color) &&
			      strstr(node, rows[i].color) < strchr(node, '\n'),
		      "the node's color");
		check(edge && strstr(edge, rows[i].color) && strstr(edge, rows[i].pen),
		      "the edge's");
		capture_free(&c);
		profile_free(p);
	}
	check_in(NULL);
}

/* Quotes are closed in their line, and behind each backslash stands one of \n \" \\. */
static bool is_dot_text(const char *text)
{
	bool quoted = false;

	for (const char *s = text; *s; s++) {
		if (*s == '\\' && quoted && (s[1] == 'n' || s[1] == '"' || s[1] == '\\'))
			s++;
		else if (*s == '\\' || (*s == '\n' && quoted) ||
			 (*s == '&' && strncmp(s, "&amp;", 5) != 0))
			return false;
		else if (*s == '"')
			quoted = !quoted;
	}
	return !quoted;
}

static void hostile_names_are_text_to_dot(void)
{
	static const char *const names[] = {
		"quote\" and \\back\\N\\l\\",
		"&lt;&amp;<b>",
		"a:b {x|y}",
		"line\nend",
		"\xff\xfe",
		"\xef\xbf\xbf",
		"",
		"  ",
		"漢字 größe 🐍",
		"n0 -> n1",
	};
	char *huge = mem_calloc(100001, 1);
	struct capture c;
	struct profile *p;
	struct maker m;

	for (size_t i = 0; i < 100000; i++)
		huge[i] = "\"\\&\xff"[i % 4];
	maker_begin(&m, texts, 1);
	for (size_t i = 0; i < 10; i++)
		maker_function(&m, &(struct function){ .kind = KIND_NATIVE,
						       .name = names[i],
						       .module = names[9 - i],
						       .file = names[(i + 3) % 10] });
	maker_function(&m,
		       &(struct function){
			       .kind = KIND_NATIVE, .name = huge, .module = huge, .file = huge });
	for (uint32_t f = 0; f < 11; f++)
		maker_frames(&m, (uint32_t[]){ f, (f + 1) % 11 }, 2, 0, 1, 1);
	p = maker_end(&m);
	p->events[0].name = "e\n}\" \\";
	for (int clusters = 0; clusters < 2; clusters++) {
		size_t longest = 0;

		dot_of(&c, p, &(struct dot_options){ .clusters = clusters });
		for (const char *s = c.text; *s; s += strcspn(s, "\n") + 1)
			if (strcspn(s, "\n") > longest)
				longest = strcspn(s, "\n");
		check(is_dot_text(strstr(c.text, "\tgraph [")), "quotes and backslashes");
		check(is_utf8(c.text), "UTF-8");
		check(longest < 16384, "no text longer than dot takes");
		check(strstr(c.text, "[unnamed]") != NULL, "what has no name is called so");
		capture_free(&c);
	}
	profile_free(p);
	free(huge);
}

static void clusters_hold_the_nodes_of_a_module(void)
{
	struct function a = { .kind = KIND_PYTHON, .name = "a", .module = "m" };
	struct function b = { .kind = KIND_PYTHON, .name = "b", .module = "k" };
	struct function c1 = { .kind = KIND_PYTHON, .name = "c", .module = "m" };
	struct dot_options options = defaults;
	struct capture c;
	struct profile *p;
	struct maker m;
	char *order[5];

	options.clusters = true;
	maker_begin(&m, texts, 1);
	maker_function(&m, &a);
	maker_function(&m, &b);
	maker_function(&m, &c1);
	maker_stack(&m, "a;b;c", 0, 1, 1);
	p = maker_end(&m);
	dot_of(&c, p, &options);
	order[0] = strstr(c.text, "subgraph cluster_0 {\n\tlabel=\"k\"");
	order[1] = strstr(c.text, "label=\"k\\nb");
	order[2] = strstr(c.text, "subgraph cluster_1 {\n\tlabel=\"m\"");
	order[3] = strstr(c.text, "label=\"m\\nc");
	order[4] = strstr(c.text, "label=\"m\\na");
	check(order[0] && order[0] < order[1] && order[1] < order[2] && order[2] < order[3] &&
		      order[3] < order[4],
	      "k: b, m: c, a");
	check(strstr(c.text, "newrank=\"true\"") != NULL, "ranked all together");
	capture_free(&c);
	profile_free(p);
}

/* ---- CSV ---- */

static const char *csv_of(struct capture *c, const struct profile *p, enum table_edges edges)
{
	static const struct table_summary summary = { .program = "", .host = "", .recording = "r" };
	struct totals *t = totals_new(p);
	struct table *table = table_new(p, t, NULL, &summary,
					&(struct table_options){ .event = -1, .edges = edges });

	render_csv(capture_begin(c), table);
	capture_end(c);
	table_free(table);
	totals_free(t);
	return c->text;
}

static void csv_has_a_row_for_each_function_or_edge(void)
{
	struct function f = {
		.kind = KIND_PYTHON, .name = "f", .module = "m", .file = "/s/m.py", .line = 7
	};
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &f);
	maker_stack(&m, "f;g", 0, 2, UINT64_MAX);
	p = maker_end(&m);
	check_text(
		csv_of(&c, p, EDGES_NONE),
		"kind,name,module,file,line,object,symbol,"
		"cycles self weight,cycles total weight,cycles self samples,cycles total samples\n"
		"native,g,made.so,,0,/lib/made.so,,18446744073709551615,18446744073709551615,2,2\n"
		"python,f,m,/s/m.py,7,,,0,18446744073709551615,0,2\n",
		"functions");
	capture_free(&c);
	check_text(csv_of(&c, p, EDGES_CALLERS),
		   "caller name,caller module,caller file,caller line,caller object,"
		   "callee name,callee module,callee file,callee line,callee object,"
		   "cycles weight,cycles samples\n"
		   "f,m,/s/m.py,7,,g,made.so,,0,/lib/made.so,18446744073709551615,2\n",
		   "edges");
	capture_free(&c);
	profile_free(p);
}

static void a_cell_is_quoted_where_it_must_be(void)
{
	static const struct {
		const char *label, *name, *cell;
	} rows[] = {
		{ "plain", "f", "f" },
		{ "blanks inside", "operator new", "operator new" },
		{ "a comma", "f(int, int)", "\"f(int, int)\"" },
		{ "quotes", "a\"b\"", "\"a\"\"b\"\"\"" },
		{ "blanks around", " a ", "\" a \"" },
		{ "line ends and other control bytes", "a\r\nb\x01\x7f", "a??b??" },
		{ "no UTF-8", "a\xff", "a?" },
		{ "what spreadsheets do not see", "\xe2\x80\xa8ö", "?ö" },
		{ "nothing", "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c;
		struct profile *p;
		struct maker m;
		char line[200];

		maker_begin(&m, texts, 1);
		maker_function(&m, &(struct function){ .kind = KIND_NATIVE, .name = rows[i].name });
		maker_frames(&m, (uint32_t[]){ 0 }, 1, 0, 1, 1);
		p = maker_end(&m);
		snprintf(line, sizeof(line), "native,%s,,,0,,,1,1,1,1", rows[i].cell);
		check(has_line(csv_of(&c, p, EDGES_NONE), line), rows[i].label);
		capture_free(&c);
		profile_free(p);
	}
}

static void columns_of_events_have_distinct_names(void)
{
	char huge[1001];
	struct capture c;
	struct profile *p;
	struct maker m;
	char *line;

	memset(huge, 'e', 1000);
	huge[1000] = '\0';
	maker_begin(&m, texts, 4);
	for (size_t e = 0; e < 4; e++)
		maker_stack(&m, "f;g", e, 1, 1);
	p = maker_end(&m);
	p->events[0].name = "a,b";
	p->events[1].name = "a,b_2";
	p->events[2].name = "a,b";
	p->events[3].name = "a,b\n";
	csv_of(&c, p, EDGES_CALLEES);
	check(strstr(c.text, ",\"a,b weight\",\"a,b samples\",\"a,b_2 weight\",\"a,b_2 samples\","
			     "\"a,b_3 weight\",\"a,b_3 samples\",a,b") == NULL,
	      "quoted");
	check(strstr(c.text,
		     ",\"a,b weight\",\"a,b samples\",\"a,b_2 weight\",\"a,b_2 samples\","
		     "\"a,b_3 weight\",\"a,b_3 samples\",\"a,b? weight\",\"a,b? samples\"\n"),
	      "equal ones are numbered, and no number is taken twice");
	capture_free(&c);
	for (size_t e = 0; e < 4; e++)
		p->events[e].name = huge;
	csv_of(&c, p, EDGES_NONE);
	line = strchr(c.text, '\n');
	*line = '\0';
	check(strstr(c.text, "e self weight,") && strstr(c.text, "e_4 total samples"),
	      "however long");
	capture_free(&c);
	profile_free(p);
}

/* ---- nothing ---- */

static void an_empty_profile_is_an_empty_document(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct capture c;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, n_events);
		maker_named(&m, "never");
		p = maker_end(&m);
		check_in(n_events ? "an event without samples" : "no events");
		check_text(
			callgrind_of(&c, p),
			n_events
				? "# callgrind format\nversion: 1\ncreator: perfolio\n"
				  "cmd: python?app.py\npositions: line\nevents: cycles\nsummary: 0\n"
				  "\nob=(1) ???\nfl=(1) ???\nfn=(1) (all)\n0 0\n\ntotals: 0\n"
				: "# callgrind format\nversion: 1\ncreator: perfolio\n"
				  "cmd: python?app.py\npositions: line\nevents: samples\nsummary: 0\n"
				  "\nob=(1) ???\nfl=(1) ???\nfn=(1) (all)\n0 0\n\ntotals: 0\n",
			"callgrind");
		capture_free(&c);
		check(strstr(dot_of(&c, p, &defaults), "\tempty [label=\"no samples\"") != NULL,
		      "dot");
		capture_free(&c);
		check_text(
			csv_of(&c, p, EDGES_NONE),
			n_events ? "kind,name,module,file,line,object,symbol,cycles self weight,"
				   "cycles total weight,cycles self samples,cycles total samples\n"
				 : "kind,name,module,file,line,object,symbol\n",
			"CSV");
		capture_free(&c);
		profile_free(p);
	}
	check_in(NULL);
}

int main(void)
{
	texts = texts_new();
	a_callgrind_file_has_a_header_all_objects_and_a_block_for_each_function();
	events_are_distinct_words();
	metrics_are_lines_before_the_events();
	hostile_names_stay_names_in_callgrind();
	a_graph_looks_as_gprof2dot_draws_it();
	colors_run_from_dark_blue_to_red();
	hostile_names_are_text_to_dot();
	clusters_hold_the_nodes_of_a_module();
	csv_has_a_row_for_each_function_or_edge();
	a_cell_is_quoted_where_it_must_be();
	columns_of_events_have_distinct_names();
	an_empty_profile_is_an_empty_document();
	texts_free(texts);
	return check_done("render");
}
