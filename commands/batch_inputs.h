/*
 * commands/batch_inputs.h - what `batch` is to read: recordings by name, and those found in folders.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_INPUTS_H
#define PERFOLIO_COMMANDS_BATCH_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch_input {
	char *path;
	char *why;    /* a folder whose recordings cannot be found, and why; else NULL */
	bool profile; /* batch_input_is_profile(), when the list was made */
};

/* In the order of batch_input_order(), each once. Starts as zeroes. */
struct batch_inputs {
	struct batch_input *items;
	size_t n, cap;
	uint64_t left_out_dev, left_out_ino; /* batch_inputs_leave_out()'s folder; 0: none */
};

/*
 * A recording, directory recording or profile file is itself, whatever is in it; a folder stands for all of them in and below it:
 * files that begin as one or are called like one (perf.data, *.data, *.perfolio).  Links are not followed there,
 * names that begin with a dot not looked at, nor folders below it that hold results of batch.
 * A folder that cannot be looked into is an input that has failed.
 */
void batch_inputs_add(struct batch_inputs *in, const char *path);

/* What lies in this folder is no input, by whatever way it is found; to be called before others are added. */
void batch_inputs_leave_out(struct batch_inputs *in, const char *folder);

#define BATCH_PROFILE_NAME ".perfolio"
/* Does the file begin as a profile file does? */
bool batch_input_is_profile(const char *path);

/* Sort; keep only the part-th of `parts` parts (from 1), which depends on the paths alone. */
void batch_inputs_finish(struct batch_inputs *in, uint64_t part, uint64_t parts);
void batch_inputs_done(struct batch_inputs *in);

/* What was seen in the folders of inputs. Starts as zeroes. */
struct side_folders {
	struct side_folder {
		char *path;
		uint64_t hash;
	} * items; /* each in the one before it */
	size_t n, cap;
	char *cut; /* the first in which there was too much to look at all; NULL: none */
};

/*
 * What else the outputs depend on in the recording's folder: names, sizes and times of symbol files, maps, sources, and
 * whatever else is no recording.  Faster for inputs in their order.
 */
uint64_t batch_input_side(struct side_folders *folders, const struct batch_input *input);
void side_folders_done(struct side_folders *f);

/* A folder with this in it holds results. */
#define BATCH_STATE ".perfolio-batch"
/* In it, what is not whole yet. */
#define BATCH_WORK BATCH_STATE "/work"

#endif
