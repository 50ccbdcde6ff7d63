/*
 * parser/attr.h - perf_event_attr: how an event was set up, and with it the
 * layout of its samples.
 */
#ifndef PERFOLIO_PARSER_ATTR_H
#define PERFOLIO_PARSER_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor;

/* Fields that a shorter attr of an old perf does not have are 0. */
struct attr {
	uint32_t type;
	uint32_t size; /* bytes as recorded */
	uint64_t config;
	uint64_t sample_period; /* a frequency in Hz where ATTR_FREQ is set */
	uint64_t sample_type;   /* SAMPLE_* */
	uint64_t read_format;   /* FORMAT_* */
	uint64_t flags;         /* ATTR_*, first declared bit lowest in either byte order */
	uint32_t wakeup_events;
	uint32_t bp_type;
	uint64_t config1, config2;
	uint64_t branch_sample_type;
	uint64_t sample_regs_user; /* mask of the registers in a sample */
	uint32_t sample_stack_user;
	int32_t clockid;
	uint64_t sample_regs_intr;
	uint32_t aux_watermark;
	uint16_t sample_max_stack;
	uint32_t aux_sample_size;
	uint64_t sig_data;
	uint64_t config3;
};

enum { ATTR_SIZE_MIN = 64 };

/*
 * Decode the `size` bytes of an attr at the cursor, which is left behind them;
 * unknown bytes at its end are stepped over.  False if the cursor ends before.
 * Source: struct perf_event_attr, perf_event.h.
 */
bool attr_decode(struct cursor *c, size_t size, struct attr *out);

/* Is `flag` (ATTR_*) set? */
static inline bool attr_has(const struct attr *a, uint64_t flag)
{
	return (a->flags & flag) != 0;
}

#endif
