/*
 * report/profile_file_order.h - the order in which a profile file has what is in a folio.
 *
 * It follows from what things are, not from how the folio came about: so the same folio gives the same bytes, in
 * whatever order it was merged.
 */
#ifndef PERFOLIO_REPORT_PROFILE_FILE_ORDER_H
#define PERFOLIO_REPORT_PROFILE_FILE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/folio.h"
#include "report/profile_file_memory.h"

/* Numbers of the folio's in the order of the file; *_places: by number the place there. */
struct file_order {
	const struct folio *f;
	bool by_positions; /* nodes are at positions; else positions are kept of no recording */
	uint32_t *tasks, *task_places;
	uint32_t *functions, *function_places;
	uint32_t *lists, *list_places;
	uint32_t *pieces, *piece_places;
	uint32_t *lines, *line_places;
	uint32_t *positions, *position_places;
	uint32_t *events, *event_places;
	uint32_t *sources, *problems, *spans;
	uint32_t *instance_places;
	uint32_t *nodes;             /* the root first */
	uint32_t *node_places;       /* for `memory` */
	struct memory_order *memory; /* NULL: nothing to say */
};

/* f is borrowed; file_order_done() frees. */
void file_order_make(struct file_order *o, const struct folio *f);
void file_order_done(struct file_order *o);

/* The place of the task, the position or (without positions) the list that a node at this location is. */
uint32_t file_order_place(const struct file_order *o, const struct location *l);

/* 0 .. n - 1 by `order`, free() them; *places, if not NULL: by number its place. */
uint32_t *file_sort(size_t n, int (*order)(const void *, const void *, void *), void *context,
		    uint32_t **places);

#endif
