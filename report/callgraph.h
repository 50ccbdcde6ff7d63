/*
 * report/callgraph.h - a graph of calls without cycles, in which the edges into a function are its inclusive cost.
 *
 * What readers of callgrind files compute is right only on such a graph; why, and how it is
 * made, stands at the head of callgraph.c.
 */
#ifndef PERFOLIO_REPORT_CALLGRAPH_H
#define PERFOLIO_REPORT_CALLGRAPH_H

#include "report/profile.h"

enum recursion {
	RECURSION_EXACT, /* moved edges: inclusive cost = once per sample, no cycle */
	RECURSION_KEEP,  /* direct callers as recorded, cycles and all */
};

/*
 * Vertices: functions first (same index; a task is a vertex like them), then "(root)", the caller of
 * outermost functions that have no task, and last "(all)", the caller of "(root)" and of tasks.
 */
struct call_vertex {
	const char *name; /* unique by both readers' keys, see callgraph.c; one line, valid UTF-8 */
	const char *file,
		*object; /* "???": unknown; all Python functions are of the object "python" */
	uint32_t line;
	bool used; /* has cost or edges */
};

struct call_edge {
	uint32_t caller, callee; /* vertices */
	uint32_t
		line; /* of the call site; the caller's first line as long as nothing better is known */
	uint64_t calls; /* samples on the edge over all events, at least 1 */
};

struct callgraph {
	size_t n_events;
	struct call_vertex *vertices;
	size_t n_vertices;
	struct costs self;       /* by vertex */
	struct call_edge *edges; /* sorted by caller, callee, line */
	size_t n_edges;
	struct costs edge_cost; /* by edge */
	struct cost *sum;       /* of each event */
	bool overflow;          /* a sum left 64 bits */
};

struct texts;
struct callgraph *callgraph_new(const struct profile *p, enum recursion recursion,
				struct texts *texts);
void callgraph_free(struct callgraph *g);

#endif
