#include "parser/base/buffer.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

uint8_t *buffer_room(struct buffer *b, size_t n)
{
	b->data = mem_grow(b->data, b->n, n, &b->cap, 1);
	b->n += n;
	return b->data + b->n - n;
}

void buffer_put(struct buffer *b, const void *bytes, size_t n)
{
	if (n)
		memcpy(buffer_room(b, n), bytes, n);
}

void buffer_u16(struct buffer *b, uint16_t v)
{
	v = htole16(v);
	buffer_put(b, &v, sizeof(v));
}

void buffer_u32(struct buffer *b, uint32_t v)
{
	v = htole32(v);
	buffer_put(b, &v, sizeof(v));
}

void buffer_u64(struct buffer *b, uint64_t v)
{
	v = htole64(v);
	buffer_put(b, &v, sizeof(v));
}

void buffer_varint(struct buffer *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*buffer_room(b, 1) = (uint8_t)(v | 0x80);
	*buffer_room(b, 1) = (uint8_t)v;
}

void buffer_done(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ .n = 0 };
}
