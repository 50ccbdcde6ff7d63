/*
 * Each table gives every access a row; counting is the same for all.  The accesses are put in the order of
 * their latency once, so that each row meets its own in order, ready for percentiles.
 */
#include "report/memory_tables.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/numbers.h"
#include "report/pairs.h"

/* What a data source says, worked out once. */
struct meaning {
	enum data_op op;
	enum data_level level;
	enum data_snoop snoop;
	enum data_tlb tlb;
	bool locked, remote_hitm, blocked_data, blocked_addr;
	bool writes;   /* a store, or locked, whatever it says it is */
	bool transfer; /* the line came out of another core's cache, modified or passed on */
};

struct making {
	struct memory_tables *t;
	const struct memory_log *m;
	const struct memory_homes *homes;
	const struct memory_options *options;
	struct meaning *meanings; /* by source */
	uint32_t *order;          /* the accesses that count, by latency */
	size_t n;
	uint32_t *rows; /* by place in `order`, of the table that is being made */
	size_t cap_sharers;
};

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static const struct memory_access *access_at(const struct making *k, size_t i)
{
	return &k->m->accesses[k->order[i]];
}

static const struct meaning *meaning_at(const struct making *k, size_t i)
{
	return &k->meanings[access_at(k, i)->source];
}

static uint32_t function_at(const struct making *k, size_t i)
{
	return k->homes->functions[access_at(k, i)->node];
}

/* As it is shown. */
static uint32_t event_of(const struct making *k, uint32_t source)
{
	uint32_t event = k->m->sources[source].event;

	return k->homes->events ? (uint32_t)k->homes->events[event] : event;
}

static struct meaning meaning_of(uint64_t value)
{
	struct data_src d = data_src_decode(value);
	struct meaning m = {
		.op = data_src_op(&d),
		.level = data_src_level(&d),
		.snoop = data_src_snoop(&d),
		.tlb = data_src_tlb(&d),
		.locked = data_src_locked(&d),
	};
	unsigned blk = d.blk & MEM_BLK_NA ? 0 : d.blk;

	m.remote_hitm = m.snoop == DATA_SNOOP_HITM && data_src_is_remote(&d);
	m.blocked_data = blk & MEM_BLK_DATA;
	m.blocked_addr = blk & MEM_BLK_ADDR;
	m.writes = (d.op & MEM_OP_STORE) || m.locked;
	m.transfer = m.snoop == DATA_SNOOP_HITM || m.snoop == DATA_SNOOP_PEER;
	return m;
}

/* ---- which accesses count, and in what order ---- */

static bool is_left_out(const struct making *k, const struct memory_access *a)
{
	int event = k->options->event;

	return (event >= 0 && event_of(k, a->source) != (uint32_t)event) ||
	       a->node >= k->homes->n_nodes || k->homes->functions[a->node] == MEMORY_NONE;
}

static int by_latency(const void *a, const void *b, void *log)
{
	const struct memory_log *m = log;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = compare(m->accesses[x].latency, m->accesses[y].latency);

	return order ? order : compare(x, y);
}

static void choose_accesses(struct making *k)
{
	const struct memory_log *m = k->m;

	k->order = mem_calloc(m->n_accesses, sizeof(*k->order));
	k->rows = mem_calloc(m->n_accesses, sizeof(*k->rows));
	k->meanings = mem_calloc(m->n_sources, sizeof(*k->meanings));
	k->t->left_out = m->left_out;
	for (size_t s = 0; s < m->n_sources; s++)
		k->meanings[s] = meaning_of(m->sources[s].value);
	for (uint32_t i = 0; i < m->n_accesses; i++) {
		uint64_t n = m->accesses[i].count;

		if (is_left_out(k, &m->accesses[i]))
			k->t->left_out = add(k->t->left_out, n);
		else if (k->meanings[m->accesses[i].source].op == DATA_OP_NONE)
			k->t->others = add(k->t->others, n);
		else
			k->order[k->n++] = i;
	}
	if (k->n)
		qsort_r(k->order, k->n, sizeof(*k->order), by_latency, (void *)m);
}

/* ---- counting ---- */

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static void count_if(uint64_t *to, bool counts, uint64_t n)
{
	if (counts)
		*to = add(*to, n);
}

static void count_mean(struct memory_mean *mean, uint64_t v, uint64_t n)
{
	count_if(&mean->samples, v != 0, n);
	mean->sum = add(mean->sum, times(v, n));
}

static void count(struct memory_counts *c, const struct memory_access *a, const struct meaning *m)
{
	uint64_t n = a->count;

	count_if(&c->samples, true, n);
	count_if(&c->ops[m->op], true, n);
	count_if(&c->levels[m->level], true, n);
	count_if(&c->snoops[m->snoop], true, n);
	count_if(&c->tlbs[m->tlb], true, n);
	count_if(&c->locked, m->locked, n);
	count_if(&c->remote_hitm, m->remote_hitm, n);
	count_if(&c->blocked_data, m->blocked_data, n);
	count_if(&c->blocked_addr, m->blocked_addr, n);
	count_if(&c->latency.samples, a->latency != 0, n);
	c->latency.sum = add(c->latency.sum, times(a->latency, n));
	count_mean(&c->weight2, a->weight2, n);
	count_mean(&c->weight3, a->weight3, n);
}

/* Which of n latencies in order is the percentile p, from 1. */
static uint64_t rank_of(uint64_t n, unsigned p)
{
	return n / 100 * p + (n % 100 * p + 99) / 100;
}

/* The next n of a row's latencies, of which `seen` came before. */
static void see_latencies(struct memory_latency *l, uint64_t seen, uint64_t latency, uint64_t n)
{
	const struct {
		unsigned percent;
		uint64_t *value;
	} wanted[] = { { 50, &l->p50 }, { 95, &l->p95 }, { 99, &l->p99 } };

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uint64_t rank = rank_of(l->samples, wanted[i].percent);

		if (seen < rank && rank - seen <= n)
			*wanted[i].value = latency;
	}
	l->max = latency;
}

/* Count for each of n rows the accesses that k->rows gives it; the caller frees. */
static struct memory_counts *count_rows(const struct making *k, size_t n)
{
	struct memory_counts *counts = mem_calloc(n, sizeof(*counts));
	uint64_t *seen = mem_calloc(n, sizeof(*seen)); /* latencies of the row so far */

	for (size_t i = 0; i < k->n; i++)
		if (k->rows[i] != MEMORY_NONE)
			count(&counts[k->rows[i]], access_at(k, i), meaning_at(k, i));
	for (size_t i = 0; i < k->n; i++) {
		const struct memory_access *a = access_at(k, i);
		uint32_t row = k->rows[i];

		if (row == MEMORY_NONE || !a->latency)
			continue;
		see_latencies(&counts[row].latency, seen[row], a->latency, a->count);
		seen[row] = add(seen[row], a->count);
	}
	free(seen);
	return counts;
}

/* The number of rows to keep; the others are hidden. */
static size_t limited(size_t n, size_t limit, size_t *hidden)
{
	*hidden = limit && n > limit ? n - limit : 0;
	return n - *hidden;
}

/* Most samples first; 0: the caller's ties. */
static int by_samples(const struct memory_counts *a, const struct memory_counts *b)
{
	return compare(b->samples, a->samples);
}

static void count_total(struct making *k)
{
	struct memory_counts *counts;

	for (size_t i = 0; i < k->n; i++)
		k->rows[i] = 0;
	counts = count_rows(k, 1);
	k->t->total = *counts;
	free(counts);
}

/* ---- functions ---- */

static int function_rows(const void *a, const void *b, void *names)
{
	const struct memory_function_row *x = a, *y = b;
	const struct function *f = names;
	int order = by_samples(&x->counts, &y->counts);

	if (!order)
		order = function_order(&f[x->function], &f[y->function]);
	return order ? order : compare(x->function, y->function);
}

static void make_functions(struct making *k)
{
	struct memory_tables *t = k->t;
	struct memory_counts *counts;

	for (size_t i = 0; i < k->n; i++)
		k->rows[i] = function_at(k, i);
	counts = count_rows(k, k->homes->n_names);
	t->by_function = mem_calloc(k->homes->n_names, sizeof(*t->by_function));
	for (uint32_t f = 0; f < k->homes->n_names; f++)
		if (counts[f].samples)
			t->by_function[t->n_functions++] =
				(struct memory_function_row){ f, counts[f] };
	free(counts);
	if (t->n_functions)
		qsort_r(t->by_function, t->n_functions, sizeof(*t->by_function), function_rows,
			(void *)k->homes->names);
	t->n_functions = limited(t->n_functions, k->options->limit, &t->hidden_functions);
}

/* ---- objects ---- */

static int object_rows(const void *a, const void *b)
{
	const struct memory_object_row *x = a, *y = b;
	int order = by_samples(&x->counts, &y->counts);

	return order ? order : data_object_order(&x->object, &y->object);
}

static void make_objects(struct making *k)
{
	struct memory_tables *t = k->t;
	struct memory_counts *counts;

	for (size_t i = 0; i < k->n; i++)
		k->rows[i] = access_at(k, i)->object;
	counts = count_rows(k, k->m->n_objects);
	t->by_object = mem_calloc(k->m->n_objects, sizeof(*t->by_object));
	for (size_t o = 0; o < k->m->n_objects; o++)
		if (counts[o].samples)
			t->by_object[t->n_objects++] =
				(struct memory_object_row){ k->m->objects[o], counts[o] };
	free(counts);
	if (t->n_objects)
		qsort(t->by_object, t->n_objects, sizeof(*t->by_object), object_rows);
	t->n_objects = limited(t->n_objects, k->options->data_limit, &t->hidden_objects);
}

/* ---- pages and lines: there can be as many as samples, so only rows that are shown are counted in full ---- */

static int by_block(const struct memory_log *m, const struct memory_block *a,
		    const struct memory_block *b)
{
	int order = compare(b->samples, a->samples);

	if (!order)
		order = strcmp(m->recordings[a->recording], m->recordings[b->recording]);
	if (!order)
		order = compare(a->pid, b->pid);
	if (!order)
		order = compare(a->addr, b->addr);
	if (!order)
		order = compare(a->size, b->size);
	if (!order)
		order = compare(a->phys, b->phys);
	return order ? order : compare(a->instance, b->instance);
}

struct block_list {
	const struct memory_log *m;
	const struct memory_block *blocks;
};

static int block_numbers(const void *a, const void *b, void *context)
{
	const struct block_list *list = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = by_block(list->m, &list->blocks[x], &list->blocks[y]);

	return order ? order : compare(x, y);
}

/* Samples and threads of the blocks that k->rows gives the accesses. */
static void count_blocks(const struct making *k, struct memory_block *blocks)
{
	struct pairs touched = { 0 };

	for (size_t i = 0; i < k->n; i++) {
		size_t known = touched.n;

		if (k->rows[i] == MEMORY_NONE)
			continue;
		blocks[k->rows[i]].samples =
			add(blocks[k->rows[i]].samples, access_at(k, i)->count);
		pairs_add(&touched, k->rows[i], access_at(k, i)->thread);
		blocks[k->rows[i]].threads += touched.n > known;
	}
	pairs_done(&touched);
}

/* The numbers of the blocks with samples, in the order of rows. */
static uint32_t *order_blocks(const struct memory_log *m, const struct memory_block *blocks,
			      size_t n, size_t *used)
{
	struct block_list list = { m, blocks };
	uint32_t *order = mem_calloc(n, sizeof(*order));

	*used = 0;
	for (uint32_t b = 0; b < n; b++)
		if (blocks[b].samples)
			order[(*used)++] = b;
	if (*used)
		qsort_r(order, *used, sizeof(*order), block_numbers, &list);
	return order;
}

/* The rows of n blocks; k->rows says which block each access is of. */
static struct memory_block_row *make_blocks(struct making *k, struct memory_block *blocks, size_t n,
					    size_t *n_rows, size_t *hidden)
{
	uint32_t *row_of = mem_calloc(n, sizeof(*row_of));
	struct memory_block_row *rows;
	struct memory_counts *counts;
	uint32_t *order;
	size_t used;

	order = order_blocks(k->m, blocks, n, &used);
	*n_rows = limited(used, k->options->data_limit, hidden);
	for (size_t b = 0; b < n; b++)
		row_of[b] = MEMORY_NONE;
	for (uint32_t r = 0; r < *n_rows; r++)
		row_of[order[r]] = r;
	for (size_t i = 0; i < k->n; i++)
		if (k->rows[i] != MEMORY_NONE)
			k->rows[i] = row_of[k->rows[i]];
	counts = count_rows(k, *n_rows);
	rows = mem_calloc(*n_rows, sizeof(*rows));
	for (size_t r = 0; r < *n_rows; r++)
		rows[r] = (struct memory_block_row){ blocks[order[r]], counts[r] };
	free(counts);
	free(order);
	free(row_of);
	return rows;
}

static struct memory_block page_of_line(const struct memory_line *l)
{
	uint64_t mask = ~(l->page_size - 1);

	return (struct memory_block){
		.addr = l->addr & mask,
		.phys = l->phys & mask,
		.size = l->page_size,
		.recording = l->recording,
		.pid = l->pid,
		.instance = l->instance,
		.object = l->object,
	};
}

/* Lines -> pages, which are told apart as lines are, and by their size; how many there are. */
static size_t find_pages(const struct memory_log *m, struct memory_block *pages, uint32_t *page_of)
{
	struct numbers bases = { 0 };
	struct pairs keys = { 0 }, spaces = { 0 };
	size_t n = 0;

	for (size_t l = 0; l < m->n_lines; l++) {
		const struct memory_line *line = &m->lines[l];
		struct memory_block page = page_of_line(line);
		uint64_t base = line->phys ? page.phys : page.addr;
		/* no page is smaller than 64 bytes: the size's logarithm fits below the base */
		uint64_t key = base | (unsigned)__builtin_ctzll(page.size);
		uint32_t space = pairs_add(&spaces, line->recording,
					   line->phys ? MEMORY_NONE : line->instance);
		bool is_new;

		page_of[l] = pairs_add(&keys, space, numbers_add(&bases, key, &is_new));
		if (page_of[l] == n)
			pages[n++] = page;
	}
	numbers_done(&bases);
	pairs_done(&spaces);
	pairs_done(&keys);
	return n;
}

static void make_pages(struct making *k)
{
	struct memory_tables *t = k->t;
	struct memory_block *pages = mem_calloc(k->m->n_lines, sizeof(*pages));
	uint32_t *page_of = mem_calloc(k->m->n_lines, sizeof(*page_of));
	size_t n = find_pages(k->m, pages, page_of);

	for (size_t i = 0; i < k->n; i++) {
		uint32_t line = access_at(k, i)->line;

		k->rows[i] = line == MEMORY_NONE ? MEMORY_NONE : page_of[line];
	}
	count_blocks(k, pages);
	t->pages = make_blocks(k, pages, n, &t->n_pages, &t->hidden_pages);
	free(page_of);
	free(pages);
}

/* By number of the line. */
static struct memory_block *count_lines(struct making *k)
{
	struct memory_block *lines = mem_calloc(k->m->n_lines, sizeof(*lines));

	for (size_t l = 0; l < k->m->n_lines; l++) {
		const struct memory_line *line = &k->m->lines[l];

		lines[l] = (struct memory_block){
			.addr = line->addr,
			.phys = line->phys,
			.size = MEMORY_LINE,
			.recording = line->recording,
			.pid = line->pid,
			.instance = line->instance,
			.object = line->object,
		};
	}
	for (size_t i = 0; i < k->n; i++)
		k->rows[i] = access_at(k, i)->line;
	count_blocks(k, lines);
	return lines;
}

/* ---- lines that threads share ---- */

static void count_sharer(const struct making *k, struct memory_sharer *s, size_t i)
{
	const struct memory_access *a = access_at(k, i);
	const struct meaning *m = meaning_at(k, i);

	count_if(&s->samples, true, a->count);
	count_if(&s->loads, m->op == DATA_OP_LOAD, a->count);
	count_if(&s->writes, m->writes, a->count);
	count_if(&s->transfers, m->transfer, a->count);
	count_if(&s->latency_samples, a->latency != 0, a->count);
	s->latency_sum = add(s->latency_sum, times(a->latency, a->count));
	s->offsets |= 1ull << a->offset;
}

static int by_sharer(const void *a, const void *b, void *making)
{
	const struct making *k = making;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = compare(access_at(k, x)->thread, access_at(k, y)->thread);

	if (!order)
		order = compare(function_at(k, x), function_at(k, y));
	return order ? order : compare(x, y);
}

static int sharer_rows(const void *a, const void *b, void *making)
{
	const struct making *k = making;
	const struct memory_sharer *x = a, *y = b;
	int order = compare(y->transfers, x->transfers);

	if (!order)
		order = compare(y->samples, x->samples);
	if (!order)
		order = compare(k->m->threads[x->thread].tid, k->m->threads[y->thread].tid);
	if (!order)
		order = compare(k->m->threads[x->thread].pid, k->m->threads[y->thread].pid);
	if (!order)
		order = function_order(&k->homes->names[x->function],
				       &k->homes->names[y->function]);
	return order ? order : compare(x->function, y->function);
}

/* Bit w: one of the 8 bytes of word w was touched. */
static unsigned words_of(uint64_t offsets)
{
	unsigned words = 0;

	for (unsigned w = 0; w < MEMORY_LINE / 8; w++)
		words |= (unsigned)(offsets >> 8 * w & 0xff ? 1 : 0) << w;
	return words;
}

/* Sharers of one thread stand together. */
static bool have_same_word(const struct memory_sharer *sharers, size_t n)
{
	unsigned others = 0, own = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && sharers[i].thread != sharers[i - 1].thread) {
			others |= own;
			own = 0;
		}
		own |= words_of(sharers[i].offsets);
		if (own & others)
			return true;
	}
	return false;
}

/* The sharer that access i belongs to: the newest of the line's, or a new one. */
static struct memory_sharer *sharer_of(struct making *k, size_t first, size_t i)
{
	struct memory_tables *t = k->t;
	uint32_t thread = access_at(k, i)->thread, function = function_at(k, i);

	if (t->n_sharers > first) {
		struct memory_sharer *newest = &t->sharers[t->n_sharers - 1];

		if (newest->thread == thread && newest->function == function)
			return newest;
	}
	t->sharers = mem_grow(t->sharers, t->n_sharers, 1, &k->cap_sharers, sizeof(*t->sharers));
	t->sharers[t->n_sharers] = (struct memory_sharer){ .thread = thread, .function = function };
	return &t->sharers[t->n_sharers++];
}

static void add_to_suspect(struct memory_suspect *s, const struct memory_sharer *sharer)
{
	s->loads = add(s->loads, sharer->loads);
	s->writes = add(s->writes, sharer->writes);
	s->transfers = add(s->transfers, sharer->transfers);
	s->latency_samples = add(s->latency_samples, sharer->latency_samples);
	s->latency_sum = add(s->latency_sum, sharer->latency_sum);
}

/* A line that several threads touch, and its accesses: is it a suspect? */
static void judge_line(struct making *k, const struct memory_block *line, uint32_t *accesses,
		       size_t n)
{
	struct memory_tables *t = k->t;
	struct memory_suspect s = { .line = *line, .first = t->n_sharers };

	qsort_r(accesses, n, sizeof(*accesses), by_sharer, k);
	for (size_t i = 0; i < n; i++)
		count_sharer(k, sharer_of(k, s.first, accesses[i]), accesses[i]);
	for (size_t i = s.first; i < t->n_sharers; i++)
		add_to_suspect(&s, &t->sharers[i]);
	if (!s.transfers && !s.writes) {
		t->n_sharers = s.first; /* all only read it: that costs nobody anything */
		return;
	}
	s.n = t->n_sharers - s.first;
	s.same_word = have_same_word(&t->sharers[s.first], s.n);
	qsort_r(&t->sharers[s.first], s.n, sizeof(*t->sharers), sharer_rows, k);
	t->suspects[t->n_suspects++] = s;
}

static int suspect_rows(const void *a, const void *b, void *log)
{
	const struct memory_suspect *x = a, *y = b;
	int order = compare(y->transfers, x->transfers);

	return order ? order : by_block(log, &x->line, &y->line);
}

/* Deal the accesses out to their lines: those of line l are [ends[l], ends[l + 1]). */
static uint32_t *group_by_line(const struct making *k, size_t *ends)
{
	uint32_t *accesses = mem_calloc(k->n, sizeof(*accesses));
	size_t *next = mem_calloc(k->m->n_lines, sizeof(*next));

	for (size_t i = 0; i < k->n; i++)
		if (k->rows[i] != MEMORY_NONE)
			ends[k->rows[i] + 1]++;
	for (size_t l = 0; l < k->m->n_lines; l++) {
		next[l] = ends[l];
		ends[l + 1] += ends[l];
	}
	for (uint32_t i = 0; i < k->n; i++)
		if (k->rows[i] != MEMORY_NONE)
			accesses[next[k->rows[i]]++] = i;
	free(next);
	return accesses;
}

static void make_suspects(struct making *k, const struct memory_block *lines)
{
	struct memory_tables *t = k->t;
	size_t n = k->m->n_lines, shared = 0;
	size_t *ends = mem_calloc(n + 1, sizeof(*ends));
	uint32_t *accesses = group_by_line(k, ends);

	for (size_t l = 0; l < n; l++)
		shared += lines[l].threads > 1;
	t->suspects = mem_calloc(shared, sizeof(*t->suspects));
	for (size_t l = 0; l < n; l++)
		if (lines[l].threads > 1)
			judge_line(k, &lines[l], accesses + ends[l], ends[l + 1] - ends[l]);
	if (t->n_suspects)
		qsort_r(t->suspects, t->n_suspects, sizeof(*t->suspects), suspect_rows,
			(void *)k->m);
	t->n_suspects = limited(t->n_suspects, k->options->data_limit, &t->hidden_suspects);
	free(ends);
	free(accesses);
}

static void make_lines(struct making *k)
{
	struct memory_tables *t = k->t;
	struct memory_block *lines = count_lines(k);

	make_suspects(k, lines);
	t->lines = make_blocks(k, lines, k->m->n_lines, &t->n_lines, &t->hidden_lines);
	free(lines);
}

/* ---- the numbers as recorded ---- */

static int source_rows(const void *a, const void *b)
{
	const struct memory_source_row *x = a, *y = b;
	int order = compare(x->event, y->event);

	if (!order)
		order = compare(y->samples, x->samples);
	return order ? order : compare(x->value, y->value);
}

static void make_sources(struct making *k)
{
	struct memory_tables *t = k->t;
	struct memory_source_row *rows = mem_calloc(k->m->n_sources, sizeof(*rows));

	for (size_t i = 0; i < k->m->n_accesses; i++) {
		const struct memory_access *a = &k->m->accesses[i];

		if (is_left_out(k, a))
			continue;
		rows[a->source].samples = add(rows[a->source].samples, a->count);
		rows[a->source].latency_sum =
			add(rows[a->source].latency_sum, times(a->latency, a->count));
	}
	for (size_t s = 0; s < k->m->n_sources; s++) {
		if (!rows[s].samples)
			continue;
		rows[s].event = event_of(k, (uint32_t)s);
		rows[s].value = k->m->sources[s].value;
		rows[t->n_sources++] = rows[s];
	}
	if (t->n_sources)
		qsort(rows, t->n_sources, sizeof(*rows), source_rows);
	t->sources = rows;
}

struct memory_tables *memory_tables_new(const struct memory_log *m,
					const struct memory_homes *homes,
					const struct memory_options *options)
{
	struct memory_tables *t = mem_calloc(1, sizeof(*t));
	struct making k = { .t = t, .m = m, .homes = homes, .options = options };

	t->memory = m;
	t->functions = homes->names;
	t->view = homes->view;
	t->keys = homes->keys;
	t->recordings = homes->recordings;
	choose_accesses(&k);
	count_total(&k);
	make_functions(&k);
	make_objects(&k);
	make_pages(&k);
	make_lines(&k);
	make_sources(&k);
	free(k.meanings);
	free(k.order);
	free(k.rows);
	return t;
}

void memory_tables_free(struct memory_tables *t)
{
	if (!t)
		return;
	free(t->by_function);
	free(t->by_object);
	free(t->pages);
	free(t->lines);
	free(t->suspects);
	free(t->sharers);
	free(t->sources);
	free(t);
}
