/*
 * report/objects_txt.h - which build id the file of a path had when it was recorded.
 *
 * Holds the lines of a recording directory's objects.txt, and in the same form the
 * recording's own BUILD_ID table.  A line is "BUILD-ID PATH": hexadecimal digits,
 * blanks, the path as the mappings say it up to the end of the line (LF or CRLF);
 * lines that begin with # are comments.  Starts as zeroes.
 */
#ifndef PERFOLIO_REPORT_OBJECTS_TXT_H
#define PERFOLIO_REPORT_OBJECTS_TXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "parser/perf_format.h"

struct object_id {
	uint8_t size; /* bytes in use, those behind them are 0; no bytes: no build id */
	uint8_t bytes[BUILD_ID_MAX];
};

/* At most BUILD_ID_MAX bytes are taken.  Nothing but zeroes is no build id. */
struct object_id object_id_of(const uint8_t *bytes, size_t size);

/* Zeroes at the end do not count: old tables pad short build ids with them. */
bool object_id_equal(const struct object_id *a, const struct object_id *b);

enum { OBJECT_ID_TEXT = 2 * BUILD_ID_MAX + 1 };

/* Its hexadecimal digits into `text`, which is returned. */
const char *object_id_text(const struct object_id *id, char text[OBJECT_ID_TEXT]);

struct object_row {
	const char *path;
	struct object_id id;
};

struct objects_txt {
	struct object_row *rows; /* sorted by path, then build id */
	size_t n, cap;
	size_t lines,
		malformed; /* lines that are not blank and no comment; those that did not parse */
	char *text;        /* holds the paths of the lines */
};

/* Read the file; false: it cannot be read, or is far too large for what it is. */
bool objects_txt_read(const char *path, struct objects_txt *out, struct error *err);

/* The same from memory (copied). */
void objects_txt_parse(const char *bytes, size_t len, struct objects_txt *out);

/* A row more (the path is borrowed); objects_txt_sort() when all are there. */
void objects_txt_add(struct objects_txt *t, const char *path, const struct object_id *id);
void objects_txt_sort(struct objects_txt *t);

/* The build id of a path; NULL: no row has it, or two disagree. */
const struct object_id *objects_txt_find(const struct objects_txt *t, const char *path);

void objects_txt_free(struct objects_txt *t);

#endif
