#include "parser/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/perf_format.h"

struct event_slot {
	uint64_t id;
	uint32_t event_1; /* index + 1; 0: the slot is free */
};

void events_free(struct events *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->items[i].ids);
	free(e->items);
	free(e->slots);
	*e = (struct events){ 0 };
}

size_t events_add(struct events *e, const struct attr *attr)
{
	e->items = mem_grow(e->items, e->n, 1, &e->cap, sizeof(*e->items));
	e->items[e->n] = (struct event){ .attr = *attr, .name = "", .unit = "", .group = -1 };
	return e->n++;
}

static struct event_slot *slot_of(const struct events *e, uint64_t id)
{
	size_t i = (size_t)hash_u64(id) & e->mask;

	while (e->slots[i].event_1 && e->slots[i].id != id)
		i = (i + 1) & e->mask;
	return &e->slots[i];
}

static void double_slots(struct events *e)
{
	struct event_slot *old = e->slots;
	size_t n = old ? e->mask + 1 : 0;

	e->mask = n ? 2 * n - 1 : 63;
	e->slots = mem_calloc(e->mask + 1, sizeof(*e->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].event_1)
			*slot_of(e, old[i].id) = old[i];
	free(old);
}

void events_add_id(struct events *e, size_t index, uint64_t id)
{
	struct event *ev = &e->items[index];
	struct event_slot *slot;

	if (2 * e->n_slots >= e->mask)
		double_slots(e);
	slot = slot_of(e, id);
	if (slot->event_1)
		return;
	*slot = (struct event_slot){ .id = id, .event_1 = (uint32_t)index + 1 };
	e->n_slots++;
	if ((ev->n_ids & (ev->n_ids - 1)) == 0) /* room doubles at each power of two */
		ev->ids = mem_resize(ev->ids, ev->n_ids ? 2 * ev->n_ids : 1, sizeof(*ev->ids));
	ev->ids[ev->n_ids++] = id;
}

int events_find(const struct events *e, uint64_t id)
{
	if (!e->slots)
		return -1;
	return (int)slot_of(e, id)->event_1 - 1;
}

/* perf's names (tools/perf/util/evsel.c) */
static const char *const hardware_names[] = {
	"cycles",
	"instructions",
	"cache-references",
	"cache-misses",
	"branches",
	"branch-misses",
	"bus-cycles",
	"stalled-cycles-frontend",
	"stalled-cycles-backend",
	"ref-cycles",
};
static const char *const software_names[] = {
	"cpu-clock",        "task-clock",   "page-faults",  "context-switches",
	"cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
	"emulation-faults", "dummy",        "bpf-output",   "cgroup-switches",
};
static const char *const cache_names[] = { "L1-dcache", "L1-icache", "LLC", "dTLB",
					   "iTLB",      "branch",    "node" };
static const char *const cache_ops[] = { "load", "store", "prefetch" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool cache_event_name(uint64_t config, char *out, size_t size)
{
	uint64_t cache = config & 0xff, op = config >> 8 & 0xff, result = config >> 16 & 0xff;

	if (cache >= COUNT(cache_names) || op >= COUNT(cache_ops) || result > 1)
		return false;
	if (result)
		snprintf(out, size, "%s-%s-misses", cache_names[cache], cache_ops[op]);
	else
		snprintf(out, size, "%s-%s%s", cache_names[cache], cache_ops[op],
			 op == 2 ? "es" : "s");
	return true;
}

static void make_name(const struct attr *a, char *out, size_t size)
{
	/* The upper half of config holds the PMU's number on hybrid CPUs. */
	uint64_t config = a->config & 0xffffffff;

	if (a->type == TYPE_HARDWARE && config < COUNT(hardware_names))
		snprintf(out, size, "%s", hardware_names[config]);
	else if (a->type == TYPE_SOFTWARE && a->config < COUNT(software_names))
		snprintf(out, size, "%s", software_names[a->config]);
	else if (a->type == TYPE_HW_CACHE && cache_event_name(config, out, size))
		return;
	else if (a->type == TYPE_TRACEPOINT)
		snprintf(out, size, "tracepoint:%" PRIu64, a->config);
	else if (a->type == TYPE_BREAKPOINT)
		snprintf(out, size, "mem:0x%" PRIx64, a->config1);
	else if (a->type == TYPE_RAW)
		snprintf(out, size, "raw 0x%" PRIx64, a->config);
	else
		snprintf(out, size, "pmu %" PRIu32 " 0x%" PRIx64, a->type, a->config);
}

void events_name_unnamed(struct events *e, struct texts *texts)
{
	char name[100];

	for (size_t i = 0; i < e->n; i++) {
		struct event *ev = &e->items[i];

		if (ev->named)
			continue;
		make_name(&ev->attr, name, sizeof(name));
		ev->name = texts_add_z(texts, name);
	}
}
