/*
 * report/symbols.h - locations -> functions, each distinct location once (DESIGN 2.4).
 *
 * Symbol tables, perf maps and kallsyms are opened when the first address needs them.
 */
#ifndef PERFOLIO_REPORT_SYMBOLS_H
#define PERFOLIO_REPORT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/collect.h"
#include "report/finder.h"
#include "report/functions.h"
#include "report/machine.h"
#include "report/positions.h"

struct jitmaps;
struct kernel;
struct objects;

struct symbols_input {
	const struct machine *machine;
	struct finder *finder;
	struct objects *objects;
	struct jitmaps *jitmaps;
	const struct collected *collected;
	struct texts *texts;
	struct diag *diag;
	struct kernel *kernel; /* borrowed; NULL: symbolize() makes one for itself */
	bool lines;            /* symbolize_inlined() keeps where each frame is in its source */
};

/* The frames of location i: functions[first[i] .. first[i + 1]), the outermost first, those behind it inlined. */
struct frames {
	uint32_t *first;
	uint32_t *functions;         /* indices in a struct functions */
	struct source_place *places; /* of each of them; NULL: not kept */
};

static inline size_t frames_count(const struct frames *f, size_t location)
{
	return f->first[location + 1] - f->first[location];
}

static inline const uint32_t *frames_at(const struct frames *f, size_t location)
{
	return &f->functions[f->first[location]];
}

/* The places of these frames; NULL: not kept. */
static inline const struct source_place *frames_places(const struct frames *f, size_t location)
{
	return f->places ? &f->places[f->first[location]] : NULL;
}

/*
 * One function for every location of the tree, from symbol tables.
 * Python functions have their modules, which are made from the files of all maps of the recording.
 * The caller calls frames_done() and functions_done().
 */
void symbolize(const struct symbols_input *in, struct functions *functions, struct frames *out);

/* Then, from debug information: functions inlined at locations, and files and lines of native functions. */
void symbolize_inlined(const struct symbols_input *in, struct functions *functions,
		       struct frames *frames);

void frames_done(struct frames *f);

/* The distinct files of Python functions in all maps of a recording, sorted; free() them. */
const char **symbols_python_files(struct jitmaps *jitmaps, struct texts *texts, size_t *n);

/* Give Python functions their modules, made over these files (distinct, sorted): see pyname_modules(). */
void symbols_name_modules(struct functions *functions, const char *const *files, size_t n,
			  struct texts *texts);

#endif
