/*
 * commands/batch_progress.h - how far a batch has come, on stderr: a bar on a terminal, a line now and then elsewhere.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_PROGRESS_H
#define PERFOLIO_COMMANDS_BATCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch_progress {
	size_t whole;
	bool quiet, terminal, shown;
	int64_t begin_ms, last_ms;
	size_t told; /* tenths of the whole, where it is no terminal */
};

void batch_progress_begin(struct batch_progress *p, size_t whole, bool quiet);
void batch_progress_show(struct batch_progress *p, size_t done, size_t failed);
/* Take the bar away again. */
void batch_progress_end(struct batch_progress *p);

/* How long the bar may stay as it is, in ms; -1: for ever. */
int batch_progress_wait(const struct batch_progress *p);

#endif
