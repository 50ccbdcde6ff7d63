#include "report/chain_ends.h"

#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "report/label.h"
#include "report/sampled_event.h"

enum { DEFAULT_LIMIT = 127, OUTERMOST = 4 };

struct counting {
	const struct calltree *tree;
	const struct functions *functions;
	const struct frames *frames;
	struct chain_ends *out;
	uint32_t *depth;     /* by node */
	bool *whole;         /* by node: a start is among the outermost frames */
	uint32_t *outermost; /* by node: the outermost function that has an object */
	uint64_t *broken_in; /* by function; behind the last one: without a mapping */
	uint64_t *below;     /* by node: samples that ended below it */
	uint64_t *continued; /* by function: samples below its frames that have a caller */
};

/* Functions that nothing calls: of the C library's threads, of the program's start, of the kernel's tasks. */
static bool is_start(const struct function *f)
{
	static const char *const names[] = {
		"_start",
		"__libc_start_main",
		"__libc_start_call_main",
		"clone3",
		"__clone3",
		"clone",
		"__clone",
		"start_thread",
		"thread_start",
		"_dl_start_user",
		"__libc_start_main_impl",
		"main",
		"ret_from_fork",
		"ret_from_fork_asm",
		"secondary_startup_64",
		"cpu_startup_entry",
		"__libc_start_main_alias_2",
	};

	if (f->kind == KIND_PYTHON)
		return strcmp(f->name, "<module>") == 0 ||
		       strcmp(f->name, "Thread._bootstrap") == 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(f->name, names[i]) == 0)
			return true;
	return f->kind ==
	       KIND_KERNEL; /* a chain without a user part: a task of the kernel, or exec */
}

static bool is_c_library(const struct function *f)
{
	const char *base = label_base(f->object);

	return strncmp(base, "libc.", 5) == 0 || strncmp(base, "libc-", 5) == 0 ||
	       strncmp(base, "ld-musl", 7) == 0;
}

/* The C library's start of programs and threads is a local function, without a name in stripped files. */
static bool is_called_by_start(const struct counting *c, uint32_t parent, const struct function *f)
{
	const struct function *caller;

	if (!parent || (f->placeholder && *f->object != '/') || is_c_library(f))
		return false;
	caller = &c->functions->items[*frames_at(c->frames, c->tree->nodes[parent].location)];
	return caller->placeholder && is_c_library(caller);
}

static void look_at_nodes(struct counting *c)
{
	for (size_t n = 1; n < c->tree->n_nodes; n++) {
		const struct calltree_node *node = &c->tree->nodes[n];
		uint32_t function = *frames_at(c->frames, node->location);
		const struct function *f = &c->functions->items[function];
		uint32_t parent = node->parent;

		if (f->kind == KIND_TASK) {
			c->outermost[n] = UINT32_MAX;
			continue;
		}
		c->depth[n] = c->depth[parent] + 1;
		c->whole[n] = c->whole[parent];
		if (c->depth[n] <= OUTERMOST)
			c->whole[n] = c->whole[n] || is_called_by_start(c, parent, f) ||
				      (is_start(f) && !(f->kind == KIND_KERNEL && c->depth[n] > 1));
		c->outermost[n] = c->outermost[parent];
		if (c->outermost[n] == UINT32_MAX && *f->object && f->object[0] != '[')
			c->outermost[n] = function;
	}
}

/* Python frames have no object: where only they are known, the interpreter is what is below them. */
static void count_nodes(struct counting *c)
{
	for (size_t n = 1; n < c->tree->n_nodes; n++) {
		uint32_t row = c->tree->nodes[n].cost;
		uint64_t samples = row ? costs_samples(&c->tree->costs, row) : 0;

		if (!samples)
			continue;
		if (c->whole[n]) {
			c->out->whole += samples;
		} else if (c->depth[n] + 2 >= c->out->limit) {
			c->out->cut += samples;
		} else {
			c->out->broken += samples;
			c->broken_in[c->outermost[n] == UINT32_MAX ? c->functions->n
								   : c->outermost[n]] += samples;
		}
	}
}

/* A stack that recurs counts once for each of its frames: what is asked is whether there are many. */
static void count_continued(struct counting *c)
{
	for (size_t n = c->tree->n_nodes; n-- > 1;) {
		const struct calltree_node *node = &c->tree->nodes[n];
		uint32_t function = *frames_at(c->frames, node->location);
		uint64_t own = node->cost ? costs_samples(&c->tree->costs, node->cost) : 0;

		c->below[node->parent] += c->below[n] + own;
		if (c->depth[n] > OUTERMOST) /* those of the start have no callers to be found */
			c->continued[function] += c->below[n];
	}
}

static int by_object(const void *va, const void *vb, void *context)
{
	const struct functions *f = context;

	return strcmp(f->items[*(const uint32_t *)va].object,
		      f->items[*(const uint32_t *)vb].object);
}

static int most_first(const void *va, const void *vb)
{
	const struct broken_in *a = va, *b = vb;

	if (a->samples != b->samples)
		return a->samples > b->samples ? -1 : 1;
	return strcmp(a->object, b->object);
}

static void add_object(struct chain_ends *out, const char *object, uint64_t samples,
		       uint64_t continued)
{
	if (!samples)
		return;
	out->objects =
		mem_grow(out->objects, out->n_objects, 1, &out->cap_objects, sizeof(*out->objects));
	out->objects[out->n_objects++] = (struct broken_in){
		.object = object,
		.samples = samples,
		.keeps_pointers = continued > samples,
	};
}

static void add_up_objects(struct counting *c)
{
	const struct function *items = c->functions->items;
	size_t n = c->functions->n;
	uint32_t *order = mem_calloc(n, sizeof(*order));
	uint64_t broken = 0, continued = 0;

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_object, (void *)c->functions);
	for (size_t i = 0; i < n; i++) {
		const char *object = items[order[i]].object;

		broken += c->broken_in[order[i]];
		continued += c->continued[order[i]];
		if (i + 1 < n && strcmp(object, items[order[i + 1]].object) == 0)
			continue;
		add_object(c->out, object, broken, continued);
		broken = continued = 0;
	}
	add_object(c->out, "", c->broken_in[n], 0);
	if (c->out->n_objects)
		qsort(c->out->objects, c->out->n_objects, sizeof(*c->out->objects), most_first);
	free(order);
}

static uint64_t chain_limit(const struct sampled_event *events, size_t n)
{
	uint64_t limit = DEFAULT_LIMIT;

	for (size_t e = 0; e < n; e++)
		if (events[e].attr->sample_max_stack)
			limit = events[e].attr->sample_max_stack;
	return limit;
}

void chain_ends_count(struct chain_ends *out, const struct sampled_event *events,
		      const struct collected *c, const struct functions *functions,
		      const struct frames *frames)
{
	struct counting k = {
		.tree = c->tree,
		.functions = functions,
		.frames = frames,
		.out = out,
		.depth = mem_calloc(c->tree->n_nodes, sizeof(*k.depth)),
		.whole = mem_calloc(c->tree->n_nodes, sizeof(*k.whole)),
		.outermost = mem_calloc(c->tree->n_nodes, sizeof(*k.outermost)),
		.broken_in = mem_calloc(functions->n + 1, sizeof(*k.broken_in)),
		.below = mem_calloc(c->tree->n_nodes, sizeof(*k.below)),
		.continued = mem_calloc(functions->n, sizeof(*k.continued)),
	};

	*out = (struct chain_ends){ .limit = chain_limit(events, c->tree->n_events) };
	k.outermost[0] = UINT32_MAX;
	look_at_nodes(&k);
	count_nodes(&k);
	count_continued(&k);
	add_up_objects(&k);
	free(k.depth);
	free(k.whole);
	free(k.outermost);
	free(k.broken_in);
	free(k.below);
	free(k.continued);
}

void chain_ends_done(struct chain_ends *e)
{
	free(e->objects);
	*e = (struct chain_ends){ 0 };
}
