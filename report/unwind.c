/*
 *   sample: registers, stack copy
 *      |
 *      v          what lies at pc (cached by process and address)
 *   frame ------> CFI row        apply it
 *      ^    |---> trampoline     its layout
 *      |    |---> nothing        frame pointer, if it proves right
 *      |    `---> no code        the end
 *      |            |
 *      `-- caller --'  verified: the stack grew, pc is in code, behind a call
 */
#include "report/unwind.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/code_place.h"
#include "report/trampoline.h"

enum { MAX_FRAMES = 1 << 14 }; /* a copy has at most 64 KiB */

struct unwinder {
	const struct arch *arch;
	struct code_places *places;
	bool keep_regs;
	struct frame_regs *kept;
	size_t n_frames, cap_kept;
	size_t n_guessed; /* of these frames: found by a frame pointer, where there are no rules */
	const char *guessed_in; /* the file of the code without rules; of the first one */
	uint64_t *chain;
	size_t n_chain, cap_chain;

	/* the stack under way */
	const struct unwind_input *in;
	uint64_t stack_start; /* address of the copy's first byte */
	struct frame_regs regs;
	uint64_t pc;
	bool exact;    /* pc was interrupted, it is no return address */
	bool overread; /* a word behind the copy was wanted */
};

struct unwinder *unwinder_new(const struct arch *arch, struct machine *m, struct objects *objects,
			      struct jitmaps *jitmaps)
{
	struct unwinder *u = mem_calloc(1, sizeof(*u));

	u->arch = arch;
	u->places = code_places_new(m, objects, jitmaps);
	return u;
}

void unwinder_free(struct unwinder *u)
{
	if (!u)
		return;
	code_places_free(u->places);
	free(u->kept);
	free(u->chain);
	free(u);
}

void unwinder_keep_regs(struct unwinder *u, bool keep)
{
	u->keep_regs = keep;
}

size_t unwound_frames(const struct unwinder *u)
{
	return u->n_frames;
}

size_t unwound_guesses(const struct unwinder *u, const char **file)
{
	*file = u->n_guessed ? u->guessed_in : "";
	return u->n_guessed;
}

const struct frame_regs *unwound_regs(const struct unwinder *u, size_t i)
{
	return u->keep_regs && i < u->n_frames ? &u->kept[i] : NULL;
}

const char *stack_end_name(enum stack_end e)
{
	static const char *const names[] = {
		[STACK_COMPLETE] = "complete", [STACK_COPY_TOO_SHORT] = "copy_too_short",
		[STACK_NO_CFI] = "no_cfi",     [STACK_FILE_MISSING] = "file_missing",
		[STACK_BAD_DATA] = "bad_data", [STACK_RECORDED] = "recorded",
	};

	return names[e];
}

static const struct code_place *place_at(struct unwinder *u, uint64_t addr)
{
	return code_place_at(u->places, u->in->instance, addr, u->in->time);
}

/* ---- registers and memory ---- */

static uint64_t word_at(const struct unwinder *u, const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return u->in->swap ? bswap_64(v) : v;
}

static bool load_registers(struct unwinder *u)
{
	const struct unwind_input *in = u->in;
	const struct arch *a = u->arch;

	u->regs = (struct frame_regs){ .valid = 0 };
	if (!(in->regs_mask >> a->perf_pc & 1))
		return false;
	for (unsigned dwarf = 0; dwarf < a->n_regs; dwarf++) {
		unsigned perf = (unsigned)a->perf_of_dwarf[dwarf];
		uint64_t before = in->regs_mask & ((UINT64_C(1) << perf) - 1);

		if (!(in->regs_mask >> perf & 1))
			continue;
		u->regs.value[dwarf] = word_at(u, in->regs + 8 * __builtin_popcountll(before));
		u->regs.valid |= UINT64_C(1) << dwarf;
	}
	u->pc = word_at(u, in->regs + 8 * __builtin_popcountll(in->regs_mask &
							       ((UINT64_C(1) << a->perf_pc) - 1)));
	return (u->regs.valid >> a->sp & 1) != 0;
}

static bool has(const struct unwinder *u, unsigned reg)
{
	return u->regs.valid >> reg & 1;
}

static bool read_word(void *context, uint64_t addr, uint64_t *out)
{
	struct unwinder *u = context;
	uint64_t offset = addr - u->stack_start;

	if (addr < u->stack_start)
		return false;
	if (u->in->stack_size < 8 || offset > u->in->stack_size - 8) {
		u->overread = true;
		return false;
	}
	*out = word_at(u, u->in->stack + offset);
	return true;
}

/* ---- steps: each makes the caller's registers and pc ---- */

enum step { STEP_CALLER, STEP_OUTERMOST, STEP_TOO_SHORT, STEP_FAILED };

/* Did a step fail because the copy ended? */
static enum step failed(const struct unwinder *u)
{
	return u->overread ? STEP_TOO_SHORT : STEP_FAILED;
}

static bool rule_value(struct unwinder *u, const struct cfi_saved *s, struct cfi_frame *f,
		       uint64_t *out)
{
	uint64_t addr;

	switch ((enum cfi_rule_kind)s->kind) {
	case RULE_AT_CFA:
		addr = f->cfa + (uint64_t)(int64_t)s->offset;
		/*
		 * Below the stack pointer of the innermost frame is nothing: the function has restored the
		 * register already (at `ret`, gcc's rows still speak of the slot).
		 */
		if (u->exact && addr < u->stack_start && has(u, s->reg)) {
			*out = u->regs.value[s->reg];
			return true;
		}
		return read_word(u, addr, out);
	case RULE_CFA_PLUS:
		*out = f->cfa + (uint64_t)(int64_t)s->offset;
		return true;
	case RULE_REGISTER:
		*out = u->regs.value[s->offset];
		return has(u, (unsigned)s->offset);
	case RULE_AT_EXPR:
		return cfi_evaluate(s->expression, f, &addr) && read_word(u, addr, out);
	case RULE_EXPR:
		return cfi_evaluate(s->expression, f, out);
	}
	return false;
}

static bool find_cfa(struct unwinder *u, const struct cfi_row *row, struct cfi_frame *f)
{
	uint64_t cfa;

	if (row->cfa_is_expression) {
		if (!cfi_evaluate(row->cfa_expression, f, &cfa))
			return false;
	} else {
		if (!has(u, row->cfa_reg))
			return false;
		cfa = u->regs.value[row->cfa_reg] + (uint64_t)(int64_t)row->cfa_offset;
	}
	f->cfa = cfa;
	return true;
}

/*
 * The caller's registers in place of the callee's.  All rules speak of the callee's, so all values are
 * found before the first is set.  False: the return address or the stack pointer cannot be had.
 */
static bool restore_registers(struct unwinder *u, const struct cfi_row *row, struct cfi_frame *f)
{
	uint64_t values[CFI_ROW_SAVED] = { 0 };
	uint64_t lost = row->lost, restored = 0;
	unsigned sp = u->arch->sp;

	if (!u->arch->ra_in_register)
		lost |= UINT64_C(1) << row->ra;
	for (unsigned i = 0; i < row->n_saved; i++) {
		unsigned reg = row->saved[i].reg;

		if (rule_value(u, &row->saved[i], f, &values[i]))
			restored |= UINT64_C(1) << reg;
		else if (reg == row->ra || reg == sp)
			return false;
		else
			lost |= UINT64_C(1) << reg;
	}
	u->regs.value[sp] = f->cfa; /* unless a rule says otherwise */
	for (unsigned i = 0; i < row->n_saved; i++)
		u->regs.value[row->saved[i].reg] = values[i];
	u->regs.valid = (u->regs.valid & ~lost) | restored | UINT64_C(1) << sp;
	return has(u, row->ra);
}

static enum step step_by_row(struct unwinder *u, const struct cfi_row *row)
{
	struct cfi_frame f = { .regs = u->regs.value, .read = read_word, .context = u };

	if (row->ra_undefined)
		return STEP_OUTERMOST;
	if (u->arch->ra == 16) { /* x86-64: expressions of PLT stubs look at rip */
		u->regs.value[16] = u->pc;
		u->regs.valid |= UINT64_C(1) << 16;
	}
	f.valid = u->regs.valid;
	if (!find_cfa(u, row, &f) || !restore_registers(u, row, &f))
		return failed(u);
	u->pc = arch_code_address(u->arch, u->regs.value[row->ra]);
	if (u->arch->ra_in_register && !row->signal) /* the caller's call overwrote it */
		u->regs.valid &= ~(UINT64_C(1) << row->ra);
	return u->pc ? STEP_CALLER : STEP_OUTERMOST;
}

static enum step step_by_trampoline(struct unwinder *u, const struct code_place *p)
{
	struct trampoline_frame t;
	uint64_t sp, fp, ra = 0;
	const struct arch *a = u->arch;

	if (!has(u, a->sp))
		return STEP_FAILED;
	sp = u->regs.value[a->sp];
	if (!trampoline_step(a, p->size, u->pc - p->start, u->exact,
			     has(u, a->fp) && u->regs.value[a->fp] == sp, &t))
		return STEP_FAILED;
	if (t.ra_in_register && !has(u, a->ra))
		return STEP_FAILED;
	if (t.ra_in_register)
		ra = u->regs.value[a->ra];
	else if (!read_word(u, sp + t.ra_offset, &ra))
		return failed(u);
	if (t.fp_saved) {
		if (!read_word(u, sp + t.fp_offset, &fp))
			return failed(u);
		u->regs.value[a->fp] = fp;
		u->regs.valid |= UINT64_C(1) << a->fp;
	}
	u->regs.valid &= a->callee_saved;
	u->regs.value[a->sp] = sp + t.cfa_offset;
	u->regs.valid |= UINT64_C(1) << a->sp;
	u->pc = arch_code_address(a, ra);
	return u->pc ? STEP_CALLER : STEP_OUTERMOST;
}

/* A guess, so what it finds must be certain: code right behind a call. */
static enum step step_by_frame_pointer(struct unwinder *u)
{
	const struct arch *a = u->arch;
	const struct code_place *p;
	uint64_t fp, saved, ra;

	if (!has(u, a->fp) || !has(u, a->sp))
		return STEP_FAILED;
	fp = u->regs.value[a->fp];
	if (fp < u->regs.value[a->sp] || fp % 8 || !read_word(u, fp, &saved) ||
	    !read_word(u, fp + 8, &ra))
		return STEP_FAILED;
	ra = arch_code_address(a, ra);
	if (!ra)
		return STEP_FAILED;
	p = place_at(u, ra - 1);
	if (p->kind != PLACE_TRAMPOLINE &&
	    !(p->called == CALL_YES || (p->called == CALL_UNKNOWN && p->kind == PLACE_ROW)))
		return STEP_FAILED;
	u->regs.valid &= UINT64_C(1) << a->sp | UINT64_C(1) << a->fp;
	u->regs.value[a->fp] = saved;
	u->regs.value[a->sp] = fp + 16;
	u->pc = ra;
	return STEP_CALLER;
}

/* ---- the walk ---- */

static void put(struct unwinder *u, uint64_t v)
{
	u->chain = mem_grow(u->chain, u->n_chain, 1, &u->cap_chain, sizeof(*u->chain));
	u->chain[u->n_chain++] = v;
}

/* signal: what libc returns through from a handler; nothing called it, so its address is exact, too. */
static void put_frame(struct unwinder *u, bool signal)
{
	if (u->exact || signal)
		put(u, CONTEXT_USER);
	put(u, u->pc);
	if (u->keep_regs) {
		u->kept = mem_grow(u->kept, u->n_frames, 1, &u->cap_kept, sizeof(*u->kept));
		u->kept[u->n_frames] = u->regs;
	}
	u->n_frames++;
}

static bool is_code(enum place_kind kind)
{
	return kind != PLACE_NO_CODE;
}

/* Is the caller that a step found believable?  (A trampoline is, at its return offset only.) */
static bool is_verified(struct unwinder *u, const struct code_place *p, bool was_signal,
			uint64_t callee_sp, bool callee_exact)
{
	uint64_t sp = u->regs.value[u->arch->sp];

	if (!is_code(p->kind))
		return false;
	if (was_signal)
		return true; /* interrupted, perhaps on another stack */
	if (sp < callee_sp || (sp == callee_sp && !(callee_exact && u->arch->ra_in_register)))
		return false;
	if (p->kind == PLACE_TRAMPOLINE)
		return trampoline_returns_at(u->arch, p->size, u->pc - p->start);
	if (p->kind == PLACE_ROW && p->row->signal)
		return true; /* libc's return from a handler: the kernel left its address */
	return p->called != CALL_NO;
}

static enum step step(struct unwinder *u, const struct code_place *p)
{
	switch (p->kind) {
	case PLACE_ROW:
		return step_by_row(u, p->row);
	case PLACE_TRAMPOLINE:
		return step_by_trampoline(u, p);
	case PLACE_NO_CFI:
	case PLACE_MISSING:
		return step_by_frame_pointer(u);
	case PLACE_START:
		return STEP_OUTERMOST;
	case PLACE_NO_CODE:
		break;
	}
	return STEP_FAILED;
}

static enum stack_end end_of(const struct code_place *p, enum step s, const char **subject)
{
	if (s == STEP_OUTERMOST)
		return STACK_COMPLETE;
	if (s == STEP_TOO_SHORT)
		return STACK_COPY_TOO_SHORT;
	if (p->kind == PLACE_NO_CFI || p->kind == PLACE_MISSING) {
		*subject = p->file;
		return p->kind == PLACE_NO_CFI ? STACK_NO_CFI : STACK_FILE_MISSING;
	}
	return STACK_BAD_DATA;
}

static enum stack_end walk(struct unwinder *u, const char **subject)
{
	/* by value: the cache may give its slot away while the step looks at other addresses */
	struct code_place here = *place_at(u, u->pc);

	for (;;) {
		bool signal = here.kind == PLACE_ROW && here.row->signal, exact = u->exact;
		uint64_t sp = u->regs.value[u->arch->sp];
		const struct code_place *next;
		enum step s;

		put_frame(u, signal);
		u->overread = false;
		s = step(u, &here);
		if (s != STEP_CALLER || u->n_frames == MAX_FRAMES)
			return end_of(&here, s, subject);
		u->exact = signal;
		next = place_at(u, u->exact ? u->pc : u->pc - 1);
		if (!is_verified(u, next, signal, sp, exact))
			return end_of(&here, STEP_FAILED, subject);
		if ((here.kind == PLACE_NO_CFI || here.kind == PLACE_MISSING) && !u->n_guessed++)
			u->guessed_in = here.file;
		here = *next;
	}
}

enum stack_end unwind(struct unwinder *u, const struct unwind_input *in, const uint64_t **chain,
		      size_t *n, const char **subject)
{
	enum stack_end end = STACK_BAD_DATA;

	*subject = "";
	u->in = in;
	u->n_chain = u->n_frames = u->n_guessed = 0;
	u->exact = true;
	if (load_registers(u)) {
		u->stack_start = u->regs.value[u->arch->sp];
		end = walk(u, subject);
	}
	*chain = u->chain;
	*n = u->n_chain;
	return end;
}
