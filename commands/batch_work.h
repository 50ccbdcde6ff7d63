/*
 * commands/batch_work.h - the work of a batch: processes that each read many recordings, one after the other.
 *
 * A recording that brings a process down costs that recording only: it is tried once more in a new
 * process, and then it has failed.  What comes out does not depend on who did what.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_WORK_H
#define PERFOLIO_COMMANDS_BATCH_WORK_H

#include "commands/batch.h"

struct work_done {
	size_t done, failed, duplicates;
	size_t same;    /* of those done: nothing had to be read */
	size_t pruned;  /* batch_prune()'s, not batch_work()'s */
	bool no_output; /* results could not be written, so it ended early: */
	char why[400];
	char *cut; /* a folder beside whose recordings too much lies to look at all; NULL: none; the caller's to free */
};

/* results: one for each input, all zeroes; what is not reached stays INPUT_WAITING. */
void batch_work(const struct batch *b, struct input_result *results, struct work_done *done);

#endif
