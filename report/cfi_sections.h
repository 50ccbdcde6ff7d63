/*
 * report/cfi_sections.h - can the unwinding rules of an ELF file be handed to libdw, which believes the numbers in them?
 *
 * As cfi_check.h for rules that are in no file.  Every rule that libdw can come to is looked at, with its own reader of
 * entries: those that stand one behind the other, and those that the table of .eh_frame_hdr points to.
 */
#ifndef PERFOLIO_REPORT_CFI_SECTIONS_H
#define PERFOLIO_REPORT_CFI_SECTIONS_H

#include <libelf.h>
#include <stdbool.h>

/* What dwarf_getcfi_elf() would read from. */
bool cfi_check_eh_frame(Elf *elf);

/* What dwarf_getcfi() would read from, after dwarf_begin_elf() unpacked it. */
bool cfi_check_debug_frame(Elf *elf);

#endif
