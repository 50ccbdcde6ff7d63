/*
 * report/view.h - call tree of addresses -> profile of functions, as a view shows it (DESIGN 4).
 */
#ifndef PERFOLIO_REPORT_VIEW_H
#define PERFOLIO_REPORT_VIEW_H

#include <regex.h>
#include <stdbool.h>

#include "parser/base/text.h"
#include "report/collect.h"
#include "report/functions.h"
#include "report/profile.h"
#include "report/sampled_event.h"
#include "report/symbols.h"

/* Only samples whose leaf is such; what is NULL or 0 takes all. */
struct leaf_filter {
	const regex_t *object; /* path of the file */
	const regex_t *module; /* of the leaf, or of the innermost Python function */
	const char *under; /* what the innermost Python function is called, see function_name.h */
	unsigned kinds; /* bit k: enum function_kind; python: user code under a Python function */
};

struct view_input {
	const struct sampled_event *events; /* of the call tree */
	const struct collected *collected;
	const struct functions *functions;
	const struct frames *frames; /* see symbolize() */
	struct texts *texts;
	const struct leaf_filter *leaves; /* NULL: all */
	uint32_t *shown; /* NULL, or set: by function, the profile's that stands for it */
	uint32_t *
		rows; /* NULL, or zeroes: by node of the call tree, the row of costs that its samples are in */
	bool categories; /* a node for the category of the cost at the root: see category.h */
};

/* What decides which view is shown where the user did not choose one: samples of all events in user code. */
struct view_votes {
	uint64_t all;
	uint64_t python; /* of processes with Python frames */
	bool any;        /* there is a Python frame */
};
enum view view_of_votes(const struct view_votes *v);

/* The view that DESIGN 4 gives where the user did not choose one. */
enum view view_default(const struct view_input *in);

/* The profile, profile_free() it.  Events without samples are left out. */
struct profile *view_profile(const struct view_input *in, enum view view);

#endif
