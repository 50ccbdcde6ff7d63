/*
 * report/ratios.h - what events say together: IPC, miss ratios, misses per thousand instructions, own metrics.
 *
 * Formed after summing (DESIGN D6).  A ratio carries its sampling error, one standard deviation: samples are counted
 * events, so a count of n has a relative error of 1/sqrt(n), and errors of numerator and denominator add
 * up as squares.  One whose error is more than half of itself has no value.
 */
#ifndef PERFOLIO_REPORT_RATIOS_H
#define PERFOLIO_REPORT_RATIOS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/profile.h"

struct metric;
struct texts;

enum { RATIO_EVENTS = 8 }; /* of one kind: hybrid processors have two */

struct ratio {
	const char *name;    /* "MPKI" */
	const char *formula; /* over the names of events: "1000 * cache-misses / instructions" */
	double factor;
	size_t above[RATIO_EVENTS], below[RATIO_EVENTS]; /* events that are added up */
	size_t n_above, n_below;
	const struct metric *metric; /* --metric: then the fields above are not used */
};

struct ratio_value {
	bool has_value;
	bool has_error;
	double value, error; /* the error is absolute */
};

struct ratios {
	struct ratio *items;
	size_t n, cap;
};

/* Those that can be formed from the profile's events. Starts from zeroes; ratios_done(). */
void ratios_find(struct ratios *r, const struct profile *p, struct texts *texts);

/* Add one of the user's; the metric is borrowed. */
void ratios_add(struct ratios *r, const struct metric *m, const char *name, const char *formula);

/* The value over a row of costs, one for each event of the profile. */
struct ratio_value ratio_of(const struct ratio *r, const struct costs *c, size_t row);

void ratios_done(struct ratios *r);

#endif
