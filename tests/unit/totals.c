/*
 * tests/unit/totals.c - self, total and edges, each sample once (report/totals.h).
 */
#include "report/totals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static uint64_t total_of(const struct profile *p, const struct totals *t, const char *name)
{
	for (size_t f = 0; f < p->n_functions; f++)
		if (strcmp(p->functions[f].name, name) == 0)
			return costs_at(&t->total, f, 0)->weight;
	return UINT64_MAX;
}

static uint64_t edge_of(const struct profile *p, const struct totals *t, const char *caller,
			const char *callee)
{
	for (size_t i = 0; i < t->n_edges; i++)
		if (strcmp(p->functions[t->edges[i].caller].name, caller) == 0 &&
		    strcmp(p->functions[t->edges[i].callee].name, callee) == 0)
			return costs_at(&t->edge_total, i, 0)->weight;
	return UINT64_MAX;
}

static void a_sample_counts_once_however_often_a_function_recurs(void)
{
	static const struct {
		const char *label, *stacks[3]; /* of weight 1, 10 and 100 */
		uint64_t a, b, a_to_b, b_to_a, a_to_a;
	} rows[] = {
		{ "no recursion", { "a;b", "a", "b" }, 11, 101, 1, UINT64_MAX, UINT64_MAX },
		{ "direct recursion", { "a;a;a", "a;a;b", "a" }, 111, 10, 10, UINT64_MAX, 11 },
		{ "mutual recursion", { "a;b;a;b", "b;a", "b" }, 11, 111, 1, 11, UINT64_MAX },
		{ "the same pair at three depths",
		  { "a;b;a;b;a;b", "a;b", "a;b;b" },
		  111,
		  111,
		  111,
		  1,
		  UINT64_MAX },
		{ "a branch below a recursive frame",
		  { "a;b;a", "a;b;a;b", "a;b" },
		  111,
		  111,
		  111,
		  11,
		  UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct profile *p;
		struct totals *t;
		struct maker m;

		maker_begin(&m, texts, 1);
		maker_stack(&m, rows[i].stacks[0], 0, 1, 1);
		maker_stack(&m, rows[i].stacks[1], 0, 1, 10);
		maker_stack(&m, rows[i].stacks[2], 0, 1, 100);
		p = maker_end(&m);
		t = totals_new(p);
		check_in(rows[i].label);
		check_u64(total_of(p, t, "a"), rows[i].a, "total of a");
		check_u64(total_of(p, t, "b"), rows[i].b, "total of b");
		check_u64(edge_of(p, t, "a", "b"), rows[i].a_to_b, "a calls b");
		check_u64(edge_of(p, t, "b", "a"), rows[i].b_to_a, "b calls a");
		check_u64(edge_of(p, t, "a", "a"), rows[i].a_to_a, "a calls a");
		totals_free(t);
		profile_free(p);
	}
	check_in(NULL);
}

static bool equal_costs(const struct cost *a, const struct cost *b)
{
	return a->samples == b->samples && a->weight == b->weight;
}

/* Count stack by stack: the sets of functions, the sets of pairs. */
static void compare_with_stacks(const struct profile *p, const struct totals *t,
				const struct shape *shape, const struct stack *stacks)
{
	size_t n = p->n_functions, ne = p->n_events;
	struct cost *self = calloc(n * ne + 1, sizeof(*self));
	struct cost *total = calloc(n * ne + 1, sizeof(*total));
	struct cost *pairs = calloc(n * n * ne + 1, sizeof(*pairs));
	bool selves = true, totals = true, edges = true, sorted = true;
	size_t n_edges = 0;

	for (size_t i = 0; i < shape->stacks; i++) {
		const struct stack *s = &stacks[i];

		if (s->depth)
			cost_add(&self[s->frames[s->depth - 1] * ne + s->event], &s->cost);
		for (size_t d = 0; d < s->depth; d++) {
			uint32_t f = s->frames[d], caller = d ? s->frames[d - 1] : f;
			struct stack before = *s;

			before.depth = d;
			if (!stack_has(&before, f))
				cost_add(&total[f * ne + s->event], &s->cost);
			before.depth = d + 1;
			for (size_t k = 1; k < d; k++)
				if (s->frames[k - 1] == caller && s->frames[k] == f)
					before.depth = 0;
			if (d > 0 && before.depth && p->functions[caller].kind != KIND_TASK)
				cost_add(&pairs[(caller * n + f) * ne + s->event], &s->cost);
		}
	}
	for (size_t i = 0; i < n * ne; i++) {
		selves &= equal_costs(&self[i], costs_at(&t->self, i / ne, i % ne));
		totals &= equal_costs(&total[i], costs_at(&t->total, i / ne, i % ne));
	}
	for (size_t i = 0; i < t->n_edges; i++) {
		const struct total_edge *e = &t->edges[i];

		for (size_t k = 0; k < ne; k++)
			edges &= equal_costs(&pairs[(e->caller * n + e->callee) * ne + k],
					     costs_at(&t->edge_total, i, k));
		sorted &= i == 0 || e[-1].caller < e->caller ||
			  (e[-1].caller == e->caller && e[-1].callee < e->callee);
	}
	for (size_t i = 0; i < n * n; i++) {
		bool found = false;

		for (size_t k = 0; k < ne; k++)
			found |= pairs[i * ne + k].samples > 0;
		n_edges += found;
	}
	check(selves, "self");
	check(totals, "totals");
	check(edges, "edges");
	check(sorted, "edges are sorted");
	check_u64(t->n_edges, n_edges, "as many edges as pairs");
	free(self);
	free(total);
	free(pairs);
}

static void totals_are_those_of_the_stacks_counted_one_by_one(void)
{
	static const struct shape shapes[] = {
		{ .label = "one function", .functions = 1, .stacks = 8, .deepest = 5, .events = 1 },
		{ .label = "two functions",
		  .functions = 2,
		  .stacks = 40,
		  .deepest = 12,
		  .events = 1 },
		{ .label = "three, four events",
		  .functions = 3,
		  .stacks = 60,
		  .deepest = 9,
		  .events = 4 },
		{ .label = "many events",
		  .functions = 14,
		  .stacks = 300,
		  .deepest = 25,
		  .events = 29,
		  .tasks = 3 },
		{ .label = "fourteen", .functions = 14, .stacks = 300, .deepest = 25, .events = 2 },
		{ .label = "with tasks",
		  .functions = 14,
		  .stacks = 300,
		  .deepest = 25,
		  .events = 2,
		  .tasks = 3 },
		{ .label = "no recursion",
		  .functions = 40,
		  .stacks = 300,
		  .deepest = 25,
		  .events = 2,
		  .no_recursion = true },
		{ .label = "two hundred",
		  .functions = 200,
		  .stacks = 500,
		  .deepest = 60,
		  .events = 2 },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct stack *stacks = random_stacks(&shapes[i], seed);
			struct profile *p = profile_of_stacks(texts, &shapes[i], stacks);
			struct totals *t = totals_new(p);

			check_in(shapes[i].label);
			compare_with_stacks(p, t, &shapes[i], stacks);
			check(!t->overflow, "no sum left 64 bits");
			totals_free(t);
			profile_free(p);
			free(stacks);
		}
	}
	check_in(NULL);
}

static void a_sum_beyond_64_bits_stays_at_the_greatest_number_and_is_told(void)
{
	struct profile *p;
	struct totals *t;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "a;b", 0, 1, UINT64_MAX);
	maker_stack(&m, "a;c", 0, 1, 0);
	p = maker_end(&m);
	t = totals_new(p);
	check(!t->overflow, "the greatest number itself is none too many");
	check_u64(total_of(p, t, "a"), UINT64_MAX, "and is counted");
	totals_free(t);
	costs_add(&p->costs, p->costs.n_rows - 1, 0, &(struct cost){ 0, 1 });
	t = totals_new(p);
	check(t->overflow, "one more is");
	check_u64(total_of(p, t, "a"), UINT64_MAX, "and the sum does not wrap");
	check_u64(total_of(p, t, "c"), 1, "other sums are what they are");
	totals_free(t);
	profile_free(p);
}

static void a_profile_without_samples_or_events_has_no_totals(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct profile *p;
		struct totals *t;
		struct maker m;

		maker_begin(&m, texts, n_events);
		maker_named(&m, "never");
		p = maker_end(&m);
		t = totals_new(p);
		check_u64(t->n_edges, 0, "no edges");
		check(!n_events || costs_at(&t->total, 0, 0)->samples == 0, "no samples");
		totals_free(t);
		profile_free(p);
	}
	totals_free(NULL);
}

static void a_stack_of_a_million_frames_is_counted_without_recursion_of_our_own(void)
{
	enum { DEEP = 1000000 };
	uint32_t *frames = calloc(DEEP, sizeof(*frames));
	struct profile *p;
	struct totals *t;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_named(&m, "a");
	maker_named(&m, "b");
	for (size_t i = 0; i < DEEP; i++)
		frames[i] = i % 3 == 0;
	maker_frames(&m, frames, DEEP, 0, 1, 7);
	p = maker_end(&m);
	t = totals_new(p);
	check_u64(total_of(p, t, "a"), 7, "a once");
	check_u64(edge_of(p, t, "b", "a"), 7, "b calls a once");
	check_u64(t->n_edges, 3, "three pairs");
	totals_free(t);
	profile_free(p);
	free(frames);
}

int main(void)
{
	texts = texts_new();
	a_sample_counts_once_however_often_a_function_recurs();
	totals_are_those_of_the_stacks_counted_one_by_one();
	a_sum_beyond_64_bits_stays_at_the_greatest_number_and_is_told();
	a_profile_without_samples_or_events_has_no_totals();
	a_stack_of_a_million_frames_is_counted_without_recursion_of_our_own();
	texts_free(texts);
	return check_done("totals");
}
