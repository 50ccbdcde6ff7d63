/*
 * tests/unit/group.c - rows by other keys than the function (report/group.h).
 */
#include "report/group.h"

#include <stdio.h>
#include <string.h>

#include "parser/base/text.h"
#include "report/totals.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;
static uint32_t n_events; /* of the profiles: few, or so many that costs lie in blocks */

/* What differs between functions of one object, one module, one file. */
static const struct function functions[] = {
	{ .kind = KIND_PYTHON, .name = "f", .module = "a.b", .file = "/s/b.py", .line = 3 },
	{ .kind = KIND_PYTHON, .name = "g", .module = "a.b", .file = "/s/b.py", .line = 9 },
	{ .kind = KIND_PYTHON, .name = "f", .module = "a.c", .file = "/s/c.py", .line = 3 },
	{ .kind = KIND_PYTHON, .name = "odd\tname", .module = "d", .file = "/s/d.py" },
	{ .kind = KIND_NATIVE,
	  .name = "read",
	  .module = "libx.so",
	  .file = "/src/read.c",
	  .object = "/lib/libx.so" },
	{ .kind = KIND_NATIVE,
	  .name = "write",
	  .module = "libx.so",
	  .file = "/src/write.c",
	  .object = "/lib/libx.so" },
	{ .kind = KIND_NATIVE,
	  .name = "[/lib/libx.so]",
	  .placeholder = true,
	  .module = "libx.so",
	  .object = "/lib/libx.so" },
	{ .kind = KIND_NATIVE, .name = "read", .module = "libx.so", .object = "/opt/libx.so" },
	{ .kind = KIND_KERNEL,
	  .name = "vfs_read",
	  .module = "[kernel]",
	  .object = "[kernel.kallsyms]" },
	{ .kind = KIND_UNKNOWN, .name = "[unknown]", .placeholder = true },
};

enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]), STACKS = 300 };

static struct profile *make(void)
{
	uint64_t seed = 11;
	struct maker m;

	maker_begin(&m, texts, n_events);
	for (size_t i = 0; i < FUNCTIONS; i++)
		maker_function(&m, &functions[i]);
	for (size_t i = 0; i < STACKS; i++) {
		uint32_t frames[6];
		size_t depth = 1 + random_below(&seed, 6);

		for (size_t k = 0; k < depth; k++)
			frames[k] = random_below(&seed, FUNCTIONS);
		maker_frames(&m, frames, depth, random_below(&seed, n_events), 1,
			     1 + random_below(&seed, 100));
	}
	return maker_end(&m);
}

static struct profile *grouped(const char *keys)
{
	struct profile *p = make();
	struct grouping g = { .n = 0 };
	struct error err;

	check(grouping_parse(&g, keys, &err), keys);
	group_profile(&p, &g, texts, NULL);
	return p;
}

static const char *const all_keys[] = { "function", "line",        "module",      "package",
					"object",   "file",        "file,object", "module,function",
					"event",    "event,object" };

enum { ALL_KEYS = sizeof(all_keys) / sizeof(all_keys[0]) };

/* Two functions may have one name; else equal keys are one row, whatever else differs. */
static void equal_keys_are_one_row(void)
{
	for (size_t k = 0; k < ALL_KEYS; k++) {
		struct profile *p = grouped(all_keys[k]);
		bool distinct = true;

		if (keys_have(p->keys, "function") || keys_have(p->keys, "line")) {
			profile_free(p);
			continue;
		}

		for (size_t i = 0; i < p->n_functions; i++)
			for (size_t j = 0; j < i; j++)
				distinct &= p->functions[i].kind != p->functions[j].kind ||
					    strcmp(p->functions[i].keys, p->functions[j].keys) != 0;
		check(p->n_functions > 0 && distinct, all_keys[k]);
		profile_free(p);
	}
}

static void a_row_has_a_value_for_each_key(void)
{
	for (size_t k = 0; k < ALL_KEYS; k++) {
		struct profile *p = grouped(all_keys[k]);
		size_t wanted = strchr(all_keys[k], ',') != NULL;
		bool right = true;

		for (size_t i = 0; i < p->n_functions; i++) {
			size_t tabs = 0;

			for (const char *s = p->functions[i].keys; *s; s++)
				tabs += *s == '\t';
			right &= tabs == wanted;
		}
		check(right, all_keys[k]);
		profile_free(p);
	}
}

static void nothing_is_lost(void)
{
	for (size_t k = 0; k < ALL_KEYS; k++) {
		struct profile *p = grouped(all_keys[k]);
		struct totals *t = totals_new(p);

		for (size_t e = 0; e < p->n_events; e++) {
			struct cost sum = { 0, 0 };

			for (size_t i = 0; i < p->n_functions; i++)
				cost_add(&sum, costs_at(&t->self, i, e));
			check(sum.samples == p->events[e].sum.samples &&
				      sum.weight == p->events[e].sum.weight,
			      all_keys[k]);
		}
		totals_free(t);
		profile_free(p);
	}
}

/* Samples of a function's row in the events with a name (there are several of one), the function itself or what it calls. */
static uint64_t samples_by_event(const struct profile *p, const struct totals *t, const char *event,
				 const char *function)
{
	uint64_t sum = 0;

	for (size_t f = 0; f < p->n_functions; f++)
		for (size_t e = 0; e < p->n_events; e++)
			if (strcmp(p->functions[f].name, function) == 0 &&
			    strcmp(p->events[e].name, event) == 0)
				sum += costs_at(&t->total, f, e)->samples;
	return sum;
}

static void by_event_each_has_the_samples_of_its_events(void)
{
	struct profile *p = make(), *g = grouped("event,function");
	struct totals *of_events = totals_new(p), *of_rows = totals_new(g);
	size_t right = 0, rows = 0;

	for (size_t e = 0; e < p->n_events; e++) {
		for (size_t f = 0; f < p->n_functions; f++) {
			const char *name = p->functions[f].name;
			uint64_t samples = 0;
			char keys[100], *tab;

			snprintf(keys, sizeof(keys), "%s\t%s", p->events[e].name, name);
			tab = strchr(strchr(keys, '\t') + 1, '\t');
			if (tab)
				*tab = ' ';
			for (size_t i = 0; i < g->n_functions; i++)
				if (strcmp(g->functions[i].keys, keys) == 0)
					samples += costs_at(&of_rows->total, i, 0)->samples;
			rows++;
			right += samples == samples_by_event(p, of_events, p->events[e].name, name);
		}
	}
	check_u64(right, rows, "each function in each event");
	totals_free(of_events);
	totals_free(of_rows);
	profile_free(p);
	profile_free(g);
}

/* How many rows there are, as the functions above say. */
static void rows_are_what_their_keys_tell_apart(void)
{
	static const struct {
		const char *keys;
		size_t rows;
	} cases[] = {
		{ "function", FUNCTIONS },
		{ "module", 6 },  /* a.b a.c d libx.so [kernel], [unknown] */
		{ "package", 5 }, /* a d libx.so [kernel], [unknown] */
		{ "object", 5 },  /* [python], two libx.so, the kernel, [unknown] */
		{ "file",
		  9 }, /* three of Python, two sources, two objects, the kernel, [unknown] */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct profile *p = grouped(cases[i].keys);

		check_u64(p->n_functions, cases[i].rows, cases[i].keys);
		profile_free(p);
	}
}

static void the_profile_knows_its_keys(void)
{
	struct profile *p = make();

	check(!p->keys && !keys_have(p->keys, "function"), "not grouped");
	profile_free(p);
	p = grouped("object,file");
	check_text(p->keys, "object\tfile", "in the order that was asked for");
	check(keys_have(p->keys, "object") && keys_have(p->keys, "file"), "both");
	check(!keys_have(p->keys, "fil") && !keys_have(p->keys, "module"), "no other");
	profile_free(p);
}

static void words_that_are_no_keys_are_refused(void)
{
	static const char *const wrong[] = { "", "functions", "function,,line", "comm;pid", "," };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct grouping g = { .n = 0 };
		struct error err = { 0 };

		check(!grouping_parse(&g, wrong[i], &err) && *err.what && g.n == 0, wrong[i]);
	}
}

int main(void)
{
	texts = texts_new();
	for (n_events = 2; n_events < 40; n_events += 27) {
		equal_keys_are_one_row();
		a_row_has_a_value_for_each_key();
		nothing_is_lost();
		by_event_each_has_the_samples_of_its_events();
		rows_are_what_their_keys_tell_apart();
	}
	n_events = 2;
	the_profile_knows_its_keys();
	words_that_are_no_keys_are_refused();
	texts_free(texts);
	return check_done("group");
}
