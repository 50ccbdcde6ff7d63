/*
 * tests/unit/function_name.c - functions by the names that people give (report/function_name.h).
 */
#include "report/function_name.h"

#include <stdlib.h>

#include "tests/check.h"

#define FUNCTION(k, n, s, m, p)                                                             \
	{                                                                                   \
		.kind = (k), .name = (n), .symbol = (s), .module = (m), .placeholder = (p), \
		.file = "", .object = ""                                                    \
	}

static const struct function functions[] = {
	FUNCTION(KIND_PYTHON, "Tree.build", "", "app.tree", false),
	FUNCTION(KIND_PYTHON, "main", "", "app", false),
	FUNCTION(KIND_NATIVE, "ns::build(int)", "_ZN2ns5buildEi", "libns.so", false),
	FUNCTION(KIND_KERNEL, "rebuild_sched_domains", "", "[kernel]", false),
	FUNCTION(KIND_UNKNOWN, "[unknown]", "", "", true),
	FUNCTION(KIND_TASK, "builder-1/1", "", "", false),
};

enum { N = sizeof(functions) / sizeof(functions[0]), ALL = 0xf };

static void a_function_is_called_by_name_symbol_or_module_and_name(void)
{
	static const struct {
		const char *name;
		int function; /* the only one that is called so; -1: none */
	} rows[] = {
		{ "Tree.build", 0 }, { "app.tree.Tree.build", 0 },   { "app.main", 1 },
		{ "main", 1 },       { "_ZN2ns5buildEi", 2 },        { "ns::build(int)", 2 },
		{ "build", -1 },     { "app.tree.Tree.builds", -1 }, { "", -1 },
		{ "app.", -1 },      { "tree.Tree.build", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int f = 0; f < N; f++)
			check(function_is_called(&functions[f], rows[i].name) ==
				      (f == rows[i].function),
			      rows[i].name);
}

static void what_may_be_meant_is_a_function_of_these_kinds(void)
{
	static const struct {
		const char *wanted;
		unsigned kinds;
		const char *hint;
	} rows[] = {
		{ "build", ALL,
		  "; did you mean 'Tree.build', 'ns::build(int)' or 'rebuild_sched_domains'?" },
		{ "build", 1 << KIND_PYTHON, "; did you mean 'Tree.build'?" },
		{ "app.tree.Tree.biuld", ALL, "; did you mean 'app.tree.Tree.build'?" },
		{ "unknown", ALL, "" },
		{ "builder", ALL, "; did you mean 'Tree.build' or 'ns::build(int)'?" },
		{ "", ALL, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *hint = function_names_hint(functions, N, rows[i].kinds, rows[i].wanted);

		check_text(hint, rows[i].hint, rows[i].wanted);
		free(hint);
	}
}

int main(void)
{
	a_function_is_called_by_name_symbol_or_module_and_name();
	what_may_be_meant_is_a_function_of_these_kinds();
	return check_done("function_name");
}
