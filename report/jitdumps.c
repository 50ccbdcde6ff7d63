#include "report/jitdumps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/event.h"
#include "parser/recording.h"
#include "report/arch.h"
#include "report/cfi.h"
#include "report/label.h"
#include "report/numbers.h"
#include "report/space.h"

enum { CLOCK_IS_MONOTONIC = 1 }; /* CLOCK_MONOTONIC, linux/time.h */

/* The rules of one code, once they were asked for. */
struct rules {
	bool tried;
	struct cfi *cfi; /* NULL: none */
};

struct process_dump {
	bool there;
	uint32_t dump_of; /* the process */
	const char *path;
	struct jitdump dump;
	struct announcement *announcements;
	struct space space;  /* mapping i is codes[i - 1] */
	struct rules *rules; /* of each code; NULL: nobody asked for any */
};

struct jitdumps {
	const struct recording *recording;
	const struct machine *machine;
	struct finder *finder;
	struct diag *diag;
	bool comparable;       /* the recording's clock is the dumps' */
	struct numbers mapped; /* pid -> index in paths */
	const char **paths;    /* where a process mapped its dump from; "": it did not */
	size_t n_paths, cap_paths;
	struct numbers pids;
	struct process_dump *dumps;
	size_t n, cap;
};

static bool has_monotonic_clock(const struct recording *r)
{
	const struct events *e = recording_events(r);
	const struct features *f = recording_features(r);

	if (!e->n || !(e->items[0].attr.sample_type & SAMPLE_TIME))
		return false;
	if (f->has_clock_data)
		return f->clockid == CLOCK_IS_MONOTONIC;
	return attr_has(&e->items[0].attr, ATTR_USE_CLOCKID) &&
	       e->items[0].attr.clockid == CLOCK_IS_MONOTONIC;
}

static bool is_dump_of(const char *path, uint32_t pid)
{
	const char *base = label_base(path);
	char *end;

	return strncmp(base, "jit-", 4) == 0 && strtoul(base + 4, &end, 10) == pid &&
	       strcmp(end, ".dump") == 0;
}

/* Where the recording says that a process has its dump. */
static const char **recorded_path(struct jitdumps *j, uint32_t pid)
{
	bool is_new;
	uint32_t i = numbers_add(&j->mapped, pid, &is_new);

	if (is_new) {
		j->paths = mem_grow(j->paths, j->n_paths, 1, &j->cap_paths, sizeof(*j->paths));
		j->paths[j->n_paths++] = "";
	}
	return &j->paths[i];
}

/* A process maps a page of the dump that it writes, to leave a sign. */
static void list_mapped_dumps(struct jitdumps *j)
{
	for (uint32_t i = 1; i <= machine_mappings(j->machine); i++) {
		const struct mapping *m = machine_mapping(j->machine, (struct mapping_id){ i });
		uint32_t pid = machine_pid(j->machine, m->instance);

		if (is_dump_of(m->filename, pid) && !**recorded_path(j, pid))
			*recorded_path(j, pid) = m->filename;
	}
}

struct jitdumps *jitdumps_new(const struct recording *r, const struct machine *m, struct finder *f,
			      struct diag *diag)
{
	struct jitdumps *j = mem_calloc(1, sizeof(*j));

	j->recording = r;
	j->machine = m;
	j->finder = f;
	j->diag = diag;
	j->comparable = has_monotonic_clock(r);
	list_mapped_dumps(j);
	return j;
}

static void free_dump(struct process_dump *p)
{
	for (size_t i = 0; p->rules && i < p->dump.n; i++)
		cfi_free(p->rules[i].cfi);
	free(p->rules);
	space_done(&p->space);
	free(p->announcements);
	if (p->there)
		jitdump_free(&p->dump);
}

void jitdumps_free(struct jitdumps *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++)
		free_dump(&j->dumps[i]);
	free(j->dumps);
	free(j->paths);
	numbers_done(&j->mapped);
	numbers_done(&j->pids);
	free(j);
}

/* ---- reading ---- */

static void tell_damage(const struct jitdumps *j, const char *path, const struct jitdump *d)
{
	if (d->damaged)
		diag_add_n(j->diag, PROBLEM_BAD_JITDUMP, d->damaged, path,
			   "%s: byte 0x%" PRIx64 ": %" PRIu64
			   " bytes that are no record were stepped over",
			   path, d->damaged_at, d->skipped);
	if (d->more)
		diag_add(j->diag, PROBLEM_CUT_JITDUMP, path,
			 "%s has more than %d MiB; %zu %s read in them", path,
			 JITDUMP_BYTES_MAX >> 20, d->n,
			 plural(d->n, "function was", "functions were"));
	else if (d->cut)
		diag_add(j->diag, PROBLEM_CUT_JITDUMP, path,
			 "%s ends inside a record; %zu %s read before it", path, d->n,
			 plural(d->n, "function was", "functions were"));
	if (!j->comparable)
		diag_add(j->diag, PROBLEM_JITDUMP_CLOCK, "",
			 "the jitdump's times cannot be compared with the recording's");
}

static int by_time(const void *va, const void *vb)
{
	const struct announcement *a = va, *b = vb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->mapping > b->mapping) - (a->mapping < b->mapping);
}

static void build_space(struct jitdumps *j, struct process_dump *p)
{
	const struct jitdump *d = &p->dump;
	size_t n = 0;

	p->announcements = mem_calloc(d->n, sizeof(*p->announcements));
	for (size_t i = 0; i < d->n; i++) {
		const struct jitdump_code *c = &d->codes[i];

		if (!c->size || c->start + c->size < c->start)
			continue;
		p->announcements[n++] = (struct announcement){
			.start = c->start,
			.end = c->start + c->size,
			.time = j->comparable ? c->time : 0,
			.mapping = (uint32_t)i + 1,
		};
	}
	if (n)
		qsort(p->announcements, n, sizeof(*p->announcements), by_time);
	space_build(&p->space, p->announcements, n);
}

static struct process_dump *dump_of(struct jitdumps *j, uint32_t pid)
{
	struct process_dump p = { .dump_of = pid };
	const char *path;
	struct error err;
	bool is_new;
	uint32_t i = numbers_add(&j->pids, pid, &is_new);

	if (!is_new)
		return &j->dumps[i];
	path = finder_jitdump(j->finder, pid, *recorded_path(j, pid));
	if (path && !jitdump_read(path, &p.dump, &err)) {
		diag_add(j->diag, PROBLEM_BAD_JITDUMP, path, "%s: %s", path, err.what);
	} else if (path) {
		p.there = true;
		p.path = path;
		tell_damage(j, path, &p.dump);
		build_space(j, &p);
	}
	j->dumps = mem_grow(j->dumps, j->n, 1, &j->cap, sizeof(*j->dumps));
	j->dumps[j->n++] = p;
	return &j->dumps[i];
}

/* ---- asking ---- */

bool jitdumps_has(struct jitdumps *j, uint32_t pid)
{
	return dump_of(j, pid)->there;
}

const struct jitdump_code *jitdumps_find(struct jitdumps *j, uint32_t pid, uint64_t addr,
					 uint64_t time, uint64_t *from, uint64_t *to)
{
	const struct process_dump *p = dump_of(j, pid);
	struct space_answer a = { .to = TIME_END };

	if (p->there)
		a = space_ask(&p->space, addr, j->comparable ? time : TIME_END);
	*from = a.from;
	*to = a.to;
	return a.mapping ? &p->dump.codes[a.mapping - 1] : NULL;
}

/* e_machine, which some writers leave out; 0: not known. */
static uint16_t machine_of(const struct jitdumps *j, const struct jitdump *d)
{
	const struct arch *arch = arch_find(recording_features(j->recording)->arch);

	if (d->machine)
		return d->machine <= UINT16_MAX ? (uint16_t)d->machine : 0;
	return arch ? arch->elf_machine : 0;
}

static struct cfi *open_rules(const struct jitdumps *j, const struct process_dump *p,
			      const struct jitdump_code *code)
{
	struct cfi *cfi = NULL;
	uint8_t *bytes;

	if (!code->rules_size || p->dump.big_endian)
		return NULL; /* our machines are little-endian */
	bytes = mem_resize(NULL, code->rules_size, 1);
	if (jitdump_code_bytes(p->path, code->rules_at, bytes, code->rules_size) ==
	    code->rules_size)
		cfi = cfi_of_frames(machine_of(j, &p->dump), code->start + code->rules_from, bytes,
				    code->rules_size);
	free(bytes);
	return cfi;
}

struct cfi *jitdumps_cfi(struct jitdumps *j, uint32_t pid, const struct jitdump_code *code)
{
	struct process_dump *p = dump_of(j, pid);
	struct rules *r;

	if (!p->there)
		return NULL;
	if (!p->rules)
		p->rules = mem_calloc(p->dump.n, sizeof(*p->rules));
	r = &p->rules[code - p->dump.codes];
	if (!r->tried)
		r->cfi = open_rules(j, p, code);
	r->tried = true;
	return r->cfi;
}

const struct jitdump *jitdumps_of(const struct jitdumps *j, uint32_t pid, const char **path)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->dumps[i].there && j->dumps[i].dump_of == pid) {
			*path = j->dumps[i].path;
			return &j->dumps[i].dump;
		}
	return NULL;
}

size_t jitdumps_count(const struct jitdumps *j)
{
	return j->n;
}

const struct jitdump *jitdumps_get(const struct jitdumps *j, size_t i)
{
	return j->dumps[i].there ? &j->dumps[i].dump : NULL;
}
