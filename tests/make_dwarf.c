/* tests/make_dwarf.c - see make_dwarf.h. */
#include "tests/make_dwarf.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { UNIT = 1, FUNCTION, INLINED, ABSTRACT };

static const uint8_t abbreviations[] = {
	UNIT, DW_TAG_compile_unit, 1, DW_AT_name, DW_FORM_string, DW_AT_stmt_list,
	DW_FORM_sec_offset, DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8, 0, 0,
	/* functions */
	FUNCTION, DW_TAG_subprogram, 1, DW_AT_name, DW_FORM_string, DW_AT_decl_file, DW_FORM_data1,
	DW_AT_decl_line, DW_FORM_data4, DW_AT_low_pc, DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8, 0,
	0,
	/* calls of inlined ones */
	INLINED, DW_TAG_inlined_subroutine, 1, DW_AT_abstract_origin, DW_FORM_ref4, DW_AT_low_pc,
	DW_FORM_addr, DW_AT_high_pc, DW_FORM_data8, DW_AT_call_file, DW_FORM_data1, DW_AT_call_line,
	DW_FORM_data4, 0, 0,
	/* what those are of */
	ABSTRACT, DW_TAG_subprogram, 0, DW_AT_name, DW_FORM_string, DW_AT_decl_file, DW_FORM_data1,
	DW_AT_decl_line, DW_FORM_data4, DW_AT_inline, DW_FORM_data1, 0, 0, /* the end */ 0
};

static void put(struct byte_list *l, uint64_t v, size_t n)
{
	l->bytes = mem_grow(l->bytes, l->len, n, &l->cap, 1);
	for (size_t i = 0; i < n; i++)
		l->bytes[l->len++] = (uint8_t)(v >> 8 * i);
}

static void put_text(struct byte_list *l, const char *text)
{
	size_t n = strlen(text) + 1;

	l->bytes = mem_grow(l->bytes, l->len, n, &l->cap, 1);
	memcpy(l->bytes + l->len, text, n);
	l->len += n;
}

static void put_sleb(struct byte_list *l, int64_t v)
{
	bool more = true;

	while (more) {
		uint8_t byte = v & 0x7f;

		v >>= 7;
		more = !((v == 0 && !(byte & 0x40)) || (v == -1 && (byte & 0x40)));
		put(l, byte | (more ? 0x80 : 0), 1);
	}
}

static void set_u32(struct byte_list *l, size_t at, size_t v)
{
	uint32_t value = (uint32_t)v;

	memcpy(l->bytes + at, &value, sizeof(value));
}

/* u32 length; u16 version; u32 header's length; parameters; folders; files */
static void begin_lines(struct dwarf_image *d, const char *file)
{
	static const uint8_t operands[] = { 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1 };
	struct byte_list *l = &d->line;

	put(l, 0, 4);
	put(l, 4, 2);
	put(l, 0, 4);
	put(l, 1, 1); /* least instruction */
	put(l, 1, 1); /* operations in one */
	put(l, 1, 1); /* statements */
	put(l, (uint8_t)-5, 1);
	put(l, 14, 1);
	put(l, sizeof(operands) + 1, 1);
	for (size_t i = 0; i < sizeof(operands); i++)
		put(l, operands[i], 1);
	put(l, 0, 1); /* no folders */
	put_text(l, file);
	put(l, 0, 3); /* folder, time, size */
	put(l, 0, 1);
	set_u32(l, 6, l->len - 10);
}

void dwarf_image_begin(struct dwarf_image *d, const char *file, uint64_t low, uint64_t high)
{
	*d = (struct dwarf_image){ .high = high, .last_line = 1 };
	put(&d->info, 0, 4);
	put(&d->info, 4, 2);
	put(&d->info, 0, 4); /* abbreviations */
	put(&d->info, 8, 1);
	put(&d->info, UNIT, 1);
	put_text(&d->info, file);
	put(&d->info, 0, 4); /* line table */
	put(&d->info, low, 8);
	put(&d->info, high - low, 8);
	begin_lines(d, file);
}

uint32_t dwarf_image_abstract(struct dwarf_image *d, const char *name, uint32_t line)
{
	uint32_t at = (uint32_t)d->info.len;

	put(&d->info, ABSTRACT, 1);
	put_text(&d->info, name);
	put(&d->info, 1, 1);
	put(&d->info, line, 4);
	put(&d->info, DW_INL_inlined, 1);
	return at;
}

void dwarf_image_function(struct dwarf_image *d, const char *name, uint32_t line, uint64_t low,
			  uint64_t high)
{
	put(&d->info, FUNCTION, 1);
	put_text(&d->info, name);
	put(&d->info, 1, 1);
	put(&d->info, line, 4);
	put(&d->info, low, 8);
	put(&d->info, high - low, 8);
}

void dwarf_image_inlined(struct dwarf_image *d, uint32_t function, uint32_t call_line, uint64_t low,
			 uint64_t high)
{
	put(&d->info, INLINED, 1);
	put(&d->info, function, 4);
	put(&d->info, low, 8);
	put(&d->info, high - low, 8);
	put(&d->info, 1, 1);
	put(&d->info, call_line, 4);
}

void dwarf_image_close(struct dwarf_image *d)
{
	put(&d->info, 0, 1);
}

static void set_address(struct dwarf_image *d, uint64_t addr)
{
	put(&d->line, 0, 1);
	put(&d->line, 9, 1);
	put(&d->line, DW_LNE_set_address, 1);
	put(&d->line, addr, 8);
}

void dwarf_image_row(struct dwarf_image *d, uint64_t addr, uint32_t line)
{
	set_address(d, addr);
	put(&d->line, DW_LNS_advance_line, 1);
	put_sleb(&d->line, (int64_t)line - d->last_line);
	put(&d->line, DW_LNS_copy, 1);
	d->last_line = line;
}

void dwarf_image_end(struct dwarf_image *d, struct elf_image *e)
{
	put(&d->info, 0, 1);
	set_u32(&d->info, 0, d->info.len - 4);
	set_address(d, d->high);
	put(&d->line, 0, 1);
	put(&d->line, 1, 1);
	put(&d->line, DW_LNE_end_sequence, 1);
	set_u32(&d->line, 0, d->line.len - 4);
	elf_image_section(e, ".debug_abbrev", abbreviations, sizeof(abbreviations));
	elf_image_section(e, ".debug_info", d->info.bytes, d->info.len);
	elf_image_section(e, ".debug_line", d->line.bytes, d->line.len);
	free(d->info.bytes);
	free(d->line.bytes);
}
