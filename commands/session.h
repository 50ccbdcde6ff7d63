/*
 * commands/session.h - what every command does around its stages: open the
 * recording, tell problems, choose the exit status.
 */
#ifndef PERFOLIO_COMMANDS_SESSION_H
#define PERFOLIO_COMMANDS_SESSION_H

#include "commands/options.h"
#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "parser/recording.h"

struct session {
	const char *path; /* the recording as the user named it */
	struct diag *diag;
	struct texts *texts;
	struct recording *recording;
};

/*
 * Open the recording: `input` (-i) or the only operand, else "perf.data".
 * Returns EXIT_DONE, or the status to exit with after the message was printed.
 */
int session_open(struct session *s, const struct options *o, const char *input);
void session_close(struct session *s);

/* "perfolio: PATH: byte 0x..: MESSAGE", and the next step, on stderr; gives the exit status. */
int session_fail(const struct session *s, const struct error *err);

/* The same where the output cannot be written: to `path`, or to standard output if that is NULL or "-". */
int session_output_fail(const char *path, const struct error *err);

/* On stderr, with '?' for what might change the terminal: names of a recording may hold anything. */
void session_put(const char *text);

/* The serious problems on stderr, one line each (all of them if `verbose`). */
void session_tell(const struct session *s, bool verbose);

#endif
