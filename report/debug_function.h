/*
 * report/debug_function.h - what DWARF says of one function's inside: its labels, blocks and declarations.
 *
 * What is inlined in the function is not looked into: its place is that of the call.  Lines
 * and inlined functions are debug_info.h's.
 * Source: DWARF 5, sections 3.5 (lexical blocks), 3.6 (labels) and 2.14 (places of declarations).
 */
#ifndef PERFOLIO_REPORT_DEBUG_FUNCTION_H
#define PERFOLIO_REPORT_DEBUG_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/nested_ranges.h"

struct debug_info;

/* Texts are the debug_info's. */
struct source_label {
	const char *name, *file; /* "" where not known */
	uint32_t line;           /* 0: not known */
	uint64_t address;        /* 0: it has no code */
};

/* The line of a declaration or of an inlined call, which stands in a block but in none within that. */
struct source_place {
	const char *file;
	uint32_t line;
	uint32_t block;
};

struct source_block {
	uint32_t outer; /* number of the block around it; NESTED_NONE: of block 0, the function */
};

struct debug_function {
	struct source_label *labels; /* in the order of the DWARF */
	size_t n_labels, cap_labels;
	struct source_block *blocks; /* 0: the function itself; the others have code of their own */
	size_t n_blocks, cap_blocks;
	struct source_place *places; /* in the order of the DWARF */
	size_t n_places, cap_places;
	struct nested_ranges ranges; /* of the blocks */
	uint64_t id; /* the same for all addresses of the function in this debug_info */
};

/* The function whose code an address is, without its inside; false: none is known.  For debug_function_new(). */
bool debug_function_id(struct debug_info *d, uint64_t vaddr, uint64_t *id);

/* NULL: no function is known there. */
struct debug_function *debug_function_new(struct debug_info *d, uint64_t vaddr);
void debug_function_free(struct debug_function *f);

/* May both addresses be code of one piece of the function, with nothing of other functions between them? */
bool debug_function_is_one_piece(const struct debug_function *f, uint64_t a, uint64_t b);

#endif
