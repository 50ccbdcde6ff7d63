/*
 * One part is built at a time:
 *
 *   locations of a symbol --> its code --> instructions (or, without code, the addresses themselves)
 *   instructions --> debug information --> places: function, file and line, and where that is inlined
 *   places --> sections: the lines of one function in one file; the symbol's own first
 */
#include "report/annotate_native.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/annotate_native_parts.h"

/* ---- a part ---- */

/* The samples at each instruction, and with that at each line. */
static void put_locations(struct building *b)
{
	struct charges *c = b->a->charges;
	struct native_part *part = b->part;

	for (size_t k = 0; k < b->n; k++) {
		const struct code_site *l = &b->sites[k];
		struct instruction *i = native_instruction_at(part, l->address);
		uint32_t place = i->place;

		if (!i->cost)
			i->cost = charges_row(c);
		charges_put(c, l->location, i->cost, true);
		charges_put(c, l->location, part->cost, true);
		charges_put(c, l->location, b->f->cost, true);
		if (place != NO_PLACE && native_is_foreign(b, &part->places[place]))
			charges_put(c, l->location, part->inlined_cost, true);
		native_put_lines(b, l->location, place);
	}
}

/* What was built in arrays that grow belongs to the annotation from here on. */
static void *hand_over(struct annotation *a, void *items, size_t n, size_t size)
{
	void *copy = annotation_array(a, n, size);

	if (n)
		memcpy(copy, items, n * size);
	free(items);
	return copy;
}

static void finish_part(struct building *b)
{
	struct native_part *part = b->part;

	native_begin_own_section(b);
	native_make_sources(b);
	part->places = hand_over(b->a, part->places, part->n_places, sizeof(*part->places));
	part->instructions = hand_over(b->a, part->instructions, part->n_instructions,
				       sizeof(*part->instructions));
	free(b->slots);
	free(b->sections);
	free(b->section_slots);
	free(b->line_rows);
	pairs_done(&b->lines);
}

static void begin_part(struct building *b, struct annotation *a, struct annotated *f)
{
	*b = (struct building){ .a = a, .f = f, .part = &f->native[f->n_native] };
	b->part->number = f->n_native++;
	b->part->symbol = "";
	b->part->cost = charges_row(a->charges);
	b->part->inlined_cost = charges_row(a->charges);
}

/* ---- code of one symbol ---- */

static void build_code(struct annotation *a, struct annotated *f, const struct code_site *l,
		       size_t n)
{
	struct building b;

	begin_part(&b, a, f);
	b.sites = l;
	b.n = n;
	b.part->object = l->object;
	b.part->kind = NATIVE_ADDRESSES;
	native_read(&b);
	if (b.part->n_instructions)
		b.part->kind = NATIVE_CODE;
	native_add_addresses(&b);
	native_find_places(&b);
	native_make_sections(&b);
	put_locations(&b);
	finish_part(&b);
}

/* ---- where the function is inlined ---- */

/* The frames of the function itself among those at a location are what counts. */
static void put_inlined(struct building *b, const struct code_site *l)
{
	struct charges *c = b->a->charges;
	uint32_t place = native_place_at(b, l, l->address);
	bool self = true;

	charges_put(c, l->location, b->part->cost, false);
	charges_put(c, l->location, b->f->cost, false);
	for (; place != NO_PLACE; place = b->part->places[place].call, self = false) {
		const struct code_place *p = &b->part->places[place];
		size_t section;

		if (!p->inlined || p->function != b->f->function->name || !p->line)
			continue;
		section = native_section(b, p);
		native_widen_section(&b->sections[section], p);
		charges_put(c, l->location, native_line_row(b, section, p->line), self);
		charges_put(c, l->location, b->sections[section].cost, self);
		if (self) {
			charges_put(c, l->location, b->part->cost, true);
			charges_put(c, l->location, b->f->cost, true);
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The functions whose code has it, each once. */
static void list_outer(struct building *b)
{
	struct native_part *part = b->part;
	const struct annotation_input *in = &b->a->in;
	size_t n = 0;

	part->into = annotation_array(b->a, b->n, sizeof(*part->into));
	for (size_t i = 0; i < b->n; i++)
		part->into[i] =
			in->functions->items[*frames_at(in->frames, b->sites[i].location)].name;
	qsort(part->into, b->n, sizeof(*part->into), by_text);
	for (size_t i = 0; i < b->n; i++)
		if (n == 0 || part->into[i] != part->into[n - 1])
			part->into[n++] = part->into[i];
	part->n_into = n;
}

/* Of all the code that the function is inlined in, one to name: not the one that was read first. */
static const struct code_site *least_site(const struct code_site *l, size_t n)
{
	const struct code_site *least = l;

	for (size_t i = 1; i < n; i++) {
		int order = strcmp(l[i].object, least->object);

		if (order == 0 && l[i].has_file)
			order = least->has_file ? strcmp(l[i].at.name, least->at.name) : -1;
		if (order < 0)
			least = &l[i];
	}
	return least;
}

static void build_inlined(struct annotation *a, struct annotated *f, const struct code_site *l,
			  size_t n)
{
	const struct code_site *least = least_site(l, n);
	struct building b;

	begin_part(&b, a, f);
	b.sites = l;
	b.n = n;
	b.part->kind = NATIVE_INLINED;
	b.part->object = least->object;
	b.part->path = least->has_file ? texts_add_z(a->in.texts, least->at.name) : NULL;
	b.part->no_code = "it stands inlined in other functions";
	for (size_t i = 0; i < n; i++)
		put_inlined(&b, &l[i]);
	list_outer(&b);
	for (size_t i = 0; i < b.n_sections; i++)
		if (b.sections[i].file == f->function->file && f->function->line &&
		    f->function->line < b.sections[i].first)
			b.sections[i].first = f->function->line;
	finish_part(&b);
}

/* ---- the parts of a function ---- */

static int by_part(const void *va, const void *vb)
{
	const struct code_site *a = va, *b = vb;
	int order = code_unit_order(a, b);

	return order ? order : (a->location > b->location) - (a->location < b->location);
}

/* Locations of one kind, sorted by part; returns how many parts. */
static struct code_site *sort_sites(struct annotation *a, const uint32_t *locations, size_t n,
				    size_t *parts)
{
	struct code_site *l = mem_calloc(n, sizeof(*l));

	for (size_t i = 0; i < n; i++)
		l[i] = recorded_code_site(a->in.code, locations[i]);
	if (n)
		qsort(l, n, sizeof(*l), by_part);
	*parts = n > 0;
	for (size_t i = 1; i < n; i++)
		*parts += code_unit_order(&l[i], &l[i - 1]) != 0;
	return l;
}

void annotate_native(struct annotation *a, struct annotated *f,
		     const struct native_locations *where)
{
	size_t parts, i, end;
	struct code_site *code = sort_sites(a, where->code, where->n_code, &parts);
	struct code_site *inlined = mem_calloc(where->n_inlined, sizeof(*inlined));

	f->native = annotation_array(a, parts + 1, sizeof(*f->native));
	for (i = 0; i < where->n_code; i = end) {
		for (end = i + 1; end < where->n_code && code_unit_order(&code[end], &code[i]) == 0;
		     end++)
			;
		build_code(a, f, &code[i], end - i);
	}
	for (i = 0; i < where->n_inlined; i++)
		inlined[i] = recorded_code_site(a->in.code, where->inlined[i]);
	if (where->n_inlined)
		build_inlined(a, f, inlined, where->n_inlined);
	free(code);
	free(inlined);
}

/* ---- when the costs are known ---- */

static uint64_t weight(const struct annotation *a, uint32_t row, bool total)
{
	const struct cost *c = total ? annotation_total(a, row, 0) : annotation_self(a, row, 0);

	return c->weight ? c->weight : c->samples;
}

struct ordering {
	const struct annotation *a;
	const struct function *function;
};

static int by_section_cost(const void *va, const void *vb, void *context)
{
	const struct annotated_source *sa = va, *sb = vb;
	const struct ordering *o = context;
	bool own_a = !sa->inlined && sa->file == o->function->file;
	bool own_b = !sb->inlined && sb->file == o->function->file;

	if (own_a != own_b)
		return own_a ? -1 : 1;
	for (int total = 0; total < 2 && o->a->n_events; total++) {
		uint64_t wa = weight(o->a, sa->cost, total), wb = weight(o->a, sb->cost, total);

		if (wa != wb)
			return wa > wb ? -1 : 1;
	}
	if (strcmp(sa->function, sb->function) != 0)
		return strcmp(sa->function, sb->function);
	return strcmp(sa->file, sb->file);
}

static int by_part_cost(const void *va, const void *vb, void *context)
{
	const struct native_part *pa = va, *pb = vb;
	const struct annotation *a = context;

	for (int total = 0; total < 2 && a->n_events; total++) {
		uint64_t wa = weight(a, pa->cost, total), wb = weight(a, pb->cost, total);

		if (wa != wb)
			return wa > wb ? -1 : 1;
	}
	if (strcmp(pa->object, pb->object) != 0)
		return strcmp(pa->object, pb->object);
	if (strcmp(pa->symbol, pb->symbol) != 0)
		return strcmp(pa->symbol, pb->symbol);
	if (pa->start != pb->start)
		return pa->start < pb->start ? -1 : 1;
	return (pa->number > pb->number) - (pa->number < pb->number);
}

/* Of functions inlined in the code those without cost say nothing. */
static void drop_unused(const struct annotation *a, struct native_part *part)
{
	size_t n = 0;

	for (size_t i = 0; i < part->n_sources; i++)
		if (!part->sources[i].inlined || annotation_has_cost(a, part->sources[i].cost))
			part->sources[n++] = part->sources[i];
	part->n_sources = n;
}

void annotate_native_finish(struct annotation *a, struct annotated *f)
{
	struct ordering o = { a, f->function };
	size_t n = 0;

	for (size_t i = 0; i < f->n_native; i++)
		if (annotation_has_cost(a, f->native[i].cost))
			f->native[n++] = f->native[i];
	f->n_native = n;
	if (n)
		qsort_r(f->native, n, sizeof(*f->native), by_part_cost, a);
	for (size_t i = 0; i < n; i++) {
		struct native_part *part = &f->native[i];

		drop_unused(a, part);
		if (part->n_sources)
			qsort_r(part->sources, part->n_sources, sizeof(*part->sources),
				by_section_cost, &o);
		for (size_t k = 0; k < part->n_sources; k++)
			annotation_focus_lines(a, f, &part->sources[k]);
		annotation_focus_instructions(a, f, part);
	}
}
