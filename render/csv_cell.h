/*
 * render/csv_cell.h - one value of a comma-separated line (RFC 4180).
 */
#ifndef PERFOLIO_RENDER_CSV_CELL_H
#define PERFOLIO_RENDER_CSV_CELL_H

struct out;

/* In quotes where it needs them; control bytes and bytes that are not UTF-8 are '?'. */
void csv_cell(struct out *o, const char *s);

#endif
