#include "report/loop_opcodes.h"

#include <stdlib.h>

#include "parser/base/memory.h"

static bool is_python(const struct functions *functions, const struct frames *frames,
		      uint32_t location)
{
	return functions->items[*frames_at(frames, location)].kind == KIND_PYTHON;
}

/* By location: is the loop expected there? */
static bool *find_loops(const struct opcode_asking *a, const struct calltree *tree,
			const struct functions *functions, const struct frames *frames)
{
	bool *expected = mem_calloc(tree->n_locations, sizeof(*expected));

	for (uint32_t i = 0; i < tree->n_locations; i++)
		expected[i] = opcode_is_handler(a, &tree->locations[i]);
	for (uint32_t n = 1; n < tree->n_nodes; n++) {
		const struct calltree_node *node = &tree->nodes[n];

		if (node->parent &&
		    is_python(functions, frames, tree->nodes[node->parent].location))
			expected[node->location] = true;
	}
	return expected;
}

struct loop_opcode *loop_opcodes(const struct opcode_asking *a, const struct calltree *tree,
				 const struct functions *functions, const struct frames *frames)
{
	struct loop_opcode *opcodes = mem_calloc(tree->n_locations, sizeof(*opcodes));
	bool *expected = find_loops(a, tree, functions, frames);

	for (uint32_t i = 0; i < tree->n_locations; i++) {
		opcodes[i].gap = OPCODE_NO_LOOP;
		if (expected[i])
			opcodes[i].gap = opcode_at(a, &tree->locations[i], &opcodes[i].name);
	}
	free(expected);
	return opcodes;
}
