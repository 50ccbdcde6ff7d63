/*
 * report/finder.h - which files belong to a recording, and where they lie (DESIGN 5).
 *
 * Looks in the recording directory (elf/, objects.txt, kallsyms, perf-PID.map,
 * also two folders down, not through links), then --symfs, then the original path.
 * A file is used when its build id is the recording's; without one, by other
 * evidence, and that is told; one that contradicts is refused unless forced.
 * Ask after the first walk of the recording: before it, a pipe's build ids are not known.
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
	const char *symfs;        /* --symfs DIR, or NULL */
	const char *kallsyms;     /* --kallsyms FILE, or NULL */
	bool force;               /* --force: use files that contradict */
	const char *perf_map_dir; /* --perf-map-dir DIR, or NULL: maps there go first */
	const char *jitdump;      /* --jitdump FILE, or NULL */
	const struct perf_map_option {
		uint32_t pid;
		const char *path;
	} * perf_maps; /* --perf-map PID=FILE */
	size_t n_perf_maps;
};

struct recording;
struct finder;

/* All of it is borrowed and must outlive the finder, the texts of *options too. */
struct finder *finder_new(const struct recording *r, const struct finder_options *options,
			  struct texts *texts, struct diag *diag);
void finder_free(struct finder *f);

/* Paths live as long as `texts`; NULL: not there. */
struct found_object {
	const char *path;       /* ELF file with the symbols, or NULL */
	const char *debug_path; /* its separate .debug file (of the same build id), or NULL */
};

/*
 * The file of a mapping.  The build id wanted is the mapping's own, else the BUILD_ID table's for its path,
 * else that of objects.txt.  What was not found, refused or not verified is told to the
 * sink once for each file.  A mapping that no file is behind ([vdso], //anon, a memfd, a perf map
 * or jitdump, a KSYMBOL ...) has none, and nothing is told.  Asking again costs one probe.
 */
struct found_object finder_object(struct finder *f, const struct mapping *mapping);

/* The kernel symbols' file, or NULL (told). */
const char *finder_kallsyms(struct finder *f);

/* perf-PID.map of a process in the recording directory or below (NULL: none there). */
const char *finder_perfmap(struct finder *f, uint32_t pid);

/*
 * All perf-PID.map files there, by pid, for matching by content: in a container a process
 * names its map by another pid than the recording knows it by.
 */
size_t finder_perfmaps(struct finder *f);
const char *finder_perfmap_at(struct finder *f, size_t i, uint32_t *pid);

/*
 * jit-PID.dump of a process in the recording directory or below, else where the recording says that it was
 * mapped from (`recorded`), if that is this machine and the file is no older than the recording's
 * begin.  NULL: not there.
 */
const char *finder_jitdump(struct finder *f, uint32_t pid, const char *recorded);

/*
 * /tmp/perf-PID.map of this very machine, if the recording was made on it (host names are equal; else
 * that is told) and the file exists: a candidate only.  The caller checks that an entry of it lies in a
 * sampled anonymous executable mapping of the process, and that the file (*mtime, in seconds
 * of the wall clock) is not older than the process's first record.  NULL: none.
 */
const char *finder_host_perfmap(struct finder *f, uint32_t pid, time_t *mtime);

#endif
