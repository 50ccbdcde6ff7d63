/*
 * report/elf_builder.h - from symbol tables to one name for each address, for elf_file.c and its parts.
 *
 * Symbols become candidates; settled, they are sorted, one for each address.  What is allocated is bounded by
 * the tables that were read: names are copied with their table, once, however many symbols share them.
 */
#ifndef PERFOLIO_REPORT_ELF_BUILDER_H
#define PERFOLIO_REPORT_ELF_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "report/elf_file.h"
#include "report/elf_handle.h"

enum {
	ELF_NAME_LIMIT = 16384, /* longer names are cut */
	ELF_NO_NAME = 0         /* offset of the empty text in elf_builder.names */
};

struct elf_candidate {
	uint64_t start;
	uint64_t end;   /* of an unsized one: the farthest it may reach */
	size_t name;    /* offset in elf_builder.names */
	uint32_t order; /* in which it was read */
	uint8_t rank;   /* the higher one names the address */
};

enum { ELF_RANK_GLOBAL = 1, ELF_RANK_STRONG = 2, ELF_RANK_TYPED = 4, ELF_RANK_SIZED = 8 };

struct elf_builder {
	struct elf_file *file;
	struct elf_candidate *items;
	size_t n, cap;
	char *names; /* string tables as they are in the files, then PLT entries' names */
	size_t names_len, names_cap;
};

/* A table of symbols, its strings copied to elf_builder.names. */
struct elf_table {
	Elf_Data *data; /* NULL: there is none */
	size_t n;       /* symbols */
	size_t names, names_len;
};

/* Add a text to the names, NUL-terminated; its offset. */
size_t elf_builder_text(struct elf_builder *b, const void *text, size_t len);

/* Read the table of section `s` (NULL: none). */
struct elf_table elf_builder_table(struct elf_builder *b, const struct elf_handle *m,
				   const struct elf_section *s);
/* The offset in elf_builder.names of what a symbol says its name is; ELF_NO_NAME if it cannot be. */
size_t elf_table_name(const struct elf_table *t, size_t st_name);

void elf_builder_add(struct elf_builder *b, const struct elf_candidate *c);
/* Those of a table that name code. */
void elf_builder_symbols(struct elf_builder *b, const struct elf_handle *m,
			 const struct elf_table *t);

/* Sort, choose one candidate for each address, and give the unsized ones their ends. */
void elf_builder_settle(struct elf_builder *b);

/*
 * The names lose what stands behind '@' (foo@@VERSION); a name that begins with '@'
 * keeps it.  Tables are treated as a whole, since names share their ends.
 */
void elf_builder_strip(struct elf_builder *b);

#endif
