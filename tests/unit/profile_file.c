/*
 * tests/unit/profile_file.c - profile files: what is written is read, and what is damaged is told
 * (report/profile_file.h, parser/sections.h).
 */
#include "report/profile_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/buffer.h"
#include "parser/base/memory.h"
#include "parser/base/spool.h"
#include "parser/sections.h"
#include "report/merge.h"
#include "report/profile_file_memory.h"
#include "tests/check.h"
#include "tests/make_folio.h"

enum { WITH_POSITIONS = 13 }; /* a seed: positions are kept of that recording */

/* A profile file in a file of its own. */
struct file {
	struct source source;
	uint8_t *bytes;
	size_t len;
};

static void put(struct file *f, const uint8_t *bytes, size_t len)
{
	struct error err;

	*f = (struct file){ .source = { .fd = spool_open(&err), .size = len } };
	f->bytes = mem_calloc(len + 1, 1);
	memcpy(f->bytes, bytes, len);
	f->len = len;
	check(f->source.fd >= 0 && spool_write(f->source.fd, bytes, len), "a temporary file");
}

static void put_folio(struct file *f, const struct folio *folio)
{
	size_t len;
	uint8_t *bytes = profile_file_write(folio, &len);

	put(f, bytes, len);
	free(bytes);
}

static void done(struct file *f)
{
	source_close(&f->source);
	free(f->bytes);
}

/* Does the file give this folio again? Only what is written can be compared: so the bytes. */
static bool writes_as(const struct folio *folio, const struct file *want)
{
	size_t len;
	uint8_t *bytes = profile_file_write(folio, &len);
	bool same = len == want->len && memcmp(bytes, want->bytes, len) == 0;

	free(bytes);
	return same;
}

static void what_is_written_is_read(void)
{
	static const struct {
		unsigned seed, keys;
		size_t stacks;
		const char *label;
	} rows[] = {
		{ 1, ALL_KEYS, 100, "everything kept" },
		{ 2, 0, 100, "nothing kept" },
		{ 3, ROOT_BIT(ROOT_THREAD), 1, "one stack" },
		{ 4, ALL_KEYS, 0, "no samples" },
		{ 5, ROOT_BIT(ROOT_COMM) | ROOT_BIT(ROOT_CPU), 2000, "many stacks" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct texts *texts = texts_new(), *others = texts_new();
		struct folio *f = make_folio(texts, rows[i].seed, rows[i].keys, rows[i].stacks), *g;
		struct error err;
		struct file file;

		check_in(rows[i].label);
		put_folio(&file, f);
		g = profile_file_read(&file.source, PROFILE_FILE_ALL, others, &err);
		check(g != NULL, "it is read");
		if (g) {
			char *want = folio_rows(f, VIEW_MIXED, true, false),
			     *is = folio_rows(g, VIEW_MIXED, true, false);

			check(writes_as(g, &file), "and written the same");
			check_text(is, want, "what it comes to");
			check_u64(g->keys, rows[i].keys, "keys");
			free(want);
			free(is);
		}
		folio_free(g);
		folio_free(f);
		done(&file);
		texts_free(texts);
		texts_free(others);
	}
	check_in(NULL);
}

/* A folio without its positions, by way of a file that is read so. */
static struct folio *without_positions(const struct folio *f, struct texts *texts)
{
	struct folio *g = folio_new(texts, f->keys), *loose;
	struct error err;
	struct file file;

	put_folio(&file, f);
	loose = profile_file_read(&file.source, PROFILE_FILE_MEMORY, texts, &err);
	check(loose != NULL, "it is read");
	if (loose)
		merge_folio(g, loose, NULL);
	folio_free(loose);
	done(&file);
	return g;
}

static void check_same_rows(const struct folio *f, const struct folio *g)
{
	for (int view = VIEW_PYTHON; view <= VIEW_MIXED; view++) {
		char *want = folio_rows(f, (enum view)view, true, true),
		     *is = folio_rows(g, (enum view)view, true, true);

		check_text(is, want, "what it comes to");
		free(want);
		free(is);
	}
}

static void positions_are_read_only_if_they_are_wanted(void)
{
	unsigned kept = 0;

	for (unsigned seed = 1; seed < 9; seed++) {
		struct texts *texts = texts_new();
		struct folio *f = make_folio(texts, seed, ALL_KEYS, 300);
		struct folio *g = without_positions(f, texts);
		struct file small, whole;

		put_folio(&small, g);
		put_folio(&whole, f);
		check_same_rows(f, g);
		check_u64(g->positions.n_pieces, 0, "no code");
		check(!g->sources[0].positions, "which it says");
		if (f->sources[0].positions) {
			check(f->positions.n_pieces > 5, "the whole has some");
			check(g->tree->n_nodes <= f->tree->n_nodes, "and no fewer nodes");
			check(small.len < whole.len, "and more bytes");
			kept++;
		} else {
			check(writes_as(g, &whole), "without any there is no difference");
		}
		folio_free(f);
		folio_free(g);
		done(&small);
		done(&whole);
		texts_free(texts);
	}
	check(kept > 2 && kept < 8, "both kinds");
}

static void an_empty_folio_is_a_file(void)
{
	struct texts *texts = texts_new();
	struct folio *f = folio_new(texts, 0), *g;
	struct error err;
	struct file file;

	put_folio(&file, f);
	g = profile_file_read(&file.source, PROFILE_FILE_ALL, texts, &err);
	check(g && writes_as(g, &file), "an empty one");
	folio_free(f);
	folio_free(g);
	done(&file);
	texts_free(texts);
}

static void numbers_of_any_size_come_back(void)
{
	static const uint64_t numbers[] = {
		0, 1, 127, 128, 1000, 999999, (uint64_t)1 << 32, (uint64_t)1 << 63, UINT64_MAX
	};
	enum { N = sizeof(numbers) / sizeof(numbers[0]) };
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 6, 0, 0), *g;
	struct sampled_task none = task_kept(&(struct sampled_task){ .pid = 0 }, 0, texts);
	struct task_time never = { .has_time = false };
	uint32_t node = calltree_child(f->tree, 0,
				       folio_location(f, true, folio_add_task(f, &none, &never)));
	uint32_t frames[1] = { 0 };
	struct function function = { .kind = KIND_NATIVE, .name = texts_add_z(texts, "f") };
	struct error err;
	struct file file;

	function.symbol = function.module = function.file = function.object =
		texts_add_z(texts, "");
	frames[0] = folio_add_function(f, &function);
	for (size_t i = 0; i < N; i++) {
		uint32_t list = frame_lists_add(&f->lists, frames[0], frames, 1);
		struct cost cost = { numbers[i], numbers[N - 1 - i] };

		node = calltree_child(
			f->tree, node,
			folio_location(f, false, positions_add_list(&f->positions, list, texts)));
		costs_add(&f->tree->costs, calltree_row(f->tree, node), 0, &cost);
	}
	put_folio(&file, f);
	g = profile_file_read(&file.source, PROFILE_FILE_ALL, texts, &err);
	check(g != NULL, "it is read");
	for (size_t i = 0; g && i < N; i++) {
		const struct cost *c = costs_at(&g->tree->costs, g->tree->nodes[i + 2].cost, 0);

		check_u64(c->samples, numbers[i], "samples");
		check_u64(c->weight, numbers[N - 1 - i], "weight");
	}
	folio_free(f);
	folio_free(g);
	done(&file);
	texts_free(texts);
}

/* ---- damage ---- */

/* Refused, with a place in the file? */
static void check_refused(const struct source *s, const char *row)
{
	struct texts *texts = texts_new();
	struct error err = { 0 };
	struct folio *f = profile_file_read(s, PROFILE_FILE_ALL, texts, &err);

	check(!f && err.kind == ERR_FORMAT && err.has_offset && err.offset <= s->size && *err.what,
	      row);
	folio_free(f);
	texts_free(texts);
}

static void each_prefix_is_told_with_its_place(void)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, WITH_POSITIONS, ALL_KEYS, 40);
	char row[40];
	struct file file;

	put_folio(&file, f);
	for (size_t len = file.len; len-- > 0;) {
		if (ftruncate(file.source.fd, (off_t)len) != 0)
			break;
		file.source.size = len;
		snprintf(row, sizeof(row), "%zu bytes of %zu", len, file.len);
		check_refused(&file.source, row);
	}
	folio_free(f);
	done(&file);
	texts_free(texts);
}

/* A changed byte is told, or (in zstd's own frames) it changes nothing. */
static void no_changed_byte_goes_unnoticed(void)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, WITH_POSITIONS, ALL_KEYS, 30);
	struct file file;
	size_t unnoticed = 0;

	put_folio(&file, f);
	for (size_t at = 0; at < file.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t byte = file.bytes[at] ^ (uint8_t)(1u << bit);
			struct error err = { 0 };
			struct folio *g;

			if (pwrite(file.source.fd, &byte, 1, (off_t)at) != 1)
				break;
			g = profile_file_read(&file.source, PROFILE_FILE_ALL, texts, &err);
			unnoticed += g && !writes_as(g, &file);
			folio_free(g);
		}
		if (pwrite(file.source.fd, &file.bytes[at], 1, (off_t)at) != 1)
			break;
	}
	check_u64(unnoticed, 0, "changed bits that changed the profile");
	folio_free(f);
	done(&file);
	texts_free(texts);
}

static void what_follows_behind_the_end_is_told(void)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 11, 0, 5);
	struct file file;

	put_folio(&file, f);
	file.source.size++;
	check(pwrite(file.source.fd, "x", 1, (off_t)file.len) == 1, "one byte more");
	check_refused(&file.source, "is refused");
	folio_free(f);
	done(&file);
	texts_free(texts);
}

/* ---- other versions ---- */

/* The file's sections in a container of another version, with one more section in front. */
static void put_version(struct file *out, const struct file *in, uint16_t major, uint16_t minor,
			uint32_t flags)
{
	struct sections_writer *w = sections_writer_new(major, minor);
	struct sections s;
	struct error err;
	size_t len;
	uint8_t *bytes;

	sections_writer_add(w, "NEWS", flags, "news", 4);
	check(sections_read(&in->source, &s, &err), "the container is read");
	for (size_t i = 0; i < s.n; i++) {
		uint8_t *section = section_unpack(&in->source, &s.items[i], &err);

		sections_writer_add(w, s.items[i].tag, s.items[i].flags, section, s.items[i].size);
		free(section);
	}
	sections_done(&s);
	bytes = sections_writer_finish(w, &len);
	put(out, bytes, len);
	free(bytes);
}

static void newer_versions_are_read_as_far_as_they_allow(void)
{
	static const struct {
		uint16_t major, minor;
		uint32_t flags;
		bool read;
		const char *says, *label;
	} rows[] = {
		{ 1, 1, 0, true, "", "an unknown section" },
		{ 1, 7, 0, true, "", "a newer minor version" },
		{ 1, 7, SECTION_NEEDED, false, "section NEWS is needed",
		  "a section that is needed" },
		{ 2, 0, 0, false, "has version 2.0, this perfolio reads 1",
		  "another major version" },
		{ 0, 9, 0, false, "has version 0.9", "an older one" },
	};
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 12, ALL_KEYS, 20);
	struct file file;

	put_folio(&file, f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		struct file newer;
		struct folio *g;

		put_version(&newer, &file, rows[i].major, rows[i].minor, rows[i].flags);
		g = profile_file_read(&newer.source, PROFILE_FILE_ALL, texts, &err);
		check((g != NULL) == rows[i].read && (!g || writes_as(g, &file)), rows[i].label);
		check(strstr(err.what, rows[i].says) != NULL, rows[i].says);
		folio_free(g);
		done(&newer);
	}
	folio_free(f);
	done(&file);
	texts_free(texts);
}

static void files_of_the_first_version_have_no_commands(void)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, 12, ALL_KEYS, 20), *g;
	struct file file, first;
	struct error err = { 0 };
	size_t had = 0, has = 0;

	put_folio(&file, f);
	put_version(&first, &file, 1, 0, 0);
	g = profile_file_read(&first.source, PROFILE_FILE_ALL, texts, &err);
	check(g != NULL, "is read");
	for (size_t i = 0; g && i < g->n_sources; i++) {
		had += *f->sources[i].command != '\0';
		has += *g->sources[i].command != '\0';
	}
	check(had > has && !has, "commands");
	folio_free(g);
	folio_free(f);
	done(&first);
	done(&file);
	texts_free(texts);
}

/* ---- sections that do not fit together ---- */

/* The file with one section replaced. */
static void check_section(const struct file *in, const char *tag, const void *bytes, size_t len,
			  const char *row)
{
	struct sections_writer *w = sections_writer_new(1, 0);
	struct sections s;
	struct error err;
	struct file out;
	size_t n;
	uint8_t *whole;

	if (!sections_read(&in->source, &s, &err))
		return;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t *section = section_unpack(&in->source, &s.items[i], &err);
		bool replaced = strcmp(s.items[i].tag, tag) == 0;

		if (!replaced || bytes)
			sections_writer_add(w, s.items[i].tag, s.items[i].flags,
					    replaced ? bytes : section,
					    replaced ? len : s.items[i].size);
		free(section);
	}
	sections_done(&s);
	whole = sections_writer_finish(w, &n);
	put(&out, whole, n);
	check_refused(&out.source, row);
	free(whole);
	done(&out);
}

/* What the refused ones below differ from in one number each. */
static void one_access_is_read(void)
{
	static const char bytes[] = "\1\0\0\0\1\0\1\0\0\1\0\0\1\0\0\0\0\0\1\0\0\0\0\0\x3f\0\0\0";
	const char *texts[] = { "" };
	uint32_t nodes[] = { 0 };
	struct memory_reading r = { texts, 1, 1, nodes, 1 };
	/* behind the list of texts */
	struct cursor c = { .base = (const uint8_t *)bytes + 2, .len = sizeof(bytes) - 2 };
	struct memory_log log = { 0 };

	memory_section_read(&c, &r, &log);
	check(!c.overrun && c.pos == c.len, "all of it is read");
	check_u64(log.n_accesses, 1, "an access");
	memory_log_done(&log);
}

static void numbers_that_do_not_fit_are_refused(void)
{
	static const struct {
		const char *tag, *bytes;
		size_t len;
		const char *label;
	} rows[] = {
		{ "TEXT", NULL, 0, "no texts" },
		{ "TREE", NULL, 0, "no tree" },
		{ "TEXT", "\xff\xff\xff\xff\x0f", 5, "four thousand million texts" },
		{ "TEXT", "\1\5abc", 5, "a text that ends behind the section" },
		{ "SRCE", "\1", 1, "a recording without fields" },
		{ "FUNC", "\1\7\0\0\0\0\0\0\0", 9, "a function of no kind" },
		{ "FUNC", "\2\1\0\1\0\0\0\0\0\1\0\1\0\0\0\0\0", 17, "a function twice" },
		{ "FUNC", "\1\1\0\xff\xff\3\0\0\0\0\0", 11, "a name that is no text" },
		{ "LIST", "\1\2\0\xff\x7f", 5, "a list of a function that is not there" },
		{ "LIST", "\1\1\0", 3, "a list without functions" },
		{ "TREE", "\1\1\0", 3, "a node above the root" },
		{ "TREE", "\1\0\xff\x7f", 4, "a node of no task" },
		{ "TREE", "\2\0\1\0\0", 5, "a node twice" },
		{ "TREE", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\0", 11, "nodes without end" },
		{ "TREE", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\2\0", 11, "more than 64 bits" },
		{ "FILE", "\2\1\1", 3, "files out of order" },
		{ "POSN", "\1\xff\x7f", 3, "a position of a list that is not there" },
		{ "POSN", "\xff\xff\xff\xff\x0f", 5, "four thousand million positions" },
		{ "CODE", NULL, 0, "positions without what they are" },
		{ "CODE", "\0\0", 2, "... nor any column of it" },
		{ "CODE", "\1\4\0\0\0\0\0\0\0\0", 10, "code of no kind" },
		{ "CODE", "\1\0\0\0\0\0\0\x80\x80\4\0\0", 12, "a machine of more than 16 bits" },
		{ "CODE", "\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19, "code twice" },
		{ "CODE", "\0\2\1\0\1\0\1\0\1\0", 10, "lines twice" },
		{ "CODE", "\0\1\0\0\0", 5, "lines of no frame" },
		{ "COST", "\0\0\0\0", 4, "costs of too few nodes" },
		{ "TASK", "\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, "a task twice" },
		{ "EVNT", "\x7f", 1, "events without bytes" },
		{ "MEMO", "\1\0\0\0\x7f", 5, "accesses: recordings without bytes" },
		{ "MEMO", "\1\0\0\0\1\1\0\0\0\0\0", 11, "accesses: a name that is no text" },
		{ "MEMO", "\1\0\0\0\0\1\x7f\0\0\0\0\0", 12, "accesses: a source of no event" },
		{ "MEMO", "\1\0\0\0\0\0\1\x12\0\0\0\0", 12, "accesses: an object of no kind" },
		{ "MEMO", "\1\0\0\0\0\0\0\1\0\0\0\0\0\0", 14,
		  "accesses: a thread of no recording" },
		{ "MEMO", "\1\0\0\0\1\0\0\1\0\0\0\1\0\0\0\5\0\0\0\0", 20,
		  "accesses: a page smaller than a line" },
		{ "MEMO", "\1\0\0\0\1\0\1\0\0\1\0\0\1\0\0\0\0\0\1\xff\x7f\0\0\0\0\0\0\0\0\0", 30,
		  "accesses: a node that is not there" },
		{ "MEMO", "\1\0\0\0\1\0\1\0\0\1\0\0\1\0\0\0\0\0\1\0\0\0\0\1\0\0\0\0\0", 29,
		  "accesses: a line that is not there" },
		{ "MEMO", "\1\0\0\0\1\0\1\0\0\1\0\0\1\0\0\0\0\0\1\0\0\0\0\0\x40\0\0\0\0", 29,
		  "accesses: a byte behind the line" },
	};
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, WITH_POSITIONS, ALL_KEYS, 20);
	struct file file;

	check(f->sources[0].positions, "it has positions");
	put_folio(&file, f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_section(&file, rows[i].tag, rows[i].bytes, rows[i].len, rows[i].label);
	folio_free(f);
	done(&file);
	texts_free(texts);
}

/* Schemas of reports have no others, and no view could say what they count. */
static void only_units_of_recordings_are_taken(void)
{
	static const struct {
		const char *unit;
		bool ok;
	} rows[] = {
		{ "ns", true }, { "count", true },   { "samples", true }, { "", false },
		{ "n", false }, { "counts", false }, { "Count", false },  { "\033[1m", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct texts *texts = texts_new();
		struct folio *f = make_folio(texts, 1, 0, 20), *g;
		struct error err;
		struct file file;

		f->events[f->n_events - 1].unit = texts_add_z(texts, rows[i].unit);
		put_folio(&file, f);
		if (rows[i].ok) {
			g = profile_file_read(&file.source, PROFILE_FILE_ALL, texts, &err);
			check(g && writes_as(g, &file), "a unit of recordings");
			folio_free(g);
		} else {
			check_refused(&file.source, "another unit");
		}
		folio_free(f);
		done(&file);
		texts_free(texts);
	}
}

/* A folio with one more position. */
static void check_position(const struct code_piece *piece, struct position p, bool with_lines,
			   bool ok, const char *row)
{
	struct texts *texts = texts_new();
	struct folio *f = make_folio(texts, WITH_POSITIONS, 0, 20), *g;
	struct source_place places[5];
	struct error err;
	struct file file;

	for (size_t i = 0; i < 5; i++)
		places[i] = (struct source_place){ texts_add_z(texts, "x.c"), 7, 0 };
	p.piece = piece ? positions_add_piece(&f->positions, piece) : NO_PIECE;
	p.lines = with_lines ? positions_add_lines(&f->positions, places, 5) : NO_LINES;
	p.opcode_name = texts_add_z(texts, "");
	positions_add(&f->positions, &p);
	put_folio(&file, f);
	if (ok) {
		g = profile_file_read(&file.source, PROFILE_FILE_ALL, texts, &err);
		check(g && g->positions.n == f->positions.n, row);
		folio_free(g);
	} else {
		check_refused(&file.source, row);
	}
	folio_free(f);
	done(&file);
	texts_free(texts);
}

static void positions_say_no_more_than_there_is(void)
{
	struct texts *texts = texts_new();
	const char *nothing = texts_add_z(texts, "");
	const struct code_piece good = { .object = nothing,
					 .build_id = nothing,
					 .symbol = nothing,
					 .path = nothing,
					 .start = 5,
					 .end = 7 };
	struct code_piece turned = good;
	struct position p = { .address = 5, .opcode = OPCODE_NO_LOOP };

	struct position below = { .address = 4, .opcode = OPCODE_NO_LOOP };
	struct position behind = { .address = 7, .opcode = OPCODE_NO_LOOP };

	turned.end = 4;
	check_position(&good, p, false, true, "one that is well");
	check_position(NULL, p, false, false, "an address without code");
	check_position(&good, p, true, false, "more lines than frames");
	check_position(&good, below, false, false, "an address before its symbol");
	check_position(&good, behind, false, false, "an address behind its symbol");
	check_position(&turned, p, false, false, "code that ends before it begins");
	texts_free(texts);
}

/* ---- the container ---- */

static void what_packs_too_well_is_filled_up(void)
{
	enum { LARGE = 1 << 22 };
	struct sections_writer *w = sections_writer_new(1, 0);
	uint8_t *zeroes = mem_calloc(LARGE, 1), *bytes, *back = NULL;
	struct sections s = { .n = 0 };
	struct error err;
	struct file file;
	size_t len;

	sections_writer_add(w, "ZERO", 0, zeroes, LARGE);
	bytes = sections_writer_finish(w, &len);
	check(len >= LARGE / 64 && len < LARGE / 32, "a sixty-fourth, no less");
	put(&file, bytes, len);
	check(sections_read(&file.source, &s, &err), "it is read");
	if (sections_find(&s, "ZERO"))
		back = section_unpack(&file.source, sections_find(&s, "ZERO"), &err);
	check(back && memcmp(back, zeroes, LARGE) == 0, "and the same");
	check(!sections_find(&s, "NONE"), "what is not there is not found");
	sections_done(&s);
	free(back);
	free(bytes);
	free(zeroes);
	done(&file);
}

int main(void)
{
	what_is_written_is_read();
	positions_are_read_only_if_they_are_wanted();
	an_empty_folio_is_a_file();
	numbers_of_any_size_come_back();
	each_prefix_is_told_with_its_place();
	no_changed_byte_goes_unnoticed();
	what_follows_behind_the_end_is_told();
	newer_versions_are_read_as_far_as_they_allow();
	files_of_the_first_version_have_no_commands();
	one_access_is_read();
	numbers_that_do_not_fit_are_refused();
	only_units_of_recordings_are_taken();
	positions_say_no_more_than_there_is();
	what_packs_too_well_is_filled_up();
	return check_done("profile_file");
}
