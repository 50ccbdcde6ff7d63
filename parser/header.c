#include "parser/header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/field.h"
#include "parser/locate.h"
#include "parser/source.h"

/* No feature that is decoded needs more; larger sections are not read. */
#define FEATURE_BYTES_MAX (UINT64_C(256) << 20)

static bool inside(const struct source *s, const struct file_section *section)
{
	return section->offset <= s->size && section->size <= s->size - section->offset;
}

uint8_t *section_read(const struct source *s, const struct file_section *section, struct error *err)
{
	uint8_t *bytes;
	size_t got;

	if (section->size > FEATURE_BYTES_MAX && inside(s, section)) {
		fail_at(err, ERR_LIMIT, section->offset,
			"a section of %" PRIu64 " bytes is larger than any that makes sense here",
			section->size);
		return NULL;
	}
	if (!inside(s, section)) {
		fail_at(err, ERR_FORMAT, section->offset,
			"a section of %" PRIu64 " bytes runs past the end of the file",
			section->size);
		return NULL;
	}
	bytes = mem_resize(NULL, (size_t)section->size, 1);
	if (!source_read(s, section->offset, bytes, (size_t)section->size, &got, err) ||
	    got < section->size) {
		fail_at(err, ERR_IO, section->offset, "the file became shorter while it was read");
		free(bytes);
		return NULL;
	}
	return bytes;
}

/*
 * The magic of today is a number and shows the byte order; the old one is a text, so
 * there the header's size tells: it is small in the right order.
 */
static bool read_magic(const uint8_t *head, size_t got, struct header_info *h, struct error *err)
{
	struct cursor c = { .base = head, .len = got, .pos = 8 };
	uint64_t size;

	if (got < HEADER_SIZE_PIPE)
		return fail_at(err, ERR_FORMAT, 0,
			       got ? "too short for a perf.data header (%zu bytes)"
				   : "the file is empty (%zu bytes)",
			       got);
	if (!is_perf_magic(head))
		return fail_at(err, ERR_FORMAT, 0,
			       "this is no perf.data file: it does not begin with PERFILE2");
	size = cursor_u64(&c);
	h->mode = MODE_FILE;
	h->swap = memcmp(head, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "PERFILE2" : "2ELIFREP",
			 8) == 0;
	if (memcmp(head, "PERFFILE", 8) == 0) {
		h->mode = MODE_LEGACY;
		h->swap = size > UINT32_MAX;
	}
	if (h->swap)
		size = __builtin_bswap64(size);
	h->size = size;
	if (size == HEADER_SIZE_PIPE)
		h->mode = MODE_PIPE;
	return true;
}

static struct file_section read_section(struct cursor *c)
{
	struct file_section s;

	s.offset = cursor_u64(c);
	s.size = cursor_u64(c);
	return s;
}

static void tell(struct header_info *h, struct diag *diag, enum problem_kind kind, const char *what,
		 const struct file_section *section)
{
	h->unfinished = true;
	diag_add(diag, kind, what,
		 "header: %s (byte 0x%" PRIx64 ", %" PRIu64 " bytes) runs past the end of the file",
		 what, section->offset, section->size);
}

/* An entry of the table is an attr and, as its last 16 bytes, the section of its ids. */
static bool read_attrs(const struct source *s, struct header_info *h, struct events *events,
		       struct diag *diag, struct error *err)
{
	uint8_t *table;
	/* Sections of ids do not overlap: false ones must not have us read the file for each event. */
	uint64_t n, ids_left = s->size;

	if (h->attrs.size == 0)
		return true;
	if (h->attr_size < ATTR_SIZE_MIN + 16 || h->attr_size > UINT16_MAX)
		return fail_at(err, ERR_FORMAT, 16,
			       "the header has an impossible attribute size: %" PRIu64,
			       h->attr_size);
	table = section_read(s, &h->attrs, err);
	if (!table)
		return false;
	n = h->attrs.size / h->attr_size;
	for (uint64_t i = 0; i < n; i++) {
		struct cursor c = { .base = table + i * h->attr_size,
				    .len = (size_t)h->attr_size,
				    .swap = h->swap };
		struct file_section ids;
		struct attr attr;
		struct error ignored;
		uint8_t *bytes;
		size_t index;

		attr_decode(&c, (size_t)h->attr_size - 16, &attr);
		ids = read_section(&c);
		index = events_add(events, &attr);
		if (ids.size == 0)
			continue;
		bytes = ids.size <= ids_left ? section_read(s, &ids, &ignored) : NULL;
		if (!bytes) {
			tell(h, diag, PROBLEM_BAD_HEADER, "the ids of an event", &ids);
			continue;
		}
		c = (struct cursor){ .base = bytes, .len = (size_t)ids.size, .swap = h->swap };
		while (cursor_left(&c) >= 8)
			events_add_id(events, index, cursor_u64(&c));
		ids_left -= ids.size;
		free(bytes);
	}
	free(table);
	return true;
}

static void read_feature(const struct source *s, struct header_info *h, unsigned bit,
			 struct events *events, struct features *features, struct diag *diag,
			 struct texts *texts)
{
	const struct file_section *section = &h->features[bit];
	const char *name = feature_name(bit) ? feature_name(bit) : "unknown";
	struct fields in = { .c = { .origin = section->offset, .swap = h->swap } };
	struct error err;
	uint8_t *bytes;

	if (!inside(s, section)) {
		h->unfinished = true;
		diag_add(diag, PROBLEM_BAD_FEATURE, name,
			 "header: feature %s (byte 0x%" PRIx64 ", %" PRIu64
			 " bytes) runs past the end of the file",
			 name, section->offset, section->size);
		return;
	}
	if (!feature_is_decoded(bit)) { /* some are large, and nobody looks into them */
		feature_decode(features, bit, &in, events, texts);
		return;
	}
	bytes = section_read(s, section, &err);
	if (!bytes) {
		diag_add(diag, PROBLEM_BAD_FEATURE, name, "header: feature %s: %s", name, err.what);
		return;
	}
	in.c.base = bytes;
	in.c.len = (size_t)section->size;
	if (!feature_decode(features, bit, &in, events, texts))
		diag_add(diag, PROBLEM_BAD_FEATURE, name,
			 "byte 0x%" PRIx64 ": feature %s ends inside a field", section->offset,
			 name);
	free(bytes);
}

/* Behind the data: { u64 offset, size } for each bit of the bitmap, in rising order. */
static void read_features(const struct source *s, struct header_info *h, const uint64_t *bits,
			  struct events *events, struct features *features, struct diag *diag,
			  struct texts *texts)
{
	struct file_section table = { .offset = h->data.offset + h->data.size };
	struct error err;
	struct cursor c;
	uint8_t *bytes;

	for (size_t i = 0; i < FEATURE_BITS / 64; i++)
		table.size += 16 * (uint64_t)__builtin_popcountll(bits[i]);
	if (table.size == 0)
		return;
	bytes = inside(s, &table) ? section_read(s, &table, &err) : NULL;
	if (!bytes) {
		tell(h, diag, PROBLEM_TRUNCATED, "the table of features", &table);
		return;
	}
	c = (struct cursor){ .base = bytes, .len = (size_t)table.size, .swap = h->swap };
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
		if (bits[bit / 64] >> (bit % 64) & 1)
			h->features[bit] = read_section(&c);
	/* Event names come before what refers to events by their place. */
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
		if (bits[bit / 64] >> (bit % 64) & 1)
			read_feature(s, h, bit, events, features, diag, texts);
	free(bytes);
}

/* Does the data section begin behind the header, and in the file? */
static bool data_is_placed(const struct source *s, const struct header_info *h)
{
	return h->data.offset >= h->size && h->data.offset <= s->size;
}

/* Where the records are; a data size of 0 means that perf record did not get to its end. */
static void find_data(const struct source *s, struct header_info *h, struct diag *diag)
{
	h->data_start = h->data_end = h->data.offset;
	if (!data_is_placed(s, h)) {
		h->unfinished = true;
		diag_add(diag, PROBLEM_BAD_HEADER, "the data section",
			 "header: the data section (byte 0x%" PRIx64 ", %" PRIu64
			 " bytes) does not begin between the header and the end of the file",
			 h->data.offset, h->data.size);
	} else if (h->data.size == 0) {
		h->unfinished = true;
		h->data_end = s->size;
		diag_add(diag, PROBLEM_UNFINISHED, "",
			 "perf record did not finish this file: its header gives a data size of 0");
	} else if (!inside(s, &h->data)) {
		tell(h, diag, PROBLEM_TRUNCATED, "the data section", &h->data);
		h->data_end = s->size;
	} else {
		h->data_end = h->data.offset + h->data.size;
	}
}

bool header_read(const struct source *s, struct header_info *out, struct events *events,
		 struct features *features, struct diag *diag, struct texts *texts,
		 struct error *err)
{
	struct header_info h = { 0 };
	uint64_t bits[FEATURE_BITS / 64] = { 0 };
	uint8_t head[HEADER_SIZE];
	struct cursor c = { .base = head };
	size_t got;

	if (!source_read(s, 0, head, sizeof(head), &got, err) || !read_magic(head, got, &h, err))
		return false;
	if (h.mode == MODE_PIPE) {
		h.data_start = HEADER_SIZE_PIPE;
		h.data_end = s->size;
		*out = h;
		return true;
	}
	if (h.size < HEADER_SIZE_V0)
		return fail_at(err, ERR_FORMAT, 8, "the header has an impossible size: %" PRIu64,
			       h.size);
	c.len = got < h.size ? got : (size_t)h.size;
	c.pos = 16;
	c.swap = h.swap;
	h.attr_size = cursor_u64(&c);
	h.attrs = read_section(&c);
	h.data = read_section(&c);
	h.event_types = read_section(&c);
	if (c.overrun)
		return fail_at(err, ERR_FORMAT, got, "the file ends inside its header");
	if (h.size >= HEADER_SIZE) {
		for (size_t i = 0; i < FEATURE_BITS / 64; i++)
			bits[i] = cursor_u64(&c);
		if (c.overrun)
			return fail_at(err, ERR_FORMAT, got, "the file ends inside its header");
	}
	if (!read_attrs(s, &h, events, diag, err))
		return false;
	if (!data_is_placed(s, &h) && events->n == 0)
		return fail_at(err, ERR_FORMAT, 24,
			       "the header tells of no event and of no place for records");
	find_data(s, &h, diag);
	/* What is behind an unfinished data section are records, not the table of features. */
	if (h.data.size != 0 && data_is_placed(s, &h) && inside(s, &h.data))
		read_features(s, &h, bits, events, features, diag, texts);
	*out = h;
	return true;
}
