/* tests/bench/stacks.c - see stacks.h. */
#include "tests/bench/stacks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "parser/base/memory.h"

uint64_t stacks_random(struct stacks *s, uint64_t n)
{
	return program_mix(0, s->random++) % n;
}

static bool chance(struct stacks *s, double share)
{
	return (double)stacks_random(s, 1000000) < share * 1000000;
}

/* ---- the tree of all stacks ---- */

static size_t slot_of(const struct stacks *s, uint32_t parent, uint64_t address)
{
	size_t i = program_mix(parent, address) & (s->n_slots - 1);

	while (s->slots[i] &&
	       (s->nodes[s->slots[i]].parent != parent || s->nodes[s->slots[i]].address != address))
		i = (i + 1) & (s->n_slots - 1);
	return i;
}

static void make_room(struct stacks *s)
{
	if (2 * s->n < s->n_slots)
		return;
	s->n_slots *= 2;
	free(s->slots);
	s->slots = mem_calloc(s->n_slots, sizeof(*s->slots));
	for (uint32_t i = 1; i < s->n; i++)
		s->slots[slot_of(s, s->nodes[i].parent, s->nodes[i].address)] = i;
}

/* The node below `parent` that is like `like`; a new one if there is none with its address. */
static uint32_t child(struct stacks *s, uint32_t parent, struct node like)
{
	size_t slot;

	make_room(s);
	slot = slot_of(s, parent, like.address);
	if (s->slots[slot])
		return s->slots[slot];
	s->slots[slot] = (uint32_t)s->n;
	s->nodes = mem_grow(s->nodes, s->n, 1, &s->cap, sizeof(*s->nodes));
	like.parent = parent;
	like.depth = (uint16_t)(s->nodes[parent].depth + 1);
	s->nodes[s->n] = like;
	return (uint32_t)s->n++;
}

/* ---- new stacks ---- */

/* A frame of the function that the node calls, not yet left anywhere; the root calls the first one. */
static struct node called_by(const struct stacks *s, uint32_t caller)
{
	const struct node *c = &s->nodes[caller];
	struct node n = { .running = c->running };

	if (caller)
		n.function = program_callee(s->program, c->function, c->site, c->running);
	if (s->program->functions[n.function].role == ROLE_TRAMPOLINE)
		n.running = n.function;
	return n;
}

/*
 * Some sites are busier than others.  Towards the wanted depth Python functions call each
 * other, through functions that hand on what the loop wants to have called.
 */
static uint8_t pick_site(struct stacks *s, uint32_t caller, uint32_t function, unsigned missing)
{
	unsigned n = program_sites(s->program, function);
	uint64_t a = stacks_random(s, n), b = stacks_random(s, n);
	uint64_t busy = a < b ? a : b;

	switch (s->program->functions[function].role) {
	case ROLE_VECTORCALL:
	case ROLE_VECTOR:
		return s->nodes[caller].site;
	case ROLE_LOOP:
		if (missing > 3)
			return (uint8_t)stacks_random(s, LOOP_PYTHON_SITES);
		return (uint8_t)(LOOP_PYTHON_SITES + busy % (n - LOOP_PYTHON_SITES));
	default:
		return (uint8_t)busy;
	}
}

static bool may_be_leaf(const struct stacks *s, uint32_t function)
{
	enum role role = s->program->functions[function].role;

	return role == ROLE_NATIVE || role == ROLE_LOOP;
}

/* A leaf below the node. */
static uint32_t add_leaf(struct stacks *s, uint32_t caller)
{
	struct node n = called_by(s, caller);
	unsigned points = program_points(s->program, n.function);
	uint64_t a = stacks_random(s, points), b = stacks_random(s, points);

	n.address = program_point(s->program, n.function, (unsigned)(a < b ? a : b));
	return child(s, caller, n);
}

/* Call on and on from the node, until the stack has the wanted depth; the leaf. */
static uint32_t descend(struct stacks *s, uint32_t node, unsigned depth)
{
	for (;;) {
		struct node n = called_by(s, node);
		unsigned reached = s->nodes[node].depth + 1u;
		unsigned missing = depth > reached ? depth - reached : 0;

		if (missing == 0 && may_be_leaf(s, n.function))
			return add_leaf(s, node);
		n.site = pick_site(s, node, n.function, missing);
		n.address = program_site(s->program, n.function, n.site);
		node = child(s, node, n);
	}
}

/* Leave an old stack's way a few frames up, mostly, or many; and come down to about its depth. */
static uint32_t change_way(struct stacks *s, uint32_t leaf)
{
	const struct stack_options *o = &s->options;
	unsigned drift = 1 + (o->max_depth - o->min_depth) / 16;
	unsigned depth = s->nodes[leaf].depth + (unsigned)stacks_random(s, 2 * drift + 1);
	unsigned up = 2 + (unsigned)stacks_random(s, 1 + stacks_random(s, o->max_depth / 3));
	uint32_t node = leaf;

	for (unsigned i = 0; i < up && node; i++)
		node = s->nodes[node].parent;
	depth = depth > o->min_depth + drift ? depth - drift : o->min_depth;
	return descend(s, node, depth < o->max_depth ? depth : o->max_depth);
}

static uint32_t first_stack(struct stacks *s)
{
	const struct stack_options *o = &s->options;

	return descend(s, 0,
		       o->min_depth + (unsigned)stacks_random(s, o->max_depth - o->min_depth + 1));
}

/* Where the program is too small for as many stacks as are wanted, an old one has to do. */
static uint32_t new_stack(struct stacks *s)
{
	uint32_t leaf = 0;

	for (unsigned tries = 0; tries < 100; tries++) {
		uint32_t old = s->samples ? s->history[stacks_random(s, s->samples)] : 0;

		if (s->samples < s->options.first)
			leaf = first_stack(s);
		else if (chance(s, 0.7))
			leaf = add_leaf(s, s->nodes[old].parent);
		else
			leaf = change_way(s, old);
		if (!s->nodes[leaf].leaf) {
			s->nodes[leaf].leaf = 1;
			s->distinct++;
			break;
		}
	}
	return leaf;
}

/*
 * What an earlier sample, any of them, had: the often seen becomes more often seen,
 * which gives the long tail that real profiles have (H. A. Simon's process).
 */
uint32_t stacks_next(struct stacks *s)
{
	uint32_t leaf;

	if (s->samples < s->options.first || chance(s, s->options.new_share))
		leaf = new_stack(s);
	else
		leaf = s->history[stacks_random(s, s->samples)];
	s->history = mem_grow(s->history, s->samples, 1, &s->history_cap, sizeof(*s->history));
	s->history[s->samples++] = leaf;
	return leaf;
}

/* ---- the whole ---- */

void stacks_init(struct stacks *s, const struct program *p, const struct stack_options *options)
{
	*s = (struct stacks){ .program = p, .options = *options, .n_slots = 1 << 16 };
	s->slots = mem_calloc(s->n_slots, sizeof(*s->slots));
	s->nodes = mem_grow(NULL, 0, 1, &s->cap, sizeof(*s->nodes));
	s->nodes[0] = (struct node){ 0 };
	s->n = 1;
}

void stacks_free(struct stacks *s)
{
	free(s->nodes);
	free(s->slots);
	free(s->history);
	*s = (struct stacks){ 0 };
}

size_t stacks_addresses(const struct stacks *s, uint32_t leaf, uint64_t addresses[STACK_MAX])
{
	size_t n = 0;

	for (uint32_t node = leaf; node && n < STACK_MAX; node = s->nodes[node].parent)
		addresses[n++] = s->nodes[node].address;
	return n;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

size_t stacks_count_addresses(const struct stacks *s)
{
	uint64_t *all = mem_calloc(s->n, sizeof(*all));
	size_t n = 0;

	for (size_t i = 1; i < s->n; i++)
		all[i] = s->nodes[i].address;
	qsort(all, s->n, sizeof(*all), by_number);
	for (size_t i = 1; i < s->n; i++)
		n += all[i] != all[i - 1];
	free(all);
	return n;
}
