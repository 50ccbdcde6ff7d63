#include "report/multiplexing.h"

#include <stdlib.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "parser/event.h"
#include "parser/record.h"
#include "parser/recording.h"
#include "parser/sample.h"
#include "report/numbers.h"
#include "report/pairs.h"

/* What was read of one counter of one thread. */
struct counter {
	uint32_t id, tid; /* id: its number in `ids` */
	int event;
	struct counted_time time;
};

enum target { TARGET_UNKNOWN, TARGET_PROCESSOR, TARGET_TASK };

struct multiplexing {
	const struct recording *recording;
	struct numbers ids;
	enum target *targets; /* by number of the id */
	size_t n_targets, cap_targets;
	struct pairs keys; /* (number of the id, tid) -> counter */
	struct counter *counters;
	size_t n, cap;
};

struct multiplexing *multiplexing_new(const struct recording *r)
{
	struct multiplexing *m = mem_calloc(1, sizeof(*m));

	m->recording = r;
	return m;
}

void multiplexing_free(struct multiplexing *m)
{
	if (!m)
		return;
	numbers_done(&m->ids);
	pairs_done(&m->keys);
	free(m->targets);
	free(m->counters);
	free(m);
}

/* ---- what is read ---- */

static uint32_t number_of_id(struct multiplexing *m, uint64_t id)
{
	bool is_new;
	uint32_t n = numbers_add(&m->ids, id, &is_new);

	if (is_new) {
		m->targets =
			mem_grow(m->targets, m->n_targets, 1, &m->cap_targets, sizeof(*m->targets));
		m->targets[m->n_targets++] = TARGET_UNKNOWN;
	}
	return n;
}

/* The children that inherit a counter share its id. */
static void take(struct multiplexing *m, int event, uint64_t id, uint32_t tid,
		 struct counted_time time)
{
	uint32_t number = number_of_id(m, id), at;

	if (!attr_has(&recording_events(m->recording)->items[event].attr, ATTR_INHERIT))
		tid = 0;
	at = pairs_add(&m->keys, number, tid);
	if (at == m->n) {
		m->counters = mem_grow(m->counters, m->n, 1, &m->cap, sizeof(*m->counters));
		m->counters[m->n++] = (struct counter){ .id = number, .tid = tid, .event = event };
	}
	m->counters[at].time = time;
}

void multiplexing_sample(struct multiplexing *m, const struct sample_decoder *d,
			 const struct sample *s)
{
	const struct events *events = recording_events(m->recording);
	struct counted_time time = { s->time_enabled, s->time_running };

	if (!(s->type & SAMPLE_READ) || !s->has_read_times || !s->read_values)
		return;
	for (uint64_t i = 0; i < s->read_nr; i++) {
		struct read_value v = sample_read_value(d, s, i);
		int event = s->read_nr == 1 && !v.id ? s->event : events_find(events, v.id);

		if (event >= 0)
			take(m, event, v.id, s->tid, time);
	}
}

void multiplexing_read(struct multiplexing *m, const struct record *read)
{
	static const uint64_t both = FORMAT_TOTAL_TIME_ENABLED | FORMAT_TOTAL_TIME_RUNNING;
	const struct events *events = recording_events(m->recording);
	int event = read->id.has_id ? events_find(events, read->id.id) : events->n == 1 ? 0 : -1;
	struct cursor c = { .base = read->read.values,
			    .len = read->read.len,
			    .swap = recording_swapped(m->recording) };
	struct counted_time time;
	uint64_t format;

	if (event < 0)
		return;
	format = events->items[event].attr.read_format;
	if ((format & both) != both || (format & FORMAT_GROUP))
		return; /* one record for one event: never a group's */
	cursor_u64(&c);
	time.enabled_ns = cursor_u64(&c);
	time.running_ns = cursor_u64(&c);
	if (!c.overrun)
		take(m, event, read->id.id, read->read.tid, time);
}

void multiplexing_id_index(struct multiplexing *m, const struct record *index)
{
	struct cursor c = { .base = index->id_index.entries,
			    .len = index->id_index.n * ID_INDEX_ENTRY,
			    .swap = recording_swapped(m->recording) };

	for (uint64_t i = 0; i < index->id_index.n; i++) {
		uint32_t number = number_of_id(m, cursor_u64(&c)), tid;

		cursor_skip(&c, 16); /* idx, cpu */
		tid = (uint32_t)cursor_u64(&c);
		m->targets[number] = tid == UINT32_MAX ? TARGET_PROCESSOR : TARGET_TASK;
	}
}

/* ---- added up ---- */

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static int by_task(const void *va, const void *vb)
{
	const struct counter *a = va, *b = vb;

	if (a->event != b->event)
		return a->event - b->event;
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* Counters of one event whose times are of the same thread's time. */
static bool share_time(const struct multiplexing *m, const struct counter *a,
		       const struct counter *b)
{
	return a->event == b->event && a->tid == b->tid && m->targets[a->id] == TARGET_TASK &&
	       m->targets[b->id] == TARGET_TASK;
}

/* Events of which it is not known how the times of their counters go together. */
static bool *find_unclear(const struct multiplexing *m)
{
	size_t n = recording_events(m->recording)->n;
	bool *unclear = mem_calloc(n, sizeof(*unclear));
	uint32_t *first = mem_calloc(n, sizeof(*first)); /* id + 1 */

	for (size_t i = 0; i < m->n; i++) {
		const struct counter *c = &m->counters[i];

		if (m->targets[c->id] == TARGET_UNKNOWN && first[c->event] &&
		    first[c->event] != c->id + 1)
			unclear[c->event] = true;
		first[c->event] = c->id + 1;
	}
	free(first);
	return unclear;
}

/* The time of the counters from `i` on that share it; *next is the one behind them. */
static struct counted_time time_from(const struct multiplexing *m, const struct counter *sorted,
				     size_t i, size_t *next)
{
	struct counted_time time = { 0, 0 };
	size_t first = i;

	for (; i < m->n && (i == first || share_time(m, &sorted[first], &sorted[i])); i++) {
		if (sorted[i].time.enabled_ns > time.enabled_ns)
			time.enabled_ns = sorted[i].time.enabled_ns;
		time.running_ns = plus(time.running_ns, sorted[i].time.running_ns);
	}
	if (time.running_ns > time.enabled_ns)
		time.running_ns = time.enabled_ns;
	*next = i;
	return time;
}

struct counted_time *multiplexing_times(const struct multiplexing *m)
{
	size_t n_events = recording_events(m->recording)->n;
	struct counted_time *times = mem_calloc(n_events, sizeof(*times));
	struct counter *sorted = mem_calloc(m->n, sizeof(*sorted));
	bool *unclear = find_unclear(m);

	for (size_t i = 0; i < m->n; i++)
		sorted[i] = m->counters[i];
	if (m->n)
		qsort(sorted, m->n, sizeof(*sorted), by_task);
	for (size_t i = 0; i < m->n;) {
		int event = sorted[i].event;
		struct counted_time time = time_from(m, sorted, i, &i);

		if (unclear[event])
			continue;
		times[event].enabled_ns = plus(times[event].enabled_ns, time.enabled_ns);
		times[event].running_ns = plus(times[event].running_ns, time.running_ns);
	}
	free(unclear);
	free(sorted);
	return times;
}
