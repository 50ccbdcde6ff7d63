#include "report/canonical.h"

#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/preorder.h"

static int by_order(const void *va, const void *vb, void *context)
{
	const struct function *functions = context;

	return function_order(&functions[*(const uint32_t *)va], &functions[*(const uint32_t *)vb]);
}

/* By old function its place in the order. */
static uint32_t *sort_functions(struct profile *p)
{
	uint32_t *moved = mem_calloc(p->n_functions, sizeof(*moved));
	uint32_t *kept = mem_calloc(p->n_functions, sizeof(*kept));
	struct function *sorted = mem_calloc(p->n_functions, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 1; i < p->n_nodes; i++)
		moved[p->nodes[i].function] = 1;
	for (uint32_t f = 0; f < p->n_functions; f++) {
		if (moved[f])
			kept[n++] = f;
		moved[f] = PROFILE_NO_FUNCTION;
	}
	if (n)
		qsort_r(kept, n, sizeof(*kept), by_order, p->functions);
	for (uint32_t i = 0; i < n; i++) {
		moved[kept[i]] = i;
		sorted[i] = p->functions[kept[i]];
	}
	free(p->functions);
	free(kept);
	p->functions = sorted;
	p->cap_functions = p->n_functions;
	p->n_functions = n;
	return moved;
}

static void sort_nodes(struct profile *p)
{
	uint32_t *parents = mem_calloc(p->n_nodes, sizeof(*parents));
	uint32_t *keys = mem_calloc(p->n_nodes, sizeof(*keys));
	struct profile_node *sorted = mem_calloc(p->n_nodes, sizeof(*sorted));
	uint32_t *moved = mem_calloc(p->n_nodes, sizeof(*moved)), *order;

	for (size_t i = 1; i < p->n_nodes; i++) {
		parents[i] = p->nodes[i].parent;
		keys[i] = p->nodes[i].function;
	}
	order = preorder(parents, keys, p->n_nodes, p->n_functions);
	for (uint32_t i = 0; i < p->n_nodes; i++) {
		moved[order[i]] = i;
		sorted[i] = p->nodes[order[i]];
		sorted[i].parent = moved[sorted[i].parent];
	}
	free(p->nodes);
	p->nodes = sorted;
	p->cap_nodes = p->n_nodes;
	free(parents);
	free(keys);
	free(moved);
	free(order);
}

uint32_t *profile_canonical(struct profile *p)
{
	uint32_t *moved = sort_functions(p);

	for (size_t i = 1; i < p->n_nodes; i++)
		p->nodes[i].function = moved[p->nodes[i].function];
	sort_nodes(p);
	return moved;
}
