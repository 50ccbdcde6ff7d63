/*
 * commands/filtering.h - the options for filters and groups that every command with a profile has.
 */
#ifndef PERFOLIO_COMMANDS_FILTERING_H
#define PERFOLIO_COMMANDS_FILTERING_H

#include <regex.h>
#include <stdbool.h>

#include "commands/options.h"
#include "parser/base/diag.h"
#include "report/functions.h"
#include "report/group.h"
#include "report/profile.h"
#include "report/sample_filter.h"
#include "report/transform.h"
#include "report/view.h"

#define KINDS "python|native|kernel|unknown"

#define GROUPING_KEYS                                                                      \
	"function, line, module, package, object, file, category, comm, process, thread, " \
	"cpu, event, host, recording"

/* Put this into a command's option table, and give its options to filtering_option(). */
#define ROWS_FILTERING                                                                   \
	ROW_HEADING("Filters and groups, see perfolio-filters(7)"), ROWS_SAMPLE_FILTERS, \
		ROWS_FRAME_FILTERS
#define ROWS_SAMPLE_FILTERS                                                                        \
	ROW("comm", 0, "NAME,...", NULL, "only samples of threads with these names", OPT_COMM),    \
		ROW("pid", 0, "N,...", NULL, "only these processes; ranges too: 3,8-11", OPT_PID), \
		ROW("tid", 0, "N,...", NULL, "only these threads", OPT_TID),                       \
		ROW("cpu", 0, "N,...", NULL, "only these processors", OPT_CPU),                    \
		ROW("time", 0, "A,B", NULL, "only this time: seconds A,B or shares A%-B%",         \
		    OPT_TIME)
#define ROWS_FRAME_FILTERS                                                                       \
	ROW("object", 0, "REGEX", NULL, "only samples that ended in such a file", OPT_OBJECT),   \
		ROW("module", 0, "REGEX", NULL, "only samples that ended in such a module",      \
		    OPT_MODULE),                                                                 \
		ROW("kind", 0, "KIND", KINDS, "only samples that ended in such code", OPT_KIND), \
		ROW("focus", 0, "REGEX", NULL, "only stacks that contain a matching frame",      \
		    OPT_FOCUS),                                                                  \
		ROW("ignore", 0, "REGEX", NULL, "no stacks that contain a matching frame",       \
		    OPT_IGNORE),                                                                 \
		ROW("show-from", 0, "REGEX", NULL,                                               \
		    "begin stacks with the outermost matching frame", OPT_SHOW_FROM),            \
		ROW("hide", 0, "REGEX", NULL, "take matching frames out of stacks", OPT_HIDE),   \
		ROW("show", 0, "REGEX", NULL, "take all other frames out of stacks", OPT_SHOW),  \
		ROW("group-by", 0, "KEY,...", NULL,                                              \
		    "rows by these keys, not by function: " GROUPING_KEYS, OPT_GROUP_BY)

/* Starts as zeroes: nothing is left out.  Must not move: `leaves` points into it. */
struct filtering {
	struct sample_filter samples;
	struct frame_filter frames;
	struct grouping grouping;
	const char *object, *module; /* as typed */
	regex_t object_regex, module_regex;
	bool has_object, has_module; /* the expression is compiled */
	struct leaf_filter leaves;
};

/* Take an option; false: it is none of ROWS_FILTERING.  *wrong: its message was printed. */
bool filtering_option(struct filtering *f, const struct options *o, int id, bool *wrong);

/* An expression that regcomp() would take too much time or memory for. */
bool filtering_is_too_complex(const char *text);

/* The filter for view_input.leaves; NULL: nothing is left out there. */
const struct leaf_filter *filtering_leaves(const struct filtering *f);

/* --object and --module that match no function of these are problems. */
void filtering_tell_unmatched(const struct filtering *f, const struct functions *functions,
			      struct diag *diag);

void filtering_done(struct filtering *f);

#endif
