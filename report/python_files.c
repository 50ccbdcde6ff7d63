#include "report/python_files.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { FIRST_MINOR = 12, LAST_MINOR = 15 }; /* those that perf maps can be of, and are known */

/* A file as one version reads it. */
struct scanned {
	struct python_source source; /* first, so that one leads to the other */
	const struct source_file *file;
	char *text;
	struct python_names names;
	bool named; /* they were looked for */
};

struct python_files {
	struct source_files *sources;
	unsigned minors[LAST_MINOR - FIRST_MINOR + 1];
	size_t n_minors;
	struct scanned **items; /* they must not move */
	size_t n, cap;
};

/* The newest first; newer ones than are known are read as the last that is. */
static void list_minors(struct python_files *p, unsigned pythons)
{
	unsigned known = pythons >> FIRST_MINOR << FIRST_MINOR;

	if (known >> LAST_MINOR)
		known |= 1u << LAST_MINOR;
	for (unsigned minor = LAST_MINOR; minor >= FIRST_MINOR; minor--)
		if (!known || known >> minor & 1)
			p->minors[p->n_minors++] = minor;
}

struct python_files *python_files_new(struct source_files *sources, unsigned pythons)
{
	struct python_files *p = mem_calloc(1, sizeof(*p));

	p->sources = sources;
	list_minors(p, pythons);
	return p;
}

void python_files_free(struct python_files *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		python_names_free(&p->items[i]->names);
		python_source_free(&p->items[i]->source);
		free(p->items[i]->text);
		free(p->items[i]);
	}
	free(p->items);
	free(p);
}

/* The file's lines as one text again. */
static char *join_lines(const struct source_file *f, size_t *len)
{
	char *text;

	*len = 0;
	for (uint32_t i = 1; i <= f->n_lines; i++)
		*len += strlen(source_file_line(f, i)) + 1;
	text = mem_calloc(*len + 1, 1);
	*len = 0;
	for (uint32_t i = 1; i <= f->n_lines; i++) {
		const char *line = source_file_line(f, i);
		size_t n = strlen(line);

		memcpy(text + *len, line, n + 1);
		text[*len + n] = '\n'; /* in the place of its NUL */
		*len += n + 1;
	}
	return text;
}

static const struct scanned *scan(struct python_files *p, const struct source_file *f,
				  unsigned minor)
{
	struct scanned *s;
	size_t len;

	for (size_t i = 0; i < p->n; i++)
		if (p->items[i]->file == f && p->items[i]->source.minor == minor)
			return p->items[i];
	s = mem_calloc(1, sizeof(*s));
	s->file = f;
	s->text = join_lines(f, &len);
	python_source_scan(s->text, len, minor, &s->source);
	p->items = mem_grow(p->items, p->n, 1, &p->cap, sizeof(struct scanned *));
	p->items[p->n++] = s;
	return s;
}

void python_files_find(struct python_files *p, const struct function *f, struct python_found *out)
{
	struct python_found found = { .file = source_files_find(p->sources, f->file) };

	for (size_t i = 0; found.file && i < p->n_minors && !found.candidates.n; i++) {
		found.source = &scan(p, found.file, p->minors[i])->source;
		python_source_find(found.source, f->name, f->line, &found.candidates);
	}
	*out = found;
}

const struct python_names *python_files_names(struct python_files *p,
					      const struct python_source *source)
{
	for (size_t i = 0; i < p->n; i++) {
		struct scanned *s = p->items[i];

		if (&s->source != source)
			continue;
		if (!s->named)
			python_source_names(source, &s->names);
		s->named = true;
		return s->names.cut ? NULL : &s->names;
	}
	return NULL;
}
