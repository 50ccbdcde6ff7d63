/*
 * report/python_files.h - the sources of Python functions, scanned: which lines a function is on.
 *
 * A source is read as the Pythons of the recording read it.  Where there are several, or none, the first one decides in whose reading the name is there.
 */
#ifndef PERFOLIO_REPORT_PYTHON_FILES_H
#define PERFOLIO_REPORT_PYTHON_FILES_H

#include "parser/python_source.h"
#include "report/profile.h"
#include "report/source_files.h"

struct python_files;

/* sources: borrowed.  pythons: the versions that ran, bits 1 << N of 3.N; 0: not known. */
struct python_files *python_files_new(struct source_files *sources, unsigned pythons);
void python_files_free(struct python_files *p);

struct python_found {
	const struct source_file
		*file; /* NULL: no such file is at hand, and nothing else is known */
	const struct python_source *source; /* of it; lives as long as the files */
	struct python_candidates candidates;
};

/* The definitions that a Python function may be, by its name and, if it is known, its line.  python_candidates_free() them. */
void python_files_find(struct python_files *p, const struct function *f, struct python_found *out);

/* The names in a source's code; NULL: there are too many. */
const struct python_names *python_files_names(struct python_files *p,
					      const struct python_source *source);

#endif
