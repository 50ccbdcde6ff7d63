/*
 * report/elf_handle.h - an ELF file open in libelf, and its sections, for elf_file.c and its parts.
 *
 * The file is read piece by piece (never mapped: it may shrink while it is read), and libelf holds offsets and sizes
 * of sections against its length.  A file that is compressed as a whole, as kernel modules are, is unpacked to memory.
 */
#ifndef PERFOLIO_REPORT_ELF_HANDLE_H
#define PERFOLIO_REPORT_ELF_HANDLE_H

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct elf_section {
	Elf_Scn *scn;
	const char *name; /* libelf's, "" if it has none */
	uint32_t type, link;
	uint64_t flags, addr, size, entsize, align;
};

struct elf_handle {
	int fd; /* -1: it is in memory */
	Elf *elf;
	char *bytes; /* of a file that was compressed, or NULL */
	GElf_Ehdr header;
	struct elf_section *sections;
	size_t n_sections;
};

/* Open a file; what an Elf that was opened elsewhere is of.  On failure there is nothing to close. */
bool elf_handle_open(struct elf_handle *m, const char *path, struct error *err);
bool elf_handle_of(struct elf_handle *m, Elf *elf);
void elf_handle_close(struct elf_handle *m);

/* Read the section headers, with index 0, which is none.  False: there are none that can be read. */
bool elf_handle_sections(struct elf_handle *m);

/* The first one, NULL: none. */
const struct elf_section *elf_section_named(const struct elf_handle *m, const char *name);
const struct elf_section *elf_section_typed(const struct elf_handle *m, uint32_t type);

/* Has it bytes in the file?  s: NULL is none. */
bool elf_section_in_file(const struct elf_section *s);

/* The contents, in host byte order where libelf knows the type; NULL: it has none. */
Elf_Data *elf_section_data(const struct elf_section *s);

/* The address behind its last byte. */
uint64_t elf_section_end(const struct elf_section *s);

#endif
