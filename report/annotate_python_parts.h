/*
 * report/annotate_python_parts.h - what the files annotate_python*.c share; nobody else includes it.
 *
 *   annotate_python.c        the python view, definitions, calls and their lines
 *   annotate_python_costs.c  what is added up: categories, natives, lines
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_PYTHON_PARTS_H
#define PERFOLIO_REPORT_ANNOTATE_PYTHON_PARTS_H

#include "report/annotation.h"
#include "report/python_files.h"
#include "report/totals.h"

#define NOBODY UINT32_MAX

struct python_work {
	struct annotation *a;
	struct profile *profile; /* the python view */
	struct totals *totals;
	size_t *events;      /* by event of the profile: that of the annotation + 1; 0: none */
	size_t *tree_events; /* by event of the call tree, likewise */
	uint32_t *
		number; /* by function of the profile: index in a->functions + 1; 0: it is not annotated */
	uint32_t *origin;  /* by function of the profile: that of the locations; NOBODY */
	uint32_t *line_of; /* by edge: row of the line that it is inferred for; 0: none */
	struct python_files *files;
};

/* Add costs by event of the profile to a row: its self, or its total. */
void python_add_row(const struct python_work *w, uint32_t row, const struct costs *costs,
		    size_t from, bool self);

/* Orders rows by self or total: the heaviest first. */
int python_order(const struct annotation *a, uint32_t ra, uint32_t rb, bool self);

/* The first edge that is not before this one; they are sorted. */
size_t python_edge(const struct totals *t, uint32_t caller, uint32_t callee);

/* Fill in the parts of all functions. */
void python_categories(const struct python_work *w);
void python_natives(const struct python_work *w);
/* The rows of lines, in w->line_of, get what runs in their calls. */
void python_lines(const struct python_work *w);

#endif
