/*
 * The summary for people: what was read, what of it can be used, and the functions that cost most, in all recordings
 * and by host, program and day.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "render/batch.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/table.h"

enum { NAME_WIDTH = 40, MODULE_WIDTH = 24, GROUP_ROWS = 5 };

static void *begin(struct out *o, const struct index_totals *t)
{
	out_printf(o, "%" PRIu64 " %s of %" PRIu64 " %s", t->recordings,
		   plural(t->recordings, "recording", "recordings"), t->inputs,
		   plural(t->inputs, "input", "inputs"));
	if (t->failed)
		out_printf(o, ", %" PRIu64 " failed", t->failed);
	if (t->duplicates)
		out_printf(o, ", %" PRIu64 " with the content of another", t->duplicates);
	out_printf(o, "\n%" PRIu64 " usable, %" PRIu64 " with limits, %" PRIu64 " not usable\n",
		   t->verdicts[VERDICT_USABLE], t->verdicts[VERDICT_LIMITED],
		   t->verdicts[VERDICT_UNUSABLE]);
	return o;
}

static void head(struct out *o, const struct fleet_group *g)
{
	uint64_t share = batch_python_share(g->python, g->native, g->kernel, g->unknown);

	out_char(o, '\n');
	if (g->key == FLEET_ALL) {
		out_text(o, "all recordings");
	} else {
		out_printf(o, "%s ", fleet_key_name(g->key));
		out_name(o, *g->value ? g->value : "(not known)");
	}
	out_printf(o, ": %" PRIu64 " %s, %" PRIu64 " %s, python %" PRIu64 ".%02" PRIu64 " %%",
		   g->recordings, plural(g->recordings, "recording", "recordings"), g->samples,
		   plural(g->samples, "sample", "samples"), share / 100, share % 100);
	if (g->overflow)
		out_text(o, "; a sum is too large for 64 bits");
	out_char(o, '\n');
}

static void row(struct out *o, const struct fleet_event *e, const struct fleet_function *f)
{
	size_t used;

	parts_percent(o, cost_share(&f->self, &e->sum), 7);
	parts_percent(o, cost_share(&f->total, &e->sum), 9);
	parts_number(o, f->recordings, 12);
	parts_percent(o, f->self_share.lower, 9);
	parts_percent(o, f->self_share.median, 7);
	parts_percent(o, f->self_share.upper, 7);
	out_text(o, "  ");
	used = parts_cut(o, f->name, NAME_WIDTH);
	if (*f->module) {
		parts_pad(o, NAME_WIDTH - used + 2);
		parts_cut(o, f->module, MODULE_WIDTH);
	}
	out_char(o, '\n');
}

static void group(void *context, const struct fleet_group *g)
{
	struct out *o = context;

	head(o, g);
	for (size_t k = 0; k < g->n_events; k++) {
		const struct fleet_event *e = &g->events[k];
		size_t n = e->n_functions;

		if (g->key != FLEET_ALL && n > GROUP_ROWS)
			n = GROUP_ROWS;
		out_name(o, e->name);
		out_printf(o, ", %" PRIu64 " %s\n", e->recordings,
			   plural(e->recordings, "recording", "recordings"));
		out_text(
			o,
			" self %  total %  recordings  self % of each: quarter, median, three quarters\n");
		for (size_t i = 0; i < n; i++)
			row(o, e, &e->functions[i]);
		if (n < e->n_all)
			out_printf(o, "%zu more %s\n", e->n_all - n,
				   plural(e->n_all - n, "function", "functions"));
	}
}

static void end(void *context)
{
	(void)context; /* the stream is the command's */
}

const struct batch_format batch_summary_text = {
	.file = "summary.txt",
	.begin = begin,
	.group = group,
	.end = end,
};
