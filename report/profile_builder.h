/*
 * report/profile_builder.h - how profiles are made: nodes by (parent, function), rows of costs where one is needed.
 *
 *	builder_begin(&b, 1);
 *	node = builder_child(&b, 0, f);        the node of f at the root, a new one or the one that is there
 *	costs_add(&b.profile->costs, builder_row(&b, node), event, &cost);
 *	p = builder_end(&b);
 */
#ifndef PERFOLIO_REPORT_PROFILE_BUILDER_H
#define PERFOLIO_REPORT_PROFILE_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include "report/functions.h"
#include "report/pairs.h"
#include "report/profile.h"

struct profile_builder {
	struct profile *profile;
	struct pairs pairs; /* (parent, function) -> node - 1 */
};

/* A profile with a root and nothing else; its events are zeroes. */
void builder_begin(struct profile_builder *b, size_t n_events);

uint32_t builder_child(struct profile_builder *b, uint32_t parent, uint32_t function);

/* The row of a node's costs, a new one or the one that is there. */
uint32_t builder_row(struct profile_builder *b, uint32_t node);

/* Give the profile these functions, which are empty then. */
void builder_take_functions(struct profile_builder *b, struct functions *f);

/* Less the nodes without costs in or behind them; the caller's to profile_free(). */
struct profile *builder_end(struct profile_builder *b);

#endif
