/*
 * tests/make_folio.h - folios made up by chance, the same for the same seed.
 *
 * Their stacks have Python functions of files that share names, interpreter, libraries, kernel and inlined functions,
 * below tasks that several of them have; some events they have in common.  Of most there are positions, and accesses to
 * memory.
 */
#ifndef TESTS_MAKE_FOLIO_H
#define TESTS_MAKE_FOLIO_H

#include <stddef.h>

#include "report/folio.h"

enum { ALL_KEYS = ROOT_BIT(ROOT_KEYS) - 1 };

struct folio *make_folio(struct texts *texts, unsigned seed, unsigned keys, size_t stacks);

/*
 * What a view of it comes to, a line for each function and event that it has a cost of, sorted:
 * "NAME|FILE|OBJECT|KIND|EVENT self-samples self-weight total-samples total-weight".  free() it.
 * positions: of a view whose locations are positions, which changes nothing.
 */
char *folio_rows(const struct folio *f, enum view view, bool inlined, bool positions);

/* The same for each position, without views: brute force. */
char *folio_places(const struct folio *f);

/* The rows of several such texts added up. */
char *add_rows(char *const *rows, size_t n);

#endif
