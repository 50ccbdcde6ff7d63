/*
 * commands/progress.h - how far a long read has come, on stderr if that is a terminal.
 */
#ifndef PERFOLIO_COMMANDS_PROGRESS_H
#define PERFOLIO_COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool terminal, shown;
	uint64_t begin_ms; /* nothing is shown in the first moments */
};

void progress_begin(struct progress *p);
/* part of whole: bytes read of this pass, of `passes` (pass counts from 0). */
void progress_show(struct progress *p, unsigned pass, unsigned passes, uint64_t part,
		   uint64_t whole);
/* Take the line away again. */
void progress_end(struct progress *p);

#endif
