/*
 * libdw finds rules by the section's table of addresses, if there is one, or else by reading on from the
 * beginning.  A table is a claim like any other: it can point into the middle of an entry.  So both ways are gone here.
 *
 *   .eh_frame_hdr: u8 version, encodings of the three that follow; address of .eh_frame, number of entries,
 *                  entries: address of code, address of its FDE
 *
 * Source: elfutils, libdw/fde.c, dwarf_getcfi_elf.c; LSB Core, "Exception Frames".
 */
#include "report/cfi_sections.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "report/cfi_check.h"
#include "report/numbers.h"

/* What a CIE says of its FDEs. */
struct common {
	bool there, harmless;
	bool sized;     /* what stands behind their addresses says its size, */
	size_t behind;  /* or has so many bytes */
	size_t address; /* bytes of an address */
};

enum { OVERLAPS = 4 };

struct rules {
	Elf_Data *data;
	const unsigned char *ident;
	bool eh;
	uint64_t vaddr;         /* of the data; .eh_frame only */
	struct numbers known;   /* offsets of FDEs that were looked at */
	struct numbers offsets; /* of CIEs */
	struct common *commons; /* by their numbers there */
	size_t cap_commons;
	uint64_t looked_at; /* bytes */
};

static bool is_big_endian(const struct rules *r)
{
	return r->ident[EI_DATA] == ELFDATA2MSB;
}

static struct cursor bytes_between(const struct rules *r, const uint8_t *from, const uint8_t *to)
{
	return (struct cursor){
		.base = from,
		.len = to > from ? (size_t)(to - from) : 0,
		.swap = is_big_endian(r) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__),
	};
}

/*
 * Entries stand one behind the other, and each is looked at once.  Only made-up ones overlap, so that all of them together are
 * much larger than the section.  False: they are.
 */
static bool afford(struct rules *r, uint64_t offset, uint64_t next)
{
	r->looked_at += next > offset ? next - offset : 0;
	return r->looked_at <= OVERLAPS * (uint64_t)r->data->d_size;
}

static bool was_seen(struct rules *r, uint64_t offset)
{
	bool is_new;

	numbers_add(&r->known, offset, &is_new);
	return !is_new;
}

/* Of its FDEs: the bytes of an address; 0: not known. */
static size_t address_size(const struct rules *r, const Dwarf_CIE *cie)
{
	const uint8_t *data = cie->augmentation_data;
	struct cursor c = bytes_between(r, data, cie->initial_instructions);
	size_t size = cfi_encoded_size(DW_EH_PE_absptr);

	for (const char *a = cie->augmentation; *a; a++) {
		if (*a == 'R')
			size = cfi_encoded_size(cursor_u8(&c));
		else if (*a == 'L')
			cursor_u8(&c);
		else if (*a == 'P')
			cursor_skip(&c, cfi_encoded_size(cursor_u8(&c)));
		else if (*a != 'z' && *a != 'S' && *a != 'B')
			break; /* libdw reads on where sizes are there: what it knows comes before */
	}
	return c.overrun ? 0 : size;
}

/* Look at the CIE at an offset and at its instructions; where there is none, libdw makes nothing of its FDEs. */
static struct common read_common(struct rules *r, uint64_t offset)
{
	struct common out = { .harmless = true };
	Dwarf_CFI_Entry entry;
	Dwarf_Off next = offset;
	struct cursor c;
	int result;

	result = dwarf_next_cfi(r->ident, r->data, r->eh, offset, &next, &entry);
	out.harmless = result > 0 || afford(r, offset, next);
	if (result != 0 || !dwarf_cfi_cie_p(&entry) || !out.harmless)
		return out;
	out.there = true;
	out.address = address_size(r, &entry.cie);
	out.sized = *entry.cie.augmentation == 'z';
	out.behind = entry.cie.fde_augmentation_data_size;
	c = bytes_between(r, entry.cie.initial_instructions, entry.cie.initial_instructions_end);
	out.harmless = out.address && cfi_check_program(&c, out.address);
	return out;
}

/* Each is read once: thousands of FDEs have the same. */
static const struct common *common_at(struct rules *r, uint64_t offset)
{
	bool is_new;
	uint32_t i = numbers_add(&r->offsets, offset, &is_new);

	if (is_new) {
		r->commons = mem_grow(r->commons, i, 1, &r->cap_commons, sizeof(*r->commons));
		r->commons[i] = read_common(r, offset);
	}
	return &r->commons[i];
}

static bool check_fde(struct rules *r, const Dwarf_FDE *fde)
{
	const struct common *common = common_at(r, fde->CIE_pointer);
	struct cursor c = bytes_between(r, fde->start, fde->end);

	if (!common->there || !common->harmless)
		return common->harmless;
	cursor_skip(&c, 2 * common->address);
	if (common->sized)
		cfi_skip_block(&c);
	else
		cursor_skip(&c, common->behind);
	return c.overrun || cfi_check_program(&c, common->address);
}

/* One entry.  *next: where the one behind it is; *end: there is no more. */
static bool check_entry(struct rules *r, uint64_t offset, Dwarf_Off *next, bool *end)
{
	Dwarf_CFI_Entry entry;
	int result;

	*next = offset;
	result = dwarf_next_cfi(r->ident, r->data, r->eh, offset, next, &entry);
	*end = result > 0 || *next <= offset;
	if (result > 0)
		return true;
	return afford(r, offset, *next) &&
	       (result < 0 || dwarf_cfi_cie_p(&entry) || check_fde(r, &entry.fde));
}

static bool check_all(struct rules *r)
{
	Dwarf_Off offset = 0, next;
	bool end = false;

	for (; !end; offset = next) {
		was_seen(r, offset);
		if (!check_entry(r, offset, &next, &end))
			return false;
	}
	return true;
}

/* A table in another form than linkers write it cannot be followed, and is refused. */
static bool check_table(struct rules *r, const uint8_t *hdr, size_t n, uint64_t hdr_vaddr)
{
	enum { FIRST_VERSION = 1, ENTRY = 8, USUAL = DW_EH_PE_datarel | DW_EH_PE_sdata4 };
	struct cursor c = bytes_between(r, hdr, hdr + n);
	uint8_t version = cursor_u8(&c), ptr = cursor_u8(&c), count = cursor_u8(&c);
	uint8_t table = cursor_u8(&c);
	uint32_t entries;

	if (version != FIRST_VERSION || count == DW_EH_PE_omit || table == DW_EH_PE_omit)
		return true; /* there is none */
	if (!cfi_encoded_size(ptr) || count != DW_EH_PE_udata4 || table != USUAL)
		return false;
	cursor_skip(&c, cfi_encoded_size(ptr));
	entries = cursor_u32(&c);
	if (c.overrun || !cursor_fits(&c, entries, ENTRY))
		return false;
	while (entries--) {
		uint64_t fde;
		Dwarf_Off next;
		bool end;

		cursor_u32(&c);
		fde = hdr_vaddr + (uint64_t)(int64_t)(int32_t)cursor_u32(&c) - r->vaddr;
		if (fde < r->data->d_size && !was_seen(r, fde) && !check_entry(r, fde, &next, &end))
			return false;
	}
	return true;
}

/* ---- where they are ---- */

static Elf_Scn *find_section(Elf *elf, const char *wanted, GElf_Shdr *h)
{
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		const char *name;

		if (!gelf_getshdr(scn, h))
			continue;
		name = elf_strptr(elf, names, h->sh_name);
		if (name && strcmp(name, wanted) == 0)
			return scn;
	}
	return NULL;
}

static bool begin(struct rules *r, Elf *elf, Elf_Data *data, bool eh, uint64_t vaddr)
{
	*r = (struct rules){
		.data = data,
		.ident = (const unsigned char *)elf_getident(elf, NULL),
		.eh = eh,
		.vaddr = vaddr,
	};
	return data && data->d_buf && r->ident;
}

static void done(struct rules *r)
{
	numbers_done(&r->known);
	numbers_done(&r->offsets);
	free(r->commons);
}

static bool check_eh_section(Elf *elf, Elf_Scn *scn, const GElf_Shdr *h)
{
	GElf_Shdr hdr_h;
	Elf_Scn *hdr = find_section(elf, ".eh_frame_hdr", &hdr_h);
	Elf_Data *table = hdr ? elf_rawdata(hdr, NULL) : NULL;
	struct rules r;
	bool ok = true;

	if (begin(&r, elf, elf_rawdata(scn, NULL), true, h->sh_addr))
		ok = check_all(&r) && (!table || !table->d_buf ||
				       check_table(&r, table->d_buf, table->d_size, hdr_h.sh_addr));
	done(&r);
	return ok;
}

/* Without section headers: the rules reach to the end of the file at most. */
static bool check_eh_segment(Elf *elf, const GElf_Phdr *p)
{
	enum { POINTER = 4, USUAL = DW_EH_PE_pcrel | DW_EH_PE_sdata4 };
	Elf_Data *hdr = elf_getdata_rawchunk(elf, (int64_t)p->p_offset, p->p_filesz, ELF_T_BYTE);
	struct rules r;
	struct cursor c;
	size_t size = 0;
	int32_t distance;
	uint64_t at;
	bool ok = false;

	if (!hdr || !begin(&r, elf, hdr, true, 0))
		return true; /* nor can libdw read it */
	c = bytes_between(&r, hdr->d_buf, (const uint8_t *)hdr->d_buf + hdr->d_size);
	cursor_u8(&c);
	if (cursor_u8(&c) != USUAL)
		return false;
	cursor_skip(&c, 2);
	distance = (int32_t)cursor_u32(&c);
	at = p->p_offset + POINTER + (uint64_t)(int64_t)distance;
	if (c.overrun || !elf_rawfile(elf, &size) || at >= size)
		return false;
	if (begin(&r, elf, elf_getdata_rawchunk(elf, (int64_t)at, size - at, ELF_T_BYTE), true,
		  p->p_vaddr + POINTER + (uint64_t)(int64_t)distance))
		ok = check_all(&r) && check_table(&r, hdr->d_buf, hdr->d_size, p->p_vaddr);
	done(&r);
	return ok;
}

bool cfi_check_eh_frame(Elf *elf)
{
	GElf_Shdr h;
	Elf_Scn *scn = find_section(elf, ".eh_frame", &h);
	GElf_Phdr p;
	size_t n;

	if (scn)
		return h.sh_type == SHT_NOBITS || check_eh_section(elf, scn, &h);
	if (elf_getphdrnum(elf, &n) != 0)
		return true;
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_GNU_EH_FRAME)
			return check_eh_segment(elf, &p);
	return true;
}

bool cfi_check_debug_frame(Elf *elf)
{
	static const char *const names[] = { ".debug_frame", ".zdebug_frame" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		GElf_Shdr h;
		Elf_Scn *scn = find_section(elf, names[i], &h);
		struct rules r;
		bool ok = true;

		if (scn && h.sh_type != SHT_NOBITS &&
		    begin(&r, elf, elf_rawdata(scn, NULL), false, 0))
			ok = check_all(&r);
		else
			continue;
		done(&r);
		if (!ok)
			return false;
	}
	return true;
}
