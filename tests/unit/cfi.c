/*
 * tests/unit/cfi.c - unwinding rules of ELF files, expressions and call instructions (report/cfi.h).
 *
 * Rules are written byte by byte; those of the linker (PLT) and of libc (signal frames) are looked at
 * in the files that this machine has, where it is an x86-64 one.
 */
#include "report/cfi.h"

#include <dwarf.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_elf.h"
#include "tests/opened.h"

#ifdef __x86_64__
#include <dlfcn.h>
#include <signal.h>
#include <sys/syscall.h>

#include "report/elf_file.h"
#endif

enum { F = 0x1100, F_SIZE = 0x40, RBX = 3, RBP = 6, RSP = 7, R12 = 12, R15 = 15, RIP = 16 };

/* Bytes as an argument and their number. */
#define BYTES(text) text, sizeof(text) - 1

static struct cfi *rules_of(struct elf_image *e)
{
	struct error err = { 0 };
	struct cfi *c;
	char path[32];
	int fd;

	elf_image_end(e);
	fd = memory_file(e->bytes, e->len, path);
	elf_image_free(e);
	c = cfi_open(path, NULL, &err);
	check(c != NULL, err.what[0] ? err.what : "it is opened");
	close(fd);
	return c;
}

/* The rule of one function, by the instructions of its FDE. */
static struct cfi *one_rule(uint16_t machine, const char *augmentation, const void *ops, size_t n)
{
	struct elf_image e;

	elf_image_begin(&e, machine);
	elf_image_rule(&e, F, F_SIZE, augmentation, ops, n);
	return rules_of(&e);
}

/* ---- rows as text ---- */

static size_t add_saved(char *out, size_t size, const struct cfi_saved *s)
{
	switch ((enum cfi_rule_kind)s->kind) {
	case RULE_AT_CFA:
		return (size_t)snprintf(out, size, " r%d@%" PRId32, s->reg, s->offset);
	case RULE_CFA_PLUS:
		return (size_t)snprintf(out, size, " r%d=cfa%+" PRId32, s->reg, s->offset);
	case RULE_REGISTER:
		return (size_t)snprintf(out, size, " r%d=r%" PRId32, s->reg, s->offset);
	case RULE_AT_EXPR:
		return (size_t)snprintf(out, size, " r%d@expr", s->reg);
	case RULE_EXPR:
		return (size_t)snprintf(out, size, " r%d=expr", s->reg);
	}
	return 0;
}

/* "r7+8 r16@-8 -r3": the CFA, what is saved where, what is lost of the registers that callees give back. */
static const char *row_text(const struct cfi_row *r, uint64_t callee_saved)
{
	static char text[1024];
	size_t len;

	if (!r)
		return "none";
	if (r->ra_undefined)
		return "outermost";
	len = (size_t)snprintf(text, sizeof(text), r->cfa_is_expression ? "expr" : "r%d%+d",
			       r->cfa_reg, r->cfa_offset);
	for (unsigned i = 0; i < r->n_saved; i++)
		len += add_saved(text + len, sizeof(text) - len, &r->saved[i]);
	for (int reg = 0; reg < CFI_REGS; reg++)
		if ((r->lost & callee_saved) >> reg & 1)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " -r%d", reg);
	if (r->signal)
		snprintf(text + len, sizeof(text) - len, " signal");
	return text;
}

#define X86_SAVED     (UINT64_C(1) << RBX | UINT64_C(1) << RBP | UINT64_C(15) << R12)
#define AARCH64_SAVED (UINT64_C(0x7ff) << 19)

/* ---- rows ---- */

static void rules_become_rows(void)
{
	static const struct {
		const char *label, *augmentation;
		const char *ops;
		size_t n;
		const char *want;
	} rows[] = {
		{ "at the start", "", BYTES(""), "r7+8 r7=cfa+0 r16@-8" },
		{ "sub $24,%rsp", "", BYTES("\x0e\x20"), "r7+32 r7=cfa+0 r16@-8" },
		{ "push %rbp; mov %rsp,%rbp", "", BYTES("\x0e\x10\x86\2\x0d\6"),
		  "r6+16 r6@-16 r7=cfa+0 r16@-8" },
		{ "callee-saved ones", "", BYTES("\x0e\x40\x83\2\x8c\3\x8d\4\x8e\5\x8f\6"),
		  "r7+64 r3@-16 r7=cfa+0 r12@-24 r13@-32 r14@-40 r15@-48 r16@-8" },
		{ "DW_CFA_offset_extended_sf", "", BYTES("\x11\6\2"),
		  "r7+8 r6@-16 r7=cfa+0 r16@-8" },
		{ "DW_CFA_offset at the CFA", "", BYTES("\x86\0"), "r7+8 r6@0 r7=cfa+0 r16@-8" },
		{ "DW_CFA_val_offset", "", BYTES("\x14\7\1"), "r7+8 r7=cfa-8 r16@-8" },
		{ "DW_CFA_register", "", BYTES("\x09\x10\x0c"), "r7+8 r7=cfa+0 r16=r12" },
		{ "DW_CFA_undefined", "", BYTES("\7\x0c"), "r7+8 r7=cfa+0 r16@-8 -r12" },
		{ "DW_CFA_same_value", "", BYTES("\7\x0c\x8\x0c"), "r7+8 r7=cfa+0 r16@-8" },
		{ "DW_CFA_restore", "", BYTES("\x86\2\xc6"), "r7+8 r7=cfa+0 r16@-8" },
		{ "remember and restore the state", "", BYTES("\x0a\x0e\x30\x0b"),
		  "r7+8 r7=cfa+0 r16@-8" },
		{ "DW_CFA_expression", "", BYTES("\x10\6\3\x77\x8\6"),
		  "r7+8 r6@expr r7=cfa+0 r16@-8" },
		{ "DW_CFA_val_expression", "", BYTES("\x16\6\2\x77\x8"),
		  "r7+8 r6=expr r7=cfa+0 r16@-8" },
		{ "DW_CFA_def_cfa_expression", "", BYTES("\x0f\3\x77\x8\6"),
		  "expr r7=cfa+0 r16@-8" },
		{ "a frame of 16 MiB", "", BYTES("\x0e\x80\x80\x80\x08"),
		  "r7+16777216 r7=cfa+0 r16@-8" },
		{ "the outermost frame", "", BYTES("\7\x10"), "outermost" },
		{ "a signal frame", "S", BYTES("\x0e\x10"), "r7+16 r7=cfa+0 r16@-8 signal" },
		{ "an instruction that nobody knows", "", BYTES("\x3b"), "none" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfi *c = one_rule(EM_X86_64, rows[i].augmentation, rows[i].ops, rows[i].n);

		check_text(row_text(cfi_row(c, F), X86_SAVED), rows[i].want, rows[i].label);
		cfi_free(c);
	}
}

/* By the ABI, what a rule does not speak of is given back: rbx, rbp, r12 to r15.  libdw forgets one of them. */
static void callee_saved_registers_without_a_rule_stay(void)
{
	struct cfi *c = one_rule(EM_X86_64, "", BYTES("\x0e\x10"));
	const struct cfi_row *r = cfi_row(c, F);

	for (int reg = 0; r && reg < RIP; reg++) {
		bool lost = r->lost >> reg & 1;
		char label[16];

		snprintf(label, sizeof(label), "r%d", reg);
		check(reg == RSP || lost != (X86_SAVED >> reg & 1), label);
	}
	cfi_free(c);
}

/* A row has 32 bits for an offset; what does not fit is an expression. */
static void numbers_that_do_not_fit_are_expressions(void)
{
	static const struct {
		const char *label, *ops;
		size_t n;
		const char *want;
	} rows[] = {
		{ "a CFA of 4 GiB", BYTES("\x0e\x80\x80\x80\x80\x10"), "expr r7=cfa+0 r16@-8" },
		{ "a slot 16 GiB away", BYTES("\x86\x80\x80\x80\x80\x08"),
		  "r7+8 r6@expr r7=cfa+0 r16@-8" },
		{ "a CFA of a register that does not exist", BYTES("\x0c\x40\x08"),
		  "expr r7=cfa+0 r16@-8" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfi *c = one_rule(EM_X86_64, "", rows[i].ops, rows[i].n);

		check_text(row_text(cfi_row(c, F), X86_SAVED), rows[i].want, rows[i].label);
		cfi_free(c);
	}
}

static void aarch64_keeps_the_return_address_in_x30(void)
{
	static const struct {
		const char *label, *augmentation, *ops;
		size_t n;
		const char *want;
	} rows[] = {
		{ "a leaf", "", BYTES(""), "r31+0 r31=cfa+0" },
		{ "stp x29,x30,[sp,-32]!", "", BYTES("\x0e\x20\x9d\4\x9e\3"),
		  "r31+32 r29@-32 r30@-24 r31=cfa+0" },
		{ "mov x29,sp", "", BYTES("\x0e\x20\x9d\4\x9e\3\x0d\x1d"),
		  "r29+32 r29@-32 r30@-24 r31=cfa+0" },
		{ "signed", "", BYTES("\x2d\x0e\x20\x9d\4\x9e\3"),
		  "r31+32 r29@-32 r30@-24 r31=cfa+0" },
		{ "signed with the other key", "B", BYTES("\x2d\x0e\x20\x9d\4\x9e\3"),
		  "r31+32 r29@-32 r30@-24 r31=cfa+0" },
		{ "the outermost frame", "", BYTES("\7\x1e"), "outermost" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfi *c = one_rule(EM_AARCH64, rows[i].augmentation, rows[i].ops, rows[i].n);
		const struct cfi_row *r = cfi_row(c, F);

		check_text(row_text(r, AARCH64_SAVED), rows[i].want, rows[i].label);
		check(r && r->ra == 30, rows[i].label);
		cfi_free(c);
	}
}

static void an_address_has_the_row_of_its_range(void)
{
	struct elf_image e;
	struct cfi *c;

	elf_image_begin(&e, EM_X86_64);
	elf_image_rule(&e, F, 0x10, "", BYTES("\x44\x0e\x10\x44\x0e\x18")); /* every 4 bytes */
	elf_image_rule(&e, F + 0x20, 0x10, "", BYTES(""));
	c = rules_of(&e);
	check_text(row_text(cfi_row(c, F), 0), "r7+8 r7=cfa+0 r16@-8", "first");
	check_text(row_text(cfi_row(c, F + 3), 0), "r7+8 r7=cfa+0 r16@-8", "to its end");
	check_text(row_text(cfi_row(c, F + 4), 0), "r7+16 r7=cfa+0 r16@-8", "second");
	check_text(row_text(cfi_row(c, F + 0xf), 0), "r7+24 r7=cfa+0 r16@-8", "last");
	check(!cfi_row(c, F - 1) && !cfi_row(c, F + 0x10) && !cfi_row(c, F + 0x1f), "holes");
	check(!cfi_row(c, 0) && !cfi_row(c, UINT64_MAX), "far away");
	check(cfi_row(c, F + 0x20) == cfi_row(c, F + 0x20), "asked again");
	for (uint64_t a = 0; a < 0x2000; a++) /* more than fit the first table */
		cfi_row(c, a);
	check_text(row_text(cfi_row(c, F + 4), 0), "r7+16 r7=cfa+0 r16@-8", "still known");
	cfi_free(c);
}

static void what_has_no_rules_is_told(void)
{
	struct error err = { 0 };
	struct elf_image e;
	struct cfi *c;
	char path[32];
	int fd;

	check(!cfi_open("/nonexistent", NULL, &err) && err.kind == ERR_IO, "no such file");
	fd = memory_file("text", 4, path);
	check(!cfi_open(path, NULL, &err) && err.kind == ERR_FORMAT, "no ELF file");
	close(fd);
	elf_image_begin(&e, EM_386);
	elf_image_end(&e);
	fd = memory_file(e.bytes, e.len, path);
	elf_image_free(&e);
	check(!cfi_open(path, NULL, &err) && err.kind == ERR_UNSUPPORTED, "another machine");
	close(fd);
	elf_image_begin(&e, EM_X86_64);
	c = rules_of(&e);
	check(c && !cfi_row(c, F), "an empty .eh_frame");
	cfi_free(c);
}

/* ---- expressions ---- */

enum { STACK = 0x7000, CFA = 0x7100 };

static bool read_stack(void *context, uint64_t addr, uint64_t *out)
{
	(void)context;
	*out = addr + 5; /* any word is its address plus 5 */
	return addr >= STACK && addr < STACK + 0x1000;
}

/* Evaluate the rule that r6 is what an expression gives; registers r0 to r15 are 100 to 115, r5 is lost. */
static bool evaluate(const char *ops, size_t n, uint64_t *out)
{
	uint8_t rule[128] = { DW_CFA_val_expression, RBP, (uint8_t)n };
	uint64_t regs[CFI_REGS] = { 0 };
	struct cfi_frame frame = { .regs = regs, .valid = 0xffdf, .cfa = CFA, .read = read_stack };
	struct cfi *c;
	const struct cfi_row *r;
	bool ok = false;

	for (uint64_t i = 0; i < 16; i++)
		regs[i] = 100 + i;
	memcpy(rule + 3, ops, n);
	c = one_rule(EM_X86_64, "", rule, n + 3);
	r = cfi_row(c, F);
	for (unsigned i = 0; r && i < r->n_saved; i++)
		if (r->saved[i].reg == RBP && r->saved[i].kind == RULE_EXPR)
			ok = cfi_evaluate(r->saved[i].expression, &frame, out);
	cfi_free(c);
	return ok;
}

/* The CFA lies on the stack when they begin. */
static void expressions_are_evaluated(void)
{
	static const struct {
		const char *label, *ops;
		size_t n;
		uint64_t want;
	} rows[] = {
		{ "lit0", BYTES("\x30"), 0 },
		{ "lit31", BYTES("\x4f"), 31 },
		{ "const1u", BYTES("\x08\xff"), 255 },
		{ "const1s", BYTES("\x09\xff"), UINT64_MAX },
		{ "const2u", BYTES("\x0a\xfe\xff"), 0xfffe },
		{ "const2s", BYTES("\x0b\xfe\xff"), UINT64_MAX - 1 },
		{ "const4u", BYTES("\x0c\xfe\xff\xff\xff"), 0xfffffffe },
		{ "const4s", BYTES("\x0d\xfe\xff\xff\xff"), UINT64_MAX - 1 },
		{ "const8u", BYTES("\x0e\1\2\3\4\5\6\7\x8"), 0x0807060504030201 },
		{ "constu", BYTES("\x10\x80\1"), 128 },
		{ "consts", BYTES("\x11\x7e"), UINT64_MAX - 1 },
		{ "breg7", BYTES("\x77\x8"), 115 },
		{ "breg7, below", BYTES("\x77\x78"), 99 },
		{ "bregx", BYTES("\x92\x0c\1"), 113 },
		{ "the CFA", BYTES("\x96"), CFA },
		{ "plus_uconst", BYTES("\x23\x80\1\x31\x22"), CFA + 129 },
		{ "deref", BYTES("\x06"), CFA + 5 },
		{ "dup", BYTES("\x31\x12\x22"), 2 },
		{ "drop", BYTES("\x31\x32\x13"), 1 },
		{ "and", BYTES("\x3f\x36\x1a"), 6 },
		{ "or", BYTES("\x39\x36\x21"), 15 },
		{ "xor", BYTES("\x3f\x36\x27"), 9 },
		{ "minus", BYTES("\x31\x33\x1c"), UINT64_MAX - 1 },
		{ "plus", BYTES("\x31\x33\x22"), 4 },
		{ "mul", BYTES("\x35\x36\x1e"), 30 },
		{ "neg", BYTES("\x31\x1f"), UINT64_MAX },
		{ "not", BYTES("\x30\x20"), UINT64_MAX },
		{ "shl", BYTES("\x31\x34\x24"), 16 },
		{ "shl by 64", BYTES("\x31\x08\x40\x24"), 0 },
		{ "shr", BYTES("\x11\x7f\x08\x3f\x25"), 1 },
		{ "shr by 64", BYTES("\x11\x7f\x08\x40\x25"), 0 },
		{ "shra", BYTES("\x11\x70\x33\x26"), UINT64_MAX - 1 },
		{ "shra by 64", BYTES("\x11\x70\x08\x40\x26"), UINT64_MAX },
		{ "eq", BYTES("\x31\x31\x29"), 1 },
		{ "ne", BYTES("\x31\x31\x2e"), 0 },
		{ "ge, with signs", BYTES("\x11\x7f\x30\x2a"), 0 },
		{ "gt", BYTES("\x32\x31\x2b"), 1 },
		{ "le", BYTES("\x32\x31\x2c"), 0 },
		{ "lt, with signs", BYTES("\x11\x7f\x30\x2d"), 1 },
		/* rsp + 8 + ((rip & 15) >= 11) * 8, as ld has it for .plt, of r10 in place of rip */
		{ "PLT", BYTES("\x77\x8\x7a\0\x3f\x1a\x3b\x2a\x33\x24\x22"), 123 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t is = 0;

		check(evaluate(rows[i].ops, rows[i].n, &is), rows[i].label);
		check_u64(is, rows[i].want, rows[i].label);
	}
}

static void expressions_that_cannot_be_evaluated_fail(void)
{
	static const struct {
		const char *label, *ops;
		size_t n;
	} rows[] = {
		{ "a register that is lost", BYTES("\x75\0") },
		{ "a register that does not exist", BYTES("\x92\x7f\0") },
		{ "memory that is not there", BYTES("\x31\x06") },
		{ "nothing left", BYTES("\x13") },
		{ "one operand of two", BYTES("\x1a") },
		{ "an operation that is not known", BYTES("\xe0") },
	};
	static const char pushes[] =
		"\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12"
		"\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12"
		"\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12"
		"\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12"
		"\x12\x12\x12\x12";
	uint64_t is = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(!evaluate(rows[i].ops, rows[i].n, &is), rows[i].label);
	check(!evaluate(BYTES(pushes), &is), "longer than any in use");
}

/* ---- call instructions ---- */

static enum call_check after_call(uint16_t machine, const char *code, size_t n, bool hollow)
{
	enum call_check is;
	struct elf_image e;
	struct cfi *c;

	elf_image_begin(&e, machine);
	elf_image_code(&e, F - n, code, n);
	e.hollow = hollow;
	c = rules_of(&e);
	is = cfi_after_call(c, F);
	cfi_free(c);
	return is;
}

static void calls_are_known_by_the_bytes_before_the_address(void)
{
	static const struct {
		const char *label;
		uint16_t machine;
		const char *code;
		size_t n;
		enum call_check want;
	} rows[] = {
		{ "call rel32", EM_X86_64, BYTES("\xe8\0\0\0\0"), CALL_YES },
		{ "addr32 call rel32", EM_X86_64, BYTES("\x67\xe8\0\0\0\0"), CALL_YES },
		{ "call *%rax", EM_X86_64, BYTES("\xff\xd0"), CALL_YES },
		{ "call *%r11", EM_X86_64, BYTES("\x41\xff\xd3"), CALL_YES },
		{ "notrack call *%rax", EM_X86_64, BYTES("\x3e\xff\xd0"), CALL_YES },
		{ "call *(%rax)", EM_X86_64, BYTES("\xff\x10"), CALL_YES },
		{ "call *(%rsp)", EM_X86_64, BYTES("\xff\x14\x24"), CALL_YES },
		{ "call *8(%rax)", EM_X86_64, BYTES("\xff\x50\x08"), CALL_YES },
		{ "call *8(%rsp)", EM_X86_64, BYTES("\xff\x54\x24\x08"), CALL_YES },
		{ "call *256(%rax)", EM_X86_64, BYTES("\xff\x90\0\1\0\0"), CALL_YES },
		{ "call *256(%rax,%rbx,8)", EM_X86_64, BYTES("\xff\x94\xd8\0\1\0\0"), CALL_YES },
		{ "call *0(,%rax,8)", EM_X86_64, BYTES("\xff\x14\xc5\0\0\0\0"), CALL_YES },
		{ "call *x(%rip)", EM_X86_64, BYTES("\xff\x15\0\1\0\0"), CALL_YES },
		{ "jmp *%rax", EM_X86_64, BYTES("\xff\xe0"), CALL_NO },
		{ "jmp rel32", EM_X86_64, BYTES("\xe9\0\0\0\0"), CALL_NO },
		{ "nothing", EM_X86_64, BYTES("\x90\x90\x90\x90\x90\x90\x90"), CALL_NO },
		{ "call *(SIB) without its SIB", EM_X86_64, BYTES("\x90\x90\x90\x90\x90\xff\x14"),
		  CALL_NO },
		{ "bl", EM_AARCH64, BYTES("\1\0\0\x94"), CALL_YES },
		{ "bl backwards", EM_AARCH64, BYTES("\xff\xff\xff\x97"), CALL_YES },
		{ "blr x3", EM_AARCH64, BYTES("\x60\0\x3f\xd6"), CALL_YES },
		{ "blraaz x3", EM_AARCH64, BYTES("\x7f\x08\x3f\xd6"), CALL_YES },
		{ "blraa x3,x4", EM_AARCH64, BYTES("\x64\x08\x3f\xd7"), CALL_YES },
		{ "blrab x3,sp", EM_AARCH64, BYTES("\x7f\x0c\x3f\xd7"), CALL_YES },
		{ "br x3", EM_AARCH64, BYTES("\x60\0\x1f\xd6"), CALL_NO },
		{ "ret", EM_AARCH64, BYTES("\xc0\3\x5f\xd6"), CALL_NO },
		{ "b", EM_AARCH64, BYTES("\1\0\0\x14"), CALL_NO },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check(after_call(rows[i].machine, rows[i].code, rows[i].n, false) == rows[i].want,
		      rows[i].label);
		check(after_call(rows[i].machine, rows[i].code, rows[i].n, true) == CALL_UNKNOWN,
		      "a file without its code");
	}
}

static void code_that_is_not_in_the_file_is_unknown(void)
{
	static const uint64_t addresses[] = {
		0, 1, ELF_TEXT - 1, ELF_TEXT, ELF_TEXT + 6, ELF_TEXT + ELF_TEXT_SIZE + 1, UINT64_MAX
	};
	struct elf_image e;
	struct cfi *c;

	elf_image_begin(&e, EM_X86_64);
	elf_image_code(&e, ELF_TEXT + ELF_TEXT_SIZE - 5, "\xe8\0\0\0\0", 5);
	c = rules_of(&e);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		check(cfi_after_call(c, addresses[i]) == CALL_UNKNOWN, "outside");
	check(cfi_after_call(c, ELF_TEXT + ELF_TEXT_SIZE) == CALL_YES, "a call that ends the code");
	check(cfi_after_call(c, ELF_TEXT + 7) == CALL_NO, "the first bytes");
	cfi_free(c);
}

/* ---- files of this machine ---- */

#ifdef __x86_64__

/* Compile a shared library; false: there is no compiler that does. */
static bool compile(const char *source, const char *options, const char *path)
{
	const char *cc = getenv("CC");
	char command[4200];
	FILE *f;

	snprintf(command, sizeof(command), "%s -shared -fPIC -x c %s -o %s - 2>/dev/null",
		 cc && *cc ? cc : "cc", options, path);
	f = popen(command, "we");
	return f && fputs(source, f) >= 0 && pclose(f) == 0;
}

/* In a lazy PLT entry the CFA depends on where: jmp *slot; push $n; jmp header. */
static void the_linkers_plt_is_unwound_at_each_instruction(void)
{
	static const struct {
		uint64_t offset, cfa;
	} rows[] = { { 0, 8 }, { 6, 8 }, { 11, 16 } };
	const char *tmp = getenv("TMPDIR");
	char path[4096];
	struct error err;
	struct elf_file *f = NULL;
	struct cfi *c = NULL;
	uint64_t plt = 0;

	snprintf(path, sizeof(path), "%s/plt.so", tmp ? tmp : "/tmp");
	if (!compile("extern int far(int); int near(int x) { return far(x) + 1; }",
		     "-O2 -fcf-protection=none -Wl,-z,lazy", path)) {
		printf("skip: no compiler for the PLT\n");
		return;
	}
	f = elf_file_open(path, NULL, &err);
	for (size_t i = 0; f && i < f->n_symbols; i++)
		if (strcmp(f->symbols[i].name, "far@plt") == 0)
			plt = f->symbols[i].start;
	c = cfi_open(path, NULL, &err);
	check(plt && c, "far@plt");
	for (size_t i = 0; plt && c && i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t regs[CFI_REGS] = { [RSP] = 1000, [RIP] = plt + rows[i].offset }, cfa = 0;
		struct cfi_frame frame = { .regs = regs,
					   .valid = UINT64_C(1) << RSP | UINT64_C(1) << RIP,
					   .read = read_stack };
		const struct cfi_row *r = cfi_row(c, plt + rows[i].offset);

		check_text(row_text(r, X86_SAVED), "expr r7=cfa+0 r16@-8", "its row");
		check(r && r->cfa_is_expression && cfi_evaluate(r->cfa_expression, &frame, &cfa),
		      "its CFA");
		check_u64(cfa, 1000 + rows[i].cfa, "from the stack pointer");
	}
	cfi_free(c);
	elf_file_free(f);
	unlink(path);
}

static void do_nothing(int signal)
{
	(void)signal;
}

/* What libc gives the kernel to return from a signal handler, as the kernel has it. */
static uint64_t signal_restorer(void)
{
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		uint64_t mask;
	} kernel = { 0 };

	signal(SIGUSR2, do_nothing);
	syscall(SYS_rt_sigaction, SIGUSR2, NULL, &kernel, sizeof(kernel.mask));
	return (uint64_t)(uintptr_t)kernel.restorer;
}

/* All registers come from the signal's frame; the code is not called, so its rule begins a byte before. */
static void libcs_return_from_a_signal_is_a_signal_frame(void)
{
	uint64_t restorer = signal_restorer();
	struct error err;
	struct cfi *c;
	const struct cfi_row *r;
	Dl_info info;

	if (!restorer || !dladdr((void *)(uintptr_t)restorer, &info) || !info.dli_fname[0] ||
	    info.dli_fname[0] != '/') {
		printf("skip: the C library is not a file here\n");
		return;
	}
	restorer -= (uint64_t)(uintptr_t)info.dli_fbase;
	c = cfi_open(info.dli_fname, NULL, &err);
	r = c ? cfi_row(c, restorer - 1) : NULL;
	check(r && r->signal && r->cfa_is_expression && !r->ra_undefined, "a signal frame");
	check(r && r->n_saved == 17 && !r->lost, "with all registers");
	check(r && cfi_row(c, restorer) && cfi_row(c, restorer)->signal,
	      "at the address itself, too");
	cfi_free(c);
}

#endif

/* ---- rules of no file ---- */

/* What CPython 3.13.0 writes into its jitdump for a trampoline of 11 bytes: sub $8,%rsp; call *%rcx; add $8,%rsp; ret. */
static const uint8_t trampoline_frames[] = {
	0x14, 0,    0,    0, 0,    0,    0,    0,    1,    0x7a, 0x52, 0,    /* CIE */
	1,    0x78, 0x10, 1, 0x1b, 0x0c, 7,    8,    0x90, 1,    0,    0,    /* r7+8, r16@-8 */
	0x14, 0,    0,    0, 0x1c, 0,    0,    0,    0xd0, 0xff, 0xff, 0xff, /* FDE, 0x30 before */
	0x0b, 0,    0,    0, 0,    0x44, 0x0e, 0x10, 0x46, 0x0e, 8,    0,
};

static void rules_of_code_in_memory_are_rows(void)
{
	const uint64_t code = 0x7f0000001000, frames = code + 16;
	struct cfi *c =
		cfi_of_frames(EM_X86_64, frames, trampoline_frames, sizeof(trampoline_frames));

	check(c != NULL, "a machine of ours");
	check(!cfi_of_frames(EM_ARM, frames, trampoline_frames, sizeof(trampoline_frames)),
	      "another one");
	for (uint64_t i = 0; c && i < 11; i++)
		check_text(row_text(cfi_row(c, code + i), X86_SAVED),
			   i < 4 || i == 10 ? "r7+8 r7=cfa+0 r16@-8" : "r7+16 r7=cfa+0 r16@-8",
			   "an instruction");
	check(c && !cfi_row(c, code - 1) && !cfi_row(c, code + 11) && !cfi_row(c, 0), "no others");
	check(c && cfi_after_call(c, code + 6) == CALL_UNKNOWN, "there is no code to look at");
	cfi_free(c);
}

/* The same CIE, and one FDE with other instructions (at most 79 bytes, the terminator of a text not counted). */
static bool takes_code(const char *code, size_t n)
{
	enum { CIE = 24, FDE_FIXED = 17, LENGTH = 24, CODE = CIE + FDE_FIXED };
	uint8_t bytes[CODE + 80] = { 0 };
	struct cfi *c;

	memcpy(bytes, trampoline_frames, CODE);
	bytes[LENGTH] = (uint8_t)(FDE_FIXED - 4 + n);
	memcpy(bytes + CODE, code, n);
	c = cfi_of_frames(EM_X86_64, 0x1010, bytes, CODE + n);
	if (c)
		cfi_row(c, 0x1000);
	cfi_free(c);
	return c != NULL;
}

static void rules_that_would_cost_gigabytes_are_refused(void)
{
	static const struct {
		const char *label;
		const char *code;
		size_t n;
		bool ok;
	} rows[] = {
		{ "none", BYTES(""), true },
		{ "a high register", BYTES("\5\xff\7\1"), true },
		{ "one too high, offset", BYTES("\5\x80\x08\1"), false },
		{ "same value", BYTES("\x08\xff\xff\xff\x7f"), false },
		{ "second operand", BYTES("\x09\1\xff\xff\xff\x0f"), false },
		{ "the CFA's", BYTES("\x0c\xff\xff\xff\x0f\1"), false },
		{ "in an expression's bytes", BYTES("\x10\6\4\5\xff\xff\x7f"), true },
		{ "an expression's own", BYTES("\x10\xff\xff\x7f\1\0"), false },
		{ "an offset may be large", BYTES("\x0e\xff\xff\xff\x0f"), true },
		{ "states", BYTES("\x0a\x0a\x0b\x0b"), true },
		{ "65 states",
		  BYTES("\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a"
			"\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a"
			"\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a"
			"\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a"
			"\x0a"),
		  false },
		{ "nothing that is known", BYTES("\x3f"), false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(takes_code(rows[i].code, rows[i].n) == rows[i].ok, rows[i].label);
}

/* ---- the same in files ---- */

static const char high_register[] = "\x08\xff\xff\xff\x7f"; /* same value, register 2^28 - 1 */

/* Is a file refused whose FDE has these instructions?  What is refused has no rows. */
static bool is_refused(const char *code, size_t n)
{
	struct cfi *c = one_rule(EM_X86_64, "", code, n);
	bool refused = c && cfi_is_refused(c);

	check(!refused || !cfi_row(c, F), "a file that is refused has no rules");
	cfi_free(c);
	return refused;
}

static void rules_of_files_that_would_cost_gigabytes_are_refused(void)
{
	char pairs[400];
	struct elf_image e;
	struct cfi *c;

	check(!is_refused(BYTES("\x0e\x10\x41\x0e\x18")), "usual rules");
	check(is_refused(BYTES("\x08\xff\xff\xff\x7f")), "same value of a register that is none");
	check(is_refused(BYTES("\x41\x41\x05\xff\xff\x7f\1")), "at a later address");
	check(!is_refused(BYTES("\x3f\x08\xff\xff\xff\x7f")),
	      "behind what is not known: libdw does not come to it");
	for (size_t i = 0; i < sizeof(pairs); i++)
		pairs[i] = i % 2 ? 0x0b : 0x0a;
	check(!is_refused(pairs, sizeof(pairs)), "200 states, one after the other");
	memset(pairs, 0x0a, sizeof(pairs));
	check(is_refused(pairs, sizeof(pairs)), "400 states, one upon the other");
	elf_image_begin(&e, EM_X86_64);
	elf_image_rule(&e, F, 0x10, "", BYTES(""));
	elf_image_rule(&e, F + 0x20, 0x10, "", BYTES(high_register));
	c = rules_of(&e);
	check(c && cfi_is_refused(c) && !cfi_row(c, F),
	      "one rule of several: libdw may come to any");
	cfi_free(c);
}

/* A rule is a CIE and its FDE: where the latter begins. */
static size_t fde_of(const struct elf_image *e, size_t rule)
{
	return rule + 4 + e->rules.bytes[rule];
}

/* An FDE that lies in an expression of another one, where only a table leads to it. */
static bool is_hidden_rule_refused(bool table)
{
	enum { BEHIND_RULES = ELF_TEXT + ELF_TEXT_SIZE };
	static const char block[] =
		"\x16\6\x7f"; /* the value of r6 is an expression of so many bytes */
	uint8_t hdr[20] = { 1, DW_EH_PE_pcrel | DW_EH_PE_sdata4, DW_EH_PE_udata4,
			    DW_EH_PE_datarel | DW_EH_PE_sdata4 };
	struct elf_image e;
	size_t outer, inner;
	uint8_t *length;
	struct cfi *c;
	bool refused;

	elf_image_begin(&e, EM_X86_64);
	elf_image_rule(&e, F + 0x20, 0x10, "", BYTES(""));
	outer = e.rules.len;
	elf_image_rule(&e, F, 0x10, "", BYTES(block));
	inner = e.rules.len;
	elf_image_rule(&e, F, 0x10, "", BYTES(high_register));
	outer = fde_of(&e, outer);
	inner = fde_of(&e, inner);
	length = memmem(e.rules.bytes + outer, inner - outer, block, sizeof(block) - 1);
	if (!length)
		abort();
	length += sizeof(block) - 2;
	*length = (uint8_t)(e.rules.bytes + e.rules.len - length - 1);
	e.rules.bytes[outer] = (uint8_t)(e.rules.len - outer - 4);
	hdr[8] = 1; /* entry: F, the inner rule */
	memcpy(hdr + 12, &(uint32_t){ F }, 4);
	memcpy(hdr + 16, &(uint32_t){ (uint32_t)(BEHIND_RULES + inner) }, 4);
	if (table)
		elf_image_section(&e, ".eh_frame_hdr", hdr, sizeof(hdr));
	c = rules_of(&e);
	refused = c && cfi_is_refused(c);
	cfi_free(c);
	return refused;
}

static void a_table_that_leads_into_a_rule_is_followed(void)
{
	check(!is_hidden_rule_refused(false), "bytes of an expression are no rules");
	check(is_hidden_rule_refused(true), "but they are where a table says so");
}

/* CIEs of which each begins in the one before it, and reaches to the end: all of them are much larger than the section. */
static void rules_that_overlap_without_end_are_refused(void)
{
	enum { BEHIND_RULES = ELF_TEXT + ELF_TEXT_SIZE, N = 400, EACH = 16, HEAD = 12, ENTRY = 8 };
	uint8_t hdr[HEAD + ENTRY * N] = { 1, DW_EH_PE_pcrel | DW_EH_PE_sdata4, DW_EH_PE_udata4,
					  DW_EH_PE_datarel | DW_EH_PE_sdata4 };

	for (int overlap = 0; overlap < 2; overlap++) {
		struct elf_image e;
		size_t first, size;
		struct cfi *c;

		elf_image_begin(&e, EM_X86_64);
		first = e.rules.len;
		for (unsigned i = 0; i < N / 2; i++)
			elf_image_rule(&e, F, 0x10, "", BYTES(""));
		size = e.rules.len;
		for (uint32_t i = 0; i < N; i++) {
			uint32_t at =
				(uint32_t)(first +
					   (overlap ? (size - first) / N / EACH * EACH * i : 0));
			uint32_t length = (uint32_t)(size - at - 4);

			if (overlap) /* a CIE, without the NUL that ends its augmentation */
				memcpy(e.rules.bytes + at,
				       (const uint32_t[]){ length, 0, 0x01010101, 0x01010101 },
				       EACH);
			memcpy(hdr + HEAD + (size_t)ENTRY * i + 4, &(uint32_t){ BEHIND_RULES + at },
			       4);
		}
		memcpy(hdr + 8, &(uint32_t){ N }, 4);
		elf_image_section(&e, ".eh_frame_hdr", hdr, sizeof(hdr));
		c = rules_of(&e);
		check(c && cfi_is_refused(c) == overlap, overlap ? "refused" : "not refused");
		cfi_free(c);
	}
}

static void debug_frame_is_looked_at_too(void)
{
	static const uint8_t frame[] = {
		0x0f, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1,    0,    1, 0x78, 0x10, /* CIE */
		0x0c, 7, 8, 0, 0,    0,                                           /* r7+8 */
		0x1c, 0, 0, 0, 0,    0,    0,    0,    0,    0x11, 0, 0,    0,
		0,    0, 0, /* FDE of F */
		0x10, 0, 0, 0, 0,    0,    0,    0,    0x08, 0x03, 0, 0,    0,
		0,    0, 0,
	};

	for (int hostile = 0; hostile < 2; hostile++) {
		uint8_t bytes[sizeof(frame)];
		struct elf_image e;
		struct cfi *c;

		memcpy(bytes, frame, sizeof(bytes));
		if (hostile)
			memcpy(bytes + sizeof(bytes) - 8, high_register, sizeof(high_register) - 1);
		elf_image_begin(&e, EM_X86_64);
		elf_image_section(&e, ".debug_frame", bytes, sizeof(bytes));
		c = rules_of(&e);
		check(c && cfi_is_refused(c) == hostile, hostile ? "refused" : "not refused");
		check(c && (cfi_row(c, F) == NULL) == hostile, hostile ? "no row" : "a row");
		cfi_free(c);
	}
}

static void any_bytes_are_rules_or_none(void)
{
	uint8_t bytes[sizeof(trampoline_frames)];
	size_t refused = 0;

	for (size_t n = 0; n < sizeof(bytes); n++) {
		struct cfi *c = cfi_of_frames(EM_X86_64, 0x1010, trampoline_frames, n);

		check(!c || !cfi_row(c, 0x1006), "rules that are cut");
		cfi_free(c);
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		struct cfi *c;

		memcpy(bytes, trampoline_frames, sizeof(bytes));
		bytes[i] = (uint8_t)~bytes[i];
		c = cfi_of_frames(EM_X86_64, 0x1010, bytes, sizeof(bytes));
		for (uint64_t at = 0x1000; c && at < 0x1010; at++)
			cfi_row(c, at);
		refused += !c;
		cfi_free(c);
	}
	check(refused > 10 && refused < sizeof(bytes), "not every damage can be seen");
}

int main(void)
{
	rules_become_rows();
	callee_saved_registers_without_a_rule_stay();
	numbers_that_do_not_fit_are_expressions();
	aarch64_keeps_the_return_address_in_x30();
	an_address_has_the_row_of_its_range();
	what_has_no_rules_is_told();
	expressions_are_evaluated();
	expressions_that_cannot_be_evaluated_fail();
	calls_are_known_by_the_bytes_before_the_address();
	code_that_is_not_in_the_file_is_unknown();
#ifdef __x86_64__
	the_linkers_plt_is_unwound_at_each_instruction();
	libcs_return_from_a_signal_is_a_signal_frame();
#endif
	rules_of_code_in_memory_are_rows();
	rules_that_would_cost_gigabytes_are_refused();
	any_bytes_are_rules_or_none();
	rules_of_files_that_would_cost_gigabytes_are_refused();
	a_table_that_leads_into_a_rule_is_followed();
	rules_that_overlap_without_end_are_refused();
	debug_frame_is_looked_at_too();
	return check_done("cfi");
}
