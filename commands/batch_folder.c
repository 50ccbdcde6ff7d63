#include "commands/batch_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PART = 40, DIGITS = 32, OPEN_FOLDERS = 16 };

static size_t add_part(char *to, const char *text)
{
	size_t n = 0;

	for (; *text && n < PART; text++, n++) {
		char c = *text;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';

		to[n] = plain && (n || c != '.') ? c : '_';
	}
	if (!n)
		n = (size_t)(stpcpy(to, "unknown") - to);
	to[n] = '-';
	return n + 1;
}

void folder_name(const struct entry *e, char name[FOLDER_NAME])
{
	time_t when = (time_t)e->when;
	size_t n = add_part(name, e->host);
	char text[PART] = "";
	struct tm tm;

	n += add_part(name + n, e->program);
	if (e->has_when && gmtime_r(&when, &tm))
		strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	n += add_part(name + n, text);
	snprintf(name + n, FOLDER_NAME - n, "%.*s", DIGITS, e->content);
}

bool folder_is_of(const char *name, const char *content)
{
	size_t len = strlen(name);

	return len > DIGITS && strncmp(name + len - DIGITS, content, DIGITS) == 0;
}

static int remove_item(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)at;
	if (kind == FTW_DP || kind == FTW_D || kind == FTW_DNR)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

void folder_remove(const char *path)
{
	nftw(path, remove_item, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

bool folder_make(const char *path, struct error *err)
{
	folder_remove(path);
	return mkdir(path, 0777) == 0 ||
	       fail(err, ERR_IO, "cannot create %s: %s", path, strerror(errno));
}

static void sync_at(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return;
	(void)fsync(fd); /* what the file system cannot do, it cannot promise either */
	close(fd);
}

void path_sync(const char *path)
{
	sync_at(AT_FDCWD, path);
}

void folder_sync(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			sync_at(dirfd(d), e->d_name);
	(void)fsync(dirfd(d));
	closedir(d);
}

bool folder_place(const char *from, const char *to, struct error *err)
{
	if (rename(from, to) == 0)
		return true;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return fail(err, ERR_IO, "cannot rename to %s: %s", to, strerror(errno));
	/* An older one is there: the two change places, or, where the file system cannot do that, it goes first. */
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) {
		folder_remove(from);
		return true;
	}
	folder_remove(to);
	return rename(from, to) == 0 ||
	       fail(err, ERR_IO, "cannot rename to %s: %s", to, strerror(errno));
}
