/*
 * report/id_archive.h - the tarball that `perf archive` makes: what perf's build-id cache has for one recording.
 *
 * It is unpacked when a file of it is asked for first.  Names in it lead nowhere: of a member's name only
 * the build id and the last part count (id_tree_parse()), and its bytes go to an unlinked file
 * in $TMPDIR.  What leads out of it, or is neither file, folder nor link, is told and left out; of
 * two files for one build id the first counts.  What comes out is bounded by the size of what went in.
 * Without libarchive nothing can be found in it, and that is told.
 */
#ifndef PERFOLIO_REPORT_ID_ARCHIVE_H
#define PERFOLIO_REPORT_ID_ARCHIVE_H

#include "parser/base/diag.h"
#include "report/id_tree.h"

struct id_archive;

/* `path` is borrowed.  Nothing is read yet. */
struct id_archive *id_archive_new(const char *path, struct diag *diag);

/* The same of an open file, which is borrowed; `path` is for messages. */
struct id_archive *id_archive_new_of(int fd, const char *path, struct diag *diag);
void id_archive_free(struct id_archive *a);

/* For messages. */
const char *id_archive_path(const struct id_archive *a);

/* A path where the member of this build id can be read, as long as `a` lives; NULL: there is none. */
const char *id_archive_find(struct id_archive *a, const struct object_id *id, enum id_file what);

#endif
