/*
 * tests/fuzz/unwind.c - any rules, registers and stack, unwound; any expression, evaluated (report/unwind.h,
 * cfi.h, cfi_expression.h).
 *
 * The file that the rules are in is written around them, so that libelf always finds its way; their instructions
 * are the input's.  Registers and words of the stack are 16 bits of it, which choose among addresses that
 * mean something.  A recording is not damaged here: tests/fuzz/recording.c does that.
 */
#include "report/unwind.h"

#include <assert.h>
#include <elf.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "tests/make_elf.h"
#include "tests/scene.h"
#include "tests/unwound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AARCH64 = 1, SWAP = 2, KEEP = 4, EXPRESSION = 8 }; /* of the first byte */
enum { RULES = 4, RULE_MAX = 0x3f, IS_SIGNAL = 0x80, FUNCTION = 0x40, RETURNS = 0x10 };
enum { PID = 7, TEXT = 0x1100, JIT = 0x100000, STACK = 0x7ffe0000, WORDS = 1000 };

/* ---- an expression ---- */

static bool read_anything(void *context, uint64_t addr, uint64_t *out)
{
	(void)context;
	*out = ~addr;
	return addr % 3 != 0;
}

static void evaluate(struct cursor *c)
{
	static union {
		struct cfi_expression e;
		uint8_t room[sizeof(struct cfi_expression) +
			     CFI_EXPRESSION_MAX * sizeof(struct cfi_operation)];
	} x;
	uint64_t regs[CFI_REGS], is = 0;
	struct cfi_frame f = {
		.regs = regs, .valid = cursor_u64(c), .cfa = STACK, .read = read_anything
	};

	for (uint64_t i = 0; i < CFI_REGS; i++)
		regs[i] = i << 60 | i;
	for (x.e.n = 0; x.e.n < CFI_EXPRESSION_MAX && cursor_left(c); x.e.n++) {
		struct cfi_operation *op = &x.e.ops[x.e.n];

		op->atom = cursor_u8(c);
		op->number = cursor_u32(c);
		op->number2 = (uint64_t)cursor_u16(c) << 48;
	}
	cfi_evaluate(&x.e, &f, &is);
}

/* ---- a stack ---- */

/* Sixteen bits for an address of the stack, of code, of JIT code, or a small number. */
static uint64_t address(struct cursor *c)
{
	uint16_t v = cursor_u16(c);

	switch (v >> 14) {
	case 0:
		return STACK + (v & 0x3fff);
	case 1:
		return ELF_TEXT + (v & (ELF_TEXT_SIZE - 1));
	case 2:
		return JIT + (v & 0xfff);
	default:
		return v & 0x3fff;
	}
}

/* A file with functions whose rules are the input's; each has a call. */
static int write_file(struct cursor *c, uint16_t machine, char path[32])
{
	struct elf_image e;
	int fd;

	elf_image_begin(&e, machine);
	for (uint64_t i = 0; i < RULES; i++) {
		uint8_t rule[RULE_MAX] = { 0 }, shape = cursor_u8(c), n = shape & RULE_MAX;
		uint64_t start = TEXT + i * FUNCTION;

		for (uint8_t k = 0; k < n; k++)
			rule[k] = cursor_u8(c);
		elf_image_rule(&e, start, FUNCTION, shape & IS_SIGNAL ? "S" : "", rule, n);
		if (machine == EM_AARCH64)
			elf_image_code(&e, start + RETURNS - 4, "\0\0\0\x94", 4);
		else
			elf_image_code(&e, start + RETURNS - 5, "\xe8\0\0\0\0", 5);
	}
	elf_image_end(&e);
	fd = memory_file(e.bytes, e.len, path);
	elf_image_free(&e);
	return fd;
}

static bool open_recording(struct unwound *u, const struct arch *a, const char *file,
			   const struct perf_map_option *map)
{
	struct scene s;
	bool ok;

	scene_init(&s);
	s.options.features.arch = a->name;
	scene_begin(&s);
	scene_jit(&s, 1, PID, JIT);
	s.img.stamp.time = 1;
	image_mmap2(&s.img, &(struct image_mmap){ .misc = MISC_USER,
						  .pid = PID,
						  .tid = PID,
						  .addr = ELF_TEXT,
						  .len = ELF_TEXT_SIZE,
						  .pgoff = ELF_TEXT,
						  .prot = 5,
						  .filename = file });
	scene_end(&s);
	ok = unwound_open_image(
		u, &s.img,
		&(struct finder_options){ .force = true, .perf_maps = map, .n_perf_maps = 1 });
	scene_free(&s);
	return ok;
}

/* What the header promises. */
static void check_chain(const struct unwound *u, const struct arch *a, const uint64_t *chain,
			size_t n, bool keep)
{
	size_t frames = 0;
	bool exact = false;

	for (size_t i = 0; i < n; i++) {
		const struct frame_regs *now, *before;

		if (chain[i] == CONTEXT_USER) {
			exact = true;
			continue;
		}
		now = unwound_regs(u->unwinder, frames);
		before = frames ? unwound_regs(u->unwinder, frames - 1) : NULL;
		frames++;
		assert((now != NULL) == keep);
		if (now && before && !exact) /* the stack grows, but for what has none */
			assert(now->value[a->sp] > before->value[a->sp] ||
			       (a->ra_in_register && now->value[a->sp] == before->value[a->sp]));
		exact = false;
	}
	assert(frames == unwound_frames(u->unwinder) && n >= frames);
}

static void unwind_one(struct unwound *u, const struct arch *a, struct cursor *c, uint8_t shape)
{
	static uint64_t words[WORDS];
	uint64_t by_dwarf[CFI_REGS] = { 0 }, regs[PERF_REGS], pc = address(c);
	struct unwind_input in = { .time = 10,
				   .regs_mask = sample_regs_mask(a),
				   .regs = (const uint8_t *)regs,
				   .stack = (const uint8_t *)words,
				   .swap = shape & SWAP };
	const uint64_t *chain;
	const char *subject;
	size_t n;

	for (unsigned reg = 0; reg < a->n_regs; reg++)
		by_dwarf[reg] = address(c);
	by_dwarf[a->sp] = STACK;
	for (; cursor_left(c) >= 2 && in.stack_size < 8 * WORDS; in.stack_size += 8)
		words[in.stack_size / 8] = address(c);
	in.stack_size += cursor_left(c); /* an odd end */
	sample_regs(a, by_dwarf, pc, regs);
	in.instance = machine_instance(u->w.machine, PID, 10);
	unwinder_keep_regs(u->unwinder, shape & KEEP);
	assert(unwind(u->unwinder, &in, &chain, &n, &subject) < STACK_ENDS && subject);
	check_chain(u, a, chain, n, shape & KEEP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char map_text[] = "100100 b py::sub:a.py\n100200 c py::push:a.py\n"
				       "100300 1c py::pac:a.py\n100400 20 py::new:a.py\n";
	struct cursor c = { .base = data, .len = size };
	uint8_t shape = cursor_u8(&c);
	const struct arch *a = arch_find(shape & AARCH64 ? "aarch64" : "x86_64");
	char file[32], map[32];
	const struct perf_map_option perf_map = { PID, map };
	struct unwound u;
	int fds[2];

	if (shape & EXPRESSION) {
		evaluate(&c);
		return 0;
	}
	fds[0] = write_file(&c, shape & AARCH64 ? EM_AARCH64 : EM_X86_64, file);
	fds[1] = memory_file(map_text, sizeof(map_text) - 1, map);
	if (open_recording(&u, a, file, &perf_map))
		unwind_one(&u, a, &c, shape);
	unwound_done(&u);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
