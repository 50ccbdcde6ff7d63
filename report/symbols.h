/*
 * report/symbols.h - locations -> functions, each distinct location once (DESIGN 2.4).
 *
 * Symbol tables, perf maps and kallsyms are opened when the first address needs them.
 */
#ifndef PERFOLIO_REPORT_SYMBOLS_H
#define PERFOLIO_REPORT_SYMBOLS_H

#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/collect.h"
#include "report/finder.h"
#include "report/functions.h"
#include "report/machine.h"

struct jitmaps;
struct objects;

struct symbols_input {
	const struct machine *machine;
	struct finder *finder;
	struct objects *objects;
	struct jitmaps *jitmaps;
	const struct collected *collected;
	struct texts *texts;
	struct diag *diag;
};

/*
 * The function of every location of the tree: of_location[i] is an index in *functions.
 * Python functions have their modules, which are made from the files of all maps of the recording.
 * The caller frees the array and functions_done().
 */
uint32_t *symbolize(const struct symbols_input *in, struct functions *functions);

#endif
