/*
 * tests/unit/timeline.c - from side-band records to the machine (report/timeline.h).
 */
#include "report/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { A = 0x1000, B = 0x2000 }; /* pages that get mapped */

/* What a scene's machine answers. */
struct row {
	const char *label;
	uint32_t pid;
	uint64_t addr, time;
	const char *file;
};

static void check_walked(const struct walked *w, const struct row *rows, size_t n)
{
	check(w->machine != NULL, "the recording is opened");
	for (size_t i = 0; w->machine && i < n; i++)
		check_text(walked_file(w, rows[i].pid, rows[i].addr, rows[i].time), rows[i].file,
			   rows[i].label);
}

/* Ends the scene and frees it. */
static void check_scene(struct scene *s, const struct row *rows, size_t n)
{
	struct walked w;

	scene_end(s);
	walk_image(&w, &s->img, NULL);
	check_walked(&w, rows, n);
	walk_done(&w);
	scene_free(s);
}

#define CHECK_SCENE(s, rows) check_scene(s, rows, sizeof(rows) / sizeof((rows)[0]))

/* ---- the order of time ---- */

static void pid_reuse(struct scene *s, unsigned step)
{
	switch (step) {
	case 0:
		scene_map(s, 10, 7, A, "/first");
		break;
	case 1:
		scene_exit(s, 20, 7, 7);
		break;
	case 2:
		scene_fork(s, 30, 7, 1);
		break;
	default:
		scene_map(s, 31, 7, A, "/second");
		break;
	}
}

/* Buffers of several CPUs lie one behind the other: any order of records can be in a file. */
static void records_are_applied_in_the_order_of_their_times(void)
{
	static const struct row rows[] = {
		{ "before everything", 7, A, 9, "" },
		{ "the first process of the pid", 7, A, 25, "first" },
		{ "the second one, which has nothing yet", 7, A, 30, "" },
		{ "the second one", 7, A, 31, "second" },
	};
	static const unsigned orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 3, 0, 1 }, { 1, 3, 2, 0 }, { 3, 0, 2, 1 },
	};

	for (size_t i = 0; i < 2 * sizeof(orders) / sizeof(orders[0]); i++) {
		struct scene s;
		char label[40];

		snprintf(label, sizeof(label), "order %zu, %s endian", i / 2,
			 i % 2 ? "big" : "little");
		check_in(label);
		scene_init(&s);
		s.options.big_endian = i % 2;
		scene_begin(&s);
		for (size_t k = 0; k < 4; k++)
			pid_reuse(&s, orders[i / 2][k]);
		CHECK_SCENE(&s, rows);
	}
	check_in(NULL);
}

static void exec_begins_with_nothing_mapped(void)
{
	static const struct row rows[] = {
		{ "before", 7, A, 15, "old" },
		{ "the old image is there until the new one is", 7, B, 20, "old2" },
		{ "the old image's file is gone", 7, B, 21, "" },
		{ "the new one's", 7, A, 21, "new" },
		{ "and what it did not map", 7, B, 30, "" },
	};
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_map(&s, 10, 7, A, "/old");
	scene_map(&s, 10, 7, B, "/old2");
	scene_exec(&s, 20, 7, "new");
	scene_map(&s, 21, 7, A, "/new");
	CHECK_SCENE(&s, rows);
}

static void only_a_fork_that_happened_inherits(void)
{
	static const struct row rows[] = {
		{ "a child has what its parent had", 8, A, 25, "parent" },
		{ "but not what the parent mapped later", 8, B, 35, "" },
		{ "a process that perf found running has its own only", 9, A, 25, "" },
		{ "its own", 9, B, 25, "own" },
	};
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_map(&s, 10, 7, A, "/parent");
	scene_fork(&s, 20, 8, 7);
	s.img.stamp.time = 20;
	image_fork(&s.img, 9, 7, 9, 7, true);
	scene_map(&s, 20, 9, B, "/own");
	scene_map(&s, 30, 7, B, "/late");
	CHECK_SCENE(&s, rows);
}

/* ---- records without a time ---- */

static void time_0_is_the_beginning_wherever_the_record_stands(void)
{
	static const struct row rows[] = {
		{ "time 0 in front", 7, A, 1, "early" },
		{ "time 0 behind timed records", 7, B, 1, "late" },
		{ "covered at its time", 7, A, 50, "timed" },
	};
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_map(&s, 0, 7, A, "/early");
	SCENE_SAMPLE(&s, 40, 7, A);
	scene_map(&s, 50, 7, A, "/timed");
	image_finished_round(&s.img);
	scene_map(&s, 0, 7, B, "/late");
	CHECK_SCENE(&s, rows);
}

/* As without sample_id_all, or with time ~0, which some kernels write for "not known". */
static void write_rounds(struct scene *s, uint64_t none)
{
	scene_map(s, none, 7, A, "/first");
	SCENE_SAMPLE(s, 120, 7, A);
	SCENE_SAMPLE(s, 100, 7, A);
	scene_map(s, none, 7, A, "/second");
	image_finished_round(&s->img);
	scene_map(s, none, 7, A, "/third");
	SCENE_SAMPLE(s, 200, 7, A);
	image_finished_round(&s->img);
	scene_map(s, none, 7, A, "/fourth");
	image_finished_round(&s->img);
	scene_map(s, none, 7, A, "/fifth");
	SCENE_SAMPLE(s, 300, 7, A);
}

static void a_record_without_a_time_has_the_smallest_one_of_its_round(void)
{
	static const struct row rows[] = {
		{ "nothing timed stands before it: the beginning", 7, A, 1, "first" },
		{ "just before the round", 7, A, 99, "first" },
		{ "the round's smallest time", 7, A, 100, "second" },
		{ "also in front of the samples", 7, A, 199, "second" },
		{ "a round without times has the newest one before", 7, A, 200, "fourth" },
		{ "the last round needs no end", 7, A, 299, "fourth" },
		{ "... and has its time", 7, A, 300, "fifth" },
	};
	static const struct {
		const char *label;
		bool id_all, big_endian;
	} cases[] = {
		{ "without sample_id_all", false, false },
		{ "without sample_id_all, big endian", false, true },
		{ "time ~0", true, false },
		{ "time ~0, big endian", true, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s;

		check_in(cases[i].label);
		scene_init(&s);
		s.options.big_endian = cases[i].big_endian;
		if (!cases[i].id_all)
			s.events[0].attr.flags &= ~ATTR_SAMPLE_ID_ALL;
		scene_begin(&s);
		write_rounds(&s, UINT64_MAX);
		CHECK_SCENE(&s, rows);
	}
	check_in(NULL);
}

/* FORK and EXIT carry their time in old recordings, too. */
static void forks_and_exits_have_a_time_of_their_own(void)
{
	static const struct row rows[] = {
		{ "the parent's, before the fork", 7, A, 15, "parent" },
		{ "the child inherits at the fork's time", 8, A, 25, "parent" },
		{ "what stands behind the fork is the child's", 8, B, 25, "child" },
	};
	struct scene s;

	scene_init(&s);
	s.events[0].attr.flags &= ~ATTR_SAMPLE_ID_ALL;
	scene_begin(&s);
	scene_map(&s, 0, 7, A, "/parent");
	scene_fork(&s, 20, 8, 7);
	scene_map(&s, 0, 8, B, "/child");
	SCENE_SAMPLE(&s, 25, 8, B);
	CHECK_SCENE(&s, rows);
}

static void where_nothing_is_timed_the_position_is_the_time(void)
{
	static const struct row rows[] = {
		{ "its position", 7, A, 0, "first" },
		{ "until the next", 7, A, 1, "first" },
		{ "the third record", 7, A, 2, "second" },
		{ "the child, at the fifth", 8, A, 4, "second" },
	};
	struct walked w;
	struct scene s;

	scene_init(&s);
	s.events[0].attr.sample_type &= ~SAMPLE_TIME;
	scene_begin(&s);
	scene_map(&s, 0, 7, A, "/first");
	SCENE_SAMPLE(&s, 0, 7, A);
	scene_map(&s, 0, 7, A, "/second");
	scene_fork(&s, 500, 8,
		   7); /* what its own time says is of no clock that anything else has */
	SCENE_SAMPLE(&s, 0, 8, A);
	scene_end(&s);
	walk_image(&w, &s.img, NULL);
	check(w.machine && !w.clock.timed, "nothing is timed");
	check_walked(&w, rows, sizeof(rows) / sizeof(rows[0]));
	walk_done(&w);
	scene_free(&s);
}

/* Each file of a directory recording is a buffer of its own, with rounds of its own. */
static void a_round_ends_with_its_file(void)
{
	static const struct row rows[] = {
		{ "of the first file's round", 7, A, 100, "first" },
		{ "not before", 7, A, 99, "" },
		{ "of the second file's", 7, B, 50, "second" },
		{ "not before", 7, B, 49, "" },
	};
	struct scene s[3];
	struct image images[3];
	struct walked w;
	char folder[] = "/tmp/timelineXXXXXX", path[64];

	for (size_t i = 0; i < 3; i++) {
		scene_init(&s[i]);
		s[i].options.container = i ? IMAGE_RECORDS : IMAGE_FILE;
		s[i].options.features.dir_format = i == 0;
		s[i].events[0].attr.flags &= ~ATTR_SAMPLE_ID_ALL;
		scene_begin(&s[i]);
	}
	SCENE_SAMPLE(&s[1], 100, 7, A);
	scene_map(&s[1], 0, 7, A, "/first");
	SCENE_SAMPLE(&s[2], 50, 7, A);
	scene_map(&s[2], 0, 7, B, "/second");
	for (size_t i = 0; i < 3; i++) {
		scene_end(&s[i]);
		images[i] = s[i].img;
	}
	check(mkdtemp(folder) != NULL, "a folder");
	snprintf(path, sizeof(path), "%s/r", folder);
	check(image_write_folder(images, 3, path), "it is written");
	walk_path(&w, path, NULL);
	check_walked(&w, rows, sizeof(rows) / sizeof(rows[0]));
	walk_done(&w);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "data", "data.0", "data.1" };

		snprintf(path, sizeof(path), "%s/r/%s", folder, names[i]);
		unlink(path);
		scene_free(&s[i]);
	}
	snprintf(path, sizeof(path), "%s/r", folder);
	rmdir(path);
	rmdir(folder);
}

/* ---- kinds of mappings ---- */

static const char *kernel_file(const struct walked *w, uint64_t addr, uint64_t time)
{
	struct place p = machine_place(w->machine, (struct instance_id){ 0 }, addr, time);

	return p.mapping.i ? machine_mapping(w->machine, p.mapping)->filename : "";
}

static void the_kernel_has_an_address_space_of_its_own(void)
{
	const uint64_t text = UINT64_C(0xffffffff81000000), module = UINT64_C(0xffffffffc0000000);
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_kernel_map(&s, text, 0x7e000000, 0, "[kernel.kallsyms]_text");
	scene_kernel_map(&s, module, 0x4000, 0, "[ext4]");
	s.img.stamp.time = 20;
	image_ksymbol(&s.img, module + 0x1000, 0x40, 1, 0, "bpf_prog_x");
	s.img.stamp.time = 30;
	image_ksymbol(&s.img, module + 0x1000, 0x40, 1, 1, "bpf_prog_x");
	image_mmap(&s.img, &(struct image_mmap){ .misc = MISC_GUEST_KERNEL,
						 .pid = UINT32_MAX,
						 .addr = text,
						 .len = 0x1000,
						 .filename = "[guest.kernel.kallsyms]_text" });
	image_mmap2(&s.img, &(struct image_mmap){ .misc = MISC_GUEST_USER,
						  .pid = 7,
						  .tid = 7,
						  .addr = A,
						  .len = 0x1000,
						  .filename = "/guest" });
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_text(kernel_file(&w, text, 40), "[kernel.kallsyms]_text",
		   "the kernel, not a guest's");
	check_text(kernel_file(&w, module, 40), "[ext4]", "a module");
	check_text(kernel_file(&w, module + 0x1020, 10), "[ext4]", "before code was made there");
	check_text(kernel_file(&w, module + 0x1020, 20), "bpf_prog_x", "code made at run time");
	check_text(kernel_file(&w, module + 0x1020, 40), "bpf_prog_x",
		   "its end is not told: what comes next will be");
	check_text(walked_file(&w, 7, A, 40), "", "a guest's process is none of ours");
	check_text(walked_file(&w, 7, text, 40), "", "kernel addresses are no process's");
	walk_done(&w);
	scene_free(&s);
}

static void a_mapping_ends_at_the_end_of_all_addresses(void)
{
	static const struct row rows[] = {
		{ "its first byte", 7, UINT64_MAX - 0xfff, 20, "f" },
		{ "nearly its last", 7, UINT64_MAX - 1, 20, "f" },
		{ "it does not wrap", 7, 0x10, 20, "" },
	};
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	s.img.stamp.time = 10;
	image_mmap(&s.img, &(struct image_mmap){ .misc = MISC_USER,
						 .pid = 7,
						 .tid = 7,
						 .addr = UINT64_MAX - 0xfff,
						 .len = 0x8000,
						 .filename = "/f" });
	CHECK_SCENE(&s, rows);
}

/* ---- damage ---- */

static void a_damaged_record_is_told_and_the_others_are_used(void)
{
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	image_record(&s.img, RECORD_MMAP2, MISC_USER, "12345678", 8);
	image_record(&s.img, RECORD_FORK, 0, "12345678", 8);
	scene_map(&s, 10, 7, A, "/good");
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	check_u64(opened_problems(&w.o, PROBLEM_BAD_RECORD), 2, "each is told once in both walks");
	check_text(walked_file(&w, 7, A, 10), "good", "what stands behind it");
	walk_done(&w);
	scene_free(&s);
}

static void comms_follow_the_time(void)
{
	static const struct {
		const char *label;
		uint32_t pid, tid;
		uint64_t time;
		const char *comm;
	} rows[] = {
		{ "the main thread", 7, 7, 15, "python" },
		{ "renamed", 7, 7, 40, "worker" },
		{ "a thread has the name of its maker", 7, 8, 25, "python" },
		{ "... and keeps it", 7, 8, 45, "python" },
		{ "a child, too", 9, 9, 35, "python" },
		{ "until its exec", 9, 9, 36, "ls" },
		{ "pid 0", 0, 0, 35, "swapper" },
		{ "nobody spoke of it", 99, 99, 35, ":99" },
	};
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_exec(&s, 36, 9, "ls");
	scene_comm(&s, 40, 7, 7, "worker");
	scene_comm(&s, 10, 7, 7, "python");
	scene_thread(&s, 20, 7, 8);
	scene_fork(&s, 30, 9, 7);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(machine_comm_at(w.machine, rows[i].pid, rows[i].tid, rows[i].time),
			   rows[i].comm, rows[i].label);
	walk_done(&w);
	scene_free(&s);
}

static void a_recording_without_records_has_an_empty_machine(void)
{
	static const struct row rows[] = { { "nothing anywhere", 7, A, 10, "" } };
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	CHECK_SCENE(&s, rows);
}

int main(void)
{
	records_are_applied_in_the_order_of_their_times();
	exec_begins_with_nothing_mapped();
	only_a_fork_that_happened_inherits();
	time_0_is_the_beginning_wherever_the_record_stands();
	a_record_without_a_time_has_the_smallest_one_of_its_round();
	forks_and_exits_have_a_time_of_their_own();
	where_nothing_is_timed_the_position_is_the_time();
	a_round_ends_with_its_file();
	the_kernel_has_an_address_space_of_its_own();
	a_mapping_ends_at_the_end_of_all_addresses();
	a_damaged_record_is_told_and_the_others_are_used();
	comms_follow_the_time();
	a_recording_without_records_has_an_empty_machine();
	return check_done("timeline");
}
