/*
 * report/known_event.h - which of the usual events an event is, however it was asked for.
 *
 * By type and config (perf_event.h) where they say it, else by name: "cpu_core/cycles/Pu", "cycles:P" and
 * "cpu-cycles" are all cycles.
 */
#ifndef PERFOLIO_REPORT_KNOWN_EVENT_H
#define PERFOLIO_REPORT_KNOWN_EVENT_H

struct attr;

enum known_event {
	EVENT_OTHER,
	EVENT_CYCLES,
	EVENT_INSTRUCTIONS,
	EVENT_CACHE_REFERENCES,
	EVENT_CACHE_MISSES,
	EVENT_BRANCHES,
	EVENT_BRANCH_MISSES,
	EVENT_L1D_LOADS,
	EVENT_L1D_LOAD_MISSES,
	EVENT_L1D_STORES,
	EVENT_L1D_STORE_MISSES,
	EVENT_L1I_LOADS,
	EVENT_L1I_LOAD_MISSES,
	EVENT_LLC_LOADS,
	EVENT_LLC_LOAD_MISSES,
	EVENT_LLC_STORES,
	EVENT_LLC_STORE_MISSES,
	EVENT_DTLB_LOADS,
	EVENT_DTLB_LOAD_MISSES,
	EVENT_DTLB_STORES,
	EVENT_DTLB_STORE_MISSES,
	EVENT_ITLB_LOADS,
	EVENT_ITLB_LOAD_MISSES,
	EVENT_NODE_LOADS,
	EVENT_NODE_LOAD_MISSES,
	EVENT_NODE_STORES,
	EVENT_NODE_STORE_MISSES,
	EVENT_PAGE_FAULTS,
	EVENT_MINOR_FAULTS,
	EVENT_MAJOR_FAULTS,
	KNOWN_EVENTS
};

/* attr may be NULL: only the name is looked at then. */
enum known_event known_event(const char *name, const struct attr *attr);

/* "cache-misses"; "" for EVENT_OTHER. */
const char *known_event_name(enum known_event e);

#endif
