#include "parser/base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"

int spool_open(struct error *err)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	path = mem_calloc(strlen(dir) + sizeof("/perfolio-XXXXXX"), 1);
	stpcpy(stpcpy(path, dir), "/perfolio-XXXXXX");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		fail(err, ERR_IO, "cannot make a temporary file in %s ($TMPDIR): %s", dir,
		     strerror(errno));
	else
		unlink(path);
	free(path);
	return fd;
}

bool spool_write(int fd, const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len) {
		ssize_t n = write(fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		from += n;
		len -= (size_t)n;
	}
	return true;
}
