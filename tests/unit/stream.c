/*
 * tests/unit/stream.c - windows, payload outside of records, compression (parser/stream.h).
 */
#include "parser/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/perf_format.h"
#include "parser/record.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

/* ---- a stream over records in memory ---- */

struct walk {
	int fd;
	struct source source;
	struct stream *stream;
	char text[4000];
};

static void begin_walk(struct walk *w, const struct image *img, bool pipe)
{
	bool swap = img->options.big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	struct error err;
	char path[32];

	*w = (struct walk){ .fd = memory_file(img->bytes, img->len, path) };
	if (!source_open(path, &w->source, &err))
		abort();
	w->stream = stream_new(&w->source, 0, w->source.size, swap, pipe, 7);
}

static void end_walk(struct walk *w)
{
	stream_free(w->stream);
	source_close(&w->source);
	close(w->fd);
}

/* The names of the records to come, "COMM ~SAMPLE"; the last came out of a COMPRESSED one. */
static const char *rest(struct walk *w)
{
	struct record_view v;
	size_t len = 0;

	w->text[0] = '\0';
	while (stream_next(w->stream, &v) && len < sizeof(w->text)) {
		char number[24];

		snprintf(number, sizeof(number), "TYPE_%u", v.type);
		len += (size_t)snprintf(w->text + len, sizeof(w->text) - len, "%s%s%s",
					len ? " " : "", v.inner ? "~" : "",
					record_name(v.type) ? record_name(v.type) : number);
	}
	return w->text;
}

static struct image records(bool big_endian)
{
	struct image_options options = { .container = IMAGE_RECORDS, .big_endian = big_endian };
	struct image img;

	image_begin(&img, &options);
	return img;
}

/* A record of any size, whose payload is told by `seed`. */
static void patterned(struct image *img, uint32_t type, size_t len, unsigned seed)
{
	image_record_begin(img, type, 0);
	for (size_t i = 0; i < len; i++)
		image_u8(img, (uint8_t)(seed * 31 + i));
	image_record_end(img);
}

static bool is_patterned(const struct record_view *v, unsigned seed)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->payload[i] != (uint8_t)(seed * 31 + i))
			return false;
	return true;
}

/* ---- windows ---- */

static void records_are_whole_wherever_a_window_ends(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;
	uint64_t offset = 0;
	unsigned n = 0;
	bool good = true;

	while (img.len < (5 << 20))
		patterned(&img, RECORD_SAMPLE, n * 7919 % 65528, n), n++;
	begin_walk(&w, &img, false);
	for (unsigned i = 0; i < n; i++) {
		good &= stream_next(w.stream, &v) && v.len == i * 7919 % 65528 &&
			is_patterned(&v, i);
		good &= v.offset == offset && v.file == 7 && !v.inner && v.type == RECORD_SAMPLE;
		offset += v.len + 8;
	}
	check(good, "each has its bytes and its offset");
	check(!stream_next(w.stream, &v), "then comes nothing");
	check(!stream_next(w.stream, &v), "and again nothing");
	check(stream_end(w.stream) == END_WHOLE, "the end is between two records");
	end_walk(&w);
	image_free(&img);
}

static void a_stream_ends_with_its_range(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;

	patterned(&img, RECORD_COMM, 8, 1);
	patterned(&img, RECORD_SAMPLE, 8, 2);
	patterned(&img, RECORD_EXIT, 8, 3);
	begin_walk(&w, &img, false);
	stream_free(w.stream);
	w.stream = stream_new(&w.source, 16, 32, false, false, 0);
	check_text(rest(&w), "SAMPLE", "what lies in it");
	check(stream_end(w.stream) == END_WHOLE, "to its end");
	stream_free(w.stream);
	w.stream = stream_new(&w.source, 16, 31, false, false, 0);
	check(!stream_next(w.stream, &v) && stream_end(w.stream) == END_TRUNCATED,
	      "a record that runs past it");
	stream_free(w.stream);
	w.stream = stream_new(&w.source, UINT64_MAX - 8, UINT64_MAX, false, false, 0);
	check(!stream_next(w.stream, &v) && stream_end(w.stream) == END_WHOLE,
	      "a range behind the file");
	stream_free(w.stream);
	w.stream = stream_new(&w.source, 32, 16, false, false, 0);
	check(!stream_next(w.stream, &v) && stream_end(w.stream) == END_WHOLE,
	      "a range that is none");
	stream_free(w.stream);
	w.stream = stream_new(&w.source, 16, UINT64_MAX, false, false, 0);
	check_text(rest(&w), "SAMPLE EXIT", "a range past the file's end is cut to it");
	end_walk(&w);
	image_free(&img);
}

/* ---- damage ---- */

static void damage_ends_a_walk_and_says_where(void)
{
	static const struct {
		const char *label;
		size_t len; /* bytes behind one good record of 16 bytes */
		const char *bytes;
		bool pipe;
		enum stream_end end;
	} rows[] = {
		{ "nothing", 0, "", false, END_WHOLE },
		{ "half a header", 4, "\x9\0\0\0", false, END_TRUNCATED },
		{ "half a payload", 12, "\x9\0\0\0\0\0\x10\0abcd", false, END_TRUNCATED },
		{ "size 0", 16, "\x9\0\0\0\0\0\0\0abcdefgh", false, END_TRUNCATED },
		{ "size 7", 16, "\x9\0\0\0\0\0\7\0abcdefgh", false, END_TRUNCATED },
		{ "a size past the end", 16, "\x9\0\0\0\0\0\xff\xffgabcdefgh", false,
		  END_TRUNCATED },
		{ "a zero byte in a file", 1, "", false, END_TRUNCATED },
		{ "text in a file", 12, "[ perf rec ]", false, END_TRUNCATED },
		{ "a zero byte in a pipe", 1, "", true, END_JUNK },
		{ "three zero bytes in a pipe", 3, "\0\0", true, END_JUNK },
		{ "short text in a pipe", 6, "[ x ]\n", true, END_JUNK },
		{ "text in a pipe", 60,
		  "[ perf record: Woken up 1 times to write data ]\n\t more text\n", true,
		  END_JUNK },
		{ "half a header in a pipe", 4, "\x9\0\0\0", true, END_TRUNCATED },
		{ "eight zero bytes in a pipe", 8, "\0\0\0\0\0\0\0", true, END_TRUNCATED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image img = records(false);
		struct walk w;

		check_in(rows[i].label);
		patterned(&img, RECORD_COMM, 8, 1);
		image_bytes(&img, rows[i].bytes, rows[i].len);
		begin_walk(&w, &img, rows[i].pipe);
		check_text(rest(&w), "COMM", "the record before it is given");
		check(stream_end(w.stream) == rows[i].end, "how it ends");
		if (rows[i].end != END_WHOLE) {
			const struct error *e = stream_error(w.stream);

			check(e->has_offset && e->offset == 16 && *e->what, "where and why");
		}
		end_walk(&w);
		image_free(&img);
	}
	check_in(NULL);
}

/* ---- payload outside of records ---- */

static void auxtrace(struct image *img, uint64_t claimed, size_t written)
{
	image_record_begin(img, RECORD_AUXTRACE, 0);
	image_u64(img, claimed);
	image_zeroes(img, 32);
	image_record_end(img);
	for (size_t i = 0; i < written; i++)
		image_u8(img, 0xff);
}

static void trace_data_is_stepped_over(void)
{
	static const struct {
		const char *label;
		uint64_t claimed;
		size_t written;
		const char *want;
		enum stream_end end;
	} rows[] = {
		{ "none", 0, 0, "AUXTRACE COMM", END_WHOLE },
		{ "an odd number of bytes", 13, 13, "AUXTRACE COMM", END_WHOLE },
		{ "more than a window", 3 << 20, 3 << 20, "AUXTRACE COMM", END_WHOLE },
		{ "up to the end of a window", (1 << 20) - 48, (1 << 20) - 48, "AUXTRACE COMM",
		  END_WHOLE },
		{ "past the end of the file", 1 << 20, 100, "AUXTRACE", END_TRUNCATED },
		{ "a size that would wrap", UINT64_MAX, 100, "AUXTRACE", END_TRUNCATED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int big_endian = 0; big_endian < 2; big_endian++) {
			struct image img = records(big_endian);
			struct walk w;

			auxtrace(&img, rows[i].claimed, rows[i].written);
			patterned(&img, RECORD_COMM, 8, 1);
			begin_walk(&w, &img, false);
			check_text(rest(&w), rows[i].want, rows[i].label);
			check(stream_end(w.stream) == rows[i].end, rows[i].label);
			end_walk(&w);
			image_free(&img);
		}
}

/* The record before the data is still borrowed when the data has been stepped over. */
static void a_record_before_trace_data_keeps_its_bytes(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;

	auxtrace(&img, 5 << 20, 5 << 20);
	begin_walk(&w, &img, false);
	check(stream_next(w.stream, &v) && v.len == 40, "the record");
	check(v.payload[2] == 0x50 && v.payload[8] == 0 && v.payload[39] == 0, "its bytes");
	end_walk(&w);
	image_free(&img);
}

static void tracing_data_lies_behind_its_record_or_in_it(void)
{
	struct image img = records(false);
	struct walk w;

	image_tracing_data(&img, "behind the record", 17);
	patterned(&img, RECORD_COMM, 8, 1);
	/* simpleperf: { u32 size; bytes } in the record */
	image_record_begin(&img, RECORD_HEADER_TRACING_DATA, 0);
	image_u32(&img, 10);
	image_zeroes(&img, 60);
	image_record_end(&img);
	patterned(&img, RECORD_EXIT, 8, 1);
	/* not padded in its own size, but in the file */
	image_record_begin(&img, RECORD_HEADER_TRACING_DATA, 0);
	image_u32(&img, 11);
	image_record_end(&img);
	image_zeroes(&img, 16);
	patterned(&img, RECORD_FORK, 8, 1);
	begin_walk(&w, &img, true);
	check_text(rest(&w),
		   "HEADER_TRACING_DATA COMM HEADER_TRACING_DATA EXIT HEADER_TRACING_DATA FORK",
		   "records");
	check(stream_end(w.stream) == END_WHOLE, "to the end");
	end_walk(&w);
	image_free(&img);
}

/* simpleperf's own types have the upper half of their size in misc. */
static void large(struct image *img, uint32_t type, uint32_t size)
{
	image_u32(img, type);
	image_u16(img, (uint16_t)(size >> 16));
	image_u16(img, (uint16_t)size);
	for (uint32_t i = 8; i < size; i++)
		image_u8(img, 0xff);
}

static void simpleperfs_records_may_have_any_size(void)
{
	static const struct {
		const char *label;
		uint32_t size;
		uint32_t len;
	} rows[] = {
		{ "small, odd", 13, 5 },
		{ "64 KiB", 65536, 65528 },
		{ "a window", 1 << 20, (1 << 20) - 8 },
		{ "more than a window: without its payload", (1 << 20) + 1, 0 },
		{ "much more", 3 << 20, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int big_endian = 0; big_endian < 2; big_endian++) {
			struct image img = records(big_endian);
			struct record_view v;
			struct walk w;

			check_in(rows[i].label);
			large(&img, 32772, rows[i].size);
			patterned(&img, RECORD_COMM, 8, 1);
			large(&img, 33023, 24);
			begin_walk(&w, &img, false);
			check(stream_next(w.stream, &v) && v.type == 32772 && v.misc == 0, "read");
			check_u64(v.len, rows[i].len, "length");
			check_text(rest(&w), "COMM TYPE_33023", "what follows");
			check(stream_end(w.stream) == END_WHOLE, "to the end");
			end_walk(&w);
			image_free(&img);
		}
	check_in(NULL);
}

static void other_types_keep_their_misc(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;

	image_record(&img, 32768, 1, "", 0);
	image_record(&img, 33024, 2, "", 0);
	begin_walk(&w, &img, false);
	check(stream_next(w.stream, &v) && v.misc == 1 && v.len == 0, "the type before them");
	check(stream_next(w.stream, &v) && v.misc == 2 && v.len == 0, "the type behind them");
	end_walk(&w);
	image_free(&img);
}

/* ---- compression ---- */

static void compressed_records_come_out_whole(void)
{
	static const struct {
		const char *label;
		uint32_t type;
		size_t piece;
		bool big_endian;
	} rows[] = {
		{ "all in one", RECORD_COMPRESSED, 0, false },
		{ "all in one, with a size", RECORD_COMPRESSED2, 0, false },
		{ "cut into bytes", RECORD_COMPRESSED, 1, false },
		{ "cut into bytes, with sizes", RECORD_COMPRESSED2, 1, false },
		{ "cut inside headers and payloads", RECORD_COMPRESSED, 13, true },
		{ "cut inside headers and payloads, with sizes", RECORD_COMPRESSED2, 13, true },
		{ "cut between records", RECORD_COMPRESSED2, 32, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image img = records(rows[i].big_endian);
		struct record_view v;
		struct walk w;
		unsigned n = 0;
		bool good = true;

		check_in(rows[i].label);
		image_compress_begin(&img);
		for (unsigned k = 0; k < 20; k++)
			patterned(&img, RECORD_SAMPLE, 24, k);
		image_compress_end(&img, rows[i].type, rows[i].piece);
		patterned(&img, RECORD_COMM, 8, 1);
		begin_walk(&w, &img, false);
		while (stream_next(w.stream, &v) && v.type != RECORD_COMM)
			if (v.type == RECORD_SAMPLE) {
				good &= v.inner && v.len == 24 && is_patterned(&v, n);
				n++;
			}
		check_u64(n, 20, "records");
		check(good, "each as it was");
		check(v.type == RECORD_COMM && !v.inner, "then the file goes on");
		check_text(rest(&w), "", "to its end");
		check(stream_end(w.stream) == END_WHOLE, "which is whole");
		check(stream_compression_error(w.stream)->kind == ERR_NONE, "nothing was wrong");
		end_walk(&w);
		image_free(&img);
	}
	check_in(NULL);
}

static void much_comes_out_of_little(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;
	unsigned n = 0;
	bool good = true;

	image_compress_begin(&img);
	for (unsigned k = 0; k < 1000; k++)
		patterned(&img, RECORD_SAMPLE, 5000, k % 3);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	check(img.len < 65536, "five megabytes in one record");
	begin_walk(&w, &img, false);
	check(stream_next(w.stream, &v) && v.type == RECORD_COMPRESSED,
	      "the record itself comes first");
	for (; stream_next(w.stream, &v); n++)
		good &= v.len == 5000 && is_patterned(&v, n % 3) && v.offset == 0;
	check_u64(n, 1000, "records");
	check(good, "each as it was, at the offset of the one that they came out of");
	end_walk(&w);
	image_free(&img);
}

static void one_zstd_stream_serves_all_compressed_records(void)
{
	struct image img = records(false);
	struct walk w;

	patterned(&img, RECORD_COMM, 8, 0);
	image_compress_begin(&img);
	patterned(&img, RECORD_SAMPLE, 24, 0);
	patterned(&img, RECORD_MMAP, 24, 0);
	image_compress_end(&img, RECORD_COMPRESSED2, 40);
	image_finished_round(&img);
	image_compress_begin(&img);
	patterned(&img, RECORD_SAMPLE, 24, 0);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	begin_walk(&w, &img, true);
	check_text(rest(&w),
		   "COMM COMPRESSED2 ~SAMPLE COMPRESSED2 ~MMAP FINISHED_ROUND COMPRESSED ~SAMPLE",
		   "records");
	end_walk(&w);
	image_free(&img);
}

static void trace_data_is_stepped_over_in_compressed_records(void)
{
	struct image img = records(false);
	struct walk w;

	image_compress_begin(&img);
	auxtrace(&img, 3000, 3000);
	patterned(&img, RECORD_COMM, 8, 1);
	auxtrace(&img, 3000, 100);
	image_compress_end(&img, RECORD_COMPRESSED2, 500);
	begin_walk(&w, &img, false);
	check_text(
		rest(&w),
		"COMPRESSED2 ~AUXTRACE COMPRESSED2 COMPRESSED2 COMPRESSED2 COMPRESSED2 COMPRESSED2 "
		"COMPRESSED2 ~COMM ~AUXTRACE",
		"records");
	check(stream_end(w.stream) == END_WHOLE, "the file is whole");
	check(stream_compression_error(w.stream)->kind == ERR_FORMAT, "but the data is not");
	end_walk(&w);
	image_free(&img);
}

/* ---- damage in compressed records ---- */

static struct image compressed(size_t n)
{
	struct image img = records(false);

	image_compress_begin(&img);
	for (size_t i = 0; i < n; i++)
		patterned(&img, RECORD_SAMPLE, 8, 1);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	return img;
}

/* What comes behind broken compression: the records of the file, but none out of compressed ones. */
static void check_broken(struct image *img, uint64_t offset, const char *want, const char *label)
{
	struct walk w;

	image_compress_begin(img);
	patterned(img, RECORD_EXIT, 8, 1);
	image_compress_end(img, RECORD_COMPRESSED, 0);
	patterned(img, RECORD_COMM, 8, 1);
	begin_walk(&w, img, false);
	check_text(rest(&w), want, label);
	check(stream_end(w.stream) == END_WHOLE, "the file is whole");
	check(stream_compression_error(w.stream)->kind == ERR_FORMAT, "an error is told");
	check_u64(stream_compression_error(w.stream)->offset, offset, "and where it was");
	end_walk(&w);
	image_free(img);
}

static void broken_compression_ends_the_compressed_records_only(void)
{
	struct image img = compressed(2);
	size_t second = img.len;

	image_record(&img, RECORD_COMPRESSED, 0, "this is not compressed", 22);
	check_broken(&img, second, "COMPRESSED ~SAMPLE ~SAMPLE COMPRESSED COMPRESSED COMM",
		     "garbage");

	img = compressed(2);
	image_record(&img, RECORD_COMPRESSED2, 0, "\xff\0\0\0\0\0\0\0abcdefgh", 16);
	check_broken(&img, second, "COMPRESSED ~SAMPLE ~SAMPLE COMPRESSED2 COMPRESSED COMM",
		     "a size larger than its record");

	img = compressed(2);
	image_record(&img, RECORD_COMPRESSED2, 0, "abcd", 4);
	check_broken(&img, second, "COMPRESSED ~SAMPLE ~SAMPLE COMPRESSED2 COMPRESSED COMM",
		     "no room for a size");

	img = records(false);
	image_compress_begin(&img);
	patterned(&img, RECORD_SAMPLE, 8, 1);
	image_bytes(&img, "\x9\0\0\0\0\0\4\0abcdefgh", 16);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	check_broken(&img, 0, "COMPRESSED ~SAMPLE COMPRESSED COMM", "a size less than a header's");

	img = records(false);
	image_compress_begin(&img);
	large(&img, 32772, 1 << 20);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	check_broken(&img, 0, "COMPRESSED COMPRESSED COMM", "a record of a megabyte");
}

/* libzstd gives nothing of the call that fails, but what earlier calls gave is used. */
static void good_records_before_an_error_in_the_same_record_are_given(void)
{
	struct image img = records(false);
	struct record_view v;
	struct walk w;
	unsigned n = 0;
	bool good = true;

	image_compress_begin(&img);
	for (unsigned i = 0; i < 1000; i++)
		patterned(&img, RECORD_SAMPLE, 5000, 1);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	image_bytes(&img, "no zstd frame and no block of one", 33);
	image_patch_u16(&img, 6, (uint16_t)img.len);
	patterned(&img, RECORD_COMM, 8, 1);
	begin_walk(&w, &img, false);
	check(stream_next(w.stream, &v) && v.type == RECORD_COMPRESSED, "the record itself");
	for (; stream_next(w.stream, &v) && v.type == RECORD_SAMPLE; n++)
		good &= v.len == 5000 && is_patterned(&v, 1);
	check(n > 500 && n <= 1000 && good, "most of what is in it");
	check(v.type == RECORD_COMM && !stream_next(w.stream, &v), "what is behind it");
	check(stream_compression_error(w.stream)->kind == ERR_FORMAT, "and the error is told");
	end_walk(&w);
	image_free(&img);
}

static void a_last_record_that_is_not_whole_is_told(void)
{
	struct image img = records(false);
	struct walk w;

	image_compress_begin(&img);
	patterned(&img, RECORD_SAMPLE, 8, 1);
	patterned(&img, RECORD_SAMPLE, 8, 1);
	img.len -= 3;
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	begin_walk(&w, &img, false);
	check_text(rest(&w), "COMPRESSED ~SAMPLE", "what is whole is given");
	check(stream_compression_error(w.stream)->kind == ERR_FORMAT, "the rest is told");
	end_walk(&w);
	image_free(&img);
}

/* libzstd takes sixteen calls without progress for an error. */
static void empty_compressed_records_are_no_error(void)
{
	struct image img = compressed(1);
	struct record_view v;
	struct walk w;
	bool found = false;

	for (int i = 0; i < 40; i++)
		image_record(&img, RECORD_COMPRESSED, 0, "", 0);
	image_compress_begin(&img);
	patterned(&img, RECORD_EXIT, 8, 1);
	image_compress_end(&img, RECORD_COMPRESSED, 0);
	begin_walk(&w, &img, false);
	while (stream_next(w.stream, &v))
		found |= v.type == RECORD_EXIT;
	check(found, "what comes behind them is read");
	check(stream_compression_error(w.stream)->kind == ERR_NONE, "without an error");
	end_walk(&w);
	image_free(&img);
}

int main(void)
{
	records_are_whole_wherever_a_window_ends();
	a_stream_ends_with_its_range();
	damage_ends_a_walk_and_says_where();
	trace_data_is_stepped_over();
	a_record_before_trace_data_keeps_its_bytes();
	tracing_data_lies_behind_its_record_or_in_it();
	simpleperfs_records_may_have_any_size();
	other_types_keep_their_misc();
	compressed_records_come_out_whole();
	much_comes_out_of_little();
	one_zstd_stream_serves_all_compressed_records();
	trace_data_is_stepped_over_in_compressed_records();
	broken_compression_ends_the_compressed_records_only();
	good_records_before_an_error_in_the_same_record_are_given();
	a_last_record_that_is_not_whole_is_told();
	empty_compressed_records_are_no_error();
	return check_done("stream");
}
