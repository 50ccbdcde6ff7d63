/*
 * parser/python_scan_parts.h - what the files of the scan share (python_scan.h); not for others.
 *
 *	python_scan.c         definitions, the two passes, qualified names
 *	python_statements.c   statements, blocks and bodies
 *	python_expressions.c  brackets, lambdas and comprehensions
 */
#ifndef PERFOLIO_PARSER_PYTHON_SCAN_PARTS_H
#define PERFOLIO_PARSER_PYTHON_SCAN_PARTS_H

#include "parser/python_lexer.h"
#include "parser/python_source.h"

/* Where an expression begins, as ast says it: the parentheses around a whole expression are no part of it. */
struct expression_start {
	uint32_t line;  /* of its first token; 0: there was none */
	uint32_t inner; /* that of what is in the parentheses, if these were all so far; else 0 */
};

struct nest {
	enum nest_kind {
		NEST_STATEMENT, /* at the bottom: outside of any */
		NEST_BRACKET,
		NEST_COMPREHENSION,
		NEST_PARAMETERS,      /* the () of a def */
		NEST_TYPE_PARAMETERS, /* the [] of a def, class or type statement */
		NEST_LAMBDA,
	} kind;
	enum nest_state {
		IN_ELEMENT, /* of a comprehension: before the first "for" */
		IN_TARGET,  /* between the first "for" and "in" */
		IN_FIRST_ITERABLE,
		IN_CLAUSES,    /* all that follows */
		IN_PARAMETER,  /* at its name */
		IN_ANNOTATION, /* or in the bound of a type parameter */
		IN_DEFAULT,
		IN_BODY, /* of a lambda */
	} state;
	uint32_t
		definition; /* of the comprehension, lambda or type variable; PYTHON_NONE: it has no code */
	uint32_t inside, outside; /* scopes: of what is within, where it says so; to go back to */
	uint32_t bracket;         /* the innermost level that is no lambda: this one or one below */
	uint32_t name, name_len;  /* of the type parameter at hand */
	bool brace, group;        /* { of a display; ( at the beginning of an expression */
	bool comma;               /* it has one: a tuple, not a group */
	struct expression_start start; /* of the expression within, if it is no lambda */
};

/* Lambdas stop so early that all brackets still find room. */
enum { MAX_NEST = 1024, MAX_LAMBDA_NEST = MAX_NEST - PYTHON_MAX_LEVELS - 1 };

struct body {
	uint32_t definition;      /* the scope of its statements */
	uint32_t annotations;     /* its __annotate__; PYTHON_NONE: none yet */
	uint32_t type_parameters; /* of its head, and the head's annotations */
	uint32_t head_annotations;
};

struct block {
	uint32_t bodies; /* that end with it */
	bool match;      /* its statements are the cases of a match */
};

struct statement {
	enum statement_phase {
		AT_BEGIN,
		IN_EXPRESSION, /* a simple statement, or none that we look into */
		IN_HEADER,     /* if, for, with ...: up to its ':' */
		AFTER_ASYNC,
		AT_NAME, /* behind "def" or "class" */
		IN_HEAD, /* of a definition, behind the name */
		IN_DECORATOR,
		IN_GLOBAL,
		AFTER_FROM,
		IN_IMPORT,
		IN_FUTURE,  /* from __future__ */
		AFTER_TYPE, /* "type": a statement's keyword or just a name */
		IN_TYPE,
	} phase;
	enum python_kind kind; /* of the definition */
	uint32_t line, column; /* of the first token */
	uint32_t name, name_len;
	uint32_t definition, type_parameters, annotations; /* PYTHON_NONE: not yet */
	bool parenthesis;                                  /* the () of the head was there */
	bool simple;      /* just a name so far: what is annotated, if a ':' follows */
	bool annotated;   /* that ':' was there */
	bool maybe_match; /* it began with "match" */
};

enum { MAX_BODIES = 256 };

struct global_name {
	uint32_t scope; /* the definition that says "global" */
	uint32_t name, name_len;
};

struct scan {
	struct python_source *source;
	size_t cap;
	struct python_lexer lexer;
	struct python_token token;
	uint8_t *comprehensions; /* a bit for each bracket of the source: does it hold one? */
	uint32_t n_brackets;     /* seen so far */
	struct nest nest[MAX_NEST];
	uint32_t n_nest;
	struct body bodies[MAX_BODIES];
	uint32_t n_bodies;
	struct block blocks[PYTHON_MAX_INDENTS];
	uint32_t n_blocks;
	struct statement statement;
	uint32_t
		scope; /* what code at this place is part of; PYTHON_NONE: of none, it is never run */
	uint32_t last_line; /* of the last token with text */
	uint32_t
		first_statement; /* the line of the module's first, of its "def" if it has decorators; 0: none yet */
	uint32_t decorator_line; /* of the first decorator in front of the statement; 0: none */
	uint32_t
		line_bodies; /* the innermost bodies that stand behind their ':', or will once a block begins */
	bool after_header;       /* a ':' was just there that may have a block */
	bool expects_block;      /* and then the line ended */
	bool match_header;       /* its block is that of a match */
	bool future_annotations; /* annotations are not evaluated */
	struct global_name *globals;
	size_t n_globals, cap_globals;
	struct python_names *names; /* NULL: not asked for */
	size_t cap_names;
	bool after_name; /* the last of them was the token before */
};

/* python_scan.c */
bool scan_at_word(const struct scan *s, const char *word);
bool scan_at_operator(const struct scan *s, const char *operator);
struct python_definition *scan_definition(const struct scan *s, uint32_t definition);
/* At the token, in `parent`; PYTHON_NONE if that has no code either. */
uint32_t scan_define(struct scan *s, enum python_kind kind, uint32_t parent);

/* python_statements.c */
void scan_statements_begin(struct scan *s);
void scan_token(struct scan *s); /* any */
/* Does the bracket at the token, outside of all others, belong to the statement's head? */
bool scan_statement_has_bracket(const struct scan *s);
/* It was pushed: what it is for the statement, and the scope within. */
void scan_statement_open(struct scan *s, struct nest *n);
void scan_statement_colon(struct scan *s);
void scan_statement_equals(struct scan *s);
void scan_statement_arrow(struct scan *s);
/* The scope of the annotations of the def at hand. */
uint32_t scan_head_annotations(struct scan *s);

/* python_expressions.c */
void scan_expressions_begin(struct scan *s);
void scan_expression(struct scan *s);    /* a token within a statement */
void scan_close_lambdas(struct scan *s); /* up to the bracket or statement around them */
/* The name before the token, if there is one, is called. */
void scan_called(struct scan *s);
uint32_t expression_line(const struct expression_start *start);

#endif
