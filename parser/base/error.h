/*
 * parser/base/error.h - an error as a value: what went wrong and where.
 *
 * A function that can fail takes a `struct error *` last, returns false (or
 * NULL) and leaves its results untouched.  Low code says what and at which
 * byte; the command layer adds the file's name and the next step.
 * Running out of memory is not such an error: see memory.h.
 */
#ifndef PERFOLIO_PARSER_BASE_ERROR_H
#define PERFOLIO_PARSER_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum error_kind {
	ERR_NONE,
	ERR_IO,          /* the system refused: open, read, write */
	ERR_FORMAT,      /* the bytes are not what the format says */
	ERR_UNSUPPORTED, /* a valid form that this program does not read */
	ERR_LIMIT,       /* a bound of ours was reached */
	ERR_USAGE,       /* the caller asked for something that makes no sense */
};

struct error {
	enum error_kind kind;
	bool has_offset; /* is `offset` a place in the file? */
	uint64_t offset; /* byte of the file the message is about */
	char what[400];  /* what went wrong, without the file name */
};

/* Fill *err and return false, so that an error path is one statement. */
bool fail(struct error *err, enum error_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for an error at a byte of the file. */
bool fail_at(struct error *err, enum error_kind kind, uint64_t offset, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
