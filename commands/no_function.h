/*
 * commands/no_function.h - functions that options and operands name: one rule for all commands where there is none.
 */
#ifndef PERFOLIO_COMMANDS_NO_FUNCTION_H
#define PERFOLIO_COMMANDS_NO_FUNCTION_H

#include <stdbool.h>

#include "commands/loading.h"
#include "commands/session.h"

/* What an option means by a function: bit k for enum function_kind k. */
enum {
	NAMES_PYTHON = 1 << KIND_PYTHON,
	NAMES_ANY = 1 << KIND_PYTHON | 1 << KIND_NATIVE | 1 << KIND_KERNEL | 1 << KIND_UNKNOWN
};

/* Is a function of the recording called so (see function_name.h)?  In the view: is one that the view shows? */
bool names_function(const struct loading *l, const char *name, unsigned kinds);
bool names_function_in_view(const struct loading *l, const char *name, unsigned kinds);

/*
 * No function that can be shown is called so: says why, what may have been meant, and how to go on.  Gives the exit
 * status.
 */
int tell_no_function(const struct session *s, const struct loading *l, const char *name,
		     unsigned kinds);

/* The same where another profile than the loaded one was asked: one of loading_view(). */
int tell_no_function_in(const struct session *s, const struct loading *l, const struct profile *p,
			const char *name, unsigned kinds);

#endif
