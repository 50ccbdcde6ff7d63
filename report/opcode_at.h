/*
 * report/opcode_at.h - the opcode whose code is at a location, where CPython's evaluation loop is expected.
 *
 * Whether it is expected is not asked here: of other code the answer is OPCODE_NO_LOOP, or the loop's own gap.
 */
#ifndef PERFOLIO_REPORT_OPCODE_AT_H
#define PERFOLIO_REPORT_OPCODE_AT_H

#include <stdbool.h>

#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/eval_loop.h"
#include "report/machine.h"
#include "report/objects.h"

/* Why an opcode is not known. */
enum opcode_gap {
	OPCODE_KNOWN,
	OPCODE_OTHER_CODE,    /* the loop's code of no opcode: entry, exits, errors, pending work */
	OPCODE_NO_LOOP,       /* the loop is not in the stack */
	OPCODE_NO_LABELS,     /* the interpreter's debug information has no opcodes */
	OPCODE_NO_DEBUG_INFO, /* there is none */
	OPCODE_GAPS
};

/* For people: "the evaluation loop is not in the stack". */
const char *opcode_gap_text(enum opcode_gap gap);

/* For machines: "other-code"; of OPCODE_KNOWN "". */
const char *opcode_gap_word(enum opcode_gap gap);

/* Everything is borrowed. */
struct opcode_asking {
	const struct machine *machine;
	struct objects *objects;
	struct eval_loops *loops;
	struct texts *texts;
};

/* *name: the opcode ("BINARY_OP_ADD_INT"), interned, where OPCODE_KNOWN is returned, else NULL. */
enum opcode_gap opcode_at(const struct opcode_asking *a, const struct location *l,
			  const char **name);

/* Is it in the handler of an opcode, or of errors, that is a function (eval_loop_is_handler())? */
bool opcode_is_handler(const struct opcode_asking *a, const struct location *l);

#endif
