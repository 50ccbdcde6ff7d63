/*
 * commands/output_path.h - is what -o names a file that can be written?  Asked before a recording is read, which may
 * take long.
 */
#ifndef PERFOLIO_COMMANDS_OUTPUT_PATH_H
#define PERFOLIO_COMMANDS_OUTPUT_PATH_H

#include <stdbool.h>

#include "commands/options.h"
#include "commands/session.h"

/*
 * False: told, it is wrong usage.  NULL and "-" are standard output.  What happens to the folder later is told when the
 * file is made.
 */
bool output_path_check(const struct options *o, const char *path);

/* The same of a folder, which may be there, or is made in one that is. */
bool output_folder_check(const struct options *o, const char *path);

/* Is it, by whatever name, one of the session's inputs?  Told if so. */
bool output_path_is_input(const struct options *o, const char *path, const struct session *s);

#endif
