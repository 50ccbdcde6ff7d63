/*
 * render/csv_cell.h - values of a comma-separated line (RFC 4180).
 */
#ifndef PERFOLIO_RENDER_CSV_CELL_H
#define PERFOLIO_RENDER_CSV_CELL_H

#include <stddef.h>
#include <stdint.h>

struct out;

/* In quotes where it needs them; control bytes and bytes that are not UTF-8 are '?'. */
void csv_cell(struct out *o, const char *s);

/* The line's next value, with a comma before it. */
void csv_next_cell(struct out *o, const char *s);
void csv_next_number(struct out *o, uint64_t v);

/* The keys of grouped rows, each with a comma before it: ",by module,by comm", and a row's values of them. */
void csv_key_headings(struct out *o, const char *tabbed);
void csv_key_cells(struct out *o, const char *tabbed);
size_t csv_keys(const char *tabbed); /* how many; NULL: none */

#endif
