/* tests/image.c - bytes and containers; see image.h. */
#include "tests/image.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zstd.h>

/* ---- bytes ---- */

static void grow(struct image *img, size_t n)
{
	if (img->len + n <= img->cap)
		return;
	img->cap = 2 * (img->len + n);
	img->bytes = realloc(img->bytes, img->cap);
	if (!img->bytes)
		abort();
}

/* The low `n` bytes of a number at `at`, in the image's byte order. */
static void put(struct image *img, size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t shift = 8 * (img->options.big_endian ? n - 1 - i : i);

		img->bytes[at + i] = (uint8_t)(v >> shift);
	}
}

static void append(struct image *img, uint64_t v, size_t n)
{
	grow(img, n);
	put(img, img->len, v, n);
	img->len += n;
}

void image_u8(struct image *img, uint8_t v)
{
	append(img, v, 1);
}

void image_u16(struct image *img, uint16_t v)
{
	append(img, v, 2);
}

void image_u32(struct image *img, uint32_t v)
{
	append(img, v, 4);
}

void image_u64(struct image *img, uint64_t v)
{
	append(img, v, 8);
}

void image_patch_u16(struct image *img, size_t at, uint16_t v)
{
	put(img, at, v, 2);
}

void image_patch_u32(struct image *img, size_t at, uint32_t v)
{
	put(img, at, v, 4);
}

void image_patch_u64(struct image *img, size_t at, uint64_t v)
{
	put(img, at, v, 8);
}

void image_bytes(struct image *img, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	grow(img, n);
	memcpy(img->bytes + img->len, bytes, n);
	img->len += n;
}

void image_zeroes(struct image *img, size_t n)
{
	grow(img, n);
	memset(img->bytes + img->len, 0, n);
	img->len += n;
}

void image_text(struct image *img, const char *text, size_t start, size_t align)
{
	image_bytes(img, text, strlen(text) + 1);
	image_zeroes(img, (align - (img->len - start) % align) % align);
}

/* ---- attributes ---- */

static uint64_t reverse_bits(uint64_t v)
{
	uint64_t r = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		if (v >> bit & 1)
			r |= UINT64_C(1) << (63 - bit);
	return r;
}

/* struct perf_event_attr; a newer one has zeroes behind what is known here. */
void image_attr(struct image *img, const struct attr *a)
{
	size_t start = img->len, size = img->options.attr_size;

	image_u32(img, a->type);
	image_u32(img, (uint32_t)size);
	image_u64(img, a->config);
	image_u64(img, a->sample_period);
	image_u64(img, a->sample_type);
	image_u64(img, a->read_format);
	/* Big-endian compilers begin a bit field at the highest bit. */
	image_u64(img, img->options.big_endian ? reverse_bits(a->flags) : a->flags);
	image_u32(img, a->wakeup_events);
	image_u32(img, a->bp_type);
	image_u64(img, a->config1);
	image_u64(img, a->config2);
	image_u64(img, a->branch_sample_type);
	image_u64(img, a->sample_regs_user);
	image_u32(img, a->sample_stack_user);
	image_u32(img, (uint32_t)a->clockid);
	image_u64(img, a->sample_regs_intr);
	image_u32(img, a->aux_watermark);
	image_u16(img, a->sample_max_stack);
	image_u16(img, 0);
	image_u32(img, a->aux_sample_size);
	image_u32(img, 0);
	image_u64(img, a->sig_data);
	image_u64(img, a->config3);
	if (img->len - start < size)
		image_zeroes(img, size - (img->len - start));
	img->len = start + size;
}

/* ---- containers ---- */

enum { DATA_SECTION = 40 }; /* byte of a file's header where the data section stands */

/*
 * header | ids of each event | attributes, each with the section of its ids | records
 * source: struct perf_file_header, perf_file_attr
 */
static void begin_file(struct image *img)
{
	const struct image_options *o = &img->options;
	uint64_t ids = o->header_size, attrs = ids;

	for (size_t i = 0; i < o->n_events; i++)
		attrs += 8 * o->events[i].n_ids;
	if (o->container == IMAGE_LEGACY)
		image_bytes(img, "PERFFILE", 8); /* a text in either byte order */
	else
		image_u64(img, UINT64_C(0x32454c4946524550)); /* PERFILE2 */
	image_u64(img, o->header_size);
	image_u64(img, o->attr_size + 16u);
	image_u64(img, attrs);
	image_u64(img, o->n_events * (o->attr_size + 16u));
	image_zeroes(img, (size_t)o->header_size - img->len);
	for (size_t i = 0; i < o->n_events; i++)
		for (size_t k = 0; k < o->events[i].n_ids; k++)
			image_u64(img, o->events[i].ids[k]);
	for (size_t i = 0; i < o->n_events; i++) {
		image_attr(img, &o->events[i].attr);
		image_u64(img, ids);
		image_u64(img, 8 * o->events[i].n_ids);
		ids += 8 * o->events[i].n_ids;
	}
	img->data = img->len;
	image_patch_u64(img, DATA_SECTION, img->data);
}

static void begin_pipe(struct image *img)
{
	const struct image_options *o = &img->options;

	image_u64(img, UINT64_C(0x32454c4946524550));
	image_u64(img, HEADER_SIZE_PIPE);
	img->data = img->len;
	for (size_t i = 0; i < o->n_events; i++)
		image_header_attr(img, &o->events[i]);
	image_write_features(img); /* perf's order: some of them are about events */
	for (size_t i = 0; i < o->n_events; i++) {
		if (o->events[i].unit)
			image_event_update(img, 0, o->events[i].ids[0], o->events[i].unit);
		if (o->events[i].name)
			image_event_update(img, 2, o->events[i].ids[0], o->events[i].name);
	}
}

void image_begin(struct image *img, const struct image_options *options)
{
	*img = (struct image){ .options = *options };
	if (!img->options.attr_size)
		img->options.attr_size = 136;
	if (!img->options.header_size)
		img->options.header_size = HEADER_SIZE;
	if (options->container == IMAGE_PIPE)
		begin_pipe(img);
	else if (options->container != IMAGE_RECORDS)
		begin_file(img);
}

void image_end(struct image *img)
{
	enum image_container container = img->options.container;

	if (img->options.unfinished || container == IMAGE_RECORDS)
		return;
	if (container == IMAGE_PIPE) { /* perf knows the build ids at the end only */
		for (size_t i = 0; i < img->options.features.n_build_ids; i++)
			image_header_build_id(img, &img->options.features.build_ids[i]);
		return;
	}
	image_patch_u64(img, DATA_SECTION + 8, img->len - img->data);
	if (img->options.header_size >= HEADER_SIZE)
		image_write_features(img);
}

void image_free(struct image *img)
{
	ZSTD_freeCCtx(img->zstd);
	free(img->bytes);
	*img = (struct image){ 0 };
}

bool image_write(const struct image *img, const char *path)
{
	FILE *f = fopen(path, "wbe");
	bool ok;

	if (!f)
		return false;
	ok = img->len == 0 || fwrite(img->bytes, 1, img->len, f) == img->len;
	return fclose(f) == 0 && ok;
}

bool image_write_folder(const struct image *images, size_t n, const char *folder)
{
	bool ok = mkdir(folder, 0700) == 0;

	for (size_t i = 0; ok && i < n; i++) {
		char path[4096];

		if (i == 0)
			snprintf(path, sizeof(path), "%s/data", folder);
		else
			snprintf(path, sizeof(path), "%s/data.%zu", folder, i - 1);
		ok = image_write(&images[i], path);
	}
	return ok;
}

/* ---- compression ---- */

void image_compress_begin(struct image *img)
{
	img->compressed = img->len;
}

/* One record with the compressed form of `n` bytes, flushed, so that a reader gets all of them. */
static void compress_piece(struct image *img, uint32_t type, const uint8_t *bytes, size_t n)
{
	size_t room = ZSTD_compressBound(n) + 64, left;
	uint8_t *packed = malloc(room);
	ZSTD_outBuffer out = { .dst = packed, .size = room };
	ZSTD_inBuffer in = { .src = bytes, .size = n };

	left = ZSTD_compressStream2(img->zstd, &out, &in, ZSTD_e_flush);
	assert(left == 0);
	(void)left;
	image_record_begin(img, type, 0);
	if (type == RECORD_COMPRESSED2)
		image_u64(img, out.pos);
	image_bytes(img, packed, out.pos);
	if (type == RECORD_COMPRESSED2)
		image_zeroes(img, (8 - out.pos % 8) % 8);
	image_record_end(img);
	free(packed);
}

void image_compress_end(struct image *img, uint32_t type, size_t piece)
{
	size_t n = img->len - img->compressed;
	uint8_t *plain = malloc(n + 1);

	if (n)
		memcpy(plain, img->bytes + img->compressed, n);
	img->len = img->compressed;
	if (!img->zstd)
		img->zstd = ZSTD_createCCtx();
	for (size_t pos = 0; pos < n;) {
		size_t step = piece && piece < n - pos ? piece : n - pos;

		compress_piece(img, type, plain + pos, step);
		pos += step;
	}
	free(plain);
}
