/*
 * report/info.h - the model of `perfolio info`: what was recorded, counted over one walk.
 *
 * Samples and weights count SAMPLE records as they stand (weight: the sum of the
 * periods, else of the fixed period, else the number); group_* count what the
 * samples stand for where one record speaks for a group (leader sampling).
 */
#ifndef PERFOLIO_REPORT_INFO_H
#define PERFOLIO_REPORT_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct recording;
struct texts;

struct info_event {
	uint64_t samples, weight;
	uint64_t group_samples, group_weight;
	bool grouped; /* group_* differ in meaning: the event is read by PERF_SAMPLE_READ */
};

struct info_count {
	uint32_t type; /* record type */
	uint64_t count;
};

struct info {
	const struct recording *recording;
	const struct diag *diag;
	const char *command;        /* that recorded it, see record_again.h; among the texts */
	struct info_event *events;  /* one for each event of the recording */
	struct info_count *records; /* sorted by type */
	size_t n_records;
	uint64_t lost_records, lost_events, lost_samples;
	bool has_time;
	uint64_t first_ns, last_ns; /* of the SAMPLE records */
	uint64_t unowned_samples;   /* of no event */
};

/* Walk over all records. Damage goes to `diag`. */
struct info *info_new(struct recording *r, struct diag *diag, struct texts *texts);
void info_free(struct info *info);

#endif
