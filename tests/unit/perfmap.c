/*
 * tests/unit/perfmap.c - the text table of a JIT compiler (parser/perfmap.h).
 */
#include "parser/perfmap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "tests/check.h"

static struct perfmap parsed(const char *text)
{
	struct perfmap m;

	perfmap_parse(text, strlen(text), &m);
	return m;
}

/* The map as text: "START-END NAME" per entry, joined by ", "; overwritten by the next call. */
static const char *shown(const struct perfmap *m)
{
	static char out[4096];
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < m->n && len < sizeof(out); i++) {
		const struct perfmap_entry *e = &m->entries[i];

		len += (size_t)snprintf(out + len, sizeof(out) - len,
					"%s%" PRIx64 "-%" PRIx64 " %s", i ? ", " : "", e->start,
					e->start + e->size, e->name);
	}
	return out;
}

static void a_line_is_a_start_a_size_and_a_name_to_its_end(void)
{
	static const struct {
		const char *label, *text, *want;
	} rows[] = {
		{ "Python", "7f00 10 py::f:/srv/a b.py\n", "7f00-7f10 py::f:/srv/a b.py" },
		{ "colons", "1 2 a::b:c: d\n", "1-3 a::b:c: d" },
		{ "0x", "0x1000 0x20 f\n", "1000-1020 f" },
		{ "upper case", "0XAB 0C f\n", "ab-b7 f" },
		{ "no line break at the end", "10 1 f\n20 1 g", "10-11 f, 20-21 g" },
		{ "CRLF", "10 1 f\r\n20 1 g\r\n", "10-11 f, 20-21 g" },
		{ "a CR inside stays", "10 1 f\rg\n", "10-11 f\rg" },
		{ "blanks before the size", "10 \t 1 f\n", "10-11 f" },
		{ "blanks around the name are the name's", "10 1  f \n", "10-11  f " },
		{ "one letter", "10 1 f", "10-11 f" },
		{ "not sorted", "20 1 g\n10 1 f\n", "10-11 f, 20-21 g" },
		{ "control bytes", "10 1 \033[31mf\177\n", "10-11 \033[31mf\177" },
		{ "the last bytes there are", "fffffffffffffff0 f f\n",
		  "fffffffffffffff0-ffffffffffffffff f" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct perfmap m = parsed(rows[i].text);

		check_text(shown(&m), rows[i].want, rows[i].label);
		check_u64(m.malformed, 0, rows[i].label);
		perfmap_free(&m);
	}
}

static void a_line_that_does_not_parse_is_counted_and_stepped_over(void)
{
	static const char *const rows[] = {
		"hello",
		"10",
		"10 ",
		"10 1",
		"10 1 ",
		"10 1   \t",
		" 10 1 f",
		"-10 1 f",
		"10 -1 f",
		"10 +1 f",
		"10,1,f",
		"10 1\rf",
		"0x 1 f",
		"g0 1 f",
		"10000000000000000 1 f",
		"10 10000000000000000 f",
		"ffffffffffffffff 1 f",
		"8000000000000000 8000000000000000 f",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];
		struct perfmap m;

		snprintf(text, sizeof(text), "a00 1 before\n%s\nb00 1 behind\n", rows[i]);
		m = parsed(text);
		check_u64(m.lines, 3, rows[i]);
		check_u64(m.malformed, 1, rows[i]);
		check(perfmap_find(&m, 0xa00) && perfmap_find(&m, 0xb00), rows[i]);
		perfmap_free(&m);
	}
}

static void blank_lines_are_no_lines(void)
{
	struct perfmap m = parsed("\n\n  \n\t\r\n10 1 f\n\r\n \n");

	check_u64(m.lines, 1, "lines");
	check_u64(m.malformed, 0, "malformed");
	check_u64(m.n, 1, "entries");
	perfmap_free(&m);
	m = parsed("");
	check(m.lines == 0 && m.malformed == 0 && m.n == 0, "an empty file");
	check(!perfmap_find(&m, 0), "which has no entry");
	perfmap_free(&m);
}

static void a_nul_ends_the_line(void)
{
	static const char text[] = "10 1 f\0g\n20 1 h\n\0\0\0\0\0030 1 i\n";
	struct perfmap m;

	perfmap_parse(text, sizeof(text) - 1, &m);
	check_text(shown(&m), "10-11 f, 20-21 h", "the entries before and behind");
	check_u64(m.lines, 4, "lines");
	check_u64(m.malformed, 2, "what stands behind a NUL");
	perfmap_free(&m);
}

static void a_line_may_be_as_long_as_the_file(void)
{
	static const char head[] = "10 1 ";
	size_t len = 5u << 20;
	char *text = mem_calloc(len + 1, 1);
	struct perfmap m;

	memset(text, 'x', len);
	for (size_t i = 0; head[i]; i++)
		text[i] = head[i];
	perfmap_parse(text, len, &m);
	check_u64(m.n, 1, "one entry");
	check_u64(m.n ? strlen(m.entries[0].name) : 0, len - strlen(head), "with its whole name");
	perfmap_free(&m);
	free(text);
}

static void the_last_line_wins_where_lines_overlap(void)
{
	static const struct {
		const char *label, *text, *want;
	} rows[] = {
		{ "the same range", "10 10 a\n10 10 b\n", "10-20 b" },
		{ "longer", "10 10 a\n10 20 b\n", "10-30 b" },
		{ "shorter, the rest stays", "10 10 a\n10 8 b\n", "10-18 b, 18-20 a" },
		{ "inside, both sides stay", "10 30 a\n20 10 b\n", "10-20 a, 20-30 b, 30-40 a" },
		{ "over the end", "10 10 a\n18 10 b\n", "10-18 a, 18-28 b" },
		{ "over the start", "18 10 a\n10 10 b\n", "10-20 b, 20-28 a" },
		{ "around", "18 8 a\n10 20 b\n", "10-30 b" },
		{ "over two", "10 10 a\n20 10 b\n18 10 c\n", "10-18 a, 18-28 c, 28-30 b" },
		{ "touching is not overlapping", "10 10 a\n20 10 b\n", "10-20 a, 20-30 b" },
		{ "what was covered does not come back", "10 10 a\n10 10 b\n18 8 c\n",
		  "10-18 b, 18-20 c" },
		{ "size 0 names nothing", "10 0 a\n", "" },
		{ "and cuts nothing", "10 10 a\n18 0 b\n", "10-20 a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct perfmap m = parsed(rows[i].text);

		check_text(shown(&m), rows[i].want, rows[i].label);
		check_u64(m.malformed, 0, rows[i].label);
		perfmap_free(&m);
	}
}

/* A small generator, so that every run tests the same. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % below;
}

enum { SPACE = 64 };

/* Does the map say of every byte which line, numbered from 1, wrote it last (0: none)? */
static bool agrees(const struct perfmap *m, const int *last)
{
	for (uint64_t addr = 0; addr < SPACE; addr++) {
		const struct perfmap_entry *e = perfmap_find(m, addr);

		if ((e ? strtol(e->name, NULL, 10) : 0) != last[addr])
			return false;
	}
	return true;
}

static bool is_sorted_and_disjoint(const struct perfmap *m)
{
	for (size_t i = 0; i + 1 < m->n; i++) {
		if (m->entries[i].size == 0 ||
		    m->entries[i].start + m->entries[i].size > m->entries[i + 1].start)
			return false;
	}
	return true;
}

static void any_lines_give_what_painting_byte_by_byte_gives(void)
{
	uint32_t state = 9;
	bool same = true, in_order = true;

	for (int round = 0; round < 2000; round++) {
		int last[2 * SPACE] = { 0 };
		char text[1024] = "";
		size_t len = 0;
		struct perfmap m;
		int n = 1 + (int)draw(&state, 20);

		for (int line = 1; line <= n; line++) {
			uint32_t start = draw(&state, SPACE), size = draw(&state, SPACE / 2);

			len += (size_t)snprintf(text + len, sizeof(text) - len, "%x %x %d\n", start,
						size, line);
			for (uint32_t addr = start; addr < start + size; addr++)
				last[addr] = line;
		}
		m = parsed(text);
		same = same && agrees(&m, last);
		in_order = in_order && is_sorted_and_disjoint(&m);
		perfmap_free(&m);
	}
	check(same, "each byte belongs to its last line");
	check(in_order, "entries are sorted and disjoint");
}

enum { MANY = 100000 };

/* Lines that all overlap: each inside the one before it, or each around it. */
static struct perfmap nested(bool inwards)
{
	char *text = mem_calloc(MANY, 40);
	size_t len = 0;
	struct perfmap m;

	for (unsigned i = 0; i < MANY; i++) {
		unsigned depth = inwards ? i : MANY - 1 - i;

		len += (size_t)snprintf(text + len, 40, "%x %x f%u\n", depth, 2 * (MANY - depth),
					i);
	}
	perfmap_parse(text, len, &m);
	free(text);
	return m;
}

static void many_overlapping_lines_take_no_time(void)
{
	struct perfmap m = nested(true);

	check_u64(m.n, 2 * MANY - 1, "nested inwards: all but the innermost in two parts");
	check_text(m.n ? m.entries[m.n - 1].name : "", "f0", "the outermost ends the map");
	perfmap_free(&m);
	m = nested(false);
	check_u64(m.n, 1, "nested outwards: only the last one is left");
	perfmap_free(&m);
}

static void find_answers_inside_entries_only(void)
{
	struct perfmap m = parsed("10 10 a\n30 10 b\n");

	check(!perfmap_find(&m, 0xf), "before the first");
	check(perfmap_find(&m, 0x10) == &m.entries[0], "its first byte");
	check(perfmap_find(&m, 0x1f) == &m.entries[0], "its last byte");
	check(!perfmap_find(&m, 0x20), "between two");
	check(perfmap_find(&m, 0x30) == &m.entries[1], "the second");
	check(!perfmap_find(&m, 0x40), "behind the last");
	check(!perfmap_find(&m, UINT64_MAX), "at the end of the address space");
	perfmap_free(&m);
}

static void a_file_is_read_whole_or_the_error_says_why(void)
{
	char path[] = "/tmp/perfolio-perfmap-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	struct perfmap m = { 0 };
	struct error err;

	check(f != NULL, "a temporary file");
	if (!f)
		return;
	for (unsigned i = 0; i < 20000; i++)
		fprintf(f, "%x 10 py::f%u:/srv/app/m.py\n", i * 16, i);
	fclose(f);
	check(perfmap_read(path, &m, &err), "it is read");
	check(m.n == 20000 && m.lines == 20000 && m.malformed == 0, "with all its lines");
	perfmap_free(&m);
	unlink(path);
	check(!perfmap_read(path, &m, &err) && err.kind == ERR_IO, "a file that is not there");
	check(strstr(err.what, "No such file") != NULL, "and why");
	check(!perfmap_read("/tmp", &m, &err) && err.kind == ERR_IO, "a directory");
	check(!m.entries && !m.text, "a failure leaves nothing behind");
}

int main(void)
{
	a_line_is_a_start_a_size_and_a_name_to_its_end();
	a_line_that_does_not_parse_is_counted_and_stepped_over();
	blank_lines_are_no_lines();
	a_nul_ends_the_line();
	a_line_may_be_as_long_as_the_file();
	the_last_line_wins_where_lines_overlap();
	any_lines_give_what_painting_byte_by_byte_gives();
	many_overlapping_lines_take_no_time();
	find_answers_inside_entries_only();
	a_file_is_read_whole_or_the_error_says_why();
	return check_done("perfmap");
}
