/*
 * All tables of memory accesses in one: `table` says which a row is of (all, function, object, page, line, suspect,
 * sharer); what a table does not have is empty.  A sharer's row follows its suspect's.  Columns of counts are named
 * as in the JSON: ops.load, levels.l1 ...
 */
#include <inttypes.h>
#include <stdio.h>

#include "render/csv_cell.h"
#include "render/memory.h"
#include "render/out.h"

/* What comes before the counts; NULL: empty. */
struct subject {
	const struct memory_tables *tables;
	const char *table;
	const struct function *function;
	const struct data_object *object;
	const struct memory_block *block;
	const struct memory_thread *thread;
};

static void nothing(struct out *o, size_t cells)
{
	while (cells-- > 0)
		out_char(o, ',');
}

/* ---- the heading ---- */

static void headings(struct out *o, const char *keys)
{
	out_text(o, "table,kind,name,module,file,line,object");
	csv_key_headings(o, keys);
	out_text(o, ",address,physical address,size,pid,tid,"
		    "comm,threads,samples");
	for (int v = DATA_OP_LOAD; v < DATA_OPS; v++)
		out_printf(o, ",ops.%s", data_op_key((enum data_op)v));
	for (int v = 0; v < DATA_LEVELS; v++)
		out_printf(o, ",levels.%s", data_level_key((enum data_level)v));
	for (int v = 0; v < DATA_SNOOPS; v++)
		out_printf(o, ",snoops.%s", data_snoop_key((enum data_snoop)v));
	for (int v = 0; v < DATA_TLBS; v++)
		out_printf(o, ",tlbs.%s", data_tlb_key((enum data_tlb)v));
	out_text(o, ",locked,remote_hitm,blocked.data,blocked.addr,latency.samples,latency.sum,"
		    "latency.p50,latency.p95,latency.p99,latency.max,transfers,writes,same_word,"
		    "offsets,recording\n");
}

/* ---- cells ---- */

static void function_cells(struct out *o, const struct function *f)
{
	csv_next_cell(o, function_kind_name(f->kind));
	csv_next_cell(o, f->name);
	csv_next_cell(o, f->module);
	csv_next_cell(o, f->file);
	csv_next_number(o, f->line);
	csv_next_cell(o, f->object);
}

static void object_cells(struct out *o, const struct data_object *object)
{
	csv_next_cell(o, data_object_kind_key(object->kind));
	csv_next_cell(o, object->name);
	nothing(o, 4);
}

static void block_cells(struct out *o, const struct memory_block *b)
{
	out_printf(o, ",0x%" PRIx64 ",", b->addr);
	if (b->phys)
		out_printf(o, "0x%" PRIx64, b->phys);
	csv_next_number(o, b->size);
	if (b->pid == UINT32_MAX)
		nothing(o, 1);
	else
		csv_next_number(o, b->pid);
}

static void begin(struct out *o, const struct subject *s)
{
	out_text(o, s->table);
	if (s->function)
		function_cells(o, s->function);
	else if (s->object)
		object_cells(o, s->object);
	else
		nothing(o, 6);
	if (s->function && s->function->keys)
		csv_key_cells(o, s->function->keys);
	else
		nothing(o, csv_keys(s->tables->keys));
	if (s->block)
		block_cells(o, s->block);
	else
		nothing(o, 3 + !s->thread);
	if (s->thread) {
		csv_next_number(o, s->thread->pid);
		csv_next_number(o, s->thread->tid);
		csv_next_cell(o, s->thread->comm);
	} else {
		nothing(o, 2);
	}
	if (s->block)
		csv_next_number(o, s->block->threads);
	else
		nothing(o, 1);
}

/* Lines, pages and threads are of a recording each; where there is only one, it goes without saying. */
static void end(struct out *o, const struct subject *s)
{
	const char *const *recordings = s->tables->recordings;

	if (recordings && s->block)
		csv_next_cell(o, recordings[s->block->recording]);
	else if (recordings && s->thread)
		csv_next_cell(o, recordings[s->thread->recording]);
	else
		nothing(o, 1);
	out_char(o, '\n');
}

static void numbers(struct out *o, const uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_next_number(o, v[i]);
}

static void counted(struct out *o, const struct subject *s, const struct memory_counts *c)
{
	begin(o, s);
	csv_next_number(o, c->samples);
	numbers(o, c->ops + 1, DATA_OPS - 1); /* no row has a DATA_OP_NONE */
	numbers(o, c->levels, DATA_LEVELS);
	numbers(o, c->snoops, DATA_SNOOPS);
	numbers(o, c->tlbs, DATA_TLBS);
	csv_next_number(o, c->locked);
	csv_next_number(o, c->remote_hitm);
	csv_next_number(o, c->blocked_data);
	csv_next_number(o, c->blocked_addr);
	csv_next_number(o, c->latency.samples);
	csv_next_number(o, c->latency.sum);
	csv_next_number(o, c->latency.p50);
	csv_next_number(o, c->latency.p95);
	csv_next_number(o, c->latency.p99);
	csv_next_number(o, c->latency.max);
	nothing(o, 4);
	end(o, s);
}

/* ---- lines that threads share ---- */

static void shared_cells(struct out *o, uint64_t samples, uint64_t loads, uint64_t latency_samples,
			 uint64_t latency_sum)
{
	csv_next_number(o, samples);
	csv_next_number(o, loads);
	nothing(o, DATA_OPS - 2 + DATA_LEVELS + DATA_SNOOPS + DATA_TLBS + 4);
	csv_next_number(o, latency_samples);
	csv_next_number(o, latency_sum);
	nothing(o, 4);
}

static void sharer(struct out *o, const struct memory_tables *t, const struct memory_sharer *s)
{
	struct subject who = {
		.tables = t,
		.table = "sharer",
		.function = &t->functions[s->function],
		.thread = &t->memory->threads[s->thread],
	};

	begin(o, &who);
	shared_cells(o, s->samples, s->loads, s->latency_samples, s->latency_sum);
	csv_next_number(o, s->transfers);
	csv_next_number(o, s->writes);
	out_text(o, ",,");
	for (unsigned b = 0, n = 0; b < MEMORY_LINE; b++)
		if (s->offsets >> b & 1)
			out_printf(o, "%s%u", n++ ? " " : "", b);
	end(o, &who);
}

static void suspect(struct out *o, const struct memory_tables *t, const struct memory_suspect *s)
{
	struct subject line = {
		.tables = t,
		.table = "suspect",
		.object = &t->memory->objects[s->line.object],
		.block = &s->line,
	};

	begin(o, &line);
	shared_cells(o, s->line.samples, s->loads, s->latency_samples, s->latency_sum);
	csv_next_number(o, s->transfers);
	csv_next_number(o, s->writes);
	out_printf(o, ",%u,", s->same_word);
	end(o, &line);
	for (size_t i = 0; i < s->n; i++)
		sharer(o, t, &t->sharers[s->first + i]);
}

static void blocks(struct out *o, const struct memory_tables *t, const char *table,
		   const struct memory_block_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct subject s = {
			.tables = t,
			.table = table,
			.object = &t->memory->objects[rows[i].block.object],
			.block = &rows[i].block,
		};

		counted(o, &s, &rows[i].counts);
	}
}

void render_memory_csv(struct out *o, const struct memory_report *r)
{
	const struct memory_tables *t = r->tables;

	headings(o, t->keys);
	counted(o, &(struct subject){ .tables = t, .table = "all" }, &t->total);
	for (size_t i = 0; i < t->n_functions; i++) {
		const struct memory_function_row *row = &t->by_function[i];

		counted(o,
			&(struct subject){ .tables = t,
					   .table = "function",
					   .function = &t->functions[row->function] },
			&row->counts);
	}
	for (size_t i = 0; i < t->n_objects; i++)
		counted(o,
			&(struct subject){
				.tables = t, .table = "object", .object = &t->by_object[i].object },
			&t->by_object[i].counts);
	blocks(o, t, "page", t->pages, t->n_pages);
	blocks(o, t, "line", t->lines, t->n_lines);
	for (size_t i = 0; i < t->n_suspects; i++)
		suspect(o, t, &t->suspects[i]);
}
