/*
 * tests/unit/metric.c - columns computed from events: --metric NAME=EXPR (report/metric.h).
 */
#include "report/metric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/check.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const events[] = {
	"cycles",
	"instructions:u",
	"cache-misses",
	"cache-references",
	"L1-dcache-loads",
	"L1-dcache-load-misses",
	"cpu_core/event=0x3c,umask=0x01/Pu",
	"page-faults/period=100/",
	"raw 0x1a8",
	"cpu-clock:u",
};

static const uint64_t weights[COUNT(events)] = { 1000, 2500, 30, 120, 400, 20, 7, 600, 11, 0 };

static struct metric *parse(const char *text, struct error *err, size_t *caret)
{
	return metric_parse(text, events, COUNT(events), err, caret);
}

struct row {
	const char *expression;
	double value;
};

static void check_values(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[256];
		struct error err = { 0 };
		size_t caret;
		double value = NAN;
		struct metric *m;

		snprintf(text, sizeof(text), "m=%s", rows[i].expression);
		m = parse(text, &err, &caret);
		check(m && metric_value(m, weights, &value) && value == rows[i].value,
		      rows[i].expression);
		if (!m)
			printf("  %s\n", err.what);
		metric_free(m);
	}
}

static void arithmetic_has_its_usual_precedence(void)
{
	static const struct row rows[] = {
		{ "1+2*3", 7 },       { "(1+2)*3", 9 }, { "8-4-2", 2 },     { "16/4/2", 2 },
		{ "2*-3", -6 },       { "--3", 3 },     { "-(1+2)", -3 },   { "+ 4", 4 },
		{ "-2*-3", 6 },       { "1 - -1", 2 },  { ".5 + 1.", 1.5 }, { "1e3", 1000 },
		{ "1.5E-1*10", 1.5 }, { "((7))", 7 },   { " 1\t+\n2 ", 3 }, { "1e3-1", 999 },
	};

	check_values(rows, COUNT(rows));
}

static void events_are_named_as_recorded_or_by_their_first_part(void)
{
	static const struct row rows[] = {
		{ "cycles", 1000 },
		{ "instructions:u", 2500 },
		{ "instructions", 2500 },
		{ "instructions/cycles", 2.5 },
		{ "instructions:u/cycles", 2.5 },
		{ "cache-misses*1000/instructions", 12 },
		{ "page-faults", 600 },
		{ "page-faults/period=100/", 600 },
		{ "page-faults/period=100//2", 300 },
		{ "cpu_core/event=0x3c,umask=0x01/Pu", 7 },
		{ "cpu_core", 7 },
		{ "raw 0x1a8 + 1", 12 },
		{ "'cycles'/2", 500 },
		{ "\"cpu_core/event=0x3c,umask=0x01/Pu\"", 7 },
		{ "{cache-misses}/{cache-references}", 0.25 },
		{ "-cycles", -1000 },
	};

	check_values(rows, COUNT(rows));
}

static void dashes_and_slashes_belong_to_the_longest_event_that_is_known(void)
{
	static const char *const few[] = { "a", "b", "a-b", "a-b-c", "x/y/", "y" };
	static const uint64_t values[] = { 100, 7, 1000, 5, 40, 8 };
	static const struct row rows[] = {
		{ "a-b", 1000 },    { "a - b", 93 },   { "a -b", 93 },  { "a- b", 93 },
		{ "'a'-'b'", 93 },  { "(a)-(b)", 93 }, { "b-a", -93 },  { "a-b-c", 5 },
		{ "a-b - a", 900 }, { "a-b-a", 900 },  { "x/y/", 40 },  { "x / y", 5 },
		{ "x/y//y", 5 },    { "x/y", 5 },      { "a--b", 107 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64];
		struct error err = { 0 };
		size_t caret;
		double value = NAN;
		struct metric *m;

		snprintf(text, sizeof(text), "m=%s", rows[i].expression);
		m = metric_parse(text, few, COUNT(few), &err, &caret);
		check(m && metric_value(m, values, &value) && value == rows[i].value,
		      rows[i].expression);
		metric_free(m);
	}
}

static void a_short_name_must_be_of_one_event(void)
{
	static const char *const two[] = { "cycles:u", "cycles:k", "cpu/x/", "cpu" };
	struct error err = { 0 };
	size_t caret = 0;
	double value = 0;
	struct metric *m = metric_parse("m=2*cycles", two, COUNT(two), &err, &caret);

	check(!m, "two events");
	check_u64(caret, 4, "the name");
	check_text(err.what, "'cycles' can be several events: cycles:u, cycles:k", "says which");
	m = metric_parse("m=cpu", two, COUNT(two), &err, &caret);
	check(m && metric_value(m, (const uint64_t[]){ 1, 2, 3, 4 }, &value) && value == 4,
	      "a whole name is better than a short one");
	metric_free(m);
	m = metric_parse("m=cycles:u+cycles:k", two, COUNT(two), &err, &caret);
	check(m && metric_value(m, (const uint64_t[]){ 1, 2, 3, 4 }, &value) && value == 3,
	      "whole names of both");
	metric_free(m);
}

static void what_is_wrong_is_told_with_its_place(void)
{
	static const struct {
		const char *text, *caret, *what; /* the caret stands below the text */
	} rows[] = {
		{ "", "^", "a metric is written NAME=EXPRESSION" },
		{ "cycles/2", "^", "a metric is written NAME=EXPRESSION" },
		{ "=cycles", "^", "a metric is written NAME=EXPRESSION" },
		{ " =cycles", " ^", "a metric is written NAME=EXPRESSION" },
		{ "a\tb=cycles", " ^", "a metric's name cannot hold this character" },
		{ "a\xff=cycles", " ^", "a metric's name cannot hold this character" },
		{ "m=", "  ^", "an event, a number or '(' is missing at the end" },
		{ "m=1+", "    ^", "an event, a number or '(' is missing at the end" },
		{ "m=1+*2", "    ^", "an event, a number or '(' is expected here" },
		{ "m=()", "   ^", "an event, a number or '(' is expected here" },
		{ "m=(1+2", "  ^", "no ')' closes this" },
		{ "m=1+2)", "     ^", "no '(' opens this" },
		{ "m=1 2", "    ^", "+, -, * or / is expected here" },
		{ "m=cycles cycles", "         ^", "+, -, * or / is expected here" },
		{ "m=(1 2)", "  ^", "no ')' closes this" },
		{ "m=1.2.3", "     ^", "this does not belong to a number" },
		{ "m=0x10", "   ^", "this does not belong to a number" },
		{ "m=2cycles", "   ^", "this does not belong to a number" },
		{ "m=1e999999", "  ^", "the number is too large" },
		{ "m='cycles", "  ^", "no ' closes the name" },
		{ "m={cycles", "  ^", "no } closes the name" },
		{ "m=1+cycle", "    ^", "there is no event 'cycle'; did you mean 'cycles'?" },
		{ "m=1+nosuch", "    ^", "there is no event 'nosuch'; there are: cycles," },
		{ "m=cycles:u", "  ^", "there is no event 'cycles:u'; did you mean 'cycles'," },
		{ "m=cache-misses-rate", "               ^", "there is no event 'rate';" },
		{ "m=nan", "  ^", "there is no event 'nan';" },
		{ "m='cy'", "   ^", "there is no event 'cy';" },
		{ "m=''", "   ^", "there is no event '';" },
		{ "m=a,b(", "  ^", "there is no event 'a,b';" },
		{ "m=\xc3\xa4", "  ^", "there is no event '\xc3\xa4';" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = { 0 };
		size_t caret = SIZE_MAX;

		check_in(rows[i].text);
		check(!parse(rows[i].text, &err, &caret), "is refused");
		check_u64(caret, strlen(rows[i].caret) - 1, "the place");
		check(strncmp(err.what, rows[i].what, strlen(rows[i].what)) == 0, err.what);
	}
	check_in(NULL);
}

static void without_events_only_numbers_can_be_computed(void)
{
	struct error err = { 0 };
	size_t caret;
	double value = 0;
	struct metric *m = metric_parse("m=6/4", NULL, 0, &err, &caret);

	check(m && metric_value(m, NULL, &value) && value == 1.5, "numbers");
	metric_free(m);
	check(!metric_parse("m=cycles", NULL, 0, &err, &caret), "an event");
	check_text(err.what, "there is no event 'cycles'; the recording has none", "is told");
}

static void what_cannot_be_computed_has_no_value(void)
{
	static const struct {
		const char *label, *text;
		bool has;
	} rows[] = {
		{ "an event of 0", "m=cycles/cpu-clock:u", false },
		{ "0 by 0", "m=cpu-clock/cpu-clock", false },
		{ "a difference of 0", "m=1/(cycles-cycles)", false },
		{ "inside a sum", "m=cycles+1/0", false },
		{ "times 0", "m=0*(1/0)", false },
		{ "too large", "m=1e300*1e300", false },
		{ "0 itself", "m=cpu-clock/cycles", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = { 0 };
		size_t caret;
		double value = 42;
		struct metric *m = parse(rows[i].text, &err, &caret);

		check(m && metric_value(m, weights, &value) == rows[i].has, rows[i].label);
		check(rows[i].has || value == 42, "and leaves the result alone");
		metric_free(m);
	}
}

static void sums_of_64_bits_are_subtracted_exactly(void)
{
	static const char *const two[] = { "a", "b" };
	static const uint64_t large[] = { UINT64_MAX, UINT64_MAX - 1 };
	struct error err = { 0 };
	size_t caret;
	double value = 0;
	struct metric *m = metric_parse("m=a - b", two, 2, &err, &caret);

	check(m && metric_value(m, large, &value) && value == 1, "the greatest numbers");
	metric_free(m);
	m = metric_parse("m=-(a - a)", two, 2, &err, &caret);
	check(m && metric_value(m, large, &value) && value == 0 && !signbit(value),
	      "0 has no sign");
	metric_free(m);
}

static void name_and_formula_are_kept_as_written(void)
{
	struct error err = { 0 };
	size_t caret;
	struct metric *m = parse(" misses per \xc2\xb5op = cache-misses / (cycles) ", &err, &caret);

	check(m != NULL, "it is read");
	if (!m)
		return;
	check_text(metric_name(m), "misses per \xc2\xb5op", "name");
	check_text(metric_formula(m), "cache-misses / (cycles)", "formula");
	metric_free(m);
}

/* "m=" and `n` times `open`, then `middle`, then `n` times `close`. */
static void nest(char *text, size_t size, const char *open, const char *middle, const char *close,
		 size_t n)
{
	size_t used = (size_t)snprintf(text, size, "m=");

	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, size - used, "%s", open);
	used += (size_t)snprintf(text + used, size - used, "%s", middle);
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, size - used, "%s", close);
}

static void length_and_nesting_are_bounded(void)
{
	static const struct {
		const char *label, *open, *middle, *close;
		size_t n;
		bool ok;
	} rows[] = {
		{ "64 parentheses", "(", "1", ")", 64, true },
		{ "65 parentheses", "(", "1", ")", 65, false },
		{ "64 that each keep two values waiting", "1+2*(", "1", ")", 64, true },
		{ "as many beside each other", "(1)+", "1", "", 900, true },
		{ "signs", "-", "1", "", 4000, true },
		{ "too long", " ", "1", "", 4094, false },
		{ "as long as can be", " ", "1", "", 4093, true },
		{ "a long number", "1", "", "", 65, false },
	};
	static char text[8192];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = { 0 };
		size_t caret = 0;
		double value;
		struct metric *m;

		nest(text, sizeof(text), rows[i].open, rows[i].middle, rows[i].close, rows[i].n);
		m = parse(text, &err, &caret);
		check((m != NULL) == rows[i].ok, rows[i].label);
		check(!m || metric_value(m, weights, &value), rows[i].label);
		check(m || err.kind == ERR_LIMIT, rows[i].label);
		metric_free(m);
	}
}

static void long_lists_of_events_end_with_dots(void)
{
	static const char *many[100];
	struct error err = { 0 };
	size_t caret;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = "some-event-with-a-name";
	check(!metric_parse("m=other", many, COUNT(many), &err, &caret), "refused");
	check(strlen(err.what) < sizeof(err.what) - 1, "the message is whole");
	check_text(err.what + strlen(err.what) - 5, ", ...", "it says that there are more");
}

static void sums_of_events_with_whole_factors_are_linear(void)
{
	static const struct {
		const char *expression;
		int factors[3]; /* of cycles, instructions, cache-misses; the others: 0 */
	} rows[] = {
		{ "cycles", { 1, 0, 0 } },
		{ "100 * cache-misses + cycles", { 1, 0, 100 } },
		{ "cycles - instructions", { 1, -1, 0 } },
		{ "-(cycles - 2 * (instructions + cache-misses)) * 3", { -3, 6, 6 } },
		{ "cycles / 0.25", { 4, 0, 0 } },
		{ "0.5 * cycles + cycles * 1.5", { 2, 0, 0 } },
		{ "(2 + 3) * cycles / 5 + 7 - 7", { 1, 0, 0 } },
		{ "cycles - cycles", { 0, 0, 0 } },
		{ "2147483647 * cycles", { 2147483647, 0, 0 } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int factors[COUNT(events)], want[COUNT(events)] = { 0 };
		char text[256];
		struct error err = { 0 };
		size_t caret;
		struct metric *m;

		memcpy(want, rows[i].factors, sizeof(rows[i].factors));
		snprintf(text, sizeof(text), "m=%s", rows[i].expression);
		m = parse(text, &err, &caret);
		check(m && metric_linear(m, COUNT(events), factors, &err) &&
			      memcmp(factors, want, sizeof(want)) == 0,
		      rows[i].expression);
		metric_free(m);
	}
}

static void what_is_no_such_sum_is_told(void)
{
	static const struct {
		const char *expression, *why;
	} rows[] = {
		{ "cycles * instructions", "multiplies" },
		{ "instructions / cycles", "divides by them" },
		{ "1000 / cycles", "divides by them" },
		{ "(cycles - cycles) * (cycles + 1)", "multiplies" },
		{ "cycles + 2", "adds a number, 2," },
		{ "5", "adds a number, 5," },
		{ "cycles / (1 - 1)", "divides by zero" },
		{ "0.5 * cycles", "0.5, is no whole number" },
		{ "cycles / 3", "is no whole number" },
		{ "2147483648 * cycles", "is no whole number up to 2147483647" },
		{ "1e300 * 1e300 * cycles", "is no whole number" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int factors[COUNT(events)] = { 77 };
		char text[256];
		struct error err = { 0 };
		size_t caret;
		struct metric *m;

		snprintf(text, sizeof(text), "m=%s", rows[i].expression);
		m = parse(text, &err, &caret);
		check(m && !metric_linear(m, COUNT(events), factors, &err) &&
			      err.kind == ERR_USAGE && strstr(err.what, rows[i].why),
		      rows[i].expression);
		metric_free(m);
	}
}

int main(void)
{
	arithmetic_has_its_usual_precedence();
	events_are_named_as_recorded_or_by_their_first_part();
	dashes_and_slashes_belong_to_the_longest_event_that_is_known();
	a_short_name_must_be_of_one_event();
	what_is_wrong_is_told_with_its_place();
	without_events_only_numbers_can_be_computed();
	what_cannot_be_computed_has_no_value();
	sums_of_64_bits_are_subtracted_exactly();
	name_and_formula_are_kept_as_written();
	length_and_nesting_are_bounded();
	long_lists_of_events_end_with_dots();
	sums_of_events_with_whole_factors_are_linear();
	what_is_no_such_sum_is_told();
	return check_done("metric");
}
