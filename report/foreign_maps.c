#include "report/foreign_maps.h"

#include <stdlib.h>

#include "parser/base/memory.h"

/* Where an entry of a map begins. */
struct begin {
	uint64_t addr;
	uint32_t map;
};

struct foreign_maps {
	const char **paths; /* by map */
	size_t n_maps, cap_maps;
	struct begin *begins;
	size_t n, cap;
	size_t *other; /* by begin: the next one that is of another map, so that a map's many entries are passed at once */
};

struct foreign_maps *foreign_maps_new(void)
{
	return mem_calloc(1, sizeof(struct foreign_maps));
}

void foreign_maps_free(struct foreign_maps *f)
{
	if (!f)
		return;
	free(f->paths);
	free(f->begins);
	free(f->other);
	free(f);
}

void foreign_maps_add(struct foreign_maps *f, const char *path, const struct perfmap *map)
{
	f->paths = mem_grow(f->paths, f->n_maps, 1, &f->cap_maps, sizeof(*f->paths));
	f->begins = mem_grow(f->begins, f->n, map->n, &f->cap, sizeof(*f->begins));
	for (size_t i = 0; i < map->n; i++)
		f->begins[f->n++] = (struct begin){ map->entries[i].start, (uint32_t)f->n_maps };
	f->paths[f->n_maps++] = path;
}

static int by_address(const void *va, const void *vb)
{
	const struct begin *a = va, *b = vb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	return (a->map > b->map) - (a->map < b->map);
}

void foreign_maps_sort(struct foreign_maps *f)
{
	if (f->n)
		qsort(f->begins, f->n, sizeof(*f->begins), by_address);
	f->other = mem_calloc(f->n, sizeof(*f->other));
	for (size_t i = f->n; i-- > 0;)
		f->other[i] = i + 1 < f->n && f->begins[i].map == f->begins[i + 1].map
				      ? f->other[i + 1]
				      : i + 1;
}

/* The first entry that does not begin before `addr`. */
static size_t first_from(const struct foreign_maps *f, uint64_t addr)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->begins[middle].addr < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *foreign_maps_match(const struct foreign_maps *f, const struct jit_ranges *ranges,
			       bool *several)
{
	const char *found = NULL;

	*several = false;
	for (size_t r = 0; r < ranges->n; r++) {
		for (size_t i = first_from(f, ranges->items[r].start);
		     i < f->n && f->begins[i].addr < ranges->items[r].end; i = f->other[i]) {
			const char *path = f->paths[f->begins[i].map];

			if (found && path != found) {
				*several = true;
				return NULL;
			}
			found = path;
		}
	}
	return found;
}
