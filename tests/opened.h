/*
 * tests/opened.h - a recording that a test wrote in memory, opened by the parser.
 *
 *	struct opened o;
 *
 *	if (open_image(&o, &img))
 *		check_text(opened_records(&o), "COMM SAMPLE", "records");
 *	open_done(&o);
 */
#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "parser/recording.h"
#include "tests/image.h"

struct opened {
	struct diag *diag;
	struct texts *texts;
	struct recording *recording; /* NULL: `err` says why */
	struct error err;
	int fd; /* of the memory file; -1 for a path */
	char records[4000];
};

/* Open; false if the parser refuses.  The bytes are put into a memory file. */
bool open_bytes(struct opened *o, const void *bytes, size_t len);
bool open_image(struct opened *o, const struct image *img);
bool open_path(struct opened *o, const char *path);
void open_done(struct opened *o); /* also behind a refusal */

/* A path for bytes in memory; close() the descriptor. */
int memory_file(const void *bytes, size_t len, char path[32]);

/*
 * Walk over all records and name them, separated by blanks, without those that perf
 * begins a pipe with (HEADER_ATTR, HEADER_FEATURE, EVENT_UPDATE): "COMM COMPRESSED ~SAMPLE"; the last
 * came out of a COMPRESSED one.
 */
const char *opened_records(struct opened *o);

/* Walk over all records and decode each, with a listener; how many there were. */
uint64_t opened_decode_all(struct opened *o);

/* The n-th record of a type, counted from 0; false if there are fewer. */
bool opened_record(struct opened *o, uint32_t type, size_t n, struct record_view *v);

/* How often was a problem of this kind told? */
uint64_t opened_problems(const struct opened *o, enum problem_kind kind);

#endif
