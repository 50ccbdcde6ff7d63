#include "report/jit_ranges.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/stacks.h"

enum { PROT_EXEC_BIT = 4, MAX_ANCESTORS = 256 };

static int by_start(const void *va, const void *vb)
{
	const struct jit_range *a = va, *b = vb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

/* ---- sorted lists ---- */

/* Put what overlaps or touches together, from place `first` on. */
static void join_overlaps(struct jit_ranges *r, size_t first)
{
	size_t n = first;

	for (size_t i = first; i < r->n; i++) {
		if (n > first && r->items[i].start <= r->items[n - 1].end) {
			if (r->items[i].end > r->items[n - 1].end)
				r->items[n - 1].end = r->items[i].end;
		} else {
			r->items[n++] = r->items[i];
		}
	}
	r->n = n;
}

static void sort(struct jit_ranges *r, size_t first)
{
	if (r->n - first > 1)
		qsort(r->items + first, r->n - first, sizeof(*r->items), by_start);
	join_overlaps(r, first);
}

static void append(struct jit_ranges *r, const struct jit_range *items, size_t n)
{
	r->items = mem_grow(r->items, r->n, n, &r->cap, sizeof(*r->items));
	if (n)
		memcpy(r->items + r->n, items, n * sizeof(*items));
	r->n += n;
}

static void merge(struct jit_ranges *r, const struct jit_ranges *with)
{
	struct jit_ranges both = { .n = 0 };
	size_t i = 0, k = 0;

	both.items = mem_grow(NULL, 0, r->n + with->n, &both.cap, sizeof(*both.items));
	while (i < r->n || k < with->n) {
		if (k == with->n || (i < r->n && by_start(&r->items[i], &with->items[k]) < 0))
			both.items[both.n++] = r->items[i++];
		else
			both.items[both.n++] = with->items[k++];
	}
	join_overlaps(&both, 0);
	jit_ranges_free(r);
	*r = both;
}

/* ---- the index ---- */

static bool is_code(const struct mapping *p)
{
	return !p->data && (p->prot & PROT_EXEC_BIT) && stacks_is_jit(p);
}

/* Make room: x->first[i] is where the ranges of instance i begin. */
static void count_ranges(struct jit_index *x)
{
	for (uint32_t i = 1; i <= machine_mappings(x->machine); i++) {
		const struct mapping *p = machine_mapping(x->machine, (struct mapping_id){ i });

		if (is_code(p))
			x->first[p->instance.i + 1]++;
	}
	for (size_t i = 0; i < x->n_instances; i++)
		x->first[i + 1] += x->first[i];
	x->all.n = x->first[x->n_instances];
	x->all.items = mem_grow(NULL, 0, x->all.n, &x->all.cap, sizeof(*x->all.items));
}

static void put_ranges(struct jit_index *x)
{
	size_t *next = mem_calloc(x->n_instances, sizeof(*next));

	memcpy(next, x->first, x->n_instances * sizeof(*next));
	for (uint32_t i = 1; i <= machine_mappings(x->machine); i++) {
		const struct mapping *p = machine_mapping(x->machine, (struct mapping_id){ i });

		if (is_code(p))
			x->all.items[next[p->instance.i]++] =
				(struct jit_range){ p->start, p->end };
	}
	free(next);
}

/* Each instance's part becomes sorted and disjoint, and shorter where ranges were joined. */
static void sort_parts(struct jit_index *x)
{
	struct jit_ranges sorted = { .n = 0 };

	for (size_t i = 0; i < x->n_instances; i++) {
		size_t begin = sorted.n;

		append(&sorted, x->all.items + x->first[i], x->first[i + 1] - x->first[i]);
		x->first[i] = begin;
		sort(&sorted, begin);
	}
	x->first[x->n_instances] = sorted.n;
	jit_ranges_free(&x->all);
	x->all = sorted;
}

void jit_index_init(struct jit_index *x, const struct machine *m)
{
	*x = (struct jit_index){ .machine = m, .n_instances = machine_instances(m) };
	x->first = mem_calloc(x->n_instances + 2, sizeof(*x->first));
	x->seen = mem_calloc(x->n_instances, sizeof(*x->seen));
	count_ranges(x);
	put_ranges(x);
	sort_parts(x);
}

void jit_index_done(struct jit_index *x)
{
	jit_ranges_free(&x->all);
	jit_ranges_free(&x->inherited);
	free(x->first);
	free(x->seen);
	*x = (struct jit_index){ 0 };
}

/* ---- asking ---- */

/* An instance's own ranges, once for each question. */
static void append_own(struct jit_ranges *r, struct jit_index *x, uint32_t instance)
{
	if (instance >= x->n_instances || x->seen[instance] == x->question)
		return;
	x->seen[instance] = x->question;
	append(r, x->all.items + x->first[instance], x->first[instance + 1] - x->first[instance]);
}

static void append_line(struct jit_ranges *r, struct jit_index *x, struct instance_id of)
{
	for (int step = 0; step < MAX_ANCESTORS && of.i; step++) {
		append_own(r, x, of.i);
		of = machine_parent(x->machine, of);
	}
}

/* What the children of an instance inherit. */
static const struct jit_ranges *inherited_from(struct jit_index *x, struct instance_id parent)
{
	if (x->parent != parent.i) {
		x->parent = parent.i;
		x->inherited.n = 0;
		x->question++;
		append_line(&x->inherited, x, parent);
		sort(&x->inherited, 0);
	}
	return &x->inherited;
}

void jit_ranges_of(struct jit_ranges *r, struct jit_index *x, uint32_t pid, bool inherited)
{
	size_t n;
	const uint32_t *instances = machine_instances_of(x->machine, pid, &n);

	x->question++;
	for (size_t i = 0; i < n; i++)
		append_own(r, x, instances[i]);
	for (size_t i = 0; inherited && n > 1 && i < n; i++)
		append_line(r, x, machine_parent(x->machine, (struct instance_id){ instances[i] }));
	sort(r, 0);
	if (inherited && n == 1)
		merge(r, inherited_from(x, machine_parent(x->machine,
							  (struct instance_id){ instances[0] })));
}

void jit_ranges_free(struct jit_ranges *r)
{
	free(r->items);
	*r = (struct jit_ranges){ 0 };
}

size_t jit_ranges_hits(const struct jit_ranges *r, const struct perfmap *map)
{
	size_t hits = 0, k = 0;

	for (size_t i = 0; i < map->n; i++) { /* both are sorted */
		while (k < r->n && r->items[k].end <= map->entries[i].start)
			k++;
		hits += k < r->n && map->entries[i].start >= r->items[k].start;
	}
	return hits;
}
