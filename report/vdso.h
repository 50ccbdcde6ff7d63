/*
 * report/vdso.h - the vdso of a recording: code that the kernel maps into every process, no file anywhere.
 *
 * The only copy at hand is this process's own.  It is used where its build id is the recording's; where the
 * recording has none, where kernel release and architecture are equal.
 */
#ifndef PERFOLIO_REPORT_VDSO_H
#define PERFOLIO_REPORT_VDSO_H

#include "parser/base/diag.h"
#include "report/machine.h"

struct recording;

struct vdso {
	int fd; /* of a copy in memory; 0: none yet */
	char path[40];
};

/* The path of an ELF file with the mapping's code, or NULL (told). Starts as zeroes; vdso_done() closes. */
const char *vdso_path(struct vdso *v, const struct recording *r, const struct mapping *mapping,
		      struct diag *diag);
void vdso_done(struct vdso *v);

#endif
