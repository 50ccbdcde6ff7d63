/*
 * parser/perfmap.h - the text table of a JIT compiler, /tmp/perf-PID.map.
 *
 * Lines "START SIZE NAME", both numbers hexadecimal (an 0x before them is
 * accepted), NAME up to the end of the line, blanks and colons included.
 * Source: tools/perf/Documentation/jit-interface.txt.
 *
 * The file is only ever appended to, and code memory is used again.  So where
 * lines overlap the last one wins, and an earlier line keeps what no later one
 * covers: in one piece, in several, or not at all.  (perf keeps all lines and
 * answers with whichever its search meets.)  A line of size 0 is well-formed
 * and names nothing.  A name is not bounded and may hold any byte but a NUL
 * and a line break; a NUL in the file ends the line.
 */
#ifndef PERFOLIO_PARSER_PERFMAP_H
#define PERFOLIO_PARSER_PERFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct perfmap_entry {
	uint64_t start, size; /* [start, start + size), never empty */
	const char *name;     /* as in the file, control bytes too; owned by the map */
};

struct perfmap {
	struct perfmap_entry *entries; /* sorted, disjoint */
	size_t n;
	size_t lines;     /* lines read; blank ones do not count */
	size_t malformed; /* lines among them that did not parse, or reach past the address space */
	bool more;        /* the file is larger than PERFMAP_BYTES_MAX, and goes on */
	char *text;       /* holds the names */
};

/* A larger file is cut here: what is read takes up to four times as much memory. */
enum { PERFMAP_BYTES_MAX = 256 << 20 };

/* Read the file; false: it cannot be opened or read.  Free with perfmap_free(). */
bool perfmap_read(const char *path, struct perfmap *out, struct error *err);

/* The same from memory (copied). */
void perfmap_parse(const char *bytes, size_t len, struct perfmap *out);

/* The entry that holds `addr`, or NULL. */
const struct perfmap_entry *perfmap_find(const struct perfmap *m, uint64_t addr);

void perfmap_free(struct perfmap *m);

#endif
