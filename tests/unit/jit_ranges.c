/*
 * tests/unit/jit_ranges.c - where processes had JIT code, and which map speaks of it (report/jit_ranges.h).
 */
#include "report/jit_ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "tests/check.h"
#include "tests/make_profile.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { A = 0x1000, J = 0x10000, J2 = 0x20000, J3 = 0x30000, PARENT = 7, CHILD = 8, OTHER = 9 };
enum { READ = 1, WRITE = 2, EXEC = 4 };

static void map(struct scene *s, uint32_t pid, uint64_t addr, uint64_t len, uint32_t prot,
		const char *file)
{
	image_mmap2(&s->img,
		    &(struct image_mmap){
			    .misc = (uint16_t)(MISC_USER | (prot & EXEC ? 0 : MISC_MMAP_DATA)),
			    .pid = pid,
			    .tid = pid,
			    .addr = addr,
			    .len = len,
			    .prot = prot,
			    .filename = file });
}

/* The ranges of a pid, "start-end ...". */
static const char *ranges_of(struct jit_index *x, uint32_t pid, bool inherited)
{
	static char text[400];
	struct jit_ranges r = { .n = 0 };
	size_t len = 0;

	jit_ranges_of(&r, x, pid, inherited);
	text[0] = '\0';
	for (size_t i = 0; i < r.n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%" PRIx64 "-%" PRIx64,
					i ? " " : "", r.items[i].start, r.items[i].end);
	jit_ranges_free(&r);
	return text;
}

static void only_executable_memory_without_a_file_is_jit_code(void)
{
	struct jit_index x;
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	s.img.stamp.time = 1;
	map(&s, PARENT, A, 0x1000, READ | EXEC, "/a");
	map(&s, PARENT, J, 0x1000, READ | EXEC, "//anon");
	map(&s, PARENT, J2, 0x1000, READ | WRITE, "//anon");
	map(&s, PARENT, J3, 0x1000, READ | EXEC, "/memfd:jit (deleted)");
	map(&s, OTHER, J2, 0x1000, READ | EXEC, "//anon");
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	jit_index_init(&x, w.machine);
	check_text(ranges_of(&x, PARENT, true), "10000-11000 30000-31000", "of a process");
	check_text(ranges_of(&x, OTHER, true), "20000-21000", "of another one");
	check_text(ranges_of(&x, 4711, true), "", "of none");
	jit_index_done(&x);
	walk_done(&w);
	scene_free(&s);
}

static void ranges_are_sorted_and_disjoint(void)
{
	struct jit_index x;
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	s.img.stamp.time = 1;
	map(&s, PARENT, J + 0x3000, 0x1000, READ | EXEC, "//anon");
	map(&s, PARENT, J, 0x1000, READ | EXEC, "//anon");
	map(&s, PARENT, J + 0x800, 0x1000, READ | EXEC, "//anon"); /* overlaps */
	map(&s, PARENT, J + 0x1800, 0x800, READ | EXEC, "//anon"); /* touches */
	map(&s, PARENT, J + 0x900, 0x100, READ | EXEC, "//anon");  /* lies inside */
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	jit_index_init(&x, w.machine);
	check_text(ranges_of(&x, PARENT, false), "10000-12000 13000-14000", "joined");
	jit_index_done(&x);
	walk_done(&w);
	scene_free(&s);
}

/* A fork has its parent's code; the children of one that execs do not. */
static void what_was_inherited_counts_if_asked_for(void)
{
	struct jit_index x;
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_begin(&s);
	scene_jit(&s, 1, PARENT, J);
	scene_fork(&s, 10, CHILD, PARENT);
	scene_jit(&s, 20, CHILD, J2);
	scene_fork(&s, 30, OTHER, CHILD);
	scene_exec(&s, 40, PARENT, "new");
	scene_jit(&s, 50, PARENT, J3);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	jit_index_init(&x, w.machine);
	check_text(ranges_of(&x, CHILD, false), "20000-21000", "the child's own");
	check_text(ranges_of(&x, CHILD, true), "10000-11000 20000-21000", "and its parent's");
	check_text(ranges_of(&x, OTHER, false), "", "a grandchild has none of its own");
	check_text(ranges_of(&x, OTHER, true), "10000-11000 20000-21000", "but those of both");
	check_text(ranges_of(&x, PARENT, false), "10000-11000 30000-31000",
		   "all processes of the pid, one after the other");
	jit_index_done(&x);
	walk_done(&w);
	scene_free(&s);
}

/* The same question to every mapping, one by one. */
static bool is_jit_code(const struct machine *m, uint32_t pid, bool inherited, uint64_t addr)
{
	bool *owner = mem_calloc(machine_instances(m) + 1, sizeof(*owner));
	bool found = false;

	for (uint32_t i = 1; i < machine_instances(m); i++) {
		struct instance_id of = { machine_pid(m, (struct instance_id){ i }) == pid ? i
											   : 0 };

		do {
			owner[of.i] = true;
			of = machine_parent(m, of);
		} while (inherited && of.i);
	}
	for (uint32_t i = 1; i <= machine_mappings(m); i++) {
		const struct mapping *p = machine_mapping(m, (struct mapping_id){ i });

		found |= p->instance.i && owner[p->instance.i] && p->start <= addr && addr < p->end;
	}
	free(owner);
	return found;
}

enum { PIDS = 12, FIRST_PID = 100, STEPS = 120, PAGES = 60 };

/* Processes fork, exec, end, map code, and pids are used again. */
static void write_life(struct scene *s, uint64_t *seed)
{
	scene_exec(s, 1, FIRST_PID, "first");
	for (uint64_t time = 2; time < STEPS; time++) {
		uint32_t pid = FIRST_PID + random_below(seed, PIDS);
		uint32_t other = FIRST_PID + random_below(seed, PIDS);

		switch (random_below(seed, 6)) {
		case 0:
			scene_exec(s, time, pid, "again");
			break;
		case 1:
			scene_exit(s, time, pid, pid);
			break;
		case 2:
			if (pid != other)
				scene_fork(s, time, pid, other);
			break;
		default:
			scene_jit(s, time, pid, J + random_below(seed, PAGES) * SCENE_PAGE);
			break;
		}
	}
}

static void ranges_are_those_of_all_mappings_looked_at_one_by_one(void)
{
	for (uint64_t round = 0; round < 60; round++) {
		uint64_t seed = round;
		bool right = true, disjoint = true;
		struct jit_index x;
		struct walked w;
		struct scene s;

		scene_init(&s);
		scene_begin(&s);
		write_life(&s, &seed);
		scene_end(&s);
		check(walk_image(&w, &s.img, NULL), "opened");
		jit_index_init(&x, w.machine);
		for (uint32_t q = 0; q < 4 * PIDS; q++) {
			uint32_t pid = FIRST_PID + random_below(&seed, PIDS + 1);
			bool inherited = q % 2;
			struct jit_ranges r = { .n = 0 };

			jit_ranges_of(&r, &x, pid, inherited);
			for (size_t i = 1; i < r.n; i++)
				disjoint &= r.items[i - 1].end < r.items[i].start;
			for (uint64_t at = J; at < J + PAGES * SCENE_PAGE; at += SCENE_PAGE) {
				bool in = false;

				for (size_t i = 0; i < r.n; i++)
					in |= r.items[i].start <= at && at < r.items[i].end;
				right &= in == is_jit_code(w.machine, pid, inherited, at);
			}
			jit_ranges_free(&r);
		}
		check(right, "the same code");
		check(disjoint, "sorted and disjoint");
		jit_index_done(&x);
		walk_done(&w);
		scene_free(&s);
	}
}

static void entries_that_begin_in_a_range_are_hits(void)
{
	static struct jit_range items[] = { { 0x1000, 0x2000 }, { 0x3000, 0x4000 } };
	static const struct jit_ranges ranges = { .items = items, .n = 2 }, none = { .n = 0 };
	static const struct {
		const char *label, *map;
		size_t hits;
	} rows[] = {
		{ "first and last byte", "1000 1 a\n1fff 1 b\n3000 1 c\n3fff 1 d\n", 4 },
		{ "before, between, behind", "fff 1 a\n2000 10 b\n2fff 1 c\n4000 1 d\n", 0 },
		{ "reaches in, but begins outside", "ff0 100 a\n", 0 },
		{ "reaches out", "3ff0 100 a\n", 1 },
		{ "empty", "", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct perfmap m;

		perfmap_parse(rows[i].map, strlen(rows[i].map), &m);
		check_u64(jit_ranges_hits(&ranges, &m), rows[i].hits, rows[i].label);
		check_u64(jit_ranges_hits(&none, &m), 0, "without ranges");
		perfmap_free(&m);
	}
}

int main(void)
{
	only_executable_memory_without_a_file_is_jit_code();
	ranges_are_sorted_and_disjoint();
	what_was_inherited_counts_if_asked_for();
	ranges_are_those_of_all_mappings_looked_at_one_by_one();
	entries_that_begin_in_a_range_are_hits();
	return check_done("jit_ranges");
}
