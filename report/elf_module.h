/*
 * report/elf_module.h - the addresses that the code of a kernel module gets, which its file does not have.
 *
 * A module is an object file: the kernel's loader puts its executable sections one behind the other, in the order of
 * the file and as they are aligned.  Source: layout_sections() in kernel/module/main.c.
 */
#ifndef PERFOLIO_REPORT_ELF_MODULE_H
#define PERFOLIO_REPORT_ELF_MODULE_H

#include "report/elf_handle.h"

/*
 * Give the sections of a module, which were read, their addresses from 0 on; others are not loaded any more.  False: it is no
 * module, or one whose loader changes sections (arm64's .plt): nobody knows how large they became.
 */
bool elf_module_lay_out(struct elf_handle *m);

#endif
