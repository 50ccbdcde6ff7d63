/*
 * tests/bench/make.c - write a large recording of a made-up program, as perf record writes it.
 *
 *	make FOLDER SHAPE SAMPLES BLOCK OUT
 *
 * writes the recording OUT, and the program that it is of below FOLDER.  After
 * BLOCK samples their stacks come again in the same order.  Attributes have 128 bytes,
 * so that perf 6.1 reads it.  Says in JSON, on stdout, what it has written.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/program.h"
#include "tests/bench/stacks.h"
#include "tests/image.h"

/* What there is to choose from. */
struct shape {
	const char *name;
	enum program_kind program;
	struct stack_options stacks;
	bool group; /* four events in a group, instead of one */
};

static const struct shape shapes[] = {
	/* 85 chain entries on average, the marker counted */
	{ "deep", PROGRAM_PYTHON, { 58, 113, 0.055, 200 }, false },
	{ "shallow", PROGRAM_NATIVE, { 3, 6, 0.05, 200 }, false },
	/* as deep as the group of events in the recordings of CPython 3.15 */
	{ "group", PROGRAM_PYTHON, { 14, 34, 0.055, 200 }, true },
	{ "distinct", PROGRAM_PYTHON, { 58, 113, 1, 200 }, false },
};

/* ---- events ---- */

enum {
	GROUP_EVENTS = 4,
	CPUS = 2, /* one thread of the program on each */
	ATTR_SIZE = 128,
	SAMPLE_TYPE = SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_CPU | SAMPLE_PERIOD |
		      SAMPLE_CALLCHAIN,
};

#define STEP (UINT64_C(1000000000) / (CPUS * 499)) /* ns from sample to sample */

static const struct attr clock_attr = {
	.type = TYPE_SOFTWARE,
	.config = COUNT_SW_CPU_CLOCK,
	.sample_period = 499,
	.sample_type = SAMPLE_TYPE,
	.flags =
		ATTR_DISABLED | ATTR_INHERIT | ATTR_EXCLUDE_KERNEL | ATTR_FREQ | ATTR_SAMPLE_ID_ALL,
	.sample_max_stack = 127,
};

/* config: enum perf_hw_id; share: of 16 samples so many are of the event */
static const struct {
	const char *name;
	uint64_t config, share;
} group_events[GROUP_EVENTS] = {
	{ "cycles", 0, 7 },
	{ "instructions", 1, 6 },
	{ "cache-misses", 3, 2 },
	{ "branch-misses", 5, 1 },
};

static const struct image_group group = { "{anon_group}", 0, GROUP_EVENTS };

static size_t set_events(struct image_event *events, bool grouped)
{
	size_t n = grouped ? GROUP_EVENTS : 1;

	for (size_t i = 0; i < n; i++) {
		struct image_event *e = &events[i];

		*e = (struct image_event){ .attr = clock_attr, .n_ids = CPUS, .name = "cpu-clock" };
		for (size_t cpu = 0; cpu < CPUS; cpu++)
			e->ids[cpu] = CPUS * i + cpu + 1;
		if (!grouped)
			continue;
		e->name = group_events[i].name;
		e->attr.type = TYPE_HARDWARE;
		e->attr.config = group_events[i].config;
		e->attr.sample_type |= SAMPLE_IDENTIFIER;
		e->attr.read_format = FORMAT_ID;
	}
	return n;
}

static size_t pick_event(struct stacks *s)
{
	uint64_t lot = stacks_random(s, 16);
	size_t i = 0;

	while (lot >= group_events[i].share)
		lot -= group_events[i++].share;
	return i;
}

/* ---- the recording ---- */

/*
 * The head has everything but the rounds of samples: in front of them header,
 * attributes and what was mapped; features behind them.
 */
struct writer {
	const struct shape *shape;
	const struct program *program;
	struct stacks stacks;
	struct image_event events[GROUP_EVENTS];
	struct image_build_id build_ids[PROGRAM_OBJECTS];
	struct image head, round;
	FILE *file;
	uint64_t time;
	uint64_t samples; /* so far */
	uint64_t arenas;  /* mapped so far */
	uint64_t written; /* bytes of rounds */
	uint64_t entries; /* of all chains */
};

static void map_object(struct image *img, const struct program *p, const struct object *o,
		       uint64_t address)
{
	image_mmap2(img, &(struct image_mmap){
				 .misc = MISC_USER,
				 .pid = p->pid,
				 .tid = p->pid,
				 .addr = address,
				 .len = o->len,
				 .maj = 8,
				 .min = 1,
				 .ino = o->first + 1,
				 .prot = 5,  /* PROT_READ | PROT_EXEC */
				 .flags = 2, /* MAP_PRIVATE */
				 .filename = o->path,
			 });
}

static struct image_stamp stamp_of(const struct writer *w)
{
	return (struct image_stamp){
		.pid = w->program->pid, .tid = w->program->pid, .time = w->time, .id = 1
	};
}

static void write_start(struct writer *w)
{
	const struct program *p = w->program;

	w->head.stamp = stamp_of(w);
	image_comm(&w->head, p->pid, p->pid, p->comm, true);
	for (size_t i = 0; i < p->n_objects; i++)
		map_object(&w->head, p, &p->objects[i], p->objects[i].address);
	if (p->map.n)
		map_object(&w->head, p, &p->map, p->map.address);
	for (uint32_t i = 1; i < CPUS; i++)
		image_fork(&w->head, p->pid, p->pid, p->pid + i, p->pid, false);
}

static void begin(struct writer *w)
{
	static const char *const cmdline[] = { "perf", "record", "-g", "program" };
	const struct image_options options = {
		.attr_size = ATTR_SIZE,
		.events = w->events,
		.n_events = set_events(w->events, w->shape->group),
		.features = { .hostname = "bench",
			      .osrelease = "6.1.0",
			      .version = "6.1",
			      .arch = "x86_64",
			      .nrcpus_available = CPUS,
			      .nrcpus_online = CPUS,
			      .cmdline = cmdline,
			      .n_cmdline = sizeof(cmdline) / sizeof(cmdline[0]),
			      .event_desc = true,
			      .build_ids = w->build_ids,
			      .n_build_ids = w->program->n_objects,
			      .groups = &group,
			      .n_groups = w->shape->group,
			      .sample_time_first = w->time },
	};
	const struct image_options round = { .container = IMAGE_RECORDS,
					     .attr_size = ATTR_SIZE,
					     .events = w->events,
					     .n_events = options.n_events };

	for (size_t i = 0; i < w->program->n_objects; i++) {
		const struct object *o = &w->program->objects[i];

		w->build_ids[i] = (struct image_build_id){ .misc = MISC_USER | MISC_BUILD_ID_SIZE,
							   .pid = -1,
							   .size = 20,
							   .path = o->path };
		memcpy(w->build_ids[i].build_id, o->build_id, sizeof(o->build_id));
	}
	image_begin(&w->head, &options);
	image_begin(&w->round, &round);
	write_start(w);
	fwrite(w->head.bytes, 1, w->head.len, w->file);
}

static uint64_t number_at(const struct image *img, size_t at)
{
	uint64_t v;

	memcpy(&v, img->bytes + at, sizeof(v));
	return v;
}

static void move_number(struct image *img, size_t at, uint64_t by)
{
	image_patch_u64(img, at, number_at(img, at) + by);
}

/* The features, behind the rounds; and in front of them what the header says of sizes and places. */
static void end(struct writer *w)
{
	enum { DATA_SIZE = 48 }; /* byte of the header */
	size_t start = w->head.len;
	size_t table_end;

	w->head.options.features.sample_time_last = w->time - STEP;
	image_end(&w->head);
	move_number(&w->head, DATA_SIZE, w->written);
	table_end = (size_t)number_at(&w->head, start); /* there the first feature begins */
	for (size_t at = start; at < table_end; at += 16)
		move_number(&w->head, at, w->written);
	fwrite(w->head.bytes + start, 1, w->head.len - start, w->file);
	rewind(w->file);
	fwrite(w->head.bytes, 1, start, w->file);
	image_free(&w->head);
	image_free(&w->round);
}

static void write_sample(struct writer *w, uint32_t leaf, uint32_t cpu, uint64_t time)
{
	uint64_t chain[1 + STACK_MAX] = { CONTEXT_USER };
	size_t n = 1 + stacks_addresses(&w->stacks, leaf, chain + 1);
	size_t event = w->shape->group ? pick_event(&w->stacks) : 0;

	image_sample(&w->round, &(struct image_sample){
					.event = event,
					.misc = MISC_USER,
					.id = w->events[event].ids[cpu],
					.ip = chain[1],
					.pid = w->program->pid,
					.tid = w->program->pid + cpu,
					.time = time,
					.cpu = cpu,
					.period = 2000000 + stacks_random(&w->stacks, 8192),
					.chain = chain,
					.n_chain = n,
				});
	w->entries += n;
}

/* Memory that the program maps while it runs; nothing of it is ever sampled. */
static void map_arena(struct writer *w)
{
	struct object arena = { .path = "//anon", .len = 1 << 18 };

	w->round.stamp = stamp_of(w);
	map_object(&w->round, w->program, &arena, UINT64_C(0x7f2e00000000) + w->arenas * arena.len);
	w->arenas++;
}

/*
 * `n` samples as perf writes what it finds in the buffers of the CPUs: one CPU's
 * after the other's, though they happened at the same time.
 */
static void write_round(struct writer *w, uint64_t n, uint64_t block)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		for (uint64_t i = cpu; i < n; i += CPUS) {
			struct stacks *s = &w->stacks;
			uint64_t sample = w->samples++;

			write_sample(w,
				     sample < block ? stacks_next(s) : s->history[sample % block],
				     cpu, w->time + i * STEP);
		}
	w->time += n * STEP;
	image_finished_round(&w->round);
	fwrite(w->round.bytes, 1, w->round.len, w->file);
	w->written += w->round.len;
	w->round.len = 0;
}

static void write_rounds(struct writer *w, uint64_t samples, uint64_t block)
{
	enum { ROUND = 3000, ROUNDS_PER_ARENA = 30 };

	for (uint64_t rounds = 0; w->samples < samples; rounds++) {
		uint64_t left = samples - w->samples;

		if (rounds % ROUNDS_PER_ARENA == ROUNDS_PER_ARENA - 1)
			map_arena(w);
		write_round(w, left < ROUND ? left : ROUND, block);
	}
}

/* ---- the command ---- */

static void tell(const struct writer *w)
{
	const struct stacks *s = &w->stacks;

	printf("{\"samples\": %" PRIu64 ", \"entries\": %" PRIu64 ", \"distinct_stacks\": %zu, "
	       "\"nodes\": %zu, \"addresses\": %zu, \"bytes\": %" PRIu64 "}\n",
	       w->samples, w->entries, s->distinct, s->n, stacks_count_addresses(s), w->written);
}

static bool make(const char *folder, const struct shape *shape, uint64_t samples, uint64_t block,
		 const char *path)
{
	struct program *p = program_new(shape->program, folder);
	struct writer w = { .shape = shape, .program = p, .time = UINT64_C(1000000000000) };
	struct error err;
	bool ok = false;

	if (!program_write(p, &err)) {
		fprintf(stderr, "%s\n", err.what);
		goto done;
	}
	w.file = fopen(path, "wbe");
	if (w.file) {
		stacks_init(&w.stacks, p, &shape->stacks);
		begin(&w);
		write_rounds(&w, samples, block);
		end(&w);
		ok = !ferror(w.file);
		ok = fclose(w.file) == 0 && ok;
		tell(&w);
		stacks_free(&w.stacks);
	}
	if (!ok)
		fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
done:
	program_free(p);
	return ok;
}

int main(int argc, char **argv)
{
	if (argc == 6)
		for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
			if (strcmp(argv[2], shapes[i].name) == 0)
				return make(argv[1], &shapes[i], strtoull(argv[3], NULL, 10),
					    strtoull(argv[4], NULL, 10), argv[5])
					       ? 0
					       : 1;
	fputs("usage: make FOLDER deep|shallow|group|distinct SAMPLES BLOCK OUT\n", stderr);
	return 2;
}
