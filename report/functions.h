/*
 * report/functions.h - the functions of a profile, each once (DESIGN D4): identity is an index.
 */
#ifndef PERFOLIO_REPORT_FUNCTIONS_H
#define PERFOLIO_REPORT_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "report/profile.h"

/* Starts as zeroes; functions_done() frees. */
struct functions {
	struct function *items;
	size_t n, cap;
	uint32_t *slots; /* index + 1, 0 is free */
	size_t mask;
};

/*
 * The index of the function that is equal in kind, placeholder, name, symbol, file, object and `at`, added if there is
 * none.  Texts must be of one struct texts: they are compared as pointers.  Module and line do
 * not count: they follow from the others.
 */
uint32_t functions_add(struct functions *f, const struct function *function);
void functions_done(struct functions *f);

#endif
