#include "parser/locate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"

bool is_perf_magic(const void *eight_bytes)
{
	return memcmp(eight_bytes, "PERFILE2", 8) == 0 || memcmp(eight_bytes, "2ELIFREP", 8) == 0 ||
	       memcmp(eight_bytes, "PERFFILE", 8) == 0;
}

static char *join(const char *dir, const char *name)
{
	char *path = mem_calloc(strlen(dir) + strlen(name) + 2, 1);

	stpcpy(stpcpy(stpcpy(path, dir), "/"), name);
	return path;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A regular file that begins with the magic?  (Not opened otherwise: it may be a FIFO.) */
bool locate_is_file(const char *path)
{
	char magic[8];
	struct stat st;
	bool yes = false;
	int fd;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		yes = read(fd, magic, sizeof(magic)) == sizeof(magic) && is_perf_magic(magic);
		close(fd);
	}
	return yes;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_text(".", 1);
	return mem_text(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The folder that a folder lies in. */
static char *beside(const char *folder)
{
	size_t len = strlen(folder);
	char *name, *outer;

	while (len > 1 && folder[len - 1] == '/')
		len--;
	name = mem_text(folder, len);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (len > 3 && strcmp(name + len - 3, "/..") == 0))
		outer = join(name, "..");
	else
		outer = folder_of(name);
	free(name);
	return outer;
}

/* A folder with `data` in it: a directory recording. */
static bool take_folder(const char *folder, struct located *out)
{
	char *data = join(folder, "data");

	if (!locate_is_file(data)) {
		free(data);
		return false;
	}
	out->path = data;
	out->is_dir = true;
	return true;
}

bool locate_is_folder(const char *path)
{
	char *data = join(path, "data");
	bool yes = locate_is_file(data);

	free(data);
	return yes;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the recordings in a folder, sorted. */
static char **recordings_in(const char *folder, size_t *n_out)
{
	DIR *d = opendir(folder);
	char **names = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *path = join(folder, e->d_name);

		if (e->d_name[0] != '.' && locate_is_file(path)) {
			names = mem_grow(names, n, 1, &cap, sizeof(*names));
			names[n++] = mem_text(e->d_name, strlen(e->d_name));
		}
		free(path);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	*n_out = n;
	return names;
}

static bool take_only_recording(const char *folder, struct located *out, struct error *err)
{
	size_t n, len = 0;
	char **names = recordings_in(folder, &n);
	char list[240] = "";

	for (size_t i = 0; i < n && len < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
					names[i]);
	if (n == 1)
		out->path = join(folder, names[0]);
	else if (n == 0)
		fail(err, ERR_IO,
		     "there is no recording in this directory; name the perf.data file");
	else
		fail(err, ERR_USAGE, "there are %zu recordings in this directory, name one: %s", n,
		     list);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return n == 1;
}

bool locate_recording(const char *path, struct located *out, struct error *err)
{
	struct located l = { 0 };
	char *perf_data;

	if (strcmp(path, "-") == 0) {
		l.path = mem_text(path, 1);
		l.directory = mem_text("", 0);
		*out = l;
		return true;
	}
	if (!is_folder(path)) {
		l.path = mem_text(path, strlen(path));
		l.directory = folder_of(path);
		*out = l;
		return true;
	}
	if (access(path, R_OK | X_OK) < 0)
		return fail(err, ERR_IO, "cannot look into the directory: %s", strerror(errno));
	if (take_folder(path, &l)) {
		l.directory =
			beside(path); /* maps and objects lie beside the folder that perf made */
		*out = l;
		return true;
	}
	perf_data = join(path, "perf.data");
	l.directory = mem_text(path, strlen(path));
	if (locate_is_file(perf_data)) {
		l.path = perf_data;
		*out = l;
		return true;
	}
	if (is_folder(perf_data) && take_folder(perf_data, &l)) {
		free(perf_data);
		*out = l;
		return true;
	}
	free(perf_data);
	if (take_only_recording(path, &l, err)) {
		*out = l;
		return true;
	}
	free(l.directory);
	return false;
}

void located_free(struct located *l)
{
	free(l->path);
	free(l->directory);
	*l = (struct located){ 0 };
}

bool is_recording_file(const char *path)
{
	FILE *f = path && strcmp(path, "-") != 0 ? fopen(path, "re") : NULL;
	uint8_t head[8];
	bool is = f && fread(head, sizeof(head), 1, f) == 1 && is_perf_magic(head);

	if (f)
		fclose(f);
	return is;
}
