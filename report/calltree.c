#include "report/calltree.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 1024 };

struct calltree *calltree_new(size_t n_events)
{
	struct calltree *t = mem_calloc(1, sizeof(*t));

	t->n_events = n_events;
	t->location_mask = t->node_mask = FIRST_SLOTS - 1;
	t->location_slots = mem_calloc(FIRST_SLOTS, sizeof(uint32_t));
	t->node_slots = mem_calloc(FIRST_SLOTS, sizeof(*t->node_slots));
	t->nodes = mem_grow(NULL, 0, 1, &t->cap_nodes, sizeof(*t->nodes));
	t->nodes[t->n_nodes++] = (struct calltree_node){ 0, UINT32_MAX, 0 };
	costs_init(&t->costs, n_events);
	costs_add_rows(&t->costs, 1);
	return t;
}

void calltree_free(struct calltree *t)
{
	if (!t)
		return;
	free(t->locations);
	free(t->nodes);
	costs_done(&t->costs);
	free(t->location_slots);
	free(t->node_slots);
	free(t);
}

static uint64_t hash_location(const struct location *l)
{
	uint64_t h = hash_pair(l->addr ^ (uint64_t)l->code << 48,
			       (uint64_t)l->mapping.i << 32 | l->owner.i);

	return h + ((uint64_t)l->space << 1 | l->exact) * 0x9e3779b97f4a7c15u;
}

static bool same_location(const struct location *a, const struct location *b)
{
	return a->addr == b->addr && a->mapping.i == b->mapping.i && a->owner.i == b->owner.i &&
	       a->code == b->code && a->space == b->space && a->exact == b->exact;
}

static size_t location_slot(const struct calltree *t, const struct location *l)
{
	size_t i = (size_t)hash_location(l) & t->location_mask;

	while (t->location_slots[i] && !same_location(&t->locations[t->location_slots[i] - 1], l))
		i = (i + 1) & t->location_mask;
	return i;
}

uint32_t calltree_location(struct calltree *t, const struct location *l)
{
	size_t i = location_slot(t, l);

	if (t->location_slots[i])
		return t->location_slots[i] - 1;
	if (2 * t->n_locations > t->location_mask) {
		t->location_mask = 2 * t->location_mask + 1;
		free(t->location_slots);
		t->location_slots = mem_calloc(t->location_mask + 1, sizeof(uint32_t));
		for (size_t k = 0; k < t->n_locations; k++)
			t->location_slots[location_slot(t, &t->locations[k])] = (uint32_t)k + 1;
		i = location_slot(t, l);
	}
	t->locations =
		mem_grow(t->locations, t->n_locations, 1, &t->cap_locations, sizeof(*t->locations));
	t->locations[t->n_locations++] = *l;
	t->location_slots[i] = (uint32_t)t->n_locations;
	return (uint32_t)t->n_locations - 1;
}

static struct calltree_slot *node_slot(const struct calltree *t, uint32_t parent, uint32_t location)
{
	size_t i = (size_t)hash_u64((uint64_t)parent << 32 | location) & t->node_mask;

	while (t->node_slots[i].node_1 &&
	       (t->node_slots[i].parent != parent || t->node_slots[i].location != location))
		i = (i + 1) & t->node_mask;
	return &t->node_slots[i];
}

static void double_node_slots(struct calltree *t)
{
	t->node_mask = 2 * t->node_mask + 1;
	free(t->node_slots);
	t->node_slots = mem_calloc(t->node_mask + 1, sizeof(*t->node_slots));
	for (size_t k = 1; k < t->n_nodes; k++) {
		const struct calltree_node *n = &t->nodes[k];

		*node_slot(t, n->parent, n->location) =
			(struct calltree_slot){ n->parent, n->location, (uint32_t)k + 1 };
	}
}

uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t location)
{
	struct calltree_slot *slot = node_slot(t, parent, location);

	if (slot->node_1)
		return slot->node_1 - 1;
	if (4 * t->n_nodes > 3 * t->node_mask) {
		double_node_slots(t);
		slot = node_slot(t, parent, location);
	}
	t->nodes = mem_grow(t->nodes, t->n_nodes, 1, &t->cap_nodes, sizeof(*t->nodes));
	t->nodes[t->n_nodes++] = (struct calltree_node){ parent, location, 0 };
	*slot = (struct calltree_slot){ parent, location, (uint32_t)t->n_nodes };
	return (uint32_t)t->n_nodes - 1;
}

uint32_t calltree_append(struct calltree *t, uint32_t parent, uint32_t location)
{
	t->nodes = mem_grow(t->nodes, t->n_nodes, 1, &t->cap_nodes, sizeof(*t->nodes));
	t->nodes[t->n_nodes++] = (struct calltree_node){ parent, location, 0 };
	return (uint32_t)t->n_nodes - 1;
}

uint32_t calltree_row(struct calltree *t, uint32_t node)
{
	if (!t->nodes[node].cost)
		t->nodes[node].cost = costs_add_rows(&t->costs, 1);
	return t->nodes[node].cost;
}

void calltree_widen(struct calltree *t, size_t n_events)
{
	struct costs wide;

	costs_init(&wide, n_events);
	costs_add_rows(&wide, t->costs.n_rows);
	for (size_t row = 0; row < t->costs.n_rows; row++)
		if (!costs_add_row(&wide, row, &t->costs, row))
			t->overflow = true;
	costs_done(&t->costs);
	t->costs = wide;
	t->n_events = n_events;
}

void calltree_add_row(struct calltree *t, uint32_t node, const struct costs *from, uint32_t row,
		      const size_t *columns)
{
	uint32_t to = calltree_row(t, node);
	struct cost_cell cell = costs_begin(from, row);

	while (costs_next(from, &cell))
		if (!costs_add(&t->costs, to, columns ? columns[cell.event] : cell.event,
			       cell.cost))
			t->overflow = true;
}

void calltree_count(struct calltree *t, uint32_t row, size_t event, uint64_t weight)
{
	struct cost one = { 1, weight };

	if (!costs_add(&t->costs, row, event, &one))
		t->overflow = true;
}
