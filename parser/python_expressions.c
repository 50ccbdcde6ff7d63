#include "parser/base/memory.h"
#include "parser/python_scan_parts.h"

void scan_expressions_begin(struct scan *s)
{
	s->nest[0] = (struct nest){ .kind = NEST_STATEMENT, .definition = PYTHON_NONE };
	s->n_nest = 1;
}

static struct nest *top(struct scan *s)
{
	return &s->nest[s->n_nest - 1];
}

static struct nest *push(struct scan *s, enum nest_kind kind, enum nest_state state)
{
	struct nest *n = &s->nest[s->n_nest];

	*n = (struct nest){ .kind = kind,
			    .state = state,
			    .definition = PYTHON_NONE,
			    .inside = s->scope,
			    .outside = s->scope,
			    .bracket = kind == NEST_LAMBDA ? n[-1].bracket : s->n_nest };
	s->n_nest++;
	return n;
}

/* ---- where expressions begin ------------------------------------------------ */

uint32_t expression_line(const struct expression_start *start)
{
	return start->inner ? start->inner : start->line;
}

/* The token is part of an expression; is it the first? */
static bool note_start(struct scan *s)
{
	struct expression_start *start = &s->nest[top(s)->bracket].start;
	bool first = !start->line;

	if (first)
		start->line = s->token.line;
	start->inner = 0;
	return first;
}

/* ---- lambdas ------------------------------------------------------------- */

static void open_lambda(struct scan *s)
{
	uint32_t definition;

	if (s->n_nest >= MAX_LAMBDA_NEST) {
		python_lexer_stop(&s->lexer, "lambdas nested too deeply");
		return;
	}
	definition = scan_define(s, PYTHON_LAMBDA, s->scope);
	push(s, NEST_LAMBDA, IN_PARAMETER)->definition = definition;
}

static void close_lambda(struct scan *s)
{
	const struct nest *n = top(s);

	if (n->definition != PYTHON_NONE)
		scan_definition(s, n->definition)->end_line = s->last_line;
	s->scope = n->outside;
	s->n_nest--;
}

void scan_close_lambdas(struct scan *s)
{
	while (top(s)->kind == NEST_LAMBDA)
		close_lambda(s);
}

/* What follows is no part of a lambda's body; gives what it is part of. */
static struct nest *close_lambda_bodies(struct scan *s)
{
	while (top(s)->kind == NEST_LAMBDA && top(s)->state == IN_BODY)
		close_lambda(s);
	return top(s);
}

/* ---- comprehensions -------------------------------------------------------- */

/* In a class's annotations and type parameters comprehensions stay code of their own. */
static bool is_annotation_of_class(const struct scan *s, uint32_t scope)
{
	const struct python_definition *d = scan_definition(s, scope);

	if (d->kind < PYTHON_TYPE_PARAMETERS)
		return false;
	while (d->kind >= PYTHON_TYPE_PARAMETERS)
		d = scan_definition(s, d->parent);
	return d->kind == PYTHON_CLASS;
}

static void open_comprehension(struct scan *s)
{
	char bracket = s->source->text[s->token.at];
	enum python_kind kind = bracket == '('   ? PYTHON_GENEXPR
				: bracket == '[' ? PYTHON_LISTCOMP
						 : PYTHON_SETCOMP;
	bool has_code = kind == PYTHON_GENEXPR || s->source->minor < 12 ||
			(s->scope != PYTHON_NONE && is_annotation_of_class(s, s->scope));
	struct nest *n = push(s, NEST_COMPREHENSION, IN_ELEMENT);

	n->brace = bracket == '{';
	if (!has_code)
		return;
	n->definition = n->inside = s->scope = scan_define(s, kind, s->scope);
}

/* "for": the element ends, or a clause. */
static void comprehension_for(struct scan *s)
{
	struct nest *n;

	scan_close_lambdas(s);
	n = top(s);
	if (n->kind != NEST_COMPREHENSION)
		return;
	n->state = n->state == IN_ELEMENT ? IN_TARGET : IN_CLAUSES;
	s->scope = n->inside;
}

/* The first iterable belongs to the code around the comprehension. */
static void comprehension_in(struct scan *s)
{
	struct nest *n = top(s);

	if (n->kind != NEST_COMPREHENSION || n->state != IN_TARGET)
		return;
	n->state = IN_FIRST_ITERABLE;
	s->scope = n->outside;
}

static void comprehension_clause(struct scan *s)
{
	struct nest *n = top(s);

	if (n->kind != NEST_COMPREHENSION || n->state != IN_FIRST_ITERABLE)
		return;
	n->state = IN_CLAUSES;
	s->scope = n->inside;
}

/* ':' or "**" in the element of {... for ...} */
static void becomes_dict(struct scan *s, const struct nest *n)
{
	if (n->brace && n->state == IN_ELEMENT && n->definition != PYTHON_NONE)
		scan_definition(s, n->definition)->kind = PYTHON_DICTCOMP;
}

/* ---- type parameters --------------------------------------------------------- */

/* A bound or default follows: code of its own, named after the parameter. */
static void open_type_variable(struct scan *s, struct nest *n, enum nest_state state)
{
	struct python_definition *d;

	n->state = state;
	n->start = (struct expression_start){ 0 };
	n->definition = s->scope = scan_define(s, PYTHON_TYPE_VARIABLE, n->inside);
	if (n->definition == PYTHON_NONE)
		return;
	d = scan_definition(s, n->definition);
	d->name = n->name;
	d->name_len = n->name_len;
}

static void close_type_variable(struct scan *s, struct nest *n)
{
	n->state = IN_PARAMETER;
	s->scope = n->inside;
	if (n->definition == PYTHON_NONE)
		return;
	if (n->start.line) {
		struct python_definition *d = scan_definition(s, n->definition);

		d->first_line = d->line = expression_line(&n->start);
		d->end_line = s->last_line;
	}
	n->definition = PYTHON_NONE;
}

/* ---- names ----------------------------------------------------------------- */

/* Source: The Python Language Reference, "Keywords". */
static bool at_keyword(const struct scan *s)
{
	static const char *const words[] = {
		"False",  "None",   "True",    "and",      "as",       "assert", "async",
		"await",  "break",  "class",   "continue", "def",      "del",    "elif",
		"else",   "except", "finally", "for",      "from",     "global", "if",
		"import", "in",     "is",      "lambda",   "nonlocal", "not",    "or",
		"pass",   "raise",  "return",  "try",      "while",    "with",   "yield",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (scan_at_word(s, words[i]))
			return true;
	return false;
}

/* At a name: is it there for what it means? */
static bool is_meant(const struct scan *s)
{
	const struct nest *n = &s->nest[s->n_nest - 1];

	if (at_keyword(s))
		return false;
	if (s->scope == PYTHON_NONE || s->statement.phase == IN_IMPORT ||
	    s->statement.phase == IN_GLOBAL || s->statement.phase == IN_FUTURE)
		return false;
	return n->state != IN_PARAMETER;
}

static void add_name(struct scan *s)
{
	struct python_names *names = s->names;

	if (!names || !is_meant(s))
		return;
	if (names->n == PYTHON_MAX_NAMES) {
		names->cut = true;
		return;
	}
	names->items = mem_grow(names->items, names->n, 1, &s->cap_names, sizeof(*names->items));
	names->items[names->n++] = (struct python_name){ .definition = s->scope,
							 .at = s->token.at,
							 .len = s->token.len,
							 .line = s->token.line };
	s->after_name = true;
}

void scan_called(struct scan *s)
{
	if (s->after_name)
		s->names->items[s->names->n - 1].call = true;
}

/* What follows the name says what it is. */
static void follow_name(struct scan *s)
{
	bool argument = scan_at_operator(s, "=") && top(s)->kind == NEST_BRACKET;

	if (s->token.kind == PYTHON_OPEN && s->source->text[s->token.at] == '(')
		scan_called(s);
	else if (s->after_name && argument)
		s->names->n--;
	s->after_name = false;
}

/* ---- brackets -------------------------------------------------------------- */

static void open_bracket(struct scan *s)
{
	uint32_t bracket = s->n_brackets++;
	bool comprehension = s->comprehensions[bracket / 8] & (1u << bracket % 8);
	bool first = note_start(s);
	struct nest *n;

	if (s->n_nest == 1 && scan_statement_has_bracket(s)) {
		scan_statement_open(s, push(s, NEST_BRACKET, IN_PARAMETER));
	} else if (comprehension) {
		open_comprehension(s);
	} else {
		n = push(s, NEST_BRACKET, IN_ELEMENT);
		n->group = first && s->source->text[s->token.at] == '(';
	}
}

static void close_bracket(struct scan *s)
{
	struct nest *n;

	scan_close_lambdas(s);
	n = top(s);
	if (n->kind == NEST_STATEMENT)
		return;
	if (n->kind == NEST_TYPE_PARAMETERS)
		close_type_variable(s, n);
	else if (n->definition != PYTHON_NONE)
		scan_definition(s, n->definition)->end_line =
			s->token.len ? s->token.end_line : s->last_line;
	s->scope = n->outside;
	s->n_nest--;
	if (n->group && !n->comma)
		s->nest[top(s)->bracket].start.inner = expression_line(&n->start);
}

/* ---- separators ------------------------------------------------------------ */

static void colon(struct scan *s)
{
	struct nest *n = close_lambda_bodies(s);

	switch (n->kind) {
	case NEST_LAMBDA:
		n->state = IN_BODY;
		s->scope = n->definition;
		break;
	case NEST_PARAMETERS:
		n->state = IN_ANNOTATION;
		s->scope = scan_head_annotations(s);
		break;
	case NEST_TYPE_PARAMETERS:
		close_type_variable(s, n);
		open_type_variable(s, n, IN_ANNOTATION);
		break;
	case NEST_COMPREHENSION:
		becomes_dict(s, n);
		break;
	case NEST_STATEMENT:
		scan_statement_colon(s);
		break;
	case NEST_BRACKET:
		break;
	}
}

static void comma(struct scan *s)
{
	struct nest *n = close_lambda_bodies(s);

	if (n->kind == NEST_LAMBDA) {
		n->state = IN_PARAMETER;
		return;
	}
	n->comma = true;
	if (n->kind == NEST_PARAMETERS) {
		n->state = IN_PARAMETER;
		s->scope = n->outside;
	} else if (n->kind == NEST_TYPE_PARAMETERS) {
		close_type_variable(s, n);
	}
}

static void equals(struct scan *s)
{
	struct nest *n = close_lambda_bodies(s);

	if (n->kind == NEST_LAMBDA) {
		n->state = IN_DEFAULT;
	} else if (n->kind == NEST_PARAMETERS) {
		n->state = IN_DEFAULT;
		s->scope = n->outside;
	} else if (n->kind == NEST_TYPE_PARAMETERS) {
		close_type_variable(s, n);
		open_type_variable(s, n, IN_DEFAULT);
	} else if (n->kind == NEST_STATEMENT) {
		scan_statement_equals(s);
	}
}

/* ---- all tokens ------------------------------------------------------------ */

static void name(struct scan *s)
{
	struct nest *n = top(s);

	note_start(s);
	add_name(s);
	if (scan_at_word(s, "lambda")) {
		open_lambda(s);
	} else if (scan_at_word(s, "yield")) {
		if (s->scope != PYTHON_NONE)
			scan_definition(s, s->scope)->generator = true;
	} else if (scan_at_word(s, "for")) {
		comprehension_for(s);
	} else if (scan_at_word(s, "async")) {
		scan_close_lambdas(s);
		comprehension_clause(s);
	} else if (scan_at_word(s, "if")) {
		comprehension_clause(s);
	} else if (scan_at_word(s, "in")) {
		comprehension_in(s);
	} else if (scan_at_word(s, "as") || scan_at_word(s, "from")) {
		close_lambda_bodies(s);
	} else if (n->kind == NEST_TYPE_PARAMETERS && n->state == IN_PARAMETER) {
		n->name = s->token.at;
		n->name_len = s->token.len;
	}
}

static void operator(struct scan *s)
{
	if (scan_at_operator(s, ":")) {
		colon(s);
	} else if (scan_at_operator(s, ",")) {
		comma(s);
	} else if (scan_at_operator(s, "=")) {
		equals(s);
	} else if (scan_at_operator(s, "->") && top(s)->kind == NEST_STATEMENT) {
		scan_statement_arrow(s);
	} else {
		if (note_start(s) && scan_at_operator(s, "**") &&
		    top(s)->kind == NEST_COMPREHENSION)
			becomes_dict(s, top(s));
	}
}

void scan_expression(struct scan *s)
{
	follow_name(s);
	switch (s->token.kind) {
	case PYTHON_NAME:
		name(s);
		break;
	case PYTHON_OPERATOR:
		operator(s);
		break;
	case PYTHON_OPEN:
		open_bracket(s);
		break;
	case PYTHON_CLOSE:
		close_bracket(s);
		break;
	default:
		note_start(s);
		break;
	}
}
