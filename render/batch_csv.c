/*
 * The index (a row for each input) and the summary (a row for each function of an event of a group) as
 * comma-separated values.  Shares are percent with two decimals.
 */
#include <inttypes.h>
#include <stdio.h>

#include "render/batch.h"
#include "render/csv_cell.h"
#include "render/out.h"
#include "report/table.h"

static void next_share(struct out *o, uint64_t hundredths)
{
	out_printf(o, ",%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
}

/* ---- the index ---- */

#define INDEX_HEAD                                                                                \
	"state,input,folder,host,program,when,duration_ns,event,samples,weight,python_percent,"   \
	"top_function,top_module,top_percent,verdict,unnamed_samples,broken_stacks,lost_samples," \
	"problems,reason\n"

static void *index_begin(struct out *o, const struct index_totals *t)
{
	(void)t;
	out_text(o, INDEX_HEAD);
	return o;
}

/* The reasons of a verdict in one cell. */
static void reasons(struct out *o, const struct health_verdict *v)
{
	char text[VERDICT_REASONS * sizeof(v->reasons[0].text)] = "";
	size_t n = 0;

	for (size_t i = 0; i < v->n && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? "; " : "",
				      v->reasons[i].text);
	csv_next_cell(o, text);
}

static void index_recording(void *context, const char *folder, const struct entry *e)
{
	static const struct entry_event none = { "", "", { 0, 0 } };
	const struct entry_event *first = e->n_events ? &e->events[0] : &none;
	struct health_verdict v = health_judge(&e->health);
	struct out *o = context;
	char when[WHEN_TEXT];

	out_text(o, "done");
	csv_next_cell(o, e->input);
	csv_next_cell(o, folder);
	csv_next_cell(o, e->host);
	csv_next_cell(o, e->program);
	csv_next_cell(o, batch_when(e, when));
	csv_next_number(o, e->duration_ns);
	csv_next_cell(o, first->name);
	csv_next_number(o, e->health.samples);
	csv_next_number(o, first->sum.weight);
	next_share(o, batch_python_share(e->python, e->native, e->kernel, e->unknown));
	csv_next_cell(o, e->top_name);
	csv_next_cell(o, e->top_module);
	next_share(o, cost_share(&e->top, &first->sum));
	csv_next_cell(o, verdict_name(v.level));
	csv_next_number(o, e->health.unnamed);
	csv_next_number(o, e->health.broken);
	csv_next_number(o, e->health.lost);
	csv_next_number(o, e->n_problems);
	reasons(o, &v);
	out_char(o, '\n');
}

static void other(struct out *o, const char *state, const char *input, const char *reason)
{
	out_text(o, state);
	csv_next_cell(o, input);
	out_text(o, ",,,,,,,,,,,,,,,,,");
	csv_next_cell(o, reason);
	out_char(o, '\n');
}

static void index_failed(void *context, const char *input, const char *reason)
{
	other(context, "failed", input, reason);
}

static void index_duplicate(void *context, const char *input, const char *of)
{
	other(context, "duplicate", input, of);
}

static void end(void *context)
{
	(void)context; /* the stream is the command's */
}

const struct batch_format batch_index_csv = {
	.file = "index.csv",
	.begin = index_begin,
	.recording = index_recording,
	.failed = index_failed,
	.duplicate = index_duplicate,
	.end = end,
};

/* ---- the summary ---- */

static void *summary_begin(struct out *o, const struct index_totals *t)
{
	(void)t;
	out_text(o, "by,value,event,event_recordings,kind,function,module,self_samples,self_weight,"
		    "self_percent,total_samples,total_weight,total_percent,recordings,"
		    "self_lower_quartile,self_median,self_upper_quartile,"
		    "total_lower_quartile,total_median,total_upper_quartile\n");
	return o;
}

static void spread(struct out *o, const struct spread *s)
{
	next_share(o, s->lower);
	next_share(o, s->median);
	next_share(o, s->upper);
}

static void summary_row(struct out *o, const struct fleet_group *g, const struct fleet_event *e,
			const struct fleet_function *f)
{
	csv_cell(o, fleet_key_name(g->key));
	csv_next_cell(o, g->value);
	csv_next_cell(o, e->name);
	csv_next_number(o, e->recordings);
	csv_next_cell(o, function_kind_name(f->kind));
	csv_next_cell(o, f->name);
	csv_next_cell(o, f->module);
	csv_next_number(o, f->self.samples);
	csv_next_number(o, f->self.weight);
	next_share(o, cost_share(&f->self, &e->sum));
	csv_next_number(o, f->total.samples);
	csv_next_number(o, f->total.weight);
	next_share(o, cost_share(&f->total, &e->sum));
	csv_next_number(o, f->recordings);
	spread(o, &f->self_share);
	spread(o, &f->total_share);
	out_char(o, '\n');
}

static void summary_group(void *context, const struct fleet_group *g)
{
	for (size_t e = 0; e < g->n_events; e++)
		for (size_t i = 0; i < g->events[e].n_functions; i++)
			summary_row(context, g, &g->events[e], &g->events[e].functions[i]);
}

const struct batch_format batch_summary_csv = {
	.file = "summary.csv",
	.begin = summary_begin,
	.group = summary_group,
	.end = end,
};
