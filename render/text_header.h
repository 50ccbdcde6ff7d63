/*
 * render/text_header.h - the lines above and below a table for people: program, events, shares, warnings.
 */
#ifndef PERFOLIO_RENDER_TEXT_HEADER_H
#define PERFOLIO_RENDER_TEXT_HEADER_H

#include <stddef.h>

struct out;
struct table;

/* columns: of the terminal; 0: no limit */
void text_header(struct out *o, const struct table *t, size_t columns);
/* Where not all events are in the table: how many, and what shows the others. */
void text_events_shown(struct out *o, const struct table *t, size_t shown, size_t columns);
void text_hidden(struct out *o, const struct table *t, size_t columns);

#endif
