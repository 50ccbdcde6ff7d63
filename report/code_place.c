#include "report/code_place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "report/stacks.h"
#include "report/trampoline.h"

enum { PLACES = 1 << 13 }; /* slots of the cache */

struct code_places {
	struct machine *machine;
	struct objects *objects;
	struct jitmaps *jitmaps;
	struct code_place *places; /* made for the first address: most recordings have none */
};

struct code_places *code_places_new(struct machine *m, struct objects *objects,
				    struct jitmaps *jitmaps)
{
	struct code_places *c = mem_calloc(1, sizeof(*c));

	c->machine = m;
	c->objects = objects;
	c->jitmaps = jitmaps;
	return c;
}

void code_places_free(struct code_places *c)
{
	if (!c)
		return;
	free(c->places);
	free(c);
}

static void look_in_jit(struct code_places *c, struct code_place *p, const struct mapping *m,
			uint64_t time)
{
	struct instance_id instance = { p->instance };
	struct jit_code code = jitmaps_find(c->jitmaps, instance, m, p->addr, time);
	struct cfi *cfi;

	p->kind = PLACE_NO_CFI;
	p->file = "[jit]";
	if (code.from > p->from)
		p->from = code.from;
	if (code.to < p->to)
		p->to = code.to;
	if (!code.id)
		return;
	if (trampoline_is(jitmaps_name(c->jitmaps, code.id), code.size)) {
		p->kind = PLACE_TRAMPOLINE;
		p->start = code.start;
		p->size = code.size;
		return;
	}
	cfi = jitmaps_cfi(c->jitmaps, code.id);
	p->row = cfi ? cfi_row(cfi, p->addr) : NULL;
	if (p->row)
		p->kind = PLACE_ROW;
}

static void look_in_file(struct code_places *c, struct code_place *p, struct mapping_id id,
			 const struct mapping *m)
{
	uint64_t vaddr;
	struct cfi *cfi = objects_cfi(c->objects, id, m, p->addr, &vaddr);

	p->file = m->filename;
	if (!cfi) {
		p->kind = objects_has_file(c->objects, id, m) ? PLACE_NO_CFI : PLACE_MISSING;
		return;
	}
	p->called = cfi_after_call(cfi, vaddr + 1);
	p->row = cfi_row(cfi, vaddr);
	if (p->row) {
		p->kind = PLACE_ROW;
	} else {
		const char *symbol = objects_symbol(c->objects, id, m, p->addr);

		p->kind = symbol && strcmp(symbol, "_start") == 0 ? PLACE_START : PLACE_NO_CFI;
	}
}

static void look(struct code_places *c, struct instance_id instance, uint64_t addr, uint64_t time,
		 struct code_place *p)
{
	struct place place = machine_place(c->machine, instance, addr, time);
	const struct mapping *m;

	*p = (struct code_place){
		.addr = addr,
		.from = place.from,
		.to = place.to,
		.instance = instance.i,
		.used = true,
		.file = "",
	};
	if (!place.mapping.i)
		return;
	m = machine_mapping(c->machine, place.mapping);
	if (m->data || !(m->prot & PROT_EXEC))
		return;
	if (stacks_is_jit(m))
		look_in_jit(c, p, m, time);
	else
		look_in_file(c, p, place.mapping, m);
}

const struct code_place *code_place_at(struct code_places *c, struct instance_id instance,
				       uint64_t addr, uint64_t time)
{
	uint64_t hash = hash_pair(addr, instance.i);
	struct code_place *p;

	if (!c->places)
		c->places = mem_calloc(PLACES, sizeof(*c->places));
	p = &c->places[hash & (PLACES - 1)];
	if (!p->used || p->addr != addr || p->instance != instance.i || time < p->from ||
	    time >= p->to)
		look(c, instance, addr, time, p);
	return p;
}
