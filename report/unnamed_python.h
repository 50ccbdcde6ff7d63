/*
 * report/unnamed_python.h - processes of CPython that did not tell perf which functions they ran.
 *
 * The interpreter does so only if it is asked to (python -X perf, CPython 3.12 and later): then it calls each Python
 * function through a piece of code of its own, and writes their names into a perf map or jitdump.  A process that
 * ran such code, with names or without, has other problems (missing-perf-map).
 */
#ifndef PERFOLIO_REPORT_UNNAMED_PYTHON_H
#define PERFOLIO_REPORT_UNNAMED_PYTHON_H

#include "report/symbols.h"

/* Tell for each interpreter how many samples such processes of it have.  Behind symbolize(), before symbolize_inlined(). */
void unnamed_python_tell(const struct symbols_input *in, const struct functions *functions,
			 const struct frames *frames);

#endif
