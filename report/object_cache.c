#include "report/object_cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

enum { BLOCK = 1 << 16, ALTERNATE_ID_MAX = 64 };

/* A file as it was when it was opened; size 0 also stands for none. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
};

/* One of the two files of an object. */
struct part {
	char *path; /* NULL: there is none */
	int fd;     /* where the path leads to it: files without a name are held open; else -1 */
	struct stamp stamp;
};

struct item {
	struct object_file file; /* first: see item_of() */
	struct part object, debug;
	bool cfi_tried, debug_tried;
	struct cfi *cfi;
	struct debug_info *debug_info;
	char *alternate_name; /* what it needs; NULL: none */
	uint8_t alternate_id[ALTERNATE_ID_MAX];
	size_t alternate_id_size;
	bool needed_by_debug; /* the debug file says so, not the object */
	bool has_alternate;   /* it was given this: */
	struct stamp alternate;
	unsigned holders;
	uint64_t used; /* when it was asked for last */
};

struct object_cache {
	uint64_t limit, size, clock; /* size: of all items' files */
	struct slot {
		struct item *item; /* does not move: who holds it points to it */
	} * items;
	size_t n, cap;
};

static struct item *item_of(struct object_file *f)
{
	return (struct item *)f;
}

/* ---- are two files one? ---- */

static struct stamp stamp_of(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st) != 0)
		return (struct stamp){ .size = 0 };
	return (struct stamp){ st.st_dev, st.st_ino, st.st_size, st.st_mtim, st.st_ctim };
}

static bool is_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       is_time(&a->mtime, &b->mtime) && is_time(&a->ctime, &b->ctime);
}

static bool have_equal_bytes(const char *a, const char *b)
{
	int fa = open(a, O_RDONLY | O_CLOEXEC), fb = open(b, O_RDONLY | O_CLOEXEC);
	char *blocks = mem_calloc(2, BLOCK);
	bool equal = fa >= 0 && fb >= 0;
	ssize_t n = 1, m;

	while (equal && n > 0) {
		n = read(fa, blocks, BLOCK);
		m = read(fb, blocks + BLOCK, BLOCK);
		equal = n >= 0 && n == m && memcmp(blocks, blocks + BLOCK, (size_t)n) == 0;
	}
	free(blocks);
	if (fa >= 0)
		close(fa);
	if (fb >= 0)
		close(fb);
	return equal;
}

/* The part that was opened and a file now; an item whose own file changed is equal to none. */
static bool is_part(const struct part *p, const char *path, const struct stamp *now)
{
	struct stamp own;

	if (!p->path || !path)
		return !p->path && !path;
	if (is_stamp(&p->stamp, now))
		return true;
	if (!now->size || p->stamp.size != now->size)
		return false;
	own = stamp_of(p->path);
	return is_stamp(&own, &p->stamp) && have_equal_bytes(p->path, path);
}

static struct item *find(const struct object_cache *c, const char *path, const char *debug_path)
{
	struct stamp object = stamp_of(path), debug = stamp_of(debug_path);

	for (size_t i = c->n; i-- > 0;) {
		struct item *it = c->items[i].item;

		if (is_part(&it->object, path, &object) && is_part(&it->debug, debug_path, &debug))
			return it;
	}
	return NULL;
}

/* ---- items ---- */

static void open_part(struct part *p, const char *path)
{
	char own[40];

	p->fd = -1;
	if (!path)
		return;
	if (text_begins(path, "/proc/self/fd/")) {
		p->fd = open(path, O_RDONLY | O_CLOEXEC);
		snprintf(own, sizeof(own), "/proc/self/fd/%d", p->fd);
		path = p->fd >= 0 ? own : path;
	}
	p->path = mem_text(path, strlen(path));
	p->stamp = stamp_of(path);
}

static void close_part(struct part *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free(p->path);
}

static uint64_t size_of(const struct item *it)
{
	return (uint64_t)it->object.stamp.size + (uint64_t)it->debug.stamp.size;
}

static struct item *add(struct object_cache *c, const char *path, const char *debug_path)
{
	struct item *it = mem_calloc(1, sizeof(*it));

	open_part(&it->object, path);
	open_part(&it->debug, debug_path);
	it->file.path = it->object.path;
	it->file.debug_path = it->debug.path;
	it->file.elf = elf_file_open(it->file.path, it->file.debug_path, &it->file.error);
	c->items = mem_grow(c->items, c->n, 1, &c->cap, sizeof(*c->items));
	c->items[c->n++].item = it;
	c->size += size_of(it);
	return it;
}

static void drop(struct object_cache *c, size_t i)
{
	struct item *it = c->items[i].item;

	c->size -= size_of(it);
	memmove(&c->items[i], &c->items[i + 1], (--c->n - i) * sizeof(*c->items));
	elf_file_free(it->file.elf);
	cfi_free(it->cfi);
	debug_info_free(it->debug_info);
	free(it->alternate_name);
	close_part(&it->object);
	close_part(&it->debug);
	free(it);
}

/* Back to the limit, as far as nobody holds them. */
static void shrink(struct object_cache *c)
{
	while (c->size > c->limit) {
		size_t oldest = SIZE_MAX;

		for (size_t i = 0; i < c->n; i++)
			if (!c->items[i].item->holders &&
			    (oldest == SIZE_MAX ||
			     c->items[i].item->used < c->items[oldest].item->used))
				oldest = i;
		if (oldest == SIZE_MAX)
			return;
		drop(c, oldest);
	}
}

struct object_cache *object_cache_new(uint64_t limit)
{
	struct object_cache *c = mem_calloc(1, sizeof(*c));

	c->limit = limit;
	return c;
}

void object_cache_free(struct object_cache *c)
{
	if (!c)
		return;
	while (c->n)
		drop(c, c->n - 1);
	free(c->items);
	free(c);
}

struct object_file *object_cache_get(struct object_cache *c, const char *path,
				     const char *debug_path)
{
	struct item *it = find(c, path, debug_path);

	if (!it)
		it = add(c, path, debug_path);
	it->holders++;
	it->used = ++c->clock;
	return &it->file;
}

void object_cache_release(struct object_cache *c, struct object_file *f)
{
	item_of(f)->holders--;
	shrink(c);
}

/* ---- what is opened later ---- */

struct cfi *object_file_cfi(struct object_file *f)
{
	struct item *it = item_of(f);
	struct error err;

	if (!it->cfi_tried)
		it->cfi = cfi_open(f->path, f->debug_path, &err);
	it->cfi_tried = true;
	return it->cfi;
}

/* Kept, for debug information that rests does not know it any more. */
static void note_alternate(struct item *it)
{
	struct debug_alternate needed;

	if (!it->debug_info || !debug_info_alternate(it->debug_info, &needed))
		return;
	it->alternate_name = mem_text(needed.name, strlen(needed.name));
	it->alternate_id_size = needed.size < ALTERNATE_ID_MAX ? needed.size : ALTERNATE_ID_MAX;
	memcpy(it->alternate_id, needed.build_id, it->alternate_id_size);
	it->needed_by_debug = it->file.debug_path && strcmp(needed.of, it->file.debug_path) == 0;
}

struct debug_info *object_file_debug_info(struct object_file *f)
{
	struct item *it = item_of(f);
	struct error err;

	if (!it->debug_tried) {
		it->debug_info = debug_info_open(f->path, f->debug_path, &err);
		note_alternate(it);
	}
	it->debug_tried = true;
	return it->debug_info;
}

bool object_file_alternate(const struct object_file *f, bool *of_debug, struct debug_alternate *out)
{
	const struct item *it = (const struct item *)f;

	if (!it->alternate_name)
		return false;
	*of_debug = it->needed_by_debug;
	*out = (struct debug_alternate){
		.of = it->needed_by_debug ? f->debug_path : f->path,
		.name = it->alternate_name,
		.build_id = it->alternate_id,
		.size = it->alternate_id_size,
	};
	return true;
}

struct debug_info *object_file_with_alternate(struct object_file *f, const char *path)
{
	struct item *it = item_of(f);
	struct stamp now = stamp_of(path);

	if (!it->has_alternate) {
		if (!it->debug_info || !debug_info_set_alternate(it->debug_info, path))
			return NULL;
		it->has_alternate = true;
		it->alternate = now;
	}
	return is_stamp(&it->alternate, &now) ? it->debug_info : NULL;
}
