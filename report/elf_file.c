/*
 * The way of the symbols:
 *
 *   tables of the debug file, of the file (without a .symtab: of its
 *   .gnu_debugdata)                       --> candidates --> one for each address (elf_builder.c)
 *   slots of the GOT, relocations         --> PLT entries, which are candidates too (elf_plt.c)
 *   candidates, sorted --> unsized ones get their end --> symbols --> pieces (no overlap)
 */
#include "report/elf_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "report/elf_builder.h"
#include "report/elf_handle.h"
#include "report/elf_module.h"
#include "report/elf_plt.h"
#include "report/mini_debug.h"

enum { NOTES_LIMIT = 65536 }; /* bytes of notes that are looked through */

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
static bool id_by_sections(const struct elf_handle *m, uint8_t build_id[BUILD_ID_MAX],
			   uint8_t *size)
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

static bool id_by_segments(const struct elf_handle *m, uint8_t build_id[BUILD_ID_MAX],
			   uint8_t *size)
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

static bool image_build_id(const struct elf_handle *m, uint8_t build_id[BUILD_ID_MAX],
			   uint8_t *size)
{
	return id_by_sections(m, build_id, size) || id_by_segments(m, build_id, size);
}

bool elf_build_id(const char *path, uint8_t build_id[BUILD_ID_MAX], uint8_t *size)
{
	struct elf_handle m;
	struct error err;
	bool found;

	if (!elf_handle_open(&m, path, &err))
		return false;
	found = image_build_id(&m, build_id, size);
	elf_handle_close(&m);
	return found;
}

/* ---- the separate debug file ---- */

/* .gnu_debuglink: a name, zeroes up to a multiple of 4, and a CRC. */
static bool read_link(const struct elf_handle *m, struct elf_debug_link *out)
{
	Elf_Data *d = elf_section_data(elf_section_named(m, ".gnu_debuglink"));
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
	struct elf_handle m;
	struct error err;

	if (!elf_handle_open(&m, path, &err))
		return false;
	elf_handle_sections(&m);
	link.complete = elf_section_in_file(elf_section_typed(&m, SHT_SYMTAB)) &&
			(elf_section_in_file(elf_section_named(&m, ".debug_info")) ||
			 elf_section_in_file(elf_section_named(&m, ".zdebug_info")));
	link.is_there = read_link(&m, &link);
	elf_handle_close(&m);
	*out = link;
	return true;
}

/* ---- segments ---- */

static void read_segments(const struct elf_handle *m, struct elf_file *f)
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
static uint64_t place_of_code(const struct elf_handle *m, uint64_t vaddr, uint64_t *size)
{
	size_t n = 0;
	GElf_Phdr h;

	for (size_t i = 1; i < m->n_sections; i++) {
		const struct elf_section *s = &m->sections[i];
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
	struct elf_handle m;
	ssize_t got = 0;

	if (start >= end || !elf_handle_open(&m, path, &err))
		return 0;
	elf_handle_sections(&m);
	offset = place_of_code(&m, start, &size);
	if (size > end - start)
		size = end - start;
	if (size && offset <= INT64_MAX)
		got = pread(m.fd, out, (size_t)size, (off_t)offset);
	elf_handle_close(&m);
	return got > 0 ? (size_t)got : 0;
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

static void take_symbols(struct elf_builder *b)
{
	struct elf_file *f = b->file;

	f->symbols = mem_calloc(b->n, sizeof(*f->symbols));
	for (size_t i = 0; i < b->n; i++) {
		const struct elf_candidate *c = &b->items[i];

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
static bool value_in(const struct elf_handle *m, const struct elf_section *s, const char *name,
		     uint64_t *value)
{
	Elf_Data *d = elf_section_data(s);
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
	struct elf_handle m;
	struct error err;
	bool found;

	if (!elf_handle_open(&m, path, &err))
		return false;
	elf_handle_sections(&m);
	found = value_in(&m, elf_section_typed(&m, SHT_SYMTAB), name, value);
	elf_handle_close(&m);
	return found;
}

/* ---- the whole ---- */

static void note_damage(struct elf_file *f, const char *of, const char *what)
{
	if (f->damage.kind == ERR_NONE)
		fail(&f->damage, ERR_FORMAT, "%s%s", of, what);
}

/* The tables of one file; damage is told, and the file goes on without. */
static void add_tables(struct elf_builder *b, struct elf_handle *m, struct elf_table *symtab,
		       struct elf_table *dynsym, const char *of)
{
	const struct elf_section *s;

	if (!elf_handle_sections(m) && m->header.e_shoff)
		note_damage(b->file, of, "the section headers cannot be read");
	s = elf_section_typed(m, SHT_SYMTAB);
	*symtab = elf_builder_table(b, m, s);
	if (s && s->size && !symtab->data)
		note_damage(b->file, of, "the symbol table cannot be read");
	s = elf_section_typed(m, SHT_DYNSYM);
	*dynsym = elf_builder_table(b, m, s);
	if (s && s->size && !dynsym->data)
		note_damage(b->file, of, "the dynamic symbol table cannot be read");
	if (m->header.e_type == ET_REL && !elf_module_lay_out(m))
		return;
	elf_builder_symbols(b, m, symtab);
	elf_builder_symbols(b, m, dynsym);
}

/* Has it a .symtab? */
static bool add_debug_file(struct elf_builder *b, const char *path)
{
	struct elf_table symtab, dynsym;
	struct error err = { 0 };
	struct elf_handle m;

	if (!elf_handle_open(&m, path, &err)) {
		note_damage(b->file, "debug file: ", err.what);
		return false;
	}
	add_tables(b, &m, &symtab, &dynsym, "debug file: ");
	elf_handle_close(&m);
	return symtab.n > 0;
}

/* What the file keeps of its .symtab in .gnu_debugdata. */
static void add_mini_debug(struct elf_builder *b, const struct elf_handle *outer)
{
	struct elf_table symtab, dynsym;
	char *bytes = NULL;
	bool damaged;
	Elf *elf = mini_debug_open(outer->elf, &bytes, &damaged);
	struct elf_handle m;

	if (damaged)
		note_damage(b->file, "", "the symbols in .gnu_debugdata cannot be unpacked");
	if (!elf)
		return;
	if (elf_handle_of(&m, elf)) {
		add_tables(b, &m, &symtab, &dynsym, ".gnu_debugdata: ");
		elf_handle_close(&m);
	}
	free(bytes);
}

struct elf_file *elf_file_open(const char *path, const char *debug_path, struct error *err)
{
	struct elf_table symtab, dynsym;
	struct elf_builder b = { 0 };
	bool has_symtab = false;
	struct elf_handle m;

	if (!elf_handle_open(&m, path, err))
		return NULL;
	b.file = mem_calloc(1, sizeof(*b.file));
	b.file->machine = m.header.e_machine;
	b.file->type = m.header.e_type;
	elf_builder_text(&b, "", 0); /* ELF_NO_NAME */
	read_segments(&m, b.file);
	image_build_id(&m, b.file->build_id, &b.file->build_id_size);
	if (debug_path)
		has_symtab = add_debug_file(&b, debug_path);
	add_tables(&b, &m, &symtab, &dynsym, "");
	if (!has_symtab && !symtab.n)
		add_mini_debug(&b, &m);
	elf_builder_settle(&b);
	elf_builder_strip(&b);
	if (m.header.e_type != ET_REL) {
		elf_builder_plt(&b, &m, &symtab, &dynsym);
		elf_builder_settle(&b);
	}
	take_symbols(&b);
	free(b.items);
	elf_handle_close(&m);
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
