/*
 * render/dump.h - the output of `perfolio dump`: the recording's bytes, decoded, in file order.
 *
 * The one renderer that reads a recording itself: there is no model between, so
 * that a damaged recording is shown up to the very place of the damage.
 */
#ifndef PERFOLIO_RENDER_DUMP_H
#define PERFOLIO_RENDER_DUMP_H

#include <stdbool.h>
#include <stdint.h>

struct out;
struct recording;

struct dump_options {
	const char *types; /* names with commas between; NULL: all, header and features too */
	uint64_t limit;    /* most records; 0: all */
};

/* Are all names in the list known record types (or TYPE_N)? */
bool dump_types_known(const char *types);

void render_dump(struct out *o, struct recording *r, const struct dump_options *options);

#endif
