#include "report/whole_chain.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/event.h"
#include "parser/perf_format.h"
#include "parser/recording.h"
#include "report/stacks.h"

enum {
	USER_ABI_64 = 2,   /* PERF_SAMPLE_REGS_ABI_64 */
	BRANCH_BYTES = 24, /* { u64 from, to, flags } */
};

struct whole_chains {
	const struct recording *recording;
	struct unwinder *unwinder;
	struct environment *environment;
	struct texts *texts;
	struct diag *diag;
	bool swap;
	uint64_t *chain; /* of the sample under way */
	size_t n, cap;
	uint64_t ends[STACK_ENDS];
};

struct whole_chains *whole_chains_new(const struct recording *r, struct unwinder *unwinder,
				      struct environment *environment, struct texts *texts,
				      struct diag *diag)
{
	struct whole_chains *w = mem_calloc(1, sizeof(*w));

	w->recording = r;
	w->unwinder = unwinder;
	w->environment = environment;
	w->texts = texts;
	w->diag = diag;
	w->swap = recording_swapped(r);
	return w;
}

void whole_chains_free(struct whole_chains *w)
{
	if (!w)
		return;
	free(w->chain);
	free(w);
}

const uint64_t *whole_chains_ends(const struct whole_chains *w)
{
	return w->ends;
}

static void put(struct whole_chains *w, uint64_t v)
{
	w->chain = mem_grow(w->chain, w->n, 1, &w->cap, sizeof(*w->chain));
	w->chain[w->n++] = v;
}

/* Begin a chain with the kernel's part of the sample's. */
static void put_kernel_part(struct whole_chains *w, const struct sample *s)
{
	enum space_kind space = stacks_space(s->misc & MISC_CPUMODE_MASK, s->ip);

	w->n = 0;
	for (uint64_t i = 0; i < s->chain_nr; i++) {
		uint64_t v;

		memcpy(&v, s->chain + 8 * i, sizeof(v));
		if (v == CONTEXT_USER || v == CONTEXT_USER_DEFERRED)
			break;
		if (w->n == 0 && v < CONTEXT_MAX && space == SPACE_USER)
			break; /* old kernels: a user chain without a marker */
		put(w, v);
	}
	if (w->n == 0 && space == SPACE_KERNEL && s->ip) {
		put(w, CONTEXT_KERNEL);
		put(w, s->ip);
	}
}

static void use_chain(const struct whole_chains *w, struct sample *s)
{
	s->chain = (const uint8_t *)w->chain;
	s->chain_nr = w->n;
}

static void count(struct whole_chains *w, enum stack_end end, const char *subject)
{
	w->ends[end]++;
	switch (end) {
	case STACK_COPY_TOO_SHORT:
		diag_add(w->diag, PROBLEM_STACK_COPY_SHORT, "",
			 "stacks were deeper than their copies");
		break;
	case STACK_NO_CFI:
		diag_add(w->diag, PROBLEM_NO_CFI, subject,
			 "%s: code without unwinding rules ends stacks", subject);
		break;
	case STACK_BAD_DATA:
		diag_add(w->diag, PROBLEM_BAD_STACK, "",
			 "stack copies that hold no stack at some frame");
		break;
	case STACK_FILE_MISSING: /* told by the finder */
	case STACK_COMPLETE:
	case STACK_RECORDED:
	case STACK_ENDS:
		break;
	}
}

/* ---- the processor's record of calls ---- */

static uint64_t branch_word(const struct whole_chains *w, const struct sample *s, uint64_t i,
			    size_t word)
{
	uint64_t v;

	memcpy(&v, s->branches + i * BRANCH_BYTES + 8 * word, sizeof(v));
	return w->swap ? bswap_64(v) : v;
}

static bool has_lbr_stack(const struct whole_chains *w, const struct sample *s)
{
	const struct attr *a = &recording_events(w->recording)->items[s->event].attr;

	return (a->branch_sample_type & BRANCH_CALL_STACK) && s->branches && s->branch_nr;
}

/*
 * The newest call leads into the function that runs; the `from` of each is in its caller.  They are call
 * instructions, not return addresses, so one more is written, which look-ups take off again.
 */
static void join_lbr(struct whole_chains *w, struct sample *s)
{
	bool user = stacks_space(s->misc & MISC_CPUMODE_MASK, s->ip) == SPACE_USER;

	put_kernel_part(w, s);
	if (s->chain_nr >= w->n + s->branch_nr + 2)
		return; /* frame pointers reached further */
	put(w, CONTEXT_USER);
	put(w, user ? s->ip : branch_word(w, s, 0, 1));
	for (uint64_t i = 0; i < s->branch_nr; i++)
		put(w, branch_word(w, s, i, 0) + 1);
	use_chain(w, s);
}

/* ---- copies of the stack ---- */

/* The user's part from the copy; one that the kernel recorded itself stays if unwinding finds less. */
static void join_unwound(struct whole_chains *w, struct sample *s, struct instance_id instance,
			 uint64_t time)
{
	struct unwind_input in = {
		.instance = instance,
		.time = time,
		.regs_mask = s->user_regs_mask,
		.regs = s->user_regs,
		.stack = s->stack,
		.stack_size = s->stack_size,
		.swap = w->swap,
	};
	const char *subject, *guessed_in;
	const uint64_t *unwound;
	enum stack_end end;
	size_t n;

	end = unwind(w->unwinder, &in, &unwound, &n, &subject);
	put_kernel_part(w, s);
	if (end != STACK_COMPLETE && s->chain_nr > w->n + n) {
		count(w, STACK_RECORDED, "");
		return;
	}
	count(w, end, subject);
	if (unwound_guesses(w->unwinder, &guessed_in))
		diag_add(w->diag, PROBLEM_GUESSED_CALLERS, guessed_in,
			 "%s: callers were found by frame pointers, for want of unwinding rules",
			 guessed_in);
	for (size_t i = 0; i < n; i++)
		put(w, unwound[i]);
	use_chain(w, s);
}

void whole_chain(struct whole_chains *w, struct sample *s, struct instance_id instance,
		 uint64_t time)
{
	if (!s->user_regs || !s->stack || !s->user_abi) {
		if (has_lbr_stack(w, s))
			join_lbr(w, s);
		if (s->chain_nr)
			count(w, STACK_RECORDED, "");
		return;
	}
	if (w->environment)
		environment_scan(w->environment, s->stack, (size_t)s->stack_size, w->texts);
	if (!w->unwinder || s->user_abi != USER_ABI_64) {
		diag_add(w->diag, PROBLEM_UNWIND_MISSING, "",
			 "the recording has copies of stacks of a machine that is not known here");
		count(w, STACK_NO_CFI, "code of this machine");
		return;
	}
	join_unwound(w, s, instance, time);
}
