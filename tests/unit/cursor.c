/*
 * tests/unit/cursor.c - bounded reading (parser/base/cursor.h).
 */
#include "parser/base/cursor.h"

#include "tests/check.h"

static const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
				 'f',  'o',  'l',  'i',  'o',  0,    'x' };

static struct cursor over(size_t len, bool swap)
{
	return (struct cursor){ .base = bytes, .len = len, .swap = swap };
}

static void numbers_are_read_in_either_byte_order(void)
{
	bool swap_is_big = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	struct cursor big = over(sizeof(bytes), swap_is_big);
	struct cursor little = over(sizeof(bytes), !swap_is_big);

	check_u64(cursor_u8(&big), 0x01, "one byte");
	check_u64(cursor_u16(&big), 0x0203, "two, not aligned");
	check_u64(cursor_u32(&big), 0x04050607, "four, not aligned");
	check_u64(cursor_left(&big), 8, "what is left");
	big.pos = 0;
	check_u64(cursor_u64(&big), 0x0102030405060708, "eight");
	check_u64(cursor_u8(&little), 0x01, "one byte, little");
	check_u64(cursor_u16(&little), 0x0302, "two, little");
	check_u64(cursor_u32(&little), 0x07060504, "four, little");
	little.pos = 0;
	check_u64(cursor_u64(&little), 0x0807060504030201, "eight, little");
	check(!big.overrun && !little.overrun, "none was an overrun");
}

static void a_read_past_the_end_gives_zero_and_marks_the_cursor(void)
{
	static const struct {
		const char *label;
		size_t len;
	} rows[] = {
		{ "no byte", 0 }, { "one byte", 1 }, { "three bytes", 3 }, { "seven bytes", 7 }
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cursor c = over(rows[i].len, false);

		check_in(rows[i].label);
		check_u64(cursor_u64(&c), 0, "zero");
		check(c.overrun, "marked");
		check(c.pos == 0, "it stays where it was");
		check_u64(cursor_u8(&c), 0, "the mark stays: what would fit is zero too");
		check(!cursor_bytes(&c, 0), "not even no bytes come");
		check(!cursor_text(&c), "no text");
		check(!cursor_fits(&c, 0, 1), "nothing fits");
	}
	check_in(NULL);
}

static void bytes_are_lent_and_skipped_up_to_the_very_end(void)
{
	struct cursor c = over(8, false);

	check(cursor_bytes(&c, 3) == bytes, "lent from the beginning");
	cursor_skip(&c, 5);
	check(c.pos == 8 && !c.overrun, "to the end");
	check(cursor_bytes(&c, 0) == bytes + 8, "no bytes at the end");
	cursor_skip(&c, 1);
	check(c.overrun, "one more is too much");
	c = over(8, false);
	cursor_skip(&c, SIZE_MAX);
	check(c.overrun && c.pos == 0, "a size that would wrap");
}

static void a_text_needs_its_nul(void)
{
	struct cursor c = over(sizeof(bytes), false);

	c.pos = 8;
	check_text(cursor_text(&c), "folio", "up to the NUL");
	check_u64(c.pos, 14, "behind the NUL");
	check(!cursor_text(&c) && c.overrun, "a text without its NUL");
}

static void counts_are_held_against_the_bytes_that_remain(void)
{
	static const struct {
		const char *label;
		uint64_t n;
		size_t size;
		bool fits;
	} rows[] = {
		{ "exactly", 2, 4, true },
		{ "one too many", 3, 4, false },
		{ "none of them", 0, 8, true },
		{ "none that would not fit", 0, 9, true },
		{ "one that would not fit", 1, 9, false },
		{ "a product that wraps", UINT64_C(1) << 61, 8, false },
		{ "the largest count", UINT64_MAX, 1, false },
		{ "items without a size count as bytes", 8, 0, true },
		{ "too many items without a size", 9, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cursor c = over(8, false);

		check(cursor_fits(&c, rows[i].n, rows[i].size) == rows[i].fits, rows[i].label);
	}
}

int main(void)
{
	numbers_are_read_in_either_byte_order();
	a_read_past_the_end_gives_zero_and_marks_the_cursor();
	bytes_are_lent_and_skipped_up_to_the_very_end();
	a_text_needs_its_nul();
	counts_are_held_against_the_bytes_that_remain();
	return check_done("cursor");
}
