/*
 * "perfolio-report" as XML: doc/schema/perfolio-report.xsd; the same content as report_json.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "render/out.h"
#include "render/renderers.h"
#include "render/xml.h"
#include "report/ratios.h"
#include "report/table.h"
#include "report/unwind.h"

#define NAMESPACE "urn:perfolio:report:1"

/* What decides whether the numbers can be trusted. */
static void setup(struct xml *x, const struct profile_event *e)
{
	const struct attr *a = e->attr;

	if (!e->mixed)
		xml_u64(x, attr_has(a, ATTR_FREQ) ? "frequency" : "period", a->sample_period);
	xml_u64(x, "precise", a->flags >> ATTR_PRECISE_SHIFT & 3);
	xml_bool(x, "user", !attr_has(a, ATTR_EXCLUDE_USER));
	xml_bool(x, "kernel", !attr_has(a, ATTR_EXCLUDE_KERNEL));
}

static void event(struct xml *x, const struct profile_event *e)
{
	xml_start(x, "event");
	xml_text(x, "name", e->name);
	xml_text(x, "unit", e->unit);
	xml_u64(x, "samples", e->sum.samples);
	xml_u64(x, "weight", e->sum.weight);
	if (e->filtered.samples) {
		xml_u64(x, "filtered_samples", e->filtered.samples);
		xml_u64(x, "filtered_weight", e->filtered.weight);
	}
	if (e->enabled_ns) {
		xml_u64(x, "enabled_ns", e->enabled_ns);
		xml_u64(x, "running_ns", e->running_ns);
	}
	if (e->attr)
		setup(x, e);
	xml_end(x);
}

static void problem(struct xml *x, const struct problem *p)
{
	xml_start(x, "problem");
	xml_text(x, "severity", severity_name(p->severity));
	xml_text(x, "kind", p->name);
	xml_text(x, "subject", p->subject);
	xml_text(x, "message", p->message);
	xml_u64(x, "count", p->count);
	xml_text(x, "consequence", p->consequence);
	xml_text(x, "remedy", p->remedy);
	xml_end(x);
}

/* How the samples' stacks ended. */
static void stacks(struct xml *x, const uint64_t *samples)
{
	xml_start(x, "stacks");
	for (int i = 0; i < STACK_ENDS; i++)
		xml_u64(x, stack_end_name((enum stack_end)i), samples[i]);
	xml_end(x);
}

static void real(struct xml *x, const char *name, bool has, double value)
{
	if (has)
		xml_double(x, name, value);
}

/* Attributes are left out where too few samples carry the ratio. */
static void ratios(struct xml *x, const struct table *t, uint32_t id)
{
	for (size_t i = 0; t->options.ratios && i < t->options.ratios->n; i++) {
		const struct ratio *r = &t->options.ratios->items[i];
		struct ratio_value self = table_ratio(t, id, r, false);
		struct ratio_value total = table_ratio(t, id, r, true);

		xml_start(x, "ratio");
		xml_text(x, "name", r->name);
		real(x, "self", self.has_value, self.value);
		real(x, "total", total.has_value, total.value);
		real(x, "self_error", self.has_error, self.error);
		real(x, "total_error", total.has_error, total.error);
		xml_end(x);
	}
}

/* The values of a grouped row's keys, each after a tab but the first. */
static void keys(struct xml *x, const char *tabbed)
{
	for (const char *p = tabbed;; p++) {
		size_t len = strcspn(p, "\t");
		char *value = mem_text(p, len);

		xml_start(x, "key");
		xml_text(x, "value", value);
		xml_end(x);
		free(value);
		p += len;
		if (!*p)
			break;
	}
}

/* "function comm": a list, as XML Schema has it. */
static void group_by(struct xml *x, const char *tabbed)
{
	char *list = mem_text(tabbed, strlen(tabbed));

	for (char *p = list; *p; p++)
		if (*p == '\t')
			*p = ' ';
	xml_text(x, "group_by", list);
	free(list);
}

static void function(struct xml *x, const struct table *t, uint32_t id)
{
	const struct function *f = &t->profile->functions[id];

	xml_start(x, "function");
	xml_u64(x, "id", id);
	xml_text(x, "kind", function_kind_name(f->kind));
	xml_text(x, "name", f->name);
	if (*f->symbol)
		xml_text(x, "symbol", f->symbol);
	if (f->inlined)
		xml_text(x, "inlined", "true");
	xml_text(x, "module", f->module);
	xml_text(x, "file", f->file);
	xml_u64(x, "line", f->line);
	xml_text(x, "object", f->object);
	for (size_t n = 0; n < t->n_events; n++) {
		xml_start(x, "cost");
		xml_u64(x, "self", table_self(t, id, n)->weight);
		xml_u64(x, "total", table_total(t, id, n)->weight);
		xml_u64(x, "self_samples", table_self(t, id, n)->samples);
		xml_u64(x, "total_samples", table_total(t, id, n)->samples);
		xml_end(x);
	}
	if (f->keys)
		keys(x, f->keys);
	ratios(x, t, id);
	xml_end(x);
}

static void definitions(struct xml *x, const struct ratios *r)
{
	xml_start(x, "definitions");
	for (size_t i = 0; i < r->n; i++) {
		xml_start(x, "definition");
		xml_text(x, "name", r->items[i].name);
		xml_text(x, "formula", r->items[i].formula);
		xml_end(x);
	}
	xml_end(x);
}

static void edge(struct xml *x, const struct table *t, size_t i)
{
	xml_start(x, "edge");
	xml_u64(x, "caller", t->totals->edges[i].caller);
	xml_u64(x, "callee", t->totals->edges[i].callee);
	for (size_t n = 0; n < t->n_events; n++) {
		xml_start(x, "cost");
		xml_u64(x, "total", table_edge(t, i, n)->weight);
		xml_u64(x, "total_samples", table_edge(t, i, n)->samples);
		xml_end(x);
	}
	xml_end(x);
}

static void report(struct xml *x, const struct table *t)
{
	xml_start(x, "report");
	xml_text(x, "xmlns", NAMESPACE);
	xml_text(x, "format", t->options.format ? t->options.format : "perfolio-report");
	xml_text(x, "version", "1");
	xml_text(x, "view", view_name(t->profile->view));
	if (t->profile->keys)
		group_by(x, t->profile->keys);
	xml_start(x, "events");
	for (size_t n = 0; n < t->n_events; n++)
		event(x, &t->profile->events[t->events[n]]);
	xml_end(x);
	xml_start(x, "problems");
	for (size_t i = 0; t->diag && i < diag_count(t->diag); i++)
		problem(x, diag_get(t->diag, i));
	xml_end(x);
	if (t->summary.stacks)
		stacks(x, t->summary.stacks);
	if (t->options.ratios)
		definitions(x, t->options.ratios);
	xml_start(x, "functions");
	for (size_t i = 0; i < t->n_rows; i++)
		function(x, t, t->rows[i].function);
	xml_end(x);
	xml_start(x, "edges");
	for (size_t i = 0; i < t->totals->n_edges; i++)
		if (table_shows_edge(t, i))
			edge(x, t, i);
	xml_end(x);
	xml_end(x);
}

void render_xml(struct out *o, const struct table *t)
{
	struct xml x;

	xml_begin(&x, o);
	report(&x, t);
	xml_done(&x);
}
