#include "render/text_parts.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/utf8.h"
#include "render/out.h"
#include "report/profile.h"
#include "report/ratios.h"

size_t parts_width(const char *s)
{
	size_t width = 0;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		width += c == UTF8_BAD || utf8_is_control(c) ? 1 : utf8_width(c);
		s += len;
	}
	return width;
}

void parts_pad(struct out *o, size_t n)
{
	while (n-- > 0)
		out_char(o, ' ');
}

/* Print the characters that lie wholly within columns [from, to) of the text; the number of columns printed. */
static size_t print_columns(struct out *o, const char *s, size_t from, size_t to)
{
	size_t at = 0, printed = 0;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool shown = c != UTF8_BAD && !utf8_is_control(c);
		size_t width = shown ? utf8_width(c) : 1;

		/* a combining mark belongs to the character before it */
		if (at + width > to || (width == 0 && at >= to && printed == 0))
			break;
		if (at >= from && (width > 0 || at > from)) {
			if (shown)
				out_bytes(o, s, len);
			else
				out_char(o, '?');
			printed += width;
		}
		at += width;
		s += len;
	}
	return printed;
}

/* The text in at most `width` columns: with "…" for its middle if it is longer. */
size_t parts_cut(struct out *o, const char *s, size_t width)
{
	size_t whole = parts_width(s), head, tail, printed;

	if (whole <= width) {
		out_name(o, s);
		return whole;
	}
	if (width == 0)
		return 0;
	head = width / 2;
	tail = width - 1 - head;
	printed = print_columns(o, s, 0, head);
	out_text(o, "…");
	return printed + 1 + print_columns(o, s, whole - tail, whole);
}

bool parts_shows(const char *keys, const char *column)
{
	return !keys || ((keys_have(keys, "function") || keys_have(keys, "line")) &&
			 !keys_have(keys, column));
}

void parts_number_text(char *text, size_t size, uint64_t v)
{
	snprintf(text, size, "%llu", (unsigned long long)v);
}

void parts_number(struct out *o, uint64_t v, unsigned width)
{
	char text[24];

	parts_number_text(text, sizeof(text), v);
	parts_pad(o, width > strlen(text) ? width - strlen(text) : 0);
	out_text(o, text);
}

void parts_percent(struct out *o, uint64_t hundredths, unsigned width)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu.%02llu", (unsigned long long)(hundredths / 100),
		 (unsigned long long)(hundredths % 100));
	parts_pad(o, width > strlen(text) ? width - strlen(text) : 0);
	out_text(o, text);
}

void parts_ratio_text(char *text, size_t size, const struct ratio *r, const struct ratio_value *v)
{
	int digits;

	if (!v->has_value) {
		snprintf(text, size, "%s", r->metric ? "" : "few");
		return;
	}
	digits = v->value == 0 ? 0 : 2 - (int)floor(log10(fabs(v->value)));
	if (digits > 6 &&
	    v->has_error) { /* no wider than others: fewer digits, since fewer matter */
		double percent = 100 * fabs(v->error / v->value);

		snprintf(text, size, "%.*e±%.0f%%", percent < 9.5, v->value, percent);
		return;
	}
	if (digits > 6) {
		snprintf(text, size, "%.2e", v->value);
		return;
	}
	if (digits < 0)
		digits = 0;
	if (v->has_error && v->value != 0)
		snprintf(text, size, "%.*f±%.0f%%", digits, v->value,
			 100 * fabs(v->error / v->value));
	else
		snprintf(text, size, "%.*f", digits, v->value);
}

void parts_right(struct out *o, const char *text, size_t width)
{
	size_t used = parts_width(text);

	parts_pad(o, width > used ? width - used : 0);
	out_text(o, text);
}
