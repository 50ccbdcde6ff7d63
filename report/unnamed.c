#include "report/unnamed.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

static void add(struct unnamed *u, const char *object, uint64_t samples, bool unnamed)
{
	bool is_new;
	uint32_t i = numbers_add(&u->objects, (uintptr_t)object, &is_new);

	if (is_new) {
		u->samples = mem_grow(u->samples, i, 1, &u->cap, sizeof(*u->samples));
		u->samples[i] = (struct object_samples){ 0 };
	}
	u->samples[i].ended += samples;
	if (!unnamed)
		return;
	u->samples[i].unnamed += samples;
	u->all += samples;
}

enum { JIT_UNNAMED = 1, JIT_NAMED = 2 };

static uint8_t jit_bits(const struct function *f)
{
	if (f->kind == KIND_PYTHON)
		return JIT_NAMED;
	if (strcmp(f->object, "[jit]") != 0)
		return 0;
	return f->placeholder ? JIT_UNNAMED : JIT_NAMED;
}

void unnamed_init(struct unnamed *u, const struct calltree *tree, const struct functions *functions,
		  const struct frames *frames, struct texts *texts)
{
	uint8_t *jit =
		mem_calloc(tree->n_nodes, sizeof(*jit)); /* by node: itself or one before it */

	*u = (struct unnamed){ .texts = texts };
	for (size_t n = 1; n < tree->n_nodes; n++) {
		const struct calltree_node *node = &tree->nodes[n];
		const struct function *f = &functions->items[*frames_at(frames, node->location)];
		uint64_t samples = costs_samples(&tree->costs, node->cost);

		jit[n] = jit[node->parent] | jit_bits(f);
		if (jit[n] & JIT_UNNAMED)
			u->jit += samples;
		if (jit[n] & JIT_NAMED)
			u->named_jit += samples;
		if (samples)
			add(u, f->object, samples, f->placeholder);
	}
	free(jit);
}

void unnamed_done(struct unnamed *u)
{
	free(u->samples);
	numbers_done(&u->objects);
	*u = (struct unnamed){ 0 };
}

static const struct object_samples *samples_of(const struct unnamed *u, const char *object)
{
	static const struct object_samples none;
	uint32_t i;

	if (!numbers_find(&u->objects, (uintptr_t)texts_add_z(u->texts, object), &i))
		return &none;
	return &u->samples[i];
}

uint64_t unnamed_in(const struct unnamed *u, const char *object)
{
	return *object ? samples_of(u, object)->unnamed : u->all;
}

uint64_t unnamed_or_named_in(const struct unnamed *u, const char *object)
{
	return samples_of(u, object)->ended;
}
