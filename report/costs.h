/*
 * report/costs.h - rows of costs, a cost for each event in a row: of a tree's nodes, of functions, of edges.
 *
 * Costs lie in blocks of up to COSTS_BLOCK events.  Where the recording has no more events, each row is one block.
 * Where it has (tracepoints by the hundred), most rows have costs of one or two events only, so that a row has
 * the blocks that something was counted in, found by hash: memory grows with what was sampled, not with
 * rows times events.
 *
 *	struct cost_cell cell = costs_begin(c, row);
 *
 *	while (costs_next(c, &cell))           each cost of the row that is not zero
 *		... cell.event, *cell.cost ...
 *
 * They come in the order of the events, if that is the order in which blocks got their first costs; else blocks come in
 * the order in which they got them.
 */
#ifndef PERFOLIO_REPORT_COSTS_H
#define PERFOLIO_REPORT_COSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/numbers.h"

struct cost {
	uint64_t samples;
	uint64_t weight; /* sum of periods */
};

/* Add without wrapping; false if a sum left 64 bits (it stays at the greatest number then). */
static inline bool cost_add(struct cost *sum, const struct cost *more)
{
	bool fits = true;

	if (__builtin_add_overflow(sum->samples, more->samples, &sum->samples)) {
		sum->samples = UINT64_MAX;
		fits = false;
	}
	if (__builtin_add_overflow(sum->weight, more->weight, &sum->weight)) {
		sum->weight = UINT64_MAX;
		fits = false;
	}
	return fits;
}

static inline bool cost_is_zero(const struct cost *c)
{
	return !(c->samples | c->weight);
}

enum { COSTS_BLOCK = 8 };

struct costs {
	size_t n_events;
	size_t width; /* costs in a block */
	size_t n_rows;
	/* inside */
	struct cost *items; /* block b: items[b * width ...] */
	size_t n_blocks, cap_items;
	bool wide;             /* a row is many blocks; else row r is block r */
	uint32_t *newest;      /* by row: its newest block, 0: none (block 0 is of zeroes) */
	struct numbers places; /* (row, event / width) -> block - 1 */
	struct cost_link {
		uint32_t
			next; /* the next block of its row; behind the newest one comes the first */
		uint32_t first; /* event */
	} * links;              /* by block */
	size_t cap_newest, cap_links;
};

/* No rows yet.  costs_done() frees. */
void costs_init(struct costs *c, size_t n_events);
void costs_done(struct costs *c);

/* Add rows of zeroes; gives the number of the first. */
uint32_t costs_add_rows(struct costs *c, size_t n);

/* Add what another one's row has (of as many events); false: a sum left 64 bits. */
bool costs_add_row(struct costs *to, size_t to_row, const struct costs *from, size_t row);

/* For costs_at() and the like where a row is many blocks: the block of an event, 0: none; the same, made if there is none. */
size_t costs_find_block(const struct costs *c, size_t row, size_t event);
size_t costs_make_block(struct costs *c, size_t row, size_t event);

/* A cost, to be read until the next one is added. */
static inline const struct cost *costs_at(const struct costs *c, size_t row, size_t event)
{
	if (!c->wide)
		return &c->items[row * c->width + event];
	return &c->items[costs_find_block(c, row, event) * c->width + event % COSTS_BLOCK];
}

/* The costs of the `width` events from `first` on, a multiple of it; those behind the last event are zero. */
static inline const struct cost *costs_block(const struct costs *c, size_t row, size_t first)
{
	return costs_at(c, row, first);
}

/* Add to a cost; false: a sum left 64 bits. */
static inline bool costs_add(struct costs *c, size_t row, size_t event, const struct cost *more)
{
	size_t at = row * c->width + event;

	if (c->wide) /* which moves the items */
		at = costs_make_block(c, row, event) * c->width + event % COSTS_BLOCK;
	return cost_add(&c->items[at], more);
}

/* Add to the `width` costs from `first` on; false: a sum left 64 bits. */
bool costs_add_block(struct costs *c, size_t row, size_t first, const struct cost *more);

/* ---- all costs of a row ---- */

struct cost_cell {
	size_t event;
	const struct cost *cost;
	/* inside */
	size_t block, last, next;
};

static inline struct cost_cell costs_begin(const struct costs *c, size_t row)
{
	size_t last = c->wide ? c->newest[row] : row;

	return (struct cost_cell){ .block = c->wide ? c->links[last].next : row, .last = last };
}

static inline bool costs_next(const struct costs *c, struct cost_cell *cell)
{
	for (;;) {
		while (cell->next < c->width) {
			cell->cost = &c->items[cell->block * c->width + cell->next++];
			if (!cost_is_zero(cell->cost)) {
				cell->event = cell->next - 1;
				if (c->wide)
					cell->event += c->links[cell->block].first;
				return true;
			}
		}
		if (cell->block == cell->last)
			return false;
		cell->block = c->links[cell->block].next;
		cell->next = 0;
	}
}

/* Orders rows by the first event in which they differ: more weight first, then more samples.  0: they do not. */
int costs_compare(const struct costs *c, size_t a, size_t b);

/* Has the row no samples? */
static inline bool costs_no_samples(const struct costs *c, size_t row)
{
	struct cost_cell cell = costs_begin(c, row);

	while (costs_next(c, &cell))
		if (cell.cost->samples)
			return false;
	return true;
}

/* The samples of all events together; UINT64_MAX: they leave 64 bits. */
uint64_t costs_samples(const struct costs *c, size_t row);

#endif
