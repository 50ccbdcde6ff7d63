#include "parser/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/arena.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"

struct texts {
	struct arena arena;
	const char **slots; /* open addressing; NULL is free */
	size_t mask;        /* slots - 1, a power of two less one */
	size_t used;
};

struct texts *texts_new(void)
{
	struct texts *t = mem_calloc(1, sizeof(*t));

	t->mask = 255;
	t->slots = mem_calloc(t->mask + 1, sizeof(*t->slots));
	return t;
}

void texts_free(struct texts *t)
{
	if (!t)
		return;
	arena_free(&t->arena);
	free(t->slots);
	free(t);
}

static const char **slot_of(struct texts *t, const char *s, size_t len)
{
	size_t i = (size_t)hash_bytes(s, len) & t->mask;

	while (t->slots[i] && (strncmp(t->slots[i], s, len) != 0 || t->slots[i][len] != '\0'))
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

static void double_slots(struct texts *t)
{
	const char **old = t->slots;
	size_t n = t->mask + 1;

	t->mask = 2 * n - 1;
	t->slots = mem_calloc(2 * n, sizeof(*t->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*slot_of(t, old[i], strlen(old[i])) = old[i];
	free(old);
}

const char *texts_add(struct texts *t, const char *s, size_t len)
{
	const char **slot;
	char *copy;

	len = strnlen(s, len);
	slot = slot_of(t, s, len);
	if (*slot)
		return *slot;
	if (2 * t->used > t->mask) {
		double_slots(t);
		slot = slot_of(t, s, len);
	}
	copy = arena_take(&t->arena, len + 1);
	memcpy(copy, s, len);
	copy[len] = '\0';
	*slot = copy;
	t->used++;
	return copy;
}

const char *texts_add_z(struct texts *t, const char *s)
{
	return texts_add(t, s, strlen(s));
}

const char *text_decimal(const char *s, double *out)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(s, digits), part = 0, len;
	char *own;

	if (s[whole] == '.')
		part = strspn(s + whole + 1, digits);
	if (!whole && !part)
		return NULL;
	len = whole + (s[whole] == '.') + part;
	own = mem_text(s, len); /* strtod() would read on */
	*out = strtod(own, NULL);
	free(own);
	return s + len;
}
