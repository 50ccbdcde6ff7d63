/*
 * tests/unit/jitdumps.c - which jitdump names which code, at which time (report/jitdumps.h, jitmaps.h).
 */
#include "report/jitdumps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_jitdump.h"
#include "tests/scene.h"
#include "tests/walked.h"

/* JIT code lies at J, and at J2 that of a second arena. */
enum {
	J = 0x10000,
	J2 = 0x20000,
	PARENT = 7,
	CHILD = 8,
	CLOCK_MONOTONIC_ID = 1,
	CLOCK_BOOTTIME_ID = 7
};

/* A recording directory that is thrown away. */
struct folder {
	char path[4000];
	struct scene s;
	struct walked w;
	struct jit_image dumps[2]; /* of PARENT, CHILD; written if they have bytes */
};

static void folder_begin(struct folder *f, uint32_t clockid)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct folder){ .path = "" };
	snprintf(f->path, sizeof(f->path), "%s/jitdumpsXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->path) != NULL, "a folder");
	scene_init(&f->s);
	if (clockid) {
		f->s.events[0].attr.flags |= ATTR_USE_CLOCKID;
		f->s.events[0].attr.clockid = (int32_t)clockid;
	}
}

static void dump_path(const struct folder *f, uint32_t pid, char path[4096])
{
	snprintf(path, 4096, "%s/jit-%u.dump", f->path, pid);
}

/* Write the recording, walk through it, symbolize. */
static void folder_walk(struct folder *f)
{
	char path[4096];

	for (uint32_t i = 0; i < 2; i++) {
		dump_path(f, PARENT + i, path);
		if (f->dumps[i].len)
			check(jit_write(&f->dumps[i], path), "a dump is written");
	}
	scene_end(&f->s);
	snprintf(path, sizeof(path), "%s/perf.data", f->path);
	check(image_write(&f->s.img, path), "the recording is written");
	check(walk_path(&f->w, path, NULL), "it is opened");
	if (f->w.machine)
		walk_symbolize(&f->w);
}

static void folder_end(struct folder *f)
{
	char path[4096];

	walk_done(&f->w);
	scene_free(&f->s);
	for (uint32_t i = 0; i < 2; i++) {
		jit_free(&f->dumps[i]);
		dump_path(f, PARENT + i, path);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/perf.data", f->path);
	unlink(path);
	rmdir(f->path);
}

static void check_frames(struct folder *f, const char *want, const char *row)
{
	check_text(walked_frames(&f->w, VIEW_NATIVE, 0), want, row);
}

static uint64_t told(const struct folder *f, enum problem_kind kind)
{
	return opened_problems(&f->w.o, kind);
}

/* ---- time ---- */

/* Code comes and goes: at 100 f, at 200 g in its place, at 300 f moves to J2, at 400 small covers a part of g. */
static void write_changes(struct jit_image *dump)
{
	jit_begin(dump, false, PARENT);
	jit_load(dump, 100, J, 0x40, 1, "f");
	jit_load(dump, 200, J, 0x40, 2, "g");
	jit_move(dump, 300, J, J2, 0x40, 1);
	jit_load(dump, 400, J + 0x10, 0x10, 3, "small");
}

static void sample_changes(struct scene *s)
{
	scene_begin(s);
	scene_jit(s, 1, PARENT, J);
	scene_jit(s, 1, PARENT, J2);
	SCENE_SAMPLE(s, 50, PARENT, J);         /* before any */
	SCENE_SAMPLE(s, 100, PARENT, J);        /* f */
	SCENE_SAMPLE(s, 199, PARENT, J + 0x3f); /* f */
	SCENE_SAMPLE(s, 200, PARENT, J);        /* g */
	SCENE_SAMPLE(s, 250, PARENT, J2);       /* nothing there yet */
	SCENE_SAMPLE(s, 350, PARENT, J2);       /* f */
	SCENE_SAMPLE(s, 399, PARENT, J + 0x10); /* g */
	SCENE_SAMPLE(s, 400, PARENT, J + 0x10); /* small */
	SCENE_SAMPLE(s, 400, PARENT, J + 0x20); /* g */
	SCENE_SAMPLE(s, 400, PARENT, J + 0x40); /* behind all */
}

static void a_sample_has_the_name_of_its_time(void)
{
	for (int i = 0; i < 2; i++) {
		struct folder f;

		folder_begin(&f, i ? 0 : CLOCK_MONOTONIC_ID);
		if (i) {
			f.s.options.features.clockid = CLOCK_MONOTONIC_ID;
			f.s.options.features.clock_wall_ns = 1000;
			f.s.options.features.clock_ns = 500;
		}
		write_changes(&f.dumps[0]);
		sample_changes(&f.s);
		folder_walk(&f);
		check_frames(&f, "[jit]=3/300 f=3/300 g=3/300 small=1/100",
			     i ? "CLOCK_DATA says so" : "perf record -k mono");
		check_u64(told(&f, PROBLEM_JITDUMP_CLOCK), 0, "there is nothing to tell");
		folder_end(&f);
	}
}

static void without_its_clock_the_newest_code_is_the_answer_and_that_is_told(void)
{
	static const struct {
		const char *label;
		uint32_t attr, data;
		bool untimed;
	} rows[] = {
		{ "no -k at all", 0, 0, false },
		{ "another clock", CLOCK_BOOTTIME_ID, 0, false },
		{ "CLOCK_DATA of another clock", 0, CLOCK_BOOTTIME_ID, false },
		{ "the right clock, but samples without times", CLOCK_MONOTONIC_ID, 0, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct folder f;

		folder_begin(&f, rows[i].attr);
		if (rows[i].data) {
			f.s.options.features.clockid = rows[i].data;
			f.s.options.features.clock_wall_ns = 1000;
			f.s.options.features.clock_ns = 500;
		}
		if (rows[i].untimed)
			f.s.events[0].attr.sample_type &= ~SAMPLE_TIME;
		write_changes(&f.dumps[0]);
		sample_changes(&f.s);
		folder_walk(&f);
		check_frames(&f, "[jit]=1/100 f=2/200 g=5/500 small=2/200", rows[i].label);
		check_u64(told(&f, PROBLEM_JITDUMP_CLOCK), 1, rows[i].label);
		folder_end(&f);
	}
}

/* Stamps are of when a record was written: equal ones count in the order of the file. */
static void of_equal_times_the_later_record_counts(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], true, PARENT);
	jit_load(&f.dumps[0], 100, J, 0x40, 1, "first");
	jit_load(&f.dumps[0], 100, J, 0x40, 2, "second");
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 100, PARENT, J);
	SCENE_SAMPLE(&f.s, 150, PARENT, J);
	folder_walk(&f);
	check_frames(&f, "second=2/200", "a big-endian dump");
	folder_end(&f);
}

static const struct function *function_named(const struct folder *f, const char *name)
{
	for (size_t i = 0; i < f->w.functions.n; i++)
		if (strcmp(f->w.functions.items[i].name, name) == 0)
			return &f->w.functions.items[i];
	return NULL;
}

static void a_function_begins_where_its_first_line_is(void)
{
	static const struct jit_line lines[] = { { J, 12, "/src/a.js" },
						 { J + 8, 14, "/src/b.js" } };
	static const struct {
		const char *name, *file;
		uint32_t line;
	} want[] = {
		{ "f", "/src/a.js", 12 },
		{ "bare", "", 0 },
		{ "qualname", "/app/a.py", 0 }, /* Python's names say it themselves */
	};
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_line_table(&f.dumps[0], 1, J, lines, 2);
	jit_load(&f.dumps[0], 1, J, 0x10, 1, "f");
	jit_load(&f.dumps[0], 1, J + 0x10, 0x10, 2, "bare");
	jit_line_table(&f.dumps[0], 1, J + 0x20, lines, 2);
	jit_load(&f.dumps[0], 1, J + 0x20, 0x10, 3, "py::qualname:/app/a.py");
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 100, PARENT, J + 4);
	SCENE_SAMPLE(&f.s, 100, PARENT, J + 12);
	SCENE_SAMPLE(&f.s, 100, PARENT, J + 0x10);
	SCENE_SAMPLE(&f.s, 100, PARENT, J + 0x20);
	folder_walk(&f);
	check_frames(&f, "a.qualname=1/100 bare=1/100 f=2/200", "names");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct function *found = function_named(&f, want[i].name);

		check_text(found ? found->file : "none", want[i].file, want[i].name);
		check_u64(found ? found->line : 99, want[i].line, want[i].name);
	}
	folder_end(&f);
}

static void code_without_bytes_is_nowhere(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_load(&f.dumps[0], 1, J, 0x40, 1, "f");
	jit_load(&f.dumps[0], 2, J, 0, 2, "empty");
	jit_load(&f.dumps[0], 3, UINT64_MAX - 3, 0x40, 3, "beyond the end");
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_jit(&f.s, 1, PARENT, 0);
	SCENE_SAMPLE(&f.s, 10, PARENT, J);
	SCENE_SAMPLE(&f.s, 10, PARENT, 8);
	folder_walk(&f);
	check_frames(&f, "[jit]=1/100 f=1/100", "no size, and one that wraps");
	folder_end(&f);
}

/* ---- forks ---- */

/*
 * At 100 both functions of the parent are there; at 200 it forks.  Then each runs on: the child makes its own code
 * in an arena of its own, the parent puts other code where the child still has the old.
 */
static void a_child_has_its_parents_code_as_it_was_at_the_fork(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_load(&f.dumps[0], 100, J, 0x10, 1, "outer");
	jit_load(&f.dumps[0], 100, J + 0x10, 0x10, 2, "inner");
	jit_load(&f.dumps[0], 300, J + 0x10, 0x10, 3, "parents_later");
	jit_load(&f.dumps[0], 300, J + 0x20, 0x10, 4, "parents_new");
	jit_begin(&f.dumps[1], false, CHILD);
	jit_load(&f.dumps[1], 250, J2, 0x10, 1, "childs");
	jit_load(&f.dumps[1], 400, J, 0x10, 2, "childs_own_outer");
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_fork(&f.s, 200, CHILD, PARENT);
	scene_jit(&f.s, 240, CHILD, J2);
	SCENE_SAMPLE(&f.s, 350, CHILD, J2, J + 0x14, J + 0x4);
	SCENE_SAMPLE(&f.s, 350, CHILD, J + 0x24);
	SCENE_SAMPLE(&f.s, 450, CHILD, J2, J + 0x14, J + 0x4);
	SCENE_SAMPLE(&f.s, 350, PARENT, J + 0x14, J + 0x4);
	SCENE_SAMPLE(&f.s, 350, PARENT, J + 0x24);
	SCENE_SAMPLE(&f.s, 150, PARENT, J + 0x14, J + 0x4);
	folder_walk(&f);
	check_frames(&f,
		     "[jit]=1/100 childs_own_outer;inner;childs=1/100 outer;inner;childs=1/100 "
		     "outer;inner=1/100 outer;parents_later=1/100 parents_new=1/100",
		     "both dumps");
	folder_end(&f);
}

static void a_child_without_a_dump_has_its_parents(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_load(&f.dumps[0], 100, J, 0x10, 1, "f");
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_fork(&f.s, 200, CHILD, PARENT);
	SCENE_SAMPLE(&f.s, 350, CHILD, J);
	folder_walk(&f);
	check_frames(&f, "f=1/100", "the parent's");
	check_u64(told(&f, PROBLEM_MISSING_PERF_MAP), 0, "nothing is missing");
	folder_end(&f);
}

/* ---- where dumps lie ---- */

/* In a home folder, say: one page of it is mapped, which is how perf knows of it. */
static void a_dump_is_found_where_its_process_mapped_it(void)
{
	char other[4040], path[4096];
	struct utsname names;
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	uname(&names);
	f.s.options.features.hostname = names.nodename;
	snprintf(other, sizeof(other), "%s-elsewhere", f.path);
	check(mkdir(other, 0700) == 0, "another folder");
	snprintf(path, sizeof(path), "%s/jit-%d.dump", other, PARENT);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_load(&f.dumps[0], 100, J, 0x10, 1, "f");
	check(jit_write(&f.dumps[0], path), "a dump there");
	jit_free(&f.dumps[0]); /* none beside the recording */
	scene_begin(&f.s);
	scene_map(&f.s, 1, PARENT, 0x1000, path);
	scene_map(&f.s, 1, CHILD, 0x1000, path); /* not its own */
	scene_jit(&f.s, 1, PARENT, J);
	scene_jit(&f.s, 1, CHILD, J);
	SCENE_SAMPLE(&f.s, 200, PARENT, J);
	SCENE_SAMPLE(&f.s, 200, CHILD, J);
	folder_walk(&f);
	check_frames(&f, "[jit]=1/100 f=1/100", "of the process of that name");
	folder_end(&f);
	unlink(path);
	rmdir(other);
}

/* ---- damage ---- */

static void damage_is_told(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_begin(&f.dumps[0], false, PARENT);
	jit_load(&f.dumps[0], 1, J, 0x10, 1, "f");
	jit_bytes(&f.dumps[0], "this is no record at all", 24);
	jit_load(&f.dumps[0], 2, J + 0x10, 0x10, 2, "g");
	jit_load(&f.dumps[0], 3, J + 0x20, 0x10, 3, "cut");
	f.dumps[0].len -= 5;
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 10, PARENT, J);
	SCENE_SAMPLE(&f.s, 10, PARENT, J + 0x10);
	SCENE_SAMPLE(&f.s, 10, PARENT, J + 0x20);
	folder_walk(&f);
	check_frames(&f, "[jit]=1/100 f=1/100 g=1/100", "both sides of it");
	check_u64(told(&f, PROBLEM_BAD_JITDUMP), 1, "bytes that are no record");
	check_u64(told(&f, PROBLEM_CUT_JITDUMP), 1, "its end");
	folder_end(&f);
}

static void what_is_no_dump_is_told(void)
{
	struct folder f;

	folder_begin(&f, CLOCK_MONOTONIC_ID);
	jit_bytes(&f.dumps[0], "no dump", 7);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 10, PARENT, J);
	folder_walk(&f);
	check_frames(&f, "[jit]=1/100", "no name");
	check_u64(told(&f, PROBLEM_BAD_JITDUMP), 1, "once");
	folder_end(&f);
}

int main(void)
{
	a_sample_has_the_name_of_its_time();
	without_its_clock_the_newest_code_is_the_answer_and_that_is_told();
	of_equal_times_the_later_record_counts();
	a_function_begins_where_its_first_line_is();
	code_without_bytes_is_nowhere();
	a_child_has_its_parents_code_as_it_was_at_the_fork();
	a_child_without_a_dump_has_its_parents();
	a_dump_is_found_where_its_process_mapped_it();
	damage_is_told();
	what_is_no_dump_is_told();
	return check_done("jitdumps");
}
