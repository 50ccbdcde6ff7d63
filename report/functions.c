#include "report/functions.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 256 };

static uint64_t hash_function(const struct function *f)
{
	uint64_t h = hash_pair((uintptr_t)f->name, (uintptr_t)f->symbol);

	h = hash_pair(h, (uintptr_t)f->file);
	h = hash_pair(h, (uintptr_t)f->object);
	return hash_pair(h, (uint64_t)f->at << 8 | (uint64_t)f->kind << 1 | f->placeholder);
}

static bool same(const struct function *a, const struct function *b)
{
	return a->kind == b->kind && a->placeholder == b->placeholder && a->name == b->name &&
	       a->symbol == b->symbol && a->file == b->file && a->object == b->object &&
	       a->at == b->at;
}

static uint32_t *slot_of(const struct functions *f, const struct function *function)
{
	size_t i = (size_t)hash_function(function) & f->mask;

	while (f->slots[i] && !same(&f->items[f->slots[i] - 1], function))
		i = (i + 1) & f->mask;
	return &f->slots[i];
}

static void more_slots(struct functions *f)
{
	f->mask = f->slots ? 2 * f->mask + 1 : FIRST_SLOTS - 1;
	free(f->slots);
	f->slots = mem_calloc(f->mask + 1, sizeof(*f->slots));
	for (size_t i = 0; i < f->n; i++)
		*slot_of(f, &f->items[i]) = (uint32_t)i + 1;
}

uint32_t functions_add(struct functions *f, const struct function *function)
{
	uint32_t *slot;

	if (2 * f->n >= f->mask)
		more_slots(f);
	slot = slot_of(f, function);
	if (!*slot) {
		f->items = mem_grow(f->items, f->n, 1, &f->cap, sizeof(*f->items));
		f->items[f->n++] = *function;
		*slot = (uint32_t)f->n;
	}
	return *slot - 1;
}

void functions_done(struct functions *f)
{
	free(f->items);
	free(f->slots);
	*f = (struct functions){ 0 };
}
