/*
 * report/entry.h - what an index and a summary over many recordings need of one: a small record that is kept in files.
 *
 * entry.tsv has what an index shows, a line for each fact: its key, a tab, its values.  functions.tsv has every function's costs.  Both
 * are described in perfolio-batch(1), and whoever writes a line in them adds it there.
 */
#ifndef PERFOLIO_REPORT_ENTRY_H
#define PERFOLIO_REPORT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "parser/base/text.h"
#include "report/health.h"
#include "report/profile.h"

struct collected;
struct doctor;
struct entry_facts;
struct table;

/* Far more than people record at once; the events behind them are not kept. */
enum { ENTRY_EVENTS = 200 };

struct entry_event {
	const char *name, *unit;
	struct cost sum;
};

struct entry_problem {
	const char *severity, *kind, *subject, *message;
	uint64_t count;
};

struct entry_output {
	const char *name; /* of the file, in the recording's folder */
	uint64_t bytes;
};

/* Texts are never NULL. */
struct entry {
	/* what the outputs were made of and how: if all of it is the same, so are the outputs */
	const char *content; /* the digest of the recording's bytes, hexadecimal */
	const char *options; /* the digest of the options */
	const char *version; /* of perfolio */
	const char *input;   /* the path, as it was found */
	uint64_t bytes;      /* of the recording */

	bool profile, packed; /* it was a profile file, or in a tarball: `when` is from there */
	const char *host, *program, *command; /* "": not known */
	bool has_when;
	bool when_is_file; /* the recording does not tell; it is when the file was written */
	int64_t when;      /* of the first sample: seconds since 1970, UTC */
	uint64_t duration_ns;
	const char *view;
	uint64_t processes, threads;
	uint64_t python, native, kernel, unknown; /* samples of the first event by what ran */
	struct health health;
	struct entry_event *events;
	size_t n_events, cap_events;
	struct entry_problem *problems; /* the most severe first */
	size_t n_problems, cap_problems;
	struct entry_output *outputs;
	size_t n_outputs, cap_outputs;
	bool has_top; /* the function with the highest self cost of the first event */
	const char *top_name, *top_module;
	struct cost top;
	char *bytes_read; /* what texts point into, where it was read from a file */
};

struct entry_input {
	const struct entry_facts *facts;
	const struct collected *collected;
	const struct profile *profile;
	const struct table *table; /* all functions, sorted by self */
	const struct doctor *doctor;
	const struct diag *diag;
};

/* Facts of a loaded recording, whose texts they borrow; entry_done() it.  What comes from elsewhere (content, bytes, input ...) is the caller's to set. */
void entry_make(struct entry *e, const struct entry_input *in);
/* What is no problem of the recording's, but of what was to be made of it.  Texts are borrowed. */
void entry_add_problem(struct entry *e, const struct entry_problem *p);
void entry_add_output(struct entry *e, const char *name, uint64_t bytes);
void entry_done(struct entry *e);

/* False: not everything was written, or the file is no entry; *err says why. */
bool entry_write(const struct entry *e, const char *path, struct error *err);
bool entry_read(struct entry *e, const char *path, struct error *err);

/* ---- functions.tsv ---- */

/* Whoever changes the form of a line counts it up: results of other forms are made again. */
#define ENTRY_FUNCTIONS_VERSION "2"

struct entry_function {
	enum function_kind kind;
	const char *module, *name; /* a Python module is named among the recording's own files */
	const char *file;          /* of a Python function; NULL: not known, or none */
	struct cost *self, *total; /* by event */
};

/*
 * The table's functions, those of equal kind, module and name as one, whose total counts each sample once.  files: of Python
 * functions in all maps of the recording, which modules are named among; distinct, sorted.
 */
bool entry_functions_write(const struct table *t, const char *const *files, size_t n_files,
			   const char *path, struct error *err);

/*
 * Call `take` for every function of the file.  The texts and costs live during the call only.  False: it is no such file, or
 * not whole, or of another number of events; functions before the damage were given.
 */
typedef void entry_function_taker(void *context, const struct entry_function *f);
bool entry_functions_read(const char *path, size_t n_events, entry_function_taker *take,
			  void *context, struct error *err);

/* Call `take` for every file of Python functions that the file lists; what stands behind them is not looked at. */
typedef void entry_file_taker(void *context, const char *file);
bool entry_files_read(const char *path, entry_file_taker *take, void *context, struct error *err);

#endif
