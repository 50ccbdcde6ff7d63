/*
 * render/text_parts.h - what tables for people are put together from: texts by their width, numbers in columns.
 */
#ifndef PERFOLIO_RENDER_TEXT_PARTS_H
#define PERFOLIO_RENDER_TEXT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;
struct ratio;
struct ratio_value;

/* Columns that a text takes on a terminal, with '?' for what is not printed as it is. */
size_t parts_width(const char *s);

void parts_pad(struct out *o, size_t n);

/* The text in at most `width` columns, with an ellipsis for its middle if it is longer; the columns used. */
size_t parts_cut(struct out *o, const char *s, size_t width);

/*
 * Does a column of modules or files say more than the name?  In a grouped table only where rows are functions, and it
 * is no key itself.  keys: as in profile.h.
 */
bool parts_shows(const char *keys, const char *column);

void parts_number_text(char *text, size_t size, uint64_t v);

/* To the right of `width` columns; longer numbers take more. */
void parts_number(struct out *o, uint64_t v, unsigned width);
void parts_percent(struct out *o, uint64_t hundredths, unsigned width);
void parts_right(struct out *o, const char *text, size_t width);

/*
 * Three digits that matter, and how far they may be off: "12.3±4%".  "few": samples too few for a value;
 * an own metric without one (division by zero) is empty.
 */
void parts_ratio_text(char *text, size_t size, const struct ratio *r, const struct ratio_value *v);

#endif
