#include "report/call_check.h"

#include <elf.h>

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

size_t call_check_bytes(uint16_t machine)
{
	return machine == EM_AARCH64 ? 4 : LONGEST_CALL;
}

bool call_check_is_call(uint16_t machine, const uint8_t *code)
{
	return machine == EM_AARCH64 ? is_aarch64_call(code) : is_x86_call(code);
}
