#include "render/document.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/diag.h"
#include "parser/base/memory.h"
#include "report/costs.h"

enum { DEEPEST = sizeof(((struct document *)0)->nested) / sizeof(bool) - 1, DOCUMENT_VERSION = 1 };

static bool is_xml(const struct document *d)
{
	return d->syntax == SYNTAX_XML;
}

/* ---- levels ---- */

static void go_down(struct document *d, enum document_level level)
{
	d->nested[d->depth] = true;
	assert(d->depth < DEEPEST);
	d->levels[++d->depth] = level;
	d->nested[d->depth] = false;
}

void document_begin(struct document *d, struct out *o, enum document_syntax syntax,
		    const char *name)
{
	char text[64];

	*d = (struct document){ .syntax = syntax, .levels = { LEVEL_OBJECT } };
	if (is_xml(d)) {
		xml_begin(&d->xml, o);
		xml_start(&d->xml, name);
		snprintf(text, sizeof(text), "urn:perfolio:%s:%d", name, DOCUMENT_VERSION);
		xml_text(&d->xml, "xmlns", text);
	} else {
		json_begin(&d->json, o);
		json_object(&d->json);
	}
	snprintf(text, sizeof(text), "perfolio-%s", name);
	document_text(d, "format", text);
	document_u64(d, "version", DOCUMENT_VERSION);
}

void document_done(struct document *d)
{
	assert(d->depth == 0);
	if (is_xml(d)) {
		xml_end(&d->xml);
		xml_done(&d->xml);
		return;
	}
	json_end_object(&d->json);
	json_done(&d->json);
}

void document_object(struct document *d, const char *key)
{
	assert(d->levels[d->depth] == LEVEL_OBJECT);
	if (is_xml(d)) {
		xml_start(&d->xml, key);
	} else {
		json_key(&d->json, key);
		json_object(&d->json);
	}
	go_down(d, LEVEL_OBJECT);
}

void document_array(struct document *d, const char *key)
{
	assert(d->levels[d->depth] == LEVEL_OBJECT);
	if (is_xml(d)) {
		xml_start(&d->xml, key);
	} else {
		json_key(&d->json, key);
		json_array(&d->json);
	}
	go_down(d, LEVEL_ARRAY);
}

void document_item(struct document *d, const char *element)
{
	assert(d->levels[d->depth] == LEVEL_ARRAY);
	if (is_xml(d))
		xml_start(&d->xml, element);
	else
		json_object(&d->json);
	go_down(d, LEVEL_OBJECT);
}

void document_map(struct document *d, const char *key)
{
	document_object(d, key);
	d->levels[d->depth] = LEVEL_MAP;
}

void document_entry(struct document *d, const char *element, const char *name, const char *key,
		    uint64_t v)
{
	assert(d->levels[d->depth] == LEVEL_MAP);
	if (!is_xml(d)) {
		json_key_u64(&d->json, name, v);
		return;
	}
	xml_start(&d->xml, element);
	xml_text(&d->xml, "name", name);
	xml_u64(&d->xml, key, v);
	xml_end(&d->xml);
}

void document_end(struct document *d)
{
	assert(d->depth > 0);
	if (is_xml(d))
		xml_end(&d->xml);
	else if (d->levels[d->depth] == LEVEL_ARRAY)
		json_end_array(&d->json);
	else
		json_end_object(&d->json);
	d->depth--;
}

/* ---- plain values ---- */

static void before_value(struct document *d, const char *key)
{
	assert(d->levels[d->depth] == LEVEL_OBJECT && !d->nested[d->depth]);
	if (!is_xml(d))
		json_key(&d->json, key);
}

void document_text(struct document *d, const char *key, const char *text)
{
	before_value(d, key);
	if (!is_xml(d))
		json_text(&d->json, text);
	else if (text)
		xml_text(&d->xml, key, text);
}

void document_u64(struct document *d, const char *key, uint64_t v)
{
	before_value(d, key);
	if (is_xml(d))
		xml_u64(&d->xml, key, v);
	else
		json_u64(&d->json, v);
}

void document_hex(struct document *d, const char *key, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	document_text(d, key, text);
}

void document_double(struct document *d, const char *key, double v)
{
	before_value(d, key);
	if (is_xml(d))
		xml_double(&d->xml, key, v);
	else
		json_double(&d->json, v);
}

void document_bool(struct document *d, const char *key, bool v)
{
	before_value(d, key);
	if (is_xml(d))
		xml_bool(&d->xml, key, v);
	else
		json_bool(&d->json, v);
}

void document_none(struct document *d, const char *key)
{
	document_text(d, key, NULL);
}

/* ---- lists ---- */

void document_words(struct document *d, const char *key, const char *const *words, size_t n)
{
	char *list, *to;
	size_t size = 1;

	before_value(d, key);
	if (!is_xml(d)) {
		json_array(&d->json);
		for (size_t i = 0; i < n; i++)
			json_text(&d->json, words[i]);
		json_end_array(&d->json);
		return;
	}
	for (size_t i = 0; i < n; i++)
		size += strlen(words[i]) + 1;
	to = list = mem_calloc(size, 1);
	for (size_t i = 0; i < n; i++)
		to = stpcpy(stpcpy(to, i ? " " : ""), words[i]);
	xml_text(&d->xml, key, list);
	free(list);
}

void document_numbers(struct document *d, const char *key, const uint64_t *v, size_t n)
{
	enum { DIGITS = 21 }; /* and a blank */
	char *list;
	size_t used = 0;

	before_value(d, key);
	if (!is_xml(d)) {
		json_array(&d->json);
		for (size_t i = 0; i < n; i++)
			json_u64(&d->json, v[i]);
		json_end_array(&d->json);
		return;
	}
	list = mem_calloc(n + 1, DIGITS);
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(list + used, DIGITS + 1, "%s%" PRIu64, i ? " " : "", v[i]);
	xml_text(&d->xml, key, list);
	free(list);
}

void document_costs(struct document *d, const char *key, const struct costs *costs, size_t row,
		    bool samples)
{
	uint64_t *list = mem_calloc(costs->n_events, sizeof(*list));
	struct cost_cell cell = costs_begin(costs, row);

	while (costs_next(costs, &cell))
		list[cell.event] = samples ? cell.cost->samples : cell.cost->weight;
	document_numbers(d, key, list, costs->n_events);
	free(list);
}

void document_texts(struct document *d, const char *key, const char *element,
		    const char *const *texts, size_t n)
{
	assert(d->levels[d->depth] == LEVEL_OBJECT);
	d->nested[d->depth] = true;
	if (!is_xml(d))
		json_key(&d->json, key);
	if (!is_xml(d) && !texts) {
		json_null(&d->json);
	} else if (!is_xml(d)) {
		json_array(&d->json);
		for (size_t i = 0; i < n; i++)
			json_text(&d->json, texts[i]);
		json_end_array(&d->json);
	} else if (texts) {
		xml_start(&d->xml, key);
		for (size_t i = 0; i < n; i++) {
			xml_start(&d->xml, element);
			xml_content(&d->xml, texts[i]);
			xml_end(&d->xml);
		}
		xml_end(&d->xml);
	}
}

/* ---- texts with tabs between ---- */

struct parts {
	char *own; /* the texts, one behind the other */
	const char **texts;
	size_t n;
};

static struct parts split(const char *tabbed)
{
	struct parts p = { .own = mem_text(tabbed, strlen(tabbed)) };
	size_t tabs = 0;

	for (const char *s = tabbed; *s; s++)
		tabs += *s == '\t';
	p.texts = mem_calloc(tabs + 1, sizeof(char *));
	for (char *s = p.own; p.n <= tabs; s += strlen(s) + 1) {
		s[strcspn(s, "\t")] = '\0';
		p.texts[p.n++] = s;
	}
	return p;
}

static void free_parts(struct parts *p)
{
	free(p->texts);
	free(p->own);
}

void document_split(struct document *d, const char *key, const char *element, const char *tabbed)
{
	struct parts p = split(tabbed);

	document_texts(d, key, element, p.texts, p.n);
	free_parts(&p);
}

void document_split_words(struct document *d, const char *key, const char *tabbed)
{
	struct parts p = split(tabbed);

	document_words(d, key, p.texts, p.n);
	free_parts(&p);
}

/* ---- problems ---- */

void document_problems(struct document *d, const struct diag *diag)
{
	document_array(d, "problems");
	for (size_t i = 0; diag && i < diag_count(diag); i++) {
		const struct problem *p = diag_get(diag, i);

		document_item(d, "problem");
		document_text(d, "severity", severity_name(p->severity));
		document_text(d, "kind", p->name);
		document_text(d, "subject", p->subject);
		document_text(d, "message", p->message);
		document_u64(d, "count", p->count);
		document_text(d, "consequence", p->consequence);
		document_text(d, "remedy", p->remedy);
		document_end(d);
	}
	document_end(d);
}
