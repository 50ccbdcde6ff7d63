#include "report/profile_file_order.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/preorder.h"

/* 0 .. n - 1 by `order`; *places: by number its place. */
uint32_t *file_sort(size_t n, int (*order)(const void *, const void *, void *), void *context,
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
	const struct file_order *o = context;
	const struct frame_lists *l = &o->f->lists;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	size_t n = l->first[a + 1] - l->first[a], m = l->first[b + 1] - l->first[b];

	for (size_t i = 0; i < n && i < m; i++) {
		uint32_t x = o->function_places[l->words[l->first[a] + i]];
		uint32_t y = o->function_places[l->words[l->first[b] + i]];

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
	const struct file_order *o = context;
	const struct position *a = &o->f->positions.items[*(const uint32_t *)va];
	const struct position *b = &o->f->positions.items[*(const uint32_t *)vb];
	int order = number_order(o->list_places[a->list], o->list_places[b->list]);

	if (!order)
		order = number_order(place_or_none(o->piece_places, a->piece),
				     place_or_none(o->piece_places, b->piece));
	if (!order)
		order = number_order(a->address, b->address);
	if (!order)
		order = number_order(a->exact, b->exact);
	if (!order)
		order = number_order(place_or_none(o->line_places, a->lines),
				     place_or_none(o->line_places, b->lines));
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
	const struct file_order *o;
	uint32_t *sorted; /* spans by instance, then by task */
	size_t *first;    /* by instance: its first there */
};

static int by_instance(const void *va, const void *vb, void *context)
{
	const struct file_order *o = context;
	const struct folio_span *a = &o->f->spans[*(const uint32_t *)va];
	const struct folio_span *b = &o->f->spans[*(const uint32_t *)vb];
	uint32_t x = o->task_places[a->task], y = o->task_places[b->task];

	if (a->instance != b->instance)
		return a->instance > b->instance ? 1 : -1;
	return (x > y) - (x < y);
}

static int span_order(const struct file_order *o, const struct folio_span *a,
		      const struct folio_span *b)
{
	uint32_t x = o->task_places[a->task], y = o->task_places[b->task];

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
		int order = span_order(s->o, &s->o->f->spans[s->sorted[s->first[a] + i]],
				       &s->o->f->spans[s->sorted[s->first[b] + i]]);

		if (order)
			return order;
	}
	return (n > m) - (n < m);
}

static void order_instances(struct file_order *o)
{
	const struct folio *f = o->f;
	struct spans s = { .o = o,
			   .first = mem_calloc((size_t)f->n_instances + 2, sizeof(size_t)) };
	uint32_t *order, empty = 0;

	s.sorted = file_sort(f->n_spans, by_instance, o, NULL);
	for (size_t i = 0; i < f->n_spans; i++)
		s.first[f->spans[i].instance + 1]++;
	for (size_t i = 0; i < f->n_instances; i++)
		s.first[i + 1] += s.first[i];
	order = file_sort(f->n_instances, by_spans, &s, &o->instance_places);
	for (size_t i = 0; i < f->n_instances;
	     i++) /* those without a span come first, and are left out */
		empty += s.first[i + 1] == s.first[i];
	for (size_t i = 0; i < f->n_instances; i++)
		o->instance_places[i] -= empty;
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
uint32_t file_order_place(const struct file_order *o, const struct location *l)
{
	if (l->space == SPACE_TASK)
		return o->task_places[l->addr];
	return o->by_positions ? o->position_places[l->addr]
			       : o->list_places[o->f->positions.items[l->addr].list];
}

static void order_nodes(struct file_order *o)
{
	const struct calltree *t = o->f->tree;
	uint32_t *parents = mem_calloc(t->n_nodes, sizeof(*parents));
	uint32_t *keys = mem_calloc(t->n_nodes, sizeof(*keys));
	size_t n_frames = o->by_positions ? o->f->positions.n : o->f->lists.n;
	size_t n_keys = o->f->tasks.n > n_frames ? o->f->tasks.n : n_frames;

	for (size_t i = 1; i < t->n_nodes; i++) {
		const struct location *l = &t->locations[t->nodes[i].location];

		parents[i] = t->nodes[i].parent;
		keys[i] = file_order_place(o, l);
	}
	o->nodes = preorder(parents, keys, t->n_nodes, n_keys);
	free(parents);
	free(keys);
}

static void order_memory(struct file_order *o)
{
	const struct memory_log *m = o->f->memory;
	uint32_t *node_places;

	if (!m || (!m->n_accesses && !m->left_out))
		return;
	node_places = o->node_places = mem_calloc(o->f->tree->n_nodes, sizeof(*node_places));
	for (uint32_t i = 0; i < o->f->tree->n_nodes; i++)
		node_places[o->nodes[i]] = i;
	o->memory = memory_order_new(m, o->event_places, node_places);
}

static int by_task_then_instance(const void *va, const void *vb, void *context)
{
	const struct file_order *o = context;
	const struct folio_span *a = &o->f->spans[*(const uint32_t *)va];
	const struct folio_span *b = &o->f->spans[*(const uint32_t *)vb];
	uint32_t x = o->task_places[a->task], y = o->task_places[b->task];

	if (x != y)
		return x > y ? 1 : -1;
	x = o->instance_places[a->instance];
	y = o->instance_places[b->instance];
	return (x > y) - (x < y);
}

void file_order_make(struct file_order *o, const struct folio *f)
{
	*o = (struct file_order){ .f = f, .by_positions = has_positions(f) };
	o->tasks = file_sort(f->tasks.n, by_task, f->tasks.items, &o->task_places);
	o->functions =
		file_sort(f->functions.n, by_function, f->functions.items, &o->function_places);
	o->lists = file_sort(f->lists.n, by_list, o, &o->list_places);
	o->pieces =
		file_sort(f->positions.n_pieces, by_piece, f->positions.pieces, &o->piece_places);
	o->lines = file_sort(f->positions.n_lines, by_lines, (void *)(uintptr_t)&f->positions,
			     &o->line_places);
	o->positions = file_sort(f->positions.n, by_position, o, &o->position_places);
	o->events = file_sort(f->n_events, by_event, f->events, &o->event_places);
	o->sources = file_sort(f->n_sources, by_source, f->sources, NULL);
	o->problems = file_sort(f->n_problems, by_problem, f->problems, NULL);
	order_instances(o);
	o->spans = file_sort(f->n_spans, by_task_then_instance, o, NULL);
	order_nodes(o);
	order_memory(o);
}

void file_order_done(struct file_order *o)
{
	free(o->tasks);
	free(o->task_places);
	free(o->functions);
	free(o->function_places);
	free(o->lists);
	free(o->list_places);
	free(o->pieces);
	free(o->piece_places);
	free(o->lines);
	free(o->line_places);
	free(o->positions);
	free(o->position_places);
	free(o->events);
	free(o->event_places);
	free(o->sources);
	free(o->problems);
	free(o->spans);
	free(o->instance_places);
	free(o->nodes);
	free(o->node_places);
	memory_order_free(o->memory);
}
