#include "report/profile_builder.h"

#include <stdlib.h>

#include "parser/base/memory.h"

static uint32_t new_node(struct profile *p, uint32_t parent, uint32_t function)
{
	p->nodes = mem_grow(p->nodes, p->n_nodes, 1, &p->cap_nodes, sizeof(*p->nodes));
	p->nodes[p->n_nodes] = (struct profile_node){ parent, function, 0 };
	return (uint32_t)p->n_nodes++;
}

void builder_begin(struct profile_builder *b, size_t n_events)
{
	struct profile *p = mem_calloc(1, sizeof(*p));

	*b = (struct profile_builder){ .profile = p };
	p->events = mem_calloc(n_events, sizeof(*p->events));
	p->n_events = n_events;
	costs_init(&p->costs, n_events);
	costs_add_rows(&p->costs, 1);
	new_node(p, 0, PROFILE_NO_FUNCTION);
}

uint32_t builder_child(struct profile_builder *b, uint32_t parent, uint32_t function)
{
	uint32_t node = pairs_add(&b->pairs, parent, function) + 1;

	return node == b->profile->n_nodes ? new_node(b->profile, parent, function) : node;
}

uint32_t builder_row(struct profile_builder *b, uint32_t node)
{
	struct profile *p = b->profile;

	if (!p->nodes[node].cost)
		p->nodes[node].cost = costs_add_rows(&p->costs, 1);
	return p->nodes[node].cost;
}

void builder_take_functions(struct profile_builder *b, struct functions *f)
{
	b->profile->functions = f->items;
	b->profile->n_functions = f->n;
	b->profile->cap_functions = f->cap;
	free(f->slots);
	*f = (struct functions){ .n = 0 };
}

struct profile *builder_end(struct profile_builder *b)
{
	struct profile *p = b->profile;

	profile_prune(p);
	pairs_done(&b->pairs);
	*b = (struct profile_builder){ .profile = NULL };
	return p;
}
