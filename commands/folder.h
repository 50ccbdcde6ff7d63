/*
 * commands/folder.h - the names in a folder.
 */
#ifndef PERFOLIO_COMMANDS_FOLDER_H
#define PERFOLIO_COMMANDS_FOLDER_H

#include <stddef.h>

/* "DIR/NAME"; free() it. */
char *folder_join(const char *dir, const char *name);

/*
 * The names in a folder, sorted, without those that begin with a dot; folder_names_free() them.  NULL: it cannot be
 * read, see errno.
 */
char **folder_names(const char *folder, size_t *n_out);
void folder_names_free(char **names, size_t n);

#endif
