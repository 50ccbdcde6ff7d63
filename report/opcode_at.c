#include "report/opcode_at.h"

#include <stddef.h>

#include "report/interp.h"
#include "report/stacks.h"

const char *opcode_gap_text(enum opcode_gap gap)
{
	static const char *const texts[] = {
		[OPCODE_KNOWN] = "",
		[OPCODE_OTHER_CODE] =
			"code of no opcode (entry, exits, errors, pending work as garbage collection)",
		[OPCODE_NO_LOOP] = "the evaluation loop is not in the stack",
		[OPCODE_NO_LABELS] = "the interpreter's debug information names no opcodes",
		[OPCODE_NO_DEBUG_INFO] = "no debug information of the interpreter is at hand",
	};

	return texts[gap];
}

const char *opcode_gap_word(enum opcode_gap gap)
{
	static const char *const words[] = {
		[OPCODE_KNOWN] = "",
		[OPCODE_OTHER_CODE] = "other-code",
		[OPCODE_NO_LOOP] = "no-loop",
		[OPCODE_NO_LABELS] = "no-labels",
		[OPCODE_NO_DEBUG_INFO] = "no-debug-info",
	};

	return words[gap];
}

/* The mapping, if the location is in a file; else NULL. */
static const struct mapping *file_of(const struct opcode_asking *a, const struct location *l)
{
	const struct mapping *m;

	if (l->space != SPACE_USER || !l->mapping.i)
		return NULL;
	m = machine_mapping(a->machine, l->mapping);
	return stacks_is_jit(m) ? NULL : m;
}

/* A frame where the loop is expected, but whose debug information does not speak of opcodes. */
static enum opcode_gap gap_of(const char *symbol, enum opcode_gap gap)
{
	return symbol && !interp_is_loop(symbol) ? OPCODE_NO_LOOP : gap;
}

static enum opcode_gap handler_opcode(const struct opcode_asking *a, const char *symbol,
				      const char **name)
{
	*name = eval_loop_handler(a->texts, symbol);
	return *name ? OPCODE_KNOWN : OPCODE_OTHER_CODE;
}

enum opcode_gap opcode_at(const struct opcode_asking *a, const struct location *l,
			  const char **name)
{
	const struct mapping *m = file_of(a, l);
	const char *symbol, *opcode;
	struct debug_info *d;
	uint64_t vaddr, start;

	*name = NULL;
	if (!m)
		return OPCODE_NO_LOOP;
	symbol = objects_symbol(a->objects, l->mapping, m, l->addr);
	if (symbol && eval_loop_is_handler(symbol))
		return handler_opcode(a, symbol, name);
	d = objects_debug_info(a->objects, l->mapping, m, l->addr, &vaddr, &start);
	if (!d)
		return gap_of(symbol, OPCODE_NO_DEBUG_INFO);
	switch (eval_loops_code(a->loops, d, vaddr, &opcode)) {
	case LOOP_OPCODE:
		*name = texts_add_z(a->texts, opcode);
		return OPCODE_KNOWN;
	case LOOP_OTHER:
		return OPCODE_OTHER_CODE;
	case LOOP_NO_LABELS:
		break;
	}
	return gap_of(symbol, OPCODE_NO_LABELS);
}

bool opcode_is_handler(const struct opcode_asking *a, const struct location *l)
{
	const struct mapping *m = file_of(a, l);
	const char *symbol = m ? objects_symbol(a->objects, l->mapping, m, l->addr) : NULL;

	return symbol && eval_loop_is_handler(symbol);
}
