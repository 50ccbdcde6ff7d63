#include "commands/input_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/folder.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"

enum { READ_AT_ONCE = 1 << 20 }; /* bytes */

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void include(struct file_stamp *to, const struct stat *st)
{
	int64_t mtime = ns_of(&st->st_mtim), ctime = ns_of(&st->st_ctim);

	to->size += (uint64_t)st->st_size;
	if (mtime > to->mtime_ns)
		to->mtime_ns = mtime;
	if (ctime > to->ctime_ns)
		to->ctime_ns = ctime;
}

/* Is it a file of a directory recording? */
bool input_is_part(const char *name)
{
	return text_begins(name, "data");
}

bool input_stamp(const char *path, struct file_stamp *out, struct error *err)
{
	struct file_stamp stamp = { 0 };
	struct stat st;
	char **names;
	size_t n;

	if (stat(path, &st) != 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	stamp.dev = st.st_dev;
	stamp.ino = st.st_ino;
	if (S_ISREG(st.st_mode)) {
		include(&stamp, &st);
		*out = stamp;
		return true;
	}
	if (!S_ISDIR(st.st_mode))
		return fail(err, ERR_IO, "it is neither a file nor a folder");
	names = folder_names(path, &n);
	for (size_t i = 0; i < n; i++) {
		char *part = folder_join(path, names[i]);

		if (input_is_part(names[i]) && stat(part, &st) == 0 && S_ISREG(st.st_mode))
			include(&stamp, &st);
		free(part);
	}
	folder_names_free(names, n);
	*out = stamp;
	return true;
}

int64_t input_written(const char *path)
{
	char *file = NULL;
	struct stat st;
	int64_t when = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		file = folder_join(path, "data");
		path = file;
	}
	if (stat(path, &st) == 0)
		when = st.st_mtime;
	free(file);
	return when;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool add_file(struct digesting *d, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = READ_AT_ONCE;
	struct stat st;
	char *block;
	ssize_t n;
	int why;

	if (fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < READ_AT_ONCE)
		size = (size_t)st.st_size + 1; /* its end is seen, too */
	block = mem_resize(NULL, size, 1);
	while ((n = read(fd, block, size)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			digest_add(d, block, (size_t)n);
	why = errno;
	free(block);
	close(fd);
	return n == 0 || fail(err, ERR_IO, "cannot read: %s", strerror(why));
}

/* Name, NUL, size, NUL and bytes of each, by name. */
static bool add_folder(struct digesting *d, const char *folder, struct error *err)
{
	size_t n, parts = 0;
	char **names = folder_names(folder, &n);
	struct stat st;
	bool ok = true;

	if (!names)
		return fail(err, ERR_IO, "cannot look into it: %s", strerror(errno));
	for (size_t i = 0; ok && i < n; i++) {
		char *part = folder_join(folder, names[i]), size[32];
		int len;

		if (input_is_part(names[i]) && stat(part, &st) == 0 && S_ISREG(st.st_mode)) {
			len = snprintf(size, sizeof(size), "%llu", (unsigned long long)st.st_size);
			digest_add(d, names[i], strlen(names[i]) + 1);
			digest_add(d, size, (size_t)len + 1);
			ok = add_file(d, part, err);
			parts++;
		}
		free(part);
	}
	folder_names_free(names, n);
	return ok && (parts || fail(err, ERR_IO, "no file of a recording is in it"));
}

bool input_digest(const char *path, struct digest *out, struct error *err)
{
	struct digesting d;
	struct stat st;

	digest_begin(&d);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (!add_folder(&d, path, err))
			return false;
	} else if (!add_file(&d, path, err)) {
		return false;
	}
	*out = digest_end(&d);
	return true;
}

/* The file that is read first is in the folder of a directory recording. */
bool input_digest_recording(const struct recording *r, struct digest *out, struct error *err)
{
	const char *path = recording_path(r), *slash = strrchr(path, '/');
	char *folder;
	bool ok;

	if (recording_mode(r) != MODE_DIR)
		return input_digest(path, out, err);
	folder = mem_text(slash ? path : ".", slash ? (size_t)(slash - path) : 1);
	ok = input_digest(folder, out, err);
	free(folder);
	return ok;
}
