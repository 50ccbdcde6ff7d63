/*
 * parser/base/tsv.h - our own small files: lines of fields with tabs between.
 *
 * In a field a backslash, tab, newline or carriage return is written as \\, \t, \n, \r; all other bytes stand
 * for themselves.  Files that are read back may be damaged or anybody's work: a line that makes no sense
 * is the caller's to find.
 */
#ifndef PERFOLIO_PARSER_BASE_TSV_H
#define PERFOLIO_PARSER_BASE_TSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "parser/base/error.h"

enum { TSV_FIELDS = 1024, TSV_SPARE = 8 };

struct tsv {
	char *bytes; /* the whole file; fields point into it */
	size_t len, at;
	char *field[TSV_FIELDS]; /* of the line; TSV_SPARE behind the last are "" */
	size_t n;                /* fields of the line; more than TSV_FIELDS are not looked at */
	bool whole;              /* the line ends with a newline */
};

/* Read a file whole, at most `max` bytes.  False: *err says why. */
bool tsv_open(struct tsv *t, const char *path, size_t max, struct error *err);
void tsv_close(struct tsv *t);

/* The next line; false at the end. */
bool tsv_next(struct tsv *t);

/* A whole number in decimal; false: it is none, or more than 64 bits. */
bool tsv_u64(const char *field, uint64_t *out);

/* A field, without tab or newline; a tab before it if `more`. */
void tsv_put(FILE *f, bool more, const char *text);
void tsv_put_u64(FILE *f, bool more, uint64_t v);

/* Flush and close; false if not everything was written, *err says why. */
bool tsv_end(FILE *f, struct error *err);

#endif
