/*
 * report/jitmaps.h - the perf maps of a recording's processes, read when their first address is asked for.
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
#include "parser/perfmap.h"
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

/*
 * The entry for an address that `owner` ran in `mapping`: of its own map, else of those of the ancestors
 * that it has the mapping from.  NULL: none.  That a map is missing is told.
 */
const struct perfmap_entry *jitmaps_find(struct jitmaps *j, struct instance_id owner,
					 const struct mapping *mapping, uint64_t addr);

/* Read the maps of all processes that the recording speaks of; then the i-th of n maps. */
size_t jitmaps_load_all(struct jitmaps *j);
const struct perfmap *jitmaps_get(const struct jitmaps *j, size_t i);

#endif
