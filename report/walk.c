#include "report/walk.h"

#include <stdlib.h>

#include "parser/base/memory.h"

void walk_init(struct walk *w, const struct profile *p)
{
	*w = (struct walk){ .profile = p };
	w->first_child = mem_calloc(p->n_nodes, sizeof(*w->first_child));
	w->next_sibling = mem_calloc(p->n_nodes, sizeof(*w->next_sibling));
	for (size_t i = p->n_nodes; i-- > 1;) { /* backwards, so that lists begin with the lowest */
		uint32_t parent = p->nodes[i].parent;

		w->next_sibling[i] = w->first_child[parent];
		w->first_child[parent] = (uint32_t)i;
	}
}

void walk_end(struct walk *w)
{
	free(w->first_child);
	free(w->next_sibling);
}
