/*
 * report/annotate_native.h - the native half of an annotation: code, lines and what is inlined (annotation.h).
 *
 * The rules of what counts what:
 *
 *   instruction   self: samples that ended at it; total: those with it in their stack.  A return address is the call's.
 *   line          self: samples that ended at an instruction of it; total: those with one in their stack.  Where the
 *                 instruction is of an inlined function, the lines of the calls have it in their total.
 *
 * Code that is inlined in a symbol belongs to the annotation of the symbol, with the sources of the inlined functions.  Of a
 * function that is inlined elsewhere the lines are shown, over all places: NATIVE_INLINED.
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_NATIVE_H
#define PERFOLIO_REPORT_ANNOTATE_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#include "report/annotation.h"

/* Locations of the call tree. */
struct native_locations {
	uint32_t *code; /* in the code of the function's symbols */
	size_t n_code;
	uint32_t *inlined; /* where it is inlined in other functions */
	size_t n_inlined;
};

/* Make the parts, give them rows and put the locations into those. */
void annotate_native(struct annotation *a, struct annotated *f,
		     const struct native_locations *where);

/* When the costs are known: put in order what is ordered by them. */
void annotate_native_finish(struct annotation *a, struct annotated *f);

#endif
