#include "render/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/utf8.h"
#include "render/out.h"

enum { DEEPEST = sizeof(((struct json *)0)->first) / sizeof(bool) - 1 };

/* Items of the two outermost levels begin a line each, so that documents can be read and compared. */
enum { LINE_LEVELS = 2 };

static void new_line(struct json *j, unsigned depth)
{
	out_char(j->out, '\n');
	for (unsigned i = 0; i < depth; i++)
		out_char(j->out, ' ');
}

static void before_item(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->first[j->depth])
		out_char(j->out, ',');
	j->first[j->depth] = false;
	if (j->depth > 0 && j->depth <= LINE_LEVELS)
		new_line(j, j->depth);
}

static void open_level(struct json *j, char c)
{
	before_item(j);
	out_char(j->out, c);
	assert(j->depth < DEEPEST);
	j->first[++j->depth] = true;
}

static void close_level(struct json *j, char c)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	if (!j->first[j->depth + 1] && j->depth < LINE_LEVELS)
		new_line(j, j->depth);
	out_char(j->out, c);
}

void json_begin(struct json *j, struct out *out)
{
	*j = (struct json){ .out = out, .first = { true } };
}

void json_object(struct json *j)
{
	open_level(j, '{');
}

void json_end_object(struct json *j)
{
	close_level(j, '}');
}

void json_array(struct json *j)
{
	open_level(j, '[');
}

void json_end_array(struct json *j)
{
	close_level(j, ']');
}

static void escape(struct out *o, uint32_t c)
{
	switch (c) {
	case '"':
		out_text(o, "\\\"");
		break;
	case '\\':
		out_text(o, "\\\\");
		break;
	case '\n':
		out_text(o, "\\n");
		break;
	case '\t':
		out_text(o, "\\t");
		break;
	default:
		if (c > 0xffff) { /* a pair of surrogates, RFC 8259, 7 */
			c -= 0x10000;
			out_printf(o, "\\u%04x", (unsigned)(0xd800 | c >> 10));
			c = 0xdc00 | (c & 0x3ff);
		}
		out_printf(o, "\\u%04x", (unsigned)c);
	}
}

static void quoted(struct out *o, const char *s)
{
	out_char(o, '"');
	while (*s) {
		const char *plain = s;
		uint32_t c;
		size_t len;

		while ((unsigned char)*s >= 0x20 && (unsigned char)*s < 0x7f && *s != '"' &&
		       *s != '\\')
			s++;
		out_bytes(o, plain, (size_t)(s - plain));
		if (!*s)
			break;
		len = utf8_next(s, &c);
		if (c == UTF8_BAD)
			out_text(o, UTF8_REPLACEMENT);
		else if (utf8_is_control(c) || c < 0x80)
			escape(o, c);
		else
			out_bytes(o, s, len);
		s += len;
	}
	out_char(o, '"');
}

void json_key(struct json *j, const char *key)
{
	assert(j->depth > 0 && !j->after_key);
	before_item(j);
	quoted(j->out, key);
	out_char(j->out, ':');
	j->after_key = true;
}

void json_text(struct json *j, const char *s)
{
	if (!s) {
		json_null(j);
		return;
	}
	before_item(j);
	quoted(j->out, s);
}

void json_u64(struct json *j, uint64_t v)
{
	before_item(j);
	out_u64(j->out, v);
}

void json_i64(struct json *j, int64_t v)
{
	before_item(j);
	if (v < 0)
		out_char(j->out, '-');
	out_u64(j->out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void json_double(struct json *j, double v)
{
	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	before_item(j);
	out_double(j->out, v);
}

void json_bool(struct json *j, bool v)
{
	before_item(j);
	out_text(j->out, v ? "true" : "false");
}

void json_null(struct json *j)
{
	before_item(j);
	out_text(j->out, "null");
}

void json_key_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_text(j, s);
}

void json_key_u64(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_u64(j, v);
}

void json_key_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

void json_done(struct json *j)
{
	assert(j->depth == 0 && !j->after_key);
	out_char(j->out, '\n');
}
