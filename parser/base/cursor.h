/*
 * parser/base/cursor.h - read untrusted bytes without ever leaving them.
 *
 * A read past the end gives zero (or no text) and marks the cursor as overrun;
 * the mark stays.  So a decoder reads all its fields and asks once, at the end.
 * Not for trusted memory, not for writing; never allocates.
 */
#ifndef PERFOLIO_PARSER_BASE_CURSOR_H
#define PERFOLIO_PARSER_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *base; /* borrowed from the input, never NULL */
	size_t len;          /* bytes readable from base */
	size_t pos;          /* next byte; pos <= len always holds */
	uint64_t origin;     /* file offset of base[0], for messages */
	bool swap;           /* recorded in the other byte order */
	bool overrun;        /* a read went past the end */
};

/* Next unsigned integer, in host byte order; 0 after an overrun. */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);

/* The next `n` bytes as they stand, borrowed; NULL after an overrun. */
const uint8_t *cursor_bytes(struct cursor *c, size_t n);

/* Next NUL-terminated text, borrowed from the input; NULL after an overrun. */
const char *cursor_text(struct cursor *c);

/* Step over `n` bytes. */
void cursor_skip(struct cursor *c, size_t n);

/* Bytes not yet read. */
static inline size_t cursor_left(const struct cursor *c)
{
	return c->len - c->pos;
}

/* May `n` items of at least `size` bytes each still follow? (no overflow) */
bool cursor_fits(const struct cursor *c, uint64_t n, size_t size);

#endif
