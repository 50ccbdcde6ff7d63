/*
 * render/json.h - a streaming JSON writer (RFC 8259): commas, escapes, nesting; strict UTF-8 out.
 *
 * Bytes that are not UTF-8 become U+FFFD.  Integers are printed with all digits.
 */
#ifndef PERFOLIO_RENDER_JSON_H
#define PERFOLIO_RENDER_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct out;

struct json {
	struct out *out;
	unsigned depth;
	bool first[32]; /* nothing written yet at this depth */
	bool after_key;
};

void json_begin(struct json *j, struct out *out);
void json_object(struct json *j); /* { */
void json_end_object(struct json *j);
void json_array(struct json *j); /* [ */
void json_end_array(struct json *j);
void json_key(struct json *j, const char *key);
void json_text(struct json *j, const char *s); /* NULL: null */
void json_u64(struct json *j, uint64_t v);
void json_i64(struct json *j, int64_t v);
void json_double(struct json *j,
		 double v); /* shortest form that reads back equal; NaN, infinity: null */
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* key and value at once */
void json_key_text(struct json *j, const char *key, const char *s);
void json_key_u64(struct json *j, const char *key, uint64_t v);
void json_key_bool(struct json *j, const char *key, bool v);
/* End the document with a newline. */
void json_done(struct json *j);

#endif
