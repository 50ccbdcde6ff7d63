/*
 * parser/python_lexer.h - Python source as tokens: 3.8 to 3.15, f-strings and t-strings included.
 *
 * For those who look for structure: comments, blank lines and the literal text of f-strings give no token,
 * keywords are names, and the text of a string is not decoded.  Source: The Python Language Reference,
 * "Lexical analysis"; PEP 701 (f-strings), PEP 750 (t-strings).
 *
 * It never fails.  What is no Python is stepped over; the first such place is kept in `trouble`.  The
 * stream is whole for any bytes: every OPEN has its CLOSE, every INDENT its DEDENT, and a NEWLINE
 * ends each logical line.  A bracket that is never closed ends before the next line that begins
 * with "def" or "class", which no bracket can hold.  Each byte is looked at a bounded number of times.
 */
#ifndef PERFOLIO_PARSER_PYTHON_LEXER_H
#define PERFOLIO_PARSER_PYTHON_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum python_token_kind {
	PYTHON_END, /* and so for ever */
	PYTHON_NEWLINE,
	PYTHON_INDENT,
	PYTHON_DEDENT,
	PYTHON_NAME, /* keywords too */
	PYTHON_NUMBER,
	PYTHON_STRING, /* a whole one; of an f-string: its beginning with the first quote, and the last quote */
	PYTHON_OPEN,  /* ( [ {, and the { of a replacement field */
	PYTHON_CLOSE, /* what ends it; without text where the bracket was not closed */
	PYTHON_OPERATOR,
};

struct python_token {
	enum python_token_kind kind;
	uint32_t at, len;        /* bytes of the source */
	uint32_t line, end_line; /* of its first and last byte, from 1 */
	uint32_t column;         /* bytes before it on its line */
};

/* The bounds of CPython's tokenizer, whose brackets and strings count apart (MAXLEVEL, MAXFSTRINGLEVEL, MAXINDENT). */
enum { PYTHON_MAX_LEVELS = 200 + 150, PYTHON_MAX_INDENTS = 100 };

/* What the lexer is inside of. */
struct python_level {
	enum python_level_kind {
		LEVEL_BRACKET,
		LEVEL_STRING, /* the literal text of an f-string */
		LEVEL_FIELD,  /* {...} in it */
		LEVEL_FORMAT, /* behind the ':' of a field: literal text again */
	} kind;
	char quote; /* of the innermost f-string, with its kind; 0: outside of one */
	bool triple, raw;
};

struct python_lexer {
	const char *text; /* borrowed */
	uint32_t len, pos;
	uint32_t line, line_start; /* number and first byte of the line that `pos` is on */
	struct python_level levels[PYTHON_MAX_LEVELS];
	uint32_t n_levels, n_open; /* n_open of them are OPEN */
	uint32_t indents[PYTHON_MAX_INDENTS];
	uint32_t n_indents;
	uint32_t due_closes, due_dedents; /* tokens to be given before what comes */
	bool due_newline, due_indent;
	bool at_line_start;  /* of a logical line: its indentation counts */
	bool in_line;        /* the logical line has a token */
	const char *trouble; /* the first thing that is no Python; NULL: none */
	uint32_t trouble_line;
};

/* `len` bytes, fewer than 4 GiB. */
void python_lexer_init(struct python_lexer *l, const char *text, uint32_t len);

void python_lexer_next(struct python_lexer *l, struct python_token *out);

/* Leave out the rest of the source; `what` is the trouble. */
void python_lexer_stop(struct python_lexer *l, const char *what);

/* Does the physical line end here, but for blanks and a comment? */
bool python_lexer_ends_line(const struct python_lexer *l);

#endif
