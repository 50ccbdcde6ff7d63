/*
 * report/memory.h - the samples of `perf mem record`: what each touched, where it was found, how long that took.
 *
 * Fed while samples are read (collect.h), one entry a sample of 48 bytes; who touched what has a name only later,
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
#include "report/memory_log.h"

struct memory {
	struct data_objects places;
	struct memory_log log; /* of this one recording */
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
