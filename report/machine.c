/* The machine while records come in. */
#include "report/machine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/machine_parts.h"

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

uint32_t machine_find_task(const struct machine *m, uint32_t id)
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

uint32_t machine_have_task(struct machine *m, uint32_t id)
{
	uint32_t found = machine_find_task(m, id);

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

uint32_t machine_add_instance(struct machine *m, uint32_t task, uint64_t begin)
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
	uint32_t i = machine_add_instance(m, task, begin);
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
	machine_add_instance(m, NO_TASK, TIME_BEGIN); /* MACHINE_KERNEL */
	machine_add_instance(m, NO_TASK, TIME_BEGIN); /* MACHINE_NOBODY */
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
	uint32_t instance = MACHINE_NOBODY;

	advance(m, time);
	if (pid != PID_NONE)
		instance = current_instance(m, machine_have_task(m, pid));
	announce(m, instance, mapping);
}

void machine_kernel_mmap(struct machine *m, uint64_t time, const struct mapping *mapping)
{
	advance(m, time);
	announce(m, MACHINE_KERNEL, mapping);
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
	process = machine_have_task(m, pid);
	thread = machine_have_task(m, tid);
	if (pid == ppid) {
		current_instance(m, process);
	} else if (inherits && ppid != PID_NONE) {
		fork_process(m, process, machine_have_task(m, ppid));
	} else if (!m->tasks[process].instance) {
		begin_instance(m, process, m->now);
	} else {
		current_instance(m, process); /* perf tells of a process that is known */
	}
	run_thread(m, thread, process);
	if ((pid == ppid || inherits) && ptid != PID_NONE)
		name_forked(m, thread, machine_have_task(m, ptid));
}

void machine_exit(struct machine *m, uint64_t time, uint32_t pid, uint32_t tid)
{
	uint32_t process, thread;
	struct task *p;

	advance(m, time);
	process = machine_find_task(m, pid);
	thread = machine_find_task(m, tid);
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
	process = machine_have_task(m, pid);
	thread = machine_have_task(m, tid);
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
