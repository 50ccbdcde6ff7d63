#include "report/jit_ranges.h"

#include <stdlib.h>

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

static void join_overlaps(struct jit_ranges *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (n && r->items[i].start <= r->items[n - 1].end) {
			if (r->items[i].end > r->items[n - 1].end)
				r->items[n - 1].end = r->items[i].end;
		} else {
			r->items[n++] = r->items[i];
		}
	}
	r->n = n;
}

/* By instance: does its memory belong to a process that had this pid? */
static bool *owners(const struct machine *m, uint32_t pid, bool inherited)
{
	bool *is_owner = mem_calloc(machine_instances(m) + 1, sizeof(*is_owner));

	for (uint32_t i = 1; i < machine_instances(m); i++) {
		struct instance_id of = { i };

		if (machine_pid(m, of) != pid)
			continue;
		is_owner[i] = true;
		for (int step = 0; inherited && step < MAX_ANCESTORS; step++) {
			of = machine_parent(m, of);
			if (!of.i)
				break;
			is_owner[of.i] = true;
		}
	}
	return is_owner;
}

void jit_ranges_of(struct jit_ranges *r, const struct machine *m, uint32_t pid, bool inherited)
{
	bool *is_owner = owners(m, pid, inherited);

	for (uint32_t i = 1; i <= machine_mappings(m); i++) {
		const struct mapping *p = machine_mapping(m, (struct mapping_id){ i });

		if (!is_owner[p->instance.i] || p->data || !(p->prot & PROT_EXEC_BIT) ||
		    !stacks_is_jit(p))
			continue;
		r->items = mem_grow(r->items, r->n, 1, &r->cap, sizeof(*r->items));
		r->items[r->n++] = (struct jit_range){ p->start, p->end };
	}
	free(is_owner);
	if (r->n)
		qsort(r->items, r->n, sizeof(*r->items), by_start);
	join_overlaps(r);
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
