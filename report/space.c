#include "report/space.h"

#include <stdbool.h>
#include <stdlib.h>

#include "parser/base/memory.h"

/*
 * A segment tree over the sorted boundaries of all announcements.  Between two
 * neighbouring boundaries lies a slice of addresses; the slices are the leaves,
 * node i has the children 2i and 2i + 1, leaf k is node slices + k.  Each
 * announcement stands in the lists of the O(log n) nodes that together make up
 * its range, so those over an address stand in the lists on the way from its
 * leaf to the root.  A list is sorted by time because it is filled in that order.
 */
struct entry {
	uint32_t item;  /* index of the announcement */
	uint32_t other; /* index in the list of the next entry with another mapping */
};

struct space_tree {
	uint64_t *bounds; /* sorted, distinct */
	size_t slices;    /* bounds - 1 */
	size_t *first;    /* node i's list: entries[first[i]] .. entries[first[i + 1]] */
	struct entry *entries;
};

enum { FEW = 8 }; /* so many announcements are looked at one by one */

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void collect_bounds(struct space_tree *t, const struct space *s)
{
	size_t n = 2 * s->n, distinct = 0;

	t->bounds = mem_calloc(n, sizeof(*t->bounds));
	for (size_t i = 0; i < s->n; i++) {
		t->bounds[2 * i] = s->items[i].start;
		t->bounds[2 * i + 1] = s->items[i].end;
	}
	qsort(t->bounds, n, sizeof(*t->bounds), compare_u64);
	for (size_t i = 0; i < n; i++) {
		if (distinct == 0 || t->bounds[i] != t->bounds[distinct - 1])
			t->bounds[distinct++] = t->bounds[i];
	}
	t->slices = distinct - 1;
}

/* Index of the last bound at or before addr; there must be one. */
static size_t bound_before(const struct space_tree *t, uint64_t addr)
{
	size_t low = 0, high = t->slices + 1;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (t->bounds[mid] <= addr)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* The nodes that make up an announcement's range: calls add() for each. */
static void for_each_node(struct space_tree *t, const struct announcement *a, uint32_t item,
			  void (*add)(struct space_tree *t, size_t node, uint32_t item))
{
	size_t left = bound_before(t, a->start) + t->slices;
	size_t right = bound_before(t, a->end) + t->slices;

	for (; left < right; left /= 2, right /= 2) {
		if (left & 1)
			add(t, left++, item);
		if (right & 1)
			add(t, --right, item);
	}
}

static void count_entry(struct space_tree *t, size_t node, uint32_t item)
{
	(void)item;
	t->first[node + 1]++;
}

/* first[node] stands at the next free entry of the node while the lists are filled. */
static void put_entry(struct space_tree *t, size_t node, uint32_t item)
{
	t->entries[t->first[node]++].item = item;
}

static void fill_lists(struct space_tree *t, const struct space *s)
{
	size_t nodes = 2 * t->slices;

	t->first = mem_calloc(nodes + 1, sizeof(*t->first));
	for (size_t i = 0; i < s->n; i++)
		for_each_node(t, &s->items[i], (uint32_t)i, count_entry);
	for (size_t i = 0; i < nodes; i++)
		t->first[i + 1] += t->first[i];
	t->entries = mem_calloc(t->first[nodes], sizeof(*t->entries));
	for (size_t i = 0; i < s->n; i++)
		for_each_node(t, &s->items[i], (uint32_t)i, put_entry);
	for (size_t i = nodes; i > 0; i--)
		t->first[i] = t->first[i - 1];
	t->first[0] = 0;
}

/* Let each entry point over the equal ones behind it, so that a mapping announced a million times is one step. */
static void link_others(struct space_tree *t, const struct space *s)
{
	for (size_t node = 0; node < 2 * t->slices; node++) {
		struct entry *list = t->entries + t->first[node];
		size_t n = t->first[node + 1] - t->first[node];

		for (size_t i = n; i-- > 0;) {
			bool same = i + 1 < n && s->items[list[i].item].mapping ==
							 s->items[list[i + 1].item].mapping;

			list[i].other = same ? list[i + 1].other : (uint32_t)(i + 1);
		}
	}
}

void space_build(struct space *s, const struct announcement *items, size_t n)
{
	s->items = items;
	s->n = n;
	s->tree = NULL;
	if (n <= FEW)
		return;
	s->tree = mem_calloc(1, sizeof(*s->tree));
	collect_bounds(s->tree, s);
	fill_lists(s->tree, s);
	link_others(s->tree, s);
}

void space_done(struct space *s)
{
	if (s->tree) {
		free(s->tree->bounds);
		free(s->tree->first);
		free(s->tree->entries);
		free(s->tree);
	}
	*s = (struct space){ 0 };
}

static bool covers(const struct announcement *a, uint64_t addr)
{
	return a->start <= addr && addr < a->end;
}

static struct space_answer ask_each(const struct space *s, uint64_t addr, uint64_t time)
{
	struct space_answer r = { .to = UINT64_MAX };

	for (size_t i = 0; i < s->n; i++) {
		const struct announcement *a = &s->items[i];

		if (!covers(a, addr))
			continue;
		if (a->time <= time) {
			r.mapping = a->mapping;
			r.from = a->time;
		} else if (a->mapping != r.mapping) {
			r.to = a->time;
			break;
		}
	}
	return r;
}

/* Number of entries of the list that were announced at or before `time`. */
static size_t announced(const struct space *s, const struct entry *list, size_t n, uint64_t time)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (s->items[list[mid].item].time <= time)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

/* The newest announcement in the lists from the leaf to the root; -1: none. */
static int64_t newest(const struct space *s, size_t leaf, uint64_t time)
{
	const struct space_tree *t = s->tree;
	int64_t best = -1;

	for (size_t node = leaf; node > 0; node /= 2) {
		const struct entry *list = t->entries + t->first[node];
		size_t k = announced(s, list, t->first[node + 1] - t->first[node], time);

		if (k > 0 && (int64_t)list[k - 1].item > best)
			best = list[k - 1].item;
	}
	return best;
}

/* When an announcement of another mapping than this one first comes after `time`. */
static uint64_t next_other(const struct space *s, size_t leaf, uint64_t time, uint32_t mapping)
{
	const struct space_tree *t = s->tree;
	uint64_t to = UINT64_MAX;

	for (size_t node = leaf; node > 0; node /= 2) {
		const struct entry *list = t->entries + t->first[node];
		size_t n = t->first[node + 1] - t->first[node];
		size_t k = announced(s, list, n, time);

		if (k < n && s->items[list[k].item].mapping == mapping)
			k = list[k].other;
		if (k < n && s->items[list[k].item].time < to)
			to = s->items[list[k].item].time;
	}
	return to;
}

struct space_answer space_ask(const struct space *s, uint64_t addr, uint64_t time)
{
	const struct space_tree *t = s->tree;
	struct space_answer r = { .to = UINT64_MAX };
	size_t leaf;
	int64_t item;

	if (!t)
		return ask_each(s, addr, time);
	if (addr < t->bounds[0] || addr >= t->bounds[t->slices])
		return r;
	leaf = bound_before(t, addr) + t->slices;
	item = newest(s, leaf, time);
	if (item >= 0) {
		r.mapping = s->items[item].mapping;
		r.from = s->items[item].time;
	}
	r.to = next_other(s, leaf, time, r.mapping);
	return r;
}
