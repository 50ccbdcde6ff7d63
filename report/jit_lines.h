/*
 * report/jit_lines.h - the source lines that jitdumps tell of code made at run time.
 */
#ifndef PERFOLIO_REPORT_JIT_LINES_H
#define PERFOLIO_REPORT_JIT_LINES_H

#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/jitmaps.h"
#include "report/symbols.h"

/* The lines of one code in the order of their addresses: each holds from its own on.  free() them. */
struct jitdump_line;
struct jitdump_line *jit_lines_sorted(const struct jit_bytes *code);

/* Fill in the places (frames->places) of the locations that are of such code. */
void jit_lines_put(const struct jitmaps *jitmaps, const struct calltree *tree,
		   struct frames *frames, struct texts *texts);

#endif
