#include "report/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "report/mini_debug.h"

/*
 * The way of the symbols:
 *
 *   tables of the debug file, of the file (without a .symtab: of its
 *   .gnu_debugdata)                       --> candidates --> one for each address
 *   slots of the GOT, relocations         --> PLT entries, which are candidates too
 *   candidates, sorted --> unsized ones get their end --> symbols --> pieces (no overlap)
 *
 * The file is read piece by piece (never mapped: it may shrink while it is read),
 * and libelf holds offsets and sizes of sections against its length.  What
 * is allocated here is bounded by the tables that were read: names are copied
 * with their table, once, however many symbols share them.
 */

enum {
	NAME_LIMIT = 16384,  /* longer names are cut */
	TIE_LIMIT = 256,     /* so much of names of one address is compared */
	NOTES_LIMIT = 65536, /* bytes of notes that are looked through */
	NO_NAME = 0          /* offset of the empty text in builder.names */
};

/* ---- one ELF file, open ---- */

struct section {
	Elf_Scn *scn;
	const char *name; /* libelf's, "" if it has none */
	uint32_t type, link;
	uint64_t flags, addr, size, entsize, align;
};

struct image {
	int fd;
	Elf *elf;
	GElf_Ehdr header;
	struct section *sections;
	size_t n_sections;
};

static void image_close(struct image *m)
{
	elf_end(m->elf);
	if (m->fd >= 0)
		close(m->fd);
	free(m->sections);
}

/* On failure there is nothing to close. */
static bool image_open(struct image *m, const char *path, struct error *err)
{
	struct stat st;

	*m = (struct image){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	if (m->fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(m->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		fail(err, ERR_FORMAT, "not a file");
		goto bad;
	}
	elf_version(EV_CURRENT);
	m->elf = elf_begin(m->fd, ELF_C_READ, NULL);
	if (!m->elf || elf_kind(m->elf) != ELF_K_ELF || !gelf_getehdr(m->elf, &m->header)) {
		fail(err, ERR_FORMAT, "not an ELF file");
		goto bad;
	}
	return true;
bad:
	image_close(m);
	return false;
}

static bool image_open_elf(struct image *m, Elf *elf)
{
	*m = (struct image){ .fd = -1, .elf = elf };
	if (gelf_getehdr(elf, &m->header))
		return true;
	image_close(m);
	return false;
}

/* The section headers, with index 0, which is none.  False: there are none that can be read. */
static bool read_sections(struct image *m)
{
	size_t n = 0, names = 0;

	if (elf_getshdrnum(m->elf, &n) != 0 || elf_getshdrstrndx(m->elf, &names) != 0)
		n = 0;
	m->sections = mem_calloc(n, sizeof(*m->sections));
	m->n_sections = n;
	for (size_t i = 1; i < n; i++) {
		struct section *s = &m->sections[i];
		GElf_Shdr h;

		s->name = "";
		s->scn = elf_getscn(m->elf, i);
		if (!s->scn || !gelf_getshdr(s->scn, &h))
			continue;
		s->type = h.sh_type;
		s->link = h.sh_link;
		s->flags = h.sh_flags;
		s->addr = h.sh_addr;
		s->size = h.sh_size;
		s->entsize = h.sh_entsize;
		s->align = h.sh_addralign;
		s->name = elf_strptr(m->elf, names, h.sh_name);
		if (!s->name)
			s->name = "";
	}
	return n > 0;
}

static const struct section *section_by_name(const struct image *m, const char *name)
{
	for (size_t i = 1; i < m->n_sections; i++) {
		if (m->sections[i].scn && strcmp(m->sections[i].name, name) == 0)
			return &m->sections[i];
	}
	return NULL;
}

static const struct section *section_by_type(const struct image *m, uint32_t type)
{
	for (size_t i = 1; i < m->n_sections; i++) {
		if (m->sections[i].scn && m->sections[i].type == type)
			return &m->sections[i];
	}
	return NULL;
}

static bool is_in_file(const struct section *s)
{
	return s && s->scn && s->type != SHT_NOBITS && s->size;
}

/* The contents, in host byte order where libelf knows the type; NULL: it has none. */
static Elf_Data *contents(const struct section *s)
{
	Elf_Data *d = s && is_in_file(s) ? elf_getdata(s->scn, NULL) : NULL;

	return d && d->d_buf && d->d_size ? d : NULL;
}

static uint64_t section_end(const struct section *s)
{
	return s->size > UINT64_MAX - s->addr ? UINT64_MAX : s->addr + s->size;
}

/* ---- build id ---- */

/* NT_GNU_BUILD_ID among the notes; a longer one is cut, as the kernel and perf do. */
static bool id_in_notes(Elf_Data *d, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(d, at, &note, &name, &desc)) > 0) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp((const char *)d->d_buf + name, "GNU", sizeof("GNU")) != 0 ||
		    note.n_descsz == 0)
			continue;
		*size = (uint8_t)(note.n_descsz < BUILD_ID_MAX ? note.n_descsz : BUILD_ID_MAX);
		memcpy(build_id, (const uint8_t *)d->d_buf + desc, *size);
		return true;
	}
	return false;
}

/* By sections: where contents were cut out of a file its program headers point elsewhere. */
static bool id_by_sections(const struct image *m, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	uint64_t left = NOTES_LIMIT;
	Elf_Scn *scn = NULL;
	GElf_Shdr h;

	while ((scn = elf_nextscn(m->elf, scn))) {
		Elf_Data *d;

		if (!gelf_getshdr(scn, &h) || h.sh_type != SHT_NOTE || h.sh_size > left)
			continue;
		left -= h.sh_size;
		d = elf_getdata(scn, NULL);
		if (d && d->d_buf && id_in_notes(d, build_id, size))
			return true;
	}
	return false;
}

static bool id_by_segments(const struct image *m, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	uint64_t left = NOTES_LIMIT;
	size_t n = 0;
	GElf_Phdr h;

	if (elf_getphdrnum(m->elf, &n) != 0)
		return false;
	for (size_t i = 0; i < n && gelf_getphdr(m->elf, (int)i, &h); i++) {
		Elf_Data *d;

		if (h.p_type != PT_NOTE || h.p_filesz > left)
			continue;
		left -= h.p_filesz;
		d = elf_getdata_rawchunk(m->elf, (int64_t)h.p_offset, h.p_filesz,
					 h.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (d && d->d_buf && id_in_notes(d, build_id, size))
			return true;
	}
	return false;
}

static bool image_build_id(const struct image *m, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	return id_by_sections(m, build_id, size) || id_by_segments(m, build_id, size);
}

bool elf_build_id(const char *path, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	struct image m;
	struct error err;
	bool found;

	if (!image_open(&m, path, &err))
		return false;
	found = image_build_id(&m, build_id, size);
	image_close(&m);
	return found;
}

/* ---- the separate debug file ---- */

/* .gnu_debuglink: a name, zeroes up to a multiple of 4, and a CRC. */
static bool read_link(const struct image *m, struct elf_debug_link *out)
{
	Elf_Data *d = contents(section_by_name(m, ".gnu_debuglink"));
	bool little = m->header.e_ident[EI_DATA] == ELFDATA2LSB;
	size_t len = d ? strnlen(d->d_buf, d->d_size) : 0, at = (len + 4) & ~(size_t)3;
	struct cursor c;

	if (len == 0 || len >= sizeof(out->name) || at + 4 > d->d_size)
		return false;
	c = (struct cursor){ .base = d->d_buf, .len = d->d_size, .pos = at };
	c.swap = little != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	memcpy(out->name, d->d_buf, len + 1);
	out->crc = cursor_u32(&c);
	return true;
}

bool elf_debug_link(const char *path, struct elf_debug_link *out)
{
	struct elf_debug_link link = { .crc = 0 };
	struct image m;
	struct error err;

	if (!image_open(&m, path, &err))
		return false;
	read_sections(&m);
	link.complete = is_in_file(section_by_type(&m, SHT_SYMTAB)) &&
			(is_in_file(section_by_name(&m, ".debug_info")) ||
			 is_in_file(section_by_name(&m, ".zdebug_info")));
	link.is_there = read_link(&m, &link);
	image_close(&m);
	*out = link;
	return true;
}

/* ---- segments ---- */

static void read_segments(const struct image *m, struct elf_file *f)
{
	size_t n = 0;
	GElf_Phdr h;

	if (elf_getphdrnum(m->elf, &n) != 0)
		n = 0;
	f->segments = mem_calloc(n, sizeof(*f->segments));
	for (size_t i = 0; i < n && gelf_getphdr(m->elf, (int)i, &h); i++) {
		if (h.p_type != PT_LOAD)
			continue;
		f->segments[f->n_segments++] = (struct elf_segment){
			.offset = h.p_offset,
			.vaddr = h.p_vaddr,
			.filesz = h.p_filesz,
			.memsz = h.p_memsz,
			.exec = h.p_flags & PF_X,
		};
	}
}

bool elf_offset_to_vaddr(const struct elf_file *f, uint64_t offset, uint64_t *vaddr)
{
	const struct elf_segment *found = NULL;

	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (offset < s->offset || offset - s->offset >= s->filesz)
			continue;
		if (!found || (s->exec && !found->exec))
			found = s;
	}
	if (!found)
		return false;
	*vaddr = found->vaddr + (offset - found->offset);
	return true;
}

/* ---- code ---- */

/* Where the file has the bytes from a virtual address on, and how many: by sections, which say what was left out. */
static uint64_t place_of_code(const struct image *m, uint64_t vaddr, uint64_t *size)
{
	size_t n = 0;
	GElf_Phdr h;

	for (size_t i = 1; i < m->n_sections; i++) {
		const struct section *s = &m->sections[i];
		GElf_Shdr sh;

		if (!s->scn || !(s->flags & SHF_ALLOC) || vaddr < s->addr ||
		    vaddr - s->addr >= s->size)
			continue;
		*size = s->type == SHT_NOBITS ? 0 : s->size - (vaddr - s->addr);
		return gelf_getshdr(s->scn, &sh) ? sh.sh_offset + (vaddr - s->addr) : 0;
	}
	*size = 0;
	if (m->n_sections || elf_getphdrnum(m->elf, &n) != 0)
		return 0;
	for (size_t i = 0; i < n && gelf_getphdr(m->elf, (int)i, &h); i++) {
		if (h.p_type != PT_LOAD || vaddr < h.p_vaddr || vaddr - h.p_vaddr >= h.p_filesz)
			continue;
		*size = h.p_filesz - (vaddr - h.p_vaddr);
		return h.p_offset + (vaddr - h.p_vaddr);
	}
	return 0;
}

size_t elf_code(const char *path, uint64_t start, uint64_t end, uint8_t *out)
{
	uint64_t offset, size = 0;
	struct error err;
	struct image m;
	ssize_t got = 0;

	if (start >= end || !image_open(&m, path, &err))
		return 0;
	read_sections(&m);
	offset = place_of_code(&m, start, &size);
	if (size > end - start)
		size = end - start;
	if (size && offset <= INT64_MAX)
		got = pread(m.fd, out, (size_t)size, (off_t)offset);
	image_close(&m);
	return got > 0 ? (size_t)got : 0;
}

/* ---- candidates ---- */

struct candidate {
	uint64_t start;
	uint64_t end;   /* of an unsized one: the farthest it may reach */
	size_t name;    /* offset in builder.names */
	uint32_t order; /* in which it was read */
	uint8_t rank;   /* the higher one names the address */
};

enum { RANK_GLOBAL = 1, RANK_STRONG = 2, RANK_TYPED = 4, RANK_SIZED = 8 };

struct builder {
	struct elf_file *file;
	struct candidate *items;
	size_t n, cap;
	char *names; /* string tables as they are in the files, then PLT entries' names */
	size_t names_len, names_cap;
};

/* A table of symbols, its strings copied to builder.names. */
struct table {
	Elf_Data *data; /* NULL: there is none */
	size_t n;       /* symbols */
	size_t names, names_len;
};

static size_t add_text(struct builder *b, const void *text, size_t len)
{
	size_t at = b->names_len;

	b->names = mem_grow(b->names, b->names_len, len + 1, &b->names_cap, 1);
	memcpy(b->names + at, text, len);
	b->names[at + len] = '\0';
	b->names_len += len + 1;
	return at;
}

static struct table read_table(struct builder *b, const struct image *m, const struct section *s)
{
	struct table t = { .data = contents(s) };
	const struct section *strings;
	Elf_Data *d;

	if (!t.data)
		return t;
	t.n = t.data->d_size / gelf_fsize(m->elf, ELF_T_SYM, 1, EV_CURRENT);
	strings = s->link < m->n_sections ? &m->sections[s->link] : NULL;
	d = contents(strings);
	if (!d)
		return (struct table){ 0 };
	t.names = add_text(b, d->d_buf, d->d_size);
	t.names_len = d->d_size;
	return t;
}

static size_t table_name(const struct table *t, size_t st_name)
{
	return st_name && st_name < t->names_len ? t->names + st_name : NO_NAME;
}

static void add_candidate(struct builder *b, const struct candidate *c)
{
	if (b->n >= UINT32_MAX)
		return;
	b->items = mem_grow(b->items, b->n, 1, &b->cap, sizeof(*b->items));
	b->items[b->n] = *c;
	b->items[b->n].order = (uint32_t)b->n;
	b->n++;
}

/* $a, $d, $t, $x (and $x.suffix) tell code from data; they name nothing. */
static bool is_mapping_symbol(uint16_t machine, const char *name)
{
	if (name[0] != '$' || name[1] == '\0')
		return false;
	if (machine == EM_RISCV)
		return name[1] == 'd' || name[1] == 'x';
	if (machine != EM_ARM && machine != EM_AARCH64)
		return false;
	return strchr("adtx", name[1]) && (name[2] == '\0' || name[2] == '.');
}

/* Can it name code?  Labels without a type count in text only, as perf has it. */
static bool names_code(const GElf_Sym *sym, const struct section *home)
{
	unsigned visibility = GELF_ST_VISIBILITY(sym->st_other);

	if (!(home->flags & SHF_ALLOC))
		return false;
	switch (GELF_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_OBJECT:
		return home->flags & SHF_EXECINSTR;
	case STT_NOTYPE:
		return visibility != STV_HIDDEN && visibility != STV_INTERNAL &&
		       strstr(home->name, "text");
	default:
		return false;
	}
}

static uint8_t rank_of(const GElf_Sym *sym)
{
	unsigned bind = GELF_ST_BIND(sym->st_info);

	return (uint8_t)((sym->st_size ? RANK_SIZED : 0) |
			 (GELF_ST_TYPE(sym->st_info) != STT_NOTYPE ? RANK_TYPED : 0) |
			 (bind != STB_WEAK ? RANK_STRONG : 0) |
			 (bind == STB_GLOBAL ? RANK_GLOBAL : 0));
}

static void add_symbols(struct builder *b, const struct image *m, const struct table *t)
{
	uint16_t machine = m->header.e_machine;

	for (size_t i = 1; i < t->n; i++) {
		const struct section *home;
		struct candidate c;
		GElf_Sym sym;

		if (!gelf_getsym(t->data, (int)i, &sym))
			break;
		if (sym.st_shndx == SHN_UNDEF || sym.st_shndx >= m->n_sections)
			continue;
		home = &m->sections[sym.st_shndx];
		c.name = table_name(t, sym.st_name);
		if (!home->scn || !names_code(&sym, home) || !b->names[c.name] ||
		    is_mapping_symbol(machine, b->names + c.name))
			continue;
		c.start = sym.st_value;
		if (machine == EM_ARM && GELF_ST_TYPE(sym.st_info) == STT_FUNC)
			c.start &= ~(uint64_t)1; /* marks Thumb code */
		c.rank = rank_of(&sym);
		c.end = sym.st_size > UINT64_MAX - c.start ? UINT64_MAX : c.start + sym.st_size;
		if (!sym.st_size)
			c.end = section_end(home);
		add_candidate(b, &c);
	}
}

/* ---- one name for each address ---- */

static int by_start(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static size_t leading_underscores(const char *name)
{
	size_t n = 0;

	while (n < TIE_LIMIT && name[n] == '_')
		n++;
	return n;
}

/* Does `c` name their address rather than `best`, which was read before it? */
static bool is_better(const struct builder *b, const struct candidate *c,
		      const struct candidate *best)
{
	const char *name = b->names + c->name, *other = b->names + best->name;
	size_t underscores = leading_underscores(name), others = leading_underscores(other);

	if (c->rank != best->rank)
		return c->rank > best->rank;
	if (underscores != others)
		return underscores < others;
	return strnlen(name, TIE_LIMIT) > strnlen(other, TIE_LIMIT);
}

static void choose_names(struct builder *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (n == 0 || b->items[n - 1].start != b->items[i].start)
			b->items[n++] = b->items[i];
		else if (is_better(b, &b->items[i], &b->items[n - 1]))
			b->items[n - 1] = b->items[i];
	}
	b->n = n;
}

/* A label without type and size that lies in a sized symbol is a place in its code. */
static void drop_inner_labels(struct builder *b)
{
	uint64_t reach = 0; /* the farthest end of a sized one so far */
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct candidate *c = &b->items[i];

		if (!(c->rank & (RANK_TYPED | RANK_SIZED)) && c->start < reach)
			continue;
		if (c->rank & RANK_SIZED && c->end > reach)
			reach = c->end;
		b->items[n++] = *c;
	}
	b->n = n;
}

/* Sort, choose one candidate for each address, and give the unsized ones their ends. */
static void settle(struct builder *b)
{
	if (b->n)
		qsort(b->items, b->n, sizeof(*b->items), by_start);
	choose_names(b);
	drop_inner_labels(b);
	for (size_t i = 0; i + 1 < b->n; i++) {
		struct candidate *c = &b->items[i];

		if (!(c->rank & RANK_SIZED) && c->end > b->items[i + 1].start)
			c->end = b->items[i + 1].start;
	}
}

/*
 * The names lose what stands behind '@' (foo@@VERSION); a name that begins with '@'
 * keeps it.  Tables are treated as a whole, since names share their ends.
 */
static void strip_names(struct builder *b)
{
	char *names = b->names, *end = names + b->names_len;

	for (char *p = names; (p = memchr(p, '@', (size_t)(end - p))); p++) {
		if (p > names && p[-1] != '\0')
			*p = '\0';
	}
	for (char *p = names; p < end; p += strlen(p) + 1) {
		size_t len = strlen(p);

		if (len > NAME_LIMIT)
			p[NAME_LIMIT] = '\0';
	}
}

/* ---- PLT entries ---- */

/*
 * An entry of a PLT jumps through a slot of the GOT, and a relocation says which symbol's address
 * the slot gets.  Where the code is there, the slot is read from the entry; where it is not,
 * entries and relocations are matched by their order.
 */
struct slot {
	uint64_t addr;   /* of the slot */
	uint64_t addend; /* IRELATIVE: the resolver's address */
	size_t name;     /* offset in builder.names, or NO_NAME */
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
static uint64_t entry_size(const struct plt_form *form, const struct section *s)
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
static void read_slots(struct slots *slots, const struct image *m, const struct table *t,
		       const struct plt_form *form, const struct section *s, bool all)
{
	bool rela = s && s->type == SHT_RELA;
	size_t size = gelf_fsize(m->elf, rela ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	Elf_Data *d = s && (rela || s->type == SHT_REL) ? contents(s) : NULL;
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
			slot.name = table_name(t, sym.st_name);
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

/* The settled symbol that starts at `addr`: its name, or NO_NAME. */
static size_t name_at(const struct builder *b, size_t n_settled, uint64_t addr)
{
	size_t low = 0, high = n_settled;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (b->items[mid].start < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n_settled && b->items[low].start == addr ? b->items[low].name : NO_NAME;
}

/* What is needed to name the entries of one file. */
struct plt {
	struct builder *b;
	const struct image *m;
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
	char text[NAME_LIMIT + sizeof("@plt")];

	if (name == NO_NAME && slot->irelative && slot->addend)
		name = name_at(p->b, p->n_settled, slot->addend);
	len = strnlen(p->b->names + name, NAME_LIMIT);
	if (len && len <= p->left) {
		p->left -= len;
		snprintf(text, sizeof(text), "%.*s@plt", (int)len, p->b->names + name);
	} else {
		snprintf(text, sizeof(text), "offset_%#llx@plt",
			 (unsigned long long)code_offset(p->b->file, addr));
	}
	return add_text(p->b, text, strlen(text));
}

/* An entry, or (slot NULL) code of the PLT that is none; it reaches to the next one. */
static void add_entry(struct plt *p, const struct section *s, uint64_t addr,
		      const struct slot *slot)
{
	add_candidate(p->b, &(struct candidate){
				    .start = addr,
				    .end = section_end(s),
				    .name = slot ? entry_name(p, slot, addr)
						 : add_text(p->b, s->name, strlen(s->name)),
				    .rank = RANK_TYPED | RANK_STRONG | RANK_GLOBAL,
			    });
}

/* Each entry by the slot its code jumps through. */
static void name_by_slot(struct plt *p, const struct section *s, Elf_Data *d)
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
static void name_by_order(struct plt *p, const struct section *s, bool may_have_header)
{
	uint64_t entry = entry_size(p->form, s);
	uint64_t header = p->form->header ? p->form->header : entry;
	uint64_t at = s->addr, end = section_end(s);

	if (may_have_header && p->slots.jumps < s->size / entry) {
		add_entry(p, s, at, NULL);
		at = header < end - at ? at + header : end;
	}
	for (size_t i = 0; i < p->slots.jumps && entry <= end - at; i++, at += entry)
		add_entry(p, s, at, &p->slots.items[i]);
	if (at < end)
		add_entry(p, s, at, NULL);
}

static uint64_t got_address(const struct image *m)
{
	const struct section *s = section_by_name(m, ".got.plt");

	if (!s)
		s = section_by_name(m, ".got");
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
	const struct section *const sections[] = {
		section_by_name(p->m, ".plt"),
		section_by_name(p->m, ".plt.sec"),
		section_by_name(p->m, ".plt.got"),
		section_by_name(p->m, ".iplt"),
	};
	Elf_Data *code[sizeof(sections) / sizeof(sections[0])];
	size_t n = sizeof(sections) / sizeof(sections[0]), ordered = sections[1] ? 1 : 0;

	if (p->form->by_slot)
		sort_slots(p->slots.items, p->slots.jumps);
	for (size_t i = 0; i < n; i++) {
		code[i] = p->form->read_slot ? contents(sections[i]) : NULL;
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

static void add_plt(struct builder *b, const struct image *m, const struct table *symtab,
		    const struct table *dynsym)
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
	n = section_by_name(m, ".plt.got") || section_by_name(m, ".iplt") ? 4 : 2;
	for (size_t i = 0; i < n; i++) {
		const struct section *s = section_by_name(m, relocations[i]);
		bool of_symtab = s && s->link < m->n_sections &&
				 m->sections[s->link].type == SHT_SYMTAB; /* static executables */

		read_slots(&p.slots, m, of_symtab ? symtab : dynsym, p.form, s, i < 2);
		if (i < 2)
			p.slots.jumps = p.slots.n;
	}
	add_plt_sections(&p);
	free(p.slots.items);
}

/* ---- the symbols, and which of them has an address ---- */

static void add_piece(struct elf_file *f, uint64_t start, size_t symbol)
{
	f->pieces[f->n_pieces++] = (struct elf_piece){ .start = start, .symbol = symbol };
}

/*
 * Cut overlapping symbols into pieces: walk over the starts with a stack of the
 * symbols that are open.  The top has the addresses from `at` on; when it ends, what is
 * below goes on where it ended.  Each symbol opens and closes once, so there are at
 * most twice as many pieces as symbols.
 */
static void cut_pieces(struct elf_file *f)
{
	size_t *open = mem_calloc(f->n_symbols, sizeof(*open)), n_open = 0;
	uint64_t at = 0;

	f->pieces = mem_calloc(f->n_symbols, 2 * sizeof(*f->pieces));
	for (size_t i = 0; i <= f->n_symbols; i++) {
		uint64_t next = i < f->n_symbols ? f->symbols[i].start : UINT64_MAX;

		while (n_open && f->symbols[open[n_open - 1]].end <= next) {
			const struct elf_symbol *top = &f->symbols[open[--n_open]];

			if (at < top->end) {
				add_piece(f, at, open[n_open]);
				at = top->end;
			}
		}
		if (i == f->n_symbols)
			break;
		if (n_open && at < next)
			add_piece(f, at, open[n_open - 1]);
		at = next;
		open[n_open++] = i;
	}
	free(open);
}

static void take_symbols(struct builder *b)
{
	struct elf_file *f = b->file;

	f->symbols = mem_calloc(b->n, sizeof(*f->symbols));
	for (size_t i = 0; i < b->n; i++) {
		const struct candidate *c = &b->items[i];

		/* A name that was another one's version is gone with it. */
		if (c->start < c->end && b->names[c->name]) {
			f->symbols[f->n_symbols++] = (struct elf_symbol){
				.start = c->start, .end = c->end, .name = b->names + c->name
			};
		}
	}
	f->names = b->names;
	cut_pieces(f);
}

const struct elf_symbol *elf_find_symbol(const struct elf_file *f, uint64_t vaddr)
{
	size_t low = 0, high = f->n_pieces;
	const struct elf_symbol *s;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->pieces[mid].start <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	s = &f->symbols[f->pieces[low - 1].symbol];
	return vaddr < s->end ? s : NULL;
}

/* The first symbol of this name in a table. */
static bool value_in(const struct image *m, const struct section *s, const char *name,
		     uint64_t *value)
{
	Elf_Data *d = contents(s);
	size_t n = d ? d->d_size / gelf_fsize(m->elf, ELF_T_SYM, 1, EV_CURRENT) : 0;

	for (size_t i = 1; i < n; i++) {
		const char *text;
		GElf_Sym sym;

		if (!gelf_getsym(d, (int)i, &sym))
			return false;
		text = sym.st_shndx == SHN_UNDEF ? NULL : elf_strptr(m->elf, s->link, sym.st_name);
		if (text && strcmp(text, name) == 0) {
			*value = sym.st_value;
			return true;
		}
	}
	return false;
}

bool elf_symbol_address(const char *path, const char *name, uint64_t *value)
{
	struct image m;
	struct error err;
	bool found;

	if (!image_open(&m, path, &err))
		return false;
	read_sections(&m);
	found = value_in(&m, section_by_type(&m, SHT_SYMTAB), name, value);
	image_close(&m);
	return found;
}

/* ---- the whole ---- */

static void note_damage(struct elf_file *f, const char *of, const char *what)
{
	if (f->damage.kind == ERR_NONE)
		fail(&f->damage, ERR_FORMAT, "%s%s", of, what);
}

/* The tables of one file; damage is told, and the file goes on without. */
static void add_tables(struct builder *b, struct image *m, struct table *symtab,
		       struct table *dynsym, const char *of)
{
	const struct section *s;

	if (!read_sections(m) && m->header.e_shoff)
		note_damage(b->file, of, "the section headers cannot be read");
	s = section_by_type(m, SHT_SYMTAB);
	*symtab = read_table(b, m, s);
	if (s && s->size && !symtab->data)
		note_damage(b->file, of, "the symbol table cannot be read");
	s = section_by_type(m, SHT_DYNSYM);
	*dynsym = read_table(b, m, s);
	if (s && s->size && !dynsym->data)
		note_damage(b->file, of, "the dynamic symbol table cannot be read");
	if (m->header.e_type == ET_REL)
		return;
	add_symbols(b, m, symtab);
	add_symbols(b, m, dynsym);
}

/* Has it a .symtab? */
static bool add_debug_file(struct builder *b, const char *path)
{
	struct table symtab, dynsym;
	struct error err = { 0 };
	struct image m;

	if (!image_open(&m, path, &err)) {
		note_damage(b->file, "debug file: ", err.what);
		return false;
	}
	add_tables(b, &m, &symtab, &dynsym, "debug file: ");
	image_close(&m);
	return symtab.n > 0;
}

/* What the file keeps of its .symtab in .gnu_debugdata. */
static void add_mini_debug(struct builder *b, const struct image *outer)
{
	struct table symtab, dynsym;
	char *bytes = NULL;
	bool damaged;
	Elf *elf = mini_debug_open(outer->elf, &bytes, &damaged);
	struct image m;

	if (damaged)
		note_damage(b->file, "", "the symbols in .gnu_debugdata cannot be unpacked");
	if (!elf)
		return;
	if (image_open_elf(&m, elf)) {
		add_tables(b, &m, &symtab, &dynsym, ".gnu_debugdata: ");
		image_close(&m);
	}
	free(bytes);
}

struct elf_file *elf_file_open(const char *path, const char *debug_path, struct error *err)
{
	struct table symtab, dynsym;
	struct builder b = { 0 };
	bool has_symtab = false;
	struct image m;

	if (!image_open(&m, path, err))
		return NULL;
	b.file = mem_calloc(1, sizeof(*b.file));
	b.file->machine = m.header.e_machine;
	b.file->type = m.header.e_type;
	add_text(&b, "", 0); /* NO_NAME */
	read_segments(&m, b.file);
	image_build_id(&m, b.file->build_id, &b.file->build_id_size);
	if (debug_path)
		has_symtab = add_debug_file(&b, debug_path);
	add_tables(&b, &m, &symtab, &dynsym, "");
	if (!has_symtab && !symtab.n)
		add_mini_debug(&b, &m);
	settle(&b);
	strip_names(&b);
	if (m.header.e_type != ET_REL) {
		add_plt(&b, &m, &symtab, &dynsym);
		settle(&b);
	}
	take_symbols(&b);
	free(b.items);
	image_close(&m);
	return b.file;
}

void elf_file_free(struct elf_file *f)
{
	if (!f)
		return;
	free(f->segments);
	free(f->symbols);
	free(f->pieces);
	free(f->names);
	free(f);
}
