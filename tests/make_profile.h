/*
 * tests/make_profile.h - write profiles in memory, stack by stack.
 *
 *	struct maker m;
 *
 *	maker_begin(&m, texts, 1);
 *	maker_stack(&m, "main;parse;parse", 0, 3, 300);   3 samples, weight 300
 *	p = maker_end(&m);
 *	... totals_new(p) ...
 *	profile_free(p);
 *
 * For brute force on many shapes there are random stacks, the same for the same seed.
 */
#ifndef TESTS_MAKE_PROFILE_H
#define TESTS_MAKE_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "report/profile.h"

struct texts;

struct maker {
	struct profile *p;
	struct texts *texts;
	uint32_t *first_child, *next_sibling; /* 0: none */
	size_t cap_first, cap_next;
};

/* The events are "cycles", "instructions", "faults", "faults" ..., as many as asked for. */
void maker_begin(struct maker *m, struct texts *texts, size_t n_events);
struct profile *maker_end(struct maker *m);

/* A new function, even if one like it is there; what is NULL becomes "". */
uint32_t maker_function(struct maker *m, const struct function *f);

/* The function of this name; if there is none, a native one of /lib/made.so. */
uint32_t maker_named(struct maker *m, const char *name);

/* Samples whose stack is "outer;inner;leaf"; "" is a sample without any frame. */
void maker_stack(struct maker *m, const char *stack, size_t event, uint64_t samples,
		 uint64_t weight);
void maker_frames(struct maker *m, const uint32_t *frames, size_t n, size_t event, uint64_t samples,
		  uint64_t weight);

/* The next number of a series, below `limit`; equal seeds, equal series. */
uint32_t random_below(uint64_t *seed, uint32_t limit);

enum { DEEPEST = 64 };

struct stack {
	uint32_t frames[DEEPEST]; /* functions, outermost first */
	size_t depth;
	size_t event;
	struct cost cost;
};

struct shape {
	const char *label;
	uint32_t functions;
	size_t stacks;
	uint32_t deepest; /* at most DEEPEST */
	uint32_t events;
	uint32_t
		tasks; /* of the functions, the first so many are tasks, one at each stack's root; 0: none */
	bool no_recursion; /* inner frames have higher numbers */
};

/* Stacks in which everything calls everything; one in 16 has no frame but its task. Free with free(). */
struct stack *random_stacks(const struct shape *shape, uint64_t seed);
struct profile *profile_of_stacks(struct texts *texts, const struct shape *shape,
				  const struct stack *stacks);

/* Is `function` in the stack; is `callee` called by `caller` in it? */
bool stack_has(const struct stack *s, uint32_t function);
bool stack_calls(const struct stack *s, uint32_t caller, uint32_t callee);

#endif
