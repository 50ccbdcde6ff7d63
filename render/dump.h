/*
 * render/dump.h - the output of `perfolio dump`: the recording's bytes, decoded, in file order.
 *
 * The one renderer that reads a recording itself: there is no model between, so
 * that a damaged recording is shown up to the very place of the damage.
 */
#ifndef PERFOLIO_RENDER_DUMP_H
#define PERFOLIO_RENDER_DUMP_H

#include <stddef.h>
#include <stdint.h>

struct out;
struct recording;

struct dump_options {
	const char *types; /* names with commas between; NULL: all, header and features too */
	uint64_t limit;    /* most records; 0: all */
};

/*
 * The first name in the list that is no record type's, `*len` bytes of it; NULL: all are.  A type is called by the name
 * that perf_event.h has for it, with or without PERF_RECORD_ and in any case, or TYPE_N.
 */
const char *dump_unknown_type(const char *types, size_t *len);

/* All names, in the order of their numbers, with '|' between.  free() it. */
char *dump_type_names(void);

void render_dump(struct out *o, struct recording *r, const struct dump_options *options);

#endif
