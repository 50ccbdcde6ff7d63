/* tests/make_elf.c - see make_elf.h. */
#include "tests/make_elf.h"

#include <dwarf.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { S_NULL, S_TEXT, S_EH_FRAME, S_SYMTAB, S_STRTAB, S_SHSTRTAB, S_COUNT };

enum { RULES = ELF_TEXT + ELF_TEXT_SIZE, INT3 = 0xcc, MINUS_8 = 0x78 /* SLEB128 */ };

static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab\0.shstrtab";

static void put(struct byte_list *l, uint64_t v, size_t n)
{
	l->bytes = mem_grow(l->bytes, l->len, n, &l->cap, 1);
	for (size_t i = 0; i < n; i++)
		l->bytes[l->len++] = (uint8_t)(v >> 8 * i);
}

static void put_bytes(struct byte_list *l, const void *bytes, size_t n)
{
	l->bytes = mem_grow(l->bytes, l->len, n, &l->cap, 1);
	if (n)
		memcpy(l->bytes + l->len, bytes, n);
	l->len += n;
}

static bool is_aarch64(const struct elf_image *e)
{
	return e->machine == EM_AARCH64;
}

void elf_image_begin(struct elf_image *e, uint16_t machine)
{
	*e = (struct elf_image){ .machine = machine };
	memset(e->text, INT3, sizeof(e->text));
	put(&e->names, 0, 1);
	put_bytes(&e->symbols, &(Elf64_Sym){ 0 }, sizeof(Elf64_Sym));
}

void elf_image_free(struct elf_image *e)
{
	free(e->bytes);
	free(e->rules.bytes);
	free(e->symbols.bytes);
	free(e->names.bytes);
	for (size_t i = 0; i < e->n_more; i++)
		free(e->more[i].bytes.bytes);
	*e = (struct elf_image){ 0 };
}

void elf_image_code(struct elf_image *e, uint64_t vaddr, const void *code, size_t n)
{
	if (n)
		memcpy(e->text + (vaddr - ELF_TEXT), code, n);
}

void elf_image_section(struct elf_image *e, const char *name, const void *bytes, size_t n)
{
	struct elf_more *m = &e->more[e->n_more++];

	m->name = name;
	put_bytes(&m->bytes, bytes, n);
}

void elf_image_symbol(struct elf_image *e, const char *name, uint64_t vaddr, uint64_t size)
{
	Elf64_Sym s = {
		.st_name = (Elf64_Word)e->names.len,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		.st_shndx = S_TEXT,
		.st_value = vaddr,
		.st_size = size,
	};

	put_bytes(&e->names, name, strlen(name) + 1);
	put_bytes(&e->symbols, &s, sizeof(s));
}

/* ---- rules ---- */

/* Set the length of the entry that begins at `start`, behind what fills it up to 8 bytes. */
static void end_entry(struct byte_list *l, size_t start)
{
	uint32_t length;

	while ((l->len - start) % 8 != 0)
		put(l, DW_CFA_nop, 1);
	length = (uint32_t)(l->len - start - 4);
	memcpy(l->bytes + start, &length, sizeof(length));
}

/* u32 length, id; u8 version; char augmentation[]; alignments; return address; augmentation's data; instructions */
static size_t put_cie(struct elf_image *e, const char *augmentation)
{
	struct byte_list *l = &e->rules;
	size_t start = l->len;

	put(l, 0, 4);
	put(l, 0, 4);
	put(l, 1, 1);
	put_bytes(l, "zR", 2);
	put_bytes(l, augmentation, strlen(augmentation) + 1);
	put(l, is_aarch64(e) ? 4 : 1, 1);
	put(l, MINUS_8, 1);
	put(l, is_aarch64(e) ? 30 : 16, 1);
	put(l, 1, 1);
	put(l, DW_EH_PE_absptr, 1);
	if (is_aarch64(e))
		put_bytes(l, "\x0c\x1f\0", 3); /* DW_CFA_def_cfa sp, 0 */
	else
		put_bytes(l, "\x0c\7\x8\x90\1",
			  5); /* DW_CFA_def_cfa rsp, 8; DW_CFA_offset rip, 1 */
	end_entry(l, start);
	return start;
}

void elf_image_rule(struct elf_image *e, uint64_t start, uint64_t size, const char *augmentation,
		    const void *instructions, size_t n)
{
	struct byte_list *l = &e->rules;
	size_t cie = put_cie(e, augmentation), fde = l->len;

	put(l, 0, 4);
	put(l, fde + 4 - cie, 4);
	put(l, start, 8);
	put(l, size, 8);
	put(l, 0, 1); /* no augmentation data */
	put_bytes(l, instructions, n);
	end_entry(l, fde);
}

/* ---- the file ---- */

static void align(struct byte_list *out)
{
	while (out->len % 8 != 0)
		put(out, 0, 1);
}

/* Where the bytes came to lie. */
static size_t append(struct byte_list *out, const void *bytes, size_t n)
{
	size_t at;

	align(out);
	at = out->len;
	put_bytes(out, bytes, n);
	return at;
}

static void put_headers(const struct elf_image *e, struct byte_list *out)
{
	Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = e->machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(h),
		.e_ehsize = sizeof(h),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (Elf64_Half)(S_COUNT + e->n_more),
		.e_shstrndx = S_SHSTRTAB,
	};
	Elf64_Phdr code = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_offset = ELF_TEXT,
		.p_vaddr = ELF_TEXT,
		.p_filesz = ELF_TEXT_SIZE,
		.p_memsz = ELF_TEXT_SIZE,
		.p_align = 0x1000,
	};
	Elf64_Phdr rules = {
		.p_type = PT_LOAD,
		.p_flags = PF_R,
		.p_offset = RULES,
		.p_vaddr = RULES,
		.p_filesz = e->rules.len,
		.p_memsz = e->rules.len,
		.p_align = 0x1000,
	};

	put_bytes(out, &h, sizeof(h));
	put_bytes(out, &code, sizeof(code));
	put_bytes(out, &rules, sizeof(rules));
}

/* Everything but the rules, which must lie where their addresses say. */
static void put_sections(const struct elf_image *e, struct byte_list *out)
{
	struct byte_list section_texts = { 0 };
	Elf64_Shdr sections[S_COUNT + ELF_MORE] = {
		[S_TEXT] = { .sh_name = 1,
			     .sh_type = e->hollow ? SHT_NOBITS : SHT_PROGBITS,
			     .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			     .sh_addr = ELF_TEXT,
			     .sh_offset = ELF_TEXT,
			     .sh_size = ELF_TEXT_SIZE,
			     .sh_addralign = 16 },
		[S_EH_FRAME] = { .sh_name = 7,
				 .sh_type = SHT_PROGBITS,
				 .sh_flags = SHF_ALLOC,
				 .sh_addr = RULES,
				 .sh_offset = RULES,
				 .sh_size = e->rules.len,
				 .sh_addralign = 8 },
		[S_SYMTAB] = { .sh_name = 17,
			       .sh_type = SHT_SYMTAB,
			       .sh_size = e->symbols.len,
			       .sh_link = S_STRTAB,
			       .sh_info = 1,
			       .sh_addralign = 8,
			       .sh_entsize = sizeof(Elf64_Sym) },
		[S_STRTAB] = { .sh_name = 25,
			       .sh_type = SHT_STRTAB,
			       .sh_size = e->names.len,
			       .sh_addralign = 1 },
		[S_SHSTRTAB] = { .sh_name = 33, .sh_type = SHT_STRTAB, .sh_addralign = 1 },
	};

	sections[S_SYMTAB].sh_offset = append(out, e->symbols.bytes, e->symbols.len);
	sections[S_STRTAB].sh_offset = append(out, e->names.bytes, e->names.len);
	put_bytes(&section_texts, section_names, sizeof(section_names));
	for (size_t i = 0; i < e->n_more; i++) {
		const struct elf_more *m = &e->more[i];

		sections[S_COUNT + i] = (Elf64_Shdr){
			.sh_name = (Elf64_Word)section_texts.len,
			.sh_type = strncmp(m->name, ".note", 5) == 0 ? SHT_NOTE : SHT_PROGBITS,
			.sh_size = m->bytes.len,
			.sh_addralign = 4,
			.sh_offset = append(out, m->bytes.bytes, m->bytes.len),
		};
		put_bytes(&section_texts, m->name, strlen(m->name) + 1);
	}
	sections[S_SHSTRTAB].sh_size = section_texts.len;
	sections[S_SHSTRTAB].sh_offset = append(out, section_texts.bytes, section_texts.len);
	free(section_texts.bytes);
	append(out, sections, (S_COUNT + e->n_more) * sizeof(*sections));
}

void elf_image_end(struct elf_image *e)
{
	struct byte_list out = { 0 };
	uint64_t shoff;

	if (e->rules.len)
		put(&e->rules, 0, 4); /* the end of .eh_frame */
	put_headers(e, &out);
	while (out.len < ELF_TEXT)
		put(&out, 0, 1);
	put_bytes(&out, e->text, ELF_TEXT_SIZE);
	put_bytes(&out, e->rules.bytes, e->rules.len);
	put_sections(e, &out);
	shoff = out.len - (S_COUNT + e->n_more) * sizeof(Elf64_Shdr);
	memcpy(out.bytes + offsetof(Elf64_Ehdr, e_shoff), &shoff, sizeof(shoff));
	e->bytes = out.bytes;
	e->len = out.len;
	e->cap = out.cap;
}

bool elf_image_write(const struct elf_image *e, const char *path)
{
	FILE *f = fopen(path, "wbe");
	bool ok = f && fwrite(e->bytes, 1, e->len, f) == e->len;

	return f && fclose(f) == 0 && ok;
}
