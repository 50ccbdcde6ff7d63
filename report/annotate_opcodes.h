/*
 * report/annotate_opcodes.h - the opcodes of an annotation's Python functions (annotation.h), from opcodes.h.
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_OPCODES_H
#define PERFOLIO_REPORT_ANNOTATE_OPCODES_H

#include "report/annotation.h"

/* columns[e]: the event of the call tree that event e of the annotation is. */
void annotate_opcodes(struct annotation *a, const size_t *columns);

#endif
