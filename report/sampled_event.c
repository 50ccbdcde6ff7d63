#include "report/sampled_event.h"

#include <string.h>

#include "parser/base/memory.h"
#include "parser/event.h"
#include "parser/perf_format.h"
#include "parser/recording.h"

static const char unit_ns[] = "ns", unit_count[] = "count", unit_samples[] = "samples";

static const char *unit_of(const struct event *e)
{
	const struct attr *a = &e->attr;

	if (a->type == TYPE_SOFTWARE &&
	    (a->config == COUNT_SW_CPU_CLOCK || a->config == COUNT_SW_TASK_CLOCK))
		return unit_ns;
	if ((a->sample_type & SAMPLE_PERIOD) || (!attr_has(a, ATTR_FREQ) && a->sample_period) ||
	    (a->sample_type & SAMPLE_READ))
		return unit_count;
	return unit_samples;
}

struct sampled_event *sampled_events(const struct recording *r)
{
	const struct events *events = recording_events(r);
	struct sampled_event *list = mem_calloc(events->n, sizeof(*list));

	for (size_t e = 0; e < events->n; e++)
		list[e] = (struct sampled_event){
			.name = events->items[e].name,
			.unit = unit_of(&events->items[e]),
			.attr = &events->items[e].attr,
		};
	return list;
}

bool sampled_unit_is_known(const char *unit)
{
	return strcmp(unit, unit_ns) == 0 || strcmp(unit, unit_count) == 0 ||
	       strcmp(unit, unit_samples) == 0;
}
