/*
 * parser/base/cursor.h - read untrusted bytes without ever leaving them.
 *
 * A read past the end gives zero (or no text) and marks the cursor as overrun;
 * the mark stays.  So a decoder reads all its fields and asks once, at the end.
 * Not for trusted memory, not for writing; never allocates.
 */
#ifndef PERFOLIO_PARSER_BASE_CURSOR_H
#define PERFOLIO_PARSER_BASE_CURSOR_H

#include <byteswap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
	const uint8_t *base; /* borrowed from the input, never NULL */
	size_t len;          /* bytes readable from base */
	size_t pos;          /* next byte; pos <= len always holds */
	uint64_t origin;     /* file offset of base[0], for messages */
	bool swap;           /* recorded in the other byte order */
	bool overrun;        /* a read went past the end */
};

/* The next `n` bytes as they stand, borrowed; NULL after an overrun. */
static inline const uint8_t *cursor_bytes(struct cursor *c, size_t n)
{
	const uint8_t *p = c->base + c->pos;

	if (c->overrun || n > c->len - c->pos) {
		c->overrun = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

/* Next unsigned integer, in host byte order; 0 after an overrun.  Inline: every field is read by them. */
static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 1);

	return p ? *p : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint16_t));
	uint16_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_16(v) : v;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_32(v) : v;
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return c->swap ? bswap_64(v) : v;
}

/* Next NUL-terminated text, borrowed from the input; NULL after an overrun. */
const char *cursor_text(struct cursor *c);

/* Next unsigned LEB128 number; one of more than 64 bits is an overrun, too. */
uint64_t cursor_varint(struct cursor *c);

/* Step over `n` bytes. */
void cursor_skip(struct cursor *c, size_t n);

/* Bytes not yet read. */
static inline size_t cursor_left(const struct cursor *c)
{
	return c->len - c->pos;
}

/* May `n` items of at least `size` bytes each still follow? (no overflow) */
static inline bool cursor_fits(const struct cursor *c, uint64_t n, size_t size)
{
	return !c->overrun && n <= (c->len - c->pos) / (size ? size : 1);
}

#endif
