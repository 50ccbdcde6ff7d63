/*
 * report/derived.h - metrics that readers of callgrind files compute themselves, for each row that they show.
 *
 * KCachegrind takes "event: NAME = 100 a + b": events times whole numbers, added up in unsigned 64 bits without
 * a look at what leaves them.  So ratios cannot be had there, and what could be negative or too large is refused.
 */
#ifndef PERFOLIO_REPORT_DERIVED_H
#define PERFOLIO_REPORT_DERIVED_H

#include <stdbool.h>

#include "parser/base/error.h"
#include "report/callgraph.h"

struct metric;

struct derived {
	const char *name; /* as the user wrote it; the metric's */
	int *factors;     /* of each event of the profile */
};

/* The metric over `n_events` events; false: it is none of this kind, *err says why. */
bool derived_init(struct derived *d, const struct metric *m, size_t n_events, struct error *err);
void derived_done(struct derived *d);

/* Is every number that a reader will show of it right? */
bool derived_fits(const struct derived *d, const struct callgraph *g, struct error *err);

#endif
