#include "report/source_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "report/paths.h"

enum {
	SIZE_LIMIT = 64 << 20, /* larger files are no source that anybody wrote */
	ALL_LIMIT = 256 << 20, /* of all files: debug information may name any number of them */
	LEVELS = 2,
	MOST_ENTRIES = 10000, /* of folders that are looked through */
};

/* An answer, also that there is no such file. */
struct known {
	char *recorded, *path;
	struct source_file file;
	bool found;
};

struct source_files {
	struct source_options options;
	struct known **items; /* they must not move */
	size_t n, cap;
	size_t n_bytes; /* of all */
};

struct source_files *source_files_new(const struct source_options *options)
{
	struct source_files *s = mem_calloc(1, sizeof(*s));

	s->options = *options;
	return s;
}

static void forget(struct known *k)
{
	free(k->path);
	free(k->file.bytes);
	free(k->file.lines);
}

void source_files_free(struct source_files *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		free(s->items[i]->recorded);
		forget(s->items[i]);
		free(s->items[i]);
	}
	free(s->items);
	free(s);
}

/* ---- reading ---- */

/* All bytes of a file that can be read to its end; NULL: it cannot. */
static char *read_whole(int fd, size_t size, size_t *len)
{
	char *bytes = mem_calloc(size + 1, 1);

	for (*len = 0; *len < size;) {
		ssize_t n = read(fd, bytes + *len, size - *len);

		if (n < 0) {
			free(bytes);
			return NULL;
		}
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return bytes;
}

/* Lines end with \n, \r\n or \r, as compilers and Python have it.  Other NULs become a byte that is shown as unprintable. */
static void split_lines(struct source_file *f, size_t len)
{
	size_t cap = 0, n = 0, begin = 0;

	for (size_t i = 0; i <= len; i++) {
		bool end = i == len || f->bytes[i] == '\n' || f->bytes[i] == '\r';

		if (!end && f->bytes[i] == '\0')
			f->bytes[i] = '\x01';
		if (!end || (i == len && begin == len) || n == UINT32_MAX)
			continue;
		f->lines = mem_grow(f->lines, n, 1, &cap, sizeof(*f->lines));
		f->lines[n++] = begin;
		if (i < len && f->bytes[i] == '\r' && f->bytes[i + 1] == '\n')
			f->bytes[i++] = '\0';
		f->bytes[i] = '\0';
		begin = i + 1;
	}
	f->n_lines = (uint32_t)n;
}

/*
 * The path may be anybody's: what is no regular file is not even opened, as that may have effects, and is not waited for
 * if it became something else in between.
 */
static bool read_file(struct source_file *f, const char *path, size_t limit, size_t *len)
{
	struct stat st;
	int fd;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= limit)
		f->bytes = read_whole(fd, (size_t)st.st_size, len);
	close(fd);
	if (!f->bytes)
		return false;
	f->mtime = st.st_mtime;
	split_lines(f, *len);
	return true;
}

/* ---- finding ---- */

static bool try_path(struct source_files *s, struct known *k, const char *path, bool beside)
{
	size_t left = ALL_LIMIT - s->n_bytes, len = 0;

	if (!read_file(&k->file, path, left < SIZE_LIMIT ? left : SIZE_LIMIT, &len))
		return false;
	s->n_bytes += len;
	k->path = mem_text(path, strlen(path));
	k->file.path = k->path;
	k->file.beside = beside;
	return true;
}

/* Names that a language gives to a file of each package or module. */
static bool is_common(const char *name)
{
	static const char *const names[] = { "__init__.py", "__main__.py", "mod.rs", "lib.rs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* The least of a path that may stand for all of it: the base name, of a common one with its folder. */
static const char *least_tail(const char *path)
{
	const char *slash = strrchr(path, '/'), *tail = slash ? slash + 1 : path;

	if (!slash || !is_common(tail))
		return tail;
	tail = slash;
	while (tail > path && tail[-1] != '/')
		tail--;
	return tail;
}

/*
 * Below a folder: the whole path first, then less and less of its folders.  Beside the recording the last step, to the
 * least tail, is that of try_tail().
 */
static bool try_below(struct source_files *s, struct known *k, const char *folder,
		      const char *middle, bool beside)
{
	const char *rest = k->recorded, *least = least_tail(k->recorded);
	char base[PATH_MAX], path[PATH_MAX];

	if (path_climbs(rest) || !path_join(base, folder, middle, "/"))
		return false;
	while (rest) {
		rest += strspn(rest, "/");
		if (rest > least || (beside && rest == least && rest != k->recorded))
			return false;
		if (*rest && path_join(path, base, rest, "") && try_path(s, k, path, beside))
			return true;
		rest = strchr(rest, '/');
	}
	return false;
}

/* A file of this name in the folder: 0 or 1. */
static size_t count_in(const char *folder, const char *name, char found[PATH_MAX])
{
	char file[PATH_MAX];
	struct stat st;

	if (!path_join(file, folder, "/", name) || stat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	memcpy(found, file, sizeof(file));
	return 1;
}

/* The folders below `folder`, `levels` deep, that have a file of this name: how many; one of them into `found`. */
static size_t count_below(const char *folder, const char *name, int levels, size_t *looked,
			  char found[PATH_MAX])
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir)) && *looked < MOST_ENTRIES) {
		char path[PATH_MAX];
		struct stat st;

		(*looked)++;
		if (entry->d_name[0] == '.' || !path_join(path, folder, "/", entry->d_name) ||
		    lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		n += count_in(path, name, found);
		if (levels > 1)
			n += count_below(path, name, levels - 1, looked, found);
	}
	if (dir)
		closedir(dir);
	return n;
}

/* In src/ or a folder below: only if there is one such file, as it may be another than what was recorded. */
static bool try_tail(struct source_files *s, struct known *k, const char *folder)
{
	const char *tail = least_tail(k->recorded);
	char path[PATH_MAX], found[PATH_MAX];
	size_t looked = 0;

	return *tail && !path_climbs(tail) && path_join(path, folder, "/src", "") &&
	       count_in(path, tail, found) + count_below(path, tail, LEVELS, &looked, found) == 1 &&
	       try_path(s, k, found, true);
}

/* FROM=TO: whole folders only, so /src does not match /src2. */
static bool try_mapped(struct source_files *s, struct known *k, const struct source_dir *d)
{
	size_t len = strlen(d->from);
	const char *rest;
	char path[PATH_MAX];

	while (len && d->from[len - 1] == '/')
		len--;
	if (strncmp(k->recorded, d->from, len) != 0)
		return false;
	rest = k->recorded + len;
	if ((*rest && *rest != '/') || path_climbs(rest))
		return false;
	return path_join(path, d->to, rest, "") && try_path(s, k, path, false);
}

static bool find_beside(struct source_files *s, struct known *k, const char *directory)
{
	return *directory &&
	       (try_below(s, k, directory, "/src", true) || try_tail(s, k, directory));
}

static bool same_lines(const struct source_file *a, const struct source_file *b)
{
	if (a->n_lines != b->n_lines)
		return false;
	for (uint32_t i = 1; i <= a->n_lines; i++)
		if (strcmp(source_file_line(a, i), source_file_line(b, i)) != 0)
			return false;
	return true;
}

/* Do recordings from the directory behind `first` on have another file beside them that would have been found? */
static bool is_disputed(struct source_files *s, const struct known *k, size_t first)
{
	size_t held = s->n_bytes;
	bool disputed = false;

	for (size_t i = first + 1; i < s->options.n_directories && !disputed; i++) {
		struct known other = { .recorded = k->recorded };

		disputed = find_beside(s, &other, s->options.directories[i]) &&
			   !same_lines(&k->file, &other.file);
		forget(&other);
		s->n_bytes = held;
	}
	return disputed;
}

static bool find(struct source_files *s, struct known *k)
{
	const struct source_options *o = &s->options;

	for (size_t i = 0; i < o->n_dirs; i++) {
		const struct source_dir *d = &o->dirs[i];

		if (d->from ? try_mapped(s, k, d) : try_below(s, k, d->to, "", false))
			return true;
	}
	for (size_t i = 0; i < o->n_directories; i++) {
		if (!find_beside(s, k, o->directories[i]))
			continue;
		k->file.disputed = is_disputed(s, k, i);
		return true;
	}
	return !o->no_host_files && k->recorded[0] == '/' && try_path(s, k, k->recorded, false);
}

const struct source_file *source_files_find(struct source_files *s, const char *recorded)
{
	struct known *k;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i]->recorded, recorded) == 0)
			return s->items[i]->found ? &s->items[i]->file : NULL;
	k = mem_calloc(1, sizeof(*k));
	k->recorded = mem_text(recorded, strlen(recorded));
	k->found = *recorded && find(s, k);
	s->items = mem_grow(s->items, s->n, 1, &s->cap, sizeof(struct known *));
	s->items[s->n++] = k;
	return k->found ? &k->file : NULL;
}

const char *source_files_left_out(const struct source_files *s)
{
	return s->options.no_host_files
		       ? "; it was not looked for on this machine because of --no-host-files"
		       : "";
}

const char *source_file_line(const struct source_file *f, uint32_t number)
{
	if (number == 0 || number > f->n_lines)
		return NULL;
	return f->bytes + f->lines[number - 1];
}
