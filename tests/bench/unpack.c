/*
 * tests/bench/unpack.c - a recording of `perf record -z` without its compression.
 *
 *	unpack IN OUT    write the recording that perf would have written without -z
 *	unpack IN        only walk over its records, to see what that costs
 *
 * For regular files of this machine's byte order.  Says in JSON, on stdout, how many samples and bytes of records there are.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/header.h"
#include "parser/perf_format.h"
#include "parser/recording.h"
#include "parser/source.h"

/* Bytes of the header; perf.data-file-format.txt. */
enum { HEADER = 104, DATA_SIZE = 48, BITS = 72, SECTION = 16 };

struct copy {
	struct recording *in;
	FILE *out; /* NULL: only count */
	uint64_t samples, bytes;
	bool failed;
};

static void put(struct copy *c, const void *bytes, size_t n)
{
	if (c->out && fwrite(bytes, 1, n, c->out) != n)
		c->failed = true;
}

static void put_u64(struct copy *c, uint64_t v)
{
	put(c, &v, sizeof(v));
}

/* Bytes [from, to) of the input as they are; to the end of the file if that is first. */
static void put_part(struct copy *c, uint64_t from, uint64_t to)
{
	enum { STEP = 1 << 16 };
	static uint8_t buffer[STEP];
	struct error err;
	size_t got = 1;

	while (from < to && got) {
		size_t n = to - from < STEP ? (size_t)(to - from) : STEP;

		if (!source_read(recording_source(c->in), from, buffer, n, &got, &err)) {
			c->failed = true;
			return;
		}
		put(c, buffer, got);
		from += got;
	}
}

static bool is_compressed(uint32_t type)
{
	return type == RECORD_COMPRESSED || type == RECORD_COMPRESSED2;
}

static void put_records(struct copy *c)
{
	struct record_view v;

	recording_rewind(c->in);
	while (recording_next(c->in, &v)) {
		struct {
			uint32_t type;
			uint16_t misc, size;
		} head = { v.type, v.misc, (uint16_t)(v.len + sizeof(head)) };

		if (is_compressed(v.type))
			continue;
		put(c, &head, sizeof(head));
		put(c, v.payload, v.len);
		c->samples += v.type == RECORD_SAMPLE;
		c->bytes += v.len + sizeof(head);
	}
}

/* The table of features without that of the compression, then what it points to. */
static void put_features(struct copy *c, const struct header_info *h)
{
	uint64_t table = h->data.offset + h->data.size, old_end = table;
	uint64_t moved = c->bytes - h->data.size; /* modulo 2^64: it may be negative */

	for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
		old_end += h->features[bit].offset ? SECTION : 0;
	if (h->features[FEATURE_COMPRESSED].offset)
		moved -= SECTION;
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		if (!h->features[bit].offset || bit == FEATURE_COMPRESSED)
			continue;
		put_u64(c, h->features[bit].offset + moved);
		put_u64(c, h->features[bit].size);
	}
	put_part(c, old_end, UINT64_MAX);
}

/* What stands before the records, with their size and without the compression's bit. */
static void put_head(struct copy *c, const struct header_info *h)
{
	uint8_t header[HEADER];
	struct error err;
	size_t got;

	rewind(c->out);
	if (!source_read(recording_source(c->in), 0, header, HEADER, &got, &err) || got != HEADER) {
		c->failed = true;
		return;
	}
	memcpy(header + DATA_SIZE, &c->bytes, sizeof(c->bytes));
	header[BITS + FEATURE_COMPRESSED / 8] &= (uint8_t) ~(1u << FEATURE_COMPRESSED % 8);
	put(c, header, HEADER);
	put_part(c, HEADER, h->data.offset);
}

static bool write_copy(struct copy *c, const char *path)
{
	const struct header_info *h = recording_header(c->in);

	if (recording_mode(c->in) != MODE_FILE || h->swap || h->unfinished) {
		fputs("unpack: only finished recordings of this byte order in a file\n", stderr);
		return false;
	}
	c->out = fopen(path, "wbe");
	if (!c->out)
		return false;
	put_head(c, h); /* once for its size */
	put_records(c);
	put_features(c, h);
	put_head(c, h);
	return fclose(c->out) == 0 && !c->failed;
}

int main(int argc, char **argv)
{
	struct texts *texts = texts_new();
	struct diag *diag = diag_new();
	struct copy c = { .failed = false };
	struct error err = { .what = "usage: unpack IN [OUT]" };
	bool ok = false;

	if (argc == 2 || argc == 3)
		c.in = recording_open(argv[1], diag, texts, &err);
	if (!c.in) {
		fprintf(stderr, "unpack: %s\n", err.what);
	} else if (argc == 3) {
		ok = write_copy(&c, argv[2]);
		if (!ok)
			fprintf(stderr, "unpack: %s: %s\n", argv[2], strerror(errno));
	} else {
		put_records(&c);
		ok = true;
	}
	if (ok)
		printf("{\"samples\": %" PRIu64 ", \"bytes\": %" PRIu64 "}\n", c.samples, c.bytes);
	recording_close(c.in);
	diag_free(diag);
	texts_free(texts);
	return ok ? 0 : 1;
}
