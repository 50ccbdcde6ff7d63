/*
 * One part is built at a time:
 *
 *   locations of a symbol --> its code --> instructions (or, without code, the addresses themselves)
 *   instructions --> debug information --> places: function, file and line, and where that is inlined
 *   places --> sections: the lines of one function in one file; the symbol's own first
 */
#include "report/annotate_native.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/features.h"
#include "parser/jitdump.h"
#include "parser/recording.h"
#include "report/debug_info.h"
#include "report/demangle.h"
#include "report/disassembly.h"
#include "report/elf_file.h"
#include "report/label.h"
#include "report/pairs.h"
#include "report/stacks.h"

enum {
	DEEPEST_INLINE = 64,
	CODE_LIMIT = 2 << 20, /* bytes of one function */
	MANY_LINES = 100000,  /* of a section: beyond, only lines with cost */
	DEBUG_BUDGET =
		128
		<< 20, /* bytes: functions are asked for in the order of their costs, not of units */
	COPYING = 3600, /* seconds that it may take to copy a recording with its files */
};

/* Where a location lies: what is of one symbol of one file is of one part. */
struct lying {
	uint32_t location;
	uint64_t address; /* of the file, or in memory where there is none */
	struct object_place at;
	bool has_file;
	const char *object; /* as recorded */
	uint32_t code;      /* of JIT code: its number; else 0 */
};

struct section {
	const char *function, *file;
	bool inlined;
	uint32_t first, last; /* lines that places name */
	uint32_t cost;        /* row */
};

struct building {
	struct annotation *a;
	struct annotated *f;
	struct native_part *part;
	const struct lying *lying;
	size_t n;
	size_t cap_places, cap_instructions;
	uint32_t *slots; /* of places: index + 1 */
	size_t mask;
	struct section *sections;
	size_t n_sections, cap_sections;
	uint32_t *section_slots; /* index + 1 */
	size_t section_mask;
	struct pairs lines;  /* (section, line) --> row - first_row */
	uint32_t *line_rows; /* by number of the pair */
	size_t cap_line_rows;
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

static const char *readable(const struct building *b, const char *symbol)
{
	return demangle(b->a->in.texts, texts_add_z(b->a->in.texts, symbol));
}

/*
 * The place of an address, with the calls that it is inlined at.  The outermost function is called what the symbol
 * is: debug information knows it without a clone's suffix, or by another of its names.
 */
static uint32_t place_at(struct building *b, struct debug_info *d, uint64_t vaddr)
{
	struct source_frame at[DEEPEST_INLINE];
	size_t n = d ? debug_info_frames(d, vaddr, at, DEEPEST_INLINE) : 0;
	struct texts *texts = b->a->in.texts;
	uint32_t call = NO_PLACE;

	if (n == 0)
		return NO_PLACE;
	if (!b->a->options.inlines)
		n = 1;
	for (size_t i = n; i-- > 0;) {
		struct code_place p = {
			.function = i + 1 == n ? b->f->function->name : readable(b, at[i].name),
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
static bool is_foreign(const struct building *b, const struct code_place *p)
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
		    s->inlined == is_foreign(b, p))
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
static size_t section_of(struct building *b, const struct code_place *p)
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
		.inlined = is_foreign(b, p),
		.first = p->declared && p->declared < p->line ? p->declared : p->line,
		.last = p->line,
		.cost = charges_row(b->a->charges),
	};
	*slot = (uint32_t)++b->n_sections;
	return b->n_sections - 1;
}

/* A line before the one that its function is declared in is the compiler's mistake, and does not widen the section. */
static void widen_section(struct section *s, const struct code_place *p)
{
	uint32_t first = p->declared ? p->declared : p->line;

	if (first < s->first)
		s->first = first;
	if (p->line > s->last)
		s->last = p->line;
}

/* All lines that the debug information of the part names. */
static void make_sections(struct building *b)
{
	for (size_t i = 0; i < b->part->n_places; i++) {
		const struct code_place *p = &b->part->places[i];
		size_t section;

		if (!p->line)
			continue;
		section = section_of(b, p);
		widen_section(&b->sections[section], p);
	}
}

static uint32_t line_row(struct building *b, size_t section, uint32_t line)
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
static void put_lines(struct building *b, uint32_t location, uint32_t place)
{
	bool self = true;

	for (; place != NO_PLACE; place = b->part->places[place].call, self = false) {
		const struct code_place *p = &b->part->places[place];
		size_t section;

		if (!p->line)
			continue;
		section = section_of(b, p);
		charges_put(b->a->charges, location, line_row(b, section, p->line), self);
		charges_put(b->a->charges, location, b->sections[section].cost, self);
	}
}

/* Where the function's own lines begin is known from its declaration. */
static void begin_own_section(struct building *b)
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

/* Without a text: the lines that have a cost. */
static void list_costly(struct building *b, size_t section, struct annotated_source *source)
{
	size_t n = 0;

	for (size_t i = 0; i < b->lines.n; i++)
		n += b->lines.items[i].caller == section;
	source->lines = annotation_array(b->a, n, sizeof(*source->lines));
	n = 0;
	for (size_t i = 0; i < b->lines.n; i++)
		if (b->lines.items[i].caller == section)
			source->lines[n++] = (struct source_line){
				.number = b->lines.items[i].callee,
				.text = text_at(b->a, b->sections[section].file,
						b->lines.items[i].callee),
				.measured = b->line_rows[i],
			};
	source->n_lines = n;
	qsort(source->lines, n, sizeof(*source->lines), by_number);
}

static struct source_line *line_of(const struct annotated_source *s, uint32_t number)
{
	struct source_line key = { .number = number };

	return s->n_lines ? bsearch(&key, s->lines, s->n_lines, sizeof(key), by_number) : NULL;
}

/* The lines of a section; those with cost that the file does not have stand behind the others. */
static void make_source(struct building *b, size_t section, struct annotated_source *source)
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
	list_costly(b, section, &costly);
	annotation_fill_lines(b->a, source, s->first,
			      s->last - s->first < MANY_LINES ? s->last : s->first);
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

/*
 * Is it of another time than the binary?  What lies beside the recording was copied there together: its times are
 * those of the copies, an hour apart at most.
 */
static void doubt(const struct building *b, struct annotated_source *source)
{
	const struct source_file *f = source_files_find(b->a->in.sources, source->file);
	const struct lying *l = &b->lying[0];
	struct diag *diag = b->a->in.diag;
	struct stat st;

	if (!f) {
		diag_add(diag, PROBLEM_MISSING_SOURCE, source->file, "the source %s was not found",
			 source->file);
		return;
	}
	if (source->last_named > f->n_lines)
		source->doubts |= SOURCE_SHORT;
	if (l->has_file && stat(l->at.path, &st) == 0 &&
	    f->mtime > st.st_mtime + (f->beside ? COPYING : 0))
		source->doubts |= SOURCE_NEWER;
	if (source->doubts & SOURCE_SHORT)
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, f->path,
			 "%s has %u lines, but the debug information of %s names line %u", f->path,
			 f->n_lines, l->object, source->last_named);
	else if (source->doubts & SOURCE_NEWER)
		diag_add(diag, PROBLEM_DOUBTFUL_SOURCE, f->path, "%s is newer than %s", f->path,
			 l->object);
}

static void make_sources(struct building *b)
{
	struct native_part *part = b->part;

	part->sources = annotation_array(b->a, b->n_sections, sizeof(*part->sources));
	for (size_t i = 0; i < b->n_sections; i++) {
		make_source(b, i, &part->sources[i]);
		doubt(b, &part->sources[i]);
	}
	part->n_sources = b->n_sections;
}

/* ---- instructions ---- */

static struct instruction *new_instruction(struct building *b)
{
	struct native_part *part = b->part;

	part->instructions = mem_grow(part->instructions, part->n_instructions, 1,
				      &b->cap_instructions, sizeof(*part->instructions));
	part->instructions[part->n_instructions] =
		(struct instruction){ .jump = NO_JUMP, .place = NO_PLACE };
	return &part->instructions[part->n_instructions++];
}

/* The name of code outside of this part: "memcpy", "f+0x12", or its address. */
static const char *name_of_target(const struct building *b, uint64_t vaddr)
{
	uint32_t object = b->lying[0].at.object;
	const struct elf_symbol *s =
		object ? objects_symbol_in(b->a->in.objects, object, vaddr) : NULL;
	const char *name, *result;
	char *text;

	if (!s) {
		char number[24];

		snprintf(number, sizeof(number), "%llx", (unsigned long long)vaddr);
		return texts_add_z(b->a->in.texts, number);
	}
	name = readable(b, s->name);
	if (vaddr == s->start)
		return name;
	if (asprintf(&text, "%s+0x%llx", name, (unsigned long long)(vaddr - s->start)) < 0)
		return name;
	result = texts_add_z(b->a->in.texts, text);
	free(text);
	return result;
}

/* The instruction that begins at or before an address and covers it; NULL: none. */
static struct instruction *instruction_at(const struct native_part *part, uint64_t address)
{
	size_t low = 0, high = part->n_instructions;
	struct instruction *i;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (part->instructions[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	i = &part->instructions[low - 1];
	return address - i->address < (i->size ? i->size : 1) ? i : NULL;
}

/* Where a jump or a call leads to. */
struct target {
	bool known, call;
	uint64_t address;
};

/* Jumps within the part are arrows; calls and other jumps have a name. */
static void link_target(struct building *b, struct instruction *i, const struct target *t)
{
	const struct native_part *part = b->part;
	const struct instruction *to = NULL;

	if (!t->call && t->address >= part->start && t->address < part->end)
		to = instruction_at(part, t->address);
	if (to && to->address == t->address)
		i->jump = (uint32_t)(to - part->instructions);
	else
		i->target = name_of_target(b, t->address);
}

static void disassemble(struct building *b, struct disassembly *d, const uint8_t *code, size_t len)
{
	struct native_part *part = b->part;
	struct target *targets = NULL;
	size_t cap = 0;

	for (size_t at = 0; at < len;) {
		struct instruction *i;
		struct decoded decoded;

		disassembly_next(d, code + at, len - at, part->start + at, &decoded);
		targets = mem_grow(targets, part->n_instructions, 1, &cap, sizeof(*targets));
		targets[part->n_instructions] =
			(struct target){ decoded.has_target, decoded.call, decoded.target };
		i = new_instruction(b);
		i->address = part->start + at;
		i->size = decoded.size;
		i->bad = decoded.bad;
		i->text = texts_add_z(b->a->in.texts, decoded.text);
		at += decoded.size;
	}
	for (size_t i = 0; i < part->n_instructions; i++)
		if (targets[i].known)
			link_target(b, &part->instructions[i], &targets[i]);
	free(targets);
}

static void use_code(struct building *b, uint16_t machine, const uint8_t *code, size_t len)
{
	struct disassembly *d =
		disassembly_new(machine, b->a->options.syntax == SYNTAX_INTEL, &b->part->no_code);

	if (d)
		disassemble(b, d, code, len);
	disassembly_free(d);
}

static size_t limited(uint64_t size)
{
	return size < CODE_LIMIT ? (size_t)size : CODE_LIMIT;
}

static void read_file(struct building *b, const struct lying *l)
{
	struct native_part *part = b->part;
	size_t size, len;
	uint8_t *code;

	part->path = texts_add_z(b->a->in.texts, l->at.name);
	if (!l->at.symbol) {
		part->no_code = "the file has no symbol for this code";
		return;
	}
	part->symbol = texts_add_z(b->a->in.texts, l->at.symbol->name);
	part->start = l->at.symbol->start;
	part->end = l->at.symbol->end;
	size = limited(part->end - part->start);
	code = mem_calloc(size, 1);
	len = elf_code(l->at.path, part->start, part->start + size, code);
	if (len)
		use_code(b, l->at.machine, code, len);
	else
		part->no_code = "the file at hand has no code in it";
	free(code);
}

/* e_machine of the recorded machine, for dumps that do not say. */
static uint16_t recorded_machine(const struct annotation *a)
{
	const char *arch = recording_features(a->in.recording)->arch;

	if (arch && strcmp(arch, "x86_64") == 0)
		return EM_X86_64;
	return arch && strcmp(arch, "aarch64") == 0 ? EM_AARCH64 : EM_NONE;
}

static void read_jit(struct building *b, const struct lying *l)
{
	struct native_part *part = b->part;
	struct jit_bytes bytes;
	uint8_t *code;
	size_t len;

	part->no_code = "nothing is known of this code";
	if (!l->code)
		return;
	jitmaps_bytes(b->a->in.jitmaps, l->code, &bytes);
	part->start = bytes.start;
	part->end = bytes.start + bytes.size;
	part->no_code = "a perf map has no code in it, only a jitdump has";
	if (!bytes.path)
		return;
	part->path = bytes.path;
	code = mem_calloc(limited(bytes.n), 1);
	len = jitdump_code_bytes(bytes.path, bytes.at, code, limited(bytes.n));
	part->no_code = len ? NULL : "the jitdump cannot be read any more";
	if (len)
		use_code(b, bytes.machine ? (uint16_t)bytes.machine : recorded_machine(b->a), code,
			 len);
	free(code);
}

static int by_address(const void *va, const void *vb)
{
	const struct instruction *a = va, *b = vb;

	return (a->address > b->address) - (a->address < b->address);
}

/* Addresses of samples that no instruction covers: there is no code, or it ends before them. */
static void add_addresses(struct building *b)
{
	struct native_part *part = b->part;
	size_t decoded = part->n_instructions, n;

	for (size_t i = 0; i < b->n; i++) {
		size_t now = part->n_instructions;
		bool covered;

		part->n_instructions = decoded;
		covered = instruction_at(part, b->lying[i].address);
		part->n_instructions = now;
		if (!covered)
			new_instruction(b)->address = b->lying[i].address;
	}
	if (part->n_instructions == decoded)
		return;
	qsort(part->instructions + decoded, part->n_instructions - decoded,
	      sizeof(*part->instructions), by_address);
	n = decoded;
	for (size_t i = decoded; i < part->n_instructions; i++)
		if (n == decoded ||
		    part->instructions[i].address != part->instructions[n - 1].address)
			part->instructions[n++] = part->instructions[i];
	part->n_instructions = n;
}

/* ---- a part ---- */

/* The samples at each instruction, and with that at each line. */
static void put_locations(struct building *b)
{
	struct charges *c = b->a->charges;
	struct native_part *part = b->part;

	for (size_t k = 0; k < b->n; k++) {
		const struct lying *l = &b->lying[k];
		struct instruction *i = instruction_at(part, l->address);
		uint32_t place = i->place;

		if (!i->cost)
			i->cost = charges_row(c);
		charges_put(c, l->location, i->cost, true);
		charges_put(c, l->location, part->cost, true);
		charges_put(c, l->location, b->f->cost, true);
		if (place != NO_PLACE && is_foreign(b, &part->places[place]))
			charges_put(c, l->location, part->inlined_cost, true);
		put_lines(b, l->location, place);
	}
}

static uint32_t jit_place(struct building *b, const struct jitdump_line *l)
{
	struct code_place p = {
		.function = b->f->function->name,
		.file = texts_add_z(b->a->in.texts, l->file),
		.line = l->line,
		.call = NO_PLACE,
	};

	return add_place(b, &p);
}

static int by_line_address(const void *va, const void *vb)
{
	const struct jitdump_line *a = va, *b = vb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return strcmp(a->file, b->file);
}

/* A line of a jitdump holds from its address on. */
static void find_jit_places(struct building *b, const struct lying *l)
{
	struct native_part *part = b->part;
	struct jitdump_line *lines;
	struct jit_bytes jit;
	size_t at = 0;

	jitmaps_bytes(b->a->in.jitmaps, l->code, &jit);
	lines = mem_calloc(jit.n_lines, sizeof(*lines));
	if (jit.n_lines) {
		memcpy(lines, jit.lines, jit.n_lines * sizeof(*lines));
		qsort(lines, jit.n_lines, sizeof(*lines), by_line_address);
	}
	for (size_t i = 0; i < part->n_instructions; i++) {
		while (at < jit.n_lines && lines[at].addr <= part->instructions[i].address)
			at++;
		if (at && lines[at - 1].addr >= jit.start)
			part->instructions[i].place = jit_place(b, &lines[at - 1]);
	}
	free(lines);
	if (!part->n_places)
		part->no_lines = "the compiler that made this code told no lines";
}

static void find_places(struct building *b, const struct lying *l)
{
	struct native_part *part = b->part;
	struct debug_info *d = l->has_file ? l->at.debug : NULL;

	if (l->code) {
		find_jit_places(b, l);
		return;
	}
	for (size_t i = 0; i < part->n_instructions; i++)
		part->instructions[i].place = place_at(b, d, part->instructions[i].address);
	if (!d)
		part->no_lines = "no debug information is at hand";
	else if (!part->n_places)
		part->no_lines = "the debug information does not speak of this code";
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

	begin_own_section(b);
	make_sources(b);
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
	*b = (struct building){ .a = a, .f = f, .part = &f->native[f->n_native++] };
	b->part->symbol = "";
	b->part->cost = charges_row(a->charges);
	b->part->inlined_cost = charges_row(a->charges);
}

/* ---- code of one symbol ---- */

static void build_code(struct annotation *a, struct annotated *f, const struct lying *l, size_t n)
{
	struct building b;

	begin_part(&b, a, f);
	b.lying = l;
	b.n = n;
	b.part->object = l->object;
	b.part->kind = NATIVE_ADDRESSES;
	if (l->has_file)
		read_file(&b, l);
	else if (strcmp(l->object, "[jit]") == 0)
		read_jit(&b, l);
	else
		b.part->no_code = f->function->kind == KIND_KERNEL
					  ? "the kernel's code is not at hand"
					  : "no file with the code is at hand";
	if (b.part->n_instructions)
		b.part->kind = NATIVE_CODE;
	add_addresses(&b);
	find_places(&b, l);
	make_sections(&b);
	put_locations(&b);
	finish_part(&b);
}

/* ---- where the function is inlined ---- */

/* The frames of the function itself among those at a location are what counts. */
static void put_inlined(struct building *b, const struct lying *l)
{
	struct charges *c = b->a->charges;
	uint32_t place = place_at(b, l->at.debug, l->address);
	bool self = true;

	charges_put(c, l->location, b->part->cost, false);
	charges_put(c, l->location, b->f->cost, false);
	for (; place != NO_PLACE; place = b->part->places[place].call, self = false) {
		const struct code_place *p = &b->part->places[place];
		size_t section;

		if (!p->inlined || p->function != b->f->function->name || !p->line)
			continue;
		section = section_of(b, p);
		widen_section(&b->sections[section], p);
		charges_put(c, l->location, line_row(b, section, p->line), self);
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
			in->functions->items[*frames_at(in->frames, b->lying[i].location)].name;
	qsort(part->into, b->n, sizeof(*part->into), by_text);
	for (size_t i = 0; i < b->n; i++)
		if (n == 0 || part->into[i] != part->into[n - 1])
			part->into[n++] = part->into[i];
	part->n_into = n;
}

static void build_inlined(struct annotation *a, struct annotated *f, const struct lying *l,
			  size_t n)
{
	struct building b;

	begin_part(&b, a, f);
	b.lying = l;
	b.n = n;
	b.part->kind = NATIVE_INLINED;
	b.part->object = l->object;
	b.part->path = texts_add_z(a->in.texts, l->at.name);
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

static struct lying lying_of(struct annotation *a, uint32_t location)
{
	const struct location *l = &a->in.collected->tree->locations[location];
	const struct mapping *m = l->mapping.i ? machine_mapping(a->in.machine, l->mapping) : NULL;
	const struct function *f = &a->in.functions->items[*frames_at(a->in.frames, location)];
	struct lying at = { .location = location, .address = l->addr, .object = f->object };

	if (l->space != SPACE_USER || !m)
		return at;
	if (stacks_is_jit(m)) {
		at.code = l->code;
		return at;
	}
	at.has_file = objects_place(a->in.objects, l->mapping, m, l->addr, &at.at);
	if (at.has_file && at.at.debug)
		debug_info_set_budget(at.at.debug, DEBUG_BUDGET);
	at.address = at.has_file ? at.at.vaddr : l->addr - m->start + m->pgoff;
	return at;
}

/* Parts in the order of files and symbols; 0: of one part. */
static int part_order(const struct lying *a, const struct lying *b)
{
	uint64_t start_a = a->at.symbol ? a->at.symbol->start : 0;
	uint64_t start_b = b->at.symbol ? b->at.symbol->start : 0;

	if (a->at.object != b->at.object)
		return a->at.object < b->at.object ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return (start_a > start_b) - (start_a < start_b);
}

static int by_part(const void *va, const void *vb)
{
	const struct lying *a = va, *b = vb;
	int order = part_order(a, b);

	return order ? order : (a->location > b->location) - (a->location < b->location);
}

/* Locations of one kind, sorted by part; returns how many parts. */
static struct lying *sort_lying(struct annotation *a, const uint32_t *locations, size_t n,
				size_t *parts)
{
	struct lying *l = mem_calloc(n, sizeof(*l));

	for (size_t i = 0; i < n; i++)
		l[i] = lying_of(a, locations[i]);
	if (n)
		qsort(l, n, sizeof(*l), by_part);
	*parts = n > 0;
	for (size_t i = 1; i < n; i++)
		*parts += part_order(&l[i], &l[i - 1]) != 0;
	return l;
}

void annotate_native(struct annotation *a, struct annotated *f,
		     const struct native_locations *where)
{
	size_t parts, i, end;
	struct lying *code = sort_lying(a, where->code, where->n_code, &parts);
	struct lying *inlined = mem_calloc(where->n_inlined, sizeof(*inlined));

	f->native = annotation_array(a, parts + 1, sizeof(*f->native));
	for (i = 0; i < where->n_code; i = end) {
		for (end = i + 1; end < where->n_code && part_order(&code[end], &code[i]) == 0;
		     end++)
			;
		build_code(a, f, &code[i], end - i);
	}
	for (i = 0; i < where->n_inlined; i++)
		inlined[i] = lying_of(a, where->inlined[i]);
	if (where->n_inlined)
		build_inlined(a, f, inlined, where->n_inlined);
	free(code);
	free(inlined);
}

/* ---- when the costs are known ---- */

static uint64_t weight(const struct annotation *a, uint32_t row, bool total)
{
	const struct cost *c = total ? annotation_total(a, row) : annotation_self(a, row);

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
	return (pa->start > pb->start) - (pa->start < pb->start);
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
