#include "report/frame_lists.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 256 };

static uint32_t *slot_of(const struct frame_lists *l, const uint32_t *words, size_t n)
{
	size_t i = (size_t)hash_bytes(words, n * sizeof(*words)) & l->mask;

	for (; l->slots[i]; i = (i + 1) & l->mask) {
		const size_t *first = &l->first[l->slots[i] - 1];

		if (first[1] - first[0] == n &&
		    memcmp(&l->words[first[0]], words, n * sizeof(*words)) == 0)
			break;
	}
	return &l->slots[i];
}

static void more_slots(struct frame_lists *l)
{
	l->mask = l->slots ? 2 * l->mask + 1 : FIRST_SLOTS - 1;
	free(l->slots);
	l->slots = mem_calloc(l->mask + 1, sizeof(*l->slots));
	for (size_t i = 0; i < l->n; i++)
		*slot_of(l, &l->words[l->first[i]], l->first[i + 1] - l->first[i]) =
			(uint32_t)i + 1;
}

uint32_t frame_lists_add(struct frame_lists *l, uint32_t symbol, const uint32_t *frames, size_t n)
{
	uint32_t *slot;

	if (2 * l->n >= l->mask)
		more_slots(l);
	/* put behind the others first: it is looked for as it would lie there */
	l->words = mem_grow(l->words, l->n_words, n + 1, &l->cap_words, sizeof(*l->words));
	l->words[l->n_words] = symbol;
	memcpy(&l->words[l->n_words + 1], frames, n * sizeof(*frames));
	slot = slot_of(l, &l->words[l->n_words], n + 1);
	if (*slot)
		return *slot - 1;
	l->first = mem_grow(l->first, l->n + 1, 1, &l->cap, sizeof(*l->first));
	l->first[l->n++] = l->n_words;
	l->n_words += n + 1;
	l->first[l->n] = l->n_words;
	*slot = (uint32_t)l->n;
	return *slot - 1;
}

void frame_lists_done(struct frame_lists *l)
{
	free(l->words);
	free(l->first);
	free(l->slots);
	*l = (struct frame_lists){ 0 };
}
