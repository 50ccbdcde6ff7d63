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

/* A function or inlined call; the ranges point to it. */
struct debug_scope {
	Dwarf_Die die;
	uint32_t outer; /* UINT32_MAX: a function of its own */
	bool inlined;
	uint32_t names; /* its index in `names` + 1; 0: not asked for yet */
};

struct debug_range {
	uint64_t low, high;
	uint32_t scope;
	uint32_t around; /* the range that this one lies in; UINT32_MAX: none */
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
	struct debug_scope *scopes;
	size_t n_scopes, cap_scopes;
	struct debug_range *ranges; /* sorted by low, the outer before the inner */
	size_t n_ranges, cap_ranges;
	struct debug_names *names;
	size_t n_names, cap_names;
};

/* Read it, of the file open as `dwarf` on `fd`.  About how many bytes of memory that takes; 0: it cannot be read. */
size_t debug_unit_read(struct debug_unit *u, Dwarf *dwarf, int fd);
void debug_unit_forget(struct debug_unit *u);

/* As debug_info_frames(), of a unit that was read.  Texts go to `texts`. */
size_t debug_unit_frames(struct debug_unit *u, struct texts *texts, uint64_t vaddr,
			 struct source_frame *out, size_t max);

#endif
