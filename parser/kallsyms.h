/*
 * parser/kallsyms.h - /proc/kallsyms: the kernel's own symbol table, as text.
 *
 * Lines "ADDRESS TYPE NAME[\t[MODULE]]", the address hexadecimal.  What is kept
 * and which name an address has are perf's rules, so that both show the same
 * names (source: tools/perf/util/symbol.c, tools/lib/symbol/kallsyms.c):
 *
 *  - text, weak and data symbols (types T, W, D, B, also in lower case), without
 *    mapping symbols and local labels ($x, .L1, L0...);
 *  - of several symbols at one address the last one in the file;
 *  - a symbol reaches to the next one.  The last one of the kernel, of a module
 *    or of the table, whose size nobody knows, reaches at most to the end of
 *    the page behind its own (of its own, if it begins one).
 *
 * Modules are also what the kernel makes up: bpf, __builtin__ftrace,
 * __builtin__kprobes.
 */
#ifndef PERFOLIO_PARSER_KALLSYMS_H
#define PERFOLIO_PARSER_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct kallsyms_entry {
	uint64_t start, end; /* [start, end); empty for the other names of an address */
	const char *name;
	const char *module; /* "" for the kernel itself, else without brackets */
};

struct kallsyms {
	struct kallsyms_entry *entries; /* sorted by start, at one address as in the file */
	size_t n;
	size_t malformed; /* lines that did not parse */
	bool hidden; /* all addresses are 0 (kernel.kptr_restrict); there are no entries then */
	bool more;   /* the file is larger than KALLSYMS_BYTES_MAX, and goes on */
	char *text;  /* holds the names */
};

/* A larger file is cut here: what is read takes up to four times as much memory. */
enum { KALLSYMS_BYTES_MAX = 128 << 20 };

/* Read the file; false: it cannot be opened or read.  Free with kallsyms_free(). */
bool kallsyms_read(const char *path, struct kallsyms *out, struct error *err);

/* The same from memory (copied). */
void kallsyms_parse(const char *bytes, size_t len, struct kallsyms *out);

/* The entry that holds `addr`, or NULL. */
const struct kallsyms_entry *kallsyms_find(const struct kallsyms *k, uint64_t addr);

/*
 * The address of a symbol of the kernel itself by its name, the lowest of
 * several; false if there is none.  Walks the table: for a few questions.
 */
bool kallsyms_address(const struct kallsyms *k, const char *name, uint64_t *out);

void kallsyms_free(struct kallsyms *k);

#endif
