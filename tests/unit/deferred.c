/*
 * tests/unit/deferred.c - samples that wait for their user chain, kept and taken (report/deferred.h).
 */
#include "report/deferred.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "tests/check.h"
#include "tests/make_profile.h"

enum { TIDS = 4, COOKIES = 5, OPERATIONS = 3000 };

/* The same with a plain list, the oldest first. */
struct plain {
	struct waiting {
		uint32_t tid;
		uint64_t cookie, time;
	} items[OPERATIONS];
	size_t n;
};

static void hold(struct deferred *d, uint32_t tid, uint64_t cookie, uint64_t time)
{
	const uint64_t chain[] = { 0x1000 + time, CONTEXT_USER_DEFERRED, cookie };
	const struct share share = { 0, 1 };
	const struct sample s = { .tid = tid, .chain = (const uint8_t *)chain, .chain_nr = 3 };

	check(deferred_hold(d, &s, time, &share, 1), "it is held");
}

/* Take the first that fits; 0: none. */
static uint64_t plain_take(struct plain *p, const uint32_t *tid, const uint64_t *cookie)
{
	for (size_t i = 0; i < p->n; i++) {
		uint64_t time = p->items[i].time;

		if ((tid && p->items[i].tid != *tid) || (cookie && p->items[i].cookie != *cookie))
			continue;
		p->n--;
		memmove(&p->items[i], &p->items[i + 1], (p->n - i) * sizeof(p->items[0]));
		return time;
	}
	return 0;
}

static uint64_t time_of(struct held_sample *h)
{
	uint64_t time = h ? h->time : 0;

	if (h)
		held_free(h);
	return time;
}

static void what_is_taken_is_the_oldest_that_fits(void)
{
	struct plain *p = mem_calloc(1, sizeof(*p));
	bool by_cookie = true, by_thread = true, any = true;

	for (uint64_t round = 0; round < 10; round++) {
		struct deferred *d = deferred_new();
		uint64_t seed = round;

		for (uint64_t time = 1; time <= OPERATIONS; time++) {
			uint32_t tid = random_below(&seed, TIDS);
			uint64_t cookie = random_below(&seed, COOKIES);

			switch (random_below(&seed, 8)) {
			case 0:
			case 1:
				by_cookie &= time_of(deferred_take(d, tid, cookie)) ==
					     plain_take(p, &tid, &cookie);
				break;
			case 2:
				by_thread &= time_of(deferred_take_thread(d, tid)) ==
					     plain_take(p, &tid, NULL);
				break;
			case 3:
				any &= time_of(deferred_take_any(d)) == plain_take(p, NULL, NULL);
				break;
			default:
				hold(d, tid, cookie, time);
				p->items[p->n++] = (struct waiting){ tid, cookie, time };
				break;
			}
		}
		while (p->n)
			any &= time_of(deferred_take_any(d)) == plain_take(p, NULL, NULL);
		check(!deferred_take_any(d), "nothing is left");
		deferred_free(d);
	}
	check(by_cookie, "by thread and cookie");
	check(by_thread, "by thread");
	check(any, "of all");
	free(p);
	deferred_free(NULL);
}

/* One thread can wait for as many chains as it has samples; what is left is freed. */
static void very_many_of_one_thread_are_found_from_behind(void)
{
	enum { MANY = 300000 };
	struct deferred *d = deferred_new();
	size_t right = 0;

	for (uint64_t i = 1; i <= MANY; i++)
		hold(d, 7, i, i);
	for (uint64_t i = MANY; i > 10; i--)
		right += time_of(deferred_take(d, 7, i)) == i;
	check_u64(right, MANY - 10, "each");
	check_u64(time_of(deferred_take_thread(d, 7)), 1, "then the oldest");
	deferred_free(d);
}

static void a_sample_whose_chain_is_whole_does_not_wait(void)
{
	static const struct {
		const char *label;
		uint64_t chain[3];
		uint64_t n;
		bool waits;
	} rows[] = {
		{ "the marker and a cookie", { CONTEXT_USER_DEFERRED, 7 }, 2, true },
		{ "behind kernel addresses", { 1, CONTEXT_USER_DEFERRED, 7 }, 3, true },
		{ "no marker", { CONTEXT_USER, 7 }, 2, false },
		{ "a marker that is not at the end", { CONTEXT_USER_DEFERRED, 7, 8 }, 3, false },
		{ "a marker without a cookie", { 1, 2, CONTEXT_USER_DEFERRED }, 3, false },
		{ "nothing", { 0 }, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct deferred *d = deferred_new();
		const struct share share = { 0, 1 };
		const struct sample s = { .tid = 1,
					  .chain = (const uint8_t *)rows[i].chain,
					  .chain_nr = rows[i].n };

		check(deferred_hold(d, &s, 1, &share, 1) == rows[i].waits, rows[i].label);
		deferred_free(d);
	}
}

int main(void)
{
	what_is_taken_is_the_oldest_that_fits();
	very_many_of_one_thread_are_found_from_behind();
	a_sample_whose_chain_is_whole_does_not_wait();
	return check_done("deferred");
}
