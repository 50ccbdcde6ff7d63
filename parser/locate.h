/*
 * parser/locate.h - which file a path given by the user means (DESIGN 5).
 */
#ifndef PERFOLIO_PARSER_LOCATE_H
#define PERFOLIO_PARSER_LOCATE_H

#include <stdbool.h>

#include "parser/base/error.h"

struct located {
	char *path;      /* the file to open: FOLDER/data for a directory recording; free() it */
	char *directory; /* the recording directory: the folder that the recording lies in; "" for "-" */
	bool is_dir; /* a directory recording: data.N lie beside path */
};

/*
 * A file or "-" is itself.  A folder is a directory recording if it holds `data` with the
 * magic; else its `perf.data` (a file or such a folder), else the only recording in it.
 * None: ERR_IO; several: ERR_USAGE with their names.
 */
bool locate_recording(const char *path, struct located *out, struct error *err);
void located_free(struct located *l);

/* A regular file that begins as a recording does; or a folder that is a directory recording. */
bool locate_is_file(const char *path);
bool locate_is_folder(const char *path);

/* Do these first 8 bytes of a file begin a recording? */
bool is_perf_magic(const void *eight_bytes);

/* Is there such a file already?  "-o perf.data" happens, and what cannot be recorded again is not overwritten. */
bool is_recording_file(const char *path);

#endif
