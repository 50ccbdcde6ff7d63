/*
 * tests/unit/python_source.c - the definitions of written sources; what real Pythons say of them is compared in
 * tests/differential/python_definitions, which has these constructs too.
 */
#include "parser/python_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "tests/check.h"

/* "QUALNAME FIRST-END", of all definitions but the module, with ", " between; a name may be "KIND:NAME". */
static char *shown(const struct python_source *s, bool kinds)
{
	static char text[4096];
	size_t len = 0;

	text[0] = '\0';
	for (uint32_t i = 1; i < s->n && len < sizeof(text); i++) {
		const struct python_definition *d = &s->definitions[i];
		char *name = python_source_qualname(s, i);

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s%s%s %" PRIu32 "-%" PRIu32, i > 1 ? ", " : "",
					kinds ? python_kind_name(d->kind) : "", kinds ? ":" : "",
					name, d->first_line, d->end_line);
		free(name);
	}
	return text;
}

static void check_source(const char *label, unsigned minor, const char *text, const char *want)
{
	struct python_source s;

	python_source_scan(text, strlen(text), minor, &s);
	check_text(shown(&s, false), want, label);
	check_text(s.trouble, NULL, label);
	python_source_free(&s);
}

struct source_row {
	const char *label, *text, *want;
};

static void check_rows(unsigned minor, const struct source_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_source(rows[i].label, minor, rows[i].text, rows[i].want);
}

#define CHECK_ROWS(minor, rows) check_rows(minor, rows, sizeof(rows) / sizeof((rows)[0]))

static void definitions_have_qualified_names_and_lines(void)
{
	static const struct source_row rows[] = {
		{ "nothing", "", "" },
		{ "no definition", "x = 1\n", "" },
		{ "a function", "def f(a):\n    return a\n", "f 1-2" },
		{ "on one line", "def f(): pass\n\nx = 1\n", "f 1-1" },
		{ "the last line without its end", "def f(): return 1", "f 1-1" },
		{ "comments and blank lines behind a body are no part of it",
		  "def f():\n    pass\n    # c\n\n  # d\n\nx\n", "f 1-2" },
		{ "decorators belong to it", "@a\n@b(\n  1)\n\n# c\ndef f():\n    pass\n",
		  "f 1-7" },
		{ "parentheses around a decorator do not",
		  "@(\n\n  (a)\n)\ndef f(): pass\n@(\n a)(1)\ndef g(): pass\n@(\n a,\n)\n"
		  "class C: pass\n",
		  "f 3-5, g 6-8, C 9-12" },
		{ "async",
		  "async def f():\n    async with a as b: pass\n    async for x in y:\n"
		  "        pass\n",
		  "f 1-4" },
		{ "class and method",
		  "class A(B, m=C):\n  x = 1\n  def f(self):\n    pass\n\ny = 1\n",
		  "A 1-4, A.f 3-4" },
		{ "nested functions are locals",
		  "def f():\n  def g():\n    class A:\n      def h(): pass\n  return g\n",
		  "f 1-5, f.<locals>.g 2-4, f.<locals>.g.<locals>.A 3-4, "
		  "f.<locals>.g.<locals>.A.h 4-4" },
		{ "compound statements are no scopes",
		  "if a:\n  def f(): pass\nelif b:\n  def f(): pass\nelse:\n  try:\n    class A: pass\n"
		  "  except* E as e: pass\n  finally:\n    while x: pass\n    def g(): pass\n",
		  "f 2-2, f 4-4, A 7-7, g 11-11" },
		{ "one of them on a line with others", "if x: a = lambda: 0; b = lambda: 1\n",
		  "<lambda> 1-1, <lambda> 1-1" },
		{ "global names are plain",
		  "def f():\n  global g, A\n  def g(): pass\n  class A:\n"
		  "    def h(): pass\n    def g(): pass\n",
		  "f 1-6, g 3-3, A 4-6, A.h 5-5, A.g 6-6" },
		{ "nonlocal ones are not",
		  "def f():\n  g = 1\n  def h():\n    nonlocal g\n"
		  "    def g(): pass\n",
		  "f 1-5, f.<locals>.h 3-5, f.<locals>.h.<locals>.g 5-5" },
		{ "mangling changes nothing", "class A:\n  def __f(self): pass\n",
		  "A 1-2, A.__f 2-2" },
		{ "names beyond ASCII",
		  "def stra\xc3\x9f"
		  "e(): pass\n",
		  "stra\xc3\x9f"
		  "e 1-1" },
		{ "words that only begin like keywords",
		  "define = 1\nclassy = lambda_ = 2\ndef definition(): pass\n", "definition 3-3" },
	};

	CHECK_ROWS(12, rows);
}

static void lambdas_end_where_their_expression_does(void)
{
	static const struct source_row rows[] = {
		{ "in a call", "f(lambda a, b=1: a +\n b, 2)\n", "<lambda> 1-2" },
		{ "within another", "lambda: (lambda x: x)\n",
		  "<lambda> 1-1, <lambda>.<locals>.<lambda> 1-1" },
		{ "as a default of another", "lambda a=lambda: 0, *b: a\n",
		  "<lambda> 1-1, <lambda> 1-1" },
		{ "as a default and in a decorator",
		  "@d(lambda: 0)\ndef f(a=lambda: 1, *, b: int = lambda: 2): "
		  "pass\n",
		  "<lambda> 1-1, f 1-2, <lambda> 2-2, <lambda> 2-2" },
		{ "in the body of a class", "class A: x = lambda: 0\n", "A 1-1, A.<lambda> 1-1" },
		{ "key and value", "{lambda: 1: lambda: 2}\n", "<lambda> 1-1, <lambda> 1-1" },
		{ "slice", "a[lambda: 1:lambda: 2]\n", "<lambda> 1-1, <lambda> 1-1" },
		{ "before as, from and a block",
		  "with lambda: 0 as f: pass\nraise lambda: 1 from x\nif lambda: y:\n  def f(): pass\n",
		  "<lambda> 1-1, <lambda> 2-2, <lambda> 3-3, f 4-4" },
		{ "walrus and comparison", "(x := lambda: a <= b, y)\nz = lambda: a == b\n",
		  "<lambda> 1-1, <lambda> 2-2" },
	};

	CHECK_ROWS(12, rows);
}

static void comprehensions_have_code_as_their_python_has_it(void)
{
	static const char text[] = "class A:\n"
				   "  x = [lambda: 1 for a in (lambda: 2)() if (lambda: 3)]\n"
				   "  y = {\n"
				   "    k: list(v for v in w) for k in z}\n"
				   "def f():\n"
				   "  return {g(i) async for i in (j for j in k)}\n";
	static const struct source_row generators[] = {
		{ "the first iterable belongs to the outside",
		  "f(lambda: 0 for x in g(lambda: 1) for y in (lambda: 2) if (lambda: 3))\n",
		  "<genexpr> 1-1, <genexpr>.<lambda> 1-1, <lambda> 1-1, <genexpr>.<lambda> 1-1, "
		  "<genexpr>.<lambda> 1-1" },
		{ "over lines", "x = (\n a\n for a\n in b\n)\n", "<genexpr> 1-5" },
		{ "no comprehensions", "for x in (a, [b], {c}): pass\n", "" },
		{ "a number before the word", "(0xfor x in y)\nlist(1for x in y)\n",
		  "<genexpr> 2-2" },
	};

	check_source(
		"3.11", 11, text,
		"A 1-4, A.<listcomp> 2-2, A.<listcomp>.<lambda> 2-2, A.<lambda> 2-2, "
		"A.<listcomp>.<lambda> 2-2, A.<dictcomp> 3-4, A.<dictcomp>.<genexpr> 4-4, f 5-6, "
		"f.<locals>.<setcomp> 6-6, f.<locals>.<genexpr> 6-6");
	check_source(
		"3.12: inlined", 12, text,
		"A 1-4, A.<lambda> 2-2, A.<lambda> 2-2, A.<lambda> 2-2, A.<genexpr> 4-4, f 5-6, "
		"f.<locals>.<genexpr> 6-6");
	CHECK_ROWS(12, generators);
}

static void type_parameters_are_scopes_that_names_do_not_show(void)
{
	static const char text[] = "@d\n"
				   "def f[T: (lambda: 1), *U](a: (lambda: 2) = lambda: 3): pass\n"
				   "class A[T](B(lambda: 4)):\n"
				   "  def g[V](self): pass\n"
				   "  type X[W] = (lambda: 5)\n"
				   "type Y = (lambda: 6)\n"
				   "def h[T = (lambda: 7)](): pass\n"
				   "type = type(x)\n"
				   "type in (lambda: 8)\n";

	check_source(
		"3.13", 13, text,
		"<generic parameters of f> 1-2, T 2-2, <generic parameters of f>.<lambda> 2-2, "
		"f 1-2, <lambda> 2-2, <lambda> 2-2, <generic parameters of A> 3-5, A 3-5, "
		"<lambda> 3-3, A.<generic parameters of g> 4-4, A.g 4-4, "
		"A.<generic parameters of X> 5-5, A.X 5-5, A.X.<locals>.<lambda> 5-5, Y 6-6, "
		"Y.<locals>.<lambda> 6-6, <generic parameters of h> 7-7, T 7-7, "
		"<generic parameters of h>.<lambda> 7-7, h 7-7, <lambda> 9-9");
	check_source("3.14: aliases, too", 14,
		     "class A:\n  type X = [i for i in lambda_]\n  type Y[T] = 3\n",
		     "A 1-3, A.X 2-2, A.<listcomp> 2-2, A.<generic parameters of Y> 3-3, A.Y 3-3");
}

static void annotations_are_evaluated_where_python_evaluates_them(void)
{
	static const char text[] = "x: (lambda: 1) = (lambda: 2)\n"
				   "class A:\n"
				   "  a: (lambda: 3)\n"
				   "  a.b: (lambda: 4)\n"
				   "  def f(self, b: (lambda: 5)) -> (lambda: 6):\n"
				   "    c: (lambda: 7) = (lambda: 8)\n";

	check_source("3.13: at once, but for local variables", 13, text,
		     "<lambda> 1-1, <lambda> 1-1, A 2-6, A.<lambda> 3-3, A.<lambda> 4-4, A.f 5-6, "
		     "A.<lambda> 5-5, A.<lambda> 5-5, A.f.<locals>.<lambda> 6-6");
	check_source("3.14: by functions, of names only", 14, text,
		     "__annotate__ 1-6, <lambda> 1-1, <lambda> 1-1, A 2-6, A.__annotate__ 2-6, "
		     "A.<lambda> 3-3, A.f 5-6, A.__annotate__ 5-6, A.<lambda> 5-5, A.<lambda> 5-5, "
		     "A.f.<locals>.<lambda> 6-6");
	check_source("3.15: named after theirs", 15,
		     "class A:\n  def f(a: b): pass\ndef g[T](a: T): pass\n",
		     "A 1-2, A.f 2-2, A.f.__annotate__ 2-2, <generic parameters of g> 3-3, g 3-3, "
		     "__annotate__ 3-3");
	check_source("as texts: never", 13,
		     "'''d'''\nfrom __future__ import (division, annotations)\n"
		     "x: (lambda: 1)\ndef f(a: (lambda: 2)) -> (lambda: 3): pass\n",
		     "f 4-4");
}

static void match_and_case_are_keywords_where_they_can_be(void)
{
	static const struct source_row rows[] = {
		{ "a match",
		  "match x:\n  case [1, lambda_] if (lambda: 0):\n    def f(): pass\n  case _: "
		  "y = lambda: 1\n",
		  "<lambda> 2-2, f 3-3, <lambda> 4-4" },
		{ "names",
		  "match: (lambda: 0) = 1\nmatch[a]: int = 1\ncase = match(x)\nprint(match, case)\n"
		  "def match(case): pass\n",
		  "<lambda> 1-1, match 5-5" },
		{ "a match of brackets", "match (x):  # c\n  case (y): def_ = 1\nclass A: pass\n",
		  "A 3-3" },
	};

	CHECK_ROWS(12, rows);
}

static void lines_and_indentation_are_pythons(void)
{
	static const struct source_row rows[] = {
		{ "tabs go to multiples of eight",
		  "if x:\n\tdef f():\n\t  pass\n        def g(): pass\n", "f 2-3, g 4-4" },
		{ "a form feed begins anew", "def f():\n  pass\n \f  \n\fdef g():\n \f  pass\n",
		  "f 1-2, g 4-5" },
		{ "CRLF", "def f():\r\n  '''a\r\n  b'''\r\n\r\ndef g(): pass\r\n", "f 1-3, g 5-5" },
		{ "CR", "def f():\r  x = '''a\r  b'''\r\rdef g(): pass\r", "f 1-3, g 5-5" },
		{ "byte order mark and cookie",
		  "\xef\xbb\xbf# -*- coding: latin-1 -*-\ndef f(): '\xe4'\n", "f 2-2" },
		{ "joined lines",
		  "def \\\n  f \\\n  (): \\\n  pass\nx = 1 + \\\n\\\n  2\ndef g():\n  \\\n"
		  "pass\n  y\n",
		  "f 1-4, g 8-11" },
		{ "brackets join lines",
		  "x = (1,\ndefinition,\n  # c )\n)\ndef f(a,\n  b\n): return [\n  1]\n", "f 5-8" },
		{ "comments say nothing", "def f():\n    a\n  # c\n# d\n    b\n", "f 1-5" },
		{ "semicolons", "def f(): x = 1; y = 2;\nclass A: pass; x = lambda: 0\n",
		  "f 1-1, A 2-2, A.<lambda> 2-2" },
	};

	CHECK_ROWS(12, rows);
}

static void strings_hold_no_code_but_for_their_fields(void)
{
	static const struct source_row rows[] = {
		{ "quotes", "a = 'def f(): \" \\' '; b = \"def g(): ' \\\" \"\ndef h(): ''\n",
		  "h 2-2" },
		{ "triple quotes",
		  "'''\ndef f(): pass\n''\\''''\n\"\"\"\nclass A: ''' \"\" \"\"\"\ndef g(): pass\n",
		  "g 6-6" },
		{ "joined", "'a\\\ndef f(): pass'\ndef g(): pass\n", "g 3-3" },
		{ "prefixes", "rb'\\'' b\"\" Rb'\\\\' BR'''\n''' u'x' r'\\''\ndef f(): pass\n",
		  "f 3-3" },
		{ "no prefix", "ruf = lambda: 0\nif'x':\n  f = lambda: 1\n",
		  "<lambda> 1-1, <lambda> 3-3" },
		{ "fields", "def f():\n  return f'{(lambda: 0)} {{lambda}} {x!r:>{(lambda: 1)}}'\n",
		  "f 1-2, f.<locals>.<lambda> 2-2, f.<locals>.<lambda> 2-2" },
		{ "the same quotes within", "f\"{f\"{(x for x in \"}\")}\"}\" + (lambda: 0)\n",
		  "<genexpr> 1-1, <lambda> 1-1" },
		{ "lines in a field",
		  "x = f'{\n  a # }\n  [b:c]:{d}\n}' + f'''{\nlambda_:\n}'''\nlambda: 0\n",
		  "<lambda> 7-7" },
		{ "escapes and names of characters",
		  "f'\\N{BULLET} \\{(lambda: 0)} \\'{x}' rf'\\{(lambda: 1)} \\N{(lambda: 2)}'\n",
		  "<lambda> 1-1, <lambda> 1-1, <lambda> 1-1" },
		{ "formats",
		  "f'{x:{{(lambda: 0)}}}' f'{x:%H:%M\\'}' f'{x!=y}{z=}{z=!r:^20}{lambda_:=5}'\n"
		  "lambda: 1\n",
		  "<lambda> 1-1, <lambda> 2-2" },
		{ "templates", "t'{(lambda: 0)}' rt'''{(x for x in\ny)}'''\n",
		  "<lambda> 1-1, <genexpr> 1-2" },
		{ "empty ones", "f'' f\"\" '' f'''''' f'{x}'''\nlambda: 0\n", "<lambda> 2-2" },
	};

	CHECK_ROWS(14, rows);
}

static void kinds_and_columns_are_those_of_ast(void)
{
	static const char text[] = "class A:\n"
				   "  @d\n"
				   "  async def f(self): pass\n"
				   "  def g(self): return lambda: f(x for x in y)\n";
	static const uint32_t columns[] = { 0, 0, 2, 2, 22, 31 };
	struct python_source s;

	python_source_scan(text, strlen(text), 12, &s);
	check_text(shown(&s, true),
		   "class:A 1-4, async function:A.f 2-3, function:A.g 4-4, "
		   "lambda:A.g.<locals>.<lambda> 4-4, "
		   "generator expression:A.g.<locals>.<lambda>.<locals>.<genexpr> 4-4",
		   "kinds");
	check_u64(s.n, sizeof(columns) / sizeof(columns[0]), "all of them");
	for (size_t i = 0; i < s.n && i < sizeof(columns) / sizeof(columns[0]); i++)
		check_u64(s.definitions[i].column, columns[i], "column");
	check_u64(s.definitions[2].line, 3, "the line of def is not that of the decorator");
	check_u64(s.lines, 4, "lines");
	check_u64(s.definitions[0].end_line, 4, "the module ends with the last");
	python_source_free(&s);
}

static void a_name_finds_all_candidates_and_the_line_decides(void)
{
	static const char text[] = "if x:\n  def f(): pass\nelse:\n  def f(): pass\n"
				   "class A:\n  def f(self): return lambda: lambda: 0\n";
	static const struct {
		const char *label, *qualname;
		uint32_t line, n, first;
		bool other;
	} rows[] = {
		{ "the module", "<module>", 0, 1, 1, false },
		{ "two of a name", "f", 0, 2, 2, false },
		{ "the line of one", "f", 4, 1, 4, false },
		{ "the line of none", "f", 3, 2, 2, true },
		{ "nested ones", "A.f.<locals>.<lambda>.<locals>.<lambda>", 0, 1, 6, false },
		{ "the end of a name is none", "<lambda>", 0, 0, 0, false },
		{ "nor is its beginning", "A.f.<locals>", 0, 0, 0, false },
		{ "nor a name before it", "B.A.f", 0, 0, 0, false },
		{ "another separator", "A.<locals>.f", 0, 0, 0, false },
		{ "nothing", "", 0, 0, 0, false },
		{ "nobody, and a line", "g", 2, 0, 0, false },
	};
	struct python_source s;

	python_source_scan(text, strlen(text), 12, &s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct python_candidates c;

		python_source_find(&s, rows[i].qualname, rows[i].line, &c);
		check_u64(c.n, rows[i].n, rows[i].label);
		check(c.other_line == rows[i].other, rows[i].label);
		if (c.n)
			check_u64(s.definitions[c.definitions[0]].first_line, rows[i].first,
				  rows[i].label);
		python_candidates_free(&c);
	}
	python_source_free(&s);
}

/* The names of a definition's own code, those that are called with "()". */
static const char *names_of(const struct python_source *s, const char *qualname)
{
	static char text[512];
	struct python_candidates c;
	struct python_names names;
	size_t len = 0;

	text[0] = '\0';
	python_source_find(s, qualname, 0, &c);
	python_source_names(s, &names);
	for (size_t i = names.first[c.definitions[0]]; i < names.first[c.definitions[0] + 1]; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s%s", len ? " " : "",
					(int)names.items[i].len, s->text + names.items[i].at,
					names.items[i].call ? "()" : "");
	python_names_free(&names);
	python_candidates_free(&c);
	return text;
}

static void names_belong_to_the_code_that_has_them(void)
{
	static const char text[] = "@a.b\n@c(d)\ndef f(p, q=e(1)):\n"
				   "  global g\n  import h\n  from i import j\n"
				   "  x.k(y, l=m).n()\n"
				   "  def o(): r()\n"
				   "  s\n  (t)\n"
				   "  u(lambda v, w=z(): aa(), [bb(cc) for cc in dd()])\n"
				   "  (ee() for ee in ff())\n"
				   "class A(gg(), hh=ii): jj(f'{kk()}')\n";
	struct python_source s;

	python_source_scan(text, strlen(text), 12, &s);
	check_text(names_of(&s, "<module>"), "a b() c() d e() gg() ii", "the module");
	check_text(names_of(&s, "f"), "x k() y m n() s t u() z() bb() cc cc dd() ff()",
		   "a function");
	check_text(names_of(&s, "f.<locals>.o"), "r()", "one in it");
	check_text(names_of(&s, "f.<locals>.<lambda>"), "aa()", "a lambda");
	check_text(names_of(&s, "f.<locals>.<genexpr>"), "ee() ee", "a generator expression");
	check_text(names_of(&s, "A"), "jj() kk()", "a class");
	python_source_free(&s);
}

static void generators_are_known(void)
{
	static const char text[] =
		"def f(): yield 1\ndef g():\n  def h(): x = yield\n  return (yield_ for x in y)\n";
	static const bool generator[] = { false, true, false, true, false };
	struct python_source s;

	python_source_scan(text, strlen(text), 12, &s);
	check_u64(s.n, 5, "definitions");
	for (size_t i = 0; i < s.n && i < 5; i++)
		check(s.definitions[i].generator == generator[i], "only what yields itself");
	python_source_free(&s);
}

static void what_is_no_python_is_stepped_over_and_told(void)
{
	static const struct {
		const char *label, *text, *want, *trouble;
		uint32_t line;
	} rows[] = {
		{ "a string without an end", "x = 'abc\ndef f(): pass\n", "f 2-2",
		  "string without an end", 1 },
		{ "one over lines", "def f(): pass\n'''\ndef g(): pass\n", "f 1-1",
		  "string without an end", 2 },
		{ "that ends the file", "def f(): '''\n", "f 1-1", "string without an end", 1 },
		{ "an f-string", "x = f'{a\ndef g(): pass\n", "g 2-2", "bracket without an end",
		  1 },
		{ "its literal text", "x = f'a\ndef g(): pass\n", "g 2-2", "string without an end",
		  1 },
		{ "its format", "x = f'{a:3'\ndef g(): pass\n", "g 2-2",
		  "replacement field without an end", 1 },
		{ "a bracket", "class A:\n  x = (1,\n  y = 2\n  def f(self): pass\n",
		  "A 1-4, A.f 4-4", "bracket without an end", 3 },
		{ "a bracket before async", "x = [\nasync def f(): pass\n", "f 2-2",
		  "bracket without an end", 1 },
		{ "one too many", "x = 1)\ndef f(): pass\n", "f 2-2", "bracket that closes nothing",
		  1 },
		{ "no block", "def f():\ndef g():\n  pass\nclass A:\n", "f 1-1, g 2-3, A 4-4", NULL,
		  0 },
		{ "a block too many", "x\n  def f(): pass\n y\n", "f 2-2",
		  "indentation that fits no outer block", 3 },
		{ "half a head", "def f(a\n\ndef g(): pass\ndef\nclass\n@\nasync\ndef h\n",
		  "f 1-1, g 3-3", "bracket without an end", 2 },
		{ "NUL and other bytes", "x = \0 $ ? \x80 \\ 1\ndef f(): pass\n", "f 2-2", NULL,
		  0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct python_source s;
		size_t len = strlen(rows[i].text);

		if (len < 10) /* the one with a NUL */
			len += 1 + strlen(rows[i].text + len + 1);
		python_source_scan(rows[i].text, len, 12, &s);
		check_text(shown(&s, false), rows[i].want, rows[i].label);
		check_text(s.trouble, rows[i].trouble, rows[i].label);
		check_u64(s.trouble_line, rows[i].line, rows[i].label);
		python_source_free(&s);
	}
}

/* `times` times `piece`. */
static char *repeated(const char *piece, size_t times)
{
	size_t len = strlen(piece);
	char *text = mem_calloc(times + 1, len);

	for (size_t i = 0; i < times * len; i++)
		text[i] = piece[i % len];
	return text;
}

static void depth_is_bounded_and_length_is_not(void)
{
	static const struct {
		const char *label, *piece;
		size_t times;
	} rows[] = {
		{ "brackets", "(", 1000000 },
		{ "brackets, closed at once", "()", 500000 },
		{ "lambdas", "lambda:", 300000 },
		{ "lambdas in brackets", "(lambda:", 300000 },
		{ "comprehensions in themselves", "[x for x in ", 200000 },
		{ "comprehensions side by side", "[x for x in y],", 200000 },
		{ "fields in themselves", "f'{", 300000 },
		{ "formats in formats", "f'{x:{", 300000 },
		{ "definitions on a line", "def f():", 300000 },
		{ "decorators", "@a\n", 300000 },
		{ "globals and definitions", "def f():\n global g\n def g():0\n", 100000 },
		{ "joined lines", "\\\n", 500000 },
		{ "newlines in a bracket", "\n(\n", 300000 },
		{ "quotes", "'\n\"\n", 300000 },
		{ "type parameters", "def f[T:", 200000 },
		{ "annotations", "x:(lambda:0)\n", 200000 },
		{ "words", "async ", 300000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = repeated(rows[i].piece, rows[i].times);
		struct python_source s;

		python_source_scan(text, strlen(text), 14, &s);
		check(s.n >= 1 && s.n <= PYTHON_MAX_DEFINITIONS, rows[i].label);
		for (uint32_t d = 0; d < s.n; d += (uint32_t)(1 + s.n / 50)) {
			char *name = python_source_qualname(&s, d);

			check(strlen(name) < 100000, rows[i].label);
			free(name);
		}
		python_source_free(&s);
		free(text);
	}
}

static void blocks_within_blocks_end(void)
{
	char text[120 * 140], *at = text;
	struct python_source s;

	for (int depth = 0; depth < 120; depth++)
		at += snprintf(at, 140, "%*sif x:\n", depth, "");
	python_source_scan(text, (size_t)(at - text), 12, &s);
	check_text(s.trouble, "blocks nested too deeply", "trouble");
	check_u64(s.trouble_line, 102, "where CPython stops, too");
	python_source_free(&s);
}

static void every_prefix_is_scanned_without_harm(void)
{
	static const char text[] =
		"@(a)\nclass A[T: int]:\n\tasync def f(self, x: int = (lambda: 0)) -> "
		"'''d''':\n\t\tglobal g\n\t\treturn f'{[y async for y in "
		"z]:{w}}' \\\n + rb\"\\\"\"\ntype X[*Y] = {1: 2 for a in b}\nmatch x:\n"
		"  case _: pass\n";

	for (size_t len = 0; len < sizeof(text); len++) {
		char *exact =
			mem_text(text, len); /* so that a sanitizer sees what is read behind it */
		char *copy = mem_resize(NULL, len + 1, 1);
		struct python_source s;

		memcpy(copy, exact, len);
		copy = mem_resize(copy, len ? len : 1, 1);
		python_source_scan(copy, len, 15, &s);
		check(s.n >= 1, "the module at least");
		python_source_free(&s);
		free(copy);
		free(exact);
	}
}

int main(void)
{
	definitions_have_qualified_names_and_lines();
	lambdas_end_where_their_expression_does();
	comprehensions_have_code_as_their_python_has_it();
	type_parameters_are_scopes_that_names_do_not_show();
	annotations_are_evaluated_where_python_evaluates_them();
	match_and_case_are_keywords_where_they_can_be();
	lines_and_indentation_are_pythons();
	strings_hold_no_code_but_for_their_fields();
	kinds_and_columns_are_those_of_ast();
	a_name_finds_all_candidates_and_the_line_decides();
	names_belong_to_the_code_that_has_them();
	generators_are_known();
	what_is_no_python_is_stepped_over_and_told();
	depth_is_bounded_and_length_is_not();
	blocks_within_blocks_end();
	every_prefix_is_scanned_without_harm();
	return check_done("python_source");
}
