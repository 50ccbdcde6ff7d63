/*
 * report/profile_file.h - a folio in a file: "FILE.perfolio" (doc/PROFILE-FORMAT.md).
 *
 * The same folio gives the same bytes, in whatever order it was merged.  A file is held to be damaged or made up:
 * whatever is in it, reading gives a folio whose numbers all fit together, or an error with the byte.
 */
#ifndef PERFOLIO_REPORT_PROFILE_FILE_H
#define PERFOLIO_REPORT_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "parser/source.h"
#include "report/folio.h"

/* A newer major version cannot be read; of a newer minor one what is known. */
enum { PROFILE_FILE_MAJOR = 1, PROFILE_FILE_MINOR = 1 };

/* The bytes of the file, free() them.  Of a folio that is not loose. */
uint8_t *profile_file_write(const struct folio *f, size_t *len);

/* Parts that not everybody wants. */
enum { PROFILE_FILE_MEMORY = 1, PROFILE_FILE_POSITIONS = 2, PROFILE_FILE_ALL = 3 };

/*
 * NULL: *err says why.  folio_free() it; texts are put into `texts`.  wanted: bits of PROFILE_FILE_*.  A file that
 * has positions which are not wanted is read as one without, and is loose.
 */
struct folio *profile_file_read(const struct source *s, unsigned wanted, struct texts *texts,
				struct error *err);

/* Only what its tasks are kept apart by. */
bool profile_file_keys(const struct source *s, unsigned *keys, struct error *err);

/* What `perfolio info` says of a profile file. */
struct profile_info {
	const struct folio *folio;
	uint64_t size; /* of the file */
	const struct diag *diag;
};

#endif
