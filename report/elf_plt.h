/*
 * report/elf_plt.h - the entries of an ELF file's procedure linkage tables, as "foo@plt".
 *
 * Named as perf and objdump name them.  Source: the ABIs' processor supplements.
 */
#ifndef PERFOLIO_REPORT_ELF_PLT_H
#define PERFOLIO_REPORT_ELF_PLT_H

#include "report/elf_builder.h"

/*
 * Add them to a builder that is settled: IRELATIVE entries are named by what was found until then.  The tables
 * are those of the file itself.
 */
void elf_builder_plt(struct elf_builder *b, const struct elf_handle *m,
		     const struct elf_table *symtab, const struct elf_table *dynsym);

#endif
