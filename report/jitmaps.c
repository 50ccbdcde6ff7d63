#include "report/jitmaps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/perfmap.h"
#include "parser/recording.h"
#include "report/foreign_maps.h"
#include "report/jit_ranges.h"
#include "report/jitdumps.h"
#include "report/numbers.h"
#include "report/pairs.h"

enum { MAX_ANCESTORS = 256 };

/* What is known of a process's map. */
struct process_map {
	uint32_t pid;
	bool there;
	bool is_guess, used; /* it lay in /tmp; an address was found in it */
	struct perfmap map;
};

/* Code that was asked for. */
struct known_code {
	const char *name;
	uint64_t start, size;
	const struct jitdump_code *in_dump; /* of process `pid`; NULL: a perf map has it */
	uint32_t pid;
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
	struct jitdumps *dumps;
	bool has_index;
	struct jit_index index;
	struct foreign_maps *foreign; /* NULL: not needed yet */
	struct numbers ids;           /* of codes */
	struct known_code *codes;     /* by id - 1 */
	size_t n_codes, cap_codes;
	struct numbers missed_addresses;
	struct pairs missed; /* pid, number of an address */
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
	j->dumps = jitdumps_new(r, m, f, diag);
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
	free(j->codes);
	jitdumps_free(j->dumps);
	jit_index_done(&j->index);
	foreign_maps_free(j->foreign);
	numbers_done(&j->ids);
	numbers_done(&j->pids);
	numbers_done(&j->missed_addresses);
	pairs_done(&j->missed);
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
			   "%s: %zu of %zu lines %s", path, p->map.malformed, p->map.lines,
			   plural(p->map.malformed, "is no perf map entry",
				  "are no perf map entries"));
	if (p->map.more)
		diag_add(j->diag, PROBLEM_BAD_PERF_MAP, path,
			 "%s has more than %d MiB; the lines behind them were not read", path,
			 PERFMAP_BYTES_MAX >> 20);
}

/* What is wrong with it was told when it was looked through. */
static void read_again(struct process_map *p, const char *path)
{
	struct error err;

	p->there = perfmap_read(path, &p->map, &err);
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
	p->is_guess = p->there;
}

static struct jit_index *index_of(struct jitmaps *j)
{
	if (!j->has_index)
		jit_index_init(&j->index, j->machine);
	j->has_index = true;
	return &j->index;
}

/* Was `pid` recorded? Then a map of that name is its own, and nobody else's. */
static bool is_recorded(const struct jitmaps *j, uint32_t pid)
{
	size_t n;

	machine_instances_of(j->machine, pid, &n);
	return n > 0;
}

/* Where the maps of all foreign pids have entries: they are read once, whoever may want them. */
static const struct foreign_maps *foreign_maps(struct jitmaps *j)
{
	if (j->foreign)
		return j->foreign;
	j->foreign = foreign_maps_new();
	for (size_t i = 0; i < finder_perfmaps(j->finder); i++) {
		struct process_map map = { .there = false };
		const char *path = finder_perfmap_at(j->finder, i, &map.pid);

		if (is_recorded(j, map.pid))
			continue;
		read_map(j, &map, path);
		if (map.there) {
			foreign_maps_add(j->foreign, path, &map.map);
			perfmap_free(&map.map);
		}
	}
	foreign_maps_sort(j->foreign);
	return j->foreign;
}

/*
 * In a container a process names its map by the pid that it sees: take the only map of a foreign pid that
 * describes the process's code.  Several that do are told, and none is taken.
 */
static void match_by_content(struct jitmaps *j, struct process_map *p)
{
	struct jit_ranges ranges = { .n = 0 };
	const char *chosen;
	bool several;

	jit_ranges_of(&ranges, index_of(j), p->pid, false);
	chosen = foreign_maps_match(foreign_maps(j), &ranges, &several);
	jit_ranges_free(&ranges);
	if (chosen) {
		read_again(p, chosen);
		diag_add(j->diag, PROBLEM_MATCHED_PERF_MAP, chosen,
			 "%s was taken for process %" PRIu32 ": it describes its code", chosen,
			 p->pid);
	} else if (several) {
		diag_add(j->diag, PROBLEM_AMBIGUOUS_PERF_MAP, "",
			 "several maps describe the code of process %" PRIu32 "; none was taken",
			 p->pid);
	}
}

/* The file is appended to: lines of an older process with the same pid may stand in front. */
static void tell_stale(struct jitmaps *j, const struct process_map *p, const char *path)
{
	struct jit_ranges ranges = { .n = 0 };
	size_t hits;

	jit_ranges_of(&ranges, index_of(j), p->pid, true);
	hits = jit_ranges_hits(&ranges, &p->map);
	jit_ranges_free(&ranges);
	if (!hits && p->map.n)
		diag_add(j->diag, PROBLEM_FOREIGN_PERF_MAP, path,
			 "%s describes none of the code that process %" PRIu32 " had", path,
			 p->pid);
	else if (hits < p->map.n)
		diag_add(j->diag, PROBLEM_STALE_PERF_MAP, path,
			 "%s: %zu of %zu entries %s outside of the code that process %" PRIu32
			 " had",
			 path, p->map.n - hits, p->map.n, plural(p->map.n - hits, "lies", "lie"),
			 p->pid);
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
	if (path) {
		read_map(j, &p, path);
		if (p.there)
			tell_stale(j, &p, path);
	} else if (mapping && !jitdumps_has(j->dumps, pid)) {
		match_by_content(j, &p);
		if (!p.there)
			look_in_tmp(j, &p, instance);
	}
	j->maps = mem_grow(j->maps, j->n_maps, 1, &j->cap_maps, sizeof(*j->maps));
	j->maps[j->n_maps++] = p;
	return &j->maps[i];
}

/* The number of a code, by the entry of its map or dump. */
static uint32_t id_of(struct jitmaps *j, const void *entry, const struct known_code *code)
{
	bool is_new;
	uint32_t i = numbers_add(&j->ids, (uintptr_t)entry, &is_new);

	if (is_new) {
		j->codes = mem_grow(j->codes, j->n_codes, 1, &j->cap_codes, sizeof(*j->codes));
		j->codes[j->n_codes++] = *code;
	}
	return i + 1;
}

const char *jitmaps_name(const struct jitmaps *j, uint32_t id)
{
	return j->codes[id - 1].name;
}

struct cfi *jitmaps_cfi(struct jitmaps *j, uint32_t id)
{
	const struct known_code *k = &j->codes[id - 1];

	return k->in_dump ? jitdumps_cfi(j->dumps, k->pid, k->in_dump) : NULL;
}

void jitmaps_bytes(const struct jitmaps *j, uint32_t id, struct jit_bytes *out)
{
	const struct known_code *k = &j->codes[id - 1];
	const struct jitdump_code *c = k->in_dump;
	const struct jitdump *d;

	*out = (struct jit_bytes){ .start = k->start, .size = k->size };
	d = c ? jitdumps_of(j->dumps, k->pid, &out->path) : NULL;
	if (!d)
		return;
	out->at = c->bytes_at;
	out->n = c->n_bytes < c->size ? c->n_bytes : c->size;
	out->machine = d->machine;
	out->lines = c->n_lines ? d->lines + c->first_line : NULL;
	out->n_lines = c->n_lines;
}

/* fixed: `time` is that of a fork, so the answer is the same whenever a sample was taken. */
static bool find_in_dump(struct jitmaps *j, struct instance_id i, uint64_t addr, uint64_t time,
			 bool fixed, struct jit_code *out)
{
	uint32_t pid = machine_pid(j->machine, i);
	uint64_t from, to;
	const struct jitdump_code *c = jitdumps_find(j->dumps, pid, addr, time, &from, &to);

	if (!fixed && from > out->from)
		out->from = from;
	if (!fixed && to < out->to)
		out->to = to;
	if (!c)
		return false;
	out->id = id_of(j, c, &(struct known_code){ c->name, c->start, c->size, c, pid });
	out->start = c->start;
	out->size = c->size;
	return true;
}

static bool find_in_map(struct jitmaps *j, struct instance_id i, const struct mapping *mapping,
			uint64_t addr, struct jit_code *out)
{
	struct process_map *p = map_of(j, i, mapping);
	const struct perfmap_entry *e = p->there ? perfmap_find(&p->map, addr) : NULL;

	if (!e)
		return false;
	p->used = true;
	out->id = id_of(j, e, &(struct known_code){ e->name, e->start, e->size, NULL, 0 });
	out->start = e->start;
	out->size = e->size;
	return true;
}

/* Each address once, however often it is asked for: who asks forgets. */
static void tell_missing(struct jitmaps *j, struct instance_id owner, uint64_t addr)
{
	uint32_t pid = machine_pid(j->machine, owner), number;
	size_t known = j->missed.n;
	char name[40];
	bool is_new;

	number = numbers_add(&j->missed_addresses, addr, &is_new);
	pairs_add(&j->missed, pid, number);
	if (j->missed.n == known)
		return;
	snprintf(name, sizeof(name), "perf-%" PRIu32 ".map", pid);
	diag_add(j->diag, PROBLEM_MISSING_PERF_MAP, name,
		 "process %" PRIu32 " ran JIT code, but there is no %s", pid, name);
}

struct jit_code jitmaps_find(struct jitmaps *j, struct instance_id owner,
			     const struct mapping *mapping, uint64_t addr, uint64_t time)
{
	struct jit_code code = { .to = TIME_END };
	struct instance_id i = owner;
	uint64_t then = time; /* a child has what its ancestors had when they forked it */
	bool any = false;

	/* What points there is a broken chain, what speaks of it a line of an older process with this pid. */
	if (!(mapping->prot & PROT_EXEC) || mapping->data)
		return code;
	for (int step = 0; step < MAX_ANCESTORS && i.i; step++) {
		uint64_t begin = machine_begin(j->machine, i);

		if (find_in_dump(j, i, addr, then, then != time, &code) ||
		    find_in_map(j, i, mapping, addr, &code))
			return code;
		any = any || map_of(j, i, mapping)->there ||
		      jitdumps_has(j->dumps, machine_pid(j->machine, i));
		if (i.i == mapping->instance.i)
			break;
		if (begin && begin < then)
			then = begin;
		i = machine_parent(j->machine, i);
	}
	if (!any)
		tell_missing(j, owner, addr);
	return code;
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

void jitmaps_load_all(struct jitmaps *j)
{
	for (uint32_t i = 1; i < machine_instances(j->machine); i++) {
		struct instance_id instance = { i };

		map_of(j, instance, NULL);
		jitdumps_has(j->dumps, machine_pid(j->machine, instance));
	}
	for (size_t i = 0; i < j->n_maps; i++)
		drop_useless(j, &j->maps[i]);
}

void jitmaps_names(const struct jitmaps *j, void (*visit)(void *context, const char *name),
		   void *context)
{
	for (size_t i = 0; i < j->n_maps; i++)
		for (size_t k = 0; j->maps[i].there && k < j->maps[i].map.n; k++)
			visit(context, j->maps[i].map.entries[k].name);
	for (size_t i = 0; i < jitdumps_count(j->dumps); i++) {
		const struct jitdump *d = jitdumps_get(j->dumps, i);

		for (size_t k = 0; d && k < d->n; k++)
			visit(context, d->codes[k].name);
	}
}
