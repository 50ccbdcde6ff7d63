/*
 * report/calltree.h - where samples were taken: a tree of recorded addresses with costs (DESIGN 2.3).
 *
 * A node is (parent, location); a location is an address in a mapping and how it was
 * obtained (D2).  Nodes come parents first, node 0 is the root.  Nothing here has a
 * name yet: locations are symbolized once, when all samples are in.
 */
#ifndef PERFOLIO_REPORT_CALLTREE_H
#define PERFOLIO_REPORT_CALLTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/machine.h"
#include "report/profile.h"

/* Whose address it is. */
enum space_kind {
	SPACE_USER,
	SPACE_KERNEL,
	SPACE_GUEST_KERNEL,
	SPACE_GUEST_USER,
	SPACE_HYPERVISOR,
	SPACE_TASK, /* not an address: a thread at the root; `addr` is its number (tasks) */
};

struct location {
	uint64_t addr;             /* to look up: of a return address the byte before */
	struct mapping_id mapping; /* 0: none */
	struct instance_id owner;  /* of JIT code: the process that ran it; else 0 */
	uint32_t code;             /* of JIT code: see jitmaps_name(); 0: not known */
	enum space_kind space : 8;
	bool exact; /* an instruction that was running, not a return address */
};

struct calltree_node {
	uint32_t parent, location;
	uint32_t cost; /* row of costs; 0: nothing ended here */
};

struct calltree {
	size_t n_events;
	struct location *locations;
	size_t n_locations, cap_locations;
	struct calltree_node *nodes;
	size_t n_nodes, cap_nodes;
	struct costs costs; /* row 0 is of zeroes */
	bool overflow;      /* a sum left 64 bits */
	/* look-up: index + 1 of a location, or a node with its key; 0 is free */
	uint32_t *location_slots;
	struct calltree_slot {
		uint32_t parent, location, node_1;
	} * node_slots;
	size_t location_mask, node_mask;
};

struct calltree *calltree_new(size_t n_events);
void calltree_free(struct calltree *t);

/* The index of an equal location, which is added if there is none. */
uint32_t calltree_location(struct calltree *t, const struct location *l);

/* The child of `parent` at this location, made if there is none. */
uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t location);

/* The same of a node that is known to be new, in a tree that is not asked for children any more: in no time. */
uint32_t calltree_append(struct calltree *t, uint32_t parent, uint32_t location);

/* The row of costs of a node, made if there is none; for calltree_count(). */
uint32_t calltree_row(struct calltree *t, uint32_t node);

/* Give the rows more events, with zeroes. */
void calltree_widen(struct calltree *t, size_t n_events);

/* Add a row of other costs to a node's; columns: by event of `from` ours, NULL: the same. */
void calltree_add_row(struct calltree *t, uint32_t node, const struct costs *from, uint32_t row,
		      const size_t *columns);

/* Count a sample of `weight` in a row. */
void calltree_count(struct calltree *t, uint32_t row, size_t event, uint64_t weight);

#endif
