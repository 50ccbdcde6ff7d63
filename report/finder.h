/*
 * report/finder.h - which files belong to a recording, and where they lie (DESIGN 5).
 *
 * Looks in the recording directory (elf/, objects.txt, kallsyms, perf-PID.map,
 * also two folders down, not through links), then --symfs, then the original path.  What has a build id is
 * also looked for where files are kept under theirs (id_tree.h): in --debug-dir, perf's cache,
 * /usr/lib/debug, what `perf archive` packed; and, if asked, on debuginfod servers.
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
	const char *symfs;    /* --symfs DIR, or NULL */
	const char *kallsyms; /* --kallsyms FILE, or NULL */
	bool force;           /* --force: use files that contradict */
	bool no_host_files;   /* --no-host-files: nothing of this machine but what options name */
	bool debuginfod;      /* --debuginfod: ask the servers, too */
	const char **debug_dirs; /* --debug-dir DIR */
	size_t n_debug_dirs;
	const char *perf_map_dir; /* --perf-map-dir DIR, or NULL: maps there go first */
	const char *jitdump;      /* --jitdump FILE, or NULL */
	const struct perf_map_option {
		uint32_t pid;
		const char *path;
	} * perf_maps; /* --perf-map PID=FILE */
	size_t n_perf_maps;
	const char
		*host; /* tests: where /proc and /sys of "this machine" are; NULL: where they are */
};

struct recording;
struct finder;

/* May files of this machine be used that no option names? */
bool finder_uses_host(const struct finder *f);

/* For messages that something was not found: "" if they may, else that --no-host-files leaves them out. */
const char *finder_left_out(const struct finder *f);

/* All of it is borrowed and must outlive the finder, the texts of *options too. */
struct finder *finder_new(const struct recording *r, const struct finder_options *options,
			  struct texts *texts, struct diag *diag);
void finder_free(struct finder *f);

/*
 * One without a recording, for finder_by_id() alone.  path, directory: of what stands for one, whose files may lie beside
 * it (directory "": nowhere).  --force has no effect.
 */
struct finder *finder_new_beside(const char *path, const char *directory,
				 const struct finder_options *options, struct texts *texts,
				 struct diag *diag);

/* Paths live as long as `texts`; NULL: not there. */
struct found_object {
	const char *path;       /* ELF file with the symbols, or NULL */
	const char *debug_path; /* its separate debug file (proven by build id or CRC), or NULL */
};

/*
 * The file of a mapping.  The build id wanted is the mapping's own, else the BUILD_ID table's for its path,
 * else that of objects.txt.  What was not found, refused or not verified is told to the
 * sink once for each file.  A mapping that no file is behind ([vdso], //anon, a memfd, a perf map
 * or jitdump, a KSYMBOL ...) has none, and nothing is told.  Asking again costs one probe.
 */
struct found_object finder_object(struct finder *f, const struct mapping *mapping);

struct object_id;

/*
 * The file with this build id that was recorded as `filename`.  known: where it was once (NULL: nobody says), which is tried first.
 * Asking again searches again.
 */
struct found_object finder_by_id(struct finder *f, const char *filename, const struct object_id *id,
				 const char *known);

/*
 * The file that `dwz` moved common parts of a debug file to: its name and build id as .gnu_debugaltlink
 * has them.  NULL: not there.
 */
const char *finder_alternate(struct finder *f, const char *debug_path, const char *name,
			     const uint8_t *build_id, size_t size);

/*
 * The text table of the kernel's symbols, or NULL: beside the recording or as the user says, else one that is kept
 * under the kernel's build id.  `mapping` is the kernel's (NULL: none): such a table may be of another
 * boot, so it counts only where the mapping tells the address of a symbol.
 */
const char *finder_kallsyms(struct finder *f, const struct mapping *mapping);

/*
 * This machine's /proc/kallsyms, if it runs the recorded kernel (the build ids are equal), on the same condition.
 * NULL: *why says what speaks against it.
 */
const char *finder_host_kallsyms(struct finder *f, const struct mapping *mapping, const char **why);

/* The kernel's ELF file, by its build id, on the same condition; NULL: none. */
const char *finder_vmlinux(struct finder *f, const struct mapping *mapping);

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
 * mapped from (`recorded`), if that is this machine; its age is not looked at.  NULL: not there.
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
