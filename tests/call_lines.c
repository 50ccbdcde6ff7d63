/*
 * tests/call_lines.c - which line calls a function (report/call_lines.h), for script suites to compare.
 *
 * usage: call_lines < CALLS
 *
 * Of each line, CALLER TAB FILE TAB CALLEE TAB FILE with qualified names, printed is the line that is found; 0: none, and
 * behind a TAB the reason.  Callers with several definitions have none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/call_lines.h"

static struct call_line find(struct python_files *files, const struct function *caller,
			     const struct function *callee)
{
	struct call_line line = { .why = "several definitions, or none" };
	struct python_found found;

	python_files_find(files, caller, &found);
	if (found.candidates.n == 1)
		line = call_line_find(files, &found, callee);
	python_candidates_free(&found.candidates);
	return line;
}

int main(void)
{
	struct source_options options = { .n_directories = 0 };
	struct source_files *sources = source_files_new(&options);
	struct python_files *files;
	char *text = NULL;
	size_t cap = 0;

	files = python_files_new(sources, 0);
	while (getline(&text, &cap, stdin) > 0) {
		const char *fields[4] = { "", "", "", "" };
		struct function caller, callee;
		struct call_line line;
		char *rest = text;

		text[strcspn(text, "\n")] = '\0';
		for (size_t i = 0; i < 4 && rest; i++)
			fields[i] = strsep(&rest, "\t");
		caller = (struct function){ .kind = KIND_PYTHON,
					    .name = fields[0],
					    .file = fields[1] };
		callee = (struct function){ .kind = KIND_PYTHON,
					    .name = fields[2],
					    .file = fields[3] };
		line = find(files, &caller, &callee);
		printf("%" PRIu32 "\t%s\n", line.line, line.why ? line.why : "");
	}
	free(text);
	python_files_free(files);
	source_files_free(sources);
	return 0;
}
