#include "commands/batch_prune.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/batch_folder.h"
#include "commands/batch_journal.h"
#include "commands/folder.h"
#include "parser/base/memory.h"
#include "report/entry.h"

/* Texts of the list's items in one state, sorted. */
struct text_set {
	const char **items;
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct text_set set_of(const struct listing *l, enum input_state state)
{
	struct text_set s = { .items = mem_calloc(l->n, sizeof(*s.items)) };

	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].state == state)
			s.items[s.n++] = state == INPUT_DONE ? l->items[i].text : l->items[i].path;
	if (s.n)
		qsort(s.items, s.n, sizeof(*s.items), by_text);
	return s;
}

static bool has(const struct text_set *s, const char *text)
{
	return s->n && bsearch(&text, s->items, s->n, sizeof(*s->items), by_text);
}

/* Is it a path of the set, or of something in a folder of the set? */
static bool has_path(const struct text_set *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t len = strlen(s->items[i]);

		while (len > 1 && s->items[i][len - 1] == '/')
			len--;
		if (strncmp(path, s->items[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/' || s->items[i][len - 1] == '/'))
			return true;
	}
	return false;
}

static bool is_listed(const struct entry *e, const char *name)
{
	if (strcmp(name, "entry.tsv") == 0 || strcmp(name, BATCH_FUNCTIONS) == 0)
		return true;
	for (size_t i = 0; i < e->n_outputs; i++)
		if (strcmp(name, e->outputs[i].name) == 0)
			return true;
	return false;
}

/* Is nothing else in it, whatever it is called? */
static bool has_only(const char *folder, const struct entry *e)
{
	DIR *d = opendir(folder);
	const struct dirent *item;
	bool only = d != NULL;

	while (only && (item = readdir(d)))
		only = strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 ||
		       is_listed(e, item->d_name);
	if (d)
		closedir(d);
	return only;
}

/* Did a batch make it, of an input that has not failed now, nor a folder that it lay in? */
static bool is_old(const char *folder, const char *name, const struct text_set *failed)
{
	char *path = batch_path(folder, "entry.tsv", NULL);
	struct entry e = { .bytes_read = NULL };
	struct error err;
	struct stat st;
	bool old = lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && entry_read(&e, path, &err);

	if (old) {
		char own[FOLDER_NAME];

		folder_name(&e, own);
		old = strcmp(own, name) == 0 && has_only(folder, &e) && !has_path(failed, e.input);
		entry_done(&e);
	}
	free(path);
	return old;
}

size_t batch_prune(const char *dir, const struct listing *l)
{
	struct text_set kept = set_of(l, INPUT_DONE), failed = set_of(l, INPUT_FAILED);
	char *recordings = batch_path(dir, "recordings", NULL);
	size_t n = 0, removed = 0;
	char **names = folder_names(recordings, &n);

	for (size_t i = 0; names && i < n; i++) {
		char *folder = batch_path(recordings, names[i], NULL);

		if (!has(&kept, names[i]) && is_old(folder, names[i], &failed)) {
			folder_remove(folder);
			removed++;
		}
		free(folder);
	}
	if (removed)
		path_sync(recordings);
	if (names)
		folder_names_free(names, n);
	free(kept.items);
	free(failed.items);
	free(recordings);
	return removed;
}
