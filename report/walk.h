/*
 * report/walk.h - a depth-first walk over a profile's tree, without recursion.
 *
 *	struct walk w;
 *
 *	walk_init(&w, profile);              inside node 0, depth 0
 *	while (walk_next(&w))
 *		w.leaving ? leave(w.node, w.depth) : enter(w.node, w.depth);
 *	walk_end(&w);
 *
 * Every node but 0 is entered once and left once; node 0 is only left, at the end.
 * Children come in the order of their indices.
 */
#ifndef PERFOLIO_REPORT_WALK_H
#define PERFOLIO_REPORT_WALK_H

#include "report/profile.h"

struct walk {
	const struct profile *profile;
	uint32_t *first_child, *next_sibling; /* 0: none, as node 0 is nobody's child */
	uint32_t node;
	size_t depth;
	bool leaving;
};

void walk_init(struct walk *w, const struct profile *p);
void walk_end(struct walk *w);

static inline bool walk_next(struct walk *w)
{
	uint32_t node = w->node;

	if (!w->leaving) {
		if (w->first_child[node]) {
			w->node = w->first_child[node];
			w->depth++;
		} else {
			w->leaving = true;
		}
		return true;
	}
	if (node == 0)
		return false;
	if (w->next_sibling[node]) {
		w->node = w->next_sibling[node];
		w->leaving = false;
	} else {
		w->node = w->profile->nodes[node].parent;
		w->depth--;
	}
	return true;
}

#endif
