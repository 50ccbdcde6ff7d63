#include "parser/python_source.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/python_scan.h"

enum { MAX_SOURCE = 64 << 20 }; /* bytes; far above any that is written or generated */

static uint32_t count_lines(const char *text, size_t len)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n' ||
			 (text[i] == '\r' && !(i + 1 < len && text[i + 1] == '\n'));
	return lines + (len && text[len - 1] != '\n' && text[len - 1] != '\r');
}

void python_source_scan(const char *text, size_t len, unsigned minor, struct python_source *out)
{
	struct python_source s = { .text = text,
				   .len = len < MAX_SOURCE ? len : MAX_SOURCE,
				   .minor = minor };

	python_scan(&s, NULL);
	s.lines = count_lines(s.text, s.len);
	if (s.lines)
		s.definitions[0].end_line = s.lines;
	if (len > s.len && !s.trouble) {
		s.trouble = "too long a source";
		s.trouble_line = s.lines;
	}
	*out = s;
}

void python_source_free(struct python_source *s)
{
	free(s->definitions);
	*s = (struct python_source){ 0 };
}

/* ---- names -------------------------------------------------------------------- */

/* How a kind is called, and what its code objects are called where the source does not name them. */
static const struct kind_row {
	const char *name;
	const char *before, *after; /* around the name in the source */
} kinds[PYTHON_KINDS] = {
	[PYTHON_MODULE] = { "module", "<module>", "" },
	[PYTHON_CLASS] = { "class", "", "" },
	[PYTHON_FUNCTION] = { "function", "", "" },
	[PYTHON_ASYNC_FUNCTION] = { "async function", "", "" },
	[PYTHON_LAMBDA] = { "lambda", "<lambda>", "" },
	[PYTHON_GENEXPR] = { "generator expression", "<genexpr>", "" },
	[PYTHON_LISTCOMP] = { "list comprehension", "<listcomp>", "" },
	[PYTHON_SETCOMP] = { "set comprehension", "<setcomp>", "" },
	[PYTHON_DICTCOMP] = { "dict comprehension", "<dictcomp>", "" },
	[PYTHON_TYPE_PARAMETERS] = { "type parameters", "<generic parameters of ", ">" },
	[PYTHON_TYPE_VARIABLE] = { "type variable", "", "" },
	[PYTHON_TYPE_ALIAS] = { "type alias", "", "" },
	[PYTHON_ANNOTATIONS] = { "annotations", "", "__annotate__" },
};

const char *python_kind_name(enum python_kind kind)
{
	return kinds[kind].name;
}

/* A definition's part of a qualified name; together the pieces are it. */
enum { PIECES = 5 };

struct pieces {
	const char *texts[PIECES];
	size_t lens[PIECES];
};

static void set_piece(struct pieces *p, size_t i, const char *text, size_t len)
{
	p->texts[i] = text;
	p->lens[i] = len;
}

/* Of a function's annotations 3.15 says which function's they are, but for one with type parameters in the module. */
static bool names_owner(const struct python_source *s, const struct python_definition *d)
{
	const struct python_definition *parent = &s->definitions[d->parent];

	return s->minor >= 15 && d->name_len &&
	       !(parent->kind == PYTHON_TYPE_PARAMETERS && parent->parent == 0);
}

/* What stands between the qualified name of `outer` and that of a definition in it. */
static const char *separator(const struct python_source *s, const struct python_definition *outer)
{
	bool function = outer->kind == PYTHON_FUNCTION || outer->kind == PYTHON_ASYNC_FUNCTION ||
			outer->kind == PYTHON_LAMBDA ||
			(outer->kind == PYTHON_TYPE_ALIAS && s->minor < 14);

	return function ? ".<locals>." : ".";
}

/* What definition `i` gives to the qualified name of `definition`: itself, or one that it is in. */
static struct pieces pieces_of(const struct python_source *s, uint32_t i, uint32_t definition)
{
	const struct python_definition *d = &s->definitions[i];
	const struct kind_row *row = &kinds[d->kind];
	bool annotations = d->kind == PYTHON_ANNOTATIONS;
	bool named = !annotations || names_owner(s, d);
	const char *between = i == definition ? "" : separator(s, d);
	struct pieces p;

	set_piece(&p, 0, row->before, strlen(row->before));
	set_piece(&p, 1, s->text + d->name, named ? d->name_len : 0);
	set_piece(&p, 2, ".", annotations && named ? 1 : 0);
	set_piece(&p, 3, row->after, strlen(row->after));
	set_piece(&p, 4, between, strlen(between));
	return p;
}

static size_t pieces_len(const struct pieces *p)
{
	size_t len = 0;

	for (size_t k = 0; k < PIECES; k++)
		len += p->lens[k];
	return len;
}

/* Write the pieces so that they end at `at`; gives where they begin. */
static char *put_pieces(char *at, const struct pieces *p)
{
	for (size_t k = PIECES; k-- > 0;) {
		at -= p->lens[k];
		memcpy(at, p->texts[k], p->lens[k]);
	}
	return at;
}

char *python_source_qualname(const struct python_source *s, uint32_t definition)
{
	size_t len = 0;
	char *name, *at;

	for (uint32_t i = definition; i != PYTHON_NONE; i = s->definitions[i].outer) {
		struct pieces p = pieces_of(s, i, definition);

		len += pieces_len(&p);
	}
	name = mem_calloc(len + 1, 1);
	at = name + len;
	for (uint32_t i = definition; i != PYTHON_NONE; i = s->definitions[i].outer) {
		struct pieces p = pieces_of(s, i, definition);

		at = put_pieces(at, &p);
	}
	return name;
}

/* ---- names in the code ---------------------------------------------------------- */

/* By definition; within one they stay in their order. */
static void sort_names(struct python_names *names, size_t n_definitions)
{
	struct python_name *sorted = mem_calloc(names->n, sizeof(*sorted));
	uint32_t *next = mem_calloc(n_definitions + 1, sizeof(*next));

	names->first = mem_calloc(n_definitions + 1, sizeof(*names->first));
	for (size_t i = 0; i < names->n; i++)
		names->first[names->items[i].definition + 1]++;
	for (size_t i = 0; i < n_definitions; i++)
		next[i + 1] = names->first[i + 1] += names->first[i];
	for (size_t i = 0; i < names->n; i++)
		sorted[next[names->items[i].definition]++] = names->items[i];
	free(names->items);
	free(next);
	names->items = sorted;
}

void python_source_names(const struct python_source *s, struct python_names *out)
{
	struct python_source again = { .text = s->text, .len = s->len, .minor = s->minor };
	struct python_names names = { 0 };

	python_scan(&again, &names);
	sort_names(&names, again.n);
	free(again.definitions);
	*out = names;
}

void python_names_free(struct python_names *n)
{
	free(n->items);
	free(n->first);
	*n = (struct python_names){ 0 };
}

/* ---- look-up ------------------------------------------------------------------ */

/* Take `text` off the end of name[0..*len). */
static bool strip(const char *name, size_t *len, const char *text, size_t text_len)
{
	if (text_len > *len || memcmp(name + *len - text_len, text, text_len) != 0)
		return false;
	*len -= text_len;
	return true;
}

static bool has_qualname(const struct python_source *s, uint32_t definition, const char *qualname,
			 size_t len)
{
	for (uint32_t i = definition; i != PYTHON_NONE; i = s->definitions[i].outer) {
		struct pieces p = pieces_of(s, i, definition);

		for (size_t k = PIECES; k-- > 0;) {
			if (!strip(qualname, &len, p.texts[k], p.lens[k]))
				return false;
		}
	}
	return len == 0;
}

void python_source_find(const struct python_source *s, const char *qualname, uint32_t first_line,
			struct python_candidates *out)
{
	struct python_candidates c = { 0 };
	size_t len = strlen(qualname), cap = 0, there = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		if (!has_qualname(s, i, qualname, len))
			continue;
		c.definitions = mem_grow(c.definitions, c.n, 1, &cap, sizeof(*c.definitions));
		c.definitions[c.n++] = i;
		there += s->definitions[i].first_line == first_line;
	}
	c.other_line = first_line && c.n && !there;
	if (there) {
		size_t kept = 0;

		for (size_t i = 0; i < c.n; i++) {
			if (s->definitions[c.definitions[i]].first_line == first_line)
				c.definitions[kept++] = c.definitions[i];
		}
		c.n = kept;
	}
	*out = c;
}

void python_candidates_free(struct python_candidates *c)
{
	free(c->definitions);
	*c = (struct python_candidates){ 0 };
}
