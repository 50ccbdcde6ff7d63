/*
 * "perfolio-report" as JSON: doc/schema/perfolio-report.schema.json.
 *
 * Numbers stand in arrays, one for each event in the order of "events".  An id is the
 * function's number in this recording and view; limits and --event do not change it.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "render/json.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/ratios.h"
#include "report/table.h"
#include "report/unwind.h"

/* What decides how far the numbers can be trusted. */
static void setup(struct json *j, const struct profile_event *e)
{
	const struct attr *a = e->attr;
	bool freq = attr_has(a, ATTR_FREQ);

	if (!e->mixed)
		json_key_u64(j, freq ? "frequency" : "period", a->sample_period);
	json_key_u64(j, "precise", a->flags >> ATTR_PRECISE_SHIFT & 3);
	json_key_bool(j, "user", !attr_has(a, ATTR_EXCLUDE_USER));
	json_key_bool(j, "kernel", !attr_has(a, ATTR_EXCLUDE_KERNEL));
}

static void event(struct json *j, const struct profile_event *e)
{
	json_object(j);
	json_key_text(j, "name", e->name);
	json_key_text(j, "unit", e->unit);
	json_key_u64(j, "samples", e->sum.samples);
	json_key_u64(j, "weight", e->sum.weight);
	if (e->filtered.samples) {
		json_key_u64(j, "filtered_samples", e->filtered.samples);
		json_key_u64(j, "filtered_weight", e->filtered.weight);
	}
	if (e->enabled_ns) {
		json_key_u64(j, "enabled_ns", e->enabled_ns);
		json_key_u64(j, "running_ns", e->running_ns);
	}
	if (e->attr)
		setup(j, e);
	json_end_object(j);
}

static void problem(struct json *j, const struct problem *p)
{
	json_object(j);
	json_key_text(j, "severity", severity_name(p->severity));
	json_key_text(j, "kind", p->name);
	json_key_text(j, "subject", p->subject);
	json_key_text(j, "message", p->message);
	json_key_u64(j, "count", p->count);
	json_key_text(j, "consequence", p->consequence);
	json_key_text(j, "remedy", p->remedy);
	json_end_object(j);
}

/* How the samples' stacks ended. */
static void stacks(struct json *j, const uint64_t *samples)
{
	json_key(j, "stacks");
	json_object(j);
	for (int end = 0; end < STACK_ENDS; end++)
		json_key_u64(j, stack_end_name((enum stack_end)end), samples[end]);
	json_end_object(j);
}

static void function_costs(struct json *j, const struct table *t, uint32_t function)
{
	json_key(j, "self");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_self(t, function, n)->weight);
	json_end_array(j);
	json_key(j, "total");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_total(t, function, n)->weight);
	json_end_array(j);
	json_key(j, "self_samples");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_self(t, function, n)->samples);
	json_end_array(j);
	json_key(j, "total_samples");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_total(t, function, n)->samples);
	json_end_array(j);
}

/* "group_by": the names of keys; or "keys": the values of a grouped row's. */
static void keys(struct json *j, const char *key, const char *tabbed)
{
	json_key(j, key);
	json_array(j);
	for (const char *p = tabbed;; p++) {
		size_t len = strcspn(p, "\t");
		char *value = mem_text(p, len);

		json_text(j, value);
		free(value);
		p += len;
		if (!*p)
			break;
	}
	json_end_array(j);
}

static void number_or_null(struct json *j, const char *key, bool has, double value)
{
	json_key(j, key);
	if (has)
		json_double(j, value);
	else
		json_null(j);
}

/* NAME: { self, total, self_error, total_error }, null where too few samples carry it. */
static void ratios(struct json *j, const struct table *t, uint32_t function)
{
	json_key(j, "ratios");
	json_object(j);
	for (size_t i = 0; i < t->options.ratios->n; i++) {
		const struct ratio *r = &t->options.ratios->items[i];
		struct ratio_value self = table_ratio(t, function, r, false);
		struct ratio_value total = table_ratio(t, function, r, true);

		json_key(j, r->name);
		json_object(j);
		number_or_null(j, "self", self.has_value, self.value);
		number_or_null(j, "total", total.has_value, total.value);
		number_or_null(j, "self_error", self.has_error, self.error);
		number_or_null(j, "total_error", total.has_error, total.error);
		json_end_object(j);
	}
	json_end_object(j);
}

static void definitions(struct json *j, const struct ratios *r)
{
	json_key(j, "definitions");
	json_object(j);
	for (size_t i = 0; i < r->n; i++)
		json_key_text(j, r->items[i].name, r->items[i].formula);
	json_end_object(j);
}

static void function(struct json *j, const struct table *t, uint32_t number)
{
	const struct function *f = &t->profile->functions[number];

	json_object(j);
	json_key_u64(j, "id", number);
	json_key_text(j, "kind", function_kind_name(f->kind));
	json_key_text(j, "name", f->name);
	if (*f->symbol)
		json_key_text(j, "symbol", f->symbol);
	if (f->inlined)
		json_key_bool(j, "inlined", true);
	json_key_text(j, "module", f->module);
	json_key_text(j, "file", f->file);
	json_key_u64(j, "line", f->line);
	json_key_text(j, "object", f->object);
	if (f->keys)
		keys(j, "keys", f->keys);
	function_costs(j, t, number);
	if (t->options.ratios)
		ratios(j, t, number);
	json_end_object(j);
}

static void edge(struct json *j, const struct table *t, size_t number)
{
	json_object(j);
	json_key_u64(j, "caller", t->totals->edges[number].caller);
	json_key_u64(j, "callee", t->totals->edges[number].callee);
	json_key(j, "total");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_edge(t, number, n)->weight);
	json_end_array(j);
	json_key(j, "total_samples");
	json_array(j);
	for (size_t n = 0; n < t->n_events; n++)
		json_u64(j, table_edge(t, number, n)->samples);
	json_end_array(j);
	json_end_object(j);
}

void render_json(struct out *o, const struct table *t)
{
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", t->options.format ? t->options.format : "perfolio-report");
	json_key_u64(&j, "version", 1);
	json_key_text(&j, "view", view_name(t->profile->view));
	if (t->profile->keys)
		keys(&j, "group_by", t->profile->keys);
	json_key(&j, "events");
	json_array(&j);
	for (size_t n = 0; n < t->n_events; n++)
		event(&j, &t->profile->events[t->events[n]]);
	json_end_array(&j);
	json_key(&j, "problems");
	json_array(&j);
	for (size_t i = 0; t->diag && i < diag_count(t->diag); i++)
		problem(&j, diag_get(t->diag, i));
	json_end_array(&j);
	if (t->summary.stacks)
		stacks(&j, t->summary.stacks);
	if (t->options.ratios)
		definitions(&j, t->options.ratios);
	json_key(&j, "functions");
	json_array(&j);
	for (size_t i = 0; i < t->n_rows; i++)
		function(&j, t, t->rows[i].function);
	json_end_array(&j);
	json_key(&j, "edges");
	json_array(&j);
	for (size_t i = 0; i < t->totals->n_edges; i++)
		if (table_shows_edge(t, i))
			edge(&j, t, i);
	json_end_array(&j);
	json_end_object(&j);
	json_done(&j);
}
