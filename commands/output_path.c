#include "commands/output_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/locate.h"

/* What stands before the last part: "/", ".", or the path less "/NAME". */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_text(".", 1);
	while (slash > path && slash[-1] == '/')
		slash--;
	return mem_text(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A new file or folder in this folder. */
static bool check_folder(const struct options *o, const char *path, const char *folder)
{
	struct stat st;

	if (stat(folder, &st) != 0 && errno == ENOENT)
		options_usage(
			o,
			"-o %s: there is no folder %s; make it (mkdir -p), or name another place",
			path, folder);
	else if (stat(folder, &st) != 0)
		options_usage(o, "-o %s: %s: %s", path, folder, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		options_usage(o, "-o %s: %s is no folder; name another place", path, folder);
	else if (access(folder, W_OK | X_OK) != 0)
		options_usage(o, "-o %s: nothing can be made in the folder %s: %s", path, folder,
			      strerror(errno));
	else
		return true;
	return false;
}

static bool is_standard_output(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

bool output_path_check(const struct options *o, const char *path)
{
	struct stat st;
	char *folder;
	bool ok;

	if (is_standard_output(path))
		return true;
	if (is_recording_file(path))
		options_usage(o, "-o %s: it is a recording; name another file", path);
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		options_usage(o, "-o %s: it is a folder; name a file in it", path);
	else if (stat(path, &st) == 0 && access(path, W_OK) != 0)
		options_usage(o, "-o %s: it cannot be written: %s; name another file", path,
			      strerror(errno));
	else if (lstat(path, &st) == 0) /* there it is, or a link to what is to come */
		return true;
	else {
		folder = folder_of(path);
		ok = check_folder(o, path, folder);
		free(folder);
		return ok;
	}
	return false;
}

bool output_folder_check(const struct options *o, const char *path)
{
	size_t len = strlen(path);
	char *folder, *name;
	struct stat st;
	bool ok;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true; /* what may be written in it is said where that is done */
	if (lstat(path, &st) == 0) {
		options_usage(o, "-o %s: it is no folder; name another one", path);
		return false;
	}
	while (len > 1 && path[len - 1] == '/') /* "results/" is made in the folder where one is */
		len--;
	name = mem_text(path, len);
	folder = folder_of(name);
	ok = check_folder(o, path, folder);
	free(folder);
	free(name);
	return ok;
}

bool output_path_is_input(const struct options *o, const char *path, const struct session *s)
{
	struct stat out, in;

	if (is_standard_output(path) || stat(path, &out) != 0 || !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < s->n_inputs; i++) {
		if (stat(s->inputs[i], &in) != 0 || in.st_dev != out.st_dev ||
		    in.st_ino != out.st_ino)
			continue;
		options_usage(o, "-o %s: it is the input; name another file", path);
		return true;
	}
	return false;
}
