/*
 * tests/unit/foreign_maps.c - which one of many perf maps describes a process's code (report/foreign_maps.h).
 */
#include "report/foreign_maps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "tests/check.h"
#include "tests/make_profile.h"

enum { MAPS = 6, ENTRIES = 12, RANGES = 3, SPACE = 2000 };

/* A map with up to ENTRIES lines of 4 bytes, anywhere below SPACE. */
static void random_map(uint64_t *seed, struct perfmap *out)
{
	char text[ENTRIES * 16] = "";
	size_t len = 0;

	for (uint32_t n = random_below(seed, ENTRIES); n > 0; n--)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%x 4 f\n",
					random_below(seed, SPACE));
	perfmap_parse(text, len, out);
}

static void random_ranges(uint64_t *seed, struct jit_ranges *r)
{
	uint64_t end = 0;

	r->n = random_below(seed, RANGES + 1);
	for (size_t i = 0; i < r->n; i++) {
		r->items[i].start = end + 1 + random_below(seed, SPACE / RANGES);
		end = r->items[i].end = r->items[i].start + 1 + random_below(seed, 40);
	}
}

static void a_map_is_taken_if_it_alone_has_entries_there(void)
{
	size_t none = 0, one = 0, more = 0;

	for (uint64_t round = 0; round < 2000; round++) {
		static const char *const paths[MAPS] = { "0", "1", "2", "3", "4", "5" };
		struct foreign_maps *f = foreign_maps_new();
		struct jit_range items[RANGES];
		struct jit_ranges ranges = { .items = items };
		const char *want = NULL, *found;
		uint64_t seed = round;
		bool several;
		size_t hits = 0;

		random_ranges(&seed, &ranges);
		for (size_t i = 0; i < MAPS; i++) {
			struct perfmap map;

			random_map(&seed, &map);
			foreign_maps_add(f, paths[i], &map);
			if (jit_ranges_hits(&ranges, &map)) {
				want = paths[i];
				hits++;
			}
			perfmap_free(&map);
		}
		foreign_maps_sort(f);
		found = foreign_maps_match(f, &ranges, &several);
		check(several == (hits > 1), "several do");
		check_text(found, hits == 1 ? want : NULL, "which it is");
		none += hits == 0;
		one += hits == 1;
		more += hits > 1;
		foreign_maps_free(f);
	}
	check(none > 100 && one > 100 && more > 100, "all of it happened");
	foreign_maps_free(NULL);
}

static void without_maps_there_is_none(void)
{
	struct jit_range all = { 0, UINT64_MAX };
	const struct jit_ranges ranges = { .items = &all, .n = 1 };
	struct foreign_maps *f = foreign_maps_new();
	bool several = true;

	foreign_maps_sort(f);
	check(!foreign_maps_match(f, &ranges, &several) && !several, "none");
	foreign_maps_free(f);
}

int main(void)
{
	a_map_is_taken_if_it_alone_has_entries_there();
	without_maps_there_is_none();
	return check_done("foreign_maps");
}
