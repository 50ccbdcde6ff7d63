/*
 * tests/bench/many.c - write recordings with very many of one kind of thing, each of which must cost what one costs.
 *
 *	many FOLDER SHAPE N
 *
 * writes FOLDER/perf.data, and what belongs beside it; the folder exists.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scene.h"

enum { FIRST_PID = 1000, FOREIGN_PID = 5000000, CODE = 0x10000, FILES = 0x100000 };

/* ---- shapes ---- */

/* Processes with JIT code, without maps. */
static void write_processes(struct scene *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		scene_jit(s, 1, FIRST_PID + i, CODE + (uint64_t)SCENE_PAGE * 2 * i);
		SCENE_SAMPLE(s, 10 + i, FIRST_PID + i, CODE + (uint64_t)SCENE_PAGE * 2 * i);
	}
}

/* As many maps of pids that were not recorded; each process's code is described by one. */
static bool write_maps(const char *folder, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/perf-%" PRIu32 ".map", folder, FOREIGN_PID + i);
		f = fopen(path, "we");
		if (!f)
			return false;
		for (int line = 0; line < 100; line++)
			fprintf(f, "%" PRIx64 " 10 function_%d\n",
				(uint64_t)CODE + (uint64_t)SCENE_PAGE * 2 * i + (uint64_t)line * 16,
				line);
		if (fclose(f) != 0)
			return false;
	}
	return true;
}

/* Files that were sampled and are not there. */
static void write_objects(struct scene *s, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		char name[64];

		snprintf(name, sizeof(name), "/nowhere/file_%" PRIu32, i);
		scene_map(s, 1, FIRST_PID, FILES + (uint64_t)SCENE_PAGE * i, name);
	}
	for (uint32_t i = 0; i < n; i++)
		SCENE_SAMPLE(s, 10 + i, FIRST_PID, FILES + (uint64_t)SCENE_PAGE * i);
}

/* Samples of one thread that wait for their user chains, which come when all are there. */
static void write_deferred(struct scene *s, uint32_t n)
{
	const uint64_t user[] = { CONTEXT_USER, FILES };

	scene_map(s, 1, FIRST_PID, FILES, "/nowhere/program");
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t chain[] = { CONTEXT_USER_DEFERRED, i + 1 };

		scene_chain(s, &(struct scene_chain){ .time = 10 + i,
						      .pid = FIRST_PID,
						      .tid = FIRST_PID,
						      .cpumode = MISC_KERNEL,
						      .chain = chain,
						      .n = 2 });
	}
	for (uint32_t i = n; i-- > 0;)
		image_deferred(&s->img, i + 1, user, 2);
}

/* Events, of which each stack has one. */
static void write_stacks(struct scene *s, uint32_t n_events)
{
	enum { STACKS = 6 };

	scene_map(s, 1, FIRST_PID, FILES, "/nowhere/program");
	for (uint32_t i = 0; i < STACKS * n_events; i++) {
		s->event = i % n_events;
		s->id = s->event + 1;
		SCENE_SAMPLE(s, 10 + i, FIRST_PID, FILES + i % SCENE_PAGE, FILES + i / SCENE_PAGE);
	}
}

/* ---- the command ---- */

static const struct shape {
	const char *name;
	void (*write)(struct scene *s, uint32_t n);
	bool maps, events;
} shapes[] = {
	{ "processes", write_processes, false, false },
	{ "foreign-maps", write_processes, true, false },
	{ "missing-files", write_objects, false, false },
	{ "deferred-chains", write_deferred, false, false },
	{ "events", write_stacks, false, true },
};

static bool write_recording(const char *folder, const struct shape *shape, uint32_t n)
{
	struct image_event *events = calloc(shape->events ? n : 1, sizeof(*events));
	char path[4096];
	struct scene s;
	bool ok;

	if (!events)
		return false;
	scene_init(&s);
	for (uint32_t i = 0; shape->events && i < n; i++) {
		events[i] = s.events[0];
		events[i].ids[0] = i + 1;
	}
	if (shape->events) {
		s.options.events = events;
		s.options.n_events = n;
	}
	scene_begin(&s);
	shape->write(&s, n);
	scene_end(&s);
	snprintf(path, sizeof(path), "%s/perf.data", folder);
	ok = image_write(&s.img, path) && (!shape->maps || write_maps(folder, n));
	scene_free(&s);
	free(events);
	return ok;
}

int main(int argc, char **argv)
{
	if (argc == 4)
		for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
			if (strcmp(argv[2], shapes[i].name) == 0)
				return write_recording(argv[1], &shapes[i],
						       (uint32_t)strtoul(argv[3], NULL, 10))
					       ? 0
					       : 1;
	fputs("usage: many FOLDER processes|foreign-maps|missing-files|deferred-chains|events N\n",
	      stderr);
	return 2;
}
