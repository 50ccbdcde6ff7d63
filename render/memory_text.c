/*
 * Memory accesses for people: how many of a function's (an object's, a page's ...) samples were found where, in
 * percent of the row, then what it cost.
 *
 *	12345 accesses: 10000 loads, 2300 stores, 45 prefetches
 *	latency in cycles, of 10000: mean 45, p50 12, p95 240, p99 600, max 4000
 *
 *	samples    L1   LFB    L2    L3   RAM  HITM  TLB  mean   p95  function  module
 *	  12345   81▇    4▁    6▁    7▁    2▁   <1▁    1▁    45   240  (all)
 *	   4950   60▅   ...
 *
 * Columns that would be empty are not there.  Where they are too many for the width, those that matter least
 * go, and the levels with the fewest samples are added up as "other".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "render/memory.h"
#include "render/name_columns.h"
#include "render/out.h"
#include "render/text_header.h"
#include "render/text_parts.h"
#include "report/label.h"
#include "report/table.h"

enum {
	GAP = 2,
	PERCENT = 3,     /* "100", "<1" */
	LEAST_NAME = 24, /* what a name must have */
	WIDE = 100,      /* where nothing says how wide it is */
	LEAST_LEVELS = 3,
	LEAST_MODULE = 8,
};

enum column_kind {
	COLUMN_SAMPLES,
	COLUMN_LEVEL,
	COLUMN_OTHER, /* levels without a column of their own */
	COLUMN_HITM,
	COLUMN_PEER,
	COLUMN_TLB,
	COLUMN_LOCKED,
	COLUMN_STORES,
	COLUMN_MEAN,
	COLUMN_P95,
	COLUMN_P99,
	COLUMN_KINDS
};

struct column {
	enum column_kind kind;
	enum data_level level;
	const char *heading;
	unsigned width;
};

struct layout {
	struct column columns[DATA_LEVELS + COLUMN_KINDS];
	size_t n;
	bool own[DATA_LEVELS]; /* the level has a column */
	bool bars;
	size_t name; /* columns that are left */
};

/* ---- values ---- */

static bool is_share(enum column_kind kind)
{
	return kind != COLUMN_SAMPLES && kind < COLUMN_MEAN;
}

static uint64_t mean(uint64_t sum, uint64_t n)
{
	return n ? sum / n + (sum % n >= n - n / 2) : 0;
}

static uint64_t others(const struct layout *l, const struct memory_counts *c)
{
	uint64_t sum = 0;

	for (size_t v = 0; v < DATA_LEVELS; v++)
		sum += l->own[v] ? 0 : c->levels[v];
	return sum;
}

static uint64_t tlb_misses(const struct memory_counts *c)
{
	return c->tlbs[DATA_TLB_MISS] + c->tlbs[DATA_TLB_FAULT];
}

static uint64_t value_of(const struct layout *l, const struct column *column,
			 const struct memory_counts *c)
{
	switch (column->kind) {
	case COLUMN_SAMPLES:
		return c->samples;
	case COLUMN_LEVEL:
		return c->levels[column->level];
	case COLUMN_OTHER:
		return others(l, c);
	case COLUMN_HITM:
		return c->snoops[DATA_SNOOP_HITM];
	case COLUMN_PEER:
		return c->snoops[DATA_SNOOP_PEER];
	case COLUMN_TLB:
		return tlb_misses(c);
	case COLUMN_LOCKED:
		return c->locked;
	case COLUMN_STORES:
		return c->ops[DATA_OP_STORE];
	case COLUMN_MEAN:
		return mean(c->latency.sum, c->latency.samples);
	case COLUMN_P95:
		return c->latency.p95;
	case COLUMN_P99:
		return c->latency.p99;
	case COLUMN_KINDS:
		break;
	}
	return 0;
}

/* ---- layout ---- */

static const char *heading_of(enum column_kind kind, enum data_level level)
{
	static const char *const headings[COLUMN_KINDS] = {
		[COLUMN_SAMPLES] = "samples", [COLUMN_OTHER] = "other", [COLUMN_HITM] = "HITM",
		[COLUMN_PEER] = "peer",       [COLUMN_TLB] = "TLB",     [COLUMN_LOCKED] = "lock",
		[COLUMN_STORES] = "store",    [COLUMN_MEAN] = "mean",   [COLUMN_P95] = "p95",
		[COLUMN_P99] = "p99",
	};

	return kind == COLUMN_LEVEL ? data_level_heading(level) : headings[kind];
}

static unsigned digits(uint64_t v)
{
	char text[24];

	parts_number_text(text, sizeof(text), v);
	return (unsigned)strlen(text);
}

static void add_column(struct layout *l, enum column_kind kind, enum data_level level,
		       const struct memory_counts *total)
{
	struct column *c = &l->columns[l->n++];
	unsigned least;

	*c = (struct column){ .kind = kind, .level = level, .heading = heading_of(kind, level) };
	c->width = (unsigned)parts_width(c->heading);
	if (is_share(kind))
		least = PERCENT + l->bars;
	else
		least = digits(kind == COLUMN_SAMPLES ? total->samples : total->latency.max);
	if (c->width < least)
		c->width = least;
}

static size_t used(const struct layout *l)
{
	size_t width = 1;

	for (size_t i = 0; i < l->n; i++)
		width += l->columns[i].width + GAP;
	return width;
}

static void drop(struct layout *l, size_t i)
{
	memmove(&l->columns[i], &l->columns[i + 1], (l->n - i - 1) * sizeof(l->columns[0]));
	l->n--;
}

static bool drop_kind(struct layout *l, enum column_kind kind)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->columns[i].kind == kind) {
			drop(l, i);
			return true;
		}
	}
	return false;
}

/* Put the level with the fewest samples to the others; false: there are few enough. */
static bool fold_level(struct layout *l, const struct memory_counts *total)
{
	size_t least = l->n, levels = 0, last = 0;
	bool has_other = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct column *c = &l->columns[i];

		has_other |= c->kind == COLUMN_OTHER;
		if (c->kind != COLUMN_LEVEL)
			continue;
		levels++;
		last = i;
		if (least == l->n ||
		    total->levels[c->level] <= total->levels[l->columns[least].level])
			least = i;
	}
	if (levels <= LEAST_LEVELS)
		return false;
	l->own[l->columns[least].level] = false;
	if (has_other) {
		drop(l, least);
		return true;
	}
	memmove(&l->columns[least], &l->columns[least + 1], (last - least) * sizeof(l->columns[0]));
	l->columns[last] = (struct column){
		.kind = COLUMN_OTHER,
		.heading = heading_of(COLUMN_OTHER, DATA_LEVEL_UNKNOWN),
		.width = sizeof("other") - 1,
	};
	return true;
}

/* What matters least goes first. */
static void make_room(struct layout *l, const struct memory_counts *total, size_t columns)
{
	static const enum column_kind order[] = { COLUMN_P99, COLUMN_STORES, COLUMN_LOCKED };
	static const enum column_kind then[] = { COLUMN_PEER, COLUMN_TLB, COLUMN_P95, COLUMN_HITM };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (used(l) + LEAST_NAME > columns)
			drop_kind(l, order[i]);
	while (used(l) + LEAST_NAME > columns && fold_level(l, total))
		;
	for (size_t i = 0; i < sizeof(then) / sizeof(then[0]); i++)
		if (used(l) + LEAST_NAME > columns)
			drop_kind(l, then[i]);
}

static void lay_out(struct layout *l, const struct memory_counts *total, size_t columns, bool bars)
{
	*l = (struct layout){ .bars = bars };
	for (int v = 0; v < DATA_LEVELS; v++)
		l->own[v] = true;
	add_column(l, COLUMN_SAMPLES, DATA_LEVEL_UNKNOWN, total);
	for (int v = 0; v < DATA_LEVELS; v++)
		if (total->levels[v])
			add_column(l, COLUMN_LEVEL, (enum data_level)v, total);
	for (enum column_kind kind = COLUMN_HITM; kind < COLUMN_KINDS; kind++) {
		struct column c = { .kind = kind };
		uint64_t v = value_of(l, &c, total);

		if (v && !(kind == COLUMN_STORES && v == total->samples))
			add_column(l, kind, DATA_LEVEL_UNKNOWN, total);
	}
	make_room(l, total, columns);
	l->name = columns > used(l) + LEAST_NAME ? columns - used(l) : LEAST_NAME;
}

/* ---- cells ---- */

static void put_right(struct out *o, const char *text, size_t width)
{
	size_t taken = parts_width(text);

	parts_pad(o, width > taken ? width - taken : 0);
	out_text(o, text);
}

static void put_share(struct out *o, const struct layout *l, unsigned width, uint64_t part,
		      uint64_t whole)
{
	static const char *const eighths[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	uint64_t percent = whole ? (100 * part + whole / 2) / whole : 0;
	char text[24];

	if (!part)
		snprintf(text, sizeof(text), "·");
	else if (!percent)
		snprintf(text, sizeof(text), "<1");
	else
		snprintf(text, sizeof(text), "%" PRIu64, percent);
	put_right(o, text, width - l->bars);
	if (l->bars)
		out_text(o, part ? eighths[part >= whole ? 7 : 8 * part / whole] : " ");
}

static void put_counts(struct out *o, const struct layout *l, const struct memory_counts *c)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct column *column = &l->columns[i];
		uint64_t v = value_of(l, column, c);

		parts_pad(o, i ? GAP : 0);
		if (is_share(column->kind))
			put_share(o, l, column->width, v, c->samples);
		else if (column->kind != COLUMN_SAMPLES && !c->latency.samples)
			put_right(o, "·", column->width);
		else
			parts_number(o, v, column->width);
	}
}

static void put_number_headings(struct out *o, const struct layout *l)
{
	out_char(o, '\n');
	for (size_t i = 0; i < l->n; i++) {
		bool bar = l->bars && is_share(l->columns[i].kind);

		parts_pad(o, i ? GAP : 0);
		put_right(o, l->columns[i].heading, l->columns[i].width - bar);
		parts_pad(o, bar);
	}
}

static void put_headings(struct out *o, const struct layout *l, const char *name)
{
	put_number_headings(o, l);
	parts_pad(o, GAP);
	out_text(o, name);
	out_char(o, '\n');
}

static void put_hidden(struct out *o, size_t n, const char *one, const char *many)
{
	if (n)
		out_printf(o, "... and %zu more %s\n", n, n == 1 ? one : many);
}

/* ---- tables ---- */

static void put_functions(struct out *o, const struct layout *l, const struct memory_tables *t)
{
	struct name_columns names;

	name_columns_begin(&names, t->keys, false, "");
	for (size_t i = 0; i < t->n_functions; i++)
		name_columns_measure(&names, &t->functions[t->by_function[i].function], 0);
	name_columns_fit(&names, GAP + l->name);
	put_number_headings(o, l);
	name_columns_headings(o, &names);
	put_counts(o, l, &t->total);
	parts_pad(o, GAP);
	out_text(o, "(all)\n");
	for (size_t i = 0; i < t->n_functions; i++) {
		put_counts(o, l, &t->by_function[i].counts);
		name_columns_row(o, &names, &t->functions[t->by_function[i].function], "", 0);
	}
	put_hidden(o, t->hidden_functions, t->keys ? "row" : "function",
		   t->keys ? "rows" : "functions");
}

static void put_objects(struct out *o, const struct layout *l, const struct memory_tables *t)
{
	put_headings(o, l, "object");
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct data_object *object = &t->by_object[i].object;
		const char *note = object->inferred ? " (inferred)" : "";

		put_counts(o, l, &t->by_object[i].counts);
		parts_pad(o, GAP);
		parts_cut(o, object->name, l->name - strlen(note));
		out_text(o, note);
		out_char(o, '\n');
	}
	put_hidden(o, t->hidden_objects, "object", "objects");
}

/* 4096: "4K" */
static void size_text(char *text, size_t size, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	unsigned unit = 0;

	if (bytes < 1024 || bytes % 1024) {
		snprintf(text, size, "%" PRIu64, bytes);
		return;
	}
	for (bytes /= 1024; bytes >= 1024 && bytes % 1024 == 0; bytes /= 1024)
		unit++;
	snprintf(text, size, "%" PRIu64 "%c", bytes, units[unit]);
}

/*
 * "0x7f0000001000 4K  [heap], pid 7, 2 threads  web1.data": the object cut to what is left; of several recordings the
 * name of its one in what is left then.
 */
static void put_block(struct out *o, const struct memory_tables *t, const struct memory_block *b,
		      size_t width)
{
	const char *object = t->memory->objects[b->object].name;
	char head[48], pid[24] = "", tail[64], size[24];
	size_t taken;

	size_text(size, sizeof(size), b->size);
	if (b->size == MEMORY_LINE)
		snprintf(head, sizeof(head), "0x%" PRIx64 "  ", b->addr);
	else
		snprintf(head, sizeof(head), "0x%" PRIx64 " %s  ", b->addr, size);
	if (b->pid != UINT32_MAX)
		snprintf(pid, sizeof(pid), ", pid %" PRIu32, b->pid);
	snprintf(tail, sizeof(tail), "%s, %" PRIu32 " thread%s", pid, b->threads,
		 b->threads == 1 ? "" : "s");
	out_text(o, head);
	taken = strlen(head) + strlen(tail);
	object = *object == '/' ? label_base(object) : object;
	if (width < taken + LEAST_MODULE) { /* then the address and the object alone */
		parts_cut(o, object, width > strlen(head) ? width - strlen(head) : 0);
		return;
	}
	width -= taken;
	width -= parts_cut(o, object, width);
	out_text(o, tail);
	if (t->recordings && width >= LEAST_MODULE + GAP) {
		parts_pad(o, GAP);
		parts_cut(o, t->recordings[b->recording], width - GAP);
	}
}

static void put_blocks(struct out *o, const struct layout *l, const struct memory_tables *t,
		       const struct memory_block_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put_counts(o, l, &rows[i].counts);
		parts_pad(o, GAP);
		put_block(o, t, &rows[i].block, l->name);
		out_char(o, '\n');
	}
}

/* ---- lines that threads share ---- */

/* "0 8 16-18": the bytes that accesses began at, as far as they fit. */
static void offsets_text(char *text, size_t size, uint64_t offsets)
{
	size_t len = 0;

	*text = '\0';
	for (unsigned b = 0; b < MEMORY_LINE; b++) {
		unsigned last = b;
		char item[16];

		if (!(offsets >> b & 1))
			continue;
		while (last + 1 < MEMORY_LINE && (offsets >> (last + 1) & 1))
			last++;
		snprintf(item, sizeof(item), last > b ? "%s%u-%u" : "%s%u", len ? " " : "", b,
			 last);
		if (len + strlen(item) + sizeof("…") > size) {
			snprintf(text + len, size - len, "…");
			return;
		}
		memcpy(text + len, item, strlen(item) + 1);
		len += strlen(item);
		b = last;
	}
}

enum { OFFSETS = 12, TASK = 18 };

static void put_sharer(struct out *o, const struct memory_tables *t, const struct memory_sharer *s,
		       size_t columns)
{
	const struct memory_thread *thread = &t->memory->threads[s->thread];
	const struct function *f = &t->functions[s->function];
	char offsets[OFFSETS + sizeof("…")], task[64];
	size_t taken;

	offsets_text(offsets, sizeof(offsets), s->offsets);
	snprintf(task, sizeof(task), "%.40s-%" PRIi32, thread->comm, (int32_t)thread->tid);
	parts_pad(o, 2);
	parts_number(o, s->samples, 7);
	parts_number(o, s->transfers, 7);
	parts_number(o, s->writes, 8);
	if (s->latency_samples)
		parts_number(o, mean(s->latency_sum, s->latency_samples), 7);
	else
		put_right(o, "·", 7);
	parts_pad(o, GAP);
	taken = parts_cut(o, offsets, OFFSETS);
	parts_pad(o, OFFSETS + GAP - taken);
	taken = parts_cut(o, task, TASK);
	parts_pad(o, TASK + GAP - taken);
	parts_cut(o, f->name, columns > 66 + 12 ? columns - 66 : 12);
	out_char(o, '\n');
}

static void put_suspects(struct out *o, const struct memory_tables *t, size_t columns)
{
	if (!t->n_suspects)
		return;
	out_text(o,
		 "\nlines that threads share, and who does what to them\n"
		 "  samples  moved  writes   mean  at bytes      thread              function\n");
	for (size_t i = 0; i < t->n_suspects; i++) {
		const struct memory_suspect *s = &t->suspects[i];
		const char *judgement =
			s->same_word ? ": the same word" : ": different words, false sharing";

		put_block(o, t, &s->line, columns - strlen(judgement) - 1);
		out_printf(o, "%s\n", judgement);
		for (size_t k = 0; k < s->n; k++)
			put_sharer(o, t, &t->sharers[s->first + k], columns);
	}
	put_hidden(o, t->hidden_suspects, "line", "lines");
}

/* ---- what comes first ---- */

static void put_part(struct out *o, const char *before, uint64_t n, const char *one,
		     const char *many)
{
	if (n)
		out_printf(o, "%s%" PRIu64 " %s", before, n, n == 1 ? one : many);
}

static void put_summary(struct out *o, const struct memory_tables *t)
{
	const struct memory_counts *c = &t->total;
	const struct memory_latency *l = &c->latency;

	put_part(o, "", c->samples, "access", "accesses");
	put_part(o, ": ", c->ops[DATA_OP_LOAD], "load", "loads");
	put_part(o, c->ops[DATA_OP_LOAD] ? ", " : ": ", c->ops[DATA_OP_STORE], "store", "stores");
	put_part(o, ", ", c->ops[DATA_OP_PREFETCH], "prefetch", "prefetches");
	put_part(o, ", ", c->ops[DATA_OP_CODE], "of code", "of code");
	put_part(o, "\n", t->others, "other sample is no access to memory",
		 "other samples are no accesses to memory");
	if (l->samples)
		out_printf(o,
			   "\nlatency in cycles, of %" PRIu64 ": mean %" PRIu64 ", p50 %" PRIu64
			   ", p95 %" PRIu64 ", p99 %" PRIu64 ", max %" PRIu64,
			   l->samples, mean(l->sum, l->samples), l->p50, l->p95, l->p99, l->max);
	out_char(o, '\n');
	for (unsigned i = 0; memory_missing(t, i); i++)
		out_printf(o, "%s\n", memory_missing(t, i));
}

static void put_legend(struct out *o)
{
	out_text(o,
		 "percent of the row's samples, by where the data was found; mean, p95: cycles\n");
}

void render_memory_text(struct out *o, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;
	size_t columns = out_columns(o) ? out_columns(o) : WIDE;
	struct layout l;

	if (r->table)
		text_header(o, r->table, out_columns(o));
	if (!t->total.samples) {
		out_text(o, "no samples of memory accesses (perf mem record makes them)\n");
		return;
	}
	put_summary(o, t);
	put_legend(o);
	lay_out(&l, &t->total, columns, out_is_terminal(o));
	put_functions(o, &l, t);
	put_objects(o, &l, t);
	if (t->n_pages) {
		put_headings(o, &l, "page");
		put_blocks(o, &l, t, t->pages, t->n_pages);
		put_hidden(o, t->hidden_pages, "page", "pages");
		put_headings(o, &l, "cache line");
		put_blocks(o, &l, t, t->lines, t->n_lines);
		put_hidden(o, t->hidden_lines, "line", "lines");
	}
	put_suspects(o, t, columns);
}
