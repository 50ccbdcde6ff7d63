/*
 * report/record_again.h - the command to record the same once more: what made a recording, less or more some options.
 *
 * Commands are texts as shell_words.h writes them: ready to be typed, without control bytes.
 */
#ifndef PERFOLIO_REPORT_RECORD_AGAIN_H
#define PERFOLIO_REPORT_RECORD_AGAIN_H

#include <stdbool.h>
#include <stddef.h>

struct sampled_event;
struct texts;

#define RECORD_PROGRAM "PROGRAM" /* stands for what is not known */

/*
 * The command that made a recording: its words, if it has them (`words`, the first is the recorder's path), else what
 * its events say, with PROGRAM for what they cannot.
 */
const char *record_command(const char *const *words, size_t n, const struct sampled_event *events,
			   size_t n_events, struct texts *texts);

/* What is to be other than it was; NULL: stays. */
struct record_changes {
	const char *call_graph;        /* "dwarf,16384" */
	const char *frequency, *count; /* -F, -c: one of them */
	const char *event;             /* instead of all events */
	const char *clock;
	const char *pages; /* -m */
	bool sample_cpu;
	bool clean_environment;
	const char *python; /* "perf": what the interpreter is told with -X */
};

/* "" as the command: not known, so PROGRAM stands for all but the changes. */
const char *record_again(const char *command, const struct record_changes *changes,
			 struct texts *texts);

struct record_answers {
	unsigned long rate;  /* of -F or -c, whichever comes last; 0: neither, or not a number */
	bool is_period;      /* it is -c's */
	bool chains;         /* call chains are recorded */
	bool starts_program; /* it runs what it records, or is not known (PROGRAM) */
};

/* What a command says. */
void record_ask(const char *command, struct record_answers *out, struct texts *texts);

#endif
