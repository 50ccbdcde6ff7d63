/*
 * tests/fuzz/metric.c - the last line as NAME=EXPR over the lines before it, which are the events' names.
 */
#include "report/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { EVENTS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

static void take_apart(const struct metric *m, size_t n)
{
	int factors[EVENTS_MAX] = { 0 };
	struct error err = { 0 };

	must(metric_linear(m, n, factors, &err) || *err.what);
	for (size_t i = n; i < EVENTS_MAX; i++)
		must(factors[i] == 0);
}

static void compute(const struct metric *m)
{
	static const uint64_t numbers[] = { 0, 1, UINT64_MAX, 1u << 20 };
	uint64_t weights[EVENTS_MAX];

	for (size_t first = 0; first < 4; first++) {
		double value = 0;

		for (size_t i = 0; i < EVENTS_MAX; i++)
			weights[i] = numbers[(first + i) % 4];
		must(!metric_value(m, weights, &value) || isfinite(value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text((const char *)data, size);
	const char *events[EVENTS_MAX];
	struct error err = { 0 };
	size_t n = 0, caret = 0;
	char *line = text, *end;
	struct metric *m;

	for (; n < EVENTS_MAX && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		events[n++] = line;
	}
	m = metric_parse(line, events, n, &err, &caret);
	must(m || (err.kind != ERR_NONE && *err.what && caret <= strlen(line)));
	if (m) {
		must(*metric_name(m) && *metric_formula(m));
		compute(m);
		take_apart(m, n);
	}
	metric_free(m);
	free(text);
	return 0;
}
