/*
 * report/candidate.h - is this file the one that was recorded?  (DESIGN 5)
 *
 * Judges one file that is there; where files are looked for, and what is told about
 * them, is the finder's affair.
 */
#ifndef PERFOLIO_REPORT_CANDIDATE_H
#define PERFOLIO_REPORT_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "report/elf_file.h"
#include "report/machine.h"
#include "report/objects_txt.h"

struct recording;

/* Where a candidate lies, in the order of the search. */
enum origin {
	BY_BUILD_ID,  /* elf/.build-id/xx/yyyy.elf */
	BY_PATH,      /* elf/usr/lib/x.so */
	BELOW_SYMFS,  /* the same below --symfs DIR */
	ORIGINAL_PATH /* where the recorded machine had it, but on this one */
};

enum verdict {
	PROVEN,    /* its build id is the recording's */
	LIKELY,    /* nothing contradicts, and there is other evidence */
	UNPROVEN,  /* nothing contradicts, but there is no evidence either */
	WRONG,     /* it contradicts */
	UNREADABLE /* no ELF file */
};

/* What is known of the file that was recorded. */
struct wanted {
	const struct recording *recording;
	const struct mapping *mapping;
	struct object_id id; /* no bytes: nobody says */
	bool listed;         /* `id` is what objects.txt says, not the recording */
	bool deleted;        /* its name was gone when it was recorded */
};

struct candidate {
	enum origin origin;
	const char *path; /* borrowed; a regular file that is not empty */
	const char *name; /* what it is called in messages */
	struct stat st;
	struct object_id id;  /* the file's own; no bytes: it has none, or was not asked */
	struct elf_file *elf; /* opened only where a build id decides nothing; free it */
	char why[240];        /* the evidence, or what speaks against it */
};

/* Fills c->id, c->elf, c->why. */
enum verdict candidate_judge(struct candidate *c, const struct wanted *w);

/* The build id of a file; no bytes: it has none. */
struct object_id object_id_of_file(const char *path);

/* Was the recording made on a machine of this one's host name? */
bool made_on_this_host(const struct recording *r);

/* The recording's host name, for messages. */
const char *recorded_host(const struct recording *r);

/*
 * Can a file with these PT_LOAD segments have been mapped so?  (None: it is not known, so yes.)
 * The loader first maps the whole image with the first segment's rights, and only then the
 * other segments into it.
 */
bool segments_hold(const struct elf_segment *segments, size_t n, const struct mapping *m);

#endif
