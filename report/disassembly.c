#include "report/disassembly.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CAPSTONE
#include <capstone/capstone.h>
#endif

#include "parser/base/memory.h"

#ifdef HAVE_CAPSTONE

struct disassembly {
	csh handle;
	cs_insn *insn;
	bool x86;
	uint8_t step; /* least size of an instruction */
};

static bool open_machine(uint16_t machine, struct disassembly *d)
{
	switch (machine) {
	case EM_X86_64:
		return cs_open(CS_ARCH_X86, CS_MODE_64, &d->handle) == CS_ERR_OK;
	case EM_386:
		return cs_open(CS_ARCH_X86, CS_MODE_32, &d->handle) == CS_ERR_OK;
	case EM_AARCH64:
		return cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &d->handle) == CS_ERR_OK;
	case EM_ARM:
		return cs_open(CS_ARCH_ARM, CS_MODE_ARM, &d->handle) == CS_ERR_OK;
	default:
		return false;
	}
}

struct disassembly *disassembly_new(uint16_t machine, bool intel, const char **why)
{
	struct disassembly *d = mem_calloc(1, sizeof(*d));

	if (!open_machine(machine, d)) {
		*why = "instructions of this machine are not known";
		free(d);
		return NULL;
	}
	d->x86 = machine == EM_X86_64 || machine == EM_386;
	d->step = d->x86 ? 1 : 4;
	cs_option(d->handle, CS_OPT_DETAIL, CS_OPT_ON);
	if (d->x86 && !intel)
		cs_option(d->handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	d->insn = cs_malloc(d->handle);
	return d;
}

void disassembly_free(struct disassembly *d)
{
	if (!d)
		return;
	cs_free(d->insn, 1);
	cs_close(&d->handle);
	free(d);
}

/* The address that a call or jump names as its target; false: none, or a register has it. */
static bool find_target(const struct disassembly *d, uint64_t *target)
{
	const cs_detail *detail = d->insn->detail;

	if (d->x86) {
		const cs_x86 *x = &detail->x86;

		if (x->op_count != 1 || x->operands[0].type != X86_OP_IMM)
			return false;
		*target = (uint64_t)x->operands[0].imm;
		return true;
	}
	if (detail->arm64.op_count) {
		const cs_arm64 *a = &detail->arm64; /* the last operand: cbz x0, TARGET */

		if (a->operands[a->op_count - 1].type != ARM64_OP_IMM)
			return false;
		*target = (uint64_t)a->operands[a->op_count - 1].imm;
		return true;
	}
	return false;
}

/* Calls and jumps are shown with the name of where they lead; the number that stands there goes. */
static void cut_target(char *text)
{
	char *number = strrchr(text, ' ');

	if (number && (number[1] == '#' || (number[1] >= '0' && number[1] <= '9')))
		*number = '\0';
}

/* objdump's columns: "mov    %rsp,%rbp". */
static void put_text(struct disassembly *d, struct decoded *out)
{
	if (*d->insn->op_str)
		snprintf(out->text, sizeof(out->text), "%-6s %s", d->insn->mnemonic,
			 d->insn->op_str);
	else
		snprintf(out->text, sizeof(out->text), "%s", d->insn->mnemonic);
}

void disassembly_next(struct disassembly *d, const uint8_t *code, size_t len, uint64_t address,
		      struct decoded *out)
{
	const uint8_t *at = code;
	size_t left = len, size;
	uint64_t next = address;

	*out = (struct decoded){ .bad = true };
	if (!cs_disasm_iter(d->handle, &at, &left, &next, d->insn)) {
		size = len < d->step ? len : d->step;
		out->size = (uint8_t)size;
		snprintf(out->text, sizeof(out->text), "(bad)");
		return;
	}
	out->bad = false;
	out->size = (uint8_t)d->insn->size;
	put_text(d, out);
	out->call = cs_insn_group(d->handle, d->insn, CS_GRP_CALL);
	if ((out->call || cs_insn_group(d->handle, d->insn, CS_GRP_JUMP)) &&
	    find_target(d, &out->target)) {
		out->has_target = true;
		cut_target(out->text);
	}
}

#else

struct disassembly {
	char nothing;
};

struct disassembly *disassembly_new(uint16_t machine, bool intel, const char **why)
{
	(void)machine;
	(void)intel;
	*why = "perfolio was built without libcapstone";
	return NULL;
}

void disassembly_free(struct disassembly *d)
{
	free(d);
}

void disassembly_next(struct disassembly *d, const uint8_t *code, size_t len, uint64_t address,
		      struct decoded *out)
{
	(void)d;
	(void)code;
	(void)len;
	*out = (struct decoded){ .size = 1, .bad = true, .target = address };
}

#endif
