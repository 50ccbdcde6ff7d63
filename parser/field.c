#include "parser/field.h"

#include <string.h>

void field_tell(struct field_log *log, const char *name, enum field_format format, uint64_t value,
		const void *bytes, size_t len)
{
	if (log)
		log->tell(log, name, format, value, bytes, len);
}

uint8_t field_u8(struct fields *f, const char *name)
{
	uint8_t v = cursor_u8(&f->c);

	field_tell(f->log, name, FIELD_DEC, v, NULL, 0);
	return v;
}

uint16_t field_u16(struct fields *f, const char *name)
{
	uint16_t v = cursor_u16(&f->c);

	field_tell(f->log, name, FIELD_DEC, v, NULL, 0);
	return v;
}

int32_t field_i32(struct fields *f, const char *name)
{
	int32_t v = (int32_t)cursor_u32(&f->c);

	field_tell(f->log, name, FIELD_SIGNED, (uint64_t)(int64_t)v, NULL, 0);
	return v;
}

uint32_t field_x32(struct fields *f, const char *name)
{
	uint32_t v = cursor_u32(&f->c);

	field_tell(f->log, name, FIELD_HEX, v, NULL, 0);
	return v;
}

const char *field_text(struct fields *f, const char *name)
{
	const char *s = cursor_text(&f->c);

	if (f->log)
		field_tell(f->log, name, FIELD_TEXT, 0, s ? s : "", s ? strlen(s) : 0);
	return s;
}

const uint8_t *field_bytes(struct fields *f, const char *name, size_t n)
{
	const uint8_t *p = cursor_bytes(&f->c, n);

	if (p)
		field_tell(f->log, name, FIELD_BYTES, 0, p, n);
	return p;
}
