/*
 * parser/base/buffer.h - bytes that are written one after the other; the opposite of a cursor.
 *
 * Starts as zeroes; buffer_done() frees.  Numbers are little-endian whatever the machine's order.
 */
#ifndef PERFOLIO_PARSER_BASE_BUFFER_H
#define PERFOLIO_PARSER_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data;
	size_t n, cap;
};

/* Room for `n` bytes behind the others, to be filled before the next call. */
uint8_t *buffer_room(struct buffer *b, size_t n);

void buffer_put(struct buffer *b, const void *bytes, size_t n);
void buffer_u16(struct buffer *b, uint16_t v);
void buffer_u32(struct buffer *b, uint32_t v);
void buffer_u64(struct buffer *b, uint64_t v);

/* Unsigned LEB128: 7 bits a byte, the lowest first, the highest bit set in all but the last. */
void buffer_varint(struct buffer *b, uint64_t v);

void buffer_done(struct buffer *b);

#endif
