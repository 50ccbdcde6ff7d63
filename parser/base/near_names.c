#include "parser/base/near_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

/*
 * Steps, so that one order holds for all ways of being near: two for each letter that is wrong, one more where only the
 * last part of the name was looked at.
 */
enum { STEPS_LETTER = 2, STEPS_LAST_PART = 1, STEPS_BEGINS = 2, STEPS_CONTAINS = 3 };
enum { STEPS_OTHER_SCOPE = 5, STEPS_FAR = 1000 };

/* So short a word begins many names, or is in them, by chance. */
enum { SHORTEST_BEGINNING = 2, SHORTEST_PART = 3 };

struct word {
	const char *at;
	size_t len;
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same(char a, char b)
{
	return lower(a) == lower(b);
}

static bool begins(const char *s, struct word with)
{
	return strncasecmp(s, with.at, with.len) == 0;
}

static bool contains(const char *s, struct word part)
{
	for (; *s; s++)
		if (begins(s, part))
			return true;
	return false;
}

static struct word whole_word(const char *s)
{
	return (struct word){ s, strlen(s) };
}

/* Behind the last '.' or ':' before the parameters: what people call a function. */
static struct word last_part(const char *s)
{
	size_t end = strcspn(s, "("), begin = end;

	while (begin > 0 && s[begin - 1] != '.' && s[begin - 1] != ':')
		begin--;
	return (struct word){ s + begin, end - begin };
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters may be wrong in a word of this length. */
static unsigned most_wrong(size_t len)
{
	return (unsigned)((len + 1) / 3);
}

/*
 * Letters that are too many, missing, wrong, or swapped with the next one ("optimal string alignment").  rows[i][j] is
 * the distance of the first letters of both; of three rows the oldest is for swapping.
 */
static unsigned distance(struct word a, struct word b)
{
	unsigned rows[3][NEAR_LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *free_row;

	for (size_t j = 0; j <= b.len; j++)
		last[j] = before[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			bool equal = same(a.at[i - 1], b.at[j - 1]);

			row[j] = least(last[j - 1] + !equal, 1 + least(last[j], row[j - 1]));
			if (i > 1 && j > 1 && same(a.at[i - 1], b.at[j - 2]) &&
			    same(a.at[i - 2], b.at[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b.len];
}

/* Steps for the letters that are wrong; STEPS_FAR: too many of them. */
static unsigned letters(struct word wanted, struct word name)
{
	size_t more = wanted.len > name.len ? wanted.len - name.len : name.len - wanted.len;
	unsigned wrong;

	if (more > most_wrong(wanted.len))
		return STEPS_FAR;
	wrong = distance(wanted, name);
	return wrong > most_wrong(wanted.len) ? STEPS_FAR : STEPS_LETTER * wrong;
}

static unsigned steps(const char *wanted, const char *name)
{
	struct word want = whole_word(wanted), want_part = last_part(wanted);
	struct word part = last_part(name);
	unsigned n = letters(want, whole_word(name));

	n = least(n, letters(want, part) + STEPS_LAST_PART);
	if (want_part.len && letters(want_part, part) == 0)
		n = least(n, STEPS_OTHER_SCOPE);
	if (want.len >= SHORTEST_BEGINNING && begins(name, want))
		n = least(n, STEPS_BEGINS);
	if (want.len >= SHORTEST_PART && contains(name, want))
		n = least(n, STEPS_CONTAINS);
	return n;
}

void near_names_begin(struct near_names *near, const char *wanted)
{
	*near = (struct near_names){ .wanted = wanted };
}

static bool is_before(const struct near_name *a, const struct near_name *b)
{
	return a->steps != b->steps ? a->steps < b->steps : strcmp(a->name, b->name) < 0;
}

void near_names_offer(struct near_names *near, const char *name)
{
	struct near_name new = { .name = name };
	size_t at;

	if (!*near->wanted || strlen(near->wanted) > NEAR_LONGEST || strlen(name) > NEAR_LONGEST)
		return;
	new.steps = steps(near->wanted, name);
	for (size_t i = 0; i < near->n; i++)
		if (strcmp(near->best[i].name, name) == 0)
			return;
	if (new.steps >= STEPS_FAR)
		return;
	for (at = near->n; at > 0 && is_before(&new, &near->best[at - 1]); at--)
		if (at < NEAR_MOST)
			near->best[at] = near->best[at - 1];
	if (at < NEAR_MOST)
		near->best[at] = new;
	if (near->n < NEAR_MOST)
		near->n++;
}

char *near_names_hint(const struct near_names *near)
{
	static const char question[] = "; did you mean ";
	size_t room = sizeof(question) + 1;
	char *text, *to;

	for (size_t i = 0; i < near->n; i++)
		room += strlen(near->best[i].name) + strlen("'' or ");
	to = text = mem_calloc(room, 1);
	for (size_t i = 0; i < near->n; i++) {
		const char *before = i == 0 ? question : i + 1 < near->n ? ", " : " or ";

		to = stpcpy(stpcpy(stpcpy(stpcpy(to, before), "'"), near->best[i].name), "'");
	}
	if (near->n)
		stpcpy(to, "?");
	return text;
}

char *near_words_hint(const char *wanted, const char *words)
{
	char *copy = mem_text(words, strlen(words)), *rest = copy, *word, *hint;
	struct near_names near;

	near_names_begin(&near, wanted);
	while ((word = strsep(&rest, "|")))
		near_names_offer(&near, word);
	hint = near_names_hint(&near);
	free(copy);
	return hint;
}

char *near_list_hint(const char *wanted, size_t len, const char *const *names, size_t n)
{
	char *copy = mem_text(wanted, len), *hint;
	struct near_names near;

	near_names_begin(&near, copy);
	for (size_t i = 0; i < n; i++)
		near_names_offer(&near, names[i]);
	hint = near_names_hint(&near);
	free(copy);
	return hint;
}
