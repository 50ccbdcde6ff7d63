/*
 * report/annotate_python.h - the Python half of an annotation: definitions, what self is paid for, calls (annotation.h).
 *
 * Whatever the view shows, Python functions are looked at as in the python view: what runs natively beneath one is
 * its self, and it calls those whose frames come next.
 *
 *   categories   self by what it is paid for, as report --group-by function,category has it
 *   natives      self by the function that samples ended in
 *   calls        total by the Python function that is called; with the line where call_lines.h is certain
 *   lines        inferred: samples in what the line calls, each counted once.  Nothing is measured here.
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_PYTHON_H
#define PERFOLIO_REPORT_ANNOTATE_PYTHON_H

#include "report/annotation.h"

/* columns[e]: the event of the call tree that event e of the annotation is. */
void annotate_python(struct annotation *a, const size_t *columns);

#endif
