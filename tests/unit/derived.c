/*
 * tests/unit/derived.c - metrics that readers of callgrind files compute (report/derived.h).
 */
#include "report/derived.h"

#include <string.h>

#include "parser/base/text.h"
#include "report/metric.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

/* Two functions: f calls g; the cost of f is 10 cycles, that of g 100 cycles and 30 instructions. */
static struct profile *make(uint64_t cycles_of_g)
{
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_stack(&m, "f", 0, 1, 10);
	maker_stack(&m, "f;g", 0, 1, cycles_of_g);
	maker_stack(&m, "f;g", 1, 1, 30);
	return maker_end(&m);
}

static bool derive(const char *text, uint64_t cycles_of_g, struct error *err)
{
	static const char *const events[] = { "cycles", "instructions" };
	struct profile *p = make(cycles_of_g);
	struct callgraph *g = callgraph_new(p, RECURSION_EXACT, texts);
	size_t caret;
	struct metric *m = metric_parse(text, events, 2, err, &caret);
	struct derived d;
	bool fits = derived_init(&d, m, 2, err);

	if (fits) {
		check(strcmp(d.name, metric_name(m)) == 0, "it has the metric's name");
		fits = derived_fits(&d, g, err);
		derived_done(&d);
	}
	metric_free(m);
	callgraph_free(g);
	profile_free(p);
	return fits;
}

static void what_no_file_can_hold_is_refused(void)
{
	static const struct {
		const char *label, *metric, *why; /* why: NULL, it fits */
		uint64_t cycles_of_g;
	} rows[] = {
		{ "a sum", "m=cycles + 2 * instructions", NULL, 100 },
		{ "a difference that stays above zero", "m=cycles - instructions", NULL, 100 },
		{ "zero", "m=cycles - instructions", NULL, 30 },
		{ "below zero where it ends", "m=cycles - instructions", "below zero for g", 29 },
		{ "below zero on a call and where it ends", "m=instructions - cycles",
		  "below zero for f", 20 },
		{ "the largest sum", "m=cycles", NULL, UINT64_MAX - 10 },
		{ "a larger one", "m=cycles + instructions", "64 bits", UINT64_MAX - 10 },
		{ "much larger", "m=2147483647 * (cycles + instructions)", "64 bits",
		  UINT64_MAX - 10 },
		{ "large parts of a small sum", "m=2147483647 * (cycles - cycles) + cycles", NULL,
		  UINT64_MAX - 10 },
		{ "a ratio", "m=cycles / instructions", "divides", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		bool fits = derive(rows[i].metric, rows[i].cycles_of_g, &err);

		check(fits == !rows[i].why, rows[i].label);
		check(fits || (rows[i].why && strstr(err.what, rows[i].why)), rows[i].label);
	}
}

int main(void)
{
	texts = texts_new();
	what_no_file_can_hold_is_refused();
	texts_free(texts);
	return check_done("derived");
}
