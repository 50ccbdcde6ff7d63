/*
 * commands/input_files.h - the files that a recording consists of: one, or those of a folder of `perf record --threads`.
 */
#ifndef PERFOLIO_COMMANDS_INPUT_FILES_H
#define PERFOLIO_COMMANDS_INPUT_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/digest.h"
#include "parser/base/error.h"
#include "parser/recording.h"

/* What tells that a file was changed without reading it; all 0: not known. */
struct file_stamp {
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
};

/* False: it cannot be looked at; *err says why. */
bool input_stamp(const char *path, struct file_stamp *out, struct error *err);
bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

/* When the recording was written, as recording_mtime(): seconds since 1970; 0: not known. */
int64_t input_written(const char *path);

/* The digest of a recording's bytes: of a file as b2sum says it, of a directory recording over its files. */
bool input_digest(const char *path, struct digest *out, struct error *err);

/* The same of an open recording. */
bool input_digest_recording(const struct recording *r, struct digest *out, struct error *err);

/* Is a file of this name in such a folder one of the recording's? */
bool input_is_part(const char *name);

#endif
