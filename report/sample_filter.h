/*
 * report/sample_filter.h - which samples count: by comm, process, thread, cpu and time.
 *
 * A sample counts if it is in each of the lists that are given.  What ties samples together (leader sampling,
 * deferred chains) is settled before (DESIGN 2.3).
 */
#ifndef PERFOLIO_REPORT_SAMPLE_FILTER_H
#define PERFOLIO_REPORT_SAMPLE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

/* Numbers or ranges of them: "3,8-11". */
struct number_list {
	struct number_range {
		uint64_t first, last;
	} * items;
	size_t n;
};

/* Starts as zeroes: every sample counts. */
struct sample_filter {
	struct number_list pids, tids, cpus;
	const char *comms; /* names with commas between, or NULL; borrowed */
	bool has_time;
	bool percent;            /* of the time between the first and the last sample */
	double from, to;         /* percent */
	uint64_t from_ns, to_ns; /* [from_ns, to_ns]; set by sample_filter_begin() where percent */
};

/* Parse "3,8-11"; false: *err says what is wrong with it. */
bool number_list_parse(struct number_list *list, const char *text, struct error *err);

/* Parse "A,B" (seconds with a fraction, either may be left out) or "A%-B%". */
bool sample_filter_time(struct sample_filter *f, const char *text, struct error *err);

/* The times of the first and last sample of the recording, for percentages. */
void sample_filter_begin(struct sample_filter *f, uint64_t first_ns, uint64_t last_ns);

struct sample_facts {
	uint32_t pid, tid, cpu;
	bool has_cpu;
	uint64_t time;
	const char *comm;
};

bool sample_filter_any(const struct sample_filter *f); /* does it leave out anything? */
bool sample_filter_takes(const struct sample_filter *f, const struct sample_facts *s);
void sample_filter_done(struct sample_filter *f);

#endif
