/*
 * tests/python_definitions.c - what the scanner of Python sources finds, for script suites to compare.
 *
 * usage: python_definitions MINOR < PATHS
 *
 * For each path, a line, the file is read as Python 3.MINOR reads it, and printed is
 *
 *	file TAB trouble's line TAB trouble ("0 TAB -": none) TAB path
 *	KIND TAB first line TAB line TAB end line TAB column TAB qualified name		for each definition
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/lines.h"
#include "parser/python_source.h"

static void print(const struct python_source *s, const char *path)
{
	printf("file\t%" PRIu32 "\t%s\t%s\n", s->trouble_line, s->trouble ? s->trouble : "-", path);
	for (uint32_t i = 0; i < s->n; i++) {
		const struct python_definition *d = &s->definitions[i];
		char *name = python_source_qualname(s, i);

		printf("%s\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%s\n",
		       python_kind_name(d->kind), d->first_line, d->line, d->end_line, d->column,
		       name);
		free(name);
	}
}

int main(int argc, char **argv)
{
	unsigned minor = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 12;
	char *path = NULL;
	size_t cap = 0;

	while (getline(&path, &cap, stdin) > 0) {
		struct python_source s;
		struct error err;
		size_t len;
		char *text;
		bool more;

		path[strcspn(path, "\n")] = '\0';
		text = lines_read(path, SIZE_MAX, &len, &more, &err);
		if (!text) {
			fprintf(stderr, "%s: %s\n", path, err.what);
			return 1;
		}
		python_source_scan(text, len, minor, &s);
		print(&s, path);
		python_source_free(&s);
		free(text);
	}
	free(path);
	return 0;
}
