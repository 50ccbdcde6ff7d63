/*
 * tests/unit/utf8.c - which bytes are characters (parser/base/utf8.h).
 */
#include "parser/base/utf8.h"

#include "tests/check.h"

static void a_character_has_its_length_and_number(void)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		uint32_t c;
	} rows[] = {
		{ "ASCII", "a", 1, 'a' },
		{ "DEL", "\x7f", 1, 0x7f },
		{ "the smallest of two bytes", "\xc2\x80", 2, 0x80 },
		{ "the largest of two", "\xdf\xbf", 2, 0x7ff },
		{ "the smallest of three", "\xe0\xa0\x80", 3, 0x800 },
		{ "the last before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
		{ "the first behind them", "\xee\x80\x80", 3, 0xe000 },
		{ "the largest of three", "\xef\xbf\xbf", 3, 0xffff },
		{ "the smallest of four", "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "the largest of all", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
		{ "a byte that continues nothing", "\x80", 1, UTF8_BAD },
		{ "overlong slash of two bytes", "\xc0\xaf", 1, UTF8_BAD },
		{ "overlong of two bytes", "\xc1\xbf", 1, UTF8_BAD },
		{ "overlong of three", "\xe0\x9f\xbf", 1, UTF8_BAD },
		{ "overlong of four", "\xf0\x8f\xbf\xbf", 1, UTF8_BAD },
		{ "a high surrogate", "\xed\xa0\x80", 1, UTF8_BAD },
		{ "a low surrogate", "\xed\xbf\xbf", 1, UTF8_BAD },
		{ "one above the largest", "\xf4\x90\x80\x80", 1, UTF8_BAD },
		{ "a first byte of five", "\xf8\x88\x80\x80\x80", 1, UTF8_BAD },
		{ "a byte that never occurs", "\xff", 1, UTF8_BAD },
		{ "two bytes cut off", "\xc3", 1, UTF8_BAD },
		{ "three bytes cut off behind the first", "\xe2", 1, UTF8_BAD },
		{ "three bytes cut off behind the second", "\xe2\x82", 1, UTF8_BAD },
		{ "four bytes cut off behind the third", "\xf0\x9f\x98", 1, UTF8_BAD },
		{ "the rest is another character", "\xe2\x82z", 1, UTF8_BAD },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t c = 0;

		check_in(rows[i].label);
		check_u64(utf8_next(rows[i].bytes, &c), rows[i].len, "length");
		check_u64(c, rows[i].c, "number");
	}
	check_in(NULL);
}

static void what_steers_a_terminal_is_a_control(void)
{
	static const struct {
		const char *label;
		uint32_t c;
		bool control;
	} rows[] = {
		{ "escape", 0x1b, true },
		{ "newline", '\n', true },
		{ "blank", ' ', false },
		{ "tilde", '~', false },
		{ "DEL", 0x7f, true },
		{ "the 8-bit CSI", 0x9b, true },
		{ "no-break space", 0xa0, false },
		{ "line separator", 0x2028, true },
		{ "right-to-left override", 0x202e, true },
		{ "isolate", 0x2066, true },
		{ "pop isolate", 0x2069, true },
		{ "euro sign", 0x20ac, false },
		{ "left-to-right mark", 0x200e, true },
		{ "right-to-left mark", 0x200f, true },
		{ "Arabic letter mark", 0x61c, true },
		{ "Arabic number sign, which is seen", 0x600, false },
		{ "soft hyphen", 0xad, true },
		{ "combining grapheme joiner", 0x34f, true },
		{ "combining acute", 0x301, false },
		{ "Hangul filler", 0x3164, true },
		{ "Hangul", 0xac00, false },
		{ "zero width space", 0x200b, true },
		{ "zero width joiner", 0x200d, true },
		{ "hair space", 0x200a, false },
		{ "word joiner", 0x2060, true },
		{ "a variation selector", 0xfe0f, true },
		{ "byte order mark", 0xfeff, true },
		{ "interlinear annotation", 0xfff9, true },
		{ "object replacement, which is seen", 0xfffc, false },
		{ "musical beam", 0x1d173, true },
		{ "language tag", 0xe0001, true },
		{ "tag a", 0xe0061, true },
		{ "snake emoji", 0x1f40d, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(utf8_is_control(rows[i].c) == rows[i].control, rows[i].label);
}

static void characters_take_columns(void)
{
	static const struct {
		const char *label;
		uint32_t c;
		unsigned width;
	} rows[] = {
		{ "Latin", 'a', 1 },
		{ "Greek", 0x3b1, 1 },
		{ "combining acute", 0x301, 0 },
		{ "zero width joiner", 0x200d, 0 },
		{ "Hangul", 0xac00, 2 },
		{ "Han", 0x6f22, 2 },
		{ "fullwidth A", 0xff21, 2 },
		{ "snake emoji", 0x1f40d, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_u64(utf8_width(rows[i].c), rows[i].width, rows[i].label);
}

int main(void)
{
	a_character_has_its_length_and_number();
	what_steers_a_terminal_is_a_control();
	characters_take_columns();
	return check_done("utf8");
}
