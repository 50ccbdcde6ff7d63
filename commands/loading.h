/*
 * commands/loading.h - what `report` and `export` have in common: the stages from the recording to the profile.
 */
#ifndef PERFOLIO_COMMANDS_LOADING_H
#define PERFOLIO_COMMANDS_LOADING_H

#include <stdbool.h>

#include "commands/accesses.h"
#include "commands/filtering.h"
#include "commands/options.h"
#include "commands/session.h"
#include "report/collect.h"
#include "report/doctor.h"
#include "report/finder.h"
#include "report/folio.h"
#include "report/functions.h"
#include "report/machine.h"
#include "report/profile.h"
#include "report/sampled_event.h"
#include "report/symbols.h"
#include "report/table.h"

/* Options that every command with a profile has; put ROWS_LOADING into its table. */
struct loading_options {
	const char *input; /* -i FILE */
	int view;          /* -1: choose */
	const char *event; /* --event E, or NULL */
	struct finder_options finder;
	struct perf_map_option *perf_maps; /* ours: loading_options_end() */
	const char **debug_dirs;           /* likewise */
	struct filtering filtering;
	bool verbose, strict, no_inline;
	bool memory;    /* accesses to memory are looked at */
	bool positions; /* of several inputs or a profile file: where frames are, see folio_view() */
	bool all_inlined; /* find inlined functions also where the view does not show them */
	/* with by_task: a recording's folio is wanted, too: loading.gathered */
	struct collect_options collect;
	struct object_cache *cache; /* of several recordings; NULL: there is one */
};

#define VIEWS "python|native|mixed"

/* Last in the table: headings begin in it. */
#define ROWS_LOADING                                                                               \
	ROW_INPUT,                                                                                 \
		ROW("view", 0, "VIEW", VIEWS,                                                      \
		    "which frames are shown; without it the recording decides", OPT_VIEW),         \
		ROW("event", 0, "EVENT", NULL,                                                     \
		    "only this event: its name, or the part before ':' or '/'", OPT_EVENT),        \
		ROW("no-inline", 0, NULL, NULL, "no frames for inlined functions", OPT_NO_INLINE), \
		ROW("strict", 0, NULL, NULL, "exit with 3 if there were problems", OPT_STRICT),    \
		ROW_VERBOSE, ROWS_FILTERING, ROWS_FILES
/* Where symbols are found: for commands that read recordings, whatever they make of them. */
#define ROWS_FILES                                                                                \
	ROW_HEADING("Files, see perfolio(1)"),                                                    \
		ROW("symfs", 0, "DIR", NULL, "look for the recorded files below this directory",  \
		    OPT_SYMFS),                                                                   \
		ROW("debug-dir", 0, "DIR", NULL, "a folder like /usr/lib/debug or ~/.debug",      \
		    OPT_DEBUG_DIR),                                                               \
		ROW("debuginfod", 0, NULL, NULL, "ask the servers in DEBUGINFOD_URLS for files",  \
		    OPT_DEBUGINFOD),                                                              \
		ROW("kallsyms", 0, "FILE", NULL, "symbols of the recorded kernel", OPT_KALLSYMS), \
		ROW("perf-map", 0, "PID=FILE", NULL, "the perf map of a process", OPT_PERF_MAP),  \
		ROW("perf-map-dir", 0, "DIR", NULL, "a folder with perf maps", OPT_PERF_MAP_DIR), \
		ROW("jitdump", 0, "FILE", NULL, "the jitdump of a process", OPT_JITDUMP),         \
		ROW("no-host-files", 0, NULL, NULL,                                               \
		    "use no file of this machine that no option names", OPT_NO_HOST_FILES),       \
		ROW("force", 0, NULL, NULL, "use files although they contradict the recording",   \
		    OPT_FORCE)

struct loading {
	struct machine *machine;
	struct collected collected;
	struct sampled_event *events; /* of the call tree */
	struct finder *finder;
	struct objects *objects;
	struct jitmaps *jitmaps;
	struct kernel *kernel;
	struct unwinder *unwinder;
	struct functions functions;
	struct frames frames;
	struct folio *
		folio; /* what `collected` to `events` are made from; NULL: from one recording itself */
	struct gathered *gathered; /* with collect.by_task; NULL: it takes a walk of its own */
	struct profile *profile;
	struct memory *memory; /* of a recording, where options.memory asks for it; else NULL */
	uint32_t
		*shown; /* by function: the profile's that stands for it; not where it is grouped */
	struct accesses accesses; /* with options.memory */
	int event;                /* index among the profile's events that --event chose; -1: all */
	char *program;            /* for headers: what was recorded */
	const char *command; /* that recorded it, see record_again.h; "": several, or not known */
};

void loading_options_begin(struct loading_options *l);
void loading_options_end(struct loading_options *l);

/* Take an option of ROWS_LOADING; false: it is not one of them.  *wrong: its message was printed. */
bool loading_option(struct loading_options *l, const struct options *o, int id, bool *wrong);

/*
 * From an open session to the profile; EXIT_DONE, or the status to exit with after the message was printed.
 * Whatever it returns, loading_done().
 */
int loading_run(struct loading *l, struct session *s, const struct options *o,
		const struct loading_options *options);
void loading_done(struct loading *l);

/* What gather.c does with each recording: both walks, and functions for all addresses. */
void loading_walk(struct loading *l, struct session *s, const struct loading_options *options,
		  unsigned roots);
struct symbols_input loading_symbols(struct loading *l, struct session *s);

/* What headers say was recorded, free() it; and the command that did, a text of the session's.  Behind loading_walk(). */
char *loading_program(const struct loading *l, const struct session *s);
const char *loading_command(const struct loading *l, const struct session *s);

/* The samples that the filters kept, in another view. *shown: as in struct loading.  loading_view_free() them. */
const struct profile *loading_view(const struct loading *l, const struct session *s, enum view view,
				   const uint32_t **shown);
void loading_view_free(const struct profile *p, const uint32_t *shown);

/* What the doctor needs, but for the environment. */
struct doctor_input loading_doctor_input(const struct loading *l, const struct session *s);

/* What the header of a report says. */
struct table_summary loading_summary(const struct loading *l, const struct session *s);

/* The status of a command that did its work: EXIT_UNWELL with --strict and problems. Tells the problems. */
int loading_status(const struct session *s, const struct loading_options *options, int status);

#endif
