/* What lay where, and who was who, at a time. */
#include <assert.h>
#include <stdio.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/machine_parts.h"

enum { MAX_FORKS = 256 }; /* so many ancestors are asked for an address */

/* A process that no record spoke of. */
static uint32_t make_up_instance(struct machine *m, uint32_t task)
{
	uint32_t i = machine_add_instance(m, task, TIME_BEGIN);

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
		return (struct instance_id){ MACHINE_NOBODY };
	task = machine_have_task(m, pid);
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
	const struct naming *n = task == NO_TASK ? NULL : machine_naming_at(m, task, time);

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
	task = machine_have_task(m, tid);
	comm = known_comm(m, task, time);
	if (!comm && pid != tid)
		comm = known_comm(m, machine_find_task(m, pid), time);
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
	uint32_t task = machine_find_task(m, pid);

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
