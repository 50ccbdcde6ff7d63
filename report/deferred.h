/*
 * report/deferred.h - samples whose user call chain comes later (PERF_RECORD_CALLCHAIN_DEFERRED).
 *
 * New kernels can put the marker PERF_CONTEXT_USER_DEFERRED and a cookie in place of a chain's user part,
 * which then arrives, once for all samples with the cookie, when the thread goes back to
 * user mode.  Held samples own copies of what they need.
 * Source: perf_event.h, PERF_RECORD_CALLCHAIN_DEFERRED.
 */
#ifndef PERFOLIO_REPORT_DEFERRED_H
#define PERFOLIO_REPORT_DEFERRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/sample.h"
#include "report/increase.h"

/* A held sample is in three lists, each the oldest first: of all, of its thread, and of what has its place in a hash table. */
enum held_list { HELD_ALL, HELD_THREAD, HELD_COOKIE, HELD_LISTS };

struct held_sample {
	struct held_sample *next[HELD_LISTS], *previous[HELD_LISTS];
	struct sample
		sample; /* its chain is `chain`, up to the marker; nothing else in it points anywhere */
	uint64_t time;
	uint64_t cookie;
	uint64_t *chain;
	struct share *shares;
	size_t n_shares;
};

struct deferred;

struct deferred *deferred_new(void);
void deferred_free(struct deferred *d);

/* Hold the sample if its chain is to come; false: its chain is whole. */
bool deferred_hold(struct deferred *d, const struct sample *s, uint64_t time,
		   const struct share *shares, size_t n);

/* The oldest held sample of this thread with this cookie; NULL: none (any more). held_free() it. */
struct held_sample *deferred_take(struct deferred *d, uint32_t tid, uint64_t cookie);
/* The same whatever the cookie, and whatever the thread. */
struct held_sample *deferred_take_thread(struct deferred *d, uint32_t tid);
struct held_sample *deferred_take_any(struct deferred *d);

/* Append the user part that arrived: `nr` numbers, in the other byte order if `swap`. */
void held_complete(struct held_sample *h, const uint8_t *ips, uint64_t nr, bool swap);
void held_free(struct held_sample *h);

#endif
