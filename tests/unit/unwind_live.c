/*
 * tests/unit/unwind_live.c - a running program, unwound at every single instruction (report/unwind.h).
 *
 * A child runs one instruction at a time.  Its calls, returns and a signal are followed on the side; at each stop
 * the chain from its registers and stack must be exactly that: through the PLT and
 * the dynamic linker, in the vdso, at `push`, `leave` and `ret`, in libc's hand-written code, into and out of a
 * signal handler.  Only for the machine that it is written for.
 */
#include <stdio.h>

#include "tests/check.h"

#ifdef __x86_64__

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/user.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/scene.h"
#include "tests/unwound.h"

enum { COPY = 65536, STEPS = 60000, DEEP = 200, SIGNAL_AT = 5000, LONGEST_CALL = 8 };

/* ---- what the child does ---- */

static volatile int sink;

__attribute__((noinline)) static int recurse(int n)
{
	return n ? recurse(n - 1) + sink : sink;
}

/* Of unknown size, so there is a frame pointer. */
__attribute__((noinline)) static int with_frame_pointer(size_t n)
{
	char *room = __builtin_alloca(n);

	memset(room, 'x', n - 1);
	room[n - 1] = '\0';
	return (int)strlen(room) + recurse(3);
}

static int compare(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void handle(int signal)
{
	sink += recurse(5) + signal;
}

static void work(void)
{
	int numbers[40];
	struct timespec now;
	char text[100];

	clock_gettime(CLOCK_MONOTONIC, &now);
	for (int i = 0; i < 40; i++)
		numbers[i] = i * 7919 % 40;
	qsort(numbers, 40, sizeof(numbers[0]), compare);
	snprintf(text, sizeof(text), "%d %s %f", numbers[3], "text", 1.5);
	sink += (int)strtod(text, NULL) + with_frame_pointer(200);
	free(strdup(text));
}

static void run_child(void)
{
	signal(SIGUSR1, handle);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		raise(SIGSTOP);
	work();
	_exit(0);
}

/* ---- the truth ---- */

/* The stack as calls and returns made it, outermost first. */
struct truth {
	struct {
		uint64_t addr;
		bool exact; /* interrupted, or a signal handler returns to it */
	} frames[DEEP];
	size_t n;
};

struct stop {
	struct user_regs_struct regs;
	uint8_t stack[COPY];
	size_t size;
};

static uint64_t top_word(const struct stop *s)
{
	uint64_t v;

	memcpy(&v, s->stack, sizeof(v));
	return v;
}

static void push_frame(struct truth *t, uint64_t addr, bool exact)
{
	if (t->n < DEEP) {
		t->frames[t->n].addr = addr;
		t->frames[t->n++].exact = exact;
	}
}

static bool is_return(uint64_t pc)
{
	uint8_t code[2]; /* the child is a copy of this process: so is its code */

	memcpy(code, (const void *)(uintptr_t)pc, sizeof(code));
	return code[0] == 0xc3 || ((code[0] == 0xf2 || code[0] == 0xf3) && code[1] == 0xc3);
}

/* One instruction was run, from *before to *now.  False: it is not known what happened. */
static bool follow(struct truth *t, const struct stop *before, const struct stop *now)
{
	uint64_t pc = before->regs.rip, to = now->regs.rip, back = top_word(now);

	if (to == (uint64_t)(uintptr_t)handle && now->regs.rsp + 64 < before->regs.rsp) {
		push_frame(t, pc, true);
		push_frame(t, back, true);
	} else if (now->regs.rsp == before->regs.rsp - 8 && back > pc &&
		   back <= pc + LONGEST_CALL && to != back) {
		push_frame(t, back, false);
	} else if (is_return(pc) ||
		   (t->n && t->frames[t->n - 1].exact && to == t->frames[t->n - 1].addr)) {
		return t->n && t->frames[--t->n].addr == to;
	}
	return t->n < DEEP;
}

/* The chain that unwind() must give. */
static size_t expected_chain(const struct truth *t, uint64_t pc, uint64_t chain[2 * DEEP + 2])
{
	size_t n = 0;

	chain[n++] = CONTEXT_USER;
	chain[n++] = pc;
	for (size_t i = t->n; i-- > 0;) {
		if (t->frames[i].exact)
			chain[n++] = CONTEXT_USER;
		chain[n++] = t->frames[i].addr;
	}
	return n;
}

static void begin_truth(struct truth *t, const uint64_t *chain, size_t n)
{
	t->n = 0;
	for (size_t i = n; i-- > 2;) /* behind the marker and the pc */
		push_frame(t, chain[i], false);
}

/* ---- the recording: this process's mappings ---- */

static void map_line(struct scene *s, const char *line)
{
	uint64_t start, end, pgoff;
	char rights[8], path[400] = "";
	struct stat st = { .st_ino = 0 };

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %399s", &start, &end,
		   rights, &pgoff, path) < 5 ||
	    rights[2] != 'x')
		return;
	if (strcmp(path, "[vdso]") != 0 && (path[0] != '/' || stat(path, &st) != 0))
		return;
	image_mmap2(&s->img, &(struct image_mmap){ .misc = MISC_USER,
						   .pid = 1,
						   .tid = 1,
						   .addr = start,
						   .len = end - start,
						   .pgoff = pgoff,
						   .maj = major(st.st_dev),
						   .min = minor(st.st_dev),
						   .ino = st.st_ino,
						   .prot = 5,
						   .filename = path });
}

static bool open_own_mappings(struct unwound *u)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	struct utsname names;
	char line[600];
	struct scene s;
	bool ok;

	uname(&names);
	scene_init(&s);
	s.options.features.arch = "x86_64";
	s.options.features.hostname = names.nodename;
	s.options.features.osrelease = names.release; /* whose vdso it is */
	scene_begin(&s);
	s.img.stamp.time = 1;
	while (maps && fgets(line, sizeof(line), maps))
		map_line(&s, line);
	scene_end(&s);
	if (maps)
		fclose(maps);
	ok = unwound_open_image(u, &s.img, &(struct finder_options){ .force = true });
	scene_free(&s);
	return ok;
}

/* ---- stepping ---- */

struct child {
	pid_t pid;
	int memory;
	struct unwound u;
	struct stop stops[2]; /* the one before and this one, in turns */
	unsigned steps, wrong, lost;
};

static bool look(struct child *c, struct stop *s)
{
	ssize_t got;

	if (ptrace(PTRACE_GETREGS, c->pid, NULL, &s->regs) != 0)
		return false;
	got = pread(c->memory, s->stack, COPY, (off_t)s->regs.rsp);
	s->size = got > 0 ? (size_t)got : 0;
	return s->size >= 8;
}

static enum stack_end unwind_stop(struct child *c, const struct stop *s, const uint64_t **chain,
				  size_t *n)
{
	const struct user_regs_struct *r = &s->regs;
	const struct arch *a = arch_find("x86_64");
	const uint64_t by_dwarf[CFI_REGS] = { r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi,
					      r->rbp, r->rsp, r->r8,  r->r9,  r->r10, r->r11,
					      r->r12, r->r13, r->r14, r->r15 };
	uint64_t regs[PERF_REGS];
	struct unwind_input in = { .instance = machine_instance(c->u.w.machine, 1, 10),
				   .time = 10,
				   .regs_mask = sample_regs_mask(a),
				   .regs = (const uint8_t *)regs,
				   .stack = s->stack,
				   .stack_size = s->size };
	const char *subject;

	sample_regs(a, by_dwarf, r->rip, regs);
	return unwind(c->u.unwinder, &in, chain, n, &subject);
}

static void compare_stop(struct child *c, const struct truth *t, const struct stop *s)
{
	uint64_t want[2 * DEEP + 2];
	const uint64_t *chain;
	size_t n, n_want = expected_chain(t, s->regs.rip, want);
	enum stack_end end = unwind_stop(c, s, &chain, &n);

	if (end == STACK_COMPLETE && n == n_want && memcmp(chain, want, n * sizeof(*want)) == 0)
		return;
	if (c->wrong++ < 10)
		printf("at 0x%llx: %s, %zu numbers in the chain, not %zu\n", s->regs.rip,
		       stack_end_name(end), n, n_want);
}

/* Run one instruction; false: the child ended. */
static bool step_once(struct child *c, int signal)
{
	int status;

	return ptrace(PTRACE_SINGLESTEP, c->pid, NULL, signal) == 0 &&
	       waitpid(c->pid, &status, 0) == c->pid && WIFSTOPPED(status);
}

static void step_through(struct child *c)
{
	struct truth truth;
	const uint64_t *chain;
	size_t n;

	if (!look(c, &c->stops[0]) || unwind_stop(c, &c->stops[0], &chain, &n) != STACK_COMPLETE)
		return;
	begin_truth(&truth, chain, n);
	for (c->steps = 1; c->steps < STEPS; c->steps++) {
		const struct stop *before = &c->stops[(c->steps - 1) % 2];
		struct stop *now = &c->stops[c->steps % 2];

		if (!step_once(c, c->steps == SIGNAL_AT ? SIGUSR1 : 0) || !look(c, now))
			return;
		if (!follow(&truth, before, now)) {
			c->lost++;
			return;
		}
		compare_stop(c, &truth, now);
	}
}

/* Programs under valgrind are not their own: what would be stepped through is valgrind. */
static bool is_emulated(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static void every_instruction_is_unwound_to_the_start(void)
{
	static struct child c;
	char memory[64];
	int status;

	c.pid = fork();
	if (c.pid == 0)
		run_child();
	snprintf(memory, sizeof(memory), "/proc/%d/mem", (int)c.pid);
	c.memory = open(memory, O_RDONLY | O_CLOEXEC);
	if (c.pid < 0 || c.memory < 0 || waitpid(c.pid, &status, 0) != c.pid ||
	    !WIFSTOPPED(status)) {
		printf("skip: processes cannot be traced here\n");
		check(true, "skipped");
		return;
	}
	if (open_own_mappings(&c.u))
		step_through(&c);
	printf("%u instructions, %u wrong\n", c.steps, c.wrong);
	check(c.steps > 2 * SIGNAL_AT, "there were enough instructions");
	check_u64(c.lost, 0, "all of them could be followed");
	check_u64(c.wrong, 0, "wrong chains");
	ptrace(PTRACE_KILL, c.pid, NULL, NULL);
	waitpid(c.pid, &status, 0);
	unwound_done(&c.u);
	close(c.memory);
}

#endif

int main(void)
{
#ifdef __x86_64__
	if (is_emulated()) {
		printf("skip: valgrind\n");
		check(true, "skipped");
	} else {
		every_instruction_is_unwound_to_the_start();
	}
#else
	printf("skip: it is written for x86-64\n");
	check(true, "skipped");
#endif
	return check_done("unwind_live");
}
