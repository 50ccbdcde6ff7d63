#include "parser/packed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

#include "parser/base/memory.h"
#include "parser/base/spool.h"
#include "parser/locate.h"

enum {
	USTAR_AT = 257, /* in a tar that is not packed */
	HEAD_BYTES = USTAR_AT + 5
};

bool is_packed(const struct source *s)
{
	static const struct {
		size_t at, len;
		const char *bytes;
	} magics[] = {
		{ 0, 3, "BZh" },
		{ 0, 2, "\x1f\x8b" },
		{ 0, 6,
		  "\xfd"
		  "7zXZ\0" },
		{ 0, 4, "\x28\xb5\x2f\xfd" },
		{ USTAR_AT, 5, "ustar" },
	};
	uint8_t head[HEAD_BYTES] = { 0 };
	struct error err;
	size_t got = 0;

	if (!source_read(s, 0, head, sizeof(head), &got, &err))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (got >= magics[i].at + magics[i].len &&
		    memcmp(head + magics[i].at, magics[i].bytes, magics[i].len) == 0)
			return true;
	return false;
}

#ifdef HAVE_LIBARCHIVE

enum {
	BLOCK = 1 << 16,      /* bytes copied at once */
	SLACK = 64 << 20,     /* what may come out of any tarball ... */
	RATIO = 256,          /* ... and so many times its size: copies of stacks pack well */
	MAX_MEMBERS = 1 << 16 /* perf packs two */
};

struct unpacking {
	const char *path;
	struct packed *out;
	uint64_t left; /* bytes that may come out yet */
	struct error *err;
};

/* A member's bytes; -1: *err says what went wrong. */
static int copy_member(struct unpacking *u, struct archive *from, uint64_t *size)
{
	char *block = mem_resize(NULL, BLOCK, 1);
	int fd = spool_open(u->err);
	la_ssize_t n = 0;
	bool ok = fd >= 0;

	*size = 0;
	while (ok && (n = archive_read_data(from, block, BLOCK)) > 0) {
		if ((uint64_t)n > u->left)
			ok = fail(u->err, ERR_LIMIT,
				  "more comes out of this packed file than can be true");
		else if (!spool_write(fd, block, (size_t)n))
			ok = fail(u->err, ERR_IO,
				  "no room to unpack it in $TMPDIR; name another folder there");
		u->left -= ok ? (uint64_t)n : 0;
		*size += (uint64_t)n;
	}
	if (ok && n < 0)
		ok = fail(u->err, ERR_FORMAT, "the packed file is damaged: %s",
			  archive_error_string(from));
	free(block);
	if (ok)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_recording(int fd)
{
	char magic[8];

	return pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) && is_perf_magic(magic);
}

static bool is_symbols(const char *name)
{
	static const char begin[] = "perf.symbols.tar";
	const char *last = strrchr(name, '/');

	return strncmp(last ? last + 1 : name, begin, sizeof(begin) - 1) == 0;
}

static bool take_recording(struct unpacking *u, struct archive_entry *entry, int fd, uint64_t size)
{
	if (u->out->recording.fd >= 0) {
		close(fd);
		return fail(
			u->err, ERR_USAGE,
			"there are several recordings in this tarball: unpack it, and name one");
	}
	u->out->recording = (struct source){
		.fd = fd,
		.size = size,
		.mtime = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : 0,
	};
	return true;
}

/* Those that are neither are not kept. */
static bool take_member(struct unpacking *u, struct archive *from, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	uint64_t size;
	int fd;

	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || !name)
		return true;
	fd = copy_member(u, from, &size);
	if (fd < 0)
		return false;
	if (is_recording(fd))
		return take_recording(u, entry, fd, size);
	if (is_symbols(name) && u->out->symbols < 0)
		u->out->symbols = fd;
	else
		close(fd);
	return true;
}

static bool take_members(struct unpacking *u, struct archive *from)
{
	struct archive_entry *entry;
	size_t n = 0;
	int status;

	while ((status = archive_read_next_header(from, &entry)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN) {
		if (n++ == MAX_MEMBERS)
			return fail(u->err, ERR_LIMIT, "this tarball has too many members");
		if (!take_member(u, from, entry))
			return false;
	}
	if (status != ARCHIVE_EOF)
		return fail(u->err, ERR_FORMAT, "the packed file is damaged: %s",
			    archive_error_string(from));
	return u->out->recording.fd >= 0 ||
	       fail(u->err, ERR_FORMAT,
		    "there is no recording in this packed file; a tarball with symbols belongs beside its perf.data");
}

static bool unpack(struct unpacking *u)
{
	struct archive *from = archive_read_new();
	bool ok;

	if (!from)
		return fail(u->err, ERR_LIMIT, "no memory to unpack it");
	/* Not all filters: some are other programs. */
	archive_read_support_filter_bzip2(from);
	archive_read_support_filter_gzip(from);
	archive_read_support_filter_xz(from);
	archive_read_support_filter_zstd(from);
	archive_read_support_format_tar(from);
	archive_read_support_format_raw(from); /* a recording that is packed by itself */
	if (archive_read_open_filename(from, u->path, BLOCK) == ARCHIVE_OK)
		ok = take_members(u, from);
	else
		ok = fail(u->err, ERR_FORMAT, "the packed file is damaged: %s",
			  archive_error_string(from));
	archive_read_free(from);
	return ok;
}

bool packed_open(const char *path, struct packed *out, struct error *err)
{
	struct packed own = { .recording = { .fd = -1 }, .symbols = -1 };
	struct unpacking u = { .path = path, .out = &own, .left = SLACK, .err = err };
	struct source source;

	if (!source_open(path, &source, err))
		return false;
	if (__builtin_mul_overflow(source.size, RATIO, &u.left) ||
	    __builtin_add_overflow(u.left, SLACK, &u.left))
		u.left = UINT64_MAX;
	source_close(&source);
	if (unpack(&u)) {
		*out = own;
		return true;
	}
	source_close(&own.recording);
	if (own.symbols >= 0)
		close(own.symbols);
	return false;
}

#else

bool packed_open(const char *path, struct packed *out, struct error *err)
{
	(void)path;
	(void)out;
	return fail(err, ERR_UNSUPPORTED,
		    "this is a tarball, and this perfolio was built without libarchive: unpack it");
}

#endif
