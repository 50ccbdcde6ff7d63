/*
 * report/paths.h - paths whose parts come from a recording or an ELF file, which may be anybody's work.
 */
#ifndef PERFOLIO_REPORT_PATHS_H
#define PERFOLIO_REPORT_PATHS_H

#include <limits.h>
#include <stdbool.h>

/* "/a/../b" below a root could lead out of it. */
bool path_climbs(const char *path);

/* Three texts in a row, if they make a path. */
bool path_join(char path[PATH_MAX], const char *a, const char *b, const char *c);

/* The folder of a file, with its "/"; "" for a name alone.  False: it is too long. */
bool path_folder(char folder[PATH_MAX], const char *path);

/* A regular file that has contents?  (By their sizes those of /proc have none; a FIFO would block.) */
bool path_is_readable(const char *path);

#endif
