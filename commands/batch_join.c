#include "commands/batch_join.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "report/entry.h"

/* The way from one folder to another, both absolute and without links; to be freed. */
static char *way(const char *from, const char *to)
{
	size_t common = 0, ups = 0, n = 0;
	char *text, *end;

	while (from[n] && from[n] == to[n]) {
		n++;
		if ((from[n] == '/' || !from[n]) && (to[n] == '/' || !to[n]))
			common = n;
	}
	for (const char *p = from + common; *p; p++)
		ups += *p == '/';
	text = end = mem_calloc(3 * ups + strlen(to) + 2, 1);
	while (ups--)
		end = stpcpy(end, "../");
	while (to[common] == '/')
		common++;
	stpcpy(end, to + common);
	return text;
}

/* Links of an earlier join go; folders are not ours to remove. */
static void remove_links(const char *recordings)
{
	DIR *d = opendir(recordings);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *path = batch_path(recordings, e->d_name, NULL);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
			unlink(path);
		free(path);
	}
	if (d)
		closedir(d);
}

static bool link_one(const char *recordings, const struct listed *item, struct error *err)
{
	char here[PATH_MAX], there[PATH_MAX];
	char *folder = batch_path(item->from, "recordings", NULL);
	char *path = NULL, *target = NULL;
	bool ok = true;

	if (!realpath(recordings, here) || !realpath(folder, there)) {
		ok = fail(err, ERR_IO, "%s: %s", folder, strerror(errno));
	} else if (strcmp(here, there) != 0) { /* else it is there already */
		char *to = way(here, there);

		target = batch_path(to, item->text, NULL);
		path = batch_path(recordings, item->text, NULL);
		if (symlink(target, path) != 0)
			ok = fail(err, ERR_IO, "cannot link %s: %s", path, strerror(errno));
		free(to);
	}
	free(path);
	free(target);
	free(folder);
	return ok;
}

/* What decided what was made of the recordings of a folder: one run makes all of them with the same. Texts are the list's. */
struct made {
	const char *dir; /* NULL: none yet */
	const char *options, *version;
};

/* The items from `first` on are one folder's: were they made as those before? */
static bool is_made_alike(struct listing *l, size_t first, struct made *made, struct error *err)
{
	const struct listed *item;
	char *folder, *path;
	struct entry e;
	bool ok;

	while (first < l->n && l->items[first].state != INPUT_DONE)
		first++;
	if (first == l->n) /* nothing to compare */
		return true;
	item = &l->items[first];
	folder = batch_path(item->from, "recordings", item->text);
	path = batch_path(folder, "entry.tsv", NULL);
	ok = entry_read(&e, path, err);
	free(path);
	free(folder);
	if (!ok)
		return false;
	if (!made->dir)
		*made = (struct made){ item->from, texts_add_z(l->texts, e.options),
				       texts_add_z(l->texts, e.version) };
	else if (strcmp(made->options, e.options) != 0 || strcmp(made->version, e.version) != 0)
		ok = fail(
			err, ERR_USAGE,
			"%s and %s were made with different options or versions of perfolio, so their numbers "
			"do not belong in one summary: run one of them again",
			made->dir, item->from);
	entry_done(&e);
	return ok;
}

bool batch_join(const char *const *dirs, size_t n, const char *dir, struct listing *l,
		struct error *err)
{
	char *recordings = batch_path(dir, "recordings", NULL);
	struct made made = { .dir = NULL };
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		size_t first = l->n;

		ok = listing_read(l, dirs[i], err) && is_made_alike(l, first, &made, err);
	}
	ok = ok && listing_join(l, err);
	if (ok)
		remove_links(recordings);
	for (size_t i = 0; ok && i < l->n; i++)
		if (l->items[i].state == INPUT_DONE)
			ok = link_one(recordings, &l->items[i], err);
	free(recordings);
	return ok;
}
