/*
 * "perfolio-batch-index" (doc/schema/perfolio-batch-index.schema.json) and "perfolio-batch-summary"
 * (doc/schema/perfolio-batch-summary.schema.json).
 *
 * Shares are in hundredths of a percent, as whole numbers.
 */
#include <stdlib.h>

#include "parser/base/memory.h"
#include "render/batch.h"
#include "render/json.h"
#include "render/out.h"

/* Which array is open: recordings, failed, duplicates. */
struct writing {
	struct json json;
	unsigned list;
};

static void cost(struct json *j, const char *samples, const char *weight, const struct cost *c)
{
	json_key_u64(j, samples, c->samples);
	json_key_u64(j, weight, c->weight);
}

static void verdicts(struct json *j, const uint64_t *n)
{
	for (int v = 0; v < VERDICT_LEVELS; v++)
		json_key_u64(j, verdict_name((enum verdict_level)v), n[v]);
}

static struct writing *begin(struct out *o, const char *format)
{
	struct writing *w = mem_calloc(1, sizeof(*w));
	struct json *j = &w->json;

	json_begin(j, o);
	json_object(j);
	json_key_text(j, "format", format);
	json_key_u64(j, "version", 1);
	return w;
}

static void finish(struct writing *w)
{
	json_end_object(&w->json);
	json_done(&w->json);
	free(w);
}

/* ---- the index ---- */

static const char *const lists[] = { "recordings", "failed", "duplicates" };
enum { RECORDINGS, FAILED, DUPLICATES, LISTS };

static void open_list(struct writing *w, unsigned list)
{
	while (w->list < list) {
		json_end_array(&w->json);
		json_key(&w->json, lists[++w->list]);
		json_array(&w->json);
	}
}

static void *index_begin(struct out *o, const struct index_totals *t)
{
	struct writing *w = begin(o, "perfolio-batch-index");
	struct json *j = &w->json;

	json_key(j, "totals");
	json_object(j);
	json_key_u64(j, "inputs", t->inputs);
	json_key_u64(j, "recordings", t->recordings);
	json_key_u64(j, "failed", t->failed);
	json_key_u64(j, "duplicates", t->duplicates);
	verdicts(j, t->verdicts);
	json_key_u64(j, "samples", t->samples);
	json_key_u64(j, "bytes", t->bytes);
	json_key_u64(j, "duration_ns", t->duration_ns);
	json_end_object(j);
	json_key(j, lists[RECORDINGS]);
	json_array(j);
	return w;
}

static void problems(struct json *j, const struct entry *e)
{
	json_key(j, "problems");
	json_array(j);
	for (size_t i = 0; i < e->n_problems; i++) {
		const struct entry_problem *p = &e->problems[i];

		json_object(j);
		json_key_text(j, "severity", p->severity);
		json_key_text(j, "kind", p->kind);
		json_key_text(j, "subject", p->subject);
		json_key_text(j, "message", p->message);
		json_key_u64(j, "count", p->count);
		json_end_object(j);
	}
	json_end_array(j);
}

static void health(struct json *j, const struct health *h)
{
	struct health_verdict v = health_judge(h);

	json_key_text(j, "verdict", verdict_name(v.level));
	json_key(j, "reasons");
	json_array(j);
	for (size_t i = 0; i < v.n; i++)
		json_text(j, v.reasons[i].text);
	json_end_array(j);
	json_key_u64(j, "unnamed_samples", h->unnamed);
	json_key_u64(j, "broken_stacks", h->broken);
	json_key_u64(j, "lost_samples", h->lost);
}

static void events(struct json *j, const struct entry *e)
{
	json_key(j, "events");
	json_array(j);
	for (size_t i = 0; i < e->n_events; i++) {
		json_object(j);
		json_key_text(j, "name", e->events[i].name);
		json_key_text(j, "unit", e->events[i].unit);
		cost(j, "samples", "weight", &e->events[i].sum);
		json_end_object(j);
	}
	json_end_array(j);
}

static void top(struct json *j, const struct entry *e)
{
	if (!e->has_top)
		return;
	json_key(j, "top");
	json_object(j);
	json_key_text(j, "name", e->top_name);
	json_key_text(j, "module", e->top_module);
	cost(j, "self_samples", "self_weight", &e->top);
	json_end_object(j);
}

static void outputs(struct json *j, const struct entry *e)
{
	json_key(j, "outputs");
	json_array(j);
	for (size_t i = 0; i < e->n_outputs; i++) {
		json_object(j);
		json_key_text(j, "file", e->outputs[i].name);
		json_key_u64(j, "bytes", e->outputs[i].bytes);
		json_end_object(j);
	}
	json_end_array(j);
}

static void index_recording(void *context, const char *folder, const struct entry *e)
{
	struct writing *w = context;
	struct json *j = &w->json;
	char when[WHEN_TEXT];

	json_object(j);
	json_key_text(j, "folder", folder);
	json_key_text(j, "input", e->input);
	json_key_text(j, "content", e->content);
	json_key_u64(j, "bytes", e->bytes);
	json_key_text(j, "perfolio", e->version);
	json_key_text(j, "host", e->host);
	json_key_text(j, "program", e->program);
	json_key_text(j, "command", e->command);
	if (e->has_when) {
		json_key_text(j, "when", batch_when(e, when));
		json_key_text(j, "when_from", e->when_is_file ? "file" : "clock");
	}
	json_key_u64(j, "duration_ns", e->duration_ns);
	json_key_text(j, "view", e->view);
	json_key_u64(j, "processes", e->processes);
	json_key_u64(j, "threads", e->threads);
	json_key_u64(j, "samples", e->health.samples);
	json_key_u64(j, "python_samples", e->python);
	json_key_u64(j, "native_samples", e->native);
	json_key_u64(j, "kernel_samples", e->kernel);
	json_key_u64(j, "unknown_samples", e->unknown);
	events(j, e);
	top(j, e);
	health(j, &e->health);
	problems(j, e);
	outputs(j, e);
	json_end_object(j);
}

static void pair(struct writing *w, unsigned list, const char *input, const char *key,
		 const char *value)
{
	open_list(w, list);
	json_object(&w->json);
	json_key_text(&w->json, "input", input);
	json_key_text(&w->json, key, value);
	json_end_object(&w->json);
}

static void index_failed(void *context, const char *input, const char *reason)
{
	pair(context, FAILED, input, "reason", reason);
}

static void index_duplicate(void *context, const char *input, const char *of)
{
	pair(context, DUPLICATES, input, "of", of);
}

static void index_end(void *context)
{
	struct writing *w = context;

	open_list(w, LISTS - 1);
	json_end_array(&w->json);
	finish(w);
}

const struct batch_format batch_index_json = {
	.file = "index.json",
	.begin = index_begin,
	.recording = index_recording,
	.failed = index_failed,
	.duplicate = index_duplicate,
	.end = index_end,
};

/* ---- the summary ---- */

static void *summary_begin(struct out *o, const struct index_totals *t)
{
	struct writing *w = begin(o, "perfolio-batch-summary");

	(void)t; /* the first group has them */
	json_key(&w->json, "groups");
	json_array(&w->json);
	return w;
}

static void spread(struct json *j, const char *key, const struct spread *s)
{
	json_key(j, key);
	json_array(j);
	json_u64(j, s->lower);
	json_u64(j, s->median);
	json_u64(j, s->upper);
	json_end_array(j);
}

static void function(struct json *j, const struct fleet_function *f)
{
	json_object(j);
	json_key_text(j, "kind", function_kind_name(f->kind));
	json_key_text(j, "name", f->name);
	json_key_text(j, "module", f->module);
	cost(j, "self_samples", "self_weight", &f->self);
	cost(j, "total_samples", "total_weight", &f->total);
	json_key_u64(j, "recordings", f->recordings);
	spread(j, "self_share", &f->self_share);
	spread(j, "total_share", &f->total_share);
	json_end_object(j);
}

static void fleet_event(struct json *j, const struct fleet_event *e)
{
	json_object(j);
	json_key_text(j, "name", e->name);
	json_key_text(j, "unit", e->unit);
	json_key_u64(j, "recordings", e->recordings);
	cost(j, "samples", "weight", &e->sum);
	json_key_u64(j, "all_functions", e->n_all);
	json_key(j, "functions");
	json_array(j);
	for (size_t i = 0; i < e->n_functions; i++)
		function(j, &e->functions[i]);
	json_end_array(j);
	json_end_object(j);
}

static void summary_group(void *context, const struct fleet_group *g)
{
	struct writing *w = context;
	struct json *j = &w->json;

	json_object(j);
	json_key_text(j, "by", fleet_key_name(g->key));
	json_key_text(j, "value", g->value);
	json_key_u64(j, "recordings", g->recordings);
	verdicts(j, g->verdicts);
	json_key_u64(j, "samples", g->samples);
	json_key_u64(j, "duration_ns", g->duration_ns);
	json_key_u64(j, "python_samples", g->python);
	json_key_u64(j, "native_samples", g->native);
	json_key_u64(j, "kernel_samples", g->kernel);
	json_key_u64(j, "unknown_samples", g->unknown);
	json_key_bool(j, "overflow", g->overflow);
	json_key(j, "events");
	json_array(j);
	for (size_t i = 0; i < g->n_events; i++)
		fleet_event(j, &g->events[i]);
	json_end_array(j);
	json_end_object(j);
}

static void summary_end(void *context)
{
	struct writing *w = context;

	json_end_array(&w->json);
	finish(w);
}

const struct batch_format batch_summary_json = {
	.file = "summary.json",
	.begin = summary_begin,
	.group = summary_group,
	.end = summary_end,
};
