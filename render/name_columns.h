/*
 * render/name_columns.h - the right part of a table for people: what its rows are called.
 *
 * A function with its module and its file; in a grouped table a column for each key.  As wide as what they
 * hold, or sharing the room that there is: columns that need little get it, the others equal parts; names that are too
 * long lose their middle.
 */
#ifndef PERFOLIO_RENDER_NAME_COLUMNS_H
#define PERFOLIO_RENDER_NAME_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/group.h"
#include "report/profile.h"

struct out;

enum { NAME_COLUMNS_MOST = GROUP_KEYS + 2, NAME_COLUMNS_GAP = 2 };

struct name_columns {
	const char *keys;   /* of the profile; NULL: rows are functions */
	const char *prefix; /* before the first heading */
	size_t n_rows_by;   /* columns that say what a row is: its keys, or the function */
	bool module, file;  /* columns behind them */
	size_t n;           /* columns that there is room for */
	size_t width[NAME_COLUMNS_MOST]; /* of what they hold, then of what they get */
};

/* `file`: with the file or object, where that says more than the keys; `prefix`, "" or ASCII: before the headings. */
void name_columns_begin(struct name_columns *c, const char *keys, bool file, const char *prefix);

/* Make room for a row; `indent`: columns before its first name. */
void name_columns_measure(struct name_columns *c, const struct function *f, size_t indent);

/* The room, with a gap before each column, that they need to be read at all, once all rows are measured. */
size_t name_columns_least(const struct name_columns *c);

/* ... and to lose nothing. */
size_t name_columns_wanted(const struct name_columns *c);

/* Fit them into `room`, gaps included; where it is too little to say anything they take more. */
void name_columns_fit(struct name_columns *c, size_t room);

/* A gap and a name for each column, and the line's end; no blanks at the end. */
void name_columns_headings(struct out *o, const struct name_columns *c);
/* `prefix`, `indent` columns of it, stands before the first name. */
void name_columns_row(struct out *o, const struct name_columns *c, const struct function *f,
		      const char *prefix, size_t indent);

#endif
