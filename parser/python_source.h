/*
 * parser/python_source.h - the definitions in a Python source: what CPython's compiler makes code objects of.
 *
 * Found by a scan of the tokens (python_lexer.h), not by a parser: expressions are followed only as far as
 * scopes depend on them.  Python 3.8 to 3.15.  Qualified names and first lines are those of the code
 * objects (co_qualname, co_firstlineno), which is what perf maps and jitdumps say; lines and columns those of
 * Python's ast module.  Compared with both by tests/differential/python_definitions.
 *
 * Sources: The Python Language Reference, "Full Grammar specification" and "Execution model"; PEP 3155 (qualified
 * names), 695 and 696 (type parameters), 709 (inlined comprehensions), 649 (annotations); for the names of scopes
 * that have no PEP, what the compilers of 3.12 to 3.15 give.
 *
 * Names are the bytes of the source.  Python normalizes names (NFKC) and decodes sources that are no UTF-8: a name for which
 * that makes a difference has another qualified name there and is not found by it.
 *
 * Any bytes can be scanned: what is no Python is stepped over, and `trouble` says where the first such place is.  Time
 * grows with the length of the source, memory with its definitions, up to PYTHON_MAX_DEFINITIONS.
 */
#ifndef PERFOLIO_PARSER_PYTHON_SOURCE_H
#define PERFOLIO_PARSER_PYTHON_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum python_kind {
	PYTHON_MODULE,
	PYTHON_CLASS,
	PYTHON_FUNCTION,
	PYTHON_ASYNC_FUNCTION,
	PYTHON_LAMBDA,
	PYTHON_GENEXPR,
	PYTHON_LISTCOMP, /* up to 3.11; later in annotations and type parameters of a class only */
	PYTHON_SETCOMP,
	PYTHON_DICTCOMP,
	PYTHON_TYPE_PARAMETERS, /* what is between the [] of a definition (3.12) */
	PYTHON_TYPE_VARIABLE,   /* bound or default of one of them */
	PYTHON_TYPE_ALIAS,      /* the value of a type statement (3.12) */
	PYTHON_ANNOTATIONS,     /* __annotate__ (3.14) of a module, class or function */
	PYTHON_KINDS
};

#define PYTHON_NONE UINT32_MAX

enum { PYTHON_MAX_DEFINITIONS = 1 << 20, PYTHON_MAX_NAMES = 1 << 22 };

struct python_definition {
	enum python_kind kind;
	bool generator; /* it has a "yield" */
	uint32_t
		parent; /* the definition whose code makes it, before it in the array; PYTHON_NONE: the module */
	uint32_t outer; /* whose qualified name is in front of its own; PYTHON_NONE: nobody's */
	uint32_t name,
		name_len; /* where the source names it; of PYTHON_ANNOTATIONS of a function: the function's name */
	uint32_t first_line; /* co_firstlineno: of the first decorator, if there is one */
	uint32_t line,
		column; /* of "def", "async", "class", "lambda", "type" or the bracket; bytes before it on its line */
	uint32_t
		end_line; /* the last line of it; of kinds that ast does not know, that of what they belong to */
};

struct python_source {
	const char *text; /* borrowed */
	size_t len;
	unsigned minor;                        /* of the Python that is assumed, 3.MINOR */
	struct python_definition *definitions; /* in the order of the source; 0 is the module */
	size_t n;
	uint32_t lines; /* of the source */
	const char
		*trouble; /* the first thing that is no Python, for people; NULL: none was seen */
	uint32_t trouble_line;
};

/* Scan a source as Python 3.`minor` reads it.  Free with python_source_free(); `text` must live as long. */
void python_source_scan(const char *text, size_t len, unsigned minor, struct python_source *out);
void python_source_free(struct python_source *s);

/* "function", "lambda" ... */
const char *python_kind_name(enum python_kind kind);

/* The qualified name of a definition; the caller's to free. */
char *python_source_qualname(const struct python_source *s, uint32_t definition);

/* A name that a definition's own code has, not that of definitions in it: of a variable or an attribute. */
struct python_name {
	uint32_t definition;
	uint32_t at, len, line;
	bool call; /* "name(", ".name(" or "@name": what it stands for is called here */
};

struct python_names {
	struct python_name *items; /* by definition, then in the order of the source */
	uint32_t *first;           /* of definition i: items[first[i]] up to items[first[i + 1]] */
	size_t n;
	bool cut; /* there are more than PYTHON_MAX_NAMES */
};

/*
 * All names but those that only get or pass on a meaning: of parameters, keyword arguments, imports, and in "def", "class" and
 * "global".  Takes another scan.  Free with python_names_free().
 */
void python_source_names(const struct python_source *s, struct python_names *out);
void python_names_free(struct python_names *n);

struct python_candidates {
	uint32_t *definitions; /* in the order of the source */
	size_t n;
	bool other_line; /* the first line is known and none of them begins there: the source may be another */
};

/*
 * All definitions of a qualified name; where `first_line` (0: not known) is that of some, only these.
 * Free with python_candidates_free().
 */
void python_source_find(const struct python_source *s, const char *qualname, uint32_t first_line,
			struct python_candidates *out);
void python_candidates_free(struct python_candidates *c);

#endif
