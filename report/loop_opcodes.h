/*
 * report/loop_opcodes.h - the opcodes at all locations of a recording where CPython's evaluation loop is expected: in
 * what Python frames call, and in handlers of opcodes.
 *
 * Which node is the loop, and whose opcode it is, say opcodes.h; this is what can be told without a stack.
 */
#ifndef PERFOLIO_REPORT_LOOP_OPCODES_H
#define PERFOLIO_REPORT_LOOP_OPCODES_H

#include "report/calltree.h"
#include "report/functions.h"
#include "report/opcode_at.h"
#include "report/symbols.h"

struct loop_opcode {
	enum opcode_gap gap; /* OPCODE_NO_LOOP of all other locations */
	const char *name;    /* interned; NULL: not OPCODE_KNOWN */
};

/*
 * By location; free() it.  Reads the interpreter's debug information: before symbolize_inlined() has read it to the end
 * and closed it, that is opened once for both.
 */
struct loop_opcode *loop_opcodes(const struct opcode_asking *a, const struct calltree *tree,
				 const struct functions *functions, const struct frames *frames);

#endif
