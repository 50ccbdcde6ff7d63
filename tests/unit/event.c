/*
 * tests/unit/event.c - events, their ids and their names (parser/event.h).
 */
#include "parser/event.h"

#include "parser/base/text.h"
#include "parser/perf_format.h"
#include "tests/check.h"

static void an_id_leads_to_its_event(void)
{
	struct attr attr = { .type = TYPE_SOFTWARE };
	struct events e = { 0 };

	check(events_find(&e, 1) == -1, "no table, no event");
	check_u64(events_add(&e, &attr), 0, "the first event");
	check_u64(events_add(&e, &attr), 1, "the second");
	events_add_id(&e, 0, 10);
	events_add_id(&e, 1, 20);
	events_add_id(&e, 1, UINT64_MAX);
	events_add_id(&e, 1, 0);
	check(events_find(&e, 10) == 0, "of the first");
	check(events_find(&e, 20) == 1, "of the second");
	check(events_find(&e, UINT64_MAX) == 1, "the largest id");
	check(events_find(&e, 0) == 1, "id 0 is an id to the table");
	check(events_find(&e, 30) == -1, "nobody's");
	events_add_id(&e, 1, 10);
	check(events_find(&e, 10) == 0, "the first to claim an id has it");
	check_u64(e.items[0].n_ids, 1, "ids of the first");
	check_u64(e.items[1].n_ids, 3, "ids of the second: one that is taken is not added");
	check_u64(e.items[1].ids[2], 0, "in their order");
	check(e.items[1].group == -1 && !e.items[1].named, "neither group nor name at first");
	events_free(&e);
	check(e.n == 0 && events_find(&e, 10) == -1, "nothing is left");
}

static void many_ids_and_many_events_are_no_harm(void)
{
	enum { EVENTS = 1000, IDS = 500000 };
	struct attr attr = { 0 };
	struct events e = { 0 };
	bool found = true;

	for (unsigned i = 0; i < EVENTS; i++)
		events_add(&e, &attr);
	for (unsigned i = 0; i < IDS; i++)
		events_add_id(&e, i % EVENTS, (uint64_t)i << 20);
	for (unsigned i = 0; i < IDS; i++)
		found &= events_find(&e, (uint64_t)i << 20) == (int)(i % EVENTS);
	check(found, "each is found");
	check_u64(e.items[EVENTS - 1].n_ids, IDS / EVENTS, "and kept with its event");
	check_u64(e.items[7].ids[1], UINT64_C(1007) << 20, "in their order");
	events_free(&e);
}

static void events_without_a_name_get_perfs(void)
{
	static const struct {
		struct attr attr;
		const char *name;
	} rows[] = {
		{ { .type = TYPE_HARDWARE, .config = 0 }, "cycles" },
		{ { .type = TYPE_HARDWARE, .config = 9 }, "ref-cycles" },
		{ { .type = TYPE_HARDWARE, .config = UINT64_C(0x400000001) }, "instructions" },
		{ { .type = TYPE_HARDWARE, .config = 10 }, "pmu 0 0xa" },
		{ { .type = TYPE_SOFTWARE, .config = COUNT_SW_CPU_CLOCK }, "cpu-clock" },
		{ { .type = TYPE_SOFTWARE, .config = COUNT_SW_DUMMY }, "dummy" },
		{ { .type = TYPE_SOFTWARE, .config = 99 }, "pmu 1 0x63" },
		{ { .type = TYPE_HW_CACHE, .config = 0x10002 }, "LLC-load-misses" },
		{ { .type = TYPE_HW_CACHE, .config = 0x100 }, "L1-dcache-stores" },
		{ { .type = TYPE_HW_CACHE, .config = 0x203 }, "dTLB-prefetches" },
		{ { .type = TYPE_HW_CACHE, .config = 0x7 }, "pmu 3 0x7" },
		{ { .type = TYPE_HW_CACHE, .config = 0x300 }, "pmu 3 0x300" },
		{ { .type = TYPE_HW_CACHE, .config = 0x20000 }, "pmu 3 0x20000" },
		{ { .type = TYPE_TRACEPOINT, .config = 314 }, "tracepoint:314" },
		{ { .type = TYPE_BREAKPOINT, .config1 = 0xbeef }, "mem:0xbeef" },
		{ { .type = TYPE_RAW, .config = 0x1c0 }, "raw 0x1c0" },
		{ { .type = 10, .config = UINT64_MAX }, "pmu 10 0xffffffffffffffff" },
	};
	struct texts *texts = texts_new();
	struct events e = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		events_add(&e, &rows[i].attr);
	events_add(&e, &rows[0].attr);
	e.items[e.n - 1].name = "cycles:P";
	e.items[e.n - 1].named = true;
	events_name_unnamed(&e, texts);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(e.items[i].name, rows[i].name, rows[i].name);
	check_text(e.items[e.n - 1].name, "cycles:P", "a name that the recording has stays");
	events_free(&e);
	texts_free(texts);
}

int main(void)
{
	an_id_leads_to_its_event();
	many_ids_and_many_events_are_no_harm();
	events_without_a_name_get_perfs();
	return check_done("event");
}
