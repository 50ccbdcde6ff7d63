#include "report/function_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/near_names.h"

bool function_is_called(const struct function *f, const char *name)
{
	size_t len = strlen(f->module);

	return strcmp(f->name, name) == 0 || (*f->symbol && strcmp(f->symbol, name) == 0) ||
	       (strncmp(f->module, name, len) == 0 && name[len] == '.' &&
		strcmp(f->name, name + len + 1) == 0);
}

static bool may_be_meant(const struct function *f, unsigned kinds)
{
	return kinds >> f->kind & 1 && !f->placeholder;
}

/* Offered names have to stay until the hint is made: `full` holds them, a text for each function. */
static void offer_full_names(struct near_names *near, const struct function *functions, size_t n,
			     unsigned kinds, char **full)
{
	for (size_t i = 0; i < n; i++)
		if (may_be_meant(&functions[i], kinds) && *functions[i].module &&
		    asprintf(&full[i], "%s.%s", functions[i].module, functions[i].name) >= 0)
			near_names_offer(near, full[i]);
}

char *function_names_hint(const struct function *functions, size_t n, unsigned kinds,
			  const char *wanted)
{
	char **full = mem_calloc(n, sizeof(*full)), *hint;
	struct near_names near;

	near_names_begin(&near, wanted);
	for (size_t i = 0; i < n; i++)
		if (may_be_meant(&functions[i], kinds))
			near_names_offer(&near, functions[i].name);
	if (!near.n)
		offer_full_names(&near, functions, n, kinds, full);
	hint = near_names_hint(&near);
	for (size_t i = 0; i < n; i++)
		free(full[i]);
	free(full);
	return hint;
}
