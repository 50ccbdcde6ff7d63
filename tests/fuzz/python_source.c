/*
 * tests/fuzz/python_source.c - any bytes as a Python source: what comes out keeps the header's promises.
 *
 * The first byte is the version that reads it.
 */
#include "parser/python_source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_definition(const struct python_source *s, uint32_t i)
{
	const struct python_definition *d = &s->definitions[i];

	must(i == 0 ? d->parent == PYTHON_NONE : d->parent < i);
	must(d->outer == PYTHON_NONE || d->outer < i);
	must(d->name <= s->len && d->name_len <= s->len - d->name);
	must(d->first_line >= 1 && d->end_line <= (s->lines ? s->lines : 1));
	must(d->line >= 1 && d->line <= d->end_line && d->column <= s->len);
}

static void check_name(const struct python_source *s, uint32_t i)
{
	char *name = python_source_qualname(s, i);
	struct python_candidates c;
	bool there = false;

	python_source_find(s, name, 0, &c);
	for (size_t k = 0; k < c.n; k++)
		there = there || c.definitions[k] == i;
	must(there && !c.other_line);
	python_candidates_free(&c);
	free(name);
}

static void check_names(const struct python_source *s)
{
	struct python_names names;

	python_source_names(s, &names);
	must(!names.cut && names.first[0] == 0 && names.first[s->n] == names.n);
	for (uint32_t i = 0; i < s->n; i++) {
		must(names.first[i] <= names.first[i + 1]);
		for (size_t k = names.first[i]; k < names.first[i + 1]; k++) {
			const struct python_name *name = &names.items[k];

			must(name->definition == i && name->len && name->line <= s->lines);
			must(name->at + name->len <= s->len);
			must(k == names.first[i] || name[-1].at + name[-1].len <= name->at);
		}
	}
	python_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct python_source s;

	if (size == 0)
		return 0;
	python_source_scan((const char *)data + 1, size - 1, 8 + *data % 8, &s);
	must(s.n >= 1 && s.n <= PYTHON_MAX_DEFINITIONS);
	must(!s.trouble || (s.trouble_line >= 1 && s.trouble_line <= s.lines + 1));
	for (uint32_t i = 0; i < s.n; i++)
		check_definition(&s, i);
	for (uint32_t i = 0; i < s.n; i += (uint32_t)(1 + s.n / 20))
		check_name(&s, i);
	check_names(&s);
	python_source_free(&s);
	return 0;
}
