/*
 * report/acyclic.h - take edges one by one, as long as they close no cycle.
 *
 * Keeps a topological order of what was taken (Pearce and Kelly 2006): an edge that
 * agrees with the order costs nothing, another one a search between its ends.
 */
#ifndef PERFOLIO_REPORT_ACYCLIC_H
#define PERFOLIO_REPORT_ACYCLIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acyclic;

/* rank[v]: the order to begin with, a permutation of 0 .. vertices - 1. */
struct acyclic *acyclic_new(size_t vertices, const uint32_t *rank);
void acyclic_free(struct acyclic *a);

/*
 * Take an edge; false, and nothing changed, if it would close a cycle.  On graphs that would take very
 * long an edge against the order may be refused unsearched: the result is acyclic, not the largest.
 */
bool acyclic_add(struct acyclic *a, uint32_t from, uint32_t to);

/* The place of a vertex in the order: each edge taken leads from a lower to a higher one. */
uint32_t acyclic_rank(const struct acyclic *a, uint32_t vertex);

#endif
