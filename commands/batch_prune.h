/*
 * commands/batch_prune.h - `batch --prune`: results of what is no input any more.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_PRUNE_H
#define PERFOLIO_COMMANDS_BATCH_PRUNE_H

#include <stddef.h>

#include "commands/batch_index.h"

/*
 * Remove the folders in dir/recordings that a batch made and that no item of the list is in.  A batch made a folder if its
 * entry says its name, and nothing lies in it that the entry does not list.  What was made of an input that has failed this
 * time stays, and so does what came from a folder that could not be looked into.  Gives how many were removed.
 */
size_t batch_prune(const char *dir, const struct listing *l);

#endif
