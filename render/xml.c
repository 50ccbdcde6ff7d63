/*
 * "perfolio-report" as XML: doc/schema/perfolio-report.xsd; the same content as report_json.c.
 *
 * libxml2's writer escapes; what XML 1.0 cannot hold at all (control characters,
 * U+FFFE, U+FFFF, bytes that are not UTF-8) becomes U+FFFD before.
 */
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "parser/perf_format.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/ratios.h"
#include "report/table.h"
#include "report/unwind.h"

#define NAMESPACE "urn:perfolio:report:1"

struct writing {
	xmlTextWriterPtr xml;
	char *text; /* scratch: a text that XML can hold */
	size_t cap;
};

static const xmlChar *x(const char *s)
{
	return (const xmlChar *)s;
}

static int write_callback(void *context, const char *bytes, int len)
{
	out_bytes(context, bytes, (size_t)len);
	return len;
}

static int close_callback(void *context)
{
	(void)context; /* the stream is the command's */
	return 0;
}

static bool is_allowed(uint32_t c)
{
	return c != UTF8_BAD && c != 0xfffe && c != 0xffff &&
	       (c >= 0x20 || c == '\t' || c == '\n' || c == '\r');
}

static const xmlChar *allowed(struct writing *w, const char *s)
{
	char *to;

	/* at most three bytes for each */
	w->text = mem_grow(w->text, 0, 3 * strlen(s) + 1, &w->cap, 1);
	to = w->text;
	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool fine = is_allowed(c);

		memcpy(to, fine ? s : UTF8_REPLACEMENT, fine ? len : 3);
		to += fine ? len : 3;
		s += len;
	}
	*to = '\0';
	return x(w->text);
}

static void attribute(struct writing *w, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(w->xml, x(name), allowed(w, value));
}

static void number(struct writing *w, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	xmlTextWriterWriteAttribute(w->xml, x(name), x(text));
}

static void start(struct writing *w, const char *element)
{
	xmlTextWriterStartElement(w->xml, x(element));
}

static void end(struct writing *w)
{
	xmlTextWriterEndElement(w->xml);
}

static void flag(struct writing *w, const char *name, bool value)
{
	attribute(w, name, value ? "true" : "false");
}

/* What decides whether the numbers can be trusted. */
static void setup(struct writing *w, const struct profile_event *e)
{
	const struct attr *a = e->attr;

	if (!e->mixed)
		number(w, attr_has(a, ATTR_FREQ) ? "frequency" : "period", a->sample_period);
	number(w, "precise", a->flags >> ATTR_PRECISE_SHIFT & 3);
	flag(w, "user", !attr_has(a, ATTR_EXCLUDE_USER));
	flag(w, "kernel", !attr_has(a, ATTR_EXCLUDE_KERNEL));
}

static void event(struct writing *w, const struct profile_event *e)
{
	start(w, "event");
	attribute(w, "name", e->name);
	attribute(w, "unit", e->unit);
	number(w, "samples", e->sum.samples);
	number(w, "weight", e->sum.weight);
	if (e->filtered.samples) {
		number(w, "filtered_samples", e->filtered.samples);
		number(w, "filtered_weight", e->filtered.weight);
	}
	if (e->attr)
		setup(w, e);
	end(w);
}

static void problem(struct writing *w, const struct problem *p)
{
	start(w, "problem");
	attribute(w, "severity", severity_name(p->severity));
	attribute(w, "kind", p->name);
	attribute(w, "subject", p->subject);
	attribute(w, "message", p->message);
	number(w, "count", p->count);
	attribute(w, "consequence", p->consequence);
	attribute(w, "remedy", p->remedy);
	end(w);
}

/* How the samples' stacks ended. */
static void stacks(struct writing *w, const uint64_t *samples)
{
	start(w, "stacks");
	for (int i = 0; i < STACK_ENDS; i++)
		number(w, stack_end_name((enum stack_end)i), samples[i]);
	end(w);
}

static void real(struct writing *w, const char *name, bool has, double value)
{
	char text[40];

	if (!has)
		return;
	snprintf(text, sizeof(text), "%.17g", value);
	xmlTextWriterWriteAttribute(w->xml, x(name), x(text));
}

/* Attributes are left out where too few samples carry the ratio. */
static void ratios(struct writing *w, const struct table *t, uint32_t id)
{
	for (size_t i = 0; t->options.ratios && i < t->options.ratios->n; i++) {
		const struct ratio *r = &t->options.ratios->items[i];
		struct ratio_value self = table_ratio(t, id, r, false);
		struct ratio_value total = table_ratio(t, id, r, true);

		start(w, "ratio");
		attribute(w, "name", r->name);
		real(w, "self", self.has_value, self.value);
		real(w, "total", total.has_value, total.value);
		real(w, "self_error", self.has_error, self.error);
		real(w, "total_error", total.has_error, total.error);
		end(w);
	}
}

/* The values of a grouped row's keys, each after a tab but the first. */
static void keys(struct writing *w, const char *tabbed)
{
	for (const char *p = tabbed;; p++) {
		size_t len = strcspn(p, "\t");
		char *value = mem_text(p, len);

		start(w, "key");
		attribute(w, "value", value);
		end(w);
		free(value);
		p += len;
		if (!*p)
			break;
	}
}

/* "function comm": a list, as XML Schema has it. */
static void group_by(struct writing *w, const char *tabbed)
{
	char *list = mem_text(tabbed, strlen(tabbed));

	for (char *p = list; *p; p++)
		if (*p == '\t')
			*p = ' ';
	attribute(w, "group_by", list);
	free(list);
}

static void function(struct writing *w, const struct table *t, uint32_t id)
{
	const struct function *f = &t->profile->functions[id];

	start(w, "function");
	number(w, "id", id);
	attribute(w, "kind", function_kind_name(f->kind));
	attribute(w, "name", f->name);
	if (*f->symbol)
		attribute(w, "symbol", f->symbol);
	if (f->inlined)
		attribute(w, "inlined", "true");
	attribute(w, "module", f->module);
	attribute(w, "file", f->file);
	number(w, "line", f->line);
	attribute(w, "object", f->object);
	for (size_t n = 0; n < t->n_events; n++) {
		start(w, "cost");
		number(w, "self", table_self(t, id, n)->weight);
		number(w, "total", table_total(t, id, n)->weight);
		number(w, "self_samples", table_self(t, id, n)->samples);
		number(w, "total_samples", table_total(t, id, n)->samples);
		end(w);
	}
	if (f->keys)
		keys(w, f->keys);
	ratios(w, t, id);
	end(w);
}

static void definitions(struct writing *w, const struct ratios *r)
{
	start(w, "definitions");
	for (size_t i = 0; i < r->n; i++) {
		start(w, "definition");
		attribute(w, "name", r->items[i].name);
		attribute(w, "formula", r->items[i].formula);
		end(w);
	}
	end(w);
}

static void edge(struct writing *w, const struct table *t, size_t i)
{
	start(w, "edge");
	number(w, "caller", t->totals->edges[i].caller);
	number(w, "callee", t->totals->edges[i].callee);
	for (size_t n = 0; n < t->n_events; n++) {
		start(w, "cost");
		number(w, "total", table_edge(t, i, n)->weight);
		number(w, "total_samples", table_edge(t, i, n)->samples);
		end(w);
	}
	end(w);
}

static void report(struct writing *w, const struct table *t)
{
	xmlTextWriterStartDocument(w->xml, "1.0", "UTF-8", NULL);
	start(w, "report");
	attribute(w, "xmlns", NAMESPACE);
	attribute(w, "format", t->options.format ? t->options.format : "perfolio-report");
	attribute(w, "version", "1");
	attribute(w, "view", view_name(t->profile->view));
	if (t->profile->keys)
		group_by(w, t->profile->keys);
	start(w, "events");
	for (size_t n = 0; n < t->n_events; n++)
		event(w, &t->profile->events[t->events[n]]);
	end(w);
	start(w, "problems");
	for (size_t i = 0; t->diag && i < diag_count(t->diag); i++)
		problem(w, diag_get(t->diag, i));
	end(w);
	if (t->summary.stacks)
		stacks(w, t->summary.stacks);
	if (t->options.ratios)
		definitions(w, t->options.ratios);
	start(w, "functions");
	for (size_t i = 0; i < t->n_rows; i++)
		function(w, t, t->rows[i].function);
	end(w);
	start(w, "edges");
	for (size_t i = 0; i < t->totals->n_edges; i++)
		if (table_shows_edge(t, i))
			edge(w, t, i);
	end(w);
	xmlTextWriterEndDocument(w->xml);
}

void render_xml(struct out *o, const struct table *t)
{
	xmlOutputBufferPtr buffer =
		xmlOutputBufferCreateIO(write_callback, close_callback, o, NULL);
	struct writing w = { .xml = buffer ? xmlNewTextWriter(buffer) : NULL };

	if (!w.xml) { /* without memory only; memory.h's handler ends the program */
		mem_resize(NULL, SIZE_MAX, 1);
		return;
	}
	xmlTextWriterSetIndent(w.xml, 1);
	xmlTextWriterSetIndentString(w.xml, x(" "));
	report(&w, t);
	xmlFreeTextWriter(w.xml);
	free(w.text);
}
