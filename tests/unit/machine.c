/*
 * tests/unit/machine.c - processes and mappings over time (report/machine.h).
 */
#include "report/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"

static struct texts *texts;

static struct mapping file_at(uint64_t start, uint64_t end, const char *filename)
{
	return (struct mapping){ .start = start, .end = end, .filename = filename, .prot = 5 };
}

static void map(struct machine *m, uint64_t time, uint32_t pid, uint64_t start, uint64_t end,
		const char *filename)
{
	struct mapping p = file_at(start, end, filename);

	machine_mmap(m, time, pid, &p);
}

static void fork_of(struct machine *m, uint64_t time, uint32_t pid, uint32_t ppid)
{
	machine_fork(m, time, pid, ppid, pid, ppid, true);
}

static struct place ask(struct machine *m, uint32_t pid, uint64_t addr, uint64_t time)
{
	return machine_place(m, machine_instance(m, pid, time), addr, time);
}

/* The file at an address; "" for a hole. */
static const char *file_of(struct machine *m, uint32_t pid, uint64_t addr, uint64_t time)
{
	struct place p = ask(m, pid, addr, time);

	return p.mapping.i ? machine_mapping(m, p.mapping)->filename : "";
}

static void check_file(struct machine *m, uint32_t pid, uint64_t addr, uint64_t time,
		       const char *filename, const char *row)
{
	const char *got = file_of(m, pid, addr, time);

	if (strcmp(got, filename) != 0)
		fprintf(stderr, "  got \"%s\", wanted \"%s\"\n", got, filename);
	check(strcmp(got, filename) == 0, row);
}

static void check_comm(struct machine *m, uint32_t pid, uint32_t tid, uint64_t time,
		       const char *comm, const char *row)
{
	const char *got = machine_comm_at(m, pid, tid, time);

	if (strcmp(got, comm) != 0)
		fprintf(stderr, "  got \"%s\", wanted \"%s\"\n", got, comm);
	check(strcmp(got, comm) == 0, row);
}

static void the_newest_mapping_over_an_address_is_the_answer(void)
{
	struct machine *m = machine_new(texts);

	map(m, 10, 1, 0x1000, 0x5000, "old");
	map(m, 20, 1, 0x2000, 0x3000, "middle");
	map(m, 30, 1, 0x2800, 0x6000, "tail");
	machine_seal(m);
	check_file(m, 1, 0x1800, 5, "", "before any mapping there is a hole");
	check_file(m, 1, 0x1800, 10, "old", "at the very time of the mapping");
	check_file(m, 1, 0x2000, 19, "old", "before it is covered");
	check_file(m, 1, 0x2000, 20, "middle", "covered from its first byte");
	check_file(m, 1, 0x2fff, 20, "middle", "covered to its last byte");
	check_file(m, 1, 0x3000, 20, "old", "behind the cover the old one goes on");
	check_file(m, 1, 0x2900, 31, "tail", "the newest of three");
	check_file(m, 1, 0x4fff, 31, "tail", "trimmed at the end");
	check_file(m, 1, 0x6000, 31, "", "behind all mappings");
	check_file(m, 2, 0x2000, 31, "", "another process has none of it");
	machine_free(m);
}

static void an_answer_says_how_long_it_holds(void)
{
	struct machine *m = machine_new(texts);
	struct place p;

	map(m, 10, 1, 0x1000, 0x5000, "a");
	map(m, 20, 1, 0x1000, 0x5000, "a");
	map(m, 30, 1, 0x2000, 0x3000, "b");
	machine_seal(m);
	p = ask(m, 1, 0x2000, 12);
	check(p.from == 10 && p.to == 30, "the same mapping announced again does not end it");
	check(p.mapping.i == ask(m, 1, 0x2000, 25).mapping.i, "and is the same mapping");
	p = ask(m, 1, 0x2000, 30);
	check(p.from == 30 && p.to == TIME_END, "the last one holds for ever");
	p = ask(m, 1, 0x4000, 12);
	check(p.to == TIME_END, "what is mapped elsewhere ends nothing");
	p = ask(m, 1, 0x4000, 5);
	check(p.mapping.i == 0 && p.from == 0 && p.to == 10, "a hole ends where it is covered");
	p = ask(m, 1, 0x9000, 5);
	check(p.mapping.i == 0 && p.from == 0 && p.to == TIME_END, "a hole that is never covered");
	check(machine_mappings(m) == 2, "two mappings were made of three announcements");
	machine_free(m);
}

static void mappings_that_differ_in_anything_are_two(void)
{
	struct mapping base = file_at(0x1000, 0x2000, "f");
	struct mapping p[9];
	struct machine *m = machine_new(texts);

	for (size_t i = 0; i < 9; i++)
		p[i] = base;
	p[1].pgoff = 0x1000;
	p[2].prot = 1;
	p[3].ino = 7;
	p[4].ino_generation = 7;
	p[5].maj = 8;
	p[6].min = 9;
	p[7].build_id_size = 20;
	p[8].filename = "g";
	for (size_t i = 0; i < 9; i++)
		machine_mmap(m, 10, 1, &p[i]);
	p[8].build_id_size = 20;
	p[8].build_id[19] = 1;
	machine_mmap(m, 10, 1, &p[8]);
	machine_mmap(m, 10, 1, &base);
	machine_mmap(m, 10, 2, &base);
	machine_seal(m);
	check(machine_mappings(m) == 11, "one for each difference, one for another process");
	check_file(m, 1, 0x1000, 10, "f", "of equal times the later call wins");
	machine_free(m);
}

static void empty_and_inverted_mappings_are_passed_over(void)
{
	struct machine *m = machine_new(texts);

	map(m, 1, 1, 0x1000, 0x1000, "empty");
	map(m, 1, 1, 0x2000, 0x1000, "inverted");
	map(m, 1, 1, 0, UINT64_MAX, "all");
	machine_seal(m);
	check_file(m, 1, 0x1000, 1, "all", "only the one that covers something counts");
	check_file(m, 1, 0, 1, "all", "address 0");
	check_file(m, 1, UINT64_MAX - 1, 1, "all", "the last address");
	machine_free(m);
}

static void a_fork_has_its_parents_mappings_of_that_time(void)
{
	struct machine *m = machine_new(texts);
	struct place p;

	map(m, 10, 1, 0x1000, 0x2000, "before");
	fork_of(m, 20, 2, 1);
	map(m, 30, 1, 0x1000, 0x2000, "after");
	map(m, 40, 2, 0x1800, 0x1900, "own");
	fork_of(m, 50, 3, 2);
	machine_seal(m);
	check_file(m, 2, 0x1000, 35, "before", "what the parent maps later is not the child's");
	check_file(m, 1, 0x1000, 35, "after", "but the parent's");
	check_file(m, 2, 0x1800, 39, "before", "before its own mapping");
	check_file(m, 2, 0x1800, 40, "own", "its own mapping");
	check_file(m, 3, 0x1800, 60, "own", "a grandchild, from the child");
	check_file(m, 3, 0x1000, 60, "before", "a grandchild, from the grandparent");
	p = ask(m, 2, 0x1800, 35);
	check(p.from == 20 && p.to == 40, "inherited until its own mapping covers it");
	p = ask(m, 2, 0x1000, 35);
	check(p.from == 20 && p.to == TIME_END, "inherited for ever");
	p = ask(m, 2, 0x8000, 35);
	check(p.mapping.i == 0 && p.from == 20 && p.to == TIME_END, "an inherited hole");
	p = ask(m, 2, 0x1000, 15);
	check(p.mapping.i && p.from == 0, "asked before its birth it answers as at its birth");
	check(machine_parent(m, machine_instance(m, 2, 35)).i == machine_instance(m, 1, 35).i,
	      "the parent is known");
	check(machine_begin(m, machine_instance(m, 2, 35)) == 20, "and when it began");
	machine_free(m);
}

static void an_exec_cuts_and_a_made_up_fork_inherits_nothing(void)
{
	struct machine *m = machine_new(texts);
	uint64_t from, to;

	map(m, 10, 1, 0x1000, 0x2000, "shell");
	fork_of(m, 20, 2, 1);
	machine_comm(m, 30, 2, 2, "tool", true);
	map(m, 31, 2, 0x5000, 0x6000, "tool");
	machine_fork(m, 40, 3, 1, 3, 1, false);
	machine_seal(m);
	check_file(m, 2, 0x1000, 29, "shell", "until its exec it has the parent's");
	check_file(m, 2, 0x1000, 30, "shell", "and until the new image is there");
	check_file(m, 2, 0x1000, 31, "", "from then on nothing");
	check_file(m, 2, 0x5000, 31, "tool", "but the new image");
	check_file(m, 2, 0x5000, 30, "", "when it was mapped");
	check_file(m, 3, 0x1000, 41, "", "made up by perf: nothing inherited");
	machine_instance_span(m, 2, 25, &from, &to);
	check(from == 0 && to == 30, "span of a first instance");
	machine_instance_span(m, 2, 30, &from, &to);
	check(from == 30 && to == TIME_END, "span of the second");
	check(machine_parent(m, machine_instance(m, 2, 30)).i == 0, "no parent after exec");
	machine_free(m);
}

static void an_exec_of_a_process_unheard_of_does_not_lend_its_image_to_the_past(void)
{
	struct machine *m = machine_new(texts);

	machine_comm(m, 30, 2, 2, "tool", true);
	map(m, 31, 2, 0x5000, 0x6000, "tool");
	machine_seal(m);
	check(machine_instance(m, 2, 29).i != machine_instance(m, 2, 30).i, "two address spaces");
	check_file(m, 2, 0x5000, 29, "", "the one before is empty");
	machine_free(m);
}

static void at_the_beginning_the_order_of_records_does_not_matter(void)
{
	static const struct {
		const char *label;
		const char *order;
	} rows[] = {
		{ "fork, comm, mmap", "FCM" },
		{ "mmap, fork, comm", "MFC" },
		{ "comm, mmap, fork", "CMF" },
		{ "mmap, exec comm", "MX" },
		{ "exec comm, mmap", "XM" },
		{ "mmap, comm, fork, exec comm", "MCFX" },
		{ "inheriting fork after mmap", "MIC" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine *m = machine_new(texts);

		map(m, 0, 1, 0x1000, 0x2000, "parent");
		for (const char *c = rows[i].order; *c; c++) {
			if (*c == 'F' || *c == 'I')
				machine_fork(m, 0, 2, 1, 2, 1, *c == 'I');
			if (*c == 'M')
				map(m, 0, 2, 0x5000, 0x6000, "own");
			if (*c == 'C' || *c == 'X')
				machine_comm(m, 0, 2, 2, "name", *c == 'X');
		}
		machine_seal(m);
		check_file(m, 2, 0x5000, 50, "own", rows[i].label);
		check_comm(m, 2, 2, 50, "name", rows[i].label);
		check(machine_instances(m) == 4, rows[i].label);
		machine_free(m);
	}
}

static void two_processes_that_fork_each_other_at_once_do_no_harm(void)
{
	struct machine *m = machine_new(texts);

	fork_of(m, 0, 1, 2);
	fork_of(m, 0, 2, 1);
	fork_of(m, 0, 1, 1);
	map(m, 0, 2, 0x1000, 0x2000, "two");
	machine_seal(m);
	check_file(m, 2, 0x1000, 1, "two", "its own mapping");
	check_file(m, 1, 0x9000, 1, "", "a hole is a hole");
	check_comm(m, 1, 1, 1, ":1", "no name");
	machine_free(m);
}

static void a_pid_used_again_is_another_process(void)
{
	struct machine *m = machine_new(texts);
	uint32_t first, second, third;

	fork_of(m, 10, 5, 1);
	map(m, 11, 5, 0x1000, 0x2000, "first");
	fork_of(m, 20, 5, 1);
	map(m, 21, 5, 0x3000, 0x4000, "second");
	machine_exit(m, 30, 5, 5);
	map(m, 40, 5, 0x5000, 0x6000, "third");
	machine_seal(m);
	first = machine_instance(m, 5, 15).i;
	second = machine_instance(m, 5, 25).i;
	third = machine_instance(m, 5, 45).i;
	check(first != second && second != third && first != third, "three instances");
	check(machine_instance(m, 5, 35).i == second, "a sample after exit is the ended one's");
	check_file(m, 5, 0x1000, 25, "", "a FORK of a living pid makes it anew");
	check_file(m, 5, 0x3000, 45, "", "so does a mapping after its end, without a FORK");
	check_file(m, 5, 0x3000, 35, "second", "the ended one keeps its mappings");
	check(machine_pid(m, (struct instance_id){ third }) == 5, "the pid of an instance");
	machine_free(m);
}

static void a_process_ends_with_its_last_thread(void)
{
	struct machine *m = machine_new(texts);

	fork_of(m, 10, 5, 1);
	map(m, 11, 5, 0x1000, 0x2000, "image");
	machine_fork(m, 12, 5, 5, 6, 5, true);
	machine_exit(m, 20, 5, 5);
	map(m, 21, 5, 0x3000, 0x4000, "later");
	machine_exit(m, 30, 5, 6);
	map(m, 41, 5, 0x5000, 0x6000, "anew");
	machine_seal(m);
	check_file(m, 5, 0x1000, 22, "image", "it lives on while a thread does");
	check_file(m, 5, 0x3000, 29, "later", "and maps");
	check_file(m, 5, 0x1000, 42, "", "then its pid is free");
	machine_free(m);

	m = machine_new(texts);
	map(m, 11, 7, 0x1000, 0x2000, "image");
	machine_exit(m, 20, 7, 8);
	map(m, 21, 7, 0x3000, 0x4000, "later");
	machine_exit(m, 20, 99, 99);
	machine_seal(m);
	check_file(m, 7, 0x1000, 22, "image", "a thread nobody spoke of may have others beside it");
	machine_free(m);
}

static void a_thread_that_execs_becomes_the_process(void)
{
	struct machine *m = machine_new(texts);

	fork_of(m, 10, 5, 1);
	machine_fork(m, 12, 5, 5, 6, 5, true);
	machine_exit(m, 20, 5, 5);
	machine_comm(m, 20, 5, 5, "new", true);
	map(m, 21, 5, 0x1000, 0x2000, "image");
	map(m, 22, 5, 0x3000, 0x4000, "more");
	machine_exit(m, 30, 5, 5);
	map(m, 41, 5, 0x5000, 0x6000, "anew");
	machine_seal(m);
	check_file(m, 5, 0x1000, 23, "image", "one instance after the exec");
	check_file(m, 5, 0x1000, 42, "", "the old thread does not keep it alive");
	machine_free(m);
}

static void the_kernel_and_nobody_have_their_own_spaces(void)
{
	struct machine *m = machine_new(texts);
	struct mapping k =
		file_at(0xffffffff80000000, 0xffffffffff000000, "[kernel.kallsyms]_text");
	struct mapping module = file_at(0xffffffffc0000000, 0xffffffffc0001000, "[ext4]");
	struct place p;

	machine_kernel_mmap(m, 0, &k);
	machine_kernel_mmap(m, 5, &module);
	machine_seal(m);
	p = machine_place(m, (struct instance_id){ 0 }, 0xffffffffc0000010, 6);
	check(p.mapping.i && strcmp(machine_mapping(m, p.mapping)->filename, "[ext4]") == 0,
	      "a module lies over the kernel's mapping");
	check(machine_instance(m, UINT32_MAX, 3).i == 1, "pid -1 is nobody");
	check(machine_place(m, (struct instance_id){ 1 }, 0x1000, 6).mapping.i == 0,
	      "nobody has nothing");
	check(machine_instance(m, 77, 3).i == machine_instance(m, 77, 9).i,
	      "a pid that no record spoke of gets one made up");
	check(machine_pid(m, machine_instance(m, 77, 3)) == 77, "with its pid");
	machine_free(m);
}

static void a_thread_has_the_name_of_its_time(void)
{
	struct machine *m = machine_new(texts);

	machine_comm(m, 0, 1, 1, "init", false);
	fork_of(m, 10, 5, 1);
	machine_fork(m, 12, 5, 5, 6, 5, true);
	machine_comm(m, 20, 5, 5, "python", true);
	machine_comm(m, 25, 5, 6, "worker", false);
	machine_fork(m, 30, 9, 9, 6, 9, true);
	machine_comm(m, 40, 8, 8, "late", false);
	machine_comm(m, 40, 8, 88, "thread", false);
	machine_seal(m);
	check_comm(m, 5, 5, 5, "init", "before its fork: its parent's");
	check_comm(m, 5, 5, 15, "init", "after its fork: its parent's");
	check_comm(m, 5, 5, 20, "python", "after its exec");
	check_comm(m, 5, 6, 22, "init", "a thread has the name of the one that made it");
	check_comm(m, 5, 6, 25, "worker", "until it gets its own");
	check_comm(m, 9, 6, 31, ":6", "a tid used again begins without a name");
	check_comm(m, 8, 8, 39, ":8", "before its first name");
	check_comm(m, 8, 88, 39, ":88", "nor has its process one");
	check_comm(m, 8, 87, 41, "late", "a thread nobody spoke of has its process's name");
	check_comm(m, 70, 71, 41, ":71", "nobody spoke of either");
	check(machine_comm_at(m, 70, 71, 41) == machine_comm_at(m, 70, 71, 42),
	      "texts are interned");
	check_comm(m, 0, 0, 41, "swapper", "the idle task");
	check_comm(m, UINT32_MAX, UINT32_MAX, 41, "[exited]", "a task that is gone");
	machine_free(m);
}

static void a_name_that_comes_in_the_same_moment_reaches_the_forks_before_it(void)
{
	struct machine *m = machine_new(texts);

	machine_fork(m, 0, 5, 5, 6, 5, true);
	machine_fork(m, 0, 5, 5, 7, 6, true);
	machine_comm(m, 0, 5, 5, "server", false);
	machine_seal(m);
	check_comm(m, 5, 6, 1, "server", "a thread");
	check_comm(m, 5, 7, 1, "server", "a thread of a thread");
	machine_free(m);
}

/* ---- against a model that looks at every announcement ---- */

enum { MODEL_PIDS = 6, MODEL_SLOTS = 4096 };

struct model_space {
	uint64_t begin, forked;
	int parent; /* -1: none */
	int before; /* the space that an exec ended; -1: none */
};

struct model {
	struct model_space spaces[MODEL_SLOTS];
	size_t n_spaces;
	int current[MODEL_PIDS];
	struct {
		int space;
		uint64_t time, start, end;
		unsigned file;
	} announced[MODEL_SLOTS];
	size_t n_announced;
};

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* When something is mapped first in a space; never: UINT64_MAX. */
static uint64_t model_first(const struct model *model, int space)
{
	for (size_t i = 0; i < model->n_announced; i++)
		if (model->announced[i].space == space)
			return model->announced[i].time;
	return UINT64_MAX;
}

/* Number of the announcement in force, -1 for a hole. */
static int model_ask(const struct model *model, int space, uint64_t addr, uint64_t time)
{
	const struct model_space *s = &model->spaces[space];
	uint64_t first = model_first(model, space);

	if (s->before >= 0 && first < UINT64_MAX && s->begin <= time && time < first) {
		time = s->begin;
		space = s->before;
	}
	while (space >= 0) {
		for (size_t i = model->n_announced; i-- > 0;) {
			if (model->announced[i].space == space &&
			    model->announced[i].time <= time && model->announced[i].start <= addr &&
			    addr < model->announced[i].end)
				return (int)i;
		}
		time = model->spaces[space].forked;
		space = model->spaces[space].parent;
	}
	return -1;
}

static int model_space_of(const struct model *model, int pid, uint64_t time, const int *owner)
{
	int found = -1;

	for (size_t i = 0; i < model->n_spaces; i++) {
		if (owner[i] == pid && (found < 0 || model->spaces[i].begin <= time))
			found = (int)i;
	}
	return found;
}

static void play_a_random_event(struct model *model, struct machine *m, int *owner, uint64_t time)
{
	static const char *const files[] = { "a", "b", "c" };
	uint32_t pid = random_below(MODEL_PIDS), kind = random_below(20);
	uint32_t ppid = (pid + 1 + random_below(MODEL_PIDS - 1)) % MODEL_PIDS;
	size_t n = model->n_announced, s = model->n_spaces;

	if (kind == 0) {
		model->spaces[s] = (struct model_space){ time, time, model->current[ppid], -1 };
		fork_of(m, time, pid + 100, ppid + 100);
	} else if (kind == 1) {
		model->spaces[s] = (struct model_space){ time, 0, -1, model->current[pid] };
		machine_comm(m, time, pid + 100, pid + 100, "x", true);
	} else {
		model->announced[n].space = model->current[pid];
		model->announced[n].time = time;
		model->announced[n].start = random_below(60);
		model->announced[n].end = model->announced[n].start + 1 + random_below(12);
		model->announced[n].file = random_below(3);
		map(m, time, pid + 100, model->announced[n].start, model->announced[n].end,
		    files[model->announced[n].file]);
		model->n_announced++;
		return;
	}
	owner[s] = (int)pid;
	model->current[pid] = (int)model->n_spaces++;
}

static void compare_with_model(const struct model *model, struct machine *m, const int *owner,
			       uint64_t end)
{
	bool places = true, spans = true, tight = true;

	for (int i = 0; i < 4000; i++) {
		uint32_t pid = random_below(MODEL_PIDS);
		uint64_t addr = random_below(80), time = random_below((uint32_t)end + 5);
		int space = model_space_of(model, (int)pid, time, owner);
		int want = model_ask(model, space, addr, time);
		struct place p = ask(m, pid + 100, addr, time);
		struct instance_id id = machine_instance(m, pid + 100, time);

		if (want < 0)
			places &= p.mapping.i == 0;
		else
			places &=
				p.mapping.i &&
				machine_mapping(m, p.mapping)->start ==
					model->announced[want].start &&
				machine_mapping(m, p.mapping)->end == model->announced[want].end &&
				*machine_mapping(m, p.mapping)->filename ==
					(char)('a' + model->announced[want].file);
		spans &= p.from <= time && time < p.to;
		for (uint64_t t = p.from; t < p.to && t < end; t++)
			spans &= machine_place(m, id, addr, t).mapping.i == p.mapping.i;
		if (p.to < end && model_ask(model, space, addr, p.to) >= 0)
			tight &= machine_place(m, id, addr, p.to).mapping.i != p.mapping.i ||
				 machine_place(m, id, addr, p.to).from == p.to;
	}
	check(places, "the same mappings as the model");
	check(spans, "answers hold as long as they say");
	check(tight, "and no announcement is passed over");
}

static void every_answer_is_that_of_a_model_without_any_index(void)
{
	struct model *model = malloc(sizeof(*model));
	int *owner = calloc(MODEL_SLOTS, sizeof(*owner));

	for (uint32_t round = 0; round < 20; round++) {
		struct machine *m = machine_new(texts);
		uint64_t time = 1;

		seed = round;
		memset(model, 0, sizeof(*model));
		for (int pid = 0; pid < MODEL_PIDS; pid++) {
			model->spaces[pid] = (struct model_space){ 0, 0, -1, -1 };
			owner[pid] = pid;
			model->current[pid] = pid;
			machine_comm(m, 0, (uint32_t)pid + 100, (uint32_t)pid + 100, "x", false);
		}
		model->n_spaces = MODEL_PIDS;
		for (int i = 0; i < 300; i++, time += 1 + random_below(2))
			play_a_random_event(model, m, owner, time);
		machine_seal(m);
		compare_with_model(model, m, owner, time);
		machine_free(m);
	}
	free(owner);
	free(model);
}

/* Each of these takes quadratic time or memory where a structure is naive; here they are an instant. */
static void hostile_numbers_of_records_stay_cheap(void)
{
	enum { MANY = 100000 };
	struct machine *m = machine_new(texts);
	uint64_t found = 0;

	for (uint32_t i = 0; i < MANY; i++)
		map(m, i, 1, i, 2 * MANY + 1 - i, "nested");
	for (uint32_t i = 0; i < MANY; i++)
		map(m, MANY + i, 2, 0x1000, 0x2000, "again");
	map(m, 2 * MANY, 2, 0x1000, 0x2000, "other");
	for (uint32_t i = 0; i < MANY; i++) {
		fork_of(m, 2 * MANY + i, 1000 + i, i ? 999 + i : 2);
		machine_comm(m, 2 * MANY + i, 7, 7, "again", true);
	}
	machine_seal(m);
	for (uint32_t i = 0; i < MANY; i++) {
		found += ask(m, 1, i, MANY).mapping.i != 0;
		found += ask(m, 2, 0x1000, i + MANY).to == 2 * MANY;
		found += ask(m, 1000 + i, 0x1000, 4 * MANY).mapping.i != 0;
		found += machine_instance(m, 7, 2 * MANY + i).i != 0;
	}
	check(found == 4 * MANY, "nested, repeated, forked and executed");
	machine_free(m);

	m = machine_new(texts);
	for (uint32_t i = 0; i < MANY; i++) {
		fork_of(m, i, i + 1, i);
		map(m, i, i + 1, i, i + 1, "deep");
	}
	machine_seal(m);
	for (uint32_t i = 0; i < 1000; i++)
		ask(m, MANY, MANY + 5, MANY);
	check_file(m, MANY, MANY - 10, MANY, "deep", "a chain of forks that all map");
	machine_free(m);
}

int main(void)
{
	texts = texts_new();
	the_newest_mapping_over_an_address_is_the_answer();
	an_answer_says_how_long_it_holds();
	mappings_that_differ_in_anything_are_two();
	empty_and_inverted_mappings_are_passed_over();
	a_fork_has_its_parents_mappings_of_that_time();
	an_exec_cuts_and_a_made_up_fork_inherits_nothing();
	an_exec_of_a_process_unheard_of_does_not_lend_its_image_to_the_past();
	at_the_beginning_the_order_of_records_does_not_matter();
	two_processes_that_fork_each_other_at_once_do_no_harm();
	a_pid_used_again_is_another_process();
	a_process_ends_with_its_last_thread();
	a_thread_that_execs_becomes_the_process();
	the_kernel_and_nobody_have_their_own_spaces();
	a_thread_has_the_name_of_its_time();
	a_name_that_comes_in_the_same_moment_reaches_the_forks_before_it();
	every_answer_is_that_of_a_model_without_any_index();
	hostile_numbers_of_records_stay_cheap();
	texts_free(texts);
	return check_done("machine");
}
