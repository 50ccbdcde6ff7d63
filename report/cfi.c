#include "report/cfi.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/arena.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "report/mini_debug.h"

enum { SOURCES = 6, FIRST_SLOTS = 256, EVALUATION_DEPTH = 64 };

struct cfi_expression {
	uint32_t n;
	struct operation {
		uint8_t atom;
		uint64_t number, number2;
	} ops[];
};

/* An open ELF file; rules are borrowed from libdw's handles. */
struct opened {
	int fd;
	Elf *elf;
	Dwarf *dwarf;  /* owns the rules of .debug_frame */
	Dwarf_CFI *eh; /* of .eh_frame, ours to end */
};

struct row_slot {
	uint64_t vaddr;
	const struct cfi_row *row;
	bool used;
};

struct cfi {
	struct opened files[2]; /* the file, its .debug file */
	struct opened mini;     /* of .gnu_debugdata, once no other has a rule */
	bool mini_tried;
	char *mini_bytes;
	Dwarf_CFI *sources[SOURCES];
	size_t n_sources;
	uint16_t machine;
	int n_regs;
	struct arena arena; /* rows and expressions */
	struct row_slot *slots;
	size_t mask, n;
};

/* ---- opening ---- */

/* libdw unpacks all debug sections of a file that it is given, so it is given one only for a reason. */
static bool has_section(Elf *elf, const char *wanted)
{
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		GElf_Shdr h;
		const char *name;

		if (!gelf_getshdr(scn, &h))
			continue;
		name = elf_strptr(elf, names, h.sh_name);
		if (name && strcmp(name, wanted) == 0 && h.sh_type != SHT_NOBITS)
			return true;
	}
	return false;
}

static void open_rules(struct opened *o)
{
	o->eh = dwarf_getcfi_elf(o->elf);
	o->dwarf = dwarf_begin_elf(o->elf, DWARF_C_READ, NULL);
}

static bool open_one(struct opened *o, const char *path, struct error *err)
{
	elf_version(EV_CURRENT);
	o->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (o->fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	o->elf = elf_begin(o->fd, ELF_C_READ, NULL);
	if (!o->elf || elf_kind(o->elf) != ELF_K_ELF)
		return fail(err, ERR_FORMAT, "it is no ELF file: %s", elf_errmsg(-1));
	o->eh = dwarf_getcfi_elf(o->elf);
	if (has_section(o->elf, ".debug_frame"))
		o->dwarf = dwarf_begin_elf(o->elf, DWARF_C_READ, NULL);
	return true;
}

static void close_one(struct opened *o)
{
	if (o->eh)
		dwarf_cfi_end(o->eh);
	if (o->dwarf)
		dwarf_end(o->dwarf);
	if (o->elf)
		elf_end(o->elf);
	if (o->fd >= 0)
		close(o->fd);
}

static void add_source(struct cfi *c, Dwarf_CFI *source)
{
	if (source && c->n_sources < SOURCES)
		c->sources[c->n_sources++] = source;
}

static void add_sources(struct cfi *c, const struct opened *o)
{
	add_source(c, o->eh);
	add_source(c, o->dwarf ? dwarf_getcfi(o->dwarf) : NULL);
}

static bool choose_machine(struct cfi *c)
{
	GElf_Ehdr h;

	if (!gelf_getehdr(c->files[0].elf, &h))
		return false;
	c->machine = h.e_machine;
	c->n_regs = h.e_machine == EM_X86_64 ? 17 : h.e_machine == EM_AARCH64 ? 32 : 0;
	return c->n_regs != 0;
}

struct cfi *cfi_open(const char *path, const char *debug_path, struct error *err)
{
	struct cfi *c = mem_calloc(1, sizeof(*c));
	struct error ignored;

	c->files[0].fd = c->files[1].fd = c->mini.fd = -1;
	if (!open_one(&c->files[0], path, err))
		goto failed;
	if (!choose_machine(c)) {
		fail(err, ERR_UNSUPPORTED, "stacks of this machine type cannot be unwound");
		goto failed;
	}
	if (debug_path)
		open_one(&c->files[1], debug_path, &ignored);
	add_sources(c, &c->files[0]);
	add_sources(c, &c->files[1]);
	c->mask = FIRST_SLOTS - 1;
	c->slots = mem_calloc(FIRST_SLOTS, sizeof(*c->slots));
	return c;
failed:
	cfi_free(c);
	return NULL;
}

void cfi_free(struct cfi *c)
{
	if (!c)
		return;
	close_one(&c->files[0]);
	close_one(&c->files[1]);
	close_one(&c->mini);
	free(c->mini_bytes);
	arena_free(&c->arena);
	free(c->slots);
	free(c);
}

/* ---- compiling ---- */

static const struct cfi_expression *keep_expression(struct cfi *c, const Dwarf_Op *ops, size_t n)
{
	struct cfi_expression *e;

	if (n == 0 || n > CFI_EXPRESSION_MAX)
		return NULL;
	e = arena_take(&c->arena, sizeof(*e) + n * sizeof(e->ops[0]));
	e->n = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		e->ops[i] = (struct operation){ ops[i].atom, ops[i].number, ops[i].number2 };
	return e;
}

static bool fits(uint64_t offset)
{
	return (int64_t)offset >= INT32_MIN && (int64_t)offset <= INT32_MAX;
}

static bool compile_cfa(struct cfi *c, Dwarf_Frame *frame, struct cfi_row *row)
{
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0)
		return false;
	if (n == 1 && ops[0].atom == DW_OP_bregx && ops[0].number < CFI_REGS &&
	    fits(ops[0].number2)) {
		row->cfa_reg = (uint8_t)ops[0].number;
		row->cfa_offset = (int32_t)ops[0].number2;
		return true;
	}
	row->cfa_is_expression = true;
	row->cfa_expression = keep_expression(c, ops, n);
	return row->cfa_expression != NULL;
}

/* "call_frame_cfa", or with "plus_uconst N": what libdw makes of DW_CFA_offset and its relatives. */
static bool is_cfa_plus(const Dwarf_Op *ops, size_t n, uint64_t *offset)
{
	*offset = n > 1 ? ops[1].number : 0;
	return n >= 1 && n <= 2 && ops[0].atom == DW_OP_call_frame_cfa &&
	       (n == 1 || ops[1].atom == DW_OP_plus_uconst) && fits(*offset);
}

static bool compile_rule(struct cfi *c, struct cfi_saved *s, const Dwarf_Op *ops, size_t n)
{
	bool is_value = ops[n - 1].atom == DW_OP_stack_value;
	uint64_t offset;

	n -= is_value;
	if (is_cfa_plus(ops, n, &offset)) {
		s->kind = is_value ? RULE_CFA_PLUS : RULE_AT_CFA;
		s->offset = (int32_t)offset;
		return true;
	}
	if (n == 1 && ops[0].atom == DW_OP_regx && ops[0].number < CFI_REGS) {
		s->kind = RULE_REGISTER;
		s->offset = (int32_t)ops[0].number;
		return true;
	}
	s->kind = is_value ? RULE_EXPR : RULE_AT_EXPR;
	s->expression = keep_expression(c, ops, n);
	return s->expression != NULL;
}

/*
 * Does the caller find its value in the register itself, where the rules say nothing of it?  libdw's table for
 * x86-64 (backends/x86_64_cfi.c, up to 0.188 at least) has the number of rax where it means rbx.
 */
static bool stays(const struct cfi *c, int reg, bool libdw_says)
{
	enum { RAX = 0, RBX = 3 };

	if (c->machine == EM_X86_64 && (reg == RAX || reg == RBX))
		return reg == RBX;
	return libdw_says;
}

static bool compile_register(struct cfi *c, Dwarf_Frame *frame, int reg, struct cfi_row *row)
{
	struct cfi_saved s = { .reg = (uint8_t)reg };
	Dwarf_Op mem[3], *ops;
	size_t n;

	if (dwarf_frame_register(frame, reg, mem, &ops, &n) != 0)
		return false;
	if (n == 0) {
		if (ops && reg == row->ra) /* NULL says "same value", else "undefined" */
			row->ra_undefined = true;
		else if (!stays(c, reg, !ops))
			row->lost |= UINT64_C(1) << reg;
		return true;
	}
	if (row->n_saved == CFI_ROW_SAVED || !compile_rule(c, &s, ops, n))
		row->lost |= UINT64_C(1) << reg;
	else
		row->saved[row->n_saved++] = s;
	return true;
}

/* What the first of the sources from `first` on has for an address; NULL: none. */
static Dwarf_Frame *frame_at(const struct cfi *c, size_t first, uint64_t vaddr)
{
	Dwarf_Frame *frame = NULL;

	for (size_t i = first; i < c->n_sources; i++)
		if (dwarf_cfi_addrframe(c->sources[i], vaddr, &frame) == 0)
			return frame;
	return NULL;
}

/* .gnu_debugdata may have a .debug_frame; unpacking it takes its time, so it goes last. */
static Dwarf_Frame *mini_frame_at(struct cfi *c, uint64_t vaddr)
{
	size_t first = c->n_sources;
	bool damaged;

	if (c->mini_tried)
		return NULL; /* its sources were asked with the others */
	c->mini_tried = true;
	c->mini.elf = mini_debug_open(c->files[0].elf, &c->mini_bytes, &damaged);
	if (!c->mini.elf)
		return NULL;
	open_rules(&c->mini);
	add_sources(c, &c->mini);
	return frame_at(c, first, vaddr);
}

static const struct cfi_row *compile(struct cfi *c, uint64_t vaddr)
{
	struct cfi_row row = { .n_saved = 0 }, *kept;
	Dwarf_Frame *frame = frame_at(c, 0, vaddr);
	bool ok = true;
	int ra;

	if (!frame)
		frame = mini_frame_at(c, vaddr);
	if (!frame)
		return NULL;
	ra = dwarf_frame_info(frame, NULL, NULL, &row.signal);
	if (ra < 0 || ra >= CFI_REGS || !compile_cfa(c, frame, &row)) {
		free(frame);
		return NULL;
	}
	row.ra = (uint8_t)ra;
	for (int reg = 0; reg < c->n_regs && ok; reg++)
		ok = compile_register(c, frame, reg, &row);
	free(frame);
	if (!ok)
		return NULL;
	kept = arena_take(&c->arena, sizeof(*kept));
	*kept = row;
	return kept;
}

static struct row_slot *slot_of(const struct cfi *c, uint64_t vaddr)
{
	size_t i = (size_t)hash_u64(vaddr) & c->mask;

	while (c->slots[i].used && c->slots[i].vaddr != vaddr)
		i = (i + 1) & c->mask;
	return &c->slots[i];
}

static void double_slots(struct cfi *c)
{
	struct row_slot *old = c->slots;
	size_t n = c->mask + 1;

	c->mask = 2 * n - 1;
	c->slots = mem_calloc(2 * n, sizeof(*c->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].used)
			*slot_of(c, old[i].vaddr) = old[i];
	free(old);
}

const struct cfi_row *cfi_row(struct cfi *c, uint64_t vaddr)
{
	struct row_slot *slot = slot_of(c, vaddr);

	if (slot->used)
		return slot->row;
	if (2 * ++c->n > c->mask) {
		double_slots(c);
		slot = slot_of(c, vaddr);
	}
	*slot = (struct row_slot){ vaddr, compile(c, vaddr), true };
	return slot->row;
}

/* ---- expressions ---- */

struct evaluation {
	const struct cfi_frame *f;
	uint64_t stack[EVALUATION_DEPTH];
	unsigned depth;
	bool failed;
};

static void push(struct evaluation *v, uint64_t x)
{
	if (v->depth == EVALUATION_DEPTH)
		v->failed = true;
	else
		v->stack[v->depth++] = x;
}

static uint64_t pop(struct evaluation *v)
{
	if (v->depth == 0) {
		v->failed = true;
		return 0;
	}
	return v->stack[--v->depth];
}

static void push_register(struct evaluation *v, uint64_t reg, uint64_t offset)
{
	if (reg >= CFI_REGS || !(v->f->valid >> reg & 1))
		v->failed = true;
	else
		push(v, v->f->regs[reg] + offset);
}

static void push_memory(struct evaluation *v, uint64_t addr)
{
	uint64_t x = 0;

	if (v->failed || !v->f->read(v->f->context, addr, &x))
		v->failed = true;
	push(v, x);
}

static uint64_t shift(uint8_t atom, uint64_t a, uint64_t by)
{
	if (atom == DW_OP_shl)
		return by < 64 ? a << by : 0;
	if (atom == DW_OP_shr)
		return by < 64 ? a >> by : 0;
	return (uint64_t)((int64_t)a >> (by < 64 ? by : 63));
}

/* Operations with two operands; false: it is none of them. */
static bool binary(uint8_t atom, uint64_t a, uint64_t b, uint64_t *out)
{
	int64_t x = (int64_t)a, y = (int64_t)b;

	switch (atom) {
	case DW_OP_and:
		*out = a & b;
		return true;
	case DW_OP_or:
		*out = a | b;
		return true;
	case DW_OP_xor:
		*out = a ^ b;
		return true;
	case DW_OP_plus:
		*out = a + b;
		return true;
	case DW_OP_minus:
		*out = a - b;
		return true;
	case DW_OP_mul:
		*out = a * b;
		return true;
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
		*out = shift(atom, a, b);
		return true;
	case DW_OP_eq:
		*out = x == y;
		return true;
	case DW_OP_ne:
		*out = x != y;
		return true;
	case DW_OP_ge:
		*out = x >= y;
		return true;
	case DW_OP_gt:
		*out = x > y;
		return true;
	case DW_OP_le:
		*out = x <= y;
		return true;
	case DW_OP_lt:
		*out = x < y;
		return true;
	default:
		return false;
	}
}

static void other_operation(struct evaluation *v, const struct operation *op)
{
	uint64_t b = pop(v), a = pop(v), result;

	if (binary(op->atom, a, b, &result))
		push(v, result);
	else
		v->failed = true;
}

static void run(struct evaluation *v, const struct operation *op)
{
	uint64_t a;

	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
		push(v, op->atom - (uint64_t)DW_OP_lit0);
		return;
	}
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		push_register(v, op->atom - (uint64_t)DW_OP_breg0, op->number);
		return;
	}
	switch (op->atom) {
	case DW_OP_bregx:
		push_register(v, op->number, op->number2);
		break;
	case DW_OP_addr:
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		push(v, op->number);
		break;
	case DW_OP_call_frame_cfa:
		push(v, v->f->cfa);
		break;
	case DW_OP_plus_uconst:
		push(v, pop(v) + op->number);
		break;
	case DW_OP_deref:
		push_memory(v, pop(v));
		break;
	case DW_OP_dup:
		a = pop(v);
		push(v, a);
		push(v, a);
		break;
	case DW_OP_drop:
		pop(v);
		break;
	case DW_OP_neg:
		push(v, 0 - pop(v));
		break;
	case DW_OP_not:
		push(v, ~pop(v));
		break;
	case DW_OP_nop:
		break;
	default:
		other_operation(v, op);
	}
}

bool cfi_evaluate(const struct cfi_expression *e, const struct cfi_frame *f, uint64_t *out)
{
	struct evaluation v = { .f = f };

	for (uint32_t i = 0; i < e->n && !v.failed; i++)
		run(&v, &e->ops[i]);
	*out = pop(&v);
	return !v.failed;
}

/* ---- call instructions ---- */

/* The `n` bytes before an address, from the section that holds them; false: they are not in the file. */
static bool code_before(const struct cfi *c, uint64_t vaddr, uint8_t *out, size_t n)
{
	Elf *elf = c->files[0].elf;

	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		GElf_Shdr h;
		Elf_Data *data;

		if (!gelf_getshdr(scn, &h) || !(h.sh_flags & SHF_ALLOC) || vaddr < h.sh_addr + n ||
		    vaddr - h.sh_addr > h.sh_size)
			continue;
		if (h.sh_type == SHT_NOBITS)
			return false;
		data = elf_rawdata(scn, NULL);
		if (!data || !data->d_buf || vaddr - h.sh_addr > data->d_size)
			return false;
		memcpy(out, (const uint8_t *)data->d_buf + (vaddr - h.sh_addr - n), n);
		return true;
	}
	return false;
}

/* The length of "ff /2" (call through register or memory) by what follows its ff, `left` bytes; 0: it is none. */
static size_t indirect_call_length(const uint8_t *modrm, size_t left)
{
	unsigned mod = modrm[0] >> 6, rm = modrm[0] & 7;
	size_t len = 2; /* ff and ModRM */

	if ((modrm[0] >> 3 & 7) != 2)
		return 0;
	if (mod != 3 && rm == 4) {
		len++; /* SIB */
		if (left < 2)
			return 0;
		if (mod == 0 && (modrm[1] & 7) == 5)
			len += 4;
	}
	if (mod == 1)
		len += 1;
	else if (mod == 2 || (mod == 0 && rm == 5))
		len += 4;
	return len;
}

enum { LONGEST_CALL = 7 };

static bool is_x86_call(const uint8_t code[LONGEST_CALL])
{
	if (code[LONGEST_CALL - 5] == 0xe8)
		return true;
	for (size_t len = 2; len <= LONGEST_CALL; len++) {
		const uint8_t *at = code + LONGEST_CALL - len;

		if (at[0] == 0xff && indirect_call_length(at + 1, len - 1) == len)
			return true;
	}
	return false;
}

static bool is_aarch64_call(const uint8_t code[4])
{
	uint32_t insn = (uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 |
			(uint32_t)code[3] << 24;

	/* BL; BLR, BLRAA and their relatives */
	return insn >> 26 == 0x25 || (insn & 0xfefff000) == 0xd63f0000;
}

enum call_check cfi_after_call(struct cfi *c, uint64_t vaddr)
{
	uint8_t code[LONGEST_CALL];
	size_t n = c->machine == EM_AARCH64 ? 4 : LONGEST_CALL;

	if (!code_before(c, vaddr, code, n))
		return CALL_UNKNOWN;
	return (c->machine == EM_AARCH64 ? is_aarch64_call(code) : is_x86_call(code)) ? CALL_YES
										      : CALL_NO;
}
