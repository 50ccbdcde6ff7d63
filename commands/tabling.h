/*
 * commands/tabling.h - the options of commands that print a table of functions: `report` and `cache`.
 */
#ifndef PERFOLIO_COMMANDS_TABLING_H
#define PERFOLIO_COMMANDS_TABLING_H

#include <stdbool.h>

#include "commands/metrics.h"
#include "commands/options.h"
#include "render/renderers.h"
#include "report/table.h"

struct out;

#define SORTS "self|total|samples|name"

/* Put this into a command's option table, and give its options to tabling_option(). */
#define ROWS_TABLING                                                                               \
	{ "sort", 0, "KEY", SORTS, "the order of rows", OPT_SORT },                                \
		{ "limit", 0, "N", NULL, "at most N rows (0: all; 40 on a terminal)", OPT_LIMIT }, \
		{ "percent-limit",                                                                 \
		  0,                                                                               \
		  "P",                                                                             \
		  NULL,                                                                            \
		  "only functions with at least P percent of the total",                           \
		  OPT_PERCENT_LIMIT },                                                             \
		ROW_METRIC,                                                                        \
	{                                                                                          \
		"format", 0, "FORMAT", REPORT_WORDS, "how to print it", OPT_FORMAT                 \
	}

/* Starts as zeroes; tabling_done(). */
struct tabling {
	struct table_options table;
	struct metrics metrics;
	int format;                            /* index of the word */
	bool sorted, limited, percent_limited; /* the option was given */
};

/* Take an option; false: it is none of ROWS_TABLING.  *wrong: its message was printed. */
bool tabling_option(struct tabling *t, const struct options *o, int id, bool *wrong);

/* As many rows of text as people read on a terminal, where nobody said how many. */
void tabling_fit(struct tabling *t, const struct out *o);

void tabling_done(struct tabling *t);

#endif
