/*
 * commands/commands.h - the commands' entry points and the option rows they share.
 */
#ifndef PERFOLIO_COMMANDS_COMMANDS_H
#define PERFOLIO_COMMANDS_COMMANDS_H

#include "commands/options.h"

int command_annotate(const struct command *self, int argc, char **argv);
int command_batch(const struct command *self, int argc, char **argv);
int command_cache(const struct command *self, int argc, char **argv);
int command_doctor(const struct command *self, int argc, char **argv);
int command_dump(const struct command *self, int argc, char **argv);
int command_export(const struct command *self, int argc, char **argv);
int command_info(const struct command *self, int argc, char **argv);
int command_merge(const struct command *self, int argc, char **argv);
int command_report(const struct command *self, int argc, char **argv);
int command_save(const struct command *self, int argc, char **argv);

extern const struct option_row annotate_options[], batch_options[], cache_options[],
	doctor_options[], dump_options[], export_options[], info_options[], merge_options[],
	report_options[], save_options[];

/* Ids of options without a letter; those of letters are the letters. */
enum {
	OPT_FORMAT = 256,
	OPT_TYPE,
	OPT_LIMIT,
	OPT_VIEW,
	OPT_EVENT,
	OPT_SORT,
	OPT_PERCENT_LIMIT,
	OPT_CALLERS,
	OPT_CALLEES,
	OPT_NO_INLINE,
	OPT_SYMFS,
	OPT_DEBUG_DIR,
	OPT_DEBUGINFOD,
	OPT_KALLSYMS,
	OPT_FORCE,
	OPT_UNIT,
	OPT_TASKS,
	OPT_FULL_NAMES,
	OPT_RECURSION,
	OPT_CLUSTERS,
	OPT_NODE_LIMIT,
	OPT_EDGE_LIMIT,
	OPT_STRICT,
	OPT_UNDER,
	OPT_METRIC,
	OPT_MEMORY,
	OPT_NO_HOST_FILES,
	OPT_GROUP_BY,
	OPT_COMM,
	OPT_PID,
	OPT_TID,
	OPT_CPU,
	OPT_TIME,
	OPT_OBJECT,
	OPT_MODULE,
	OPT_KIND,
	OPT_FOCUS,
	OPT_IGNORE,
	OPT_HIDE,
	OPT_SHOW,
	OPT_SHOW_FROM,
	OPT_PERF_MAP,
	OPT_PERF_MAP_DIR,
	OPT_JITDUMP,
	OPT_KEEP,
	OPT_SOURCE,
	OPT_ASM,
	OPT_CONTEXT,
	OPT_FULL,
	OPT_PERCENT,
	OPT_SYNTAX,
	OPT_SOURCE_DIR,
	OPT_COLOR,
	OPT_ALL,
	OPT_OUTPUTS,
	OPT_TIMEOUT,
	OPT_SHARD,
	OPT_JOIN,
	OPT_AGAIN,
	OPT_PRUNE,
};

/* Rows of an option table that commands share. */
#define ROW(...)            \
	{                   \
		__VA_ARGS__ \
	}
/* Above the rows behind it in --help; there is no such option. */
#define ROW_HEADING(text) ROW("", 0, NULL, NULL, text, 0)
#define ROW_INPUT                       \
	ROW("input", 'i', "FILE", NULL, \
	    "the recording: a file, a directory, or - for standard input", 'i')
#define ROW_VERBOSE \
	ROW("verbose", 'v', NULL, NULL, "tell notes too, not only warnings and errors", 'v')
#define ROW_END ROW(0)

#endif
