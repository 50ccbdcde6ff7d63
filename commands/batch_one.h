/*
 * commands/batch_one.h - one recording of a batch, from its file to its folder of outputs.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_ONE_H
#define PERFOLIO_COMMANDS_BATCH_ONE_H

#include "commands/batch.h"
#include "commands/input_files.h"

enum one_outcome {
	ONE_DONE,
	ONE_FAILED,    /* the recording cannot be read: it will not be the next time either */
	ONE_UNUSUAL,   /* it vanished, changed ... */
	ONE_NO_OUTPUT, /* what was made cannot be written: nothing else can, either */
};

struct one_result {
	enum one_outcome outcome;
	char text[400]; /* DONE: the folder's name; else why not */
};

struct object_cache;

/*
 * Read the input and write its folder DIR/recordings/NAME, as a whole or not at all.  stamp: it has to be the same file as then.
 * cache: what earlier recordings opened.
 * messages: a file that standard error goes to; what a stage says there is why it failed.
 */
void batch_one(const struct batch *b, const struct batch_input *input, const struct digest *content,
	       const struct file_stamp *stamp, struct object_cache *cache, int messages,
	       struct one_result *result);

#endif
