/*
 * tests/unit/features.c - what a recording says of machine and command (parser/features.h),
 * from sections of a file and from records of a pipe.
 */
#include "parser/features.h"

#include <stdlib.h>
#include <string.h>

#include "parser/field.h"
#include "parser/header.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

static const char *const cmdline[] = { "/usr/bin/perf", "record", "-e", "{cycles, faults}", "" };
static const char *const siblings[] = { "0-3", "4-7" };
static const struct image_build_id build_ids[] = {
	{ .misc = MISC_KERNEL, .pid = -1, .build_id = { 1, 2, 3 }, .path = "[kernel.kallsyms]" },
	{ .misc = MISC_USER | MISC_BUILD_ID_SIZE,
	  .size = 16,
	  .build_id = { 9 },
	  .path = "/lib/libc.so" },
	{ .misc = MISC_USER | MISC_BUILD_ID_SIZE,
	  .size = 21,
	  .build_id = { 8 },
	  .path = "/lib/libc.so" },
};
static const struct image_group groups[] = { { "first", 1, 2 }, { "", 3, 1 } };
static const struct image_event events[] = {
	{ .attr = { .type = TYPE_SOFTWARE }, .ids = { 1 }, .n_ids = 1, .name = "cpu-clock:u" },
	{ .attr = { .type = TYPE_HARDWARE }, .ids = { 2, 3 }, .n_ids = 2, .name = "{cycles" },
	{ .attr = { .type = TYPE_HARDWARE }, .ids = { 4 }, .n_ids = 1, .name = " faults}" },
	{ .attr = { .type = TYPE_HARDWARE }, .ids = { 5 }, .n_ids = 1, .name = "last" },
};
static const struct image_raw_feature raw[] = {
	{ FEATURE_BRANCH_STACK, "", 0 },
	{ FEATURE_NUMA_TOPOLOGY, "anything", 8 },
	{ FEATURE_PMU_MAPPINGS, "\0\0\0", 4 },
	{ 200, "of the future", 13 },
};
static const struct image_features full = {
	.hostname = "host",
	.osrelease = "6.1.0-34-amd64",
	.version = "6.1.133",
	.arch = "x86_64",
	.cpudesc = "A CPU @ 3.0 GHz, whose name is longer than the sixty-four bytes of one block",
	.cpuid = "GenuineIntel,6,1",
	.nrcpus_available = 8,
	.nrcpus_online = 6,
	.total_mem_kb = 16 << 20,
	.cmdline = cmdline,
	.n_cmdline = 5,
	.event_desc = true,
	.build_ids = build_ids,
	.n_build_ids = 3,
	.siblings = siblings,
	.n_siblings = 2,
	.groups = groups,
	.n_groups = 2,
	.sample_time_first = 1000,
	.sample_time_last = UINT64_C(5000000000),
	.clockid = 1,
	.clock_wall_ns = UINT64_C(1700000000000000000),
	.clock_ns = 77,
	.compressed = true,
	.raw = raw,
	.n_raw = 4,
};

static void check_machine(const struct features *f)
{
	check_text(f->hostname, "host", "hostname");
	check_text(f->os_release, "6.1.0-34-amd64", "os_release");
	check_text(f->version, "6.1.133", "version");
	check_text(f->arch, "x86_64", "arch");
	check_text(f->cpudesc, full.cpudesc, "cpudesc");
	check_text(f->cpuid, "GenuineIntel,6,1", "cpuid");
	check(f->has_nrcpus, "there are numbers of CPUs");
	check_u64(f->nrcpus_available, 8, "CPUs available");
	check_u64(f->nrcpus_online, 6, "CPUs online");
	check_u64(f->total_mem_kb, 16 << 20, "memory");
	check_u64(f->n_cmdline, 5, "arguments");
	for (size_t i = 0; i < f->n_cmdline && i < 5; i++)
		check_text(f->cmdline[i], cmdline[i], "argument");
	check_u64(f->n_siblings, 2, "lists of cores");
	check_text(f->n_siblings ? f->siblings[1] : NULL, "4-7", "cores");
	check_u64(f->sample_time_first, 1000, "first time");
	check_u64(f->sample_time_last, UINT64_C(5000000000), "last time");
	check(f->has_clock_data && f->clockid == 1 && f->clock_ns == 77 &&
		      f->clock_wall_ns == UINT64_C(1700000000000000000),
	      "clock data");
	check(!f->dir_format, "no directory");
}

static void check_build_ids(const struct features *f)
{
	check_u64(f->n_build_ids, 3, "build ids");
	if (f->n_build_ids != 3)
		return;
	check(f->build_ids[0].pid == -1 && f->build_ids[0].misc == MISC_KERNEL, "of the kernel");
	check_u64(f->build_ids[0].size, 20, "without a size it has 20 bytes");
	check(memcmp(f->build_ids[0].build_id, build_ids[0].build_id, 20) == 0, "its bytes");
	check_text(f->build_ids[0].path, "[kernel.kallsyms]", "its path");
	check_u64(f->build_ids[1].size, 16, "with a size");
	check_u64(f->build_ids[2].size, 20, "a size that cannot be");
	check_text(f->build_ids[2].path, "/lib/libc.so", "the same path again");
}

static void check_events(const struct opened *o)
{
	const struct events *e = recording_events(o->recording);
	const struct features *f = recording_features(o->recording);

	check_u64(e->n, 4, "events");
	for (size_t i = 0; i < 4 && i < e->n; i++)
		check_text(e->items[i].name, events[i].name, "name as typed");
	check_u64(f->n_groups, 2, "groups");
	if (e->n != 4 || f->n_groups != 2)
		return;
	check_text(f->groups[0].name, "first", "name of a group");
	check(f->groups[0].leader == 1 && f->groups[0].members == 2, "its leader and members");
	check(e->items[0].group == -1, "an event without a group");
	check(e->items[1].group == 1 && e->items[2].group == 1, "the members of a group");
	check(e->items[3].group == 3, "a group of one");
}

static void check_bitmap(const struct features *f)
{
	check(feature_present(f, FEATURE_HOSTNAME), "a bit that is set");
	check(feature_present(f, FEATURE_PMU_MAPPINGS), "one without a field of ours");
	check(feature_present(f, 200), "one of the future");
	check(!feature_present(f, FEATURE_STAT), "one that is not set");
	check(!feature_present(f, FEATURE_CPU_DOMAIN_INFO + 1),
	      "the end mark of a pipe is no feature");
	check(!feature_present(f, FEATURE_BITS), "beyond the bitmap");
}

static void features_are_read_from_sections_and_from_records(void)
{
	static const struct {
		const char *label;
		enum image_container container;
		bool big_endian;
	} rows[] = {
		{ "file, little", IMAGE_FILE, false },
		{ "file, big", IMAGE_FILE, true },
		{ "pipe, little", IMAGE_PIPE, false },
		{ "pipe, big", IMAGE_PIPE, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_options options = { .container = rows[i].container,
						 .big_endian = rows[i].big_endian,
						 .events = events,
						 .n_events = 4,
						 .features = full };
		struct image img;
		struct opened o;

		check_in(rows[i].label);
		image_begin(&img, &options);
		image_finished_round(&img);
		image_end(&img);
		check(open_image(&o, &img), "opened");
		check_text(
			opened_records(&o),
			rows[i].container == IMAGE_FILE
				? "FINISHED_ROUND"
				: "FINISHED_ROUND HEADER_BUILD_ID HEADER_BUILD_ID HEADER_BUILD_ID",
			"records");
		check_machine(recording_features(o.recording));
		check_build_ids(recording_features(o.recording));
		check_events(&o);
		check_bitmap(recording_features(o.recording));
		check_u64(diag_count(o.diag), 0, "problems");
		check(feature_present(recording_features(o.recording), FEATURE_BRANCH_STACK) ==
			      (rows[i].container == IMAGE_FILE),
		      "an empty section is a feature, an empty record is none");
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

static void what_the_recording_does_not_have_is_null(void)
{
	struct image_options options = { .events = events, .n_events = 1 };
	struct image img;
	struct opened o;
	const struct features *f;

	image_begin(&img, &options);
	image_finished_round(&img);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	f = recording_features(o.recording);
	check(!f->hostname && !f->os_release && !f->version && !f->arch && !f->cpudesc && !f->cpuid,
	      "texts");
	check(!f->has_nrcpus && !f->has_clock_data && !f->n_cmdline && !f->n_build_ids, "numbers");
	open_done(&o);
	image_free(&img);
}

/* ---- damage: one section, decoded alone ---- */

struct decoded {
	struct features f;
	struct events events;
	struct texts *texts;
	bool ok;
};

static struct decoded decode(unsigned bit, const void *bytes, size_t len, size_t n_events)
{
	struct fields in = { .c = { .base = bytes, .len = len } };
	struct decoded d = { .texts = texts_new() };
	struct attr attr = { 0 };

	for (size_t i = 0; i < n_events; i++)
		events_add(&d.events, &attr);
	d.ok = feature_decode(&d.f, bit, &in, &d.events, d.texts);
	return d;
}

static void forget(struct decoded *d)
{
	features_free(&d->f);
	events_free(&d->events);
	texts_free(d->texts);
}

static void a_section_cut_off_keeps_what_was_whole(void)
{
	static const struct {
		const char *label;
		unsigned bit;
	} rows[] = {
		{ "HOSTNAME", FEATURE_HOSTNAME },       { "NRCPUS", FEATURE_NRCPUS },
		{ "CMDLINE", FEATURE_CMDLINE },         { "EVENT_DESC", FEATURE_EVENT_DESC },
		{ "BUILD_ID", FEATURE_BUILD_ID },       { "GROUP_DESC", FEATURE_GROUP_DESC },
		{ "SAMPLE_TIME", FEATURE_SAMPLE_TIME }, { "CLOCK_DATA", FEATURE_CLOCK_DATA },
	};
	struct image_options options = {
		.container = IMAGE_FILE, .events = events, .n_events = 4, .features = full
	};
	struct image img;
	struct opened o;

	image_begin(&img, &options);
	image_finished_round(&img); /* a data size of 0 would mean that perf was killed */
	image_end(&img);
	check(open_image(&o, &img), "opened");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct file_section *s =
			&recording_header(o.recording)->features[rows[i].bit];

		check_in(rows[i].label);
		check(s->size, "written");
		for (size_t len = 1; len < s->size; len++) {
			struct decoded d = decode(rows[i].bit, img.bytes + s->offset, len, 4);

			if (d.ok)
				/* build ids are a table without a count, their paths need no NUL */
				check(rows[i].bit == FEATURE_BUILD_ID,
				      "only a table of build ids may end earlier");
			if (d.f.n_cmdline)
				check(d.f.n_cmdline < 5 && d.f.cmdline[d.f.n_cmdline - 1],
				      "whole arguments");
			if (d.f.n_groups)
				check(d.f.n_groups < 2 && d.f.groups[0].members == 2,
				      "whole groups");
			if (rows[i].bit == FEATURE_HOSTNAME)
				check(!d.f.hostname, "no part of a text");
			forget(&d);
		}
	}
	check_in(NULL);
	open_done(&o);
	image_free(&img);
}

static void false_counts_ask_for_nothing(void)
{
	static const struct {
		const char *label;
		unsigned bit;
		size_t len;
		const char *bytes;
	} rows[] = {
		{ "arguments", FEATURE_CMDLINE, 12, "\xff\xff\xff\xff\x04\0\0\0abc" },
		{ "cores", FEATURE_CPU_TOPOLOGY, 4, "\xff\xff\xff\xff" },
		{ "groups", FEATURE_GROUP_DESC, 16,
		  "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\xff\xff\xff\xff" },
		{ "events", FEATURE_EVENT_DESC, 16,
		  "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0" },
		{ "ids of an event", FEATURE_EVENT_DESC, 16,
		  "\1\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0" },
		{ "PMUs", FEATURE_PMU_MAPPINGS, 4, "\xff\xff\xff\xff" },
		{ "capabilities", FEATURE_CPU_PMU_CAPS, 4, "\xff\xff\xff\xff" },
		{ "length of a text", FEATURE_HOSTNAME, 8, "\xff\xff\xff\xffhost" },
		{ "size of a build id record", FEATURE_BUILD_ID, 8, "\0\0\0\0\0\0\xff\xff" },
		{ "size of a build id record, too small", FEATURE_BUILD_ID, 8, "\0\0\0\0\0\0\7\0" },
		{ "a build id record without its path", FEATURE_BUILD_ID, 12,
		  "\0\0\0\0\0\0\x0c\0\1\2\3\4" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct decoded d = decode(rows[i].bit, rows[i].bytes, rows[i].len, 2);

		check(!d.ok, rows[i].label);
		check(feature_present(&d.f, rows[i].bit), "it is marked as present all the same");
		forget(&d);
	}
}

/* Many groups that claim all of many events: quadratic work, were they believed. */
static void groups_that_overlap_are_no_harm(void)
{
	enum { N = 200000 };
	struct image img = { 0 };
	struct decoded d;

	image_u32(&img, N);
	for (unsigned i = 0; i < N; i++) {
		image_u32(&img, 0);
		image_u32(&img, i % 2);
		image_u32(&img, UINT32_MAX - i % 2);
	}
	d = decode(FEATURE_GROUP_DESC, img.bytes, img.len, N);
	check(d.ok, "decoded");
	check_u64(d.f.n_groups, N, "groups");
	check(d.events.items[0].group == 0 && d.events.items[N - 1].group == 0,
	      "the first has its members");
	forget(&d);
	image_free(&img);
}

static void an_empty_section_says_nothing(void)
{
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		struct decoded d = decode(bit, "", 0, 1);

		check(d.ok && feature_present(&d.f, bit),
		      feature_name(bit) ? feature_name(bit) : "unknown");
		forget(&d);
	}
}

/* In a pipe the same feature could come a million times. */
static void of_two_records_of_a_feature_the_first_counts(void)
{
	struct image_options options = { .container = IMAGE_PIPE,
					 .events = events,
					 .n_events = 1,
					 .features = { .hostname = "first" } };
	struct image img;
	struct opened o;

	image_begin(&img, &options);
	image_record_begin(&img, RECORD_HEADER_FEATURE, 0);
	image_u64(&img, FEATURE_HOSTNAME);
	image_u32(&img, 8);
	image_bytes(&img, "second\0", 8);
	image_record_end(&img);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	opened_records(&o);
	check_text(recording_features(o.recording)->hostname, "first", "hostname");
	open_done(&o);
	image_free(&img);
}

static void features_have_names(void)
{
	check_text(feature_name(FEATURE_HOSTNAME), "HOSTNAME", "one that is decoded");
	check_text(feature_name(FEATURE_CPU_DOMAIN_INFO), "CPU_DOMAIN_INFO", "the last one");
	check(!feature_name(0) && !feature_name(33) && !feature_name(UINT32_MAX),
	      "unknown ones have none");
	check(feature_is_decoded(FEATURE_CMDLINE), "one whose bytes are looked into");
	check(!feature_is_decoded(FEATURE_AUXTRACE) && !feature_is_decoded(0) &&
		      !feature_is_decoded(255),
	      "others are not");
}

int main(void)
{
	features_are_read_from_sections_and_from_records();
	what_the_recording_does_not_have_is_null();
	a_section_cut_off_keeps_what_was_whole();
	false_counts_ask_for_nothing();
	groups_that_overlap_are_no_harm();
	an_empty_section_says_nothing();
	of_two_records_of_a_feature_the_first_counts();
	features_have_names();
	return check_done("features");
}
