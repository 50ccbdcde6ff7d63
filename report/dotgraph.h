/*
 * report/dotgraph.h - the pruned call graph for people's eyes: gprof2dot's model.
 *
 * Nodes with a total share under node_percent and edges under edge_percent are
 * left out (gprof2dot: 0.5 and 0.1 %); shares are of one event's weight, each sample once
 * (of its samples where nothing has weight).  Tasks are left out.
 */
#ifndef PERFOLIO_REPORT_DOTGRAPH_H
#define PERFOLIO_REPORT_DOTGRAPH_H

#include "report/profile.h"
#include "report/totals.h"

struct dot_options {
	size_t event;
	double node_percent, edge_percent; /* 0.5, 0.1 by default */
	size_t limit;  /* most nodes, the heaviest; 0: no limit, on edges neither */
	bool clusters; /* group nodes by module */
};

struct dot_node {
	uint32_t function;
	double self_share, total_share; /* 0 .. 1 */
	uint64_t samples;               /* total samples, once per sample */
};

struct dot_edge {
	uint32_t from, to; /* indices of dot_nodes */
	double share;
	uint64_t samples;
	bool back; /* closes a cycle (or is a self edge): drawn without ranking */
};

struct dotgraph {
	const struct profile *profile;
	struct dot_options options;
	struct dot_node *nodes; /* heaviest total first, ties by name */
	size_t n_nodes;
	struct dot_edge *edges;
	size_t n_edges;
	size_t hidden_nodes, hidden_edges; /* with cost, but left out */
};

/*
 * So many nodes and edges dot still lays out in seconds, even if everything calls everything; real profiles
 * have about half as many left after pruning.  DOT_LIMIT is the default of --limit; a greater
 * one allows as many more edges.
 */
enum { DOT_LIMIT = 200, DOT_EDGES = 300 };

struct dotgraph *dotgraph_new(const struct profile *p, const struct totals *t,
			      const struct dot_options *options);
void dotgraph_free(struct dotgraph *g);

#endif
