#include "parser/base/arena.h"

#include <stdlib.h>

#include "parser/base/memory.h"

enum { BLOCK_BYTES = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t size;
	char bytes[] __attribute__((aligned(8)));
};

void *arena_take(struct arena *a, size_t bytes)
{
	struct arena_block *b;
	size_t size = BLOCK_BYTES;

	bytes = (bytes + 7) & ~(size_t)7;
	if (bytes > a->left || !a->blocks) {
		if (size < bytes)
			size = bytes;
		b = mem_calloc(1, sizeof(*b) + size);
		b->size = size;
		b->next = a->blocks;
		a->blocks = b;
		a->left = size;
	}
	b = a->blocks;
	a->left -= bytes;
	return b->bytes + (b->size - a->left - bytes);
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	a->left = 0;
}
