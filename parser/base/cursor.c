#include "parser/base/cursor.h"

#include <byteswap.h>
#include <string.h>

const uint8_t *cursor_bytes(struct cursor *c, size_t n)
{
	const uint8_t *p = c->base + c->pos;

	if (c->overrun || n > c->len - c->pos) {
		c->overrun = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

void cursor_skip(struct cursor *c, size_t n)
{
	cursor_bytes(c, n);
}

uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 1);

	return p ? *p : 0;
}

uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint16_t));
	uint16_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_16(v) : v;
}

uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_32(v) : v;
}

uint64_t cursor_u64(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_64(v) : v;
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

bool cursor_fits(const struct cursor *c, uint64_t n, size_t size)
{
	return !c->overrun && n <= (c->len - c->pos) / (size ? size : 1);
}
