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
