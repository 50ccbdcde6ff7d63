#include "report/merge.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/folio_view.h"

struct merging {
	struct folio *into;
	const struct folio *from;
	size_t *columns;     /* by event of `from` */
	uint32_t *functions; /* by function of `from`: into's + 1; 0: not yet */
	uint32_t *pieces;    /* by piece of `from`: the same */
	uint32_t *lines;     /* by lines of `from`: the same */
	uint32_t *places;    /* by location of `from`: the same */
	uint32_t *tasks;     /* by task of `from`: into's, or LEFT_OUT */
	uint32_t *nodes;     /* by node of `from`: into's, or LEFT_OUT */
};

#define LEFT_OUT MEMORY_NONE

static const char *text(const struct merging *m, const char *s)
{
	return texts_add_z(m->into->texts, s);
}

/* ---- events ---- */

static bool same_event(const struct folio_event *a, const struct folio_event *b)
{
	const struct attr *x = &a->attr, *y = &b->attr;

	return x->type == y->type && x->config == y->config && x->config1 == y->config1 &&
	       x->config2 == y->config2 && x->config3 == y->config3 && x->bp_type == y->bp_type &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->unit, b->unit) == 0;
}

static bool same_period(const struct attr *a, const struct attr *b)
{
	return a->sample_period == b->sample_period &&
	       attr_has(a, ATTR_FREQ) == attr_has(b, ATTR_FREQ);
}

/* Of what several recordings set up the weaker is said: the coarser precision, what any of them recorded. */
static void join_attr(struct attr *a, const struct attr *b)
{
	static const uint64_t excluded = ATTR_EXCLUDE_USER | ATTR_EXCLUDE_KERNEL;
	uint64_t precise = (uint64_t)3 << ATTR_PRECISE_SHIFT;
	uint64_t less = (a->flags & precise) < (b->flags & precise) ? a->flags : b->flags;

	a->flags = (a->flags & ~excluded & ~precise) | (a->flags & b->flags & excluded) |
		   (less & precise);
	if (b->sample_max_stack > a->sample_max_stack)
		a->sample_max_stack = b->sample_max_stack;
	if (b->sample_stack_user > a->sample_stack_user)
		a->sample_stack_user = b->sample_stack_user;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* What one of them does not say is not known of both. */
static void join_counted(struct counted_time *a, const struct counted_time *b)
{
	if (a->enabled_ns && b->enabled_ns)
		*a = (struct counted_time){ plus(a->enabled_ns, b->enabled_ns),
					    plus(a->running_ns, b->running_ns) };
	else
		*a = (struct counted_time){ 0, 0 };
}

static void join_event(struct folio_event *a, const struct folio_event *b)
{
	struct attr attr = a->attr;

	a->mixed |= b->mixed || !same_period(&a->attr, &b->attr);
	if (a->mixed) { /* no one's, whichever came first */
		attr.sample_period = 0;
		attr.flags &= ~(uint64_t)ATTR_FREQ;
	}
	join_attr(&attr, &b->attr);
	a->attr = attr;
	if (b->place < a->place)
		a->place = b->place;
	a->recordings += b->recordings;
	cost_add(&a->filtered, &b->filtered);
	join_counted(&a->counted, &b->counted);
}

/* The first of into's events that is the same and is not taken: a recording can have one twice. */
static size_t find_event(const struct folio *into, size_t n, const bool *taken,
			 const struct folio_event *event)
{
	size_t at = 0;

	while (at < n && (taken[at] || !same_event(&into->events[at], event)))
		at++;
	return at;
}

static void merge_events(struct merging *m)
{
	struct folio *into = m->into;
	size_t old = into->n_events;
	bool *taken = mem_calloc(old, sizeof(*taken));

	for (size_t e = 0; e < m->from->n_events; e++) {
		struct folio_event event = m->from->events[e];
		size_t at = find_event(into, old, taken, &event);

		if (at < old) {
			taken[at] = true;
			join_event(&into->events[at], &event);
		} else {
			event.name = text(m, event.name);
			event.unit = text(m, event.unit);
			at = folio_add_events(into, &event, 1);
		}
		m->columns[e] = at;
	}
	free(taken);
}

/* ---- tasks ---- */

static void merge_tasks(struct merging *m, const struct sample_filter *filter)
{
	for (size_t i = 0; i < m->from->tasks.n; i++) {
		struct sampled_task t = m->from->tasks.items[i];

		m->tasks[i] = LEFT_OUT;
		if (!folio_takes(filter, &t))
			continue;
		t.host = text(m, t.host);
		t.recording = text(m, t.recording);
		t.comm = text(m, t.comm);
		t.process = text(m, t.process);
		t = task_kept(&t, m->into->keys, m->into->texts);
		m->tasks[i] = folio_add_task(m->into, &t, &m->from->task_times[i]);
	}
}

/* ---- the tree ---- */

static uint32_t merge_function(struct merging *m, uint32_t function)
{
	uint32_t *known = &m->functions[function];

	if (!*known) {
		struct function f = m->from->functions.items[function];

		f.name = text(m, f.name);
		f.symbol = text(m, f.symbol);
		f.module = text(m, f.module);
		f.file = text(m, f.file);
		f.object = text(m, f.object);
		f.keys = NULL;
		*known = folio_add_function(m->into, &f) + 1;
	}
	return *known - 1;
}

static uint32_t merge_list(struct merging *m, size_t list)
{
	const struct frame_lists *from = &m->from->lists;
	size_t n = frame_list_count(from, list);
	uint32_t *ours = mem_calloc(n, sizeof(*ours)), number;

	for (size_t i = 0; i < n; i++)
		ours[i] = merge_function(m, frame_list(from, list)[i]);
	number = frame_lists_add(&m->into->lists, merge_function(m, frame_list_symbol(from, list)),
				 ours, n);
	free(ours);
	return number;
}

static uint32_t merge_piece(struct merging *m, uint32_t piece)
{
	uint32_t *known = &m->pieces[piece];

	if (!*known) {
		struct code_piece p = m->from->positions.pieces[piece];

		p.object = text(m, p.object);
		p.build_id = text(m, p.build_id);
		p.symbol = text(m, p.symbol);
		p.path = text(m, p.path);
		*known = positions_add_piece(&m->into->positions, &p) + 1;
	}
	return *known - 1;
}

static uint32_t merge_lines(struct merging *m, const struct position *of)
{
	uint32_t *known = &m->lines[of->lines];

	if (!*known) {
		size_t n;
		const struct source_place *places = position_lines(&m->from->positions, of, &n);
		struct source_place *ours = mem_calloc(n, sizeof(*ours));

		for (size_t i = 0; i < n; i++) {
			ours[i] = places[i];
			ours[i].file = text(m, places[i].file);
		}
		*known = positions_add_lines(&m->into->positions, ours, n) + 1;
		free(ours);
	}
	return *known - 1;
}

static uint32_t merge_position(struct merging *m, size_t position)
{
	struct position p = m->from->positions.items[position];

	if (p.lines != NO_LINES)
		p.lines = merge_lines(m, &p);
	if (p.piece != NO_PIECE)
		p.piece = merge_piece(m, p.piece);
	p.list = merge_list(m, p.list);
	p.opcode_name = text(m, p.opcode_name);
	return positions_add(&m->into->positions, &p);
}

static uint32_t merge_location(struct merging *m, uint32_t location)
{
	const struct location *l = &m->from->tree->locations[location];
	uint32_t *known = &m->places[location];

	if (l->space == SPACE_TASK)
		return folio_location(m->into, true, m->tasks[l->addr]);
	if (!*known)
		*known = folio_location(m->into, false, merge_position(m, l->addr)) + 1;
	return *known - 1;
}

static bool is_left_out(const struct merging *m, const struct calltree_node *n)
{
	const struct location *l = &m->from->tree->locations[n->location];

	return m->nodes[n->parent] == LEFT_OUT ||
	       (l->space == SPACE_TASK && m->tasks[l->addr] == LEFT_OUT);
}

static void leave_out(struct merging *m, uint32_t row)
{
	const struct costs *costs = &m->from->tree->costs;
	struct cost_cell cell = costs_begin(costs, row);

	while (costs_next(costs, &cell))
		cost_add(&m->into->events[m->columns[cell.event]].filtered, cell.cost);
}

static void merge_tree(struct merging *m)
{
	const struct calltree *from = m->from->tree;

	for (uint32_t n = 1; n < from->n_nodes; n++) {
		const struct calltree_node *node = &from->nodes[n];

		if (is_left_out(m, node)) {
			m->nodes[n] = LEFT_OUT;
			leave_out(m, node->cost);
			continue;
		}
		m->nodes[n] = calltree_child(m->into->tree, m->nodes[node->parent],
					     merge_location(m, node->location));
		if (node->cost)
			calltree_add_row(m->into->tree, m->nodes[n], &from->costs, node->cost,
					 m->columns);
	}
	m->into->tree->overflow |= from->overflow;
}

/* ---- address spaces ---- */

/* Where tasks are not of one process each, there is no more to tell apart than whether there was Python. */
enum { NATIVE_INSTANCE, PYTHON_INSTANCE, JOINED_INSTANCES };

static bool joins_instances(const struct folio *f)
{
	return !(f->keys & (ROOT_BIT(ROOT_PROCESS) | ROOT_BIT(ROOT_THREAD)));
}

static void add_span(struct folio *f, struct numbers *known, const struct folio_span *s)
{
	bool is_new;
	uint32_t i = numbers_add(known, (uint64_t)s->task << 32 | s->instance, &is_new);

	if (is_new) {
		f->spans = mem_grow(f->spans, f->n_spans, 1, &f->cap_spans, sizeof(*f->spans));
		f->spans[f->n_spans++] = *s;
		return;
	}
	f->spans[i].python |= s->python;
	f->spans[i].user_samples += s->user_samples;
}

static void merge_spans(struct merging *m)
{
	struct folio *into = m->into;
	const struct folio *from = m->from;
	bool join = joins_instances(into), *python = mem_calloc(from->n_instances, sizeof(*python));
	uint32_t first = into->n_instances;
	struct numbers known = { 0 };
	bool is_new;

	for (size_t i = 0; i < into->n_spans; i++)
		numbers_add(&known, (uint64_t)into->spans[i].task << 32 | into->spans[i].instance,
			    &is_new);
	for (size_t i = 0; i < from->n_spans; i++)
		if (from->spans[i].python && m->tasks[from->spans[i].task] != LEFT_OUT)
			python[from->spans[i].instance] = true;
	for (size_t i = 0; i < from->n_spans; i++) {
		struct folio_span s = from->spans[i];
		bool is_python = python[s.instance];

		s.task = m->tasks[s.task];
		if (s.task == LEFT_OUT)
			continue;
		s.instance = !join       ? first + s.instance
			     : is_python ? PYTHON_INSTANCE
					 : NATIVE_INSTANCE;
		s.python = join ? is_python : s.python;
		add_span(into, &known, &s);
	}
	into->n_instances = join ? JOINED_INSTANCES : first + from->n_instances;
	numbers_done(&known);
	free(python);
}

/* ---- accesses to memory ---- */

static void merge_memory(struct merging *m)
{
	struct memory_mapping map = {
		.nodes = m->nodes,
		.events = m->columns,
		.texts = m->into->texts,
	};

	if (m->from->memory)
		memory_log_add_all(folio_memory(m->into), m->from->memory, &map);
}

/* ---- the rest ---- */

/* What a recording's own counts come to when tasks are left out; only where they are all of that one. */
static void recount(const struct merging *m, struct folio_source *s)
{
	const struct folio *f = m->from;
	struct numbers pids = { 0 }, tids = { 0 };
	struct task_time time = { .has_time = false };
	bool is_new, only = f->n_sources == 1;

	for (size_t i = 0; i < f->tasks.n && only; i++) {
		if (m->tasks[i] == LEFT_OUT)
			continue;
		numbers_add(&pids, f->tasks.items[i].pid, &is_new);
		numbers_add(&tids, f->tasks.items[i].tid, &is_new);
		task_time_add(&time, &f->task_times[i]);
	}
	s->processes = f->keys & (ROOT_BIT(ROOT_PROCESS) | ROOT_BIT(ROOT_THREAD)) ? pids.n : 0;
	s->threads = f->keys & ROOT_BIT(ROOT_THREAD) ? tids.n : 0;
	s->has_time = time.has_time;
	s->first_ns = time.first_ns;
	s->last_ns = time.last_ns;
	numbers_done(&pids);
	numbers_done(&tids);
}

static void merge_sources(struct merging *m, bool filtered)
{
	struct folio *into = m->into;

	into->sources = mem_grow(into->sources, into->n_sources, m->from->n_sources,
				 &into->cap_sources, sizeof(*into->sources));
	for (size_t i = 0; i < m->from->n_sources; i++) {
		struct folio_source s = m->from->sources[i];

		s.path = text(m, s.path);
		s.hash = text(m, s.hash);
		s.host = text(m, s.host);
		s.program = text(m, s.program);
		s.command = text(m, s.command);
		s.arch = text(m, s.arch);
		s.kernel = text(m, s.kernel);
		s.cpu = text(m, s.cpu);
		s.perf = text(m, s.perf);
		s.perfolio = text(m, s.perfolio);
		s.options = text(m, s.options);
		if (filtered)
			recount(m, &s);
		into->sources[into->n_sources++] = s;
	}
}

static void merge_problems(struct merging *m)
{
	for (size_t i = 0; i < m->from->n_problems; i++) {
		struct folio_problem p = m->from->problems[i];

		p.subject = text(m, p.subject);
		p.message = text(m, p.message);
		p.where = text(m, p.where);
		folio_add_problem(m->into, &p);
	}
}

/* Two sorted lists as one, each file once. */
static void merge_files(struct merging *m)
{
	struct folio *into = m->into;
	const struct folio *from = m->from;
	const char **all = mem_calloc(into->n_files + from->n_files, sizeof(*all));
	size_t a = 0, b = 0, n = 0;

	while (a < into->n_files || b < from->n_files) {
		int order = a == into->n_files   ? 1
			    : b == from->n_files ? -1
						 : strcmp(into->files[a], from->files[b]);

		all[n++] = order <= 0 ? into->files[a] : text(m, from->files[b]);
		a += order <= 0;
		b += order >= 0;
	}
	free(into->files);
	into->files = all;
	into->n_files = n;
}

void merge_folio(struct folio *into, const struct folio *from, const struct sample_filter *filter)
{
	struct merging m = {
		.into = into,
		.from = from,
		.columns = mem_calloc(from->n_events, sizeof(*m.columns)),
		.functions = mem_calloc(from->functions.n, sizeof(*m.functions)),
		.pieces = mem_calloc(from->positions.n_pieces, sizeof(*m.pieces)),
		.lines = mem_calloc(from->positions.n_lines, sizeof(*m.lines)),
		.places = mem_calloc(from->tree->n_locations, sizeof(*m.places)),
		.tasks = mem_calloc(from->tasks.n, sizeof(*m.tasks)),
		.nodes = mem_calloc(from->tree->n_nodes, sizeof(*m.nodes)),
	};

	merge_events(&m);
	merge_tasks(&m, filter);
	merge_sources(&m, filter != NULL);
	merge_tree(&m);
	merge_spans(&m);
	merge_memory(&m);
	merge_problems(&m);
	merge_files(&m);
	free(m.columns);
	free(m.functions);
	free(m.pieces);
	free(m.lines);
	free(m.places);
	free(m.tasks);
	free(m.nodes);
}
