/*
 * Everything is put into the order of profile_file_order.h first, so that the bytes depend on what the folio holds and not
 * on how it came about.  Sections with texts are made twice: once to see which texts there are.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/base/buffer.h"
#include "parser/base/memory.h"
#include "parser/sections.h"
#include "report/numbers.h"
#include "report/profile_file.h"
#include "report/profile_file_order.h"
#include "report/profile_file_parts.h"

struct writing {
	const struct folio *f;
	struct sections_writer *file;
	struct buffer b;     /* the section that is being made */
	struct numbers seen; /* pointers of texts -> number of appearance */
	const char **texts;  /* by that number */
	size_t n_texts, cap_texts;
	uint32_t *text_places; /* by that number: place in the file; NULL in the first round */
	struct file_order o;
};

/* ---- parts ---- */

static void number(struct writing *w, uint64_t v)
{
	buffer_varint(&w->b, v);
}

/* Small negative numbers stay small. */
static void difference(struct writing *w, uint64_t v)
{
	number(w, v << 1 ^ (v >> 63 ? UINT64_MAX : 0));
}

static void text(struct writing *w, const char *s)
{
	bool is_new;
	uint32_t n = numbers_add(&w->seen, (uintptr_t)s, &is_new);

	if (is_new) {
		w->texts = mem_grow(w->texts, w->n_texts, 1, &w->cap_texts, sizeof(*w->texts));
		w->texts[w->n_texts++] = s;
	}
	number(w, w->text_places ? w->text_places[n] : 0);
}

static void finish(struct writing *w, const char *tag, uint32_t flags)
{
	if (w->text_places)
		sections_writer_add(w->file, tag, flags, w->b.data, w->b.n);
	w->b.n = 0;
}

static void finish_section(struct writing *w, const char *tag)
{
	finish(w, tag, SECTION_NEEDED);
}

/* ---- sections with texts ---- */

static void write_source(struct writing *w, const struct folio_source *s)
{
	text(w, s->path);
	text(w, s->hash);
	number(w, s->size);
	text(w, s->host);
	text(w, s->program);
	text(w, s->arch);
	text(w, s->kernel);
	text(w, s->cpu);
	text(w, s->perf);
	text(w, s->perfolio);
	text(w, s->options);
	number(w, (s->has_time ? SOURCE_HAS_TIME : 0) |
			  (s->wall_is_mtime ? SOURCE_WALL_IS_MTIME : 0) |
			  (s->positions ? SOURCE_POSITIONS : 0));
	number(w, s->wall_ns);
	difference(w, (uint64_t)(int64_t)s->clock);
	number(w, s->first_ns);
	number(w, s->last_ns - s->first_ns);
	number(w, s->processes);
	number(w, s->threads);
	number(w, s->samples);
	number(w, s->unused);
	number(w, s->no_increase);
	number(w, s->lost_events);
	number(w, s->lost_samples);
	number(w, STACK_ENDS);
	for (int end = 0; end < STACK_ENDS; end++)
		number(w, s->stacks[end]);
}

static void write_sources(struct writing *w)
{
	number(w, w->f->n_sources);
	for (size_t i = 0; i < w->f->n_sources; i++)
		write_source(w, &w->f->sources[w->o.sources[i]]);
	for (size_t i = 0; i < w->f->n_sources; i++) /* since 1.1 */
		text(w, w->f->sources[w->o.sources[i]].command);
	finish_section(w, SECTION_SOURCES);
}

static void write_events(struct writing *w)
{
	number(w, w->f->n_events);
	for (size_t i = 0; i < w->f->n_events; i++) {
		const struct folio_event *e = &w->f->events[w->o.events[i]];
		const struct attr *a = &e->attr;

		text(w, e->name);
		text(w, e->unit);
		number(w, e->mixed ? EVENT_MIXED : 0);
		number(w, e->place);
		number(w, e->recordings);
		number(w, e->filtered.samples);
		number(w, e->filtered.weight);
		number(w, a->type);
		number(w, a->config);
		number(w, a->config1);
		number(w, a->config2);
		number(w, a->config3);
		number(w, a->bp_type);
		number(w, a->sample_period);
		number(w, a->flags);
		number(w, a->sample_max_stack);
		number(w, a->sample_stack_user);
	}
	for (size_t i = 0; i < w->f->n_events; i++) {
		const struct folio_event *e = &w->f->events[w->o.events[i]];

		number(w, e->counted.enabled_ns);
		number(w, e->counted.running_ns);
	}
	finish_section(w, SECTION_EVENTS);
}

static void write_tasks(struct writing *w)
{
	const struct folio *f = w->f;

	number(w, f->tasks.n);
	for (size_t i = 0; i < f->tasks.n; i++) {
		const struct sampled_task *t = &f->tasks.items[w->o.tasks[i]];
		const struct task_time *time = &f->task_times[w->o.tasks[i]];

		text(w, t->host);
		text(w, t->recording);
		text(w, t->comm);
		text(w, t->process);
		number(w, t->pid);
		number(w, t->tid);
		number(w, t->cpu_1);
		number(w, time->has_time ? TASK_HAS_TIME : 0);
		number(w, time->first_ns);
		number(w, time->last_ns - time->first_ns);
	}
	number(w, f->n_spans);
	for (size_t i = 0; i < f->n_spans; i++) {
		const struct folio_span *s = &f->spans[w->o.spans[i]];

		number(w, w->o.task_places[s->task]);
		number(w, w->o.instance_places[s->instance]);
		number(w, s->python ? SPAN_PYTHON : 0);
		number(w, s->user_samples);
	}
	finish_section(w, SECTION_TASKS);
}

static void write_functions(struct writing *w)
{
	number(w, w->f->functions.n);
	for (size_t i = 0; i < w->f->functions.n; i++) {
		const struct function *f = &w->f->functions.items[w->o.functions[i]];

		number(w, f->kind);
		number(w, (f->inlined ? FUNCTION_INLINED : 0) |
				  (f->placeholder ? FUNCTION_PLACEHOLDER : 0));
		text(w, f->name);
		text(w, f->symbol);
		text(w, f->module);
		text(w, f->file);
		text(w, f->object);
		number(w, f->line);
	}
	finish_section(w, SECTION_FUNCTIONS);
}

static void write_files(struct writing *w)
{
	number(w, w->f->n_files);
	for (size_t i = 0; i < w->f->n_files; i++)
		text(w, w->f->files[i]);
	finish_section(w, SECTION_FILES);
}

static void write_problems(struct writing *w)
{
	const struct folio *f = w->f;

	number(w, f->n_problems);
	for (size_t i = 0; i < f->n_problems; i++) {
		const struct folio_problem *p = &f->problems[w->o.problems[i]];

		text(w, texts_add_z(f->texts, diag_kind_name(p->kind)));
		number(w, p->inlining ? PROBLEM_INLINING : 0);
		number(w, p->place);
		number(w, p->recordings);
		number(w, p->count);
		text(w, p->subject);
		text(w, p->message);
		text(w, p->where);
	}
	finish_section(w, SECTION_PROBLEMS);
}

static void write_memory(struct writing *w)
{
	const char *const *texts;
	size_t n;

	if (!w->o.memory)
		return;
	texts = memory_order_texts(w->o.memory, &n);
	number(w, n);
	for (size_t i = 0; i < n; i++)
		text(w, texts[i]);
	if (w->text_places)
		memory_order_write(w->o.memory, &w->b);
	finish(w, SECTION_MEMORY, 0);
}

static void write_pieces(struct writing *w)
{
	const struct positions *p = &w->f->positions;

	number(w, p->n_pieces);
	for (size_t i = 0; i < p->n_pieces; i++) {
		const struct code_piece *piece = &p->pieces[w->o.pieces[i]];

		number(w, piece->kind);
		text(w, piece->object);
		text(w, piece->build_id);
		text(w, piece->symbol);
		number(w, piece->start);
		number(w, piece->end - piece->start);
		number(w, piece->machine);
		text(w, piece->path);
		number(w, piece->at);
	}
}

static void write_lines(struct writing *w)
{
	const struct positions *p = &w->f->positions;

	number(w, p->n_lines);
	for (size_t i = 0; i < p->n_lines; i++) {
		struct position of = { .lines = w->o.lines[i] };
		size_t n;
		const struct source_place *places = position_lines(p, &of, &n);

		number(w, n);
		for (size_t k = 0; k < n; k++) {
			text(w, places[k].file);
			number(w, places[k].line);
			number(w, places[k].declared);
		}
	}
}

/* By position, column by column: numbers of one kind pack better. */
static void write_where(struct writing *w)
{
	const struct positions *all = &w->f->positions;
	uint64_t before = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->o.positions[i]];

		number(w, p->piece == NO_PIECE ? 0 : (uint64_t)w->o.piece_places[p->piece] + 1);
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->o.positions[i]];

		difference(w, p->address - before);
		before = p->address;
	}
	for (size_t i = 0; i < all->n; i++)
		number(w, all->items[w->o.positions[i]].exact ? POSITION_EXACT : 0);
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->o.positions[i]];

		number(w, p->lines == NO_LINES ? 0 : (uint64_t)w->o.line_places[p->lines] + 1);
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->o.positions[i]];

		number(w, p->opcode);
		if (p->opcode == OPCODE_KNOWN)
			text(w, p->opcode_name);
	}
}

static void write_code(struct writing *w)
{
	if (!w->o.by_positions)
		return;
	write_pieces(w);
	write_lines(w);
	write_where(w);
	finish_section(w, SECTION_CODE);
}

static void write_texty(struct writing *w)
{
	write_sources(w);
	write_events(w);
	write_tasks(w);
	write_functions(w);
	write_files(w);
	write_problems(w);
	write_memory(w);
	write_code(w);
}

/* ---- texts ---- */

static int by_text(const void *a, const void *b, void *context)
{
	const char *const *texts = context;

	return strcmp(texts[*(const uint32_t *)a], texts[*(const uint32_t *)b]);
}

static void write_texts(struct writing *w)
{
	uint32_t *sorted = file_sort(w->n_texts, by_text, w->texts, &w->text_places);

	number(w, w->n_texts);
	for (size_t i = 0; i < w->n_texts; i++) {
		const char *s = w->texts[sorted[i]];
		size_t len = strlen(s);

		number(w, len);
		buffer_put(&w->b, s, len);
	}
	free(sorted);
	finish_section(w, SECTION_TEXTS);
}

/* ---- sections of numbers ---- */

static void write_whole(struct writing *w)
{
	number(w, w->f->keys);
	number(w, w->f->tree->overflow ? WHOLE_OVERFLOW : 0);
	finish_section(w, SECTION_WHOLE);
}

static void write_lists(struct writing *w)
{
	const struct frame_lists *l = &w->f->lists;

	number(w, l->n);
	for (size_t i = 0; i < l->n; i++) {
		uint32_t list = w->o.lists[i];
		const uint32_t *words = &l->words[l->first[list]];
		size_t n = frame_list_count(l, list) + 1;

		number(w, n);
		for (size_t k = 0; k < n; k++)
			number(w, w->o.function_places[words[k]]);
	}
	finish_section(w, SECTION_LISTS);
}

static void write_positions(struct writing *w)
{
	const struct positions *p = &w->f->positions;

	if (!w->o.by_positions)
		return;
	number(w, p->n);
	for (size_t i = 0; i < p->n; i++)
		number(w, w->o.list_places[p->items[w->o.positions[i]].list]);
	finish_section(w, SECTION_POSITIONS);
}

/* How many levels to go up from the node before to a node's parent; then which task, position or list each node is. */
static void write_tree(struct writing *w)
{
	const struct calltree *t = w->f->tree;
	uint32_t *depth = mem_calloc(t->n_nodes, sizeof(*depth));

	number(w, t->n_nodes - 1);
	for (size_t i = 1; i < t->n_nodes; i++) {
		uint32_t node = w->o.nodes[i], parent = t->nodes[node].parent;

		depth[node] = depth[parent] + 1;
		number(w, depth[w->o.nodes[i - 1]] - depth[parent]);
	}
	for (size_t i = 1; i < t->n_nodes; i++) {
		const struct location *l = &t->locations[t->nodes[w->o.nodes[i]].location];

		number(w, file_order_place(&w->o, l));
	}
	free(depth);
	finish_section(w, SECTION_TREE);
}

/* The costs of all nodes, in the order of the file. */
struct cell {
	uint32_t node, event; /* places */
	struct cost cost;
};

struct cells {
	struct cell *items;
	size_t n, cap;
};

static int by_event_place(const void *va, const void *vb)
{
	const struct cell *a = va, *b = vb;

	return (a->event > b->event) - (a->event < b->event);
}

static void find_cells(const struct writing *w, struct cells *c)
{
	const struct calltree *t = w->f->tree;

	for (uint32_t i = 0; i < t->n_nodes; i++) {
		struct cost_cell cell = costs_begin(&t->costs, t->nodes[w->o.nodes[i]].cost);
		size_t first = c->n;

		while (costs_next(&t->costs, &cell)) {
			c->items = mem_grow(c->items, c->n, 1, &c->cap, sizeof(*c->items));
			c->items[c->n++] =
				(struct cell){ i, w->o.event_places[cell.event], *cell.cost };
		}
		if (c->n - first > 1)
			qsort(&c->items[first], c->n - first, sizeof(*c->items), by_event_place);
	}
}

/* What a sample weighed, where all samples of a cost may have weighed the same. */
struct weight {
	uint32_t event;
	uint64_t each;
};

static int by_weight(const void *va, const void *vb)
{
	const struct weight *a = va, *b = vb;

	if (a->event != b->event)
		return a->event > b->event ? 1 : -1;
	return (a->each > b->each) - (a->each < b->each);
}

/* By event the weight that most of its costs have for each sample: what is left to say of these is 0. */
static uint64_t *usual_weights(const struct writing *w, const struct cells *c)
{
	uint64_t *usual = mem_calloc(w->f->n_events, sizeof(*usual));
	size_t *longest = mem_calloc(w->f->n_events, sizeof(*longest)), n = 0, first = 0;
	struct weight *all = mem_calloc(c->n, sizeof(*all));

	for (size_t i = 0; i < c->n; i++) {
		const struct cost *cost = &c->items[i].cost;

		if (cost->samples && cost->weight % cost->samples == 0)
			all[n++] =
				(struct weight){ c->items[i].event, cost->weight / cost->samples };
	}
	if (n)
		qsort(all, n, sizeof(*all), by_weight);
	for (size_t i = 0; i < n; i++) {
		if (by_weight(&all[i], &all[first]) != 0)
			first = i;
		if (i - first + 1 > longest[all[i].event]) {
			longest[all[i].event] = i - first + 1;
			usual[all[i].event] = all[i].each;
		}
	}
	free(longest);
	free(all);
	return usual;
}

/* The number of each node's costs; then, for all of them: events, samples, and weights less the usual. */
static void write_costs(struct writing *w)
{
	struct cells c = { .n = 0 };
	uint64_t *usual;
	size_t at = 0;

	find_cells(w, &c);
	usual = usual_weights(w, &c);
	for (size_t e = 0; e < w->f->n_events; e++)
		number(w, usual[e]);
	for (uint32_t i = 0; i < w->f->tree->n_nodes; i++) {
		size_t first = at;

		while (at < c.n && c.items[at].node == i)
			at++;
		number(w, at - first);
	}
	for (size_t i = 0; i < c.n; i++)
		number(w, c.items[i].event);
	for (size_t i = 0; i < c.n; i++)
		number(w, c.items[i].cost.samples);
	for (size_t i = 0; i < c.n; i++)
		difference(w, c.items[i].cost.weight -
				      c.items[i].cost.samples * usual[c.items[i].event]);
	free(c.items);
	free(usual);
	finish_section(w, SECTION_COSTS);
}

uint8_t *profile_file_write(const struct folio *f, size_t *len)
{
	struct writing w = {
		.f = f,
		.file = sections_writer_new(PROFILE_FILE_MAJOR, PROFILE_FILE_MINOR),
	};

	file_order_make(&w.o, f);
	text(&w, texts_add_z(f->texts, "")); /* the first of all */
	w.b.n = 0;
	write_texty(&w);
	write_texts(&w);
	write_whole(&w);
	write_texty(&w);
	write_lists(&w);
	write_positions(&w);
	write_tree(&w);
	write_costs(&w);
	buffer_done(&w.b);
	numbers_done(&w.seen);
	free(w.texts);
	free(w.text_places);
	file_order_done(&w.o);
	return sections_writer_finish(w.file, len);
}
