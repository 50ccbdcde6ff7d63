/*
 * Each examination is a function that looks at one thing and adds at most a few findings; which
 * problems of other layers count, and from which share of the samples on, is in one table.
 */
#include "report/doctor.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "report/chain_ends.h"
#include "report/label.h"
#include "report/record_again.h"
#include "report/table.h"
#include "report/totals.h"
#include "report/unnamed.h"

/* Shares in hundredths of a percent. */
enum {
	WHOLE = 10000,
	SERIOUS_SHARE = 1000, /* a tenth of the samples: the table misleads */
	ADVICE_SHARE = 100,
	FEW_SAMPLES = 100,
	WIDE_POINTS = 500, /* of a confidence interval, to either side */
};

struct examination {
	const struct doctor_input *in;
	struct doctor *d;
	struct unnamed unnamed;
	uint64_t
		whole; /* samples among which a finding's are counted: those that filters keep, or all */
};

static uint64_t share_of(const struct examination *x, uint64_t samples)
{
	struct cost part = { samples, 0 }, whole = { x->whole, 0 };

	return cost_share(&part, &whole);
}

static const char *text(struct examination *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *text(struct examination *x, const char *fmt, ...)
{
	const char *result;
	va_list args;
	char *own;
	int n;

	va_start(args, fmt);
	n = vasprintf(&own, fmt, args);
	va_end(args);
	if (n < 0)
		return "";
	result = texts_add_z(x->in->texts, own);
	free(own);
	return result;
}

static void add(struct examination *x, const struct finding *f)
{
	struct doctor *d = x->d;

	d->findings = mem_grow(d->findings, d->n, 1, &d->cap, sizeof(*d->findings));
	d->findings[d->n] = *f;
	d->findings[d->n++].share = share_of(x, f->samples);
}

static enum harm harm_of_share(uint64_t share)
{
	return share >= SERIOUS_SHARE  ? HARM_SERIOUS
	       : share >= ADVICE_SHARE ? HARM_ADVICE
				       : HARM_NOTE;
}

/* "12.34 % of the samples (56)" */
static const char *in_numbers(struct examination *x, uint64_t samples)
{
	uint64_t share = share_of(x, samples);

	return text(x, "%" PRIu64 ".%02" PRIu64 " %% of the samples (%" PRIu64 ")", share / 100,
		    share % 100, samples);
}

/* The command to record the same once more, with these changes. */
static const char *again(const struct examination *x, const struct record_changes *changes)
{
	return record_again(x->in->command, changes, x->in->texts);
}

static const char *with_call_graph(const struct examination *x, const char *mode)
{
	return again(x, &(struct record_changes){ .call_graph = mode });
}

/* ---- stacks ---- */

static bool is_python(const struct examination *x)
{
	for (size_t i = 0; i < x->in->functions->n; i++)
		if (x->in->functions->items[i].kind == KIND_PYTHON)
			return true;
	return false;
}

/* Chains that the kernel made by frame pointers and that end in the middle. */
static void examine_chains(struct examination *x)
{
	struct chain_ends ends;
	struct finding f = { .kind = "broken-chains" };

	if (!x->in->collected->stacks[STACK_RECORDED])
		return;
	chain_ends_count(&ends, x->in->events, x->in->collected, x->in->functions, x->in->frames);
	if (ends.broken) {
		f.samples = ends.broken;
		f.harm = harm_of_share(share_of(x, f.samples));
		f.title = text(x, "call chains break in %s",
			       *ends.object ? ends.object : "code without a mapping");
		f.evidence = text(x,
				  "%s end before the start of their thread, most of them (%" PRIu64
				  ") in %s",
				  in_numbers(x, ends.broken), ends.in_object,
				  *ends.object ? ends.object : "code without a mapping");
		f.consequence = text(
			x, "%s: it was built without frame pointers, which --call-graph fp needs",
			is_python(x)
				? "outer Python functions are missing, their totals are too small"
				: "callers are missing, totals are too small");
		f.remedy = with_call_graph(x, "dwarf,16384");
		add(x, &f);
	}
	if (ends.cut) {
		f = (struct finding){ .kind = "chains-cut", .samples = ends.cut };
		f.harm = harm_of_share(share_of(x, ends.cut));
		f.title = "call chains are longer than the kernel records";
		f.evidence = text(
			x,
			"%s have as many frames as kernel.perf_event_max_stack allows (%" PRIu64
			")",
			in_numbers(x, ends.cut), ends.limit);
		f.consequence =
			"the outermost functions are missing in them, their totals are too small";
		f.remedy = "sysctl kernel.perf_event_max_stack=1023, then record again";
		add(x, &f);
	}
}

static void examine_copies(struct examination *x)
{
	uint64_t cut = x->in->collected->stacks[STACK_COPY_TOO_SHORT];
	uint32_t size = 0;
	struct finding f = { .kind = "stack-copies-too-short", .samples = cut };

	for (size_t e = 0; e < x->in->collected->tree->n_events; e++)
		if (x->in->events[e].attr->sample_stack_user > size)
			size = x->in->events[e].attr->sample_stack_user;
	if (!cut || !size)
		return;
	f.harm = harm_of_share(share_of(x, cut));
	f.title = text(x, "copies of %" PRIu32 " bytes are too small for these stacks", size);
	f.evidence = text(x, "%s are deeper than their copy", in_numbers(x, cut));
	f.consequence = "their outer functions are missing, totals are too small";
	if (size >= 65000)
		f.remedy =
			"no larger copy can be recorded; where the program has frame pointers: --call-graph fp";
	else
		f.remedy = with_call_graph(x, size < 16384 ? "dwarf,32768" : "dwarf,65528");
	add(x, &f);
}

static void examine_no_stacks(struct examination *x)
{
	const uint64_t *stacks = x->in->collected->stacks;
	uint64_t any = 0;
	struct finding f = { .kind = "no-call-chains", .harm = HARM_ADVICE };

	for (int i = 0; i < STACK_ENDS; i++)
		any += stacks[i];
	if (any || !x->d->samples)
		return;
	f.samples = x->d->samples;
	f.title = "the recording has no call chains";
	f.evidence = "no sample has one";
	f.consequence = "totals, callers and callees cannot be told, nor Python functions";
	f.remedy = with_call_graph(x, "dwarf,16384");
	add(x, &f);
}

static void examine_no_samples(struct examination *x)
{
	if (x->in->collected->samples)
		return;
	add(x, &(struct finding){
		       .kind = "no-samples",
		       .harm = HARM_SERIOUS,
		       .title = "the recording has no samples",
		       .evidence = "no record of it is a sample",
		       .consequence = "there is nothing to report",
		       .remedy = text(x, "see that the program runs and that its events happen: %s",
				      again(x, &(struct record_changes){ .event = "cpu-clock" })),
	       });
}

/* ---- what other layers told ---- */

/* Which problems the doctor takes up, and how: the harm where it is not by the share of an object's samples. */
static const struct complaint {
	enum problem_kind kind;
	enum harm harm;
	bool by_subject;    /* harm by the samples of the object that the problem is about */
	const char *object; /* ... or of this one */
	const char *title;
} complaints[] = {
	{ PROBLEM_UNFINISHED, HARM_SERIOUS, false, NULL, "perf record did not finish" },
	{ PROBLEM_TRUNCATED, HARM_SERIOUS, false, NULL, "the file is cut off" },
	{ PROBLEM_BAD_COMPRESSION, HARM_SERIOUS, false, NULL, "compressed records are damaged" },
	{ PROBLEM_BAD_RECORD, HARM_SERIOUS, false, NULL, "records are damaged" },
	{ PROBLEM_MISSING_PERF_MAP, HARM_SERIOUS, false, "[jit]",
	  "JIT code has no names: its perf map is missing" },
	{ PROBLEM_AMBIGUOUS_PERF_MAP, HARM_SERIOUS, false, "[jit]",
	  "JIT code has no names: which map is whose?" },
	{ PROBLEM_FOREIGN_PERF_MAP, HARM_SERIOUS, false, "[jit]",
	  "a perf map is not of this recording" },
	{ PROBLEM_BAD_PERF_MAP, HARM_ADVICE, false, NULL, "a perf map is damaged" },
	{ PROBLEM_REFUSED_PERF_MAP, HARM_ADVICE, false, NULL, "a perf map was not used" },
	{ PROBLEM_JITDUMP_CLOCK, HARM_SERIOUS, false, NULL,
	  "the jitdump's clock is not the recording's" },
	{ PROBLEM_BAD_JITDUMP, HARM_ADVICE, false, NULL, "a jitdump is damaged" },
	{ PROBLEM_CUT_JITDUMP, HARM_ADVICE, false, NULL, "a jitdump is cut off" },
	{ PROBLEM_WRONG_OBJECT, HARM_NOTE, true, NULL,
	  "a file is another build than the one that ran" },
	{ PROBLEM_MISSING_OBJECT, HARM_NOTE, true, NULL, "a file is missing" },
	{ PROBLEM_BAD_OBJECT, HARM_ADVICE, false, NULL, "a file is damaged" },
	{ PROBLEM_MISSING_KALLSYMS, HARM_NOTE, true, "[kernel.kallsyms]",
	  "kernel functions have no names" },
	{ PROBLEM_NO_CFI, HARM_ADVICE, false, NULL, "code without unwinding rules ends stacks" },
	{ PROBLEM_GUESSED_CALLERS, HARM_NOTE, false, NULL,
	  "callers were guessed by frame pointers" },
	{ PROBLEM_UNWIND_MISSING, HARM_SERIOUS, false, NULL, "stack copies could not be unwound" },
	{ PROBLEM_LOST, HARM_SERIOUS, false, NULL, "perf lost records" },
	{ PROBLEM_THROTTLED, HARM_ADVICE, false, NULL, "the kernel throttled the recording" },
	{ PROBLEM_DEFERRED_CHAINS, HARM_ADVICE, false, NULL, "user call chains never arrived" },
	{ PROBLEM_NO_CPUS, HARM_ADVICE, false, NULL, "samples do not say their processor" },
	{ PROBLEM_NO_DEBUG_INFO, HARM_NOTE, false, NULL, "debug information is missing" },
	{ PROBLEM_MISSING_SPLIT_FILE, HARM_NOTE, false, NULL,
	  "a part of the debug information is missing" },
};

static const struct complaint *complaint_of(enum problem_kind kind)
{
	for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
		if (complaints[i].kind == kind)
			return &complaints[i];
	return NULL;
}

static void examine_problem(struct examination *x, const struct problem *p)
{
	const struct complaint *c = complaint_of(p->kind);
	const char *object = c && c->object ? c->object : p->subject;
	struct finding f = { .kind = p->name, .evidence = p->message, .remedy = p->remedy };

	if (!c)
		return;
	f.harm = c->harm;
	f.title = *p->subject && !c->object ? text(x, "%s: %s", c->title, p->subject) : c->title;
	f.consequence = p->consequence;
	if (c->by_subject || c->object) {
		if (c->object && strcmp(object, "[jit]") == 0)
			f.samples = x->unnamed.jit;
		else
			f.samples = unnamed_in(&x->unnamed, object);
		if (c->by_subject)
			f.harm = harm_of_share(share_of(x, f.samples));
		f.consequence = text(x, "%s: %s", in_numbers(x, f.samples), p->consequence);
	}
	if (p->count > 1)
		f.evidence = text(x, "%s (%" PRIu64 " times)", p->message, p->count);
	add(x, &f);
}

/* ---- numbers ---- */

/* Half the width of the 95 % interval of a share among n samples, in hundredths of a percent. */
static uint64_t half_width(uint64_t share, uint64_t n)
{
	double p = (double)share / WHOLE;

	return (uint64_t)(1.96 * sqrt(p * (1 - p) / (double)n) * WHOLE + 0.5);
}

enum { DENSER = 10, MOST_FREQUENT = 10000 }; /* more than that costs the program its speed */

/* With the rate that the command names; one that perf chose, or that is an event's own, is not touched. */
static const char *more_often(struct examination *x)
{
	struct record_changes changes = { 0 };
	struct record_answers was;

	record_ask(x->in->command, &was, x->in->texts);
	if (!was.rate || was.rate >= (was.is_period ? ULONG_MAX : MOST_FREQUENT))
		return "";
	if (was.is_period)
		changes.count = text(x, "%lu", was.rate / DENSER + 1);
	else
		changes.frequency =
			text(x, "%lu",
			     was.rate > MOST_FREQUENT / DENSER ? MOST_FREQUENT : was.rate * DENSER);
	return text(x, ", or more often: %s", again(x, &changes));
}

static void examine_sample_count(struct examination *x)
{
	const struct profile *p = x->in->profile;
	struct finding f = { .kind = "few-samples" };
	struct totals *t;
	uint64_t top = 0, n, share, width;
	size_t best = 0;

	if (!p->n_events || !p->events[0].sum.samples)
		return;
	t = totals_new(p);
	for (size_t i = 0; i < p->n_functions; i++)
		if (costs_at(&t->self, i, 0)->samples > top) {
			best = i;
			top = costs_at(&t->self, i, 0)->samples;
		}
	totals_free(t);
	n = p->events[0].sum.samples;
	share = cost_share(&(struct cost){ top, 0 }, &(struct cost){ n, 0 });
	width = half_width(share, n);
	if (n >= FEW_SAMPLES && width <= WIDE_POINTS)
		return;
	f.harm = n < FEW_SAMPLES ? HARM_SERIOUS : HARM_ADVICE;
	f.samples = n;
	f.title = text(x, "%" PRIu64 " %s few", n, plural(n, "sample is", "samples are"));
	f.evidence =
		text(x,
		     "the top function, %s, has %" PRIu64 ".%02" PRIu64 " %% +- %" PRIu64
		     ".%02" PRIu64 " points (95 %% confidence)",
		     p->functions[best].name, share / 100, share % 100, width / 100, width % 100);
	f.consequence = "differences of a few percent are chance";
	f.remedy = text(x, "record longer%s", more_often(x));
	add(x, &f);
}

enum { COUNTED_SHARE = 9900 }; /* a hundredth less is within what else is uncertain */

/* Events that took turns at the processor's counters. */
static void examine_multiplexing(struct examination *x)
{
	const struct profile *p = x->in->profile;

	for (size_t i = 0; i < p->n_events; i++) {
		const struct profile_event *e = &p->events[i];
		struct cost part = { 0, e->running_ns }, whole = { 0, e->enabled_ns };
		uint64_t share = cost_share(&part, &whole);
		struct finding f = { .kind = "multiplexed", .harm = HARM_ADVICE };

		if (!e->enabled_ns || share >= COUNTED_SHARE)
			continue;
		f.samples = e->sum.samples;
		f.title = text(x, "%s was counted %" PRIu64 ".%02" PRIu64 " %% of the time",
			       e->name, share / 100, share % 100);
		f.evidence = text(x,
				  "of %" PRIu64 " ms of all its counters it was counted in %" PRIu64
				  " ms: events took turns",
				  e->enabled_ns / 1000000, e->running_ns / 1000000);
		f.consequence =
			"its counts are too small by as much, and so are ratios with events "
			"that were counted longer; nothing is scaled";
		f.remedy =
			"record fewer events at once, or those of a ratio in a group: -e '{A,B}'";
		add(x, &f);
	}
}

/* ---- secrets ---- */

static bool sounds_secret(const char *name)
{
	static const char *const words[] = { "SECRET",     "TOKEN", "PASS",  "KEY",
					     "CREDENTIAL", "AUTH",  "COOKIE" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

static void examine_environment(struct examination *x)
{
	const struct environment *e = x->in->environment;
	struct finding f = { .kind = "environment-in-copies", .harm = HARM_NOTE };
	const char *list = "", *harmless = "";

	if (!e || !e->n)
		return;
	for (size_t i = 0; i < e->n; i++) {
		const char *name = e->names[i].name;

		if (environment_is_harmless(name)) {
			harmless = text(x, "%s%s%s", harmless, *harmless ? ", " : "", name);
			continue;
		}
		list = text(x, "%s%s%s", list, *list ? ", " : "", name);
		if (sounds_secret(name))
			f.harm = HARM_SERIOUS;
		else if (f.harm == HARM_NOTE)
			f.harm = HARM_ADVICE;
	}
	f.samples = e->samples;
	f.title = "stack copies carry the program's environment";
	if (*list)
		f.evidence = text(x, "%s hold values of %s", in_numbers(x, e->samples), list);
	else
		f.evidence = text(x, "some hold values of %s", harmless);
	f.consequence = "who gets the recording can read them";
	f.remedy = text(x, "record under a clean environment: %s",
			again(x, &(struct record_changes){ .clean_environment = true }));
	add(x, &f);
}

/* ---- all together ---- */

static uint64_t kept_samples(const struct calltree *t)
{
	uint64_t sum = 0;

	for (size_t n = 0; n < t->n_nodes; n++)
		sum += costs_samples(&t->costs, t->nodes[n].cost);
	return sum;
}

/* A finding that concerns who may read the recording, or whether it is whole, goes before shares. */
static int rank(const struct finding *f)
{
	static const char *const first[] = { "environment-in-copies", "unfinished", "truncated" };

	for (int i = 0; i < 3; i++)
		if (strcmp(f->kind, first[i]) == 0)
			return i;
	return 3;
}

static int most_harmful_first(const void *va, const void *vb)
{
	const struct finding *a = va, *b = vb;
	int order = strcmp(a->title, b->title);

	if (a->harm != b->harm)
		return a->harm > b->harm ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (a->samples != b->samples)
		return a->samples > b->samples ? -1 : 1;
	return order ? order : strcmp(a->evidence, b->evidence);
}

struct doctor *doctor_new(const struct doctor_input *in)
{
	struct doctor *d = mem_calloc(1, sizeof(*d));
	struct examination x = { .in = in, .d = d };

	x.whole = d->samples = kept_samples(in->collected->tree);
	unnamed_init(&x.unnamed, in->collected->tree, in->functions, in->frames, in->texts);
	d->unnamed = unnamed_in(&x.unnamed, "");
	examine_chains(&x);
	examine_no_stacks(&x);
	examine_no_samples(&x);
	for (size_t i = 0; i < diag_count(in->diag); i++)
		examine_problem(&x, diag_get(in->diag, i));
	unnamed_done(&x.unnamed);
	examine_sample_count(&x);
	examine_multiplexing(&x);
	/* these are counted as the recording is read, before filters */
	x.whole = in->collected->samples;
	examine_copies(&x);
	examine_environment(&x);
	if (d->n)
		qsort(d->findings, d->n, sizeof(*d->findings), most_harmful_first);
	return d;
}

void doctor_free(struct doctor *d)
{
	if (!d)
		return;
	free(d->findings);
	free(d);
}

size_t doctor_count(const struct doctor *d, enum harm harm)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->findings[i].harm == harm;
	return n;
}

const char *harm_name(enum harm harm)
{
	static const char *const names[] = {
		[HARM_NOTE] = "note",
		[HARM_ADVICE] = "advice",
		[HARM_SERIOUS] = "serious",
	};

	return names[harm];
}
