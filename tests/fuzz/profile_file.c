/*
 * tests/fuzz/profile_file.c - any bytes as a profile file: what comes out can be shown, merged and written again.
 *
 * Checksums would stop nearly every changed file, so bytes that do not begin as a profile file are taken for what the
 * sections hold, and packed here: tag[4], size (4 bytes, little-endian) and bytes of each.
 */
#include "report/profile_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "parser/sections.h"
#include "report/folio_view.h"
#include "report/memory_tables.h"
#include "report/merge.h"
#include "tests/make_folio.h"
#include "tests/opened.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t *packed(const uint8_t *data, size_t size, size_t *len)
{
	struct sections_writer *w = sections_writer_new(PROFILE_FILE_MAJOR, PROFILE_FILE_MINOR);
	struct cursor c = { .base = data, .len = size };

	while (cursor_left(&c) >= 8) {
		const uint8_t *tag = cursor_bytes(&c, SECTION_TAG_BYTES), *bytes;
		size_t n = cursor_u32(&c);

		n = n < cursor_left(&c) ? n : cursor_left(&c);
		bytes = cursor_bytes(&c, n);
		sections_writer_add(w, (const char *)tag, SECTION_NEEDED, bytes, n);
	}
	return sections_writer_finish(w, len);
}

static struct folio *read_bytes(const uint8_t *bytes, size_t len, struct texts *texts)
{
	char path[32];
	struct source s = { .fd = memory_file(bytes, len, path), .size = len };
	struct error err = { 0 };
	struct folio *f = profile_file_read(&s, PROFILE_FILE_ALL, texts, &err);

	must(f || *err.what);
	source_close(&s);
	return f;
}

static void show(const struct folio *f)
{
	for (int view = VIEW_PYTHON; view <= VIEW_MIXED; view++) {
		char *rows = folio_rows(f, (enum view)view, view != VIEW_PYTHON, false);
		char *same = folio_rows(f, (enum view)view, view != VIEW_PYTHON, true);

		must(strcmp(rows, same) == 0);
		free(rows);
		free(same);
	}
}

/* Every access is counted, if there is a function for it; nodes are dealt out to all of them. */
static void count_accesses(const struct folio *f)
{
	size_t n = f->tree->n_nodes, functions = f->functions.n;
	uint32_t *of_node = mem_calloc(n, sizeof(*of_node));
	struct memory_homes homes = {
		.functions = of_node,
		.n_nodes = n,
		.names = f->functions.items,
		.n_names = functions,
	};
	struct memory_options options = { .event = -1 };

	for (size_t i = 0; i < n; i++)
		of_node[i] = functions ? (uint32_t)(i % functions) : MEMORY_NONE;
	if (f->memory)
		memory_tables_free(memory_tables_new(f->memory, &homes, &options));
	free(of_node);
}

/* What is written of it is read again and written the same. */
static void check_round(const struct folio *f)
{
	struct texts *texts = texts_new();
	size_t len, again_len;
	uint8_t *bytes = profile_file_write(f, &len), *again;
	struct folio *g = read_bytes(bytes, len, texts);

	must(g != NULL);
	again = profile_file_write(g, &again_len);
	must(again_len == len && memcmp(again, bytes, len) == 0);
	free(bytes);
	free(again);
	folio_free(g);
	texts_free(texts);
}

static void check_merge(const struct folio *f)
{
	struct texts *texts = texts_new();
	struct folio *sum = folio_new(texts, f->keys & ROOT_BIT(ROOT_COMM));
	struct diag *diag = diag_new();

	merge_folio(sum, f, NULL);
	merge_folio(sum, f, NULL);
	folio_tell(sum, true, diag);
	check_round(sum);
	diag_free(diag);
	folio_free(sum);
	texts_free(texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct texts *texts = texts_new();
	bool whole = size >= SECTIONS_MAGIC_BYTES && is_sections_magic(data);
	size_t len = size;
	uint8_t *own = whole ? NULL : packed(data, size, &len);
	struct folio *f = read_bytes(own ? own : data, len, texts);

	if (f) {
		show(f);
		count_accesses(f);
		check_round(f);
		check_merge(f);
	}
	folio_free(f);
	free(own);
	texts_free(texts);
	return 0;
}
