#include "report/ratios.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/known_event.h"
#include "report/metric.h"

/* More than this part of itself: the ratio is noise. */
static const double largest_error = 0.5;

/* In the order of columns: a narrow terminal has the first ones only, and people came for the misses. */
static const struct {
	const char *name;
	double factor;
	enum known_event above, below;
} rows[] = {
	{ "miss ratio", 1, EVENT_CACHE_MISSES, EVENT_CACHE_REFERENCES },
	{ "MPKI", 1000, EVENT_CACHE_MISSES, EVENT_INSTRUCTIONS },
	{ "L1-dcache miss ratio", 1, EVENT_L1D_LOAD_MISSES, EVENT_L1D_LOADS },
	{ "L1-dcache MPKI", 1000, EVENT_L1D_LOAD_MISSES, EVENT_INSTRUCTIONS },
	{ "L1-dcache store miss ratio", 1, EVENT_L1D_STORE_MISSES, EVENT_L1D_STORES },
	{ "L1-icache miss ratio", 1, EVENT_L1I_LOAD_MISSES, EVENT_L1I_LOADS },
	{ "L1-icache MPKI", 1000, EVENT_L1I_LOAD_MISSES, EVENT_INSTRUCTIONS },
	{ "LLC miss ratio", 1, EVENT_LLC_LOAD_MISSES, EVENT_LLC_LOADS },
	{ "LLC MPKI", 1000, EVENT_LLC_LOAD_MISSES, EVENT_INSTRUCTIONS },
	{ "LLC store miss ratio", 1, EVENT_LLC_STORE_MISSES, EVENT_LLC_STORES },
	{ "dTLB miss ratio", 1, EVENT_DTLB_LOAD_MISSES, EVENT_DTLB_LOADS },
	{ "dTLB MPKI", 1000, EVENT_DTLB_LOAD_MISSES, EVENT_INSTRUCTIONS },
	{ "dTLB store miss ratio", 1, EVENT_DTLB_STORE_MISSES, EVENT_DTLB_STORES },
	{ "iTLB miss ratio", 1, EVENT_ITLB_LOAD_MISSES, EVENT_ITLB_LOADS },
	{ "iTLB MPKI", 1000, EVENT_ITLB_LOAD_MISSES, EVENT_INSTRUCTIONS },
	{ "node miss ratio", 1, EVENT_NODE_LOAD_MISSES, EVENT_NODE_LOADS },
	{ "node store miss ratio", 1, EVENT_NODE_STORE_MISSES, EVENT_NODE_STORES },
	{ "branch miss rate", 1, EVENT_BRANCH_MISSES, EVENT_BRANCHES },
	{ "branch MPKI", 1000, EVENT_BRANCH_MISSES, EVENT_INSTRUCTIONS },
	{ "IPC", 1, EVENT_INSTRUCTIONS, EVENT_CYCLES },
	{ "CPI", 1, EVENT_CYCLES, EVENT_INSTRUCTIONS },
	{ "page faults per million instructions", 1e6, EVENT_PAGE_FAULTS, EVENT_INSTRUCTIONS },
};

static size_t events_of(const struct profile *p, enum known_event wanted, size_t out[RATIO_EVENTS])
{
	size_t n = 0;

	for (size_t e = 0; e < p->n_events && n < RATIO_EVENTS; e++)
		if (known_event(p->events[e].name, p->events[e].attr) == wanted)
			out[n++] = e;
	return n;
}

/* "cycles", or "(cpu_core/cycles/ + cpu_atom/cycles/)". */
static const char *sum_text(const struct profile *p, const size_t *events, size_t n,
			    struct texts *texts)
{
	const char *text = p->events[events[0]].name, *result;
	char *own;

	for (size_t i = 1; i < n; i++) {
		if (asprintf(&own, "%s%s + %s%s", i == 1 ? "(" : "", text,
			     p->events[events[i]].name, i + 1 == n ? ")" : "") < 0)
			return text;
		result = texts_add_z(texts, own);
		free(own);
		text = result;
	}
	return text;
}

static const char *formula_text(const struct profile *p, const struct ratio *r, struct texts *texts)
{
	const char *above = sum_text(p, r->above, r->n_above, texts);
	const char *below = sum_text(p, r->below, r->n_below, texts), *result;
	char *own;
	int n;

	if (r->factor != 1)
		n = asprintf(&own, "%.0f * %s / %s", r->factor, above, below);
	else
		n = asprintf(&own, "%s / %s", above, below);
	if (n < 0)
		return "";
	result = texts_add_z(texts, own);
	free(own);
	return result;
}

static void add(struct ratios *r, const struct ratio *ratio)
{
	r->items = mem_grow(r->items, r->n, 1, &r->cap, sizeof(*r->items));
	r->items[r->n++] = *ratio;
}

void ratios_find(struct ratios *r, const struct profile *p, struct texts *texts)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ratio ratio = { .name = rows[i].name, .factor = rows[i].factor };

		ratio.n_above = events_of(p, rows[i].above, ratio.above);
		ratio.n_below = events_of(p, rows[i].below, ratio.below);
		if (!ratio.n_above || !ratio.n_below)
			continue;
		ratio.formula = formula_text(p, &ratio, texts);
		add(r, &ratio);
	}
}

void ratios_add(struct ratios *r, const struct metric *m, const char *name, const char *formula)
{
	add(r, &(struct ratio){ .name = name, .formula = formula, .factor = 1, .metric = m });
}

static struct cost sum_of(const struct costs *c, size_t row, const size_t *events, size_t n)
{
	struct cost sum = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		cost_add(&sum, costs_at(c, row, events[i]));
	return sum;
}

static struct ratio_value own_metric(const struct ratio *r, const struct costs *c, size_t row)
{
	uint64_t *weights = mem_calloc(c->n_events, sizeof(*weights));
	struct cost_cell cell = costs_begin(c, row);
	struct ratio_value v = { .has_value = false };

	while (costs_next(c, &cell))
		weights[cell.event] = cell.cost->weight;
	v.has_value = metric_value(r->metric, weights, &v.value);
	free(weights);
	return v;
}

struct ratio_value ratio_of(const struct ratio *r, const struct costs *c, size_t row)
{
	struct ratio_value v = { .has_value = false };
	struct cost above, below;
	double relative;

	if (r->metric)
		return own_metric(r, c, row);
	above = sum_of(c, row, r->above, r->n_above);
	below = sum_of(c, row, r->below, r->n_below);
	if (!above.samples || !below.samples || !below.weight)
		return v;
	relative = sqrt(1.0 / (double)above.samples + 1.0 / (double)below.samples);
	if (relative > largest_error)
		return v;
	v.has_value = v.has_error = true;
	v.value = r->factor * (double)above.weight / (double)below.weight;
	v.error = v.value * relative;
	return v;
}

void ratios_done(struct ratios *r)
{
	free(r->items);
	*r = (struct ratios){ .n = 0 };
}
