/*
 * commands/metrics.h - --metric 'NAME=EXPR': ratios of the user's own.
 */
#ifndef PERFOLIO_COMMANDS_METRICS_H
#define PERFOLIO_COMMANDS_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "commands/options.h"
#include "report/profile.h"
#include "report/ratios.h"

#define ROW_METRIC                                                                              \
	{                                                                                       \
		"metric", 0, "NAME=EXPR", NULL, "a column of your own: arithmetic over events", \
			OPT_METRIC                                                              \
	}

/* Starts as zeroes. */
struct metrics {
	const char **texts; /* as given */
	size_t n;
	struct metric **parsed;
};

void metrics_add(struct metrics *m, const char *text);

/* Parse all and add them to the ratios; false: one is wrong, told with a caret. */
bool metrics_parse(struct metrics *m, const struct profile *p, struct ratios *r,
		   const struct options *o);

void metrics_done(struct metrics *m);

#endif
