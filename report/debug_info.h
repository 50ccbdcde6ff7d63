/*
 * report/debug_info.h - DWARF of one ELF file: source lines, and the functions inlined at an address.
 *
 * A compilation unit is read when its first address is asked for: its functions and inlined calls become a
 * table sorted by address.  What was read takes much memory, so it is forgotten when it is more than a budget; whoever
 * has many questions asks them in the order of addresses (report/source_table.h does it).
 * With debug_unit.c and debug_function.c, the only user of libdw's DIEs (D9).
 * Source: DWARF 5, sections 3.3 (subroutines and inlined calls) and 6.2 (line table).
 */
#ifndef PERFOLIO_REPORT_DEBUG_INFO_H
#define PERFOLIO_REPORT_DEBUG_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

/* One function at an address. Texts are owned by the debug_info; "" and 0 where not known. */
struct source_frame {
	const char *name; /* the linkage name (mangled) if there is one, else the plain name */
	bool inlined;     /* its code stands in the next frame's function */
	const char
		*file; /* where the address is in it; for callers of inlined functions the call */
	uint32_t line;
	const char *decl_file; /* where the function begins */
	uint32_t decl_line;
};

struct debug_info;

/* debug_path: NULL without.  NULL: no DWARF in either file. */
struct debug_info *debug_info_open(const char *path, const char *debug_path, struct error *err);
void debug_info_free(struct debug_info *d);

/* The file that common parts of the DWARF were moved to (by `dwz -m`), as .gnu_debugaltlink has it. */
struct debug_alternate {
	const char *of;   /* the file that says so */
	const char *name; /* absolute, or relative to the folder of `of` */
	const uint8_t *build_id;
	size_t size; /* of the build id */
};

/*
 * False: there is none.  Else it must be set before anything is asked, or libdw looks for it by itself.
 * What they point to lives until then.
 */
bool debug_info_alternate(const struct debug_info *d, struct debug_alternate *out);
bool debug_info_set_alternate(struct debug_info *d, const char *path);

/*
 * The functions at an address of the file, the innermost first; at most `max`.  0: the debug
 * information does not speak of it.
 */
size_t debug_info_frames(struct debug_info *d, uint64_t vaddr, struct source_frame *out,
			 size_t max);

/*
 * The name of the .dwo file that has the functions there, if it was not found (-gsplit-dwarf): lines are known, inlined
 * calls are not.  NULL: nothing is missing.  For the address that was asked last; a text like those of frames.
 */
const char *debug_info_missing(struct debug_info *d, uint64_t vaddr);

/* Does libdw read packages (.dwp) of such files? It does from elfutils 0.191 on. */
bool debug_info_packages(void);

/* Forget what was read and close the files, until the next question. */
void debug_info_rest(struct debug_info *d);

/* How much memory what was read may take, about; the unit that is asked always has its place. */
enum { DEBUG_INFO_BUDGET = 16 << 20 };
void debug_info_set_budget(struct debug_info *d, size_t bytes);

#endif
