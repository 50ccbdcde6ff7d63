/*
 * parser/source.h - a file that can be read at any offset, whatever it was before.
 *
 * Regular files (standard input too, if it is one) are read where they are; pipes
 * are spooled to an unlinked file in $TMPDIR first.  Never maps anything.
 */
#ifndef PERFOLIO_PARSER_SOURCE_H
#define PERFOLIO_PARSER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "parser/base/error.h"

struct source {
	int fd;
	uint64_t size; /* bytes, when it was opened */
	time_t mtime;  /* 0 for a pipe */
};

/* Open a file, or "-".  False: *err says why (no such file, a folder, no permission, disk full ...). */
bool source_open(const char *path, struct source *out, struct error *err);
void source_close(struct source *s);

/* Read up to `len` bytes at `offset`; fewer only at the end of the file.  False: an I/O error. */
bool source_read(const struct source *s, uint64_t offset, void *buf, size_t len, size_t *got,
		 struct error *err);

#endif
