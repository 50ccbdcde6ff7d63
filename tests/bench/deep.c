/*
 * tests/bench/deep.c - a program with deep native stacks, for the benchmark to record.
 *
 *	deep SECONDS
 *
 * computes for so many seconds of CPU time.  Functions with frames of different sizes and with different
 * saved registers call each other, 33 to 43 deep, on ways given by a pseudo-random number; at the end of each some work is
 * done.  The ways come again and again, as in real programs, where 5 % of the samples have a stack that was not
 * seen before.  Built without frame pointers.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STEPS = 16, DEEPEST = 43, SHALLOWEST = 33, WAYS = 64, WORK = 2000 };

typedef uint64_t step(uint64_t seed, int depth);
static step *const steps[STEPS];

static inline uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	return x * 0x94d049bb133111ebu;
}

static __attribute__((noinline)) uint64_t work(uint64_t seed)
{
	for (int i = 0; i < WORK; i++)
		seed = mix(seed + (uint64_t)i);
	return seed;
}

static inline uint64_t follow(uint64_t seed, int depth)
{
	return depth > 0 ? steps[seed % STEPS](mix(seed), depth - 1) : work(seed);
}

/*
 * Step `name` keeps `words` words on the stack and goes on at one of two call sites.  What it keeps is used behind
 * the call, so that it is no tail call.
 */
#define STEP(name, words)                                                        \
	static __attribute__((noinline)) uint64_t name(uint64_t seed, int depth) \
	{                                                                        \
		volatile uint64_t kept[words];                                   \
		uint64_t result;                                                 \
                                                                                 \
		kept[seed % (words)] = seed;                                     \
		if (seed & 64)                                                   \
			result = follow(seed >> 3, depth) ^ seed;                \
		else                                                             \
			result = follow(seed >> 5, depth) * (seed | 1);          \
		return result + kept[seed % (words)];                            \
	}

STEP(parse_list, 1)
STEP(parse_item, 2)
STEP(visit_node, 3)
STEP(visit_leaf, 4)
STEP(apply_rule, 1)
STEP(apply_all, 5)
STEP(resolve_name, 2)
STEP(resolve_type, 6)
STEP(check_type, 1)
STEP(check_call, 3)
STEP(fold_sum, 2)
STEP(fold_product, 1)
STEP(emit_block, 8)
STEP(emit_branch, 2)
STEP(lower_loop, 4)
STEP(lower_switch, 1)

static step *const steps[STEPS] = {
	parse_list,   parse_item,   visit_node, visit_leaf,   apply_rule, apply_all,
	resolve_name, resolve_type, check_type, check_call,   fold_sum,   fold_product,
	emit_block,   emit_branch,  lower_loop, lower_switch,
};

int main(int argc, char **argv)
{
	double seconds = argc == 2 ? strtod(argv[1], NULL) : 0;
	uint64_t seed = 0, result = 0;

	while ((double)clock() / CLOCKS_PER_SEC < seconds) {
		int depth = SHALLOWEST + (int)(seed % WAYS % (DEEPEST - SHALLOWEST + 1));

		result += follow(mix(++seed % WAYS + 1), depth);
	}
	printf("%" PRIu64 "\n", result);
	return 0;
}
