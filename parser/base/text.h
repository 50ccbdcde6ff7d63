/*
 * parser/base/text.h - each distinct text once.
 *
 * Equal texts give the equal pointer, so that texts are compared with ==.
 * Pointer order means nothing and must never reach an output.
 */
#ifndef PERFOLIO_PARSER_BASE_TEXT_H
#define PERFOLIO_PARSER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct texts;

struct texts *texts_new(void);
void texts_free(struct texts *t); /* ends the life of every text of it */

/* The one copy of the first `len` bytes of `s` (up to a NUL); NUL-terminated. */
const char *texts_add(struct texts *t, const char *s, size_t len);

/* The same for a NUL-terminated text. */
const char *texts_add_z(struct texts *t, const char *s);

/*
 * "12", "12.", "0.5", ".5" at the beginning of a text: its end, and *out; NULL: there is none.  No sign, no exponent,
 * nothing of what only strtod() takes (hexadecimal, "inf").
 */
const char *text_decimal(const char *s, double *out);

static inline bool text_begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

#endif
