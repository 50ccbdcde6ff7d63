#include "render/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"

enum { TRIES = 10000, NUMBER = 20 /* a descriptor as text */ };

static const char pattern[] = ".perfolio-XXXXXX";

/* In the folder of `path`, under a name that is short enough wherever `path` has one. */
static char *name_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
	char *name = mem_resize(NULL, folder + sizeof(pattern), 1);

	memcpy(name, path, folder);
	memcpy(name + folder, pattern, sizeof(pattern));
	return name;
}

static void path_of_descriptor(char *out, size_t size, int fd)
{
	snprintf(out, size, "/proc/self/fd/%d", fd);
}

/* A file without a name, which can be given one; -1: there is no such thing here. */
static int open_nameless(const char *name)
{
	size_t folder = strlen(name) + 1 - sizeof(pattern);
	char *path = folder ? mem_text(name, folder) : mem_text(".", 1);
	int fd = open(path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	char link[sizeof("/proc/self/fd/") + NUMBER];

	free(path);
	path_of_descriptor(link, sizeof(link), fd);
	if (fd >= 0 && access(link, F_OK) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int aside_open(struct aside *a, const char *path)
{
	char *name = name_beside(path);
	int fd = open_nameless(name);

	*a = (struct aside){ .name = name, .nameless = fd >= 0 };
	if (fd < 0)
		fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		free(name);
		a->name = NULL;
	}
	return fd;
}

bool aside_name(struct aside *a, int fd)
{
	char link[sizeof("/proc/self/fd/") + NUMBER];
	char *end = a->name + strlen(a->name) - 6;

	if (!a->nameless)
		return true;
	path_of_descriptor(link, sizeof(link), fd);
	for (unsigned i = 0; i < TRIES; i++) {
		snprintf(end, 7, "%06u", ((unsigned)getpid() + i) % 1000000);
		if (linkat(AT_FDCWD, link, AT_FDCWD, a->name, AT_SYMLINK_FOLLOW) == 0) {
			a->nameless = false;
			return true;
		}
		if (errno != EEXIST)
			break;
	}
	return false;
}

bool aside_replace(struct aside *a, const char *path)
{
	if (rename(a->name, path) != 0)
		return false;
	free(a->name);
	a->name = NULL;
	return true;
}

void aside_done(struct aside *a)
{
	if (a->name && !a->nameless)
		unlink(a->name);
	free(a->name);
	*a = (struct aside){ .name = NULL };
}
