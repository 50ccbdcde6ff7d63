/*
 * report/memory_tables.h - the model of `perfolio cache --memory`: who waits for which memory, and which data it is.
 *
 * Everything is counted in samples of memory accesses.  The books balance: each sample with a data source is in
 * `total`, or in `left_out` (by a filter), or in `others` (it is no access to memory); and the levels, snoops and
 * TLB classes of every row add up to its samples.
 *
 * A latency is what the processor gave as weight, in its cycles; 0 is "not measured" (AMD's hits in L1, Intel's
 * stores).  Percentiles are exact: of n latencies in order the ceil(n * p / 100)th.
 */
#ifndef PERFOLIO_REPORT_MEMORY_TABLES_H
#define PERFOLIO_REPORT_MEMORY_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/data_src.h"
#include "report/memory_log.h"
#include "report/profile.h"

/* Sums stop at UINT64_MAX. */
struct memory_latency {
	uint64_t samples; /* with a latency */
	uint64_t sum, max, p50, p95, p99;
};

struct memory_mean {
	uint64_t samples, sum; /* of those that are not 0 */
};

struct memory_counts {
	uint64_t samples;
	uint64_t ops[DATA_OPS];
	uint64_t levels[DATA_LEVELS];
	uint64_t snoops[DATA_SNOOPS];
	uint64_t tlbs[DATA_TLBS];
	uint64_t locked;
	uint64_t remote_hitm;  /* of snoops[DATA_SNOOP_HITM]: out of a remote cache */
	uint64_t blocked_data; /* loads that waited for a store: it could not be forwarded ... */
	uint64_t blocked_addr; /* ... or seemed to be of the same address */
	struct memory_latency latency;
	struct memory_mean weight2; /* of WEIGHT_STRUCT: of the whole instruction */
	struct memory_mean
		weight3; /* until it retired (Intel), in a stage of the pipeline (POWER) */
};

struct memory_function_row {
	uint32_t function;
	struct memory_counts counts;
};

struct memory_object_row {
	struct data_object object;
	struct memory_counts counts;
};

/* A page or a line. */
struct memory_block {
	uint64_t addr, phys, size; /* of its first byte; phys 0: not known */
	uint64_t samples;
	uint32_t recording; /* of memory->recordings */
	uint32_t pid;       /* whose address it is; the kernel's: UINT32_MAX */
	uint32_t instance;
	uint32_t object;  /* of memory->objects, as it was first seen */
	uint32_t threads; /* that touched it */
};

struct memory_block_row {
	struct memory_block block;
	struct memory_counts counts;
};

/* What one function of one thread did to a shared line. */
struct memory_sharer {
	uint32_t thread; /* of memory->threads */
	uint32_t function;
	uint64_t samples, loads,
		writes;     /* writes: stores, and locked instructions whatever they say they are */
	uint64_t transfers; /* the line came, modified or passed on, out of another core's cache */
	uint64_t latency_samples, latency_sum;
	uint64_t offsets; /* bit b: byte b of the line was touched */
};

/* A line that several threads touch, and one of them writes or takes out of another's cache. */
struct memory_suspect {
	struct memory_block line;
	uint64_t loads, writes, transfers, latency_samples, latency_sum; /* of all sharers */
	bool same_word; /* two threads touched the same 8 bytes: shared on purpose, at least there */
	size_t first, n; /* of sharers, the one with most transfers first */
};

/* A distinct number, as recorded. */
struct memory_source_row {
	uint32_t event; /* as homes->events has it */
	uint64_t value, samples, latency_sum;
};

struct memory_tables {
	const struct memory_log *memory;
	const struct function *functions;
	const char *const *recordings; /* as the homes have it */
	enum view view;
	const char *keys; /* as the homes have it */
	struct memory_counts total;
	uint64_t others, left_out;
	struct memory_function_row *by_function;
	struct memory_object_row *by_object;
	struct memory_block_row *pages, *lines;
	struct memory_suspect *suspects;
	struct memory_sharer *sharers;
	struct memory_source_row
		*sources; /* of all samples with a data source that were not left out */
	size_t n_functions, n_objects, n_pages, n_lines, n_suspects, n_sharers, n_sources;
	/* rows that a limit left out */
	size_t hidden_functions, hidden_objects, hidden_pages, hidden_lines, hidden_suspects;
};

/* Where an access counts: by node of the call tree, from view_profile(). */
struct memory_homes {
	const uint32_t *
		functions; /* by node of the log: index of a function; MEMORY_NONE: a filter left it out */
	size_t n_nodes;
	const size_t *events; /* by event of the log, which one it is shown as; NULL: the same */
	const char *const *recordings; /* by recording of the log its name; NULL: there is one */
	const struct function *names;  /* the functions; borrowed, as the memory is */
	size_t n_names;
	enum view view;
	const char *keys; /* of rows that are no functions, see profile.h; or NULL */
};

struct memory_options {
	int event;         /* as homes->events has it: only its samples; -1: all */
	size_t limit;      /* most rows of functions; 0: no limit */
	size_t data_limit; /* likewise of objects, pages, lines and suspects */
};

/*
 * Rows with most samples first (suspects: most transfers, then samples), ties by name, then by recording, process
 * and address.  Limits leave out rows and change nothing else.
 */
struct memory_tables *memory_tables_new(const struct memory_log *m,
					const struct memory_homes *homes,
					const struct memory_options *options);
void memory_tables_free(struct memory_tables *t);

/* The words for `recorded`: was this part of the samples? */
static inline bool memory_recorded(const struct memory_tables *t, uint64_t sample_type)
{
	return (t->memory->recorded & sample_type) != 0;
}

#endif
