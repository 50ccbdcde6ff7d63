/*
 * "perfolio-annotate" as JSON: doc/schema/perfolio-annotate.schema.json.
 *
 * Numbers stand in arrays, one for each event in the order of "events".
 */
#include <stdio.h>

#include "parser/base/diag.h"
#include "render/annotate.h"
#include "render/annotate_opcodes.h"
#include "render/json.h"
#include "render/out.h"
#include "report/annotation.h"

static void numbers(struct json *j, const struct annotation *a, const char *key,
		    const struct cost *costs, bool samples)
{
	json_key(j, key);
	json_array(j);
	for (size_t e = 0; e < a->n_events; e++)
		json_u64(j, samples ? costs[e].samples : costs[e].weight);
	json_end_array(j);
}

static void costs(struct json *j, const struct annotation *a, const struct cost *self,
		  const struct cost *total)
{
	numbers(j, a, "self", self, false);
	numbers(j, a, "total", total, false);
	numbers(j, a, "self_samples", self, true);
	numbers(j, a, "total_samples", total, true);
}

static void row(struct json *j, const struct annotation *a, uint32_t number)
{
	if (number)
		costs(j, a, annotation_self(a, number), annotation_total(a, number));
}

static void address(struct json *j, const char *key, uint64_t v)
{
	char text[20];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)v);
	json_key_text(j, key, text);
}

static void key_text(struct json *j, const char *key, const char *text)
{
	if (text && *text)
		json_key_text(j, key, text);
}

static void events(struct json *j, const struct annotation *a)
{
	json_key(j, "events");
	json_array(j);
	for (size_t e = 0; e < a->n_events; e++) {
		const struct profile_event *event = a->events[e].event;

		json_object(j);
		json_key_text(j, "name", event->name);
		json_key_text(j, "unit", event->unit);
		json_key_u64(j, "samples", event->sum.samples);
		json_key_u64(j, "weight", event->sum.weight);
		if (event->filtered.samples) {
			json_key_u64(j, "filtered_samples", event->filtered.samples);
			json_key_u64(j, "filtered_weight", event->filtered.weight);
		}
		json_key_u64(j, "precise", a->events[e].precise);
		json_key_bool(j, "skids", a->events[e].skids);
		json_end_object(j);
	}
	json_end_array(j);
}

static void problems(struct json *j, const struct diag *d)
{
	json_key(j, "problems");
	json_array(j);
	for (size_t i = 0; d && i < diag_count(d); i++) {
		const struct problem *p = diag_get(d, i);

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
	json_end_array(j);
}

static void line(struct json *j, const struct annotation *a, const struct source_line *l)
{
	json_object(j);
	json_key_u64(j, "line", l->number);
	if (l->text)
		json_key_text(j, "text", l->text);
	row(j, a, l->measured);
	if (l->inferred)
		numbers(j, a, "inferred", annotation_total(a, l->inferred), false);
	if (l->inferred)
		numbers(j, a, "inferred_samples", annotation_total(a, l->inferred), true);
	json_end_object(j);
}

static void source(struct json *j, const struct annotation *a, const struct annotated_source *s)
{
	json_object(j);
	json_key_text(j, "function", s->function);
	json_key_bool(j, "inlined", s->inlined);
	json_key_text(j, "file", s->file);
	key_text(j, "path", s->path);
	json_key(j, "doubts");
	json_array(j);
	if (s->doubts & SOURCE_NEWER)
		json_text(j, "newer");
	if (s->doubts & SOURCE_SHORT)
		json_text(j, "short");
	if (s->doubts & SOURCE_OTHER)
		json_text(j, "other");
	json_end_array(j);
	row(j, a, s->cost);
	json_key(j, "lines");
	json_array(j);
	for (size_t i = 0; i < s->n_lines; i++)
		line(j, a, &s->lines[i]);
	json_end_array(j);
	json_end_object(j);
}

static void place(struct json *j, const struct code_place *p)
{
	json_object(j);
	json_key_text(j, "function", p->function);
	json_key_text(j, "file", p->file);
	json_key_u64(j, "line", p->line);
	if (p->inlined)
		json_key_u64(j, "inlined_at", p->call);
	json_end_object(j);
}

static void instruction(struct json *j, const struct annotation *a, const struct native_part *part,
			const struct instruction *i)
{
	json_object(j);
	address(j, "address", i->address);
	if (i->size)
		json_key_u64(j, "size", i->size);
	key_text(j, "text", i->text);
	if (i->bad)
		json_key_bool(j, "bad", true);
	key_text(j, "target", i->target);
	if (i->jump != NO_JUMP)
		address(j, "jump", part->instructions[i->jump].address);
	if (i->place != NO_PLACE)
		json_key_u64(j, "place", i->place);
	row(j, a, i->cost);
	json_end_object(j);
}

static void native_part(struct json *j, const struct annotation *a, const struct native_part *p)
{
	static const char *const kinds[] = { "code", "addresses", "inlined" };

	json_object(j);
	json_key_text(j, "kind", kinds[p->kind]);
	json_key_text(j, "symbol", p->symbol);
	json_key_text(j, "object", p->object);
	key_text(j, "path", p->path);
	if (p->end) {
		address(j, "start", p->start);
		address(j, "end", p->end);
	}
	key_text(j, "no_code", p->no_code);
	key_text(j, "no_lines", p->no_lines);
	row(j, a, p->cost);
	numbers(j, a, "inlined_self", annotation_self(a, p->inlined_cost), false);
	numbers(j, a, "inlined_self_samples", annotation_self(a, p->inlined_cost), true);
	if (p->n_into) {
		json_key(j, "inlined_into");
		json_array(j);
		for (size_t i = 0; i < p->n_into; i++)
			json_text(j, p->into[i]);
		json_end_array(j);
	}
	json_key(j, "sources");
	json_array(j);
	for (size_t i = 0; i < p->n_sources; i++)
		source(j, a, &p->sources[i]);
	json_end_array(j);
	json_key(j, "places");
	json_array(j);
	for (size_t i = 0; i < p->n_places; i++)
		place(j, &p->places[i]);
	json_end_array(j);
	json_key(j, "instructions");
	json_array(j);
	for (size_t i = 0; i < p->n_instructions; i++)
		instruction(j, a, p, &p->instructions[i]);
	json_end_array(j);
	json_end_object(j);
}

static void function(struct json *j, const struct annotation *a, const struct annotated *f)
{
	json_object(j);
	json_key_text(j, "kind", function_kind_name(f->function->kind));
	json_key_text(j, "name", f->function->name);
	key_text(j, "symbol", f->function->symbol);
	json_key_text(j, "module", f->function->module);
	json_key_text(j, "file", f->function->file);
	json_key_u64(j, "line", f->function->line);
	json_key_text(j, "object", f->function->object);
	costs(j, a, f->self, f->total);
	json_key(j, "native");
	json_array(j);
	for (size_t i = 0; i < f->n_native; i++)
		native_part(j, a, &f->native[i]);
	json_end_array(j);
	if (f->function->kind == KIND_PYTHON)
		render_opcodes_json(j, a, f);
	json_end_object(j);
}

void render_annotate_json(struct out *o, const struct annotation *a, size_t first, size_t n)
{
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-annotate");
	json_key_u64(&j, "version", 1);
	json_key_text(&j, "view", view_name(a->in.profile->view));
	events(&j, a);
	problems(&j, a->in.diag);
	json_key_u64(&j, "hidden_functions", a->n_hidden);
	json_key(&j, "functions");
	json_array(&j);
	for (size_t i = first; i < first + n; i++)
		function(&j, a, &a->functions[i]);
	json_end_array(&j);
	json_end_object(&j);
	json_done(&j);
}
