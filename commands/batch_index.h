/*
 * commands/batch_index.h - what stands over all recordings of a batch: the list of inputs, the index, the summary.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_INDEX_H
#define PERFOLIO_COMMANDS_BATCH_INDEX_H

#include "commands/batch.h"
#include "parser/base/error.h"
#include "render/batch.h"

/* A line of inputs.tsv. Texts are the list's. */
struct listed {
	const char *path,
		*content; /* content: its identity (batch_identity()); "": it could not be read */
	enum input_state state;
	const char *text; /* as in struct input_result */
	bool profile;     /* batch_input_is_profile() */
	const char *from; /* of a joined list: the folder of results it stands in */
};

struct listing {
	struct listed *items; /* in the order of batch_input_order() */
	size_t n, cap;
	struct texts *texts;
};

void listing_begin(struct listing *l);
void listing_done(struct listing *l);
void listing_add(struct listing *l, const struct listed *item);
bool listing_write(const struct listing *l, const char *dir, struct error *err);
/* Add what dir/inputs.tsv lists. */
bool listing_read(struct listing *l, const char *dir, struct error *err);

/*
 * Of equal recordings in several lists the first by its path that was read counts, as if one run had found them all; of one path in
 * several, one that was read.  The order of the lists does not matter.  False: one path has two contents.
 */
bool listing_join(struct listing *l, struct error *err);

/*
 * Write the index and the summary of the list's recordings, which are in dir/recordings, into `dir`.  limit: functions in each
 * list (0: all).  False: *err says why.
 */
bool batch_index_write(const struct listing *l, const char *dir, size_t limit,
		       struct index_totals *totals, struct error *err);

#endif
