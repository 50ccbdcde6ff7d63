#include "report/memory.h"

#include <stdlib.h>

#include "parser/base/memory.h"

struct memory *memory_new(void)
{
	return mem_calloc(1, sizeof(struct memory));
}

void memory_begin(struct memory *m, struct machine *machine, struct texts *texts)
{
	m->places.machine = machine;
	m->places.texts = texts;
	memory_log_recording(&m->log, texts_add_z(texts, ""));
}

void memory_free(struct memory *m)
{
	if (!m)
		return;
	data_objects_done(&m->places);
	memory_log_done(&m->log);
	free(m);
}

static uint32_t add_thread(struct memory *m, const struct sample *s, uint64_t time)
{
	bool is_new;
	uint32_t i = memory_log_thread(&m->log, 0, s->pid, s->tid, &is_new);

	if (is_new)
		m->log.threads[i].comm = texts_add_z(
			m->places.texts, machine_comm_at(m->places.machine, s->pid, s->tid, time));
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
	bool kernel = data_address_is_kernel(s->addr), is_new;

	return memory_log_line(&m->log,
			       &(struct memory_line){
				       .addr = s->addr & mask,
				       .phys = s->type & SAMPLE_PHYS_ADDR ? s->phys_addr & mask : 0,
				       .page_size = page_size(s),
				       .pid = kernel ? UINT32_MAX : s->pid,
				       .instance = kernel ? 0 : instance.i,
				       .object = object,
			       },
			       &is_new);
}

void memory_add(struct memory *m, uint32_t node, const struct sample *s,
		struct instance_id instance, uint64_t time)
{
	struct data_address at = { instance, s->misc & MISC_CPUMODE_MASK, s->addr, time };
	struct memory_access a = { .count = 1, .node = node, .line = MEMORY_NONE };
	struct data_object object;

	if (!(s->type & SAMPLE_DATA_SRC))
		return;
	object = data_object_at(&m->places, &at);
	m->log.recorded |= s->type;
	a.latency = s->weight;
	a.weight2 = s->weight2;
	a.weight3 = s->weight3;
	a.source = memory_log_source(&m->log, (uint32_t)s->event, s->data_src);
	a.object = memory_log_object(&m->log, &object);
	a.thread = add_thread(m, s, time);
	if (s->addr && object.kind != DATA_OBJECT_GUEST) {
		a.line = add_line(m, s, instance, a.object);
		a.offset = s->addr % MEMORY_LINE;
	}
	memory_log_append(&m->log, &a);
}

void memory_leave_out(struct memory *m, const struct sample *s)
{
	m->log.left_out += (s->type & SAMPLE_DATA_SRC) != 0;
}
