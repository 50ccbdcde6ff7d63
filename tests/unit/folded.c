/*
 * tests/unit/folded.c - distinct stacks as lines (report/folded.h, render/folded.c).
 */
#include "report/folded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "render/renderers.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static void check_lines(const struct profile *p, const struct folded_options *options,
			const char *want, const char *row)
{
	struct folded *f = folded_new(p, options, texts);
	struct capture c;

	render_folded(capture_begin(&c), f);
	check_text(capture_end(&c), want, row);
	capture_free(&c);
	folded_free(f);
}

static void each_stack_is_one_line_in_the_order_of_its_labels(void)
{
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_stack(&m, "main;b;leaf", 0, 2, 70);
	maker_stack(&m, "main;a", 0, 1, 1000);
	maker_stack(&m, "main;a;a;a", 0, 3, 5);
	maker_stack(&m, "idle", 0, 4, 6);
	maker_stack(&m, "main;a", 1, 9, 90);
	maker_stack(&m, "main;b", 0, 1, 0);
	p = maker_end(&m);
	check_lines(p, &(struct folded_options){ .event = 0 },
		    "idle 4\nmain;a 1\nmain;a;a;a 3\nmain;b 1\nmain;b;leaf 2\n", "samples");
	check_lines(p, &(struct folded_options){ .event = 0, .weight = true },
		    "idle 6\nmain;a 1000\nmain;a;a;a 5\nmain;b;leaf 70\n",
		    "weights: without a weight no line");
	check_lines(p, &(struct folded_options){ .event = 1 }, "main;a 9\n", "the other event");
	check_lines(p, &(struct folded_options){ .event = 2 }, "", "an event that is not there");
	check_lines(p, &(struct folded_options){ .event = 1, .full_names = true },
		    "main (/lib/made.so);a (/lib/made.so) 9\n", "full names");
	profile_free(p);
}

static void functions_that_are_written_alike_are_one_frame(void)
{
	struct function a = { .kind = KIND_NATIVE, .name = "f", .object = "/a.so" };
	struct function b = { .kind = KIND_NATIVE, .name = "f", .object = "/b.so" };
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &a);
	maker_function(&m, &b);
	maker_frames(&m, (uint32_t[]){ 0, 1 }, 2, 0, 1, 1);
	maker_frames(&m, (uint32_t[]){ 1, 0 }, 2, 0, 2, 2);
	maker_frames(&m, (uint32_t[]){ 1, 1 }, 2, 0, 4, 4);
	p = maker_end(&m);
	check_lines(p, &(struct folded_options){ .event = 0 }, "f;f 7\n", "one line");
	check_lines(p, &(struct folded_options){ .event = 0, .full_names = true },
		    "f (/a.so);f (/b.so) 1\nf (/b.so);f (/a.so) 2\nf (/b.so);f (/b.so) 4\n",
		    "three with full names");
	profile_free(p);
}

static void samples_without_frames_are_unknown(void)
{
	struct function task = { .kind = KIND_TASK, .name = "python-1/2" };
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &task);
	maker_stack(&m, "", 0, 5, 5);
	maker_stack(&m, "[unknown]", 0, 1, 1);
	maker_stack(&m, "python-1/2", 0, 2, 2);
	p = maker_end(&m);
	check_lines(p, &(struct folded_options){ .event = 0 }, "[unknown] 6\npython-1/2 2\n",
		    "as the frame of that name; a task stays a task");
	profile_free(p);
}

static void an_empty_profile_has_no_lines(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, n_events);
		p = maker_end(&m);
		check_lines(p, &(struct folded_options){ .event = 0 }, "", "nothing");
		profile_free(p);
	}
	folded_free(NULL);
}

static void a_sum_beyond_64_bits_is_told(void)
{
	struct folded *f;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "a", 0, 1, UINT64_MAX);
	maker_stack(&m, "b", 0, 1, 1);
	p = maker_end(&m);
	f = folded_new(p, &(struct folded_options){ .weight = true }, texts);
	check(f->overflow && f->sum == UINT64_MAX, "told");
	folded_free(f);
	check_lines(p, &(struct folded_options){ .weight = true }, "a 18446744073709551615\nb 1\n",
		    "the lines are right");
	profile_free(p);
}

/* ---- random stacks ---- */

/* The stacks as lines without numbers, to be freed. */
static char **lines_of(const struct profile *p, const struct stack *stacks, size_t n)
{
	char **lines = mem_calloc(n, sizeof(char *));

	for (size_t i = 0; i < n; i++) {
		const struct stack *s = &stacks[i];
		char line[16 * DEEPEST] = "[unknown]";
		size_t at = 0;

		for (size_t d = 0; d < s->depth; d++)
			at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%s", d ? ";" : "",
					       p->functions[s->frames[d]].name);
		lines[i] = mem_text(line, strlen(line));
	}
	return lines;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every line of the output is a distinct stack of the list, with the samples of all that are equal. */
static void compare_lines(char *text, const struct profile *p, const struct stack *stacks,
			  const struct shape *shape)
{
	char **wanted = lines_of(p, stacks, shape->stacks);
	char **lines = mem_calloc(shape->stacks + 1, sizeof(char *));
	uint64_t added = 0;
	bool right = true, distinct = true;
	size_t n = 0;

	for (char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		char *blank;
		uint64_t value, want = 0;

		*end = '\0';
		blank = strrchr(text, ' ');
		value = strtoull(blank, NULL, 10);
		*blank = '\0';
		for (size_t i = 0; i < shape->stacks; i++)
			if (stacks[i].event == 0 && strcmp(wanted[i], text) == 0)
				want += stacks[i].cost.samples;
		right &= value == want && value > 0;
		added += value;
		lines[n++] = text;
	}
	qsort(lines, n, sizeof(char *), by_text);
	for (size_t i = 1; i < n; i++)
		distinct &= strcmp(lines[i - 1], lines[i]) != 0;
	check(right, "each line has the samples of its stack");
	check(distinct, "no stack comes twice");
	check_u64(added, p->events[0].sum.samples, "the lines add up to all samples");
	for (size_t i = 0; i < shape->stacks; i++)
		free(wanted[i]);
	free(wanted);
	free(lines);
}

static void the_lines_are_the_stacks_that_went_in(void)
{
	static const struct shape shapes[] = {
		{ .label = "few functions",
		  .functions = 3,
		  .stacks = 400,
		  .deepest = 5,
		  .events = 2 },
		{ .label = "many", .functions = 60, .stacks = 400, .deepest = 50, .events = 2 },
		{ .label = "tasks",
		  .functions = 12,
		  .stacks = 400,
		  .deepest = 4,
		  .events = 2,
		  .tasks = 3 },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		for (uint64_t seed = 0; seed < 10; seed++) {
			struct stack *stacks = random_stacks(&shapes[i], seed);
			struct profile *p = profile_of_stacks(texts, &shapes[i], stacks);
			struct folded *f =
				folded_new(p, &(struct folded_options){ .event = 0 }, texts);
			struct capture c;

			check_in(shapes[i].label);
			render_folded(capture_begin(&c), f);
			capture_end(&c);
			compare_lines(c.text, p, stacks, &shapes[i]);
			check_u64(f->sum, p->events[0].sum.samples, "and the model says so");
			capture_free(&c);
			folded_free(f);
			profile_free(p);
			free(stacks);
		}
	}
	check_in(NULL);
}

int main(void)
{
	texts = texts_new();
	each_stack_is_one_line_in_the_order_of_its_labels();
	functions_that_are_written_alike_are_one_frame();
	samples_without_frames_are_unknown();
	an_empty_profile_has_no_lines();
	a_sum_beyond_64_bits_is_told();
	the_lines_are_the_stacks_that_went_in();
	texts_free(texts);
	return check_done("folded");
}
