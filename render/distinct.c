#include "render/distinct.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/numbers.h"

/* Interned names, by pointer. */
struct taken {
	struct texts *texts;
	struct numbers names;
	unsigned *next; /* by number: what to try behind the name next */
	size_t cap;
};

/* False: one before is called so. */
static bool take(struct taken *t, const char *name, uint32_t *number)
{
	bool is_new;

	*number = numbers_add(&t->names, (uintptr_t)texts_add_z(t->texts, name), &is_new);
	if (is_new) {
		t->next = mem_grow(t->next, *number, 1, &t->cap, sizeof(*t->next));
		t->next[*number] = 2;
	}
	return is_new;
}

void distinct_names(char **names, size_t n)
{
	struct taken t = { .texts = texts_new() };
	uint32_t number, own;

	for (size_t i = 0; i < n; i++) {
		char *name = names[i], *other = NULL;
		bool free_name = take(&t, name, &number);

		while (!free_name) {
			free(other);
			if (asprintf(&other, "%s_%u", name, t.next[number]++) < 0)
				other = mem_text("", 0);
			free_name = take(&t, other, &own);
		}
		if (!other)
			continue;
		names[i] = other;
		free(name);
	}
	free(t.next);
	numbers_done(&t.names);
	texts_free(t.texts);
}
