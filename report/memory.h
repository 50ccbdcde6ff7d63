/*
 * report/memory.h - the samples of `perf mem record`: what each touched, where it was found, how long that took.
 *
 * Fed while samples are read (collect.h), one entry a sample of 40 bytes; who touched what has a name only later,
 * so the tables are made at the end (memory_tables.h).  Only samples with PERF_SAMPLE_DATA_SRC are taken.
 */
#ifndef PERFOLIO_REPORT_MEMORY_H
#define PERFOLIO_REPORT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/text.h"
#include "parser/sample.h"
#include "report/data_object.h"
#include "report/machine.h"
#include "report/numbers.h"
#include "report/pairs.h"

enum { MEMORY_LINE = 64, MEMORY_PAGE = 4096 }; /* bytes; a page where its size was not recorded */

#define MEMORY_NONE UINT32_MAX

struct memory_access {
	uint64_t latency;          /* WEIGHT, or the first part of WEIGHT_STRUCT; 0: not measured */
	uint16_t weight2, weight3; /* the other parts */
	uint32_t node;             /* of the call tree: where the stack ends */
	uint32_t source, object;   /* indices in sources, objects */
	uint32_t line, thread;     /* line: MEMORY_NONE without an address */
	uint8_t offset;            /* of the address in its line */
};

struct memory_source {
	uint32_t event; /* of the recording */
	uint64_t value; /* see data_src.h */
};

struct memory_thread {
	uint32_t pid, tid;
	const char *comm; /* at its first access */
};

/* Physical addresses tell lines apart where they were recorded, else (address space, address). */
struct memory_line {
	uint64_t addr, phys; /* of its first byte, as it was first seen; phys 0: not known */
	uint64_t page_size;  /* a power of 2 */
	uint32_t pid;        /* whose address it is; the kernel's: UINT32_MAX */
	uint32_t instance;   /* likewise; the kernel's: 0 */
	uint32_t object;     /* as it was first seen */
};

struct memory {
	struct data_objects places;
	struct memory_access *accesses;
	size_t n_accesses, cap_accesses;
	struct memory_source *sources;
	size_t n_sources, cap_sources;
	struct data_object *objects;
	size_t n_objects, cap_objects;
	struct memory_thread *threads;
	size_t n_threads, cap_threads;
	struct memory_line *lines;
	size_t n_lines, cap_lines;
	uint64_t recorded; /* SAMPLE_* that any of the samples had */
	uint64_t left_out; /* samples with a data source that do not count */
	/* look-up */
	struct numbers values, names, line_bases, tids;
	struct pairs source_keys, object_keys, line_keys;
};

struct memory *memory_new(void);
void memory_free(struct memory *m);

/* Before the first sample; both are borrowed, the machine is sealed. */
void memory_begin(struct memory *m, struct machine *machine, struct texts *texts);

/* A sample that counts; others than those of memory are passed over. */
void memory_add(struct memory *m, uint32_t node, const struct sample *s,
		struct instance_id instance, uint64_t time);

/* A sample that a filter left out. */
void memory_leave_out(struct memory *m, const struct sample *s);

#endif
