/*
 * tests/unit/merge.c - several recordings as one (report/merge.h), against sums that are made of what each comes to
 * by itself.
 */
#include "report/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/folio_view.h"
#include "report/profile_file.h"
#include "tests/check.h"
#include "tests/make_folio.h"

enum { FOLIOS = 5, STACKS = 60 };

static const struct {
	enum view view;
	bool inlined;
	const char *label;
} shown[] = {
	{ VIEW_PYTHON, false, "python" },
	{ VIEW_NATIVE, false, "native without inlined functions" },
	{ VIEW_NATIVE, true, "native" },
	{ VIEW_MIXED, true, "mixed" },
};

enum { N_SHOWN = sizeof(shown) / sizeof(shown[0]) };

/* is: what the sum comes to; rows: what each does; all are freed. */
static void check_sum(char *is, char **rows, const char *label)
{
	char *want = add_rows(rows, FOLIOS);

	check_text(is, want, label);
	for (size_t i = 0; i < FOLIOS; i++)
		free(rows[i]);
	free(want);
	free(is);
}

static void check_sums(struct folio *const *single, const struct folio *sum)
{
	char *rows[FOLIOS];

	for (size_t s = 0; s < N_SHOWN; s++) {
		enum view view = shown[s].view;
		bool inlined = shown[s].inlined;

		for (int positions = 0; positions < 2; positions++) {
			for (size_t i = 0; i < FOLIOS; i++)
				rows[i] = folio_rows(single[i], view, inlined, positions);
			check_sum(folio_rows(sum, view, inlined, positions), rows, shown[s].label);
		}
	}
	for (size_t i = 0; i < FOLIOS; i++)
		rows[i] = folio_places(single[i]);
	check_sum(folio_places(sum), rows, "each position");
}

static void the_sum_is_the_sum_of_each_function_and_position(void)
{
	static const unsigned keys[] = { 0, ROOT_BIT(ROOT_COMM), ROOT_BIT(ROOT_THREAD), ALL_KEYS };
	char label[60];

	for (unsigned round = 0; round < 8; round++) {
		unsigned kept = keys[round % 4];
		struct texts *texts = texts_new(), *others = texts_new();
		struct folio *single[FOLIOS], *sum = folio_new(texts, kept);

		snprintf(label, sizeof(label), "round %u, keys 0x%x", round, kept);
		check_in(label);
		for (unsigned i = 0; i < FOLIOS; i++) {
			single[i] = make_folio(others, 10 * round + i + 1, ALL_KEYS, STACKS);
			merge_folio(sum, single[i], NULL);
		}
		check_sums(single, sum);
		for (size_t i = 0; i < FOLIOS; i++)
			folio_free(single[i]);
		folio_free(sum);
		texts_free(texts);
		texts_free(others);
	}
	check_in(NULL);
}

/* ---- order ---- */

/* The bytes of the file that a folio makes. */
struct file {
	uint8_t *bytes;
	size_t len;
};

static struct file file_of(const struct folio *f)
{
	struct file file;

	file.bytes = profile_file_write(f, &file.len);
	return file;
}

static bool same_file(const struct file *a, const struct file *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* tree: how the five are put together, by digits in brackets: "((01)2)(34)". */
static struct folio *merged(struct texts *texts, struct folio *const *single, unsigned keys,
			    const char **tree)
{
	struct folio *sum = folio_new(texts, keys);

	for (; **tree && **tree != ')'; ++*tree) {
		struct folio *part;

		if (**tree != '(') {
			merge_folio(sum, single[**tree - '0'], NULL);
			continue;
		}
		++*tree;
		part = merged(texts, single, keys, tree);
		merge_folio(sum, part, NULL);
		folio_free(part);
	}
	return sum;
}

static void neither_order_nor_brackets_change_a_byte(void)
{
	static const char *const trees[] = { "43210", "31402", "(01)(23)4", "4((32)(10))",
					     "0(1(2(3(4))))" };
	static const unsigned keys[] = { 0, ROOT_BIT(ROOT_COMM) | ROOT_BIT(ROOT_HOST), ALL_KEYS };

	for (unsigned k = 0; k < 3; k++) {
		struct texts *texts = texts_new();
		struct folio *single[FOLIOS], *sum;
		const char *straight = "01234";
		struct file want;

		for (unsigned i = 0; i < FOLIOS; i++)
			single[i] = make_folio(texts, 100 + i, ALL_KEYS, STACKS);
		sum = merged(texts, single, keys[k], &straight);
		want = file_of(sum);
		folio_free(sum);
		for (size_t t = 0; t < sizeof(trees) / sizeof(trees[0]); t++) {
			const char *tree = trees[t];
			struct file is;

			sum = merged(texts, single, keys[k], &tree);
			is = file_of(sum);
			check(same_file(&is, &want), trees[t]);
			free(is.bytes);
			folio_free(sum);
		}
		free(want.bytes);
		for (size_t i = 0; i < FOLIOS; i++)
			folio_free(single[i]);
		texts_free(texts);
	}
}

/* ---- events ---- */

struct two {
	struct texts *texts;
	struct folio *a, *b, *sum;
	struct diag *diag;
};

static struct folio *with_events(struct texts *texts, const struct folio_event *events, size_t n)
{
	struct folio *f = folio_new(texts, 0);
	struct sampled_task t = { "", "", "", "", 0, 0, 0 };
	struct task_time time = { .has_time = false };
	const char *nothing = texts_add_z(texts, "");
	struct folio_source source = { .path = texts_add_z(texts, "x.data"), .clock = -1 };

	source.hash = source.host = source.program = source.arch = source.kernel = nothing;
	source.cpu = source.perf = source.perfolio = source.options = nothing;
	source.command = nothing;
	f->sources = mem_grow(NULL, 0, 1, &f->cap_sources, sizeof(*f->sources));
	f->sources[f->n_sources++] = source;
	t = task_kept(&t, 0, texts);
	folio_add_task(f, &t, &time);
	folio_add_events(f, events, n);
	for (size_t e = 0; e < n; e++) {
		struct cost one = { 1, 10 + e };
		uint32_t node = calltree_child(f->tree, 0, folio_location(f, true, 0));

		costs_add(&f->tree->costs, calltree_row(f->tree, node), e, &one);
	}
	return f;
}

static void begin_two(struct two *t, const struct folio_event *a, size_t n,
		      const struct folio_event *b, size_t m)
{
	t->texts = texts_new();
	t->a = with_events(t->texts, a, n);
	t->b = with_events(t->texts, b, m);
	t->sum = folio_new(t->texts, 0);
	t->diag = diag_new();
	merge_folio(t->sum, t->a, NULL);
	merge_folio(t->sum, t->b, NULL);
	folio_tell(t->sum, true, t->diag);
}

static void end_two(struct two *t)
{
	folio_free(t->a);
	folio_free(t->b);
	folio_free(t->sum);
	diag_free(t->diag);
	texts_free(t->texts);
}

static uint64_t told(const struct two *t, enum problem_kind kind)
{
	uint64_t n = 0;

	for (size_t i = 0; i < diag_count(t->diag); i++)
		if (diag_get(t->diag, i)->kind == kind)
			n += diag_get(t->diag, i)->count;
	return n;
}

#define EVENT(...)                           \
	{                                    \
		.recordings = 1, __VA_ARGS__ \
	}

static void events_are_joined_by_meaning_and_differences_told(void)
{
	static const struct folio_event cycles =
		EVENT(.name = "cycles", .unit = "count", .attr = { .sample_period = 1000 });
	static const struct {
		struct folio_event other;
		size_t n;
		uint64_t events, periods;
		bool mixed;
		const char *label;
	} rows[] = {
		{ EVENT(.name = "cycles", .unit = "count", .attr = { .sample_period = 1000 }), 1, 0,
		  0, false, "the same" },
		{ EVENT(.name = "cycles", .unit = "count", .attr = { .sample_period = 2000 }), 1, 0,
		  1, true, "another period" },
		{ EVENT(.name = "cycles", .unit = "count",
			.attr = { .sample_period = 1000, .flags = ATTR_FREQ }),
		  1, 0, 1, true, "a frequency" },
		{ EVENT(.name = "cycles:u", .unit = "count", .attr = { .sample_period = 1000 }), 2,
		  2, 0, false, "another name" },
		{ EVENT(.name = "cycles", .unit = "samples", .attr = { .sample_period = 1000 }), 2,
		  2, 0, false, "another unit" },
		{ EVENT(.name = "cycles", .unit = "count", .attr = { .config = 1 }), 2, 2, 0, false,
		  "another config" },
		{ EVENT(.name = "cycles", .unit = "count", .attr = { .type = 4 }), 2, 2, 0, false,
		  "another type" },
		{ EVENT(.name = "cycles", .unit = "count", .attr = { .config1 = 7 }), 2, 2, 0,
		  false, "another config1" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct two t;

		begin_two(&t, &cycles, 1, &rows[i].other, 1);
		check_in(rows[i].label);
		check_u64(t.sum->n_events, rows[i].n, "events");
		check_u64(told(&t, PROBLEM_MIXED_EVENTS), rows[i].events,
			  "events that not all have");
		check_u64(told(&t, PROBLEM_MIXED_PERIODS), rows[i].periods, "other periods");
		check(t.sum->events[0].mixed == rows[i].mixed, "mixed");
		end_two(&t);
	}
	check_in(NULL);
}

static void times_of_counters_add_up_where_all_say_them(void)
{
	static const struct {
		struct folio_event events[2];
		struct counted_time want;
		const char *label;
	} rows[] = {
		{ { EVENT(.name = "cycles", .unit = "count", .counted = { 100, 40 }),
		    EVENT(.name = "cycles", .unit = "count", .counted = { 1000, 1000 }) },
		  { 1100, 1040 },
		  "both" },
		{ { EVENT(.name = "cycles", .unit = "count", .counted = { 100, 40 }),
		    EVENT(.name = "cycles", .unit = "count") },
		  { 0, 0 },
		  "one does not say" },
		{ { EVENT(.name = "cycles", .unit = "count", .counted = { UINT64_MAX, 7 }),
		    EVENT(.name = "cycles", .unit = "count", .counted = { 1, 1 }) },
		  { UINT64_MAX, 8 },
		  "no more than there are numbers" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct two t;

		begin_two(&t, &rows[i].events[0], 1, &rows[i].events[1], 1);
		check_in(rows[i].label);
		check_u64(t.sum->events[0].counted.enabled_ns, rows[i].want.enabled_ns, "enabled");
		check_u64(t.sum->events[0].counted.running_ns, rows[i].want.running_ns, "running");
		end_two(&t);
	}
	check_in(NULL);
}

static void an_event_that_is_there_twice_stays_two(void)
{
	static const struct folio_event events[] = {
		EVENT(.name = "cycles", .unit = "count", .place = 0),
		EVENT(.name = "cycles", .unit = "count", .place = 1),
	};
	struct two t;
	const struct cost *first, *second;

	begin_two(&t, events, 2, events, 2);
	check_u64(t.sum->n_events, 2, "events");
	first = costs_at(&t.sum->tree->costs, t.sum->tree->nodes[1].cost, 0);
	second = costs_at(&t.sum->tree->costs, t.sum->tree->nodes[1].cost, 1);
	check_u64(first->weight, 20, "weight of the first");
	check_u64(second->weight, 22, "weight of the second");
	end_two(&t);
}

static void what_is_of_other_clocks_or_named_twice_is_told(void)
{
	static const struct folio_event cycles = EVENT(.name = "cycles", .unit = "count");
	struct two t;

	begin_two(&t, &cycles, 1, &cycles, 1);
	check_u64(told(&t, PROBLEM_TWICE), 1, "the same path, without a hash");
	check_u64(told(&t, PROBLEM_MIXED_CLOCKS), 0, "the same clock");
	end_two(&t);
	begin_two(&t, &cycles, 1, &cycles, 1);
	t.sum->sources[0].path = "a.data";
	t.sum->sources[0].clock = 1;
	folio_tell(t.sum, true, t.diag);
	check_u64(told(&t, PROBLEM_MIXED_CLOCKS), 1, "clocks");
	end_two(&t);
}

static void who_asks_for_positions_is_told_where_there_are_none(void)
{
	static const struct folio_event cycles = EVENT(.name = "cycles", .unit = "count");
	struct two t;

	begin_two(&t, &cycles, 1, &cycles, 1);
	check_u64(told(&t, PROBLEM_NO_POSITIONS), 0, "nobody asks");
	folio_tell_positions(t.sum, t.diag);
	check_u64(told(&t, PROBLEM_NO_POSITIONS), 2, "of both recordings");
	end_two(&t);
	begin_two(&t, &cycles, 1, &cycles, 1);
	t.sum->sources[1].positions = true;
	folio_tell_positions(t.sum, t.diag);
	check_u64(told(&t, PROBLEM_NO_POSITIONS), 1, "of the other one");
	end_two(&t);
}

/* ---- filters ---- */

static void a_filter_by_task_takes_whole_tasks_and_counts_the_rest(void)
{
	struct number_range pid = { 101, 101 };
	struct sample_filter filter = { .pids = { &pid, 1 } };
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 7, ALL_KEYS, 200), *kept = folio_new(texts, ALL_KEYS);
	struct cost *all = folio_sums(f), *some;

	merge_folio(kept, f, &filter);
	some = folio_sums(kept);
	for (size_t i = 0; i < kept->tasks.n; i++)
		check_u64(kept->tasks.items[i].pid, 101, "pid of a kept task");
	for (size_t e = 0; e < f->n_events; e++) {
		check(some[e].samples > 0 && some[e].samples < all[e].samples, "a part of them");
		check_u64(some[e].samples + kept->events[e].filtered.samples,
			  all[e].samples + f->events[e].filtered.samples, "none is lost");
	}
	check_u64(kept->sources[0].processes, 1, "processes");
	free(all);
	free(some);
	folio_free(f);
	folio_free(kept);
	texts_free(texts);
}

static void what_a_folio_does_not_keep_apart_it_cannot_answer(void)
{
	struct number_range one = { 1, 1 };
	const struct sample_filter pid = { .pids = { &one, 1 } }, tid = { .tids = { &one, 1 } },
				   cpu = { .cpus = { &one, 1 } }, comm = { .comms = "sh" },
				   time = { .has_time = true };
	const struct {
		unsigned keys, roots;
		const struct sample_filter *filter;
		bool answers;
		const char *label;
	} rows[] = {
		{ ALL_KEYS, ALL_KEYS, NULL, true, "all" },
		{ 0, 0, NULL, true, "nothing is asked" },
		{ 0, ROOT_BIT(ROOT_COMM), NULL, false, "comm" },
		{ ROOT_BIT(ROOT_THREAD), ROOT_BIT(ROOT_COMM), NULL, true, "comm, of threads" },
		{ ROOT_BIT(ROOT_THREAD), ROOT_BIT(ROOT_PROCESS), NULL, false, "process" },
		{ ROOT_BIT(ROOT_PROCESS), 0, &pid, true, "--pid" },
		{ ROOT_BIT(ROOT_COMM), 0, &pid, false, "--pid without it" },
		{ ROOT_BIT(ROOT_THREAD), 0, &tid, true, "--tid" },
		{ ROOT_BIT(ROOT_PROCESS), 0, &tid, false, "--tid without it" },
		{ ROOT_BIT(ROOT_COMM), 0, &comm, true, "--comm" },
		{ ROOT_BIT(ROOT_PROCESS), 0, &comm, false, "--comm without it" },
		{ ROOT_BIT(ROOT_CPU), 0, &cpu, true, "--cpu" },
		{ ALL_KEYS & ~ROOT_BIT(ROOT_CPU), 0, &cpu, false, "--cpu without it" },
		{ ALL_KEYS, 0, &time, false, "--time" },
	};
	struct texts *texts = texts_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct folio *f = folio_new(texts, rows[i].keys);
		struct error err;

		check(folio_answers(f, rows[i].roots, rows[i].filter, &err) == rows[i].answers,
		      rows[i].label);
		folio_free(f);
	}
	texts_free(texts);
}

/* ---- names ---- */

static void modules_are_made_over_the_files_of_all(void)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 1, 0, 200);
	struct folio_view v;
	const char *modules = "";

	folio_view(f, 0, false, &v);
	for (size_t i = 0; i < v.functions.n; i++)
		if (strcmp(v.functions.items[i].file, "/srv/b/util.py") == 0)
			modules = v.functions.items[i].module;
	check_text(modules, "b.util", "a module that two files would have");
	folio_view_done(&v);
	folio_free(f);
	texts_free(texts);
}

static const char *first_recording(const struct folio *f)
{
	struct recording_names names;
	const char *name;

	recording_names_begin(&names, f);
	name = recording_name(&names, f->tasks.items[0].recording);
	recording_names_done(&names);
	return name;
}

static void recordings_of_one_path_are_told_apart_by_their_contents(void)
{
	struct texts *texts = texts_new();
	struct folio *sum = folio_new(texts, ROOT_BIT(ROOT_RECORDING));
	struct folio *a = make_folio(texts, 1, ALL_KEYS, 9), *b = make_folio(texts, 8, ALL_KEYS, 9);

	check_text(a->sources[0].path, b->sources[0].path, "one path");
	merge_folio(sum, a, NULL);
	check_text(first_recording(sum), "run-1.data", "alone");
	merge_folio(sum, b, NULL);
	check_text(first_recording(sum), "run-1.data (9e3779b1)", "of two");
	folio_free(a);
	folio_free(b);
	folio_free(sum);
	texts_free(texts);
}

int main(void)
{
	the_sum_is_the_sum_of_each_function_and_position();
	neither_order_nor_brackets_change_a_byte();
	events_are_joined_by_meaning_and_differences_told();
	times_of_counters_add_up_where_all_say_them();
	an_event_that_is_there_twice_stays_two();
	what_is_of_other_clocks_or_named_twice_is_told();
	who_asks_for_positions_is_told_where_there_are_none();
	a_filter_by_task_takes_whole_tasks_and_counts_the_rest();
	what_a_folio_does_not_keep_apart_it_cannot_answer();
	modules_are_made_over_the_files_of_all();
	recordings_of_one_path_are_told_apart_by_their_contents();
	return check_done("merge");
}
