/*
 * tests/unit/view.c - what each view shows of the same stacks (report/view.h).
 *
 * Stacks are written as "main f:p _PyEval_Vector:i sorted:i": the outermost frame first, behind each name
 * what it is: p Python, i CPython's interpreter, j JIT code, k kernel, c the kernel without a symbol, u unknown, t a
 * task, o an object without symbols, none: a symbol of some library.  "+g" behind a frame is inlined in it.
 */
#include "report/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { INSTANCE = 2 };

/* A call tree under construction; its recording says which events there are. */
struct drawing {
	struct walked w;
	struct sampled_event *events;
	uint32_t n_frames;
	const char *frames[64]; /* by location, as written */
};

static void drawing_begin(struct drawing *d)
{
	struct scene s;

	*d = (struct drawing){ 0 };
	scene_init(&s);
	scene_add_event(&s, "page-faults");
	s.events[1].attr.config = 2;
	scene_add_event(&s, "cycles:u");
	s.events[2].attr =
		(struct attr){ .type = TYPE_HARDWARE,
			       .flags = ATTR_FREQ | ATTR_SAMPLE_ID_ALL,
			       .sample_period = 99,
			       .sample_type = s.events[0].attr.sample_type & ~SAMPLE_PERIOD };
	scene_begin(&s);
	scene_comm(&s, 1, 1, 1, "sh"); /* a recording without records is an unfinished one */
	scene_end(&s);
	walk_image(&d->w, &s.img, NULL);
	scene_free(&s);
	d->events = sampled_events(d->w.o.recording);
	d->w.frames.first = mem_calloc(65, sizeof(uint32_t));
	d->w.frames.functions = mem_calloc(130, sizeof(uint32_t));
}

static void drawing_end(struct drawing *d)
{
	free(d->events);
	walk_done(&d->w);
}

static const char *text(struct drawing *d, const char *s)
{
	return texts_add_z(d->w.o.texts, s);
}

/* The index of the function "name:what". */
static uint32_t function(struct drawing *d, const char *name, size_t len, char what)
{
	struct texts *texts = d->w.o.texts;
	struct function f = {
		.kind = KIND_NATIVE,
		.name = texts_add(texts, name, len),
		.symbol = text(d, ""),
		.module = text(d, ""),
		.file = text(d, ""),
		.object = text(d, "/usr/lib/libz.so.1"),
	};

	switch (what) {
	case 'p':
		f.kind = KIND_PYTHON;
		f.object = text(d, "");
		break;
	case 'i':
		f.object = text(d, "/usr/bin/python3.12");
		f.placeholder = name[0] == '[';
		break;
	case 'j':
		f.object = text(d, "[jit]");
		break;
	case 'k':
	case 'c':
		f.kind = KIND_KERNEL;
		f.object = text(d, "[kernel.kallsyms]");
		f.placeholder = what == 'c';
		break;
	case 'u':
		f.kind = KIND_UNKNOWN;
		f.object = text(d, "");
		f.placeholder = true;
		break;
	case 't':
		f.kind = KIND_TASK;
		f.object = text(d, "");
		break;
	case 'o':
		f.placeholder = true;
		break;
	default:
		break;
	}
	return functions_add(&d->w.functions, &f);
}

/* The location of a frame as written; each is one. */
static uint32_t location(struct drawing *d, const char *frame)
{
	struct frames *frames = &d->w.frames;
	struct location l = { .exact = true };
	const char *at = frame;
	uint32_t i = 0, n;

	while (i < d->n_frames && strcmp(d->frames[i], frame) != 0)
		i++;
	l.addr = i;
	l.owner.i = strstr(frame, ":p") ? INSTANCE : 0;
	l.space = strstr(frame, ":t") ? SPACE_TASK : SPACE_USER;
	if (i < d->n_frames)
		return calltree_location(d->w.collected.tree, &l);
	d->frames[d->n_frames++] = text(d, frame);
	for (n = frames->first[i]; *at; n++) {
		size_t part = strcspn(at, "+"), name = strcspn(at, ":+");

		frames->functions[n] = function(d, at, name, name < part ? at[name + 1] : 'n');
		at += part + (at[part] == '+');
	}
	frames->first[i + 1] = n;
	return calltree_location(d->w.collected.tree, &l);
}

/* One sample in a stack; "" is one without any frame. */
static void stack(struct drawing *d, const char *frames, size_t event, uint64_t weight)
{
	struct calltree *t = d->w.collected.tree;
	uint32_t node = 0;

	while (*frames) {
		size_t len = strcspn(frames, " ");
		const char *frame = texts_add(d->w.o.texts, frames, len);

		node = calltree_child(t, node, location(d, frame));
		frames += len + (frames[len] == ' ');
	}
	calltree_count(t, calltree_row(t, node), event, weight);
}

/* ---- what is shown ---- */

struct view_row {
	const char *label, *stack;
	const char *python, *native, *mixed;
};

#define EVAL "_PyEval_EvalFrameDefault:i"

static const struct view_row rows[] = {
	{ "one Python function", "main:i f:p", "f", "main;f", "f" },
	{ "the loop is its function's", "f:p " EVAL, "f", "f;_PyEval_EvalFrameDefault", "f" },
	{ "... under whatever name, without symbols", "f:p [python3.12]:i", "f", "f;[python3.12]",
	  "f" },
	{ "what it calls natively", "f:p " EVAL " long_mul:i", "f",
	  "f;_PyEval_EvalFrameDefault;long_mul", "f;long_mul" },
	{ "of another object", "f:p " EVAL " inflate", "f", "f;_PyEval_EvalFrameDefault;inflate",
	  "f;inflate" },
	{ "without symbols, further in", "f:p " EVAL " [python3.12]:i", "f",
	  "f;_PyEval_EvalFrameDefault;[python3.12]", "f;[python3.12]" },
	{ "between two Python functions: the calls' own plumbing",
	  "f:p " EVAL " PyObject_Vectorcall:i PyObject_CallOneArg:i [python3.12]:i g:p", "f;g",
	  "f;_PyEval_EvalFrameDefault;PyObject_Vectorcall;PyObject_CallOneArg;[python3.12];g",
	  "f;g" },
	{ "... named builtins stay",
	  "f:p " EVAL " builtin_sorted:i list_sort_impl:i " EVAL " key:p", "f;key",
	  "f;_PyEval_EvalFrameDefault;builtin_sorted;list_sort_impl;_PyEval_EvalFrameDefault;key",
	  "f;builtin_sorted;list_sort_impl;key" },
	{ "... and frames of other objects", "f:p " EVAL " qsort " EVAL " cmp:p", "f;cmp",
	  "f;_PyEval_EvalFrameDefault;qsort;_PyEval_EvalFrameDefault;cmp", "f;qsort;cmp" },
	{ "... and of JIT compilers", "f:p " EVAL " stub:j cb:p", "f;cb",
	  "f;_PyEval_EvalFrameDefault;stub;cb", "f;stub;cb" },
	{ "... of any object without symbols, but the interpreter", "f:p [libz.so.1]:o g:p", "f;g",
	  "f;[libz.so.1];g", "f;[libz.so.1];g" },
	{ "below the last one: loop and vectorcall go, other ways of calling stay",
	  "f:p " EVAL " PyObject_Vectorcall:i PyObject_GetAttr:i", "f",
	  "f;_PyEval_EvalFrameDefault;PyObject_Vectorcall;PyObject_GetAttr", "f;PyObject_GetAttr" },
	{ "directly behind Python all plumbing is the loop, cold parts too",
	  "f:p PyObject_GetAttr:i PyObject_GetAttr:i", "f", "f;PyObject_GetAttr;PyObject_GetAttr",
	  "f;PyObject_GetAttr" },
	{ "a symbol of the loop's name in another object is not it",
	  "f:p _PyEval_EvalFrameDefault g:p", "f;g", "f;_PyEval_EvalFrameDefault;g",
	  "f;_PyEval_EvalFrameDefault;g" },
	{ "clones of the loop", "f:p _PyEval_EvalFrameDefault.cold:i long_mul.part.0:i", "f",
	  "f;_PyEval_EvalFrameDefault.cold;long_mul.part.0", "f;long_mul" },
	{ "a clone is its function", "crc32.constprop.0", "[native]", "crc32.constprop.0",
	  "crc32" },
	{ "the kernel is what was called last", "f:p " EVAL " read sys_read:k", "f",
	  "f;_PyEval_EvalFrameDefault;read;sys_read_[k]", "f;read;sys_read_[k]" },
	{ "no Python at all", "main:i " EVAL " inflate", "[native]",
	  "main;_PyEval_EvalFrameDefault;inflate", "main;_PyEval_EvalFrameDefault;inflate" },
	{ "... but the kernel", "main sys_read:k", "[kernel]", "main;sys_read_[k]",
	  "main;sys_read_[k]" },
	{ "... without symbols", "main [kernel]:c", "[kernel]", "main;[kernel]", "main;[kernel]" },
	{ "... or nobody knows what", "main [unknown]:u", "[unknown]", "main;[unknown]",
	  "main;[unknown]" },
	{ "a broken chain into Python", "[unknown]:u f:p", "f", "[unknown];f", "f" },
	{ "a broken chain out of it", "f:p [unknown]:u", "f", "f;[unknown]", "f;[unknown]" },
	{ "recursion", "f:p " EVAL " f:p " EVAL " f:p", "f;f;f",
	  "f;_PyEval_EvalFrameDefault;f;_PyEval_EvalFrameDefault;f", "f;f;f" },
	{ "no frame at all", "", "[unknown]", "[unknown]", "[unknown]" },
	{ "behind a thread", "sh-1/1:t main:i f:p " EVAL, "sh-1/1;f",
	  "sh-1/1;main;f;_PyEval_EvalFrameDefault", "sh-1/1;f" },
	{ "... without Python", "sh-1/1:t main", "sh-1/1;[native]", "sh-1/1;main", "sh-1/1;main" },
	{ "... in the kernel", "sh-1/1:t sys_read:k", "sh-1/1;[kernel]", "sh-1/1;sys_read_[k]",
	  "sh-1/1;sys_read_[k]" },
	{ "... without any frame", "sh-1/1:t", "sh-1/1;[unknown]", "sh-1/1;[unknown]",
	  "sh-1/1;[unknown]" },
	{ "inlined functions", "main work+helper+leaf", "[native]", "main;work;helper;leaf",
	  "main;work;helper;leaf" },
	{ "... in the loop go with it", "f:p " EVAL "+Py_INCREF:i long_mul:i+x_mul:i", "f",
	  "f;_PyEval_EvalFrameDefault;Py_INCREF;long_mul;x_mul", "f;long_mul;x_mul" },
};

static void check_view(struct drawing *d, enum view view, const char *want, const char *row)
{
	char expected[400];

	snprintf(expected, sizeof(expected), "%s=1/10", want);
	check_text(walked_frames(&d->w, view, 0), expected, row);
}

static void each_view_shows_what_its_readers_want_to_know(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct drawing d;

		check_in(rows[i].label);
		drawing_begin(&d);
		stack(&d, rows[i].stack, 0, 10);
		check_view(&d, VIEW_PYTHON, rows[i].python, "python");
		check_view(&d, VIEW_NATIVE, rows[i].native, "native");
		check_view(&d, VIEW_MIXED, rows[i].mixed, "mixed");
		drawing_end(&d);
	}
	check_in(NULL);
}

/* The same frames are a stack's end for one sample and its middle for another. */
static void a_frame_is_shown_by_what_is_behind_it(void)
{
	struct drawing d;

	drawing_begin(&d);
	stack(&d, "f:p", 0, 1);
	stack(&d, "f:p " EVAL, 0, 1);
	stack(&d, "f:p " EVAL " PyObject_GetAttr:i", 0, 1);
	stack(&d, "f:p " EVAL " PyObject_GetAttr:i slot_tp_getattr_hook:i", 0, 1);
	stack(&d, "f:p " EVAL " PyObject_GetAttr:i slot_tp_getattr_hook:i g:p", 0, 1);
	stack(&d, "f:p " EVAL " PyObject_GetAttr:i slot_tp_getattr_hook:i g:p x", 0, 1);
	check_text(walked_frames(&d.w, VIEW_MIXED, 0),
		   "f;PyObject_GetAttr;slot_tp_getattr_hook=1/1 f;PyObject_GetAttr=1/1 "
		   "f;g;x=1/1 f;g=1/1 f=2/2",
		   "mixed");
	check_text(walked_frames(&d.w, VIEW_PYTHON, 0), "f;g=2/2 f=4/4", "python");
	drawing_end(&d);
}

/* ---- books ---- */

static const enum view views[] = { VIEW_PYTHON, VIEW_NATIVE, VIEW_MIXED };

static struct view_input input_of(const struct drawing *d)
{
	return (struct view_input){
		.events = d->events,
		.collected = &d->w.collected,
		.functions = &d->w.functions,
		.frames = &d->w.frames,
		.texts = d->w.o.texts,
	};
}

static struct profile *profile_of(const struct drawing *d, enum view view)
{
	struct view_input in = input_of(d);

	return view_profile(&in, view);
}

/* All the rows above in one tree, with several events. */
static void draw_everything(struct drawing *d)
{
	drawing_begin(d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stack(d, rows[i].stack, 0, i + 1);
		if (i % 3 == 0)
			stack(d, rows[i].stack, 2, 1000 * i);
	}
}

static void the_sums_are_the_same_in_every_view(void)
{
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	struct drawing d;

	draw_everything(&d);
	for (size_t v = 0; v < 3; v++) {
		struct profile *p = profile_of(&d, views[v]);

		check_in(view_name(views[v]));
		check(p->view == views[v], "the view");
		check_u64(p->n_events, 2, "columns");
		check_u64(p->events[0].sum.samples, n, "samples");
		check_u64(p->events[0].sum.weight, n * (n + 1) / 2, "weight");
		for (size_t e = 0; e < p->n_events; e++) {
			struct cost sum = { 0, 0 };

			for (size_t i = 0; i < p->n_nodes; i++) {
				struct cost c = profile_cost(p, i, e);

				cost_add(&sum, &c);
			}
			check_u64(sum.samples, p->events[e].sum.samples, "samples of all nodes");
			check_u64(sum.weight, p->events[e].sum.weight, "weight of all nodes");
		}
		check_u64(p->python_samples + p->native_samples + p->kernel_samples +
				  p->unknown_samples,
			  n, "the kinds in the report's header");
		profile_free(p);
	}
	check_in(NULL);
	drawing_end(&d);
}

/* ... that is, no branch ends without a cost; and parents stand before their children. */
static void nodes_that_no_sample_is_in_are_dropped(void)
{
	struct drawing d;

	draw_everything(&d);
	stack(&d, "f:p " EVAL " PyObject_GetAttr:i builtin_len:i g:p", 0, 1);
	for (size_t v = 0; v < 3; v++) {
		struct profile *p = profile_of(&d, views[v]);
		bool *used = mem_calloc(p->n_nodes, sizeof(*used));
		unsigned empty = 0, disordered = 0, unknown = 0;

		for (size_t i = p->n_nodes; i-- > 1;) {
			used[i] = used[i] || p->nodes[i].cost;
			used[p->nodes[i].parent] |= used[i];
			empty += !used[i];
			disordered += p->nodes[i].parent >= i;
			unknown += p->nodes[i].function >= p->n_functions;
		}
		check_in(view_name(views[v]));
		check_u64(empty, 0, "branches without a cost");
		check_u64(disordered, 0, "children before their parents");
		check_u64(unknown, 0, "nodes without a function");
		check_u64(p->nodes[0].function, PROFILE_NO_FUNCTION, "the root");
		free(used);
		profile_free(p);
	}
	check_in(NULL);
	drawing_end(&d);
}

static void events_without_samples_are_left_out(void)
{
	struct drawing d;
	struct profile *p;

	drawing_begin(&d);
	p = profile_of(&d, VIEW_MIXED);
	check_u64(p->n_events, 0, "no sample at all");
	check_u64(p->n_nodes, 1, "only the root");
	profile_free(p);

	stack(&d, "main", 2, 1);
	stack(&d, "main", 1, 7);
	p = profile_of(&d, VIEW_MIXED);
	check_u64(p->n_events, 2, "two of three");
	check_text(p->events[0].name, "page-faults", "in the recording's order");
	check_text(p->events[0].unit, "count", "a counter");
	check_u64(p->events[0].sum.weight, 7, "its sum");
	check_text(p->events[1].name, "cycles:u", "the other one");
	check_text(p->events[1].unit, "samples", "no period is known");
	check_u64(p->native_samples, 1, "the header counts the first one with samples");
	profile_free(p);

	stack(&d, "main", 0, 5);
	p = profile_of(&d, VIEW_MIXED);
	check_u64(p->n_events, 3, "all");
	check_text(p->events[0].unit, "ns", "a clock");
	profile_free(p);
	drawing_end(&d);
}

static void the_header_counts_stacks_by_kind(void)
{
	struct drawing d;
	struct profile *p;

	drawing_begin(&d);
	stack(&d, "main:i f:p read sys_read:k", 0, 100);
	stack(&d, "main:i f:p", 0, 100);
	stack(&d, "main:i f:p", 2, 100);
	stack(&d, "main sys_read:k", 0, 1);
	stack(&d, "main", 0, 1);
	stack(&d, "main [unknown]:u", 0, 1);
	stack(&d, "sh-1/1:t", 0, 1);
	stack(&d, "", 0, 1);
	p = profile_of(&d, VIEW_NATIVE);
	check_u64(p->python_samples, 2, "Python: a frame of it is in the stack");
	check_u64(p->kernel_samples, 1, "kernel: without Python, ends there");
	check_u64(p->native_samples, 1, "native");
	check_u64(p->unknown_samples, 3, "unknown");
	profile_free(p);
	drawing_end(&d);
}

/* ---- the view of whoever does not ask for one ---- */

static void the_default_follows_the_share_of_processes_with_python_frames(void)
{
	static const struct {
		const char *label;
		const char *stack;
		uint64_t with,
			without; /* user samples: of the process with the stack, of another */
		enum view view;
	} cases[] = {
		{ "all of Python", "f:p", 10, 0, VIEW_PYTHON },
		{ "half of them", "f:p", 10, 10, VIEW_PYTHON },
		{ "less than half", "f:p", 10, 11, VIEW_MIXED },
		{ "one in many", "f:p", 1, 1000000, VIEW_MIXED },
		{ "a process with Python frames counts as a whole", "main:i f:p " EVAL, 10, 9,
		  VIEW_PYTHON },
		{ "none", "main", 10, 10, VIEW_NATIVE },
		{ "the interpreter alone", "main:i", 10, 0, VIEW_NATIVE },
		{ "Python frames only behind kernel samples", "f:p sys_read:k", 0, 0, VIEW_PYTHON },
		{ "... beside other processes", "f:p sys_read:k", 0, 5, VIEW_MIXED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct drawing d;
		struct view_input in;

		drawing_begin(&d);
		stack(&d, cases[i].stack, 0, 1);
		free(d.w.collected.user_samples);
		d.w.collected.n_instances = INSTANCE + 2;
		d.w.collected.user_samples = mem_calloc(INSTANCE + 2, sizeof(uint64_t));
		d.w.collected.user_samples[INSTANCE] = cases[i].with;
		d.w.collected.user_samples[INSTANCE + 1] = cases[i].without;
		in = input_of(&d);
		check_text(view_name(view_default(&in)), view_name(cases[i].view), cases[i].label);
		drawing_end(&d);
	}
}

int main(void)
{
	each_view_shows_what_its_readers_want_to_know();
	a_frame_is_shown_by_what_is_behind_it();
	the_sums_are_the_same_in_every_view();
	nodes_that_no_sample_is_in_are_dropped();
	events_without_samples_are_left_out();
	the_header_counts_stacks_by_kind();
	the_default_follows_the_share_of_processes_with_python_frames();
	return check_done("view");
}
