/*
 * report/call_lines.h - which line of a Python function calls another one, as far as its source tells.
 *
 * Samples say that a function called another, not where.  The line is certain enough to be named if in the function's own
 * code (not that of functions in it) the other's name is followed by "(" on one line only and is nowhere else, so that it
 * was not passed on; for __init__ and __new__ the class's name will do.  A class's body is called by its statement.  Not
 * so generators and coroutines: they run where somebody asks for more.
 * It is inferred all the same: two objects may have methods of one name.
 */
#ifndef PERFOLIO_REPORT_CALL_LINES_H
#define PERFOLIO_REPORT_CALL_LINES_H

#include <stdint.h>

#include "report/profile.h"
#include "report/python_files.h"

struct call_line {
	uint32_t line;   /* 0: it is not known: */
	const char *why; /* ... for this reason, for people; else NULL */
};

/* caller: with one candidate. */
struct call_line call_line_find(struct python_files *files, const struct python_found *caller,
				const struct function *callee);

#endif
