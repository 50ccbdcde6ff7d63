#include "parser/python_lexer.h"

#include <string.h>

enum { TAB_COLUMNS = 8 };

void python_lexer_init(struct python_lexer *l, const char *text, uint32_t len)
{
	*l = (struct python_lexer){ .text = text, .len = len, .line = 1, .at_line_start = true };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		l->pos = l->line_start = 3; /* a byte order mark is no part of the first line */
}

/* ---- bytes --------------------------------------------------------------- */

/* The byte `ahead` of here; behind the end 0, which is no part of Python anyway. */
static char peek(const struct python_lexer *l, uint32_t ahead)
{
	return ahead < l->len - l->pos ? l->text[l->pos + ahead] : '\0';
}

static bool at_end(const struct python_lexer *l)
{
	return l->pos == l->len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static bool is_newline(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Which characters beyond ASCII a name may have is not asked: nothing else can hold them. */
static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
	       (unsigned char)c >= 0x80;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* Step over LF, CRLF or CR. */
static void take_newline(struct python_lexer *l)
{
	l->pos += peek(l, 0) == '\r' && peek(l, 1) == '\n' ? 2 : 1;
	l->line++;
	l->line_start = l->pos;
}

/* Step over one byte or one end of line. */
static void take(struct python_lexer *l)
{
	if (is_newline(peek(l, 0)))
		take_newline(l);
	else
		l->pos++;
}

static void complain(struct python_lexer *l, const char *what, uint32_t line)
{
	if (l->trouble)
		return;
	l->trouble = what;
	l->trouble_line = line;
}

void python_lexer_stop(struct python_lexer *l, const char *what)
{
	complain(l, what, l->line);
	l->pos = l->len;
}

/* ---- tokens -------------------------------------------------------------- */

static void begin(const struct python_lexer *l, struct python_token *t, enum python_token_kind kind)
{
	*t = (struct python_token){
		.kind = kind, .at = l->pos, .line = l->line, .column = l->pos - l->line_start
	};
}

static void end(struct python_lexer *l, struct python_token *t)
{
	t->len = l->pos - t->at;
	t->end_line = l->line - (l->pos == l->line_start && t->len);
	l->in_line = true;
}

/* A token without text. */
static void empty(const struct python_lexer *l, struct python_token *t, enum python_token_kind kind)
{
	begin(l, t, kind);
	t->end_line = l->line;
}

/* ---- levels -------------------------------------------------------------- */

static const struct python_level *top(const struct python_lexer *l)
{
	static const struct python_level outside = { .kind = LEVEL_BRACKET };

	return l->n_levels ? &l->levels[l->n_levels - 1] : &outside;
}

/* false: there are too many; the rest of the source is left out. */
static bool push(struct python_lexer *l, struct python_level level)
{
	if (l->n_levels == PYTHON_MAX_LEVELS) {
		python_lexer_stop(l, "brackets nested too deeply");
		return false;
	}
	l->levels[l->n_levels++] = level;
	l->n_open += level.kind == LEVEL_BRACKET || level.kind == LEVEL_FIELD;
	return true;
}

static void pop(struct python_lexer *l)
{
	const struct python_level *level = &l->levels[--l->n_levels];

	l->n_open -= level->kind == LEVEL_BRACKET || level->kind == LEVEL_FIELD;
}

/* Leave levels until `keep` are left; what was open in them is closed. */
static void abandon(struct python_lexer *l, uint32_t keep)
{
	uint32_t open = l->n_open;

	while (l->n_levels > keep)
		pop(l);
	l->due_closes += open - l->n_open;
}

/* A bracket or a field opens here; one byte. */
static bool open_level(struct python_lexer *l, struct python_token *t, enum python_level_kind kind)
{
	struct python_level level = *top(l);

	begin(l, t, PYTHON_OPEN);
	level.kind = kind;
	if (!push(l, level))
		return false;
	l->pos++;
	end(l, t);
	return true;
}

/* A closing bracket; one byte.  Which one is not compared: only broken source has another. */
static bool close_level(struct python_lexer *l, struct python_token *t)
{
	bool closes = l->n_open && (top(l)->kind == LEVEL_BRACKET || peek(l, 0) == '}');

	if (!closes)
		complain(l, "bracket that closes nothing", l->line);
	begin(l, t, PYTHON_CLOSE);
	l->pos++;
	if (!closes)
		return false;
	pop(l);
	end(l, t);
	return true;
}

/* ---- strings ------------------------------------------------------------- */

/* Does the string that `level` is of end here? */
static bool at_quote(const struct python_lexer *l, const struct python_level *level)
{
	return peek(l, 0) == level->quote &&
	       (!level->triple || (peek(l, 1) == level->quote && peek(l, 2) == level->quote));
}

/* The quote that begins a string, or three of them; false: it was the empty string. */
static bool take_quote(struct python_lexer *l, struct python_level *level)
{
	level->quote = peek(l, 0);
	level->triple = peek(l, 1) == level->quote && peek(l, 2) == level->quote;
	if (!level->triple && peek(l, 1) == level->quote) {
		l->pos += 2;
		return false;
	}
	l->pos += level->triple ? 3 : 1;
	return true;
}

static void take_escape(struct python_lexer *l)
{
	l->pos++;
	if (!at_end(l))
		take(l);
}

/* A string without replacement fields, from its quote on. */
static void take_string(struct python_lexer *l)
{
	struct python_level level = { .kind = LEVEL_STRING };
	uint32_t line = l->line;

	if (!take_quote(l, &level))
		return;
	while (!at_end(l)) {
		char c = peek(l, 0);

		if (at_quote(l, &level)) {
			l->pos += level.triple ? 3 : 1;
			return;
		}
		if (is_newline(c) && !level.triple)
			break;
		if (c == '\\')
			take_escape(l);
		else
			take(l);
	}
	complain(l, "string without an end", line);
}

/* A literal that begins with the prefix at `t`; `pos` is on its quote. */
static bool string_token(struct python_lexer *l, struct python_token *t)
{
	struct python_level level = { .kind = LEVEL_STRING };
	bool fields = false;

	t->kind = PYTHON_STRING;
	for (uint32_t i = t->at; i < l->pos; i++) {
		char c = (char)(l->text[i] | 0x20);

		fields = fields || c == 'f' || c == 't';
		level.raw = level.raw || c == 'r';
	}
	if (!fields)
		take_string(l);
	else if (take_quote(l, &level) && !push(l, level))
		return false;
	end(l, t);
	return true;
}

/* Literal text of an f-string has a backslash here. */
static void literal_escape(struct python_lexer *l, const struct python_level *level)
{
	char next = peek(l, 1);

	if (next == '{' || next == '}') { /* a field all the same */
		l->pos++;
		return;
	}
	if (!level->raw && next == 'N' && peek(l, 2) == '{') { /* \N{NAME} */
		l->pos += 3;
		while (!at_end(l) && peek(l, 0) != '}' && peek(l, 0) != level->quote &&
		       !is_newline(peek(l, 0)))
			l->pos++;
		l->pos += peek(l, 0) == '}';
		return;
	}
	take_escape(l);
}

/* The line ends inside of an f-string with single quotes. */
static void literal_newline(struct python_lexer *l)
{
	if (top(l)->kind == LEVEL_STRING)
		complain(l, "string without an end", l->line);
	pop(l); /* a format ends at a line's end, its field does not */
}

/* The f-string's quote: its end, or that of a field that was not closed. */
static bool literal_quote(struct python_lexer *l, struct python_token *t)
{
	uint32_t length = top(l)->triple ? 3 : 1, keep = l->n_levels;

	while (l->levels[keep - 1].kind != LEVEL_STRING)
		keep--;
	if (keep < l->n_levels)
		complain(l, "replacement field without an end", l->line);
	abandon(l, keep - 1);
	if (l->due_closes) {
		l->pos += length;
		return false;
	}
	begin(l, t, PYTHON_STRING);
	l->pos += length;
	end(l, t);
	return true;
}

/* Literal text of an f-string up to what ends it; false: that gives no token. */
static bool literal_token(struct python_lexer *l, struct python_token *t)
{
	struct python_level level = *top(l);
	bool format = level.kind == LEVEL_FORMAT;

	while (!at_end(l)) {
		char c = peek(l, 0);

		if (at_quote(l, &level))
			return literal_quote(l, t);
		if (c == '{' && (format || peek(l, 1) != '{'))
			return open_level(l, t, LEVEL_FIELD);
		if (c == '}' && format) {
			pop(l);
			return close_level(l, t);
		}
		if (is_newline(c) && !level.triple) {
			literal_newline(l);
			return false;
		}
		if (c == '{') /* two of them */
			l->pos += 2;
		else if (c == '\\')
			literal_escape(l, &level);
		else
			take(l);
	}
	complain(l, "string without an end", l->line);
	return false;
}

/* ---- lines --------------------------------------------------------------- */

static void skip_comment(struct python_lexer *l)
{
	while (!at_end(l) && !is_newline(peek(l, 0)))
		l->pos++;
}

bool python_lexer_ends_line(const struct python_lexer *l)
{
	uint32_t at = l->pos;

	while (at < l->len && is_blank(l->text[at]))
		at++;
	return at == l->len || is_newline(l->text[at]) || l->text[at] == '#';
}

/* A backslash before an end of line joins two lines. */
static bool take_joint(struct python_lexer *l)
{
	if (peek(l, 0) != '\\' || !is_newline(peek(l, 1)))
		return false;
	l->pos++;
	take_newline(l);
	return true;
}

/* The columns before what the line has; where a backslash joins lines the first one counts. */
static uint32_t take_indentation(struct python_lexer *l)
{
	uint32_t column = 0, joined = 0;

	for (;;) {
		char c = peek(l, 0);

		if (c == ' ')
			column++;
		else if (c == '\t')
			column = (column / TAB_COLUMNS + 1) * TAB_COLUMNS;
		else if (c == '\f')
			column = 0;
		else if (!take_joint(l))
			break;
		else {
			joined = joined ? joined : column;
			continue;
		}
		l->pos++;
	}
	return joined ? joined : column;
}

/* A logical line begins: what its indentation says.  Blank lines say nothing. */
static void begin_line(struct python_lexer *l)
{
	uint32_t column = take_indentation(l);
	char c = peek(l, 0);

	l->at_line_start = false;
	l->in_line = false;
	if (at_end(l) || is_newline(c) || c == '#')
		return;
	while (l->n_indents && column < l->indents[l->n_indents - 1]) {
		l->n_indents--;
		l->due_dedents++;
	}
	if (column <= (l->n_indents ? l->indents[l->n_indents - 1] : 0))
		return;
	if (l->n_indents == PYTHON_MAX_INDENTS) {
		python_lexer_stop(l, "blocks nested too deeply");
		return;
	}
	if (l->due_dedents) /* between two levels, which is an error of Python's */
		complain(l, "indentation that fits no outer block", l->line);
	l->indents[l->n_indents++] = column;
	l->due_indent = true;
}

/* Is the word at text[at]? */
static bool has_word(const struct python_lexer *l, uint32_t at, const char *word)
{
	size_t n = strlen(word);

	return n <= l->len - at && memcmp(l->text + at, word, n) == 0 &&
	       (n == l->len - at || !is_name(l->text[at + n]));
}

/* Does a line begin here that cannot stand in a bracket? */
static bool begins_definition(const struct python_lexer *l)
{
	uint32_t at = l->pos;

	while (at < l->len && is_blank(l->text[at]))
		at++;
	if (has_word(l, at, "async")) {
		at += (uint32_t)strlen("async");
		while (at < l->len && is_blank(l->text[at]))
			at++;
		return has_word(l, at, "def");
	}
	return has_word(l, at, "def") || has_word(l, at, "class");
}

/* An end of line in code; false: it gives no token. */
static bool newline_token(struct python_lexer *l, struct python_token *t)
{
	bool in_line = l->in_line;

	empty(l, t, PYTHON_NEWLINE);
	take_newline(l);
	if (l->n_levels && !begins_definition(l))
		return false;
	l->at_line_start = true;
	l->in_line = false;
	if (!l->n_levels)
		return in_line;
	complain(l, "bracket without an end", t->line);
	abandon(l, 0);
	l->due_newline = true;
	return false;
}

/* ---- the rest of the tokens ------------------------------------------------ */

static void take_digits(struct python_lexer *l)
{
	while (is_digit(peek(l, 0)) || peek(l, 0) == '_')
		l->pos++;
}

static void take_exponent(struct python_lexer *l)
{
	uint32_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';

	if ((peek(l, 0) | 0x20) != 'e' || !is_digit(peek(l, 1 + sign)))
		return;
	l->pos += 1 + sign;
	take_digits(l);
}

/* Exact, since a keyword may follow at once: 1if x else 0xfor y */
static void take_number(struct python_lexer *l)
{
	char radix = (char)(peek(l, 1) | 0x20);

	if (peek(l, 0) == '0' && radix == 'x') {
		l->pos += 2;
		while (is_digit(peek(l, 0)) || peek(l, 0) == '_' ||
		       ((peek(l, 0) | 0x20) >= 'a' && (peek(l, 0) | 0x20) <= 'f'))
			l->pos++;
		return;
	}
	if (peek(l, 0) == '0' && (radix == 'o' || radix == 'b'))
		l->pos += 2;
	take_digits(l);
	if (peek(l, 0) == '.') {
		l->pos++;
		if (is_digit(peek(l, 0)))
			take_digits(l);
	}
	take_exponent(l);
	l->pos += (peek(l, 0) | 0x20) == 'j';
}

static bool name_token(struct python_lexer *l, struct python_token *t)
{
	static const char prefix[] = "bBfFrRtTuU";
	bool maybe = true;

	begin(l, t, PYTHON_NAME);
	while (!at_end(l) && is_name(peek(l, 0))) {
		maybe = maybe && l->pos - t->at < 2 && strchr(prefix, peek(l, 0));
		l->pos++;
	}
	if (maybe && is_quote(peek(l, 0)))
		return string_token(l, t);
	end(l, t);
	return true;
}

static void take_operator(struct python_lexer *l)
{
	char c = peek(l, 0), next = peek(l, 1);

	l->pos++;
	if (c == '-' && next == '>') {
		l->pos++;
		return;
	}
	if (c == next && c && strchr("*/<>", c))
		l->pos++;
	if (peek(l, 0) == '=' && c && strchr("+-*/%&|^@<>=!:", c))
		l->pos++;
}

static bool operator_token(struct python_lexer *l, struct python_token *t)
{
	begin(l, t, PYTHON_OPERATOR);
	if (peek(l, 0) == ':' && top(l)->kind == LEVEL_FIELD) {
		struct python_level level = *top(l);

		level.kind = LEVEL_FORMAT;
		l->pos++;
		push(l, level);
		return false;
	}
	take_operator(l);
	end(l, t);
	return true;
}

/* What begins with this character of code; false: it gives no token. */
static bool code_token(struct python_lexer *l, struct python_token *t)
{
	char c = peek(l, 0);

	if (c == '#') {
		skip_comment(l);
		return false;
	}
	if (is_newline(c))
		return newline_token(l, t);
	if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
		begin(l, t, PYTHON_NUMBER);
		take_number(l);
		end(l, t);
		return true;
	}
	if (is_name(c))
		return name_token(l, t);
	if (is_quote(c)) {
		begin(l, t, PYTHON_STRING);
		return string_token(l, t);
	}
	if (c == '(' || c == '[' || c == '{')
		return open_level(l, t, LEVEL_BRACKET);
	if (c == ')' || c == ']' || c == '}')
		return close_level(l, t);
	return operator_token(l, t);
}

/* What is owed before the next bytes are looked at. */
static bool due_token(struct python_lexer *l, struct python_token *t)
{
	if (l->due_closes) {
		l->due_closes--;
		empty(l, t, PYTHON_CLOSE);
	} else if (l->due_newline) {
		l->due_newline = false;
		empty(l, t, PYTHON_NEWLINE);
	} else if (l->due_dedents) {
		l->due_dedents--;
		empty(l, t, PYTHON_DEDENT);
	} else if (l->due_indent) {
		l->due_indent = false;
		empty(l, t, PYTHON_INDENT);
	} else {
		return false;
	}
	return true;
}

/* Everything is closed at the end of the source; false: all of it was. */
static bool close_all(struct python_lexer *l)
{
	if (l->n_open)
		complain(l, "bracket without an end", l->line);
	abandon(l, 0);
	l->due_newline = l->in_line;
	l->in_line = false;
	l->due_dedents = l->n_indents;
	l->n_indents = 0;
	return l->due_closes || l->due_newline || l->due_dedents;
}

static bool is_literal(const struct python_level *level)
{
	return level->kind == LEVEL_STRING || level->kind == LEVEL_FORMAT;
}

void python_lexer_next(struct python_lexer *l, struct python_token *out)
{
	for (;;) {
		if (due_token(l, out))
			return;
		if (at_end(l)) {
			if (close_all(l))
				continue;
			empty(l, out, PYTHON_END);
			return;
		}
		if (l->at_line_start) {
			begin_line(l);
		} else if (is_literal(top(l))) {
			if (literal_token(l, out))
				return;
		} else if (is_blank(peek(l, 0))) {
			l->pos++;
		} else if (!take_joint(l) && code_token(l, out)) {
			return;
		}
	}
}
