#include "report/environment.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

enum {
	LONGEST = 100,
	MOST = 500
}; /* names: longer ones and more of them are stack contents by chance */

static bool is_name_byte(uint8_t c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

bool environment_is_harmless(const char *name)
{
	static const char *const names[] = {
		"PATH",
		"HOME",
		"LANG",
		"LANGUAGE",
		"TERM",
		"SHELL",
		"USER",
		"LOGNAME",
		"PWD",
		"OLDPWD",
		"SHLVL",
		"_",
		"TMPDIR",
		"TZ",
		"EDITOR",
		"PAGER",
		"HOSTNAME",
		"MAIL",
		"PREFIX",
		"PERF_BUILDID_DIR",
		"DEBUGINFOD_URLS",
		"LD_LIBRARY_PATH",
		"DISPLAY",
	};
	static const char *const prefixes[] = { "LC_", "PYTHON", "XDG_" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(prefixes[i], name, strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static struct environment_name *find(struct environment *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->names[i].name == name)
			return &e->names[i];
	return NULL;
}

static void add(struct environment *e, const uint8_t *name, size_t len, struct texts *texts,
		bool *telling)
{
	const char *text = texts_add(texts, (const char *)name, len);
	struct environment_name *known = find(e, text);

	if (!known) {
		if (e->n == MOST)
			return;
		e->names = mem_grow(e->names, e->n, 1, &e->cap, sizeof(*e->names));
		known = &e->names[e->n++];
		*known = (struct environment_name){ .name = text };
	}
	known->samples++;
	*telling = *telling || !environment_is_harmless(text);
}

/* ---- telling an environment from what else lies on a stack ---- */

static bool is_text_byte(uint8_t c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t' || c == '\n' || c == '\x1b';
}

/* The end of the text at `p`: its NUL, or the end of the copy; NULL: it is empty, or no text. */
static const uint8_t *text_end(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *at = p;

	while (at < end && is_text_byte(*at))
		at++;
	return at > p && (at == end || *at == '\0') ? at : NULL;
}

/* The beginning of the text that ends before the NUL at p - 1; NULL: likewise. */
static const uint8_t *text_before(const uint8_t *begin, const uint8_t *p)
{
	const uint8_t *at;

	if (p == begin || p[-1] != '\0')
		return NULL;
	at = p - 1;
	while (at > begin && is_text_byte(at[-1]))
		at--;
	return at < p - 1 && at > begin && at[-1] == '\0' ? at : NULL;
}

/*
 * The kernel puts the texts of arguments, environment and file name behind each other, with one NUL between: three in
 * a row at least.  Other words of a stack that hold a name and '=' by chance have no such neighbours: addresses end
 * with two bytes of zeroes.
 */
static bool is_among_texts(const uint8_t *begin, const uint8_t *name, const uint8_t *value_end,
			   const uint8_t *end)
{
	enum { NEIGHBOURS = 2 };
	const uint8_t *before = name, *behind = value_end;
	int n = 0;

	while (n < NEIGHBOURS && (before = text_before(begin, before)))
		n++;
	while (n < NEIGHBOURS && behind < end && (behind = text_end(behind + 1, end)))
		n++;
	return n == NEIGHBOURS;
}

/* A value may be empty. */
static const uint8_t *value_end(const uint8_t *p, const uint8_t *end)
{
	return p == end || *p == '\0' ? p : text_end(p, end);
}

void environment_scan(struct environment *e, const uint8_t *bytes, size_t len, struct texts *texts)
{
	const uint8_t *end = bytes + len, *p = bytes;
	bool telling = false;

	while ((p = memchr(p, '=', (size_t)(end - p)))) {
		const uint8_t *name = p, *behind;

		while (name > bytes && p - name < LONGEST && is_name_byte(name[-1], false))
			name--;
		p++;
		if (p - 1 - name < 2 || !is_name_byte(*name, true) || name == bytes || name[-1])
			continue;
		behind = value_end(p, end);
		if (behind && is_among_texts(bytes, name, behind, end))
			add(e, name, (size_t)(p - 1 - name), texts, &telling);
	}
	e->samples += telling;
}

void environment_done(struct environment *e)
{
	free(e->names);
	*e = (struct environment){ 0 };
}
