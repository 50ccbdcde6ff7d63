/*
 * commands/batch_known.h - what an earlier `batch` into the same folder did, so that nothing is done twice.
 *
 * A journal: a line is appended when an input is done, so that an interrupted run goes on where it was; a
 * run that comes to its end writes it anew.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_KNOWN_H
#define PERFOLIO_COMMANDS_BATCH_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "commands/batch_inputs.h"
#include "commands/input_files.h"
#include "parser/base/digest.h"
#include "parser/base/error.h"

struct known {
	char *path;
	struct file_stamp stamp; /* all 0: it was too young to be told by */
	uint64_t side;
	struct digest content, identity; /* batch_identity() */
	struct digest
		options; /* of all that decides what is made of the content, with perfolio's version */
	bool failed, duplicate;
	uint64_t functions; /* bytes of functions.tsv, which the entry does not list */
	char *result; /* name of the recording's folder, why it failed, or the path of the first */
};

/* Starts as zeroes. */
struct known_list {
	struct known *items; /* by path; of lines for one path the last */
	size_t n, cap;
};

/* A journal that is not there is an empty one; lines that make no sense are left out. */
void known_read(struct known_list *list, const char *path);
const struct known *known_find(const struct known_list *list, const char *path);
void known_done(struct known_list *list);

bool known_equal(const struct known *a, const struct known *b);

/* One line; the caller flushes. */
void known_put(FILE *f, const struct known *k);

#endif
