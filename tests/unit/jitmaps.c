/*
 * tests/unit/jitmaps.c - which perf map names which JIT code (report/jitmaps.h), and what its names become.
 */
#include "report/jitmaps.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

/* JIT code lies at J, and at J2 that of a second arena; the file /a at A. */
enum { A = 0x1000, J = 0x10000, J2 = 0x20000, PARENT = 7, CHILD = 8 };

/* A recording directory that is thrown away. */
struct folder {
	char path[4000];
	struct scene s;
	struct walked w;
};

static void folder_begin(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct folder){ .path = "" };
	snprintf(f->path, sizeof(f->path), "%s/jitmapsXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->path) != NULL, "a folder");
	scene_init(&f->s);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	check(file && fputs(text, file) >= 0, path);
	if (file)
		fclose(file);
}

static void perf_map(const struct folder *f, uint32_t pid, const char *text)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/perf-%u.map", f->path, pid);
	write_text(path, text);
}

/* Write the recording, walk through it, symbolize. */
static void folder_walk(struct folder *f)
{
	char path[4096];

	scene_end(&f->s);
	snprintf(path, sizeof(path), "%s/perf.data", f->path);
	check(image_write(&f->s.img, path), "it is written");
	check(walk_path(&f->w, path, NULL), "it is opened");
	if (f->w.machine)
		walk_symbolize(&f->w);
}

static void folder_end(struct folder *f)
{
	static const uint32_t pids[] = { PARENT, CHILD, 9 };
	char path[4096];

	walk_done(&f->w);
	scene_free(&f->s);
	snprintf(path, sizeof(path), "%s/perf.data", f->path);
	unlink(path);
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		snprintf(path, sizeof(path), "%s/perf-%u.map", f->path, pids[i]);
		unlink(path);
	}
	rmdir(f->path);
}

static void check_frames(struct folder *f, const char *want, const char *row)
{
	check_text(walked_frames(&f->w, VIEW_NATIVE, 0), want, row);
}

/* ---- names ---- */

static void names_are_python_functions_or_symbols_of_the_jit(void)
{
	static const char map[] = "10000 10 py::f:/srv/app.py\n"
				  "10010 10 py::Tree.<locals>.g:/srv/my app.py\n"
				  "10020 10 Builtins_JSEntry Stub: x\n"
				  "this is no entry\n"
				  "10030 10 py::<module>:<frozen runpy>\n"
				  "10040 10 old\n"
				  "10040 10 new\n"
				  "50000 100 py::stale:/of/an/older/process.py\n";
	static const struct {
		const char *label;
		uint64_t addr;
		enum function_kind kind;
		const char *name, *module, *file, *object;
	} rows[] = {
		{ "Python", J + 4, KIND_PYTHON, "f", "app", "/srv/app.py", "" },
		{ "a file with a blank", J + 0x14, KIND_PYTHON, "Tree.<locals>.g", "my app",
		  "/srv/my app.py", "" },
		{ "another JIT's, with blanks", J + 0x24, KIND_NATIVE, "Builtins_JSEntry Stub: x",
		  "[jit]", "", "[jit]" },
		{ "a frozen module", J + 0x34, KIND_PYTHON, "<module>", "runpy", "<frozen runpy>",
		  "" },
		{ "the last line wins", J + 0x44, KIND_NATIVE, "new", "[jit]", "", "[jit]" },
		{ "behind all entries", J + 0x50, KIND_NATIVE, "[jit]", "[jit]", "", "[jit]" },
		{ "the heap, where no code runs", 0x50010, KIND_NATIVE, "[heap]", "[heap]", "",
		  "[heap]" },
	};
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	f.s.img.stamp.time = 1;
	image_mmap2(&f.s.img, &(struct image_mmap){ .misc = MISC_USER | MISC_MMAP_DATA,
						    .pid = PARENT,
						    .tid = PARENT,
						    .addr = 0x50000,
						    .len = 0x1000,
						    .prot = 3,
						    .filename = "[heap]" });
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		SCENE_SAMPLE(&f.s, 5, PARENT, rows[i].addr);
	perf_map(&f, PARENT, map);
	folder_walk(&f);
	for (size_t i = 0; f.w.machine && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct function *is = &f.w.functions.items[*frames_at(&f.w.frames, i)];

		check_in(rows[i].label);
		check_u64(is->kind, rows[i].kind, "kind");
		check_text(is->name, rows[i].name, "name");
		check_text(is->module, rows[i].module, "module");
		check_text(is->file, rows[i].file, "file");
		check_text(is->object, rows[i].object, "object");
	}
	check_in(NULL);
	check_u64(opened_problems(&f.w.o, PROBLEM_BAD_PERF_MAP), 1, "the line is counted");
	folder_end(&f);
}

/*
 * perf looks the address up as it stands, and names the function behind a call that is its
 * function's last instruction.  That cannot be: a return address has its call before it.
 */
static void a_return_address_is_in_the_function_that_called(void)
{
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 5, PARENT, J + 0x10, J + 0x10);
	perf_map(&f, PARENT, "10000 10 calls\n10010 10 runs\n");
	folder_walk(&f);
	check_frames(&f, "calls;runs=1/100", "the same address, called and ran");
	folder_end(&f);
}

/* mprotect() announces the same memory again. */
static void code_that_is_announced_again_keeps_its_names(void)
{
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	SCENE_SAMPLE(&f.s, 5, PARENT, J);
	scene_jit(&f.s, 10, PARENT, J);
	SCENE_SAMPLE(&f.s, 15, PARENT, J);
	perf_map(&f, PARENT, "10000 10 f\n");
	folder_walk(&f);
	check_frames(&f, "f=2/200", "before and after");
	check_u64(f.w.collected.tree->n_locations, 1, "one location");
	folder_end(&f);
}

/* ---- forks ---- */

/*
 * A child's frames from before the fork are in the parent's arena and in the parent's map
 * only; those from after it are in its own (FACTS-python A6).
 */
static void write_forked(struct scene *s)
{
	scene_jit(s, 1, PARENT, J);
	scene_fork(s, 10, CHILD, PARENT);
	scene_jit(s, 20, CHILD, J2);
	scene_jit(s, 20, PARENT, J2);
	SCENE_SAMPLE(s, 5, PARENT, J);
	SCENE_SAMPLE(s, 30, CHILD, J2, J + 0x20);
	SCENE_SAMPLE(s, 30, PARENT, J2, J + 0x20);
	SCENE_SAMPLE(s, 30, CHILD, J2 + 0x80);
}

static void a_child_has_its_parents_names_in_what_it_inherited(void)
{
	static const struct {
		const char *label, *parent, *child, *want;
	} rows[] = {
		{ "each its own arena", "10000 20 p\n20000 20 p_later\n20080 20 p_other\n",
		  "20000 20 c\n", "[jit]=1/100 p;c=1/100 p;p_later=1/100 p=1/100" },
		{ "the child's map is a copy that went on", "10000 20 p\n20000 20 p_later\n",
		  "10000 20 p\n20000 20 c\n20080 20 c2\n",
		  "c2=1/100 p;c=1/100 p;p_later=1/100 p=1/100" },
		{ "the child's own entry goes first", "10000 20 p\n20000 20 p_later\n",
		  "10000 20 mine\n", "[jit]=1/100 mine;[jit]=1/100 p;p_later=1/100 p=1/100" },
		{ "the child has no map", "10000 20 p\n20000 20 p_later\n", NULL,
		  "[jit]=1/100 p;[jit]=1/100 p;p_later=1/100 p=1/100" },
		{ "the parent has none", NULL, "20000 20 c\n",
		  "[jit];[jit]=1/100 [jit];c=1/100 [jit]=2/200" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct folder f;

		folder_begin(&f);
		scene_begin(&f.s);
		write_forked(&f.s);
		if (rows[i].parent)
			perf_map(&f, PARENT, rows[i].parent);
		if (rows[i].child)
			perf_map(&f, CHILD, rows[i].child);
		folder_walk(&f);
		check_frames(&f, rows[i].want, rows[i].label);
		folder_end(&f);
	}
}

static void grandparents_are_asked_too(void)
{
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_fork(&f.s, 10, CHILD, PARENT);
	scene_fork(&f.s, 20, 9, CHILD);
	SCENE_SAMPLE(&f.s, 30, 9, J);
	perf_map(&f, PARENT, "10000 10 f\n");
	folder_walk(&f);
	check_frames(&f, "f=1/100", "the name");
	check_u64(opened_problems(&f.w.o, PROBLEM_MISSING_PERF_MAP), 0, "nothing is missing");
	folder_end(&f);
}

static void what_is_not_inherited_has_no_names_of_the_parent(void)
{
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_fork(&f.s, 10, CHILD, PARENT);
	scene_exec(&f.s, 20, CHILD, "other");
	scene_jit(&f.s, 21, CHILD, J);
	f.s.img.stamp.time = 10;
	image_fork(&f.s.img, 9, PARENT, 9, PARENT, true);
	scene_jit(&f.s, 21, 9, J);
	SCENE_SAMPLE(&f.s, 30, CHILD, J);
	SCENE_SAMPLE(&f.s, 30, 9, J);
	perf_map(&f, PARENT, "10000 10 f\n");
	folder_walk(&f);
	check_frames(&f, "[jit]=2/200", "after exec, and of a process that perf found running");
	check_u64(opened_problems(&f.w.o, PROBLEM_MISSING_PERF_MAP), 2, "told for each");
	folder_end(&f);
}

static void threads_share_their_processs_map(void)
{
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	scene_jit(&f.s, 1, PARENT, J);
	scene_thread(&f.s, 10, PARENT, CHILD);
	SCENE_THREAD_SAMPLE(&f.s, 30, PARENT, CHILD, J);
	SCENE_SAMPLE(&f.s, 30, PARENT, J);
	perf_map(&f, PARENT, "10000 10 f\n");
	perf_map(&f, CHILD, "10000 10 wrong\n");
	folder_walk(&f);
	check_frames(&f, "f=2/200", "both");
	folder_end(&f);
}

/* ---- maps of other pids, as in containers ---- */

/* Each process that has no map of its own asks for them. */
static void maps_of_other_pids_are_read_once_for_all_processes(void)
{
	enum { PROCESSES = 20 };
	char path[4096];
	struct folder f;

	folder_begin(&f);
	scene_begin(&f.s);
	for (uint32_t i = 0; i < PROCESSES; i++) {
		scene_jit(&f.s, 1, 100 + i, J + i * 2 * SCENE_PAGE);
		SCENE_SAMPLE(&f.s, 5, 100 + i, J + i * 2 * SCENE_PAGE);
	}
	perf_map(&f, CHILD, "10000 10 first\nthis is no entry\n");
	perf_map(&f, 9, "12000 10 second\nneither is this\n");
	folder_walk(&f);
	check_frames(&f, "[jit]=18/1800 first=1/100 second=1/100", "the processes they describe");
	check_u64(opened_problems(&f.w.o, PROBLEM_MATCHED_PERF_MAP), 2, "told");
	check_u64(opened_problems(&f.w.o, PROBLEM_BAD_PERF_MAP), 2, "each line once");
	snprintf(path, sizeof(path), "%s/perf-9.map", f.path);
	unlink(path);
	folder_end(&f);
}

/* ---- /tmp of this machine ---- */

#define SECOND UINT64_C(1000000000)

enum { BEGAN = 1000 };            /* the process, in seconds of the recording's clock */
#define WALL UINT64_C(1700000000) /* ... and of the wall's */

struct tmp_row {
	const char *label;
	const char *host; /* NULL: this one */
	const char *own;  /* a map in the recording directory */
	uint64_t entry;   /* where the entry of the map in /tmp lies */
	int64_t age;      /* seconds by which the file is older than the process */
	bool clock_data, from_the_beginning;
	const char *want;
	uint64_t refused;
};

static const struct tmp_row tmp_rows[] = {
	{ "written while the process ran", NULL, NULL, J, -1, true, false, "f=1/100", 0 },
	{ "in the process's first second", NULL, NULL, J, 0, true, false, "f=1/100", 0 },
	{ "older than the process: of another with its pid", NULL, NULL, J, 1, true, false,
	  "[jit]=1/100", 1 },
	{ "a process that ran before the recording may have an older one", NULL, NULL, J, 500, true,
	  true, "f=1/100", 0 },
	{ "made on another machine", "another.host", NULL, J, -1, true, false, "[jit]=1/100", 1 },
	{ "no entry of it where code was sampled", NULL, NULL, J2, -1, true, false, "[jit]=1/100",
	  1 },
	{ "the recording directory's goes first", NULL, "10000 10 own\n", J, -1, true, false,
	  "own=1/100", 0 },
	{ "without CLOCK_DATA the file's own time is that of the last record", NULL, NULL, J, -1,
	  false, false, "f=1/100", 0 },
	{ "... so that an old map is found out", NULL, NULL, J, 1, false, false, "[jit]=1/100", 1 },
};

static void set_mtime(const char *path, uint64_t seconds)
{
	const struct timespec times[2] = { { (time_t)seconds, 0 }, { (time_t)seconds, 0 } };

	check(utimensat(AT_FDCWD, path, times, 0) == 0, "its time is set");
}

static void check_tmp(const struct tmp_row *r, uint32_t pid, const char *map)
{
	char host[256] = "", path[4096], text[64];
	struct folder f;

	gethostname(host, sizeof(host) - 1);
	folder_begin(&f);
	f.s.options.features.hostname = r->host ? r->host : host;
	if (r->clock_data) {
		f.s.options.features.clock_ns = BEGAN * SECOND;
		f.s.options.features.clock_wall_ns = WALL * SECOND;
	}
	scene_begin(&f.s);
	if (!r->from_the_beginning)
		scene_exec(&f.s, BEGAN * SECOND, pid, "python");
	scene_jit(&f.s, (BEGAN + 1) * SECOND, pid, J);
	SCENE_SAMPLE(&f.s, (BEGAN + 10) * SECOND, pid, J);
	if (r->own)
		perf_map(&f, pid, r->own);
	snprintf(text, sizeof(text), "%llx 10 f\n", (unsigned long long)r->entry);
	write_text(map, text);
	set_mtime(map, (uint64_t)((int64_t)WALL - r->age));
	scene_end(&f.s);
	snprintf(path, sizeof(path), "%s/perf.data", f.path);
	check(image_write(&f.s.img, path), "it is written");
	set_mtime(path, WALL + 10);
	check(walk_path(&f.w, path, NULL), "it is opened");
	walk_symbolize(&f.w);
	check_frames(&f, r->want, "names");
	check_u64(opened_problems(&f.w.o, PROBLEM_REFUSED_PERF_MAP), r->refused, "told");
	snprintf(path, sizeof(path), "%s/perf-%u.map", f.path, pid);
	unlink(path);
	folder_end(&f);
}

static void a_map_in_tmp_must_be_the_processs(void)
{
	uint32_t pid = 0x40000000u + (uint32_t)getpid(); /* no process can have it */
	char map[64];

	snprintf(map, sizeof(map), "/tmp/perf-%u.map", pid);
	for (size_t i = 0; i < sizeof(tmp_rows) / sizeof(tmp_rows[0]); i++) {
		check_in(tmp_rows[i].label);
		check_tmp(&tmp_rows[i], pid, map);
	}
	check_in(NULL);
	unlink(map);
}

int main(void)
{
	names_are_python_functions_or_symbols_of_the_jit();
	a_return_address_is_in_the_function_that_called();
	code_that_is_announced_again_keeps_its_names();
	a_child_has_its_parents_names_in_what_it_inherited();
	grandparents_are_asked_too();
	what_is_not_inherited_has_no_names_of_the_parent();
	threads_share_their_processs_map();
	maps_of_other_pids_are_read_once_for_all_processes();
	a_map_in_tmp_must_be_the_processs();
	return check_done("jitmaps");
}
