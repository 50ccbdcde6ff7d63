/*
 *   CIE: u32 length, u32 0, u8 version, augmentation[], code alignment, data alignment, register,
 *        with "z": its length and data ("R": encoding of addresses), instructions
 *   FDE: u32 length, u32 distance back to its CIE, start, range, with "z": length and data, instructions
 */
#include "report/cfi_check.h"

#include <dwarf.h>
#include <string.h>

#include "parser/base/cursor.h"

enum { REGISTERS_MAX = 1024, STATES_MAX = 64, OPERAND = 0x3f };

/* What a CIE says of its FDEs. */
struct common {
	bool has_data;     /* "z" */
	size_t address;    /* bytes of an address; 0: of another encoding than is known here */
	size_t code_start; /* of its own instructions */
};

static uint64_t read_uleb(struct cursor *c)
{
	uint64_t v = 0;
	uint8_t byte;
	unsigned shift = 0;

	do {
		byte = cursor_u8(c);
		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return v;
}

void cfi_skip_block(struct cursor *c)
{
	uint64_t n = read_uleb(c);

	cursor_skip(c, n < SIZE_MAX ? (size_t)n : SIZE_MAX);
}

size_t cfi_encoded_size(uint8_t encoding)
{
	switch (encoding & 0x07) {
	case DW_EH_PE_absptr:
	case DW_EH_PE_udata8:
		return 8;
	case DW_EH_PE_udata2:
		return 2;
	case DW_EH_PE_udata4:
		return 4;
	default:
		return 0;
	}
}

/* The operands of an instruction: r: register, u: number, b: block, 1, 2, 4, 8: bytes, a: address. */
static const char *operands_of(uint8_t op)
{
	static const char *const low[0x40] = {
		[DW_CFA_nop] = "",
		[DW_CFA_set_loc] = "a",
		[DW_CFA_advance_loc1] = "1",
		[DW_CFA_advance_loc2] = "2",
		[DW_CFA_advance_loc4] = "4",
		[DW_CFA_offset_extended] = "ru",
		[DW_CFA_restore_extended] = "r",
		[DW_CFA_undefined] = "r",
		[DW_CFA_same_value] = "r",
		[DW_CFA_register] = "rr",
		[DW_CFA_remember_state] = "",
		[DW_CFA_restore_state] = "",
		[DW_CFA_def_cfa] = "ru",
		[DW_CFA_def_cfa_register] = "r",
		[DW_CFA_def_cfa_offset] = "u",
		[DW_CFA_def_cfa_expression] = "b",
		[DW_CFA_expression] = "rb",
		[DW_CFA_offset_extended_sf] = "ru",
		[DW_CFA_def_cfa_sf] = "ru",
		[DW_CFA_def_cfa_offset_sf] = "u",
		[DW_CFA_val_offset] = "ru",
		[DW_CFA_val_offset_sf] = "ru",
		[DW_CFA_val_expression] = "rb",
		[DW_CFA_MIPS_advance_loc8] = "8",
		[DW_CFA_GNU_window_save] = "",
		[DW_CFA_GNU_args_size] = "u",
		[DW_CFA_GNU_negative_offset_extended] = "ru",
	};

	switch (op & 0xc0) {
	case DW_CFA_advance_loc:
	case DW_CFA_restore:
		return "";
	case DW_CFA_offset:
		return "u";
	default:
		return low[op & OPERAND];
	}
}

/* False: a register that is none. */
static bool check_operands(struct cursor *c, const char *operands, size_t address)
{
	for (; *operands; operands++) {
		switch (*operands) {
		case 'r':
			if (read_uleb(c) >= REGISTERS_MAX)
				return false;
			break;
		case 'u':
			read_uleb(c);
			break;
		case 'b':
			cfi_skip_block(c);
			break;
		case 'a':
			cursor_skip(c, address);
			break;
		default:
			cursor_skip(c, (size_t)(*operands - '0'));
		}
	}
	return true;
}

/* *known: up to the end; else to the first that is not. */
static bool check_known(struct cursor *c, size_t address, bool *known)
{
	unsigned states = 0; /* that are remembered */

	*known = true;
	while (cursor_left(c) && !c->overrun) {
		uint8_t op = cursor_u8(c);
		const char *operands = operands_of(op);

		*known = operands != NULL;
		if (!operands)
			return true;
		if (op == DW_CFA_remember_state && ++states > STATES_MAX)
			return false;
		if (op == DW_CFA_restore_state && states)
			states--;
		if (!check_operands(c, operands, address))
			return false;
	}
	return true;
}

bool cfi_check_program(struct cursor *c, size_t address)
{
	bool known;

	return check_known(c, address, &known);
}

/* Instructions up to the end.  libdw gives up at what it does not know, too, but may know more. */
static bool check_code(struct cursor *c, size_t address)
{
	bool known;

	return check_known(c, address, &known) && known;
}

/* A CIE from behind its identifier. */
static bool read_common(struct cursor *c, struct common *out)
{
	uint8_t version = cursor_u8(c);
	const char *augmentation = cursor_text(c);
	size_t data_end;

	*out = (struct common){ .address = 8 };
	if (!augmentation)
		return false;
	read_uleb(c);
	read_uleb(c);
	if ((version == 1 ? cursor_u8(c) : read_uleb(c)) >= REGISTERS_MAX)
		return false;
	out->code_start = c->pos;
	if (*augmentation != 'z')
		return !c->overrun && !*augmentation;
	out->has_data = true;
	data_end = (size_t)read_uleb(c);
	if (data_end > cursor_left(c))
		return false;
	data_end += c->pos;
	for (const char *a = augmentation + 1; *a; a++) {
		if (*a == 'R')
			out->address = cfi_encoded_size(cursor_u8(c));
		else if (*a == 'L')
			cursor_u8(c);
		else if (*a == 'P')
			cursor_skip(c, cfi_encoded_size(cursor_u8(c)));
		else if (*a != 'S' && *a != 'B' && *a != 'G')
			return false;
	}
	out->code_start = data_end;
	return !c->overrun && c->pos <= data_end && out->address;
}

/* The bytes of the entry at `at`, from behind its length; false: there is none. */
static bool entry_at(const struct cursor *frames, size_t at, struct cursor *out)
{
	struct cursor c = *frames;
	uint32_t length;

	c.pos = at <= c.len ? at : c.len;
	length = cursor_u32(&c);
	if (c.overrun || length > cursor_left(&c))
		return false;
	*out = (struct cursor){
		.base = c.base, .len = c.pos + length, .pos = c.pos, .swap = c.swap
	};
	return true;
}

static bool check_description(const struct cursor *frames, struct cursor *c, size_t common_at)
{
	struct cursor cie;
	struct common common;

	if (!entry_at(frames, common_at, &cie) || cursor_u32(&cie) != 0 ||
	    !read_common(&cie, &common))
		return false;
	cursor_skip(c, 2 * common.address);
	if (common.has_data)
		cfi_skip_block(c);
	return !c->overrun && check_code(c, common.address);
}

static bool check_common(struct cursor *c)
{
	struct common common;

	if (!read_common(c, &common))
		return false;
	c->pos = common.code_start;
	return check_code(c, common.address);
}

bool cfi_check(const uint8_t *eh_frame, size_t n)
{
	struct cursor frames = { .base = eh_frame,
				 .len = n,
				 .swap = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ };
	size_t at = 0;

	while (n - at >= sizeof(uint32_t)) {
		struct cursor c;
		size_t end;
		uint32_t back;

		if (!entry_at(&frames, at, &c))
			return false;
		end = c.len;
		if (end == c.pos)
			return true; /* the terminator */
		at = c.pos;
		back = cursor_u32(&c);
		if (c.overrun || back > at ||
		    !(back ? check_description(&frames, &c, at - back) : check_common(&c)))
			return false;
		at = end;
	}
	return true;
}
