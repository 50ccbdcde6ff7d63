/*
 * report/foreign_maps.h - which one of many perf maps describes a process's code.
 *
 * Of each map it keeps where its entries begin, in one sorted list, so that a question costs a search for each range,
 * however many maps there are and processes ask.
 */
#ifndef PERFOLIO_REPORT_FOREIGN_MAPS_H
#define PERFOLIO_REPORT_FOREIGN_MAPS_H

#include <stdbool.h>

#include "parser/perfmap.h"
#include "report/jit_ranges.h"

struct foreign_maps;

struct foreign_maps *foreign_maps_new(void);
void foreign_maps_free(struct foreign_maps *f);

/* Add a map, of which nothing is needed afterwards; the path is borrowed. */
void foreign_maps_add(struct foreign_maps *f, const char *path, const struct perfmap *map);

/* When all are added, before the first question. */
void foreign_maps_sort(struct foreign_maps *f);

/* The path of the only map with an entry that begins in one of the ranges; NULL: there is none, or *several. */
const char *foreign_maps_match(const struct foreign_maps *f, const struct jit_ranges *ranges,
			       bool *several);

#endif
