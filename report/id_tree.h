/*
 * report/id_tree.h - folders that keep files under their build id: ROOT/.build-id/xx/yyyy...
 *
 * Recording directories have .elf and .debug files there, /usr/lib/debug has .debug files, distributions
 * have links to programs, and perf's cache (~/.debug, and what `perf archive` packs of it)
 * has links to folders with "elf", "debug", "vdso" or "kallsyms".  Each name is looked for in every tree.
 * A file's place is a claim: whether its build id is the one is the caller's affair.
 */
#ifndef PERFOLIO_REPORT_ID_TREE_H
#define PERFOLIO_REPORT_ID_TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "report/objects_txt.h"

enum id_file { ID_OBJECT, ID_DEBUG, ID_KALLSYMS, ID_FILES };

/* Roots in the order of the search; starts as zeroes. */
struct id_trees {
	const char **roots; /* borrowed */
	size_t n, cap;
};

void id_trees_add(struct id_trees *t, const char *root);
void id_trees_free(struct id_trees *t);

/*
 *	struct id_walk w = id_walk(&trees, ID_DEBUG, &id);
 *
 *	while (id_walk_next(&w))
 *		... w.path is a regular file that is not empty ...
 */
struct id_walk {
	const struct id_trees *trees;
	enum id_file what;
	struct object_id id;
	size_t root, name; /* what comes next */
	bool unpadded;     /* ... under the build id without zeroes at its end */
	char path[PATH_MAX];
};

struct id_walk id_walk(const struct id_trees *t, enum id_file what, const struct object_id *id);
bool id_walk_next(struct id_walk *w);

/*
 * The last part of a path in a tree as perf packs it, ".../ID/elf": its build id, and what it is.
 * (Old perfs: the file itself is called ID.)  False: it is none of them.
 */
bool id_tree_parse(const char *path, struct object_id *id, enum id_file *what);

#endif
