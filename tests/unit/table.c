/*
 * tests/unit/table.c - which functions a report lists, and in which order (report/table.h).
 */
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static const struct table_options all = { .event = -1 };
static const struct table_summary summary = { .program = "p",
					      .host = "h",
					      .recording = "perf.data" };

struct report {
	struct profile *p;
	struct totals *t;
	struct table *table;
};

static void report_on(struct report *r, struct profile *p, const struct table_options *options)
{
	r->p = p;
	r->t = totals_new(p);
	r->table = table_new(p, r->t, NULL, &summary, options);
}

static void again(struct report *r, const struct table_options *options)
{
	table_free(r->table);
	r->table = table_new(r->p, r->t, NULL, &summary, options);
}

static void end(struct report *r)
{
	table_free(r->table);
	totals_free(r->t);
	profile_free(r->p);
}

/* The names of the rows with blanks between; and of each row's edges in brackets. */
static const char *rows_of(const struct table *t)
{
	static char text[1000];

	text[0] = '\0';
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct table_row *row = &t->rows[i];

		strncat(text, i ? " " : "", sizeof(text) - strlen(text) - 1);
		strncat(text, t->profile->functions[row->function].name,
			sizeof(text) - strlen(text) - 1);
		for (size_t k = 0; k < row->n_edges; k++) {
			uint32_t f = t->edge_rows[row->first_edge + k].function;

			strncat(text, k ? "," : "[", sizeof(text) - strlen(text) - 1);
			strncat(text, t->profile->functions[f].name,
				sizeof(text) - strlen(text) - 1);
		}
		strncat(text, row->n_edges ? "]" : "", sizeof(text) - strlen(text) - 1);
	}
	return text;
}

/*		self		total		leaf samples
 *	main	0		111, 9		0
 *	a	100		110, 9		1
 *	b	10, 9		10, 9		20
 *	c	1		1		3
 *	d	1		1		3
 */
static struct profile *example(void)
{
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_stack(&m, "main;a", 0, 1, 100);
	maker_stack(&m, "main;a;b", 0, 10, 10);
	maker_stack(&m, "main;a;b", 1, 10, 9);
	maker_stack(&m, "d", 0, 3, 1);
	maker_stack(&m, "main;c", 0, 3, 1);
	maker_named(&m, "never");
	return maker_end(&m);
}

static void rows_are_in_the_order_asked_for(void)
{
	static const struct {
		const char *label;
		struct table_options options;
		const char *rows;
	} rows[] = {
		{ "self", { .event = -1 }, "a b c d main" },
		{ "total", { .event = -1, .sort = SORT_TOTAL }, "main a b c d" },
		{ "samples", { .event = -1, .sort = SORT_SAMPLES }, "b c d a main" },
		{ "name", { .event = -1, .sort = SORT_NAME }, "a b c d main" },
		{ "self of the second event; the rest has no cost in it",
		  { .event = 1 },
		  "b a main" },
		{ "samples of the first", { .event = 0, .sort = SORT_SAMPLES }, "b c d a main" },
	};
	struct report r;

	report_on(&r, example(), &all);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(&r, &rows[i].options);
		check_text(rows_of(r.table), rows[i].rows, rows[i].label);
	}
	end(&r);
}

static void equal_costs_are_decided_by_the_next_event_then_by_name(void)
{
	struct function same[] = {
		{ .kind = KIND_NATIVE, .name = "f", .module = "z", .object = "/z" },
		{ .kind = KIND_NATIVE, .name = "f", .module = "a", .object = "/b" },
		{ .kind = KIND_NATIVE, .name = "f", .module = "a", .object = "/a" },
	};
	struct report r;
	struct maker m;

	maker_begin(&m, texts, 2);
	for (uint32_t i = 0; i < 3; i++) {
		maker_function(&m, &same[i]);
		maker_frames(&m, &i, 1, 0, 1, 50);
	}
	maker_stack(&m, "more", 0, 1, 50);
	maker_stack(&m, "more", 1, 1, 1);
	maker_stack(&m, "samples", 0, 2, 50);
	report_on(&r, maker_end(&m), &all);
	check_text(rows_of(r.table), "samples more f f f", "samples, then the second event");
	check(r.table->rows[2].function == 2 && r.table->rows[3].function == 1 &&
		      r.table->rows[4].function == 0,
	      "then name, module, object");
	end(&r);
}

/* The order as the header has it, event by event. */
static int plain_order(const struct report *r, uint32_t a, uint32_t b)
{
	for (size_t e = 0; e < r->t->n_events; e++) {
		const struct cost *ca = costs_at(&r->t->self, a, e),
				  *cb = costs_at(&r->t->self, b, e);

		if (ca->weight != cb->weight)
			return ca->weight > cb->weight ? -1 : 1;
		if (ca->samples != cb->samples)
			return ca->samples > cb->samples ? -1 : 1;
	}
	return 0;
}

static void very_many_events_are_compared_in_their_order(void)
{
	static const struct shape shape = {
		.functions = 60, .stacks = 90, .deepest = 3, .events = 41
	};

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct stack *stacks = random_stacks(&shape, seed);
		size_t listed = 0;
		bool sorted = true;
		struct report r;

		report_on(&r, profile_of_stacks(texts, &shape, stacks), &all);
		for (size_t i = 1; i < r.table->n_rows; i++)
			sorted &= plain_order(&r, r.table->rows[i - 1].function,
					      r.table->rows[i].function) <= 0;
		for (uint32_t f = 0; f < r.p->n_functions; f++) {
			uint64_t samples = 0;

			for (size_t e = 0; e < r.p->n_events; e++)
				samples += costs_at(&r.t->total, f, e)->samples;
			listed += samples > 0;
		}
		check(sorted, "the first event that differs decides");
		check_u64(r.table->n_rows, listed, "all with cost in any event");
		end(&r);
		free(stacks);
	}
}

static void limits_leave_out_rows_and_nothing_else(void)
{
	static const struct {
		const char *label;
		struct table_options options;
		const char *rows;
		size_t hidden;
	} rows[] = {
		{ "none", { .event = -1 }, "a b c d main", 0 },
		{ "two rows", { .event = -1, .limit = 2 }, "a b", 3 },
		{ "as many as there are", { .event = -1, .limit = 5 }, "a b c d main", 0 },
		{ "more than there are", { .event = -1, .limit = 99 }, "a b c d main", 0 },
		{ "half a percent: 0.8 % stay",
		  { .event = -1, .percent_limit = 0.5 },
		  "a b c d main",
		  0 },
		{ "one percent", { .event = -1, .percent_limit = 1 }, "a b main", 2 },
		{ "both", { .event = -1, .percent_limit = 1, .limit = 1 }, "a", 4 },
		{ "more than everything", { .event = -1, .percent_limit = 101 }, "", 5 },
		{ "exactly all", { .event = 1, .percent_limit = 100 }, "b a main", 0 },
		{ "with a name", { .event = -1, .function = "a", .limit = 1 }, "a", 0 },
	};
	struct report r;

	report_on(&r, example(), &all);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(&r, &rows[i].options);
		check_in(rows[i].label);
		check_text(rows_of(r.table), rows[i].rows, "rows");
		check_u64(r.table->n_hidden, rows[i].hidden, "hidden");
		check_u64(table_total(r.table, 0, 0)->weight, rows[i].options.event == 1 ? 9 : 111,
			  "a total is what it is");
	}
	check_in(NULL);
	end(&r);
}

static void callers_and_callees_are_the_heaviest_first(void)
{
	static const struct {
		const char *label;
		struct table_options options;
		const char *rows;
	} rows[] = {
		{ "callers",
		  { .event = -1, .edges = EDGES_CALLERS },
		  "a[main] b[a] c[main] d main" },
		{ "callees", { .event = -1, .edges = EDGES_CALLEES }, "a[b] b c d main[a,c]" },
		{ "of one function",
		  { .event = -1, .edges = EDGES_CALLEES, .function = "main" },
		  "main[a,c]" },
		{ "of all, asked for by \"\"",
		  { .event = -1, .edges = EDGES_CALLERS, .function = "" },
		  "a[main] b[a] c[main] d main" },
		{ "by module and name", { .event = -1, .function = "made.so.a" }, "a" },
		{ "of nobody", { .event = -1, .edges = EDGES_CALLERS, .function = "nobody" }, "" },
		{ "of a row within the limit",
		  { .event = -1, .edges = EDGES_CALLERS, .limit = 1 },
		  "a[main]" },
		{ "in the second event", { .event = 1, .edges = EDGES_CALLEES }, "b a[b] main[a]" },
	};
	struct report r;

	report_on(&r, example(), &all);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(&r, &rows[i].options);
		check_text(rows_of(r.table), rows[i].rows, rows[i].label);
	}
	end(&r);
}

static void a_function_is_found_by_its_raw_symbol_too(void)
{
	struct function f = { .kind = KIND_NATIVE, .name = "n::f()", .symbol = "_ZN1n1fEv" };
	struct report r;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &f);
	maker_stack(&m, "n::f()", 0, 1, 1);
	report_on(&r, maker_end(&m),
		  &(struct table_options){ .event = -1, .function = "_ZN1n1fEv" });
	check_text(rows_of(r.table), "n::f()", "by symbol");
	again(&r, &(struct table_options){ .event = -1, .function = "n::f()" });
	check_text(rows_of(r.table), "n::f()", "by name");
	end(&r);
}

static void edges_are_shown_between_listed_functions(void)
{
	struct report r;
	size_t shown = 0;

	report_on(&r, example(), &all);
	for (size_t i = 0; i < r.t->n_edges; i++)
		shown += table_shows_edge(r.table, i);
	check_u64(shown, 3, "all");
	again(&r, &(struct table_options){ .event = 1 });
	shown = 0;
	for (size_t i = 0; i < r.t->n_edges; i++)
		shown += table_shows_edge(r.table, i);
	check_u64(shown, 2, "those with cost in the event");
	again(&r, &(struct table_options){ .event = -1, .limit = 2 });
	shown = 0;
	for (size_t i = 0; i < r.t->n_edges; i++)
		shown += table_shows_edge(r.table, i);
	check_u64(shown, 1, "those whose ends have rows");
	check_u64(table_leaf_samples(r.table, 2), 20, "leaf samples of both events");
	check_u64(table_edge_samples(r.table, 0), 21, "and of an edge");
	end(&r);
}

static void tasks_and_functions_without_cost_have_no_row(void)
{
	struct function task = { .kind = KIND_TASK, .name = "t-1/1" };
	struct report r;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_function(&m, &task);
	maker_named(&m, "never");
	maker_stack(&m, "t-1/1;a", 0, 1, 1);
	report_on(&r, maker_end(&m), &all);
	check_text(rows_of(r.table), "a", "one row");
	check_u64(r.table->n_hidden, 0, "and none is hidden");
	end(&r);
}

static void an_empty_profile_has_no_rows(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct report r;
		struct maker m;

		maker_begin(&m, texts, n_events);
		maker_named(&m, "never");
		report_on(&r, maker_end(&m),
			  &(struct table_options){
				  .event = -1, .edges = EDGES_CALLERS, .percent_limit = 1 });
		check_u64(r.table->n_rows + r.table->n_edge_rows + r.table->n_hidden, 0, "nothing");
		end(&r);
	}
	table_free(NULL);
}

static void a_share_is_in_hundredths_of_a_percent_rounded(void)
{
	static const struct {
		const char *label;
		struct cost part, whole;
		uint64_t share;
	} rows[] = {
		{ "all", { 1, 7 }, { 1, 7 }, 10000 },
		{ "a third", { 1, 1 }, { 1, 3 }, 3333 },
		{ "two thirds", { 1, 2 }, { 1, 3 }, 6667 },
		{ "half of the last digit is rounded up", { 1, 1 }, { 1, 20000 }, 1 },
		{ "less than that down", { 1, 1 }, { 1, 20001 }, 0 },
		{ "without weight of the samples", { 1, 0 }, { 4, 0 }, 2500 },
		{ "with weight not of the samples", { 4, 0 }, { 4, 9 }, 0 },
		{ "of nothing", { 0, 0 }, { 0, 0 }, 0 },
		{ "the greatest numbers", { 1, UINT64_MAX }, { 1, UINT64_MAX }, 10000 },
		{ "half the greatest", { 1, UINT64_MAX / 2 }, { 1, UINT64_MAX }, 5000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_u64(cost_share(&rows[i].part, &rows[i].whole), rows[i].share, rows[i].label);
}

int main(void)
{
	texts = texts_new();
	rows_are_in_the_order_asked_for();
	equal_costs_are_decided_by_the_next_event_then_by_name();
	very_many_events_are_compared_in_their_order();
	limits_leave_out_rows_and_nothing_else();
	callers_and_callees_are_the_heaviest_first();
	a_function_is_found_by_its_raw_symbol_too();
	edges_are_shown_between_listed_functions();
	tasks_and_functions_without_cost_have_no_row();
	an_empty_profile_has_no_rows();
	a_share_is_in_hundredths_of_a_percent_rounded();
	texts_free(texts);
	return check_done("table");
}
