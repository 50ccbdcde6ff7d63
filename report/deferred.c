#include "report/deferred.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/numbers.h"

enum { FIRST_BUCKETS = 64 };

struct ends {
	struct held_sample *first, *last;
};

struct deferred {
	struct ends all;
	struct numbers tids;
	struct ends *threads; /* by number of the tid */
	size_t cap_threads;
	struct ends *buckets; /* by hash of thread and cookie */
	size_t mask, n;       /* as many buckets as samples, or more */
};

struct deferred *deferred_new(void)
{
	struct deferred *d = mem_calloc(1, sizeof(*d));

	d->mask = FIRST_BUCKETS - 1;
	d->buckets = mem_calloc(FIRST_BUCKETS, sizeof(*d->buckets));
	return d;
}

void held_free(struct held_sample *h)
{
	free(h->chain);
	free(h->shares);
	free(h);
}

void deferred_free(struct deferred *d)
{
	struct held_sample *h;

	if (!d)
		return;
	while ((h = deferred_take_any(d)))
		held_free(h);
	free(d->threads);
	free(d->buckets);
	numbers_done(&d->tids);
	free(d);
}

/* ---- lists ---- */

static void append(struct ends *list, enum held_list which, struct held_sample *h)
{
	h->previous[which] = list->last;
	h->next[which] = NULL;
	if (list->last)
		list->last->next[which] = h;
	else
		list->first = h;
	list->last = h;
}

static void unlink_from(struct ends *list, enum held_list which, const struct held_sample *h)
{
	if (h->previous[which])
		h->previous[which]->next[which] = h->next[which];
	else
		list->first = h->next[which];
	if (h->next[which])
		h->next[which]->previous[which] = h->previous[which];
	else
		list->last = h->previous[which];
}

static struct ends *thread_of(struct deferred *d, uint32_t tid)
{
	bool is_new;
	uint32_t i = numbers_add(&d->tids, tid, &is_new);

	if (is_new) {
		d->threads = mem_grow(d->threads, i, 1, &d->cap_threads, sizeof(*d->threads));
		d->threads[i] = (struct ends){ NULL, NULL };
	}
	return &d->threads[i];
}

static struct ends *bucket_of(const struct deferred *d, uint32_t tid, uint64_t cookie)
{
	return &d->buckets[(size_t)hash_pair(tid, cookie) & d->mask];
}

static void more_buckets(struct deferred *d)
{
	d->mask = 2 * d->mask + 1;
	free(d->buckets);
	d->buckets = mem_calloc(d->mask + 1, sizeof(*d->buckets));
	for (struct held_sample *h = d->all.first; h; h = h->next[HELD_ALL])
		append(bucket_of(d, h->sample.tid, h->cookie), HELD_COOKIE, h);
}

static void put(struct deferred *d, struct held_sample *h)
{
	append(&d->all, HELD_ALL, h);
	append(thread_of(d, h->sample.tid), HELD_THREAD, h);
	append(bucket_of(d, h->sample.tid, h->cookie), HELD_COOKIE, h);
	if (++d->n > d->mask)
		more_buckets(d);
}

static struct held_sample *take(struct deferred *d, struct held_sample *h)
{
	if (!h)
		return NULL;
	unlink_from(&d->all, HELD_ALL, h);
	unlink_from(thread_of(d, h->sample.tid), HELD_THREAD, h);
	unlink_from(bucket_of(d, h->sample.tid, h->cookie), HELD_COOKIE, h);
	d->n--;
	return h;
}

/* ---- samples ---- */

/* The kernel puts the marker and the cookie where the user part would begin, so at the chain's end. */
static bool waits(const struct sample *s, uint64_t *cookie)
{
	uint64_t marker;

	if (s->chain_nr < 2)
		return false;
	memcpy(&marker, s->chain + 8 * (s->chain_nr - 2), sizeof(marker));
	memcpy(cookie, s->chain + 8 * (s->chain_nr - 1), sizeof(*cookie));
	return marker == CONTEXT_USER_DEFERRED;
}

bool deferred_hold(struct deferred *d, const struct sample *s, uint64_t time,
		   const struct share *shares, size_t n)
{
	size_t nr;
	struct held_sample *h;
	uint64_t cookie;

	if (!waits(s, &cookie))
		return false;
	nr = (size_t)s->chain_nr - 2;
	h = mem_calloc(1, sizeof(*h));
	h->time = time;
	h->cookie = cookie;
	h->chain = mem_calloc(nr, sizeof(*h->chain));
	if (nr)
		memcpy(h->chain, s->chain, 8 * nr);
	h->shares = mem_calloc(n, sizeof(*h->shares));
	memcpy(h->shares, shares, n * sizeof(*shares));
	h->n_shares = n;
	h->sample = (struct sample){
		.event = s->event,
		.misc = s->misc,
		.type = s->type,
		.ip = s->ip,
		.pid = s->pid,
		.tid = s->tid,
		.time = s->time,
		.cpu = s->cpu,
		.chain = (const uint8_t *)h->chain,
		.chain_nr = nr,
	};
	put(d, h);
	return true;
}

struct held_sample *deferred_take(struct deferred *d, uint32_t tid, uint64_t cookie)
{
	struct held_sample *h = bucket_of(d, tid, cookie)->first;

	while (h && (h->sample.tid != tid || h->cookie != cookie))
		h = h->next[HELD_COOKIE];
	return take(d, h);
}

struct held_sample *deferred_take_thread(struct deferred *d, uint32_t tid)
{
	uint32_t i;

	return numbers_find(&d->tids, tid, &i) ? take(d, d->threads[i].first) : NULL;
}

struct held_sample *deferred_take_any(struct deferred *d)
{
	return take(d, d->all.first);
}

void held_complete(struct held_sample *h, const uint8_t *ips, uint64_t nr, bool swap)
{
	size_t before = (size_t)h->sample.chain_nr;

	h->chain = mem_resize(h->chain, before + (size_t)nr + 1, sizeof(*h->chain));
	h->chain[before++] = CONTEXT_USER; /* the part mostly says it itself, too */
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t v;

		memcpy(&v, ips + 8 * i, sizeof(v));
		h->chain[before++] = swap ? bswap_64(v) : v;
	}
	h->sample.chain = (const uint8_t *)h->chain;
	h->sample.chain_nr = before;
}
