#include "report/id_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/paths.h"

enum { MAX_NAMES = 4 };

/* What stands behind the digits. */
static const char *const names[ID_FILES][MAX_NAMES] = {
	[ID_OBJECT] = { ".elf", "/elf", "/vdso", "" },
	[ID_DEBUG] = { ".debug", "/debug" },
	[ID_KALLSYMS] = { "/kallsyms" },
};

void id_trees_add(struct id_trees *t, const char *root)
{
	t->roots = mem_grow(t->roots, t->n, 1, &t->cap, sizeof(*t->roots));
	t->roots[t->n++] = root;
}

void id_trees_free(struct id_trees *t)
{
	free(t->roots);
	*t = (struct id_trees){ 0 };
}

/* ---- the walk ---- */

struct id_walk id_walk(const struct id_trees *t, enum id_file what, const struct object_id *id)
{
	/* Without a build id there is nothing to walk over. */
	return (struct id_walk){ .trees = t, .what = what, .id = *id, .root = id->size ? 0 : t->n };
}

/* ROOT/.build-id/xx/yyyyNAME into w->path; false: it is too long for a path. */
static bool make_path(struct id_walk *w)
{
	char digits[OBJECT_ID_TEXT];
	int len;

	object_id_text(&w->id, digits);
	len = snprintf(w->path, sizeof(w->path), "%s/.build-id/%.2s/%s%s", w->trees->roots[w->root],
		       digits, digits + 2, names[w->what][w->name]);
	return len > 0 && (size_t)len < sizeof(w->path);
}

/* Old tables pad short build ids with zeroes; then the files have the short one. */
static bool shorten(struct object_id *id)
{
	uint8_t size = id->size;

	while (size > 0 && id->bytes[size - 1] == 0)
		size--;
	if (size == id->size)
		return false;
	id->size = size;
	return true;
}

/* The next name, of the next root behind the last, of the short build id behind all; false: that was all. */
static bool advance(struct id_walk *w)
{
	if (++w->name < MAX_NAMES && names[w->what][w->name])
		return true;
	w->name = 0;
	if (++w->root < w->trees->n)
		return true;
	if (w->unpadded || !shorten(&w->id))
		return false;
	w->unpadded = true;
	w->root = 0;
	return true;
}

bool id_walk_next(struct id_walk *w)
{
	while (w->root < w->trees->n) {
		bool found = make_path(w) && path_is_readable(w->path);

		if (!advance(w))
			w->root = w->trees->n;
		if (found)
			return true;
	}
	return false;
}

/* ---- packed trees ---- */

static bool parse_digits(const char *text, size_t len, struct object_id *id)
{
	uint8_t bytes[BUILD_ID_MAX];
	size_t n = len / 2;

	if (len % 2 || n < 2 || n > BUILD_ID_MAX || strspn(text, "0123456789abcdef") < len)
		return false;
	for (size_t i = 0; i < n; i++) {
		char byte[3] = { text[2 * i], text[2 * i + 1], '\0' };

		bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	*id = object_id_of(bytes, n);
	return id->size != 0;
}

bool id_tree_parse(const char *path, struct object_id *id, enum id_file *what)
{
	const char *last = strrchr(path, '/'), *folder = last;

	if (!last)
		return false;
	while (folder > path && folder[-1] != '/')
		folder--;
	for (int f = 0; f < ID_FILES; f++) {
		for (size_t i = 0; i < MAX_NAMES && names[f][i]; i++) {
			if (names[f][i][0] == '/' && strcmp(last, names[f][i]) == 0) {
				*what = (enum id_file)f;
				return parse_digits(folder, (size_t)(last - folder), id);
			}
		}
	}
	*what = ID_OBJECT;
	return parse_digits(last + 1, strlen(last + 1), id);
}
