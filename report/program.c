#include "report/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/label.h"

/* Options of perf record that take the next word (tools/perf/Documentation/perf-record.txt). */
static const char letters_with_word[] = "eFcptCommkjDGurMwP";
static const char *const names_with_word[] = {
	"--event",
	"--freq",
	"--count",
	"--pid",
	"--tid",
	"--cpu",
	"--output",
	"--mmap-pages",
	"--call-graph",
	"--clockid",
	"--branch-filter",
	"--delay",
	"--cgroup",
	"--uid",
	"--realtime",
	"--filter",
	"--control",
	"--max-size",
	"--affinity",
	"--mmap-flush",
	"--group",
	"--vmlinux",
	"--clang-path",
	"--clang-opt",
	"--proc-map-timeout",
	"--num-thread-synthesize",
	"--synth",
	"--switch-max-files",
	"--off-cpu-thresh",
};

/* Does this option take the word behind it?  "-F99" and "--freq=99" have theirs already. */
static bool takes_word(const char *option)
{
	if (option[1] != '-')
		return option[1] && !option[2] && strchr(letters_with_word, option[1]);
	for (size_t i = 0; i < sizeof(names_with_word) / sizeof(names_with_word[0]); i++)
		if (strcmp(option, names_with_word[i]) == 0)
			return true;
	return false;
}

size_t program_begin(const char *const *cmdline, size_t n)
{
	size_t i = 0;

	while (i < n && strcmp(cmdline[i], "record") != 0)
		i++;
	if (i == n) /* another command of perf's: only dashes tell */
		for (i = 0; i < n && strcmp(cmdline[i], "--") != 0; i++)
			;
	else
		i++;
	for (; i < n && cmdline[i][0] == '-'; i++) {
		if (strcmp(cmdline[i], "--") == 0)
			return i + 1;
		if (takes_word(cmdline[i]))
			i++;
	}
	return i < n ? i : n;
}

/* The script or module of a Python command line (python(1)); NULL: it has none. */
static const char *script_of(const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *w = words[i];

		if (w[0] != '-')
			return label_base(w);
		if (strcmp(w, "-m") == 0)
			return i + 1 < n ? words[i + 1] : NULL;
		if (text_begins(w, "-m"))
			return w + 2;
		if (text_begins(w, "-c") || strcmp(w, "-") == 0)
			return NULL;
		if (strcmp(w, "-X") == 0 || strcmp(w, "-W") == 0 ||
		    strcmp(w, "--check-hash-based-pycs") == 0)
			i++;
	}
	return NULL;
}

/* Of a command from the program on. */
static const char *name_at(const char *const *words, size_t n)
{
	const char *name = label_base(words[0]);
	const char *script = text_begins(name, "python") ? script_of(words, n) : NULL;

	return script && *script ? script : name;
}

const char *program_name(const char *const *cmdline, size_t n)
{
	size_t at = program_begin(cmdline, n);

	return at < n ? name_at(cmdline + at, n - at) : "";
}

/* perf's own command stands there where it was given no program. */
static bool is_perf(const char *const *words, size_t n)
{
	return n > 1 && strcmp(label_base(words[0]), "perf") == 0 &&
	       strcmp(words[1], "record") == 0;
}

char *program_name_of(const char *command)
{
	char *copy = mem_text(command, strlen(command)), *rest = copy, *word, *name;
	const char **words = NULL, *found = "";
	size_t n = 0, cap = 0;

	while ((word = strsep(&rest, " "))) {
		words = mem_grow(words, n, 1, &cap, sizeof(*words));
		words[n++] = word;
	}
	if (*command)
		found = is_perf(words, n) ? program_name(words, n) : name_at(words, n);
	name = mem_text(found, strlen(found));
	free(words);
	free(copy);
	return name;
}
