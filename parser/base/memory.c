#include "parser/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static memory_handler out_of_memory;

void memory_set_handler(memory_handler handler)
{
	out_of_memory = handler;
}

static void *have(void *p, size_t bytes)
{
	if (!p) {
		if (out_of_memory)
			out_of_memory(bytes);
		abort();
	}
	return p;
}

static size_t bytes_of(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		have(NULL, SIZE_MAX);
	return bytes ? bytes : 1;
}

void *mem_calloc(size_t n, size_t size)
{
	size_t bytes = bytes_of(n, size);

	return have(calloc(1, bytes), bytes);
}

void *mem_resize(void *p, size_t n, size_t size)
{
	size_t bytes = bytes_of(n, size);

	return have(realloc(p, bytes), bytes);
}

char *mem_text(const char *s, size_t len)
{
	char *copy = mem_resize(NULL, len + 1, 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

void *mem_grow(void *items, size_t used, size_t more, size_t *cap, size_t size)
{
	size_t need;

	if (__builtin_add_overflow(used, more, &need))
		have(NULL, SIZE_MAX);
	if (need <= *cap)
		return items;
	if (need < *cap + *cap / 2)
		need = *cap + *cap / 2;
	if (need < 16)
		need = 16;
	items = mem_resize(items, need, size);
	*cap = need;
	return items;
}
