/*
 * report/memory_log.h - accesses to memory as tables need them (memory_tables.h), without machine and addresses of code.
 *
 * What is distinct is kept once and counted: of one recording (memory.h feeds it) or of several (memory_log_add_all()).
 * Whose stack it was says a node of a call tree: the recording's, or the folio's (folio.h).
 *
 * Lines and threads are of a recording each: equal addresses in two recordings are not the same memory, not even
 * physical ones, whose pages change hands.  A recording that is added twice counts twice, in the same lines.
 */
#ifndef PERFOLIO_REPORT_MEMORY_LOG_H
#define PERFOLIO_REPORT_MEMORY_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/text.h"
#include "report/data_object.h"
#include "report/numbers.h"
#include "report/pairs.h"

enum { MEMORY_LINE = 64, MEMORY_PAGE = 4096 }; /* bytes; a page where its size was not recorded */

#define MEMORY_NONE UINT32_MAX

struct memory_access {
	uint64_t latency;          /* WEIGHT, or the first part of WEIGHT_STRUCT; 0: not measured */
	uint64_t count;            /* samples that are alike */
	uint32_t node;             /* of the call tree: where the stack ends */
	uint32_t source, object;   /* indices in sources, objects */
	uint32_t line, thread;     /* line: MEMORY_NONE without an address */
	uint16_t weight2, weight3; /* the other parts of WEIGHT_STRUCT */
	uint8_t offset;            /* of the address in its line */
};

struct memory_source {
	uint32_t event; /* of the call tree */
	uint64_t value; /* see data_src.h */
};

struct memory_thread {
	uint32_t recording; /* index in recordings */
	uint32_t pid, tid;
	const char *comm; /* at its first access */
};

/* Physical addresses tell lines apart where they were recorded, else (address space, address). */
struct memory_line {
	uint64_t addr, phys; /* of its first byte, as it was first seen; phys 0: not known */
	uint64_t page_size;  /* a power of 2, at least MEMORY_LINE */
	uint32_t recording;  /* index in recordings */
	uint32_t pid;        /* whose address it is; the kernel's: UINT32_MAX */
	uint32_t instance;   /* likewise; the kernel's: 0 */
	uint32_t object;     /* as it was first seen */
};

struct memory_log {
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
	const char **recordings; /* keys of folio_recording_key(); "" while there is only one */
	size_t n_recordings, cap_recordings;
	uint64_t recorded; /* SAMPLE_* that any of the samples had */
	uint64_t left_out; /* samples with a data source that do not count */
	/* look-up: numbers of the keys are the indices */
	struct numbers values, names, keys, line_bases, tids;
	struct pairs source_keys, object_keys, spaces, line_keys, thread_keys;
	uint32_t *slots; /* of accesses, index + 1; open addressing */
	size_t mask;
};

/* Starts as zeroes.  Texts are borrowed, interned in one table of texts. */
void memory_log_done(struct memory_log *m);

/* Each distinct thing once: its index. *is_new: it was not there. */
uint32_t memory_log_source(struct memory_log *m, uint32_t event, uint64_t value);
uint32_t memory_log_object(struct memory_log *m, const struct data_object *o);
uint32_t memory_log_recording(struct memory_log *m, const char *key);
uint32_t memory_log_line(struct memory_log *m, const struct memory_line *l, bool *is_new);

/* Likewise; of a new one the caller sets comm. */
uint32_t memory_log_thread(struct memory_log *m, uint32_t recording, uint32_t pid, uint32_t tid,
			   bool *is_new);

/* An entry of its own: alike ones are not looked for. */
void memory_log_append(struct memory_log *m, const struct memory_access *a);

/* Added to the one that is alike, if there is one.  Not to be mixed with memory_log_append(). */
void memory_log_count(struct memory_log *m, const struct memory_access *a);

/* What becomes of a log in another one. */
struct memory_mapping {
	const uint32_t *nodes; /* by node; MEMORY_NONE: left out */
	const size_t *events;  /* by event; NULL: the same */
	const char *recording; /* the key of the only recording; NULL: as they are */
	struct texts *texts;   /* of the other one: texts are put there */
};

/* The sum does not depend on the order in which logs are added. */
void memory_log_add_all(struct memory_log *to, const struct memory_log *from,
			const struct memory_mapping *map);

#endif
