/*
 * tests/unit/truncation.c - a small recording of each container, cut off after every byte and
 * with every byte overwritten: it is read without harm, what is whole is given, what is not is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/perf_format.h"
#include "parser/recording.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

static const uint64_t chain[] = { CONTEXT_KERNEL, 0xffffffff81000000, CONTEXT_USER, 0x401000 };
static const struct image_read_value reads[] = { { 7, 10, 0 }, { 8, 20, 1 } };
static const struct image_event events[2] = {
	{ .attr = { .type = TYPE_SOFTWARE,
		    .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME |
				   SAMPLE_CALLCHAIN | SAMPLE_READ | SAMPLE_RAW | SAMPLE_STACK_USER |
				   SAMPLE_REGS_USER,
		    .read_format = FORMAT_GROUP | FORMAT_ID | FORMAT_LOST,
		    .sample_regs_user = 5,
		    .flags = ATTR_SAMPLE_ID_ALL },
	  .ids = { 10 },
	  .n_ids = 1,
	  .name = "cpu-clock:u" },
	{ .attr = { .type = TYPE_HARDWARE,
		    .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_BRANCH_STACK,
		    .flags = ATTR_SAMPLE_ID_ALL },
	  .ids = { 20 },
	  .n_ids = 1 },
};
static const char *const cmdline[] = { "perf", "record" };
static const struct image_build_id build_id = { .misc = MISC_USER,
						.pid = 1,
						.path = "/lib/libc.so.6" };
static const struct image_group group = { "g", 0, 2 };

static struct image_options options_of(enum image_container container, bool big_endian)
{
	return (struct image_options){
		.container = container,
		.big_endian = big_endian,
		.events = events,
		.n_events = 2,
		.attr_size = 112,
		.features = { .hostname = "host",
			      .nrcpus_available = 2,
			      .nrcpus_online = 1,
			      .cmdline = cmdline,
			      .n_cmdline = 2,
			      .event_desc = true,
			      .build_ids = &build_id,
			      .n_build_ids = 1,
			      .groups = &group,
			      .n_groups = 1 },
	};
}

static void write_samples(struct image *img)
{
	image_sample(img, &(struct image_sample){ .event = 0,
						  .id = 10,
						  .ip = 0x401000,
						  .pid = 7,
						  .tid = 7,
						  .time = 6,
						  .reads = reads,
						  .n_reads = 2,
						  .chain = chain,
						  .n_chain = 4,
						  .raw = "raw",
						  .raw_size = 3,
						  .user_abi = 2,
						  .user_regs = chain,
						  .stack = "a stack!",
						  .stack_size = 8,
						  .stack_dyn_size = 8 });
	image_sample(img, &(struct image_sample){ .event = 1,
						  .id = 20,
						  .ip = 0x402000,
						  .branches = &(struct image_branch){ 1, 2, 3 },
						  .n_branches = 1 });
}

static void write_records(struct image *img)
{
	struct image_mmap m = {
		.pid = 7, .tid = 7, .addr = 0x400000, .len = 0x1000, .filename = "/bin/a"
	};

	img->stamp = (struct image_stamp){ .pid = 7, .tid = 7, .time = 5, .id = 10 };
	image_comm(img, 7, 7, "python3", true);
	image_mmap2(img, &m);
	image_auxtrace(img, "trace data", 10);
	write_samples(img);
	image_ksymbol(img, 0xffffffffc0001000, 0x80, 1, 0, "bpf_prog_1");
	image_deferred(img, 1, chain, 2);
	image_id_index(img, chain, 1);
	image_tracing_data(img, "tracing", 7);
	image_compress_begin(img);
	write_samples(img);
	image_comm(img, 7, 8, "thread", false);
	image_compress_end(img, RECORD_COMPRESSED2, 100);
	image_finished_round(img);
}

static struct image image_of(enum image_container container, bool big_endian, bool unfinished)
{
	struct image_options options = options_of(container, big_endian);
	struct image img;

	options.unfinished = unfinished;
	image_begin(&img, &options);
	write_records(&img);
	image_end(&img);
	return img;
}

static const struct container {
	const char *label;
	enum image_container container;
	bool big_endian, unfinished;
} containers[] = {
	{ "file, little", IMAGE_FILE, false, false },
	{ "file, big", IMAGE_FILE, true, false },
	{ "legacy, little", IMAGE_LEGACY, false, false },
	{ "legacy, big", IMAGE_LEGACY, true, false },
	{ "pipe, little", IMAGE_PIPE, false, false },
	{ "pipe, big", IMAGE_PIPE, true, false },
	{ "unfinished file, little", IMAGE_FILE, false, true },
	{ "unfinished file, big", IMAGE_FILE, true, true },
};
enum { CONTAINERS = sizeof(containers) / sizeof(containers[0]) };

/* ---- cut off ---- */

/* Where the records of a file begin and end; those out of COMPRESSED ones as theirs. */
struct layout {
	size_t n;
	struct {
		uint64_t begin, end;
	} records[100];
};

static struct layout layout_of(struct opened *o, uint32_t file)
{
	struct layout l = { 0 };
	struct record_view v;

	recording_rewind(o->recording);
	while (recording_next(o->recording, &v) && l.n < 100) {
		if (v.file != file)
			continue;
		l.records[l.n].begin = v.offset;
		l.records[l.n].end = v.inner ? l.records[l.n - 1].end : v.offset + 8 + v.len;
		l.n++;
	}
	return l;
}

static uint64_t whole_records(const struct layout *l, uint64_t len)
{
	uint64_t whole = 0;

	while (whole < l->n && l->records[whole].end <= len)
		whole++;
	return whole;
}

/* Is this where one record, or what belongs to it, ends and the next one begins, or nothing? */
static bool is_between_records(const struct layout *l, uint64_t len)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->records[i].begin == len)
			return true;
	return l->records[l->n - 1].end == len;
}

/* The first `len` bytes of an image whose records are known. */
static void read_prefix(const struct image *img, size_t len, const struct layout *l)
{
	bool pipe = img->options.container == IMAGE_PIPE;
	uint64_t whole = whole_records(l, len);
	/* An unfinished file and a pipe do not show that they were cut between two records. */
	bool silent = (pipe || img->options.unfinished) && is_between_records(l, len);
	struct opened o;

	if (!open_bytes(&o, img->bytes, len)) {
		check(o.err.kind == ERR_FORMAT && *o.err.what, "refused: it is said why");
		check(whole == 0, "nothing is refused that has whole records");
		open_done(&o);
		return;
	}
	check_u64(opened_decode_all(&o), whole, "records before the cut");
	if (len < img->len && !silent) {
		uint64_t junk = opened_problems(&o, PROBLEM_TRAILING_JUNK); /* zeroes of a header */

		check(!recording_finished(o.recording) || junk, "it is not finished");
		check(diag_count(o.diag) > 0, "damage is told");
	}
	open_done(&o);
}

static void every_prefix_gives_the_records_before_its_end(void)
{
	for (size_t i = 0; i < CONTAINERS; i++) {
		struct image img = image_of(containers[i].container, containers[i].big_endian,
					    containers[i].unfinished);
		struct layout l;
		struct opened o;

		check_in(containers[i].label);
		check(open_image(&o, &img), "the whole of it is opened");
		l = layout_of(&o, 0);
		check(l.n >= 16, "it has all its records");
		check(containers[i].unfinished || diag_count(o.diag) == 0,
		      "nothing is wrong with it");
		open_done(&o);
		for (size_t len = 0; len <= img.len; len++)
			read_prefix(&img, len, &l);
		image_free(&img);
	}
	check_in(NULL);
}

/* ---- a directory: its second file cut off ---- */

static void read_folder(const char *folder, size_t len, size_t before, const struct layout *l)
{
	struct opened o;

	check(open_path(&o, folder), "opened");
	check_u64(opened_decode_all(&o), before + whole_records(l, len), "records before the cut");
	if (!is_between_records(l, len)) {
		check(!recording_finished(o.recording), "it is not finished");
		check_u64(opened_problems(&o, PROBLEM_TRUNCATED), 1, "damage is told");
	}
	open_done(&o);
}

static void every_prefix_of_a_data_file_gives_the_records_before_its_end(void)
{
	struct image images[2] = { image_of(IMAGE_FILE, false, false),
				   image_of(IMAGE_RECORDS, false, false) };
	const char *tmp = getenv("TMPDIR");
	char folder[1000], data[1100];
	struct layout l;
	struct opened o;
	size_t before;

	snprintf(folder, sizeof(folder), "%s/truncation-%d", tmp && *tmp ? tmp : "/tmp",
		 (int)getpid());
	snprintf(data, sizeof(data), "%s/data.0", folder);
	check(image_write_folder(images, 2, folder), "written");
	check(open_path(&o, folder), "opened");
	before = layout_of(&o, 0).n;
	l = layout_of(&o, 1);
	open_done(&o);
	check(l.n == before && l.n >= 16, "both files have the same records");
	for (size_t len = images[1].len + 1; len-- > 0;) {
		check(truncate(data, (off_t)len) == 0, "cut");
		read_folder(folder, len, before, &l);
	}
	unlink(data);
	snprintf(data, sizeof(data), "%s/data", folder);
	unlink(data);
	rmdir(folder);
	image_free(&images[0]);
	image_free(&images[1]);
}

/* ---- overwritten ---- */

/* Twice to the end with the same number of records; what they are is anybody's guess. */
static bool is_read_without_harm(const struct image *img)
{
	struct opened o;
	bool ok = true;

	if (open_image(&o, img))
		ok = opened_decode_all(&o) == opened_decode_all(&o);
	else
		ok = o.err.kind != ERR_NONE && *o.err.what;
	open_done(&o);
	return ok;
}

static void any_byte_may_be_anything(void)
{
	static const size_t each_once[] = { 0, 3, 5,
					    6 }; /* of `containers`, in either byte order */
	static const uint8_t values[] = { 0x00, 0xff };

	for (size_t i = 0; i < sizeof(each_once) / sizeof(each_once[0]); i++) {
		const struct container *c = &containers[each_once[i]];
		struct image img = image_of(c->container, c->big_endian, c->unfinished);

		for (size_t at = 0; at < img.len; at++)
			for (size_t k = 0; k < sizeof(values); k++) {
				uint8_t kept = img.bytes[at];

				if (kept == values[k])
					continue;
				img.bytes[at] = values[k];
				check(is_read_without_harm(&img), c->label);
				img.bytes[at] = kept;
			}
		image_free(&img);
	}
}

int main(void)
{
	every_prefix_gives_the_records_before_its_end();
	every_prefix_of_a_data_file_gives_the_records_before_its_end();
	any_byte_may_be_anything();
	return check_done("truncation");
}
