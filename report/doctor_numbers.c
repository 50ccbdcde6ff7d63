#include <inttypes.h>
#include <limits.h>
#include <math.h>

#include "parser/base/plural.h"
#include "report/doctor_parts.h"
#include "report/table.h"
#include "report/totals.h"

enum {
	FEW_SAMPLES = 100,
	WIDE_POINTS = 500,    /* of a confidence interval, to either side */
	COUNTED_SHARE = 9900, /* a hundredth less is within what else is uncertain */
	DENSER = 10,
	MOST_FREQUENT = 10000, /* more than that costs the program its speed */
};

/* Half the width of the 95 % interval of a share among n samples, in hundredths of a percent. */
static uint64_t half_width(uint64_t share, uint64_t n)
{
	double p = (double)share / WHOLE;

	return (uint64_t)(1.96 * sqrt(p * (1 - p) / (double)n) * WHOLE + 0.5);
}

/* With the rate that the command names; one that perf chose, or that is an event's own, is not touched. */
static const char *more_often(struct examination *x)
{
	struct record_changes changes = { 0 };
	struct record_answers was;

	record_ask(x->in->command, &was, x->in->texts);
	if (!was.rate || (!was.is_period && was.rate >= MOST_FREQUENT))
		return "";
	if (was.is_period)
		changes.count = examination_text(x, "%lu", was.rate / DENSER + 1);
	else
		changes.frequency = examination_text(
			x, "%lu",
			was.rate > MOST_FREQUENT / DENSER ? MOST_FREQUENT : was.rate * DENSER);
	return examination_again(x, &changes);
}

/* The function with most samples. */
static size_t top_function(const struct profile *p, uint64_t *samples)
{
	struct totals *t = totals_new(p);
	size_t best = 0;

	*samples = 0;
	for (size_t i = 0; i < p->n_functions; i++)
		if (costs_at(&t->self, i, 0)->samples > *samples) {
			best = i;
			*samples = costs_at(&t->self, i, 0)->samples;
		}
	totals_free(t);
	return best;
}

static void examine_sample_count(struct examination *x)
{
	const struct profile *p = x->in->profile;
	struct finding f = { .kind = "few-samples" };
	uint64_t top, n, share, width;
	size_t best;

	if (!p->n_events || !p->events[0].sum.samples)
		return;
	best = top_function(p, &top);
	n = p->events[0].sum.samples;
	share = cost_share(&(struct cost){ top, 0 }, &(struct cost){ n, 0 });
	width = half_width(share, n);
	if (n >= FEW_SAMPLES && width <= WIDE_POINTS)
		return;
	f.harm = n < FEW_SAMPLES ? HARM_SERIOUS : HARM_ADVICE;
	f.samples = n;
	f.title =
		examination_text(x, "%" PRIu64 " %s few", n, plural(n, "sample is", "samples are"));
	f.evidence = examination_text(x,
				      "the top function, %s, has %" PRIu64 ".%02" PRIu64
				      " %% +- %" PRIu64 ".%02" PRIu64 " points (95 %% confidence)",
				      p->functions[best].name, share / 100, share % 100,
				      width / 100, width % 100);
	f.consequence = "differences of a few percent are chance";
	f.command = more_often(x);
	f.remedy = *f.command ? "record longer, or more often" : "record longer";
	examination_add(x, &f);
}

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
		f.title =
			examination_text(x,
					 "%s was counted %" PRIu64 ".%02" PRIu64 " %% of the time",
					 e->name, share / 100, share % 100);
		f.evidence = examination_text(x,
					      "of %" PRIu64
					      " ms of all its counters it was counted in %" PRIu64
					      " ms: events took turns",
					      e->enabled_ns / 1000000, e->running_ns / 1000000);
		f.consequence =
			"its counts are too small by as much, and so are ratios with events "
			"that were counted longer; nothing is scaled";
		f.remedy =
			"record fewer events at once, or those of a ratio in a group: -e '{A,B}'";
		examination_add(x, &f);
	}
}

void examine_numbers(struct examination *x)
{
	examine_sample_count(x);
	examine_multiplexing(x);
}
