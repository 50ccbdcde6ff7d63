#include "render/csv_cell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/out.h"

void csv_cell(struct out *o, const char *s)
{
	bool quote = strpbrk(s, ",\"") || *s == ' ' || (*s && s[strlen(s) - 1] == ' ');

	if (quote)
		out_char(o, '"');
	for (const char *p = s; *p;) {
		uint32_t c;
		size_t len = utf8_next(p, &c);

		if (c == '"')
			out_text(o, "\"\"");
		else if (c == UTF8_BAD || utf8_is_control(c))
			out_char(o, '?');
		else
			out_bytes(o, p, len);
		p += len;
	}
	if (quote)
		out_char(o, '"');
}

void csv_key_headings(struct out *o, const char *tabbed)
{
	size_t len;

	for (const char *k = tabbed; k && *k; k += len + (k[len] == '\t')) {
		len = strcspn(k, "\t");
		out_printf(o, ",by %.*s", (int)len, k);
	}
}

void csv_key_cells(struct out *o, const char *tabbed)
{
	size_t len;

	for (const char *p = tabbed;; p += len + 1) {
		char *value;

		len = strcspn(p, "\t");
		value = mem_text(p, len);
		out_char(o, ',');
		csv_cell(o, value);
		free(value);
		if (!p[len])
			break;
	}
}

size_t csv_keys(const char *tabbed)
{
	size_t n = tabbed != NULL;

	for (const char *p = tabbed; p && *p; p++)
		n += *p == '\t';
	return n;
}

void csv_next_cell(struct out *o, const char *s)
{
	out_char(o, ',');
	csv_cell(o, s);
}

void csv_next_number(struct out *o, uint64_t v)
{
	out_char(o, ',');
	out_u64(o, v);
}
