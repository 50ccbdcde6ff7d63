/*
 * report/health.h - can a recording be used, judged by counts; for archives, where nobody looks at each.
 *
 * The thresholds are those that perfolio-batch(1) documents.
 */
#ifndef PERFOLIO_REPORT_HEALTH_H
#define PERFOLIO_REPORT_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict_level { VERDICT_USABLE, VERDICT_LIMITED, VERDICT_UNUSABLE, VERDICT_LEVELS };

/* In samples, of all events together. */
struct health {
	uint64_t samples; /* that were kept */
	uint64_t unnamed; /* of them: no symbol where they were taken */
	uint64_t broken;  /* of them: their stack ends before its beginning */
	uint64_t lost;    /* that perf or the kernel lost, beside them */
	bool damaged;     /* the recording ends early, or bytes of it make no sense */
};

enum { VERDICT_REASONS = 5 };

struct health_reason {
	enum verdict_level level;
	char text[80]; /* "52.10 % of the samples have no symbol" */
};

struct health_verdict {
	enum verdict_level level; /* the worst of the reasons' */
	struct health_reason reasons[VERDICT_REASONS];
	size_t n; /* reasons; the worst first */
};

struct health_verdict health_judge(const struct health *h);

const char *verdict_name(enum verdict_level level); /* "usable", "limited", "unusable" */

#endif
