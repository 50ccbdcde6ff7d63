/*
 * report/timeline.h - the first walk: from the records that change the world to a machine.
 *
 * mmap, mmap2, comm, fork, exit and ksymbol records are collected, put in the order of their
 * times and applied (DESIGN 2).  A record without a time of its own takes effect
 *   - at the beginning, if it says 0 or no timed record stands before it (perf made it up);
 *   - else at the smallest time of its FINISHED_ROUND round;
 *   - where nothing in the recording is timed: at its position, which then is the time of everything.
 * Equal times: the order of the file; a sample sees the changes of its own time.
 */
#ifndef PERFOLIO_REPORT_TIMELINE_H
#define PERFOLIO_REPORT_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "parser/recording.h"
#include "report/machine.h"

struct timeline;

/* Begin the walk; the recording is rewound. Everything is borrowed. */
struct timeline *timeline_new(struct recording *r, struct texts *texts, struct diag *diag);

/* Read on for a while (some MiB); false when the recording is read to its end. */
bool timeline_step(struct timeline *t);

/* What the walk learned of the recording's clock. */
struct timeline_clock {
	bool timed;      /* something has a time; else positions stand for times */
	uint64_t newest; /* the greatest time; 0: none */
	uint64_t first_sample, last_sample; /* times of samples; 0: none has one */
};

/* The sealed machine, the caller's to free; ends the walk and frees `t`. */
struct machine *timeline_finish(struct timeline *t, struct timeline_clock *clock);

#endif
