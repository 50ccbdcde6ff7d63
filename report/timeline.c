#include "report/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/record.h"

enum { STEP_RECORDS = 50000 };

enum change_kind { CHANGE_MMAP, CHANGE_KERNEL_MMAP, CHANGE_COMM, CHANGE_FORK, CHANGE_EXIT };

/* A record that changes the world, ready to be applied. */
struct change {
	uint64_t time;
	uint64_t ordinal; /* its place among the recording's records */
	enum change_kind kind;
	bool flag; /* COMM: exec; FORK: inherits */
	uint32_t pid, tid, ppid, ptid;
	const char *comm;
	size_t mapping; /* index in `mappings` */
};

struct timeline {
	struct recording *recording;
	struct texts *texts;
	struct diag *diag;
	struct change *changes;
	size_t n, cap;
	struct mapping *mappings;
	size_t n_mappings, cap_mappings;
	bool timed;           /* a record with a time was seen */
	bool begun;           /* ... or with one that only its payload has */
	size_t round;         /* changes from here on belong to the round under way */
	size_t untimed;       /* how many of them have no time yet */
	uint64_t round_first; /* the smallest time of the round; TIME_END: none yet */
	uint64_t newest;      /* the greatest time of the rounds before */
	uint64_t first_sample, last_sample;
	uint32_t file; /* that is being read */
};

#define NO_TIME TIME_END /* of a change whose round is not over */

struct timeline *timeline_new(struct recording *r, struct texts *texts, struct diag *diag)
{
	struct timeline *t = mem_calloc(1, sizeof(*t));

	t->recording = r;
	t->texts = texts;
	t->diag = diag;
	t->round_first = TIME_END;
	recording_rewind(r);
	return t;
}

/* ---- times ---- */

/* The round is over: what had no time gets the smallest one of the round, or that of the rounds before. */
static void end_round(struct timeline *t)
{
	uint64_t time = t->round_first != TIME_END ? t->round_first : t->newest;

	for (size_t i = t->round; t->untimed && i < t->n; i++)
		if (t->changes[i].time == NO_TIME)
			t->changes[i].time = time;
	t->untimed = 0;
	t->round = t->n;
	t->round_first = TIME_END;
}

static bool is_time(uint64_t time)
{
	return time != 0 && time != UINT64_MAX;
}

static void see_sample(struct timeline *t, uint64_t time)
{
	if (!t->first_sample || time < t->first_sample)
		t->first_sample = time;
	if (time > t->last_sample)
		t->last_sample = time;
}

static void see_time(struct timeline *t, uint64_t time)
{
	t->begun = true;
	if (time < t->round_first)
		t->round_first = time;
	if (time > t->newest)
		t->newest = time;
}

/* The time of a change: `said` is what its record says (0 or ~0: nothing of use), has: if it says anything. */
static uint64_t time_of_change(struct timeline *t, bool has, uint64_t said)
{
	if (has && is_time(said))
		return said;
	if ((has && said == 0) || !t->begun)
		return TIME_BEGIN;
	t->untimed++;
	return NO_TIME;
}

/* ---- collecting ---- */

static struct change *add(struct timeline *t, const struct record_view *v, const struct record *r,
			  enum change_kind kind)
{
	bool has = r->id.has_time;
	uint64_t said = r->id.time;

	if (!has && (kind == CHANGE_FORK || kind == CHANGE_EXIT)) {
		has = is_time(r->task.time);
		said = r->task.time; /* old kernels without sample_id_all stamp these two */
		if (has)
			see_time(t, said);
	}
	t->changes = mem_grow(t->changes, t->n, 1, &t->cap, sizeof(*t->changes));
	t->changes[t->n] = (struct change){
		.time = time_of_change(t, has, said),
		.ordinal = v->ordinal,
		.kind = kind,
	};
	return &t->changes[t->n++];
}

static size_t keep_mapping(struct timeline *t, const struct mapping *p)
{
	t->mappings =
		mem_grow(t->mappings, t->n_mappings, 1, &t->cap_mappings, sizeof(*t->mappings));
	t->mappings[t->n_mappings] = *p;
	return t->n_mappings++;
}

static uint64_t end_of(uint64_t start, uint64_t len)
{
	uint64_t end;

	return __builtin_add_overflow(start, len, &end) ? UINT64_MAX : end;
}

/* perf makes up mappings of the kernel and its modules with pid -1; guests' are nobody's here (D1). */
static void add_mmap(struct timeline *t, const struct record_view *v, const struct record *r)
{
	unsigned cpumode = r->misc & MISC_CPUMODE_MASK;
	bool kernel = cpumode == MISC_KERNEL;
	struct mapping p = {
		.start = r->mmap.addr,
		.end = end_of(r->mmap.addr, r->mmap.len),
		.pgoff = r->mmap.pgoff,
		.filename = texts_add_z(t->texts, r->mmap.filename),
		.prot = r->mmap.prot,
		.maj = r->mmap.maj,
		.min = r->mmap.min,
		.ino = r->mmap.ino,
		.ino_generation = r->mmap.ino_generation,
		.build_id_size = r->mmap.build_id_size,
		.data = (r->misc & MISC_MMAP_DATA) != 0,
		.is_mmap2 = r->mmap.is_mmap2,
	};
	struct change *c;

	if (cpumode == MISC_GUEST_KERNEL || cpumode == MISC_GUEST_USER)
		return;
	memcpy(p.build_id, r->mmap.build_id, sizeof(p.build_id));
	c = add(t, v, r, kernel ? CHANGE_KERNEL_MMAP : CHANGE_MMAP);
	c->pid = r->mmap.pid;
	c->tid = r->mmap.tid;
	c->mapping = keep_mapping(t, &p);
}

enum { KSYMBOL_UNREGISTER = 1 };

/* Code that the kernel made at run time (BPF programs, trampolines): a mapping that is one symbol. */
static void add_ksymbol(struct timeline *t, const struct record_view *v, const struct record *r)
{
	struct mapping p = {
		.start = r->ksymbol.addr,
		.end = end_of(r->ksymbol.addr, r->ksymbol.len),
		.filename = texts_add_z(t->texts, r->ksymbol.name),
		.prot = 4,
		.is_symbol = true,
	};

	if (r->ksymbol.flags & KSYMBOL_UNREGISTER)
		return; /* what is there next will be announced */
	add(t, v, r, CHANGE_KERNEL_MMAP)->mapping = keep_mapping(t, &p);
}

static void add_comm(struct timeline *t, const struct record_view *v, const struct record *r)
{
	struct change *c = add(t, v, r, CHANGE_COMM);

	c->pid = r->comm.pid;
	c->tid = r->comm.tid;
	c->flag = r->comm.exec;
	c->comm = texts_add_z(t->texts, r->comm.comm);
}

static void add_task(struct timeline *t, const struct record_view *v, const struct record *r)
{
	struct change *c = add(t, v, r, v->type == RECORD_FORK ? CHANGE_FORK : CHANGE_EXIT);

	c->pid = r->task.pid;
	c->tid = r->task.tid;
	c->ppid = r->task.ppid;
	c->ptid = r->task.ptid;
	c->flag = (r->misc & MISC_FORK_EXEC) == 0;
}

static void collect(struct timeline *t, const struct record_view *v)
{
	struct record r;
	struct error err;

	if (!record_decode(t->recording, v, &r, NULL, &err)) {
		recording_tell_at(t->recording, t->diag, v, PROBLEM_BAD_RECORD,
				  record_name(v->type), &err);
		return;
	}
	switch (v->type) {
	case RECORD_MMAP:
	case RECORD_MMAP2:
		add_mmap(t, v, &r);
		break;
	case RECORD_KSYMBOL:
		add_ksymbol(t, v, &r);
		break;
	case RECORD_COMM:
		add_comm(t, v, &r);
		break;
	default:
		add_task(t, v, &r);
		break;
	}
}

static bool changes_the_world(uint32_t type)
{
	switch (type) {
	case RECORD_MMAP:
	case RECORD_MMAP2:
	case RECORD_COMM:
	case RECORD_FORK:
	case RECORD_EXIT:
	case RECORD_KSYMBOL:
		return true;
	default:
		return false;
	}
}

bool timeline_step(struct timeline *t)
{
	struct record_view v;

	for (int i = 0; i < STEP_RECORDS; i++) {
		uint64_t time;

		if (!recording_next(t->recording, &v))
			return false;
		if (v.type == RECORD_FINISHED_ROUND || v.file != t->file)
			end_round(t);
		t->file = v.file;
		if (recording_time_of(t->recording, &v, &time) && is_time(time)) {
			t->timed = true;
			see_time(t, time);
			if (v.type == RECORD_SAMPLE)
				see_sample(t, time);
		}
		if (changes_the_world(v.type))
			collect(t, &v);
	}
	return true;
}

/* ---- applying ---- */

static int by_time(const void *va, const void *vb)
{
	const struct change *a = va, *b = vb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static void apply(struct machine *m, const struct timeline *t, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_MMAP:
		machine_mmap(m, c->time, c->pid, &t->mappings[c->mapping]);
		break;
	case CHANGE_KERNEL_MMAP:
		machine_kernel_mmap(m, c->time, &t->mappings[c->mapping]);
		break;
	case CHANGE_COMM:
		machine_comm(m, c->time, c->pid, c->tid, c->comm, c->flag);
		break;
	case CHANGE_FORK:
		machine_fork(m, c->time, c->pid, c->ppid, c->tid, c->ptid, c->flag);
		break;
	case CHANGE_EXIT:
		machine_exit(m, c->time, c->pid, c->tid);
		break;
	}
}

struct machine *timeline_finish(struct timeline *t, struct timeline_clock *clock)
{
	struct machine *m = machine_new(t->texts);

	end_round(t);
	*clock = (struct timeline_clock){ t->timed, t->newest, t->first_sample, t->last_sample };
	for (size_t i = 0; !t->timed && i < t->n; i++)
		t->changes[i].time = t->changes[i].ordinal;
	if (t->n)
		qsort(t->changes, t->n, sizeof(*t->changes), by_time);
	for (size_t i = 0; i < t->n; i++)
		apply(m, t, &t->changes[i]);
	machine_seal(m);
	free(t->changes);
	free(t->mappings);
	free(t);
	return m;
}
