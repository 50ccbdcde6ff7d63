#include "report/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

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

/* Nodes with their siblings: the first child and the next sibling of each, 0: none. */
struct family {
	uint32_t *child, *sibling;
};

/* All nodes with the last function first: put in front of its siblings one after the other, they come out sorted. */
static struct family order_children(const struct profile *p)
{
	struct family f = {
		.child = mem_calloc(p->n_nodes, sizeof(*f.child)),
		.sibling = mem_calloc(p->n_nodes, sizeof(*f.sibling)),
	};
	uint32_t *first = mem_calloc(p->n_functions + 1, sizeof(*first));
	uint32_t *order = mem_calloc(p->n_nodes, sizeof(*order));

	for (size_t i = 1; i < p->n_nodes; i++)
		first[p->nodes[i].function + 1]++;
	for (size_t i = 0; i < p->n_functions; i++)
		first[i + 1] += first[i];
	for (uint32_t i = 1; i < p->n_nodes; i++)
		order[first[p->nodes[i].function]++] = i;
	for (size_t k = p->n_nodes - 1; k-- > 0;) {
		uint32_t node = order[k], parent = p->nodes[node].parent;

		f.sibling[node] = f.child[parent];
		f.child[parent] = node;
	}
	free(first);
	free(order);
	return f;
}

/* The node that follows in the walk; 0: there is none. */
static uint32_t next_node(const struct profile *p, const struct family *f, uint32_t node)
{
	if (f->child[node])
		return f->child[node];
	while (node && !f->sibling[node])
		node = p->nodes[node].parent;
	return node ? f->sibling[node] : 0;
}

static void sort_nodes(struct profile *p)
{
	struct family f = order_children(p);
	struct profile_node *sorted = mem_calloc(p->n_nodes, sizeof(*sorted));
	uint32_t *moved = mem_calloc(p->n_nodes, sizeof(*moved));
	uint32_t n = 1;

	sorted[0] = p->nodes[0];
	for (uint32_t i = next_node(p, &f, 0); i; i = next_node(p, &f, i)) {
		moved[i] = n;
		sorted[n] = p->nodes[i];
		sorted[n++].parent = moved[p->nodes[i].parent];
	}
	free(p->nodes);
	p->nodes = sorted;
	p->cap_nodes = p->n_nodes;
	free(moved);
	free(f.child);
	free(f.sibling);
}

uint32_t *profile_canonical(struct profile *p)
{
	uint32_t *moved = sort_functions(p);

	for (size_t i = 1; i < p->n_nodes; i++)
		p->nodes[i].function = moved[p->nodes[i].function];
	sort_nodes(p);
	return moved;
}
