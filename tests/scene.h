/*
 * tests/scene.h - small recordings of made-up processes, a line for each record.
 *
 *	struct scene s;
 *
 *	scene_init(&s);
 *	s.options.big_endian = true;            what differs from the usual
 *	scene_begin(&s);
 *	scene_map(&s, 10, 7, 0x1000, "/a.so");  at time 10 process 7 maps 4 KiB
 *	SCENE_SAMPLE(&s, 20, 7, 0x1010, 0x1020);  leaf first, as the kernel writes it
 *	scene_end(&s);
 *	... s.img ...
 *	scene_free(&s);
 *
 * Records lie in the file in the order of the calls, whatever their times.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/image.h"

enum { SCENE_EVENTS = 3, SCENE_PAGE = 0x1000, SCENE_PERIOD = 100 };

struct scene {
	struct image img;
	struct image_options options; /* changed between scene_init() and scene_begin() */
	struct image_event events[SCENE_EVENTS];
	uint64_t weight; /* of the samples to come */
	size_t event;    /* of the samples to come */
	uint64_t id;     /* ... and their counter; 0: the event's first */
};

/* One event, cpu-clock, with call chains, times, periods and sample_id_all. */
void scene_init(struct scene *s);
/* Give the scene one more event, like the first but of another name. */
void scene_add_event(struct scene *s, const char *name);
void scene_begin(struct scene *s);
void scene_end(struct scene *s);
void scene_free(struct scene *s);

/* Executable mappings of one page: of a file, of a JIT compiler, of the kernel or a module. */
void scene_map(struct scene *s, uint64_t time, uint32_t pid, uint64_t start, const char *file);
void scene_jit(struct scene *s, uint64_t time, uint32_t pid, uint64_t start);
void scene_arena(struct scene *s, uint64_t time, uint32_t pid, uint64_t start, uint64_t len);
void scene_kernel_map(struct scene *s, uint64_t start, uint64_t len, uint64_t pgoff,
		      const char *name);

void scene_comm(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid, const char *comm);
void scene_exec(struct scene *s, uint64_t time, uint32_t pid, const char *comm);
void scene_fork(struct scene *s, uint64_t time, uint32_t pid, uint32_t ppid);
void scene_thread(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid);
void scene_exit(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid);

/* A sample with exactly these numbers in its chain. */
struct scene_chain {
	uint64_t time, ip;
	uint32_t pid, tid;
	uint16_t cpumode;
	const uint64_t *chain;
	size_t n;
};
void scene_chain(struct scene *s, const struct scene_chain *c);

/* A user sample of a thread: the marker and these addresses, leaf first; its ip is the leaf. */
void scene_sample(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid,
		  const uint64_t *addresses, size_t n);

#define SCENE_THREAD_SAMPLE(scene, time, pid, tid, ...)                        \
	scene_sample(scene, time, pid, tid, (const uint64_t[]){ __VA_ARGS__ }, \
		     sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))
#define SCENE_SAMPLE(scene, time, pid, ...) SCENE_THREAD_SAMPLE(scene, time, pid, pid, __VA_ARGS__)

#endif
