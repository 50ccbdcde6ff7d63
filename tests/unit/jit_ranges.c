/*
 * tests/unit/jit_ranges.c - where processes had JIT code, and which map speaks of it (report/jit_ranges.h).
 */
#include "report/jit_ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
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
static const char *ranges_of(const struct walked *w, uint32_t pid, bool inherited)
{
	static char text[400];
	struct jit_ranges r = { .n = 0 };
	size_t len = 0;

	jit_ranges_of(&r, w->machine, pid, inherited);
	text[0] = '\0';
	for (size_t i = 0; i < r.n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%" PRIx64 "-%" PRIx64,
					i ? " " : "", r.items[i].start, r.items[i].end);
	jit_ranges_free(&r);
	return text;
}

static void only_executable_memory_without_a_file_is_jit_code(void)
{
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
	check_text(ranges_of(&w, PARENT, true), "10000-11000 30000-31000", "of a process");
	check_text(ranges_of(&w, OTHER, true), "20000-21000", "of another one");
	check_text(ranges_of(&w, 4711, true), "", "of none");
	walk_done(&w);
	scene_free(&s);
}

static void ranges_are_sorted_and_disjoint(void)
{
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
	check_text(ranges_of(&w, PARENT, false), "10000-12000 13000-14000", "joined");
	walk_done(&w);
	scene_free(&s);
}

/* A fork has its parent's code; the children of one that execs do not. */
static void what_was_inherited_counts_if_asked_for(void)
{
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
	check_text(ranges_of(&w, CHILD, false), "20000-21000", "the child's own");
	check_text(ranges_of(&w, CHILD, true), "10000-11000 20000-21000", "and its parent's");
	check_text(ranges_of(&w, OTHER, false), "", "a grandchild has none of its own");
	check_text(ranges_of(&w, OTHER, true), "10000-11000 20000-21000", "but those of both");
	check_text(ranges_of(&w, PARENT, false), "10000-11000 30000-31000",
		   "all processes of the pid, one after the other");
	walk_done(&w);
	scene_free(&s);
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
	entries_that_begin_in_a_range_are_hits();
	return check_done("jit_ranges");
}
