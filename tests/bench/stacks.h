/*
 * tests/bench/stacks.h - the stacks that samples of a made-up program have, one after the other.
 *
 * Most samples have a stack that was seen before, often seen ones more often; a
 * given share of them has a new one, at the end of the recording as at its
 * beginning.  A new stack is an old one with another leaf address, or one
 * that leaves the old one's way some frames further up.  In real recordings of CPython 3.15
 * 51 to 93 % of the distinct stacks differ from another in nothing but the leaf,
 * and a stack brings 3 to 7 nodes that the tree of all stacks did not have.
 */
#ifndef TESTS_BENCH_STACKS_H
#define TESTS_BENCH_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/program.h"

struct stack_options {
	unsigned min_depth, max_depth; /* frames; a little above is possible */
	double new_share;              /* of the samples */
	unsigned first;                /* so many samples at the beginning all have new stacks */
};

/* A frame below another.  Node 0 is the root: the empty stack, no frame. */
struct node {
	uint64_t address;
	uint32_t parent;
	uint32_t function;
	uint32_t running; /* the Python function that the loop above runs; of native programs: 0 */
	uint16_t depth;
	uint8_t site; /* where the function is left; of a leaf: 0 */
	uint8_t leaf; /* this very stack was sampled */
};

struct stacks {
	const struct program *program;
	struct stack_options options;
	uint64_t random;
	struct node *nodes;
	size_t n, cap;
	uint32_t *
		slots; /* hash table of (parent, address) -> node; 0 is empty: the root is below nobody */
	size_t n_slots;    /* a power of 2 */
	uint32_t *history; /* the leaf node of each sample so far */
	size_t samples, history_cap;
	size_t distinct;
};

void stacks_init(struct stacks *s, const struct program *p, const struct stack_options *options);
void stacks_free(struct stacks *s);

/* The leaf node of the next sample's stack. */
uint32_t stacks_next(struct stacks *s);

enum { STACK_MAX = 256 };

/* The addresses of a stack, leaf first.  Their number, at most STACK_MAX. */
size_t stacks_addresses(const struct stacks *s, uint32_t leaf, uint64_t addresses[STACK_MAX]);

/* How many distinct addresses there are. */
size_t stacks_count_addresses(const struct stacks *s);

/* The next of the fixed sequence of random numbers, below n. */
uint64_t stacks_random(struct stacks *s, uint64_t n);

#endif
