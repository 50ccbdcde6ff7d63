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
#include "report/call_check.h"
#include "report/cfi_check.h"
#include "report/cfi_sections.h"
#include "report/frames_image.h"
#include "report/mini_debug.h"

enum { SOURCES = 6, FILE_SLOTS = 256, MEMORY_SLOTS = 8 };

/* An open ELF file; rules are borrowed from libdw's handles. */
struct opened {
	int fd;
	Elf *elf;
	Dwarf *dwarf;  /* owns the rules of .debug_frame */
	Dwarf_CFI *eh; /* of .eh_frame, ours to end */
	bool refused;  /* it has rules that libdw must not see */
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
	char *mini_bytes, *image; /* what `mini` and cfi_of_frames()'s file read from */
	Dwarf_CFI *sources[SOURCES];
	size_t n_sources;
	uint16_t machine;
	int n_regs;
	struct arena arena; /* rows and expressions */
	/* The rows by the hash of their bytes, the newest of each: thousands of addresses share a few hundred. */
	const struct cfi_row **kept;
	size_t n_kept;
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

/* Of the file those rules that ask for no more than rules need. */
static void open_rules(struct opened *o)
{
	if (cfi_check_eh_frame(o->elf))
		o->eh = dwarf_getcfi_elf(o->elf);
	else
		o->refused = true;
	if (!has_section(o->elf, ".debug_frame"))
		return;
	o->dwarf = dwarf_begin_elf(o->elf, DWARF_C_READ, NULL);
	if (o->dwarf && !cfi_check_debug_frame(o->elf)) {
		dwarf_end(o->dwarf);
		o->dwarf = NULL;
		o->refused = true;
	}
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
	open_rules(o);
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

static bool choose_machine(struct cfi *c, uint16_t machine)
{
	c->machine = machine;
	c->n_regs = machine == EM_X86_64 ? 17 : machine == EM_AARCH64 ? 32 : 0;
	return c->n_regs != 0;
}

static bool choose_machine_of_file(struct cfi *c)
{
	GElf_Ehdr h;

	return gelf_getehdr(c->files[0].elf, &h) && choose_machine(c, h.e_machine);
}

static struct cfi *new_cfi(void)
{
	struct cfi *c = mem_calloc(1, sizeof(*c));

	c->files[0].fd = c->files[1].fd = c->mini.fd = -1;
	return c;
}

static void begin_rows(struct cfi *c, size_t slots)
{
	c->mask = slots - 1;
	c->slots = mem_calloc(slots, sizeof(*c->slots));
	c->n_kept = 4 * slots;
	c->kept = mem_calloc(c->n_kept, sizeof(const struct cfi_row *));
}

struct cfi *cfi_open(const char *path, const char *debug_path, struct error *err)
{
	struct cfi *c = new_cfi();
	struct error ignored;

	if (!open_one(&c->files[0], path, err))
		goto failed;
	if (!choose_machine_of_file(c)) {
		fail(err, ERR_UNSUPPORTED, "stacks of this machine type cannot be unwound");
		goto failed;
	}
	if (debug_path)
		open_one(&c->files[1], debug_path, &ignored);
	add_sources(c, &c->files[0]);
	add_sources(c, &c->files[1]);
	begin_rows(c, FILE_SLOTS);
	return c;
failed:
	cfi_free(c);
	return NULL;
}

struct cfi *cfi_of_frames(uint16_t machine, uint64_t addr, const uint8_t *eh_frame, size_t n)
{
	struct cfi *c;
	size_t len;

	if (!cfi_check(eh_frame, n))
		return NULL;
	c = new_cfi();
	elf_version(EV_CURRENT);
	c->image = frames_image(machine, addr, eh_frame, n, &len);
	c->files[0].elf = elf_memory(c->image, len);
	if (!c->files[0].elf || !choose_machine(c, machine)) {
		cfi_free(c);
		return NULL;
	}
	c->files[0].eh = dwarf_getcfi_elf(c->files[0].elf);
	add_sources(c, &c->files[0]);
	c->mini_tried = true;
	begin_rows(c, MEMORY_SLOTS);
	return c;
}

void cfi_free(struct cfi *c)
{
	if (!c)
		return;
	close_one(&c->files[0]);
	close_one(&c->files[1]);
	close_one(&c->mini);
	free(c->mini_bytes);
	free(c->image);
	free(c->kept);
	arena_free(&c->arena);
	free(c->slots);
	free(c);
}

bool cfi_is_refused(const struct cfi *c)
{
	return c->files[0].refused || c->files[1].refused || c->mini.refused;
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
		e->ops[i] = (struct cfi_operation){ ops[i].atom, ops[i].number, ops[i].number2 };
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

	memset(s, 0, sizeof(*s));
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
	struct cfi_saved *s = &row->saved[row->n_saved];
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
	if (row->n_saved == CFI_ROW_SAVED || !compile_rule(c, s, ops, n)) {
		row->lost |= UINT64_C(1) << reg;
		return true;
	}
	s->reg = (uint8_t)reg;
	row->n_saved++;
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

/* The copy of a row that lasts: an equal one, if it is still remembered. */
static const struct cfi_row *keep_row(struct cfi *c, const struct cfi_row *row)
{
	size_t size = offsetof(struct cfi_row, saved) + row->n_saved * sizeof(row->saved[0]);
	const struct cfi_row **slot = &c->kept[hash_bytes(row, size) % c->n_kept];
	struct cfi_row *copy;

	if (*slot && (*slot)->n_saved == row->n_saved && memcmp(*slot, row, size) == 0)
		return *slot;
	copy = arena_take(&c->arena, size);
	memcpy(copy, row, size);
	*slot = copy;
	return copy;
}

static const struct cfi_row *compile(struct cfi *c, uint64_t vaddr)
{
	struct cfi_row row;
	Dwarf_Frame *frame = frame_at(c, 0, vaddr);
	bool ok = true;
	int ra;

	memset(&row, 0, sizeof(row)); /* with its padding: rows are compared by their bytes */
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
	return keep_row(c, &row);
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

enum call_check cfi_after_call(struct cfi *c, uint64_t vaddr)
{
	uint8_t code[LONGEST_CALL];

	if (!code_before(c, vaddr, code, call_check_bytes(c->machine)))
		return CALL_UNKNOWN;
	return call_check_is_call(c->machine, code) ? CALL_YES : CALL_NO;
}
