/*
 * report/metric.h - `--metric 'NAME=EXPR'`: a column that is computed from the events of a row.
 *
 *   NAME=EXPR   NAME is what stands before the first '=', without blanks around it
 *   EXPR        + - * / with the usual precedence, parentheses, a sign, numbers (1e3, .5), events
 *
 * Event names hold dashes, colons, slashes, dots, commas (L1-dcache-load-misses, cpu_core/cycles/Pu).  So an
 * event is read where a value is expected, and of the recording's names that stand there the
 * longest is meant: "cache-misses/cache-references" and "a-b" are two names if there is no
 * event of the whole name, and blanks tell them apart if there is ("a - b").  A name is written as in
 * the recording, or as its part before the first ':' or '/' where only one event has that.  A name in
 * '...', "..." or {...} is taken as it stands.
 *
 * Values are computed after summing (DESIGN D6), in long double: on x86-64 and 64-bit Arm it holds each
 * 64-bit sum exactly, so that the difference of two large sums is right; the result is rounded to a
 * double once.  What is divided by zero, or too large for a double, has no value.
 */
#ifndef PERFOLIO_REPORT_METRIC_H
#define PERFOLIO_REPORT_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct metric;

/*
 * Read "NAME=EXPR" over the `n` event names (borrowed for this call only; of equal names the first
 * is meant).  NULL and *err (ERR_USAGE or ERR_LIMIT) if that cannot be; *caret is then the byte of
 * `text` that the message is about.
 */
struct metric *metric_parse(const char *text, const char *const *events, size_t n,
			    struct error *err, size_t *caret);
void metric_free(struct metric *m); /* NULL is fine */

/* NAME, and EXPR as it was written. */
const char *metric_name(const struct metric *m);
const char *metric_formula(const struct metric *m);

/* The value for one row, `weights` in the order of the events; false: it has none. */
bool metric_value(const struct metric *m, const uint64_t *weights, double *out);

/*
 * Is it nothing but events, each times a whole number that fits an int, added up?  Then `factors` gets those of
 * the `n` events; else false, and *err says what it is instead.
 */
bool metric_linear(const struct metric *m, size_t n, int *factors, struct error *err);

#endif
