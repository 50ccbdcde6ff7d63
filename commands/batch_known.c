#include "commands/batch_known.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/tsv.h"

enum { FIELDS = 13 };
static const size_t most_bytes = (size_t)4 << 30;

static bool take_i64(const char *field, int64_t *out)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(field, &end, 10);
	*out = v;
	return *field && !*end && !errno;
}

/* The texts stay the line's. */
static bool take(struct tsv *t, struct known *k)
{
	char **f = t->field;

	k->path = f[0];
	k->failed = strcmp(f[10], "failed") == 0;
	k->duplicate = strcmp(f[10], "duplicate") == 0;
	k->result = f[12];
	return t->whole && t->n == FIELDS && tsv_u64(f[1], &k->stamp.dev) &&
	       tsv_u64(f[2], &k->stamp.ino) && tsv_u64(f[3], &k->stamp.size) &&
	       take_i64(f[4], &k->stamp.mtime_ns) && take_i64(f[5], &k->stamp.ctime_ns) &&
	       tsv_u64(f[6], &k->side) && digest_parse(&k->content, f[7]) &&
	       digest_parse(&k->identity, f[8]) && digest_parse(&k->options, f[9]) &&
	       tsv_u64(f[11], &k->functions);
}

struct ordered {
	struct known known;
	size_t place; /* of its line */
};

static int by_path(const void *va, const void *vb)
{
	const struct ordered *a = va, *b = vb;
	int order = strcmp(a->known.path, b->known.path);

	return order ? order : a->place < b->place ? -1 : a->place > b->place;
}

/* Sorted, of each path the last line. */
static void keep_last(struct known_list *list, struct ordered *all, size_t n)
{
	if (n)
		qsort(all, n, sizeof(*all), by_path);
	list->items = mem_calloc(n, sizeof(*list->items));
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && strcmp(all[i].known.path, all[i + 1].known.path) == 0) {
			free(all[i].known.path);
			free(all[i].known.result);
		} else {
			list->items[list->n++] = all[i].known;
		}
	}
}

void known_read(struct known_list *list, const char *path)
{
	struct ordered *all = NULL;
	size_t n = 0, cap = 0;
	struct error err;
	struct tsv t;

	*list = (struct known_list){ .n = 0 };
	if (!tsv_open(&t, path, most_bytes, &err))
		return;
	while (tsv_next(&t)) {
		struct known k;

		if (!take(&t, &k))
			continue;
		k.path = mem_text(k.path, strlen(k.path));
		k.result = mem_text(k.result, strlen(k.result));
		all = mem_grow(all, n, 1, &cap, sizeof(*all));
		all[n] = (struct ordered){ k, n };
		n++;
	}
	tsv_close(&t);
	keep_last(list, all, n);
	free(all);
}

static int by_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct known *)item)->path);
}

const struct known *known_find(const struct known_list *list, const char *path)
{
	return list->n ? bsearch(path, list->items, list->n, sizeof(*list->items), by_name) : NULL;
}

void known_done(struct known_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].path);
		free(list->items[i].result);
	}
	free(list->items);
	*list = (struct known_list){ .n = 0 };
}

bool known_equal(const struct known *a, const struct known *b)
{
	return strcmp(a->path, b->path) == 0 && file_stamp_equal(&a->stamp, &b->stamp) &&
	       a->side == b->side && memcmp(&a->content, &b->content, sizeof(a->content)) == 0 &&
	       memcmp(&a->identity, &b->identity, sizeof(a->identity)) == 0 &&
	       memcmp(&a->options, &b->options, sizeof(a->options)) == 0 &&
	       a->failed == b->failed && a->duplicate == b->duplicate &&
	       a->functions == b->functions && strcmp(a->result, b->result) == 0;
}

void known_put(FILE *f, const struct known *k)
{
	char text[DIGEST_TEXT];

	tsv_put(f, false, k->path);
	tsv_put_u64(f, true, k->stamp.dev);
	tsv_put_u64(f, true, k->stamp.ino);
	tsv_put_u64(f, true, k->stamp.size);
	fprintf(f, "\t%" PRId64 "\t%" PRId64, k->stamp.mtime_ns, k->stamp.ctime_ns);
	tsv_put_u64(f, true, k->side);
	tsv_put(f, true, digest_text(&k->content, text));
	tsv_put(f, true, digest_text(&k->identity, text));
	tsv_put(f, true, digest_text(&k->options, text));
	tsv_put(f, true, k->failed ? "failed" : k->duplicate ? "duplicate" : "done");
	tsv_put_u64(f, true, k->functions);
	tsv_put(f, true, k->result);
	putc('\n', f);
}
