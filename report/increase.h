/*
 * report/increase.h - what a sample stands for, and what a counter grew by since it was last read.
 *
 * A sample with PERF_SAMPLE_READ stands for the increase of its counters, of
 * the whole group with PERF_FORMAT_GROUP (leader sampling: one record is one sample per member
 * whose value increased, weighted by the increase).  Increases are kept for each id, and for
 * each thread where the event inherits (its ids are shared by the children).
 */
#ifndef PERFOLIO_REPORT_INCREASE_H
#define PERFOLIO_REPORT_INCREASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct increases;
struct recording;
struct sample;
struct sample_decoder;

struct increases *increases_new(void);
void increases_free(struct increases *c);

/* The increase to `value`, which is remembered; a counter that went down starts again from 0. */
uint64_t increases_take(struct increases *c, uint64_t id, uint64_t tid, uint64_t value);

/* A sample's part for one event. */
struct share {
	int event; /* index among the recording's events */
	uint64_t weight;
};

/* Does the sample stand for what it read, and not for its period? */
bool increases_apply(const struct sample *s);

/*
 * What a sample that was read stands for: a share for each counter of a known event, also where it did
 * not increase (weight 0).  Must be called once for each such sample, in file order.  Valid until
 * the next call.
 */
const struct share *increases_shares(struct increases *c, const struct recording *r,
				     const struct sample_decoder *d, const struct sample *s,
				     size_t *n);

#endif
