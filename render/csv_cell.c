#include "render/csv_cell.h"

#include <stdbool.h>
#include <string.h>

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
