/*
 * report/annotate_native_parts.h - what the files annotate_native*.c share; nobody else includes it.
 *
 *   annotate_native.c        the parts of a function, and their costs
 *   annotate_native_code.c   a part's instructions
 *   annotate_native_lines.c  where in the source they are, and the lines
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_NATIVE_PARTS_H
#define PERFOLIO_REPORT_ANNOTATE_NATIVE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/annotate_native.h"
#include "report/pairs.h"

struct debug_info;

/* Where a location lies: what is of one symbol of one file is of one part. */
struct lying {
	uint32_t location;
	uint64_t address; /* of the file, or in memory where there is none */
	struct object_place at;
	bool has_file;
	const char *object;  /* as recorded */
	uint32_t code;       /* of JIT code: its number; else 0 */
	uint64_t start, end; /* of a symbol that a table has; 0, 0: not known */
};

struct section {
	const char *function, *file;
	bool inlined;
	uint32_t first, last; /* lines that places name */
	uint32_t cost;        /* row */
};

struct building {
	struct annotation *a;
	struct annotated *f;
	struct native_part *part;
	const struct lying *lying;
	size_t n;
	size_t cap_places, cap_instructions;
	uint32_t *slots; /* of places: index + 1 */
	size_t mask;
	struct section *sections;
	size_t n_sections, cap_sections;
	uint32_t *section_slots; /* index + 1 */
	size_t section_mask;
	struct pairs lines;  /* (section, line) --> row - first_row */
	uint32_t *line_rows; /* by number of the pair */
	size_t cap_line_rows;
};

/* ---- instructions ---- */

/* The code of a part that begins where this lies, from its file or from a jitdump; else part->no_code says why. */
void native_read_file(struct building *b, const struct lying *l);
void native_read_jit(struct building *b, const struct lying *l);

/* Instructions for the addresses of the part that no instruction covers. */
void native_add_addresses(struct building *b);

/* The instruction that covers an address; NULL: none. */
struct instruction *native_instruction_at(const struct native_part *part, uint64_t address);

/* ---- places and lines ---- */

/* A symbol as people read it. */
const char *native_readable(const struct building *b, const char *symbol);

/* The place of an address, with the calls that it is inlined at; NO_PLACE. */
uint32_t native_place_at(struct building *b, struct debug_info *d, uint64_t vaddr);

/* The places of all instructions. */
void native_find_places(struct building *b, const struct lying *l);

/* Is it of a function that is inlined in this one? */
bool native_is_foreign(const struct building *b, const struct code_place *p);

/* The section of a place, made if there is none. */
size_t native_section(struct building *b, const struct code_place *p);
void native_widen_section(struct section *s, const struct code_place *p);

/* Sections of all places; then the function's own begins where it is declared. */
void native_make_sections(struct building *b);
void native_begin_own_section(struct building *b);

/* The row of a line, made if there is none. */
uint32_t native_line_row(struct building *b, size_t section, uint32_t line);

/* A location counts for the line of its place and for those of the calls that it is inlined at. */
void native_put_lines(struct building *b, uint32_t location, uint32_t place);

/* The sections as part->sources, with texts. */
void native_make_sources(struct building *b);

#endif
