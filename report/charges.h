/*
 * report/charges.h - what samples cost the lines, instructions and other parts of annotated functions.
 *
 * A row is anything that costs are added up for.  It is told which locations of the call tree it has; then one
 * walk over the tree gives all rows their self (of the samples that ended there) and total (of those with
 * one of its locations anywhere in their stack, each counted once: DESIGN D5).
 *
 * Memory grows with the costs that there are: of thousands of events most rows have one or two (costs.h).
 */
#ifndef PERFOLIO_REPORT_CHARGES_H
#define PERFOLIO_REPORT_CHARGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/calltree.h"
#include "report/profile.h"

struct charges;

/* columns[e]: the event of the tree that event e of the rows is.  The tree is borrowed; costs that are 0 there count nothing. */
struct charges *charges_new(const struct calltree *tree, const size_t *columns, size_t n_events);
void charges_free(struct charges *c);

/* A new row, without locations.  Numbers begin with 1: row 0 has no cost. */
uint32_t charges_row(struct charges *c);

/*
 * Samples with this location in their stack count for the row's total; with `self`, those that end there for its self, too.
 * To say so twice makes no difference.
 */
void charges_put(struct charges *c, uint32_t location, uint32_t row, bool self);

/* Walk the tree, once, when all rows have their locations. */
void charges_count(struct charges *c);

/* Then: the costs of all rows. */
const struct costs *charges_all_self(const struct charges *c);
const struct costs *charges_all_total(const struct charges *c);

/*
 * Cost that the caller knows from elsewhere, for a row without locations, before or after the walk.  NULL: none.
 */
void charges_add(struct charges *c, uint32_t row, size_t event, const struct cost *self,
		 const struct cost *total);

/* Did a sum leave 64 bits?  It stays at the greatest number then. */
bool charges_overflow(const struct charges *c);

#endif
