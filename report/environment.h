/*
 * report/environment.h - names of environment variables that stack copies carry (values may be secrets).
 *
 * The kernel puts the environment at the far end of the main thread's stack, as texts "NAME=VALUE" among others.
 * Only names are kept.
 */
#ifndef PERFOLIO_REPORT_ENVIRONMENT_H
#define PERFOLIO_REPORT_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct texts;

struct environment_name {
	const char *name;
	uint64_t samples; /* whose copies have it */
};

/* Starts as zeroes; environment_done() frees. */
struct environment {
	struct environment_name *names; /* in the order of their first appearance */
	size_t n, cap;
	uint64_t samples; /* whose copies have any name that is not environment_is_harmless() */
};

/* Look through one copy. */
void environment_scan(struct environment *e, const uint8_t *bytes, size_t len, struct texts *texts);
void environment_done(struct environment *e);

/* Is the name one of those that every process has, and whose values are no secrets? */
bool environment_is_harmless(const char *name);

#endif
