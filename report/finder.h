/*
 * report/finder.h - which files belong to a recording, and where they lie (DESIGN 5).
 *
 * Looks in the recording directory (elf/, objects.txt, kallsyms, perf-PID.map,
 * also two folders down, not through links), then --symfs, then the original path.
 * A file is used when its build id is the recording's; without one, by other
 * evidence, and that is told; one that contradicts is refused unless forced.
 */
#ifndef PERFOLIO_REPORT_FINDER_H
#define PERFOLIO_REPORT_FINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/machine.h"

struct finder_options {
	const char *symfs;    /* --symfs DIR, or NULL */
	const char *kallsyms; /* --kallsyms FILE, or NULL */
	bool force;           /* --force: use files that contradict */
};

struct recording;
struct finder;

struct finder *finder_new(const struct recording *r, const struct finder_options *options,
			  struct texts *texts, struct diag *diag);
void finder_free(struct finder *f);

/* Paths are the finder's; NULL: not there. */
struct found_object {
	const char *path;       /* ELF file with the symbols, or NULL */
	const char *debug_path; /* its separate .debug file, or NULL */
};

/*
 * The file of a mapping.  The build id wanted is the mapping's own, else the BUILD_ID table's for its path,
 * else that of objects.txt.  What was not found, refused or not verified is told to the
 * sink once for each file.
 */
struct found_object finder_object(struct finder *f, const struct mapping *mapping);

/* The kernel symbols' file, or NULL (told). */
const char *finder_kallsyms(struct finder *f);

/* perf-PID.map of a process in the recording directory or below (NULL: none there). */
const char *finder_perfmap(struct finder *f, uint32_t pid);

/*
 * /tmp/perf-PID.map of this very machine, if the recording was made on it (host names are equal) and
 * the file exists: a candidate only, the caller checks its contents.  NULL: none.
 */
const char *finder_host_perfmap(struct finder *f, uint32_t pid, time_t *mtime);

#endif
