/*
 * report/source_files.h - where the source files of a recording are, and their lines.
 *
 * A file is looked for by its recorded path, in this order:
 *
 *   --source-dir FROM=TO   with TO in the place of FROM
 *   --source-dir DIR       below DIR: the whole path, then without its first folder, and so on to its base name
 *   src/                   of the recording directories by path, likewise; by base name if src/ and the folders below it, two levels
 *                          deep and not through links, have one such file
 *   the recorded path      unless no file of this machine may be used
 *
 * A base name that a language gives to a file of each package, as __init__.py, needs its folder, too.
 *
 * Names come from debug information or a recording, which may be anybody's work: below a folder a name with ".." is
 * not followed, and only regular files up to a size are read, and not too many bytes of all.
 */
#ifndef PERFOLIO_REPORT_SOURCE_FILES_H
#define PERFOLIO_REPORT_SOURCE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* --source-dir; borrowed. */
struct source_dir {
	const char *from; /* NULL: a folder to look in */
	const char *to;
};

struct source_options {
	const struct source_dir *dirs; /* in this order */
	size_t n_dirs;
	const char *const *directories; /* of the recordings, by path; "": one has none */
	size_t n_directories;
	bool no_host_files;
};

struct source_file {
	const char *path; /* where it was read */
	bool beside;      /* in a recording directory */
	bool disputed;    /* another one has another file in its place */
	time_t mtime;
	char *bytes;   /* lines end with a NUL; a NUL within one is byte 1 instead */
	size_t *lines; /* where they begin */
	uint32_t n_lines;
};

struct source_files;

struct source_files *source_files_new(const struct source_options *options);
void source_files_free(struct source_files *s);

/* The file; NULL: not found, or it cannot be read.  Asking again costs nothing.  Lives as long as `s`. */
const struct source_file *source_files_find(struct source_files *s, const char *recorded);

/* For messages that one was not found: "", or that --no-host-files leaves out those of this machine. */
const char *source_files_left_out(const struct source_files *s);

/* Line `number`, from 1 on; NULL: it has no such line. */
const char *source_file_line(const struct source_file *f, uint32_t number);

#endif
