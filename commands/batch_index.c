#include "commands/batch_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/batch_folder.h"
#include "commands/batch_identity.h"
#include "parser/base/memory.h"
#include "parser/base/tsv.h"
#include "render/out.h"
#include "report/fleet_modules.h"

#define LISTING_HEAD    "perfolio-inputs"
#define LISTING_VERSION "2"
#define LISTING_FILE    "inputs.tsv"

static const size_t most_bytes = (size_t)4 << 30;

/* ---- the list of inputs ---- */

static const char *const states[] = {
	[INPUT_WAITING] = "waiting",
	[INPUT_DONE] = "done",
	[INPUT_FAILED] = "failed",
	[INPUT_DUPLICATE] = "duplicate",
};

/* By struct listed's `profile`. */
static const char *const kinds[] = { "recording", "profile" };

enum { STATES = sizeof(states) / sizeof(states[0]) };

void listing_begin(struct listing *l)
{
	*l = (struct listing){ .texts = texts_new() };
}

void listing_done(struct listing *l)
{
	free(l->items);
	texts_free(l->texts);
	*l = (struct listing){ .n = 0 };
}

void listing_add(struct listing *l, const struct listed *item)
{
	l->items = mem_grow(l->items, l->n, 1, &l->cap, sizeof(*l->items));
	l->items[l->n++] = (struct listed){
		.path = texts_add_z(l->texts, item->path),
		.content = texts_add_z(l->texts, item->content),
		.state = item->state,
		.text = texts_add_z(l->texts, item->text),
		.profile = item->profile,
		.from = texts_add_z(l->texts, item->from),
	};
}

bool listing_write(const struct listing *l, const char *dir, struct error *err)
{
	char *path = batch_path(dir, LISTING_FILE, NULL);
	char *aside = batch_path(dir, BATCH_WORK, LISTING_FILE);
	FILE *f = fopen(aside, "we");
	bool ok;

	if (f) {
		fputs(LISTING_HEAD "\t" LISTING_VERSION "\n", f);
		for (size_t i = 0; i < l->n; i++) {
			tsv_put(f, false, l->items[i].path);
			tsv_put(f, true, l->items[i].content);
			tsv_put(f, true, states[l->items[i].state]);
			tsv_put(f, true, l->items[i].text);
			tsv_put(f, true, kinds[l->items[i].profile]);
			putc('\n', f);
		}
		fputs("\tend\n", f);
		ok = tsv_end(f, err);
	} else {
		ok = fail(err, ERR_IO, "%s: cannot create: %s", aside, strerror(errno));
	}
	if (ok)
		path_sync(aside);
	if (ok && rename(aside, path) != 0)
		ok = fail(err, ERR_IO, "cannot rename to %s: %s", path, strerror(errno));
	free(aside);
	free(path);
	return ok;
}

static bool state_of(const char *name, enum input_state *out)
{
	for (int s = 0; s < STATES; s++)
		if (strcmp(states[s], name) == 0) {
			*out = (enum input_state)s;
			return true;
		}
	return false;
}

/* A folder's name leads nowhere else. */
static bool is_item(const struct listed *i)
{
	return i->state != INPUT_DONE || (*i->text && *i->text != '.' && !strchr(i->text, '/'));
}

bool listing_read(struct listing *l, const char *dir, struct error *err)
{
	char *path = batch_path(dir, LISTING_FILE, NULL);
	bool ok, ended = false;
	struct tsv t;

	ok = tsv_open(&t, path, most_bytes, err);
	free(path);
	if (!ok)
		return false;
	ok = tsv_next(&t) && strcmp(t.field[0], LISTING_HEAD) == 0 &&
	     strcmp(t.field[1], LISTING_VERSION) == 0;
	while (ok && !ended && tsv_next(&t)) {
		struct listed item = {
			.path = t.field[0],
			.content = t.field[1],
			.text = t.field[3],
			.profile = strcmp(t.field[4], kinds[true]) == 0,
			.from = dir,
		};

		ended = !*t.field[0] && strcmp(t.field[1], "end") == 0;
		if (ended)
			break;
		ok = t.n == 5 && (item.profile || strcmp(t.field[4], kinds[false]) == 0) &&
		     state_of(t.field[2], &item.state) && is_item(&item);
		if (ok)
			listing_add(l, &item);
	}
	tsv_close(&t);
	if (ok && ended)
		return true;
	return fail(err, ERR_FORMAT,
		    "%s/" LISTING_FILE ": it is no list of perfolio batch, or not whole", dir);
}

/* Of one path in several lists: what was read before what was not, and then in an order that is not that of the lists. */
static int rank(enum input_state state)
{
	static const int ranks[] = {
		[INPUT_DONE] = 0, [INPUT_DUPLICATE] = 1, [INPUT_FAILED] = 2, [INPUT_WAITING] = 3
	};

	return ranks[state];
}

static int by_path(const void *va, const void *vb)
{
	const struct listed *a = va, *b = vb;
	int order = strcmp(a->path, b->path);

	order = order ? order : strcmp(b->content, a->content); /* "" is last */
	order = order ? order : rank(a->state) - rank(b->state);
	order = order ? order : strcmp(a->text, b->text);
	return order ? order : strcmp(a->from, b->from);
}

static int by_content(const void *va, const void *vb)
{
	const struct listed *a = va, *b = vb;
	int order = strcmp(a->content, b->content);

	return order ? order : batch_input_order(a->profile, a->path, b->profile, b->path);
}

static int by_order(const void *va, const void *vb)
{
	const struct listed *a = va, *b = vb;

	return batch_input_order(a->profile, a->path, b->profile, b->path);
}

static void sort(struct listing *l, int (*order)(const void *, const void *))
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), order);
}

static bool keep_one_of_each_path(struct listing *l, struct error *err)
{
	size_t n = 0;

	sort(l, by_path);
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *last = n ? &l->items[n - 1] : NULL, *item = &l->items[i];

		if (!last || strcmp(last->path, item->path) != 0)
			l->items[n++] = *item;
		else if (*item->content && strcmp(last->content, item->content) != 0)
			return fail(
				err, ERR_USAGE,
				"%s is in %s and in %s, with different contents: join only one of them",
				item->path, last->from, item->from);
	}
	l->n = n;
	return true;
}

/* Items of one content: the first that was read stands for all. */
static bool settle(struct listed *items, size_t n, struct error *err)
{
	size_t first = 0;

	while (first < n && items[first].state != INPUT_DONE)
		first++;
	first = first < n ? first : 0;
	if (items[first].state == INPUT_DUPLICATE)
		return fail(err, ERR_FORMAT, "%s: it is listed in %s as a duplicate of nothing",
			    items[first].path, items[first].from);
	for (size_t i = 0; i < n; i++)
		if (i != first) {
			items[i].state = INPUT_DUPLICATE;
			items[i].text = items[first].path;
		}
	return true;
}

bool listing_join(struct listing *l, struct error *err)
{
	bool ok = keep_one_of_each_path(l, err);

	if (!ok)
		return false;
	sort(l, by_content);
	for (size_t i = 0, n; ok && i < l->n; i += n) {
		const struct listed *item = &l->items[i];

		for (n = 1;
		     i + n < l->n && *item->content && strcmp(item->content, item[n].content) == 0;)
			n++;
		ok = settle(&l->items[i], n, err);
	}
	sort(l, by_order);
	return ok;
}

/* ---- the recordings ---- */

/* What has to be kept of each to put them in order. */
struct indexed {
	const char *folder;
	const char *keys[FLEET_KEYS]; /* by enum fleet_key: of the group that it belongs to */
};

struct indexing {
	const char *dir;
	size_t limit;
	struct texts *texts;
	struct fleet_modules
		*modules; /* of all recordings: one name for a function in all groups */
	struct indexed *places;
	size_t n;
	struct out *outs[BATCH_FORMATS];
	void *contexts[BATCH_FORMATS];
};

static bool read_entry(const struct indexing *x, const char *folder, struct entry *e,
		       struct error *err)
{
	char *recording = batch_path(x->dir, "recordings", folder);
	char *path = batch_path(recording, "entry.tsv", NULL);
	bool ok = entry_read(e, path, err);

	free(path);
	free(recording);
	return ok;
}

/* To be freed. */
static char *functions_path(const struct indexing *x, const char *folder)
{
	char *recording = batch_path(x->dir, "recordings", folder);
	char *path = batch_path(recording, "functions.tsv", NULL);

	free(recording);
	return path;
}

static void take_file(void *modules, const char *file)
{
	fleet_modules_add(modules, file);
}

static bool find_files(struct indexing *x, const char *folder, struct error *err)
{
	char *path = functions_path(x, folder);
	bool ok = entry_files_read(path, take_file, x->modules, err);

	free(path);
	return ok;
}

static void count(struct index_totals *t, const struct entry *e)
{
	t->recordings++;
	t->verdicts[health_judge(&e->health).level]++;
	t->samples += e->health.samples;
	t->bytes += e->bytes;
	t->duration_ns += e->duration_ns;
}

static bool find_places(struct indexing *x, const struct listing *l, struct index_totals *t,
			struct error *err)
{
	x->places = mem_calloc(l->n, sizeof(*x->places));
	*t = (struct index_totals){ .inputs = l->n };
	for (size_t i = 0; i < l->n; i++) {
		struct indexed *p = &x->places[x->n];
		char day[DAY_TEXT];
		struct entry e;

		t->failed += l->items[i].state == INPUT_FAILED;
		t->duplicates += l->items[i].state == INPUT_DUPLICATE;
		if (l->items[i].state != INPUT_DONE)
			continue;
		if (!find_files(x, l->items[i].text, err) ||
		    !read_entry(x, l->items[i].text, &e, err))
			return false;
		count(t, &e);
		p->folder = l->items[i].text;
		p->keys[FLEET_ALL] = "";
		p->keys[FLEET_HOST] = texts_add_z(x->texts, e.host);
		p->keys[FLEET_PROGRAM] = texts_add_z(x->texts, e.program);
		p->keys[FLEET_DAY] = texts_add_z(x->texts, entry_day(&e, day));
		entry_done(&e);
		x->n++;
	}
	fleet_modules_name(x->modules);
	return true;
}

static int by_key(const void *va, const void *vb, void *key)
{
	const struct indexed *a = va, *b = vb;
	int order = strcmp(a->keys[*(enum fleet_key *)key], b->keys[*(enum fleet_key *)key]);

	return order ? order : strcmp(a->folder, b->folder);
}

/* ---- the documents ---- */

static bool open_documents(struct indexing *x, const struct index_totals *t, struct error *err)
{
	for (size_t i = 0; i < BATCH_FORMATS; i++) {
		char *path = batch_path(x->dir, BATCH_WORK, batch_formats[i]->file);

		x->outs[i] = out_open(path, err);
		free(path);
		if (!x->outs[i])
			return false;
		x->contexts[i] = batch_formats[i]->begin(x->outs[i], t);
	}
	return true;
}

/* All of them, also if one cannot be written; the first error is told. */
static bool close_documents(struct indexing *x, bool whole, struct error *err)
{
	bool ok = true;

	for (size_t i = 0; i < BATCH_FORMATS; i++) {
		struct error own;

		if (!x->outs[i])
			continue;
		batch_formats[i]->end(x->contexts[i]);
		if (!whole)
			out_discard(x->outs[i]);
		else if (!out_close(x->outs[i], &own) && ok)
			ok = fail(err, own.kind, "%s: %s", batch_formats[i]->file, own.what);
	}
	return ok;
}

/* When all are whole. */
static bool place_documents(const struct indexing *x, struct error *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < BATCH_FORMATS; i++) {
		char *from = batch_path(x->dir, BATCH_WORK, batch_formats[i]->file);
		char *to = batch_path(x->dir, batch_formats[i]->file, NULL);

		path_sync(from);
		if (rename(from, to) != 0)
			ok = fail(err, ERR_IO, "cannot rename to %s: %s", to, strerror(errno));
		free(from);
		free(to);
	}
	return ok;
}

/* Tell a part to the documents that show it. */
#define TELL(x, part, ...)                                                             \
	do {                                                                           \
		for (size_t d = 0; d < BATCH_FORMATS; d++)                             \
			if (batch_formats[d]->part)                                    \
				batch_formats[d]->part((x)->contexts[d], __VA_ARGS__); \
	} while (0)

/* The groups of one key, one after the other. */
static bool write_groups(struct indexing *x, enum fleet_key key, struct error *err)
{
	struct fleet *f = NULL;
	bool ok = true;

	qsort_r(x->places, x->n, sizeof(*x->places), by_key, &key);
	for (size_t i = 0; ok && i < x->n; i++) {
		const struct indexed *p = &x->places[i];
		char *functions = functions_path(x, p->folder);
		struct entry e;

		if (!f)
			f = fleet_new(key, p->keys[key], x->modules);
		ok = read_entry(x, p->folder, &e, err);
		if (ok) {
			ok = fleet_add(f, &e, functions, err);
			entry_done(&e);
		}
		free(functions);
		if (ok && (i + 1 == x->n || strcmp(p->keys[key], p[1].keys[key]) != 0)) {
			const struct fleet_group *g = fleet_finish(f, x->limit);

			TELL(x, group, g);
			fleet_free(f);
			f = NULL;
		}
	}
	fleet_free(f);
	return ok;
}

static bool write_recordings(struct indexing *x, const struct listing *l, struct error *err)
{
	enum fleet_key order = FLEET_ALL; /* all have the same: by folder */

	qsort_r(x->places, x->n, sizeof(*x->places), by_key, &order);
	for (size_t i = 0; i < x->n; i++) {
		struct entry e;

		if (!read_entry(x, x->places[i].folder, &e, err))
			return false;
		TELL(x, recording, x->places[i].folder, &e);
		entry_done(&e);
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].state == INPUT_FAILED)
			TELL(x, failed, l->items[i].path, l->items[i].text);
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].state == INPUT_DUPLICATE)
			TELL(x, duplicate, l->items[i].path, l->items[i].text);
	return true;
}

bool batch_index_write(const struct listing *l, const char *dir, size_t limit,
		       struct index_totals *totals, struct error *err)
{
	struct indexing x = {
		.dir = dir,
		.limit = limit,
		.texts = texts_new(),
		.modules = fleet_modules_new(),
	};
	struct error closing;
	bool ok = find_places(&x, l, totals, err) && open_documents(&x, totals, err);

	for (int key = 0; ok && key < FLEET_KEYS; key++)
		ok = write_groups(&x, (enum fleet_key)key, err);
	ok = ok && write_recordings(&x, l, err);
	if (!close_documents(&x, ok, &closing) && ok) {
		*err = closing;
		ok = false;
	}
	ok = ok && place_documents(&x, err);
	free(x.places);
	fleet_modules_free(x.modules);
	texts_free(x.texts);
	return ok;
}
