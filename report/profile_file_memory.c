/*
 * Entries are written in columns, which pack better than rows.  Of each kind of thing only those are there that an access
 * needs: what filters left out is in no file.
 */
#include "report/profile_file_memory.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

/* ---- orders ---- */

/* Things of one kind: those in use in the order of the file, and by number the place there. */
struct ordered {
	uint32_t *items, *places;
	size_t n;
};

struct memory_order {
	const struct memory_log *m;
	const uint32_t *event_places, *node_places;
	struct ordered recordings, sources, objects, threads, lines, accesses, texts;
	struct numbers text_numbers; /* pointers of texts -> number */
	const char **all_texts;      /* by that number */
	size_t n_all_texts, cap_all_texts;
	const char **sorted_texts;
};

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static uint32_t text_number(struct memory_order *o, const char *s)
{
	bool is_new;
	uint32_t i = numbers_add(&o->text_numbers, (uintptr_t)s, &is_new);

	if (is_new) {
		o->all_texts =
			mem_grow(o->all_texts, i, 1, &o->cap_all_texts, sizeof(*o->all_texts));
		o->all_texts[o->n_all_texts++] = s;
	}
	return i;
}

static uint32_t text_place(const struct memory_order *o, const char *s)
{
	uint32_t i = 0;

	numbers_find(&o->text_numbers, (uintptr_t)s, &i);
	return o->texts.places[i];
}

/* used: by number, or NULL for all. */
static void sort(struct ordered *to, size_t n, const bool *used,
		 int (*order)(const void *, const void *, void *), void *context)
{
	to->items = mem_calloc(n, sizeof(*to->items));
	to->places = mem_calloc(n, sizeof(*to->places));
	for (uint32_t i = 0; i < n; i++)
		if (!used || used[i])
			to->items[to->n++] = i;
	if (to->n)
		qsort_r(to->items, to->n, sizeof(*to->items), order, context);
	for (uint32_t i = 0; i < to->n; i++)
		to->places[to->items[i]] = i;
}

static void ordered_done(struct ordered *o)
{
	free(o->items);
	free(o->places);
}

static int by_text(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;

	return strcmp(o->all_texts[*(const uint32_t *)a], o->all_texts[*(const uint32_t *)b]);
}

static int by_recording(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;

	return strcmp(o->m->recordings[*(const uint32_t *)a],
		      o->m->recordings[*(const uint32_t *)b]);
}

static int by_source(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;
	const struct memory_source *x = &o->m->sources[*(const uint32_t *)a];
	const struct memory_source *y = &o->m->sources[*(const uint32_t *)b];
	int order = compare(o->event_places[x->event], o->event_places[y->event]);

	return order ? order : compare(x->value, y->value);
}

static int by_object(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;

	return data_object_order(&o->m->objects[*(const uint32_t *)a],
				 &o->m->objects[*(const uint32_t *)b]);
}

static int by_thread(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;
	const struct memory_thread *x = &o->m->threads[*(const uint32_t *)a];
	const struct memory_thread *y = &o->m->threads[*(const uint32_t *)b];
	int order = compare(o->recordings.places[x->recording], o->recordings.places[y->recording]);

	if (!order)
		order = compare(x->pid, y->pid);
	return order ? order : compare(x->tid, y->tid);
}

static int by_line(const void *a, const void *b, void *context)
{
	const struct memory_order *o = context;
	const struct memory_line *x = &o->m->lines[*(const uint32_t *)a];
	const struct memory_line *y = &o->m->lines[*(const uint32_t *)b];
	int order = compare(o->recordings.places[x->recording], o->recordings.places[y->recording]);

	if (!order)
		order = compare(x->phys, y->phys);
	if (!order)
		order = compare(x->instance, y->instance);
	return order ? order : compare(x->addr, y->addr);
}

static uint32_t line_place_1(const struct memory_order *o, const struct memory_access *a)
{
	return a->line == MEMORY_NONE ? 0 : o->lines.places[a->line] + 1;
}

static int by_access(const void *va, const void *vb, void *context)
{
	const struct memory_order *o = context;
	const struct memory_access *a = &o->m->accesses[*(const uint32_t *)va];
	const struct memory_access *b = &o->m->accesses[*(const uint32_t *)vb];
	int order = compare(o->node_places[a->node], o->node_places[b->node]);

	if (!order)
		order = compare(o->sources.places[a->source], o->sources.places[b->source]);
	if (!order)
		order = compare(o->objects.places[a->object], o->objects.places[b->object]);
	if (!order)
		order = compare(o->threads.places[a->thread], o->threads.places[b->thread]);
	if (!order)
		order = compare(line_place_1(o, a), line_place_1(o, b));
	if (!order)
		order = compare(a->offset, b->offset);
	if (!order)
		order = compare(a->latency, b->latency);
	if (!order)
		order = compare(a->weight2, b->weight2);
	return order ? order : compare(a->weight3, b->weight3);
}

/* ---- what is in use ---- */

struct used {
	bool *recordings, *sources, *objects, *threads, *lines;
};

static void find_used(const struct memory_log *m, struct used *u)
{
	*u = (struct used){
		.recordings = mem_calloc(m->n_recordings, sizeof(bool)),
		.sources = mem_calloc(m->n_sources, sizeof(bool)),
		.objects = mem_calloc(m->n_objects, sizeof(bool)),
		.threads = mem_calloc(m->n_threads, sizeof(bool)),
		.lines = mem_calloc(m->n_lines, sizeof(bool)),
	};
	for (size_t i = 0; i < m->n_accesses; i++) {
		const struct memory_access *a = &m->accesses[i];

		u->sources[a->source] = u->objects[a->object] = u->threads[a->thread] = true;
		u->recordings[m->threads[a->thread].recording] = true;
		if (a->line == MEMORY_NONE)
			continue;
		u->lines[a->line] = u->objects[m->lines[a->line].object] = true;
		u->recordings[m->lines[a->line].recording] = true;
	}
}

static void used_done(struct used *u)
{
	free(u->recordings);
	free(u->sources);
	free(u->objects);
	free(u->threads);
	free(u->lines);
}

static void order_texts(struct memory_order *o)
{
	for (size_t i = 0; i < o->recordings.n; i++)
		text_number(o, o->m->recordings[o->recordings.items[i]]);
	for (size_t i = 0; i < o->objects.n; i++)
		text_number(o, o->m->objects[o->objects.items[i]].name);
	for (size_t i = 0; i < o->threads.n; i++)
		text_number(o, o->m->threads[o->threads.items[i]].comm);
	sort(&o->texts, o->n_all_texts, NULL, by_text, o);
	o->sorted_texts = mem_calloc(o->texts.n, sizeof(*o->sorted_texts));
	for (size_t i = 0; i < o->texts.n; i++)
		o->sorted_texts[i] = o->all_texts[o->texts.items[i]];
}

struct memory_order *memory_order_new(const struct memory_log *m, const uint32_t *event_places,
				      const uint32_t *node_places)
{
	struct memory_order *o = mem_calloc(1, sizeof(*o));
	struct used used;

	o->m = m;
	o->event_places = event_places;
	o->node_places = node_places;
	find_used(m, &used);
	sort(&o->recordings, m->n_recordings, used.recordings, by_recording, o);
	sort(&o->sources, m->n_sources, used.sources, by_source, o);
	sort(&o->objects, m->n_objects, used.objects, by_object, o);
	sort(&o->threads, m->n_threads, used.threads, by_thread, o);
	sort(&o->lines, m->n_lines, used.lines, by_line, o);
	sort(&o->accesses, m->n_accesses, NULL, by_access, o);
	used_done(&used);
	order_texts(o);
	return o;
}

void memory_order_free(struct memory_order *o)
{
	if (!o)
		return;
	ordered_done(&o->recordings);
	ordered_done(&o->sources);
	ordered_done(&o->objects);
	ordered_done(&o->threads);
	ordered_done(&o->lines);
	ordered_done(&o->accesses);
	ordered_done(&o->texts);
	numbers_done(&o->text_numbers);
	free(o->all_texts);
	free(o->sorted_texts);
	free(o);
}

const char *const *memory_order_texts(const struct memory_order *o, size_t *n)
{
	*n = o->texts.n;
	return o->sorted_texts;
}

/* ---- writing ---- */

static void difference(struct buffer *b, uint64_t v)
{
	buffer_varint(b, v << 1 ^ (v >> 63 ? UINT64_MAX : 0));
}

static void write_things(const struct memory_order *o, struct buffer *b)
{
	const struct memory_log *m = o->m;

	buffer_varint(b, o->recordings.n);
	for (size_t i = 0; i < o->recordings.n; i++)
		buffer_varint(b, text_place(o, m->recordings[o->recordings.items[i]]));
	buffer_varint(b, o->sources.n);
	for (size_t i = 0; i < o->sources.n; i++) {
		const struct memory_source *s = &m->sources[o->sources.items[i]];

		buffer_varint(b, o->event_places[s->event]);
		buffer_varint(b, s->value);
	}
	buffer_varint(b, o->objects.n);
	for (size_t i = 0; i < o->objects.n; i++) {
		const struct data_object *d = &m->objects[o->objects.items[i]];

		buffer_varint(b, (uint64_t)d->kind << 1 | d->inferred);
		buffer_varint(b, text_place(o, d->name));
	}
	buffer_varint(b, o->threads.n);
	for (size_t i = 0; i < o->threads.n; i++) {
		const struct memory_thread *t = &m->threads[o->threads.items[i]];

		buffer_varint(b, o->recordings.places[t->recording]);
		buffer_varint(b, t->pid);
		buffer_varint(b, t->tid);
		buffer_varint(b, text_place(o, t->comm));
	}
}

static const struct memory_line *line_at(const struct memory_order *o, size_t i)
{
	return &o->m->lines[o->lines.items[i]];
}

static void write_lines(const struct memory_order *o, struct buffer *b)
{
	size_t n = o->lines.n;
	uint64_t before = 0;

	buffer_varint(b, n);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, o->recordings.places[line_at(o, i)->recording]);
	for (size_t i = 0; i < n; i++, before = line_at(o, i - 1)->addr / MEMORY_LINE)
		difference(b, line_at(o, i)->addr / MEMORY_LINE - before);
	before = 0;
	for (size_t i = 0; i < n; i++, before = line_at(o, i - 1)->phys / MEMORY_LINE)
		difference(b, line_at(o, i)->phys / MEMORY_LINE - before);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, (unsigned)__builtin_ctzll(line_at(o, i)->page_size));
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, (uint32_t)(line_at(o, i)->pid + 1)); /* the kernel's: 0 */
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, line_at(o, i)->instance);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, o->objects.places[line_at(o, i)->object]);
}

static const struct memory_access *access_at(const struct memory_order *o, size_t i)
{
	return &o->m->accesses[o->accesses.items[i]];
}

static void write_accesses(const struct memory_order *o, struct buffer *b)
{
	size_t n = o->accesses.n;
	uint32_t before = 0;

	buffer_varint(b, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t node = o->node_places[access_at(o, i)->node];

		buffer_varint(b, node - before);
		before = node;
	}
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, o->sources.places[access_at(o, i)->source]);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, o->objects.places[access_at(o, i)->object]);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, o->threads.places[access_at(o, i)->thread]);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, line_place_1(o, access_at(o, i)));
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, access_at(o, i)->offset);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, access_at(o, i)->latency);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, access_at(o, i)->weight2);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, access_at(o, i)->weight3);
	for (size_t i = 0; i < n; i++)
		buffer_varint(b, access_at(o, i)->count - 1);
}

void memory_order_write(const struct memory_order *o, struct buffer *b)
{
	buffer_varint(b, o->m->recorded);
	buffer_varint(b, o->m->left_out);
	write_things(o, b);
	write_lines(o, b);
	write_accesses(o, b);
}

/* ---- reading ---- */

/* By place in the file, which number a thing has in the log. */
struct things {
	uint32_t *numbers;
	size_t n;
};

struct memory_section {
	struct cursor *c;
	const struct memory_reading *r;
	struct memory_log *out;
	struct things recordings, sources, objects, threads, lines;
};

static void overrun(struct memory_section *s)
{
	s->c->overrun = true;
}

/* How many things follow, of at least `size` bytes each; 0 if so many cannot. */
static size_t count(struct memory_section *s, size_t size)
{
	uint64_t n = cursor_varint(s->c);

	if (cursor_fits(s->c, n, size) && n < MEMORY_NONE)
		return (size_t)n;
	overrun(s);
	return 0;
}

/* A number of at most `most`. */
static uint64_t at_most(struct memory_section *s, uint64_t most)
{
	uint64_t v = cursor_varint(s->c);

	if (v <= most)
		return v;
	overrun(s);
	return 0;
}

/* A number below n; where there is none, the overrun is noticed before it is used. */
static size_t below(struct memory_section *s, size_t n)
{
	uint64_t v = cursor_varint(s->c);

	if (v < n)
		return (size_t)v;
	overrun(s);
	return 0;
}

static const char *text(struct memory_section *s)
{
	size_t i = below(s, s->r->n_texts);

	return s->c->overrun ? NULL : s->r->texts[i];
}

static uint32_t number_of(struct memory_section *s, const struct things *t)
{
	size_t i = below(s, t->n);

	return s->c->overrun ? 0 : t->numbers[i];
}

static bool begin_things(struct memory_section *s, struct things *t, size_t size)
{
	t->n = count(s, size);
	t->numbers = mem_calloc(t->n, sizeof(*t->numbers));
	return t->n != 0;
}

static void read_recordings(struct memory_section *s)
{
	begin_things(s, &s->recordings, 1);
	for (size_t i = 0; i < s->recordings.n; i++) {
		const char *key = text(s);

		if (!key)
			return;
		s->recordings.numbers[i] = memory_log_recording(s->out, key);
	}
}

static void read_sources(struct memory_section *s)
{
	begin_things(s, &s->sources, 2);
	for (size_t i = 0; i < s->sources.n; i++) {
		uint32_t event = (uint32_t)below(s, s->r->n_events);
		uint64_t value = cursor_varint(s->c);

		if (s->c->overrun)
			return;
		s->sources.numbers[i] = memory_log_source(s->out, event, value);
	}
}

static void read_objects(struct memory_section *s)
{
	begin_things(s, &s->objects, 2);
	for (size_t i = 0; i < s->objects.n; i++) {
		uint64_t kind = below(s, (size_t)DATA_OBJECT_KINDS << 1);
		struct data_object o = {
			.kind = (enum data_object_kind)(kind >> 1),
			.inferred = kind & 1,
			.name = text(s),
		};

		if (s->c->overrun)
			return;
		s->objects.numbers[i] = memory_log_object(s->out, &o);
	}
}

static void read_threads(struct memory_section *s)
{
	begin_things(s, &s->threads, 4);
	for (size_t i = 0; i < s->threads.n; i++) {
		uint32_t recording = number_of(s, &s->recordings);
		uint32_t pid = (uint32_t)at_most(s, UINT32_MAX);
		uint32_t tid = (uint32_t)at_most(s, UINT32_MAX);
		const char *comm = text(s);
		bool is_new;

		if (s->c->overrun)
			return;
		s->threads.numbers[i] = memory_log_thread(s->out, recording, pid, tid, &is_new);
		if (is_new)
			s->out->threads[s->threads.numbers[i]].comm = comm;
	}
}

/* The next number of a column of differences. */
static uint64_t next(struct memory_section *s, uint64_t *before)
{
	uint64_t v = cursor_varint(s->c);

	return *before += v >> 1 ^ (v & 1 ? UINT64_MAX : 0);
}

static void read_line_columns(struct memory_section *s, struct memory_line *lines, size_t n)
{
	uint64_t before = 0;

	for (size_t i = 0; i < n; i++)
		lines[i].recording = number_of(s, &s->recordings);
	for (size_t i = 0; i < n; i++)
		lines[i].addr = next(s, &before) * MEMORY_LINE;
	before = 0;
	for (size_t i = 0; i < n; i++)
		lines[i].phys = next(s, &before) * MEMORY_LINE;
	for (size_t i = 0; i < n; i++)
		lines[i].page_size = (uint64_t)1 << at_most(s, 63);
	for (size_t i = 0; i < n; i++)
		lines[i].pid = (uint32_t)at_most(s, UINT32_MAX) - 1;
	for (size_t i = 0; i < n; i++)
		lines[i].instance = (uint32_t)at_most(s, UINT32_MAX - 1);
	for (size_t i = 0; i < n; i++)
		lines[i].object = number_of(s, &s->objects);
}

static void read_lines(struct memory_section *s)
{
	struct memory_line *lines;
	bool is_new;

	begin_things(s, &s->lines, 7);
	lines = mem_calloc(s->lines.n, sizeof(*lines));
	read_line_columns(s, lines, s->lines.n);
	for (size_t i = 0; i < s->lines.n && !s->c->overrun; i++) {
		if (lines[i].page_size < MEMORY_LINE)
			overrun(s);
		s->lines.numbers[i] = memory_log_line(s->out, &lines[i], &is_new);
	}
	free(lines);
}

static void read_access_columns(struct memory_section *s, struct memory_access *a, size_t n)
{
	uint64_t node = 0;

	for (size_t i = 0; i < n && !s->c->overrun; i++) {
		node += at_most(s, s->r->n_nodes);
		if (node >= s->r->n_nodes)
			overrun(s);
		else
			a[i].node = s->r->nodes[node];
	}
	for (size_t i = 0; i < n; i++)
		a[i].source = number_of(s, &s->sources);
	for (size_t i = 0; i < n; i++)
		a[i].object = number_of(s, &s->objects);
	for (size_t i = 0; i < n; i++)
		a[i].thread = number_of(s, &s->threads);
	for (size_t i = 0; i < n; i++) {
		uint64_t line_1 = at_most(s, s->lines.n);

		a[i].line = line_1 ? s->lines.numbers[line_1 - 1] : MEMORY_NONE;
	}
	for (size_t i = 0; i < n; i++)
		a[i].offset = (uint8_t)below(s, MEMORY_LINE);
	for (size_t i = 0; i < n; i++)
		a[i].latency = cursor_varint(s->c);
	for (size_t i = 0; i < n; i++)
		a[i].weight2 = (uint16_t)at_most(s, UINT16_MAX);
	for (size_t i = 0; i < n; i++)
		a[i].weight3 = (uint16_t)at_most(s, UINT16_MAX);
	for (size_t i = 0; i < n; i++)
		a[i].count = at_most(s, UINT64_MAX - 1) + 1;
}

static void read_accesses(struct memory_section *s)
{
	size_t n = count(s, 10);
	struct memory_access *accesses = mem_calloc(n, sizeof(*accesses));

	read_access_columns(s, accesses, n);
	for (size_t i = 0; i < n && !s->c->overrun; i++)
		memory_log_count(s->out, &accesses[i]);
	free(accesses);
}

void memory_section_read(struct cursor *c, const struct memory_reading *r, struct memory_log *out)
{
	struct memory_section s = { .c = c, .r = r, .out = out };

	out->recorded = cursor_varint(c);
	out->left_out = cursor_varint(c);
	read_recordings(&s);
	read_sources(&s);
	read_objects(&s);
	read_threads(&s);
	read_lines(&s);
	read_accesses(&s);
	free(s.recordings.numbers);
	free(s.sources.numbers);
	free(s.objects.numbers);
	free(s.threads.numbers);
	free(s.lines.numbers);
}
