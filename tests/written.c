/*
 * tests/written.c - write recordings of what no real one at hand shows, for tests/golden/written.
 *
 * usage: written FOLDER
 *
 * Each case becomes a recording directory, FOLDER/little/CASE, and the same in the other byte order and as a
 * pipe: FOLDER/big/CASE, FOLDER/pipe/CASE.  They all must give the same report.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "tests/scene.h"

/* Pages: files at A and B, JIT code at J and J2, the kernel and a module. */
#define A      UINT64_C(0x1000)
#define B      UINT64_C(0x2000)
#define J      UINT64_C(0x10000)
#define J2     UINT64_C(0x20000)
#define KERNEL UINT64_C(0xffffffff9b000000) /* 0x1a000000 above where kallsyms has it */
#define MODULE UINT64_C(0xffffffffc0400000)

enum { PID = 4200101, OTHER = 4200102, THIRD = 4200103 };

struct written_file {
	const char *name, *text;
};

struct written_case {
	const char *name;
	void (*describe)(struct scene *s); /* before the header is written; NULL: as usual */
	void (*records)(struct scene *s);
	struct written_file files[3];
};

/* ---- equal addresses, other code ---- */

static void two_samples(struct scene *s)
{
	SCENE_SAMPLE(s, 20, PID, A + 0x10, A + 0x20);
	SCENE_SAMPLE(s, 50, PID, A + 0x10, A + 0x20);
}

static void reused_pid(struct scene *s)
{
	scene_comm(s, 5, PID, PID, "one");
	scene_map(s, 10, PID, A, "/opt/one.so");
	scene_exit(s, 30, PID, PID);
	scene_fork(s, 40, PID, 1);
	scene_comm(s, 41, PID, PID, "two");
	scene_map(s, 45, PID, A, "/opt/two.so");
}

static void reused_pid_before(struct scene *s)
{
	reused_pid(s);
	two_samples(s);
}

static void reused_pid_after(struct scene *s)
{
	two_samples(s);
	reused_pid(s);
}

static void exec(struct scene *s)
{
	two_samples(s);
	scene_map(s, 10, PID, A, "/opt/one");
	scene_exec(s, 40, PID, "two");
	scene_map(s, 45, PID, A, "/opt/two");
}

static void dlopen_again(struct scene *s)
{
	scene_map(s, 45, PID, A, "/opt/two.so");
	scene_map(s, 10, PID, A, "/opt/one.so");
	two_samples(s);
}

static void two_processes(struct scene *s)
{
	scene_map(s, 10, PID, A, "/opt/one.so");
	scene_map(s, 10, OTHER, A, "/opt/two.so");
	for (uint64_t time = 20; time < 30; time++)
		SCENE_SAMPLE(s, time, time % 2 ? PID : OTHER, A + 0x10, A + 0x20);
}

/* ---- side-band without times ---- */

static void without_id_all(struct scene *s)
{
	s->events[0].attr.flags &= ~ATTR_SAMPLE_ID_ALL;
}

static void rounds(struct scene *s)
{
	scene_map(s, 0, PID, A, "/opt/one.so");
	SCENE_SAMPLE(s, 120, PID, A);
	SCENE_SAMPLE(s, 100, PID, A);
	image_finished_round(&s->img);
	SCENE_SAMPLE(s, 220, PID, A);
	scene_map(s, 0, PID, A, "/opt/two.so");
	SCENE_SAMPLE(s, 200, PID, A);
	image_finished_round(&s->img);
}

static void without_times(struct scene *s)
{
	s->events[0].attr.sample_type &= ~SAMPLE_TIME;
}

static void positions(struct scene *s)
{
	scene_map(s, 0, PID, A, "/opt/one.so");
	SCENE_SAMPLE(s, 0, PID, A);
	SCENE_SAMPLE(s, 0, PID, A);
	scene_map(s, 0, PID, A, "/opt/two.so");
	SCENE_SAMPLE(s, 0, PID, A);
}

/* ---- tasks ---- */

static void for_each_thread(struct scene *s)
{
	s->events[0].attr.sample_type &= ~SAMPLE_CPU;
	s->events[0].ids[1] = 12;
	s->events[0].n_ids = 2;
}

static void per_thread(struct scene *s)
{
	scene_comm(s, 1, PID, PID, "main");
	scene_thread(s, 5, PID, OTHER);
	scene_comm(s, 6, PID, OTHER, "helper");
	scene_map(s, 7, PID, A, "/opt/one.so");
	SCENE_SAMPLE(s, 20, PID, A);
	s->id = 12;
	SCENE_THREAD_SAMPLE(s, 20, PID, OTHER, A);
}

static void comms(struct scene *s)
{
	scene_map(s, 1, PID, A, "/opt/one.so");
	SCENE_SAMPLE(s, 15, PID, A);
	SCENE_SAMPLE(s, 25, PID, A);
	SCENE_SAMPLE(s, 35, PID, A);
	SCENE_SAMPLE(s, 36, OTHER, A);
	SCENE_SAMPLE(s, 36, 0, A);
	scene_comm(s, 10, PID, PID, "python3");
	scene_comm(s, 20, PID, PID, "a;b\tc");
	scene_fork(s, 30, OTHER, PID);
	scene_exec(s, 34, PID, "ls");
}

/* ---- Python ---- */

static void forked_workers(struct scene *s)
{
	scene_jit(s, 1, PID, J);
	scene_fork(s, 10, OTHER, PID);
	scene_jit(s, 20, OTHER, J2);
	scene_jit(s, 20, PID, J2);
	/* leaf first: the worker's own function, called by what it was in when it was forked */
	SCENE_SAMPLE(s, 30, OTHER, J2 + 4, J + 0x24, J + 4);
	SCENE_SAMPLE(s, 30, PID, J2 + 4, J + 0x24, J + 4);
	SCENE_SAMPLE(s, 30, PID, J + 0x24, J + 4);
}

/* A process that perf found running inherits nothing, whatever its parent has. */
static void found_running(struct scene *s)
{
	scene_jit(s, 1, PID, J);
	s->img.stamp.time = 10;
	image_fork(&s->img, OTHER, PID, OTHER, PID, true);
	SCENE_SAMPLE(s, 20, OTHER, J + 4);
	SCENE_SAMPLE(s, 20, PID, J + 4);
}

static void some_python(struct scene *s, unsigned python, unsigned native)
{
	scene_jit(s, 1, PID, J);
	scene_map(s, 1, PID, A, "/opt/one.so");
	scene_map(s, 1, OTHER, A, "/opt/one.so");
	for (unsigned i = 0; i < python; i++)
		SCENE_SAMPLE(s, 10 + i, PID, A + 0x10, J + 4);
	for (unsigned i = 0; i < native; i++)
		SCENE_SAMPLE(s, 10 + i, OTHER, A + 0x10, A + 0x30);
}

static void half_python(struct scene *s)
{
	some_python(s, 5, 5);
}

static void less_python(struct scene *s)
{
	some_python(s, 5, 6);
}

static void no_python(struct scene *s)
{
	some_python(s, 0, 6);
}

/* An address that ran and a return address, both at a function's first byte; then at a mapping's. */
static void edges(struct scene *s)
{
	scene_jit(s, 1, PID, J);
	scene_jit(s, 1, PID, J + SCENE_PAGE);
	SCENE_SAMPLE(s, 10, PID, J + 0x20, J + 0x20);
	SCENE_SAMPLE(s, 10, PID, J + SCENE_PAGE, J + SCENE_PAGE);
}

/* ---- contexts ---- */

static void sample_in(struct scene *s, uint16_t cpumode, uint64_t ip, const uint64_t *chain,
		      size_t n)
{
	scene_chain(s, &(struct scene_chain){ .time = 20,
					      .ip = ip,
					      .pid = PID,
					      .tid = PID,
					      .cpumode = cpumode,
					      .chain = chain,
					      .n = n });
}

#define CHAIN(...) (const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8

static void kernel(struct scene *s)
{
	scene_kernel_map(s, KERNEL, UINT64_C(0xffffffff00000000) - KERNEL, KERNEL,
			 "[kernel.kallsyms]_text");
	scene_kernel_map(s, MODULE, 0x4000, 0, "/lib/modules/6.1.0/kernel/fs/my-fs.ko.xz");
	s->img.stamp.time = 5;
	image_ksymbol(&s->img, MODULE + 0x8000, 0x100, 1, 0, "bpf_prog_0123_count");
	scene_map(s, 6, PID, A, "/opt/one.so");
	sample_in(s, MISC_KERNEL, KERNEL + 0x210,
		  CHAIN(CONTEXT_KERNEL, KERNEL + 0x210, KERNEL + 0x120, CONTEXT_USER, A));
	sample_in(s, MISC_KERNEL, MODULE + 0x10,
		  CHAIN(CONTEXT_KERNEL, MODULE + 0x10, KERNEL + 0x120, CONTEXT_USER, A));
	sample_in(s, MISC_KERNEL, MODULE + 0x8010,
		  CHAIN(CONTEXT_KERNEL, MODULE + 0x8010, KERNEL + 0x120, CONTEXT_USER, A));
}

static void odd_chains(struct scene *s)
{
	scene_map(s, 1, PID, A, "/opt/one.so");
	scene_map(s, 1, PID, B, "/opt/two.so");
	sample_in(s, MISC_USER, A, CHAIN(CONTEXT_USER, A, (uint64_t)-99, B));
	sample_in(s, MISC_USER, A, NULL, 0);
	sample_in(s, MISC_USER, A, CHAIN(CONTEXT_USER, B, B + 0x10)); /* PEBS */
	sample_in(s, MISC_USER, 0x9000, CHAIN(CONTEXT_USER, 0x9000, A + 0x10));
	sample_in(s, MISC_USER, 0, CHAIN(CONTEXT_USER));
}

static void guests(struct scene *s)
{
	scene_map(s, 1, PID, A, "/opt/one.so");
	sample_in(s, MISC_GUEST_USER, A, CHAIN(CONTEXT_GUEST_USER, A, A + 0x10));
	sample_in(s, MISC_GUEST_KERNEL, KERNEL, NULL, 0);
	sample_in(s, MISC_HYPERVISOR, KERNEL, CHAIN(CONTEXT_HV, KERNEL));
	sample_in(s, MISC_USER, A, CHAIN(CONTEXT_USER, A));
}

static void deferring(struct scene *s)
{
	s->events[0].attr.flags |= ATTR_DEFER_CALLCHAIN;
}

static void deferred(struct scene *s)
{
	scene_map(s, 1, PID, A, "/opt/one.so");
	sample_in(s, MISC_KERNEL, KERNEL, CHAIN(CONTEXT_KERNEL, KERNEL, CONTEXT_USER_DEFERRED, 1));
	sample_in(s, MISC_KERNEL, KERNEL, CHAIN(CONTEXT_KERNEL, KERNEL, CONTEXT_USER_DEFERRED, 1));
	s->img.stamp = (struct image_stamp){ .time = 30, .pid = PID, .tid = PID, .id = 11 };
	image_deferred(&s->img, 1, CHAIN(CONTEXT_USER, A, A + 0x10));
	sample_in(s, MISC_KERNEL, KERNEL, CHAIN(CONTEXT_KERNEL, KERNEL, CONTEXT_USER_DEFERRED, 2));
	scene_exit(s, 40, PID, PID);
	sample_in(s, MISC_KERNEL, KERNEL, CHAIN(CONTEXT_KERNEL, KERNEL, CONTEXT_USER_DEFERRED, 3));
}

/* ---- several events ---- */

static void group(struct scene *s)
{
	scene_add_event(s, "page-faults");
	scene_add_event(s, "never");
	s->events[1].attr.config = 2;
	s->events[2].attr.config = COUNT_SW_DUMMY;
	for (size_t e = 0; e < 3; e++) {
		s->events[e].attr.sample_type |= SAMPLE_READ;
		s->events[e].attr.read_format = FORMAT_GROUP | FORMAT_ID;
		s->events[e].attr.flags |= ATTR_INHERIT;
	}
}

static void group_sample(struct scene *s, uint32_t tid, uint64_t addr, uint64_t clock,
			 uint64_t faults)
{
	const struct image_read_value reads[] = { { clock, s->events[0].ids[0], 0 },
						  { faults, s->events[1].ids[0], 0 },
						  { 0, s->events[2].ids[0], 0 } };
	const uint64_t chain[] = { CONTEXT_USER, addr };

	image_sample(&s->img, &(struct image_sample){ .misc = MISC_USER,
						      .id = s->events[0].ids[0],
						      .ip = addr,
						      .pid = PID,
						      .tid = tid,
						      .time = 20,
						      .reads = reads,
						      .n_reads = 3,
						      .chain = chain,
						      .n_chain = 2 });
}

static void leader(struct scene *s)
{
	scene_map(s, 1, PID, A, "/opt/one.so");
	scene_map(s, 1, PID, B, "/opt/two.so");
	group_sample(s, PID, A, 1000, 2);
	group_sample(s, PID, B, 1500, 2);
	group_sample(s, OTHER, B, 700, 5); /* inherited: from 0 in each thread */
	group_sample(s, PID, A, 1500, 2);  /* nothing increased */
}

/* ---- sizes ---- */

static void long_records(struct scene *s)
{
	enum { N = 8183 }; /* a sample of 65528 bytes */
	uint64_t *chain = mem_calloc(N, sizeof(*chain));
	uint8_t *junk = mem_calloc(UINT16_MAX, 1);

	chain[0] = CONTEXT_USER;
	for (size_t i = 1; i < N; i++)
		chain[i] = A + 0x10;
	scene_map(s, 1, PID, A, "/opt/one.so");
	sample_in(s, MISC_USER, A + 0x10, chain, N);
	image_record(&s->img, 200, 0, junk, UINT16_MAX - 8); /* what follows is not aligned */
	sample_in(s, MISC_USER, A + 0x10, chain, N);
	free(chain);
	free(junk);
}

static void only_side_band(struct scene *s)
{
	scene_comm(s, 1, PID, PID, "idle");
	scene_map(s, 1, PID, A, "/opt/one.so");
}

/* ---- all of them ---- */

static const char kallsyms[] = "ffffffff81000000 T _text\n"
			       "ffffffff81000100 T do_syscall_64\n"
			       "ffffffff81000200 t vfs_read\n"
			       "ffffffff81001000 T _etext\n"
			       "ffffffffa6400000 t of_another_boot\t[other]\n";

#define FORKED_MAP                                                              \
	{                                                                       \
		"perf-4200101.map", "10000 20 py::main:/srv/app.py\n"           \
				    "10020 20 py::spawn:/srv/app.py\n"          \
				    "20000 20 py::parent work:/srv/my app.py\n" \
	}
#define PYTHON_MAP                                                    \
	{                                                             \
		"perf-4200101.map", "10000 20 py::main:/srv/app.py\n" \
	}

static const struct written_case cases[] = {
	{ "reused-pid", NULL, reused_pid_before, { { 0 } } },
	{ "reused-pid-late", NULL, reused_pid_after, { { 0 } } },
	{ "exec", NULL, exec, { { 0 } } },
	{ "dlopen", NULL, dlopen_again, { { 0 } } },
	{ "two-processes", NULL, two_processes, { { 0 } } },
	{ "rounds", without_id_all, rounds, { { 0 } } },
	{ "positions", without_times, positions, { { 0 } } },
	{ "per-thread", for_each_thread, per_thread, { { 0 } } },
	{ "comms", NULL, comms, { { 0 } } },
	{ "forked-workers",
	  NULL,
	  forked_workers,
	  { FORKED_MAP, { "perf-4200102.map", "20000 20 py::work:/srv/app.py\n" } } },
	{ "found-running", NULL, found_running, { FORKED_MAP } },
	{ "half-python", NULL, half_python, { PYTHON_MAP } },
	{ "less-python", NULL, less_python, { PYTHON_MAP } },
	{ "no-python", NULL, no_python, { PYTHON_MAP } },
	{ "edges",
	  NULL,
	  edges,
	  { { "perf-4200101.map",
	      "10000 20 calls\n10020 20 runs;1\n10ff0 10 the last one\n11000 20 the next\n" } } },
	{ "kernel", NULL, kernel, { { "kallsyms", kallsyms } } },
	{ "odd-chains", NULL, odd_chains, { { 0 } } },
	{ "guests", NULL, guests, { { 0 } } },
	{ "deferred", deferring, deferred, { { 0 } } },
	{ "leader", group, leader, { { 0 } } },
	{ "long-records", NULL, long_records, { { 0 } } },
	{ "only-side-band", NULL, only_side_band, { { 0 } } },
};

struct variant {
	const char *name;
	bool big_endian;
	enum image_container container;
};

static const struct variant variants[] = {
	{ "little", false, IMAGE_FILE },
	{ "big", true, IMAGE_FILE },
	{ "pipe", false, IMAGE_PIPE },
};

static void die(const char *path)
{
	perror(path);
	exit(1);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) != 0)
		die(path);
}

static void write_file(const char *folder, const struct written_file *file)
{
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, file->name);
	f = fopen(path, "wbe");
	if (!f || fputs(file->text, f) < 0 || fclose(f) != 0)
		die(path);
}

static void write_case(const struct written_case *c, const struct variant *v, const char *folder)
{
	char path[4200];
	struct scene s;

	make_folder(folder);
	scene_init(&s);
	s.options.big_endian = v->big_endian;
	s.options.container = v->container;
	if (c->describe)
		c->describe(&s);
	scene_begin(&s);
	c->records(&s);
	scene_end(&s);
	snprintf(path, sizeof(path), "%s/perf.data", folder);
	if (!image_write(&s.img, path))
		die(path);
	scene_free(&s);
	for (size_t i = 0; i < sizeof(c->files) / sizeof(c->files[0]) && c->files[i].name; i++)
		write_file(folder, &c->files[i]);
}

int main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: written FOLDER\n");
		return 2;
	}
	for (size_t v = 0; v < sizeof(variants) / sizeof(variants[0]); v++) {
		snprintf(path, sizeof(path), "%s/%s", argv[1], variants[v].name);
		make_folder(path);
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			snprintf(path, sizeof(path), "%s/%s/%s", argv[1], variants[v].name,
				 cases[i].name);
			write_case(&cases[i], &variants[v], path);
		}
	}
	return 0;
}
