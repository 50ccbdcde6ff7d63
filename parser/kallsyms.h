/*
 * parser/kallsyms.h - /proc/kallsyms: the kernel's own symbol table, as text.
 *
 * Lines "ADDRESS TYPE NAME[\t[MODULE]]".  Only text symbols are kept (types t,
 * T, w, W); each reaches to the next one.  Lines that do not parse are counted.
 */
#ifndef PERFOLIO_PARSER_KALLSYMS_H
#define PERFOLIO_PARSER_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct kallsyms_entry {
	uint64_t start, end; /* end: start of the next symbol; of the last one start + 4096 */
	const char *name;    /* global names before local ones where several share the address */
	const char *module;  /* "" for the kernel itself, else without brackets */
};

struct kallsyms {
	struct kallsyms_entry *entries; /* sorted by start, one for each address */
	size_t n;
	size_t malformed;
	bool hidden; /* all addresses are 0: kptr_restrict was in force */
	char *text;
};

bool kallsyms_read(const char *path, struct kallsyms *out, struct error *err);
void kallsyms_parse(const char *bytes, size_t len, struct kallsyms *out);
const struct kallsyms_entry *kallsyms_find(const struct kallsyms *k, uint64_t addr);

/* The address of a symbol by its name; false if there is none. */
bool kallsyms_address(const struct kallsyms *k, const char *name, uint64_t *out);
void kallsyms_free(struct kallsyms *k);

#endif
