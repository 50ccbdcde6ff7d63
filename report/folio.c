#include "report/folio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/loop_opcodes.h"
#include "report/position_at.h"

struct folio *folio_new(struct texts *texts, unsigned keys)
{
	struct folio *f = mem_calloc(1, sizeof(*f));

	f->texts = texts;
	f->keys = keys;
	f->tree = calltree_new(0);
	return f;
}

void folio_free(struct folio *f)
{
	if (!f)
		return;
	free(f->sources);
	free(f->events);
	tasks_done(&f->tasks);
	free(f->task_times);
	free(f->spans);
	functions_done(&f->functions);
	frame_lists_done(&f->lists);
	positions_done(&f->positions);
	calltree_free(f->tree);
	free(f->files);
	if (f->memory)
		memory_log_done(f->memory);
	free(f->memory);
	free(f->problems);
	numbers_done(&f->problem_numbers);
	free(f);
}

struct memory_log *folio_memory(struct folio *f)
{
	if (!f->memory)
		f->memory = mem_calloc(1, sizeof(*f->memory));
	return f->memory;
}

uint32_t folio_location(struct folio *f, bool task, uint32_t number)
{
	struct location l = {
		.addr = number,
		.space = task ? SPACE_TASK : SPACE_USER,
		.exact = true,
	};

	return calltree_location(f->tree, &l);
}

struct attr folio_attr(const struct attr *a)
{
	return (struct attr){
		.type = a->type,
		.config = a->config,
		.config1 = a->config1,
		.config2 = a->config2,
		.config3 = a->config3,
		.bp_type = a->bp_type,
		.sample_period = a->sample_period,
		.flags = a->flags & (ATTR_FREQ | ATTR_EXCLUDE_USER | ATTR_EXCLUDE_KERNEL |
				     (uint64_t)3 << ATTR_PRECISE_SHIFT),
		.sample_max_stack = a->sample_max_stack,
		.sample_stack_user = a->sample_stack_user,
	};
}

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int folio_event_order(const struct folio_event *a, const struct folio_event *b)
{
	int order = number_order(a->place, b->place);

	if (!order)
		order = strcmp(a->name, b->name);
	if (!order)
		order = strcmp(a->unit, b->unit);
	if (!order)
		order = number_order(a->attr.type, b->attr.type);
	if (!order)
		order = number_order(a->attr.config, b->attr.config);
	if (!order)
		order = number_order(a->attr.config1, b->attr.config1);
	if (!order)
		order = number_order(a->attr.config2, b->attr.config2);
	if (!order)
		order = number_order(a->attr.config3, b->attr.config3);
	return order ? order : number_order(a->attr.bp_type, b->attr.bp_type);
}

size_t folio_add_events(struct folio *f, const struct folio_event *events, size_t n)
{
	size_t old = f->n_events;

	if (!n)
		return old;
	f->events = mem_grow(f->events, old, n, &f->cap_events, sizeof(*f->events));
	memcpy(&f->events[old], events, n * sizeof(*events));
	f->n_events += n;
	calltree_widen(f->tree, f->n_events);
	return old;
}

uint32_t folio_add_task(struct folio *f, const struct sampled_task *t, const struct task_time *time)
{
	size_t n = f->tasks.n;
	uint32_t i = tasks_add(&f->tasks, t);

	f->task_times = mem_grow(f->task_times, n, 1, &f->cap_task_times, sizeof(*f->task_times));
	if (i == n)
		f->task_times[i] = *time;
	else
		task_time_add(&f->task_times[i], time);
	return i;
}

uint32_t folio_add_function(struct folio *f, const struct function *function)
{
	uint32_t i = functions_add(&f->functions, function);
	struct function *joined = &f->functions.items[i];

	/* another build has it elsewhere: one of them, the same whichever came first */
	if (function->line && (!joined->line || function->line < joined->line))
		joined->line = function->line;
	joined->inlined &= function->inlined;
	return i;
}

/* ---- problems ---- */

/* Texts are interned, and no pointer needs the highest byte. */
static uint64_t problem_key(const struct folio_problem *p)
{
	return (uint64_t)(uintptr_t)p->subject << 8 ^ (uint64_t)p->kind << 1 ^ p->inlining;
}

static const struct folio_problem *find_problem(const struct folio *f,
						const struct folio_problem *p)
{
	uint32_t i;

	return numbers_find(&f->problem_numbers, problem_key(p), &i) ? &f->problems[i] : NULL;
}

static bool is_before(const struct folio_problem *a, const struct folio_problem *b)
{
	int order = strcmp(a->where, b->where);

	return order ? order < 0 : strcmp(a->message, b->message) < 0;
}

int folio_problem_order(const struct folio_problem *a, const struct folio_problem *b)
{
	int order = (a->inlining > b->inlining) - (a->inlining < b->inlining);

	if (!order)
		order = number_order(a->place, b->place);
	if (!order)
		order = strcmp(diag_kind_name(a->kind), diag_kind_name(b->kind));
	return order ? order : strcmp(a->subject, b->subject);
}

void folio_add_problem(struct folio *f, const struct folio_problem *p)
{
	struct folio_problem *known;
	bool is_new;
	uint32_t i = numbers_add(&f->problem_numbers, problem_key(p), &is_new);

	if (is_new) {
		f->problems = mem_grow(f->problems, f->n_problems, 1, &f->cap_problems,
				       sizeof(*f->problems));
		f->problems[f->n_problems++] = *p;
		return;
	}
	known = &f->problems[i];
	if (__builtin_add_overflow(known->count, p->count, &known->count))
		known->count = UINT64_MAX;
	known->recordings += p->recordings;
	if (p->place < known->place)
		known->place = p->place;
	if (is_before(p, known)) {
		known->where = p->where;
		known->message = p->message;
	}
}

void folio_add_problems(struct folio *f, const struct diag *diag, const char *path, bool inlining)
{
	for (size_t i = 0; i < diag_count(diag); i++) {
		const struct problem *p = diag_get(diag, i);
		struct folio_problem mine = {
			.kind = p->kind,
			.place = (uint32_t)i,
			.count = p->count,
			.recordings = 1,
			.subject = texts_add_z(f->texts, p->subject),
			.message = texts_add_z(f->texts, p->message),
			.where = texts_add_z(f->texts, path),
		};
		const struct folio_problem *before = inlining ? find_problem(f, &mine) : NULL;

		mine.count -= before ? before->count : 0;
		mine.inlining = inlining;
		if (mine.count)
			folio_add_problem(f, &mine);
	}
}

/* ---- a recording ---- */

struct taking {
	struct folio *f;
	const struct folio_input *in;
	uint32_t *functions;  /* by function of the input: ours + 1; 0: not yet */
	uint32_t *places;     /* by location of the input: ours + 1; 0: not yet */
	uint32_t *nodes;      /* by node of the input: ours, below the task that `seen` has */
	uint32_t *seen;       /* by node of the input: the last task + 1 below which it was put */
	uint32_t *path;       /* room for a stack of nodes */
	uint32_t *ends;       /* by end of the input: our node */
	struct numbers spans; /* task and instance -> number */
};

static void take_events(struct folio *f, const struct folio_input *in)
{
	size_t n = in->collected->tree->n_events;
	struct folio_event *events = mem_calloc(n, sizeof(*events));

	for (size_t e = 0; e < n; e++)
		events[e] = (struct folio_event){
			.name = in->events[e].name,
			.unit = in->events[e].unit,
			.attr = folio_attr(in->events[e].attr),
			.place = (uint32_t)e,
			.recordings = 1,
			.filtered = in->collected->filtered[e],
			.counted = in->collected->counted[e],
		};
	folio_add_events(f, events, n);
	free(events);
}

static uint32_t take_function(struct taking *t, uint32_t function)
{
	uint32_t *known = &t->functions[function];

	if (!*known) {
		struct function copy = t->in->functions->items[function];

		if (copy.kind == KIND_PYTHON)
			copy.module = texts_add_z(t->f->texts, "");
		*known = folio_add_function(t->f, &copy) + 1;
	}
	return *known - 1;
}

static uint32_t take_frames(struct taking *t, uint32_t location)
{
	const uint32_t *frames = frames_at(t->in->frames, location);
	size_t n = frames_count(t->in->frames, location);
	uint32_t *ours = mem_calloc(n, sizeof(*ours)), symbol, list;

	for (size_t i = 0; i < n; i++)
		ours[i] = take_function(t, frames[i]);
	symbol = t->in->symbols ? take_function(t, t->in->symbols[location]) : ours[0];
	list = frame_lists_add(&t->f->lists, symbol, ours, n);
	free(ours);
	return list;
}

static const struct function *symbol_at(const struct taking *t, uint32_t location)
{
	return &t->in->functions->items[*frames_at(t->in->frames, location)];
}

static void take_lines(struct taking *t, uint32_t location, struct position *p)
{
	const struct source_place *places = frames_places(t->in->frames, location);
	size_t n = frames_count(t->in->frames, location);
	bool known = false;

	for (size_t i = 0; places && i < n; i++)
		known |= *places[i].file || places[i].line;
	if (known)
		p->lines = positions_add_lines(&t->f->positions, places, n);
}

static uint32_t take_position(struct taking *t, uint32_t location)
{
	const struct location *l = &t->in->collected->tree->locations[location];
	struct position_asking *asking = t->in->positions;
	const struct function *f = symbol_at(t, location);
	struct positions *to = &t->f->positions;
	struct position p = { .list = take_frames(t, location), .lines = NO_LINES };
	const struct loop_opcode *opcode;

	if (!asking || f->kind == KIND_PYTHON || !position_at(asking, l, f, to, &p))
		return positions_add_list(to, p.list, t->f->texts);
	take_lines(t, location, &p);
	opcode = &t->in->opcodes[location];
	p.opcode = opcode->gap;
	p.opcode_name = opcode->name ? opcode->name : texts_add_z(t->f->texts, "");
	return positions_add(to, &p);
}

static uint32_t take_location(struct taking *t, uint32_t location)
{
	uint32_t *known = &t->places[location];

	if (!*known)
		*known = folio_location(t->f, false, take_position(t, location)) + 1;
	return *known - 1;
}

/* The samples in user code of an address space under a task. */
static struct folio_span *span_of(struct taking *t, uint32_t task, uint32_t instance)
{
	struct folio *f = t->f;
	bool is_new;
	uint32_t i = numbers_add(&t->spans, (uint64_t)task << 32 | instance, &is_new);

	if (is_new) {
		f->spans = mem_grow(f->spans, f->n_spans, 1, &f->cap_spans, sizeof(*f->spans));
		f->spans[f->n_spans++] = (struct folio_span){ .task = task, .instance = instance };
		if (instance >= f->n_instances)
			f->n_instances = instance + 1;
	}
	return &f->spans[i];
}

static void take_spans(struct taking *t)
{
	const struct collected *c = t->in->collected;

	for (size_t i = 0; i < c->n_spans; i++)
		span_of(t, c->spans[i].task, c->spans[i].instance)->user_samples =
			c->spans[i].user_samples;
}

/* A node of the input below a task: roots of the walk go, what is ours comes under `parent`. */
static uint32_t take_node(struct taking *t, uint32_t task, uint32_t node, uint32_t parent)
{
	const struct calltree *from = t->in->collected->tree;
	uint32_t location = from->nodes[node].location;
	const struct location *l = &from->locations[location];

	if (l->space == SPACE_TASK)
		return parent;
	if (t->in->functions->items[*frames_at(t->in->frames, location)].kind == KIND_PYTHON)
		span_of(t, task, l->owner.i)->python = true;
	return calltree_child(t->f->tree, parent, take_location(t, location));
}

/* Where a task's samples end that end at this node of the input.  Ends come by task. */
static uint32_t take_end(struct taking *t, uint32_t task, uint32_t node)
{
	const struct calltree *from = t->in->collected->tree;
	uint32_t top = node, ours;
	size_t n = 0;

	for (; top && t->seen[top] != task + 1; top = from->nodes[top].parent)
		t->path[n++] = top;
	ours = top ? t->nodes[top]
		   : calltree_child(t->f->tree, 0, folio_location(t->f, true, task));
	while (n--) {
		node = t->path[n];
		ours = take_node(t, task, node, ours);
		t->nodes[node] = ours;
		t->seen[node] = task + 1;
	}
	return ours;
}

static int by_task(const void *va, const void *vb, void *context)
{
	const struct task_end *ends = context;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	int order = number_order(ends[a].task, ends[b].task);

	return order ? order : number_order(a, b);
}

static void take_nodes(struct taking *t)
{
	const struct collected *c = t->in->collected;
	uint32_t *order = mem_calloc(c->n_ends, sizeof(*order));

	for (size_t i = 0; i < c->n_ends; i++)
		order[i] = (uint32_t)i;
	if (c->n_ends)
		qsort_r(order, c->n_ends, sizeof(*order), by_task, c->ends);
	for (size_t i = 0; i < c->n_ends; i++) {
		const struct task_end *end = &c->ends[order[i]];

		t->ends[order[i]] = take_end(t, end->task, end->node);
		calltree_add_row(t->f->tree, t->ends[order[i]], &c->end_costs, order[i], NULL);
	}
	t->f->tree->overflow |= c->tree->overflow;
	free(order);
}

static void take_memory(const struct taking *t)
{
	const struct folio_source *s = t->in->source;
	struct memory_mapping map = { .nodes = t->ends, .texts = t->f->texts };

	if (!t->in->memory || (!t->in->memory->n_accesses && !t->in->memory->left_out))
		return;
	map.recording = folio_recording_key(t->f->texts, s->path, s->hash);
	memory_log_add_all(folio_memory(t->f), t->in->memory, &map);
}

static void take_tasks(struct folio *f, const struct folio_input *in)
{
	const struct tasks *from = &in->collected->by_task;

	for (size_t i = 0; i < from->n; i++) {
		struct sampled_task t = from->items[i];

		t.host = in->source->host;
		t.recording = folio_recording_key(f->texts, in->source->path, in->source->hash);
		t = task_kept(&t, f->keys, f->texts);
		folio_add_task(f, &t, &in->collected->task_times[i]);
	}
}

void folio_take(struct folio *f, const struct folio_input *in)
{
	const struct calltree *from = in->collected->tree;
	struct taking t = {
		.f = f,
		.in = in,
		.functions = mem_calloc(in->functions->n, sizeof(*t.functions)),
		.places = mem_calloc(from->n_locations, sizeof(*t.places)),
		.nodes = mem_calloc(from->n_nodes, sizeof(*t.nodes)),
		.seen = mem_calloc(from->n_nodes, sizeof(*t.seen)),
		.path = mem_calloc(from->n_nodes, sizeof(*t.path)),
		.ends = mem_calloc(in->collected->n_ends, sizeof(*t.ends)),
	};

	f->sources = mem_grow(f->sources, f->n_sources, 1, &f->cap_sources, sizeof(*f->sources));
	f->sources[f->n_sources] = *in->source;
	f->sources[f->n_sources++].positions = in->positions != NULL;
	take_events(f, in);
	take_tasks(f, in);
	take_spans(&t);
	take_nodes(&t);
	take_memory(&t);
	f->files = symbols_python_files(in->jitmaps, f->texts, &f->n_files);
	free(t.functions);
	free(t.places);
	free(t.nodes);
	free(t.seen);
	free(t.path);
	free(t.ends);
	numbers_done(&t.spans);
}

/* ---- recordings by name ---- */

const char *folio_recording_key(struct texts *texts, const char *path, const char *hash)
{
	const char *key = path;
	char *text;

	if (asprintf(&text, "%s\t%s", path, hash) < 0)
		return key;
	key = texts_add_z(texts, text);
	free(text);
	return key;
}

void recording_names_begin(struct recording_names *n, const struct folio *f)
{
	*n = (struct recording_names){ .f = f };
	n->items = mem_calloc(f->n_sources, sizeof(*n->items));
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct folio_source *s = &f->sources[i];
		bool is_new;
		uint32_t path = numbers_add(&n->paths, (uintptr_t)s->path, &is_new);

		if (is_new)
			n->items[path].hash = s->hash;
		else
			n->items[path].disputed |= n->items[path].hash != s->hash;
	}
}

const char *recording_name(const struct recording_names *n, const char *key)
{
	enum { DIGITS = 8 };
	const char *tab = strrchr(key, '\t'), *hash = tab ? tab + 1 : "", *name;
	const char *path = texts_add(n->f->texts, key, tab ? (size_t)(tab - key) : strlen(key));
	uint32_t number;
	char *text;

	if (!numbers_find(&n->paths, (uintptr_t)path, &number) || !n->items[number].disputed ||
	    asprintf(&text, "%s (%.*s)", path, DIGITS, hash) < 0)
		return path;
	name = texts_add_z(n->f->texts, text);
	free(text);
	return name;
}

void recording_names_done(struct recording_names *n)
{
	numbers_done(&n->paths);
	free(n->items);
	*n = (struct recording_names){ .f = NULL };
}

/* ---- what headers say ---- */

struct cost *folio_sums(const struct folio *f)
{
	struct cost *sums = mem_calloc(f->n_events, sizeof(*sums));

	for (size_t row = 0; row < f->tree->costs.n_rows; row++) {
		struct cost_cell cell = costs_begin(&f->tree->costs, row);

		while (costs_next(&f->tree->costs, &cell))
			cost_add(&sums[cell.event], cell.cost);
	}
	return sums;
}

static size_t distinct(const struct folio *f, const char *(*get)(const struct folio_source *))
{
	struct numbers seen = { 0 };
	size_t n;
	bool is_new;

	for (size_t i = 0; i < f->n_sources; i++)
		numbers_add(&seen, (uintptr_t)get(&f->sources[i]), &is_new);
	n = seen.n;
	numbers_done(&seen);
	return n;
}

static const char *get_host(const struct folio_source *s)
{
	return s->host;
}

static const char *get_program(const struct folio_source *s)
{
	return s->program;
}

const char *folio_host(const struct folio *f)
{
	size_t n = distinct(f, get_host);
	char text[40];

	if (n == 1)
		return f->sources[0].host;
	snprintf(text, sizeof(text), "%zu hosts", n);
	return texts_add_z(f->texts, n ? text : "");
}

static const char *get_command(const struct folio_source *s)
{
	return s->command;
}

const char *folio_command(const struct folio *f)
{
	return distinct(f, get_command) == 1 ? f->sources[0].command : "";
}

char *folio_program(const struct folio *f)
{
	const char *program = f->n_sources ? f->sources[0].program : "";
	char *text = NULL;
	int n;

	if (f->n_sources < 2)
		return mem_text(program, strlen(program));
	if (distinct(f, get_program) > 1 || !*program)
		n = asprintf(&text, "%zu recordings", f->n_sources);
	else
		n = asprintf(&text, "%s (%zu recordings)", program, f->n_sources);
	return n < 0 ? mem_text("", 0) : text;
}
