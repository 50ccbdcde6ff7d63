/*
 * Two buffers of bytes: the window of the file, and the tail of what the
 * compressed records unpacked to.  Both hold whole records and the beginning of
 * the next one:
 *
 *        0        pos                 have        cap
 *        |  done   | records ...  part |   free    |
 */
#include "parser/stream.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"

enum {
	WINDOW_BYTES = 1 << 20,
	INNER_BYTES = 1 << 18,
	RECORD_HEADER = 8,
	/* simpleperf's own records: the size has 32 bits, its upper half stands in misc */
	SIMPLEPERF_FIRST = 32769,
	SIMPLEPERF_LAST = 33023,
};

struct bytes {
	uint8_t *data;
	size_t pos, have, cap;
};

struct header {
	uint32_t type;
	uint16_t misc;
	uint32_t size;
};

struct stream {
	const struct source *source;
	uint64_t end;  /* of the range */
	uint64_t next; /* file offset of what is read next into the window */
	bool swap, pipe;
	uint32_t file;
	struct bytes window, inner;
	ZSTD_DStream *zstd;
	ZSTD_inBuffer
		packed; /* rest of the COMPRESSED record that is unpacked now; in the window */
	uint64_t packed_offset; /* file offset of that record */
	bool unpacking;
	uint64_t inner_skip; /* payload of inner records still to be dropped */
	enum stream_end ended;
	struct error error, compression_error;
};

struct stream *stream_new(const struct source *source, uint64_t start, uint64_t end, bool swap,
			  bool pipe, uint32_t file)
{
	struct stream *s = mem_calloc(1, sizeof(*s));

	s->source = source;
	s->next = start;
	s->end = end > source->size ? source->size : end;
	s->swap = swap;
	s->pipe = pipe;
	s->file = file;
	/* A small file does not need a large window. */
	s->window.cap = WINDOW_BYTES;
	if (s->end < s->next)
		s->end = s->next;
	if (s->end - s->next < s->window.cap)
		s->window.cap = (size_t)(s->end - s->next) + RECORD_HEADER;
	s->window.data = mem_resize(NULL, s->window.cap, 1);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	ZSTD_freeDStream(s->zstd);
	free(s->window.data);
	free(s->inner.data);
	free(s);
}

/* File offset of the next byte in the window. */
static uint64_t here(const struct stream *s)
{
	return s->next - (s->window.have - s->window.pos);
}

/* Are there `n` bytes in the window from its position on?  Reads more if not. */
static bool have(struct stream *s, size_t n)
{
	struct bytes *w = &s->window;
	size_t want, got;

	if (w->have - w->pos >= n)
		return true;
	if (n > w->cap)
		return false;
	memmove(w->data, w->data + w->pos, w->have - w->pos);
	w->have -= w->pos;
	w->pos = 0;
	want = w->cap - w->have;
	if (want > s->end - s->next)
		want = (size_t)(s->end - s->next);
	if (!source_read(s->source, s->next, w->data + w->have, want, &got, &s->error)) {
		s->ended = END_TRUNCATED;
		return false;
	}
	w->have += got;
	s->next += got;
	return w->have >= n;
}

static struct header header_at(const struct stream *s, const uint8_t *p)
{
	struct header h;
	uint16_t size;

	memcpy(&h.type, p, 4);
	memcpy(&h.misc, p + 4, 2);
	memcpy(&size, p + 6, 2);
	if (s->swap) {
		h.type = bswap_32(h.type);
		h.misc = bswap_16(h.misc);
		size = bswap_16(size);
	}
	h.size = size;
	if (h.type >= SIMPLEPERF_FIRST && h.type <= SIMPLEPERF_LAST) {
		h.size |= (uint32_t)h.misc << 16;
		h.misc = 0;
	}
	return h;
}

static uint64_t number(const struct stream *s, const uint8_t *p, size_t size)
{
	uint64_t v64;
	uint32_t v32;

	if (size == 4) {
		memcpy(&v32, p, 4);
		return s->swap ? bswap_32(v32) : v32;
	}
	memcpy(&v64, p, 8);
	return s->swap ? bswap_64(v64) : v64;
}

/* Bytes that follow a record outside of its size. */
static uint64_t payload_behind(const struct stream *s, const struct header *h,
			       const uint8_t *payload)
{
	uint64_t size;

	if (h->type == RECORD_AUXTRACE && h->size >= RECORD_HEADER + 8)
		return number(s, payload, 8);
	if (h->type == RECORD_HEADER_TRACING_DATA && h->size >= RECORD_HEADER + 4) {
		size = number(s, payload, 4);
		/* simpleperf has it inside of the record */
		return h->size >= RECORD_HEADER + 4 + size ? 0 : (size + 7) & ~UINT64_C(7);
	}
	return 0;
}

static bool end_at(struct stream *s, enum stream_end end, uint64_t offset, const char *what)
{
	if (s->ended == END_NOT_YET) {
		s->ended = end;
		fail_at(&s->error, ERR_FORMAT, offset, "%s", what);
	}
	return false;
}

static bool all_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] < ' ' || p[i] > '~') && p[i] != '\n' && p[i] != '\r' && p[i] != '\t')
			return false;
	return true;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* ---- records inside of COMPRESSED records ---- */

/* Remember the first error; nothing is unpacked behind it. */
static void unpack_error(struct stream *s, const char *what)
{
	if (s->compression_error.kind == ERR_NONE)
		fail_at(&s->compression_error, ERR_FORMAT, s->packed_offset, "%s", what);
	s->packed.pos = s->packed.size;
}

/* Unpack into the free part of the inner buffer; false if nothing more came. */
static bool unpack_more(struct stream *s)
{
	struct bytes *in = &s->inner;
	ZSTD_outBuffer out;
	size_t before, eaten, made;

	memmove(in->data, in->data + in->pos, in->have - in->pos);
	in->have -= in->pos;
	in->pos = 0;
	before = in->have;
	out = (ZSTD_outBuffer){ .dst = in->data, .size = in->cap, .pos = in->have };
	do {
		size_t result;

		/* libzstd must not be asked again behind an error; what came out before is good. */
		if (s->compression_error.kind != ERR_NONE)
			break;
		eaten = s->packed.pos;
		made = out.pos;
		result = ZSTD_decompressStream(s->zstd, &out, &s->packed);
		if (ZSTD_isError(result))
			unpack_error(s, ZSTD_getErrorName(result));
	} while (out.pos < out.size && (s->packed.pos > eaten || out.pos > made));
	in->have = out.pos;
	return in->have > before;
}

/* The window's current record is a COMPRESSED one: begin to unpack its payload. */
static void start_unpacking(struct stream *s, const struct record_view *v)
{
	const uint8_t *p = v->payload;
	size_t len = v->len;

	if (s->compression_error.kind != ERR_NONE)
		return; /* one stream for all records: it cannot go on behind an error */
	s->packed_offset = v->offset;
	if (v->type == RECORD_COMPRESSED2) {
		uint64_t size = len >= 8 ? number(s, p, 8) : 0;

		if (len < 8 || size > len - 8) {
			unpack_error(s, "COMPRESSED2 record with a size larger than itself");
			return;
		}
		p += 8;
		len = (size_t)size;
	}
	if (len == 0)
		return; /* libzstd takes calls without progress for an error at last */
	if (!s->zstd) {
		s->zstd = ZSTD_createDStream();
		if (!s->zstd || ZSTD_isError(ZSTD_initDStream(s->zstd))) {
			unpack_error(s, "libzstd cannot start");
			return;
		}
		s->inner.cap = INNER_BYTES;
		s->inner.data = mem_resize(NULL, s->inner.cap, 1);
	}
	s->packed = (ZSTD_inBuffer){ .src = p, .size = len, .pos = 0 };
	s->unpacking = true;
}

static void drop_inner(struct stream *s)
{
	size_t n = s->inner.have - s->inner.pos;

	if (n > s->inner_skip)
		n = (size_t)s->inner_skip;
	s->inner.pos += n;
	s->inner_skip -= n;
}

/* Go on with the file.  The beginning of a record waits for its end, but not behind an error. */
static bool end_unpacking(struct stream *s, const char *error)
{
	s->unpacking = false;
	if (error)
		unpack_error(s, error);
	if (s->compression_error.kind != ERR_NONE)
		s->inner.pos = s->inner.have = 0;
	return false;
}

/* The next whole record of the inner buffer; false: go on with the file. */
static bool next_inner(struct stream *s, struct record_view *out)
{
	struct bytes *in = &s->inner;

	for (;;) {
		struct header h = { 0 };
		size_t left;

		drop_inner(s);
		left = in->have - in->pos;
		if (left >= RECORD_HEADER) {
			h = header_at(s, in->data + in->pos);
			if (h.size < RECORD_HEADER || h.size > in->cap)
				return end_unpacking(s,
						     "a compressed record has an impossible size");
		}
		if (left >= RECORD_HEADER && left >= h.size) {
			*out = (struct record_view){
				.type = h.type,
				.misc = h.misc,
				.len = h.size - RECORD_HEADER,
				.payload = in->data + in->pos + RECORD_HEADER,
				.offset = s->packed_offset,
				.file = s->file,
				.inner = true,
			};
			in->pos += h.size;
			s->inner_skip = payload_behind(s, &h, out->payload);
			return true;
		}
		if (!unpack_more(s))
			return end_unpacking(s, NULL);
	}
}

/* ---- records of the file ---- */

/* Fewer bytes than a record's header are left. */
static bool end_of_range(struct stream *s)
{
	struct bytes *w = &s->window;
	size_t left = w->have - w->pos;

	if (left == 0 && s->ended == END_NOT_YET) {
		s->ended = END_WHOLE;
		/* An unpacked record that is not whole has lost its end with the file's. */
		if (s->inner.have > s->inner.pos || s->inner_skip)
			unpack_error(s, "the last compressed record is not whole");
		return false;
	}
	if (s->pipe && (all_zero(w->data + w->pos, left) || all_text(w->data + w->pos, left)))
		return end_at(s, END_JUNK, here(s), "bytes behind the last record");
	return end_at(s, END_TRUNCATED, here(s), "the file ends inside a record's header");
}

static bool next_outer(struct stream *s, struct record_view *out)
{
	struct bytes *w = &s->window;
	struct header h;
	uint64_t offset, behind;
	size_t len;

	if (!have(s, RECORD_HEADER))
		return end_of_range(s);
	offset = here(s);
	if (s->pipe && all_text(w->data + w->pos, RECORD_HEADER))
		return end_at(s, END_JUNK, offset, "text behind the last record");
	h = header_at(s, w->data + w->pos);
	if (h.size < RECORD_HEADER)
		return end_at(s, END_TRUNCATED, offset,
			      "a record's size is less than its header's");
	if (h.size > s->end - offset)
		return end_at(s, END_TRUNCATED, offset, "a record runs past the end of the data");
	len = h.size;
	if (len > w->cap) /* simpleperf's large ones: nobody decodes them */
		len = RECORD_HEADER;
	if (!have(s, len))
		return end_at(s, END_TRUNCATED, offset, "a record runs past the end of the data");
	*out = (struct record_view){
		.type = h.type,
		.misc = h.misc,
		.len = (uint32_t)len - RECORD_HEADER,
		.payload = w->data + w->pos + RECORD_HEADER,
		.offset = offset,
		.file = s->file,
	};
	behind = payload_behind(s, &h, out->payload);
	/* The record stays in the window: only what lies behind what was loaded is sought over. */
	w->pos += len;
	if (h.size > len || behind) {
		uint64_t more = h.size - len;

		if (__builtin_add_overflow(more, behind, &more) || more > s->end - (offset + len)) {
			end_at(s, END_TRUNCATED, offset,
			       "the data behind a record runs past the end of the file");
			return true;
		}
		if (more <= w->have - w->pos) {
			w->pos += (size_t)more;
		} else {
			/* Forget what was loaded behind the record without moving the record itself. */
			s->next += more - (w->have - w->pos);
			w->have = w->pos;
		}
	}
	return true;
}

bool stream_next(struct stream *s, struct record_view *out)
{
	if (s->unpacking && next_inner(s, out))
		return true;
	if (s->ended != END_NOT_YET || !next_outer(s, out))
		return false;
	if (out->type == RECORD_COMPRESSED || out->type == RECORD_COMPRESSED2)
		start_unpacking(s, out);
	return true;
}

enum stream_end stream_end(const struct stream *s)
{
	return s->ended;
}

const struct error *stream_error(const struct stream *s)
{
	return &s->error;
}

const struct error *stream_compression_error(const struct stream *s)
{
	return &s->compression_error;
}
