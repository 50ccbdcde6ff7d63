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
#include "parser/source.h"

struct session {
	const char *path;    /* the recording as the user named it; of several "3 recordings" */
	const char **inputs; /* all that were named */
	size_t n_inputs;
	struct source standard_input; /* if "-" is among them: read once, asked more than once */
	struct diag *diag;
	struct texts *texts;
	struct recording *recording; /* NULL: a profile file, or several inputs */
};

/*
 * Open the recording: `input` (-i) or the only operand, else "perf.data".
 * Returns EXIT_DONE, or the status to exit with after the message was printed.
 */
int session_open(struct session *s, const struct options *o, const char *input);

/* The same of a recording or a profile file; several: of any number of them. */
int session_open_any(struct session *s, const struct options *o, const char *input, bool several);

/* One of a session's inputs as a session of its own, with texts of the caller's, who takes them out before it closes it. */
int session_open_input(struct session *s, const struct session *whole, const char *path,
		       struct texts *texts);

/* Does the path name something to read: a folder, "-", or a file that begins as a recording, a profile file or a tarball? */
bool session_is_input(const char *path);

/* Is the file a profile file?  Whatever is wrong with it, reading it as what it is not will tell. */
bool session_is_profile(const struct session *s, const char *path);

/* A session's input as a file; source_close() it. */
bool session_source(const struct session *s, const char *path, struct source *out,
		    struct error *err);
void session_close(struct session *s);

/* "perfolio: PATH: byte 0x..: MESSAGE", and the next step, on stderr; gives the exit status. */
int session_fail(const struct session *s, const struct error *err);

/* The same where the file for the output cannot be made. */
int session_create_fail(const char *path, const struct error *err);

/* The same where the output cannot be written: to `path`, or to standard output if that is NULL or "-". */
int session_output_fail(const char *path, const struct error *err);

/* On stderr, with '?' for what might change the terminal: names of a recording may hold anything. */
void session_put(const char *text);

/* The same, formatted; not a line's end: that is a control byte. */
void session_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The serious problems on stderr, and of each kind the first ones only (all of them if `verbose`). */
void session_tell(const struct session *s, bool verbose);

#endif
