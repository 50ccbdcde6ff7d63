#include "report/map_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"

enum {
	MAX_DEPTH = 2,
	/*
	 * A recording may lie in somebody's home.  Each bound drops whole folders, since
	 * which entries come first is the file system's choice.
	 */
	MAX_FOLDERS = 1024,
	MAX_ENTRIES = 65536, /* of one folder */
};

struct folder {
	char *path;
	unsigned depth;
};

/* Folders to look into, those of the upper levels first. */
struct queue {
	struct folder *items;
	size_t n, cap;
};

/* Is it PREFIX, a pid as the kernel prints it, SUFFIX? */
static bool is_numbered(const char *name, const char *prefix, const char *suffix, uint32_t *pid)
{
	size_t len = strlen(prefix);
	unsigned long value;
	char *end;

	if (strncmp(name, prefix, len) != 0 || !isdigit((unsigned char)name[len]) ||
	    (name[len] == '0' && name[len + 1] != '.'))
		return false;
	errno = 0;
	value = strtoul(name + len, &end, 10);
	if (errno || value > UINT32_MAX || strcmp(end, suffix) != 0)
		return false;
	*pid = (uint32_t)value;
	return true;
}

static bool is_map_name(const char *name, enum map_kind *kind, uint32_t *pid)
{
	*kind = MAP_TEXT;
	if (is_numbered(name, "perf-", ".map", pid))
		return true;
	*kind = MAP_DUMP;
	return is_numbered(name, "jit-", ".dump", pid);
}

static char *join(const char *folder, const char *name)
{
	char *path = mem_calloc(strlen(folder) + strlen(name) + 2, 1);

	stpcpy(stpcpy(stpcpy(path, folder), "/"), name);
	return path;
}

static void take_entry(int fd, const struct folder *at, const struct dirent *e,
		       struct map_files *maps, struct queue *below)
{
	const char *name = e->d_name;
	bool may_be_folder = (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN) && name[0] != '.' &&
			     at->depth < MAX_DEPTH;
	uint32_t pid = 0;
	enum map_kind kind;
	bool is_map = is_map_name(name, &kind, &pid);
	struct stat st;

	if (!is_map && !may_be_folder)
		return;
	/* What the user put beside the recording may be a link; what lies below may not. */
	if (fstatat(fd, name, &st, is_map && at->depth == 0 ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (is_map && S_ISREG(st.st_mode)) {
		maps->files = mem_grow(maps->files, maps->n, 1, &maps->cap, sizeof(*maps->files));
		maps->files[maps->n++] = (struct map_file){
			.kind = kind,
			.pid = pid,
			.depth = at->depth,
			.path = join(at->path, name),
			.device = st.st_dev,
			.inode = st.st_ino,
		};
	} else if (S_ISDIR(st.st_mode) && may_be_folder) {
		below->items =
			mem_grow(below->items, below->n, 1, &below->cap, sizeof(*below->items));
		below->items[below->n++] = (struct folder){ join(at->path, name), at->depth + 1 };
	}
}

/* Drop what stands behind the first `n_maps` maps and `n_below` folders. */
static void forget(struct map_files *maps, size_t n_maps, struct queue *below, size_t n_below)
{
	while (maps->n > n_maps)
		free(maps->files[--maps->n].path);
	while (below->n > n_below)
		free(below->items[--below->n].path);
}

static int by_folder_path(const void *a, const void *b)
{
	return strcmp(((const struct folder *)a)->path, ((const struct folder *)b)->path);
}

static void look_into(const struct folder *at, struct map_files *maps, struct queue *below)
{
	int fd = open(at->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (at->depth ? O_NOFOLLOW : 0));
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	size_t n_maps = maps->n, n_below = below->n, entries = 0;
	const struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)) && entries++ < MAX_ENTRIES)
		take_entry(fd, at, e, maps, below);
	if (e) {
		forget(maps, n_maps, below, n_below);
		maps->cut = true;
	}
	closedir(d);
	if (below->n > n_below)
		qsort(below->items + n_below, below->n - n_below, sizeof(*below->items),
		      by_folder_path);
	if (below->n > MAX_FOLDERS) {
		forget(maps, maps->n, below, MAX_FOLDERS);
		maps->cut = true;
	}
}

static int by_kind_and_pid(const void *a, const void *b)
{
	const struct map_file *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* Equal files have equal names, so they stand close together. */
static void drop_doubles(struct map_files *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct map_file *f = &m->files[i];
		bool is_double = false;

		for (size_t k = n;
		     k-- > 0 && m->files[k].kind == f->kind && m->files[k].pid == f->pid;)
			is_double = is_double || (m->files[k].inode == f->inode &&
						  m->files[k].device == f->device);
		if (is_double)
			free(f->path);
		else
			m->files[n++] = *f;
	}
	m->n = n;
}

void map_files_list(const char *folder, struct map_files *out)
{
	struct queue queue = { 0 };

	queue.items = mem_grow(NULL, 0, 1, &queue.cap, sizeof(*queue.items));
	queue.items[queue.n++] = (struct folder){ mem_text(folder, strlen(folder)), 0 };
	for (size_t i = 0; i < queue.n; i++) {
		struct folder at = queue.items[i]; /* the queue may move */

		look_into(&at, out, &queue);
	}
	for (size_t i = 0; i < queue.n; i++)
		free(queue.items[i].path);
	free(queue.items);
	if (out->n)
		qsort(out->files, out->n, sizeof(*out->files), by_kind_and_pid);
	drop_doubles(out);
}

/* Index of the first one that is not before this kind and pid. */
static size_t place_of(const struct map_files *m, enum map_kind kind, uint32_t pid)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct map_file *f = &m->files[middle];

		if (f->kind < kind || (f->kind == kind && f->pid < pid))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct map_file *map_files_find(const struct map_files *m, enum map_kind kind, uint32_t pid)
{
	size_t i = place_of(m, kind, pid);

	return i < m->n && m->files[i].kind == kind && m->files[i].pid == pid ? &m->files[i] : NULL;
}

size_t map_files_count(const struct map_files *m, enum map_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->files[i].kind == kind;
	return n;
}

void map_files_free(struct map_files *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->files[i].path);
	free(m->files);
	*m = (struct map_files){ 0 };
}
