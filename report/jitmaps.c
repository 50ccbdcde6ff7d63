#include "report/jitmaps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "parser/base/memory.h"
#include "parser/recording.h"
#include "report/numbers.h"

enum { MAX_ANCESTORS = 256, PROT_EXEC_BIT = 4 };

/* What is known of a process's map. */
struct process_map {
	uint32_t pid;
	bool there;
	bool is_guess, used; /* it lay in /tmp; an address was found in it */
	struct perfmap map;
};

struct jitmaps {
	const struct recording *recording;
	struct machine *machine;
	struct finder *finder;
	struct diag *diag;
	bool has_wall;
	int64_t wall_offset_ns; /* wall clock less the recording's clock */
	struct numbers pids;    /* pid -> index in maps */
	struct process_map *maps;
	size_t n_maps, cap_maps;
};

/* CLOCK_DATA says the same moment on both clocks; else the file was last written when the last sample was. */
static void tie_clocks(struct jitmaps *j, uint64_t last_ns)
{
	const struct features *f = recording_features(j->recording);
	time_t mtime = recording_mtime(j->recording);

	if (f->has_clock_data) {
		j->has_wall = true;
		j->wall_offset_ns = (int64_t)(f->clock_wall_ns - f->clock_ns);
	} else if (mtime && last_ns) {
		j->has_wall = true;
		j->wall_offset_ns = (int64_t)((uint64_t)mtime * 1000000000u - last_ns);
	}
}

struct jitmaps *jitmaps_new(const struct recording *r, struct machine *m, struct finder *f,
			    uint64_t last_ns, struct diag *diag)
{
	struct jitmaps *j = mem_calloc(1, sizeof(*j));

	j->recording = r;
	j->machine = m;
	j->finder = f;
	j->diag = diag;
	tie_clocks(j, last_ns);
	return j;
}

void jitmaps_free(struct jitmaps *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n_maps; i++)
		if (j->maps[i].there)
			perfmap_free(&j->maps[i].map);
	free(j->maps);
	numbers_done(&j->pids);
	free(j);
}

/* ---- reading ---- */

static void read_map(struct jitmaps *j, struct process_map *p, const char *path)
{
	struct error err;

	if (!perfmap_read(path, &p->map, &err)) {
		diag_add(j->diag, PROBLEM_BAD_PERF_MAP, path, "%s: %s", path, err.what);
		return;
	}
	p->there = true;
	if (p->map.malformed)
		diag_add_n(j->diag, PROBLEM_BAD_PERF_MAP, p->map.malformed, path,
			   "%s: %zu of %zu lines are no perf map entries", path, p->map.malformed,
			   p->map.lines);
}

/* A map in /tmp is the process's if it was written after the process began; pids are used again. */
static bool is_old(const struct jitmaps *j, struct instance_id instance, time_t mtime)
{
	uint64_t begin = machine_begin(j->machine, instance);
	int64_t wall = (int64_t)begin + j->wall_offset_ns;

	return j->has_wall && begin && (int64_t)mtime < wall / 1000000000;
}

static void look_in_tmp(struct jitmaps *j, struct process_map *p, struct instance_id instance)
{
	time_t mtime;
	const char *path = finder_host_perfmap(j->finder, p->pid, &mtime);

	if (!path)
		return;
	if (is_old(j, instance, mtime)) {
		diag_add(j->diag, PROBLEM_REFUSED_PERF_MAP, path,
			 "%s is older than the process that was recorded", path);
		return;
	}
	read_map(j, p, path);
}

static struct process_map *map_of(struct jitmaps *j, struct instance_id instance,
				  const struct mapping *mapping)
{
	uint32_t pid = machine_pid(j->machine, instance);
	struct process_map p = { .pid = pid };
	const char *path;
	bool is_new;
	uint32_t i = numbers_add(&j->pids, pid, &is_new);

	if (!is_new)
		return &j->maps[i];
	path = finder_perfmap(j->finder, pid);
	if (path)
		read_map(j, &p, path);
	else if (mapping)
		look_in_tmp(j, &p, instance);
	p.is_guess = !path;
	j->maps = mem_grow(j->maps, j->n_maps, 1, &j->cap_maps, sizeof(*j->maps));
	j->maps[j->n_maps++] = p;
	return &j->maps[i];
}

const struct perfmap_entry *jitmaps_find(struct jitmaps *j, struct instance_id owner,
					 const struct mapping *mapping, uint64_t addr)
{
	struct instance_id i = owner;
	bool any = false;

	for (int step = 0; step < MAX_ANCESTORS && i.i; step++) {
		struct process_map *p = map_of(j, i, mapping);
		const struct perfmap_entry *e = p->there ? perfmap_find(&p->map, addr) : NULL;

		if (e) {
			p->used = true;
			return e;
		}
		any = any || p->there;
		if (i.i == mapping->instance.i)
			break;
		i = machine_parent(j->machine, i);
	}
	if (!any && (mapping->prot & PROT_EXEC_BIT) && !mapping->data) {
		uint32_t pid = machine_pid(j->machine, owner);
		char name[40];

		snprintf(name, sizeof(name), "perf-%" PRIu32 ".map", pid);
		diag_add(j->diag, PROBLEM_MISSING_PERF_MAP, name,
			 "process %" PRIu32 " ran JIT code, but there is no %s", pid, name);
	}
	return NULL;
}

/* A map from /tmp is the recording's only if it describes code that was sampled (DESIGN 5). */
static void drop_useless(struct jitmaps *j, struct process_map *p)
{
	if (!p->there || !p->is_guess || p->used)
		return;
	diag_add(j->diag, PROBLEM_REFUSED_PERF_MAP, "",
		 "/tmp/perf-%" PRIu32 ".map has no entry in the code that was sampled", p->pid);
	perfmap_free(&p->map);
	p->there = false;
}

size_t jitmaps_load_all(struct jitmaps *j)
{
	for (uint32_t i = 1; i < machine_instances(j->machine); i++)
		map_of(j, (struct instance_id){ i }, NULL);
	for (size_t i = 0; i < j->n_maps; i++)
		drop_useless(j, &j->maps[i]);
	return j->n_maps;
}

const struct perfmap *jitmaps_get(const struct jitmaps *j, size_t i)
{
	return j->maps[i].there ? &j->maps[i].map : NULL;
}
