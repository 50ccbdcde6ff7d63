/*
 * report/table.h - the model of `perfolio report`: functions in order, with all that is printed about them.
 */
#ifndef PERFOLIO_REPORT_TABLE_H
#define PERFOLIO_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "report/profile.h"
#include "report/totals.h"

enum sort_key { SORT_SELF, SORT_TOTAL, SORT_SAMPLES, SORT_NAME };
enum table_edges {
	EDGES_NONE,
	EDGES_CALLERS,
	EDGES_CALLEES
}; /* --callers, --callees: text and csv */

struct table_options {
	enum sort_key sort;
	size_t limit;         /* most rows; 0: no limit */
	double percent_limit; /* rows with less total share (of the first event) are left out; 0: none */
	enum table_edges edges;
	const char *
		function; /* --callers/--callees FUNCTION: only those of this name, symbol or "module.name"; "" for all */
	size_t primary_1; /* index + 1 of the event that rows are sorted by first; 0: the first shown */
	const char *format;          /* what machine formats call themselves: "perfolio-report" */
	const struct ratios *ratios; /* shown beside the events; NULL: none */
	int event;                   /* --event: index of the only event shown; -1: all */
};

/* What the three header lines say. Texts are never NULL. */
struct table_summary {
	const char *program; /* command line of the recording, or its path */
	const char *host;
	uint64_t duration_ns;      /* last sample's time less the first's; 0 if unknown */
	size_t processes, threads; /* with samples */
	const uint64_t
		*stacks; /* samples by how their stack ended, see enum stack_end; NULL: not known */
	const char *recording; /* path as given */
};

struct table_edge_row {
	uint32_t function; /* the caller or callee */
	uint32_t edge;     /* index in totals->edges */
};

struct table_row {
	uint32_t function; /* index in profile->functions */
	size_t first_edge,
		n_edges; /* in edge_rows, heaviest first; none without --callers/--callees */
};

struct table {
	const struct profile *profile;
	const struct totals *totals;
	const struct diag *diag;
	struct table_summary summary;
	struct table_options options;
	struct table_row *rows; /* sorted, limited */
	size_t n_rows;
	size_t n_hidden; /* functions left out by a limit; none of them in `listed` */
	bool *listed;    /* by function: has it a row? */
	struct table_edge_row *edge_rows;
	size_t n_edge_rows;
	size_t *events; /* indices of the profile's events that are shown */
	size_t n_events;
};

/*
 * Functions without cost in the shown events have no row, tasks neither.  Order: the sort key of the
 * first shown event, then of the next ...; self ties by total and total by self, then
 * function_order().  Limits leave out rows and change nothing else.
 */
struct table *table_new(const struct profile *p, const struct totals *t, const struct diag *diag,
			const struct table_summary *summary, const struct table_options *options);
void table_free(struct table *t);

/* A share in hundredths of a percent, rounded: of the weight, or of the samples where nothing has weight. */
uint64_t cost_share(const struct cost *part, const struct cost *whole);

/* The cost in the n-th shown event. */
static inline const struct cost *table_self(const struct table *t, uint32_t function, size_t n)
{
	return costs_at(&t->totals->self, function, t->events[n]);
}

static inline const struct cost *table_total(const struct table *t, uint32_t function, size_t n)
{
	return costs_at(&t->totals->total, function, t->events[n]);
}

static inline const struct cost *table_edge(const struct table *t, size_t edge, size_t n)
{
	return costs_at(&t->totals->edge_total, edge, t->events[n]);
}

struct ratio;
struct ratio_value;
/* A ratio over a function's self or total costs, and over the whole profile. */
struct ratio_value table_ratio(const struct table *t, uint32_t function, const struct ratio *r,
			       bool total);
struct ratio_value table_whole_ratio(const struct table *t, const struct ratio *r);

/* Samples with this function as leaf, of all shown events together. */
uint64_t table_leaf_samples(const struct table *t, uint32_t function);
/* Samples on an edge, of all shown events together. */
uint64_t table_edge_samples(const struct table *t, size_t edge);
/* Has the edge (an index in totals->edges) a cost in a shown event, and are both its ends listed? */
bool table_shows_edge(const struct table *t, size_t edge);

#endif
