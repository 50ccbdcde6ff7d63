/*
 * report/map_files.h - the perf-PID.map and jit-PID.dump files in a folder and in the two levels of folders below.
 *
 * A folder below is not entered through a link, and a map there is not one; hidden
 * folders are passed over.  The same files give the same list, in whatever
 * order the file system names them, bounds included.  Reads no contents.
 */
#ifndef PERFOLIO_REPORT_MAP_FILES_H
#define PERFOLIO_REPORT_MAP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum map_kind { MAP_TEXT /* perf-PID.map */, MAP_DUMP /* jit-PID.dump */ };

struct map_file {
	enum map_kind kind;
	uint32_t pid;   /* of its name */
	unsigned depth; /* 0: in the folder itself */
	char *path;
	uint64_t device, inode;
};

struct map_files {
	struct map_file *files; /* sorted by kind, pid, depth, path */
	size_t n, cap;
	bool cut; /* a bound was reached: there may be more */
};

/* Add what a folder holds; start with zeroes.  A file that is reached twice is listed once. */
void map_files_list(const char *folder, struct map_files *out);

/* The first one of this kind and pid, or NULL. */
const struct map_file *map_files_find(const struct map_files *m, enum map_kind kind, uint32_t pid);

/* How many there are of a kind. */
size_t map_files_count(const struct map_files *m, enum map_kind kind);

void map_files_free(struct map_files *m);

#endif
