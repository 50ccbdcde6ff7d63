/*
 * tests/unit/event_name.c - events by the names that people give (report/event_name.h).
 */
#include "report/event_name.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

static const char *const events[] = { "cycles:u", "cycles/freq=99/", "cache-misses/period=40/",
				      "cpu-clock", "cycles" };
enum { N = sizeof(events) / sizeof(events[0]) };

static void a_whole_name_is_one_event_and_a_short_one_may_be_several(void)
{
	static const struct {
		const char *name;
		size_t n, count, event;
	} rows[] = {
		{ "cycles:u", N, 1, 0 },       { "cycles", N, 1, 4 },    { "cycles", 4, 2, 0 },
		{ "cache-misses", N, 1, 2 },   { "cpu-clock", N, 1, 3 }, { "cache", N, 0, 0 },
		{ "cycles/freq=9/", N, 0, 0 }, { "", N, 0, 0 },          { "cycles", 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t count, event = event_find(events, rows[i].n, rows[i].name,
						 strlen(rows[i].name), &count);

		check_u64(count, rows[i].count, rows[i].name);
		check(!count || event == rows[i].event, rows[i].name);
	}
}

static void what_may_be_meant_is_short_where_that_is_near(void)
{
	static const struct {
		const char *name, *hint;
	} rows[] = {
		{ "cpu-clok", "; did you mean 'cpu-clock'?" },
		{ "cache-mises", "; did you mean 'cache-misses'?" },
		{ "cache-misses/period=4/", "; did you mean 'cache-misses/period=40/'?" },
		{ "faults", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *hint = event_names_hint(events, N, rows[i].name, strlen(rows[i].name));

		check_text(hint, rows[i].hint, rows[i].name);
		free(hint);
	}
}

int main(void)
{
	a_whole_name_is_one_event_and_a_short_one_may_be_several();
	what_may_be_meant_is_short_where_that_is_near();
	return check_done("event_name");
}
