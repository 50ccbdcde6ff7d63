/*
 * report/line_frames.h - frames that are kept apart by the line that they are at, for groups by line.
 *
 * A function that was at several lines becomes several functions, with struct function's `at` and the line's file; all
 * else of them is equal, so that views and filters do with each what they do with the function.  Frames whose line is not
 * known keep their function: those of Python, of code without debug information.
 */
#ifndef PERFOLIO_REPORT_LINE_FRAMES_H
#define PERFOLIO_REPORT_LINE_FRAMES_H

#include <stddef.h>

#include "report/functions.h"
#include "report/symbols.h"

struct line_frames {
	struct functions functions;
	struct frames frames; /* as many of each location as there were */
};

/* frames: of n locations, with places (struct frames).  line_frames_done() frees. */
void line_frames_make(struct line_frames *l, const struct functions *functions,
		      const struct frames *frames, size_t n);
void line_frames_done(struct line_frames *l);

#endif
