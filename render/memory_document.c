/*
 * "perfolio-memory" as JSON and XML: doc/schema/perfolio-memory.schema.json and .xsd.
 *
 *	{"format":"perfolio-memory","version":1,"view":...,
 *	 "samples":..,"others":..,"left_out":..,"line_size":64,"latency_unit":"cycles",
 *	 "events":[{"name","samples"}],"missing":[],
 *	 "total":COUNTS,
 *	 "functions":[{"kind","name","module","file","line","object","symbol", COUNTS}],
 *	 "objects":[{"kind","name","inferred", COUNTS}],
 *	 "pages":[BLOCK, COUNTS], "lines":[BLOCK, COUNTS],
 *	 "suspects":[BLOCK, ..., "sharers":[...]],
 *	 "sources":[{"event","data_src","text","region","samples","latency_sum"}],
 *	 "hidden":{...},"problems":[]}
 *
 * `samples` are the accesses to memory: others + left_out + samples = all samples with a data source.
 */
#include "parser/base/diag.h"
#include "render/document.h"
#include "render/memory.h"
#include "report/table.h"

/* ---- COUNTS ---- */

static void latency(struct document *d, const struct memory_latency *l)
{
	document_object(d, "latency");
	document_u64(d, "samples", l->samples);
	document_u64(d, "sum", l->sum);
	document_u64(d, "p50", l->p50);
	document_u64(d, "p95", l->p95);
	document_u64(d, "p99", l->p99);
	document_u64(d, "max", l->max);
	document_end(d);
}

static void mean(struct document *d, const char *key, const struct memory_mean *m)
{
	document_object(d, key);
	document_u64(d, "samples", m->samples);
	document_u64(d, "sum", m->sum);
	document_end(d);
}

static void classes(struct document *d, const struct memory_counts *c)
{
	document_object(d, "ops");
	for (int v = DATA_OP_LOAD; v < DATA_OPS; v++)
		document_u64(d, data_op_key((enum data_op)v), c->ops[v]);
	document_end(d);
	document_object(d, "levels");
	for (int v = 0; v < DATA_LEVELS; v++)
		document_u64(d, data_level_key((enum data_level)v), c->levels[v]);
	document_end(d);
	document_object(d, "snoops");
	for (int v = 0; v < DATA_SNOOPS; v++)
		document_u64(d, data_snoop_key((enum data_snoop)v), c->snoops[v]);
	document_end(d);
	document_object(d, "tlbs");
	for (int v = 0; v < DATA_TLBS; v++)
		document_u64(d, data_tlb_key((enum data_tlb)v), c->tlbs[v]);
	document_end(d);
}

static void counts(struct document *d, const struct memory_counts *c)
{
	document_u64(d, "samples", c->samples);
	document_u64(d, "locked", c->locked);
	document_u64(d, "remote_hitm", c->remote_hitm);
	classes(d, c);
	document_object(d, "blocked");
	document_u64(d, "data", c->blocked_data);
	document_u64(d, "addr", c->blocked_addr);
	document_end(d);
	latency(d, &c->latency);
	mean(d, "weight2", &c->weight2);
	mean(d, "weight3", &c->weight3);
}

/* ---- rows ---- */

static void function(struct document *d, const struct function *f)
{
	document_text(d, "kind", function_kind_name(f->kind));
	document_text(d, "name", f->name);
	document_text(d, "module", f->module);
	document_text(d, "file", f->file);
	document_u64(d, "line", f->line);
	document_text(d, "object", f->object);
	if (*f->symbol)
		document_text(d, "symbol", f->symbol);
}

static void functions(struct document *d, const struct memory_tables *t)
{
	document_array(d, "functions");
	for (size_t i = 0; i < t->n_functions; i++) {
		document_item(d, "function");
		function(d, &t->functions[t->by_function[i].function]);
		counts(d, &t->by_function[i].counts);
		if (t->functions[t->by_function[i].function].keys)
			document_split(d, "keys", "key",
				       t->functions[t->by_function[i].function].keys);
		document_end(d);
	}
	document_end(d);
}

static void objects(struct document *d, const struct memory_tables *t)
{
	document_array(d, "objects");
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct memory_object_row *row = &t->by_object[i];

		document_item(d, "object");
		document_text(d, "kind", data_object_kind_key(row->object.kind));
		document_text(d, "name", row->object.name);
		document_bool(d, "inferred", row->object.inferred);
		counts(d, &row->counts);
		document_end(d);
	}
	document_end(d);
}

static void block(struct document *d, const struct memory_tables *t, const struct memory_block *b)
{
	const struct data_object *object = &t->memory->objects[b->object];

	document_hex(d, "addr", b->addr);
	if (b->phys)
		document_hex(d, "phys", b->phys);
	document_u64(d, "size", b->size);
	if (t->recordings)
		document_text(d, "recording", t->recordings[b->recording]);
	if (b->pid != UINT32_MAX)
		document_u64(d, "pid", b->pid);
	document_text(d, "object_kind", data_object_kind_key(object->kind));
	document_text(d, "object", object->name);
	document_u64(d, "threads", b->threads);
}

static void blocks(struct document *d, const struct memory_tables *t, const char *key,
		   const char *element, const struct memory_block_row *rows, size_t n)
{
	document_array(d, key);
	for (size_t i = 0; i < n; i++) {
		document_item(d, element);
		block(d, t, &rows[i].block);
		counts(d, &rows[i].counts);
		document_end(d);
	}
	document_end(d);
}

/* ---- lines that threads share ---- */

static void sharer(struct document *d, const struct memory_tables *t, const struct memory_sharer *s)
{
	const struct memory_thread *thread = &t->memory->threads[s->thread];
	uint64_t offsets[MEMORY_LINE];
	size_t n = 0;

	for (unsigned b = 0; b < MEMORY_LINE; b++)
		if (s->offsets >> b & 1)
			offsets[n++] = b;
	document_item(d, "sharer");
	document_u64(d, "pid", thread->pid);
	document_u64(d, "tid", thread->tid);
	document_text(d, "comm", thread->comm);
	document_u64(d, "samples", s->samples);
	document_u64(d, "loads", s->loads);
	document_u64(d, "writes", s->writes);
	document_u64(d, "transfers", s->transfers);
	document_u64(d, "latency_samples", s->latency_samples);
	document_u64(d, "latency_sum", s->latency_sum);
	document_numbers(d, "offsets", offsets, n);
	document_object(d, "function");
	function(d, &t->functions[s->function]);
	document_end(d);
	document_end(d);
}

static void suspects(struct document *d, const struct memory_tables *t)
{
	document_array(d, "suspects");
	for (size_t i = 0; i < t->n_suspects; i++) {
		const struct memory_suspect *s = &t->suspects[i];

		document_item(d, "suspect");
		block(d, t, &s->line);
		document_u64(d, "samples", s->line.samples);
		document_u64(d, "loads", s->loads);
		document_u64(d, "writes", s->writes);
		document_u64(d, "transfers", s->transfers);
		document_u64(d, "latency_samples", s->latency_samples);
		document_u64(d, "latency_sum", s->latency_sum);
		document_bool(d, "same_word", s->same_word);
		document_array(d, "sharers");
		for (size_t k = 0; k < s->n; k++)
			sharer(d, t, &t->sharers[s->first + k]);
		document_end(d);
		document_end(d);
	}
	document_end(d);
}

/* ---- what was recorded ---- */

static void events(struct document *d, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;

	document_array(d, "events");
	for (size_t i = 0; i < t->n_sources;) {
		uint32_t event = t->sources[i].event;
		uint64_t samples = 0;

		for (; i < t->n_sources && t->sources[i].event == event; i++)
			samples += t->sources[i].samples;
		document_item(d, "event");
		document_text(d, "name", r->events[event].name);
		document_u64(d, "samples", samples);
		document_end(d);
	}
	document_end(d);
}

static void missing(struct document *d, const struct memory_tables *t)
{
	const char *texts[8];
	size_t n = 0;

	while (n < sizeof(texts) / sizeof(texts[0]) && memory_missing(t, (unsigned)n)) {
		texts[n] = memory_missing(t, (unsigned)n);
		n++;
	}
	document_texts(d, "missing", "text", texts, n);
}

static void sources(struct document *d, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;

	document_array(d, "sources");
	for (size_t i = 0; i < t->n_sources; i++) {
		const struct memory_source_row *s = &t->sources[i];
		struct data_src src = data_src_decode(s->value);
		char text[DATA_SRC_TEXT];

		data_src_text(s->value, text);
		document_item(d, "source");
		document_text(d, "event", r->events[s->event].name);
		document_hex(d, "data_src", s->value);
		document_text(d, "text", text);
		document_text(d, "level", data_level_key(data_src_level(&src)));
		document_text(d, "region", data_region_name(src.region));
		document_u64(d, "samples", s->samples);
		document_u64(d, "latency_sum", s->latency_sum);
		document_end(d);
	}
	document_end(d);
}

static void hidden(struct document *d, const struct memory_tables *t)
{
	document_object(d, "hidden");
	document_u64(d, "functions", t->hidden_functions);
	document_u64(d, "objects", t->hidden_objects);
	document_u64(d, "pages", t->hidden_pages);
	document_u64(d, "lines", t->hidden_lines);
	document_u64(d, "suspects", t->hidden_suspects);
	document_end(d);
}

static void render(struct out *o, const struct memory_report *r, enum document_syntax syntax)
{
	const struct memory_tables *t = r->tables;
	struct document d;

	document_begin(&d, o, syntax, "memory");
	document_text(&d, "view", view_name(t->view));
	document_u64(&d, "samples", t->total.samples);
	document_u64(&d, "others", t->others);
	document_u64(&d, "left_out", t->left_out);
	document_u64(&d, "line_size", MEMORY_LINE);
	document_text(&d, "latency_unit", "cycles");
	if (t->keys)
		document_split_words(&d, "group_by", t->keys);
	events(&d, r);
	missing(&d, t);
	document_object(&d, "total");
	counts(&d, &t->total);
	document_end(&d);
	functions(&d, t);
	objects(&d, t);
	blocks(&d, t, "pages", "page", t->pages, t->n_pages);
	blocks(&d, t, "lines", "line", t->lines, t->n_lines);
	suspects(&d, t);
	sources(&d, r);
	hidden(&d, t);
	document_problems(&d, r->table ? r->table->diag : NULL);
	document_done(&d);
}

void render_memory_json(struct out *o, const struct memory_report *r)
{
	render(o, r, SYNTAX_JSON);
}

void render_memory_xml(struct out *o, const struct memory_report *r)
{
	render(o, r, SYNTAX_XML);
}
