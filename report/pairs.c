#include "report/pairs.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

static struct pair_slot *slot_of(const struct pairs *p, uint32_t caller, uint32_t callee)
{
	size_t i = (size_t)hash_u64((uint64_t)caller << 32 | callee) & p->mask;

	while (p->slots[i].number &&
	       (p->slots[i].pair.caller != caller || p->slots[i].pair.callee != callee))
		i = (i + 1) & p->mask;
	return &p->slots[i];
}

static void more_slots(struct pairs *p)
{
	size_t slots = p->slots ? 2 * (p->mask + 1) : 256;

	free(p->slots);
	p->slots = mem_calloc(slots, sizeof(*p->slots));
	p->mask = slots - 1;
	for (size_t i = 0; i < p->n; i++)
		*slot_of(p, p->items[i].caller, p->items[i].callee) =
			(struct pair_slot){ p->items[i], (uint32_t)i + 1 };
}

uint32_t pairs_add(struct pairs *p, uint32_t caller, uint32_t callee)
{
	struct pair_slot *slot;

	if (2 * p->n >= p->mask)
		more_slots(p);
	slot = slot_of(p, caller, callee);
	if (!slot->number) {
		p->items = mem_grow(p->items, p->n, 1, &p->cap, sizeof(*p->items));
		p->items[p->n++] = (struct pair){ caller, callee };
		*slot = (struct pair_slot){ { caller, callee }, (uint32_t)p->n };
	}
	return slot->number - 1;
}

void pairs_done(struct pairs *p)
{
	free(p->items);
	free(p->slots);
}
