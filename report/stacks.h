/*
 * report/stacks.h - recorded call chains -> nodes of the call tree, each distinct chain resolved once.
 *
 * A chain is known by the hash of its bytes as they lie in the record; its entry keeps the node
 * and the interval of time in which every mapping and every hole that its addresses were
 * resolved against was in force (DESIGN 2.3).  A hit outside of it is resolved afresh.
 */
#ifndef PERFOLIO_REPORT_STACKS_H
#define PERFOLIO_REPORT_STACKS_H

#include <stdint.h>

#include "report/calltree.h"
#include "report/machine.h"

/* What a sample says about where it was. */
struct stack_key {
	struct instance_id instance;
	uint32_t root;    /* node of the tree to start from: 0, or a task's */
	unsigned cpumode; /* MISC_*: whose addresses come before the first context marker */
	uint64_t time;
	uint64_t ip;          /* of the sample; 0 where it has none */
	const uint8_t *chain; /* chain_nr numbers in host byte order, context markers among them */
	uint64_t chain_nr;
};

struct stacks;

/* All are borrowed; the machine is sealed.  jitmaps: NULL, or where JIT code is looked up. */
struct jitmaps;
struct stacks *stacks_new(const struct machine *m, struct calltree *tree, struct jitmaps *jitmaps);
void stacks_free(struct stacks *s);

/* Where a stack ends: the node and its row of costs. */
struct stack_leaf {
	uint32_t node, row;
};

/* The end of a stack; a key without any address gives its root. */
struct stack_leaf stacks_leaf(struct stacks *s, const struct stack_key *key);

/* Whose address a marker or a cpumode announces. Source: enum perf_callchain_context, perf_event.h. */
enum space_kind stacks_space(unsigned cpumode, uint64_t addr);

/* Does this mapping hold code that a JIT compiler made (anonymous memory)? As perf decides it: util/map.c. */
bool stacks_is_jit(const struct mapping *m);

#endif
