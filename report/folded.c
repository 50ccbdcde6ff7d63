/*
 * The tree of labels: its nodes are (parent, label), 0 is its root.  It is made parents first, as the
 * profile's is, and put in order by dealing the nodes out to their parents in falling order of
 * labels.
 */
#include "report/folded.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/label.h"
#include "report/pairs.h"

struct label_node {
	uint32_t parent, label;
	uint64_t value;
};

struct label_tree {
	struct label_node *nodes;
	size_t n, cap;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The distinct labels, sorted; of_function[f]: which one is f's. */
static void make_labels(struct folded *f, const struct profile *p, bool full, struct texts *texts,
			uint32_t *of_function)
{
	const char **of = mem_calloc(p->n_functions, sizeof(char *));
	const char *nobody = texts_add_z(texts, "[unknown]");
	size_t n = 0;

	f->labels = mem_calloc(p->n_functions + 1, sizeof(char *));
	for (size_t i = 0; i < p->n_functions; i++)
		f->labels[i] = of[i] = label_frame(texts, &p->functions[i], full);
	f->labels[p->n_functions] = nobody;
	qsort(f->labels, p->n_functions + 1, sizeof(*f->labels), by_text);
	for (size_t i = 0; i <= p->n_functions; i++)
		if (n == 0 || f->labels[n - 1] != f->labels[i])
			f->labels[n++] = f->labels[i];
	f->n_labels = n;
	for (size_t i = 0; i <= p->n_functions; i++) {
		const char **key = i < p->n_functions ? &of[i] : &nobody;
		const char **found = bsearch(key, f->labels, n, sizeof(*found), by_text);

		of_function[i] = (uint32_t)(found - f->labels);
	}
	free(of);
}

/* The child of `parent` with this label, made if it is new. Pair number + 1 is the node. */
static uint32_t child(struct label_tree *tree, struct pairs *pairs, uint32_t parent, uint32_t label)
{
	uint32_t node = pairs_add(pairs, parent, label) + 1;

	if (node == tree->n) {
		tree->nodes = mem_grow(tree->nodes, tree->n, 1, &tree->cap, sizeof(*tree->nodes));
		tree->nodes[tree->n++] = (struct label_node){ parent, label, 0 };
	}
	return node;
}

static void add_value(struct folded *f, struct label_node *node, const struct cost *cost,
		      bool weight)
{
	uint64_t value = weight ? cost->weight : cost->samples;

	if (__builtin_add_overflow(f->sum, value, &f->sum)) {
		f->sum = UINT64_MAX;
		f->overflow = true;
	}
	if (__builtin_add_overflow(node->value, value, &node->value))
		node->value = UINT64_MAX;
}

static void make_tree(struct label_tree *tree, struct folded *f, const struct profile *p,
		      const struct folded_options *options, const uint32_t *of_function)
{
	uint32_t *node_of = mem_calloc(p->n_nodes, sizeof(*node_of));
	struct pairs pairs = { .n = 0 };

	tree->nodes = mem_grow(NULL, 0, 1, &tree->cap, sizeof(*tree->nodes));
	tree->nodes[tree->n++] = (struct label_node){ 0, 0, 0 };
	for (size_t i = 0; i < p->n_nodes; i++) {
		const struct profile_node *n = &p->nodes[i];
		struct cost cost = profile_cost(p, i, options->event);
		uint32_t to;

		if (i == 0 && (cost.samples || cost.weight))
			to = child(tree, &pairs, 0, of_function[p->n_functions]);
		else if (i == 0)
			to = 0;
		else
			to = child(tree, &pairs, node_of[n->parent], of_function[n->function]);
		node_of[i] = i == 0 ? 0 : to;
		add_value(f, &tree->nodes[to], &cost, options->weight);
	}
	pairs_done(&pairs);
	free(node_of);
}

/* first/next: children of each node, in the order of their labels. */
static void sort_children(const struct label_tree *tree, size_t n_labels, uint32_t *first,
			  uint32_t *next)
{
	uint32_t *order = mem_calloc(tree->n, sizeof(*order)); /* nodes by label */
	size_t *place = mem_calloc(n_labels + 1, sizeof(*place));

	for (size_t i = 1; i < tree->n; i++)
		place[tree->nodes[i].label + 1]++;
	for (size_t l = 0; l < n_labels; l++)
		place[l + 1] += place[l];
	for (size_t i = 1; i < tree->n; i++)
		order[place[tree->nodes[i].label]++] = (uint32_t)i;
	for (size_t i = tree->n - 1; i-- > 0;) {
		uint32_t node = order[i], parent = tree->nodes[node].parent;

		next[node] = first[parent];
		first[parent] = node;
	}
	free(order);
	free(place);
}

static void put_in_order(struct folded *f, const struct label_tree *tree)
{
	uint32_t *first = mem_calloc(tree->n, sizeof(*first));
	uint32_t *next = mem_calloc(tree->n, sizeof(*next));
	uint32_t node = 0, depth = 0;

	sort_children(tree, f->n_labels, first, next);
	f->nodes = mem_calloc(tree->n, sizeof(*f->nodes));
	for (;;) {
		if (first[node]) {
			node = first[node];
			depth++;
		} else {
			while (node && !next[node]) {
				node = tree->nodes[node].parent;
				depth--;
			}
			if (!node)
				break;
			node = next[node];
		}
		f->nodes[f->n_nodes++] = (struct folded_node){ tree->nodes[node].label, depth,
							       tree->nodes[node].value };
	}
	free(first);
	free(next);
}

struct folded *folded_new(const struct profile *p, const struct folded_options *options,
			  struct texts *texts)
{
	struct folded *f = mem_calloc(1, sizeof(*f));
	uint32_t *of_function = mem_calloc(p->n_functions + 1, sizeof(*of_function));
	struct label_tree tree = { .n = 0 };

	if (options->event < p->n_events && p->n_nodes) {
		make_labels(f, p, options->full_names, texts, of_function);
		make_tree(&tree, f, p, options, of_function);
		put_in_order(f, &tree);
	}
	free(tree.nodes);
	free(of_function);
	return f;
}

void folded_free(struct folded *f)
{
	if (!f)
		return;
	free(f->labels);
	free(f->nodes);
	free(f);
}
