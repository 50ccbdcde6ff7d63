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

/* Does a text as long as this stand for more than chance?  Two printable bytes behind '=' or the end. */
static bool is_value(const uint8_t *p, const uint8_t *end)
{
	return p == end || *p == '\0' || (*p >= ' ' && *p <= '~');
}

void environment_scan(struct environment *e, const uint8_t *bytes, size_t len, struct texts *texts)
{
	const uint8_t *end = bytes + len, *p = bytes;
	bool telling = false;

	while ((p = memchr(p, '=', (size_t)(end - p)))) {
		const uint8_t *name = p;

		while (name > bytes && p - name < LONGEST && is_name_byte(name[-1], false))
			name--;
		/* texts of the environment follow each other, each behind the last one's NUL */
		if (p - name >= 2 && is_name_byte(*name, true) && name > bytes &&
		    name[-1] == '\0' && is_value(p + 1, end))
			add(e, name, (size_t)(p - name), texts, &telling);
		p++;
	}
	e->samples += telling;
}

void environment_done(struct environment *e)
{
	free(e->names);
	*e = (struct environment){ 0 };
}
