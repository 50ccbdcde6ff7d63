/*
 * tests/unit/memory.c - samples of memory accesses, from written recordings in both byte orders to tables and outputs
 * (report/memory.h, report/memory_tables.h, render/memory.h).
 *
 * Functions are made up: code at FUNCTION * n is function n, whose name is "f0", "f1" ...
 */
#include "report/memory_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/memory.h"
#include "report/collect.h"
#include "report/timeline.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/memory_sources.h"
#include "tests/opened.h"

enum { FUNCTION = 0x100, FUNCTIONS = 8, CODE = 0x400000, EVENTS = 2 };

#define LOAD  (0x2 | (uint64_t)(MEM_LVL_HIT | MEM_LVL_L1) << 5)
#define STORE (0x4 | (uint64_t)(MEM_LVL_HIT | MEM_LVL_L1) << 5)
#define HITM  (0x2 | (uint64_t)(MEM_LVL_HIT | MEM_LVL_L3) << 5 | (uint64_t)MEM_SNOOP_HITM << 19)
#define PEER  (0x2 | (uint64_t)(MEM_LVL_HIT | MEM_LVL_L2) << 5 | (uint64_t)MEM_SNOOPX_PEER << 38)
#define LOCK  ((uint64_t)MEM_LOCK_LOCKED << 24)

/* ---- a recording, written and taken through the stages ---- */

struct run {
	struct image img;
	struct image_options options;
	struct image_event events[EVENTS];
	struct opened o;
	struct machine *machine;
	struct collected collected;
	struct sampled_event *sampled;
	struct memory *memory;
	uint32_t *homes;
	struct function functions[FUNCTIONS];
	char names[FUNCTIONS][8];
	struct memory_tables *tables;
};

static void run_begin(struct run *r, bool big_endian, uint64_t sample_type)
{
	*r = (struct run){ .options = { .big_endian = big_endian, .n_events = EVENTS } };
	for (size_t e = 0; e < EVENTS; e++)
		r->events[e] = (struct image_event){
			.attr = { .type = TYPE_RAW,
				  .config = 0x1cd + e,
				  .sample_period = 100,
				  .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TID |
						 SAMPLE_TIME | sample_type,
				  .flags = ATTR_SAMPLE_ID_ALL },
			.ids = { 11 + e },
			.n_ids = 1,
			.name = e ? "mem-stores" : "mem-loads",
		};
	r->options.events = r->events;
	r->options.features.event_desc = true;
	image_begin(&r->img, &r->options);
	r->img.stamp.id = 11;
}

/* A sample in function `f`; what is not given is as usual. */
static void hit(struct run *r, unsigned f, struct image_sample s)
{
	s.id = 11 + s.event;
	s.misc = s.misc ? s.misc : MISC_USER;
	s.ip = CODE + FUNCTION * f;
	s.pid = s.pid ? s.pid : 7;
	s.tid = s.tid ? s.tid : s.pid;
	s.time = s.time ? s.time : 1000;
	image_sample(&r->img, &s);
}

static void map(struct run *r, uint64_t time, uint32_t pid, uint64_t start, uint64_t len,
		uint32_t prot, const char *name)
{
	r->img.stamp.time = time;
	r->img.stamp.pid = r->img.stamp.tid = pid;
	image_mmap2(&r->img,
		    &(struct image_mmap){
			    .misc = (uint16_t)(MISC_USER | (prot & 4 ? 0 : MISC_MMAP_DATA)),
			    .pid = pid,
			    .tid = pid,
			    .addr = start,
			    .len = len,
			    .prot = prot,
			    .filename = name,
		    });
}

static void walk(struct run *r)
{
	struct collect_options options = { .memory = r->memory = memory_new() };
	struct timeline_clock clock;
	struct timeline *t;
	struct collect *c;

	image_end(&r->img);
	if (!open_image(&r->o, &r->img))
		abort();
	t = timeline_new(r->o.recording, r->o.texts, r->o.diag);
	while (timeline_step(t))
		;
	r->machine = timeline_finish(t, &clock);
	c = collect_new(r->o.recording, r->machine, clock.timed, &options, r->o.texts, r->o.diag);
	while (collect_step(c))
		;
	collect_finish(c, &r->collected);
	r->sampled = sampled_events(r->o.recording);
}

/* Each node is of the function at its address; those of function `left_out` are left out. */
static void make_homes(struct run *r, uint32_t left_out)
{
	const struct calltree *tree = r->collected.tree;

	for (uint32_t f = 0; f < FUNCTIONS; f++) {
		snprintf(r->names[f], sizeof(r->names[f]), "f%" PRIu32, f);
		r->functions[f] = (struct function){
			.kind = KIND_PYTHON,
			.name = r->names[f],
			.symbol = "",
			.module = "app",
			.file = "/srv/app.py",
			.object = "",
		};
	}
	free(r->homes);
	r->homes = mem_calloc(tree->n_nodes, sizeof(*r->homes));
	for (size_t n = 0; n < tree->n_nodes; n++) {
		uint64_t addr = n ? tree->locations[tree->nodes[n].location].addr : CODE;
		uint32_t f = (uint32_t)((addr - CODE) / FUNCTION % FUNCTIONS);

		r->homes[n] = f == left_out ? MEMORY_NONE : f;
	}
}

static const struct memory_tables *tables(struct run *r, uint32_t left_out,
					  struct memory_options options)
{
	struct memory_homes homes = { .names = r->functions, .n_names = FUNCTIONS };

	make_homes(r, left_out);
	homes.functions = r->homes;
	homes.n_nodes = r->collected.tree->n_nodes;
	memory_tables_free(r->tables);
	r->tables = memory_tables_new(&r->memory->log, &homes, &options);
	return r->tables;
}

static const struct memory_tables *all_tables(struct run *r)
{
	walk(r);
	return tables(r, MEMORY_NONE, (struct memory_options){ .event = -1 });
}

static void run_end(struct run *r)
{
	memory_tables_free(r->tables);
	free(r->homes);
	memory_free(r->memory);
	free(r->sampled);
	collected_free(&r->collected);
	machine_free(r->machine);
	open_done(&r->o);
	image_free(&r->img);
}

static const struct memory_counts *counts_of(const struct memory_tables *t, const char *name)
{
	static const struct memory_counts none;

	for (size_t i = 0; i < t->n_functions; i++)
		if (strcmp(t->functions[t->by_function[i].function].name, name) == 0)
			return &t->by_function[i].counts;
	return &none;
}

/* ---- what is counted ---- */

enum { EXPECTED = 3 };

static void check_counts(const struct memory_counts *is, const struct memory_counts *want,
			 const char *label)
{
	check_in(label);
	check_u64(is->samples, want->samples, "samples");
	for (int v = 0; v < DATA_OPS; v++)
		check_u64(is->ops[v], want->ops[v], data_op_key((enum data_op)v));
	for (int v = 0; v < DATA_LEVELS; v++)
		check_u64(is->levels[v], want->levels[v], data_level_key((enum data_level)v));
	for (int v = 0; v < DATA_SNOOPS; v++)
		check_u64(is->snoops[v], want->snoops[v], data_snoop_key((enum data_snoop)v));
	for (int v = 0; v < DATA_TLBS; v++)
		check_u64(is->tlbs[v], want->tlbs[v], data_tlb_key((enum data_tlb)v));
	check_u64(is->locked, want->locked, "locked");
	check_u64(is->remote_hitm, want->remote_hitm, "remote HITM");
	check_u64(is->latency.samples, want->latency.samples, "samples with a latency");
	check_u64(is->latency.sum, want->latency.sum, "latency");
	check_u64(is->weight2.sum, want->weight2.sum, "second weight");
	check_u64(is->weight3.sum, want->weight3.sum, "third weight");
	check_in(NULL);
}

static void expect(struct memory_counts *want, const struct memory_source_case *c,
		   const struct image_sample *s)
{
	want->samples++;
	want->ops[c->op]++;
	want->levels[c->level]++;
	want->snoops[c->snoop]++;
	want->tlbs[c->tlb]++;
	want->locked += c->locked;
	want->remote_hitm += c->remote && c->snoop == DATA_SNOOP_HITM;
	want->latency.samples += s->weight != 0;
	want->latency.sum += s->weight;
	want->weight2.sum += s->weight2;
	want->weight3.sum += s->weight3;
}

/* Each encoding 1, 2, 3 ... times, dealt out to three functions. */
static void encodings_are_counted(bool big_endian, uint64_t weight_type)
{
	bool parts = weight_type == SAMPLE_WEIGHT_STRUCT;
	struct memory_counts want[EXPECTED + 1] = { 0 };
	const struct memory_tables *t;
	uint64_t others = 0;
	struct run r;

	run_begin(&r, big_endian, SAMPLE_DATA_SRC | SAMPLE_ADDR | weight_type);
	for (size_t i = 0; i < n_memory_source_cases; i++) {
		const struct memory_source_case *c = &memory_source_cases[i];

		for (size_t n = 0; n <= i % 5; n++) {
			struct image_sample s = { .data_src = c->value, .addr = 0x1000 * i };

			if (weight_type)
				s.weight = 7 * i * n + (parts ? 0 : (uint64_t)n << 33);
			s.weight2 = parts ? (uint16_t)(0xff00 + i) : 0;
			s.weight3 = parts ? (uint16_t)(n << 8) : 0;
			hit(&r, (unsigned)(i % EXPECTED), s);
			others += c->op == DATA_OP_NONE;
			if (c->op == DATA_OP_NONE)
				continue;
			expect(&want[i % EXPECTED], c, &s);
			expect(&want[EXPECTED], c, &s);
		}
	}
	t = all_tables(&r);
	check_counts(counts_of(t, "f0"), &want[0], "f0");
	check_counts(counts_of(t, "f1"), &want[1], "f1");
	check_counts(counts_of(t, "f2"), &want[2], "f2");
	check_counts(&t->total, &want[EXPECTED], "all");
	check_u64(t->others, others, "no accesses to memory");
	check_u64(t->left_out, 0, "left out");
	run_end(&r);
}

static void every_encoding_is_counted_in_either_byte_order(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		encodings_are_counted(big_endian, SAMPLE_WEIGHT);
		encodings_are_counted(big_endian, SAMPLE_WEIGHT_STRUCT);
		encodings_are_counted(big_endian, 0);
	}
}

static uint64_t sum(const uint64_t *v, size_t n)
{
	uint64_t total = 0;

	while (n-- > 0)
		total += v[n];
	return total;
}

static void check_balance(const struct memory_counts *c, const char *row)
{
	check(sum(c->ops, DATA_OPS) == c->samples && sum(c->levels, DATA_LEVELS) == c->samples &&
		      sum(c->snoops, DATA_SNOOPS) == c->samples &&
		      sum(c->tlbs, DATA_TLBS) == c->samples,
	      row);
}

/* others + left out + the rows of any table = the samples that were written. */
static void the_books_balance(void)
{
	enum { SAMPLES = 1000 };
	const struct memory_tables *t;
	uint64_t functions = 0, objects = 0, pages = 0, lines = 0, sources = 0;
	struct run r;

	run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_ADDR);
	for (unsigned i = 0; i < SAMPLES; i++)
		hit(&r, i % FUNCTIONS,
		    (struct image_sample){
			    .event = i % EVENTS,
			    .data_src = memory_source_cases[i % n_memory_source_cases].value,
			    .addr = 0x10000 + (uint64_t)i * 40,
			    .tid = 7 + i % 3,
			    .pid = 7,
		    });
	walk(&r);
	t = tables(&r, 3, (struct memory_options){ .event = -1 });
	check_u64(t->total.samples + t->others + t->left_out, SAMPLES, "all samples");
	check_u64(t->left_out, SAMPLES / FUNCTIONS, "a function that is left out");
	check_balance(&t->total, "all");
	for (size_t i = 0; i < t->n_functions; i++) {
		functions += t->by_function[i].counts.samples;
		check_balance(&t->by_function[i].counts, "a function");
	}
	for (size_t i = 0; i < t->n_objects; i++)
		objects += t->by_object[i].counts.samples;
	for (size_t i = 0; i < t->n_pages; i++)
		pages += t->pages[i].counts.samples;
	for (size_t i = 0; i < t->n_lines; i++) {
		lines += t->lines[i].counts.samples;
		check_balance(&t->lines[i].counts, "a line");
		check_u64(t->lines[i].block.samples, t->lines[i].counts.samples, "twice counted");
	}
	for (size_t i = 0; i < t->n_sources; i++)
		sources += t->sources[i].samples;
	check_u64(functions, t->total.samples, "functions");
	check_u64(objects, t->total.samples, "objects");
	check_u64(pages, t->total.samples, "pages");
	check_u64(lines, t->total.samples, "lines");
	check_u64(sources, t->total.samples + t->others, "sources");
	t = tables(&r, MEMORY_NONE, (struct memory_options){ .event = 1 });
	check_u64(t->left_out, SAMPLES / EVENTS, "one event: the other's samples");
	check_u64(t->sources[0].event, 1, "one event: its sources");
	t = tables(&r, MEMORY_NONE, (struct memory_options){ -1, 2, 3 });
	check_u64(t->n_functions, 2, "limit of functions");
	check_u64(t->hidden_functions, FUNCTIONS - 2, "functions beyond it");
	check_u64(t->n_lines, 3, "limit of lines");
	check_u64(t->total.samples + t->others, SAMPLES, "a limit changes no sum");
	check(t->lines[0].block.samples >= t->lines[1].block.samples, "the hottest line first");
	run_end(&r);
}

static void samples_without_a_data_source_are_no_accesses(void)
{
	const struct memory_tables *t;
	struct run r;

	run_begin(&r, false, SAMPLE_ADDR | SAMPLE_WEIGHT);
	hit(&r, 0, (struct image_sample){ .addr = 0x1000, .weight = 5 });
	t = all_tables(&r);
	check_u64(t->total.samples + t->others + t->left_out, 0, "samples");
	check_u64(t->n_functions + t->n_objects + t->n_pages + t->n_lines, 0, "rows");
	run_end(&r);
}

/* ---- latencies ---- */

static void percentiles_are_exact(void)
{
	static const struct {
		const char *label;
		unsigned n, zeroes;
		uint64_t p50, p95, p99, max;
	} rows[] = {
		{ "none", 0, 3, 0, 0, 0, 0 },
		{ "one", 1, 0, 10, 10, 10, 10 },
		{ "two", 2, 0, 10, 20, 20, 20 },
		{ "twenty", 20, 5, 100, 190, 200, 200 },
		{ "a hundred", 100, 1, 500, 950, 990, 1000 },
		{ "a thousand", 1000, 0, 5000, 9500, 9900, 10000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct memory_latency *l;
		struct run r;

		run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_WEIGHT);
		for (unsigned n = 0; n < rows[i].n; n++) /* 10, 20 ... in another order */
			hit(&r, 1,
			    (struct image_sample){ .data_src = LOAD,
						   .weight = 10 * (1 + n * 7 % rows[i].n) });
		for (unsigned n = 0; n < rows[i].zeroes; n++)
			hit(&r, 1, (struct image_sample){ .data_src = LOAD });
		hit(&r, 2, (struct image_sample){ .data_src = LOAD, .weight = 1 });
		l = &counts_of(all_tables(&r), "f1")->latency;
		check_in(rows[i].label);
		check_u64(l->samples, rows[i].n, "samples");
		check_u64(l->sum, 10 * (uint64_t)rows[i].n * (rows[i].n + 1) / 2, "sum");
		check_u64(l->p50, rows[i].p50, "p50");
		check_u64(l->p95, rows[i].p95, "p95");
		check_u64(l->p99, rows[i].p99, "p99");
		check_u64(l->max, rows[i].max, "max");
		check_in(NULL);
		run_end(&r);
	}
}

static void sums_of_latencies_do_not_wrap(void)
{
	const struct memory_tables *t;
	struct run r;

	run_begin(&r, true, SAMPLE_DATA_SRC | SAMPLE_WEIGHT);
	for (int i = 0; i < 3; i++)
		hit(&r, 0, (struct image_sample){ .data_src = LOAD, .weight = UINT64_MAX - 1 });
	t = all_tables(&r);
	check_u64(t->total.latency.sum, UINT64_MAX, "sum");
	check_u64(t->total.latency.p95, UINT64_MAX - 1, "percentile");
	run_end(&r);
}

/* ---- data ---- */

static void objects_are_named_by_the_mapping_of_the_time(void)
{
	static const struct {
		uint64_t addr, time;
		uint16_t misc;
		const char *kind, *name;
		bool inferred;
	} rows[] = {
		{ 0x7f0000001000, 100, 0, "file", "/lib/libc.so.6", false },
		{ 0x7f0000101010, 100, 0, "file", "/data/table.bin", false },
		{ 0x7f0000101010, 300, 0, "anonymous", "[anon]", false },
		{ 0x555500000010, 100, 0, "heap", "[heap]", false },
		{ 0x555500800000, 100, 0, "unmapped", "[unmapped]", false },
		{ 0x7ffc00001000, 100, 0, "stack", "[stack]", true },
		{ 0x7f0000201000, 100, 0, "stack", "[stack]", false },
		{ 0x7f0000301000, 100, 0, "special", "[vvar]", false },
		{ 0xffff888000001000, 100, 0, "kernel", "[kernel]", false },
		{ 0xffffffff81000010, 100, 0, "kernel", "[kernel]", false },
		{ 0xffffffffc0001000, 100, 0, "kernel", "/lib/modules/x/nf.ko", false },
		{ 0x7f0000001000, 100, MISC_GUEST_USER, "guest", "[guest]", false },
		{ 0, 100, 0, "no_address", "[no address]", false },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	struct run r;

	run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_ADDR);
	image_mmap(&r.img, &(struct image_mmap){ .misc = MISC_KERNEL,
						 .pid = UINT32_MAX,
						 .addr = 0xffffffff81000000,
						 .len = 0x1000000,
						 .filename = "[kernel.kallsyms]_text" });
	image_mmap(&r.img, &(struct image_mmap){ .misc = MISC_KERNEL,
						 .pid = UINT32_MAX,
						 .addr = 0xffffffffc0000000,
						 .len = 0x10000,
						 .filename = "/lib/modules/x/nf.ko" });
	map(&r, 10, 7, 0x7f0000000000, 0x100000, 5, "/lib/libc.so.6");
	map(&r, 10, 7, 0x7f0000100000, 0x100000, 1, "/data/table.bin");
	map(&r, 10, 7, 0x7f0000200000, 0x10000, 3, "[stack:12]");
	map(&r, 10, 7, 0x7f0000300000, 0x10000, 1, "[vvar]");
	map(&r, 10, 7, 0x555500000000, 0x100000, 3, "[heap]");
	map(&r, 200, 7, 0x7f0000100000, 0x100000, 3, "//anon");
	for (size_t i = 0; i < n; i++)
		hit(&r, 0,
		    (struct image_sample){ .data_src = LOAD,
					   .addr = rows[i].addr,
					   .time = rows[i].time,
					   .misc = rows[i].misc });
	all_tables(&r);
	for (size_t i = 0; i < n; i++) {
		const struct data_object *o =
			&r.memory->log.objects[r.memory->log.accesses[i].object];

		check_in(rows[i].name);
		check_text(data_object_kind_key(o->kind), rows[i].kind, "kind");
		check_text(o->name, rows[i].name, "name");
		check(o->inferred == rows[i].inferred, "inferred");
		check((r.memory->log.accesses[i].line == MEMORY_NONE) ==
			      (!rows[i].addr || rows[i].misc),
		      "has a line");
	}
	check_in(NULL);
	run_end(&r);
}

static void a_fork_has_the_stack_of_its_parent(void)
{
	const struct memory_tables *t;
	struct run r;

	run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_ADDR);
	map(&r, 10, 7, 0x7f0000000000, 0x100000, 5, "/lib/libc.so.6");
	r.img.stamp.time = 20;
	image_fork(&r.img, 8, 7, 8, 7, false);
	hit(&r, 0, (struct image_sample){ .data_src = LOAD, .addr = 0x7ffc00001000, .pid = 8 });
	hit(&r, 0, (struct image_sample){ .data_src = LOAD, .addr = 0x7ffc00001000, .pid = 9 });
	t = all_tables(&r);
	check_u64(t->n_objects, 2, "objects");
	check_text(t->by_object[0].object.name, "[stack]", "of the fork");
	check_text(t->by_object[1].object.name, "[unmapped]", "of a process without mappings");
	run_end(&r);
}

/* "ADDR/SIZE=SAMPLES:THREADS ..." in the order of rows */
static const char *blocks_text(const struct memory_block_row *rows, size_t n)
{
	static char text[1000];
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < n && len < sizeof(text) - 100; i++) {
		const struct memory_block *b = &rows[i].block;

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%" PRIx64 "/%" PRIx64 "=%" PRIu64 ":%" PRIu32,
					len ? " " : "", b->phys ? b->phys : b->addr, b->size,
					b->samples, b->threads);
	}
	return text;
}

static void pages_have_their_recorded_size(void)
{
	static const struct {
		uint64_t addr, size;
	} rows[] = {
		{ 0x200000, 0x200000 }, { 0x3fffff, 0x200000 }, /* one huge page */
		{ 0x400000, 0x1000 },   { 0x401000, 0x1000 },
		{ 0x500000, 0 },        { 0x500fff, 12345 }, /* no sizes: taken for 4 KiB */
		{ 0x600000, 16 },
	};
	const struct memory_tables *t;
	struct run r;

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		run_begin(&r, big_endian, SAMPLE_DATA_SRC | SAMPLE_ADDR | SAMPLE_DATA_PAGE_SIZE);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			hit(&r, 0,
			    (struct image_sample){ .data_src = LOAD,
						   .addr = rows[i].addr,
						   .data_page_size = rows[i].size });
		t = all_tables(&r);
		check_text(blocks_text(t->pages, t->n_pages),
			   "200000/200000=2:1 500000/1000=2:1 400000/1000=1:1 401000/1000=1:1 "
			   "600000/1000=1:1",
			   "pages");
		run_end(&r);
	}
}

static void lines_are_known_by_their_physical_address(void)
{
	static const struct {
		const char *label;
		uint64_t phys_a, phys_b, addr_a, addr_b;
		const char *lines;
	} rows[] = {
		{ "shared memory at two addresses", 0x9040, 0x9078, 0x1000, 0x2000, "9040/40=2:2" },
		{ "one address in two processes", 0x9040, 0xa040, 0x1040, 0x1040,
		  "9040/40=1:1 a040/40=1:1" },
		{ "not translated: by process", 0, 0, 0x1040, 0x1041, "1040/40=1:1 1040/40=1:1" },
		{ "the kernel's are everybody's", 0, 0, 0xffff888000001000, 0xffff88800000103f,
		  "ffff888000001000/40=2:2" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct memory_tables *t;
		struct run r;

		run_begin(&r, i % 2 != 0, SAMPLE_DATA_SRC | SAMPLE_ADDR | SAMPLE_PHYS_ADDR);
		hit(&r, 0,
		    (struct image_sample){ .data_src = LOAD,
					   .pid = 7,
					   .addr = rows[i].addr_a,
					   .phys_addr = rows[i].phys_a });
		hit(&r, 0,
		    (struct image_sample){ .data_src = LOAD,
					   .pid = 8,
					   .addr = rows[i].addr_b,
					   .phys_addr = rows[i].phys_b });
		t = all_tables(&r);
		check_text(blocks_text(t->lines, t->n_lines), rows[i].lines, rows[i].label);
		run_end(&r);
	}
}

/* ---- lines that threads share ---- */

struct touch {
	uint32_t tid;
	unsigned function, offset;
	uint64_t data_src;
};

/* "TRANSFERS/WRITES word TID.FUNCTION=SAMPLES:OFFSETS ..." of the first suspect; "" for none */
static const char *suspect_text(const struct memory_tables *t)
{
	static char text[1000];
	const struct memory_suspect *s = t->suspects;
	int len;

	*text = '\0';
	if (!t->n_suspects)
		return text;
	len = snprintf(text, sizeof(text), "%" PRIu64 "/%" PRIu64 " %s", s->transfers, s->writes,
		       s->same_word ? "same" : "different");
	for (size_t i = 0; i < s->n; i++) {
		const struct memory_sharer *sharer = &t->sharers[s->first + i];

		len += snprintf(text + len, sizeof(text) - (size_t)len,
				" %" PRIu32 ".%s=%" PRIu64 ":%" PRIx64,
				t->memory->threads[sharer->thread].tid,
				t->functions[sharer->function].name, sharer->samples,
				sharer->offsets);
	}
	return text;
}

static void suspects_are_lines_that_threads_fight_for(void)
{
	static const struct {
		const char *label;
		struct touch touches[5];
		const char *suspect;
	} rows[] = {
		{ "HITM in different words",
		  { { 7, 0, 0, HITM }, { 8, 1, 8, HITM }, { 8, 1, 8, STORE } },
		  "2/1 different 8.f1=2:100 7.f0=1:1" },
		{ "a store and a load elsewhere in the line",
		  { { 7, 0, 0, STORE }, { 8, 1, 63, LOAD } },
		  "0/1 different 7.f0=1:1 8.f1=1:8000000000000000" },
		{ "a store and a load of the same word",
		  { { 7, 0, 16, STORE }, { 8, 1, 20, LOAD } },
		  "0/1 same 7.f0=1:10000 8.f1=1:100000" },
		{ "a lock is a write",
		  { { 7, 0, 0, LOAD | LOCK }, { 8, 0, 32, LOAD } },
		  "0/1 different 7.f0=1:1 8.f0=1:100000000" },
		{ "Arm: passed on by a peer",
		  { { 7, 0, 0, PEER }, { 8, 0, 32, LOAD } },
		  "1/0 different 7.f0=1:1 8.f0=1:100000000" },
		{ "two functions of a thread",
		  { { 7, 0, 0, LOAD }, { 7, 1, 8, LOAD }, { 8, 0, 16, STORE } },
		  "0/1 different 7.f0=1:1 7.f1=1:100 8.f0=1:10000" },
		{ "own words of a thread are not shared",
		  { { 7, 0, 0, STORE }, { 7, 1, 0, STORE }, { 8, 0, 16, LOAD } },
		  "0/2 different 7.f0=1:1 7.f1=1:1 8.f0=1:10000" },
		{ "all only read", { { 7, 0, 0, LOAD }, { 8, 0, 8, LOAD } }, "" },
		{ "one thread", { { 7, 0, 0, STORE }, { 7, 1, 8, HITM } }, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run r;

		run_begin(&r, i % 2 != 0, SAMPLE_DATA_SRC | SAMPLE_ADDR | SAMPLE_WEIGHT);
		for (size_t k = 0; k < 5 && rows[i].touches[k].tid; k++)
			hit(&r, rows[i].touches[k].function,
			    (struct image_sample){
				    .pid = 7,
				    .tid = rows[i].touches[k].tid,
				    .addr = 0x1000 + rows[i].touches[k].offset,
				    .data_src = rows[i].touches[k].data_src,
			    });
		check_text(suspect_text(all_tables(&r)), rows[i].suspect, rows[i].label);
		run_end(&r);
	}
}

static void the_line_that_moves_most_comes_first(void)
{
	const struct memory_tables *t;
	struct run r;

	run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_ADDR);
	for (unsigned line = 0; line < 5; line++) {
		for (unsigned n = 0; n <= line; n++)
			hit(&r, 0,
			    (struct image_sample){ .pid = 7,
						   .tid = 7 + n % 2,
						   .addr = 0x1000 + 64 * line,
						   .data_src = HITM });
		for (unsigned n = 0; n < 20; n++)
			hit(&r, 0,
			    (struct image_sample){ .pid = 7, .addr = 0x1000, .data_src = STORE });
	}
	t = all_tables(&r);
	check_u64(t->n_suspects, 4, "suspects"); /* line 0: one thread */
	check_u64(t->suspects[0].line.addr, 0x1000 + 64 * 4, "first");
	check_u64(t->suspects[3].line.addr, 0x1000 + 64 * 1, "last");
	check_u64(t->lines[0].block.addr, 0x1000, "the hottest line is another");
	t = tables(&r, MEMORY_NONE, (struct memory_options){ .event = -1, .data_limit = 1 });
	check_u64(t->n_suspects, 1, "limit");
	check_u64(t->hidden_suspects, 3, "beyond it");
	run_end(&r);
}

/* ---- outputs ---- */

/* A recording with something in every table. */
static void rich(struct run *r)
{
	run_begin(r, false,
		  SAMPLE_DATA_SRC | SAMPLE_ADDR | SAMPLE_WEIGHT_STRUCT | SAMPLE_PHYS_ADDR);
	map(r, 10, 7, 0x7f0000000000, 0x100000, 5, "/lib/libc.so.6");
	map(r, 10, 7, 0x555500000000, 0x100000, 3, "[heap]");
	image_comm(&r->img, 7, 8, "wor,ker\"\x1b", false);
	for (unsigned i = 0; i < 600; i++) {
		const struct memory_source_case *c =
			&memory_source_cases[i % n_memory_source_cases];

		hit(r, i % 5,
		    (struct image_sample){
			    .data_src = c->value,
			    .addr = 0x555500000000 + (uint64_t)i % 90 * 8,
			    .phys_addr = i % 4 ? 0x123000 + (uint64_t)i % 90 * 8 : 0,
			    .pid = 7,
			    .tid = 7 + i % 2,
			    .weight = i % 7 * 40,
			    .weight2 = 500,
		    });
	}
	all_tables(r);
}

static const char *rendered(struct run *r, struct capture *c, memory_renderer *render)
{
	struct memory_report report = {
		.tables = r->tables,
		.events = r->sampled,
	};

	render(capture_begin(c), &report);
	return capture_end(c);
}

static size_t columns_of(const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (line[i] & 0xc0) != 0x80;
	return n;
}

static void text_fits_its_columns(void)
{
	static const char *const widths[] = { "80", "100", "200" };
	struct run r;

	rich(&r);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		size_t most = strtoul(widths[i], NULL, 10), longest = 0, len;
		struct capture c;

		setenv("COLUMNS", widths[i], 1);
		for (const char *line = rendered(&r, &c, render_memory_text); *line;
		     line += len + 1) {
			len = strcspn(line, "\n");
			if (columns_of(line, len) > longest)
				longest = columns_of(line, len);
		}
		check(longest <= most, widths[i]);
		check(is_utf8(c.text), "valid UTF-8");
		check(strstr(c.text, "f0") && strstr(c.text, "[heap]") &&
			      strstr(c.text, "0x555500000"),
		      "has its rows");
		capture_free(&c);
	}
	unsetenv("COLUMNS");
	run_end(&r);
}

static void text_says_what_is_missing(void)
{
	struct capture c;
	struct run r;
	const char *text;

	run_begin(&r, false, SAMPLE_DATA_SRC);
	hit(&r, 0, (struct image_sample){ .data_src = LOAD });
	all_tables(&r);
	text = rendered(&r, &c, render_memory_text);
	check(strstr(text, "no data addresses were recorded") != NULL, "addresses");
	check(strstr(text, "no latencies were recorded") != NULL, "latencies");
	capture_free(&c);
	run_end(&r);
	run_begin(&r, false, SAMPLE_ADDR);
	hit(&r, 0, (struct image_sample){ .addr = 4096 });
	all_tables(&r);
	check(has_line(rendered(&r, &c, render_memory_text),
		       "no samples of memory accesses (perf mem record makes them)"),
	      "no samples");
	capture_free(&c);
	text = rendered(&r, &c, render_memory_json);
	check(is_json(text, c.len), "JSON without samples");
	capture_free(&c);
	run_end(&r);
}

static void json_is_valid_and_whole(void)
{
	struct capture c;
	struct run r;
	const char *text;

	rich(&r);
	text = rendered(&r, &c, render_memory_json);
	check(is_json(text, c.len), "valid");
	check(strstr(text, "{\n \"format\":\"perfolio-memory\",\n \"version\":1,") == text,
	      "format and version first");
	check(strstr(text, "\"remote_cache\":") && strstr(text, "\"sharers\":[") &&
		      strstr(text, "\"phys\":\"0x123000\""),
	      "its parts");
	check(strstr(text, "\"region\":\"memory 3\"") != NULL, "regions");
	capture_free(&c);
	run_end(&r);
}

/* Cells of a line of CSV. */
static size_t cells(const char *line, size_t len)
{
	bool quoted = false;
	size_t n = 1;

	for (size_t i = 0; i < len; i++) {
		quoted ^= line[i] == '"';
		n += line[i] == ',' && !quoted;
	}
	return n;
}

static void each_line_of_csv_has_all_columns(void)
{
	struct capture c;
	struct run r;
	size_t len, columns, lines = 0, sharers = 0;
	const char *line;

	rich(&r);
	line = rendered(&r, &c, render_memory_csv);
	columns = cells(line, strcspn(line, "\n"));
	for (; *line; line += len + 1) {
		len = strcspn(line, "\n");
		if (cells(line, len) != columns)
			check_u64(cells(line, len), columns, line);
		lines++;
		sharers += strncmp(line, "sharer,", 7) == 0;
	}
	for (size_t i = 0; i < r.tables->n_suspects; i++)
		sharers -= r.tables->suspects[i].n;
	check_u64(sharers, 0, "sharers");
	check_u64(lines,
		  2 + r.tables->n_functions + r.tables->n_objects + r.tables->n_pages +
			  r.tables->n_lines + r.tables->n_suspects + r.tables->n_sharers,
		  "a line for each row");
	check(strstr(c.text, "\"wor,ker\"\"?\"") != NULL,
	      "a name with a comma, a quote, an escape");
	capture_free(&c);
	run_end(&r);
}

/* ---- several logs ---- */

enum { PARTS = 5 };

/* An access of another log, with numbers of its own for what it is of. */
static void put_apart(struct memory_log *to, const struct memory_log *from,
		      const struct memory_access *whole, bool fold)
{
	const struct memory_source *s = &from->sources[whole->source];
	const struct memory_thread *t = &from->threads[whole->thread];
	struct memory_access a = *whole;
	bool is_new;

	memory_log_recording(to, from->recordings[0]);
	a.source = memory_log_source(to, s->event, s->value);
	a.object = memory_log_object(to, &from->objects[whole->object]);
	a.thread = memory_log_thread(to, 0, t->pid, t->tid, &is_new);
	to->threads[a.thread].comm = t->comm;
	if (a.line != MEMORY_NONE) {
		struct memory_line line = from->lines[whole->line];

		line.object = memory_log_object(to, &from->objects[line.object]);
		a.line = memory_log_line(to, &line, &is_new);
	}
	to->recorded = from->recorded;
	if (fold)
		memory_log_count(to, &a);
	else
		memory_log_append(to, &a);
}

/* What is printed of a log in place of the recording's own; free() it. */
static char *printed(struct run *r, const struct memory_log *log, memory_renderer *render)
{
	struct memory_log own = r->memory->log;
	struct capture c;
	char *text;

	r->memory->log = *log;
	tables(r, 3, (struct memory_options){ .event = -1 });
	text = strdup(rendered(r, &c, render));
	capture_free(&c);
	r->memory->log = own;
	memory_tables_free(r->tables);
	r->tables = NULL;
	return text;
}

static uint32_t *all_nodes(const struct run *r)
{
	uint32_t *nodes = mem_calloc(r->collected.tree->n_nodes, sizeof(*nodes));

	for (uint32_t n = 0; n < r->collected.tree->n_nodes; n++)
		nodes[n] = n;
	return nodes;
}

/* Dealt out to several logs, each in an order of its own, and added up in any order: the same tables. */
static void the_sum_of_parts_is_the_whole(void)
{
	struct run r;
	uint32_t *nodes;
	char *want;

	rich(&r);
	nodes = all_nodes(&r);
	want = printed(&r, &r.memory->log, render_memory_json);
	for (unsigned round = 0; round < 8; round++) {
		struct memory_log parts[PARTS] = { 0 }, sum = { 0 };
		size_t n = r.memory->log.n_accesses;
		char *got;

		for (size_t i = 0; i < n; i++) {
			size_t at = round % 2 ? n - 1 - i : i;

			put_apart(&parts[(at * 7 + at / 3 * round) % PARTS], &r.memory->log,
				  &r.memory->log.accesses[at], round % 3 == 0);
		}
		for (unsigned p = 0; p < PARTS; p++) {
			memory_log_add_all(&sum, &parts[(p * 2 + round) % PARTS],
					   &(struct memory_mapping){ .nodes = nodes,
								     .texts = r.o.texts });
			memory_log_done(&parts[(p * 2 + round) % PARTS]);
		}
		got = printed(&r, &sum, render_memory_json);
		check(strcmp(got, want) == 0, "the same tables");
		check(sum.n_accesses <= n, "no more than there are");
		free(got);
		memory_log_done(&sum);
	}
	free(want);
	free(nodes);
	run_end(&r);
}

static void accesses_that_are_alike_are_counted(void)
{
	static const uint32_t nodes[] = { 0, 1 }, none[] = { 0, MEMORY_NONE };
	struct memory_log one = { 0 }, sum = { 0 };
	struct texts *texts = texts_new();
	struct memory_access a = { .latency = 40, .count = 3, .node = 1, .line = MEMORY_NONE };
	struct memory_mapping map = { .nodes = nodes, .texts = texts, .recording = "b" };
	bool is_new;

	memory_log_recording(&one, texts_add_z(texts, ""));
	memory_log_source(&one, 0, LOAD);
	memory_log_object(&one, &(struct data_object){ .name = texts_add_z(texts, "[heap]") });
	memory_log_thread(&one, 0, 7, 8, &is_new);
	one.threads[0].comm = texts_add_z(texts, "app");
	memory_log_append(&one, &a);
	memory_log_append(&one, &a);
	memory_log_add_all(&sum, &one, &map);
	map.recording = "a";
	memory_log_add_all(&sum, &one, &map);
	check_u64(sum.n_accesses, 2, "threads of two recordings are two");
	check_u64(sum.accesses[0].count, 6, "what is alike is one entry");
	map.nodes = none;
	memory_log_add_all(&sum, &one, &map);
	check_u64(sum.left_out, 6, "a stack that is left out");
	one.accesses[0].count = one.accesses[1].count = UINT64_MAX;
	map.nodes = nodes;
	memory_log_add_all(&sum, &one, &map);
	check_u64(sum.accesses[1].count, UINT64_MAX, "counts do not wrap");
	memory_log_done(&one);
	memory_log_done(&sum);
	texts_free(texts);
}

/* Percentiles of entries that stand for many samples each, against a list of all of them. */
static void percentiles_are_of_all_that_an_entry_counts(void)
{
	struct run r;

	run_begin(&r, false, SAMPLE_DATA_SRC | SAMPLE_WEIGHT);
	for (unsigned i = 0; i < 30; i++)
		hit(&r, 1, (struct image_sample){ .data_src = LOAD, .weight = 1 + i * 11 % 30 });
	walk(&r);
	for (unsigned round = 1; round < 40; round++) {
		struct memory_log *log = &r.memory->log;
		uint64_t values[30 * 9], n = 0;
		const struct memory_latency *l;

		for (size_t i = 0; i < log->n_accesses; i++)
			log->accesses[i].count = 1 + (i * round + round / 3) % 9;
		for (uint64_t latency = 1; latency <= 30; latency++)
			for (size_t i = 0; i < log->n_accesses; i++)
				for (uint64_t k = log->accesses[i].count;
				     k && log->accesses[i].latency == latency; k--)
					values[n++] = latency;
		l = &tables(&r, MEMORY_NONE, (struct memory_options){ .event = -1 })->total.latency;
		check_u64(l->samples, n, "samples");
		check_u64(l->p50, values[(n * 50 + 99) / 100 - 1], "p50");
		check_u64(l->p95, values[(n * 95 + 99) / 100 - 1], "p95");
		check_u64(l->p99, values[(n * 99 + 99) / 100 - 1], "p99");
		check_u64(l->max, 30, "max");
	}
	run_end(&r);
}

int main(void)
{
	every_encoding_is_counted_in_either_byte_order();
	the_books_balance();
	samples_without_a_data_source_are_no_accesses();
	percentiles_are_exact();
	sums_of_latencies_do_not_wrap();
	objects_are_named_by_the_mapping_of_the_time();
	a_fork_has_the_stack_of_its_parent();
	pages_have_their_recorded_size();
	lines_are_known_by_their_physical_address();
	suspects_are_lines_that_threads_fight_for();
	the_line_that_moves_most_comes_first();
	text_fits_its_columns();
	text_says_what_is_missing();
	json_is_valid_and_whole();
	each_line_of_csv_has_all_columns();
	the_sum_of_parts_is_the_whole();
	accesses_that_are_alike_are_counted();
	percentiles_are_of_all_that_an_entry_counts();
	return check_done("memory");
}
