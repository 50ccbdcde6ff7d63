#include "report/source_table.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { MOST_FRAMES = 64 }; /* at an address */

struct question {
	uint64_t vaddr;
	uint32_t file;  /* in `files` */
	uint32_t first; /* of its frames; they end where those of the next question begin */
};

struct asked_file {
	struct debug_info *info;
	const char *missing; /* a .dwo file; NULL: none, or it was told */
};

struct source_table {
	struct asked_file *files; /* in the order of the first questions */
	size_t n_files, cap_files;
	struct question *questions; /* once answered: sorted, each once, and one behind the last */
	size_t n, cap;
	struct source_frame *frames;
	size_t n_frames, cap_frames;
};

struct source_table *source_table_new(void)
{
	return mem_calloc(1, sizeof(struct source_table));
}

void source_table_free(struct source_table *t)
{
	if (!t)
		return;
	free(t->files);
	free(t->questions);
	free(t->frames);
	free(t);
}

/* Its index, n_files if it is new.  There are few. */
static size_t index_of(const struct source_table *t, const struct debug_info *file)
{
	size_t i = 0;

	while (i < t->n_files && t->files[i].info != file)
		i++;
	return i;
}

void source_table_ask(struct source_table *t, struct debug_info *file, uint64_t vaddr)
{
	size_t i = index_of(t, file);

	if (i == t->n_files) {
		t->files = mem_grow(t->files, t->n_files, 1, &t->cap_files, sizeof(*t->files));
		t->files[t->n_files++] = (struct asked_file){ .info = file };
	}
	t->questions = mem_grow(t->questions, t->n, 1, &t->cap, sizeof(*t->questions));
	t->questions[t->n++] = (struct question){ .vaddr = vaddr, .file = (uint32_t)i };
}

static int by_place(const void *va, const void *vb)
{
	const struct question *a = va, *b = vb;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->vaddr > b->vaddr) - (a->vaddr < b->vaddr);
}

static void sort_questions(struct source_table *t)
{
	size_t distinct = 0;

	if (t->n)
		qsort(t->questions, t->n, sizeof(*t->questions), by_place);
	for (size_t i = 0; i < t->n; i++)
		if (distinct == 0 || by_place(&t->questions[distinct - 1], &t->questions[i]) != 0)
			t->questions[distinct++] = t->questions[i];
	t->n = distinct;
}

static void answer(struct source_table *t, struct question *q)
{
	struct asked_file *file = &t->files[q->file];
	struct source_frame at[MOST_FRAMES];
	size_t n = debug_info_frames(file->info, q->vaddr, at, MOST_FRAMES);

	q->first = (uint32_t)t->n_frames;
	t->frames = mem_grow(t->frames, t->n_frames, n, &t->cap_frames, sizeof(*t->frames));
	if (n)
		memcpy(t->frames + t->n_frames, at, n * sizeof(*at));
	t->n_frames += n;
	if (!file->missing)
		file->missing = debug_info_missing(file->info, q->vaddr);
}

void source_table_answer(struct source_table *t)
{
	sort_questions(t);
	for (size_t i = 0; i < t->n; i++) {
		struct question *q = &t->questions[i];

		answer(t, q);
		if (i + 1 == t->n || q[1].file != q->file)
			debug_info_rest(t->files[q->file].info);
	}
	t->questions = mem_grow(t->questions, t->n, 1, &t->cap, sizeof(*t->questions));
	t->questions[t->n] = (struct question){ .first = (uint32_t)t->n_frames };
}

const struct source_frame *source_table_frames(const struct source_table *t,
					       const struct debug_info *file, uint64_t vaddr,
					       size_t *n)
{
	const struct question wanted = { .vaddr = vaddr, .file = (uint32_t)index_of(t, file) };
	const struct question *q =
		bsearch(&wanted, t->questions, t->n, sizeof(*t->questions), by_place);

	*n = q ? q[1].first - q->first : 0;
	return q ? t->frames + q->first : NULL;
}

const char *source_table_missing(struct source_table *t, const struct debug_info *file)
{
	size_t i = index_of(t, file);
	const char *missing = i < t->n_files ? t->files[i].missing : NULL;

	if (missing)
		t->files[i].missing = NULL;
	return missing;
}
