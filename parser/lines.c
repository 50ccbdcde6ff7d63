#include "parser/lines.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/source.h"

enum { READ_BYTES = 1 << 16 };

/* Up to the last whole line of the first `max` bytes; all of them, if they are one line. */
static size_t whole_lines(char *text, size_t max)
{
	const char *end = memrchr(text, '\n', max);
	size_t len = end ? (size_t)(end + 1 - text) : max;

	text[len] = '\0';
	return len;
}

char *lines_read(const char *path, size_t max, size_t *len, bool *more, struct error *err)
{
	size_t used = 0, cap = 0, got = READ_BYTES;
	char *text = NULL;
	struct source s;

	if (!source_open(path, &s, err))
		return NULL;
	while (got == READ_BYTES && used <= max) {
		text = mem_grow(text, used, READ_BYTES + 1, &cap, 1);
		if (!source_read(&s, used, text + used, READ_BYTES, &got, err)) {
			free(text);
			text = NULL;
			break;
		}
		used += got;
		text[used] = '\0';
	}
	source_close(&s);
	*more = text && used > max;
	*len = *more ? whole_lines(text, max) : used;
	return text ? mem_resize(text, *len + 1, 1) : NULL; /* thousands of small ones are kept */
}

void lines_cut(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n')
			continue;
		text[i] = '\0';
		if (i > 0 && text[i - 1] == '\r')
			text[i - 1] = '\0';
	}
}

bool lines_is_blank(const char *text)
{
	return text[strspn(text, " \t\r")] == '\0';
}
