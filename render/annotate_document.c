/*
 * "perfolio-annotate" as JSON and XML: doc/schema/perfolio-annotate.schema.json and .xsd.
 *
 * Numbers stand in lists, one for each event in the order of "events".
 */
#include "parser/base/diag.h"
#include "render/annotate.h"
#include "render/annotate_opcodes.h"
#include "render/document.h"
#include "report/annotation.h"

static void self(struct document *d, const struct annotation *a, const char *key, uint32_t row,
		 bool samples)
{
	document_costs(d, key, charges_all_self(a->charges), row, samples);
}

static void total(struct document *d, const struct annotation *a, const char *key, uint32_t row,
		  bool samples)
{
	document_costs(d, key, charges_all_total(a->charges), row, samples);
}

static void costs(struct document *d, const struct annotation *a, uint32_t row)
{
	self(d, a, "self", row, false);
	total(d, a, "total", row, false);
	self(d, a, "self_samples", row, true);
	total(d, a, "total_samples", row, true);
}

/* Of what may have no row. */
static void some_costs(struct document *d, const struct annotation *a, uint32_t row)
{
	if (row)
		costs(d, a, row);
}

static void key_text(struct document *d, const char *key, const char *text)
{
	if (text && *text)
		document_text(d, key, text);
}

static void events(struct document *d, const struct annotation *a)
{
	document_array(d, "events");
	for (size_t e = 0; e < a->n_events; e++) {
		const struct profile_event *event = a->events[e].event;

		document_item(d, "event");
		document_text(d, "name", event->name);
		document_text(d, "unit", event->unit);
		document_u64(d, "samples", event->sum.samples);
		document_u64(d, "weight", event->sum.weight);
		if (event->filtered.samples) {
			document_u64(d, "filtered_samples", event->filtered.samples);
			document_u64(d, "filtered_weight", event->filtered.weight);
		}
		document_u64(d, "precise", a->events[e].precise);
		document_bool(d, "skids", a->events[e].skids);
		document_end(d);
	}
	document_end(d);
}

/* Functions that were asked for. */
static void names(struct document *d, const struct annotation *a)
{
	document_array(d, "names");
	for (size_t i = 0; i < a->n_names; i++) {
		document_item(d, "name");
		document_text(d, "name", a->names[i].text);
		document_bool(d, "expression", a->names[i].expression);
		document_u64(d, "functions", a->names[i].n);
		document_end(d);
	}
	document_end(d);
}

static void line(struct document *d, const struct annotation *a, const struct source_line *l)
{
	document_item(d, "line");
	document_u64(d, "line", l->number);
	if (l->text)
		document_text(d, "text", l->text);
	some_costs(d, a, l->measured);
	if (l->inferred)
		total(d, a, "inferred", l->inferred, false);
	if (l->inferred)
		total(d, a, "inferred_samples", l->inferred, true);
	document_end(d);
}

/* What is in the object or item that was opened for it, and its end. */
static void end_source(struct document *d, const struct annotation *a,
		       const struct annotated_source *s)
{
	static const struct {
		unsigned bit;
		const char *word;
	} doubts[] = { { SOURCE_NEWER, "newer" },
		       { SOURCE_SHORT, "short" },
		       { SOURCE_OTHER, "other" },
		       { SOURCE_DISPUTED, "disputed" } };
	const char *words[sizeof(doubts) / sizeof(doubts[0])];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (s->doubts & doubts[i].bit)
			words[n++] = doubts[i].word;
	document_text(d, "function", s->function);
	document_bool(d, "inlined", s->inlined);
	document_text(d, "file", s->file);
	key_text(d, "path", s->path);
	document_words(d, "doubts", words, n);
	if (s->many_lines)
		document_bool(d, "only_lines_with_cost", true);
	some_costs(d, a, s->cost);
	document_array(d, "lines");
	for (size_t i = 0; i < s->n_lines; i++)
		line(d, a, &s->lines[i]);
	document_end(d);
	document_end(d);
}

static void source(struct document *d, const struct annotation *a, const struct annotated_source *s)
{
	document_item(d, "source");
	end_source(d, a, s);
}

static void place(struct document *d, const struct code_place *p)
{
	document_item(d, "place");
	document_text(d, "function", p->function);
	document_text(d, "file", p->file);
	document_u64(d, "line", p->line);
	if (p->inlined)
		document_u64(d, "inlined_at", p->call);
	document_end(d);
}

static void instruction(struct document *d, const struct annotation *a,
			const struct native_part *part, const struct instruction *i)
{
	document_item(d, "instruction");
	document_hex(d, "address", i->address);
	if (i->size)
		document_u64(d, "size", i->size);
	key_text(d, "text", i->text);
	if (i->bad)
		document_bool(d, "bad", true);
	key_text(d, "target", i->target);
	if (i->jump != NO_JUMP)
		document_hex(d, "jump", part->instructions[i->jump].address);
	if (i->place != NO_PLACE)
		document_u64(d, "place", i->place);
	some_costs(d, a, i->cost);
	document_end(d);
}

static void native_part(struct document *d, const struct annotation *a, const struct native_part *p)
{
	static const char *const kinds[] = { "code", "addresses", "inlined" };

	document_item(d, "part");
	document_text(d, "kind", kinds[p->kind]);
	document_text(d, "symbol", p->symbol);
	document_text(d, "object", p->object);
	key_text(d, "path", p->path);
	if (p->end) {
		document_hex(d, "start", p->start);
		document_hex(d, "end", p->end);
	}
	key_text(d, "no_code", p->no_code);
	if (p->cut)
		document_u64(d, "decoded_bytes", p->cut);
	key_text(d, "no_lines", p->no_lines);
	some_costs(d, a, p->cost);
	self(d, a, "inlined_self", p->inlined_cost, false);
	self(d, a, "inlined_self_samples", p->inlined_cost, true);
	if (p->n_into)
		document_texts(d, "inlined_into", "function", p->into, p->n_into);
	document_array(d, "sources");
	for (size_t i = 0; i < p->n_sources; i++)
		source(d, a, &p->sources[i]);
	document_end(d);
	document_array(d, "places");
	for (size_t i = 0; i < p->n_places; i++)
		place(d, &p->places[i]);
	document_end(d);
	document_array(d, "instructions");
	for (size_t i = 0; i < p->n_instructions; i++)
		instruction(d, a, p, &p->instructions[i]);
	document_end(d);
	document_end(d);
}

static void definition(struct document *d, const struct annotation *a,
		       const struct annotated_definition *definition)
{
	document_item(d, "definition");
	document_text(d, "kind", definition->kind);
	document_u64(d, "first_line", definition->first);
	document_u64(d, "last_line", definition->last);
	document_object(d, "source");
	end_source(d, a, &definition->source);
	document_end(d);
}

static void both_self(struct document *d, const struct annotation *a, uint32_t row)
{
	self(d, a, "self", row, false);
	self(d, a, "self_samples", row, true);
}

static void category(struct document *d, const struct annotation *a, const struct python_share *c)
{
	document_item(d, "category");
	document_text(d, "name", c->name);
	both_self(d, a, c->cost);
	document_end(d);
}

static void native(struct document *d, const struct annotation *a, const struct python_native *n)
{
	document_item(d, "native");
	document_text(d, "kind", function_kind_name(n->function->kind));
	document_text(d, "name", n->function->name);
	key_text(d, "symbol", n->function->symbol);
	document_text(d, "object", n->function->object);
	both_self(d, a, n->cost);
	document_end(d);
}

static void call(struct document *d, const struct annotation *a, const struct python_call *c)
{
	document_item(d, "call");
	document_text(d, "name", c->callee->name);
	document_text(d, "module", c->callee->module);
	document_text(d, "file", c->callee->file);
	if (c->line) {
		document_u64(d, "line", c->line);
		document_text(d, "evidence",
			      c->evidence == EVIDENCE_INFERRED ? "inferred" : "measured");
	} else {
		document_text(d, "not_placed", c->why);
	}
	total(d, a, "total", c->cost, false);
	total(d, a, "total_samples", c->cost, true);
	document_end(d);
}

static void python_part(struct document *d, const struct annotation *a, const struct python_part *p)
{
	document_object(d, "python");
	key_text(d, "no_source", p->no_source);
	document_array(d, "definitions");
	for (size_t i = 0; i < p->n_definitions; i++)
		definition(d, a, &p->definitions[i]);
	document_end(d);
	document_array(d, "categories");
	for (size_t i = 0; i < p->n_categories; i++)
		category(d, a, &p->categories[i]);
	document_end(d);
	document_array(d, "natives");
	for (size_t i = 0; i < p->n_natives; i++)
		native(d, a, &p->natives[i]);
	document_end(d);
	document_array(d, "calls");
	for (size_t i = 0; i < p->n_calls; i++)
		call(d, a, &p->calls[i]);
	document_end(d);
	document_end(d);
}

static void function(struct document *d, const struct annotation *a, const struct annotated *f)
{
	document_item(d, "function");
	document_text(d, "kind", function_kind_name(f->function->kind));
	document_text(d, "name", f->function->name);
	key_text(d, "symbol", f->function->symbol);
	document_text(d, "module", f->function->module);
	document_text(d, "file", f->function->file);
	document_u64(d, "line", f->function->line);
	document_text(d, "object", f->function->object);
	costs(d, a, f->view);
	document_array(d, "native");
	for (size_t i = 0; i < f->n_native; i++)
		native_part(d, a, &f->native[i]);
	document_end(d);
	if (f->python)
		python_part(d, a, f->python);
	if (f->function->kind == KIND_PYTHON)
		render_opcodes_document(d, a, f);
	document_end(d);
}

static void render(struct out *o, const struct annotation *a, size_t first, size_t n,
		   enum document_syntax syntax)
{
	struct document d;

	document_begin(&d, o, syntax, "annotate");
	document_text(&d, "view", view_name(a->in.profile->view));
	document_u64(&d, "hidden_functions", a->n_hidden);
	events(&d, a);
	names(&d, a);
	document_array(&d, "functions");
	for (size_t i = first; i < first + n; i++)
		function(&d, a, &a->functions[i]);
	document_end(&d);
	document_problems(&d, a->in.diag);
	document_done(&d);
}

void render_annotate_json(struct out *o, const struct annotation *a, size_t first, size_t n)
{
	render(o, a, first, n, SYNTAX_JSON);
}

void render_annotate_xml(struct out *o, const struct annotation *a, size_t first, size_t n)
{
	render(o, a, first, n, SYNTAX_XML);
}
