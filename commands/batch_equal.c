#include "commands/batch_equal.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

void equals_open(struct equals *e, const struct input_result *results, size_t n)
{
	*e = (struct equals){ .results = results, .mask = 15 };
	while (e->mask < 2 * n)
		e->mask = 2 * e->mask + 1;
	e->slots = mem_calloc(e->mask + 1, sizeof(*e->slots));
	e->items = mem_calloc(n, sizeof(*e->items));
}

void equals_close(struct equals *e)
{
	free(e->slots);
	free(e->items);
}

static size_t slot_of(const struct equals *e, const struct digest *identity)
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, identity->bytes, sizeof(hash));
	for (at = hash & e->mask; e->slots[at]; at = (at + 1) & e->mask)
		if (memcmp(&e->results[e->slots[at] - 1].identity, identity, sizeof(*identity)) ==
		    0)
			break;
	return at;
}

void equals_add(struct equals *e, size_t i)
{
	size_t at = slot_of(e, &e->results[i].identity);
	uint32_t own = (uint32_t)i;
	struct equal *first;

	if (!e->slots[at]) {
		e->slots[at] = own + 1;
		e->items[i] = (struct equal){ .first = own, .last = own, .stands = own };
		return;
	}
	e->items[i].first = e->slots[at] - 1;
	first = &e->items[e->items[i].first];
	e->items[first->last].next = own;
	first->last = own;
}
