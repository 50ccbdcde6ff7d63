/*
 * parser/perfmap.h - the text table of a JIT compiler, /tmp/perf-PID.map.
 *
 * Lines "START SIZE NAME" (both hexadecimal without 0x; a 0x is accepted), NAME up to the end of the line, blanks
 * included.  The file is appended to, so of overlapping lines the last one
 * wins.  Source: tools/perf/Documentation/jit-interface.txt, FACTS-python A5.
 */
#ifndef PERFOLIO_PARSER_PERFMAP_H
#define PERFOLIO_PARSER_PERFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct perfmap_entry {
	uint64_t start, size; /* [start, start + size) */
	const char *name;     /* as in the file, not NUL-free of control bytes; owned by the map */
};

struct perfmap {
	struct perfmap_entry *entries; /* sorted, disjoint */
	size_t n;
	size_t lines, malformed; /* lines read, lines that did not parse (blank lines are neither) */
	char *text;              /* holds the names */
};

/* Read the file; false: it cannot be opened or read.  Free with perfmap_free(). */
bool perfmap_read(const char *path, struct perfmap *out, struct error *err);

/* The same from memory (copied). */
void perfmap_parse(const char *bytes, size_t len, struct perfmap *out);

/* The entry that holds `addr`, or NULL. */
const struct perfmap_entry *perfmap_find(const struct perfmap *m, uint64_t addr);

void perfmap_free(struct perfmap *m);

#endif
