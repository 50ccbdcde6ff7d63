/*
 * report/mini_debug.h - MiniDebugInfo: an ELF file's section .gnu_debugdata holds, xz-compressed, another
 * ELF file with the symbols (and perhaps .debug_frame) that were stripped from it.
 *
 * Source: https://sourceware.org/gdb/onlinedocs/gdb/MiniDebugInfo.html
 * For report/elf_file.c and report/cfi.c, which have the file open.
 */
#ifndef PERFOLIO_REPORT_MINI_DEBUG_H
#define PERFOLIO_REPORT_MINI_DEBUG_H

#include <libelf.h>
#include <stdbool.h>

/*
 * The inner file, which reads from *bytes: after elf_end(), the caller frees them.  NULL: there is
 * none (without libarchive always), or it is damaged.
 */
Elf *mini_debug_open(Elf *outer, char **bytes, bool *damaged);

#endif
