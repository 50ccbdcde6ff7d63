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

/* Everything is borrowed.  m, r: NULL for objects_place_found() alone.  cache: files that other recordings have opened, too; NULL: there are no others. */
struct object_cache;
struct objects *objects_new(const struct machine *m, struct finder *f, const struct recording *r,
			    struct object_cache *cache, struct diag *diag);
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

/* What an address is in a file. */
struct elf_symbol;
struct object_place {
	uint32_t object;  /* the number of the file, from 1 on */
	const char *path; /* where it lies */
	const char
		*name; /* what to call it: as the mapping does where it has no place of its own */
	uint16_t machine;                /* e_machine */
	uint64_t vaddr;                  /* the address in it */
	const struct elf_symbol *symbol; /* that is there; NULL: none */
	struct debug_info *debug;        /* NULL: none */
};

/* False: the mapping has no file at hand.  What it points to lives as long as `o`. */
bool objects_place(struct objects *o, struct mapping_id id, const struct mapping *mapping,
		   uint64_t addr, struct object_place *out);

/* The same without looking for debug information (`debug` is NULL). */
bool objects_code_place(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			uint64_t addr, struct object_place *out);

/* The build id of the mapping: as recorded, else its file's; *size 0: neither has one. */
const uint8_t *objects_build_id(struct objects *o, struct mapping_id id,
				const struct mapping *mapping, uint8_t *size);

/* As objects_place() for an address in a file that no mapping is of: the kernel's image. */
bool objects_place_in_file(struct objects *o, const char *path, const struct mapping *mapping,
			   uint64_t vaddr, struct object_place *out);

/* The same in a file that was found otherwise; filename: as it was recorded, for messages. */
bool objects_place_found(struct objects *o, const struct found_object *found, const char *filename,
			 uint64_t vaddr, struct object_place *out);

/* The symbol at an address of an object (by its number); NULL: none. */
const struct elf_symbol *objects_symbol_in(const struct objects *o, uint32_t object,
					   uint64_t vaddr);

/* Was a file found for the mapping? */
bool objects_has_file(struct objects *o, struct mapping_id id, const struct mapping *mapping);

#endif
