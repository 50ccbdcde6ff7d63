#include "report/data_object.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/stacks.h"

const char *data_object_kind_key(enum data_object_kind k)
{
	static const char *const keys[DATA_OBJECT_KINDS] = {
		[DATA_OBJECT_FILE] = "file",
		[DATA_OBJECT_HEAP] = "heap",
		[DATA_OBJECT_STACK] = "stack",
		[DATA_OBJECT_ANONYMOUS] = "anonymous",
		[DATA_OBJECT_SPECIAL] = "special",
		[DATA_OBJECT_KERNEL] = "kernel",
		[DATA_OBJECT_GUEST] = "guest",
		[DATA_OBJECT_UNMAPPED] = "unmapped",
		[DATA_OBJECT_NO_ADDRESS] = "no_address",
	};

	return keys[k];
}

static int number_order(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int data_object_order(const struct data_object *a, const struct data_object *b)
{
	int order = strcmp(a->name, b->name);

	if (!order)
		order = number_order(a->kind, b->kind);
	return order ? order : number_order(a->inferred, b->inferred);
}

static struct data_object object(struct data_objects *o, enum data_object_kind kind,
				 const char *name)
{
	return (struct data_object){ .kind = kind, .name = texts_add_z(o->texts, name) };
}

/* What /proc/PID/maps and the kernel call memory.  Source: perf_event_mmap_event(), kernel/events/core.c. */
static struct data_object named(struct data_objects *o, const char *name)
{
	if (strcmp(name, "[heap]") == 0)
		return object(o, DATA_OBJECT_HEAP, name);
	if (text_begins(name, "[stack"))
		return object(o, DATA_OBJECT_STACK, "[stack]");
	if (strcmp(name, "//anon") == 0 || !*name)
		return object(o, DATA_OBJECT_ANONYMOUS, "[anon]");
	if (text_begins(name, "[anon:") || text_begins(name, "/anon_hugepage"))
		return object(o, DATA_OBJECT_ANONYMOUS, name);
	return object(o, *name == '[' ? DATA_OBJECT_SPECIAL : DATA_OBJECT_FILE, name);
}

/* A module's file or name; the kernel itself has many names in recordings. */
static struct data_object kernel_object(struct data_objects *o, uint64_t addr, uint64_t time)
{
	struct place p = machine_place(o->machine, (struct instance_id){ 0 }, addr, time);
	const char *name = p.mapping.i ? machine_mapping(o->machine, p.mapping)->filename : "";
	bool module = *name && !text_begins(name, "[kernel") && !text_begins(name, "[guest");

	return object(o, DATA_OBJECT_KERNEL, module ? name : "[kernel]");
}

/* ---- the stack, which has no mapping ---- */

static void find_file_tops(struct data_objects *o)
{
	size_t n = machine_mappings(o->machine);

	o->n_file_tops = machine_instances(o->machine);
	o->file_tops = mem_calloc(o->n_file_tops + 1, sizeof(*o->file_tops));
	for (uint32_t i = 1; i <= n; i++) {
		const struct mapping *m = machine_mapping(o->machine, (struct mapping_id){ i });
		uint64_t *top;

		if (m->instance.i >= o->n_file_tops || !(m->prot & PROT_EXEC) ||
		    *m->filename != '/' || m->filename[1] == '/')
			continue;
		top = &o->file_tops[m->instance.i];
		if (m->end > *top)
			*top = m->end;
	}
}

/* Of the instance or, where it mapped nothing itself, of those it was forked from. */
static uint64_t file_top(struct data_objects *o, struct instance_id instance)
{
	uint64_t top = 0;

	if (!o->file_tops)
		find_file_tops(o);
	for (; instance.i && instance.i < o->n_file_tops;
	     instance = machine_parent(o->machine, instance))
		if (o->file_tops[instance.i] > top)
			top = o->file_tops[instance.i];
	return top;
}

static struct data_object unmapped(struct data_objects *o, const struct data_address *a)
{
	uint64_t top = file_top(o, a->instance);
	struct data_object found;

	if (!top || a->addr < top)
		return object(o, DATA_OBJECT_UNMAPPED, "[unmapped]");
	found = object(o, DATA_OBJECT_STACK, "[stack]");
	found.inferred = true;
	return found;
}

struct data_object data_object_at(struct data_objects *o, const struct data_address *a)
{
	enum space_kind space = stacks_space(a->cpumode, a->addr);
	struct place p;

	if (!a->addr)
		return object(o, DATA_OBJECT_NO_ADDRESS, "[no address]");
	if (space == SPACE_GUEST_KERNEL || space == SPACE_GUEST_USER || space == SPACE_HYPERVISOR)
		return object(o, DATA_OBJECT_GUEST, "[guest]");
	if (data_address_is_kernel(a->addr))
		return kernel_object(o, a->addr, a->time);
	p = machine_place(o->machine, a->instance, a->addr, a->time);
	if (!p.mapping.i)
		return unmapped(o, a);
	return named(o, machine_mapping(o->machine, p.mapping)->filename);
}

void data_objects_done(struct data_objects *o)
{
	free(o->file_tops);
	*o = (struct data_objects){ 0 };
}
