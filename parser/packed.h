/*
 * parser/packed.h - the tarball that `perf archive --all` makes: a recording, and a tarball of its symbols; or a recording
 * that was packed by itself (gzip, bzip2, xz, zstd).
 *
 * Both go to unlinked files in $TMPDIR; names in the tarball lead nowhere, only their last part is looked at.  What comes out is
 * bounded by the size of what went in.  Source of the layout: tools/perf/perf-archive.sh.
 */
#ifndef PERFOLIO_PARSER_PACKED_H
#define PERFOLIO_PARSER_PACKED_H

#include <stdbool.h>

#include "parser/base/error.h"
#include "parser/source.h"

/* Does the file begin as a packed one does, or as a tarball? */
bool is_packed(const struct source *s);

struct packed {
	struct source recording; /* as if the file had been opened */
	int symbols;             /* the tarball of symbols; -1: there is none */
};

/*
 * Unpack the only recording of a tarball, and its symbols; source_close() and close() them.  False: it has none or
 * several, it is damaged, there is no room ...: *err says which.
 */
bool packed_open(const char *path, struct packed *out, struct error *err);

#endif
