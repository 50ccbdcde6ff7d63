/*
 * report/data_object.h - what lies at a data address: a file, the heap, a stack, the kernel ...
 *
 * Answers from the machine's mappings.  Only recordings with data mappings (perf mem record, perf record -d) know
 * of the heap and of anonymous memory; elsewhere those are "[unmapped]".  The stack that a process starts
 * with is never announced by the kernel.  It lies above all files (ld.so is mapped first, and the rest below it), so
 * an address up there without a mapping is taken for it, and marked as inferred.
 */
#ifndef PERFOLIO_REPORT_DATA_OBJECT_H
#define PERFOLIO_REPORT_DATA_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/text.h"
#include "report/machine.h"

enum data_object_kind {
	DATA_OBJECT_FILE, /* a mapped file or shared memory; its path is the name */
	DATA_OBJECT_HEAP,
	DATA_OBJECT_STACK,
	DATA_OBJECT_ANONYMOUS,
	DATA_OBJECT_SPECIAL, /* [vdso], [vvar] ... */
	DATA_OBJECT_KERNEL,
	DATA_OBJECT_GUEST,
	DATA_OBJECT_UNMAPPED,   /* no mapping was recorded */
	DATA_OBJECT_NO_ADDRESS, /* the sample has none */
	DATA_OBJECT_KINDS
};

struct data_object {
	enum data_object_kind kind;
	bool inferred;
	const char *name; /* interned */
};

const char *data_object_kind_key(enum data_object_kind k); /* "file", "heap" ... */

int data_object_order(const struct data_object *a, const struct data_object *b);

/* What was worked out about the processes' address spaces. Starts as zeroes. */
struct data_objects {
	struct machine *machine; /* borrowed, sealed */
	struct texts *texts;
	uint64_t *file_tops; /* by instance: where its highest code of a file ends */
	size_t n_file_tops;
};

void data_objects_done(struct data_objects *o);

/* Who touched which address, when. */
struct data_address {
	struct instance_id instance; /* of the thread's process */
	unsigned cpumode;            /* MISC_*, of the sample */
	uint64_t addr, time;
};

struct data_object data_object_at(struct data_objects *o, const struct data_address *a);

/* Is it an address of the kernel, whatever the process? */
static inline bool data_address_is_kernel(uint64_t addr)
{
	return addr >> 63;
}

#endif
