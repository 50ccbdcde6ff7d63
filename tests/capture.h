/*
 * tests/capture.h - what a renderer writes, as a text.
 *
 *	struct capture c;
 *
 *	render_csv(capture_begin(&c), table);
 *	check_text(capture_end(&c), "...", "row");
 *	capture_free(&c);
 */
#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

struct out;

struct capture {
	struct out *out;
	char path[4096]; /* the file in between, below $TMPDIR */
	char *text;      /* NUL-terminated */
	size_t len;
};

struct out *capture_begin(struct capture *c);
const char *capture_end(struct capture *c);
void capture_free(struct capture *c);

/* Does the text hold the line (without its "\n")? */
bool has_line(const char *text, const char *line);

/* Is the whole text one value of strict JSON: RFC 8259, valid UTF-8, no name twice in an object? */
bool is_json(const char *text, size_t len);

/* Bytes from `s` on are valid UTF-8. */
bool is_utf8(const char *s);

#endif
