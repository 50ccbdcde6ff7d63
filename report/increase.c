#include "report/increase.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

struct counter {
	uint64_t id, tid, value;
	bool used;
};

struct increases {
	struct counter *slots;
	size_t mask, n;
};

struct increases *increases_new(void)
{
	struct increases *c = mem_calloc(1, sizeof(*c));

	c->mask = 63;
	c->slots = mem_calloc(c->mask + 1, sizeof(*c->slots));
	return c;
}

void increases_free(struct increases *c)
{
	if (!c)
		return;
	free(c->slots);
	free(c);
}

static struct counter *slot_of(struct increases *c, uint64_t id, uint64_t tid)
{
	size_t i = (size_t)hash_pair(id, tid) & c->mask;

	while (c->slots[i].used && (c->slots[i].id != id || c->slots[i].tid != tid))
		i = (i + 1) & c->mask;
	return &c->slots[i];
}

static void double_slots(struct increases *c)
{
	struct counter *old = c->slots;
	size_t n = c->mask + 1;

	c->mask = 2 * n - 1;
	c->slots = mem_calloc(2 * n, sizeof(*c->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].used)
			*slot_of(c, old[i].id, old[i].tid) = old[i];
	free(old);
}

uint64_t increases_take(struct increases *c, uint64_t id, uint64_t tid, uint64_t value)
{
	struct counter *k = slot_of(c, id, tid);
	uint64_t before;

	if (!k->used) {
		if (2 * ++c->n > c->mask) {
			double_slots(c);
			k = slot_of(c, id, tid);
		}
		*k = (struct counter){ .id = id, .tid = tid, .used = true };
	}
	before = k->value <= value ? k->value : 0;
	k->value = value;
	return value - before;
}
