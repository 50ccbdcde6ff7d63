/*
 * report/metric.h - columns of the user's own: arithmetic over the sums of events (--metric NAME=EXPR).
 *
 *	EXPR   = TERM { ("+" | "-") TERM }
 *	TERM   = FACTOR { ("*" | "/") FACTOR }
 *	FACTOR = NUMBER | EVENT | "(" EXPR ")" | ("-" | "+") FACTOR
 *
 * An event is written as it was recorded, or without what stands behind its first ':' or '/'; the longest name that
 * fits is taken, so dashes, colons and slashes in names need no quotes ("cache-misses / cycles:u").  In doubt
 * quote it: 'NAME', "NAME" or {NAME}.
 */
#ifndef PERFOLIO_REPORT_METRIC_H
#define PERFOLIO_REPORT_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct metric;

/*
 * Parse "NAME=EXPR" over these events.  NULL: *err says what is wrong, *caret at which byte of `text`.  metric_free() it.
 */
struct metric *metric_parse(const char *text, const char *const *events, size_t n,
			    struct error *err, size_t *caret);

/* The value over the events' sums; false: there is none (a division by zero, or it leaves the numbers). */
bool metric_value(const struct metric *m, const uint64_t *sums, double *out);

const char *metric_name(const struct metric *m);
const char *metric_formula(const struct metric *m);
void metric_free(struct metric *m);

#endif
