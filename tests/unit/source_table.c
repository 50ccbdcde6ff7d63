/*
 * tests/unit/source_table.c - debug information of units that are forgotten and read again (report/source_table.h,
 * debug_info.h).
 *
 * A program of two units is compiled here; without a compiler there is nothing to ask.
 */
#include "report/source_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/elf_file.h"
#include "tests/check.h"

enum { MOST = 64, ADDRESSES = 400, STEP = 5 };

static char folder[4000], program_path[4096];

/* ---- a program ---- */

static const char first_unit[] = "int second(int);\n"
				 "static inline int half(int x) { return x / 2 + second(x); }\n"
				 "__attribute__((noinline)) int first(int x)\n"
				 "{\n"
				 "	return half(x) * half(x + 1);\n"
				 "}\n"
				 "int main(int argc, char **argv)\n"
				 "{\n"
				 "	(void)argv;\n"
				 "	return first(argc) & 1;\n"
				 "}\n";

static const char second_unit[] = "static inline int square(int x) { return x * x; }\n"
				  "__attribute__((noinline)) int second(int x)\n"
				  "{\n"
				  "	return square(x) - square(x / 3) % 7;\n"
				  "}\n";

static bool write_text(const char *name, const char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	return f && fputs(text, f) >= 0 && fclose(f) == 0;
}

static bool compile(void)
{
	const char *compiler = getenv("CC"), *tmp = getenv("TMPDIR");
	char command[9000];

	snprintf(folder, sizeof(folder), "%s/source_tableXXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder) || !write_text("a.c", first_unit) || !write_text("b.c", second_unit))
		return false;
	snprintf(program_path, sizeof(program_path), "%s/program", folder);
	snprintf(command, sizeof(command), "cd '%s' && %s -O2 -g a.c b.c -o program 2>log", folder,
		 compiler && *compiler ? compiler : "cc");
	return system(command) == 0; /* NOLINT: a fixed command in a folder of ours */
}

static void remove_folder(void)
{
	static const char *const names[] = { "a.c", "b.c", "log", "program" };
	char path[4200];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* ---- what is asked, and what must be answered ---- */

struct asked {
	uint64_t vaddr;
	struct source_frame frames[MOST];
	size_t n;
};

static struct debug_info *open_program(void)
{
	struct error err;
	struct debug_info *d = debug_info_open(program_path, NULL, &err);

	check(d != NULL, "the program has debug information");
	return d;
}

/* Addresses of both units in turns; the answers are those of a file that forgets nothing. */
static size_t ask_all(struct debug_info *d, struct asked out[ADDRESSES])
{
	static const char *const names[] = { "first", "second", "main" };
	struct error err;
	struct elf_file *elf = elf_file_open(program_path, NULL, &err);
	size_t n = 0;

	debug_info_set_budget(d, SIZE_MAX);
	for (uint64_t at = 0; elf && at < 100; at += STEP)
		for (size_t i = 0; i < elf->n_symbols; i++)
			for (size_t k = 0; k < 3 && n < ADDRESSES; k++)
				if (strcmp(elf->symbols[i].name, names[k]) == 0 &&
				    elf->symbols[i].start + at < elf->symbols[i].end)
					out[n++].vaddr = elf->symbols[i].start + at;
	for (size_t i = 0; i < n; i++)
		out[i].n = debug_info_frames(d, out[i].vaddr, out[i].frames, MOST);
	elf_file_free(elf);
	return n;
}

static bool is_answer(const struct asked *a, const struct source_frame *frames, size_t n)
{
	bool same = n == a->n && frames;

	for (size_t i = 0; same && i < n; i++) {
		const struct source_frame *f = &frames[i], *want = &a->frames[i];

		same = strcmp(f->name, want->name) == 0 && strcmp(f->file, want->file) == 0 &&
		       strcmp(f->decl_file, want->decl_file) == 0 && f->line == want->line &&
		       f->decl_line == want->decl_line && f->inlined == want->inlined;
	}
	return same;
}

/* ---- tests ---- */

static void there_is_something_to_forget(const struct asked *asked, size_t n)
{
	size_t inlined = 0, whole = 0;

	for (size_t i = 0; i < n; i++) {
		inlined += asked[i].n > 1 && asked[i].frames[0].inlined;
		whole += asked[i].n > 0 && *asked[i].frames[0].file && asked[i].frames[0].line;
	}
	check(n > 10 && inlined && whole == n, "functions, inlined calls and lines of two units");
}

static void a_unit_that_was_forgotten_is_read_again(const struct asked *asked, size_t n)
{
	struct debug_info *d = open_program();
	struct source_frame frames[MOST];
	size_t same = 0;

	debug_info_set_budget(d, 0); /* one unit at a time */
	for (size_t i = 0; i < n; i++)
		same += is_answer(&asked[i], frames,
				  debug_info_frames(d, asked[i].vaddr, frames, MOST));
	check_u64(same, n, "with a budget of nothing");
	debug_info_free(d);
}

static void texts_outlive_what_is_forgotten(const struct asked *asked, size_t n)
{
	struct debug_info *d = open_program();
	struct source_frame frames[MOST];
	size_t count = n ? debug_info_frames(d, asked[0].vaddr, frames, MOST) : 0;

	debug_info_rest(d);
	debug_info_rest(d);
	check(n && is_answer(&asked[0], frames, count), "texts after a rest");
	check(n && is_answer(&asked[0], frames, debug_info_frames(d, asked[0].vaddr, frames, MOST)),
	      "and the same again");
	debug_info_free(d);
}

static void a_file_that_went_away_has_no_answers(const struct asked *asked, size_t n)
{
	struct debug_info *d = open_program();
	struct source_frame frames[MOST];
	char away[4200];

	snprintf(away, sizeof(away), "%s/log", folder);
	debug_info_rest(d);
	check(rename(program_path, away) == 0, "renamed");
	check(n && debug_info_frames(d, asked[0].vaddr, frames, MOST) == 0, "no file, no frames");
	check(rename(away, program_path) == 0, "and back");
	debug_info_free(d);
}

static void a_table_answers_in_any_order(const struct asked *asked, size_t n)
{
	struct debug_info *d[2] = { open_program(), open_program() };
	struct source_table *t = source_table_new();
	size_t same = 0, count;

	for (size_t i = n; i-- > 0;) {
		source_table_ask(t, d[i % 2], asked[i].vaddr);
		source_table_ask(t, d[i % 2], asked[i % 3].vaddr);
	}
	source_table_ask(t, d[0], 0);
	source_table_answer(t);
	for (size_t i = 0; i < n; i++) {
		const struct source_frame *f =
			source_table_frames(t, d[i % 2], asked[i].vaddr, &count);

		same += is_answer(&asked[i], f, count);
	}
	check_u64(same, n, "each question has its answer");
	source_table_frames(t, d[0], 0, &count);
	check_u64(count, 0, "nothing lies at 0");
	check(!source_table_missing(t, d[0]) && !source_table_missing(t, NULL),
	      "no other file is missing");
	source_table_frames(t, d[0], 1, &count);
	check_u64(count, 0, "what was not asked for has none");
	source_table_free(t);
	debug_info_free(d[0]);
	debug_info_free(d[1]);
}

static void a_table_without_questions_has_no_answers(void)
{
	struct source_table *t = source_table_new();
	size_t n = 1;

	source_table_answer(t);
	check(!source_table_frames(t, NULL, 1, &n) && n == 0, "nothing was asked");
	source_table_free(t);
	source_table_free(NULL);
}

int main(void)
{
	static struct asked asked[ADDRESSES];
	struct debug_info *d;
	size_t n;

	a_table_without_questions_has_no_answers();
	if (!compile()) {
		printf("skip: no compiler\n");
		remove_folder();
		return check_done("source_table");
	}
	d = open_program();
	n = d ? ask_all(d, asked) : 0;
	if (d) {
		there_is_something_to_forget(asked, n);
		a_unit_that_was_forgotten_is_read_again(asked, n);
		texts_outlive_what_is_forgotten(asked, n);
		a_file_that_went_away_has_no_answers(asked, n);
		a_table_answers_in_any_order(asked, n);
	}
	debug_info_free(d);
	remove_folder();
	return check_done("source_table");
}
