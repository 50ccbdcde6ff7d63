/*
 * report/jitdumps.h - the jitdumps of a recording's processes: which code lay at an address at a time.
 *
 * A process that mapped jit-PID.dump wrote one.  A dump's stamps are of CLOCK_MONOTONIC; where the recording's
 * are not (perf record without -k mono), the newest code at an address is the answer at any time, and that
 * is told.
 */
#ifndef PERFOLIO_REPORT_JITDUMPS_H
#define PERFOLIO_REPORT_JITDUMPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/jitdump.h"
#include "report/finder.h"
#include "report/machine.h"

struct recording;
struct jitdumps;

/* Everything is borrowed. */
struct jitdumps *jitdumps_new(const struct recording *r, const struct machine *m, struct finder *f,
			      struct diag *diag);
void jitdumps_free(struct jitdumps *j);

/* Has the process a dump that was read? */
bool jitdumps_has(struct jitdumps *j, uint32_t pid);

/*
 * The code at an address at a time, NULL: none; so it is in [*from, *to).  Lives as long as `j`.
 */
const struct jitdump_code *jitdumps_find(struct jitdumps *j, uint32_t pid, uint64_t addr,
					 uint64_t time, uint64_t *from, uint64_t *to);

/* The unwinding rules of code of a process's dump, by addresses in memory; NULL: it has none.  Lives as long as `j`. */
struct cfi;
struct cfi *jitdumps_cfi(struct jitdumps *j, uint32_t pid, const struct jitdump_code *code);

/* The dump of a process that has one, and where it lies. */
const struct jitdump *jitdumps_of(const struct jitdumps *j, uint32_t pid, const char **path);

/* All names of all dumps that were read: the i-th of n; for modules. */
size_t jitdumps_count(const struct jitdumps *j);
const struct jitdump *jitdumps_get(const struct jitdumps *j, size_t i);

#endif
