/*
 * Members cannot be reached one by one in a compressed tarball, and which ones will be asked for is not
 * known: so one walk copies all that have a build id into one unlinked file, the spool, and
 * what is asked for gets an unlinked file of its own, because libelf wants one.
 */
#include "report/id_archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

#include "parser/base/error.h"
#include "parser/base/memory.h"
#include "parser/base/spool.h"

enum { BLOCK = 1 << 16 }; /* bytes copied at once */

struct member {
	struct object_id id;
	enum id_file what;
	uint64_t offset, size; /* in the spool */
	int fd;                /* of its own file; -1: not asked for yet */
	char path[40];
};

struct id_archive {
	const char *path;
	int fd; /* the tarball, where it is not `path`; else -1 */
	struct diag *diag;
	bool unpacked;
	int spool;
	uint64_t size; /* of the spool */
	struct member *members;
	size_t n, cap;
};

struct id_archive *id_archive_new(const char *path, struct diag *diag)
{
	struct id_archive *a = mem_calloc(1, sizeof(*a));

	a->path = path;
	a->diag = diag;
	a->spool = a->fd = -1;
	return a;
}

struct id_archive *id_archive_new_of(int fd, const char *path, struct diag *diag)
{
	struct id_archive *a = id_archive_new(path, diag);

	a->fd = fd;
	return a;
}

void id_archive_free(struct id_archive *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++)
		if (a->members[i].fd >= 0)
			close(a->members[i].fd);
	if (a->spool >= 0)
		close(a->spool);
	free(a->members);
	free(a);
}

const char *id_archive_path(const struct id_archive *a)
{
	return a->path;
}

static void tell(struct id_archive *a, const char *what)
{
	diag_add(a->diag, PROBLEM_BAD_ARCHIVE, a->path, "%s: %s", a->path, what);
}

/* Where it is unpacked to: not its fault, so another time it may be different. */
static void tell_no_room(struct id_archive *a, const char *what)
{
	diag_add(a->diag, PROBLEM_NO_ROOM, a->path, "%s: %s", a->path, what);
}

/* ---- unpacking ---- */

#ifdef HAVE_LIBARCHIVE

enum {
	SLACK = 64 << 20,      /* what may come out of any tarball ... */
	RATIO = 32,            /* ... and so many times its size: programs shrink to a quarter */
	MAX_MEMBERS = 1 << 14, /* with a build id */
	MAX_ENTRIES = 1 << 20  /* of any kind */
};

static uint64_t limit_of(const struct id_archive *a)
{
	struct stat st;
	bool known = a->fd >= 0 ? fstat(a->fd, &st) == 0 : stat(a->path, &st) == 0;

	return SLACK + RATIO * (known ? (uint64_t)st.st_size : 0);
}

static bool open_tarball(const struct id_archive *a, struct archive *to)
{
	if (a->fd < 0)
		return archive_read_open_filename(to, a->path, BLOCK) == ARCHIVE_OK;
	return lseek(a->fd, 0, SEEK_SET) == 0 &&
	       archive_read_open_fd(to, a->fd, BLOCK) == ARCHIVE_OK;
}

/* Does a path lead out of the folder that it is unpacked in? `depth`: levels below it where the path begins. */
static bool leads_out(const char *path, long depth)
{
	if (*path == '/')
		return true;
	while (*path && depth >= 0) {
		size_t len = strcspn(path, "/");

		if (len == 2 && strncmp(path, "..", 2) == 0)
			depth--;
		else if (len && !(len == 1 && *path == '.'))
			depth++;
		path += len;
		path += strspn(path, "/");
	}
	return depth < 0;
}

/* How many folders deep a member lies. */
static long depth_of(const char *name)
{
	long depth = 0;

	for (; *name; name++)
		depth += *name == '/' && name[1] != '/' && name[1];
	return depth;
}

/* What speaks against a member of any kind; NULL: nothing.  perf's own tarballs have links, but none that leads out. */
static const char *objection(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	const char *to = archive_entry_symlink(entry), *same = archive_entry_hardlink(entry);

	if (!name || leads_out(name, 0))
		return "a member was left out whose name leads out of the tarball";
	if ((to && leads_out(to, depth_of(name))) || (same && leads_out(same, 0)))
		return "a link was left out that leads out of the tarball";
	switch (archive_entry_filetype(entry)) {
	case AE_IFCHR:
	case AE_IFBLK:
	case AE_IFIFO:
	case AE_IFSOCK:
		return "a member was left out that is neither file, folder nor link";
	default:
		return NULL;
	}
}

static bool is_there(const struct id_archive *a, const struct member *m)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->members[i].what == m->what && object_id_equal(&a->members[i].id, &m->id))
			return true;
	return false;
}

/* Append the member that the archive stands at; false: told, and it ends here. */
static bool copy_member(struct id_archive *a, struct archive *from, uint64_t limit,
			struct member *m)
{
	char *block = mem_calloc(BLOCK, 1);
	la_ssize_t n;
	bool ok = true;

	m->offset = a->size;
	while (ok && (n = archive_read_data(from, block, BLOCK)) > 0) {
		if (a->size + (size_t)n > limit) {
			tell(a,
			     "it was not read to its end: more comes out of it than can be true");
			ok = false;
		} else if (!spool_write(a->spool, block, (size_t)n)) {
			tell_no_room(a, "no room to unpack it in $TMPDIR");
			ok = false;
		} else {
			a->size += (size_t)n;
		}
	}
	free(block);
	if (ok && n < 0) {
		tell(a, archive_error_string(from));
		ok = false;
	}
	m->size = a->size - m->offset;
	return ok;
}

static void copy_members(struct id_archive *a, struct archive *from)
{
	uint64_t limit = limit_of(a);
	struct archive_entry *entry;
	size_t entries = 0;
	int status;

	while ((status = archive_read_next_header(from, &entry)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname(entry), *why = objection(entry);
		struct member m = { .fd = -1 };

		if (a->n == MAX_MEMBERS || ++entries > MAX_ENTRIES) {
			tell(a, "it was not read to its end: it has too many members");
			return;
		}
		if (why) {
			tell(a, why);
			continue;
		}
		if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
		    !id_tree_parse(name, &m.id, &m.what))
			continue;
		if (is_there(a, &m)) {
			tell(a, "a file was left out that is in the tarball twice");
			continue;
		}
		if (!copy_member(a, from, limit, &m))
			return;
		a->members = mem_grow(a->members, a->n, 1, &a->cap, sizeof(*a->members));
		a->members[a->n++] = m;
	}
	if (status != ARCHIVE_EOF)
		tell(a, archive_error_string(from));
}

static void unpack(struct id_archive *a)
{
	struct archive *from = archive_read_new();
	struct error err = { 0 };

	a->spool = spool_open(&err);
	if (!from || a->spool < 0) {
		if (from)
			tell_no_room(a, err.what);
		else
			tell(a, "no memory");
		archive_read_free(from);
		return;
	}
	/* Not all filters: some are other programs. */
	archive_read_support_filter_bzip2(from);
	archive_read_support_filter_gzip(from);
	archive_read_support_filter_xz(from);
	archive_read_support_filter_zstd(from);
	archive_read_support_format_tar(from);
	if (open_tarball(a, from))
		copy_members(a, from);
	else
		tell(a, archive_error_string(from));
	archive_read_free(from);
}

#else

static void unpack(struct id_archive *a)
{
	tell(a, "this perfolio was built without libarchive");
}

#endif

/* ---- asking ---- */

/* Copy the member's bytes from the spool to a file of its own. */
static bool give_file(struct id_archive *a, struct member *m)
{
	struct error err = { 0 };
	char *block = mem_calloc(BLOCK, 1);
	int fd = spool_open(&err);
	uint64_t done = 0;

	while (fd >= 0 && done < m->size) {
		uint64_t left = m->size - done;
		ssize_t n = pread(a->spool, block, left < BLOCK ? (size_t)left : BLOCK,
				  (off_t)(m->offset + done));

		if (n <= 0 || !spool_write(fd, block, (size_t)n)) {
			close(fd);
			fd = -1;
		} else {
			done += (uint64_t)n;
		}
	}
	free(block);
	m->fd = fd;
	snprintf(m->path, sizeof(m->path), "/proc/self/fd/%d", fd);
	return fd >= 0;
}

const char *id_archive_find(struct id_archive *a, const struct object_id *id, enum id_file what)
{
	if (!a->unpacked)
		unpack(a);
	a->unpacked = true;
	for (size_t i = 0; i < a->n; i++) {
		struct member *m = &a->members[i];

		if (m->what != what || !object_id_equal(&m->id, id))
			continue;
		if (m->fd < 0 && !give_file(a, m)) {
			tell_no_room(a, "no room to unpack it in $TMPDIR");
			return NULL;
		}
		return m->path;
	}
	return NULL;
}
