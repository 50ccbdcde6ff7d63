/*
 * tests/unit/increase.c - what counters grew by (report/increase.h).
 */
#include "report/increase.h"

#include "tests/check.h"

static void a_counter_gives_what_it_grew_by_since_it_was_last_read(void)
{
	static const struct {
		const char *label;
		uint64_t id, tid, value, increase;
	} rows[] = {
		{ "the first value is all increase", 1, 0, 100, 100 },
		{ "then the difference", 1, 0, 130, 30 },
		{ "nothing", 1, 0, 130, 0 },
		{ "another id", 2, 0, 40, 40 },
		{ "another thread of the same id", 1, 7, 1000, 1000 },
		{ "and back", 1, 0, 131, 1 },
		{ "the thread goes on from its own value", 1, 7, 1001, 1 },
		{ "a counter that went down starts again", 1, 0, 5, 5 },
		{ "and goes on from there", 1, 0, 9, 4 },
		{ "the greatest number", 1, 0, UINT64_MAX, UINT64_MAX - 9 },
		{ "id 0", 0, 0, 3, 3 },
		{ "id and thread are not to be mixed up", 7, 1, 1, 1 },
		{ "the greatest id", UINT64_MAX, UINT64_MAX, 2, 2 },
	};
	struct increases *c = increases_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_u64(increases_take(c, rows[i].id, rows[i].tid, rows[i].value),
			  rows[i].increase, rows[i].label);
	increases_free(c);
	increases_free(NULL);
}

static void many_counters_are_kept_apart(void)
{
	enum { IDS = 500, TIDS = 40 };
	struct increases *c = increases_new();
	uint64_t wrong = 0;

	for (uint64_t round = 1; round <= 3; round++)
		for (uint64_t id = 0; id < IDS; id++)
			for (uint64_t tid = 0; tid < TIDS; tid++)
				wrong +=
					increases_take(c, id, tid, round * (id * 1000 + tid + 1)) !=
					id * 1000 + tid + 1;
	check_u64(wrong, 0, "20000 counters, three rounds");
	increases_free(c);
}

int main(void)
{
	a_counter_gives_what_it_grew_by_since_it_was_last_read();
	many_counters_are_kept_apart();
	return check_done("increase");
}
