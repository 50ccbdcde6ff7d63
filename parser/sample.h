/*
 * parser/sample.h - decoded PERF_RECORD_SAMPLE.
 *
 * Decoding allocates nothing; arrays stay where they lie in the record.  They
 * are in the file's byte order: where the recording is swapped, sample_decode()
 * turns the chain round once into a buffer of the decoder.
 */
#ifndef PERFOLIO_PARSER_SAMPLE_H
#define PERFOLIO_PARSER_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "parser/perf_format.h"

struct field_log;
struct record_view;
struct recording;

struct read_value {
	uint64_t value, id, lost;
};

struct sample {
	int event;     /* index among the recording's events, -1 if nobody's */
	uint16_t misc; /* cpumode in MISC_CPUMODE_MASK */
	uint64_t type; /* SAMPLE_* of the event: which fields below are there */
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t time; /* ns */
	uint64_t addr, id, stream_id;
	uint32_t cpu;
	uint64_t period; /* as recorded; without SAMPLE_PERIOD see sample_weight() */

	uint64_t read_nr;           /* PERF_SAMPLE_READ: number of values, 1 without a group */
	const uint8_t *read_values; /* see sample_read_value() */
	bool has_read_times;
	uint64_t time_enabled, time_running; /* ns, of the counters that were read */

	uint64_t chain_nr;    /* numbers in chain, context markers included */
	const uint8_t *chain; /* host byte order, may be unaligned */

	uint32_t raw_size;
	const uint8_t *raw;
	uint64_t branch_nr;
	const uint8_t *branches; /* branch_nr x { u64 from, to, flags }, file byte order */

	uint64_t user_abi; /* 0: no user registers */
	uint64_t user_regs_mask;
	const uint8_t *user_regs; /* one u64 for each bit of the mask, file byte order */
	uint64_t stack_size;      /* valid bytes of the stack copy (dyn_size) */
	const uint8_t *stack;

	uint64_t weight;           /* WEIGHT, or var1_dw of WEIGHT_STRUCT in the low 32 bits */
	uint16_t weight2, weight3; /* WEIGHT_STRUCT: var2_w, var3_w */
	uint64_t data_src, transaction, phys_addr, cgroup;
	uint64_t data_page_size, code_page_size;
};

struct sample_decoder;
struct sample_decoder *sample_decoder_new(const struct recording *r);
void sample_decoder_free(struct sample_decoder *d);

/*
 * Decode a SAMPLE record in the kernel's order of fields (perf_event.h,
 * PERF_RECORD_SAMPLE).  False: it ends inside a field, or belongs to no event
 * of the recording although there are several layouts; *err says so.
 */
bool sample_decode(struct sample_decoder *d, const struct record_view *v, struct sample *out,
		   struct field_log *log, struct error *err);

/* The i-th of read_nr values. */
struct read_value sample_read_value(const struct sample_decoder *d, const struct sample *s,
				    uint64_t i);

/* The weight that corpus facts and `info` give a SAMPLE record: period, else the fixed period, else 1. */
uint64_t sample_weight(const struct recording *r, const struct sample *s);

#endif
