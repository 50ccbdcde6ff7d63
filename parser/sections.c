/*
 *   magic[8] | u16 major, minor | u32 sections | u32 table: stored, unpacked | table | section | section ...
 *
 * The table and each section are zstd frames with checksums.  The table repeats the header, so that every byte of the
 * file is checked.  Numbers are little-endian.
 */
#include "parser/sections.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "parser/base/buffer.h"
#include "parser/base/memory.h"

/* A byte no text has, the name, and a line's end that transfers as text would change. */
static const uint8_t magic[SECTIONS_MAGIC_BYTES] = { 0x89, 'P', 'F', 'O', 'L', 'I', 'O', '\n' };

enum {
	HEADER_BYTES = 24,
	ENTRY_BYTES = 24, /* tag[4] | u32 flags | u64 stored, unpacked */
	MOST_SECTIONS = 1000,
	SMALL = 64 << 10, /* bytes; such gain nothing by a higher level but half of the time */
	SMALL_LEVEL = 6,
	LEVEL = 9,
	/*
	 * A section is at most that many times as large unpacked, so that a small file cannot ask for much memory.
	 * What packs better is filled up with a skippable frame of zstd: a head of 8 bytes, and zeroes.
	 */
	MOST_RATIO = 64,
	FILL_HEAD = 8,
};

#define FILL_MAGIC UINT32_C(0x184d2a50)

bool is_sections_magic(const void *eight_bytes)
{
	return memcmp(eight_bytes, magic, sizeof(magic)) == 0;
}

/* ---- writing ---- */

struct sections_writer {
	uint16_t major, minor;
	uint32_t n;
	struct buffer table, body;
	ZSTD_CCtx *zstd;
};

static void out_of_memory(size_t bytes)
{
	free(mem_resize(NULL, bytes, 1)); /* ends the program as any other call would */
	abort();
}

struct sections_writer *sections_writer_new(uint16_t major, uint16_t minor)
{
	struct sections_writer *w = mem_calloc(1, sizeof(*w));

	w->major = major;
	w->minor = minor;
	w->zstd = ZSTD_createCCtx();
	if (!w->zstd)
		out_of_memory(SIZE_MAX / 2);
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
	return w;
}

/* Append a frame; returns its bytes, with what fills it up. */
static size_t pack(struct sections_writer *w, struct buffer *to, const void *bytes, size_t len)
{
	size_t bound = ZSTD_compressBound(len), before = to->n, fill;
	uint8_t *place = buffer_room(to, bound);
	size_t n;

	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, len < SMALL ? SMALL_LEVEL : LEVEL);
	n = ZSTD_compress2(w->zstd, place, bound, bytes, len);
	if (ZSTD_isError(n)) /* the room is enough: no other reason is left */
		out_of_memory(SIZE_MAX / 2);
	to->n = before + n;
	if (len / MOST_RATIO <= n)
		return n;
	fill = len / MOST_RATIO + 1 - n;
	buffer_u32(to, FILL_MAGIC);
	buffer_u32(to, (uint32_t)fill);
	memset(buffer_room(to, fill), 0, fill);
	return to->n - before;
}

void sections_writer_add(struct sections_writer *w, const char *tag, uint32_t flags,
			 const void *bytes, size_t len)
{
	size_t stored = pack(w, &w->body, bytes, len);

	buffer_put(&w->table, tag, SECTION_TAG_BYTES);
	buffer_u32(&w->table, flags);
	buffer_u64(&w->table, stored);
	buffer_u64(&w->table, len);
	w->n++;
}

static void put_header(struct buffer *b, const struct sections_writer *w)
{
	buffer_put(b, magic, sizeof(magic));
	buffer_u16(b, w->major);
	buffer_u16(b, w->minor);
	buffer_u32(b, w->n);
}

uint8_t *sections_writer_finish(struct sections_writer *w, size_t *len)
{
	struct buffer table = { .n = 0 }, packed = { .n = 0 }, file = { .n = 0 };

	put_header(&table, w);
	buffer_put(&table, w->table.data, w->table.n);
	pack(w, &packed, table.data, table.n);
	put_header(&file, w);
	buffer_u32(&file, (uint32_t)packed.n);
	buffer_u32(&file, (uint32_t)table.n);
	buffer_put(&file, packed.data, packed.n);
	buffer_put(&file, w->body.data, w->body.n);
	ZSTD_freeCCtx(w->zstd);
	buffer_done(&w->table);
	buffer_done(&w->body);
	buffer_done(&table);
	buffer_done(&packed);
	free(w);
	*len = file.n;
	return file.data;
}

/* ---- reading ---- */

/* Bytes [offset, offset + len) of the file, NUL behind them; NULL: it does not have them. */
static uint8_t *read_bytes(const struct source *s, uint64_t offset, size_t len, struct error *err)
{
	uint8_t *bytes = mem_calloc(len + 1, 1);
	size_t got;

	if (!source_read(s, offset, bytes, len, &got, err))
		goto failed;
	if (got == len)
		return bytes;
	fail_at(err, ERR_FORMAT, offset + got,
		"the file ends inside bytes 0x%" PRIx64 " to 0x%" PRIx64, offset, offset + len);
failed:
	free(bytes);
	return NULL;
}

static uint8_t *unpack(const struct source *s, const char *what, uint64_t offset, uint64_t stored,
		       uint64_t size, struct error *err)
{
	uint8_t *packed = read_bytes(s, offset, stored, err), *bytes;
	size_t n;

	if (!packed)
		return NULL;
	bytes = mem_calloc(size + 1, 1);
	n = ZSTD_decompress(bytes, size, packed, stored);
	free(packed);
	if (!ZSTD_isError(n) && n == size)
		return bytes;
	fail_at(err, ERR_FORMAT, offset, "%s is damaged: %s", what,
		ZSTD_isError(n) ? ZSTD_getErrorName(n) : "it is shorter than it says");
	free(bytes);
	return NULL;
}

/* May these be the sizes of something at this offset? */
static bool sizes_fit(const struct source *s, const char *what, uint64_t offset, uint64_t stored,
		      uint64_t size, struct error *err)
{
	if (offset > s->size || stored > s->size - offset)
		return fail_at(
			err, ERR_FORMAT, s->size,
			"the file is cut off: %s, %llu bytes from 0x%llx on, runs past its end",
			what, (unsigned long long)stored, (unsigned long long)offset);
	if (size / MOST_RATIO > stored || size > SIZE_MAX / 2)
		return fail_at(err, ERR_FORMAT, offset, "%s says that it is %llu bytes of %llu",
			       what, (unsigned long long)size, (unsigned long long)stored);
	return true;
}

/* The entries of the table, which lies at the cursor; the sections begin at `offset`. */
static bool read_entries(const struct source *s, struct cursor *c, uint64_t offset, uint32_t n,
			 struct sections *out, struct error *err)
{
	for (uint32_t i = 0; i < n; i++) {
		struct section *to = &out->items[i];
		const uint8_t *tag = cursor_bytes(c, SECTION_TAG_BYTES);

		*to = (struct section){ .offset = offset };
		for (int k = 0; k < SECTION_TAG_BYTES; k++) /* they are shown in messages */
			to->tag[k] = (char)(tag && tag[k] > ' ' && tag[k] < 0x7f ? tag[k] : '?');
		to->flags = cursor_u32(c);
		to->stored = cursor_u64(c);
		to->size = cursor_u64(c);
		if (!sizes_fit(s, to->tag, offset, to->stored, to->size, err))
			return false;
		offset += to->stored;
	}
	out->end = offset;
	return true;
}

bool sections_read(const struct source *s, struct sections *out, struct error *err)
{
	uint8_t *header = read_bytes(s, 0, HEADER_BYTES, err), *table = NULL;
	bool swap = htole16(1) != 1, ok = false;
	uint32_t n, stored, size;
	struct cursor c;

	*out = (struct sections){ .n = 0 };
	if (!header)
		return false;
	c = (struct cursor){ .base = header, .len = HEADER_BYTES, .swap = swap };
	cursor_skip(&c, sizeof(magic));
	out->major = cursor_u16(&c);
	out->minor = cursor_u16(&c);
	n = cursor_u32(&c);
	stored = cursor_u32(&c);
	size = cursor_u32(&c);
	if (!is_sections_magic(header)) {
		fail_at(err, ERR_FORMAT, 0, "this is no profile file of perfolio");
		goto done;
	}
	if (n > MOST_SECTIONS || size != (HEADER_BYTES - 8) + (uint64_t)n * ENTRY_BYTES) {
		fail_at(err, ERR_FORMAT, 12,
			"the header is damaged: %u sections, a table of %u bytes", (unsigned)n,
			(unsigned)size);
		goto done;
	}
	if (!sizes_fit(s, "the table of sections", HEADER_BYTES, stored, size, err))
		goto done;
	table = unpack(s, "the table of sections", HEADER_BYTES, stored, size, err);
	if (!table)
		goto done;
	if (memcmp(table, header, HEADER_BYTES - 8) != 0) {
		fail_at(err, ERR_FORMAT, 0,
			"the header is damaged: the table of sections has another");
		goto done;
	}
	c = (struct cursor){ .base = table, .len = size, .swap = swap };
	cursor_skip(&c, HEADER_BYTES - 8);
	out->items = mem_calloc(n, sizeof(*out->items));
	out->n = n;
	ok = read_entries(s, &c, HEADER_BYTES + (uint64_t)stored, n, out, err);
done:
	if (!ok)
		sections_done(out);
	free(header);
	free(table);
	return ok;
}

void sections_done(struct sections *s)
{
	free(s->items);
	s->items = NULL;
	s->n = 0;
}

const struct section *sections_find(const struct sections *s, const char *tag)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].tag, tag) == 0)
			return &s->items[i];
	return NULL;
}

uint8_t *section_unpack(const struct source *s, const struct section *section, struct error *err)
{
	return unpack(s, section->tag, section->offset, section->stored, section->size, err);
}
