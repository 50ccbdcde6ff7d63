#include "report/memory.h"

#include <stdlib.h>

#include "parser/base/memory.h"

/* In place of an instance: the line is known by its physical address. */
#define PHYSICAL UINT32_MAX

struct memory *memory_new(void)
{
	return mem_calloc(1, sizeof(struct memory));
}

void memory_begin(struct memory *m, struct machine *machine, struct texts *texts)
{
	m->places.machine = machine;
	m->places.texts = texts;
}

void memory_free(struct memory *m)
{
	if (!m)
		return;
	data_objects_done(&m->places);
	free(m->accesses);
	free(m->sources);
	free(m->objects);
	free(m->threads);
	free(m->lines);
	numbers_done(&m->values);
	numbers_done(&m->names);
	numbers_done(&m->line_bases);
	numbers_done(&m->tids);
	pairs_done(&m->source_keys);
	pairs_done(&m->object_keys);
	pairs_done(&m->line_keys);
	free(m);
}

/* ---- each distinct thing once: the keys' numbers are the indices ---- */

static uint32_t add_source(struct memory *m, const struct sample *s)
{
	bool is_new;
	uint32_t event = (uint32_t)s->event;
	uint32_t i =
		pairs_add(&m->source_keys, event, numbers_add(&m->values, s->data_src, &is_new));

	if (i == m->n_sources) {
		m->sources = mem_grow(m->sources, i, 1, &m->cap_sources, sizeof(*m->sources));
		m->sources[m->n_sources++] = (struct memory_source){ event, s->data_src };
	}
	return i;
}

static uint32_t add_object(struct memory *m, const struct data_address *a)
{
	struct data_object o = data_object_at(&m->places, a);
	uint32_t kind = (uint32_t)o.kind << 1 | o.inferred;
	bool is_new;
	uint32_t i = pairs_add(&m->object_keys, kind,
			       numbers_add(&m->names, (uintptr_t)o.name, &is_new));

	if (i == m->n_objects) {
		m->objects = mem_grow(m->objects, i, 1, &m->cap_objects, sizeof(*m->objects));
		m->objects[m->n_objects++] = o;
	}
	return i;
}

static uint32_t add_thread(struct memory *m, const struct sample *s, uint64_t time)
{
	bool is_new;
	uint32_t i = numbers_add(&m->tids, (uint64_t)s->pid << 32 | s->tid, &is_new);

	if (is_new) {
		const char *comm = machine_comm_at(m->places.machine, s->pid, s->tid, time);

		m->threads = mem_grow(m->threads, i, 1, &m->cap_threads, sizeof(*m->threads));
		m->threads[m->n_threads++] = (struct memory_thread){
			.pid = s->pid,
			.tid = s->tid,
			.comm = texts_add_z(m->places.texts, comm),
		};
	}
	return i;
}

/* The size is a claim of the file: only a power of 2 that holds a line can be one. */
static uint64_t page_size(const struct sample *s)
{
	uint64_t size = s->data_page_size;

	if (!(s->type & SAMPLE_DATA_PAGE_SIZE) || size < MEMORY_LINE || (size & (size - 1)))
		return MEMORY_PAGE;
	return size;
}

static uint32_t add_line(struct memory *m, const struct sample *s, struct instance_id instance,
			 uint32_t object)
{
	const uint64_t mask = ~(uint64_t)(MEMORY_LINE - 1);
	uint64_t phys = s->type & SAMPLE_PHYS_ADDR ? s->phys_addr & mask : 0;
	uint64_t base = s->addr & mask;
	bool kernel = data_address_is_kernel(s->addr), is_new;
	uint32_t space = phys ? PHYSICAL : kernel ? 0 : instance.i;
	uint32_t i;

	i = pairs_add(&m->line_keys, space,
		      numbers_add(&m->line_bases, phys ? phys : base, &is_new));
	if (i == m->n_lines) {
		m->lines = mem_grow(m->lines, i, 1, &m->cap_lines, sizeof(*m->lines));
		m->lines[m->n_lines++] = (struct memory_line){
			.addr = base,
			.phys = phys,
			.page_size = page_size(s),
			.pid = kernel ? UINT32_MAX : s->pid,
			.instance = kernel ? 0 : instance.i,
			.object = object,
		};
	}
	return i;
}

void memory_add(struct memory *m, uint32_t node, const struct sample *s,
		struct instance_id instance, uint64_t time)
{
	struct data_address at = { instance, s->misc & MISC_CPUMODE_MASK, s->addr, time };
	struct memory_access a = { .node = node, .line = MEMORY_NONE };

	if (!(s->type & SAMPLE_DATA_SRC))
		return;
	m->recorded |= s->type;
	a.latency = s->weight;
	a.weight2 = s->weight2;
	a.weight3 = s->weight3;
	a.source = add_source(m, s);
	a.object = add_object(m, &at);
	a.thread = add_thread(m, s, time);
	if (s->addr && m->objects[a.object].kind != DATA_OBJECT_GUEST) {
		a.line = add_line(m, s, instance, a.object);
		a.offset = s->addr % MEMORY_LINE;
	}
	m->accesses =
		mem_grow(m->accesses, m->n_accesses, 1, &m->cap_accesses, sizeof(*m->accesses));
	m->accesses[m->n_accesses++] = a;
}

void memory_leave_out(struct memory *m, const struct sample *s)
{
	m->left_out += (s->type & SAMPLE_DATA_SRC) != 0;
}
