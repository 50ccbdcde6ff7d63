/*
 * report/fleet.h - a summary over many recordings: which functions cost what in all of them, and how that spreads.
 *
 * Recordings are given one by one and not kept, so that memory grows with the distinct functions and not
 * with the recordings.  Functions of different recordings are one if kind, module and name are equal, with
 * modules of Python named over all of them (fleet_modules.h): hosts keep the same program and the same packages
 * at different paths.  Weights of different events are never added.
 */
#ifndef PERFOLIO_REPORT_FLEET_H
#define PERFOLIO_REPORT_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "report/entry.h"

/* Of the shares in the recordings that have the function, in hundredths of a percent: a quarter is at most `lower` ... (nearest rank) */
struct spread {
	uint32_t lower, median, upper;
};

struct fleet_function {
	enum function_kind kind;
	const char *module, *name;
	struct cost self, total;
	uint64_t recordings; /* in which it has a cost */
	struct spread self_share, total_share;
};

struct fleet_event {
	const char *name, *unit;
	struct cost sum;
	uint64_t recordings;              /* with samples of it */
	struct fleet_function *functions; /* by self, then total, then name */
	size_t n_functions;
	size_t n_all; /* before the limit */
};

enum fleet_key { FLEET_ALL, FLEET_HOST, FLEET_PROGRAM, FLEET_DAY, FLEET_KEYS };

/* All recordings that have one value of a key. Texts live as long as the fleet. */
struct fleet_group {
	enum fleet_key key;
	const char *value; /* "" for FLEET_ALL, and where the recordings do not tell */
	uint64_t recordings, samples, duration_ns;
	uint64_t python, native, kernel, unknown; /* as in struct entry */
	uint64_t verdicts[VERDICT_LEVELS];
	bool overflow;              /* a sum left 64 bits; it stays at UINT64_MAX */
	struct fleet_event *events; /* those of most recordings first, then of most samples */
	size_t n_events;
};

struct fleet;
struct fleet_modules;

/* modules: of the files of all recordings, borrowed; NULL: functions have the modules that their recording gave them. */
struct fleet *fleet_new(enum fleet_key key, const char *value, const struct fleet_modules *modules);
/* A recording; functions: the path of its functions.tsv. False: they could not be read, *err says why; it was not counted. */
bool fleet_add(struct fleet *f, const struct entry *e, const char *functions, struct error *err);
/* The sums so far; at most `limit` functions for each event (0: all). */
const struct fleet_group *fleet_finish(struct fleet *f, size_t limit);
void fleet_free(struct fleet *f);

const char *fleet_key_name(enum fleet_key key); /* "all", "host" ... */

/* "2025-01-31", or "" if the entry has no time. */
enum { DAY_TEXT = 24 };
const char *entry_day(const struct entry *e, char text[DAY_TEXT]);

#endif
