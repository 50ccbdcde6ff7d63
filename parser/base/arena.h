/*
 * parser/base/arena.h - memory that is handed out piece by piece and freed at once.
 *
 * Start with an arena of zeroes.  Pieces never move; they are aligned to 8 bytes and zeroed.
 */
#ifndef PERFOLIO_PARSER_BASE_ARENA_H
#define PERFOLIO_PARSER_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t left;                /* bytes left in the newest block */
};

void *arena_take(struct arena *a, size_t bytes);
void arena_free(struct arena *a);

#endif
