/*
 * commands/batch_outputs.h - the outputs that `batch` can make of a recording: a row for each.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_OUTPUTS_H
#define PERFOLIO_COMMANDS_BATCH_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "commands/loading.h"
#include "commands/session.h"
#include "parser/base/error.h"
#include "report/entry.h"
#include "report/environment.h"

enum { MOST_OUTPUTS = 64 };

/* Those that --output chose, in the order in which they are made. */
struct batch_outputs {
	bool chosen[MOST_OUTPUTS];
	bool any;
};

#define BATCH_DEFAULT_OUTPUTS "report.txt,report.json,profile"

/* Add names with commas between; false: one is unknown, *err names all there are. */
bool batch_outputs_parse(struct batch_outputs *o, const char *names, struct error *err);

/* Is anything wanted that looks for secrets in stack copies? */
bool batch_outputs_examine(const struct batch_outputs *o);

/* ... the profile file, which save_prepare() is for? */
bool batch_outputs_save(const struct batch_outputs *o);

/* ... or that shows functions, and can show no groups? */
bool batch_outputs_show_functions(const struct batch_outputs *o);

/*
 * Write the chosen ones into a folder, and list them in the entry; the loading is used up by that.  False: *err says why (the
 * writing, unless *unreadable: the recording could not be read once more).
 */
struct batch_making {
	struct session *session;
	struct loading *loading;
	const struct environment *environment;
	const struct loading_options *options;
	const char *typed; /* see save_note(); or NULL */
	const char *hash;  /* of the recording's contents */
	bool annotates;    /* batch_outputs_write()'s own: annotate is among the outputs */
};
bool batch_outputs_write(const struct batch_outputs *o, const struct batch_making *m,
			 const char *folder, struct entry *e, bool *unreadable, struct error *err);

#endif
