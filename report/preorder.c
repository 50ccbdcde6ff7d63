#include "report/preorder.h"

#include <stdlib.h>

#include "parser/base/memory.h"

/* Of each node its first child and its next sibling; 0: none. */
struct family {
	const uint32_t *parents;
	uint32_t *child, *sibling;
};

/* The nodes but 0 by their keys. */
static uint32_t *sort_by_key(const uint32_t *keys, size_t n, size_t n_keys)
{
	size_t *first = mem_calloc(n_keys + 1, sizeof(*first));
	uint32_t *sorted = mem_calloc(n, sizeof(*sorted));

	for (size_t i = 1; i < n; i++)
		first[keys[i] + 1]++;
	for (size_t k = 0; k < n_keys; k++)
		first[k + 1] += first[k];
	for (uint32_t i = 1; i < n; i++)
		sorted[first[keys[i]]++] = i;
	free(first);
	return sorted;
}

/* From the last key to the first each node is put in front of its siblings, so they come out sorted. */
static void find_family(struct family *f, const uint32_t *keys, size_t n, size_t n_keys)
{
	uint32_t *sorted = sort_by_key(keys, n, n_keys);

	for (size_t k = n - 1; k-- > 0;) {
		uint32_t node = sorted[k], parent = f->parents[node];

		f->sibling[node] = f->child[parent];
		f->child[parent] = node;
	}
	free(sorted);
}

/* The node behind this one; 0: there is none. */
static uint32_t next_node(const struct family *f, uint32_t node)
{
	if (f->child[node])
		return f->child[node];
	while (node && !f->sibling[node])
		node = f->parents[node];
	return node ? f->sibling[node] : 0;
}

uint32_t *preorder(const uint32_t *parents, const uint32_t *keys, size_t n, size_t n_keys)
{
	uint32_t *order = mem_calloc(n, sizeof(*order));
	struct family f = {
		.parents = parents,
		.child = mem_calloc(n, sizeof(*f.child)),
		.sibling = mem_calloc(n, sizeof(*f.sibling)),
	};
	size_t at = 0;

	find_family(&f, keys, n, n_keys);
	for (uint32_t node = next_node(&f, 0); node; node = next_node(&f, node))
		order[++at] = node;
	free(f.child);
	free(f.sibling);
	return order;
}
