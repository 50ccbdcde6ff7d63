#include "parser/python_scan.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/python_scan_parts.h"

bool scan_at_word(const struct scan *s, const char *word)
{
	return s->token.kind == PYTHON_NAME && strlen(word) == s->token.len &&
	       memcmp(s->source->text + s->token.at, word, s->token.len) == 0;
}

bool scan_at_operator(const struct scan *s, const char *operator)
{
	return s->token.kind == PYTHON_OPERATOR && strlen(operator) == s->token.len &&
	       memcmp(s->source->text + s->token.at, operator, s->token.len) == 0;
}

struct python_definition *scan_definition(const struct scan *s, uint32_t definition)
{
	return &s->source->definitions[definition];
}

/* ---- definitions -------------------------------------------------------------- */

static uint32_t add(struct scan *s, const struct python_definition *d)
{
	struct python_source *source = s->source;

	source->definitions =
		mem_grow(source->definitions, source->n, 1, &s->cap, sizeof(*source->definitions));
	source->definitions[source->n] = *d;
	return (uint32_t)source->n++;
}

uint32_t scan_define(struct scan *s, enum python_kind kind, uint32_t parent)
{
	if (parent == PYTHON_NONE)
		return PYTHON_NONE;
	if (s->source->n == PYTHON_MAX_DEFINITIONS) {
		python_lexer_stop(&s->lexer, "too many definitions");
		return PYTHON_NONE;
	}
	return add(s, &(struct python_definition){ .kind = kind,
						   .parent = parent,
						   .outer = PYTHON_NONE,
						   .first_line = s->token.line,
						   .line = s->token.line,
						   .column = s->token.column,
						   .end_line = s->token.end_line });
}

static void define_module(struct scan *s)
{
	add(s, &(struct python_definition){ .kind = PYTHON_MODULE,
					    .parent = PYTHON_NONE,
					    .outer = PYTHON_NONE,
					    .first_line = 1,
					    .line = 1,
					    .end_line = 1 });
}

/* ---- qualified names ------------------------------------------------------------ */

/* Orders names of a scope; those of the globals and those that are looked up. */
static int compare_names(const struct scan *s, const struct global_name *a,
			 const struct global_name *b)
{
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return memcmp(s->source->text + a->name, s->source->text + b->name, a->name_len);
}

static int by_name(const void *a, const void *b, void *s)
{
	return compare_names(s, a, b);
}

/* Does the scope say "global" of the definition's name? */
static bool is_global(const struct scan *s, uint32_t scope, const struct python_definition *d)
{
	struct global_name key = { .scope = scope, .name = d->name, .name_len = d->name_len };
	size_t low = 0, high = s->n_globals;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare_names(s, &key, &s->globals[mid]);

		if (order == 0)
			return true;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

/* A scope that leaves no trace in the names of what is made directly in it. */
static bool is_transparent(const struct python_source *source, enum python_kind kind)
{
	return kind == PYTHON_TYPE_PARAMETERS || kind == PYTHON_TYPE_VARIABLE ||
	       kind == PYTHON_ANNOTATIONS || (kind == PYTHON_TYPE_ALIAS && source->minor >= 14);
}

static bool can_be_global(enum python_kind kind)
{
	return kind == PYTHON_CLASS || kind == PYTHON_FUNCTION || kind == PYTHON_ASYNC_FUNCTION;
}

/* Whose names are in front of whose (compiler_set_qualname() of CPython). */
static void link_names(struct scan *s)
{
	const struct python_source *source = s->source;

	if (s->n_globals)
		qsort_r(s->globals, s->n_globals, sizeof(*s->globals), by_name, s);
	for (size_t i = 1; i < source->n; i++) {
		struct python_definition *d = &source->definitions[i];
		uint32_t outer = d->parent;

		if (is_transparent(source, source->definitions[outer].kind))
			outer = source->definitions[outer].parent;
		if (outer && !(can_be_global(d->kind) && is_global(s, outer, d)))
			d->outer = outer;
	}
}

/* ---- the passes ----------------------------------------------------------------- */

static void mark_comprehensions(struct scan *s)
{
	uint32_t open[PYTHON_MAX_LEVELS], depth = 0, brackets = 0;

	s->comprehensions = mem_calloc(s->source->len / 8 + 1, 1);
	python_lexer_init(&s->lexer, s->source->text, (uint32_t)s->source->len);
	do {
		python_lexer_next(&s->lexer, &s->token);
		if (s->token.kind == PYTHON_OPEN && depth < PYTHON_MAX_LEVELS)
			open[depth++] = brackets++;
		else if (s->token.kind == PYTHON_CLOSE && depth)
			depth--;
		else if (depth && scan_at_word(s, "for"))
			s->comprehensions[open[depth - 1] / 8] |=
				(uint8_t)(1u << open[depth - 1] % 8);
	} while (s->token.kind != PYTHON_END);
}

static void find_definitions(struct scan *s)
{
	python_lexer_init(&s->lexer, s->source->text, (uint32_t)s->source->len);
	define_module(s);
	scan_expressions_begin(s);
	scan_statements_begin(s);
	do {
		python_lexer_next(&s->lexer, &s->token);
		scan_token(s);
	} while (s->token.kind != PYTHON_END);
}

void python_scan(struct python_source *source, struct python_names *names)
{
	struct scan *s = mem_calloc(1, sizeof(*s));

	s->source = source;
	s->names = names;
	mark_comprehensions(s);
	find_definitions(s);
	link_names(s);
	source->trouble = s->lexer.trouble;
	source->trouble_line = s->lexer.trouble_line;
	free(s->comprehensions);
	free(s->globals);
	free(s);
}
