/*
 * parser/base/memory.h - memory that is there or the program ends cleanly.
 *
 * perfolio is one short-lived program: without memory it can only say so and
 * stop.  So these calls never return NULL; on failure they call the handler
 * that the command layer installed (it names the amount and the next step and
 * exits with status 1).  Sizes that come from a file must be held against the
 * file's real length *before* they get here (cursor_fits()).
 * Everything is released with free().
 */
#ifndef PERFOLIO_PARSER_BASE_MEMORY_H
#define PERFOLIO_PARSER_BASE_MEMORY_H

#include <stddef.h>

/* Called with the number of bytes that could not be had; must not return. */
typedef void (*memory_handler)(size_t bytes);
void memory_set_handler(memory_handler handler);

/* `n` items of `size` bytes, zeroed.  n == 0 gives a pointer that can be freed. */
void *mem_calloc(size_t n, size_t size);

/* Like realloc() for `n` items of `size` bytes; new bytes are not set. */
void *mem_resize(void *p, size_t n, size_t size);

/* A copy of the first `len` bytes of `s`, NUL-terminated. */
char *mem_text(const char *s, size_t len);

/*
 * Make room in the growing array `items` (holding `used` of `*cap` items of
 * `size` bytes) for `more` items; returns the array, which may have moved.
 */
void *mem_grow(void *items, size_t used, size_t more, size_t *cap, size_t size);

#endif
