/*
 * tests/unit/multiplexing.c - for which part of the time events were counted (report/multiplexing.h), from
 * written recordings in both byte orders.
 */
#include "report/multiplexing.h"

#include <string.h>

#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { TIMES = FORMAT_TOTAL_TIME_ENABLED | FORMAT_TOTAL_TIME_RUNNING };

/* What one READ record says. */
struct read {
	uint64_t id;
	uint32_t tid;
	uint64_t enabled, running;
};

/* Two events, with two counters each: ids 11 and 12, 21 and 22. */
static void begin(struct scene *s, uint64_t read_format, bool big_endian)
{
	scene_init(s);
	scene_add_event(s, "page-faults");
	s->options.big_endian = big_endian;
	for (size_t e = 0; e < 2; e++) {
		s->events[e].attr.read_format = read_format;
		s->events[e].attr.flags |= ATTR_INHERIT;
		s->events[e].ids[1] = s->events[e].ids[0] + 1;
		s->events[e].n_ids = 2;
	}
}

/* Whose the counters are: UINT64_MAX, a processor's. */
static void put_id_index(struct scene *s, uint64_t tid)
{
	uint64_t entries[4][4];

	for (uint64_t i = 0; i < 4; i++) {
		uint64_t entry[4] = { 11 + 10 * (i / 2) + i % 2, i % 2, i % 2, tid };

		memcpy(entries[i], entry, sizeof(entry));
	}
	image_id_index(&s->img, entries[0], 4);
}

static void put_read(struct scene *s, const struct read *r)
{
	uint64_t words[] = { 5, r->enabled, r->running, r->id };

	s->img.stamp.id = r->id;
	image_read_words(&s->img, 7, r->tid, words, 4);
}

static void check_times(const struct walked *w, size_t event, struct counted_time want,
			const char *row)
{
	check_u64(w->collected.counted[event].enabled_ns, want.enabled_ns, row);
	check_u64(w->collected.counted[event].running_ns, want.running_ns, row);
}

static void times_of_counters_add_up_to_those_of_the_event(void)
{
	static const struct {
		const char *label;
		uint64_t tid; /* in ID_INDEX; 0: there is none */
		struct read reads[4];
		size_t n;
		struct counted_time want[2];
	} rows[] = {
		{ "nothing was read", 0, { { 0, 0, 0, 0 } }, 0, { { 0, 0 }, { 0, 0 } } },
		{ "one counter, a quarter of the time",
		  0,
		  { { 11, 7, 1000, 250 } },
		  1,
		  { { 1000, 250 }, { 0, 0 } } },
		{ "the newest times hold",
		  0,
		  { { 11, 7, 1000, 250 }, { 11, 7, 3000, 300 } },
		  2,
		  { { 3000, 300 }, { 0, 0 } } },
		{ "a task that changes its processor",
		  7,
		  { { 11, 7, 1000, 400 }, { 12, 7, 1000, 600 }, { 21, 7, 800, 100 } },
		  3,
		  { { 1000, 1000 }, { 800, 100 } } },
		{ "the kernel's times of a task can be too much",
		  7,
		  { { 11, 7, 1000, 900 }, { 12, 7, 1000, 1000 } },
		  2,
		  { { 1000, 1000 }, { 0, 0 } } },
		{ "processors",
		  UINT64_MAX,
		  { { 11, 7, 1000, 400 }, { 12, 7, 1000, 600 } },
		  2,
		  { { 2000, 1000 }, { 0, 0 } } },
		{ "threads with a counter that they inherit",
		  7,
		  { { 11, 7, 1000, 400 }, { 11, 8, 500, 100 }, { 12, 8, 500, 50 } },
		  3,
		  { { 1500, 550 }, { 0, 0 } } },
		{ "two counters, and nobody says whose they are",
		  0,
		  { { 11, 7, 1000, 400 }, { 12, 7, 1000, 600 }, { 22, 7, 1000, 700 } },
		  3,
		  { { 0, 0 }, { 1000, 700 } } },
		{ "a counter of nobody", 0, { { 99, 7, 1000, 400 } }, 1, { { 0, 0 }, { 0, 0 } } },
		{ "sums end at the largest number",
		  UINT64_MAX,
		  { { 11, 7, UINT64_MAX, 9 }, { 12, 7, UINT64_MAX, 9 } },
		  2,
		  { { UINT64_MAX, 18 }, { 0, 0 } } },
	};

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		size_t row = i / 2;
		struct walked w;
		struct scene s;

		begin(&s, TIMES | FORMAT_ID, i % 2);
		scene_begin(&s);
		if (rows[row].tid)
			put_id_index(&s, rows[row].tid);
		SCENE_SAMPLE(&s, 20, 7, 0x1010);
		for (size_t k = 0; k < rows[row].n; k++)
			put_read(&s, &rows[row].reads[k]);
		scene_end(&s);
		check(walk_image(&w, &s.img, NULL), rows[row].label);
		for (size_t e = 0; e < 2; e++)
			check_times(&w, e, rows[row].want[e], rows[row].label);
		walk_done(&w);
		scene_free(&s);
	}
}

static void samples_that_read_their_group_tell_it_too(void)
{
	const struct image_read_value reads[] = { { .value = 100, .id = 11 },
						  { .value = 3, .id = 21 } };

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		for (int group = 0; group < 2; group++) {
			struct walked w;
			struct scene s;

			begin(&s, TIMES | FORMAT_ID | (group ? FORMAT_GROUP : 0), big_endian);
			for (size_t e = 0; e < 2; e++)
				s.events[e].attr.sample_type |= SAMPLE_READ;
			scene_begin(&s);
			image_sample(&s.img, &(struct image_sample){
						     .misc = MISC_USER,
						     .id = 11,
						     .ip = 0x1010,
						     .pid = 7,
						     .tid = 7,
						     .time = 20,
						     .period = 100,
						     .reads = reads,
						     .n_reads = group ? 2 : 1,
						     .time_enabled = 4000,
						     .time_running = 1000,
					     });
			scene_end(&s);
			check(walk_image(&w, &s.img, NULL), "opened");
			check_times(&w, 0, (struct counted_time){ 4000, 1000 }, "the leader");
			check_times(&w, 1,
				    group ? (struct counted_time){ 4000, 1000 }
					  : (struct counted_time){ 0, 0 },
				    "its member");
			check_u64(w.collected.tree->costs.n_rows > 1 ? 100 : 0, 100, "it counts");
			walk_done(&w);
			scene_free(&s);
		}
	}
}

static void records_without_times_tell_nothing(void)
{
	static const uint64_t formats[] = { FORMAT_ID, FORMAT_TOTAL_TIME_ENABLED,
					    FORMAT_TOTAL_TIME_RUNNING, TIMES | FORMAT_GROUP };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct read r = { 11, 7, 1000, 250 };
		struct walked w;
		struct scene s;

		begin(&s, formats[i], false);
		scene_begin(&s);
		SCENE_SAMPLE(&s, 20, 7, 0x1010);
		put_read(&s, &r);
		scene_end(&s);
		check(walk_image(&w, &s.img, NULL), "opened");
		check_times(&w, 0, (struct counted_time){ 0, 0 }, "not known");
		walk_done(&w);
		scene_free(&s);
	}
}

int main(void)
{
	times_of_counters_add_up_to_those_of_the_event();
	samples_that_read_their_group_tell_it_too();
	records_without_times_tell_nothing();
	return check_done("multiplexing");
}
