/*
 * report/increase.h - what a counter grew by since it was last read.
 *
 * A sample with PERF_SAMPLE_READ stands for the increase of its counters, of
 * the whole group with PERF_FORMAT_GROUP.  Increases are kept for each id, and for
 * each thread where the event inherits (its ids are shared by the children).
 */
#ifndef PERFOLIO_REPORT_INCREASE_H
#define PERFOLIO_REPORT_INCREASE_H

#include <stdbool.h>
#include <stdint.h>

struct increases;

struct increases *increases_new(void);
void increases_free(struct increases *c);

/* The increase to `value`, which is remembered; a counter that went down starts again from 0. */
uint64_t increases_take(struct increases *c, uint64_t id, uint64_t tid, uint64_t value);

#endif
