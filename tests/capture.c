/* tests/capture.c - see capture.h. */
#include "tests/capture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/utf8.h"
#include "render/out.h"

struct out *capture_begin(struct capture *c)
{
	const char *folder = getenv("TMPDIR");
	struct error err;
	int fd;

	*c = (struct capture){ .len = 0 };
	snprintf(c->path, sizeof(c->path), "%s/captureXXXXXX", folder ? folder : "/tmp");
	fd = mkstemp(c->path);
	assert(fd >= 0);
	close(fd);
	c->out = out_open(c->path, &err);
	assert(c->out);
	return c->out;
}

const char *capture_end(struct capture *c)
{
	struct error err;
	FILE *f;
	size_t cap = 0;

	if (!out_close(c->out, &err))
		abort();
	f = fopen(c->path, "rbe");
	assert(f);
	for (size_t n = 1; n > 0; c->len += n) {
		if (cap - c->len < 4096) {
			cap = 2 * cap + 8192;
			c->text = realloc(c->text, cap);
			assert(c->text);
		}
		n = fread(c->text + c->len, 1, cap - c->len - 1, f);
	}
	c->text[c->len] = '\0';
	fclose(f);
	unlink(c->path);
	return c->text;
}

void capture_free(struct capture *c)
{
	free(c->text);
	*c = (struct capture){ .len = 0 };
}

bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (;;) {
		if (strncmp(text, line, len) == 0 && (text[len] == '\n' || !text[len]))
			return true;
		text = strchr(text, '\n');
		if (!text)
			return false;
		text++;
	}
}

bool is_utf8(const char *s)
{
	while (*s) {
		uint32_t c;

		s += utf8_next(s, &c);
		if (c == UTF8_BAD)
			return false;
	}
	return true;
}

/* ---- JSON: every function returns what follows the value, or NULL ---- */

static const char *blanks(const char *s)
{
	return s + strspn(s, " \t\n\r");
}

static const char *digits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n ? s + n : NULL;
}

static const char *number(const char *s)
{
	s += *s == '-';
	if (*s == '0' && s[1] >= '0' && s[1] <= '9')
		return NULL;
	s = digits(s);
	if (s && *s == '.')
		s = digits(s + 1);
	if (s && (*s == 'e' || *s == 'E'))
		s = digits(s + 1 + (s[1] == '+' || s[1] == '-'));
	return s;
}

/* The four digits behind "u", from `low` to `high`; NULL: there are others. */
static const char *unit(const char *s, unsigned long low, unsigned long high)
{
	char hex[5] = "";
	unsigned long value;

	for (size_t i = 0; i < 4 && s[i]; i++)
		hex[i] = s[i];
	value = strtoul(hex, NULL, 16);
	return strspn(hex, "0123456789abcdefABCDEF") == 4 && value >= low && value <= high ? s + 4
											   : NULL;
}

/* Surrogates come in pairs only, RFC 8259, 7. */
static const char *escape(const char *s)
{
	const char *end;

	if (*s != 'u')
		return *s && strchr("\"\\/bfnrt", *s) ? s + 1 : NULL;
	end = unit(s + 1, 0, 0xd7ff);
	if (!end)
		end = unit(s + 1, 0xe000, 0xffff);
	if (end)
		return end;
	end = unit(s + 1, 0xd800, 0xdbff);
	return end && end[0] == '\\' && end[1] == 'u' ? unit(end + 2, 0xdc00, 0xdfff) : NULL;
}

static const char *string(const char *s)
{
	if (*s++ != '"')
		return NULL;
	while (s && *s != '"') {
		uint32_t c;
		size_t len;

		if ((unsigned char)*s < 0x20) /* the NUL, too */
			return NULL;
		len = utf8_next(s, &c);
		if (c == UTF8_BAD)
			return NULL;
		s = c == '\\' ? escape(s + 1) : s + len;
	}
	return s ? s + 1 : NULL;
}

static const char *value(const char *s);

static bool is_repeated(const char *const *names, const size_t *lengths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lengths[i] == lengths[n] && memcmp(names[i], names[n], lengths[n]) == 0)
			return true;
	return false;
}

static const char *object(const char *s)
{
	enum { MOST_NAMES = 64 };
	const char *names[MOST_NAMES];
	size_t lengths[MOST_NAMES];

	s = blanks(s);
	if (*s == '}')
		return s + 1;
	for (size_t n = 0; n < MOST_NAMES; n++) {
		names[n] = s;
		s = string(s);
		if (!s)
			return NULL;
		lengths[n] = (size_t)(s - names[n]);
		s = blanks(s);
		if (is_repeated(names, lengths, n) || *s != ':')
			return NULL;
		s = value(s + 1);
		if (!s || (*s != ',' && *s != '}'))
			return NULL;
		if (*s == '}')
			return s + 1;
		s = blanks(s + 1);
	}
	return NULL;
}

static const char *array(const char *s)
{
	s = blanks(s);
	if (*s == ']')
		return s + 1;
	for (;;) {
		s = value(s);
		if (!s || (*s != ',' && *s != ']'))
			return NULL;
		if (*s++ == ']')
			return s;
	}
}

static const char *value(const char *s)
{
	static const char *const words[] = { "true", "false", "null" };
	const char *end = NULL;

	s = blanks(s);
	for (size_t i = 0; i < 3; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			end = s + strlen(words[i]);
	if (*s == '{')
		end = object(s + 1);
	else if (*s == '[')
		end = array(s + 1);
	else if (*s == '"')
		end = string(s);
	else if (!end)
		end = number(s);
	return end ? blanks(end) : NULL;
}

bool is_json(const char *text, size_t len)
{
	const char *end = value(text);

	return end && end == text + len;
}
