#include "report/derived.h"

#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/metric.h"

bool derived_init(struct derived *d, const struct metric *m, size_t n_events, struct error *err)
{
	int *factors = mem_calloc(n_events, sizeof(*factors));

	if (!metric_linear(m, n_events, factors, err)) {
		free(factors);
		return false;
	}
	*d = (struct derived){ metric_name(m), factors };
	return true;
}

void derived_done(struct derived *d)
{
	free(d->factors);
	*d = (struct derived){ 0 };
}

/* Over a row of costs.  A product needs 95 bits, which leaves enough for all events there can be. */
static __int128 value_of(const struct derived *d, const struct costs *costs, size_t row)
{
	struct cost_cell cell = costs_begin(costs, row);
	__int128 sum = 0;

	while (costs_next(costs, &cell))
		sum += (__int128)d->factors[cell.event] * (__int128)cell.cost->weight;
	return sum;
}

static __int128 value_of_all(const struct derived *d, const struct callgraph *g)
{
	__int128 sum = 0;

	for (size_t e = 0; e < g->n_events; e++)
		sum += (__int128)d->factors[e] * (__int128)g->sum[e].weight;
	return sum;
}

static bool below_zero(const struct callgraph *g, uint32_t function, struct error *err)
{
	return fail(err, ERR_USAGE, "it is below zero for %s, which no callgrind file can hold",
		    g->vertices[function].name);
}

bool derived_fits(const struct derived *d, const struct callgraph *g, struct error *err)
{
	for (uint32_t v = 0; v < g->n_vertices; v++)
		if (value_of(d, &g->self, v) < 0)
			return below_zero(g, v, err);
	for (size_t i = 0; i < g->n_edges; i++)
		if (value_of(d, &g->edge_cost, i) < 0)
			return below_zero(g, g->edges[i].callee, err);
	/* No part is below zero, so none is more than the whole. */
	if (value_of_all(d, g) > (__int128)UINT64_MAX)
		return fail(err, ERR_USAGE, "its sum is too large for 64 bits");
	return true;
}
