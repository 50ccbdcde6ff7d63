/*
 * report/kernel.h - the kernel's functions: kallsyms, modules, code made at run time (KSYMBOL).
 *
 * The text table (or, where there is none, a vmlinux of the kernel's build id, else this machine's own table, if it runs
 * that kernel) is read when the first kernel address is asked for; where the kernel lay elsewhere when the table was made (KASLR), the recording's reference
 * symbol tells how far.  Each module lies elsewhere by itself, so then, and without a table, its file names it.
 */
#ifndef PERFOLIO_REPORT_KERNEL_H
#define PERFOLIO_REPORT_KERNEL_H

#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/finder.h"
#include "report/machine.h"
#include "report/profile.h"

struct kernel;

struct kernel *kernel_new(const struct machine *m, struct finder *f, struct texts *texts,
			  struct diag *diag);
void kernel_free(struct kernel *k);

/* The function at a kernel address; mapping: what the timeline has there, or NULL. */
struct function kernel_function(struct kernel *k, uint64_t addr, const struct mapping *mapping);

/* Where code of the kernel is. */
struct kernel_code {
	uint64_t start, end; /* of its symbol, when it was recorded; 0, 0: not known */
	const char
		*path;  /* the kernel's image; NULL: it is not at hand, or the code is a module's */
	uint64_t vaddr; /* the address in it */
};
struct kernel_code kernel_code(struct kernel *k, uint64_t addr, const struct mapping *mapping);

#endif
