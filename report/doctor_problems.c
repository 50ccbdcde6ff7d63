/*
 * Which problems of other layers the doctor takes up, and how harmful they are, is in one table: where a problem is
 * about some of the samples, they are counted, and the rule for all findings that are (examination_harm()) decides.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/doctor_parts.h"

enum counted {
	COUNTED_NOT,     /* it is about the whole recording */
	COUNTED_PROBLEM, /* each occurrence of the problem is a sample, whatever filters say */
	COUNTED_LOST,    /* samples and records that are not in the recording */
	COUNTED_UNNAMED, /* samples that ended in code of the file, or of `object`, and have no name for it */
	COUNTED_IN,        /* samples that ended in code of the file */
	COUNTED_JIT,       /* samples with code of a JIT compiler without a name in their stack */
	COUNTED_NAMED_JIT, /* ... with a name, which may be another function's */
};

static const struct complaint {
	enum problem_kind kind;
	enum harm most; /* its harm if it is not counted, else the greatest that it can have */
	enum counted counted;
	const char *object;
	const char *title;
	const char *titles;       /* of several files; NULL: it is about none */
	const char *sos, *to_dos; /* consequence and remedy of several files; NULL: as of one */
	bool same;                /* of all files the same is said, but for their names */
	bool silent;              /* where no sample is concerned, there is nothing to say */
	bool slower; /* the command is to ask for half the frequency, where it names one */
	const struct record_changes
		*again; /* what else the command is to say; NULL: there is none */
} complaints[] = {
	{ .kind = PROBLEM_UNFINISHED,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_NOT,
	  .title = "perf record did not finish" },
	{ .kind = PROBLEM_TRUNCATED,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_NOT,
	  .title = "the file is cut off" },
	{ .kind = PROBLEM_BAD_COMPRESSION,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_NOT,
	  .title = "compressed records are damaged" },
	{ .kind = PROBLEM_BAD_RECORD,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_NOT,
	  .title = "records are damaged",
	  .titles = "types of records are damaged" },
	{ .kind = PROBLEM_MISSING_PERF_MAP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "JIT code has no names: a perf map is missing",
	  .titles = "perf maps are missing: JIT code has no names" },
	{ .kind = PROBLEM_AMBIGUOUS_PERF_MAP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "JIT code has no names: which map is whose?" },
	{ .kind = PROBLEM_FOREIGN_PERF_MAP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "a perf map is not of this recording",
	  .titles = "perf maps are not of this recording" },
	{ .kind = PROBLEM_BAD_PERF_MAP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "a perf map is damaged",
	  .titles = "perf maps are damaged" },
	{ .kind = PROBLEM_REFUSED_PERF_MAP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "a perf map was not used",
	  .titles = "perf maps were not used" },
	{ .kind = PROBLEM_JITDUMP_CLOCK,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_NAMED_JIT,
	  .title = "the jitdump's clock is not the recording's",
	  .silent = true,
	  .again = &(const struct record_changes){ .clock = "mono" } },
	{ .kind = PROBLEM_BAD_JITDUMP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "a jitdump is damaged",
	  .titles = "jitdumps are damaged" },
	{ .kind = PROBLEM_CUT_JITDUMP,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_JIT,
	  .title = "a jitdump is cut off",
	  .titles = "jitdumps are cut off" },
	{ .kind = PROBLEM_WRONG_OBJECT,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_UNNAMED,
	  .title = "a file is another build than the one that ran",
	  .titles = "files are other builds than those that ran",
	  .sos = "their functions have no names",
	  .to_dos = "find the files that ran, or use these all the same with --force" },
	{ .kind = PROBLEM_MISSING_OBJECT,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_UNNAMED,
	  .title = "a file is missing",
	  .titles = "files are missing",
	  .sos = "their functions have no names",
	  .to_dos =
		  "put them into the recording directory's elf/ or name their root with --symfs" },
	{ .kind = PROBLEM_MISSING_VDSO,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_UNNAMED,
	  .title = "the recorded kernel's vdso is missing",
	  .silent = true },
	{ .kind = PROBLEM_BAD_OBJECT,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_UNNAMED,
	  .title = "a file is damaged",
	  .titles = "files are damaged",
	  .sos = "their functions have no names",
	  .to_dos = "copy the files again" },
	{ .kind = PROBLEM_MISSING_KALLSYMS,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_UNNAMED,
	  .object = "[kernel.kallsyms]",
	  .title = "kernel functions have no names" },
	{ .kind = PROBLEM_NO_CFI,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_PROBLEM,
	  .title = "code without unwinding rules ends stacks",
	  .titles = "files without unwinding rules end stacks",
	  .sos = "totals and callers miss what called them in these samples",
	  .to_dos =
		  "put files with unwinding rules (.eh_frame or .debug_frame) beside the recording",
	  .same = true },
	{ .kind = PROBLEM_GUESSED_CALLERS,
	  .most = HARM_ADVICE,
	  .counted = COUNTED_PROBLEM,
	  .title = "callers were guessed by frame pointers",
	  .titles = "files without unwinding rules: callers were guessed by frame pointers",
	  .to_dos =
		  "put files with unwinding rules (.eh_frame or .debug_frame) beside the recording",
	  .same = true },
	{ .kind = PROBLEM_UNWIND_MISSING,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_PROBLEM,
	  .title = "stack copies could not be unwound" },
	{ .kind = PROBLEM_LOST,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_LOST,
	  .title = "perf lost records",
	  .again = &(const struct record_changes){ .pages = "1024" } },
	{ .kind = PROBLEM_THROTTLED,
	  .most = HARM_ADVICE,
	  .counted = COUNTED_NOT,
	  .title = "the kernel throttled the recording",
	  .slower = true },
	{ .kind = PROBLEM_DEFERRED_CHAINS,
	  .most = HARM_SERIOUS,
	  .counted = COUNTED_PROBLEM,
	  .title = "user call chains never arrived" },
	{ .kind = PROBLEM_NO_CPUS,
	  .most = HARM_ADVICE,
	  .counted = COUNTED_NOT,
	  .title = "samples do not say their processor",
	  .again = &(const struct record_changes){ .sample_cpu = true } },
	{ .kind = PROBLEM_NO_DEBUG_INFO,
	  .most = HARM_NOTE,
	  .counted = COUNTED_IN,
	  .title = "debug information is missing",
	  .titles = "files have no debug information",
	  .sos = "their lines and inlined functions are not known",
	  .to_dos = "install their debug information, or put the .debug files beside them",
	  .same = true },
	{ .kind = PROBLEM_MISSING_SPLIT_FILE,
	  .most = HARM_NOTE,
	  .counted = COUNTED_IN,
	  .title = "a part of the debug information is missing",
	  .titles = "files miss a part of their debug information",
	  .sos = "their functions have lines, but no inlined calls" },
};

enum { COMPLAINTS = sizeof(complaints) / sizeof(complaints[0]) };

/* The problems of a complaint. */
struct problems {
	const struct problem **items;
	size_t n, cap;
};

static void sort_out(const struct diag *diag, struct problems lists[COMPLAINTS])
{
	for (size_t i = 0; i < diag_count(diag); i++) {
		const struct problem *p = diag_get(diag, i);

		for (size_t k = 0; k < COMPLAINTS; k++) {
			struct problems *l = &lists[k];

			if (complaints[k].kind != p->kind)
				continue;
			l->items = mem_grow(l->items, l->n, 1, &l->cap, sizeof(struct problem *));
			l->items[l->n++] = p;
		}
	}
}

static uint64_t samples_of(const struct examination *x, const struct complaint *c,
			   const struct problem *p)
{
	switch (c->counted) {
	case COUNTED_PROBLEM:
		return p->count;
	case COUNTED_UNNAMED:
		return c->object ? 0 : unnamed_in(&x->unnamed, p->subject);
	case COUNTED_IN:
		return unnamed_or_named_in(&x->unnamed, p->subject);
	case COUNTED_NOT:
	case COUNTED_LOST:
	case COUNTED_JIT:
	case COUNTED_NAMED_JIT:
		break;
	}
	return 0;
}

/* Those that are about files, with what each is about. */
static void add_files(struct examination *x, struct finding *f, const struct complaint *c,
		      const struct problems *l)
{
	f->files = mem_calloc(l->n, sizeof(*f->files));
	for (size_t i = 0; i < l->n; i++)
		if (*l->items[i]->subject)
			f->files[f->n_files++] = (struct finding_file){
				.name = l->items[i]->subject,
				.evidence = c->same ? "" : l->items[i]->message,
				.samples = samples_of(x, c, l->items[i]),
			};
}

/* Sets what a share is of, too. */
static uint64_t count(struct examination *x, const struct complaint *c, const struct problems *l)
{
	const struct collected *collected = x->in->collected;
	uint64_t sum = 0;

	if (c->counted == COUNTED_JIT)
		return x->unnamed.jit;
	if (c->counted == COUNTED_NAMED_JIT)
		return x->unnamed.named_jit;
	if (c->object)
		return unnamed_in(&x->unnamed, c->object);
	if (c->counted == COUNTED_LOST) {
		sum = collected->lost_events + collected->lost_samples;
		x->whole = collected->samples + sum;
		return sum;
	}
	if (c->counted == COUNTED_PROBLEM)
		x->whole = collected->samples;
	for (size_t i = 0; i < l->n; i++)
		sum += samples_of(x, c, l->items[i]);
	return sum;
}

/* Of several files each has its own. */
static const char *evidence(struct examination *x, const struct finding *f, const struct problem *p)
{
	if (f->n_files > 1)
		return "";
	if (p->count > 1 && !f->samples && !f->n_files)
		return examination_text(x, "%s (%" PRIu64 " times)", p->message, p->count);
	return p->message;
}

static const char *title(struct examination *x, const struct finding *f, const struct complaint *c)
{
	if (!c->titles || !f->n_files)
		return c->title;
	return f->n_files > 1 ? examination_text(x, "%zu %s", f->n_files, c->titles)
			      : examination_text(x, "%s: %s", c->title, f->files[0].name);
}

static const char *slower(struct examination *x)
{
	struct record_changes changes = { 0 };
	struct record_answers was;

	record_ask(x->in->command, &was, x->in->texts);
	if (was.is_period || was.rate < 2)
		return "";
	changes.frequency = examination_text(x, "%lu", was.rate / 2);
	return examination_again(x, &changes);
}

static const char *command(struct examination *x, const struct complaint *c)
{
	if (c->slower)
		return slower(x);
	return c->again ? examination_again(x, c->again) : "";
}

static void examine(struct examination *x, const struct complaint *c, const struct problems *l)
{
	const struct problem *first = l->items[0];
	struct finding f = { .kind = first->name, .harm = c->most };
	uint64_t whole = x->whole;
	bool several;

	f.samples = count(x, c, l);
	if (c->silent && !f.samples)
		return;
	add_files(x, &f, c, l);
	several = f.n_files > 1;
	f.title = title(x, &f, c);
	f.evidence = evidence(x, &f, first);
	f.consequence = several && c->sos ? c->sos : first->consequence;
	f.remedy = several && c->to_dos ? c->to_dos : first->remedy;
	f.command = command(x, c);
	if (c->counted != COUNTED_NOT) {
		f.harm = examination_harm(x, f.samples, c->most);
		f.consequence = examination_text(x, "%s: %s", examination_numbers(x, f.samples),
						 f.consequence);
	}
	examination_add(x, &f);
	x->whole = whole;
}

void examine_problems(struct examination *x)
{
	struct problems lists[COMPLAINTS] = { { NULL, 0, 0 } };

	sort_out(x->in->diag, lists);
	for (size_t k = 0; k < COMPLAINTS; k++) {
		if (lists[k].n)
			examine(x, &complaints[k], &lists[k]);
		free(lists[k].items);
	}
}
