/*
 * "perfolio-memory" as JSON.
 *
 *	{"format":"perfolio-memory","version":1,"view":...,"events":[{"name","samples"}],
 *	 "samples":..,"others":..,"left_out":..,"line_size":64,"latency_unit":"cycles","missing":[],
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
#include <inttypes.h>
#include <stdio.h>

#include "parser/base/diag.h"
#include "render/json.h"
#include "render/memory.h"
#include "report/table.h"

static void key_hex(struct json *j, const char *key, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	json_key_text(j, key, text);
}

/* ---- COUNTS ---- */

static void latency(struct json *j, const struct memory_latency *l)
{
	json_key(j, "latency");
	json_object(j);
	json_key_u64(j, "samples", l->samples);
	json_key_u64(j, "sum", l->sum);
	json_key_u64(j, "p50", l->p50);
	json_key_u64(j, "p95", l->p95);
	json_key_u64(j, "p99", l->p99);
	json_key_u64(j, "max", l->max);
	json_end_object(j);
}

static void mean(struct json *j, const char *key, const struct memory_mean *m)
{
	json_key(j, key);
	json_object(j);
	json_key_u64(j, "samples", m->samples);
	json_key_u64(j, "sum", m->sum);
	json_end_object(j);
}

static void classes(struct json *j, const struct memory_counts *c)
{
	json_key(j, "ops");
	json_object(j);
	for (int v = DATA_OP_LOAD; v < DATA_OPS; v++)
		json_key_u64(j, data_op_key((enum data_op)v), c->ops[v]);
	json_end_object(j);
	json_key(j, "levels");
	json_object(j);
	for (int v = 0; v < DATA_LEVELS; v++)
		json_key_u64(j, data_level_key((enum data_level)v), c->levels[v]);
	json_end_object(j);
	json_key(j, "snoops");
	json_object(j);
	for (int v = 0; v < DATA_SNOOPS; v++)
		json_key_u64(j, data_snoop_key((enum data_snoop)v), c->snoops[v]);
	json_end_object(j);
	json_key(j, "tlbs");
	json_object(j);
	for (int v = 0; v < DATA_TLBS; v++)
		json_key_u64(j, data_tlb_key((enum data_tlb)v), c->tlbs[v]);
	json_end_object(j);
}

static void counts(struct json *j, const struct memory_counts *c)
{
	json_key_u64(j, "samples", c->samples);
	classes(j, c);
	json_key_u64(j, "locked", c->locked);
	json_key_u64(j, "remote_hitm", c->remote_hitm);
	json_key(j, "blocked");
	json_object(j);
	json_key_u64(j, "data", c->blocked_data);
	json_key_u64(j, "addr", c->blocked_addr);
	json_end_object(j);
	latency(j, &c->latency);
	mean(j, "weight2", &c->weight2);
	mean(j, "weight3", &c->weight3);
}

/* ---- rows ---- */

static void function(struct json *j, const struct function *f)
{
	json_key_text(j, "kind", function_kind_name(f->kind));
	json_key_text(j, "name", f->name);
	json_key_text(j, "module", f->module);
	json_key_text(j, "file", f->file);
	json_key_u64(j, "line", f->line);
	json_key_text(j, "object", f->object);
	if (*f->symbol)
		json_key_text(j, "symbol", f->symbol);
}

static void functions(struct json *j, const struct memory_tables *t)
{
	json_key(j, "functions");
	json_array(j);
	for (size_t i = 0; i < t->n_functions; i++) {
		json_object(j);
		function(j, &t->functions[t->by_function[i].function]);
		counts(j, &t->by_function[i].counts);
		json_end_object(j);
	}
	json_end_array(j);
}

static void objects(struct json *j, const struct memory_tables *t)
{
	json_key(j, "objects");
	json_array(j);
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct memory_object_row *row = &t->by_object[i];

		json_object(j);
		json_key_text(j, "kind", data_object_kind_key(row->object.kind));
		json_key_text(j, "name", row->object.name);
		json_key_bool(j, "inferred", row->object.inferred);
		counts(j, &row->counts);
		json_end_object(j);
	}
	json_end_array(j);
}

static void block(struct json *j, const struct memory_tables *t, const struct memory_block *b)
{
	const struct data_object *object = &t->memory->objects[b->object];

	key_hex(j, "addr", b->addr);
	if (b->phys)
		key_hex(j, "phys", b->phys);
	json_key_u64(j, "size", b->size);
	if (b->pid != UINT32_MAX)
		json_key_u64(j, "pid", b->pid);
	json_key_text(j, "object_kind", data_object_kind_key(object->kind));
	json_key_text(j, "object", object->name);
	json_key_u64(j, "threads", b->threads);
}

static void blocks(struct json *j, const struct memory_tables *t, const char *key,
		   const struct memory_block_row *rows, size_t n)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		block(j, t, &rows[i].block);
		counts(j, &rows[i].counts);
		json_end_object(j);
	}
	json_end_array(j);
}

/* ---- lines that threads share ---- */

static void sharer(struct json *j, const struct memory_tables *t, const struct memory_sharer *s)
{
	const struct memory_thread *thread = &t->memory->threads[s->thread];

	json_object(j);
	json_key_u64(j, "pid", thread->pid);
	json_key_u64(j, "tid", thread->tid);
	json_key_text(j, "comm", thread->comm);
	json_key(j, "function");
	json_object(j);
	function(j, &t->functions[s->function]);
	json_end_object(j);
	json_key_u64(j, "samples", s->samples);
	json_key_u64(j, "loads", s->loads);
	json_key_u64(j, "writes", s->writes);
	json_key_u64(j, "transfers", s->transfers);
	json_key_u64(j, "latency_samples", s->latency_samples);
	json_key_u64(j, "latency_sum", s->latency_sum);
	json_key(j, "offsets");
	json_array(j);
	for (unsigned b = 0; b < MEMORY_LINE; b++)
		if (s->offsets >> b & 1)
			json_u64(j, b);
	json_end_array(j);
	json_end_object(j);
}

static void suspects(struct json *j, const struct memory_tables *t)
{
	json_key(j, "suspects");
	json_array(j);
	for (size_t i = 0; i < t->n_suspects; i++) {
		const struct memory_suspect *s = &t->suspects[i];

		json_object(j);
		block(j, t, &s->line);
		json_key_u64(j, "samples", s->line.samples);
		json_key_u64(j, "loads", s->loads);
		json_key_u64(j, "writes", s->writes);
		json_key_u64(j, "transfers", s->transfers);
		json_key_u64(j, "latency_samples", s->latency_samples);
		json_key_u64(j, "latency_sum", s->latency_sum);
		json_key_bool(j, "same_word", s->same_word);
		json_key(j, "sharers");
		json_array(j);
		for (size_t k = 0; k < s->n; k++)
			sharer(j, t, &t->sharers[s->first + k]);
		json_end_array(j);
		json_end_object(j);
	}
	json_end_array(j);
}

/* ---- what was recorded ---- */

static void events(struct json *j, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;

	json_key(j, "events");
	json_array(j);
	for (size_t i = 0; i < t->n_sources;) {
		uint32_t event = t->sources[i].event;
		uint64_t samples = 0;

		for (; i < t->n_sources && t->sources[i].event == event; i++)
			samples += t->sources[i].samples;
		json_object(j);
		json_key_text(j, "name", r->events->items[event].name);
		json_key_u64(j, "samples", samples);
		json_end_object(j);
	}
	json_end_array(j);
}

static void sources(struct json *j, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;

	json_key(j, "sources");
	json_array(j);
	for (size_t i = 0; i < t->n_sources; i++) {
		const struct memory_source_row *s = &t->sources[i];
		struct data_src d = data_src_decode(s->value);
		char text[DATA_SRC_TEXT];

		data_src_text(s->value, text);
		json_object(j);
		json_key_text(j, "event", r->events->items[s->event].name);
		key_hex(j, "data_src", s->value);
		json_key_text(j, "text", text);
		json_key_text(j, "level", data_level_key(data_src_level(&d)));
		json_key_text(j, "region", data_region_name(d.region));
		json_key_u64(j, "samples", s->samples);
		json_key_u64(j, "latency_sum", s->latency_sum);
		json_end_object(j);
	}
	json_end_array(j);
}

static void hidden(struct json *j, const struct memory_tables *t)
{
	json_key(j, "hidden");
	json_object(j);
	json_key_u64(j, "functions", t->hidden_functions);
	json_key_u64(j, "objects", t->hidden_objects);
	json_key_u64(j, "pages", t->hidden_pages);
	json_key_u64(j, "lines", t->hidden_lines);
	json_key_u64(j, "suspects", t->hidden_suspects);
	json_end_object(j);
}

static void problems(struct json *j, const struct table *table)
{
	json_key(j, "problems");
	json_array(j);
	for (size_t i = 0; table && i < diag_count(table->diag); i++) {
		const struct problem *p = diag_get(table->diag, i);

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

void render_memory_json(struct out *o, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-memory");
	json_key_u64(&j, "version", 1);
	json_key_text(&j, "view", view_name(t->view));
	events(&j, r);
	json_key_u64(&j, "samples", t->total.samples);
	json_key_u64(&j, "others", t->others);
	json_key_u64(&j, "left_out", t->left_out);
	json_key_u64(&j, "line_size", MEMORY_LINE);
	json_key_text(&j, "latency_unit", "cycles");
	json_key(&j, "missing");
	json_array(&j);
	for (unsigned i = 0; memory_missing(t, i); i++)
		json_text(&j, memory_missing(t, i));
	json_end_array(&j);
	json_key(&j, "total");
	json_object(&j);
	counts(&j, &t->total);
	json_end_object(&j);
	functions(&j, t);
	objects(&j, t);
	blocks(&j, t, "pages", t->pages, t->n_pages);
	blocks(&j, t, "lines", t->lines, t->n_lines);
	suspects(&j, t);
	sources(&j, r);
	hidden(&j, t);
	problems(&j, r->table);
	json_end_object(&j);
	json_done(&j);
}
