/*
 * report/finder_parts.h - what the files finder*.c share; nobody else includes it.
 *
 *   finder.c         set-up, the tables of build ids, one answer for all mappings of a file
 *   finder_search.c  the search of one object: places in their order, a verdict on each file
 *   finder_kernel.c  kallsyms and vmlinux
 *   finder_maps.c    perf maps and jitdumps
 */
#ifndef PERFOLIO_REPORT_FINDER_PARTS_H
#define PERFOLIO_REPORT_FINDER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "report/candidate.h"
#include "report/debug_files.h"
#include "report/elf_file.h"
#include "report/finder.h"
#include "report/map_files.h"
#include "report/objects_txt.h"

/* What a mapping says of its file, and the answer for all mappings that say the same. */
struct answer {
	const char *filename; /* as recorded, interned */
	struct object_id id;  /* wanted; no bytes: the inode is part of the key */
	bool listed;          /* objects.txt has the id, not the recording */
	uint32_t maj, min;
	uint64_t ino, generation;
	/* the answer */
	struct found_object found;
	/* Of a file that no build id proves: a mapping that does not fit is one of another file. */
	struct elf_segment *segments;
	size_t n_segments;
};

struct finder {
	const struct recording *recording;
	struct finder_options options;
	struct texts *texts;
	struct diag *diag;
	const char *directory; /* the recording's; "": it has none */
	char *scratch;         /* of finder_path() */
	size_t scratch_size;

	bool has_tables;
	struct objects_txt recorded; /* the recording's BUILD_ID table */
	struct objects_txt listed;   /* objects.txt */

	struct answer *answers;
	size_t n_answers, cap_answers;
	uint32_t *slots; /* open addressing: index of an answer plus 1; 0 is free */
	size_t mask;

	char *elf; /* the recording directory's elf/ */
	struct debug_files files;
	bool has_maps;
	struct map_files maps;
};

/* The three texts in a row; borrowed until the next call. */
const char *finder_path(struct finder *f, const char *a, const char *b, const char *c);

bool finder_ends_with(const char *text, const char *end);
bool finder_is_regular(const char *path, struct stat *st);

/* Is this the build id in the file? */
bool finder_has_id(const char *path, const struct object_id *id);

/* Have the BUILD_ID table and objects.txt in `recorded` and `listed`. */
void finder_load_tables(struct finder *f);

/* The name that the file had before it was deleted, interned. */
const char *finder_undeleted(struct finder *f, const char *filename, bool *deleted);

/* Find the file of a mapping: fills answer->found, and tells what was refused, not verified or missing. */
void finder_search(struct finder *f, const struct mapping *m, struct answer *a);

#endif
