#include "report/health.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/table.h"

/* Shares in hundredths of a percent; see perfolio-batch(1). */
enum {
	UNNAMED_UNUSABLE = 5000, /* most of the cost is nobody's */
	UNNAMED_LIMITED = 1000,
	BROKEN_LIMITED = 1000, /* self stays right, so never unusable */
	LOST_UNUSABLE = 5000,  /* what is left need not be typical */
	LOST_LIMITED = 100,
	FEW_SAMPLES = 100,
};

static void add(struct health_verdict *v, enum verdict_level level, const char *text)
{
	struct health_reason *r = &v->reasons[v->n++];

	r->level = level;
	snprintf(r->text, sizeof(r->text), "%s", text);
	if (level > v->level)
		v->level = level;
}

/* A reason if `part` reaches a threshold among `whole`. */
static void by_share(struct health_verdict *v, uint64_t part, uint64_t whole, uint64_t limited,
		     uint64_t unusable, const char *text)
{
	uint64_t share = cost_share(&(struct cost){ part, 0 }, &(struct cost){ whole, 0 });
	char line[80];

	if (!part || share < limited)
		return;
	snprintf(line, sizeof(line), "%" PRIu64 ".%02" PRIu64 " %% of the samples %s", share / 100,
		 share % 100, text);
	add(v, share >= unusable ? VERDICT_UNUSABLE : VERDICT_LIMITED, line);
}

/* The worst first; equal ones stay in their order. */
static void sort(struct health_verdict *v)
{
	for (size_t i = 1; i < v->n; i++)
		for (size_t j = i; j && v->reasons[j].level > v->reasons[j - 1].level; j--) {
			struct health_reason swap = v->reasons[j];

			v->reasons[j] = v->reasons[j - 1];
			v->reasons[j - 1] = swap;
		}
}

struct health_verdict health_judge(const struct health *h)
{
	struct health_verdict v = { .level = VERDICT_USABLE };
	uint64_t taken;

	if (__builtin_add_overflow(h->samples, h->lost, &taken))
		taken = UINT64_MAX;
	if (!h->samples)
		add(&v, VERDICT_UNUSABLE, "it has no samples");
	by_share(&v, h->unnamed, h->samples, UNNAMED_LIMITED, UNNAMED_UNUSABLE, "have no symbol");
	by_share(&v, h->lost, taken, LOST_LIMITED, LOST_UNUSABLE, "were lost");
	by_share(&v, h->broken, h->samples, BROKEN_LIMITED, UINT64_MAX, "have a broken stack");
	if (h->damaged)
		add(&v, VERDICT_LIMITED, "the recording is damaged or cut off");
	if (h->samples && h->samples < FEW_SAMPLES)
		add(&v, VERDICT_LIMITED, "its samples are fewer than 100");
	sort(&v);
	return v;
}

const char *verdict_name(enum verdict_level level)
{
	static const char *const names[VERDICT_LEVELS] = { "usable", "limited", "unusable" };

	return names[level];
}
