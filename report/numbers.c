#include "report/numbers.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 64 };

static struct number_slot *slot_of(const struct numbers *s, uint64_t key)
{
	size_t i = (size_t)hash_u64(key) & s->mask;

	while (s->slots[i].number_1 && s->slots[i].key != key)
		i = (i + 1) & s->mask;
	return &s->slots[i];
}

static void more_slots(struct numbers *s)
{
	struct number_slot *old = s->slots;
	size_t n = old ? s->mask + 1 : 0;

	s->mask = n ? 2 * n - 1 : FIRST_SLOTS - 1;
	s->slots = mem_calloc(s->mask + 1, sizeof(*s->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].number_1)
			*slot_of(s, old[i].key) = old[i];
	free(old);
}

uint32_t numbers_add(struct numbers *s, uint64_t key, bool *is_new)
{
	struct number_slot *slot;

	if (2 * (size_t)s->n >= s->mask)
		more_slots(s);
	slot = slot_of(s, key);
	*is_new = slot->number_1 == 0;
	if (*is_new)
		*slot = (struct number_slot){ key, ++s->n };
	return slot->number_1 - 1;
}

bool numbers_find(const struct numbers *s, uint64_t key, uint32_t *number)
{
	const struct number_slot *slot;

	if (!s->slots)
		return false;
	slot = slot_of(s, key);
	if (!slot->number_1)
		return false;
	*number = slot->number_1 - 1;
	return true;
}

void numbers_done(struct numbers *s)
{
	free(s->slots);
	*s = (struct numbers){ 0 };
}
