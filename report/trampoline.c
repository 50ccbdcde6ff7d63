#include "report/trampoline.h"

#include <string.h>

/*
 * x86-64 (sizes of the code; the gap to the next one differs):
 *
 *   11  sub $8,%rsp; call *%rcx; add $8,%rsp; ret             returns at 6
 *   15  endbr64 and the same                                   returns at 10
 *    8  push %rbp; mov %rsp,%rbp; call *%rcx; pop %rbp; ret   returns at 6
 *   12  endbr64 and the same                                   returns at 10
 *
 * aarch64:
 *
 *   20  stp x29,x30,[sp,-16]!; mov x29,sp; blr x3; ldp x29,x30,[sp],16; ret     returns at 12
 *   24  a hint (BTI) in front                                                  returns at 16
 *   28  a hint (PAC) in front, and one before ret                              returns at 16
 */
enum { LARGEST = 64, ENDBR = 4, HINT = 4 };

bool trampoline_is(const char *name, uint64_t size)
{
	return strncmp(name, "py::", 4) == 0 && size > 0 && size <= LARGEST;
}

struct x86_layout {
	uint64_t endbr; /* bytes in front */
	bool push;      /* push/pop of rbp, else sub/add of rsp */
};

static struct x86_layout x86_layout(uint64_t size, uint64_t offset, bool fp_is_sp)
{
	struct x86_layout l = { .push = fp_is_sp };

	switch (size) {
	case 8:
		return (struct x86_layout){ 0, true };
	case 11:
		return (struct x86_layout){ 0, false };
	case 12:
		return (struct x86_layout){ ENDBR, true };
	case 15:
		return (struct x86_layout){ ENDBR, false };
	default: /* one we have not seen: by what it left behind */
		l.endbr = offset >= 6 + ENDBR ? ENDBR : 0;
		return l;
	}
}

static bool x86_returns_at(uint64_t size, uint64_t offset)
{
	if (size == 8 || size == 11)
		return offset == 6;
	if (size == 12 || size == 15)
		return offset == 6 + ENDBR;
	return offset == 6 || offset == 6 + ENDBR;
}

/* Offsets behind endbr64: sub at 0, call at 4, add at 6, ret at 10; push 0, mov 1, call 4, pop 6, ret 7. */
static bool x86_step(uint64_t size, uint64_t offset, bool exact, bool fp_is_sp,
		     struct trampoline_frame *out)
{
	struct x86_layout l = x86_layout(size, offset, fp_is_sp);
	bool no_frame;

	if (!exact && !x86_returns_at(size, offset))
		return false;
	if (l.push)
		no_frame = offset <= l.endbr || offset == l.endbr + 7;
	else
		no_frame = offset < l.endbr + 4 || offset == l.endbr + 10;
	*out = (struct trampoline_frame){ .cfa_offset = 8 };
	if (exact && no_frame)
		return true;
	out->cfa_offset = 16;
	out->ra_offset = 8;
	out->fp_saved = l.push;
	return true;
}

static bool arm_returns_at(uint64_t size, uint64_t offset)
{
	if (size == 20)
		return offset == 12;
	if (size == 24 || size == 28)
		return offset == 12 + HINT;
	return offset == 12 || offset == 12 + HINT;
}

/* The pair is stored by the first instruction behind the hint, and loaded by the one behind the call. */
static bool arm_step(uint64_t size, uint64_t offset, bool exact, struct trampoline_frame *out)
{
	uint64_t hint = size >= 24 ? HINT : 0;

	*out = (struct trampoline_frame){ .cfa_offset = 16, .ra_offset = 8, .fp_saved = true };
	if (!exact)
		return arm_returns_at(size, offset);
	if (offset <= hint || offset >= hint + 16)
		*out = (struct trampoline_frame){ .ra_in_register = true };
	return true;
}

bool trampoline_returns_at(const struct arch *a, uint64_t size, uint64_t offset)
{
	return a->ra_in_register ? arm_returns_at(size, offset) : x86_returns_at(size, offset);
}

bool trampoline_step(const struct arch *a, uint64_t size, uint64_t offset, bool exact,
		     bool fp_is_sp, struct trampoline_frame *out)
{
	if (a->ra_in_register)
		return arm_step(size, offset, exact, out);
	return x86_step(size, offset, exact, fp_is_sp, out);
}
