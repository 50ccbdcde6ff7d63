#include "report/event_name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/near_names.h"

size_t event_short_length(const char *event)
{
	return strcspn(event, ":/");
}

static bool is_same(const char *event, size_t event_len, const char *name, size_t len)
{
	return event_len == len && memcmp(event, name, len) == 0;
}

size_t event_find(const char *const *events, size_t n, const char *name, size_t len, size_t *count)
{
	size_t found = 0;

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (is_same(events[i], strlen(events[i]), name, len)) {
			*count = 1;
			return i;
		}
		if (is_same(events[i], event_short_length(events[i]), name, len) && (*count)++ == 0)
			found = i;
	}
	return found;
}

char *event_names_hint(const char *const *events, size_t n, const char *name, size_t len)
{
	char *hint = near_list_hint(name, len, events, n);
	char **shorts;

	if (*hint)
		return hint;
	free(hint);
	shorts = mem_calloc(n, sizeof(*shorts));
	for (size_t i = 0; i < n; i++)
		shorts[i] = mem_text(events[i], event_short_length(events[i]));
	hint = near_list_hint(name, len, (const char *const *)shorts, n);
	for (size_t i = 0; i < n; i++)
		free(shorts[i]);
	free(shorts);
	return hint;
}
