#include "report/memory_log.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 256 };

/* In place of an instance: the line is known by its physical address. */
#define PHYSICAL UINT32_MAX

void memory_log_done(struct memory_log *m)
{
	free(m->accesses);
	free(m->sources);
	free(m->objects);
	free(m->threads);
	free(m->lines);
	free(m->recordings);
	numbers_done(&m->values);
	numbers_done(&m->names);
	numbers_done(&m->keys);
	numbers_done(&m->line_bases);
	numbers_done(&m->tids);
	pairs_done(&m->source_keys);
	pairs_done(&m->object_keys);
	pairs_done(&m->spaces);
	pairs_done(&m->line_keys);
	pairs_done(&m->thread_keys);
	free(m->slots);
	*m = (struct memory_log){ 0 };
}

/* ---- each distinct thing once ---- */

uint32_t memory_log_source(struct memory_log *m, uint32_t event, uint64_t value)
{
	bool is_new;
	uint32_t i = pairs_add(&m->source_keys, event, numbers_add(&m->values, value, &is_new));

	if (i == m->n_sources) {
		m->sources = mem_grow(m->sources, i, 1, &m->cap_sources, sizeof(*m->sources));
		m->sources[m->n_sources++] = (struct memory_source){ event, value };
	}
	return i;
}

uint32_t memory_log_object(struct memory_log *m, const struct data_object *o)
{
	uint32_t kind = (uint32_t)o->kind << 1 | o->inferred;
	bool is_new;
	uint32_t i = pairs_add(&m->object_keys, kind,
			       numbers_add(&m->names, (uintptr_t)o->name, &is_new));

	if (i == m->n_objects) {
		m->objects = mem_grow(m->objects, i, 1, &m->cap_objects, sizeof(*m->objects));
		m->objects[m->n_objects++] = *o;
	}
	return i;
}

uint32_t memory_log_recording(struct memory_log *m, const char *key)
{
	bool is_new;
	uint32_t i = numbers_add(&m->keys, (uintptr_t)key, &is_new);

	if (is_new) {
		m->recordings =
			mem_grow(m->recordings, i, 1, &m->cap_recordings, sizeof(*m->recordings));
		m->recordings[m->n_recordings++] = key;
	}
	return i;
}

uint32_t memory_log_line(struct memory_log *m, const struct memory_line *l, bool *is_new)
{
	uint32_t space = pairs_add(&m->spaces, l->recording, l->phys ? PHYSICAL : l->instance);
	bool new_base;
	uint32_t i = pairs_add(&m->line_keys, space,
			       numbers_add(&m->line_bases, l->phys ? l->phys : l->addr, &new_base));

	*is_new = i == m->n_lines;
	if (*is_new) {
		m->lines = mem_grow(m->lines, i, 1, &m->cap_lines, sizeof(*m->lines));
		m->lines[m->n_lines++] = *l;
	}
	return i;
}

uint32_t memory_log_thread(struct memory_log *m, uint32_t recording, uint32_t pid, uint32_t tid,
			   bool *is_new)
{
	uint32_t number = numbers_add(&m->tids, (uint64_t)pid << 32 | tid, is_new);
	uint32_t i = pairs_add(&m->thread_keys, recording, number);

	*is_new = i == m->n_threads;
	if (*is_new) {
		m->threads = mem_grow(m->threads, i, 1, &m->cap_threads, sizeof(*m->threads));
		m->threads[m->n_threads++] =
			(struct memory_thread){ .recording = recording, .pid = pid, .tid = tid };
	}
	return i;
}

/* ---- accesses ---- */

void memory_log_append(struct memory_log *m, const struct memory_access *a)
{
	m->accesses =
		mem_grow(m->accesses, m->n_accesses, 1, &m->cap_accesses, sizeof(*m->accesses));
	m->accesses[m->n_accesses++] = *a;
}

static uint64_t hash_access(const struct memory_access *a)
{
	uint64_t parts = (uint64_t)a->weight2 << 24 | (uint64_t)a->weight3 << 8 | a->offset;
	uint64_t h = hash_pair(a->latency, parts);

	h = hash_pair(h, (uint64_t)a->node << 32 | a->source);
	h = hash_pair(h, (uint64_t)a->line << 32 | a->thread);
	return hash_pair(h, a->object);
}

static bool are_alike(const struct memory_access *a, const struct memory_access *b)
{
	return a->latency == b->latency && a->node == b->node && a->source == b->source &&
	       a->object == b->object && a->line == b->line && a->thread == b->thread &&
	       a->weight2 == b->weight2 && a->weight3 == b->weight3 && a->offset == b->offset;
}

/* Where the access is in the table, or belongs. */
static uint32_t *slot_of(const struct memory_log *m, const struct memory_access *a)
{
	size_t i = (size_t)hash_access(a) & m->mask;

	while (m->slots[i] && !are_alike(&m->accesses[m->slots[i] - 1], a))
		i = (i + 1) & m->mask;
	return &m->slots[i];
}

static void more_slots(struct memory_log *m)
{
	m->mask = m->slots ? 2 * m->mask + 1 : FIRST_SLOTS - 1;
	free(m->slots);
	m->slots = mem_calloc(m->mask + 1, sizeof(*m->slots));
	for (size_t i = 0; i < m->n_accesses; i++)
		*slot_of(m, &m->accesses[i]) = (uint32_t)i + 1;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

void memory_log_count(struct memory_log *m, const struct memory_access *a)
{
	uint32_t *slot;

	if (4 * m->n_accesses >= 3 * m->mask)
		more_slots(m);
	slot = slot_of(m, a);
	if (*slot) {
		m->accesses[*slot - 1].count = plus(m->accesses[*slot - 1].count, a->count);
		return;
	}
	memory_log_append(m, a);
	*slot = (uint32_t)m->n_accesses;
}

/* ---- several ---- */

struct adding {
	struct memory_log *to;
	const struct memory_log *from;
	const struct memory_mapping *map;
	uint32_t *sources, *objects, *recordings, *threads, *lines; /* by index in from: in to */
};

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int line_order(const struct memory_log *m, const struct memory_line *a,
		      const struct memory_line *b)
{
	int order = number_order(a->addr, b->addr);

	if (!order)
		order = number_order(a->page_size, b->page_size);
	if (!order)
		order = number_order(a->pid, b->pid);
	if (!order)
		order = number_order(a->instance, b->instance);
	return order ? order : data_object_order(&m->objects[a->object], &m->objects[b->object]);
}

static void add_objects(struct adding *k)
{
	for (size_t i = 0; i < k->from->n_objects; i++) {
		struct data_object o = k->from->objects[i];

		o.name = texts_add_z(k->map->texts, o.name);
		k->objects[i] = memory_log_object(k->to, &o);
	}
}

static void add_recordings(struct adding *k)
{
	for (size_t i = 0; i < k->from->n_recordings; i++) {
		const char *key = k->map->recording ? k->map->recording : k->from->recordings[i];

		k->recordings[i] = memory_log_recording(k->to, texts_add_z(k->map->texts, key));
	}
}

/* What parts of one recording saw first is not what all of it did: one of them, the same in any order. */
static void add_threads(struct adding *k)
{
	for (size_t i = 0; i < k->from->n_threads; i++) {
		const struct memory_thread *t = &k->from->threads[i];
		const char *comm = texts_add_z(k->map->texts, t->comm), **known;
		bool is_new;

		k->threads[i] = memory_log_thread(k->to, k->recordings[t->recording], t->pid,
						  t->tid, &is_new);
		known = &k->to->threads[k->threads[i]].comm;
		if (is_new || strcmp(comm, *known) < 0)
			*known = comm;
	}
}

static void add_lines(struct adding *k)
{
	for (size_t i = 0; i < k->from->n_lines; i++) {
		struct memory_line l = k->from->lines[i], *known;
		bool is_new;

		l.recording = k->recordings[l.recording];
		l.object = k->objects[l.object];
		k->lines[i] = memory_log_line(k->to, &l, &is_new);
		known = &k->to->lines[k->lines[i]];
		if (line_order(k->to, &l, known) < 0)
			*known = l;
	}
}

static void add_accesses(struct adding *k)
{
	for (size_t i = 0; i < k->from->n_accesses; i++) {
		struct memory_access a = k->from->accesses[i];

		a.node = k->map->nodes[a.node];
		if (a.node == MEMORY_NONE) {
			k->to->left_out = plus(k->to->left_out, a.count);
			continue;
		}
		a.source = k->sources[a.source];
		a.object = k->objects[a.object];
		a.thread = k->threads[a.thread];
		if (a.line != MEMORY_NONE)
			a.line = k->lines[a.line];
		memory_log_count(k->to, &a);
	}
}

void memory_log_add_all(struct memory_log *to, const struct memory_log *from,
			const struct memory_mapping *map)
{
	struct adding k = {
		.to = to,
		.from = from,
		.map = map,
		.sources = mem_calloc(from->n_sources, sizeof(*k.sources)),
		.objects = mem_calloc(from->n_objects, sizeof(*k.objects)),
		.recordings = mem_calloc(from->n_recordings, sizeof(*k.recordings)),
		.threads = mem_calloc(from->n_threads, sizeof(*k.threads)),
		.lines = mem_calloc(from->n_lines, sizeof(*k.lines)),
	};

	for (size_t i = 0; i < from->n_sources; i++) {
		uint32_t event = from->sources[i].event;

		if (map->events)
			event = (uint32_t)map->events[event];
		k.sources[i] = memory_log_source(to, event, from->sources[i].value);
	}
	add_objects(&k);
	add_recordings(&k);
	add_threads(&k);
	add_lines(&k);
	add_accesses(&k);
	to->recorded |= from->recorded;
	to->left_out = plus(to->left_out, from->left_out);
	free(k.sources);
	free(k.objects);
	free(k.recordings);
	free(k.threads);
	free(k.lines);
}
