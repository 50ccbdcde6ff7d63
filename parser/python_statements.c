#include "parser/python_scan_parts.h"

#include <string.h>

#include "parser/base/memory.h"

enum { MINOR_ANNOTATE = 14 }; /* annotations are functions from this version on (PEP 649) */

/* ---- bodies and blocks -------------------------------------------------------- */

static struct body *body(struct scan *s)
{
	return &s->bodies[s->n_bodies - 1];
}

/* Statements are in a body again, not in one of its parts. */
static void reset_scope(struct scan *s)
{
	s->scope = body(s)->definition;
}

static void push_body(struct scan *s, const struct body *b)
{
	if (s->n_bodies == MAX_BODIES) {
		python_lexer_stop(&s->lexer, "definitions nested too deeply");
		return;
	}
	s->bodies[s->n_bodies++] = *b;
	s->line_bodies++;
	reset_scope(s);
}

static void end_definition(struct scan *s, uint32_t definition)
{
	if (definition != PYTHON_NONE)
		scan_definition(s, definition)->end_line = s->last_line;
}

static void end_bodies(struct scan *s, uint32_t n)
{
	for (; n && s->n_bodies > 1; n--) {
		const struct body *b = body(s);

		end_definition(s, b->definition);
		end_definition(s, b->annotations);
		end_definition(s, b->type_parameters);
		end_definition(s, b->head_annotations);
		s->n_bodies--;
	}
	reset_scope(s);
}

/* The bodies that began on this line and have no block. */
static void end_line_bodies(struct scan *s)
{
	end_bodies(s, s->line_bodies);
	s->line_bodies = 0;
}

static void begin_block(struct scan *s)
{
	s->blocks[s->n_blocks++] =
		(struct block){ .bodies = s->line_bodies, .match = s->match_header };
	s->line_bodies = 0;
	s->expects_block = s->match_header = false;
}

/* The block that the line before asked for does not come. */
static void forget_block(struct scan *s)
{
	if (s->expects_block)
		end_line_bodies(s);
	s->expects_block = s->match_header = false;
}

static void end_block(struct scan *s)
{
	forget_block(s);
	if (s->n_blocks)
		end_bodies(s, s->blocks[--s->n_blocks].bodies);
}

/* ---- heads of definitions ------------------------------------------------------ */

/* What belongs to a definition's name and to where its statement begins. */
static uint32_t define_head(struct scan *s, enum python_kind kind, uint32_t parent)
{
	const struct statement *st = &s->statement;
	uint32_t definition = scan_define(s, kind, parent);
	struct python_definition *d;

	if (definition == PYTHON_NONE)
		return definition;
	d = scan_definition(s, definition);
	d->name = st->name;
	d->name_len = st->name_len;
	d->line = d->first_line = st->line;
	d->column = st->column;
	if (s->decorator_line && kind != PYTHON_ANNOTATIONS)
		d->first_line = s->decorator_line;
	return definition;
}

/* The scope around the definition: its type parameters, or the body that it stands in. */
static uint32_t head_scope(struct scan *s)
{
	const struct statement *st = &s->statement;

	return st->type_parameters != PYTHON_NONE ? st->type_parameters : body(s)->definition;
}

static void define(struct scan *s)
{
	struct statement *st = &s->statement;

	if (st->definition == PYTHON_NONE)
		st->definition = define_head(s, st->kind, head_scope(s));
}

uint32_t scan_head_annotations(struct scan *s)
{
	struct statement *st = &s->statement;

	if (s->source->minor < MINOR_ANNOTATE)
		return s->future_annotations ? PYTHON_NONE : head_scope(s);
	if (st->annotations == PYTHON_NONE)
		st->annotations = define_head(s, PYTHON_ANNOTATIONS, head_scope(s));
	return s->future_annotations ? PYTHON_NONE : st->annotations;
}

bool scan_statement_has_bracket(const struct scan *s)
{
	const struct statement *st = &s->statement;
	bool square = s->source->text[s->token.at] == '[';

	if (st->definition != PYTHON_NONE || (square && st->type_parameters != PYTHON_NONE))
		return false;
	return (st->phase == IN_HEAD && !st->parenthesis) || (st->phase == IN_TYPE && square);
}

void scan_statement_open(struct scan *s, struct nest *n)
{
	struct statement *st = &s->statement;

	if (s->source->text[s->token.at] == '[') {
		st->type_parameters = define_head(s, PYTHON_TYPE_PARAMETERS, body(s)->definition);
		n->kind = NEST_TYPE_PARAMETERS;
		n->inside = s->scope = st->type_parameters;
		return;
	}
	st->parenthesis = true;
	define(s);
	if (st->kind == PYTHON_CLASS) {
		n->state = IN_ELEMENT;
		s->scope = head_scope(s);
	} else {
		n->kind = NEST_PARAMETERS;
	}
}

void scan_statement_arrow(struct scan *s)
{
	if (s->statement.phase == IN_HEAD)
		s->scope = scan_head_annotations(s);
}

/* ---- statements -------------------------------------------------------------- */

static void next_statement(struct scan *s)
{
	s->statement = (struct statement){ .definition = PYTHON_NONE,
					   .type_parameters = PYTHON_NONE,
					   .annotations = PYTHON_NONE };
	s->nest[0].start = (struct expression_start){ 0 };
	s->after_name = false;
	reset_scope(s);
}

void scan_statements_begin(struct scan *s)
{
	s->bodies[0] = (struct body){ .annotations = PYTHON_NONE };
	s->n_bodies = 1;
	next_statement(s);
}

static void end_statement(struct scan *s)
{
	const struct statement *st = &s->statement;

	scan_close_lambdas(s);
	if (st->phase == IN_DECORATOR)
		scan_called(s);
	if (st->phase == IN_DECORATOR && !s->decorator_line)
		s->decorator_line = expression_line(&s->nest[0].start);
	end_definition(s, st->type_parameters);
	end_definition(s, st->definition);
	next_statement(s);
}

/* The head of a compound statement ends; a simple statement or a block follows. */
static void end_header(struct scan *s)
{
	s->after_header = true;
	next_statement(s);
}

static void enter_body(struct scan *s)
{
	const struct statement *st = &s->statement;

	define(s);
	push_body(s, &(struct body){ .definition = st->definition,
				     .annotations = PYTHON_NONE,
				     .type_parameters = st->type_parameters,
				     .head_annotations = st->annotations });
	s->decorator_line = 0;
	end_header(s);
}

/* The scope of what annotates a variable; only classes and modules evaluate it. */
static uint32_t variable_annotations(struct scan *s)
{
	struct body *b = body(s);
	const struct python_definition *d;

	if (b->definition == PYTHON_NONE || s->future_annotations)
		return PYTHON_NONE;
	d = scan_definition(s, b->definition);
	if (d->kind != PYTHON_MODULE && d->kind != PYTHON_CLASS)
		return PYTHON_NONE;
	if (s->source->minor < MINOR_ANNOTATE)
		return b->definition;
	if (!s->statement.simple)
		return PYTHON_NONE;
	if (b->annotations == PYTHON_NONE) {
		uint32_t line = d->kind == PYTHON_MODULE ? s->first_statement : d->first_line;

		b->annotations = scan_define(s, PYTHON_ANNOTATIONS, b->definition);
		if (b->annotations != PYTHON_NONE)
			scan_definition(s, b->annotations)->first_line = line;
	}
	return b->annotations;
}

void scan_statement_colon(struct scan *s)
{
	struct statement *st = &s->statement;

	if (st->phase == IN_HEADER) {
		end_header(s);
	} else if (st->phase == IN_HEAD) {
		enter_body(s);
	} else if (st->phase == IN_EXPRESSION && st->maybe_match && !st->annotated &&
		   python_lexer_ends_line(&s->lexer)) {
		s->match_header = true;
		end_header(s);
	} else if (st->phase == IN_EXPRESSION && !st->annotated) {
		st->annotated = true;
		s->scope = variable_annotations(s);
	}
}

void scan_statement_equals(struct scan *s)
{
	struct statement *st = &s->statement;

	if (st->phase == IN_EXPRESSION && st->annotated) {
		reset_scope(s);
	} else if (st->phase == IN_TYPE && st->definition == PYTHON_NONE) {
		st->kind = PYTHON_TYPE_ALIAS;
		define(s);
		s->scope = st->definition;
	}
}

/* ---- how statements begin -------------------------------------------------------- */

static const struct keyword {
	const char *word;
	enum statement_phase phase;
} keywords[] = {
	{ "async", AFTER_ASYNC }, { "class", AT_NAME },    { "def", AT_NAME },
	{ "elif", IN_HEADER },    { "else", IN_HEADER },   { "except", IN_HEADER },
	{ "finally", IN_HEADER }, { "for", IN_HEADER },    { "from", AFTER_FROM },
	{ "import", IN_IMPORT },  { "global", IN_GLOBAL }, { "if", IN_HEADER },
	{ "try", IN_HEADER },     { "type", AFTER_TYPE },  { "while", IN_HEADER },
	{ "with", IN_HEADER },
};

static enum statement_phase phase_of_word(const struct scan *s)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (scan_at_word(s, keywords[i].word))
			return keywords[i].phase;
	}
	if (s->n_blocks && s->blocks[s->n_blocks - 1].match && scan_at_word(s, "case"))
		return IN_HEADER;
	return IN_EXPRESSION;
}

/* The first token of a statement; true: that was all about it. */
static bool begin_statement(struct scan *s)
{
	struct statement *st = &s->statement;
	bool name = s->token.kind == PYTHON_NAME;

	st->line = s->token.line;
	st->column = s->token.column;
	st->phase = IN_EXPRESSION;
	if (scan_at_operator(s, "@")) {
		st->phase = IN_DECORATOR;
		return true;
	}
	if (name)
		st->phase = phase_of_word(s);
	if (!s->first_statement)
		s->first_statement = st->line;
	st->kind = scan_at_word(s, "class") ? PYTHON_CLASS : PYTHON_FUNCTION;
	if (st->phase != AT_NAME && st->phase != AFTER_ASYNC)
		s->decorator_line = 0;
	st->simple = name;
	st->maybe_match = scan_at_word(s, "match");
	return st->phase != IN_EXPRESSION;
}

/* Can this follow the name "type" where that is no keyword? */
static bool at_infix_word(const struct scan *s)
{
	static const char *const words[] = { "and", "as", "else", "for", "from",
					     "if",  "in", "is",   "not", "or" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (scan_at_word(s, words[i]))
			return true;
	}
	return false;
}

/* A token behind "async", "def", "class", "from", "type"; false: it is to be looked at once more. */
static bool second_token(struct scan *s)
{
	struct statement *st = &s->statement;
	bool name = s->token.kind == PYTHON_NAME;

	switch (st->phase) {
	case AFTER_ASYNC:
		st->phase = scan_at_word(s, "def") ? AT_NAME : IN_HEADER;
		st->kind = PYTHON_ASYNC_FUNCTION;
		return true;
	case AFTER_FROM:
		st->phase = scan_at_word(s, "__future__") ? IN_FUTURE : IN_IMPORT;
		return true;
	case AFTER_TYPE:
		if (!name || at_infix_word(s)) {
			st->phase = IN_EXPRESSION;
			return false;
		}
		st->phase = IN_TYPE;
		break;
	default:
		st->phase = name ? IN_HEAD : IN_EXPRESSION;
		break;
	}
	st->name = s->token.at;
	st->name_len = s->token.len;
	return true;
}

static void add_global(struct scan *s)
{
	if (s->token.kind != PYTHON_NAME || s->scope == PYTHON_NONE)
		return;
	s->globals = mem_grow(s->globals, s->n_globals, 1, &s->cap_globals, sizeof(*s->globals));
	s->globals[s->n_globals++] = (struct global_name){ .scope = s->scope,
							   .name = s->token.at,
							   .name_len = s->token.len };
}

/* A token with text, or a bracket that was never closed. */
static void statement_token(struct scan *s)
{
	struct statement *st = &s->statement;

	forget_block(s);
	s->after_header = false;
	if (scan_at_operator(s, ";") && s->nest[s->n_nest - 1].bracket == 0) {
		end_statement(s);
		return;
	}
	switch (st->phase) {
	case AT_BEGIN:
		if (begin_statement(s))
			return;
		break;
	case AFTER_ASYNC:
	case AFTER_FROM:
	case AFTER_TYPE:
	case AT_NAME:
		if (second_token(s))
			return;
		break;
	case IN_GLOBAL:
		add_global(s);
		break;
	case IN_FUTURE:
		s->future_annotations = s->future_annotations || scan_at_word(s, "annotations");
		break;
	default:
		break;
	}
	scan_expression(s);
	st->simple = st->simple && st->phase == IN_EXPRESSION && s->token.kind == PYTHON_NAME;
}

static void end_line(struct scan *s)
{
	end_statement(s);
	if (!s->after_header)
		end_line_bodies(s);
	s->expects_block = s->after_header;
	s->after_header = false;
}

void scan_token(struct scan *s)
{
	switch (s->token.kind) {
	case PYTHON_NEWLINE:
		end_line(s);
		break;
	case PYTHON_INDENT:
		begin_block(s);
		break;
	case PYTHON_DEDENT:
		end_block(s);
		break;
	case PYTHON_END:
		forget_block(s);
		end_bodies(s, s->n_bodies);
		end_definition(s, body(s)->annotations);
		break;
	default:
		statement_token(s);
		if (s->token.len)
			s->last_line = s->token.end_line;
		break;
	}
}
