/*
 * An entry of a PLT jumps through a slot of the GOT, and a relocation says which symbol's address
 * the slot gets.  Where the code is there, the slot is read from the entry; where it is not,
 * entries and relocations are matched by their order.
 */
#include "report/elf_plt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"

struct slot {
	uint64_t addr;   /* of the slot */
	uint64_t addend; /* IRELATIVE: the resolver's address */
	size_t name;     /* offset in elf_builder.names, or ELF_NO_NAME */
	bool irelative;
};

struct slots {
	struct slot *items;
	size_t n, cap;
	size_t jumps; /* the first ones: .rela.plt, in its order */
};

/* Code of one architecture; `at` is the address of the cursor's position, `got` of the GOT. */
typedef bool (*slot_reader)(struct cursor *c, uint64_t at, uint64_t got, uint64_t *slot);

struct plt_form {
	uint16_t machine;
	uint8_t header, entry; /* bytes; 0: the section's entry size */
	uint8_t step;          /* where to look for the next entry; 0: entry size */
	bool by_slot;          /* entries are in the order of their slots, not of relocations */
	uint32_t glob_dat;     /* relocation types; JUMP_SLOT is the number after GLOB_DAT */
	uint32_t irelative;
	slot_reader read_slot; /* NULL: only by order */
};

/* Step over these bytes, if they are the next. */
static bool skip(struct cursor *c, const char *code, size_t n)
{
	if (cursor_left(c) < n || memcmp(c->base + c->pos, code, n) != 0)
		return false;
	cursor_skip(c, n);
	return true;
}

static uint32_t code_u32(struct cursor *c)
{
	uint32_t b0 = cursor_u8(c), b1 = cursor_u8(c), b2 = cursor_u8(c), b3 = cursor_u8(c);

	return b0 | b1 << 8 | b2 << 16 | b3 << 24;
}

/* [endbr64] [mov $index, %r11d] [bnd] jmp *disp(%rip) */
static bool x86_64_slot(struct cursor *c, uint64_t at, uint64_t got, uint64_t *slot)
{
	size_t start = c->pos;
	uint32_t disp;

	(void)got;
	skip(c, "\xf3\x0f\x1e\xfa", 4);
	if (skip(c, "\x41\xbb", 2))
		cursor_skip(c, 4);
	skip(c, "\xf2", 1);
	if (!skip(c, "\xff\x25", 2))
		return false;
	disp = code_u32(c);
	*slot = at + (c->pos - start) + (uint64_t)(int64_t)(int32_t)disp;
	return !c->overrun;
}

/* [endbr32] jmp *address, or jmp *disp(%ebx) with %ebx at the GOT */
static bool i386_slot(struct cursor *c, uint64_t at, uint64_t got, uint64_t *slot)
{
	(void)at;
	skip(c, "\xf3\x0f\x1e\xfb", 4);
	if (skip(c, "\xff\x25", 2))
		*slot = code_u32(c);
	else if (skip(c, "\xff\xa3", 2))
		*slot = (uint32_t)got + code_u32(c);
	else
		return false;
	*slot &= UINT32_MAX;
	return !c->overrun;
}

/* [bti c]; adrp x16, page; ldr x17, [x16, #offset]; ... br x17; [nop] */
static bool aarch64_slot(struct cursor *c, uint64_t at, uint64_t got, uint64_t *slot)
{
	enum { MAX_INSNS = 8 };
	uint32_t adrp, ldr;
	uint64_t page;

	(void)got;
	if (skip(c, "\x5f\x24\x03\xd5", 4))
		at += 4;
	adrp = code_u32(c);
	ldr = code_u32(c);
	if (c->overrun || (adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
		return false;
	page = (uint64_t)(adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
	page = (page ^ 1u << 20) - (1u << 20); /* 21 bits, signed */
	*slot = (at & ~(uint64_t)0xfff) + (page << 12) + (ldr >> 10 & 0xfff) * 8;
	for (int i = 0; i < MAX_INSNS && !c->overrun; i++) {
		if (code_u32(c) == 0xd61f0220) /* br x17 */
			break;
	}
	while (skip(c, "\x1f\x20\x03\xd5", 4))
		;
	return !c->overrun;
}

static const struct plt_form plt_forms[] = {
	{ EM_X86_64, 0, 0, 0, true, R_X86_64_GLOB_DAT, R_X86_64_IRELATIVE, x86_64_slot },
	{ EM_386, 0, 0, 0, true, R_386_GLOB_DAT, R_386_IRELATIVE, i386_slot },
	{ EM_AARCH64, 32, 16, 4, false, R_AARCH64_GLOB_DAT, R_AARCH64_IRELATIVE, aarch64_slot },
	{ EM_ARM, 20, 12, 0, false, 0, R_ARM_IRELATIVE, NULL },
	{ EM_RISCV, 32, 16, 0, false, 0, R_RISCV_IRELATIVE, NULL },
	{ EM_S390, 32, 32, 0, false, 0, R_390_IRELATIVE, NULL },
	{ EM_LOONGARCH, 32, 16, 0, false, 0, R_LARCH_IRELATIVE, NULL },
};

static const struct plt_form *form_of(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(plt_forms) / sizeof(plt_forms[0]); i++) {
		if (plt_forms[i].machine == machine)
			return &plt_forms[i];
	}
	return NULL;
}

/* Bytes of an entry; x86: 8 or 16, and if the section does not say, its alignment does. */
static uint64_t entry_size(const struct plt_form *form, const struct elf_section *s)
{
	if (form->entry)
		return form->entry;
	if (s->entsize == 8 || s->entsize == 16)
		return s->entsize;
	return s->align == 8 ? 8 : 16;
}

static bool read_relocation(Elf_Data *d, bool rela, size_t i, GElf_Rela *r)
{
	GElf_Rel rel;

	if (rela)
		return gelf_getrela(d, (int)i, r);
	if (!gelf_getrel(d, (int)i, &rel))
		return false;
	*r = (GElf_Rela){ .r_offset = rel.r_offset, .r_info = rel.r_info };
	return true;
}

/*
 * The slots that the relocations of section `s` fill.  `all` (.rela.plt): also those that are not
 * understood, since each keeps its place; else (.rela.dyn) only those of a kind that a PLT may use.
 */
static void read_slots(struct slots *slots, const struct elf_handle *m, const struct elf_table *t,
		       const struct plt_form *form, const struct elf_section *s, bool all)
{
	bool rela = s && s->type == SHT_RELA;
	size_t size = gelf_fsize(m->elf, rela ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	Elf_Data *d = s && (rela || s->type == SHT_REL) ? elf_section_data(s) : NULL;
	GElf_Rela r;

	for (size_t i = 0; d && i < d->d_size / size && read_relocation(d, rela, i, &r); i++) {
		struct slot slot = { .addr = r.r_offset, .addend = (uint64_t)r.r_addend };
		uint32_t type = (uint32_t)GELF_R_TYPE(r.r_info);
		GElf_Sym sym;

		slot.irelative = type == form->irelative;
		if (!all && !slot.irelative && type - form->glob_dat > 1)
			continue;
		if (GELF_R_SYM(r.r_info) && t->data &&
		    gelf_getsym(t->data, (int)GELF_R_SYM(r.r_info), &sym))
			slot.name = elf_table_name(t, sym.st_name);
		slots->items =
			mem_grow(slots->items, slots->n, 1, &slots->cap, sizeof(*slots->items));
		slots->items[slots->n++] = slot;
	}
}

static int by_addr(const void *pa, const void *pb)
{
	const struct slot *a = pa, *b = pb;

	return a->addr < b->addr ? -1 : a->addr > b->addr;
}

static const struct slot *slot_at(const struct slots *slots, uint64_t addr)
{
	struct slot key = { .addr = addr };

	return slots->n ? bsearch(&key, slots->items, slots->n, sizeof(key), by_addr) : NULL;
}

/* The file offset of code at `vaddr`, for perf's names of nameless entries. */
static uint64_t code_offset(const struct elf_file *f, uint64_t vaddr)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->exec && vaddr >= s->vaddr && vaddr - s->vaddr < s->filesz)
			return s->offset + (vaddr - s->vaddr);
	}
	return vaddr;
}

/* The settled symbol that starts at `addr`: its name, or ELF_NO_NAME. */
static size_t name_at(const struct elf_builder *b, size_t n_settled, uint64_t addr)
{
	size_t low = 0, high = n_settled;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->items[mid].start < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n_settled && b->items[low].start == addr ? b->items[low].name : ELF_NO_NAME;
}

/* What is needed to name the entries of one file. */
struct plt {
	struct elf_builder *b;
	const struct elf_handle *m;
	const struct plt_form *form;
	struct slots slots;
	uint64_t got;     /* address of the GOT, for i386 */
	size_t n_settled; /* candidates that are sorted already, one for each address */
	size_t left;      /* bytes that names may still take */
};

/* "foo@plt"; of an IRELATIVE slot, whose relocation names nothing, by its resolver's symbol. */
static size_t entry_name(struct plt *p, const struct slot *slot, uint64_t addr)
{
	size_t name = slot->name, len;
	char text[ELF_NAME_LIMIT + sizeof("@plt")];

	if (name == ELF_NO_NAME && slot->irelative && slot->addend)
		name = name_at(p->b, p->n_settled, slot->addend);
	len = strnlen(p->b->names + name, ELF_NAME_LIMIT);
	if (len && len <= p->left) {
		p->left -= len;
		snprintf(text, sizeof(text), "%.*s@plt", (int)len, p->b->names + name);
	} else {
		snprintf(text, sizeof(text), "offset_%#llx@plt",
			 (unsigned long long)code_offset(p->b->file, addr));
	}
	return elf_builder_text(p->b, text, strlen(text));
}

/* An entry, or (slot NULL) code of the PLT that is none; it reaches to the next one. */
static void add_entry(struct plt *p, const struct elf_section *s, uint64_t addr,
		      const struct slot *slot)
{
	elf_builder_add(p->b,
			&(struct elf_candidate){
				.start = addr,
				.end = elf_section_end(s),
				.name = slot ? entry_name(p, slot, addr)
					     : elf_builder_text(p->b, s->name, strlen(s->name)),
				.rank = ELF_RANK_TYPED | ELF_RANK_STRONG | ELF_RANK_GLOBAL,
			});
}

/* Each entry by the slot its code jumps through. */
static void name_by_slot(struct plt *p, const struct elf_section *s, Elf_Data *d)
{
	struct cursor c = { .base = d->d_buf, .len = d->d_size };
	size_t step = p->form->step ? p->form->step : entry_size(p->form, s);
	bool between = false; /* in code that is no entry */

	while (cursor_left(&c) && !c.overrun) {
		struct cursor code = c;
		uint64_t at = s->addr + c.pos, addr;
		const struct slot *slot = NULL;

		if (p->form->read_slot(&code, at, p->got, &addr))
			slot = slot_at(&p->slots, addr);
		if (slot || !between)
			add_entry(p, s, at, slot);
		between = !slot;
		if (slot && p->form->step)
			c.pos = code.pos;
		else
			cursor_skip(&c, step);
	}
}

/* The entries in the order of .rela.plt; as many entries as relocations: there is no header. */
static void name_by_order(struct plt *p, const struct elf_section *s, bool may_have_header)
{
	uint64_t entry = entry_size(p->form, s);
	uint64_t header = p->form->header ? p->form->header : entry;
	uint64_t at = s->addr, end = elf_section_end(s);

	if (may_have_header && p->slots.jumps < s->size / entry) {
		add_entry(p, s, at, NULL);
		at = header < end - at ? at + header : end;
	}
	for (size_t i = 0; i < p->slots.jumps && entry <= end - at; i++, at += entry)
		add_entry(p, s, at, &p->slots.items[i]);
	if (at < end)
		add_entry(p, s, at, NULL);
}

static uint64_t got_address(const struct elf_handle *m)
{
	const struct elf_section *s = elf_section_named(m, ".got.plt");

	if (!s)
		s = elf_section_named(m, ".got");
	return s ? s->addr : 0;
}

static void sort_slots(struct slot *items, size_t n)
{
	if (n)
		qsort(items, n, sizeof(*items), by_addr);
}

/*
 * The PLT sections.  .plt.sec has the entries where the processor checks the targets of indirect
 * jumps, and .plt is then only their way to the dynamic linker.  .plt.got has
 * the entries of functions whose address is also taken.
 */
static void add_plt_sections(struct plt *p)
{
	const struct elf_section *const sections[] = {
		elf_section_named(p->m, ".plt"),
		elf_section_named(p->m, ".plt.sec"),
		elf_section_named(p->m, ".plt.got"),
		elf_section_named(p->m, ".iplt"),
	};
	Elf_Data *code[sizeof(sections) / sizeof(sections[0])];
	size_t n = sizeof(sections) / sizeof(sections[0]), ordered = sections[1] ? 1 : 0;

	if (p->form->by_slot)
		sort_slots(p->slots.items, p->slots.jumps);
	for (size_t i = 0; i < n; i++) {
		code[i] = p->form->read_slot ? elf_section_data(sections[i]) : NULL;
		if (!sections[i] || !sections[i]->size || code[i])
			continue;
		if (i == ordered)
			name_by_order(p, sections[i], i == 0);
		else
			add_entry(p, sections[i], sections[i]->addr, NULL);
	}
	sort_slots(p->slots.items, p->slots.n);
	for (size_t i = 0; i < n; i++) {
		if (code[i])
			name_by_slot(p, sections[i], code[i]);
	}
}

void elf_builder_plt(struct elf_builder *b, const struct elf_handle *m,
		     const struct elf_table *symtab, const struct elf_table *dynsym)
{
	static const char *const relocations[] = { ".rela.plt", ".rel.plt", ".rela.dyn",
						   ".rel.dyn" };
	struct plt p = { .b = b,
			 .m = m,
			 .form = form_of(m->header.e_machine),
			 .got = got_address(m),
			 .n_settled = b->n,
			 .left = b->names_len };
	size_t n;

	if (!p.form)
		return;
	/* .rela.dyn can be large, and entries of .plt alone do not need it. */
	n = elf_section_named(m, ".plt.got") || elf_section_named(m, ".iplt") ? 4 : 2;
	for (size_t i = 0; i < n; i++) {
		const struct elf_section *s = elf_section_named(m, relocations[i]);
		bool of_symtab = s && s->link < m->n_sections &&
				 m->sections[s->link].type == SHT_SYMTAB; /* static executables */

		read_slots(&p.slots, m, of_symtab ? symtab : dynsym, p.form, s, i < 2);
		if (i < 2)
			p.slots.jumps = p.slots.n;
	}
	add_plt_sections(&p);
	free(p.slots.items);
}
