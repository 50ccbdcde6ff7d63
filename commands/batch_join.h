/*
 * commands/batch_join.h - the parts of a batch that were made apart (--shard, other nights), as one.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_JOIN_H
#define PERFOLIO_COMMANDS_BATCH_JOIN_H

#include "commands/batch_index.h"

/*
 * Read the lists of inputs of the folders of results `dirs` into `l`, and link their recordings into dir/recordings.  False:
 * *err says why.
 */
bool batch_join(const char *const *dirs, size_t n, const char *dir, struct listing *l,
		struct error *err);

#endif
