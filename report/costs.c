#include "report/costs.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

static void add_blocks(struct costs *c, size_t n)
{
	size_t used = c->n_blocks * c->width;

	c->items = mem_grow(c->items, used, n * c->width, &c->cap_items, sizeof(*c->items));
	if (n && c->width)
		memset(c->items + used, 0, n * c->width * sizeof(*c->items));
	c->n_blocks += n;
}

/* A block of the row; 0 is nobody's. */
static void add_link(struct costs *c, struct cost_link link)
{
	c->links = mem_grow(c->links, c->n_blocks, 1, &c->cap_links, sizeof(*c->links));
	c->links[c->n_blocks] = link;
	add_blocks(c, 1);
}

void costs_init(struct costs *c, size_t n_events)
{
	*c = (struct costs){ .n_events = n_events };
	c->wide = n_events > COSTS_BLOCK;
	c->width = c->wide ? COSTS_BLOCK : n_events ? n_events : 1;
	if (c->wide)
		add_link(c, (struct cost_link){ 0, 0 });
}

void costs_done(struct costs *c)
{
	free(c->items);
	free(c->newest);
	free(c->links);
	numbers_done(&c->places);
	*c = (struct costs){ 0 };
}

uint32_t costs_add_rows(struct costs *c, size_t n)
{
	size_t first = c->n_rows;

	c->n_rows += n;
	if (!c->wide) {
		add_blocks(c, n);
		return (uint32_t)first;
	}
	c->newest = mem_grow(c->newest, first, n, &c->cap_newest, sizeof(*c->newest));
	if (n)
		memset(c->newest + first, 0, n * sizeof(*c->newest));
	return (uint32_t)first;
}

static uint64_t place_of(size_t row, size_t event)
{
	return (uint64_t)row << 32 | event / COSTS_BLOCK;
}

size_t costs_find_block(const struct costs *c, size_t row, size_t event)
{
	uint32_t number;

	return numbers_find(&c->places, place_of(row, event), &number) ? (size_t)number + 1 : 0;
}

size_t costs_make_block(struct costs *c, size_t row, size_t event)
{
	bool is_new;
	uint32_t block = numbers_add(&c->places, place_of(row, event), &is_new) + 1;

	if (is_new) {
		struct cost_link link = { block, (uint32_t)(event - event % COSTS_BLOCK) };
		uint32_t before = c->newest[row];

		if (before) {
			link.next = c->links[before].next;
			c->links[before].next = block;
		}
		add_link(c, link);
		c->newest[row] = block;
	}
	return block;
}

static bool is_zero(const struct cost *costs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!cost_is_zero(&costs[i]))
			return false;
	return true;
}

bool costs_add_block(struct costs *c, size_t row, size_t first, const struct cost *more)
{
	size_t block = row;
	struct cost *to;
	bool fits = true;

	if (c->wide && is_zero(more, c->width))
		return true;
	if (c->wide)
		block = costs_make_block(c, row, first);
	to = &c->items[block * c->width];
	for (size_t i = 0; i < c->width; i++)
		fits = cost_add(&to[i], &more[i]) && fits;
	return fits;
}

bool costs_add_row(struct costs *to, size_t to_row, const struct costs *from, size_t row)
{
	struct cost_cell cell = costs_begin(from, row);
	bool fits = true;

	while (costs_next(from, &cell))
		fits = costs_add(to, to_row, cell.event, cell.cost) && fits;
	return fits;
}

uint64_t costs_samples(const struct costs *c, size_t row)
{
	struct cost_cell cell = costs_begin(c, row);
	struct cost sum = { 0, 0 };

	while (costs_next(c, &cell))
		cost_add(&sum, cell.cost);
	return sum.samples;
}

static int compare(const struct cost *a, const struct cost *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->samples < b->samples) - (a->samples > b->samples);
}

/* Looks at the costs of row `a` only: the first of its events, before *first, in which `b` has another. */
static int first_difference(const struct costs *c, size_t a, size_t b, size_t *first)
{
	struct cost_cell cell = costs_begin(c, a);
	int order = 0;

	while (costs_next(c, &cell)) {
		int here = cell.event < *first ? compare(cell.cost, costs_at(c, b, cell.event)) : 0;

		if (here) {
			*first = cell.event;
			order = here;
		}
	}
	return order;
}

/* What both have is compared twice, as blocks come in no order that could be followed in both. */
int costs_compare(const struct costs *c, size_t a, size_t b)
{
	size_t first = c->n_events;
	int in_a = first_difference(c, a, b, &first), in_b = first_difference(c, b, a, &first);

	return in_b ? -in_b : in_a;
}
