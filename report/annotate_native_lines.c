/*
 * Where instructions are in the source: places; sections, which are the lines of one
 * function in one file; and the lines themselves, with their texts.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "report/annotate_native_parts.h"
#include "report/demangle.h"

enum {
	DEEPEST_INLINE = 64,
	COPYING = 3600, /* seconds that it may take to copy a recording with its files */
};

/* ---- places ---- */

static bool same_place(const struct code_place *a, const struct code_place *b)
{
	return a->function == b->function && a->file == b->file && a->line == b->line &&
	       a->inlined == b->inlined && a->call == b->call;
}

static uint32_t *place_slot(struct building *b, const struct code_place *p)
{
	uint64_t h = hash_pair(hash_pair((uintptr_t)p->function, (uintptr_t)p->file),
			       (uint64_t)p->line << 32 | p->call);
	size_t i = (size_t)h & b->mask;

	while (b->slots[i] && !same_place(&b->part->places[b->slots[i] - 1], p))
		i = (i + 1) & b->mask;
	return &b->slots[i];
}

static void more_slots(struct building *b)
{
	b->mask = b->slots ? 2 * b->mask + 1 : 255;
	free(b->slots);
	b->slots = mem_calloc(b->mask + 1, sizeof(*b->slots));
	for (size_t i = 0; i < b->part->n_places; i++)
		*place_slot(b, &b->part->places[i]) = (uint32_t)i + 1;
}

static const char *text_at(const struct annotation *a, const char *file, uint32_t line)
{
	const struct source_file *f = line ? source_files_find(a->in.sources, file) : NULL;

	return f ? source_file_line(f, line) : NULL;
}

static uint32_t add_place(struct building *b, const struct code_place *p)
{
	struct native_part *part = b->part;
	uint32_t *slot;

	if (2 * part->n_places >= b->mask)
		more_slots(b);
	slot = place_slot(b, p);
	if (!*slot) {
		part->places = mem_grow(part->places, part->n_places, 1, &b->cap_places,
					sizeof(*part->places));
		part->places[part->n_places] = *p;
		part->places[part->n_places++].text = text_at(b->a, p->file, p->line);
		*slot = (uint32_t)part->n_places;
	}
	return *slot - 1;
}

const char *native_readable(const struct building *b, const char *symbol)
{
	return demangle(b->a->in.texts, texts_add_z(b->a->in.texts, symbol));
}

/*
 * The place of an address, with the calls that it is inlined at.  The outermost function is called what the symbol
 * is: debug information knows it without a clone's suffix, or by another of its names.
 */
uint32_t native_place_at(struct building *b, const struct code_site *site, uint64_t address)
{
	struct source_frame at[DEEPEST_INLINE];
	size_t n = recorded_code_frames(b->a->in.code, site, address, at, DEEPEST_INLINE);
	struct texts *texts = b->a->in.texts;
	uint32_t call = NO_PLACE;

	if (n == 0)
		return NO_PLACE;
	if (!b->a->options.inlines)
		n = 1;
	for (size_t i = n; i-- > 0;) {
		struct code_place p = {
			.function =
				i + 1 == n ? b->f->function->name : native_readable(b, at[i].name),
			.file = texts_add_z(texts, at[i].file),
			.line = at[i].line,
			.declared = strcmp(at[i].decl_file, at[i].file) == 0 ? at[i].decl_line : 0,
			.inlined = i + 1 < n,
			.call = call,
		};

		call = add_place(b, &p);
	}
	return call;
}

/* ---- sections and lines ---- */

/*
 * Is it of another function?  A compiler that splits a function in two (gcc's f.part.0) and inlines the second one has both
 * under one name: that is the function itself.
 */
bool native_is_foreign(const struct building *b, const struct code_place *p)
{
	return p->inlined &&
	       (b->part->kind == NATIVE_INLINED || p->function != b->f->function->name);
}

static uint32_t *section_slot(struct building *b, const struct code_place *p)
{
	uint64_t h = hash_pair((uintptr_t)p->function, (uintptr_t)p->file);
	size_t i = (size_t)h & b->section_mask;

	for (; b->section_slots[i]; i = (i + 1) & b->section_mask) {
		const struct section *s = &b->sections[b->section_slots[i] - 1];

		if (s->function == p->function && s->file == p->file &&
		    s->inlined == native_is_foreign(b, p))
			break;
	}
	return &b->section_slots[i];
}

static void more_section_slots(struct building *b)
{
	b->section_mask = b->section_slots ? 2 * b->section_mask + 1 : 63;
	free(b->section_slots);
	b->section_slots = mem_calloc(b->section_mask + 1, sizeof(*b->section_slots));
	for (size_t i = 0; i < b->n_sections; i++) {
		const struct section *s = &b->sections[i];
		struct code_place p = { .function = s->function,
					.file = s->file,
					.inlined = s->inlined };

		*section_slot(b, &p) = (uint32_t)i + 1;
	}
}

/* The section of a place, made if there is none. */
size_t native_section(struct building *b, const struct code_place *p)
{
	uint32_t *slot;

	if (2 * b->n_sections >= b->section_mask)
		more_section_slots(b);
	slot = section_slot(b, p);
	if (*slot)
		return *slot - 1;
	b->sections =
		mem_grow(b->sections, b->n_sections, 1, &b->cap_sections, sizeof(*b->sections));
	b->sections[b->n_sections] = (struct section){
		.function = p->function,
		.file = p->file,
		.inlined = native_is_foreign(b, p),
		.first = p->declared && p->declared < p->line ? p->declared : p->line,
		.last = p->line,
		.cost = charges_row(b->a->charges),
	};
	*slot = (uint32_t)++b->n_sections;
	return b->n_sections - 1;
}

/* A line before the one that its function is declared in is the compiler's mistake, and does not widen the section. */
void native_widen_section(struct section *s, const struct code_place *p)
{
	uint32_t first = p->declared ? p->declared : p->line;

	if (first < s->first)
		s->first = first;
	if (p->line > s->last)
		s->last = p->line;
}

/* All lines that the debug information of the part names. */
void native_make_sections(struct building *b)
{
	for (size_t i = 0; i < b->part->n_places; i++) {
		const struct code_place *p = &b->part->places[i];
		size_t section;

		if (!p->line)
			continue;
		section = native_section(b, p);
		native_widen_section(&b->sections[section], p);
	}
}

uint32_t native_line_row(struct building *b, size_t section, uint32_t line)
{
	size_t before = b->lines.n;
	uint32_t i = pairs_add(&b->lines, (uint32_t)section, line);

	if (b->lines.n != before) {
		b->line_rows =
			mem_grow(b->line_rows, before, 1, &b->cap_line_rows, sizeof(*b->line_rows));
		b->line_rows[i] = charges_row(b->a->charges);
	}
	return b->line_rows[i];
}

/* A location counts for its line and for those of the calls that it is inlined at. */
void native_put_lines(struct building *b, uint32_t location, uint32_t place)
{
	bool self = true;

	for (; place != NO_PLACE; place = b->part->places[place].call, self = false) {
		const struct code_place *p = &b->part->places[place];
		size_t section;

		if (!p->line)
			continue;
		section = native_section(b, p);
		charges_put(b->a->charges, location, native_line_row(b, section, p->line), self);
		charges_put(b->a->charges, location, b->sections[section].cost, self);
	}
}

/* Where the function's own lines begin is known from its declaration. */
void native_begin_own_section(struct building *b)
{
	const struct function *f = b->f->function;

	for (size_t i = 0; i < b->n_sections; i++) {
		struct section *s = &b->sections[i];

		if (!s->inlined && s->file == f->file && f->line && f->line < s->first)
			s->first = f->line;
	}
}

static int by_number(const void *va, const void *vb)
{
	const struct source_line *a = va, *b = vb;

	return (a->number > b->number) - (a->number < b->number);
}

/* The pairs of a section and a line with cost, those of one section together. */
struct costly_lines {
	uint32_t *pairs; /* their numbers */
	size_t *first;   /* by section: its pairs are [first[s], first[s + 1]) */
};

static void sort_costly(const struct building *b, struct costly_lines *c)
{
	size_t *next = mem_calloc(b->n_sections + 1, sizeof(*next));

	c->pairs = mem_calloc(b->lines.n, sizeof(*c->pairs));
	c->first = mem_calloc(b->n_sections + 1, sizeof(*c->first));
	for (size_t i = 0; i < b->lines.n; i++)
		c->first[b->lines.items[i].caller + 1]++;
	for (size_t i = 1; i <= b->n_sections; i++)
		c->first[i] += c->first[i - 1];
	memcpy(next, c->first, (b->n_sections + 1) * sizeof(*next));
	for (size_t i = 0; i < b->lines.n; i++)
		c->pairs[next[b->lines.items[i].caller]++] = (uint32_t)i;
	free(next);
}

/* The lines of a section that have a cost. */
static void list_costly(struct building *b, const struct costly_lines *c, size_t section,
			struct annotated_source *source)
{
	source->n_lines = c->first[section + 1] - c->first[section];
	source->lines = annotation_array(b->a, source->n_lines, sizeof(*source->lines));
	for (size_t i = 0; i < source->n_lines; i++) {
		uint32_t pair = c->pairs[c->first[section] + i];
		uint32_t line = b->lines.items[pair].callee;

		source->lines[i] = (struct source_line){
			.number = line,
			.text = text_at(b->a, b->sections[section].file, line),
			.measured = b->line_rows[pair],
		};
	}
	qsort(source->lines, source->n_lines, sizeof(*source->lines), by_number);
}

static struct source_line *line_of(const struct annotated_source *s, uint32_t number)
{
	struct source_line key = { .number = number };

	return s->n_lines ? bsearch(&key, s->lines, s->n_lines, sizeof(key), by_number) : NULL;
}

/* The lines of a section; those with cost that the file does not have stand behind the others. */
static void make_source(struct building *b, const struct costly_lines *c, size_t section,
			struct annotated_source *source)
{
	const struct section *s = &b->sections[section];
	struct annotated_source costly = { .n_lines = 0 };
	size_t missing = 0;

	*source = (struct annotated_source){
		.function = s->function,
		.inlined = s->inlined,
		.file = s->file,
		.last_named = s->last,
		.cost = s->cost,
	};
	list_costly(b, c, section, &costly);
	if (costly.n_lines || !s->inlined) /* others are not shown: drop_unused() */
		annotation_fill_lines(b->a, source, s->first, s->last);
	for (size_t i = 0; i < costly.n_lines; i++)
		missing += !line_of(source, costly.lines[i].number);
	if (missing) {
		struct source_line *lines =
			annotation_array(b->a, source->n_lines + missing, sizeof(*lines));

		if (source->n_lines)
			memcpy(lines, source->lines, source->n_lines * sizeof(*lines));
		for (size_t i = 0, n = source->n_lines; i < costly.n_lines; i++)
			if (!line_of(source, costly.lines[i].number))
				lines[n++] = costly.lines[i];
		source->lines = lines;
		source->n_lines += missing;
		qsort(lines, source->n_lines, sizeof(*lines), by_number);
	}
	for (size_t i = 0; i < costly.n_lines; i++)
		line_of(source, costly.lines[i].number)->measured = costly.lines[i].measured;
}

/* The oldest file that the part's code is from. */
struct oldest {
	const char *object; /* NULL: no file is at hand */
	time_t made;
};

static struct oldest find_oldest(const struct building *b)
{
	struct oldest oldest = { .object = NULL };
	const char *asked = NULL;

	for (size_t i = 0; i < b->n; i++) {
		const struct code_site *site = &b->sites[i];
		time_t made;

		if (!site->has_file || site->at.path == asked)
			continue;
		asked = site->at.path;
		if (code_site_time(site, &made) &&
		    (!oldest.object || made < oldest.made ||
		     (made == oldest.made && strcmp(site->object, oldest.object) < 0)))
			oldest = (struct oldest){ site->object, made };
	}
	return oldest;
}

/*
 * Is it of another time than the binary, or the oldest of several?  What lies beside the recording was copied there
 * together: its times are those of the copies, an hour apart at most.
 */
static void doubt(const struct building *b, const struct oldest *binary,
		  struct annotated_source *source)
{
	const struct source_file *f = source_files_find(b->a->in.sources, source->file);
	struct diag *diag = b->a->in.diag;

	if (!f) {
		diag_add(diag, PROBLEM_MISSING_SOURCE, source->file,
			 "the source %s was not found%s", source->file,
			 source_files_left_out(b->a->in.sources));
		return;
	}
	if (annotation_is_disputed(b->a, f))
		source->doubts |= SOURCE_DISPUTED;
	if (source->last_named > f->n_lines)
		source->doubts |= SOURCE_SHORT;
	if (binary->object && f->mtime > binary->made + (f->beside ? COPYING : 0))
		source->doubts |= SOURCE_NEWER;
	if (source->doubts & SOURCE_SHORT)
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, f->path,
			 "%s has %u lines, but the debug information of %s names line %u", f->path,
			 f->n_lines, b->part->object, source->last_named);
	else if (source->doubts & SOURCE_NEWER)
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, f->path, "%s is newer than %s", f->path,
			 binary->object);
}

void native_make_sources(struct building *b)
{
	struct native_part *part = b->part;
	const struct oldest binary = find_oldest(b);
	struct costly_lines costly;

	part->sources = annotation_array(b->a, b->n_sections, sizeof(*part->sources));
	sort_costly(b, &costly);
	for (size_t i = 0; i < b->n_sections; i++) {
		make_source(b, &costly, i, &part->sources[i]);
		doubt(b, &binary, &part->sources[i]);
	}
	part->n_sources = b->n_sections;
	free(costly.pairs);
	free(costly.first);
}

/* ---- places of all instructions ---- */

void native_find_places(struct building *b)
{
	struct native_part *part = b->part;

	for (size_t i = 0; i < part->n_instructions; i++)
		part->instructions[i].place =
			native_place_at(b, b->sites, part->instructions[i].address);
	if (!part->n_places)
		part->no_lines = recorded_code_no_lines(b->a->in.code, b->sites);
}
