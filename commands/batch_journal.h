/*
 * commands/batch_journal.h - what a batch knows of its inputs from earlier runs, and leaves to later ones.
 *
 * The journal's form is batch_known.h's.  Whatever of it is lost or wrong costs reading an input once more, never a wrong result.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_JOURNAL_H
#define PERFOLIO_COMMANDS_BATCH_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "commands/batch.h"
#include "commands/batch_known.h"

/* What the summary reads of a recording. */
#define BATCH_FUNCTIONS "functions.tsv"

struct journal {
	const struct batch *b;
	struct input_result *results; /* of b's inputs */
	struct known_list known;
	FILE *file; /* NULL: it cannot be written, and this run leaves nothing */
};

/* Both are borrowed, until journal_close().  ended: this run came to its end, so that the journal can be written anew. */
void journal_open(struct journal *j, const struct batch *b, struct input_result *results);
void journal_close(struct journal *j, bool ended);

/* Input i as an earlier run left it; NULL: it did not see it. */
const struct known *journal_find(const struct journal *j, size_t i);

/* Was all made already of this content, with these options, and what lies beside it?  Sets the result's `functions`. */
bool journal_was_made(struct journal *j, size_t i);

/* Input i's result is settled: write it down for the next run, unless the journal says the same. */
void journal_note(struct journal *j, size_t i);

/* The folder of input i's result is placed: remove what an earlier run made of the same content under another name. */
void journal_remove_older(const struct journal *j, size_t i, const char *folder);

#endif
