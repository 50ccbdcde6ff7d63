/*
 * tests/unit/source_files.c - which file is found for a recorded name, and its lines (report/source_files.h).
 */
#include "report/source_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

static char folder[4000];

static const char *in_folder(const char *name)
{
	static char path[4][4200];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

/* Each file holds its own name. */
static void write_tree(void)
{
	static const char *const folders[] = { "src",       "src/lib",     "src/app",
					       "src/app/x", "src/app/x/y", "moved",
					       "moved/lib", "moved2",      "dir",
					       "secret",    "src/pkg",     "src/app/sub",
					       "src/one",   "src/one/two", "src/twin" };
	static const char *const files[] = { "src/lib/a.c",
					     "src/b.c",
					     "src/app/a.c",
					     "src/app/x/deep.c",
					     "src/app/x/y/deeper.c",
					     "moved/c.c",
					     "moved/lib/a.c",
					     "moved2/c.c",
					     "dir/c.c",
					     "dir/d.c",
					     "secret/e.c",
					     "src/__init__.py",
					     "src/pkg/__init__.py",
					     "src/app/sub/__main__.py",
					     "src/twin.c",
					     "src/twin/twin.c",
					     "dir/__init__.py" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		check(mkdir(in_folder(folders[i]), 0777) == 0, folders[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *f = fopen(in_folder(files[i]), "we");

		check(f && fprintf(f, "%s\n", files[i]) > 0, files[i]);
		if (f)
			fclose(f);
	}
	check(mkfifo(in_folder("dir/fifo.c"), 0666) == 0, "a FIFO");
	check(symlink("/dev/zero", in_folder("dir/zero.c")) == 0, "a device");
}

/* The first line of the file that is found, "" for none. */
static const char *found(const struct source_options *options, const char *recorded)
{
	static char text[4200];
	struct source_files *s = source_files_new(options);
	const struct source_file *f = source_files_find(s, recorded);
	const char *line = f ? source_file_line(f, 1) : "";

	check(source_files_find(s, recorded) == f, "the second answer is the first");
	snprintf(text, sizeof(text), "%s", line ? line : "(empty)");
	source_files_free(s);
	return text;
}

static void files_are_found_where_they_are_looked_for(void)
{
	static const char *const here[] = { folder };
	char moved[4200], moved2[4200], dir[4200], own[4200], slash[4200];
	const struct source_dir mapped[] = { { "/build", moved } },
				two[] = { { "/build", moved2 }, { NULL, dir } },
				any[] = { { NULL, dir } }, trailing[] = { { "/build/", slash } };
	const struct {
		const char *label;
		struct source_options options;
		const char *recorded, *want;
	} rows[] = {
		{ "src/: by base name",
		  { .directories = here, .n_directories = 1 },
		  "/x/y/b.c",
		  "src/b.c" },
		{ "src/: the longest tail wins",
		  { .directories = here, .n_directories = 1 },
		  "/home/me/lib/a.c",
		  "src/lib/a.c" },
		{ "src/: another tail",
		  { .directories = here, .n_directories = 1 },
		  "/home/me/app/a.c",
		  "src/app/a.c" },
		{ "src/: a relative name",
		  { .directories = here, .n_directories = 1 },
		  "lib/a.c",
		  "src/lib/a.c" },
		{ "src/: two have the base name",
		  { .directories = here, .n_directories = 1 },
		  "/x/a.c",
		  "" },
		{ "src/: a base name in a folder below",
		  { .directories = here, .n_directories = 1 },
		  "/x/deep.c",
		  "src/app/x/deep.c" },
		{ "src/: there and in a folder below",
		  { .directories = here, .n_directories = 1 },
		  "/x/twin.c",
		  "" },
		{ "src/: ... but for all of its path",
		  { .directories = here, .n_directories = 1 },
		  "twin.c",
		  "src/twin.c" },
		{ "src/: ... or more of it",
		  { .directories = here, .n_directories = 1 },
		  "/x/twin/twin.c",
		  "src/twin/twin.c" },
		{ "src/: a name that each package has needs the package",
		  { .directories = here, .n_directories = 1 },
		  "/lib/other/__init__.py",
		  "" },
		{ "src/: ... which it has",
		  { .directories = here, .n_directories = 1 },
		  "/lib/pkg/__init__.py",
		  "src/pkg/__init__.py" },
		{ "src/: ... in a folder below",
		  { .directories = here, .n_directories = 1 },
		  "/lib/sub/__main__.py",
		  "src/app/sub/__main__.py" },
		{ "src/: ... not another one",
		  { .directories = here, .n_directories = 1 },
		  "/lib/pkg/__main__.py",
		  "" },
		{ "src/: ... of a name without a folder",
		  { .directories = here, .n_directories = 1 },
		  "__init__.py",
		  "src/__init__.py" },
		{ "DIR: a name that each package has",
		  { .dirs = any, .n_dirs = 1 },
		  "/lib/other/__init__.py",
		  "" },
		{ "src/: too deep",
		  { .directories = here, .n_directories = 1 },
		  "/x/deeper.c",
		  "" },
		{ "src/: a name that climbs",
		  { .directories = here, .n_directories = 1 },
		  "/x/../../secret/e.c",
		  "" },
		{ "src/: it climbs at its end",
		  { .directories = here, .n_directories = 1 },
		  "lib/..",
		  "" },
		{ "src/: a folder", { .directories = here, .n_directories = 1 }, "/x/lib", "" },
		{ "no recording directory", { .n_directories = 0 }, "b.c", "" },
		{ "FROM=TO",
		  { .dirs = mapped, .n_dirs = 1, .directories = here, .n_directories = 1 },
		  "/build/lib/a.c",
		  "moved/lib/a.c" },
		{ "FROM=TO: FROM ends with a slash",
		  { .dirs = trailing, .n_dirs = 1 },
		  "/build/c.c",
		  "moved/c.c" },
		{ "FROM=TO: whole folders only",
		  { .dirs = mapped, .n_dirs = 1 },
		  "/build2/c.c",
		  "" },
		{ "FROM=TO: not there, so src/",
		  { .dirs = mapped, .n_dirs = 1, .directories = here, .n_directories = 1 },
		  "/build/b.c",
		  "src/b.c" },
		{ "FROM=TO: it climbs",
		  { .dirs = mapped, .n_dirs = 1 },
		  "/build/../secret/e.c",
		  "" },
		{ "two: the first that has it",
		  { .dirs = two, .n_dirs = 2 },
		  "/build/c.c",
		  "moved2/c.c" },
		{ "two: else the second", { .dirs = two, .n_dirs = 2 }, "/build/d.c", "dir/d.c" },
		{ "DIR",
		  { .dirs = any, .n_dirs = 1, .directories = here, .n_directories = 1 },
		  "/somewhere/c.c",
		  "dir/c.c" },
		{ "a FIFO is not opened", { .dirs = any, .n_dirs = 1 }, "/x/fifo.c", "" },
		{ "a device is not read", { .dirs = any, .n_dirs = 1 }, "/x/zero.c", "" },
		{ "the recorded path", { .n_directories = 0 }, own, "secret/e.c" },
		{ "... not if no file of this machine may be used",
		  { .no_host_files = true },
		  own,
		  "" },
		{ "no name", { .directories = here, .n_directories = 1 }, "", "" },
		{ "a slash", { .directories = here, .n_directories = 1 }, "/", "" },
	};

	snprintf(moved, sizeof(moved), "%s/moved", folder);
	snprintf(slash, sizeof(slash), "%s/moved", folder);
	snprintf(moved2, sizeof(moved2), "%s/moved2", folder);
	snprintf(dir, sizeof(dir), "%s/dir", folder);
	snprintf(own, sizeof(own), "%s/secret/e.c", folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(found(&rows[i].options, rows[i].recorded), rows[i].want, rows[i].label);
}

static void lines_end_as_compilers_have_it(void)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		uint32_t n;
		const char *lines[3];
	} rows[] = {
		{ "newlines", "a\nb\n", 4, 2, { "a", "b" } },
		{ "none at the end", "a\nb", 3, 2, { "a", "b" } },
		{ "as Windows has it", "a\r\n\r\nc\r\n", 8, 3, { "a", "", "c" } },
		{ "as old Macs had it", "a\rb\r", 4, 2, { "a", "b" } },
		{ "empty lines", "\n\n", 2, 2, { "", "" } },
		{ "nothing", "", 0, 0, { NULL } },
		{ "a NUL within", "a\0b\nc", 5, 2, { "a\1b", "c" } },
	};
	struct source_options options = { .n_directories = 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct source_files *s = source_files_new(&options);
		const char *path = in_folder("lines.c");
		FILE *out = fopen(path, "we");
		const struct source_file *f;

		check_in(rows[i].label);
		check(out && fwrite(rows[i].bytes, 1, rows[i].len, out) == rows[i].len, "written");
		if (out)
			fclose(out);
		f = source_files_find(s, path);
		check(f != NULL, "found");
		check_u64(f ? f->n_lines : 99, rows[i].n, "lines");
		for (uint32_t l = 0; f && l < rows[i].n; l++)
			check_text(source_file_line(f, l + 1), rows[i].lines[l], "a line");
		check(!f || (!source_file_line(f, 0) && !source_file_line(f, rows[i].n + 1)),
		      "none before and behind");
		source_files_free(s);
	}
	check_in(NULL);
}

/* Files with holes: nothing is written, and what is read is zeroes. */
static void sizes_have_bounds(void)
{
	enum { MB = 1 << 20, FILES = 5 };
	struct source_options options = { .n_directories = 0 };
	struct source_files *s = source_files_new(&options);
	size_t found = 0;

	for (int i = 0; i <= FILES; i++) {
		char name[16];
		FILE *f;

		snprintf(name, sizeof(name), "big%d.c", i);
		f = fopen(in_folder(name), "we");
		check(f && ftruncate(fileno(f), i ? 60 * MB : 64 * MB + 1) == 0, "a file");
		if (f)
			fclose(f);
		found += source_files_find(s, in_folder(name)) != NULL;
		check(i || !found, "more than 64 MiB");
	}
	check_u64(found, FILES - 1, "no more than 256 MiB of all");
	source_files_free(s);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char command[4100];

	snprintf(folder, sizeof(folder), "%s/sourcesXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "a folder");
	write_tree();
	files_are_found_where_they_are_looked_for();
	lines_end_as_compilers_have_it();
	sizes_have_bounds();
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	check(system(command) == 0, "the folder is gone");
	return check_done("source_files");
}
