/*
 * commands/batch_folder.h - folders that appear whole or not at all, and what they are called.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_FOLDER_H
#define PERFOLIO_COMMANDS_BATCH_FOLDER_H

#include <stdbool.h>

#include "parser/base/error.h"
#include "report/entry.h"

enum { FOLDER_NAME = 160 };

/*
 * "HOST-PROGRAM-20250131T235959Z-DIGEST": of host and program the letters, digits, '.', '_' and '-', the others as '_', at most
 * 40 bytes each; "unknown" where the recording does not tell.
 */
void folder_name(const struct entry *e, char name[FOLDER_NAME]);

/* Does the name end with this digest? */
bool folder_is_of(const char *name, const char *content);

/* A new, empty folder; what has its name is removed before. */
bool folder_make(const char *path, struct error *err);
/* Put `from` in the place of `to` (which may be there), in one step. */
bool folder_place(const char *from, const char *to, struct error *err);
/*
 * Onto the disk: a file's bytes, or a folder's names.  After a power loss a name must not stand for bytes that
 * never came to be.  What cannot be synced (some file systems refuse it) is left alone.
 */
void path_sync(const char *path);
/* A folder's files and its names; folders in it are left out. */
void folder_sync(const char *path);

/* With all that is in it (links are not followed); what cannot be removed stays. */
void folder_remove(const char *path);

#endif
