/*
 * tests/unit/collect.c - from samples to the call tree (report/collect.h, report/deferred.h).
 */
#include "report/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { A = 0x1000, B = 0x2000, C = 0x3000 };

#define K UINT64_C(0xffffffff81000010)

static const struct walk_options with_tasks = { .roots = 1u << ROOT_THREAD };

/* What ended where, of the first event; ends the scene and frees it. */
static void check_stacks(struct scene *s, const struct walk_options *options, const char *want,
			 const char *row)
{
	struct walked w;

	scene_end(s);
	check(walk_image(&w, &s->img, options), "the recording is opened");
	check_text(w.machine ? walked_stacks(&w, 0) : NULL, want, row);
	walk_done(&w);
	scene_free(s);
}

/* ---- equal chains ---- */

/* Each scene in three parts of the file, which are written in any order. */
struct story {
	const char *label;
	void (*world)(struct scene *s);
	void (*samples)(struct scene *s);
	const char *want;
};

static void reuse_pid(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_exit(s, 30, 7, 7);
	scene_fork(s, 40, 7, 1);
	scene_map(s, 45, 7, A, "/second");
}

static void exec_at_equal_addresses(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_exec(s, 40, 7, "x");
	scene_map(s, 45, 7, A, "/second");
}

static void load_another_library(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_map(s, 45, 7, A, "/second");
}

static void make_an_arena(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_jit(s, 45, 7, A);
	scene_map(s, 60, 7, A, "/third");
}

static void cover_a_hole(struct scene *s)
{
	scene_map(s, 45, 7, A, "/second");
}

static void announce_again(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_map(s, 45, 7, A, "/first");
}

static void sample_twice(struct scene *s)
{
	SCENE_SAMPLE(s, 20, 7, A + 0x10, A + 0x20);
	SCENE_SAMPLE(s, 50, 7, A + 0x10, A + 0x20);
}

static void two_processes(struct scene *s)
{
	scene_map(s, 10, 7, A, "/first");
	scene_map(s, 10, 8, A, "/second");
}

static void sample_both(struct scene *s)
{
	SCENE_SAMPLE(s, 20, 7, A + 0x10, A + 0x20);
	SCENE_SAMPLE(s, 20, 8, A + 0x10, A + 0x20);
	SCENE_SAMPLE(s, 21, 7, A + 0x10, A + 0x20);
}

static const struct story stories[] = {
	{ "a pid is used again", reuse_pid, sample_twice,
	  "first:101f;first:1010=1/100 second:101f;second:1010=1/100" },
	{ "exec", exec_at_equal_addresses, sample_twice,
	  "first:101f;first:1010=1/100 second:101f;second:1010=1/100" },
	{ "dlclose, dlopen", load_another_library, sample_twice,
	  "first:101f;first:1010=1/100 second:101f;second:1010=1/100" },
	{ "a JIT's arena where a library was", make_an_arena, sample_twice,
	  "anon:101f;anon:1010=1/100 first:101f;first:1010=1/100" },
	{ "a hole is covered", cover_a_hole, sample_twice,
	  "?:101f;?:1010=1/100 second:101f;second:1010=1/100" },
	{ "the same file again", announce_again, sample_twice, "first:101f;first:1010=2/200" },
	{ "two processes", two_processes, sample_both,
	  "first:101f;first:1010=2/200 second:101f;second:1010=1/100" },
};

static void equal_chains_mean_what_was_mapped_then(void)
{
	for (size_t i = 0; i < 4 * sizeof(stories) / sizeof(stories[0]); i++) {
		const struct story *story = &stories[i / 4];
		bool samples_first = i % 2, big_endian = i / 2 % 2;
		struct scene s;
		char label[100];

		snprintf(label, sizeof(label), "%s, %s first, %s endian", story->label,
			 samples_first ? "samples" : "side-band", big_endian ? "big" : "little");
		scene_init(&s);
		s.options.big_endian = big_endian;
		scene_begin(&s);
		if (samples_first)
			story->samples(&s);
		story->world(&s);
		if (!samples_first)
			story->samples(&s);
		check_stacks(&s, NULL, story->want, label);
	}
}

static void where_nothing_is_timed_the_order_of_the_file_counts(void)
{
	struct scene s;

	scene_init(&s);
	s.events[0].attr.sample_type &= ~SAMPLE_TIME;
	scene_begin(&s);
	scene_map(&s, 0, 7, A, "/first");
	SCENE_SAMPLE(&s, 0, 7, A);
	scene_map(&s, 0, 7, A, "/second");
	SCENE_SAMPLE(&s, 0, 7, A);
	check_stacks(&s, NULL, "first:1000=1/100 second:1000=1/100", "no times");
}

/* perf record -e cycles -e cpu-clock/time=0/: then it is the newest time before. */
static void a_sample_without_a_time_was_taken_after_the_one_before(void)
{
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_add_event(&s, "untimed");
	s.events[1].attr.sample_type &= ~SAMPLE_TIME;
	scene_begin(&s);
	scene_map(&s, 10, 7, A, "/first");
	scene_map(&s, 40, 7, A, "/second");
	SCENE_SAMPLE(&s, 20, 7, A);
	s.event = 1;
	SCENE_SAMPLE(&s, 0, 7, A);
	s.event = 0;
	SCENE_SAMPLE(&s, 50, 7, A);
	s.event = 1;
	SCENE_SAMPLE(&s, 0, 7, A);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_text(walked_stacks(&w, 1), "first:1000=1/100 second:1000=1/100", "untimed");
	check(w.collected.first_ns == 20 && w.collected.last_ns == 50, "only times count as times");
	walk_done(&w);
	scene_free(&s);
}

/* ---- whose samples ---- */

/* perf record --per-thread: no CPU anywhere, and a counter for each thread. */
static void per_thread_recordings_have_an_id_for_each_thread(void)
{
	struct scene s;

	scene_init(&s);
	s.events[0].attr.sample_type &= ~SAMPLE_CPU;
	s.events[0].ids[1] = 12;
	s.events[0].n_ids = 2;
	scene_begin(&s);
	scene_map(&s, 0, 7, A, "/a");
	scene_thread(&s, 5, 7, 8);
	SCENE_SAMPLE(&s, 20, 7, A);
	s.id = 12;
	SCENE_THREAD_SAMPLE(&s, 20, 7, 8, A);
	check_stacks(&s, &with_tasks, ":7-7/7;a:1000=1/100 :8-7/8;a:1000=1/100", "two threads");
}

static void tasks_are_named_by_their_comm_at_the_time(void)
{
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	SCENE_SAMPLE(&s, 15, 7, A);
	SCENE_SAMPLE(&s, 25, 7, A);
	SCENE_SAMPLE(&s, 26, 7, A);
	SCENE_THREAD_SAMPLE(&s, 26, 7, 8, A);
	SCENE_SAMPLE(&s, 45, 7, A);
	SCENE_SAMPLE(&s, 45, 0, A);
	SCENE_SAMPLE(&s, 45, UINT32_MAX, A);
	scene_chain(&s, &(struct scene_chain){ .time = 45, .pid = 7, .tid = 7 });
	scene_comm(&s, 10, 7, 7, "sh");
	scene_thread(&s, 12, 7, 8);
	scene_comm(&s, 20, 7, 7, "python 3");
	scene_exec(&s, 40, 7, "ls");
	check_stacks(&s, &with_tasks,
		     "[exited]--1/-1;?:1000=1/100 ls-7/7;?:1000=1/100 ls-7/7=1/100 "
		     "python 3-7/7;?:1000=2/200 sh-7/7;?:1000=1/100 sh-7/8;?:1000=1/100 "
		     "swapper-0/0;?:1000=1/100",
		     "comm over time");
}

static void samples_are_kept_apart_by_what_is_asked_for(void)
{
	static const struct {
		const char *label;
		unsigned roots;
		const char *want;
	} rows[] = {
		{ "nothing", 0, "?:1000=3/300" },
		{ "comm", 1u << ROOT_COMM, "helper;?:1000=1/100 sh;?:1000=2/200" },
		{ "process: by its main thread's name", 1u << ROOT_PROCESS, "sh-7;?:1000=3/300" },
		{ "cpu", 1u << ROOT_CPU, "cpu 0;?:1000=3/300" },
		{ "several, always in one order", 1u << ROOT_CPU | 1u << ROOT_COMM,
		  "helper;cpu 0;?:1000=1/100 sh;cpu 0;?:1000=2/200" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct walk_options options = { .roots = rows[i].roots };
		struct scene s;

		scene_init(&s);
		scene_begin(&s);
		scene_comm(&s, 1, 7, 7, "sh");
		scene_comm(&s, 1, 7, 8, "helper");
		SCENE_SAMPLE(&s, 5, 7, A);
		SCENE_SAMPLE(&s, 6, 7, A);
		SCENE_THREAD_SAMPLE(&s, 6, 7, 8, A);
		check_stacks(&s, &options, rows[i].want, rows[i].label);
	}
}

static void what_was_sampled_is_counted(void)
{
	struct walked w;
	struct scene s;
	uint32_t instance;

	scene_init(&s);
	scene_begin(&s);
	SCENE_SAMPLE(&s, 30, 7, A);
	SCENE_THREAD_SAMPLE(&s, 20, 7, 8, A);
	SCENE_THREAD_SAMPLE(&s, 40, 9, 9, A);
	scene_chain(&s, &(struct scene_chain){
				.time = 35, .pid = 7, .tid = 7, .ip = K, .cpumode = MISC_KERNEL });
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_u64(w.collected.samples, 4, "samples");
	check_u64(w.collected.unused, 0, "all of them of use");
	check_u64(w.collected.processes, 2, "processes");
	check_u64(w.collected.threads, 3, "threads");
	check(w.collected.first_ns == 20 && w.collected.last_ns == 40, "first and last");
	instance = machine_instance(w.machine, 7, 30).i;
	check(instance < w.collected.n_instances && w.collected.user_samples[instance] == 2,
	      "user samples of a process: not those of the kernel");
	walk_done(&w);
	scene_free(&s);
}

static void tasks_and_times_are_those_of_samples_that_count(void)
{
	struct number_range seven = { 7, 7 };
	struct sample_filter filter = { .pids = { &seven, 1 } };
	struct walk_options options = { .filter = &filter };
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	SCENE_SAMPLE(&s, 10, 6, A);
	SCENE_SAMPLE(&s, 30, 7, A);
	SCENE_THREAD_SAMPLE(&s, 20, 7, 8, A);
	SCENE_THREAD_SAMPLE(&s, 40, 9, 9, A);
	scene_end(&s);
	check(walk_image(&w, &s.img, &options), "opened");
	check_u64(w.collected.samples, 4, "samples");
	check_u64(w.collected.processes, 1, "processes");
	check_u64(w.collected.threads, 2, "threads");
	check(w.collected.first_ns == 20 && w.collected.last_ns == 30, "first and last");
	check_u64(w.collected.filtered[0].samples, 2, "left out");
	walk_done(&w);
	scene_free(&s);
}

static void guests_are_kept_apart_and_told(void)
{
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_map(&s, 1, 7, A, "/a");
	scene_chain(&s,
		    &(struct scene_chain){
			    .time = 5, .pid = 7, .tid = 7, .ip = A, .cpumode = MISC_GUEST_USER });
	scene_chain(&s,
		    &(struct scene_chain){
			    .time = 5, .pid = 7, .tid = 7, .ip = K, .cpumode = MISC_GUEST_KERNEL });
	scene_chain(&s,
		    &(struct scene_chain){
			    .time = 5, .pid = 7, .tid = 7, .ip = K, .cpumode = MISC_HYPERVISOR });
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_text(walked_stacks(&w, 0),
		   "gk:ffffffff81000010=1/100 gu:1000=1/100 hv:ffffffff81000010=1/100",
		   "never the host's mappings");
	check_u64(opened_problems(&w.o, PROBLEM_GUEST_SAMPLES), 3, "told");
	walk_done(&w);
	scene_free(&s);
}

/* ---- what a sample counts for ---- */

static void without_a_period_the_attribute_says_what_a_sample_counts_for(void)
{
	static const struct {
		const char *label;
		uint64_t type, flags, period;
		const char *want;
	} rows[] = {
		{ "recorded", SAMPLE_PERIOD, ATTR_FREQ, 999, "?:1000=1/100" },
		{ "fixed", 0, 0, 5000, "?:1000=1/5000" },
		{ "recorded beats fixed", SAMPLE_PERIOD, 0, 5000, "?:1000=1/100" },
		{ "a frequency is no period", 0, ATTR_FREQ, 999, "?:1000=1/1" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct attr *a;
		struct scene s;

		scene_init(&s);
		a = &s.events[0].attr;
		a->sample_type = (a->sample_type & ~SAMPLE_PERIOD) | rows[i].type;
		a->flags = rows[i].flags | ATTR_SAMPLE_ID_ALL;
		a->sample_period = rows[i].period;
		scene_begin(&s);
		SCENE_SAMPLE(&s, 5, 7, A);
		check_stacks(&s, NULL, rows[i].want, rows[i].label);
	}
}

/* The members of scene_group(), read by a sample of the leader. */
static void group_sample(struct scene *s, uint32_t tid, uint64_t addr, uint64_t a, uint64_t b,
			 uint64_t c)
{
	const struct image_read_value reads[] = {
		{ a, s->events[0].ids[0], 0 },
		{ b, s->events[1].ids[0], 0 },
		{ c, s->events[2].ids[0], 0 },
		{ 1000, 999, 0 }, /* of an event that the recording does not describe */
	};
	const uint64_t chain[] = { CONTEXT_USER, addr };

	image_sample(&s->img, &(struct image_sample){ .misc = MISC_USER,
						      .id = s->events[0].ids[0],
						      .ip = addr,
						      .pid = 7,
						      .tid = tid,
						      .time = 5,
						      .period = 77,
						      .reads = reads,
						      .n_reads = 4,
						      .chain = chain,
						      .n_chain = 2 });
}

/* One record of the leader stands for a sample of each member whose value increased. */
static void leader_sampling_counts_the_increases(void)
{
	static const struct {
		const char *label;
		uint64_t inherit;
		const char *want[3];
	} rows[] = {
		{ "counters of the whole process",
		  0,
		  { "?:1000=2/15 ?:2000=1/5", "?:1000=1/3 ?:2000=1/4", "?:3000=1/8" } },
		{ "of each thread, as the event inherits",
		  ATTR_INHERIT,
		  { "?:1000=2/15 ?:2000=1/20", "?:1000=1/3 ?:2000=1/7", "?:3000=1/8" } },
	};

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		struct walked w;
		struct scene s;

		check_in(rows[i / 2].label);
		scene_init(&s);
		s.options.big_endian = i % 2;
		scene_add_event(&s, "second");
		scene_add_event(&s, "third");
		for (size_t e = 0; e < 3; e++) {
			s.events[e].attr.sample_type |= SAMPLE_READ;
			s.events[e].attr.read_format = FORMAT_GROUP | FORMAT_ID;
			s.events[e].attr.flags |= rows[i / 2].inherit;
		}
		scene_begin(&s);
		group_sample(&s, 7, A, 10, 3, 0);
		group_sample(&s, 7, A, 15, 3, 0);
		group_sample(&s, 8, B, 20, 7, 0);
		group_sample(&s, 8, B, 20, 7, 0); /* nothing increased */
		group_sample(&s, 8, C, 20, 7, 8);
		scene_end(&s);
		check(walk_image(&w, &s.img, NULL), "opened");
		for (size_t e = 0; e < 3; e++)
			check_text(walked_stacks(&w, e), rows[i / 2].want[e], s.events[e].name);
		check_u64(w.collected.samples, 5, "records");
		walk_done(&w);
		scene_free(&s);
	}
	check_in(NULL);
}

static void a_sum_that_does_not_fit_is_told(void)
{
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	s.weight = UINT64_MAX - 5;
	SCENE_SAMPLE(&s, 5, 7, A);
	SCENE_SAMPLE(&s, 6, 7, A);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_u64(opened_problems(&w.o, PROBLEM_OVERFLOW), 1, "told");
	check_text(walked_stacks(&w, 0), "?:1000=2/18446744073709551615", "and does not wrap");
	walk_done(&w);
	scene_free(&s);
}

/* ---- deferred chains ---- */

static void deferred_sample(struct scene *s, uint32_t tid, uint64_t ip, uint64_t cookie)
{
	const uint64_t chain[] = { CONTEXT_KERNEL, ip, K + 0x20, CONTEXT_USER_DEFERRED, cookie };

	scene_chain(s, &(struct scene_chain){ .time = 20,
					      .ip = ip,
					      .pid = 7,
					      .tid = tid,
					      .cpumode = MISC_KERNEL,
					      .chain = chain,
					      .n = 5 });
}

static void user_part(struct scene *s, uint32_t tid, uint64_t cookie, uint64_t addr)
{
	const uint64_t ips[] = { CONTEXT_USER, addr, A + 0x20 };

	s->img.stamp.time = 30;
	s->img.stamp.pid = 7;
	s->img.stamp.tid = tid;
	image_deferred(&s->img, cookie, ips, 3);
}

struct deferred_row {
	const char *label;
	void (*write)(struct scene *s);
	const char *want;
	uint64_t given_up;
};

static void write_one(struct scene *s)
{
	deferred_sample(s, 7, K, 1);
	user_part(s, 7, 1, A);
}

static void write_without_marker(struct scene *s)
{
	const uint64_t ips[] = { A, A + 0x20 };

	deferred_sample(s, 7, K, 1);
	s->img.stamp.tid = 7;
	image_deferred(&s->img, 1, ips, 2);
}

static void write_two_of_a_cookie(struct scene *s)
{
	deferred_sample(s, 7, K, 1);
	deferred_sample(s, 7, K + 8, 1);
	user_part(s, 7, 1, A);
	deferred_sample(s, 7, K, 2);
	user_part(s, 7, 2, A + 8);
}

static void write_two_threads(struct scene *s)
{
	deferred_sample(s, 7, K, 1);
	deferred_sample(s, 8, K, 1);
	user_part(s, 8, 1, A + 8);
	user_part(s, 7, 1, A);
}

static void write_exit(struct scene *s)
{
	deferred_sample(s, 7, K, 1);
	deferred_sample(s, 8, K, 2);
	scene_exit(s, 30, 7, 7);
	user_part(s, 7, 1, A);
	user_part(s, 8, 2, A);
}

static void write_nothing(struct scene *s)
{
	deferred_sample(s, 7, K, 1);
	deferred_sample(s, 7, K, 2);
	user_part(s, 7, 3, A);
}

static void write_user_sample(struct scene *s)
{
	const uint64_t chain[] = { CONTEXT_USER_DEFERRED, 5 };

	scene_chain(s, &(struct scene_chain){ .time = 20,
					      .ip = A + 4,
					      .pid = 7,
					      .tid = 7,
					      .cpumode = MISC_USER,
					      .chain = chain,
					      .n = 2 });
	user_part(s, 7, 5, A);
}

static void write_nothing_for_a_user_sample(struct scene *s)
{
	const uint64_t chain[] = { CONTEXT_USER_DEFERRED, 5 };

	scene_chain(s, &(struct scene_chain){ .time = 20,
					      .ip = A + 4,
					      .pid = 7,
					      .tid = 7,
					      .cpumode = MISC_USER,
					      .chain = chain,
					      .n = 2 });
}

#define KERNEL_PART "k:ffffffff8100002f;k:ffffffff81000010"

static const struct deferred_row deferred_rows[] = {
	{ "it arrives", write_one, "a:101f;a:1000;" KERNEL_PART "=1/100", 0 },
	{ "without a marker of its own", write_without_marker,
	  "a:101f;a:1000;" KERNEL_PART "=1/100", 0 },
	{ "once for all samples with its cookie", write_two_of_a_cookie,
	  "a:101f;a:1000;" KERNEL_PART "=1/100 "
	  "a:101f;a:1000;k:ffffffff8100002f;k:ffffffff81000018=1/100 "
	  "a:101f;a:1008;" KERNEL_PART "=1/100",
	  0 },
	{ "cookies are a thread's own", write_two_threads,
	  "a:101f;a:1000;" KERNEL_PART "=1/100 a:101f;a:1008;" KERNEL_PART "=1/100", 0 },
	{ "the thread ends before", write_exit,
	  "a:101f;a:1000;" KERNEL_PART "=1/100 " KERNEL_PART "=1/100", 1 },
	{ "it never comes", write_nothing, KERNEL_PART "=2/200", 2 },
	{ "a sample of user code: its ip is the leaf", write_user_sample, "a:101f;a:1004=1/100",
	  0 },
	{ "... and stays, if nothing else comes", write_nothing_for_a_user_sample, "a:1004=1/100",
	  1 },
};

static void a_deferred_user_part_completes_the_samples_that_wait_for_it(void)
{
	for (size_t i = 0; i < 2 * sizeof(deferred_rows) / sizeof(deferred_rows[0]); i++) {
		const struct deferred_row *r = &deferred_rows[i / 2];
		struct walked w;
		struct scene s;

		check_in(r->label);
		scene_init(&s);
		s.options.big_endian = i % 2;
		s.events[0].attr.flags |= ATTR_DEFER_CALLCHAIN;
		scene_begin(&s);
		scene_map(&s, 10, 7, A, "/a");
		scene_map(&s, 25, 7, A, "/late"); /* after the samples, before their user part */
		r->write(&s);
		scene_end(&s);
		check(walk_image(&w, &s.img, NULL), "opened");
		check_text(walked_stacks(&w, 0), r->want, "stacks");
		check_u64(opened_problems(&w.o, PROBLEM_DEFERRED_CHAINS), r->given_up,
			  "those that are told");
		walk_done(&w);
		scene_free(&s);
	}
	check_in(NULL);
}

/* A leader's increases are settled when it is read, not when its chain is whole. */
static void a_waiting_sample_keeps_what_it_stands_for(void)
{
	const uint64_t chain[] = { CONTEXT_KERNEL, K, CONTEXT_USER_DEFERRED, 1 };
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_add_event(&s, "second");
	for (size_t e = 0; e < 2; e++) {
		s.events[e].attr.sample_type |= SAMPLE_READ;
		s.events[e].attr.read_format = FORMAT_GROUP | FORMAT_ID;
	}
	scene_begin(&s);
	for (uint64_t i = 1; i <= 3; i++) {
		const struct image_read_value reads[] = { { 10 * i, s.events[0].ids[0], 0 },
							  { 7, s.events[1].ids[0], 0 } };

		image_sample(&s.img, &(struct image_sample){ .misc = MISC_KERNEL,
							     .id = s.events[0].ids[0],
							     .ip = K,
							     .pid = 7,
							     .tid = 7,
							     .time = 20,
							     .reads = reads,
							     .n_reads = 2,
							     .chain = chain,
							     .n_chain = 4 });
	}
	user_part(&s, 7, 1, A);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_text(walked_stacks(&w, 0), "?:101f;?:1000;k:ffffffff81000010=3/30", "the leader");
	check_text(walked_stacks(&w, 1), "?:101f;?:1000;k:ffffffff81000010=1/7", "the member");
	walk_done(&w);
	scene_free(&s);
}

/* The next file of a directory recording is another buffer. */
static void nothing_waits_beyond_its_file(void)
{
	const char *tmp = getenv("TMPDIR");
	struct scene s[3];
	struct image images[3];
	struct walked w;
	char folder[4000], path[4096];

	for (size_t i = 0; i < 3; i++) {
		scene_init(&s[i]);
		s[i].options.container = i ? IMAGE_RECORDS : IMAGE_FILE;
		s[i].options.features.dir_format = i == 0;
		scene_begin(&s[i]);
	}
	scene_map(&s[0], 0, 7, A, "/a");
	deferred_sample(&s[1], 7, K, 1);
	user_part(&s[2], 7, 1, A);
	for (size_t i = 0; i < 3; i++) {
		scene_end(&s[i]);
		images[i] = s[i].img;
	}
	snprintf(folder, sizeof(folder), "%s/collectXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "a folder");
	snprintf(path, sizeof(path), "%s/r", folder);
	check(image_write_folder(images, 3, path), "written");
	check(walk_path(&w, path, NULL), "opened");
	check_text(walked_stacks(&w, 0), KERNEL_PART "=1/100", "without its user part");
	check_u64(opened_problems(&w.o, PROBLEM_DEFERRED_CHAINS), 1, "told");
	walk_done(&w);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/r/data%s%.1s", folder, i ? "." : "",
			 i ? &"01"[i - 1] : "");
		unlink(path);
		scene_free(&s[i]);
	}
	snprintf(path, sizeof(path), "%s/r", folder);
	rmdir(path);
	rmdir(folder);
}

/* ---- size and damage ---- */

enum { RECORD_MAX = 65528, SAMPLE_HEAD = 8 + 8 + 8 + 8 + 8 + 8 + 8 + 8 };

static void records_may_be_as_long_as_their_size_can_say(void)
{
	enum { N = (RECORD_MAX - SAMPLE_HEAD) / 8 };
	uint64_t *chain = mem_calloc(N, sizeof(*chain));
	uint8_t *junk = mem_calloc(UINT16_MAX, 1);
	struct walked w;
	struct scene s;
	uint32_t depth = 0;

	chain[0] = CONTEXT_USER;
	for (size_t i = 1; i < N; i++)
		chain[i] = A + 0x10 * i;
	scene_init(&s);
	scene_begin(&s);
	for (int i = 0; i < 2; i++) {
		size_t before = s.img.len;

		scene_chain(&s, &(struct scene_chain){ .time = 5,
						       .pid = 7,
						       .tid = 7,
						       .ip = chain[1],
						       .cpumode = MISC_USER,
						       .chain = chain,
						       .n = N });
		check_u64(s.img.len - before, RECORD_MAX, "the longest sample");
		image_record(&s.img, 200, 0, junk,
			     UINT16_MAX - 8); /* what follows is not aligned */
	}
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_u64(w.collected.samples, 2, "samples");
	check_u64(w.collected.unused, 0, "of use");
	check_u64(w.collected.tree->n_nodes, N, "a node for each address");
	for (uint32_t n = (uint32_t)w.collected.tree->n_nodes - 1; n; depth++)
		n = w.collected.tree->nodes[n].parent;
	check_u64(depth, N - 1, "one below the other");
	walk_done(&w);
	scene_free(&s);
	free(chain);
	free(junk);
}

static void damaged_samples_are_told_and_counted(void)
{
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_add_event(&s, "second");
	scene_begin(&s);
	SCENE_SAMPLE(&s, 5, 7, A);
	image_record(&s.img, RECORD_SAMPLE, MISC_USER, "\x0b\0\0\0\0\0\0\0", 8);
	s.id = 4711;
	SCENE_SAMPLE(&s, 5, 7, A);
	s.id = 0;
	SCENE_SAMPLE(&s, 5, 7, A);
	image_patch_u64(&s.img, s.img.len - 24, UINT64_MAX); /* so many chain entries */
	SCENE_SAMPLE(&s, 5, 7, A);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_text(walked_stacks(&w, 0), "?:1000=2/200", "the whole ones");
	check_u64(w.collected.samples, 5, "read");
	check_u64(w.collected.unused, 3, "of no use");
	check_u64(opened_problems(&w.o, PROBLEM_BAD_RECORD), 2, "records that end too soon");
	check_u64(opened_problems(&w.o, PROBLEM_UNKNOWN_EVENT), 1, "nobody's id");
	walk_done(&w);
	scene_free(&s);
}

int main(void)
{
	equal_chains_mean_what_was_mapped_then();
	where_nothing_is_timed_the_order_of_the_file_counts();
	a_sample_without_a_time_was_taken_after_the_one_before();
	per_thread_recordings_have_an_id_for_each_thread();
	tasks_are_named_by_their_comm_at_the_time();
	samples_are_kept_apart_by_what_is_asked_for();
	what_was_sampled_is_counted();
	tasks_and_times_are_those_of_samples_that_count();
	guests_are_kept_apart_and_told();
	without_a_period_the_attribute_says_what_a_sample_counts_for();
	leader_sampling_counts_the_increases();
	a_sum_that_does_not_fit_is_told();
	a_deferred_user_part_completes_the_samples_that_wait_for_it();
	a_waiting_sample_keeps_what_it_stands_for();
	nothing_waits_beyond_its_file();
	records_may_be_as_long_as_their_size_can_say();
	damaged_samples_are_told_and_counted();
	return check_done("collect");
}
