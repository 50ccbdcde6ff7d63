#include "commands/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

char *folder_join(const char *dir, const char *name)
{
	char *path = mem_calloc(strlen(dir) + strlen(name) + 2, 1);

	stpcpy(stpcpy(stpcpy(path, dir), dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/"), name);
	return path;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **folder_names(const char *folder, size_t *n_out)
{
	DIR *d = opendir(folder);
	char **names = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	*n_out = 0;
	if (!d)
		return NULL;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		names = mem_grow(names, n, 1, &cap, sizeof(*names));
		names[n++] = mem_text(e->d_name, strlen(e->d_name));
	}
	closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	*n_out = n;
	return names ? names : mem_calloc(1, sizeof(*names));
}

void folder_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
