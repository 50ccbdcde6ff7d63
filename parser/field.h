/*
 * parser/field.h - read named fields, and let someone listen.
 *
 * Decoders read each field by name through these calls.  Without a listener a
 * call is the cursor's read; with one (`perfolio dump`) every field is also
 * told, so what dump prints is what the decoders decode.
 */
#ifndef PERFOLIO_PARSER_FIELD_H
#define PERFOLIO_PARSER_FIELD_H

#include <stdint.h>

#include "parser/base/cursor.h"

enum field_format { FIELD_DEC, FIELD_HEX, FIELD_SIGNED, FIELD_TEXT, FIELD_BYTES };

struct field_log {
	/* value: a number, or the text/bytes of `len` bytes at `bytes` */
	void (*tell)(struct field_log *log, const char *name, enum field_format format,
		     uint64_t value, const void *bytes, size_t len);
};

/* A cursor and who listens (NULL: nobody). */
struct fields {
	struct cursor c;
	struct field_log *log;
};

uint8_t field_u8(struct fields *f, const char *name);
uint16_t field_u16(struct fields *f, const char *name);
int32_t field_i32(struct fields *f, const char *name);
uint32_t field_x32(struct fields *f, const char *name);     /* told in hexadecimal */
const char *field_text(struct fields *f, const char *name); /* NULL after an overrun */
const uint8_t *field_bytes(struct fields *f, const char *name, size_t n);

/* Tell the listener something that was not read here. */
void field_tell(struct field_log *log, const char *name, enum field_format format, uint64_t value,
		const void *bytes, size_t len);

static inline uint32_t field_u32(struct fields *f, const char *name)
{
	uint32_t v = cursor_u32(&f->c);

	if (f->log)
		field_tell(f->log, name, FIELD_DEC, v, NULL, 0);
	return v;
}

static inline uint64_t field_u64(struct fields *f, const char *name)
{
	uint64_t v = cursor_u64(&f->c);

	if (f->log)
		field_tell(f->log, name, FIELD_DEC, v, NULL, 0);
	return v;
}

static inline uint64_t field_x64(struct fields *f, const char *name)
{
	uint64_t v = cursor_u64(&f->c);

	if (f->log)
		field_tell(f->log, name, FIELD_HEX, v, NULL, 0);
	return v;
}

#endif
