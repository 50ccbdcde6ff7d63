/*
 * commands/batch.h - what the parts of `batch` share: its options, and the folder that results go to.
 *
 *	DIR/index.{json,csv,xml,html}, summary.{json,csv,txt}
 *	DIR/inputs.tsv             each input with its digest and what became of it
 *	DIR/recordings/NAME/       a recording's outputs, with entry.tsv and functions.tsv
 *	DIR/.perfolio-batch/known  the journal (batch_known.h)
 *	DIR/.perfolio-batch/work/  folders that are not whole yet
 *	DIR/.perfolio-batch/lock   held as long as a batch writes
 */
#ifndef PERFOLIO_COMMANDS_BATCH_H
#define PERFOLIO_COMMANDS_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commands/batch_inputs.h"
#include "commands/batch_outputs.h"
#include "commands/input_files.h"
#include "commands/loading.h"
#include "parser/base/digest.h"

struct batch {
	struct loading_options loading;
	struct batch_outputs outputs;
	const struct options *options; /* as parsed, for messages */
	struct digest
		digest; /* of the options that decide what is made of a recording, and of the version */
	char *typed;     /* options that choose what profile files hold, see save_note(); ours */
	const char *dir; /* -o */
	uint64_t jobs;
	uint64_t timeout_s; /* for reading an input, and again for what is made of it; 0: none */
	uint64_t limit;     /* functions in a list of the summary; 0: all */
	bool quiet, again, prune;
	struct batch_inputs inputs;
};

enum input_state { INPUT_WAITING, INPUT_DONE, INPUT_FAILED, INPUT_DUPLICATE };

/* What became of an input. */
struct input_result {
	enum input_state state;
	bool has_content;
	struct digest content, identity; /* identity: batch_identity() */
	char *text; /* DONE: the name of its folder; FAILED: why; DUPLICATE: the path of the one that stands for it; ours to free */
	char *why; /* of a DUPLICATE that was tried first: why it failed; else NULL; ours to free */
	bool unusual; /* FAILED by what may be otherwise the next time: it is tried again */
	/* what tells a later run that nothing has changed */
	struct file_stamp stamp;
	int64_t seen_ns;    /* when that was taken, as batch_now_ns() */
	uint64_t side;      /* batch_input_side() */
	uint64_t functions; /* DONE: bytes of functions.tsv */
};

/* "DIR/A/B", to be freed; b may be NULL. */
char *batch_path(const char *dir, const char *a, const char *b);

/* Nanoseconds since 1970, as files' times are. */
int64_t batch_now_ns(void);

/* Before anything that the index was made of changes: then a run that is killed leaves no note of what is not so. */
void batch_forget_index(const char *dir);

#endif
