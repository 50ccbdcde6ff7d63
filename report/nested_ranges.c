#include "report/nested_ranges.h"

#include <stdlib.h>

#include "parser/base/memory.h"

void nested_ranges_add(struct nested_ranges *r, uint64_t low, uint64_t high, uint32_t what)
{
	r->items = mem_grow(r->items, r->n, 1, &r->cap, sizeof(*r->items));
	r->items[r->n++] = (struct nested_range){ low, high, what, NESTED_NONE };
}

static int by_low(const void *va, const void *vb)
{
	const struct nested_range *a = va, *b = vb;

	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high > b->high ? -1 : 1;
	return (a->what > b->what) - (a->what < b->what);
}

void nested_ranges_sort(struct nested_ranges *r)
{
	uint32_t around = NESTED_NONE;

	if (r->n)
		qsort(r->items, r->n, sizeof(*r->items), by_low);
	for (uint32_t i = 0; i < r->n; i++) {
		while (around != NESTED_NONE && r->items[around].high <= r->items[i].low)
			around = r->items[around].around;
		r->items[i].around = around;
		around = i;
	}
}

uint32_t nested_ranges_at(const struct nested_ranges *r, uint64_t addr)
{
	size_t low = 0, high = r->n;
	uint32_t i;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->items[mid].low <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	for (i = low ? (uint32_t)(low - 1) : NESTED_NONE;
	     i != NESTED_NONE && r->items[i].high <= addr; i = r->items[i].around)
		;
	return i == NESTED_NONE ? NESTED_NONE : r->items[i].what;
}

void nested_ranges_done(struct nested_ranges *r)
{
	free(r->items);
	*r = (struct nested_ranges){ 0 };
}
