/*
 * parser/recording.h - one perf.data recording in any container, as a sequence of records.
 *
 * Reads files (either byte order, old and new magic), pipe streams (from a file
 * or from standard input), directories of `perf record --threads`, and
 * unfinished files; decompresses.  Input is read in windows of about 1 MiB, so
 * memory does not grow with the file.  Knows nothing of processes or symbols.
 * What is damaged is told to the sink, and what stands before it is given.
 */
#ifndef PERFOLIO_PARSER_RECORDING_H
#define PERFOLIO_PARSER_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "parser/base/text.h"
#include "parser/event.h"
#include "parser/features.h"
#include "parser/source.h"

enum recording_mode { MODE_FILE, MODE_PIPE, MODE_LEGACY, MODE_DIR };

/* One record, as it lies in the file (numbers in the file's byte order). */
struct record_view {
	uint32_t type;          /* RECORD_* or any other number */
	uint16_t misc;          /* MISC_* */
	uint32_t len;           /* bytes of payload, behind the record's header */
	const uint8_t *payload; /* borrowed until the next call of recording_next() */
	uint64_t offset; /* file offset of the record (of the COMPRESSED record it came out of) */
	uint64_t
		ordinal; /* number of the record in the recording, from 0; the same in every walk */
	uint32_t file;   /* which file of a directory recording; 0 otherwise */
	bool inner;      /* came out of a COMPRESSED record */
};

struct recording;

/*
 * Open `path` ("-": standard input; a folder: a directory recording, or the
 * recording in it, see locate.h) and read its header.  NULL: *err says why.
 * `diag` and `texts` must outlive the recording.
 */
struct recording *recording_open(const char *path, struct diag *diag, struct texts *texts,
				 struct error *err);
/* The same of a file that is open already, whatever `path` calls it; given->fd is taken, also where it fails. */
struct recording *recording_open_source(const char *path, struct source *given, struct diag *diag,
					struct texts *texts, struct error *err);
void recording_close(struct recording *r);

/*
 * Read the records from the first.  Every walk gives the same records; in the
 * first one, records that describe the recording itself (HEADER_ATTR,
 * HEADER_FEATURE, EVENT_UPDATE, HEADER_BUILD_ID ...) are applied to it, and damage is told.
 */
void recording_rewind(struct recording *r);

/* Next record; false at the end.  Damage ends the walk of a file, after it was told. */
bool recording_next(struct recording *r, struct record_view *out);

/* The name of a file of a directory recording, "data.3"; "" for the main one. */
enum { RECORDING_FILE_NAME = 32 };
void recording_file_name(const struct recording *r, size_t file, char out[RECORDING_FILE_NAME]);

/* Tell a problem with a record, and where it is: "data.3: byte 0x1f40: WHAT".  The place is the record's, or that of *err. */
void recording_tell(const struct recording *r, struct diag *diag, const struct record_view *v,
		    enum problem_kind kind, const char *subject, const char *what);
void recording_tell_at(const struct recording *r, struct diag *diag, const struct record_view *v,
		       enum problem_kind kind, const char *subject, const struct error *err);

/* True after the first walk came to its end: nothing was cut off. */
bool recording_finished(const struct recording *r);

/* Did the system refuse to read on (EIO, ENFILE)?  It was told as damage, but may be otherwise the next time. */
bool recording_refused(const struct recording *r);

enum recording_mode recording_mode(const struct recording *r);
bool recording_swapped(const struct recording *r);    /* not this machine's byte order */
bool recording_big_endian(const struct recording *r); /* byte order of the file */
uint64_t recording_size(
	const struct recording *r); /* bytes of the file, or of a directory's files */
const char *recording_path(const struct recording *r); /* the file that is read */
/* Did it come in a tarball (packed.h)?  Then its time is that of the member. */
bool recording_is_packed(const struct recording *r);

/* The tarball of symbols that came in one tarball with it (packed.h): a file of its own, borrowed; -1: there is none. */
int recording_symbols(const struct recording *r);
const char *recording_directory(
	const struct recording *r); /* DESIGN 5: the folder it lies in; "" for stdin */

time_t recording_mtime(const struct recording *r); /* of the file; 0 if not known */

/* Complete after the first walk; in file mode from the start. */
const struct events *recording_events(const struct recording *r);
const struct features *recording_features(const struct recording *r);

/* The event that a SAMPLE's or another record's bytes belong to; -1: none. */
int recording_event_of(const struct recording *r, const struct record_view *v);

/* The time in a SAMPLE or in the sample_id_all trailer of another kernel record, in ns; false: it has none. */
bool recording_time_of(const struct recording *r, const struct record_view *v, uint64_t *time);

/* Bytes walked over so far in this walk, of recording_size(): for progress. */
uint64_t recording_position(const struct recording *r);

#endif
