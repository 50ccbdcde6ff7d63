/*
 * report/folded.h - distinct stacks as lines of text: "outer;inner;leaf NUMBER".
 *
 * Functions that are written alike are one frame here, so that no line comes twice: a
 * tree of labels is made of the profile's tree.  Samples without any frame are "[unknown]".
 */
#ifndef PERFOLIO_REPORT_FOLDED_H
#define PERFOLIO_REPORT_FOLDED_H

#include "report/profile.h"

struct folded_options {
	size_t event;
	bool weight;     /* the number is the weight, not the samples */
	bool full_names; /* " (file)" or " (object)" behind each name */
};

/* Nodes in depth-first order, siblings sorted by label; depth 1 is the outermost frame. */
struct folded_node {
	uint32_t label; /* index in labels */
	uint32_t depth;
	uint64_t value; /* of the stacks that end here; 0: no line */
};

struct folded {
	const char **labels; /* ready to print, see label.h; sorted, distinct */
	size_t n_labels;
	struct folded_node *nodes;
	size_t n_nodes;
	uint64_t sum;
	bool overflow; /* the sum left 64 bits */
};

struct texts;
struct folded *folded_new(const struct profile *p, const struct folded_options *options,
			  struct texts *texts);
void folded_free(struct folded *f);

#endif
