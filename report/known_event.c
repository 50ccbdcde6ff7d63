#include "report/known_event.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/perf_format.h"

/* config of TYPE_HW_CACHE: cache, operation, result; enum perf_hw_cache_id and its like, perf_event.h */
#define CACHE(id, op, result) ((id) | (op) << 8 | (result) << 16)
enum { L1D, L1I, LL, DTLB, ITLB, BPU, NODE };
enum { READ, WRITE };
enum { ACCESS, MISS };

#define NO_CONFIG UINT64_MAX

static const struct {
	const char *name, *alias;
	uint32_t type;
	uint64_t config;
} rows[KNOWN_EVENTS] = {
	[EVENT_OTHER] = { "", NULL, 0, NO_CONFIG },
	[EVENT_CYCLES] = { "cycles", "cpu-cycles", TYPE_HARDWARE, 0 },
	[EVENT_INSTRUCTIONS] = { "instructions", NULL, TYPE_HARDWARE, 1 },
	[EVENT_CACHE_REFERENCES] = { "cache-references", NULL, TYPE_HARDWARE, 2 },
	[EVENT_CACHE_MISSES] = { "cache-misses", NULL, TYPE_HARDWARE, 3 },
	[EVENT_BRANCHES] = { "branches", "branch-instructions", TYPE_HARDWARE, 4 },
	[EVENT_BRANCH_MISSES] = { "branch-misses", NULL, TYPE_HARDWARE, 5 },
	[EVENT_L1D_LOADS] = { "L1-dcache-loads", NULL, TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS) },
	[EVENT_L1D_LOAD_MISSES] = { "L1-dcache-load-misses", NULL, TYPE_HW_CACHE,
				    CACHE(L1D, READ, MISS) },
	[EVENT_L1D_STORES] = { "L1-dcache-stores", NULL, TYPE_HW_CACHE, CACHE(L1D, WRITE, ACCESS) },
	[EVENT_L1D_STORE_MISSES] = { "L1-dcache-store-misses", NULL, TYPE_HW_CACHE,
				     CACHE(L1D, WRITE, MISS) },
	[EVENT_L1I_LOADS] = { "L1-icache-loads", NULL, TYPE_HW_CACHE, CACHE(L1I, READ, ACCESS) },
	[EVENT_L1I_LOAD_MISSES] = { "L1-icache-load-misses", NULL, TYPE_HW_CACHE,
				    CACHE(L1I, READ, MISS) },
	[EVENT_LLC_LOADS] = { "LLC-loads", NULL, TYPE_HW_CACHE, CACHE(LL, READ, ACCESS) },
	[EVENT_LLC_LOAD_MISSES] = { "LLC-load-misses", NULL, TYPE_HW_CACHE, CACHE(LL, READ, MISS) },
	[EVENT_LLC_STORES] = { "LLC-stores", NULL, TYPE_HW_CACHE, CACHE(LL, WRITE, ACCESS) },
	[EVENT_LLC_STORE_MISSES] = { "LLC-store-misses", NULL, TYPE_HW_CACHE,
				     CACHE(LL, WRITE, MISS) },
	[EVENT_DTLB_LOADS] = { "dTLB-loads", NULL, TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS) },
	[EVENT_DTLB_LOAD_MISSES] = { "dTLB-load-misses", NULL, TYPE_HW_CACHE,
				     CACHE(DTLB, READ, MISS) },
	[EVENT_DTLB_STORES] = { "dTLB-stores", NULL, TYPE_HW_CACHE, CACHE(DTLB, WRITE, ACCESS) },
	[EVENT_DTLB_STORE_MISSES] = { "dTLB-store-misses", NULL, TYPE_HW_CACHE,
				      CACHE(DTLB, WRITE, MISS) },
	[EVENT_ITLB_LOADS] = { "iTLB-loads", NULL, TYPE_HW_CACHE, CACHE(ITLB, READ, ACCESS) },
	[EVENT_ITLB_LOAD_MISSES] = { "iTLB-load-misses", NULL, TYPE_HW_CACHE,
				     CACHE(ITLB, READ, MISS) },
	[EVENT_NODE_LOADS] = { "node-loads", NULL, TYPE_HW_CACHE, CACHE(NODE, READ, ACCESS) },
	[EVENT_NODE_LOAD_MISSES] = { "node-load-misses", NULL, TYPE_HW_CACHE,
				     CACHE(NODE, READ, MISS) },
	[EVENT_NODE_STORES] = { "node-stores", NULL, TYPE_HW_CACHE, CACHE(NODE, WRITE, ACCESS) },
	[EVENT_NODE_STORE_MISSES] = { "node-store-misses", NULL, TYPE_HW_CACHE,
				      CACHE(NODE, WRITE, MISS) },
	[EVENT_PAGE_FAULTS] = { "page-faults", "faults", TYPE_SOFTWARE, 2 },
	[EVENT_MINOR_FAULTS] = { "minor-faults", NULL, TYPE_SOFTWARE, 5 },
	[EVENT_MAJOR_FAULTS] = { "major-faults", NULL, TYPE_SOFTWARE, 6 },
};

const char *known_event_name(enum known_event e)
{
	return rows[e].name;
}

/* "cycles" of "cpu_core/cycles,period=1000/Pu", of "cycles:P" and of " cycles". */
static const char *bare_name(const char *name, size_t *len)
{
	const char *slash;

	name += strspn(name, " ");
	slash = strchr(name, '/');
	/* "PMU/EVENT/", but not "EVENT/TERM=VALUE/" */
	if (slash && !strchr(slash + 1, '=') && strchr(slash + 1, '/'))
		name = slash + 1;
	else if (slash && strncmp(name, "cpu", 3) == 0 && strcspn(slash + 1, ",/=") &&
		 slash[1 + strcspn(slash + 1, ",/=")] != '=')
		name = slash + 1;
	*len = strcspn(name, ":/,");
	return name;
}

static bool is(const char *want, const char *name, size_t len)
{
	return want && strlen(want) == len && strncasecmp(want, name, len) == 0;
}

enum known_event known_event(const char *name, const struct attr *attr)
{
	size_t len;

	name = bare_name(name, &len);
	for (int e = 1; e < KNOWN_EVENTS; e++)
		if (is(rows[e].name, name, len) || is(rows[e].alias, name, len))
			return (enum known_event)e;
	/* The name is what somebody typed; the numbers say it where it is none of the usual ones. */
	for (int e = 1; attr && e < KNOWN_EVENTS; e++) {
		/* the upper half of config holds the PMU's number on hybrid processors */
		uint64_t config =
			attr->type == TYPE_SOFTWARE ? attr->config : attr->config & 0xffffffff;

		if (attr->type == rows[e].type && config == rows[e].config)
			return (enum known_event)e;
	}
	return EVENT_OTHER;
}
