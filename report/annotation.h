/*
 * report/annotation.h - the model of `perfolio annotate`: functions, and where in them the cost is.
 *
 *   annotation
 *     events                      those shown, in the order of all costs
 *     functions                   struct annotated: hottest first
 *       native parts              struct native_part: one for each piece of code that the function has
 *         sources                 the lines of the function, then of each function inlined in it
 *         instructions            in the order of addresses
 *         places                  function, file and line of instructions, with the calls they are inlined at
 *       Python part               struct python_part, of a Python function
 *         definitions             struct annotated_definition, its source; several where it is not certain which is the right one
 *         categories, natives, calls
 *       opcodes                   of a Python function
 *
 * Costs are rows of charges.h: annotation_self(a, row, event) is a cost; row 0 has none.  What was
 * measured and what was inferred never stand in one row.
 * What is shown of long functions (`shown`) is decided here (annotation_focus_...()), so that all formats agree; nothing is
 * left out of the model.
 */
#ifndef PERFOLIO_REPORT_ANNOTATION_H
#define PERFOLIO_REPORT_ANNOTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/arena.h"
#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/charges.h"
#include "report/collect.h"
#include "report/functions.h"
#include "report/opcodes.h"
#include "report/profile.h"
#include "report/recorded_code.h"
#include "report/sampled_event.h"
#include "report/source_files.h"
#include "report/symbols.h"

/* ---- source lines ---- */

struct source_line {
	uint32_t number; /* from 1 on */
	bool shown;      /* see annotation_focus_lines() */
	const char *
		text; /* as in the file, without its end; may hold any byte but NUL; NULL: there is no text */
	uint32_t
		measured; /* row: samples of which it is known that they were in this line, or in what it calls */
	uint32_t
		inferred; /* row: samples that must belong to this line by what it calls; self is always 0 */
};

/* What speaks against a source file. */
enum source_doubt {
	SOURCE_NEWER = 1, /* it was changed after the binary was made */
	SOURCE_SHORT = 2, /* the line table names lines that it does not have */
	SOURCE_OTHER = 4, /* it is not what was compiled: another checksum, no such definition */
	SOURCE_DISPUTED =
		8, /* of several recordings another has another file in its place beside it */
};

/* Lines of one function in one file. */
struct annotated_source {
	const char *function;   /* whose lines; as people write it */
	bool shown;             /* has a line that is hot: see annotation_focus_lines() */
	bool inlined;           /* that function is inlined in the annotated one */
	const char *file;       /* as recorded; "" if nothing is known */
	const char *path;       /* where the text was read; NULL: nowhere */
	unsigned doubts;        /* bits: enum source_doubt */
	uint32_t lines_in_file; /* 0: not read */
	uint32_t last_named;    /* the greatest line that debug information names */
	bool many_lines;        /* too many to list: there are only those with cost */
	struct source_line
		*lines; /* by number, without gaps if there is a text, else those with cost */
	size_t n_lines;
	uint32_t cost; /* row: all of its lines together */
};

/* ---- native code ---- */

/* Where in the source an instruction is; several may share a place. */
struct code_place {
	const char *function; /* "" where not known */
	const char *file;     /* likewise */
	uint32_t line;        /* 0: not known */
	const char *text;     /* of the line, as in the file; NULL: there is none */
	uint32_t declared;    /* line where the function begins, in this file; 0: not known */
	bool inlined;         /* its code stands in the function of `call` */
	uint32_t call;        /* index of the place of the call, if it is inlined */
};

#define NO_PLACE UINT32_MAX
#define NO_JUMP  UINT32_MAX

struct instruction {
	uint64_t
		address; /* of the file, as disassemblers show it; of JIT and kernel code as it was in memory */
	uint8_t size;     /* bytes; 0: not known */
	bool shown;       /* see annotation_focus_instructions() */
	bool bad;         /* these bytes are no instruction */
	const char *text; /* "mov    %rsp,%rbp"; NULL: not known */
	const char *
		target; /* function (and offset) that a call or jump out of this one leads to; NULL: none */
	uint32_t jump;  /* index of the instruction that it may jump to; NO_JUMP */
	uint32_t place; /* index in the part's places; NO_PLACE */
	uint32_t cost;  /* row */
};

enum native_kind {
	NATIVE_CODE,      /* all instructions of a symbol */
	NATIVE_ADDRESSES, /* only those that samples name: there is no code, or no symbol */
	NATIVE_INLINED,   /* places where the function is inlined in others: lines only */
};

struct native_part {
	enum native_kind kind;
	const char *symbol;  /* raw; "" for none */
	const char *object;  /* path as recorded, "[jit]", "[kernel.kallsyms]" ... */
	const char *path;    /* of the file that was read; NULL: none */
	uint64_t start, end; /* addresses of the symbol; 0, 0: not known */
	const char *no_code; /* why there are no instructions; NULL: there are */
	uint64_t
		cut; /* bytes of the code that instructions were made of, because it is very long; 0: all */
	const char *no_lines; /* why there are no source lines; NULL: there are */
	struct code_place *places;
	size_t n_places;
	struct instruction *instructions;
	size_t n_instructions;
	struct annotated_source *sources; /* its own lines first, then by cost */
	size_t n_sources;
	const char **into; /* NATIVE_INLINED: the functions that it is inlined in, by name */
	size_t n_into;
	uint32_t cost;         /* row: self is the sum over the instructions, or lines */
	uint32_t inlined_cost; /* row: self is what of it ended in functions inlined here */
	size_t number;         /* among the function's, in the order of code_unit_order() */
};

/* ---- Python functions ---- */

enum evidence {
	EVIDENCE_MEASURED, /* samples say so */
	EVIDENCE_INFERRED, /* it follows from the source; might be otherwise */
};

/* A place in the source that may be the function's. */
struct annotated_definition {
	const char *kind;     /* "function", "lambda", "class" ...: python_kind_name() */
	uint32_t first, last; /* lines; the first one is that of the first decorator */
	struct annotated_source source;
};

/* Something that the function's cost is paid for. */
struct python_share {
	const char *name;
	uint32_t cost; /* row: self */
};

/* A function in which samples ended beneath a Python function, without another Python function between. */
struct python_native {
	const struct function *function;
	uint32_t cost; /* row: self */
};

/* A function that this one calls. */
struct python_call {
	const struct function *callee;
	uint32_t line;          /* that calls it; 0: it is not known: */
	const char *why;        /* ... for this reason; else NULL */
	enum evidence evidence; /* for the line; the cost itself is measured */
	uint32_t cost;          /* row: total */
};

/* An opcode of the interpreter, or what is not known to be of one. */
struct annotated_opcode {
	const char *name;   /* "BINARY_OP_ADD_INT"; NULL: not known, for this reason: */
	const char *family; /* "BINARY_OP"; NULL likewise */
	enum opcode_gap gap;
	uint32_t
		cost; /* row: self in the evaluation loop itself, total with what the opcode called */
};

struct annotated_opcodes {
	struct annotated_opcode
		*items; /* heaviest total first, behind them those that are not known */
	size_t n;
	uint32_t all, known; /* rows: sums over all items, and over those that are known */
};

struct python_part {
	struct annotated_definition *definitions; /* in the order of the source */
	size_t n_definitions;
	const char *no_source; /* why there is no definition; NULL: there is */
	struct python_share *categories;
	size_t n_categories;
	struct python_native *natives;
	size_t n_natives;
	struct python_call *calls;
	size_t n_calls;
};

/* ---- the whole ---- */

struct annotated {
	const struct function *function;
	uint32_t view; /* row: self and total in the view */
	uint32_t code; /* row: self of samples that ended in its code, with what is inlined there */
	uint32_t hot;  /* row: self is that of the two which is greater */
	uint32_t
		cost; /* row, what percentages in it are of: samples that ended in (went through) its code */
	struct native_part *native;
	size_t n_native;
	struct python_part *python;       /* NULL: it is no Python function */
	struct annotated_opcodes opcodes; /* of a Python function */
};

struct annotated_event {
	const struct profile_event *event;
	unsigned precise; /* attr.precise_ip, 0 to 3 */
	bool skids; /* the place may be some instructions behind the event: a hardware event with precise_ip 0 */
};

enum assembly_syntax { SYNTAX_ATT, SYNTAX_INTEL };

struct annotation_options {
	const char **
		names; /* FUNCTION...: regular expressions, exact names or "module.name"; none: the hottest */
	size_t n_names;
	size_t limit; /* most functions; 0: all that match */
	bool all; /* without names: functions with at least percent_limit, also those that are only inlined in others */
	double percent_limit; /* of the first event, in self or code */
	int event;            /* --event: index among the profile's events; -1: all */
	size_t context;       /* lines and instructions shown around those with cost */
	bool full;            /* show everything */
	bool inlines; /* false: what is inlined belongs to the function that it is inlined in */
	enum assembly_syntax syntax;
};

/* What it is made from. Everything is borrowed and must outlive the annotation. */
struct annotation_input {
	struct recorded_code *code; /* of the locations */
	const struct collected *collected;
	const struct functions *functions; /* of the locations */
	const struct frames *frames;
	const struct sampled_event *events; /* of the call tree */
	const struct profile *profile;      /* of a view; what is in it can be annotated */
	const uint32_t *shown; /* by function of the locations: the profile's that stands for it */
	struct source_files *sources;
	struct texts *texts;
	struct diag *diag;
};

/* What became of one of the names. */
struct annotation_name {
	const char *text;
	bool expression; /* no function is called so: it was taken for an expression */
	size_t n;        /* functions that match */
};

struct annotation {
	struct annotation_input in;
	struct annotation_options options;
	struct annotated_event *events;
	size_t n_events;
	struct annotated *functions;
	size_t n_functions;
	size_t n_hidden; /* matching functions left out by a limit */
	struct annotation_name *names;
	size_t n_names;
	struct totals *totals;
	struct charges *charges;
	size_t n_lines;     /* of all sources */
	struct arena arena; /* owns what the arrays in it point to */
};

/*
 * Annotate the functions that the options choose: hottest first (self or code, whatever is more, of the first event, then the
 * next ...), then total, then function_order().  None matches: n_functions is 0.  False: a pattern is wrong, *err says why.
 */
bool annotation_new(const struct annotation_input *in, const struct annotation_options *options,
		    struct annotation **out, struct error *err);
void annotation_free(struct annotation *a);

static inline const struct cost *annotation_self(const struct annotation *a, uint32_t row,
						 size_t event)
{
	return costs_at(charges_all_self(a->charges), row, event);
}

static inline const struct cost *annotation_total(const struct annotation *a, uint32_t row,
						  size_t event)
{
	return costs_at(charges_all_total(a->charges), row, event);
}

/* Is there any cost in the row? */
bool annotation_has_cost(const struct annotation *a, uint32_t row);

/*
 * By event of the call tree: that of the annotation + 1, or 0; columns: the other way round, without the 1.  free() it.
 */
size_t *annotation_tree_events(const struct annotation *a, const size_t *columns);

/* An array of the annotation's, zeroed. */
void *annotation_array(struct annotation *a, size_t n, size_t size);

/*
 * Choose what is shown: lines and instructions with at least HOT of the function's cost in an event (self or total), as many
 * around them as the options say, the first and last one, and no gap that is hardly longer than the line that
 * would stand for it.
 */
void annotation_focus_lines(const struct annotation *a, const struct annotated *f,
			    struct annotated_source *source);
void annotation_focus_instructions(const struct annotation *a, const struct annotated *f,
				   struct native_part *part);

/* Does another recording have another file in the place of this one?  That is told. */
bool annotation_is_disputed(const struct annotation *a, const struct source_file *f);

/*
 * Lines [first, last] of a file for source->lines, with their texts as far as there are any; no costs, rows are 0.  None, but
 * source->many_lines, where that would be very many, alone or with those of all other sources.
 */
void annotation_fill_lines(struct annotation *a, struct annotated_source *source, uint32_t first,
			   uint32_t last);

#endif
