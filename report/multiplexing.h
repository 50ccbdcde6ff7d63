/*
 * report/multiplexing.h - for which part of the time each event was counted: more events than counters take turns.
 *
 * The kernel tells it where values are read with PERF_FORMAT_TOTAL_TIME_ENABLED and _RUNNING: in samples with
 * PERF_SAMPLE_READ, and in READ records (perf record --stat).  The newest times of a counter hold.
 *
 * A counter of a processor (perf record -a) is enabled all the time.  One of a task has an id for each processor: each
 * of them is enabled while the task runs anywhere, and runs while it is on that processor.  So their running times add
 * up, and their enabled times do not.  ID_INDEX tells of which kind an id is; without it nothing is said of
 * an event that has several ids.
 */
#ifndef PERFOLIO_REPORT_MULTIPLEXING_H
#define PERFOLIO_REPORT_MULTIPLEXING_H

#include <stddef.h>
#include <stdint.h>

struct multiplexing;
struct record;
struct recording;
struct sample;
struct sample_decoder;

/* Of all counters of an event; enabled 0: not known. */
struct counted_time {
	uint64_t enabled_ns, running_ns; /* running <= enabled */
};

/* The recording is borrowed. */
struct multiplexing *multiplexing_new(const struct recording *r);
void multiplexing_free(struct multiplexing *m);

/* In file order. */
void multiplexing_sample(struct multiplexing *m, const struct sample_decoder *d,
			 const struct sample *s);
void multiplexing_read(struct multiplexing *m, const struct record *read);
void multiplexing_id_index(struct multiplexing *m, const struct record *id_index);

/* By event of the recording; free() it. */
struct counted_time *multiplexing_times(const struct multiplexing *m);

#endif
