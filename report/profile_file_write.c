/*
 * The writer puts everything into an order of its own first, so that the bytes depend on what the folio holds and not
 * on how it came about.  Sections with texts are made twice: once to see which texts there are.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/base/buffer.h"
#include "parser/base/memory.h"
#include "parser/sections.h"
#include "report/numbers.h"
#include "report/preorder.h"
#include "report/profile_file.h"
#include "report/profile_file_memory.h"
#include "report/profile_file_parts.h"

struct writing {
	const struct folio *f;
	struct sections_writer *file;
	struct buffer b;     /* the section that is being made */
	struct numbers seen; /* pointers of texts -> number of appearance */
	const char **texts;  /* by that number */
	size_t n_texts, cap_texts;
	uint32_t *text_places; /* by that number: place in the file; NULL in the first round */
	/* each in the order of the file, and by number its place there */
	uint32_t *tasks, *task_places;
	uint32_t *functions, *function_places;
	uint32_t *lists, *list_places;
	uint32_t *pieces, *piece_places;
	uint32_t *lines, *line_places;
	uint32_t *positions, *position_places;
	uint32_t *events, *event_places;
	uint32_t *instance_places;
	uint32_t *nodes;             /* in the order of the file, the root first */
	uint32_t *node_places;       /* by node its place, for `memory` */
	struct memory_order *memory; /* NULL: nothing to say */
	bool by_positions; /* nodes are at positions; else positions are kept of no recording */
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

/* ---- orders ---- */

/* 0 .. n - 1 by `order`; *places: by number its place. */
static uint32_t *sort(size_t n, int (*order)(const void *, const void *, void *), void *context,
		      uint32_t **places)
{
	uint32_t *sorted = mem_calloc(n, sizeof(*sorted));

	for (uint32_t i = 0; i < n; i++)
		sorted[i] = i;
	if (n)
		qsort_r(sorted, n, sizeof(*sorted), order, context);
	if (!places)
		return sorted;
	*places = mem_calloc(n, sizeof(**places));
	for (uint32_t i = 0; i < n; i++)
		(*places)[sorted[i]] = i;
	return sorted;
}

static int by_task(const void *a, const void *b, void *context)
{
	const struct sampled_task *tasks = context;

	return task_order(&tasks[*(const uint32_t *)a], &tasks[*(const uint32_t *)b]);
}

static int by_function(const void *a, const void *b, void *context)
{
	const struct function *functions = context;

	return function_order(&functions[*(const uint32_t *)a], &functions[*(const uint32_t *)b]);
}

static int by_event(const void *a, const void *b, void *context)
{
	const struct folio_event *events = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = folio_event_order(&events[x], &events[y]);

	return order ? order : (x > y) - (x < y); /* of one recording, which had it twice */
}

static int by_list(const void *va, const void *vb, void *context)
{
	const struct writing *w = context;
	const struct frame_lists *l = &w->f->lists;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	size_t n = l->first[a + 1] - l->first[a], m = l->first[b + 1] - l->first[b];

	for (size_t i = 0; i < n && i < m; i++) {
		uint32_t x = w->function_places[l->words[l->first[a] + i]];
		uint32_t y = w->function_places[l->words[l->first[b] + i]];

		if (x != y)
			return x > y ? 1 : -1;
	}
	return (n > m) - (n < m);
}

static int by_piece(const void *a, const void *b, void *context)
{
	const struct code_piece *pieces = context;

	return piece_order(&pieces[*(const uint32_t *)a], &pieces[*(const uint32_t *)b]);
}

static int by_lines(const void *a, const void *b, void *context)
{
	return positions_lines_order(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* Behind all others where there is none. */
static uint64_t place_or_none(const uint32_t *places, uint32_t number)
{
	return number == UINT32_MAX ? UINT32_MAX : places[number];
}

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_position(const void *va, const void *vb, void *context)
{
	const struct writing *w = context;
	const struct position *a = &w->f->positions.items[*(const uint32_t *)va];
	const struct position *b = &w->f->positions.items[*(const uint32_t *)vb];
	int order = number_order(w->list_places[a->list], w->list_places[b->list]);

	if (!order)
		order = number_order(place_or_none(w->piece_places, a->piece),
				     place_or_none(w->piece_places, b->piece));
	if (!order)
		order = number_order(a->address, b->address);
	if (!order)
		order = number_order(a->exact, b->exact);
	if (!order)
		order = number_order(place_or_none(w->line_places, a->lines),
				     place_or_none(w->line_places, b->lines));
	if (!order)
		order = number_order(a->opcode, b->opcode);
	return order ? order : strcmp(a->opcode_name, b->opcode_name);
}

static int by_source(const void *va, const void *vb, void *context)
{
	const struct folio_source *sources = context;
	const struct folio_source *a = &sources[*(const uint32_t *)va];
	const struct folio_source *b = &sources[*(const uint32_t *)vb];
	int order = strcmp(a->host, b->host);

	if (!order)
		order = (a->wall_ns > b->wall_ns) - (a->wall_ns < b->wall_ns);
	if (!order)
		order = strcmp(a->path, b->path);
	if (!order)
		order = strcmp(a->hash, b->hash);
	if (!order)
		order = strcmp(a->options, b->options);
	return order ? order : strcmp(a->command, b->command);
}

static int by_problem(const void *a, const void *b, void *context)
{
	const struct folio_problem *problems = context;

	return folio_problem_order(&problems[*(const uint32_t *)a],
				   &problems[*(const uint32_t *)b]);
}

/* Address spaces have no names: they are told apart by their spans, in the order of their tasks. */
struct spans {
	const struct writing *w;
	uint32_t *sorted; /* spans by instance, then by task */
	size_t *first;    /* by instance: its first there */
};

static int by_instance(const void *va, const void *vb, void *context)
{
	const struct writing *w = context;
	const struct folio_span *a = &w->f->spans[*(const uint32_t *)va];
	const struct folio_span *b = &w->f->spans[*(const uint32_t *)vb];
	uint32_t x = w->task_places[a->task], y = w->task_places[b->task];

	if (a->instance != b->instance)
		return a->instance > b->instance ? 1 : -1;
	return (x > y) - (x < y);
}

static int span_order(const struct writing *w, const struct folio_span *a,
		      const struct folio_span *b)
{
	uint32_t x = w->task_places[a->task], y = w->task_places[b->task];

	if (x != y)
		return x > y ? 1 : -1;
	if (a->python != b->python)
		return a->python ? 1 : -1;
	return (a->user_samples > b->user_samples) - (a->user_samples < b->user_samples);
}

static int by_spans(const void *va, const void *vb, void *context)
{
	const struct spans *s = context;
	size_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	size_t n = s->first[a + 1] - s->first[a], m = s->first[b + 1] - s->first[b];

	for (size_t i = 0; i < n && i < m; i++) {
		int order = span_order(s->w, &s->w->f->spans[s->sorted[s->first[a] + i]],
				       &s->w->f->spans[s->sorted[s->first[b] + i]]);

		if (order)
			return order;
	}
	return (n > m) - (n < m);
}

static void order_instances(struct writing *w)
{
	const struct folio *f = w->f;
	struct spans s = { .w = w,
			   .first = mem_calloc((size_t)f->n_instances + 2, sizeof(size_t)) };
	uint32_t *order, empty = 0;

	s.sorted = sort(f->n_spans, by_instance, w, NULL);
	for (size_t i = 0; i < f->n_spans; i++)
		s.first[f->spans[i].instance + 1]++;
	for (size_t i = 0; i < f->n_instances; i++)
		s.first[i + 1] += s.first[i];
	order = sort(f->n_instances, by_spans, &s, &w->instance_places);
	for (size_t i = 0; i < f->n_instances;
	     i++) /* those without a span come first, and are left out */
		empty += s.first[i + 1] == s.first[i];
	for (size_t i = 0; i < f->n_instances; i++)
		w->instance_places[i] -= empty;
	free(order);
	free(s.sorted);
	free(s.first);
}

static bool has_positions(const struct folio *f)
{
	bool any = f->positions.n_pieces > 0;

	for (size_t i = 0; i < f->n_sources; i++)
		any |= f->sources[i].positions;
	return any;
}

/* The place of the task, the position or the list that a node is. */
static uint32_t place_of(const struct writing *w, const struct location *l)
{
	if (l->space == SPACE_TASK)
		return w->task_places[l->addr];
	return w->by_positions ? w->position_places[l->addr]
			       : w->list_places[w->f->positions.items[l->addr].list];
}

static void order_nodes(struct writing *w)
{
	const struct calltree *t = w->f->tree;
	uint32_t *parents = mem_calloc(t->n_nodes, sizeof(*parents));
	uint32_t *keys = mem_calloc(t->n_nodes, sizeof(*keys));
	size_t n_frames = w->by_positions ? w->f->positions.n : w->f->lists.n;
	size_t n_keys = w->f->tasks.n > n_frames ? w->f->tasks.n : n_frames;

	for (size_t i = 1; i < t->n_nodes; i++) {
		const struct location *l = &t->locations[t->nodes[i].location];

		parents[i] = t->nodes[i].parent;
		keys[i] = place_of(w, l);
	}
	w->nodes = preorder(parents, keys, t->n_nodes, n_keys);
	free(parents);
	free(keys);
}

static void order_memory(struct writing *w)
{
	const struct memory_log *m = w->f->memory;
	uint32_t *node_places;

	if (!m || (!m->n_accesses && !m->left_out))
		return;
	node_places = w->node_places = mem_calloc(w->f->tree->n_nodes, sizeof(*node_places));
	for (uint32_t i = 0; i < w->f->tree->n_nodes; i++)
		node_places[w->nodes[i]] = i;
	w->memory = memory_order_new(m, w->event_places, node_places);
}

static void order(struct writing *w)
{
	const struct folio *f = w->f;

	w->tasks = sort(f->tasks.n, by_task, f->tasks.items, &w->task_places);
	w->functions = sort(f->functions.n, by_function, f->functions.items, &w->function_places);
	w->lists = sort(f->lists.n, by_list, w, &w->list_places);
	w->pieces = sort(f->positions.n_pieces, by_piece, f->positions.pieces, &w->piece_places);
	w->lines = sort(f->positions.n_lines, by_lines, (void *)(uintptr_t)&f->positions,
			&w->line_places);
	w->positions = sort(f->positions.n, by_position, w, &w->position_places);
	w->events = sort(f->n_events, by_event, f->events, &w->event_places);
	order_instances(w);
	order_nodes(w);
	order_memory(w);
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
	uint32_t *sorted = sort(w->f->n_sources, by_source, w->f->sources, NULL);

	number(w, w->f->n_sources);
	for (size_t i = 0; i < w->f->n_sources; i++)
		write_source(w, &w->f->sources[sorted[i]]);
	for (size_t i = 0; i < w->f->n_sources; i++) /* since 1.1 */
		text(w, w->f->sources[sorted[i]].command);
	free(sorted);
	finish_section(w, SECTION_SOURCES);
}

static void write_events(struct writing *w)
{
	number(w, w->f->n_events);
	for (size_t i = 0; i < w->f->n_events; i++) {
		const struct folio_event *e = &w->f->events[w->events[i]];
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
		const struct folio_event *e = &w->f->events[w->events[i]];

		number(w, e->counted.enabled_ns);
		number(w, e->counted.running_ns);
	}
	finish_section(w, SECTION_EVENTS);
}

static int by_task_then_instance(const void *va, const void *vb, void *context)
{
	const struct writing *w = context;
	const struct folio_span *a = &w->f->spans[*(const uint32_t *)va];
	const struct folio_span *b = &w->f->spans[*(const uint32_t *)vb];
	uint32_t x = w->task_places[a->task], y = w->task_places[b->task];

	if (x != y)
		return x > y ? 1 : -1;
	x = w->instance_places[a->instance];
	y = w->instance_places[b->instance];
	return (x > y) - (x < y);
}

static void write_tasks(struct writing *w)
{
	const struct folio *f = w->f;
	uint32_t *spans = sort(f->n_spans, by_task_then_instance, w, NULL);

	number(w, f->tasks.n);
	for (size_t i = 0; i < f->tasks.n; i++) {
		const struct sampled_task *t = &f->tasks.items[w->tasks[i]];
		const struct task_time *time = &f->task_times[w->tasks[i]];

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
		const struct folio_span *s = &f->spans[spans[i]];

		number(w, w->task_places[s->task]);
		number(w, w->instance_places[s->instance]);
		number(w, s->python ? SPAN_PYTHON : 0);
		number(w, s->user_samples);
	}
	free(spans);
	finish_section(w, SECTION_TASKS);
}

static void write_functions(struct writing *w)
{
	number(w, w->f->functions.n);
	for (size_t i = 0; i < w->f->functions.n; i++) {
		const struct function *f = &w->f->functions.items[w->functions[i]];

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
	uint32_t *sorted = sort(f->n_problems, by_problem, f->problems, NULL);

	number(w, f->n_problems);
	for (size_t i = 0; i < f->n_problems; i++) {
		const struct folio_problem *p = &f->problems[sorted[i]];

		text(w, texts_add_z(f->texts, diag_kind_name(p->kind)));
		number(w, p->inlining ? PROBLEM_INLINING : 0);
		number(w, p->place);
		number(w, p->recordings);
		number(w, p->count);
		text(w, p->subject);
		text(w, p->message);
		text(w, p->where);
	}
	free(sorted);
	finish_section(w, SECTION_PROBLEMS);
}

static void write_memory(struct writing *w)
{
	const char *const *texts;
	size_t n;

	if (!w->memory)
		return;
	texts = memory_order_texts(w->memory, &n);
	number(w, n);
	for (size_t i = 0; i < n; i++)
		text(w, texts[i]);
	if (w->text_places)
		memory_order_write(w->memory, &w->b);
	finish(w, SECTION_MEMORY, 0);
}

static void write_pieces(struct writing *w)
{
	const struct positions *p = &w->f->positions;

	number(w, p->n_pieces);
	for (size_t i = 0; i < p->n_pieces; i++) {
		const struct code_piece *piece = &p->pieces[w->pieces[i]];

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
		struct position of = { .lines = w->lines[i] };
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
		const struct position *p = &all->items[w->positions[i]];

		number(w, p->piece == NO_PIECE ? 0 : (uint64_t)w->piece_places[p->piece] + 1);
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->positions[i]];

		difference(w, p->address - before);
		before = p->address;
	}
	for (size_t i = 0; i < all->n; i++)
		number(w, all->items[w->positions[i]].exact ? POSITION_EXACT : 0);
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->positions[i]];

		number(w, p->lines == NO_LINES ? 0 : (uint64_t)w->line_places[p->lines] + 1);
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct position *p = &all->items[w->positions[i]];

		number(w, p->opcode);
		if (p->opcode == OPCODE_KNOWN)
			text(w, p->opcode_name);
	}
}

static void write_code(struct writing *w)
{
	if (!w->by_positions)
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
	uint32_t *sorted = sort(w->n_texts, by_text, w->texts, &w->text_places);

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
		uint32_t list = w->lists[i];
		const uint32_t *words = &l->words[l->first[list]];
		size_t n = frame_list_count(l, list) + 1;

		number(w, n);
		for (size_t k = 0; k < n; k++)
			number(w, w->function_places[words[k]]);
	}
	finish_section(w, SECTION_LISTS);
}

static void write_positions(struct writing *w)
{
	const struct positions *p = &w->f->positions;

	if (!w->by_positions)
		return;
	number(w, p->n);
	for (size_t i = 0; i < p->n; i++)
		number(w, w->list_places[p->items[w->positions[i]].list]);
	finish_section(w, SECTION_POSITIONS);
}

/* How many levels to go up from the node before to a node's parent; then which task, position or list each node is. */
static void write_tree(struct writing *w)
{
	const struct calltree *t = w->f->tree;
	uint32_t *depth = mem_calloc(t->n_nodes, sizeof(*depth));

	number(w, t->n_nodes - 1);
	for (size_t i = 1; i < t->n_nodes; i++) {
		uint32_t node = w->nodes[i], parent = t->nodes[node].parent;

		depth[node] = depth[parent] + 1;
		number(w, depth[w->nodes[i - 1]] - depth[parent]);
	}
	for (size_t i = 1; i < t->n_nodes; i++) {
		const struct location *l = &t->locations[t->nodes[w->nodes[i]].location];

		number(w, place_of(w, l));
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
		struct cost_cell cell = costs_begin(&t->costs, t->nodes[w->nodes[i]].cost);
		size_t first = c->n;

		while (costs_next(&t->costs, &cell)) {
			c->items = mem_grow(c->items, c->n, 1, &c->cap, sizeof(*c->items));
			c->items[c->n++] =
				(struct cell){ i, w->event_places[cell.event], *cell.cost };
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
		.by_positions = has_positions(f),
		.file = sections_writer_new(PROFILE_FILE_MAJOR, PROFILE_FILE_MINOR),
	};

	order(&w);
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
	free(w.tasks);
	free(w.task_places);
	free(w.functions);
	free(w.function_places);
	free(w.lists);
	free(w.list_places);
	free(w.pieces);
	free(w.piece_places);
	free(w.lines);
	free(w.line_places);
	free(w.positions);
	free(w.position_places);
	free(w.events);
	free(w.event_places);
	free(w.instance_places);
	free(w.nodes);
	free(w.node_places);
	memory_order_free(w.memory);
	return sections_writer_finish(w.file, len);
}
