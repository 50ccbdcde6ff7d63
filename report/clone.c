#include "report/clone.h"

#include <stdbool.h>
#include <string.h>

/* What may stand behind the first dot of a clone. Sources: gcc's clone_function_name(), LLVM's UniqueInternalLinkageNames. */
static bool is_clone_word(const char *s, size_t len)
{
	static const char *const words[] = {
		"cold", "part",      "constprop", "isra",    "lto_priv", "llvm",
		"warm", "simdclone", "actor",     "destroy", "resume",   "cleanup",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && strncmp(words[i], s, len) == 0)
			return true;
	return false;
}

size_t clone_base(const char *symbol)
{
	size_t len = strlen(symbol);

	for (const char *dot = strchr(symbol, '.'); dot; dot = strchr(dot + 1, '.')) {
		if (dot != symbol && is_clone_word(dot + 1, strcspn(dot + 1, ".@")))
			return (size_t)(dot - symbol);
	}
	return len;
}
