/*
 * report/transform.h - profile -> profile: which samples and which frames are shown (pprof's words).
 *
 *   focus      only samples whose stack contains a matching frame
 *   ignore     not the samples whose stack contains one
 *   hide       matching frames are taken out of stacks
 *   show       all other frames are taken out
 *   show-from  stacks begin with the outermost matching frame that is left; samples without one are left out
 *
 * In this order.  A frame matches an extended regular expression if it is found in its name, raw symbol,
 * "module.name", file or object.  A sample whose frames are all taken out is left out.
 */
#ifndef PERFOLIO_REPORT_TRANSFORM_H
#define PERFOLIO_REPORT_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "report/profile.h"

/* Patterns, or NULL. Borrowed. */
struct frame_filter {
	const char *focus, *ignore, *hide, *show, *show_from;
	bool from_innermost; /* show-from: from the innermost Python frame that matches, not from the outermost */
};

bool frame_filter_any(const struct frame_filter *f);

/*
 * Apply the filter to *p, which is replaced; what it left out is added to filtered[event]; rows[row] is set to where
 * a row of costs of the old profile went in the new one, if it was kept.  False: a pattern does not compile, *err says
 * which and why; *p stays.  A pattern that matches no function is a problem.
 */
bool transform_frames(struct profile **p, const struct frame_filter *f, struct cost *filtered,
		      uint32_t *rows, struct diag *diag, struct error *err);

#endif
