/*
 * report/objects.h - the ELF files of a recording's mappings, opened when their first address is asked for.
 */
#ifndef PERFOLIO_REPORT_OBJECTS_H
#define PERFOLIO_REPORT_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "report/finder.h"
#include "report/machine.h"

struct objects;
struct recording;

/* Everything is borrowed. */
struct objects *objects_new(const struct machine *m, struct finder *f, const struct recording *r,
			    struct diag *diag);
void objects_free(struct objects *o);

/* The raw symbol at an address of a mapping; NULL: none.  Lives as long as `o`. */
const char *objects_symbol(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			   uint64_t addr);

/* The unwinding rules of the mapping's file and the address in it; NULL: none.  Lives as long as `o`. */
struct cfi;
struct cfi *objects_cfi(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			uint64_t addr, uint64_t *vaddr);

/*
 * The debug information of the mapping's file, the address in it, and where the symbol there begins (the
 * address itself without one); NULL: none.  Lives as long as `o`.
 */
struct debug_info;
struct debug_info *objects_debug_info(struct objects *o, struct mapping_id id,
				      const struct mapping *mapping, uint64_t addr, uint64_t *vaddr,
				      uint64_t *symbol_start);

/* Was a file found for the mapping? */
bool objects_has_file(struct objects *o, struct mapping_id id, const struct mapping *mapping);

#endif
