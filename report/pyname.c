#include "report/pyname.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/arena.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"

bool pyname_split(struct texts *texts, const char *symbol, const char **qualname, const char **file)
{
	const char *colon;

	if (strncmp(symbol, "py::", 4) != 0)
		return false;
	symbol += 4;
	colon = strchr(symbol, ':');
	if (!colon)
		return false;
	*qualname = texts_add(texts, symbol, (size_t)(colon - symbol));
	*file = texts_add_z(texts, colon + 1);
	return true;
}

/* ---- from a file to its parts ------------------------------------------------ */

/*
 * A module is the end of a path, from `start` on, with '/' as '.'.  Only its hash is kept while
 * it grows; made from right to left, part by part, so that a directory in front costs its
 * own length and no more.
 */
struct pyfile {
	enum {
		FILE_LITERAL, /* the module is `path` as it stands */
		FILE_LIBRARY, /* the module begins at `start`, whoever else has it */
		FILE_OTHER,   /* the module begins at `start`, and `start` may move to the left */
		FILE_WHOLE,   /* no part is left to put in front */
	} kind;
	char *path;    /* the parts, joined by '/', none of them empty, "." or ".." */
	size_t start;  /* of the module in `path` */
	uint64_t hash; /* of the module, parts from right to left */
};

/* Put one more directory, or at first the last part, into the module; false if there is none. */
static bool put_in_front(struct pyfile *f)
{
	size_t end = f->start, begin;

	if (end == 0)
		return false;
	/* "a.b/c" and "a/b/c" are one module: '.' separates like '/', but only '/' ends the step. */
	do {
		begin = --end;
		while (begin > 0 && f->path[begin - 1] != '/' && f->path[begin - 1] != '.')
			begin--;
		f->hash = hash_pair(f->hash, hash_bytes(f->path + begin, end - begin));
		end = begin;
	} while (begin > 0 && f->path[begin - 1] == '.');
	f->start = begin;
	return true;
}

/* Make the module of `path` (`len` bytes) from `root` on, or of its last part if that is shorter. */
static void begin_module(struct pyfile *f, size_t len, size_t root)
{
	f->start = len + 1;
	f->hash = 0;
	while (put_in_front(f) && f->start > root)
		;
}

/* Is [s, s + len) this text? */
static bool is(const char *s, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(s, text, len) == 0;
}

static bool ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && memcmp(s + len - n, end, n) == 0;
}

/* lib, lib64, lib32 */
static bool is_lib(const char *s, size_t len)
{
	return len >= 3 && memcmp(s, "lib", 3) == 0 && strspn(s + 3, "0123456789") == len - 3;
}

/* python3.12, and with ABI flags python3.13t, python3.12d */
static bool is_python_version(const char *s, size_t len)
{
	const char *end = s + len;

	if (len < 6 || memcmp(s, "python", 6) != 0)
		return false;
	s += 6;
	if (!isdigit((unsigned char)*s))
		return false;
	s += strspn(s, "0123456789");
	if (*s != '.' || !isdigit((unsigned char)s[1]))
		return false;
	s++;
	s += strspn(s, "0123456789");
	s += strspn(s, "dmtu");
	return s == end;
}

static bool is_archive(const char *s, size_t len)
{
	static const char *const suffixes[] = { ".egg", ".pex", ".pyz", ".whl", ".zip" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (ends_with(s, len, suffixes[i]))
			return true;
	return false;
}

/* Behind the last folder from which modules are imported: the place in `path`, 0 without one. */
static size_t find_root(const char *path, bool *library)
{
	const char *part = path, *slash;
	size_t root = 0;
	bool in_lib = false; /* the part before is a lib */

	*library = false;
	for (; (slash = strchr(part, '/')); part = slash + 1) {
		size_t len = (size_t)(slash - part);
		bool packages = is(part, len, "site-packages") || is(part, len, "dist-packages") ||
				(in_lib && is_python_version(part, len));

		if (packages || is_archive(part, len))
			root = (size_t)(slash + 1 - path);
		*library = *library || packages;
		in_lib = is_lib(part, len);
	}
	return root;
}

/* Copy a path without what names no folder; ".." takes the part before along.  Gives the length. */
static size_t copy_parts(char *to, const char *path)
{
	char *end = to;

	while (*path) {
		size_t len = strcspn(path, "/");

		if (is(path, len, "..")) {
			while (end > to && *--end != '/')
				;
		} else if (len > 0 && !is(path, len, ".")) {
			if (end > to)
				*end++ = '/';
			memcpy(end, path, len);
			end += len;
		}
		path += len + (path[len] == '/');
	}
	*end = '\0';
	return (size_t)(end - to);
}

/* Take ".py" off, and __init__ and __main__ where a folder is left.  Gives the new length. */
static size_t cut_stem(char *path, size_t len)
{
	char *slash = strrchr(path, '/');
	char *stem = slash ? slash + 1 : path;

	if (ends_with(stem, strlen(stem), ".py"))
		len -= 3;
	path[len] = '\0';
	if (slash && (strcmp(stem, "__init__") == 0 || strcmp(stem, "__main__") == 0))
		len = (size_t)(slash - path);
	path[len] = '\0';
	return len;
}

/* <string>, <stdin> ... and "" are no paths. */
static bool is_literal(const char *file, size_t len)
{
	return len == 0 || (len >= 2 && file[0] == '<' && file[len - 1] == '>');
}

/* For <frozen M> give M. Not for one with '/': only whole paths hold that. */
static bool find_frozen(const char *file, size_t len, const char **name, size_t *name_len)
{
	static const char frozen[] = "<frozen ";
	size_t skip = sizeof(frozen) - 1;

	if (len <= skip + 1 || memcmp(file, frozen, skip) != 0 || strchr(file, '/'))
		return false;
	*name = file + skip;
	*name_len = len - skip - 1;
	return true;
}

static void prepare(struct arena *arena, const char *file, struct pyfile *f)
{
	size_t len = strlen(file), root;
	bool library;

	f->path = arena_take(arena, len + 1);
	if (is_literal(file, len)) {
		f->kind = FILE_LITERAL;
		find_frozen(file, len, &file, &len);
		memcpy(f->path, file, len);
		begin_module(f, len, 0);
		return;
	}
	len = copy_parts(f->path, file);
	root = find_root(f->path, &library);
	len = cut_stem(f->path, len);
	if (len == 0) {
		f->kind = FILE_WHOLE;
	} else if (root == 0 || root > len) {
		/* root > len: an __init__.py that has no folder but the root itself */
		f->kind = FILE_OTHER;
		begin_module(f, len, len);
	} else {
		f->kind = library ? FILE_LIBRARY : FILE_OTHER;
		begin_module(f, len, root);
	}
}

/* ---- who has which module -------------------------------------------------- */

#define NOBODY SIZE_MAX /* disputed, or of a file that does not give way */

/* Two modules of equal hash pass for one: that makes their names longer, but never equal. */
struct claim {
	uint64_t hash; /* 0: free */
	size_t holder; /* index of a file, or NOBODY */
};

struct claims {
	struct claim *slots; /* open addressing */
	size_t mask, used;
};

static struct claim *slot_of(const struct claims *c, uint64_t hash)
{
	size_t i = (size_t)hash & c->mask;

	while (c->slots[i].hash && c->slots[i].hash != hash)
		i = (i + 1) & c->mask;
	return &c->slots[i];
}

static void more_slots(struct claims *c)
{
	struct claim *old = c->slots;
	size_t n = old ? c->mask + 1 : 0;

	c->mask = (n ? 2 * n : 256) - 1;
	c->slots = mem_calloc(c->mask + 1, sizeof(*c->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].hash)
			*slot_of(c, old[i].hash) = old[i];
	free(old);
}

/* The claim to a module; *is_new: nobody has claimed it before, and the caller fills in who. */
static struct claim *claim_of(struct claims *c, uint64_t hash, bool *is_new)
{
	struct claim *slot;

	if (!hash)
		hash = 1;
	if (2 * c->used >= c->mask)
		more_slots(c);
	slot = slot_of(c, hash);
	*is_new = !slot->hash;
	if (*is_new) {
		slot->hash = hash;
		c->used++;
	}
	return slot;
}

/* Files that must claim a module; each is in here at most once. */
struct waiting {
	size_t *files;
	size_t n;
};

static void give_way(struct waiting *w, struct pyfile *files, size_t i)
{
	if (put_in_front(&files[i]))
		w->files[w->n++] = i;
	else
		files[i].kind = FILE_WHOLE;
}

/*
 * Let a file claim its module.  Where another holds it both give way, and nobody gets it
 * any more: which modules a file claims then depends on the set of files only.
 */
static void settle(struct claims *c, struct waiting *w, struct pyfile *files, size_t first)
{
	w->files[w->n++] = first;
	while (w->n > 0) {
		size_t i = w->files[--w->n];
		bool is_new;
		struct claim *claim = claim_of(c, files[i].hash, &is_new);

		if (is_new) {
			claim->holder = i;
			continue;
		}
		if (claim->holder != NOBODY)
			give_way(w, files, claim->holder);
		claim->holder = NOBODY;
		give_way(w, files, i);
	}
}

static void settle_all(struct pyfile *files, size_t n)
{
	struct waiting waiting = { .files = mem_calloc(n, sizeof(*waiting.files)) };
	struct claims claims = { 0 };

	for (size_t i = 0; i < n; i++) {
		bool is_new;

		if (files[i].kind == FILE_LITERAL || files[i].kind == FILE_LIBRARY)
			claim_of(&claims, files[i].hash, &is_new)->holder = NOBODY;
	}
	for (size_t i = 0; i < n; i++)
		if (files[i].kind == FILE_OTHER)
			settle(&claims, &waiting, files, i);
	free(claims.slots);
	free(waiting.files);
}

/* ---- from the parts to the text ------------------------------------------------ */

/*
 * A whole path holds a '/', which tells it from modules of every other kind.  One that
 * has "./" in front already gets another, or "./a" and "a" would be one.
 */
static const char *whole_path(struct texts *texts, const char *file)
{
	size_t len = strlen(file);
	const char *result;
	char *own;

	if (strchr(file, '/') && strncmp(file, "./", 2) != 0)
		return texts_add(texts, file, len);
	own = mem_resize(NULL, len + 3, 1);
	snprintf(own, len + 3, "./%s", file);
	result = texts_add_z(texts, own);
	free(own);
	return result;
}

static const char *module_text(struct texts *texts, const struct pyfile *f, const char *file)
{
	if (f->kind == FILE_WHOLE)
		return whole_path(texts, file);
	if (f->kind == FILE_LITERAL)
		return texts_add_z(texts, f->path);
	for (char *s = f->path + f->start; *s; s++)
		if (*s == '/')
			*s = '.';
	return texts_add_z(texts, f->path + f->start);
}

void pyname_modules(struct texts *texts, const char *const *files, size_t n, const char **modules)
{
	struct pyfile *prepared = mem_calloc(n, sizeof(*prepared));
	struct arena arena = { 0 };

	for (size_t i = 0; i < n; i++)
		prepare(&arena, files[i], &prepared[i]);
	settle_all(prepared, n);
	for (size_t i = 0; i < n; i++)
		modules[i] = module_text(texts, &prepared[i], files[i]);
	arena_free(&arena);
	free(prepared);
}
