/*
 * The code of a part: from an ELF file or a jitdump, decoded; where there is none, the addresses themselves.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/features.h"
#include "parser/jitdump.h"
#include "parser/recording.h"
#include "report/annotate_native_parts.h"
#include "report/disassembly.h"
#include "report/elf_file.h"

enum { CODE_LIMIT = 2 << 20 }; /* bytes of one function */

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

void native_read_file(struct building *b, const struct lying *l)
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

void native_read_jit(struct building *b, const struct lying *l)
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
void native_add_addresses(struct building *b)
{
	struct native_part *part = b->part;
	size_t decoded = part->n_instructions, n;

	for (size_t i = 0; i < b->n; i++) {
		size_t now = part->n_instructions;
		bool covered;

		part->n_instructions = decoded;
		covered = native_instruction_at(part, b->lying[i].address);
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
