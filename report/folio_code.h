/*
 * report/folio_code.h - what a folio tells of its code (recorded_code.h): by its positions, and by files that are at hand now
 * and proven to be those that were recorded.
 *
 * Lines and opcodes are kept in positions.  Bytes are not: they are read from a file of the same build id, which is looked for
 * where it was read when the recording was, beside the inputs, and where options say.  Without a build id no file is used:
 * it could be of another build.  Code of the kernel and code made at run time has no file that would prove it.
 */
#ifndef PERFOLIO_REPORT_FOLIO_CODE_H
#define PERFOLIO_REPORT_FOLIO_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/collect.h"
#include "report/finder.h"
#include "report/folio.h"
#include "report/functions.h"
#include "report/object_cache.h"
#include "report/recorded_code.h"
#include "report/symbols.h"

/* An input, and the folder that it lies in; "": it has none. */
struct code_folder {
	const char *path, *directory;
};

/* Everything is borrowed and must outlive the code. */
struct folio_code_input {
	const struct folio *folio;
	const struct collected *collected; /* of folio_view() with positions */
	const struct functions *functions; /* likewise */
	const struct frames *frames;
	const struct finder_options *finder;
	const struct code_folder *folders;
	size_t n_folders;
	bool known_paths; /* files may be read where they were read before */
	/* When the oldest recording was written, and when it was copied to where it lies, or its profile was; 0: not known. */
	time_t recorded, copied;
	struct object_cache *cache; /* NULL: there is none */
	struct texts *texts;
	struct diag *diag;
};

/* recorded_code_free() it. */
struct recorded_code *folio_code_new(const struct folio_code_input *in);

/* Is where frames are kept of any recording? */
bool folio_has_positions(const struct folio *f);

#endif
