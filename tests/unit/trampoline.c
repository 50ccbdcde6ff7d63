/*
 * tests/unit/trampoline.c - the caller's state at each offset of CPython's trampolines (report/trampoline.h).
 *
 * Each layout is written down as its instructions; a small machine runs them and says where the
 * return address lies before each one.
 */
#include "report/trampoline.h"

#include <stdio.h>

#include "tests/check.h"

enum effect {
	HINT,   /* endbr64, bti, paciasp, autiasp */
	SUB,    /* sub $8,%rsp */
	ADD,    /* add $8,%rsp */
	PUSH,   /* push %rbp */
	POP,    /* pop %rbp */
	STORE,  /* stp x29,x30,[sp,-16]! */
	LOAD,   /* ldp x29,x30,[sp],16 */
	SET_FP, /* mov %rsp,%rbp; mov x29,sp */
	CALL,   /* call *%rcx; blr x3 */
	RET,    /* the end */
};

struct instruction {
	uint64_t length;
	enum effect effect;
};

struct layout {
	const char *label, *arch;
	uint64_t size;
	struct instruction code[8];
};

/* CPython's Python/asm_trampoline.S of 3.12 (sub) and of later ones (push), with and without CET, BTI, PAC. */
static const struct layout layouts[] = {
	{ "sub", "x86_64", 11, { { 4, SUB }, { 2, CALL }, { 4, ADD }, { 1, RET } } },
	{ "endbr64, sub",
	  "x86_64",
	  15,
	  { { 4, HINT }, { 4, SUB }, { 2, CALL }, { 4, ADD }, { 1, RET } } },
	{ "push",
	  "x86_64",
	  8,
	  { { 1, PUSH }, { 3, SET_FP }, { 2, CALL }, { 1, POP }, { 1, RET } } },
	{ "endbr64, push",
	  "x86_64",
	  12,
	  { { 4, HINT }, { 1, PUSH }, { 3, SET_FP }, { 2, CALL }, { 1, POP }, { 1, RET } } },
	{ "plain",
	  "aarch64",
	  20,
	  { { 4, STORE }, { 4, SET_FP }, { 4, CALL }, { 4, LOAD }, { 4, RET } } },
	{ "bti",
	  "aarch64",
	  24,
	  { { 4, HINT }, { 4, STORE }, { 4, SET_FP }, { 4, CALL }, { 4, LOAD }, { 4, RET } } },
	{ "pac",
	  "aarch64",
	  28,
	  { { 4, HINT },
	    { 4, STORE },
	    { 4, SET_FP },
	    { 4, CALL },
	    { 4, LOAD },
	    { 4, HINT },
	    { 4, RET } } },
};

/* What the instructions so far have done. */
struct state {
	uint64_t depth; /* bytes that the stack has grown by since the call */
	bool fp_saved;
	bool fp_is_sp;
};

static void run(struct state *s, enum effect effect)
{
	switch (effect) {
	case SUB:
		s->depth = 8;
		break;
	case PUSH:
		s->depth = 8;
		s->fp_saved = true;
		break;
	case STORE:
		s->depth = 16;
		s->fp_saved = true;
		break;
	case SET_FP:
		s->fp_is_sp = true;
		break;
	case ADD:
	case POP:
	case LOAD:
		*s = (struct state){ 0 };
		break;
	case HINT:
	case CALL:
	case RET:
		break;
	}
}

/* What trampoline_step() must say in this state. */
static struct trampoline_frame expected(const struct arch *a, const struct state *s)
{
	struct trampoline_frame f = { .fp_saved = s->fp_saved };

	if (a->ra_in_register) {
		f.cfa_offset = s->depth;
		f.ra_offset = s->depth ? 8 : 0;
		f.ra_in_register = !s->depth;
	} else {
		f.cfa_offset = s->depth + 8;
		f.ra_offset = s->depth;
	}
	return f;
}

static void check_frame(const struct arch *a, const struct layout *l, uint64_t offset, bool exact,
			const struct state *s)
{
	struct trampoline_frame want = expected(a, s), is = { 0 };
	char label[100];

	snprintf(label, sizeof(label), "%s %s at %d, %s", l->arch, l->label, (int)offset,
		 exact ? "interrupted" : "calling");
	if (!trampoline_step(a, l->size, offset, exact, s->fp_is_sp, &is)) {
		check(false, label);
		return;
	}
	check(is.cfa_offset == want.cfa_offset && is.ra_offset == want.ra_offset &&
		      is.ra_in_register == want.ra_in_register && is.fp_saved == want.fp_saved &&
		      is.fp_offset == 0,
	      label);
}

/* Run a layout; the offset that its callee returns to, or that of its end. */
static uint64_t check_interrupted(const struct arch *a, const struct layout *l)
{
	struct state s = { 0 };
	uint64_t offset = 0, return_offset = 0;

	for (const struct instruction *i = l->code; i->length; i++) {
		check_frame(a, l, offset, true, &s);
		run(&s, i->effect);
		offset += i->length;
		if (i->effect == CALL) {
			return_offset = offset;
			check_frame(a, l, offset, false, &s);
		}
	}
	check_u64(offset, l->size, l->label);
	return return_offset;
}

static void the_caller_is_found_from_each_instruction(void)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const struct layout *l = &layouts[i];
		const struct arch *a = arch_find(l->arch);

		check_in(l->label);
		check_interrupted(a, l);
	}
	check_in(NULL);
}

static void a_callee_returns_behind_the_call_only(void)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const struct layout *l = &layouts[i];
		const struct arch *a = arch_find(l->arch);
		uint64_t behind = check_interrupted(a, l);

		for (uint64_t offset = 0; offset <= l->size + 1; offset++) {
			struct trampoline_frame f;
			char label[80];

			snprintf(label, sizeof(label), "%s %s: return to %d", l->arch, l->label,
				 (int)offset);
			check(trampoline_returns_at(a, l->size, offset) == (offset == behind),
			      label);
			check(trampoline_step(a, l->size, offset, false, false, &f) ==
				      (offset == behind),
			      label);
		}
	}
}

/* A layout of a CPython to come: where the call ends tells if there is a hint, rbp which of the two it is. */
static void unknown_sizes_are_read_by_what_they_left_behind(void)
{
	static const struct {
		const char *label, *arch;
		uint64_t size, offset;
		bool fp_is_sp, there;
		struct trampoline_frame want;
	} rows[] = {
		{ "sub", "x86_64", 16, 6, false, true, { 16, 8, false, false, 0 } },
		{ "push", "x86_64", 16, 6, true, true, { 16, 8, false, true, 0 } },
		{ "endbr64, sub", "x86_64", 20, 10, false, true, { 16, 8, false, false, 0 } },
		{ "endbr64, push", "x86_64", 20, 10, true, true, { 16, 8, false, true, 0 } },
		{ "not behind a call", "x86_64", 20, 8, true, false, { 0 } },
		{ "plain", "aarch64", 32, 12, true, true, { 16, 8, false, true, 0 } },
		{ "hint", "aarch64", 32, 16, true, true, { 16, 8, false, true, 0 } },
		{ "not behind a call", "aarch64", 32, 20, true, false, { 0 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct arch *a = arch_find(rows[i].arch);
		struct trampoline_frame f = { 0 };
		bool there = trampoline_step(a, rows[i].size, rows[i].offset, false,
					     rows[i].fp_is_sp, &f);

		check_in(rows[i].arch);
		check(there == rows[i].there, rows[i].label);
		if (there)
			check(f.cfa_offset == rows[i].want.cfa_offset &&
				      f.ra_offset == rows[i].want.ra_offset &&
				      f.fp_saved == rows[i].want.fp_saved && !f.ra_in_register,
			      rows[i].label);
	}
	check_in(NULL);
}

static void python_functions_of_a_stubs_size_are_trampolines(void)
{
	static const struct {
		const char *name;
		uint64_t size;
		bool is;
	} rows[] = {
		{ "py::f:/app/a.py", 11, true },
		{ "py::f:/app/a.py", 64, true },
		{ "py::f:/app/a.py", 65, false },
		{ "py::f:/app/a.py", 0, false },
		{ "py::f:/app/a.py", 1 << 20, false },
		{ "LazyCompile:~f a.js:1", 11, false },
		{ "py:", 11, false },
		{ "", 11, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(trampoline_is(rows[i].name, rows[i].size) == rows[i].is, rows[i].name);
}

static void machines_have_the_names_of_uname(void)
{
	const struct arch *x86 = arch_find("x86_64"), *arm = arch_find("aarch64");

	check(x86 && x86->sp == 7 && !x86->ra_in_register, "x86_64");
	check(arm && arm->sp == 31 && arm->ra_in_register, "aarch64");
	check(arch_find("arm64") == arm, "arm64");
	check(!arch_find("riscv64") && !arch_find("") && !arch_find(NULL), "unknown ones");
	check_u64(arch_code_address(x86, 0xffff7fff12345678), 0xffff7fff12345678, "plain");
	check_u64(arch_code_address(arm, 0x2d7faaaa12345678), 0xaaaa12345678, "signed");
}

int main(void)
{
	the_caller_is_found_from_each_instruction();
	a_callee_returns_behind_the_call_only();
	unknown_sizes_are_read_by_what_they_left_behind();
	python_functions_of_a_stubs_size_are_trampolines();
	machines_have_the_names_of_uname();
	return check_done("trampoline");
}
