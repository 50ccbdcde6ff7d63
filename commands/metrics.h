/*
 * commands/metrics.h - --metric 'NAME=EXPR': ratios of the user's own.
 */
#ifndef PERFOLIO_COMMANDS_METRICS_H
#define PERFOLIO_COMMANDS_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "commands/options.h"
#include "parser/base/error.h"
#include "report/derived.h"
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

/* Parse all; false: one is wrong, told with a caret. */
bool metrics_parse(struct metrics *m, const struct profile *p, const struct options *o);

/* What report and cache make of them: columns beside the events. */
void metrics_add_ratios(const struct metrics *m, struct ratios *r);

/*
 * What callgrind files can hold of them: m->n of them, metrics_free_derived() them; NULL: one is none of these,
 * told.
 */
struct derived *metrics_derive(const struct metrics *m, const struct profile *p,
			       const struct options *o);
void metrics_free_derived(struct derived *d, size_t n);

/* Tell why one of them cannot be written; gives EXIT_USAGE. */
int metrics_refuse(const struct options *o, const char *text, const struct error *err);

void metrics_done(struct metrics *m);

#endif
