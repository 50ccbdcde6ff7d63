#include "report/deferred.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"

enum { BUCKETS = 256 }; /* few threads are in the kernel at once */

struct deferred {
	struct held_sample *first[BUCKETS]; /* by thread, the oldest first */
	struct held_sample **end[BUCKETS];
	size_t n;
};

struct deferred *deferred_new(void)
{
	struct deferred *d = mem_calloc(1, sizeof(*d));

	for (size_t i = 0; i < BUCKETS; i++)
		d->end[i] = &d->first[i];
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
	free(d);
}

static size_t bucket_of(uint32_t tid)
{
	return (size_t)hash_u64(tid) % BUCKETS;
}

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
	size_t bucket = bucket_of(s->tid), nr;
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
	*d->end[bucket] = h;
	d->end[bucket] = &h->next;
	d->n++;
	return true;
}

/* Take the first sample of the bucket that is wanted. */
static struct held_sample *take(struct deferred *d, size_t bucket, const uint32_t *tid,
				const uint64_t *cookie)
{
	for (struct held_sample **link = &d->first[bucket]; *link; link = &(*link)->next) {
		struct held_sample *h = *link;

		if ((tid && h->sample.tid != *tid) || (cookie && h->cookie != *cookie))
			continue;
		*link = h->next;
		if (d->end[bucket] == &h->next)
			d->end[bucket] = link;
		d->n--;
		return h;
	}
	return NULL;
}

struct held_sample *deferred_take(struct deferred *d, uint32_t tid, uint64_t cookie)
{
	return take(d, bucket_of(tid), &tid, &cookie);
}

struct held_sample *deferred_take_thread(struct deferred *d, uint32_t tid)
{
	return take(d, bucket_of(tid), &tid, NULL);
}

struct held_sample *deferred_take_any(struct deferred *d)
{
	for (size_t i = 0; d->n && i < BUCKETS; i++) {
		struct held_sample *h = take(d, i, NULL, NULL);

		if (h)
			return h;
	}
	return NULL;
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
