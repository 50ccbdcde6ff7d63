#include "parser/attr.h"

#include "parser/base/cursor.h"

static bool host_is_big_endian(void)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

static uint64_t reverse_bits(uint64_t v)
{
	uint64_t r = 0;

	for (int i = 0; i < 64; i++)
		r |= (v >> i & 1) << (63 - i);
	return r;
}

/*
 * The bit field behind read_format.  Big-endian compilers lay bit fields out from
 * the highest bit, so there the first declared bit is bit 63 of the number.
 */
static uint64_t decode_flags(struct cursor *c)
{
	uint64_t v = cursor_u64(c);

	return c->swap != host_is_big_endian() ? reverse_bits(v) : v;
}

bool attr_decode(struct cursor *c, size_t size, struct attr *out)
{
	/* Fields beyond the recorded size read as 0: an overrun is no error in here. */
	struct cursor a = *c;
	struct attr r = { 0 };

	if (size > cursor_left(c) || c->overrun) {
		c->overrun = true;
		return false;
	}
	a.base = c->base + c->pos;
	a.len = size;
	a.pos = 0;
	r.type = cursor_u32(&a);
	r.size = cursor_u32(&a);
	r.config = cursor_u64(&a);
	r.sample_period = cursor_u64(&a);
	r.sample_type = cursor_u64(&a);
	r.read_format = cursor_u64(&a);
	r.flags = decode_flags(&a);
	r.wakeup_events = cursor_u32(&a);
	r.bp_type = cursor_u32(&a);
	r.config1 = cursor_u64(&a);            /* 64 bytes: PERF_ATTR_SIZE_VER0 */
	r.config2 = cursor_u64(&a);            /* 72: VER1 */
	r.branch_sample_type = cursor_u64(&a); /* 80: VER2 */
	r.sample_regs_user = cursor_u64(&a);
	r.sample_stack_user = cursor_u32(&a);
	r.clockid = (int32_t)cursor_u32(&a); /* 96: VER3 */
	r.sample_regs_intr = cursor_u64(&a); /* 104: VER4 */
	r.aux_watermark = cursor_u32(&a);
	r.sample_max_stack = cursor_u16(&a);
	cursor_u16(&a); /* reserved; 112: VER5 */
	r.aux_sample_size = cursor_u32(&a);
	cursor_u32(&a);              /* reserved; 120: VER6 */
	r.sig_data = cursor_u64(&a); /* 128: VER7 */
	r.config3 = cursor_u64(&a);  /* 136: VER8 */
	c->pos += size;
	*out = r;
	return true;
}
