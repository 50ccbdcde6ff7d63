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
	const struct code_site *sites; /* of the part's locations */
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

/* The part's code, as far as it is known; else part->no_code says why it is not. */
void native_read(struct building *b);

/* Instructions for the addresses of the part that no instruction covers. */
void native_add_addresses(struct building *b);

/* The instruction that covers an address; NULL: none. */
struct instruction *native_instruction_at(const struct native_part *part, uint64_t address);

/* ---- places and lines ---- */

/* A symbol as people read it. */
const char *native_readable(const struct building *b, const char *symbol);

/* The place of an address, with the calls that it is inlined at; NO_PLACE. */
uint32_t native_place_at(struct building *b, const struct code_site *site, uint64_t address);

/* The places of all instructions. */
void native_find_places(struct building *b);

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
