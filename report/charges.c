#include "report/charges.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

/* A location of a row. */
struct put {
	uint32_t location, row;
	bool self;
};

struct charges {
	const struct calltree *tree;
	size_t *columns;
	size_t n_events;
	size_t n_rows, cap_rows;
	struct cost *self, *total; /* row r: [r * n_events ..] */
	size_t cap_self, cap_total;
	struct put *puts;
	size_t n_puts, cap_puts;
};

struct charges *charges_new(const struct calltree *tree, const size_t *columns, size_t n_events)
{
	struct charges *c = mem_calloc(1, sizeof(*c));

	c->tree = tree;
	c->n_events = n_events;
	c->columns = mem_calloc(n_events, sizeof(*c->columns));
	if (n_events)
		memcpy(c->columns, columns, n_events * sizeof(*columns));
	charges_row(c); /* row 0 */
	return c;
}

void charges_free(struct charges *c)
{
	if (!c)
		return;
	free(c->columns);
	free(c->self);
	free(c->total);
	free(c->puts);
	free(c);
}

static struct cost *zeroes(struct cost *items, size_t used, size_t more, size_t *cap)
{
	items = mem_grow(items, used, more, cap, sizeof(*items));
	for (size_t i = 0; i < more; i++)
		items[used + i] = (struct cost){ 0, 0 };
	return items;
}

uint32_t charges_row(struct charges *c)
{
	size_t used = c->n_rows * c->n_events;

	c->self = zeroes(c->self, used, c->n_events, &c->cap_self);
	c->total = zeroes(c->total, used, c->n_events, &c->cap_total);
	return (uint32_t)c->n_rows++;
}

void charges_put(struct charges *c, uint32_t location, uint32_t row, bool self)
{
	if (row == 0)
		return;
	c->puts = mem_grow(c->puts, c->n_puts, 1, &c->cap_puts, sizeof(*c->puts));
	c->puts[c->n_puts++] = (struct put){ location, row, self };
}

const struct cost *charges_self(const struct charges *c, uint32_t row)
{
	return &c->self[row * c->n_events];
}

const struct cost *charges_total(const struct charges *c, uint32_t row)
{
	return &c->total[row * c->n_events];
}

bool charges_add(struct charges *c, uint32_t row, size_t event, const struct cost *self,
		 const struct cost *total)
{
	bool fits = true;

	if (self)
		fits = cost_add(&c->self[row * c->n_events + event], self);
	if (total)
		fits &= cost_add(&c->total[row * c->n_events + event], total);
	return fits;
}

/* ---- the walk ---- */

struct walking {
	struct charges *charges;
	size_t *first;                /* by location: its puts are [first[l], first[l + 1]) */
	uint32_t *child, *next;       /* by node: 0 is none */
	uint32_t *on_path;            /* by row: nodes from the root to here that have it */
	size_t first_event, n_events; /* of this walk */
	struct cost *below;           /* by node: what ended in it or behind it, n_events each */
};

static int by_location(const void *va, const void *vb)
{
	const struct put *a = va, *b = vb;

	if (a->location != b->location)
		return a->location < b->location ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->self < b->self) - (a->self > b->self);
}

/* Sort the puts by location, without what was said twice. */
static void index_puts(struct walking *w)
{
	struct charges *c = w->charges;
	size_t n = 0, at = 0;

	if (c->n_puts)
		qsort(c->puts, c->n_puts, sizeof(*c->puts), by_location);
	for (size_t i = 0; i < c->n_puts; i++)
		if (n == 0 || c->puts[i].location != c->puts[n - 1].location ||
		    c->puts[i].row != c->puts[n - 1].row)
			c->puts[n++] = c->puts[i];
	c->n_puts = n;
	w->first = mem_calloc(c->tree->n_locations + 1, sizeof(*w->first));
	for (size_t l = 0; l <= c->tree->n_locations; l++) {
		while (at < n && c->puts[at].location < l)
			at++;
		w->first[l] = at;
	}
}

static void link_children(struct walking *w)
{
	const struct calltree *t = w->charges->tree;

	w->child = mem_calloc(t->n_nodes + 1, sizeof(*w->child));
	w->next = mem_calloc(t->n_nodes + 1, sizeof(*w->next));
	for (size_t n = t->n_nodes; n-- > 1;) {
		w->next[n] = w->child[t->nodes[n].parent];
		w->child[t->nodes[n].parent] = (uint32_t)n;
	}
}

/* What samples cost that ended in a node. */
static const struct cost *own_cost(const struct walking *w, size_t node, size_t e)
{
	const struct charges *c = w->charges;

	return costs_at(&c->tree->costs, c->tree->nodes[node].cost, c->columns[w->first_event + e]);
}

static void add_up(struct walking *w)
{
	const struct calltree *t = w->charges->tree;
	size_t n_events = w->n_events;

	memset(w->below, 0, t->n_nodes * n_events * sizeof(*w->below));
	for (size_t n = t->n_nodes; n-- > 0;) {
		for (size_t e = 0; e < n_events; e++) {
			struct cost *sum = &w->below[n * n_events + e];

			cost_add(sum, own_cost(w, n, e));
			if (n)
				cost_add(&w->below[t->nodes[n].parent * n_events + e], sum);
		}
	}
}

static void enter(struct walking *w, uint32_t n)
{
	struct charges *c = w->charges;
	const struct calltree_node *node = &c->tree->nodes[n];

	for (size_t i = w->first[node->location]; i < w->first[node->location + 1]; i++) {
		const struct put *p = &c->puts[i];
		size_t at = p->row * c->n_events + w->first_event;
		bool outermost = w->on_path[p->row]++ == 0;

		for (size_t e = 0; outermost && e < w->n_events; e++)
			cost_add(&c->total[at + e], &w->below[n * w->n_events + e]);
		for (size_t e = 0; p->self && e < w->n_events; e++)
			cost_add(&c->self[at + e], own_cost(w, n, e));
	}
}

static void leave(struct walking *w, uint32_t n)
{
	uint32_t location = w->charges->tree->nodes[n].location;

	for (size_t i = w->first[location]; i < w->first[location + 1]; i++)
		w->on_path[w->charges->puts[i].row]--;
}

/* Depth first, without recursion: stacks can be deep. */
static void walk(struct walking *w)
{
	const struct calltree_node *nodes = w->charges->tree->nodes;
	uint32_t n = w->child[0];

	add_up(w);
	while (n) {
		enter(w, n);
		if (w->child[n]) {
			n = w->child[n];
			continue;
		}
		leave(w, n);
		while (!w->next[n] && nodes[n].parent) {
			n = nodes[n].parent;
			leave(w, n);
		}
		n = w->next[n];
	}
}

void charges_count(struct charges *c)
{
	struct walking w = { .charges = c };

	index_puts(&w);
	link_children(&w);
	w.on_path = mem_calloc(c->n_rows, sizeof(*w.on_path));
	w.below = mem_calloc(c->tree->n_nodes * COSTS_BLOCK, sizeof(*w.below));
	for (; w.first_event < c->n_events;
	     w.first_event += COSTS_BLOCK) { /* what it needs stays small */
		size_t left = c->n_events - w.first_event;

		w.n_events = left < COSTS_BLOCK ? left : COSTS_BLOCK;
		walk(&w);
	}
	free(w.first);
	free(w.child);
	free(w.next);
	free(w.on_path);
	free(w.below);
}
