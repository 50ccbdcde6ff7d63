/*
 * report/sampled_event.h - what views and models need to know of an event, wherever its samples come from:
 * a recording, a profile file, or several of them.
 */
#ifndef PERFOLIO_REPORT_SAMPLED_EVENT_H
#define PERFOLIO_REPORT_SAMPLED_EVENT_H

#include <stdbool.h>

struct attr;
struct recording;

struct sampled_event {
	const char *name;
	const char *
		unit; /* of its weights: "ns", "count", or "samples" where samples have no weight */
	const struct attr *attr; /* borrowed */
	bool mixed; /* joined of several with other periods or frequencies: what attr says of them is one's */
};

/* One for each event of the recording, after the first walk; free() it.  Texts and attrs are the recording's. */
struct sampled_event *sampled_events(const struct recording *r);

/* Is it one of the units that an event can have?  Outputs' schemas name them. */
bool sampled_unit_is_known(const char *unit);

#endif
