/*
 * report/function_name.h - functions by the names that people give to options and operands.
 *
 * One rule for all commands: a function is called by its name, its raw symbol or "module.name".
 */
#ifndef PERFOLIO_REPORT_FUNCTION_NAME_H
#define PERFOLIO_REPORT_FUNCTION_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "report/profile.h"

bool function_is_called(const struct function *f, const char *name);

/*
 * What may have been meant, as near_names_hint() writes it, "" if nothing is near; free() it.  `kinds`: bit k for
 * enum function_kind k.  Functions are named by their names, or by "module.name" where only that is near.
 */
char *function_names_hint(const struct function *functions, size_t n, unsigned kinds,
			  const char *wanted);

#endif
