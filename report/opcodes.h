/*
 * report/opcodes.h - which opcodes the cost of each Python function is paid for.
 *
 * The frame that a Python frame calls is the evaluation loop; its address tells the opcode (eval_loop.h).  A sample
 * that ends there is the opcode's self; one that ends in what the loop calls, without another Python function, is
 * in its total, too: then the address is that of the call.  Samples whose opcode cannot be told are in rows of
 * their own, by the reason; so the totals of all rows of a function add up to its self cost.
 */
#ifndef PERFOLIO_REPORT_OPCODES_H
#define PERFOLIO_REPORT_OPCODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/collect.h"
#include "report/functions.h"
#include "report/opcode_at.h"
#include "report/profile.h"
#include "report/recorded_code.h"
#include "report/symbols.h"

struct opcode_cost {
	const char *name;   /* "BINARY_OP_ADD_INT"; NULL: not known */
	const char *family; /* "BINARY_OP"; likewise */
	enum opcode_gap gap;
	uint32_t row; /* of opcodes_self() and opcodes_total() */
};

struct opcodes_input {
	struct recorded_code *code; /* of the locations */
	const struct collected *collected;
	const struct functions *functions; /* of the locations */
	const struct frames *frames;
	const uint32_t
		*shown; /* by function: the number that rows are asked for by; NULL: its own */
	size_t n_shown; /* greater than all of those */
	const size_t *columns; /* by event: its number in the call tree */
	size_t n_events;
};

struct opcodes;

/* One walk over the call tree.  What it gives is the texts', or its own. */
struct opcodes *opcodes_new(const struct opcodes_input *in);
void opcodes_free(struct opcodes *o);

/*
 * The rows of a Python function: opcodes by total of the first event, then of the next ones, then by name; behind
 * them those that are not known.  NULL and 0: no sample ended in it.
 */
const struct opcode_cost *opcodes_of(const struct opcodes *o, uint32_t function, size_t *n);

/* The costs of all rows, by event. */
const struct costs *opcodes_self(const struct opcodes *o);
const struct costs *opcodes_total(const struct opcodes *o);

/* Did a sum leave 64 bits?  It stays at the greatest number then. */
bool opcodes_overflow(const struct opcodes *o);

#endif
