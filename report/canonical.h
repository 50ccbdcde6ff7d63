/*
 * report/canonical.h - a profile's functions and nodes in an order that depends on nothing but what they are.
 *
 * A tree is built in the order in which stacks were first seen.  The same samples can come in another one: filtered,
 * out of a profile file, merged from several recordings.  With this order they give the same bytes all the same,
 * whatever a model or format breaks its ties by.
 */
#ifndef PERFOLIO_REPORT_CANONICAL_H
#define PERFOLIO_REPORT_CANONICAL_H

#include <stdint.h>

#include "report/profile.h"

/*
 * Put the functions into the order of function_order(), less those that no node has, and the nodes into that of a
 * walk from the root that takes a node's children by their functions.  Returns, by old function, its new index
 * (PROFILE_NO_FUNCTION: dropped); free() it.
 */
uint32_t *profile_canonical(struct profile *p);

#endif
