#include "parser/base/cursor.h"

#include <string.h>

void cursor_skip(struct cursor *c, size_t n)
{
	cursor_bytes(c, n);
}

const char *cursor_text(struct cursor *c)
{
	const uint8_t *p = c->base + c->pos;
	const uint8_t *end = c->overrun ? NULL : memchr(p, 0, c->len - c->pos);

	if (!end) {
		c->overrun = true;
		return NULL;
	}
	c->pos += (size_t)(end - p) + 1;
	return (const char *)p;
}

uint64_t cursor_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);

		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return c->overrun ? 0 : v;
	}
	c->overrun = true;
	return 0;
}
