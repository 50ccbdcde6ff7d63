/*
 * tests/fixtures.c - write the recordings that script suites want at test time.
 *
 * usage: fixtures recursion FILE
 *
 * recursion: two events; Python and JIT functions that call each other and themselves at random; their names
 * are in a perf map beside FILE.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/perf_format.h"
#include "tests/make_profile.h"
#include "tests/scene.h"

enum { PID = 4300101, FUNCTIONS = 14, PYTHON = 9, CODE = 0x40, SAMPLES = 600 };

static const uint64_t code_start = 0x10000;

/* perf-PID.map in the folder of `file`. */
static bool write_map(const char *file)
{
	const char *slash = strrchr(file, '/');
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%.*sperf-%d.map", slash ? (int)(slash + 1 - file) : 0, file,
		 PID);
	f = fopen(path, "we");
	if (!f)
		return false;
	for (unsigned i = 0; i < FUNCTIONS; i++) {
		fprintf(f, "%" PRIx64 " %x ", code_start + i * CODE, (unsigned)CODE);
		if (i < PYTHON)
			fprintf(f, "py::Calls.f%u:/srv/app/calls%u.py\n", i, i % 2);
		else
			fprintf(f, "jit_f%u\n", i);
	}
	return fclose(f) == 0;
}

static void put_samples(struct scene *s)
{
	static const struct shape shape = {
		.functions = FUNCTIONS, .stacks = SAMPLES, .deepest = 25, .events = 2
	};
	struct stack *stacks = random_stacks(&shape, 14);

	for (size_t i = 0; i < SAMPLES; i++) {
		uint64_t addresses[DEEPEST];
		size_t depth = stacks[i].depth;

		if (!depth) /* somewhere outside of any mapping */
			addresses[depth++] = 8;
		else
			for (size_t d = 0; d < depth; d++) /* leaf first */
				addresses[d] =
					code_start + stacks[i].frames[depth - 1 - d] * CODE + 8;
		s->event = stacks[i].event;
		s->weight = 1 + stacks[i].cost.weight;
		scene_sample(s, 100 + i, PID, PID, addresses, depth);
	}
	free(stacks);
}

static bool write_recursion(const char *file)
{
	struct scene s;
	bool ok;

	scene_init(&s);
	scene_add_event(&s, "page-faults");
	s.events[1].attr.config = 2; /* PERF_COUNT_SW_PAGE_FAULTS */
	scene_begin(&s);
	scene_comm(&s, 1, PID, PID, "recursion");
	scene_jit(&s, 2, PID, code_start);
	put_samples(&s);
	scene_end(&s);
	ok = image_write(&s.img, file) && write_map(file);
	scene_free(&s);
	return ok;
}

int main(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[1], "recursion") != 0) {
		fprintf(stderr, "usage: fixtures recursion FILE\n");
		return 2;
	}
	if (!write_recursion(argv[2])) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
