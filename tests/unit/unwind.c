/*
 * tests/unit/unwind.c - stacks unwound from registers and a copy (report/unwind.h, whole_chain.h).
 *
 * Each stack is made up word by word, of calls between the few functions of a file that is written here; and
 * goes the whole way through a recording in both byte orders.
 */
#include "report/unwind.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/label.h"
#include "tests/check.h"
#include "tests/make_elf.h"
#include "tests/make_jitdump.h"
#include "tests/scene.h"
#include "tests/unwound.h"

/*
 * The functions of /a; it is mapped where its addresses are.  Each has a call that returns to 0x10 behind its
 * start, and the stack pointer as it says there.
 */
enum {
	START = 0x1100, /* the outermost one */
	MID = 0x1140,   /* CFA = sp + 16 */
	FP = 0x1180,    /* CFA = fp + 16, which has the caller's fp below the return address */
	LEAF = 0x11c0,  /* CFA = sp + 8 (aarch64: sp) */
	NO_CALL = 0x1200 /* like MID, but what stands before its return address is no call */,
	NO_RULE = 0x1240,
	SIGNAL = 0x1280,    /* a signal frame: registers at sp + 8, not behind a call */
	EPILOGUE = 0x12c0,  /* CFA = sp + 8, and fp was saved at CFA - 16: popped already */
	SAVES = 0x1300,     /* CFA = sp + 24, rbx at CFA - 16, r12 = CFA - 8 */
	LIB_START = 0x1340, /* called _start, without a rule */
	RETURNS = 0x10,
	FUNCTION = 0x40,
};

/* JIT code: two trampolines of a perf map; of a jitdump one with a rule like MID, one without. */
enum {
	JIT = 0x100000,
	SUB_11 = JIT + 0x100,
	PUSH_12 = JIT + 0x200,
	NAMELESS = JIT + 0x300,
	JIT_RULE = JIT + 0x400,
	JIT_MOVED = JIT + 0x500, /* JIT_RULE went there */
	JIT_BARE = JIT + 0x600,
};

enum { PID = 7, STACK = 0x7ffe0000, WORDS = 16, RAX = 0, RBX = 3, R12 = 12 };

#define KERNEL UINT64_C(0xffffffff81000010)

/* ---- the file ---- */

struct made_function {
	uint64_t start;
	const char *augmentation, *rule; /* NULL: none */
	size_t n;
	bool calls;
};

#define RULE(text) "", text, sizeof(text) - 1

static const struct made_function x86_functions[] = {
	{ START, RULE("\7\x10"), true },
	{ MID, RULE("\x0e\x10"), true },
	{ FP, RULE("\x0e\x10\x86\2\x0d\6"), true },
	{ LEAF, RULE(""), true },
	{ NO_CALL, RULE("\x0e\x10"), false },
	{ NO_RULE, NULL, NULL, 0, true },
	/* DW_CFA_expression: rbp (6) at sp + 8, rip (16) at sp + 16, sp (7) at sp + 24; the rule begins early */
	{ SIGNAL - 1, "S", "\x0f\3\x77\x18\6\x10\6\2\x77\x8\x10\x10\2\x77\x10\x10\7\2\x77\x18", 20,
	  false },
	{ EPILOGUE, RULE("\x86\2"), true },
	{ SAVES, RULE("\x0e\x18\x83\2\x14\x0c\1"), true },
	{ LIB_START, NULL, NULL, 0, true },
};

static const struct made_function arm_functions[] = {
	{ START, RULE("\7\x1e"), true },
	{ MID, RULE("\x0e\x10\x9e\1"), true },              /* x30 at CFA - 8 */
	{ FP, RULE("\x0e\x10\x9d\2\x9e\1\x0d\x1d"), true }, /* x29 at CFA - 16 */
	{ LEAF, RULE(""), true },
	{ SAVES, RULE("\x0e\x20"), true }, /* a frame that forgets x30 */
	{ NO_RULE, NULL, NULL, 0, true },
};

static void write_file(const char *path, uint16_t machine, const struct made_function *f, size_t n)
{
	bool arm = machine == EM_AARCH64;
	struct elf_image e;

	elf_image_begin(&e, machine);
	for (size_t i = 0; i < n; i++) {
		if (f[i].calls && arm)
			elf_image_code(&e, f[i].start + RETURNS - 4, "\0\0\0\x94", 4);
		else if (f[i].calls)
			elf_image_code(&e, f[i].start + RETURNS - 5, "\xe8\0\0\0\0", 5);
		if (f[i].rule)
			elf_image_rule(&e, f[i].start, FUNCTION, f[i].augmentation, f[i].rule,
				       f[i].n);
	}
	elf_image_symbol(&e, "_start", LIB_START, FUNCTION);
	elf_image_end(&e);
	check(elf_image_write(&e, path), path);
	elf_image_free(&e);
}

/* ---- stacks ---- */

struct stack_case {
	const char *label;
	uint64_t ip, fp;
	uint64_t words[WORDS]; /* from the stack pointer up */
	uint64_t valid;        /* bytes of the copy; 0: all */
	const char *want;      /* outermost first, as addresses that are looked up */
	enum stack_end end;
	uint64_t lr;         /* aarch64 */
	const char *guessed; /* base name of the file whose caller is only guessed; NULL: none is */
};

/* What differs from a user sample of a thread with 64 bits; 0: nothing. */
struct sample_shape {
	uint16_t cpumode;
	const uint64_t *chain;
	size_t n_chain;
	bool no_regs, abi_32, no_sp, no_copy;
};

struct folder {
	char path[4000];
};

#define IN_FOLDER(f, name) (snprintf(path, sizeof(path), "%s/%s", (f)->path, name), path)

static void write_dump(const char *path)
{
	struct jit_image j;

	jit_begin(&j, false, PID);
	jit_rules(&j, 1, FUNCTION, "\x0e\x10", 2);
	jit_load(&j, 1, JIT_RULE, FUNCTION, 1, "compiled");
	jit_load(&j, 2, JIT_BARE, FUNCTION, 2, "bare");
	jit_move(&j, 3, JIT_RULE, JIT_MOVED, FUNCTION, 1);
	check(jit_write(&j, path), path);
	jit_free(&j);
}

static void folder_begin(struct folder *f)
{
	static const char map[] = "100100 b py::sub:/app/a.py\n100200 c py::push:/app/a.py\n";
	const char *tmp = getenv("TMPDIR");
	char path[4096];
	FILE *file;

	*f = (struct folder){ .path = "" };
	snprintf(f->path, sizeof(f->path), "%s/unwindXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->path) != NULL, "a folder");
	mkdir(IN_FOLDER(f, "elf"), 0700);
	file = fopen(IN_FOLDER(f, "perf-7.map"), "we");
	check(file && fputs(map, file) >= 0 && fclose(file) == 0, "a perf map");
	write_dump(IN_FOLDER(f, "jit-7.dump"));
	write_file(IN_FOLDER(f, "elf/a"), EM_X86_64, x86_functions,
		   sizeof(x86_functions) / sizeof(x86_functions[0]));
	write_file(IN_FOLDER(f, "elf/arm"), EM_AARCH64, arm_functions,
		   sizeof(arm_functions) / sizeof(arm_functions[0]));
}

static void folder_end(struct folder *f)
{
	static const char *const files[] = { "elf/a", "elf/arm", "jit-7.dump", "perf-7.map",
					     "perf.data" };
	char path[4096];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(IN_FOLDER(f, files[i]));
	rmdir(IN_FOLDER(f, "elf"));
	rmdir(f->path);
}

static void map(struct scene *s, uint64_t addr, uint64_t pgoff, uint32_t prot, const char *file)
{
	image_mmap2(&s->img, &(struct image_mmap){ .misc = MISC_USER,
						   .pid = PID,
						   .tid = PID,
						   .addr = addr,
						   .len = SCENE_PAGE,
						   .pgoff = pgoff,
						   .prot = prot,
						   .filename = file });
}

static void begin_scene(struct scene *s, const struct arch *a, bool big_endian,
			const struct sample_shape *shape)
{
	enum { READ = 1, EXEC = 4 };

	scene_init(s);
	s->options.big_endian = big_endian;
	s->options.features.arch = a->name;
	s->events[0].attr.sample_type |= SAMPLE_REGS_USER | SAMPLE_STACK_USER;
	s->events[0].attr.sample_regs_user = sample_regs_mask(a);
	if (shape->no_sp)
		s->events[0].attr.sample_regs_user &= ~(UINT64_C(1) << a->perf_of_dwarf[a->sp]);
	s->events[0].attr.sample_stack_user = 8 * WORDS;
	scene_begin(s);
	map(s, 0x1000, 0x1000, READ | EXEC, a->ra_in_register ? "/arm" : "/a");
	map(s, 0x3000, 0x1000, READ, "/a"); /* its data, so to say */
	map(s, 0x5000, 0x1000, READ | EXEC, "/gone");
	map(s, JIT, 0, READ | EXEC, "//anon");
}

static void put_word(uint8_t *to, uint64_t v, bool big_endian)
{
	for (size_t i = 0; i < 8; i++)
		to[i] = (uint8_t)(v >> 8 * (big_endian ? 7 - i : i));
}

static void put_sample(struct scene *s, const struct arch *a, const struct stack_case *c,
		       const struct sample_shape *shape)
{
	uint64_t by_dwarf[CFI_REGS] = { 0 }, regs[PERF_REGS];
	uint8_t copy[8 * WORDS];

	by_dwarf[a->sp] = STACK;
	by_dwarf[a->fp] = c->fp;
	if (a->ra_in_register)
		by_dwarf[a->ra] = c->lr;
	sample_regs(a, by_dwarf, c->ip, regs);
	for (size_t i = 0; i < WORDS; i++)
		put_word(copy + 8 * i, c->words[i], s->options.big_endian);
	image_sample(&s->img, &(struct image_sample){
				      .id = s->events[0].ids[0],
				      .misc = shape->cpumode ? shape->cpumode : MISC_USER,
				      .ip = shape->cpumode == MISC_KERNEL ? KERNEL : c->ip,
				      .pid = PID,
				      .tid = PID,
				      .time = 10,
				      .period = SCENE_PERIOD,
				      .chain = shape->chain,
				      .n_chain = shape->n_chain,
				      .user_abi = shape->no_regs  ? 0
						  : shape->abi_32 ? 1
								  : 2,
				      .user_regs = regs,
				      .stack = copy,
				      .stack_size = shape->no_copy ? 0 : sizeof(copy),
				      .stack_dyn_size = c->valid ? c->valid : sizeof(copy),
			      });
}

static void check_ends(const struct unwound *u, enum stack_end want, const char *label)
{
	for (int end = 0; end < STACK_ENDS; end++) {
		uint64_t n = u->w.collected.stacks[end];
		char row[120];

		snprintf(row, sizeof(row), "%s: %s", label, stack_end_name((enum stack_end)end));
		check_u64(n, (int)want == end, row);
	}
}

/* One stack through a recording of each byte order. */
/* Is it told of one sample, and of this file? */
static void check_guess(const struct unwound *u, const char *file, const char *label)
{
	const struct problem *told = NULL;

	for (size_t i = 0; i < diag_count(u->w.o.diag); i++)
		if (diag_get(u->w.o.diag, i)->kind == PROBLEM_GUESSED_CALLERS)
			told = diag_get(u->w.o.diag, i);
	check(!told == !file, label);
	check(!told || !file || (told->count == 1 && strcmp(label_base(told->subject), file) == 0),
	      label);
}

static void check_stack(const struct folder *f, const struct arch *a, const struct stack_case *c,
			const struct sample_shape *shape)
{
	static const struct sample_shape usual;

	if (!shape)
		shape = &usual;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		char path[4096], want[400];
		struct unwound u;
		struct scene s;

		begin_scene(&s, a, big_endian, shape);
		put_sample(&s, a, c, shape);
		scene_end(&s);
		image_write(&s.img, IN_FOLDER(f, "perf.data"));
		scene_free(&s);
		check_in(big_endian ? "big endian" : "little endian");
		if (unwound_open(&u, path, NULL)) {
			unwound_collect(&u);
			snprintf(want, sizeof(want), "%s=1/100", c->want);
			check_text(walked_stacks(&u.w, 0), want, c->label);
			check_ends(&u, c->end, c->label);
			check_guess(&u, c->guessed, c->label);
		}
		unwound_done(&u);
	}
	check_in(NULL);
}

static void check_stacks(const struct folder *f, const char *arch, const struct stack_case *cases,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_stack(f, arch_find(arch), &cases[i], NULL);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- x86-64 ---- */

static void stacks_are_walked_by_their_rules(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "a leaf",
		  .ip = LEAF + 4,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "frame pointers where the rule says so",
		  .ip = FP + 8,
		  .fp = STACK + 16,
		  .words = { 0, 0, STACK + 48, FP + RETURNS, 0, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;a:1188",
		  .end = STACK_COMPLETE },
		{ .label = "at ret, the slot of a register lies below the stack",
		  .ip = EPILOGUE + 4,
		  .fp = STACK + 16,
		  .words = { FP + RETURNS, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;a:12c4",
		  .end = STACK_COMPLETE },
		{ .label = "a return address of 0 is the end",
		  .ip = LEAF + 4,
		  .words = { MID + RETURNS },
		  .want = "a:114f;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "_start without a rule is the end",
		  .ip = LEAF + 4,
		  .words = { LIB_START + RETURNS },
		  .want = "a:134f;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "the outermost one itself",
		  .ip = START,
		  .want = "a:1100",
		  .end = STACK_COMPLETE },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

static void copies_that_are_too_short_are_told(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "the second return address lies behind it",
		  .ip = LEAF + 4,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .valid = 16,
		  .want = "a:114f;a:11c4",
		  .end = STACK_COPY_TOO_SHORT },
		{ .label = "half of it does",
		  .ip = LEAF + 4,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .valid = 23,
		  .want = "a:114f;a:11c4",
		  .end = STACK_COPY_TOO_SHORT },
		{ .label = "7 bytes",
		  .ip = LEAF + 4,
		  .words = { MID + RETURNS },
		  .valid = 7,
		  .want = "a:11c4",
		  .end = STACK_COPY_TOO_SHORT },
		{ .label = "the frame pointer points behind it",
		  .ip = FP + 8,
		  .fp = STACK + 8 * WORDS,
		  .want = "a:1188",
		  .end = STACK_COPY_TOO_SHORT },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

static void what_is_no_stack_is_bad_data(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "not behind a call",
		  .ip = LEAF + 4,
		  .words = { NO_CALL + RETURNS, 0, START + RETURNS },
		  .want = "a:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "not executable",
		  .ip = LEAF + 4,
		  .words = { 0x3000 + MID + RETURNS - 0x1000, 0, START + RETURNS },
		  .want = "a:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "no mapping",
		  .ip = LEAF + 4,
		  .words = { 0x4242424242424242, 0, START + RETURNS },
		  .want = "a:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "interrupted outside of all mappings",
		  .ip = 0x9000,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "?:9000",
		  .end = STACK_BAD_DATA },
		{ .label = "a frame that is its own caller",
		  .ip = FP + 8,
		  .fp = STACK + 16,
		  .words = { 0, 0, STACK + 16, FP + RETURNS },
		  .want = "a:118f;a:1188",
		  .end = STACK_BAD_DATA },
		{ .label = "a caller that lies below",
		  .ip = FP + 8,
		  .fp = STACK + 32,
		  .words = { 0, FP + RETURNS, 0, 0, STACK, FP + RETURNS },
		  .want = "a:118f;a:1188",
		  .end = STACK_BAD_DATA },
		{ .label = "a frame below the copy",
		  .ip = FP + 8,
		  .fp = STACK - 64,
		  .want = "a:1188",
		  .end = STACK_BAD_DATA },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

static void what_has_no_rules_ends_stacks_unless_frame_pointers_prove_right(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "no frame pointer",
		  .ip = NO_RULE + 4,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "a:1244",
		  .end = STACK_NO_CFI },
		{ .label = "a frame pointer",
		  .ip = NO_RULE + 4,
		  .fp = STACK + 8,
		  .words = { 0, STACK + 40, FP + RETURNS, 0, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;a:1244",
		  .end = STACK_COMPLETE,
		  .guessed = "a" },
		{ .label = "it leads to no call",
		  .ip = NO_RULE + 4,
		  .fp = STACK + 8,
		  .words = { 0, STACK + 40, NO_CALL + RETURNS },
		  .want = "a:1244",
		  .end = STACK_NO_CFI },
		{ .label = "it is not aligned",
		  .ip = NO_RULE + 4,
		  .fp = STACK + 9,
		  .words = { 0, STACK + 40, MID + RETURNS },
		  .want = "a:1244",
		  .end = STACK_NO_CFI },
		{ .label = "it points behind the copy",
		  .ip = NO_RULE + 4,
		  .fp = STACK + 8 * WORDS - 8,
		  .want = "a:1244",
		  .end = STACK_NO_CFI },
		{ .label = "in a caller",
		  .ip = LEAF + 4,
		  .fp = 1,
		  .words = { NO_RULE + RETURNS },
		  .want = "a:124f;a:11c4",
		  .end = STACK_NO_CFI },
		{ .label = "its file is missing",
		  .ip = 0x5004,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "gone:5004",
		  .end = STACK_FILE_MISSING },
		{ .label = "the missing file has frame pointers",
		  .ip = LEAF + 4,
		  .fp = STACK + 16,
		  .words = { 0x5010, 0, 0, MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;gone:500f;a:11c4",
		  .end = STACK_COMPLETE,
		  .guessed = "gone" },
		{ .label = "JIT code",
		  .ip = NAMELESS + 4,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "anon:100304",
		  .end = STACK_NO_CFI },
		{ .label = "JIT code with frame pointers",
		  .ip = LEAF + 4,
		  .fp = STACK + 16,
		  .words = { NAMELESS + 4, 0, 0, MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;anon:100303;a:11c4",
		  .end = STACK_COMPLETE,
		  .guessed = "[jit]" },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

static void jit_code_is_walked_by_the_rules_of_its_dump(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "where it runs",
		  .ip = JIT_RULE + 4,
		  .words = { 0, MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;anon:100404",
		  .end = STACK_COMPLETE },
		{ .label = "where it calls",
		  .ip = LEAF + 4,
		  .words = { JIT_RULE + RETURNS, 0, JIT_RULE + FUNCTION, 0, START + RETURNS },
		  .want = "a:110f;anon:10043f;anon:10040f;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "where it moved to",
		  .ip = JIT_MOVED + 4,
		  .words = { 0, START + RETURNS },
		  .want = "a:110f;anon:100504",
		  .end = STACK_COMPLETE },
		{ .label = "what has none",
		  .ip = JIT_BARE + 4,
		  .words = { 0, START + RETURNS },
		  .want = "anon:100604",
		  .end = STACK_NO_CFI },
		{ .label = "behind its end",
		  .ip = JIT_RULE + FUNCTION,
		  .words = { 0, START + RETURNS },
		  .want = "anon:100440",
		  .end = STACK_NO_CFI },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

/* The handler is MID; FP was interrupted, at its first instruction. */
static void signal_frames_lead_to_what_was_interrupted(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "on the same stack",
		  .ip = MID + 4,
		  .words = { 0, SIGNAL, 0, STACK + 72, FP + 8, STACK + 64, 0, 0, 0, STACK + 96,
			     MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;a:1188;a:1280;a:1144",
		  .end = STACK_COMPLETE },
		{ .label = "at the first instruction of a function",
		  .ip = MID + 4,
		  .words = { 0, SIGNAL, 0, 0, LEAF, STACK + 64, 0, 0, MID + RETURNS, 0,
			     START + RETURNS },
		  .want = "a:110f;a:114f;a:11c0;a:1280;a:1144",
		  .end = STACK_COMPLETE },
		{ .label = "on a stack of its own, which is not in the copy",
		  .ip = MID + 4,
		  .words = { 0, SIGNAL, 0, 0, LEAF + 4, STACK + 0x10000, 0, 0 },
		  .want = "a:11c4;a:1280;a:1144",
		  .end = STACK_COPY_TOO_SHORT },
		{ .label = "interrupted where no code is",
		  .ip = MID + 4,
		  .words = { 0, SIGNAL, 0, 0, 0x9000, STACK + 64 },
		  .want = "a:1280;a:1144",
		  .end = STACK_BAD_DATA },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

static void trampolines_are_stepped_through(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "sub, calling",
		  .ip = LEAF + 4,
		  .words = { SUB_11 + 6, 0, MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;anon:100105;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "sub, fp passes through",
		  .ip = LEAF + 4,
		  .fp = STACK + 32,
		  .words = { SUB_11 + 6, 0, FP + RETURNS, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;anon:100105;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "push, calling, restores fp",
		  .ip = LEAF + 4,
		  .fp = STACK + 8,
		  .words = { PUSH_12 + 10, STACK + 40, FP + RETURNS, 0, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;anon:100209;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "nested",
		  .ip = LEAF + 4,
		  .words = { SUB_11 + 6, 0, MID + RETURNS, 0, PUSH_12 + 10, 0, MID + RETURNS, 0,
			     START + RETURNS },
		  .want = "a:110f;a:114f;anon:100209;a:114f;anon:100105;a:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "sub, interrupted at its start",
		  .ip = SUB_11,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;anon:100100",
		  .end = STACK_COMPLETE },
		{ .label = "sub, interrupted before ret",
		  .ip = SUB_11 + 10,
		  .words = { MID + RETURNS, 0, START + RETURNS },
		  .want = "a:110f;a:114f;anon:10010a",
		  .end = STACK_COMPLETE },
		{ .label = "push, interrupted behind the push",
		  .ip = PUSH_12 + 5,
		  .words = { STACK + 40, FP + RETURNS, 0, 0, 0, 0, START + RETURNS },
		  .want = "a:110f;a:118f;anon:100205",
		  .end = STACK_COMPLETE },
		{ .label = "a return address elsewhere in it",
		  .ip = LEAF + 4,
		  .words = { SUB_11 + 4, 0, MID + RETURNS, 0, START + RETURNS },
		  .want = "a:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "its caller made no call",
		  .ip = LEAF + 4,
		  .words = { SUB_11 + 6, 0, NO_CALL + RETURNS, 0, START + RETURNS },
		  .want = "anon:100105;a:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "the copy ends in it",
		  .ip = LEAF + 4,
		  .words = { SUB_11 + 6 },
		  .valid = 16,
		  .want = "anon:100105;a:11c4",
		  .end = STACK_COPY_TOO_SHORT },
	};

	check_stacks(f, "x86_64", cases, COUNT(cases));
}

/* ---- the other parts of a chain, and samples without a stack ---- */

static void the_kernels_part_goes_first(const struct folder *f)
{
	static const uint64_t chain[] = { CONTEXT_KERNEL, KERNEL, KERNEL + 0x100 };
	const struct stack_case c = { .label = "kernel, then user",
				      .ip = LEAF + 4,
				      .words = { MID + RETURNS, 0, START + RETURNS },
				      .want = "a:110f;a:114f;a:11c4;k:ffffffff8100010f;"
					      "k:ffffffff81000010",
				      .end = STACK_COMPLETE };
	const struct stack_case alone = { .label = "a kernel sample without a chain",
					  .ip = LEAF + 4,
					  .words = { MID + RETURNS, 0, START + RETURNS },
					  .want = "a:110f;a:114f;a:11c4;k:ffffffff81000010",
					  .end = STACK_COMPLETE };

	check_stack(f, arch_find("x86_64"), &c,
		    &(struct sample_shape){ .cpumode = MISC_KERNEL, .chain = chain, .n_chain = 3 });
	check_stack(f, arch_find("x86_64"), &alone,
		    &(struct sample_shape){ .cpumode = MISC_KERNEL });
}

static void what_the_kernel_recorded_stays_if_it_is_longer(const struct folder *f)
{
	static const uint64_t chain[] = { CONTEXT_USER, LEAF + 4, MID + RETURNS, FP + RETURNS,
					  START + RETURNS };
	const struct stack_case longer = { .label = "the copy is short",
					   .ip = LEAF + 4,
					   .words = { MID + RETURNS },
					   .valid = 16,
					   .want = "a:110f;a:118f;a:114f;a:11c4",
					   .end = STACK_RECORDED };
	const struct stack_case whole = { .label = "the copy has all",
					  .ip = LEAF + 4,
					  .words = { MID + RETURNS, 0, START + RETURNS },
					  .want = "a:110f;a:114f;a:11c4",
					  .end = STACK_COMPLETE };
	const struct sample_shape with_chain = { .chain = chain, .n_chain = 5 };

	check_stack(f, arch_find("x86_64"), &longer, &with_chain);
	check_stack(f, arch_find("x86_64"), &whole, &with_chain);
}

static void samples_without_a_stack_keep_what_they_have(const struct folder *f)
{
	static const uint64_t chain[] = { CONTEXT_KERNEL, KERNEL };
	static const struct {
		struct stack_case c;
		struct sample_shape shape;
	} rows[] = {
		{ { .label = "a kernel thread",
		    .want = "k:ffffffff81000010",
		    .end = STACK_RECORDED },
		  { .no_regs = true, .cpumode = MISC_KERNEL, .chain = chain, .n_chain = 2 } },
		{ { .label = "no registers, no chain",
		    .ip = LEAF + 4,
		    .want = "a:11c4",
		    .end = STACK_ENDS },
		  { .no_regs = true } },
		{ { .label = "no copy at all",
		    .ip = LEAF + 4,
		    .want = "a:11c4",
		    .end = STACK_COPY_TOO_SHORT },
		  { .no_copy = true } },
		{ { .label = "a program of 32 bits",
		    .ip = LEAF + 4,
		    .words = { MID + RETURNS },
		    .want = "a:11c4",
		    .end = STACK_NO_CFI },
		  { .abi_32 = true } },
		{ { .label = "the stack pointer was not asked for",
		    .ip = LEAF + 4,
		    .words = { MID + RETURNS },
		    .want = "a:11c4",
		    .end = STACK_BAD_DATA },
		  { .no_sp = true } },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		check_stack(f, arch_find("x86_64"), &rows[i].c, &rows[i].shape);
}

/* ---- aarch64 ---- */

#define SIGNED(addr) ((addr) | UINT64_C(0x2d7f) << 48)

static void aarch64_stacks_are_walked(const struct folder *f)
{
	static const struct stack_case cases[] = {
		{ .label = "a leaf, whose return address is in x30",
		  .ip = LEAF + 4,
		  .lr = MID + RETURNS,
		  .words = { 0, START + RETURNS },
		  .want = "arm:110f;arm:114f;arm:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "signed return addresses",
		  .ip = LEAF + 4,
		  .lr = SIGNED(MID + RETURNS),
		  .words = { 0, SIGNED(START + RETURNS) },
		  .want = "arm:110f;arm:114f;arm:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "frame pointers",
		  .ip = FP + 8,
		  .fp = STACK + 16,
		  .words = { 0, 0, STACK + 48, SIGNED(FP + RETURNS), 0, 0, 0, START + RETURNS },
		  .want = "arm:110f;arm:118f;arm:1188",
		  .end = STACK_COMPLETE },
		{ .label = "no rule, frame pointers prove right",
		  .ip = NO_RULE + 4,
		  .fp = STACK + 16,
		  .words = { 0, 0, STACK + 48, SIGNED(FP + RETURNS), 0, 0, 0, START + RETURNS },
		  .want = "arm:110f;arm:118f;arm:1244",
		  .end = STACK_COMPLETE,
		  .guessed = "arm" },
		{ .label = "x30 0 is the end",
		  .ip = LEAF + 4,
		  .want = "arm:11c4",
		  .end = STACK_COMPLETE },
		{ .label = "a caller cannot have its return address in x30: the call overwrote it",
		  .ip = LEAF + 4,
		  .lr = SAVES + RETURNS,
		  .want = "arm:130f;arm:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "a leaf that returns to itself",
		  .ip = LEAF + 4,
		  .lr = LEAF + RETURNS,
		  .want = "arm:11cf;arm:11c4",
		  .end = STACK_BAD_DATA },
		{ .label = "the copy is short",
		  .ip = LEAF + 4,
		  .lr = MID + RETURNS,
		  .valid = 8,
		  .want = "arm:114f;arm:11c4",
		  .end = STACK_COPY_TOO_SHORT },
	};

	check_stacks(f, "aarch64", cases, COUNT(cases));
}

/* ---- registers ---- */

static struct unwind_input input_of(const struct unwound *u, const struct arch *a,
				    const uint64_t *regs, const uint64_t *words)
{
	return (struct unwind_input){
		.instance = machine_instance(u->w.machine, PID, 10),
		.time = 10,
		.regs_mask = sample_regs_mask(a),
		.regs = (const uint8_t *)regs,
		.stack = (const uint8_t *)words,
		.stack_size = 8 * WORDS,
	};
}

/* LEAF, called by SAVES, called by START: SAVES has START's rbx on the stack, and its r12 is an address. */
static void registers_are_kept_for_each_frame(const struct folder *f)
{
	static const uint64_t words[WORDS] = { SAVES + RETURNS, 0, 333, START + RETURNS };
	static const struct sample_shape usual;
	const struct arch *a = arch_find("x86_64");
	uint64_t by_dwarf[CFI_REGS] = { [RAX] = 1, [RBX] = 2, [R12] = 3 }, regs[PERF_REGS];
	const uint64_t *chain;
	const char *subject;
	struct unwind_input in;
	char path[4096];
	struct unwound u;
	struct scene s;
	size_t n;

	begin_scene(&s, a, false, &usual);
	scene_end(&s);
	image_write(&s.img, IN_FOLDER(f, "perf.data"));
	scene_free(&s);
	if (!unwound_open(&u, path, NULL))
		return;
	by_dwarf[a->sp] = STACK;
	sample_regs(a, by_dwarf, LEAF + 4, regs);
	in = input_of(&u, a, regs, words);
	check(unwind(u.unwinder, &in, &chain, &n, &subject) == STACK_COMPLETE && n == 4, "a stack");
	check_u64(unwound_frames(u.unwinder), 3, "frames");
	check(!unwound_regs(u.unwinder, 0), "nothing is kept unless asked for");

	unwinder_keep_regs(u.unwinder, true);
	check(unwind(u.unwinder, &in, &chain, &n, &subject) == STACK_COMPLETE && n == 4, "again");
	for (size_t i = 0; i < 3; i++) {
		static const uint64_t rbx[] = { 2, 2, 333 }, r12[] = { 3, 3, STACK + 24 },
				      sp[] = { STACK, STACK + 8, STACK + 32 };
		const struct frame_regs *r = unwound_regs(u.unwinder, i);

		if (!r)
			continue;
		check_u64(r->value[RBX], rbx[i], "rbx");
		check_u64(r->value[R12], r12[i], "r12");
		check_u64(r->value[a->sp], sp[i], "sp");
		check((r->valid >> RBX & 1) && (r->valid >> R12 & 1) && (r->valid >> a->sp & 1),
		      "they are known");
		check((r->valid >> RAX & 1) == (i == 0), "rax is lost by a call");
	}
	check(!unwound_regs(u.unwinder, 3), "no more frames");
	unwound_done(&u);
}

static void each_end_has_a_name(void)
{
	static const char *const names[STACK_ENDS] = {
		[STACK_COMPLETE] = "complete", [STACK_COPY_TOO_SHORT] = "copy_too_short",
		[STACK_NO_CFI] = "no_cfi",     [STACK_FILE_MISSING] = "file_missing",
		[STACK_BAD_DATA] = "bad_data", [STACK_RECORDED] = "recorded",
	};

	for (int end = 0; end < STACK_ENDS; end++)
		check_text(stack_end_name((enum stack_end)end), names[end], "name");
}

int main(void)
{
	struct folder f;

	folder_begin(&f);
	stacks_are_walked_by_their_rules(&f);
	copies_that_are_too_short_are_told(&f);
	what_is_no_stack_is_bad_data(&f);
	what_has_no_rules_ends_stacks_unless_frame_pointers_prove_right(&f);
	jit_code_is_walked_by_the_rules_of_its_dump(&f);
	signal_frames_lead_to_what_was_interrupted(&f);
	trampolines_are_stepped_through(&f);
	the_kernels_part_goes_first(&f);
	what_the_kernel_recorded_stays_if_it_is_longer(&f);
	samples_without_a_stack_keep_what_they_have(&f);
	aarch64_stacks_are_walked(&f);
	registers_are_kept_for_each_frame(&f);
	each_end_has_a_name();
	folder_end(&f);
	return check_done("unwind");
}
