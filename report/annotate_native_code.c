/*
 * The code of a part, decoded; where there is none, the addresses themselves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/annotate_native_parts.h"
#include "report/disassembly.h"
#include "report/elf_file.h"

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
	const struct elf_symbol *s = recorded_code_symbol(b->a->in.code, b->sites, vaddr);
	const char *name, *result;
	char *text;

	if (!s) {
		char number[24];

		snprintf(number, sizeof(number), "%llx", (unsigned long long)vaddr);
		return texts_add_z(b->a->in.texts, number);
	}
	name = native_readable(b, s->name);
	if (vaddr == s->start)
		return name;
	if (asprintf(&text, "%s+0x%llx", name, (unsigned long long)(vaddr - s->start)) < 0)
		return name;
	result = texts_add_z(b->a->in.texts, text);
	free(text);
	return result;
}

/* The instruction that begins at or before an address and covers it; NULL: none. */
struct instruction *native_instruction_at(const struct native_part *part, uint64_t address)
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
		to = native_instruction_at(part, t->address);
	if (to && to->address == t->address)
		i->jump = (uint32_t)(to - part->instructions);
	else
		i->target = name_of_target(b, t->address);
}

static void disassemble(struct building *b, struct disassembly *d, const uint8_t *code, size_t len)
{
	struct native_part *part = b->part;
	struct target *targets = NULL;
	size_t cap = 0, n = 0;

	for (size_t at = 0; at < len; n++) {
		struct instruction *i;
		struct decoded decoded;

		disassembly_next(d, code + at, len - at, part->start + at, &decoded);
		targets = mem_grow(targets, n, 1, &cap, sizeof(*targets));
		targets[n] = (struct target){ decoded.has_target, decoded.call, decoded.target };
		i = new_instruction(b);
		i->address = part->start + at;
		i->size = decoded.size;
		i->bad = decoded.bad;
		i->text = texts_add_z(b->a->in.texts, decoded.text);
		at += decoded.size;
	}
	for (size_t i = 0; i < n; i++)
		if (targets[i].known)
			link_target(b, &part->instructions[i], &targets[i]);
	free(targets);
}

static void use_code(struct building *b, const struct code_unit *unit)
{
	struct disassembly *d = disassembly_new(unit->machine, b->a->options.syntax == SYNTAX_INTEL,
						&b->part->no_code);

	if (d)
		disassemble(b, d, unit->bytes, unit->n);
	disassembly_free(d);
}

void native_read(struct building *b)
{
	struct native_part *part = b->part;
	struct code_unit unit;

	recorded_code_read(b->a->in.code, b->sites, &unit);
	part->symbol = unit.symbol;
	part->path = unit.path;
	part->start = unit.start;
	part->end = unit.end;
	part->no_code = unit.why;
	if (unit.bytes)
		use_code(b, &unit);
	if (part->n_instructions && unit.n < unit.end - unit.start)
		part->cut = unit.n;
	free(unit.bytes);
}

static int by_address(const void *va, const void *vb)
{
	const struct instruction *a = va, *b = vb;

	return (a->address > b->address) - (a->address < b->address);
}

/* Addresses of samples that no instruction covers: there is no code, or it ends before them. */
void native_add_addresses(struct building *b)
{
	struct native_part *part = b->part;
	size_t decoded = part->n_instructions, n;

	for (size_t i = 0; i < b->n; i++) {
		size_t now = part->n_instructions;
		bool covered;

		part->n_instructions = decoded;
		covered = native_instruction_at(part, b->sites[i].address);
		part->n_instructions = now;
		if (!covered)
			new_instruction(b)->address = b->sites[i].address;
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
