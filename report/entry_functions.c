/*
 * functions.tsv.  A row is what functions of a recording that a summary takes for one come to: kind, module and name are equal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/tsv.h"
#include "report/entry.h"
#include "report/table.h"

enum { MOST_BYTES = 1 << 30 };

#define HEAD      "perfolio-functions"
#define FILE_LINE "file"

/* ---- one row for functions of one key ---- */

struct joined {
	uint32_t *key_of; /* by function */
	uint32_t *first;  /* by key: one of its functions, the first by file */
	size_t n;
	struct totals *totals; /* by key */
};

static int compare_keys(const struct function *a, const struct function *b)
{
	int order = (int)a->kind - (int)b->kind;

	order = order ? order : strcmp(a->module, b->module);
	return order ? order : strcmp(a->name, b->name);
}

static int by_key(const void *va, const void *vb, void *context)
{
	const struct function *functions = context;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	int order = compare_keys(&functions[a], &functions[b]);

	order = order ? order : strcmp(functions[a].file, functions[b].file);
	return order ? order : (a > b) - (a < b);
}

static void find_keys(struct joined *j, const struct profile *p)
{
	uint32_t *sorted = mem_calloc(p->n_functions, sizeof(*sorted));

	j->key_of = mem_calloc(p->n_functions, sizeof(*j->key_of));
	j->first = mem_calloc(p->n_functions, sizeof(*j->first));
	for (uint32_t i = 0; i < p->n_functions; i++)
		sorted[i] = i;
	if (p->n_functions)
		qsort_r(sorted, p->n_functions, sizeof(*sorted), by_key, p->functions);
	for (size_t i = 0; i < p->n_functions; i++) {
		if (!i || compare_keys(&p->functions[sorted[i - 1]], &p->functions[sorted[i]]) != 0)
			j->first[j->n++] = sorted[i];
		j->key_of[sorted[i]] = (uint32_t)j->n - 1;
	}
	free(sorted);
}

/*
 * Totals cannot be added up: where one of the functions calls another of the same key, a sample would count twice (DESIGN D5).
 * They are counted in the same tree with keys for functions.
 */
static void join(struct joined *j, const struct profile *p)
{
	struct profile by_keys = *p;

	find_keys(j, p);
	by_keys.n_functions = j->n;
	by_keys.functions = mem_calloc(j->n, sizeof(*by_keys.functions));
	for (size_t k = 0; k < j->n; k++)
		by_keys.functions[k] = p->functions[j->first[k]];
	by_keys.nodes = mem_calloc(p->n_nodes, sizeof(*by_keys.nodes));
	for (size_t i = 0; i < p->n_nodes; i++) {
		by_keys.nodes[i] = p->nodes[i];
		if (p->nodes[i].function != PROFILE_NO_FUNCTION)
			by_keys.nodes[i].function = j->key_of[p->nodes[i].function];
	}
	j->totals = totals_new(&by_keys);
	free(by_keys.nodes);
	free(by_keys.functions);
}

static void joined_done(struct joined *j)
{
	totals_free(j->totals);
	free(j->key_of);
	free(j->first);
}

/* ---- writing ---- */

static void put_cost(FILE *f, const struct cost *c)
{
	tsv_put_u64(f, true, c->samples);
	tsv_put_u64(f, true, c->weight);
}

static int by_text(const void *va, const void *vb)
{
	const char *const *a = va, *const *b = vb;

	return strcmp(*a, *b);
}

/* From 1; 0: no Python function, or none of these files. */
static uint64_t file_number(const struct function *f, const char *const *files, size_t n)
{
	const char *const *at = NULL;

	if (f->kind == KIND_PYTHON && n)
		at = bsearch(&f->file, files, n, sizeof(*files), by_text);
	return at ? (uint64_t)(at - files) + 1 : 0;
}

static void put_row(FILE *f, const struct table *t, const struct joined *j, uint32_t key,
		    uint64_t file)
{
	const struct function *function = &t->profile->functions[j->first[key]];

	tsv_put(f, false, function_kind_name(function->kind));
	tsv_put(f, true, function->module);
	tsv_put(f, true, function->name);
	tsv_put_u64(f, true, file);
	for (size_t e = 0; e < t->n_events && e < ENTRY_EVENTS; e++) {
		put_cost(f, costs_at(&j->totals->self, key, t->events[e]));
		put_cost(f, costs_at(&j->totals->total, key, t->events[e]));
	}
	putc('\n', f);
}

bool entry_functions_write(const struct table *t, const char *const *files, size_t n_files,
			   const char *path, struct error *err)
{
	size_t n_events = t->n_events < ENTRY_EVENTS ? t->n_events : ENTRY_EVENTS;
	FILE *f = fopen(path, "wxe");
	struct joined j = { .n = 0 };
	bool *written;

	if (!f)
		return fail(err, ERR_IO, "cannot create: %s", strerror(errno));
	join(&j, t->profile);
	written = mem_calloc(j.n, sizeof(*written));
	fprintf(f, HEAD "\t" ENTRY_FUNCTIONS_VERSION "\t%zu\n", n_events);
	for (size_t i = 0; i < n_files; i++) {
		fputs(FILE_LINE, f);
		tsv_put(f, true, files[i]);
		putc('\n', f);
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		uint32_t key = j.key_of[t->rows[i].function];

		if (!written[key])
			put_row(f, t, &j, key,
				file_number(&t->profile->functions[j.first[key]], files, n_files));
		written[key] = true;
	}
	fputs("end\n", f);
	free(written);
	joined_done(&j);
	return tsv_end(f, err);
}

/* ---- reading ---- */

struct reading {
	struct tsv t;
	const char **files; /* point into the file's bytes */
	size_t n_files, cap_files;
	uint64_t n_events;
};

static bool begin(struct reading *r, const char *path, struct error *err)
{
	if (!tsv_open(&r->t, path, MOST_BYTES, err))
		return false;
	if (tsv_next(&r->t) && strcmp(r->t.field[0], HEAD) == 0 &&
	    strcmp(r->t.field[1], ENTRY_FUNCTIONS_VERSION) == 0 &&
	    tsv_u64(r->t.field[2], &r->n_events))
		return true;
	tsv_close(&r->t);
	return fail(err, ERR_FORMAT,
		    "%s: it is no list of functions of this version of perfolio batch", path);
}

static void finish(struct reading *r)
{
	free(r->files);
	tsv_close(&r->t);
}

static bool take_file(struct reading *r)
{
	if (strcmp(r->t.field[0], FILE_LINE) != 0)
		return false;
	r->files = mem_grow(r->files, r->n_files, 1, &r->cap_files, sizeof(*r->files));
	r->files[r->n_files++] = r->t.field[1];
	return true;
}

static bool kind_of(const char *name, enum function_kind *out)
{
	for (int k = KIND_PYTHON; k <= KIND_TASK; k++)
		if (strcmp(name, function_kind_name((enum function_kind)k)) == 0) {
			*out = (enum function_kind)k;
			return true;
		}
	return false;
}

static bool take_cost(struct tsv *t, size_t field, struct cost *out)
{
	return tsv_u64(t->field[field], &out->samples) &&
	       tsv_u64(t->field[field + 1], &out->weight);
}

static bool take_function(struct reading *r, struct entry_function *f)
{
	struct tsv *t = &r->t;
	uint64_t file;

	if (!kind_of(t->field[0], &f->kind) || t->n != 4 + 4 * r->n_events ||
	    !tsv_u64(t->field[3], &file) || file > r->n_files)
		return false;
	f->module = t->field[1];
	f->name = t->field[2];
	f->file = file ? r->files[file - 1] : NULL;
	for (size_t e = 0; e < r->n_events; e++)
		if (!take_cost(t, 4 + 4 * e, &f->self[e]) || !take_cost(t, 6 + 4 * e, &f->total[e]))
			return false;
	return true;
}

bool entry_functions_read(const char *path, size_t n_events, entry_function_taker *take,
			  void *context, struct error *err)
{
	struct reading r = { .files = NULL };
	struct entry_function f;
	bool ok, ended = false;

	if (!begin(&r, path, err))
		return false;
	ok = r.n_events == n_events;
	f.self = mem_calloc(n_events, sizeof(*f.self));
	f.total = mem_calloc(n_events, sizeof(*f.total));
	while (ok && !ended && tsv_next(&r.t)) {
		if (take_file(&r))
			continue;
		ended = strcmp(r.t.field[0], "end") == 0 && r.t.whole;
		ok = ended || take_function(&r, &f);
		if (ok && !ended)
			take(context, &f);
	}
	free(f.self);
	free(f.total);
	finish(&r);
	if (ok && ended)
		return true;
	return fail(err, ERR_FORMAT,
		    "%s: it is no list of functions of perfolio batch, or not whole", path);
}

bool entry_files_read(const char *path, entry_file_taker *take, void *context, struct error *err)
{
	struct reading r = { .files = NULL };

	if (!begin(&r, path, err))
		return false;
	while (tsv_next(&r.t) && take_file(&r))
		take(context, r.files[r.n_files - 1]);
	finish(&r);
	return true;
}
