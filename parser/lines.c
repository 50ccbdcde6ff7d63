#include "parser/lines.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/source.h"

enum { READ_BYTES = 1 << 16 };

char *lines_read(const char *path, size_t *len, struct error *err)
{
	size_t used = 0, cap = 0, got = READ_BYTES;
	char *text = NULL;
	struct source s;

	if (!source_open(path, &s, err))
		return NULL;
	while (got == READ_BYTES) {
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
	*len = used;
	return text;
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
