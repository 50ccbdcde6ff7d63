#include "report/machine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/space.h"

/*
 * While records come in, three lists grow in the order of time: instances,
 * announcements of mappings, and namings of threads.  machine_seal() sorts each by
 * its owner (stably, so they stay in the order of time), and every question is
 * a probe of the table of tasks and a binary search in one owner's part.
 *
 *   task (a pid or tid) --> its instances, ascending by begin
 *                       --> its namings, ascending by time
 *   instance            --> its announcements (space.h) --> mappings
 *                       --> the instance it was forked from, and when
 */

enum {
	KERNEL = 0,
	NOBODY = 1,
	MAX_FORKS = 256,   /* so many ancestors are asked for an address */
	MAX_NAMESAKES = 64 /* so many ancestors are asked for a comm */
};
#define PID_NONE UINT32_MAX /* "-1": a task that was gone when perf looked */
#define NO_TASK  UINT32_MAX

struct instance {
	uint32_t pid;
	uint32_t task;   /* NO_TASK for the kernel and nobody */
	uint32_t parent; /* 0: none; always a smaller number than its own */
	uint64_t forked; /* the time at which the parent's mappings are its own too */
	uint64_t begin;
	uint32_t donor;   /* nearest ancestor that had mappings to inherit; 0: none */
	uint64_t donated; /* the time at which they were inherited */
	uint32_t before;  /* the instance that exec() ended for it; 0: none */
	struct space space;
};

/* What is known by one number: as a process, and as a thread. */
struct task {
	uint32_t id;

	/* as a process; while building: its newest instance (0: none) */
	uint32_t instance;
	uint32_t threads; /* that run in it */
	bool ended;
	uint64_t end;
	uint32_t first_span, spans; /* after sealing: its instances in machine.by_task */

	/* as a thread */
	uint32_t runs_in;               /* instance, 0: it does not run */
	uint32_t naming;                /* newest one + 1, 0: none */
	uint32_t first_naming, namings; /* after sealing */
	const char *numbered;           /* ":TID", once it was asked for */
};

/* From `time` on the task has this comm. */
struct naming {
	uint64_t time;
	const char *comm; /* NULL: not known; then that of `from` at this time */
	uint32_t task;
	uint32_t from; /* task, or NO_TASK */
	bool fork;
};

/* Open addressing: a slot holds an index + 1, 0 is free. */
struct slots {
	uint32_t *slot;
	size_t mask; /* slots - 1; 0: no table yet */
	size_t used;
};

struct machine {
	struct texts *texts;
	uint64_t now; /* time of the newest call */
	bool sealed;
	struct instance *instances;
	size_t n_instances, cap_instances;
	uint32_t *by_task; /* instances, those of a task together */
	size_t n_by_task, cap_by_task;
	struct task *tasks;
	size_t n_tasks, cap_tasks;
	struct slots task_slots;
	struct naming *namings;
	size_t n_namings, cap_namings;
	struct mapping *mappings; /* id i is mappings[i - 1] */
	size_t n_mappings, cap_mappings;
	struct slots mapping_slots;
	struct announcement *announcements;
	size_t n_announcements, cap_announcements;
};

/* ---- tables ---- */

/* Make room for one more; true if the table is new and must be filled again. */
static bool slots_reserve(struct slots *s)
{
	size_t n = s->mask ? (s->mask + 1) * 2 : 64;

	if (s->mask && s->used < s->mask / 2)
		return false;
	free(s->slot);
	s->slot = mem_calloc(n, sizeof(*s->slot));
	s->mask = n - 1;
	s->used = 0;
	return true;
}

static void slots_put(struct slots *s, uint64_t hash, size_t index)
{
	size_t i = (size_t)hash & s->mask;

	while (s->slot[i])
		i = (i + 1) & s->mask;
	s->slot[i] = (uint32_t)index + 1;
	s->used++;
}

static uint32_t find_task(const struct machine *m, uint32_t id)
{
	const struct slots *s = &m->task_slots;

	if (!s->mask)
		return NO_TASK;
	for (size_t i = (size_t)hash_u64(id) & s->mask; s->slot[i]; i = (i + 1) & s->mask) {
		if (m->tasks[s->slot[i] - 1].id == id)
			return s->slot[i] - 1;
	}
	return NO_TASK;
}

/* The task of this number, made if there is none. */
static uint32_t have_task(struct machine *m, uint32_t id)
{
	uint32_t found = find_task(m, id);

	if (found != NO_TASK)
		return found;
	m->tasks = mem_grow(m->tasks, m->n_tasks, 1, &m->cap_tasks, sizeof(*m->tasks));
	m->tasks[m->n_tasks] = (struct task){ .id = id };
	if (slots_reserve(&m->task_slots)) {
		for (size_t i = 0; i < m->n_tasks; i++)
			slots_put(&m->task_slots, hash_u64(m->tasks[i].id), i);
	}
	slots_put(&m->task_slots, hash_u64(id), m->n_tasks);
	return (uint32_t)m->n_tasks++;
}

static uint64_t hash_mapping(const struct mapping *p)
{
	uint64_t h = hash_pair(p->instance.i, p->start);

	h = hash_pair(h, p->end);
	h = hash_pair(h, p->pgoff);
	h = hash_pair(h, (uintptr_t)p->filename);
	h = hash_pair(h, p->ino);
	return hash_pair(h, (uint64_t)p->prot << 32 | p->build_id_size);
}

static bool same_mapping(const struct mapping *p, const struct mapping *q)
{
	return p->instance.i == q->instance.i && p->start == q->start && p->end == q->end &&
	       p->pgoff == q->pgoff && p->filename == q->filename && p->prot == q->prot &&
	       p->maj == q->maj && p->min == q->min && p->ino == q->ino &&
	       p->ino_generation == q->ino_generation && p->data == q->data &&
	       p->is_mmap2 == q->is_mmap2 && p->is_symbol == q->is_symbol &&
	       p->build_id_size == q->build_id_size &&
	       memcmp(p->build_id, q->build_id, p->build_id_size) == 0;
}

/* The id of a mapping: the one it has already, or a new one. */
static uint32_t have_mapping(struct machine *m, const struct mapping *p)
{
	struct slots *s = &m->mapping_slots;
	uint64_t hash = hash_mapping(p);

	if (s->mask) {
		for (size_t i = (size_t)hash & s->mask; s->slot[i]; i = (i + 1) & s->mask) {
			if (same_mapping(&m->mappings[s->slot[i] - 1], p))
				return s->slot[i];
		}
	}
	m->mappings =
		mem_grow(m->mappings, m->n_mappings, 1, &m->cap_mappings, sizeof(*m->mappings));
	m->mappings[m->n_mappings] = *p;
	if (slots_reserve(s)) {
		for (size_t i = 0; i < m->n_mappings; i++)
			slots_put(s, hash_mapping(&m->mappings[i]), i);
	}
	slots_put(s, hash, m->n_mappings);
	return (uint32_t)++m->n_mappings;
}

/* ---- instances ---- */

static uint32_t add_instance(struct machine *m, uint32_t task, uint64_t begin)
{
	m->instances =
		mem_grow(m->instances, m->n_instances, 1, &m->cap_instances, sizeof(*m->instances));
	m->instances[m->n_instances] = (struct instance){
		.pid = task == NO_TASK ? PID_NONE : m->tasks[task].id,
		.task = task,
		.begin = begin,
	};
	return (uint32_t)m->n_instances++;
}

/* A new address space for a process; its threads, if any, were the old one's. */
static uint32_t begin_instance(struct machine *m, uint32_t task, uint64_t begin)
{
	uint32_t i = add_instance(m, task, begin);
	struct task *t = &m->tasks[task];

	t->instance = i;
	t->threads = 0;
	t->ended = false;
	return i;
}

/* The instance that a process has now: a process never heard of was there from the beginning. */
static uint32_t current_instance(struct machine *m, uint32_t task)
{
	const struct task *t = &m->tasks[task];

	if (!t->instance)
		return begin_instance(m, task, TIME_BEGIN);
	if (t->ended && t->end < m->now)
		return begin_instance(m, task, m->now);
	return t->instance;
}

static void run_thread(struct machine *m, uint32_t thread, uint32_t process)
{
	uint32_t instance = m->tasks[process].instance;

	if (m->tasks[thread].runs_in == instance)
		return;
	m->tasks[thread].runs_in = instance;
	m->tasks[process].threads++;
}

/* Calls come in the order of time; one that does not counts as now. */
static uint64_t advance(struct machine *m, uint64_t time)
{
	assert(!m->sealed);
	if (time > m->now)
		m->now = time;
	return m->now;
}

struct machine *machine_new(struct texts *texts)
{
	struct machine *m = mem_calloc(1, sizeof(*m));

	m->texts = texts;
	add_instance(m, NO_TASK, TIME_BEGIN); /* KERNEL */
	add_instance(m, NO_TASK, TIME_BEGIN); /* NOBODY */
	return m;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_instances; i++)
		space_done(&m->instances[i].space);
	free(m->instances);
	free(m->by_task);
	free(m->tasks);
	free(m->task_slots.slot);
	free(m->namings);
	free(m->mappings);
	free(m->mapping_slots.slot);
	free(m->announcements);
	free(m);
}

/* ---- building ---- */

static void announce(struct machine *m, uint32_t instance, const struct mapping *mapping)
{
	struct mapping p = *mapping;

	if (p.start >= p.end)
		return;
	p.filename = texts_add_z(m->texts, p.filename ? p.filename : "");
	p.instance.i = instance;
	p.time = m->now;
	m->announcements = mem_grow(m->announcements, m->n_announcements, 1, &m->cap_announcements,
				    sizeof(*m->announcements));
	m->announcements[m->n_announcements++] = (struct announcement){
		.start = p.start,
		.end = p.end,
		.time = m->now,
		.mapping = have_mapping(m, &p),
		.owner = instance,
	};
}

void machine_mmap(struct machine *m, uint64_t time, uint32_t pid, const struct mapping *mapping)
{
	uint32_t instance = NOBODY;

	advance(m, time);
	if (pid != PID_NONE)
		instance = current_instance(m, have_task(m, pid));
	announce(m, instance, mapping);
}

void machine_kernel_mmap(struct machine *m, uint64_t time, const struct mapping *mapping)
{
	advance(m, time);
	announce(m, KERNEL, mapping);
}

static void name_task(struct machine *m, const struct naming *n)
{
	m->namings = mem_grow(m->namings, m->n_namings, 1, &m->cap_namings, sizeof(*m->namings));
	m->namings[m->n_namings] = *n;
	m->tasks[n->task].naming = (uint32_t)++m->n_namings;
}

/* A new task has the name of the one that made it, until it gets its own. */
static void name_forked(struct machine *m, uint32_t task, uint32_t from)
{
	const struct task *t = &m->tasks[task];
	uint32_t known = m->tasks[from].naming;

	if (t->naming && m->namings[t->naming - 1].time == m->now)
		return; /* named by a record of the same time already */
	name_task(m, &(struct naming){
			     .time = m->now,
			     .comm = known ? m->namings[known - 1].comm : NULL,
			     .task = task,
			     .from = from,
			     .fork = true,
		     });
}

/* A process that begins with what its parent has mapped. */
static void fork_process(struct machine *m, uint32_t task, uint32_t parent_task)
{
	uint32_t parent = current_instance(m, parent_task);
	uint32_t child = m->tasks[task].instance;

	/* Records of the very moment of the fork may stand before it. */
	if (!child || m->instances[child].begin != m->now || m->tasks[task].ended)
		child = begin_instance(m, task, m->now);
	if (parent < child) {
		m->instances[child].parent = parent;
		m->instances[child].forked = m->now;
	}
}

void machine_fork(struct machine *m, uint64_t time, uint32_t pid, uint32_t ppid, uint32_t tid,
		  uint32_t ptid, bool inherits)
{
	uint32_t process, thread;

	advance(m, time);
	if (pid == PID_NONE || tid == PID_NONE)
		return;
	process = have_task(m, pid);
	thread = have_task(m, tid);
	if (pid == ppid) {
		current_instance(m, process);
	} else if (inherits && ppid != PID_NONE) {
		fork_process(m, process, have_task(m, ppid));
	} else if (!m->tasks[process].instance) {
		begin_instance(m, process, m->now);
	} else {
		current_instance(m, process); /* perf tells of a process that is known */
	}
	run_thread(m, thread, process);
	if ((pid == ppid || inherits) && ptid != PID_NONE)
		name_forked(m, thread, have_task(m, ptid));
}

void machine_exit(struct machine *m, uint64_t time, uint32_t pid, uint32_t tid)
{
	uint32_t process, thread;
	struct task *p;

	advance(m, time);
	process = find_task(m, pid);
	thread = find_task(m, tid);
	if (process == NO_TASK || !m->tasks[process].instance)
		return;
	p = &m->tasks[process];
	if (thread != NO_TASK && m->tasks[thread].runs_in == p->instance) {
		m->tasks[thread].runs_in = 0;
		p->threads--;
	} else if (tid != pid) {
		return; /* a thread nobody spoke of: there may be more of them */
	}
	if (p->threads == 0 && !p->ended) {
		p->ended = true;
		p->end = m->now;
	}
}

/*
 * exec() throws the address space away, and all threads but one.  Where the
 * instance began at this very time (the beginning of a recording without
 * times, for one), its own mappings cannot be told from those of the new image.
 */
static void exec_process(struct machine *m, uint32_t task)
{
	uint32_t before = m->tasks[task].instance;
	struct instance *i = &m->instances[before];

	if (i->begin < m->now) {
		uint32_t after = begin_instance(m, task, m->now);

		m->instances[after].before = before;
		return;
	}
	i->parent = 0;
	i->forked = 0;
}

void machine_comm(struct machine *m, uint64_t time, uint32_t pid, uint32_t tid, const char *comm,
		  bool exec)
{
	uint32_t process, thread;

	advance(m, time);
	if (pid == PID_NONE || tid == PID_NONE)
		return;
	process = have_task(m, pid);
	thread = have_task(m, tid);
	current_instance(m, process);
	if (exec)
		exec_process(m, process);
	run_thread(m, thread, process);
	name_task(m, &(struct naming){
			     .time = m->now,
			     .comm = texts_add_z(m->texts, comm ? comm : ""),
			     .task = thread,
			     .from = NO_TASK,
		     });
}

/* ---- sealing ---- */

static void group_instances(struct machine *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_instances; i++) {
		if (m->instances[i].task != NO_TASK)
			m->tasks[m->instances[i].task].spans++;
	}
	for (size_t t = 0; t < m->n_tasks; t++) {
		m->tasks[t].first_span = (uint32_t)n;
		n += m->tasks[t].spans;
		m->tasks[t].spans = 0;
	}
	m->by_task = mem_grow(m->by_task, 0, n, &m->cap_by_task, sizeof(*m->by_task));
	m->n_by_task = n;
	for (size_t i = 0; i < m->n_instances; i++) {
		struct task *t;

		if (m->instances[i].task == NO_TASK)
			continue;
		t = &m->tasks[m->instances[i].task];
		m->by_task[t->first_span + t->spans++] = (uint32_t)i;
	}
}

static void group_namings(struct machine *m)
{
	struct naming *sorted = mem_calloc(m->n_namings, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < m->n_namings; i++)
		m->tasks[m->namings[i].task].namings++;
	for (size_t t = 0; t < m->n_tasks; t++) {
		m->tasks[t].first_naming = (uint32_t)n;
		n += m->tasks[t].namings;
		m->tasks[t].namings = 0;
	}
	for (size_t i = 0; i < m->n_namings; i++) {
		struct task *t = &m->tasks[m->namings[i].task];

		sorted[t->first_naming + t->namings++] = m->namings[i];
	}
	free(m->namings);
	m->namings = sorted;
}

/* The naming of a task that holds at `time`; its first, a fork, also before. NULL: none. */
static const struct naming *naming_at(const struct machine *m, uint32_t task, uint64_t time)
{
	const struct task *t = &m->tasks[task];
	const struct naming *list = m->namings + t->first_naming;
	size_t low = 0, high = t->namings;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid].time <= time)
			low = mid + 1;
		else
			high = mid;
	}
	if (low > 0)
		return &list[low - 1];
	return t->namings && list[0].fork ? &list[0] : NULL;
}

/* Names of forks whose maker got its own name only by a later record of the same time. */
static void name_the_unnamed(struct machine *m)
{
	for (size_t i = 0; i < m->n_namings; i++) {
		const struct naming *n = &m->namings[i];
		uint64_t time = n->time;

		for (int step = 0; n && !n->comm && step < MAX_NAMESAKES; step++)
			n = n->from == NO_TASK ? NULL : naming_at(m, n->from, time);
		if (n)
			m->namings[i].comm = n->comm;
	}
}

static void group_announcements(struct machine *m)
{
	struct announcement *sorted = mem_calloc(m->n_announcements, sizeof(*sorted));
	size_t *next = mem_calloc(m->n_instances + 1, sizeof(*next));

	for (size_t i = 0; i < m->n_announcements; i++)
		next[m->announcements[i].owner + 1]++;
	for (size_t i = 0; i < m->n_instances; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < m->n_announcements; i++)
		sorted[next[m->announcements[i].owner]++] = m->announcements[i];
	free(m->announcements);
	m->announcements = sorted;
	/* next[i] has moved on to the end of instance i's part */
	for (size_t i = 0; i < m->n_instances; i++) {
		size_t first = i ? next[i - 1] : 0;

		space_build(&m->instances[i].space, sorted + first, next[i] - first);
	}
	free(next);
}

/* An ancestor that had mapped nothing when it forked is passed over. */
static void find_donors(struct machine *m)
{
	for (size_t i = 0; i < m->n_instances; i++) {
		struct instance *child = &m->instances[i];
		const struct instance *parent = &m->instances[child->parent];

		if (!child->parent)
			continue;
		if (parent->space.n && parent->space.items[0].time <= child->forked) {
			child->donor = child->parent;
			child->donated = child->forked;
		} else {
			child->donor = parent->donor;
			child->donated = parent->donated;
		}
	}
}

void machine_seal(struct machine *m)
{
	assert(!m->sealed);
	group_instances(m);
	group_namings(m);
	name_the_unnamed(m);
	group_announcements(m);
	find_donors(m);
	m->sealed = true;
}

/* ---- asking ---- */

/* A process that no record spoke of. */
static uint32_t make_up_instance(struct machine *m, uint32_t task)
{
	uint32_t i = add_instance(m, task, TIME_BEGIN);

	m->by_task = mem_grow(m->by_task, m->n_by_task, 1, &m->cap_by_task, sizeof(*m->by_task));
	m->by_task[m->n_by_task] = i;
	m->tasks[task].first_span = (uint32_t)m->n_by_task++;
	m->tasks[task].spans = 1;
	return i;
}

struct instance_id machine_instance(struct machine *m, uint32_t pid, uint64_t time)
{
	uint64_t from, to;

	return machine_instance_span(m, pid, time, &from, &to);
}

struct instance_id machine_instance_span(struct machine *m, uint32_t pid, uint64_t time,
					 uint64_t *from, uint64_t *to)
{
	const uint32_t *list;
	uint32_t task, low = 0, high;

	assert(m->sealed);
	*from = TIME_BEGIN;
	*to = TIME_END;
	if (pid == PID_NONE)
		return (struct instance_id){ NOBODY };
	task = have_task(m, pid);
	high = m->tasks[task].spans;
	if (high == 0)
		return (struct instance_id){ make_up_instance(m, task) };
	list = m->by_task + m->tasks[task].first_span;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		uint64_t begin = m->instances[list[mid]].begin;

		if (begin <= time) {
			low = mid;
			*from = begin;
		} else {
			high = mid;
			*to = begin;
		}
	}
	return (struct instance_id){ list[low] };
}

/* What the instance has by inheritance; that does not change while it lives. */
static uint32_t inherited(const struct machine *m, uint32_t instance, uint64_t addr)
{
	for (int step = 0; step < MAX_FORKS; step++) {
		const struct instance *i = &m->instances[instance];
		struct space_answer a;

		if (!i->donor)
			break;
		a = space_ask(&m->instances[i->donor].space, addr, i->donated);
		if (a.mapping)
			return a.mapping;
		instance = i->donor;
	}
	return 0;
}

/*
 * exec() speaks before it has mapped anything of the new image.  Until then the user's registers are those of
 * the old one, which called it.  When that ends; where it never was so, when the instance began.
 */
static uint64_t image_begins(const struct instance *i)
{
	return i->before && i->space.n ? i->space.items[0].time : i->begin;
}

/* What does not change while the image is there: holes, and what was inherited. */
static struct place unchanged(const struct machine *m, uint32_t instance, uint64_t addr)
{
	const struct instance *i = &m->instances[instance];

	return (struct place){ .mapping.i = inherited(m, instance, addr), .from = image_begins(i) };
}

static struct place place_before_image(const struct machine *m, const struct instance *i,
				       uint64_t addr)
{
	struct space_answer a = space_ask(&m->instances[i->before].space, addr, i->begin);

	return (struct place){
		.mapping.i = a.mapping ? a.mapping : inherited(m, i->before, addr),
		.from = i->begin,
		.to = image_begins(i),
	};
}

struct place machine_place(const struct machine *m, struct instance_id instance, uint64_t addr,
			   uint64_t time)
{
	const struct instance *i = &m->instances[instance.i];
	bool early = time < i->begin; /* a task's first instance is its instance before, too */
	struct space_answer a = space_ask(&i->space, addr, early ? i->begin : time);
	struct place place = { .mapping.i = a.mapping, .from = a.from, .to = a.to };

	assert(m->sealed);
	if (!early && time < image_begins(i))
		return place_before_image(m, i, addr);
	if (!a.mapping) {
		place = unchanged(m, instance.i, addr);
		place.to = a.to;
	}
	if (early && place.from <= i->begin)
		place.from = TIME_BEGIN;
	return place;
}

const struct mapping *machine_mapping(const struct machine *m, struct mapping_id id)
{
	assert(id.i > 0 && id.i <= m->n_mappings);
	return &m->mappings[id.i - 1];
}

size_t machine_mappings(const struct machine *m)
{
	return m->n_mappings;
}

/* The comm that the namings give a task; NULL: none. */
static const char *known_comm(const struct machine *m, uint32_t task, uint64_t time)
{
	const struct naming *n = task == NO_TASK ? NULL : naming_at(m, task, time);

	return n ? n->comm : NULL;
}

static const char *numbered(struct machine *m, uint32_t task)
{
	struct task *t = &m->tasks[task];
	char text[16];

	if (!t->numbered) {
		snprintf(text, sizeof(text), ":%u", t->id);
		t->numbered = texts_add_z(m->texts, text);
	}
	return t->numbered;
}

const char *machine_comm_at(struct machine *m, uint32_t pid, uint32_t tid, uint64_t time)
{
	const char *comm;
	uint32_t task;

	assert(m->sealed);
	if (tid == 0)
		return "swapper";
	if (tid == PID_NONE)
		return "[exited]";
	task = have_task(m, tid);
	comm = known_comm(m, task, time);
	if (!comm && pid != tid)
		comm = known_comm(m, find_task(m, pid), time);
	return comm ? comm : numbered(m, task);
}

uint32_t machine_pid(const struct machine *m, struct instance_id instance)
{
	return m->instances[instance.i].pid;
}

size_t machine_instances(const struct machine *m)
{
	return m->n_instances;
}

const uint32_t *machine_instances_of(const struct machine *m, uint32_t pid, size_t *n)
{
	uint32_t task = find_task(m, pid);

	*n = task == NO_TASK ? 0 : m->tasks[task].spans;
	return *n ? m->by_task + m->tasks[task].first_span : NULL;
}

struct instance_id machine_parent(const struct machine *m, struct instance_id instance)
{
	return (struct instance_id){ m->instances[instance.i].parent };
}

uint64_t machine_begin(const struct machine *m, struct instance_id instance)
{
	return m->instances[instance.i].begin;
}
