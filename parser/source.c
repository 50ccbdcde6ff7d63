#include "parser/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/spool.h"

enum { SPOOL_BYTES = 1 << 18 };

bool source_read(const struct source *s, uint64_t offset, void *buf, size_t len, size_t *got,
		 struct error *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(s->fd, (char *)buf + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_at(err, ERR_IO, offset + done, "cannot read: %s",
				       strerror(errno));
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*got = done;
	return true;
}

/* Copy all of `from` to an unlinked file, which takes its place. */
static bool spool(int from, struct source *out, struct error *err)
{
	char *buf = mem_resize(NULL, SPOOL_BYTES, 1);
	int fd = spool_open(err);
	bool ok = false;

	if (fd < 0)
		goto done;
	for (;;) {
		ssize_t n = read(from, buf, SPOOL_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fail_at(err, ERR_IO, out->size, "cannot read the pipe: %s",
				strerror(errno));
			goto done;
		}
		if (n == 0)
			break;
		if (!spool_write(fd, buf, (size_t)n)) {
			fail(err, ERR_IO,
			     "cannot write the pipe's contents to a temporary file in $TMPDIR: %s",
			     strerror(errno));
			goto done;
		}
		out->size += (uint64_t)n;
	}
	out->fd = fd;
	fd = -1;
	ok = true;
done:
	if (fd >= 0)
		close(fd);
	free(buf);
	return ok;
}

/* A device such as /dev/zero would fill the disk; /dev/null is an empty file, and a terminal has its own message. */
static bool is_endless(const struct stat *st)
{
	bool is_memory = S_ISCHR(st->st_mode) && major(st->st_rdev) == 1; /* mem(4), null(4) */

	return S_ISBLK(st->st_mode) || (is_memory && minor(st->st_rdev) != 3);
}

bool source_open(const char *path, struct source *out, struct error *err)
{
	struct source s = { .fd = -1 };
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = false;
	struct stat st;

	if (fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(fd, &st) < 0) {
		fail(err, ERR_IO, "cannot look at it: %s", strerror(errno));
		goto done;
	}
	if (S_ISDIR(st.st_mode)) {
		fail(err, ERR_IO, "it is a directory");
		goto done;
	}
	if (S_ISREG(st.st_mode)) {
		s.fd = fd;
		s.size = (uint64_t)st.st_size;
		s.mtime = st.st_mtime;
		fd = -1;
	} else if (is_endless(&st)) {
		fail(err, ERR_IO, "it is a device; a file or a pipe can be read");
		goto done;
	} else if (isatty(fd)) {
		fail(err, ERR_USAGE, "it is a terminal; a recording is read from a file or a pipe");
		goto done;
	} else if (!spool(fd, &s, err)) {
		goto done;
	}
	*out = s;
	ok = true;
done:
	if (fd >= 0)
		close(fd);
	return ok;
}

void source_close(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
