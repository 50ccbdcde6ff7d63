/*
 * tests/fuzz/pyname.c - lines as names of trampolines and as files: their modules keep the header's promises.
 */
#include "report/pyname.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

static int by_address(const void *a, const void *b)
{
	uintptr_t p = (uintptr_t) * (const char *const *)a,
		  q = (uintptr_t) * (const char *const *)b;

	return (p > q) - (p < q);
}

/* Each line once, its file instead where it is a trampoline's name.  Gives how many. */
static size_t read_files(struct texts *texts, const char *data, size_t size, const char **files)
{
	const char *end = data + size;
	size_t lines = 0, n = 0;

	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t len = newline ? (size_t)(newline - data) : (size_t)(end - data);
		const char *line = texts_add(texts, data, len), *qualname;

		if (pyname_split(texts, line, &qualname, &files[lines]))
			must(!strchr(qualname, ':') &&
			     strlen(line) == 5 + strlen(qualname) + strlen(files[lines]));
		else
			files[lines] = line;
		lines++;
		data += len + 1;
	}
	qsort(files, lines, sizeof(*files), by_address);
	for (size_t i = 0; i < lines; i++)
		if (i == 0 || files[i] != files[i - 1])
			files[n++] = files[i];
	return n;
}

/* May another file have this one's module too? */
static bool may_share(const char *file)
{
	return !*file || *file == '<' || strstr(file, "-packages") || strstr(file, "python");
}

static void must_differ(const char *const *files, const char *const *modules, size_t n)
{
	const char **sorted = mem_calloc(n, sizeof(*sorted));

	memcpy(sorted, modules, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_address);
	for (size_t i = 0; i < n; i++) {
		const char **found = bsearch(&modules[i], sorted, n, sizeof(*sorted), by_address);

		must(!*files[i] || *modules[i]);
		must(may_share(files[i]) || ((found == sorted || found[-1] != *found) &&
					     (found == sorted + n - 1 || found[1] != *found)));
	}
	free(sorted);
}

static void must_not_depend_on_order(struct texts *texts, const char **files,
				     const char *const *modules, size_t n)
{
	const char **again = mem_calloc(n, sizeof(*again));

	for (size_t i = 0; i < n / 2; i++) {
		const char *file = files[i];

		files[i] = files[n - 1 - i];
		files[n - 1 - i] = file;
	}
	pyname_modules(texts, files, n, again);
	for (size_t i = 0; i < n; i++)
		must(again[i] == modules[n - 1 - i]);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct texts *texts = texts_new();
	const char **files = mem_calloc(size + 1, sizeof(*files));
	const char **modules = mem_calloc(size + 1, sizeof(*modules));
	size_t n = read_files(texts, (const char *)data, size, files);

	pyname_modules(texts, files, n, modules);
	must_differ(files, modules, n);
	must_not_depend_on_order(texts, files, modules, n);
	free(modules);
	free(files);
	texts_free(texts);
	return 0;
}
