/*
 * "perfolio-batch", the index, and "perfolio-summary", as JSON and XML: doc/schema/perfolio-batch.* and perfolio-summary.*.
 *
 * Shares are in hundredths of a percent, as whole numbers.
 */
#include <stdlib.h>

#include "parser/base/memory.h"
#include "render/batch.h"
#include "render/document.h"
#include "render/out.h"

/* The arrays of the index, one after the other. */
static const char *const lists[] = { "recordings", "failures", "duplicates" };
enum { RECORDINGS, FAILURES, DUPLICATES, LISTS };

struct writing {
	struct document d;
	unsigned list; /* that is open */
};

static void cost(struct document *d, const char *samples, const char *weight, const struct cost *c)
{
	document_u64(d, samples, c->samples);
	document_u64(d, weight, c->weight);
}

static void verdicts(struct document *d, const uint64_t *n)
{
	for (int v = 0; v < VERDICT_LEVELS; v++)
		document_u64(d, verdict_name((enum verdict_level)v), n[v]);
}

static void kinds(struct document *d, uint64_t python, uint64_t native, uint64_t kernel,
		  uint64_t unknown)
{
	document_u64(d, "python_samples", python);
	document_u64(d, "native_samples", native);
	document_u64(d, "kernel_samples", kernel);
	document_u64(d, "unknown_samples", unknown);
}

/* ---- the index ---- */

static void *index_begin(struct out *o, const struct index_totals *t, enum document_syntax syntax)
{
	struct writing *w = mem_calloc(1, sizeof(*w));
	struct document *d = &w->d;

	document_begin(d, o, syntax, "batch");
	document_u64(d, "inputs", t->inputs);
	document_u64(d, "read", t->recordings);
	document_u64(d, "failed", t->failed);
	document_u64(d, "duplicate", t->duplicates);
	verdicts(d, t->verdicts);
	document_u64(d, "samples", t->samples);
	document_u64(d, "bytes", t->bytes);
	document_u64(d, "duration_ns", t->duration_ns);
	document_array(d, lists[RECORDINGS]);
	return w;
}

static void *index_json(struct out *o, const struct index_totals *t)
{
	return index_begin(o, t, SYNTAX_JSON);
}

static void *index_xml(struct out *o, const struct index_totals *t)
{
	return index_begin(o, t, SYNTAX_XML);
}

static void open_list(struct writing *w, unsigned list)
{
	while (w->list < list) {
		document_end(&w->d);
		document_array(&w->d, lists[++w->list]);
	}
}

static void plain_facts(struct document *d, const char *folder, const struct entry *e)
{
	struct health_verdict v = health_judge(&e->health);
	char when[WHEN_TEXT];

	document_text(d, "folder", folder);
	document_text(d, "input", e->input);
	document_text(d, "content", e->content);
	document_u64(d, "bytes", e->bytes);
	document_text(d, "perfolio", e->version);
	document_text(d, "host", e->host);
	document_text(d, "program", e->program);
	document_text(d, "command", e->command);
	document_text(d, "when", e->has_when ? batch_when(e, when) : NULL);
	document_text(d, "when_from", !e->has_when ? NULL : e->when_is_file ? "file" : "clock");
	document_u64(d, "duration_ns", e->duration_ns);
	document_text(d, "view", e->view);
	document_u64(d, "processes", e->processes);
	document_u64(d, "threads", e->threads);
	document_u64(d, "samples", e->health.samples);
	kinds(d, e->python, e->native, e->kernel, e->unknown);
	document_text(d, "verdict", verdict_name(v.level));
	document_u64(d, "unnamed_samples", e->health.unnamed);
	document_u64(d, "broken_stacks", e->health.broken);
	document_u64(d, "lost_samples", e->health.lost);
	document_bool(d, "damaged", e->health.damaged);
}

static void reasons(struct document *d, const struct health *h)
{
	struct health_verdict v = health_judge(h);
	const char *texts[VERDICT_REASONS];

	for (size_t i = 0; i < v.n; i++)
		texts[i] = v.reasons[i].text;
	document_texts(d, "reasons", "reason", texts, v.n);
}

static void events(struct document *d, const struct entry *e)
{
	document_array(d, "events");
	for (size_t i = 0; i < e->n_events; i++) {
		document_item(d, "event");
		document_text(d, "name", e->events[i].name);
		document_text(d, "unit", e->events[i].unit);
		cost(d, "samples", "weight", &e->events[i].sum);
		document_end(d);
	}
	document_end(d);
}

/* A list of one function, or none. */
static void top(struct document *d, const struct entry *e)
{
	document_array(d, "top");
	if (e->has_top) {
		document_item(d, "function");
		document_text(d, "name", e->top_name);
		document_text(d, "module", e->top_module);
		cost(d, "self_samples", "self_weight", &e->top);
		document_end(d);
	}
	document_end(d);
}

static void problems(struct document *d, const struct entry *e)
{
	document_array(d, "problems");
	for (size_t i = 0; i < e->n_problems; i++) {
		const struct entry_problem *p = &e->problems[i];

		document_item(d, "problem");
		document_text(d, "severity", p->severity);
		document_text(d, "kind", p->kind);
		document_text(d, "subject", p->subject);
		document_text(d, "message", p->message);
		document_u64(d, "count", p->count);
		document_end(d);
	}
	document_end(d);
}

static void outputs(struct document *d, const struct entry *e)
{
	document_array(d, "outputs");
	for (size_t i = 0; i < e->n_outputs; i++) {
		document_item(d, "output");
		document_text(d, "file", e->outputs[i].name);
		document_u64(d, "bytes", e->outputs[i].bytes);
		document_end(d);
	}
	document_end(d);
}

static void index_recording(void *context, const char *folder, const struct entry *e)
{
	struct document *d = &((struct writing *)context)->d;

	document_item(d, "recording");
	plain_facts(d, folder, e);
	reasons(d, &e->health);
	events(d, e);
	top(d, e);
	problems(d, e);
	outputs(d, e);
	document_end(d);
}

static void pair(struct writing *w, unsigned list, const char *element, const char *input,
		 const char *key, const char *value)
{
	open_list(w, list);
	document_item(&w->d, element);
	document_text(&w->d, "input", input);
	document_text(&w->d, key, value);
	document_end(&w->d);
}

static void index_failed(void *context, const char *input, const char *reason)
{
	pair(context, FAILURES, "failure", input, "reason", reason);
}

static void index_duplicate(void *context, const char *input, const char *of)
{
	pair(context, DUPLICATES, "duplicate", input, "of", of);
}

static void index_end(void *context)
{
	struct writing *w = context;

	open_list(w, LISTS - 1);
	document_end(&w->d);
	document_done(&w->d);
	free(w);
}

const struct batch_format batch_index_json = {
	.file = "index.json",
	.begin = index_json,
	.recording = index_recording,
	.failed = index_failed,
	.duplicate = index_duplicate,
	.end = index_end,
};

const struct batch_format batch_index_xml = {
	.file = "index.xml",
	.begin = index_xml,
	.recording = index_recording,
	.failed = index_failed,
	.duplicate = index_duplicate,
	.end = index_end,
};

/* ---- the summary ---- */

static void *summary_begin(struct out *o, enum document_syntax syntax)
{
	struct writing *w = mem_calloc(1, sizeof(*w));

	document_begin(&w->d, o, syntax, "summary");
	document_array(&w->d, "groups");
	return w;
}

static void *summary_json(struct out *o, const struct index_totals *t)
{
	(void)t; /* the first group has them */
	return summary_begin(o, SYNTAX_JSON);
}

static void *summary_xml(struct out *o, const struct index_totals *t)
{
	(void)t;
	return summary_begin(o, SYNTAX_XML);
}

static void spread(struct document *d, const char *key, const struct spread *s)
{
	uint64_t v[] = { s->lower, s->median, s->upper };

	document_numbers(d, key, v, sizeof(v) / sizeof(v[0]));
}

static void function(struct document *d, const struct fleet_function *f)
{
	document_item(d, "function");
	document_text(d, "kind", function_kind_name(f->kind));
	document_text(d, "name", f->name);
	document_text(d, "module", f->module);
	cost(d, "self_samples", "self_weight", &f->self);
	cost(d, "total_samples", "total_weight", &f->total);
	document_u64(d, "recordings", f->recordings);
	spread(d, "self_share", &f->self_share);
	spread(d, "total_share", &f->total_share);
	document_end(d);
}

static void fleet_event(struct document *d, const struct fleet_event *e)
{
	document_item(d, "event");
	document_text(d, "name", e->name);
	document_text(d, "unit", e->unit);
	document_u64(d, "recordings", e->recordings);
	cost(d, "samples", "weight", &e->sum);
	document_u64(d, "all_functions", e->n_all);
	document_array(d, "functions");
	for (size_t i = 0; i < e->n_functions; i++)
		function(d, &e->functions[i]);
	document_end(d);
	document_end(d);
}

static void summary_group(void *context, const struct fleet_group *g)
{
	struct document *d = &((struct writing *)context)->d;

	document_item(d, "group");
	document_text(d, "by", fleet_key_name(g->key));
	document_text(d, "value", g->value);
	document_u64(d, "recordings", g->recordings);
	verdicts(d, g->verdicts);
	document_u64(d, "samples", g->samples);
	document_u64(d, "duration_ns", g->duration_ns);
	kinds(d, g->python, g->native, g->kernel, g->unknown);
	document_bool(d, "overflow", g->overflow);
	document_array(d, "events");
	for (size_t i = 0; i < g->n_events; i++)
		fleet_event(d, &g->events[i]);
	document_end(d);
	document_end(d);
}

static void summary_end(void *context)
{
	struct writing *w = context;

	document_end(&w->d);
	document_done(&w->d);
	free(w);
}

const struct batch_format batch_summary_json = {
	.file = "summary.json",
	.begin = summary_json,
	.group = summary_group,
	.end = summary_end,
};

const struct batch_format batch_summary_xml = {
	.file = "summary.xml",
	.begin = summary_xml,
	.group = summary_group,
	.end = summary_end,
};
