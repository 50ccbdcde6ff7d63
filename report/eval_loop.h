/*
 * report/eval_loop.h - an address in CPython's evaluation loop -> the opcode whose code it is.
 *
 * In the loop's source the code of each opcode begins with a label, TARGET_LOAD_FAST, and ends where the next one
 * begins; what follows behind the last one is shared (errors, exits).  So a line in such a file is of the
 * opcode whose label stands at it or next before it.  Asked in this order:
 *
 *   1. the line of the address in the loop's function (of the call, where something is inlined), if it is in a
 *      file with such labels;
 *   2. else the innermost block around the address that declares something in such a file: CPython 3.12 has
 *      "#line" in its generated file, so the lines of its code are those of bytecodes.c, which has no labels,
 *      but its variables are declared between the "#line"s;
 *   3. else the label of code at the address or next before it.
 *
 * The compiler shares code of several opcodes and moves single instructions: those count for one of them.
 * Builds of 3.14 and later whose handlers call each other in place of jumps have a function for each opcode
 * instead, _TAIL_CALL_LOAD_FAST: see eval_loop_handler().
 * Sources: TARGET(), in Python/ceval_macros.h; Python/generated_cases.c.h; Tools/cases_generator.
 */
#ifndef PERFOLIO_REPORT_EVAL_LOOP_H
#define PERFOLIO_REPORT_EVAL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct debug_info;
struct texts;

enum loop_code {
	LOOP_OPCODE,    /* code of an opcode */
	LOOP_OTHER,     /* in the loop, but of no opcode: entry, exits, errors, pending work */
	LOOP_NO_LABELS, /* the debug information knows no function there, or one without opcodes */
};

struct eval_loops;

/* Functions that were asked for are kept; the debug_infos must live as long. */
struct eval_loops *eval_loops_new(void);
void eval_loops_free(struct eval_loops *e);

/*
 * The code at an address of the file.  *opcode: its name ("BINARY_OP_ADD_INT"), which is the debug_info's, if it is an
 * opcode's, else NULL.
 */
enum loop_code eval_loops_code(struct eval_loops *e, struct debug_info *d, uint64_t vaddr,
			       const char **opcode);

/* Is it the raw symbol of a handler, if only of errors (_TAIL_CALL_exception_unwind)? */
bool eval_loop_is_handler(const char *symbol);

/* Its opcode, interned, without what the compiler put behind it (".llvm.12"); NULL: it is the handler of none. */
const char *eval_loop_handler(struct texts *texts, const char *symbol);

#endif
