/*
 * report/profile.h - the profile: a call tree of functions with costs (DESIGN 2.5).
 *
 * Everything a report shows follows from it.  Nodes are stored parents before
 * children; node 0 is the root (no function).  A node's cost is what samples
 * ended there (self); totals, callers and callees are computed (totals.h).
 */
#ifndef PERFOLIO_REPORT_PROFILE_H
#define PERFOLIO_REPORT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/costs.h"

enum function_kind {
	KIND_PYTHON,
	KIND_NATIVE,
	KIND_KERNEL,
	KIND_UNKNOWN, /* an address outside of any mapping */
	KIND_TASK,    /* not a function: a thread or process at the root, on demand */
};

/* Two are one only if kind, name, symbol, file, object and `at` are equal (DESIGN D4). Texts are never NULL. */
struct function {
	enum function_kind kind;
	bool inlined;     /* all its frames were: it has no code of its own here */
	bool placeholder; /* [kernel], [object], [unknown]: stands for all addresses without a symbol */
	const char *name;   /* as people write it; a Python function's qualified name */
	const char *symbol; /* the raw symbol where it differs from the name, else "" */
	const char *keys;   /* of a grouped row: its keys' values with tabs between; else NULL */
	const char *
		module; /* Python: dotted module; native: base name of the object; kernel: "[kernel]" or module */
	const char *file; /* source file where known, else "" */
	uint32_t line;    /* first line where known, else 0 */
	uint32_t at; /* of frames that are kept apart by it (line_frames.h): the line; else 0 */
	const char *
		object; /* path of the ELF file, "[kernel.kallsyms]", "[jit]", "[vdso]"; "" for Python */
};

struct attr;

struct profile_event {
	const struct attr *attr; /* how it was set up; NULL: it is made of several */
	const char *name;
	const char *unit;     /* "ns", "count" or "samples" */
	bool mixed;           /* see sampled_event.h */
	struct cost sum;      /* of all nodes */
	struct cost filtered; /* of the samples that filters left out */
	/* how long it was to be counted, and was, see multiplexing.h; 0: not known */
	uint64_t enabled_ns, running_ns;
};

struct profile_node {
	uint32_t parent;   /* index of a node before this one; 0's parent is 0 */
	uint32_t function; /* index; of node 0: PROFILE_NO_FUNCTION */
	uint32_t cost;     /* index of a row of costs, 0 is the row of zeroes */
};

#define PROFILE_NO_FUNCTION UINT32_MAX

enum view { VIEW_PYTHON, VIEW_NATIVE, VIEW_MIXED };

struct profile {
	enum view view;
	const char *keys; /* grouped: the names of what rows are by, with tabs between; else NULL */
	struct profile_event *events; /* those with samples */
	size_t n_events;
	struct function *functions;
	size_t n_functions, cap_functions;
	struct profile_node *nodes;
	size_t n_nodes, cap_nodes;
	struct costs costs;
	/* For the report's header, of the first event: samples by the kind of what ran. */
	uint64_t python_samples, native_samples, kernel_samples, unknown_samples;
};

const char *view_name(enum view v);                   /* "python" ... */
const char *function_kind_name(enum function_kind k); /* "python" ... */

/* The cost of node `node` for event `event`. */
static inline struct cost profile_cost(const struct profile *p, size_t node, size_t event)
{
	return *costs_at(&p->costs, p->nodes[node].cost, event);
}

/* The order of functions wherever costs are equal: by name, module, file, object ... (0: one function). */
int function_order(const struct function *a, const struct function *b);

/* Is the key among these, with tabs between (NULL: not grouped)? */
bool keys_have(const char *keys, const char *key);

/* Count samples for the report's header. */
void profile_count_kind(struct profile *p, enum function_kind kind, uint64_t samples);

/* Drop nodes without cost in or behind them; the others keep their order. */
void profile_prune(struct profile *p);

/* Keep one event's costs only; it is event 0 then. */
void profile_keep_event(struct profile *p, size_t event);

/* Frees the profile and its arrays; texts belong to the texts they are of. */
void profile_free(struct profile *p);

#endif
