#include "render/out.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/aside.h"

enum { BUFFER = 64 * 1024 };

struct out {
	int fd;
	int failed;         /* errno of the first failure; nothing is written after it */
	size_t used;        /* bytes in the buffer */
	char *path;         /* the file's name; NULL: standard output */
	struct aside aside; /* what is written until it is whole; nothing: the file itself */
	char buffer[BUFFER];
};

/* ---- opening ---- */

/* A new file beside o->path, with the rights that it has or would get. */
static int open_beside(struct out *o, const struct stat *old)
{
	mode_t mode = 0666;
	int fd = aside_open(&o->aside, o->path);

	if (fd < 0)
		return -1;
	if (old) {
		mode = old->st_mode & 07777;
	} else {
		mode_t mask = umask(0);

		umask(mask);
		mode &= ~mask;
	}
	if (fchmod(fd, mode) != 0) {
		/* a file system without rights: the file is as good without them */
	}
	return fd;
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static int open_file(struct out *o, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;
	char *real = exists ? realpath(path, NULL) : NULL;
	int fd;

	o->path = real ? real
		       : mem_text(path, strlen(path)); /* a link stays, its target is replaced */
	if (exists && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (!exists && !*path) {
		errno = ENOENT;
		return -1;
	}
	if (exists ? S_ISREG(st.st_mode) && access(path, W_OK) == 0 : !is_link(path)) {
		fd = open_beside(o, exists ? &st : NULL);
		if (fd >= 0 || !exists)
			return fd;
	}
	/* A device, a FIFO, a link to nothing yet, or a folder where nothing can be made: directly. */
	return open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | (exists ? 0 : O_CREAT), 0666);
}

/* "-", or another name for it such as /dev/stdout: what is there already, is the shell's, not ours. */
static bool is_standard_output(const char *path)
{
	struct stat st, own;

	if (!path || strcmp(path, "-") == 0)
		return true;
	return stat(path, &st) == 0 && fstat(STDOUT_FILENO, &own) == 0 && st.st_dev == own.st_dev &&
	       st.st_ino == own.st_ino;
}

struct out *out_open(const char *path, struct error *err)
{
	struct out *o = mem_calloc(1, sizeof(*o));

	if (is_standard_output(path)) {
		o->fd = STDOUT_FILENO;
		return o;
	}
	o->fd = open_file(o, path);
	if (o->fd < 0) {
		fail(err, ERR_IO, "cannot create: %s", strerror(errno));
		free(o->path);
		free(o);
		return NULL;
	}
	return o;
}

struct out *out_create(const char *path, struct error *err)
{
	struct out *o = mem_calloc(1, sizeof(*o));

	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
	if (o->fd >= 0) {
		o->path = mem_text(path, strlen(path));
		return o;
	}
	fail(err, ERR_IO, "cannot create: %s", strerror(errno));
	free(o);
	return NULL;
}

/* ---- writing ---- */

static void write_all(struct out *o, const char *bytes, size_t len)
{
	while (len > 0 && !o->failed) {
		ssize_t n = write(o->fd, bytes, len);

		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) { /* someone made the terminal or pipe non-blocking */
			struct pollfd ready = { .fd = o->fd, .events = POLLOUT };

			poll(&ready, 1, -1);
		} else if (errno != EINTR) {
			o->failed = errno;
		}
	}
}

static void flush(struct out *o)
{
	write_all(o, o->buffer, o->used);
	o->used = 0;
}

/* Standard output is not ours to close, but only a close tells of a full network disk. */
static void close_descriptor(struct out *o)
{
	int fd = o->path ? o->fd : dup(o->fd);

	if ((fd < 0 || close(fd) != 0) && !o->failed && errno != EINTR)
		o->failed = errno;
}

bool out_close(struct out *o, struct error *err)
{
	bool ok;

	flush(o);
	if (o->aside.name && !o->failed && !aside_name(&o->aside, o->fd))
		o->failed = errno;
	close_descriptor(o);
	if (o->aside.name && !o->failed && !aside_replace(&o->aside, o->path))
		o->failed = errno;
	aside_done(&o->aside);
	ok = !o->failed;
	if (!ok)
		fail(err, ERR_IO, "cannot write%s: %s", o->path ? "" : " to standard output",
		     strerror(o->failed));
	free(o->path);
	free(o);
	return ok;
}

void out_discard(struct out *o)
{
	struct error err;

	if (!o->failed)
		o->failed = ECANCELED;
	out_close(o, &err);
}

int out_errno(const struct out *o)
{
	return o->failed;
}

void out_bytes(struct out *o, const void *bytes, size_t len)
{
	if (len > BUFFER - o->used) {
		flush(o);
		if (len >= BUFFER) {
			write_all(o, bytes, len);
			return;
		}
	}
	memcpy(o->buffer + o->used, bytes, len);
	o->used += len;
}

void out_text(struct out *o, const char *s)
{
	out_bytes(o, s, strlen(s));
}

void out_char(struct out *o, char c)
{
	if (o->used == BUFFER)
		flush(o);
	o->buffer[o->used++] = c;
}

void out_u64(struct out *o, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	out_bytes(o, digits + i, sizeof(digits) - i);
}

void out_double_text(char text[OUT_DOUBLE], double v)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, OUT_DOUBLE, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
}

void out_double(struct out *o, double v)
{
	char text[OUT_DOUBLE];

	out_double_text(text, v);
	out_text(o, text);
}

void out_seconds_text(char text[OUT_SECONDS], uint64_t ns)
{
	uint64_t ms = ns / 1000000 + (ns % 1000000 >= 500000);

	snprintf(text, OUT_SECONDS, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

void out_seconds(struct out *o, uint64_t ns)
{
	char text[OUT_SECONDS];

	out_seconds_text(text, ns);
	out_text(o, text);
}

void out_printf(struct out *o, const char *fmt, ...)
{
	char small[256];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	if (n < 0) {
		o->failed = errno;
	} else if ((size_t)n < sizeof(small)) {
		out_bytes(o, small, (size_t)n);
	} else {
		char *large = mem_resize(NULL, (size_t)n + 1, 1);

		va_start(args, fmt);
		vsnprintf(large, (size_t)n + 1, fmt, args);
		va_end(args);
		out_bytes(o, large, (size_t)n);
		free(large);
	}
}

void out_name(struct out *o, const char *s)
{
	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == UTF8_BAD || utf8_is_control(c))
			out_char(o, '?');
		else
			out_bytes(o, s, len);
		s += len;
	}
}

/* ---- the terminal ---- */

bool out_is_terminal(const struct out *o)
{
	return isatty(o->fd) == 1;
}

static unsigned columns_from_environment(void)
{
	const char *s = getenv("COLUMNS");
	unsigned columns = 0;

	if (!s)
		return 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || columns > 100000)
			return 0;
		columns = 10 * columns + (unsigned)(*s - '0');
	}
	return columns;
}

unsigned out_columns(const struct out *o)
{
	struct winsize size;

	if (!out_is_terminal(o))
		return columns_from_environment();
	if (ioctl(o->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return columns_from_environment() ? columns_from_environment() : 80;
}

bool out_is_utf8(const struct out *o)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	if (!out_is_terminal(o))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *locale = getenv(names[i]);

		if (locale && *locale)
			return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
	}
	return false;
}
