#include "report/paths.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool path_climbs(const char *path)
{
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return true;
	}
	return false;
}

bool path_join(char path[PATH_MAX], const char *a, const char *b, const char *c)
{
	int len = snprintf(path, PATH_MAX, "%s%s%s", a, b, c);

	return len > 0 && len < PATH_MAX;
}

bool path_folder(char folder[PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;

	if (len >= PATH_MAX)
		return false;
	memcpy(folder, path, len);
	folder[len] = '\0';
	return true;
}

bool path_is_readable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}
