/*
 * One walk over the tree, depth first.  Of few events each node first gets the sum of what ended in it or behind it, which
 * is added to a row where the walk enters the outermost node that has it.  Of many events such sums would fill much memory
 * with zeroes; there the rows on the way to a node are kept in a list, and each gets what ended in it.
 */
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
	struct costs self, total; /* by row */
	struct put *puts;
	size_t n_puts, cap_puts;
	bool overflow;
};

struct charges *charges_new(const struct calltree *tree, const size_t *columns, size_t n_events)
{
	struct charges *c = mem_calloc(1, sizeof(*c));

	c->tree = tree;
	c->n_events = n_events;
	c->columns = mem_calloc(n_events, sizeof(*c->columns));
	if (n_events)
		memcpy(c->columns, columns, n_events * sizeof(*columns));
	costs_init(&c->self, n_events);
	costs_init(&c->total, n_events);
	charges_row(c); /* row 0 */
	return c;
}

void charges_free(struct charges *c)
{
	if (!c)
		return;
	free(c->columns);
	costs_done(&c->self);
	costs_done(&c->total);
	free(c->puts);
	free(c);
}

uint32_t charges_row(struct charges *c)
{
	costs_add_rows(&c->self, 1);
	return costs_add_rows(&c->total, 1);
}

void charges_put(struct charges *c, uint32_t location, uint32_t row, bool self)
{
	if (row == 0)
		return;
	c->puts = mem_grow(c->puts, c->n_puts, 1, &c->cap_puts, sizeof(*c->puts));
	c->puts[c->n_puts++] = (struct put){ location, row, self };
}

const struct costs *charges_all_self(const struct charges *c)
{
	return &c->self;
}

const struct costs *charges_all_total(const struct charges *c)
{
	return &c->total;
}

bool charges_overflow(const struct charges *c)
{
	return c->overflow;
}

static void add(struct charges *c, struct costs *costs, uint32_t row, size_t event,
		const struct cost *more)
{
	if (!cost_is_zero(more) && !costs_add(costs, row, event, more))
		c->overflow = true;
}

void charges_add(struct charges *c, uint32_t row, size_t event, const struct cost *self,
		 const struct cost *total)
{
	if (self)
		add(c, &c->self, row, event, self);
	if (total)
		add(c, &c->total, row, event, total);
}

/* ---- the walk ---- */

struct walking {
	struct charges *charges;
	size_t *first;          /* by location: its puts are [first[l], first[l + 1]) */
	uint32_t *child, *next; /* by node: 0 is none */
	uint32_t *on_path;      /* by row: nodes from the root to here that have it */
	bool few;
	/* of few events */
	struct cost *below; /* by node: what ended in it or behind it, n_events each */
	/* of many */
	size_t *event;  /* by event of the tree: that of the rows + 1, 0: none */
	uint32_t *rows; /* those that are on the path */
	size_t n_rows;
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

/* ---- few events ---- */

/* What samples cost that ended in a node. */
static const struct cost *own_cost(const struct charges *c, size_t node, size_t e)
{
	return costs_at(&c->tree->costs, c->tree->nodes[node].cost, c->columns[e]);
}

static void add_up(struct walking *w)
{
	struct charges *c = w->charges;
	const struct calltree *t = c->tree;

	w->below = mem_calloc(t->n_nodes * c->n_events, sizeof(*w->below));
	for (size_t n = t->n_nodes; n-- > 0;) {
		for (size_t e = 0; e < c->n_events; e++) {
			struct cost *sum = &w->below[n * c->n_events + e];

			if (!cost_add(sum, own_cost(c, n, e)) ||
			    (n && !cost_add(&w->below[t->nodes[n].parent * c->n_events + e], sum)))
				c->overflow = true;
		}
	}
}

static void enter_few(struct walking *w, uint32_t n)
{
	struct charges *c = w->charges;
	uint32_t location = c->tree->nodes[n].location;

	for (size_t i = w->first[location]; i < w->first[location + 1]; i++) {
		const struct put *p = &c->puts[i];
		bool outermost = w->on_path[p->row]++ == 0;

		for (size_t e = 0; outermost && e < c->n_events; e++)
			add(c, &c->total, p->row, e, &w->below[n * c->n_events + e]);
		for (size_t e = 0; p->self && e < c->n_events; e++)
			add(c, &c->self, p->row, e, own_cost(c, n, e));
	}
}

/* ---- many events ---- */

static void number_events(struct walking *w)
{
	const struct charges *c = w->charges;

	w->event = mem_calloc(c->tree->costs.n_events, sizeof(*w->event));
	for (size_t e = 0; e < c->n_events; e++)
		w->event[c->columns[e]] = e + 1;
	w->rows = mem_calloc(c->total.n_rows, sizeof(*w->rows));
}

static void enter_many(struct walking *w, uint32_t n)
{
	struct charges *c = w->charges;
	const struct calltree_node *node = &c->tree->nodes[n];
	const struct put *first = &c->puts[w->first[node->location]];
	const struct put *end = &c->puts[w->first[node->location + 1]];
	struct cost_cell cell = costs_begin(&c->tree->costs, node->cost);

	for (const struct put *p = first; p < end; p++)
		if (w->on_path[p->row]++ == 0)
			w->rows[w->n_rows++] = p->row;
	while (costs_next(&c->tree->costs, &cell)) {
		size_t event = w->event[cell.event];

		for (size_t i = 0; event && i < w->n_rows; i++)
			add(c, &c->total, w->rows[i], event - 1, cell.cost);
		for (const struct put *p = first; event && p < end; p++)
			if (p->self)
				add(c, &c->self, p->row, event - 1, cell.cost);
	}
}

/* ---- both ---- */

static void enter(struct walking *w, uint32_t n)
{
	if (w->few)
		enter_few(w, n);
	else
		enter_many(w, n);
}

/* Rows leave the list in the opposite order: those that this node brought are its last ones. */
static void leave(struct walking *w, uint32_t n)
{
	uint32_t location = w->charges->tree->nodes[n].location;

	for (size_t i = w->first[location]; i < w->first[location + 1]; i++)
		if (--w->on_path[w->charges->puts[i].row] == 0 && !w->few)
			w->n_rows--;
}

/* Depth first, without recursion: stacks can be deep. */
static void walk(struct walking *w)
{
	const struct calltree_node *nodes = w->charges->tree->nodes;
	uint32_t n = w->child[0];

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
	struct walking w = { .charges = c, .few = c->n_events <= COSTS_BLOCK };

	if (!c->n_events)
		return;
	index_puts(&w);
	link_children(&w);
	w.on_path = mem_calloc(c->total.n_rows, sizeof(*w.on_path));
	if (w.few)
		add_up(&w);
	else
		number_events(&w);
	walk(&w);
	free(w.first);
	free(w.child);
	free(w.next);
	free(w.on_path);
	free(w.below);
	free(w.event);
	free(w.rows);
}
