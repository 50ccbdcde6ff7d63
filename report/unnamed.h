/*
 * report/unnamed.h - how many samples are in code without a name, by the object it is of; and in any code of it.
 *
 * Counted in one walk over the call tree, then asked for each of the objects that a problem is about.
 */
#ifndef PERFOLIO_REPORT_UNNAMED_H
#define PERFOLIO_REPORT_UNNAMED_H

#include <stdint.h>

#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/functions.h"
#include "report/numbers.h"
#include "report/symbols.h"

struct unnamed {
	struct texts *texts;    /* borrowed: that of the functions */
	struct numbers objects; /* by the pointer of their text */
	struct object_samples {
		uint64_t unnamed; /* that ended there, in code without a name */
		uint64_t ended;   /* ... in any */
	} * samples;              /* by object */
	size_t cap;
	uint64_t all;       /* that ended in any */
	uint64_t jit;       /* with code of a JIT compiler without a name anywhere in their stack */
	uint64_t named_jit; /* with such code that has one, Python functions among it */
};

void unnamed_init(struct unnamed *u, const struct calltree *tree, const struct functions *functions,
		  const struct frames *frames, struct texts *texts);
void unnamed_done(struct unnamed *u);

/* Samples that ended in code of this object without a name; "": of any. */
uint64_t unnamed_in(const struct unnamed *u, const char *object);

/* Samples that ended in its code, with a name or without. */
uint64_t unnamed_or_named_in(const struct unnamed *u, const char *object);

#endif
