/*
 * tests/unit/elf_file.c - symbols, PLT entries, build ids and segments of ELF files (report/elf_file.h).
 *
 * The files are written here byte by byte, without libelf, in both classes and byte
 * orders; the test program itself is the real one among them.
 */
#include "report/elf_file.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/unpack.h"
#include "tests/check.h"
#include "tests/make_module.h"

/* ---- a writer of small ELF files ---- */

enum {
	TEXT = 0x1000, /* address of .text, its size and where it lies in the file */
	TEXT_SIZE = 0x200,
	TEXT_OFFSET = 0x400,
	PLT = 0x1200,
	PLT_GOT = 0x1280,
	GOT = 0x3000,
	MAX_FILE = 8192
};

enum {
	S_NULL,
	S_TEXT,
	S_PLT,
	S_PLT_GOT,
	S_DATA,
	S_NOTE,
	S_RELA_PLT,
	S_RELA_DYN,
	S_DYNSYM,
	S_DYNSTR,
	S_SYMTAB,
	S_STRTAB,
	S_SHSTRTAB,
	S_COUNT
};

static const char *const section_names[S_COUNT] = {
	"",          ".text",   ".plt",    ".plt.got", ".data",   ".note.gnu.build-id", ".rela.plt",
	".rela.dyn", ".dynsym", ".dynstr", ".symtab",  ".strtab", ".shstrtab",
};

struct sym {
	const char *name;
	uint64_t value, size;
	unsigned type, bind, other, shndx;
};

struct rel {
	uint64_t slot;
	unsigned type, symbol;
	uint64_t addend;
};

/* What the file is to hold; counts end with a zero row. */
struct shape {
	bool narrow; /* ELFCLASS32 */
	bool big_endian;
	uint16_t machine; /* 0: x86-64, or 386 if narrow */
	uint16_t type;    /* 0: ET_DYN */
	bool hollow;      /* code is NOBITS */
	bool no_sections;
	const struct sym *symtab, *dynsym;
	const struct rel *rela_plt, *rela_dyn;
	const char *plt, *plt_got; /* code */
	size_t plt_size, plt_got_size;
};

struct file {
	uint8_t bytes[MAX_FILE];
	size_t len;
	const struct shape *shape;
	uint64_t offset[S_COUNT], size[S_COUNT];
};

static void put(struct file *f, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t byte = f->shape->big_endian ? n - 1 - i : i;

		f->bytes[f->len++] = (uint8_t)(value >> 8 * byte);
	}
}

static void put_bytes(struct file *f, const void *p, size_t n)
{
	if (n)
		memcpy(f->bytes + f->len, p, n);
	f->len += n;
}

/* A number as wide as the class's addresses. */
static void put_word(struct file *f, uint64_t value)
{
	put(f, value, f->shape->narrow ? 4 : 8);
}

static void align(struct file *f)
{
	f->len = (f->len + 7) & ~(size_t)7;
}

static void begin_section(struct file *f, int s)
{
	align(f);
	f->offset[s] = f->len;
}

static void end_section(struct file *f, int s)
{
	f->size[s] = f->len - f->offset[s];
}

static void put_symbol(struct file *f, const struct sym *s, uint64_t name)
{
	uint64_t info = s->bind << 4 | s->type;

	put(f, name, 4);
	if (!f->shape->narrow) {
		put(f, info, 1);
		put(f, s->other, 1);
		put(f, s->shndx, 2);
	}
	put_word(f, s->value);
	put_word(f, s->size);
	if (f->shape->narrow) {
		put(f, info, 1);
		put(f, s->other, 1);
		put(f, s->shndx, 2);
	}
}

static void put_symbols(struct file *f, const struct sym *symbols, int table, int strings)
{
	static const struct sym none;
	uint64_t name = 1;

	begin_section(f, table);
	put_symbol(f, &none, 0);
	for (const struct sym *s = symbols; s && s->name; s++) {
		put_symbol(f, s, name);
		name += strlen(s->name) + 1;
	}
	end_section(f, table);
	begin_section(f, strings);
	put(f, 0, 1);
	for (const struct sym *s = symbols; s && s->name; s++)
		put_bytes(f, s->name, strlen(s->name) + 1);
	end_section(f, strings);
}

static void put_relocations(struct file *f, const struct rel *relocations, int section)
{
	begin_section(f, section);
	for (const struct rel *r = relocations; r && r->type; r++) {
		put_word(f, r->slot);
		put_word(f, f->shape->narrow ? r->symbol << 8 | r->type
					     : (uint64_t)r->symbol << 32 | r->type);
		put_word(f, r->addend);
	}
	end_section(f, section);
}

static void put_note(struct file *f)
{
	begin_section(f, S_NOTE);
	put(f, 4, 4);
	put(f, 4, 4);
	put(f, NT_GNU_ABI_TAG, 4);
	put_bytes(f, "GNU\0abcd", 8);
	put(f, 4, 4);
	put(f, 20, 4);
	put(f, NT_GNU_BUILD_ID, 4);
	put_bytes(f, "GNU\0", 4);
	put_bytes(f, "ABCDEFGHIJKLMNOPQRST", 20);
	end_section(f, S_NOTE);
}

static void put_segment(struct file *f, uint32_t type, uint32_t flags, uint64_t offset,
			uint64_t vaddr, uint64_t size)
{
	put(f, type, 4);
	if (!f->shape->narrow)
		put(f, flags, 4);
	put_word(f, offset);
	put_word(f, vaddr);
	put_word(f, vaddr);
	put_word(f, size);
	put_word(f, size);
	if (f->shape->narrow)
		put(f, flags, 4);
	put_word(f, type == PT_NOTE ? 4 : 8);
}

static void put_section_header(struct file *f, int s, uint64_t name)
{
	static const struct {
		uint32_t type, flags;
		uint64_t addr;
		uint32_t link, entsize;
	} rows[S_COUNT] = {
		[S_TEXT] = { SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT, 0, 0 },
		[S_PLT] = { SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, PLT, 0, 16 },
		[S_PLT_GOT] = { SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, PLT_GOT, 0, 8 },
		[S_DATA] = { SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x4000, 0, 0 },
		[S_NOTE] = { SHT_NOTE, SHF_ALLOC, 0x100, 0, 0 },
		[S_RELA_PLT] = { SHT_RELA, SHF_ALLOC, 0, S_DYNSYM, 24 },
		[S_RELA_DYN] = { SHT_RELA, SHF_ALLOC, 0, S_DYNSYM, 24 },
		[S_DYNSYM] = { SHT_DYNSYM, SHF_ALLOC, 0, S_DYNSTR, 24 },
		[S_DYNSTR] = { SHT_STRTAB, SHF_ALLOC, 0, 0, 0 },
		[S_SYMTAB] = { SHT_SYMTAB, 0, 0, S_STRTAB, 24 },
		[S_STRTAB] = { SHT_STRTAB, 0, 0, 0, 0 },
		[S_SHSTRTAB] = { SHT_STRTAB, 0, 0, 0, 0 },
	};
	bool hollow = f->shape->hollow && rows[s].flags & SHF_EXECINSTR;

	put(f, name, 4);
	put(f, hollow ? SHT_NOBITS : rows[s].type, 4);
	put_word(f, rows[s].flags);
	put_word(f, rows[s].addr);
	put_word(f, f->offset[s]);
	put_word(f, f->size[s]);
	put(f, rows[s].link, 4);
	put(f, 0, 4);
	put_word(f, s == S_NOTE ? 4 : 8);
	put_word(f, rows[s].entsize && f->shape->narrow && rows[s].entsize == 24
			    ? (rows[s].type == SHT_RELA ? 12 : 16)
			    : rows[s].entsize);
}

static uint64_t put_section_headers(struct file *f)
{
	uint64_t at, name = 0;

	begin_section(f, S_SHSTRTAB);
	for (int s = 0; s < S_COUNT; s++)
		put_bytes(f, section_names[s], strlen(section_names[s]) + 1);
	end_section(f, S_SHSTRTAB);
	align(f);
	at = f->len;
	for (int s = 0; s < S_COUNT; s++) {
		put_section_header(f, s, name);
		name += strlen(section_names[s]) + 1;
	}
	return at;
}

static void put_header(struct file *f, uint64_t shoff)
{
	const struct shape *p = f->shape;
	uint16_t machine = p->machine ? p->machine : p->narrow ? EM_386 : EM_X86_64;
	uint8_t ident[EI_NIDENT] = { 0x7f,
				     'E',
				     'L',
				     'F',
				     p->narrow ? ELFCLASS32 : ELFCLASS64,
				     p->big_endian ? ELFDATA2MSB : ELFDATA2LSB,
				     EV_CURRENT };

	put_bytes(f, ident, sizeof(ident));
	put(f, p->type ? p->type : ET_DYN, 2);
	put(f, machine, 2);
	put(f, EV_CURRENT, 4);
	put_word(f, 0);
	put_word(f, p->narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr));
	put_word(f, shoff);
	put(f, 0, 4);
	put(f, p->narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr), 2);
	put(f, p->narrow ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr), 2);
	put(f, 3, 2);
	put(f, p->narrow ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr), 2);
	put(f, shoff ? S_COUNT : 0, 2);
	put(f, shoff ? S_SHSTRTAB : 0, 2);
	put_segment(f, PT_LOAD, PF_R, 0, 0, TEXT_OFFSET + 0x80);
	put_segment(f, PT_LOAD, PF_R | PF_X, TEXT_OFFSET, TEXT, 0x300);
	put_segment(f, PT_NOTE, PF_R, f->offset[S_NOTE], 0x100, f->size[S_NOTE]);
}

static void build(struct file *f, const struct shape *shape)
{
	uint64_t shoff = 0;

	memset(f, 0, sizeof(*f));
	f->shape = shape;
	f->len = TEXT_OFFSET;
	f->offset[S_TEXT] = TEXT_OFFSET;
	f->size[S_TEXT] = TEXT_SIZE;
	f->offset[S_PLT] = TEXT_OFFSET + PLT - TEXT;
	f->size[S_PLT] = shape->plt_size;
	f->offset[S_PLT_GOT] = TEXT_OFFSET + PLT_GOT - TEXT;
	f->size[S_PLT_GOT] = shape->plt_got_size;
	if (shape->plt)
		memcpy(f->bytes + f->offset[S_PLT], shape->plt, shape->plt_size);
	if (shape->plt_got)
		memcpy(f->bytes + f->offset[S_PLT_GOT], shape->plt_got, shape->plt_got_size);
	f->len += 0x300;
	f->offset[S_DATA] = f->len;
	f->size[S_DATA] = 0x100;
	put_note(f);
	put_symbols(f, shape->dynsym, S_DYNSYM, S_DYNSTR);
	put_symbols(f, shape->symtab, S_SYMTAB, S_STRTAB);
	put_relocations(f, shape->rela_plt, S_RELA_PLT);
	put_relocations(f, shape->rela_dyn, S_RELA_DYN);
	if (!shape->no_sections)
		shoff = put_section_headers(f);
	align(f);
	size_t len = f->len;

	f->len = 0;
	put_header(f, shoff);
	f->len = len;
}

/* ---- the files as the module sees them ---- */

struct named_file {
	int fd;
	char path[64];
};

/* The bytes as a file with a name. */
static struct named_file publish(const void *bytes, size_t len)
{
	struct named_file n = { .fd = memfd_create("elf", MFD_CLOEXEC) };

	if (n.fd < 0 || write(n.fd, bytes, len) != (ssize_t)len) {
		perror("memfd_create");
		exit(EXIT_FAILURE);
	}
	snprintf(n.path, sizeof(n.path), "/proc/self/fd/%d", n.fd);
	return n;
}

static struct elf_file *open_bytes(const void *bytes, size_t len, struct error *err)
{
	struct named_file n = publish(bytes, len);
	struct elf_file *f = elf_file_open(n.path, NULL, err);

	close(n.fd);
	return f;
}

static struct elf_file *open_shape(const struct shape *shape)
{
	struct error err = { 0 };
	struct elf_file *f;
	struct file file;

	build(&file, shape);
	f = open_bytes(file.bytes, file.len, &err);
	if (!f) {
		fprintf(stderr, "cannot open the written file: %s\n", err.what);
		exit(EXIT_FAILURE);
	}
	return f;
}

static const char *name_of(const struct elf_file *f, uint64_t addr)
{
	const struct elf_symbol *s = elf_find_symbol(f, addr);

	return s ? s->name : "-";
}

/* ---- symbols ---- */

#define FUNCTION(name, value, size, bind)                    \
	{                                                    \
		name, value, size, STT_FUNC, bind, 0, S_TEXT \
	}

static void a_symbol_has_its_addresses_and_no_other(void)
{
	static const struct sym symbols[] = {
		FUNCTION("second", 0x1080, 0x20, STB_GLOBAL),
		FUNCTION("first", 0x1010, 0x20, STB_LOCAL),
		FUNCTION("open_end", 0x1100, 0, STB_GLOBAL),
		FUNCTION("last", 0x11f0, 0, STB_GLOBAL),
		{ 0 },
	};
	static const struct {
		uint64_t addr;
		const char *name, *label;
	} rows[] = {
		{ 0x100f, "-", "before the first" },
		{ 0x1010, "first", "first byte" },
		{ 0x102f, "first", "last byte" },
		{ 0x1030, "-", "the byte behind" },
		{ 0x109f, "second", "symbols need not be sorted in the file" },
		{ 0x10a0, "-", "a gap" },
		{ 0x1100, "open_end", "a symbol without a size" },
		{ 0x11ef, "open_end", "reaches to the next symbol" },
		{ 0x11ff, "last", "or to its section's end" },
		{ 0x1200, "-", "not beyond it" },
		{ 0, "-", "address 0" },
		{ UINT64_MAX, "-", "the last address" },
	};

	for (int variant = 0; variant < 8; variant++) {
		struct shape shape = { .narrow = variant & 1,
				       .big_endian = variant & 2,
				       .machine = variant & 2 ? EM_PPC : 0,
				       .hollow = variant & 4,
				       .symtab = symbols };
		struct elf_file *f = open_shape(&shape);

		check_in(variant & 1 ? "32 bits" : "64 bits");
		check_u64(f->n_symbols, 4, "symbols");
		check(f->damage.kind == ERR_NONE, "nothing is damaged");
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			check_text(name_of(f, rows[i].addr), rows[i].name, rows[i].label);
		elf_file_free(f);
	}
	check_in(NULL);
}

static void overlapping_symbols_share_their_addresses(void)
{
	static const struct sym symbols[] = {
		FUNCTION("outer", 0x1000, 0x100, STB_GLOBAL),
		FUNCTION("inner", 0x1040, 0x20, STB_GLOBAL),
		FUNCTION("innermost", 0x1048, 0x8, STB_GLOBAL),
		FUNCTION("tail", 0x10f0, 0x20, STB_GLOBAL),
		{ "label", 0x1070, 0, STT_NOTYPE, STB_LOCAL, 0, S_TEXT },
		{ 0 },
	};
	static const struct {
		uint64_t addr;
		const char *name;
	} rows[] = {
		{ 0x103f, "outer" },     { 0x1040, "inner" }, { 0x1048, "innermost" },
		{ 0x104f, "innermost" }, { 0x1050, "inner" }, { 0x1060, "outer" },
		{ 0x1070, "outer" },     { 0x10ef, "outer" }, { 0x10f0, "tail" },
		{ 0x1100, "tail" },      { 0x110f, "tail" },  { 0x1110, "-" },
	};
	struct elf_file *f = open_shape(&(struct shape){ .symtab = symbols });

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char label[32];

		snprintf(label, sizeof(label), "%#llx", (unsigned long long)rows[i].addr);
		check_text(name_of(f, rows[i].addr), rows[i].name, label);
	}
	elf_file_free(f);
}

static void one_symbol_names_each_address(void)
{
	static const struct {
		const char *label;
		struct sym a, b; /* b is to win, in either order */
	} rows[] = {
		{ "a size", FUNCTION("aaaa", TEXT, 0, STB_GLOBAL),
		  FUNCTION("b", TEXT, 4, STB_LOCAL) },
		{ "a type",
		  { "aaaa", TEXT, 4, STT_NOTYPE, STB_GLOBAL, 0, S_TEXT },
		  FUNCTION("b", TEXT, 4, STB_LOCAL) },
		{ "not weak", FUNCTION("aaaa", TEXT, 4, STB_WEAK),
		  FUNCTION("b", TEXT, 4, STB_LOCAL) },
		{ "global", FUNCTION("aaaa", TEXT, 4, STB_LOCAL),
		  FUNCTION("b", TEXT, 4, STB_GLOBAL) },
		{ "fewer underscores", FUNCTION("__longer", TEXT, 4, STB_GLOBAL),
		  FUNCTION("_b", TEXT, 4, STB_GLOBAL) },
		{ "the longer name", FUNCTION("short", TEXT, 4, STB_GLOBAL),
		  FUNCTION("longer", TEXT, 4, STB_GLOBAL) },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sym ab[] = { rows[i].a, rows[i].b, { 0 } };
		struct sym ba[] = { rows[i].b, rows[i].a, { 0 } };
		struct elf_file *f = open_shape(&(struct shape){ .symtab = ab });

		check_text(name_of(f, TEXT), rows[i].b.name, rows[i].label);
		check_u64(f->n_symbols, 1, "one symbol");
		elf_file_free(f);
		f = open_shape(&(struct shape){ .symtab = ba });
		check_text(name_of(f, TEXT), rows[i].b.name, rows[i].label);
		elf_file_free(f);
	}
}

static void only_what_can_name_code_is_taken(void)
{
	static const struct {
		const char *label;
		struct sym sym;
		uint16_t machine;
		const char *name;
	} rows[] = {
		{ "function", FUNCTION("f", TEXT, 4, STB_LOCAL), 0, "f" },
		{ "indirect function",
		  { "f", TEXT, 4, STT_GNU_IFUNC, STB_GLOBAL, 0, S_TEXT },
		  0,
		  "f" },
		{ "label in text", { "l", TEXT, 4, STT_NOTYPE, STB_LOCAL, 0, S_TEXT }, 0, "l" },
		{ "hidden label",
		  { "l", TEXT, 4, STT_NOTYPE, STB_LOCAL, STV_HIDDEN, S_TEXT },
		  0,
		  "-" },
		{ "table in text", { "t", TEXT, 4, STT_OBJECT, STB_LOCAL, 0, S_TEXT }, 0, "t" },
		{ "variable", { "v", TEXT, 4, STT_OBJECT, STB_LOCAL, 0, S_DATA }, 0, "-" },
		{ "file name", { "a.c", TEXT, 4, STT_FILE, STB_LOCAL, 0, SHN_ABS }, 0, "-" },
		{ "undefined", { "u", TEXT, 4, STT_FUNC, STB_GLOBAL, 0, SHN_UNDEF }, 0, "-" },
		{ "of no such section", { "u", TEXT, 4, STT_FUNC, STB_GLOBAL, 0, 999 }, 0, "-" },
		{ "of a section that is not loaded",
		  { "u", TEXT, 4, STT_FUNC, STB_GLOBAL, 0, S_STRTAB },
		  0,
		  "-" },
		{ "without a name", { "", TEXT, 4, STT_FUNC, STB_GLOBAL, 0, S_TEXT }, 0, "-" },
		{ "with a version", FUNCTION("f@@VERSION_1.2", TEXT, 4, STB_LOCAL), 0, "f" },
		{ "with a hidden version", FUNCTION("f@VERSION_1.2", TEXT, 4, STB_LOCAL), 0, "f" },
		{ "that begins with @", FUNCTION("@f", TEXT, 4, STB_LOCAL), 0, "@f" },
		{ "ARM code mark", { "$x", TEXT, 4, STT_NOTYPE, 0, 0, S_TEXT }, EM_AARCH64, "-" },
		{ "ARM data mark",
		  { "$d.12", TEXT, 4, STT_NOTYPE, 0, 0, S_TEXT },
		  EM_AARCH64,
		  "-" },
		{ "no ARM mark", { "$x1", TEXT, 4, STT_NOTYPE, 0, 0, S_TEXT }, EM_AARCH64, "$x1" },
		{ "RISC-V code mark",
		  { "$xrv64", TEXT, 4, STT_NOTYPE, 0, 0, S_TEXT },
		  EM_RISCV,
		  "-" },
		{ "elsewhere it is a name", { "$x", TEXT, 4, STT_NOTYPE, 0, 0, S_TEXT }, 0, "$x" },
		{ "Thumb function", FUNCTION("thumb", TEXT + 1, 4, STB_LOCAL), EM_ARM, "thumb" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sym symbols[] = { rows[i].sym, { 0 } };
		struct elf_file *f = open_shape(
			&(struct shape){ .machine = rows[i].machine, .symtab = symbols });

		check_text(name_of(f, TEXT), rows[i].name, rows[i].label);
		elf_file_free(f);
	}
}

static void an_object_file_has_no_addresses(void)
{
	static const struct sym symbols[] = { FUNCTION("f", 0, 4, STB_GLOBAL), { 0 } };
	struct elf_file *f = open_shape(&(struct shape){ .type = ET_REL, .symtab = symbols });

	check_u64(f->type, ET_REL, "type");
	check_u64(f->n_symbols, 0, "no symbols");
	elf_file_free(f);
}

static void a_debug_file_adds_its_symbols(void)
{
	static const struct sym inside[] = { FUNCTION("exported", 0x1000, 0x10, STB_GLOBAL),
					     FUNCTION("only_here", 0x1020, 0x10, STB_GLOBAL),
					     { 0 } };
	static const struct sym apart[] = { FUNCTION("Exported", 0x1000, 0x10, STB_GLOBAL),
					    FUNCTION("internal", 0x1010, 0x10, STB_LOCAL),
					    { 0 } };
	struct shape whole = { .dynsym = inside }, debug = { .symtab = apart, .hollow = true };
	struct named_file a, b;
	struct error err = { 0 };
	struct elf_file *f;
	struct file file;

	build(&file, &whole);
	a = publish(file.bytes, file.len);
	build(&file, &debug);
	b = publish(file.bytes, file.len);

	f = elf_file_open(a.path, b.path, &err);
	check_text(name_of(f, 0x1010), "internal", "of the debug file");
	check_text(name_of(f, 0x1020), "only_here", "of the file");
	check_text(name_of(f, 0x1000), "Exported", "all else being equal, the debug file's");
	elf_file_free(f);

	f = elf_file_open(a.path, "/nonexistent/debug", &err);
	check(f != NULL, "a missing debug file costs only its own symbols");
	if (f) {
		check_text(name_of(f, 0x1000), "exported", "of the file alone");
		check(strstr(f->damage.what, "debug file: cannot open") != NULL,
		      "and that is told");
	}
	elf_file_free(f);
	close(a.fd);
	close(b.fd);
}

/* ---- PLT entries ---- */

static const struct sym plt_dynsym[] = {
	{ "alpha", 0, 0, STT_FUNC, STB_GLOBAL, 0, SHN_UNDEF },
	{ "beta", 0, 0, STT_FUNC, STB_GLOBAL, 0, SHN_UNDEF },
	{ "gamma", 0, 0, STT_FUNC, STB_GLOBAL, 0, SHN_UNDEF },
	{ "chosen", TEXT, 0x10, STT_GNU_IFUNC, STB_GLOBAL, 0, S_TEXT },
	{ 0 },
};

/* The entries' slots are in another order than the relocations. */
static const struct rel plt_relocations[] = {
	{ GOT + 0x20, R_X86_64_JUMP_SLOT, 2, 0 },
	{ GOT + 0x18, R_X86_64_JUMP_SLOT, 1, 0 },
	{ GOT + 0x30, R_X86_64_IRELATIVE, 0, TEXT + 8 },
	{ GOT + 0x28, R_X86_64_IRELATIVE, 0, TEXT },
	{ 0 },
};
static const struct rel got_relocations[] = {
	{ GOT + 0x40, R_X86_64_GLOB_DAT, 3, 0 },
	{ GOT + 0x48, R_X86_64_RELATIVE, 0, 0x1234 },
	{ 0 },
};

struct code {
	char bytes[128];
	size_t len;
};

static void code_add(struct code *c, const char *bytes, size_t n)
{
	memcpy(c->bytes + c->len, bytes, n);
	c->len += n;
}

/* Pad with nops to `to` bytes. */
static void code_pad(struct code *c, size_t to)
{
	while (c->len < to)
		c->bytes[c->len++] = '\x90';
}

static void code_jump(struct code *c, uint64_t section, uint64_t slot)
{
	uint32_t disp = (uint32_t)(GOT + slot - (section + c->len + 6));

	code_add(c, "\xff\x25", 2);
	for (int i = 0; i < 4; i++)
		c->bytes[c->len++] = (char)(disp >> 8 * i);
}

/* x86-64: header, then entries for the slots 0x18, 0x20, 0x28, 0x30; `endbr`: with endbr64 and bnd. */
static struct code x86_64_plt(bool endbr)
{
	struct code c = { .len = 0 };

	code_add(&c, "\xff\x35\0\0\0\0", 6);
	code_pad(&c, 16);
	for (uint64_t i = 0; i < 4; i++) {
		if (endbr)
			code_add(&c, "\xf3\x0f\x1e\xfa\xf2", 5);
		code_jump(&c, PLT, 0x18 + 8 * i);
		code_pad(&c, 16 * (i + 2));
	}
	return c;
}

static struct code x86_64_plt_got(void)
{
	struct code c = { .len = 0 };

	code_jump(&c, PLT_GOT, 0x40);
	code_pad(&c, 8);
	code_jump(&c, PLT_GOT, 0x48);
	code_pad(&c, 16);
	return c;
}

static void check_x86_64_plt(const struct elf_file *f)
{
	static const struct {
		uint64_t addr;
		const char *name, *label;
	} rows[] = {
		{ PLT, ".plt", "header" },
		{ PLT + 0xf, ".plt", "header to its end" },
		{ PLT + 0x10, "alpha@plt", "first entry" },
		{ PLT + 0x1f, "alpha@plt", "first entry to its end" },
		{ PLT + 0x20, "beta@plt", "second entry" },
		{ PLT + 0x30, "chosen@plt", "named by its resolver" },
		{ PLT + 0x40, "offset_0x640@plt", "without any name" },
		{ PLT + 0x4f, "offset_0x640@plt", "without any name to its end" },
		{ PLT + 0x50, "-", "behind the PLT" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(name_of(f, rows[i].addr), rows[i].name, rows[i].label);
}

static void plt_entries_are_named_by_their_slots(void)
{
	for (int endbr = 0; endbr < 2; endbr++) {
		struct code plt = x86_64_plt(endbr), got = x86_64_plt_got();
		struct shape shape = { .dynsym = plt_dynsym,
				       .rela_plt = plt_relocations,
				       .rela_dyn = got_relocations,
				       .plt = plt.bytes,
				       .plt_size = plt.len,
				       .plt_got = got.bytes,
				       .plt_got_size = got.len };
		struct elf_file *f = open_shape(&shape);

		check_in(endbr ? "with endbr64" : "plain");
		check_x86_64_plt(f);
		check_text(name_of(f, PLT_GOT), "gamma@plt", "entry of .plt.got");
		check_text(name_of(f, PLT_GOT + 8), ".plt.got", "entry whose slot has no symbol");
		elf_file_free(f);
	}
	check_in(NULL);
}

static void plt_entries_without_code_are_named_by_their_order(void)
{
	struct shape shape = { .hollow = true,
			       .dynsym = plt_dynsym,
			       .rela_plt = plt_relocations,
			       .rela_dyn = got_relocations,
			       .plt_size = 0x50,
			       .plt_got_size = 8 };
	struct elf_file *f = open_shape(&shape);

	check_x86_64_plt(f);
	check_text(name_of(f, PLT_GOT), ".plt.got", "what has no order bears its section's name");
	elf_file_free(f);

	shape.plt_size = 0x40; /* as many entries as relocations */
	f = open_shape(&shape);
	check_text(name_of(f, PLT), "alpha@plt", "there is no header");
	elf_file_free(f);
}

static void an_aarch64_plt_is_read(void)
{
	static const struct rel relocations[] = {
		{ GOT + 0x20, R_AARCH64_JUMP_SLOT, 2, 0 },
		{ GOT + 0x18, R_AARCH64_JUMP_SLOT, 1, 0 },
		{ 0 },
	};
	/* Header; an entry; an entry that begins with bti c and ends with a nop. */
	static const char code[] = "\xf0\x7b\xbf\xa9"
				   "\x10\x00\x00\xd0"
				   "\x11\x0a\x40\xf9"
				   "\x10\x42\x00\x91"
				   "\x20\x02\x1f\xd6"
				   "\x1f\x20\x03\xd5"
				   "\x1f\x20\x03\xd5"
				   "\x1f\x20\x03\xd5"
				   "\x10\x00\x00\xd0"
				   "\x11\x0e\x40\xf9"
				   "\x10\x62\x00\x91"
				   "\x20\x02\x1f\xd6"
				   "\x5f\x24\x03\xd5"
				   "\x10\x00\x00\xd0"
				   "\x11\x12\x40\xf9"
				   "\x10\x82\x00\x91"
				   "\x20\x02\x1f\xd6"
				   "\x1f\x20\x03\xd5";
	struct shape shape = { .machine = EM_AARCH64,
			       .dynsym = plt_dynsym,
			       .rela_plt = relocations,
			       .plt = code,
			       .plt_size = sizeof(code) - 1 };
	static const struct {
		uint64_t addr;
		const char *name;
	} rows[] = {
		{ PLT, ".plt" },
		{ PLT + 0x1c, ".plt" },
		{ PLT + 0x20, "alpha@plt" },
		{ PLT + 0x2c, "alpha@plt" },
		{ PLT + 0x30, "beta@plt" },
		{ PLT + 0x47, "beta@plt" },
	};
	struct elf_file *f = open_shape(&shape);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(name_of(f, rows[i].addr), rows[i].name, rows[i].name);
	elf_file_free(f);
}

static void a_plt_of_any_size_is_read_to_its_end(void)
{
	struct code plt = x86_64_plt(false);

	for (size_t size = 0; size <= plt.len; size++) {
		struct shape shape = { .machine = size % 2 ? EM_AARCH64 : EM_X86_64,
				       .dynsym = plt_dynsym,
				       .rela_plt = plt_relocations,
				       .plt = plt.bytes,
				       .plt_size = size };
		struct elf_file *f = open_shape(&shape);

		check(!size || elf_find_symbol(f, PLT + size - 1), "the last byte has a name");
		check(!elf_find_symbol(f, PLT + size), "the byte behind has none");
		elf_file_free(f);
	}
}

/* ---- build id and segments ---- */

static void the_build_id_is_found_with_and_without_sections(void)
{
	for (int variant = 0; variant < 8; variant++) {
		struct shape shape = { .narrow = variant & 1,
				       .big_endian = variant & 2,
				       .no_sections = variant & 4 };
		uint8_t id[BUILD_ID_MAX], size = 0;
		struct named_file n;
		struct elf_file *f;
		struct file file;

		build(&file, &shape);
		n = publish(file.bytes, file.len);
		check(elf_build_id(n.path, id, &size), "there is a build id");
		check(size == 20 && memcmp(id, "ABCDEFGHIJKLMNOPQRST", 20) == 0, "it is this one");
		close(n.fd);
		f = open_shape(&shape);
		check(f->build_id_size == 20 && memcmp(f->build_id, id, 20) == 0,
		      "elf_file_open finds the same");
		elf_file_free(f);
	}
}

static void an_offset_leads_to_the_address_of_code(void)
{
	struct elf_file *f = open_shape(&(struct shape){ 0 });
	uint64_t vaddr = 0;

	check_u64(f->n_segments, 2, "segments");
	check(elf_offset_to_vaddr(f, 0x10, &vaddr) && vaddr == 0x10, "in the first segment");
	check(elf_offset_to_vaddr(f, TEXT_OFFSET + 0x10, &vaddr) && vaddr == TEXT + 0x10,
	      "in both: the executable one");
	check(elf_offset_to_vaddr(f, TEXT_OFFSET + 0x2ff, &vaddr) && vaddr == TEXT + 0x2ff,
	      "the last byte");
	check(!elf_offset_to_vaddr(f, TEXT_OFFSET + 0x300, &vaddr), "behind all segments");
	check_u64(vaddr, TEXT + 0x2ff, "a failure leaves the result alone");
	elf_file_free(f);
}

/* ---- damage ---- */

static void what_is_no_elf_file_is_refused(void)
{
	static const struct {
		const char *label;
		size_t len;
		const char *bytes;
	} rows[] = {
		{ "empty", 0, "" },
		{ "text", 12, "Hello world\n" },
		{ "only the magic", 4,
		  "\x7f"
		  "ELF" },
		{ "an archive", 8, "!<arch>\n" },
	};
	struct error err = { 0 };
	uint8_t id[BUILD_ID_MAX], size;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err = (struct error){ 0 };
		check(!open_bytes(rows[i].bytes, rows[i].len, &err), rows[i].label);
		check_text(err.what, "not an ELF file", rows[i].label);
	}
	err = (struct error){ 0 };
	check(!elf_file_open("/nonexistent", NULL, &err) && err.kind == ERR_IO, "no such file");
	check(!elf_file_open("/", NULL, &err), "a folder");
	check(!elf_build_id("/nonexistent", id, &size), "no build id of no file");
}

/* An extended count of sections (e_shnum 0) must not be believed: it would cost gigabytes. */
static void a_count_that_cannot_be_true_is_not_believed(void)
{
	static const uint64_t counts[] = { 0x100, 0x7fffffff, 0xffffffff, UINT64_MAX };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct error err = { 0 };
		struct shape shape = { 0 };
		struct elf_file *f;
		struct file file;
		Elf64_Ehdr header;

		build(&file, &shape);
		memcpy(&header, file.bytes, sizeof(header));
		header.e_shnum = 0;
		memcpy(file.bytes, &header, sizeof(header));
		memcpy(file.bytes + header.e_shoff + offsetof(Elf64_Shdr, sh_size), &counts[i],
		       sizeof(counts[i]));
		f = open_bytes(file.bytes, file.len, &err);
		check(f ? f->damage.kind != ERR_NONE : err.kind != ERR_NONE, "it is told");
		elf_file_free(f);
	}
}

static void use(const struct elf_file *f)
{
	uint64_t vaddr = 0;

	for (uint64_t addr = 0; addr < 0x2000; addr += 8) {
		const struct elf_symbol *s = elf_find_symbol(f, addr);

		elf_offset_to_vaddr(f, addr, &vaddr);
		if (s && (addr < s->start || addr >= s->end || s->name[0] == '\0'))
			check(false, "an address lies in its symbol");
	}
}

static void every_prefix_is_read_without_harm(void)
{
	struct code plt = x86_64_plt(false), got = x86_64_plt_got();
	struct shape shape = { .dynsym = plt_dynsym,
			       .symtab = plt_dynsym,
			       .rela_plt = plt_relocations,
			       .rela_dyn = got_relocations,
			       .plt = plt.bytes,
			       .plt_size = plt.len,
			       .plt_got = got.bytes,
			       .plt_got_size = got.len };
	struct file file;

	build(&file, &shape);
	for (size_t len = 0; len < file.len; len++) {
		struct error err = { 0 };
		struct elf_file *f = open_bytes(file.bytes, len, &err);

		if (!f) {
			check(err.what[0] != '\0', "a refusal says why");
			continue;
		}
		if (f->n_symbols == 0)
			check(f->damage.kind != ERR_NONE, "lost symbols are told");
		use(f);
		elf_file_free(f);
	}
}

/* ---- a real file ---- */

static int find_load_address(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uint64_t *)base = info->dlpi_addr;
	return 1; /* the program itself comes first */
}

static void this_program_is_read(const char *path)
{
	const struct {
		const char *name;
		uint64_t addr;
	} rows[] = {
		{ "this_program_is_read", (uint64_t)(uintptr_t)this_program_is_read },
		{ "check_done", (uint64_t)(uintptr_t)check_done },
		{ "elf_file_open", (uint64_t)(uintptr_t)elf_file_open },
	};
	struct error err = { 0 };
	struct elf_file *f = elf_file_open(path, NULL, &err);
	uint64_t base = 0;

	check(f != NULL, "it can be opened");
	if (!f)
		return;
	dl_iterate_phdr(find_load_address, &base);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct elf_symbol *s = elf_find_symbol(f, rows[i].addr - base + 1);

		check_text(s ? s->name : "-", rows[i].name, rows[i].name);
		check(s && s->start == rows[i].addr - base, "starts where the function does");
	}
	elf_file_free(f);
}

/* ---- kernel modules ---- */

struct folder_of_module {
	char folder[4000], path[4100];
};

static bool module_begin(struct folder_of_module *m, bool module)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(m->folder, sizeof(m->folder), "%s/moduleXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(m->folder) != NULL, "a folder");
	snprintf(m->path, sizeof(m->path), "%s/m.ko", m->folder);
	return make_module(m->path, module);
}

static void module_end(struct folder_of_module *m)
{
	unlink(m->path);
	rmdir(m->folder);
}

static const char *symbol_of(const struct elf_file *f, uint64_t vaddr)
{
	const struct elf_symbol *s = f ? elf_find_symbol(f, vaddr) : NULL;

	return s ? s->name : "none";
}

static void check_module(const char *path, bool module)
{
	static const struct {
		uint64_t at;
		const char *name;
	} rows[] = {
		{ MODULE_FIRST, "first" },     { MODULE_FIRST + 4, "first" },
		{ MODULE_FIRST + 5, "none" },  { MODULE_COLD - 1, "none" },
		{ MODULE_COLD, "cold" },       { MODULE_COLD + 2, "cold" },
		{ MODULE_COLD + 3, "none" },   { MODULE_LEAVE, "leave" },
		{ MODULE_LEAVE + 1, "leave" }, { MODULE_END, "none" },
	};
	struct error err;
	struct elf_file *f = elf_file_open(path, NULL, &err);

	check(f && f->type == ET_REL, "an object file");
	check(f && f->build_id_size == 20 && memcmp(f->build_id, module_id, 20) == 0, "build id");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(symbol_of(f, rows[i].at), module ? rows[i].name : "none", "a symbol");
	elf_file_free(f);
}

static void a_modules_code_lies_as_the_kernel_lays_it_out(void)
{
	for (int module = 0; module < 2; module++) {
		struct folder_of_module m;

		if (module_begin(&m, module)) {
			check_in(module ? "a module" : "another object file");
			check_module(m.path, module);
		} else {
			printf("skip: no compiler for a module\n");
		}
		check_in(NULL);
		module_end(&m);
	}
}

static void a_module_may_be_compressed(void)
{
	static const char *const commands[] = { "gzip", "xz", "zstd -q --rm" };
	static const char *const ends[] = { "gz", "xz", "zst" };

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct folder_of_module m;
		char command[4200];

		if (module_begin(&m, true) && unpack_supported()) {
			snprintf(command, sizeof(command),
				 "cd '%s' && %s m.ko 2>/dev/null && mv m.ko.%s m.ko", m.folder,
				 commands[i], ends[i]);
			check_in(commands[i]);
			if (system(command) == 0) /* NOLINT: a fixed command in a folder of ours */
				check_module(m.path, true);
			else
				printf("skip: no %s\n", commands[i]);
		}
		check_in(NULL);
		module_end(&m);
	}
}

int main(int argc, char **argv)
{
	a_symbol_has_its_addresses_and_no_other();
	overlapping_symbols_share_their_addresses();
	one_symbol_names_each_address();
	only_what_can_name_code_is_taken();
	an_object_file_has_no_addresses();
	a_debug_file_adds_its_symbols();
	plt_entries_are_named_by_their_slots();
	plt_entries_without_code_are_named_by_their_order();
	an_aarch64_plt_is_read();
	a_plt_of_any_size_is_read_to_its_end();
	the_build_id_is_found_with_and_without_sections();
	an_offset_leads_to_the_address_of_code();
	what_is_no_elf_file_is_refused();
	a_count_that_cannot_be_true_is_not_believed();
	every_prefix_is_read_without_harm();
	if (argc > 0)
		this_program_is_read(argv[0]);
	a_modules_code_lies_as_the_kernel_lays_it_out();
	a_module_may_be_compressed();
	return check_done("elf_file");
}
