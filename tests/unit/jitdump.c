/*
 * tests/unit/jitdump.c - jitdumps, whole, cut and damaged, in both byte orders (parser/jitdump.h).
 */
#include "parser/jitdump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_jitdump.h"
#include "tests/opened.h"

enum { PID = 7, TEXT = 8192 };

/* ---- a dump as text ---- */

/* "name@start+size/time ..." in the order of the file. */
static const char *codes_of(const struct jitdump *d)
{
	static char text[TEXT];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < d->n && len < TEXT; i++)
		len += (size_t)snprintf(text + len, TEXT - len,
					"%s%s@%" PRIx64 "+%" PRIu64 "/%" PRIu64, i ? " " : "",
					d->codes[i].name, d->codes[i].start, d->codes[i].size,
					d->codes[i].time);
	return text;
}

/* "addr=file:line ..." of one code. */
static const char *lines_of(const struct jitdump *d, const struct jitdump_code *c)
{
	static char text[TEXT];
	size_t len = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < c->n_lines && len < TEXT; i++) {
		const struct jitdump_line *l = &d->lines[c->first_line + i];

		len += (size_t)snprintf(text + len, TEXT - len, "%s%" PRIx64 "=%s:%" PRIu32,
					i ? " " : "", l->addr, l->file, l->line);
	}
	return text;
}

/* Parse what was written; frees the image. */
static bool parse(struct jit_image *j, struct jitdump *d)
{
	struct error err = { 0 };
	bool ok = jitdump_parse(j->bytes, j->len, d, &err);

	jit_free(j);
	check(ok, "it is a jitdump");
	return ok;
}

static void check_codes(struct jit_image *j, const char *want, bool whole, const char *row)
{
	struct jitdump d;

	if (!parse(j, &d))
		return;
	check_text(codes_of(&d), want, row);
	check(whole == (!d.damaged && !d.cut && !d.skipped), row);
	jitdump_free(&d);
}

/* ---- whole dumps ---- */

/* Names of all lengths from 1 on: the records begin at all offsets. */
static void records_begin_anywhere_in_either_byte_order(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct jit_image j;
		struct jitdump d;

		jit_begin(&j, big_endian, PID);
		for (uint64_t i = 0; i < 17; i++) {
			char name[32] = { 0 };

			memset(name, 'a' + (int)i, i + 1);
			jit_unwinding(&j, i, 76 + i);
			jit_load(&j, 100 + i, 0x1000 * i, 11 + i, i, name);
		}
		jit_close(&j, 999);
		check_in(big_endian ? "big endian" : "little endian");
		if (!parse(&j, &d))
			continue;
		check_u64(d.n, 17, "codes");
		check_u64(d.pid, PID, "the process");
		check_u64(d.machine, 62, "the machine");
		check(d.big_endian == big_endian, "its byte order");
		check(!d.damaged && !d.cut && !d.skipped, "it is whole");
		for (uint64_t i = 0; i < d.n; i++) {
			const struct jitdump_code *c = &d.codes[i];

			check(c->start == 0x1000 * i && c->size == 11 + i && c->time == 100 + i &&
				      c->index == i,
			      "numbers");
			check(strlen(c->name) == i + 1 && c->name[i] == 'a' + (char)i, "name");
		}
		jitdump_free(&d);
	}
	check_in(NULL);
}

static void code_that_moves_keeps_its_name_and_lines(void)
{
	static const struct jit_line lines[] = { { 0x1000, 3, "a.js" } };
	struct jit_image j;
	struct jitdump d;

	jit_begin(&j, false, PID);
	jit_line_table(&j, 1, 0x1000, lines, 1);
	jit_load(&j, 1, 0x1000, 16, 1, "old");
	jit_load(&j, 2, 0x1000, 16, 2, "f");
	jit_move(&j, 3, 0x1000, 0x2000, 8, 2);  /* the one that lies there now */
	jit_move(&j, 4, 0x2000, 0x3000, 8, 2);  /* and again */
	jit_move(&j, 5, 0x1000, 0x4000, 16, 1); /* the number says which it was */
	jit_move(&j, 6, 0x9000, 0x5000, 16, 1); /* nothing was there */
	jit_move(&j, 7, 0x1000, 0x6000, 16, 9); /* nor was that one */
	if (!parse(&j, &d))
		return;
	check_text(codes_of(&d), "old@1000+16/1 f@1000+16/2 f@2000+8/3 f@3000+8/4 old@4000+16/5",
		   "moves");
	check_text(d.n == 5 ? lines_of(&d, &d.codes[4]) : "", "1000=a.js:3", "lines");
	jitdump_free(&d);
}

/* UNWINDING_INFO with sizes that the caller chooses, and 8 bytes behind them. */
static void unwinding_of(struct jit_image *j, uint64_t size, uint64_t header)
{
	jit_header(j, JIT_CODE_UNWINDING_INFO, JIT_RECORD_HEADER + 24 + 8, 1);
	jit_u64(j, size);
	jit_u64(j, header);
	jit_u64(j, 0);
	jit_u64(j, 0x1234);
}

static void rules_belong_to_the_code_that_follows_them(void)
{
	static const struct {
		uint64_t start;
		uint32_t rules_size;
		uint64_t rules_from;
	} want[] = {
		{ 0x1000, 5, 16 }, { 0x2000, 0, 16 }, { 0x3000, 8, 8 }, { 0x4000, 0, 8 },
		{ 0x5000, 0, 8 },  { 0x6000, 5, 16 }, { 0x7000, 3, 8 },
	};
	struct jit_image j;
	struct jitdump d;

	jit_begin(&j, false, PID);
	unwinding_of(&j, 8, 3);
	jit_load(&j, 1, 0x1000, 11, 1, "its own");
	jit_load(&j, 2, 0x2000, 16, 2, "none");
	unwinding_of(&j, 8, 0);
	jit_load(&j, 3, 0x3000, 8, 3, "no header");
	unwinding_of(&j, 9, 0);
	jit_load(&j, 4, 0x4000, 8, 4, "larger than the record");
	unwinding_of(&j, 4, 5);
	jit_load(&j, 5, 0x5000, 8, 5, "a header larger than all");
	jit_move(&j, 6, 0x1000, 0x6000, 11, 1);
	unwinding_of(&j, 8, 1);
	unwinding_of(&j, 8, 5);
	jit_load(&j, 7, 0x7000, 8, 6, "the last ones count");
	if (!parse(&j, &d))
		return;
	check(!d.big_endian && !d.damaged, "it is whole");
	check_u64(d.n, sizeof(want) / sizeof(want[0]), "codes");
	for (size_t i = 0; i < d.n; i++) {
		const struct jitdump_code *c = &d.codes[i];

		check_u64(c->start, want[i].start, "start");
		check_u64(c->rules_size, want[i].rules_size, c->name);
		check_u64(c->rules_from, want[i].rules_from, c->name);
		check(!c->rules_size || c->rules_at > JIT_FILE_HEADER, "where they are");
	}
	jitdump_free(&d);
}

static void lines_belong_to_the_code_that_follows_them(void)
{
	static const struct jit_line first[] = { { 0x1000, 3, "a.js" },
						 { 0x1004, 4, "\xff" },
						 { 0x1008, 1, "b.js" },
						 { 0x100c, 9, "\xff" } };
	static const struct jit_line second[] = { { 0x2000, 7, "\xff" } };
	static const struct jit_line lost[] = { { 0x8000, 1, "c.js" } };
	struct jit_image j;
	struct jitdump d;

	jit_begin(&j, true, PID);
	jit_line_table(&j, 1, 0x1000, first, 4);
	jit_unwinding(&j, 1, 10); /* may stand between them */
	jit_load(&j, 2, 0x1000, 16, 1, "f");
	jit_load(&j, 3, 0x1000, 16, 2, "no lines of its own");
	jit_line_table(&j, 4, 0x8000, lost, 1);
	jit_load(&j, 5, 0x3000, 16, 3, "not those of another address");
	jit_line_table(&j, 6, 0x2000, second, 1);
	jit_load(&j, 7, 0x2000, 16, 4, "no file before");
	jit_line_table(&j, 8, 0x4000, NULL, 0);
	jit_load(&j, 9, 0x4000, 16, 5, "none");
	if (!parse(&j, &d))
		return;
	check_u64(d.n, 5, "codes");
	if (d.n == 5) {
		check_text(lines_of(&d, &d.codes[0]),
			   "1000=a.js:3 1004=a.js:4 1008=b.js:1 100c=b.js:9", "same file");
		check_text(lines_of(&d, &d.codes[1]), "", d.codes[1].name);
		check_text(lines_of(&d, &d.codes[2]), "", d.codes[2].name);
		check_text(lines_of(&d, &d.codes[3]), "2000=:7", d.codes[3].name);
		check_text(lines_of(&d, &d.codes[4]), "", d.codes[4].name);
	}
	jitdump_free(&d);
}

static void records_of_new_kinds_are_stepped_over(void)
{
	struct jit_image j;

	jit_begin(&j, false, PID);
	jit_header(&j, 5, JIT_RECORD_HEADER + 3, 1);
	jit_bytes(&j, "new", 3);
	jit_load(&j, 2, 0x1000, 16, 1, "f");
	jit_close(&j, 3);
	jit_load(&j, 4, 0x2000, 16, 2, "behind the end");
	check_codes(&j, "f@1000+16/2 behind the end@2000+16/4", true, "new kind, close");
}

/* A writer's header may be longer than the one of version 1. */
static void a_longer_header_is_skipped(void)
{
	struct jit_image j;

	jit_begin(&j, false, PID);
	j.bytes[8] = JIT_FILE_HEADER + 8;
	jit_u64(&j, 0);
	jit_load(&j, 2, 0x1000, 16, 1, "f");
	check_codes(&j, "f@1000+16/2", true, "48 bytes");
}

/* ---- cut ---- */

enum { CUT_LOADS = 4, CUT_RECORDS = 3 * CUT_LOADS };

/* Where the records end; every third is a LOAD. */
static void write_small(struct jit_image *j, bool big_endian, size_t ends[CUT_RECORDS + 1])
{
	static const struct jit_line lines[] = { { 0x1000, 3, "a.js" }, { 0x1004, 4, "\xff" } };
	size_t n = 0;

	jit_begin(j, big_endian, PID);
	ends[n++] = j->len;
	for (uint64_t i = 0; i < CUT_LOADS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%" PRIu64, i);
		jit_unwinding(j, 10 * i, 20 + i);
		ends[n++] = j->len;
		jit_line_table(j, 10 * i, 0x1000 * i, lines, 2);
		ends[n++] = j->len;
		jit_load(j, 10 * i + 1, 0x1000 * i, 11, i, name);
		ends[n++] = j->len;
	}
}

static void a_cut_dump_is_read_to_its_last_whole_record(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		size_t ends[CUT_RECORDS + 1], whole = 0;
		struct jit_image j;

		write_small(&j, big_endian, ends);
		check_in(big_endian ? "cut, big endian" : "cut, little endian");
		for (size_t len = JIT_FILE_HEADER; len <= j.len; len++) {
			/* of its own, so that a sanitizer sees what is read behind it */
			uint8_t *bytes = malloc(len);
			struct error err = { 0 };
			struct jitdump d;

			while (whole < CUT_RECORDS && ends[whole + 1] <= len)
				whole++;
			memcpy(bytes, j.bytes, len);
			check(jitdump_parse(bytes, len, &d, &err), "a dump");
			check_u64(d.n, whole / 3, "codes");
			check(d.cut == (len != ends[whole]), "it is told");
			check(!d.damaged, "as a cut, not as damage");
			jitdump_free(&d);
			free(bytes);
		}
		jit_free(&j);
	}
	check_in(NULL);
}

static void what_is_no_dump_is_refused(void)
{
	static const struct {
		const char *label;
		size_t len;
		const char *bytes;
	} rows[] = {
		{ "empty", 0, "" },
		{ "the magic only", 4, "DTiJ" },
		{ "cut in its header", 39,
		  "DTiJ\1\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
		{ "a header that is too short", 40,
		  "DTiJ\1\0\0\0\x27\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
		{ "a header longer than the file", 40,
		  "DTiJ\1\0\0\0\x29\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
		{ "a header of 4 GiB", 40,
		  "DTiJ\1\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" },
		{ "text", 44, "Once upon a time there was a dump of a text." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		struct jitdump d;
		char path[32];
		int fd = memory_file(rows[i].bytes, rows[i].len, path);

		check(!jitdump_parse((const uint8_t *)rows[i].bytes, rows[i].len, &d, &err) &&
			      err.what[0],
		      rows[i].label);
		check(!jitdump_read(path, &d, &err), rows[i].label);
		close(fd);
	}
}

/* In KiB. */
static uint64_t most_memory(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss : 0;
}

/* However large the file says it is: it must be a dump first. */
static void what_is_no_dump_is_not_read(void)
{
	char path[] = "/tmp/perfolio-jitdump-XXXXXX";
	uint64_t before = most_memory();
	int fd = mkstemp(path);
	struct jitdump d;
	struct error err;

	check(fd >= 0 && ftruncate(fd, (off_t)1 << 36) == 0, "a file of 64 GiB");
	check(!jitdump_read(path, &d, &err) && err.kind == ERR_FORMAT, "it is refused");
	check(most_memory() - before < 64 * 1024, "without being in memory");
	close(fd);
	unlink(path);
}

static void a_dump_is_read_from_its_file(void)
{
	struct jit_image j;
	struct error err = { 0 };
	struct jitdump d;
	char path[32];
	int fd;

	jit_begin(&j, false, PID);
	jit_load(&j, 2, 0x1000, 16, 1, "f");
	fd = memory_file(j.bytes, j.len, path);
	jit_free(&j);
	check(jitdump_read(path, &d, &err), "a file");
	check_text(codes_of(&d), "f@1000+16/2", "is parsed");
	jitdump_free(&d);
	close(fd);
	check(!jitdump_read("/nonexistent", &d, &err) && err.kind == ERR_IO, "no such file");
	check(!jitdump_read("/", &d, &err), "a folder");
}

/* ---- damaged ---- */

/* A record with claims that cannot be true stands between two good ones. */
struct damage {
	const char *label;
	uint32_t id, size;
	uint64_t fields[4]; /* behind pid and tid (in a DEBUG_INFO: the address) */
	const char *tail;
	size_t tail_len;
};

static const struct damage damages[] = {
	{ "no size", JIT_CODE_LOAD, 0, { 0 }, "", 0 },
	{ "smaller than its header", JIT_CODE_CLOSE, 15, { 0 }, "", 0 },
	{ "larger than the file", JIT_CODE_LOAD, UINT32_MAX, { 0 }, "", 0 },
	{ "of an impossible kind", 0x41414141, 40, { 0 }, "", 0 },
	{ "cut inside its fields", JIT_CODE_LOAD, 40, { 0 }, "", 0 },
	{ "code larger than it", JIT_CODE_LOAD, 66, { 1, 1, 11, 1 }, "f\0\0", 2 },
	{ "code of 2^64 bytes", JIT_CODE_LOAD, 66, { 1, 1, UINT64_MAX, 1 }, "f\0\0", 2 },
	{ "a name without an end", JIT_CODE_LOAD, 64, { 1, 1, 1, 1 }, "nameless", 8 },
	{ "move cut inside its fields", JIT_CODE_MOVE, 60, { 0 }, "", 0 },
	{ "lines without end", JIT_CODE_DEBUG_INFO, 56, { UINT64_MAX }, "", 0 },
	{ "more lines than bytes", JIT_CODE_DEBUG_INFO, 56, { 3 }, "", 0 },
};

static void damage_is_stepped_over_and_told(void)
{
	for (size_t i = 0; i < 2 * sizeof(damages) / sizeof(damages[0]); i++) {
		const struct damage *damage = &damages[i / 2];
		struct jit_image j;
		struct jitdump d;
		size_t at, next;

		jit_begin(&j, i % 2, PID);
		jit_load(&j, 1, 0x1000, 16, 1, "before");
		at = j.len;
		jit_header(&j, damage->id, damage->size, 2);
		jit_u32(&j, PID);
		jit_u32(&j, PID);
		for (size_t k = 0; k < 4; k++)
			jit_u64(&j, damage->fields[k]);
		jit_bytes(&j, damage->tail, damage->tail_len);
		next = j.len;
		jit_load(&j, 3, 0x2000, 16, 2, "behind");
		jit_load(&j, 4, 0x3000, 16, 3, "last");
		check_in(damage->label);
		if (!parse(&j, &d))
			continue;
		check_text(codes_of(&d), "before@1000+16/1 behind@2000+16/3 last@3000+16/4",
			   "both sides are read");
		check(d.damaged == 1 && d.damaged_at == at && !d.cut, "where");
		check_u64(d.skipped, next - at, "bytes");
		jitdump_free(&d);
	}
	check_in(NULL);
}

/* What a fork leaves: a buffer's end that is cut inside a record, then the same records whole. */
static void a_record_that_is_cut_does_not_hide_those_behind_it(void)
{
	size_t record;
	struct jit_image whole;

	jit_begin(&whole, false, PID);
	jit_load(&whole, 5, 0x5000, 300, 5, "py::cut:/app/a.py");
	record = whole.len - JIT_FILE_HEADER;
	for (size_t keep = 1; keep < record; keep++) {
		struct jit_image j;
		struct jitdump d;
		char label[40];
		size_t behind;

		jit_begin(&j, false, PID);
		jit_load(&j, 1, 0x1000, 16, 1, "before");
		jit_bytes(&j, whole.bytes + JIT_FILE_HEADER, keep);
		behind = j.len;
		jit_load(&j, 2, 0x2000, 16, 2, "a");
		behind = j.len - behind;
		jit_load(&j, 3, 0x3000, 16, 3, "b");
		jit_load(&j, 4, 0x4000, 300, 4, "c");
		jit_bytes(&j, whole.bytes + JIT_FILE_HEADER, record);
		snprintf(label, sizeof(label), "cut after %zu bytes", keep);
		if (!parse(&j, &d))
			continue;
		if ((record - keep) % behind ==
		    0) { /* by chance it ends where another one begins */
			jitdump_free(&d);
			continue;
		}
		check_text(codes_of(&d),
			   "before@1000+16/1 a@2000+16/2 b@3000+16/3 c@4000+300/4 "
			   "py::cut:/app/a.py@5000+300/5",
			   label);
		check(d.damaged == 1 && d.skipped == keep && !d.cut, label);
		jitdump_free(&d);
	}
	jit_free(&whole);
}

/* The header of what is no record must not lead over good ones. */
static void a_false_record_does_not_hide_those_behind_it(void)
{
	static const uint32_t kinds[] = { JIT_CODE_CLOSE, JIT_CODE_UNWINDING_INFO, 5, 8 };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct jit_image j;

		jit_begin(&j, false, PID);
		jit_header(&j, kinds[i], 200, 1);
		jit_load(&j, 2, 0x2000, 100, 2, "a");
		jit_load(&j, 3, 0x3000, 100, 3, "b");
		check_codes(&j, "a@2000+100/2 b@3000+100/3", false, "it claims to be larger");
	}
}

static void any_byte_may_be_wrong(void)
{
	size_t ends[CUT_RECORDS + 1];
	struct jit_image j;

	write_small(&j, false, ends);
	for (size_t at = 0; at < j.len; at++) {
		uint8_t before = j.bytes[at];
		struct error err = { 0 };
		struct jitdump d;

		j.bytes[at] = (uint8_t)~before;
		if (jitdump_parse(j.bytes, j.len, &d, &err))
			check(at < JIT_FILE_HEADER || d.n + 1 >= CUT_LOADS,
			      "one record is lost at most");
		jitdump_free(&d);
		j.bytes[at] = before;
	}
	jit_free(&j);
}

/* Their number is the file's: finding what moved must not take the square of it. */
static void many_moves_take_no_time(void)
{
	enum { MANY = 200000 };
	struct jit_image j;
	struct jitdump d;

	jit_begin(&j, false, PID);
	for (uint64_t i = 0; i < MANY; i++)
		jit_load(&j, 1, i << 12, 1, 1, "f");
	for (uint64_t i = 0; i < MANY; i++)
		jit_move(&j, 2, UINT64_MAX, i << 12, 1, 1);
	if (!parse(&j, &d))
		return;
	check_u64(d.n, MANY, "nothing moved");
	jitdump_free(&d);
}

int main(void)
{
	records_begin_anywhere_in_either_byte_order();
	code_that_moves_keeps_its_name_and_lines();
	rules_belong_to_the_code_that_follows_them();
	lines_belong_to_the_code_that_follows_them();
	records_of_new_kinds_are_stepped_over();
	a_longer_header_is_skipped();
	a_cut_dump_is_read_to_its_last_whole_record();
	what_is_no_dump_is_refused();
	what_is_no_dump_is_not_read();
	a_dump_is_read_from_its_file();
	damage_is_stepped_over_and_told();
	a_record_that_is_cut_does_not_hide_those_behind_it();
	a_false_record_does_not_hide_those_behind_it();
	any_byte_may_be_wrong();
	many_moves_take_no_time();
	return check_done("jitdump");
}
