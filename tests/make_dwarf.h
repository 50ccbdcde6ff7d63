/*
 * tests/make_dwarf.h - write debug information of one unit: functions, what is inlined in them, and lines (DWARF 4).
 *
 *	struct dwarf_image d;
 *	uint32_t helper;
 *
 *	dwarf_image_begin(&d, "/src/a.c", 0x1000, 0x1100);
 *	helper = dwarf_image_abstract(&d, "helper", 3);                  declared in line 3
 *	dwarf_image_function(&d, "f", 10, 0x1000, 0x1100);
 *	dwarf_image_inlined(&d, helper, 12, 0x1010, 0x1020);             called in line 12
 *	dwarf_image_close(&d);                                           of helper
 *	dwarf_image_close(&d);                                           of f
 *	dwarf_image_row(&d, 0x1000, 10);                                 from here on
 *	dwarf_image_end(&d, &elf);
 *
 * Everything is in one file.  Source: DWARF 4, sections 7.5 (entries) and 6.2 (line table).
 */
#ifndef TESTS_MAKE_DWARF_H
#define TESTS_MAKE_DWARF_H

#include <stdint.h>

#include "tests/make_elf.h"

struct dwarf_image {
	struct byte_list info, line;
	size_t line_header; /* where its length goes */
	uint64_t high;
	int64_t last_line;
};

void dwarf_image_begin(struct dwarf_image *d, const char *file, uint64_t low, uint64_t high);

/* A function that stands in no place of its own; for dwarf_image_inlined(). */
uint32_t dwarf_image_abstract(struct dwarf_image *d, const char *name, uint32_t line);

/* Each begins, and holds what follows up to its dwarf_image_close(). */
void dwarf_image_function(struct dwarf_image *d, const char *name, uint32_t line, uint64_t low,
			  uint64_t high);
void dwarf_image_inlined(struct dwarf_image *d, uint32_t function, uint32_t call_line, uint64_t low,
			 uint64_t high);
void dwarf_image_close(struct dwarf_image *d);

/* From an address on it is this line; in the order of addresses. */
void dwarf_image_row(struct dwarf_image *d, uint64_t addr, uint32_t line);

/* Puts the sections into the file, and frees. */
void dwarf_image_end(struct dwarf_image *d, struct elf_image *e);

#endif
