/*
 * tests/unit/record.c - every record but the sample (parser/record.h).
 */
#include "parser/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/field.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

static const uint8_t build_id[BUILD_ID_MAX] = { 0xab, 0xcd, 3, 4, 5 };
static const uint64_t pairs[] = { 3, 4026531840, 4, 4026531841 };
static const uint64_t index_rows[] = { 101, 0, 1, UINT32_MAX, 102, 1, 2, 77 };
static const uint64_t ips[] = { 0x401000, 0x402000 };

static void mmap_of_python(struct image *img)
{
	struct image_mmap m = { .misc = MISC_USER,
				.pid = 7,
				.tid = 8,
				.addr = 0x400000,
				.len = 0x1000,
				.pgoff = 0x2000,
				.filename = "/usr/bin/python3" };

	image_mmap(img, &m);
	m.prot = 5;
	m.flags = 2;
	m.maj = 8;
	m.min = 1;
	m.ino = 99;
	m.ino_generation = 1;
	image_mmap2(img, &m);
	m.build_id_size = 5;
	memcpy(m.build_id, build_id, sizeof(build_id));
	image_mmap2(img, &m);
}

/* One record of each type with a decoder; `rows` below says what each must tell. */
static void write_each(struct image *img)
{
	mmap_of_python(img);
	image_lost(img, 5, 1000);
	image_comm(img, 7, 8, "python3", true);
	image_exit(img, 7, 1, 8, 2);
	image_throttle(img, true, 1500, 5, 6);
	image_throttle(img, false, 1600, 5, 6);
	image_fork(img, 9, 7, 9, 8, false);
	image_read(img, 7, 8, 12345);
	image_aux(img, 0x1000, 0x200, 1);
	image_itrace_start(img, 7, 8);
	image_lost_samples(img, 17);
	image_switch(img, true);
	image_switch_cpu_wide(img, false, 7, 8);
	image_namespaces(img, 7, 8, pairs, 2);
	image_ksymbol(img, 0xffffffffc0001000, 0x80, 1, 1, "bpf_prog_1");
	image_bpf_event(img, 1, 2, 3, (const uint8_t *)"\1\2\3\4\5\6\7\x8");
	image_cgroup(img, 42, "/system.slice");
	image_text_poke(img, 0xffffffff81000000, "\x0f\x1f", 2, "\xe8\1\2", 3);
	image_aux_output_hw_id(img, 0x1234);
	image_deferred(img, 0xc00c1e, ips, 2);
	image_id_index(img, index_rows, 2);
	image_time_conv(img, 31, 1000, 7);
	image_auxtrace(img, "payload", 7);
	image_tracing_data(img, "tracing", 7);
	image_finished_round(img);
	image_finished_init(img);
	image_record(img, 4242, 3, "future", 7);
}

static const struct {
	uint32_t type;
	const char *told;
} rows[] = {
	{ RECORD_MMAP,
	  "pid=7 tid=8 addr=0x400000 len=0x1000 pgoff=0x2000 filename=/usr/bin/python3 " },
	{ RECORD_MMAP2, "pid=7 tid=8 addr=0x400000 len=0x1000 pgoff=0x2000 maj=0x8 min=0x1 ino=99 "
			"ino_generation=1 prot=0x5 flags=0x2 filename=/usr/bin/python3 " },
	{ RECORD_MMAP2,
	  "pid=7 tid=8 addr=0x400000 len=0x1000 pgoff=0x2000 build_id=abcd030405 prot=0x5 "
	  "flags=0x2 filename=/usr/bin/python3 " },
	{ RECORD_LOST, "id=5 lost=1000 " },
	{ RECORD_COMM, "pid=7 tid=8 comm=python3 " },
	{ RECORD_EXIT, "pid=7 ppid=1 tid=8 ptid=2 time=1111 " },
	{ RECORD_THROTTLE, "time=1500 id=5 stream_id=6 " },
	{ RECORD_UNTHROTTLE, "time=1600 id=5 stream_id=6 " },
	{ RECORD_FORK, "pid=9 ppid=7 tid=9 ptid=8 time=1111 " },
	{ RECORD_READ, "pid=7 tid=8 " },
	{ RECORD_AUX, "aux_offset=0x1000 aux_size=0x200 flags=0x1 " },
	{ RECORD_ITRACE_START, "pid=7 tid=8 " },
	{ RECORD_LOST_SAMPLES, "lost=17 " },
	{ RECORD_SWITCH, "out=1 " },
	{ RECORD_SWITCH_CPU_WIDE, "out=0 next_prev_pid=7 next_prev_tid=8 " },
	{ RECORD_NAMESPACES,
	  "pid=7 tid=8 nr=2 dev=0x3 inode=4026531840 dev=0x4 inode=4026531841 " },
	{ RECORD_KSYMBOL, "addr=0xffffffffc0001000 len=128 ksym_type=1 flags=1 name=bpf_prog_1 " },
	{ RECORD_BPF_EVENT, "type=1 flags=2 id=3 tag=0102030405060708 " },
	{ RECORD_CGROUP, "id=42 path=/system.slice " },
	{ RECORD_TEXT_POKE, "addr=0xffffffff81000000 old_len=2 new_len=3 old=0f1f new=e80102 " },
	{ RECORD_AUX_OUTPUT_HW_ID, "hw_id=0x1234 " },
	{ RECORD_CALLCHAIN_DEFERRED, "cookie=0xc00c1e nr=2 ip=0x401000 ip=0x402000 " },
	{ RECORD_ID_INDEX, "nr=2 id=101 idx=0 cpu=1 tid=4294967295 id=102 idx=1 cpu=2 tid=77 " },
	{ RECORD_TIME_CONV, "time_shift=31 time_mult=1000 time_zero=7 " },
	{ RECORD_AUXTRACE, "size=7 offset=0x0 reference=0x0 idx=0 tid=1 cpu=2 " },
	{ RECORD_HEADER_TRACING_DATA, "" },
	{ RECORD_FINISHED_ROUND, "" },
	{ RECORD_FINISHED_INIT, "" },
	{ 4242, "" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* ---- a listener that writes down what it is told ---- */

struct notes {
	struct field_log log; /* first: the listener is found through it */
	size_t len;
	char text[4000]; /* more than any record here tells */
};

static void note(struct field_log *log, const char *name, enum field_format format, uint64_t value,
		 const void *bytes, size_t len)
{
	struct notes *n = (struct notes *)log;
	int told = 0;

	n->len += (size_t)snprintf(n->text + n->len, sizeof(n->text) - n->len, "%s=", name);
	if (format == FIELD_BYTES)
		for (size_t i = 0; i < len; i++)
			n->len += (size_t)snprintf(n->text + n->len, sizeof(n->text) - n->len,
						   "%02x", ((const uint8_t *)bytes)[i]);
	else if (format == FIELD_TEXT)
		told = snprintf(n->text + n->len, sizeof(n->text) - n->len, "%.*s", (int)len,
				(const char *)bytes);
	else
		told = snprintf(n->text + n->len, sizeof(n->text) - n->len,
				format == FIELD_HEX ? "0x%" PRIx64 : "%" PRIu64, value);
	n->len += (size_t)told;
	n->len += (size_t)snprintf(n->text + n->len, sizeof(n->text) - n->len, " ");
	assert(n->len < sizeof(n->text));
}

static bool decode(const struct opened *o, const struct record_view *v, struct record *r,
		   struct notes *n)
{
	struct error err = { 0 };
	bool ok;

	*n = (struct notes){ .log = { .tell = note } };
	ok = record_decode(o->recording, v, r, &n->log, &err);
	if (!ok)
		check(err.kind == ERR_FORMAT && err.has_offset &&
			      strstr(err.what, "inside a field"),
		      "an error says where");
	return ok;
}

/* ---- images of all records ---- */

static struct image_event event_with(uint64_t sample_type, uint64_t flags)
{
	return (struct image_event){
		.attr = { .type = TYPE_SOFTWARE, .sample_type = sample_type, .flags = flags },
		.ids = { 55 },
		.n_ids = 1
	};
}

static void begin(struct image *img, const struct image_event *event, bool big_endian)
{
	struct image_options options = { .big_endian = big_endian, .events = event, .n_events = 1 };

	image_begin(img, &options);
	img->stamp = (struct image_stamp){
		.pid = 31, .tid = 32, .time = 1111, .id = 55, .stream_id = 66, .cpu = 3
	};
}

static const struct order {
	const char *label;
	bool big_endian;
} orders[] = { { "little", false }, { "big", true } };

static void each_record_tells_its_fields(void)
{
	struct image_event event = event_with(SAMPLE_TID | SAMPLE_TIME, 0);

	for (size_t i = 0; i < 2; i++) {
		struct image img;
		struct opened o;
		struct record_view v;
		struct record r;
		struct notes n;
		size_t k = 0;

		begin(&img, &event, orders[i].big_endian);
		write_each(&img);
		image_end(&img);
		check(open_image(&o, &img), orders[i].label);
		for (; recording_next(o.recording, &v) && k < ROWS; k++) {
			check_in(record_name(v.type));
			check_u64(v.type, rows[k].type, "type");
			check(decode(&o, &v, &r, &n), "decoded");
			check_text(n.text, rows[k].told, "fields");
			check(r.type == v.type && r.misc == v.misc, "type and misc are kept");
			check(!r.id.has_time && !r.id.has_tid,
			      "no trailer where the event has none");
		}
		check_in(NULL);
		check_u64(k, ROWS, "all records came");
		open_done(&o);
		image_free(&img);
	}
}

static void the_fields_reach_the_stages_behind(void)
{
	struct image_event event = event_with(0, 0);
	struct image img;
	struct opened o;
	struct record_view v;
	struct record r[ROWS];
	struct notes n;

	begin(&img, &event, false);
	write_each(&img);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	for (size_t i = 0; i < ROWS; i++)
		check(recording_next(o.recording, &v) && decode(&o, &v, &r[i], &n), "decoded");
	check(!r[0].mmap.is_mmap2 && r[0].mmap.prot == 4 && r[0].mmap.pgoff == 0x2000,
	      "MMAP: taken for executable");
	check(r[1].mmap.is_mmap2 && r[1].mmap.prot == 5 && r[1].mmap.ino == 99 &&
		      !r[1].mmap.build_id_size,
	      "MMAP2 with an inode");
	check(r[2].mmap.build_id_size == 5 && memcmp(r[2].mmap.build_id, build_id, 20) == 0 &&
		      r[2].mmap.ino == 0,
	      "MMAP2 with a build id");
	check(r[3].lost.id == 5 && r[3].lost.lost == 1000, "LOST");
	check(r[4].comm.exec && r[4].comm.pid == 7 && r[4].comm.tid == 8, "COMM with the exec bit");
	check(r[5].task.pid == 7 && r[5].task.ptid == 2 && r[5].task.time == 1111, "EXIT");
	check(r[6].throttle.time == 1500 && r[6].throttle.stream_id == 6, "THROTTLE");
	check(r[8].task.pid == 9 && r[8].task.ppid == 7 && !(r[8].misc & MISC_FORK_EXEC), "FORK");
	check(r[12].lost.lost == 17, "LOST_SAMPLES");
	check(r[13].misc & MISC_SWITCH_OUT, "SWITCH");
	check(r[16].ksymbol.len == 0x80 && r[16].ksymbol.flags == 1, "KSYMBOL");
	check(r[18].cgroup.id == 42, "CGROUP");
	check(r[21].deferred.nr == 2 && r[21].deferred.cookie == 0xc00c1e, "CALLCHAIN_DEFERRED");
	check(r[23].time_conv.time_mult == 1000, "TIME_CONV");
	open_done(&o);
	image_free(&img);
}

static void misc_bits_change_what_a_record_means(void)
{
	struct image_event event = event_with(0, 0);
	struct image_mmap m = { .build_id_size = 200, .filename = "x" };
	struct image img;
	struct opened o;
	struct record_view v;
	struct record r;
	struct notes n;

	begin(&img, &event, false);
	image_comm(&img, 1, 1, "sh", false);
	image_comm(&img, 1, 1, "ls", true);
	image_fork(&img, 2, 1, 2, 1, true);
	image_mmap2(&img, &m);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	check(opened_record(&o, RECORD_COMM, 0, &v) && decode(&o, &v, &r, &n) && !r.comm.exec,
	      "a comm that was set");
	check(opened_record(&o, RECORD_COMM, 1, &v) && decode(&o, &v, &r, &n) && r.comm.exec,
	      "a comm by exec");
	check(opened_record(&o, RECORD_FORK, 0, &v) && decode(&o, &v, &r, &n) &&
		      (r.misc & MISC_FORK_EXEC),
	      "a fork made up by perf");
	check(opened_record(&o, RECORD_MMAP2, 0, &v) && decode(&o, &v, &r, &n) &&
		      r.mmap.build_id_size == BUILD_ID_MAX,
	      "a build id's size is bounded");
	open_done(&o);
	image_free(&img);
}

/* ---- trailers ---- */

enum { TRAILER_BITS = 6 };

static uint64_t trailer_type(unsigned bits)
{
	static const uint64_t fields[TRAILER_BITS] = { SAMPLE_TID, SAMPLE_TIME,
						       SAMPLE_ID,  SAMPLE_STREAM_ID,
						       SAMPLE_CPU, SAMPLE_IDENTIFIER };
	uint64_t type = SAMPLE_IP; /* is in no trailer */

	for (unsigned bit = 0; bit < TRAILER_BITS; bit++)
		if (bits >> bit & 1)
			type |= fields[bit];
	return type;
}

static void check_trailer(const struct sample_id *id, uint64_t type)
{
	check(id->has_tid == ((type & SAMPLE_TID) != 0), "pid and tid are there");
	check(id->has_time == ((type & SAMPLE_TIME) != 0), "a time is there");
	check(id->has_id == ((type & (SAMPLE_ID | SAMPLE_IDENTIFIER)) != 0), "an id is there");
	check(id->has_cpu == ((type & SAMPLE_CPU) != 0), "a CPU is there");
	check(!id->has_tid || (id->pid == 31 && id->tid == 32), "pid and tid");
	check(!id->has_time || id->time == 1111, "time");
	check(!id->has_id || id->id == 55, "id");
	check(!id->has_cpu || id->cpu == 3, "CPU");
}

/* Of kernel records only; what perf writes itself has none. */
static void check_trailers(struct opened *o, uint64_t type)
{
	struct record_view v;
	struct record r;
	struct notes n;
	size_t k = 0;

	recording_rewind(o->recording);
	for (; recording_next(o->recording, &v) && k < ROWS; k++) {
		size_t told = strlen(rows[k].told);

		check_in(record_name(v.type));
		check(decode(o, &v, &r, &n), "decoded");
		check(strncmp(n.text, rows[k].told, told) == 0,
		      "the trailer is not taken for fields");
		if (v.type < RECORD_HEADER_ATTR)
			check_trailer(&r.id, type);
		else
			check(!r.id.has_time && !r.id.has_tid && !r.id.has_id,
			      "perf's own have none");
	}
	check_in(NULL);
	check_u64(k, ROWS, "all records came");
}

static void every_trailer_is_found_behind_every_record(void)
{
	for (unsigned bits = 0; bits < 1u << TRAILER_BITS; bits++) {
		struct image_event event = event_with(trailer_type(bits), ATTR_SAMPLE_ID_ALL);

		for (size_t i = 0; i < 2; i++) {
			struct image img;
			struct opened o;

			begin(&img, &event, orders[i].big_endian);
			write_each(&img);
			image_end(&img);
			check(open_image(&o, &img), orders[i].label);
			check_trailers(&o, event.attr.sample_type);
			open_done(&o);
			image_free(&img);
		}
	}
}

static void trailers_follow_their_own_event(void)
{
	struct image_event events[2] = {
		event_with(SAMPLE_IDENTIFIER | SAMPLE_TID, ATTR_SAMPLE_ID_ALL),
		event_with(SAMPLE_IDENTIFIER | SAMPLE_TIME | SAMPLE_CPU, ATTR_SAMPLE_ID_ALL)
	};
	struct image_options options = { .events = events, .n_events = 2 };
	struct image img;
	struct opened o;
	struct record_view v;
	struct record r = { 0 };
	struct notes n;

	events[1].ids[0] = 77;
	image_begin(&img, &options);
	img.stamp = (struct image_stamp){ .pid = 31, .tid = 32, .id = 55 };
	image_comm(&img, 1, 1, "first", false);
	img.stamp = (struct image_stamp){ .event = 1, .time = 1111, .cpu = 3, .id = 77 };
	image_comm(&img, 2, 2, "second", false);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	check(opened_record(&o, RECORD_COMM, 0, &v) && decode(&o, &v, &r, &n), "the first event's");
	check(r.id.has_tid && !r.id.has_time && r.id.id == 55 && r.id.tid == 32, "its fields");
	check(recording_event_of(o.recording, &v) == 0, "its event");
	check(opened_record(&o, RECORD_COMM, 1, &v) && decode(&o, &v, &r, &n),
	      "the second event's");
	check(!r.id.has_tid && r.id.has_time && r.id.time == 1111 && r.id.cpu == 3,
	      "its fields, too");
	check(recording_event_of(o.recording, &v) == 1, "its event, too");
	open_done(&o);
	image_free(&img);
}

/* ---- damage ---- */

/* A record whose payload is cut to any length is decoded or refused; without its fields it is refused. */
static void a_record_cut_off_is_refused(void)
{
	struct image_event event = event_with(SAMPLE_TID | SAMPLE_TIME, ATTR_SAMPLE_ID_ALL);
	struct image img;
	struct opened o;
	struct record_view v = { 0 };
	struct record r;
	struct error err;

	begin(&img, &event, false);
	write_each(&img);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	for (size_t k = 0; recording_next(o.recording, &v) && k < ROWS; k++) {
		struct record_view cut = v;

		check_in(record_name(v.type));
		for (cut.len = 0; cut.len < v.len; cut.len++)
			record_decode(o.recording, &cut, &r, NULL, &err);
		cut.len = 4;
		if (strchr(rows[k].told, '=') && v.type != RECORD_SWITCH)
			check(!record_decode(o.recording, &cut, &r, NULL, &err),
			      "four bytes are too few");
	}
	check_in(NULL);
	open_done(&o);
	image_free(&img);
}

static void counts_and_texts_are_held_against_the_record(void)
{
	static const struct {
		const char *label;
		uint32_t type;
		size_t len;
		const char *payload;
	} bad[] = {
		{ "COMM without a NUL", RECORD_COMM, 16, "\1\0\0\0\1\0\0\0abcdefgh" },
		{ "NAMESPACES with too many", RECORD_NAMESPACES, 16,
		  "\1\0\0\0\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\x0f" },
		{ "a deferred chain that is too long", RECORD_CALLCHAIN_DEFERRED, 16,
		  "\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0" },
		{ "TEXT_POKE with too many bytes", RECORD_TEXT_POKE, 16,
		  "\1\0\0\0\1\0\0\0\4\0\1\0abcd" },
	};
	struct image_event event = event_with(SAMPLE_TID | SAMPLE_TIME, ATTR_SAMPLE_ID_ALL);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct image img;
		struct opened o;
		struct record_view v;
		struct record r = { .type = 99 };
		struct notes n;

		begin(&img, &event, false);
		image_record(&img, bad[i].type, 0, bad[i].payload, bad[i].len);
		image_end(&img);
		check(open_image(&o, &img) && opened_record(&o, bad[i].type, 0, &v), "read");
		check(!decode(&o, &v, &r, &n), bad[i].label);
		check_u64(r.type, 99, "the result is untouched");
		open_done(&o);
		image_free(&img);
	}
}

static void types_have_the_kernels_names(void)
{
	check_text(record_name(RECORD_MMAP2), "MMAP2", "of the kernel");
	check_text(record_name(RECORD_CALLCHAIN_DEFERRED), "CALLCHAIN_DEFERRED",
		   "the kernel's last");
	check_text(record_name(RECORD_SCHEDSTAT_DOMAIN), "SCHEDSTAT_DOMAIN", "perf's last");
	check(!record_name(0) && !record_name(23) && !record_name(63), "no names between them");
	check(!record_name(RECORD_TYPES) && !record_name(UINT32_MAX), "nor behind them");
}

int main(void)
{
	each_record_tells_its_fields();
	the_fields_reach_the_stages_behind();
	misc_bits_change_what_a_record_means();
	every_trailer_is_found_behind_every_record();
	trailers_follow_their_own_event();
	a_record_cut_off_is_refused();
	counts_and_texts_are_held_against_the_record();
	types_have_the_kernels_names();
	return check_done("record");
}
