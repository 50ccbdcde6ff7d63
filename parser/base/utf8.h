/*
 * parser/base/utf8.h - texts from files are bytes; which of them are characters (UTF-8, RFC 3629).
 */
#ifndef PERFOLIO_PARSER_BASE_UTF8_H
#define PERFOLIO_PARSER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD         UINT32_MAX
#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * The character at `s` (not at its NUL): its length in bytes, *c its number.
 * A byte that begins no valid character (overlong, surrogate, above U+10FFFF, cut off) gives
 * length 1 and UTF8_BAD.
 */
size_t utf8_next(const char *s, uint32_t *c);

/*
 * Characters that steer how others are shown, or are not seen at all, by Unicode's properties: controls (Cc: C0, DEL,
 * C1), line and paragraph separators (Zl, Zp), format characters that have no sign of their own (Cf less
 * Prepended_Concatenation_Mark: direction marks, zero-width characters, tags), and whatever else is
 * Default_Ignorable_Code_Point (fillers, variation selectors).  A name that has them would not be what it looks like.
 */
bool utf8_is_control(uint32_t c);

/* Columns of a character on a terminal: 0 (combining), 1, or 2 (East Asian, emoji); near enough. */
unsigned utf8_width(uint32_t c);

#endif
