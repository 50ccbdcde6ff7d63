/*
 * tests/unit/pyname.c - trampolines' names and modules of Python files (report/pyname.h).
 */
#include "report/pyname.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "tests/check.h"

static struct texts *texts;

static void a_trampolines_name_is_split_at_its_first_colon(void)
{
	static const struct {
		const char *symbol, *qualname, *file; /* NULL: no such name */
	} rows[] = {
		{ "py::f:/srv/app/a.py", "f", "/srv/app/a.py" },
		{ "py::A.f.<locals>.<lambda>:/a b/c.py", "A.f.<locals>.<lambda>", "/a b/c.py" },
		{ "py::<module>:<frozen importlib._bootstrap>", "<module>",
		  "<frozen importlib._bootstrap>" },
		{ "py::f:/srv/a:b.py", "f", "/srv/a:b.py" },
		{ "py::f:", "f", "" },
		{ "py:::/a.py", "", "/a.py" },
		{ "py::f", NULL, NULL },
		{ "py::", NULL, NULL },
		{ "py:f:/a.py", NULL, NULL },
		{ "Py::f:/a.py", NULL, NULL },
		{ "LazyCompile:~f /a.js:1", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *qualname = NULL, *file = NULL;

		check_in(rows[i].symbol);
		check(pyname_split(texts, rows[i].symbol, &qualname, &file) == !!rows[i].qualname,
		      "split or not");
		check_text(qualname, rows[i].qualname, "qualname");
		check_text(file, rows[i].file, "file");
	}
	check_in(NULL);
}

static void the_module_of_a_file_alone(void)
{
	static const struct {
		const char *file, *module;
	} rows[] = {
		{ "/usr/lib/python3.12/json/decoder.py", "json.decoder" },
		{ "/usr/lib/python3.12/json/__init__.py", "json" },
		{ "/usr/lib64/python3.9/enum.py", "enum" },
		{ "/usr/lib/python3.13t/asyncio/events.py", "asyncio.events" },
		{ "/usr/lib/python3.12d/enum.py", "enum" },
		{ "lib/python3.12/a/b.py", "a.b" },
		{ "/Library/Frameworks/Python.framework/Versions/3.12/lib/python3.12/a/b.py",
		  "a.b" },
		{ "/venv/lib/python3.12/site-packages/pip/_internal/cli/main.py",
		  "pip._internal.cli.main" },
		{ "/venv/lib/python3.12/site-packages/pip/__main__.py", "pip" },
		{ "/usr/lib/python3/dist-packages/numpy/_core/multiarray.py",
		  "numpy._core.multiarray" },
		{ "/site-packages/a/site-packages/b/c.py", "b.c" },
		{ "/site-packages/x/lib/python3.12/c/d.py", "c.d" },
		{ "/site-packages/__init__.py", "site-packages" },
		{ "/usr/lib/python3.12/a/../b/./c.py", "b.c" },
		{ "/usr/lib//python3.12//b//c.py", "b.c" },
		{ "/v/site-packages/foo-1.0-py3.12.egg/foo/bar.py", "foo.bar" },
		{ "/spark/python/lib/pyspark.zip/pyspark/worker.py", "pyspark.worker" },
		{ "/srv/app.pyz/__main__.py", "app.pyz" },
		{ "/srv/app.pyz/pkg/__main__.py", "pkg" },
		{ "/lib/python3/a/b.py", "b" },
		{ "/lib/python3.x/a/b.py", "b" },
		{ "/lib/python3.12x/a/b.py", "b" },
		{ "/libs/python3.12/a/b.py", "b" },
		{ "/lib/python3.12/", "python3.12" },
		{ "/lib/python3.12", "python3.12" },
		{ "/srv/my-site-packages/a/b.py", "b" },
		{ "<frozen posixpath>", "posixpath" },
		{ "<frozen importlib._bootstrap>", "importlib._bootstrap" },
		{ "<frozen >", "<frozen >" },
		{ "<frozen a/b>", "<frozen a/b>" },
		{ "<string>", "<string>" },
		{ "<stdin>", "<stdin>" },
		{ "<attrs generated init a.B>", "<attrs generated init a.B>" },
		{ "", "" },
		{ "/srv/app/matmul.py", "matmul" },
		{ "/srv/app/pipeline/__init__.py", "pipeline" },
		{ "/srv/app/pipeline/__main__.py", "pipeline" },
		{ "__main__.py", "__main__" },
		{ "/__init__.py", "__init__" },
		{ "a.py", "a" },
		{ "/usr/bin/tool", "tool" },
		{ "/usr/bin/run.wsgi", "run.wsgi" },
		{ "/srv/.py", ".py" },
		{ "/srv/x.pyc", "x.pyc" },
		{ "../x/a.py", "a" },
		{ "/", "/" },
		{ ".", "./." },
		{ "<a", "<a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *module;

		pyname_modules(texts, &rows[i].file, 1, &module);
		check_text(module, rows[i].module, rows[i].file);
	}
	pyname_modules(texts, NULL, 0, NULL);
}

enum { TOGETHER = 6 };

/* Their modules in the order given and, the same, in reverse. */
static void check_together(const char *const *files, const char *const *want)
{
	const char *reversed[TOGETHER], *modules[TOGETHER];
	size_t n = 0;

	while (n < TOGETHER && files[n])
		n++;
	for (size_t i = 0; i < n; i++)
		reversed[i] = files[n - 1 - i];
	pyname_modules(texts, files, n, modules);
	for (size_t i = 0; i < n; i++)
		check_text(modules[i], want[i], files[i]);
	pyname_modules(texts, reversed, n, modules);
	for (size_t i = 0; i < n; i++)
		check_text(modules[i], want[n - 1 - i], "in reverse order");
}

static void files_together_get_directories_in_front_until_modules_differ(void)
{
	static const struct {
		const char *label;
		const char *files[TOGETHER], *modules[TOGETHER];
	} rows[] = {
		{ "nothing to tell apart", { "/s/a.py", "/s/b.py" }, { "a", "b" } },
		{ "one directory", { "/s/x/a.py", "/s/y/a.py" }, { "x.a", "y.a" } },
		{ "as many as needed, for each",
		  { "/p/x/a.py", "/p/y/a.py", "/q/y/a.py", "/p/b.py" },
		  { "x.a", "p.y.a", "q.y.a", "b" } },
		{ "packages",
		  { "/s/x/m/__init__.py", "/s/y/m/__init__.py", "/s/y/m/__main__.py" },
		  { "x.m", "/s/y/m/__init__.py", "/s/y/m/__main__.py" } },
		{ "a library keeps its name",
		  { "/usr/lib/python3.12/types.py", "/srv/app/types.py" },
		  { "types", "app.types" } },
		{ "and a longer one too",
		  { "/v/site-packages/app/types.py", "/srv/app/types.py", "/opt/types.py" },
		  { "app.types", "srv.app.types", "opt.types" } },
		{ "two libraries may be of one name",
		  { "/a/site-packages/m.py", "/b/site-packages/m.py" },
		  { "m", "m" } },
		{ "so may a frozen module and its file",
		  { "<frozen site>", "/usr/lib/python3.12/site.py", "/srv/site.py" },
		  { "site", "site", "srv.site" } },
		{ "a text of its own keeps it",
		  { "<string>", "/s/<string>.py" },
		  { "<string>", "s.<string>" } },
		{ "archives give way",
		  { "/a/x.zip/m.py", "/b/y.zip/m.py", "/v/site-packages/x.zip/m.py" },
		  { "x.zip.m", "y.zip.m", "m" } },
		{ "no directory is left", { "a.py", "/a.py" }, { "./a.py", "/a.py" } },
		{ "or too few",
		  { "x/a.py", "/x/a.py", "/y/x/a.py" },
		  { "x/a.py", "/x/a.py", "y.x.a" } },
		{ "whole paths differ",
		  { "a", "./a", "././a", "a.py" },
		  { "./a", "././a", "./././a", "./a.py" } },
		{ "a suffix that is none", { "/s/a", "/s/a.py" }, { "/s/a", "/s/a.py" } },
		{ "a dot in a name is a dot",
		  { "/s/x.a.py", "/s/x/a.py", "/t/a.py" },
		  { "/s/x.a.py", "/s/x/a.py", "t.a" } },
		{ "a dot beside a directory",
		  { "/s/x.a.py", "/t/x/a.py", "/t/a.py" },
		  { "s.x.a", "t.x.a", "t.a" } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_in(rows[i].label);
		check_together(rows[i].files, rows[i].modules);
	}
	check_in(NULL);
}

static int by_address(const void *a, const void *b)
{
	uintptr_t p = (uintptr_t) * (const char *const *)a,
		  q = (uintptr_t) * (const char *const *)b;

	return (p > q) - (p < q);
}

static void check_all_differ(const char **modules, size_t n, const char *row)
{
	bool differ = true;

	qsort(modules, n, sizeof(*modules), by_address);
	for (size_t i = 1; i < n; i++)
		differ = differ && modules[i] != modules[i - 1];
	check(differ, row);
}

/* The runner's time limit is the judge. */
static void many_files_of_one_name_are_told_apart_in_no_time(void)
{
	enum { FILES = 50000 };
	const char **files = mem_calloc(FILES, sizeof(*files));
	const char **modules = mem_calloc(FILES, sizeof(*modules));

	for (unsigned i = 0; i < FILES; i++) {
		char path[100];

		snprintf(path, sizeof(path), "/srv/%u/app/%u/pkg/%u/models/__init__.py", i / 100,
			 i / 10 % 10, i % 10);
		files[i] = texts_add_z(texts, path);
	}
	pyname_modules(texts, files, FILES, modules);
	check_text(modules[12345], "123.app.4.pkg.5.models", "as far as needed");
	check_all_differ(modules, FILES, "all differ");
	free(files);
	free(modules);
}

/* Two paths of a megabyte that differ in front: trying each candidate's text would take hours. */
static void long_equal_ends_cost_no_more_than_their_length(void)
{
	enum { LENGTH = 1 << 20 };
	char *path[2];
	const char *files[2], *modules[2];

	for (size_t i = 0; i < 2; i++) {
		path[i] = mem_calloc(LENGTH + 1, 1);
		for (size_t k = 0; k < LENGTH; k += 2)
			memcpy(path[i] + k, "/a", 2);
		path[i][1] = (char)('b' + i);
		files[i] = path[i];
	}
	pyname_modules(texts, files, 2, modules);
	check(strncmp(modules[0], "b.a.a", 5) == 0, "the first, to its front");
	check(strncmp(modules[1], "c.a.a", 5) == 0, "the second");
	check_u64(strlen(modules[0]), LENGTH - 1, "its length");
	free(path[0]);
	free(path[1]);
}

int main(void)
{
	texts = texts_new();
	a_trampolines_name_is_split_at_its_first_colon();
	the_module_of_a_file_alone();
	files_together_get_directories_in_front_until_modules_differ();
	many_files_of_one_name_are_told_apart_in_no_time();
	long_equal_ends_cost_no_more_than_their_length();
	texts_free(texts);
	return check_done("pyname");
}
