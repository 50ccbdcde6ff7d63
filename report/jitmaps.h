/*
 * report/jitmaps.h - the code of JIT compilers: perf maps and jitdumps, read when their first address is asked for.
 *
 * A map is taken from the recording directory; else /tmp/perf-PID.map of this machine where
 * DESIGN 5 allows it.  A forked child's frames from before the fork are
 * described by its parent's map only (FACTS-python A6).
 */
#ifndef PERFOLIO_REPORT_JITMAPS_H
#define PERFOLIO_REPORT_JITMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "report/finder.h"
#include "report/machine.h"

struct jitmaps;

struct recording;

/*
 * Everything is borrowed.  last_ns: the newest time in it, which stands for the recording's end
 * where nothing better ties its clock to the wall's (0: not known).
 */
struct jitmaps *jitmaps_new(const struct recording *r, struct machine *m, struct finder *f,
			    uint64_t last_ns, struct diag *diag);
void jitmaps_free(struct jitmaps *j);

/* The code at an address, as long as it is valid: [from, to). */
struct jit_code {
	uint32_t id;          /* for jitmaps_name(); equal for the same code; 0: nothing is known */
	uint64_t start, size; /* of it */
	uint64_t from, to;
};

/*
 * The code that `owner` ran at an address in `mapping` at a time: by its own dump or map, else by those of the
 * ancestors that it has the mapping from.  That there is neither is told.
 */
struct jit_code jitmaps_find(struct jitmaps *j, struct instance_id owner,
			     const struct mapping *mapping, uint64_t addr, uint64_t time);

/* The name of code, as in the map or dump. */
const char *jitmaps_name(const struct jitmaps *j, uint32_t id);

/* Its unwinding rules, by addresses in memory; NULL: nothing has any.  Lives as long as `j`. */
struct cfi;
struct cfi *jitmaps_cfi(struct jitmaps *j, uint32_t id);

/* Where code is known from. */
struct jitdump_line;
struct jit_bytes {
	uint64_t start, size;             /* where it lay */
	const char *path;                 /* the dump with its bytes, NULL: a perf map has none */
	uint64_t at, n;                   /* they begin there, and are so many */
	uint32_t machine;                 /* e_machine; 0: not known */
	const struct jitdump_line *lines; /* sorted as in the dump; NULL: none */
	size_t n_lines;
};
void jitmaps_bytes(const struct jitmaps *j, uint32_t id, struct jit_bytes *out);

/* Read the maps and dumps of all processes that the recording speaks of. */
void jitmaps_load_all(struct jitmaps *j);

/* Call visit() with each name of each map and dump that was read. */
void jitmaps_names(const struct jitmaps *j, void (*visit)(void *context, const char *name),
		   void *context);

#endif
