/*
 * tests/unit/attr.c - perf_event_attr of every size (parser/attr.h).
 */
#include "parser/attr.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/cursor.h"
#include "tests/check.h"
#include "tests/image.h"

/* Each field has a value of its own. */
static const struct attr full = {
	.type = 0x01020304,
	.config = 0x1112131415161718,
	.sample_period = 0x2122232425262728,
	.sample_type = SAMPLE_IP | SAMPLE_TIME,
	.read_format = FORMAT_GROUP | FORMAT_LOST,
	.flags = ATTR_INHERIT | ATTR_FREQ | ATTR_SAMPLE_ID_ALL | ATTR_DEFER_CALLCHAIN,
	.wakeup_events = 0x31323334,
	.bp_type = 0x41424344,
	.config1 = 0x5152535455565758,
	.config2 = 0x6162636465666768,
	.branch_sample_type = BRANCH_HW_INDEX | BRANCH_CALL_STACK,
	.sample_regs_user = 0x7172737475767778,
	.sample_stack_user = 0x81828384,
	.clockid = -2,
	.sample_regs_intr = 0x9192939495969798,
	.aux_watermark = 0xa1a2a3a4,
	.sample_max_stack = 0xb1b2,
	.aux_sample_size = 0xc1c2c3c4,
	.sig_data = 0xd1d2d3d4d5d6d7d8,
	.config3 = 0xe1e2e3e4e5e6e7e8,
};

/* What a recording with attrs of `size` bytes has of it. */
static struct attr cut(uint32_t size)
{
	struct attr a = full;

	a.size = size;
	if (size < 72)
		a.config2 = 0;
	if (size < 80)
		a.branch_sample_type = 0;
	if (size < 96)
		a.sample_regs_user = a.sample_stack_user = 0, a.clockid = 0;
	if (size < 104)
		a.sample_regs_intr = 0;
	if (size < 112)
		a.aux_watermark = a.sample_max_stack = 0;
	if (size < 120)
		a.aux_sample_size = 0;
	if (size < 128)
		a.sig_data = 0;
	if (size < 136)
		a.config3 = 0;
	return a;
}

static void check_attr(const struct attr *is, const struct attr *want)
{
	check_u64(is->type, want->type, "type");
	check_u64(is->size, want->size, "size");
	check_u64(is->config, want->config, "config");
	check_u64(is->sample_period, want->sample_period, "sample_period");
	check_u64(is->sample_type, want->sample_type, "sample_type");
	check_u64(is->read_format, want->read_format, "read_format");
	check_u64(is->flags, want->flags, "flags");
	check_u64(is->wakeup_events, want->wakeup_events, "wakeup_events");
	check_u64(is->bp_type, want->bp_type, "bp_type");
	check_u64(is->config1, want->config1, "config1");
	check_u64(is->config2, want->config2, "config2");
	check_u64(is->branch_sample_type, want->branch_sample_type, "branch_sample_type");
	check_u64(is->sample_regs_user, want->sample_regs_user, "sample_regs_user");
	check_u64(is->sample_stack_user, want->sample_stack_user, "sample_stack_user");
	check(is->clockid == want->clockid, "clockid");
	check_u64(is->sample_regs_intr, want->sample_regs_intr, "sample_regs_intr");
	check_u64(is->aux_watermark, want->aux_watermark, "aux_watermark");
	check_u64(is->sample_max_stack, want->sample_max_stack, "sample_max_stack");
	check_u64(is->aux_sample_size, want->aux_sample_size, "aux_sample_size");
	check_u64(is->sig_data, want->sig_data, "sig_data");
	check_u64(is->config3, want->config3, "config3");
}

/* An attr as bytes, and 8 bytes of something else behind it. */
static void decode_written(uint32_t size, bool big_endian)
{
	struct image img = { .options = { .attr_size = size, .big_endian = big_endian } };
	struct attr want = cut(size), attr;
	struct cursor c;

	image_attr(&img, &full);
	image_u64(&img, UINT64_MAX);
	c = (struct cursor){ .base = img.bytes,
			     .len = img.len,
			     .swap = big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) };
	check(attr_decode(&c, size, &attr), "decoded");
	check_u64(c.pos, size, "the cursor is left behind it");
	check_attr(&attr, &want);
	image_free(&img);
}

static void every_size_is_read_and_what_is_missing_is_zero(void)
{
	static const struct {
		const char *little, *big;
		uint32_t size;
	} rows[] = {
		{ "64 bytes, little", "64 bytes, big", 64 },
		{ "72 bytes, little", "72 bytes, big", 72 },
		{ "80 bytes, little", "80 bytes, big", 80 },
		{ "96 bytes, little", "96 bytes, big", 96 },
		{ "104 bytes, little", "104 bytes, big", 104 },
		{ "112 bytes, little", "112 bytes, big", 112 },
		{ "120 bytes, little", "120 bytes, big", 120 },
		{ "128 bytes, little", "128 bytes, big", 128 },
		{ "136 bytes, little", "136 bytes, big", 136 },
		{ "144 bytes, little", "144 bytes, big", 144 },
		{ "4096 bytes, little", "4096 bytes, big", 4096 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_in(rows[i].little);
		decode_written(rows[i].size, false);
		check_in(rows[i].big);
		decode_written(rows[i].size, true);
	}
	check_in(NULL);
}

static void an_attr_that_is_cut_off_is_refused(void)
{
	uint8_t bytes[128] = { 1 };
	struct attr attr = { .type = 77 };
	struct cursor c = { .base = bytes, .len = 100 };

	check(!attr_decode(&c, 101, &attr), "one byte is missing");
	check(c.overrun, "that is an overrun");
	check_u64(attr.type, 77, "the result is untouched");
	check(!attr_decode(&c, 64, &attr), "the mark stays");
}

static void flags_are_asked_for_one_by_one(void)
{
	check(attr_has(&full, ATTR_FREQ), "one that is set");
	check(!attr_has(&full, ATTR_DISABLED), "one that is not");
}

int main(void)
{
	every_size_is_read_and_what_is_missing_is_zero();
	an_attr_that_is_cut_off_is_refused();
	flags_are_asked_for_one_by_one();
	return check_done("attr");
}
