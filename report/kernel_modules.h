/*
 * report/kernel_modules.h - symbols of kernel modules from their files (.ko), where there is no kallsyms of that boot.
 */
#ifndef PERFOLIO_REPORT_KERNEL_MODULES_H
#define PERFOLIO_REPORT_KERNEL_MODULES_H

#include <stdint.h>

#include "parser/base/diag.h"
#include "report/finder.h"
#include "report/machine.h"

struct kernel_modules;

/* Everything is borrowed. */
struct kernel_modules *kernel_modules_new(struct finder *f, struct diag *diag);
void kernel_modules_free(struct kernel_modules *k);

/* The symbol at an address of a module's mapping; NULL: none.  Lives as long as `k`. */
const char *kernel_modules_symbol(struct kernel_modules *k, const struct mapping *mapping,
				  uint64_t addr);

#endif
