/*
 * tests/unit/unnamed.c - samples in code without a name, by object (report/unnamed.h).
 */
#include "report/unnamed.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { A = 0x1000, B = 0x2000, J = 0x10000, NOWHERE = 0x90000 };

static void samples_count_where_they_end_and_jit_code_wherever_it_is(void)
{
	struct unnamed u;
	struct walked w;
	struct scene s;

	scene_init(&s);
	scene_add_event(&s, "faults");
	scene_begin(&s);
	scene_map(&s, 1, 7, A, "/a");
	scene_map(&s, 1, 7, B, "/b");
	scene_jit(&s, 1, 7, J);
	SCENE_SAMPLE(&s, 5, 7, A + 1);
	SCENE_SAMPLE(&s, 6, 7, A + 1);
	SCENE_SAMPLE(&s, 7, 7, A + 9, B + 1);
	s.event = 1;
	SCENE_SAMPLE(&s, 8, 7, B + 5, J + 1, J + 9, A + 1);
	s.event = 0;
	SCENE_SAMPLE(&s, 9, 7, J + 1);
	SCENE_SAMPLE(&s, 10, 7, NOWHERE, J + 9);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	walk_symbolize(&w);
	unnamed_init(&u, w.collected.tree, &w.functions, &w.frames, w.o.texts);
	check_u64(unnamed_in(&u, "/a"), 3, "in a file");
	check_u64(unnamed_in(&u, "/b"), 1, "of another event");
	check_u64(unnamed_in(&u, "[jit]"), 1, "in JIT code");
	check_u64(unnamed_in(&u, "/none"), 0, "in a file that was never sampled");
	check_u64(unnamed_in(&u, ""), 6, "anywhere");
	check_u64(u.jit, 3, "with JIT code in their stack, each once");
	unnamed_done(&u);
	walk_done(&w);
	scene_free(&s);
}

/* A recording can have as many files as it has records. */
static void very_many_objects_are_kept_apart(void)
{
	enum { MANY = 20000 };
	struct unnamed u;
	struct walked w;
	struct scene s;
	size_t right = 0;
	char name[32];

	scene_init(&s);
	scene_begin(&s);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "/nowhere/%u", (unsigned)i);
		scene_map(&s, 1, 7, A + (uint64_t)i * SCENE_PAGE, name);
	}
	for (uint32_t i = 0; i < 2 * MANY; i++)
		SCENE_SAMPLE(&s, 5 + i, 7, A + (uint64_t)(i * i % MANY) * SCENE_PAGE);
	scene_end(&s);
	check(walk_image(&w, &s.img, NULL), "opened");
	walk_symbolize(&w);
	unnamed_init(&u, w.collected.tree, &w.functions, &w.frames, w.o.texts);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "/nowhere/%u", (unsigned)i);
		right += unnamed_in(&u, name) > 0;
	}
	check_u64(right, u.objects.n, "each that was sampled is found");
	check(right > MANY / 100, "and they are many");
	check_u64(u.all, (uint64_t)2 * MANY, "all samples");
	unnamed_done(&u);
	walk_done(&w);
	scene_free(&s);
}

int main(void)
{
	samples_count_where_they_end_and_jit_code_wherever_it_is();
	very_many_objects_are_kept_apart();
	return check_done("unnamed");
}
