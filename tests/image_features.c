/* tests/image_features.c - what the header says of machine and command; see image.h. */
#include <string.h>

#include "tests/image.h"

/* A text as features have it: its length with padding, then the bytes. */
static void feature_text(struct image *img, const char *text)
{
	size_t padded = (strlen(text) + 1 + 63) / 64 * 64;

	image_u32(img, (uint32_t)padded);
	image_text(img, text, img->len, padded);
}

static void feature_texts(struct image *img, const char *const *texts, size_t n)
{
	image_u32(img, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		feature_text(img, texts[i]);
}

static const char *text_of(const struct image_features *f, unsigned bit)
{
	switch (bit) {
	case FEATURE_HOSTNAME:
		return f->hostname;
	case FEATURE_OSRELEASE:
		return f->osrelease;
	case FEATURE_VERSION:
		return f->version;
	case FEATURE_ARCH:
		return f->arch;
	case FEATURE_CPUDESC:
		return f->cpudesc;
	case FEATURE_CPUID:
		return f->cpuid;
	default:
		return NULL;
	}
}

static const struct image_raw_feature *raw_of(const struct image_features *f, unsigned bit)
{
	for (size_t i = 0; i < f->n_raw; i++)
		if (f->raw[i].bit == bit)
			return &f->raw[i];
	return NULL;
}

static bool has(const struct image_features *f, unsigned bit)
{
	switch (bit) {
	case FEATURE_NRCPUS:
		return f->nrcpus_available;
	case FEATURE_TOTAL_MEM:
		return f->total_mem_kb;
	case FEATURE_CMDLINE:
		return f->n_cmdline;
	case FEATURE_EVENT_DESC:
		return f->event_desc;
	case FEATURE_BUILD_ID:
		return f->n_build_ids;
	case FEATURE_CPU_TOPOLOGY:
		return f->n_siblings;
	case FEATURE_GROUP_DESC:
		return f->n_groups;
	case FEATURE_SAMPLE_TIME:
		return f->sample_time_last;
	case FEATURE_CLOCK_DATA:
		return f->clock_wall_ns;
	case FEATURE_DIR_FORMAT:
		return f->dir_format;
	case FEATURE_COMPRESSED:
		return f->compressed;
	default:
		return text_of(f, bit) || raw_of(f, bit);
	}
}

static void write_event_desc(struct image *img)
{
	const struct image_options *o = &img->options;

	image_u32(img, (uint32_t)o->n_events);
	image_u32(img, o->attr_size);
	for (size_t i = 0; i < o->n_events; i++) {
		image_attr(img, &o->events[i].attr);
		image_u32(img, (uint32_t)o->events[i].n_ids);
		feature_text(img, o->events[i].name ? o->events[i].name : "");
		for (size_t k = 0; k < o->events[i].n_ids; k++)
			image_u64(img, o->events[i].ids[k]);
	}
}

/* { i32 pid; u8 build_id[20], size, reserved[3]; char filename[] } */
static void write_build_id(struct image *img, const struct image_build_id *b)
{
	image_u32(img, (uint32_t)b->pid);
	image_bytes(img, b->build_id, BUILD_ID_MAX);
	image_u8(img, b->misc & MISC_BUILD_ID_SIZE ? b->size : 0);
	image_zeroes(img, 3);
	image_text(img, b->path, img->len, 64);
}

void image_header_build_id(struct image *img, const struct image_build_id *b)
{
	image_record_begin(img, RECORD_HEADER_BUILD_ID, b->misc);
	write_build_id(img, b);
	image_record_end(img);
}

static void write_build_ids(struct image *img)
{
	const struct image_features *f = &img->options.features;

	for (size_t i = 0; i < f->n_build_ids; i++) {
		image_record_begin(img, 0, f->build_ids[i].misc);
		write_build_id(img, &f->build_ids[i]);
		image_record_end(img);
	}
}

static void write_groups(struct image *img)
{
	const struct image_features *f = &img->options.features;

	image_u32(img, (uint32_t)f->n_groups);
	for (size_t i = 0; i < f->n_groups; i++) {
		feature_text(img, f->groups[i].name);
		image_u32(img, f->groups[i].leader);
		image_u32(img, f->groups[i].members);
	}
}

static void write_feature(struct image *img, unsigned bit)
{
	const struct image_features *f = &img->options.features;
	const struct image_raw_feature *raw = raw_of(f, bit);

	if (raw) {
		image_bytes(img, raw->bytes, raw->len);
	} else if (text_of(f, bit)) {
		feature_text(img, text_of(f, bit));
	} else if (bit == FEATURE_NRCPUS) {
		image_u32(img, f->nrcpus_available);
		image_u32(img, f->nrcpus_online);
	} else if (bit == FEATURE_TOTAL_MEM) {
		image_u64(img, f->total_mem_kb);
	} else if (bit == FEATURE_CMDLINE) {
		feature_texts(img, f->cmdline, f->n_cmdline);
	} else if (bit == FEATURE_EVENT_DESC) {
		write_event_desc(img);
	} else if (bit == FEATURE_BUILD_ID) {
		write_build_ids(img);
	} else if (bit == FEATURE_CPU_TOPOLOGY) {
		feature_texts(img, f->siblings, f->n_siblings);
		feature_texts(img, f->siblings, f->n_siblings); /* of threads */
	} else if (bit == FEATURE_GROUP_DESC) {
		write_groups(img);
	} else if (bit == FEATURE_SAMPLE_TIME) {
		image_u64(img, f->sample_time_first);
		image_u64(img, f->sample_time_last);
	} else if (bit == FEATURE_CLOCK_DATA) {
		image_u32(img, 1);
		image_u32(img, f->clockid);
		image_u64(img, f->clock_wall_ns);
		image_u64(img, f->clock_ns);
	} else if (bit == FEATURE_DIR_FORMAT) {
		image_u64(img, 1);
	} else if (bit == FEATURE_COMPRESSED) {
		for (uint32_t v = 1; v <= 5; v++) /* version, type, level, ratio, mmap_len */
			image_u32(img, v);
	}
}

/* { u64 feature; its section }, and one without a section as the last; build ids have their own records */
static void write_feature_records(struct image *img)
{
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		if (!has(&img->options.features, bit) || bit == FEATURE_BUILD_ID)
			continue;
		image_record_begin(img, RECORD_HEADER_FEATURE, 0);
		image_u64(img, bit);
		write_feature(img, bit);
		image_record_end(img);
	}
	image_record_begin(img, RECORD_HEADER_FEATURE, 0);
	image_u64(img, FEATURE_CPU_DOMAIN_INFO + 1);
	image_record_end(img);
}

enum { BITMAP = 72 }; /* byte of a file's header where the bitmap of features stands */

/* Behind the data: a table of sections, then these; the bits go into the header. */
static void write_feature_sections(struct image *img)
{
	const struct image_features *f = &img->options.features;
	uint64_t bits[FEATURE_BITS / 64] = { 0 };
	size_t table = img->len;

	for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
		if (has(f, bit)) {
			bits[bit / 64] |= UINT64_C(1) << (bit % 64);
			image_zeroes(img, 16);
		}
	for (size_t i = 0; i < FEATURE_BITS / 64; i++)
		image_patch_u64(img, BITMAP + 8 * i, bits[i]);
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		size_t start = img->len;

		if (!has(f, bit))
			continue;
		write_feature(img, bit);
		image_patch_u64(img, table, start);
		image_patch_u64(img, table + 8, img->len - start);
		table += 16;
	}
}

void image_write_features(struct image *img)
{
	if (img->options.container == IMAGE_PIPE)
		write_feature_records(img);
	else
		write_feature_sections(img);
}
