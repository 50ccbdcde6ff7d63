/*
 * report/debug_unit.h - one compilation unit of a file's DWARF: its lines, functions and inlined calls.
 *
 * debug_info.c's part that looks into a unit; it decides which unit is asked, and when what was read is
 * forgotten again.  Reading a unit costs time and much memory, most of it libdw's for the line table.
 */
#ifndef PERFOLIO_REPORT_DEBUG_UNIT_H
#define PERFOLIO_REPORT_DEBUG_UNIT_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/text.h"
#include "report/debug_info.h"
#include "report/nested_ranges.h"

/* A function or inlined call; the ranges point to it. */
struct debug_scope {
	Dwarf_Die die;
	uint32_t outer; /* UINT32_MAX: a function of its own */
	bool inlined;
	uint32_t names; /* its index in `names` + 1; 0: not asked for yet */
};

/* What a scope's DIE says; texts are those of debug_unit_frames(). */
struct debug_names {
	const char *name, *decl_file, *call_file;
	uint32_t decl_line, call_line;
};

struct debug_unit {
	uint64_t offset; /* of its DIE */
	uint64_t size;   /* of it in .debug_info, bytes */
	bool read;       /* what follows is there */
	Dwarf_Die die;   /* has the line table */
	Dwarf_Die top; /* has the functions: of a split unit it is in another file, else the same */
	const char *
		split; /* name of that file if it was not found; libdw\'s; NULL: nothing is missing */
	struct debug_scope *scopes;
	size_t n_scopes, cap_scopes;
	struct nested_ranges ranges; /* of the scopes */
	struct debug_names *names;
	size_t n_names, cap_names;
};

/* Read it, of the file open as `dwarf` on `fd`.  About how many bytes of memory that takes; 0: it cannot be read. */
size_t debug_unit_read(struct debug_unit *u, Dwarf *dwarf, int fd);
void debug_unit_forget(struct debug_unit *u);

/* As debug_info_frames(), of a unit that was read.  Texts go to `texts`. */
size_t debug_unit_frames(struct debug_unit *u, struct texts *texts, uint64_t vaddr,
			 struct source_frame *out, size_t max);

/* The DIE of the function whose code an address of such a unit is, not of what is inlined there; false: none. */
bool debug_unit_function(const struct debug_unit *u, uint64_t vaddr, Dwarf_Die *out);

/* debug_info.c's: the unit of an address, read, and where its texts go; NULL: none. */
struct debug_unit *debug_info_unit(struct debug_info *d, uint64_t vaddr, struct texts **texts);

/* ---- what DIEs say, also where the DIE says it that they are instances of ---- */

enum { DEBUG_DEEPEST = 200 }; /* of nested DIEs: deeper ones are not looked at */

/* A text; NULL: none. It lives until the unit is forgotten. */
const char *debug_die_text(Dwarf_Die *die, unsigned attribute);

/* A number; 0: none, or it is too large. */
uint32_t debug_die_number(Dwarf_Die *die, unsigned attribute);

/* The file that DW_AT_decl_file or DW_AT_call_file names; "": none. It lives until the unit is forgotten. */
const char *debug_die_file(Dwarf_Die *die, unsigned attribute);

#endif
