#include "report/folio_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"

/* ---- what can be asked ---- */

static bool has_any(const struct folio *f, unsigned keys)
{
	return (f->keys & keys) != 0;
}

static bool lacks(const struct folio *f, struct error *err, const char *what, const char *key)
{
	return fail(
		err, ERR_USAGE,
		"this profile does not keep %s apart, so samples cannot be chosen or grouped by "
		"that; where its inputs are still there: perfolio %s --keep %s",
		what, f->n_sources > 1 ? "merge" : "save", key);
}

static bool answers_filter(const struct folio *f, const struct sample_filter *filter,
			   struct error *err)
{
	static const unsigned thread = ROOT_BIT(ROOT_THREAD);

	if (filter->has_time)
		return fail(err, ERR_USAGE,
			    "a profile file has no times of samples: --time needs the recording");
	if (filter->comms && !has_any(f, ROOT_BIT(ROOT_COMM) | thread))
		return lacks(f, err, "threads by their names", "comm");
	if (filter->pids.n && !has_any(f, ROOT_BIT(ROOT_PROCESS) | thread))
		return lacks(f, err, "processes", "process");
	if (filter->tids.n && !has_any(f, thread))
		return lacks(f, err, "threads", "thread");
	return !filter->cpus.n || has_any(f, ROOT_BIT(ROOT_CPU)) ||
	       lacks(f, err, "processors", "cpu");
}

unsigned folio_answered_keys(unsigned kept)
{
	/* a thread's name is of its task, too */
	return kept & ROOT_BIT(ROOT_THREAD) ? kept | ROOT_BIT(ROOT_COMM) : kept;
}

bool folio_answers(const struct folio *f, unsigned roots, const struct sample_filter *filter,
		   struct error *err)
{
	static const char *const names[ROOT_KEYS][2] = {
		[ROOT_HOST] = { "hosts", "host" },
		[ROOT_RECORDING] = { "recordings", "recording" },
		[ROOT_COMM] = { "threads by their names", "comm" },
		[ROOT_PROCESS] = { "processes", "process" },
		[ROOT_THREAD] = { "threads", "thread" },
		[ROOT_CPU] = { "processors", "cpu" },
	};
	unsigned keys = folio_answered_keys(f->keys);

	for (unsigned key = 0; key < ROOT_KEYS; key++)
		if ((roots & ~keys) >> key & 1)
			return lacks(f, err, names[key][0], names[key][1]);
	return !filter || answers_filter(f, filter, err);
}

bool folio_takes(const struct sample_filter *filter, const struct sampled_task *t)
{
	struct sample_facts facts = {
		.pid = t->pid,
		.tid = t->tid,
		.cpu = t->cpu_1 ? t->cpu_1 - 1 : 0,
		.has_cpu = t->cpu_1 != 0,
		.comm = t->comm,
	};

	return !filter || sample_filter_takes(filter, &facts);
}

/* ---- the view ---- */

struct viewing {
	const struct folio *f;
	struct folio_view *out;
	unsigned roots;
	struct recording_names recordings;
	uint32_t *names; /* by task and root key: function + 1; 0: not yet made */
};

/* ---- events ---- */

static int by_order(const void *va, const void *vb, void *context)
{
	const struct folio_event *events = context;

	return folio_event_order(&events[*(const size_t *)va], &events[*(const size_t *)vb]);
}

/* The events in the order in which they are shown, whatever was merged first; free() it. */
static size_t *order_events(const struct folio *f)
{
	size_t *order = mem_calloc(f->n_events, sizeof(*order));

	for (size_t e = 0; e < f->n_events; e++)
		order[e] = e;
	if (f->n_events)
		qsort_r(order, f->n_events, sizeof(*order), by_order, f->events);
	return order;
}

static void make_events(struct viewing *v)
{
	const struct folio *f = v->f;
	size_t *order = order_events(f);

	v->out->columns = mem_calloc(f->n_events, sizeof(*v->out->columns));
	v->out->events = mem_calloc(f->n_events, sizeof(*v->out->events));
	v->out->collected.filtered = mem_calloc(f->n_events, sizeof(struct cost));
	v->out->collected.counted = mem_calloc(f->n_events, sizeof(struct counted_time));
	for (size_t to = 0; to < f->n_events; to++) {
		const struct folio_event *e = &f->events[order[to]];

		v->out->columns[order[to]] = to;
		v->out->collected.filtered[to] = e->filtered;
		v->out->collected.counted[to] = e->counted;
		v->out->events[to] = (struct sampled_event){
			.name = e->name, .unit = e->unit, .attr = &e->attr, .mixed = e->mixed
		};
	}
	free(order);
}

/* ---- functions ---- */

/* Ours have the indices of the folio's; tasks come behind them. */
static void make_functions(struct viewing *v)
{
	struct functions *to = &v->out->functions;

	for (size_t i = 0; i < v->f->functions.n; i++)
		functions_add(to, &v->f->functions.items[i]);
	symbols_name_modules(to, v->f->files, v->f->n_files, v->f->texts);
}

static uint32_t make_task_function(struct viewing *v, const struct sampled_task *t,
				   enum root_key key)
{
	struct sampled_task named = *t;
	const char *nothing = texts_add_z(v->f->texts, "");
	struct function f = { .kind = KIND_TASK };
	char *own;

	if (key == ROOT_RECORDING)
		named.recording = recording_name(&v->recordings, t->recording);
	if (key == ROOT_HOST && !*t->host)
		named.host = "unknown host";
	own = task_name(&named, key);
	f.name = texts_add_z(v->f->texts, own);
	f.symbol = f.module = f.file = f.object = nothing;
	free(own);
	return functions_add(&v->out->functions, &f);
}

static uint32_t task_function(struct viewing *v, uint32_t task, enum root_key key)
{
	uint32_t *known = &v->names[(size_t)task * ROOT_KEYS + key];

	if (!*known)
		*known = make_task_function(v, &v->f->tasks.items[task], key) + 1;
	return *known - 1;
}

/* ---- the tree ---- */

static uint32_t task_node(struct viewing *v, uint32_t task)
{
	struct calltree *tree = v->out->collected.tree;
	uint32_t node = 0;

	for (unsigned key = 0; key < ROOT_KEYS; key++) {
		struct location l = { .space = SPACE_TASK, .exact = true };
		uint32_t location;

		if (!(v->roots >> key & 1))
			continue;
		l.addr = task_function(v, task,
				       (enum root_key)key); /* make_frames() finds it there */
		location = calltree_location(tree, &l);
		node = calltree_child(tree, node, location);
	}
	return node;
}

/* Where the view has the frames at a position. */
static struct location location_of(const struct viewing *v, const struct location *l)
{
	const struct position *p = &v->f->positions.items[l->addr];
	struct location at = { .addr = p->list, .space = SPACE_USER, .exact = true };

	if (v->out->positions) {
		at.addr = l->addr;
		at.exact = p->exact;
	}
	return at;
}

static uint32_t place_of(struct viewing *v, const struct calltree_node *n, uint32_t *places)
{
	const struct location *l = &v->f->tree->locations[n->location];
	uint32_t parent = v->out->nodes[n->parent];
	struct location at;

	if (l->space == SPACE_TASK)
		return task_node(v, (uint32_t)l->addr);
	if (!places[n->location]) {
		at = location_of(v, l);
		places[n->location] = calltree_location(v->out->collected.tree, &at) + 1;
	}
	return calltree_child(v->out->collected.tree, parent, places[n->location] - 1);
}

static void make_tree(struct viewing *v)
{
	const struct calltree *from = v->f->tree;
	uint32_t *places = mem_calloc(from->n_locations, sizeof(*places));

	v->out->collected.tree = calltree_new(from->n_events);
	v->out->nodes = mem_calloc(from->n_nodes, sizeof(*v->out->nodes));
	for (uint32_t n = 1; n < from->n_nodes; n++) {
		v->out->nodes[n] = place_of(v, &from->nodes[n], places);
		if (from->nodes[n].cost)
			calltree_add_row(v->out->collected.tree, v->out->nodes[n], &from->costs,
					 from->nodes[n].cost, v->out->columns);
	}
	v->out->collected.tree->overflow |= from->overflow;
	free(places);
}

/* The frames at a location of the view's tree, which is no task. */
static size_t list_of(const struct folio *f, const struct folio_view *v, const struct location *l)
{
	return v->positions ? f->positions.items[l->addr].list : l->addr;
}

/* Frames as the symbol tables have them. */
static void make_frames(struct viewing *v)
{
	const struct calltree *tree = v->out->collected.tree;
	struct frames *to = &v->out->frames;

	to->first = mem_calloc(tree->n_locations + 1, sizeof(*to->first));
	to->functions = mem_calloc(tree->n_locations, sizeof(*to->functions));
	for (uint32_t i = 0; i < tree->n_locations; i++) {
		const struct location *l = &tree->locations[i];

		to->functions[i] =
			l->space == SPACE_TASK
				? (uint32_t)l->addr
				: frame_list_symbol(&v->f->lists, list_of(v->f, v->out, l));
		to->first[i + 1] = i + 1;
	}
}

/* ---- the rest ---- */

static void vote(struct viewing *v)
{
	const struct folio *f = v->f;
	struct view_votes *votes = &v->out->votes;
	bool *python = mem_calloc(f->n_instances, sizeof(*python));

	for (size_t i = 0; i < f->n_spans; i++)
		if (f->spans[i].python)
			python[f->spans[i].instance] = true;
	for (size_t i = 0; i < f->n_spans; i++) {
		const struct folio_span *s = &f->spans[i];

		votes->all += s->user_samples;
		votes->python += python[s->instance] ? s->user_samples : 0;
	}
	for (size_t i = 0; i < v->out->collected.tree->n_locations; i++)
		if (v->out->functions.items[*frames_at(&v->out->frames, i)].kind == KIND_PYTHON)
			votes->any = true;
	free(python);
}

static void sum_sources(const struct folio *f, struct collected *c)
{
	uint64_t duration = 0;

	for (size_t i = 0; i < f->n_sources; i++) {
		const struct folio_source *s = &f->sources[i];

		c->processes += s->processes;
		c->threads += s->threads;
		c->has_time |= s->has_time;
		duration += s->has_time ? s->last_ns - s->first_ns : 0;
		c->samples += s->samples;
		c->unused += s->unused;
		c->no_increase += s->no_increase;
		c->lost_events += s->lost_events;
		c->lost_samples += s->lost_samples;
		for (int end = 0; end < STACK_ENDS; end++)
			c->stacks[end] += s->stacks[end];
	}
	c->last_ns = duration; /* first_ns is 0: times of several recordings do not compare */
}

void folio_view(const struct folio *f, unsigned roots, bool positions, struct folio_view *out)
{
	struct viewing v = {
		.f = f,
		.out = out,
		.roots = roots,
		.names = mem_calloc(f->tasks.n * ROOT_KEYS, sizeof(*v.names)),
	};

	*out = (struct folio_view){ .positions = positions };
	recording_names_begin(&v.recordings, f);
	make_events(&v);
	make_functions(&v);
	make_tree(&v);
	make_frames(&v);
	vote(&v);
	sum_sources(f, &out->collected);
	recording_names_done(&v.recordings);
	free(v.names);
}

/* Where the frames at a location are: nowhere, if nothing is known. */
static void put_places(const struct folio *f, const struct location *l, struct source_place *to,
		       size_t n)
{
	const struct source_place *places = NULL;
	size_t known = 0;

	if (l->space != SPACE_TASK)
		places = position_lines(&f->positions, &f->positions.items[l->addr], &known);
	for (size_t i = 0; i < n; i++)
		to[i] = i < known ? places[i]
				  : (struct source_place){ .file = texts_add_z(f->texts, "") };
}

void folio_view_inlined(const struct folio *f, struct folio_view *v)
{
	const struct calltree *tree = v->collected.tree;
	struct frames more = { .first = mem_calloc(tree->n_locations + 1, sizeof(*more.first)) };
	size_t n = 0, cap = 0, cap_places = 0;

	for (size_t i = 0; i < tree->n_locations; i++) {
		const struct location *l = &tree->locations[i];
		bool task = l->space == SPACE_TASK;
		size_t which = task ? 0 : list_of(f, v, l);
		const uint32_t *list =
			task ? frames_at(&v->frames, i) : frame_list(&f->lists, which);
		size_t count = task ? 1 : frame_list_count(&f->lists, which);

		more.functions = mem_grow(more.functions, n, count, &cap, sizeof(*more.functions));
		memcpy(more.functions + n, list, count * sizeof(*list));
		if (v->positions) {
			more.places =
				mem_grow(more.places, n, count, &cap_places, sizeof(*more.places));
			put_places(f, l, more.places + n, count);
		}
		n += count;
		more.first[i + 1] = (uint32_t)n;
	}
	frames_done(&v->frames);
	v->frames = more;
}

void folio_view_done(struct folio_view *v)
{
	collected_free(&v->collected);
	functions_done(&v->functions);
	frames_done(&v->frames);
	free(v->events);
	free(v->nodes);
	free(v->columns);
	*v = (struct folio_view){ .events = NULL };
}

/* ---- problems ---- */

static void tell_stored(const struct folio *f, const struct folio_problem *p, struct diag *diag)
{
	if (f->n_sources < 2)
		diag_add_n(diag, p->kind, p->count, p->subject, "%s", p->message);
	else if (p->recordings < 2)
		diag_add_n(diag, p->kind, p->count, p->subject, "%s: %s", p->where, p->message);
	else
		diag_add_n(diag, p->kind, p->count, p->subject, "%s, and %u more recording%s: %s",
			   p->where, (unsigned)p->recordings - 1, p->recordings == 2 ? "" : "s",
			   p->message);
}

static void tell_mixed(const struct folio *f, struct diag *diag)
{
	size_t *order = order_events(f);

	for (size_t e = 0; e < f->n_events; e++) {
		const struct folio_event *event = &f->events[order[e]];

		if (event->recordings < f->n_sources)
			diag_add(diag, PROBLEM_MIXED_EVENTS, event->name,
				 "%zu of %zu recordings %s not have the event %s",
				 f->n_sources - event->recordings, f->n_sources,
				 plural(f->n_sources - event->recordings, "does", "do"),
				 event->name);
		if (event->mixed)
			diag_add(diag, PROBLEM_MIXED_PERIODS, event->name,
				 "the recordings have other periods or frequencies of %s",
				 event->name);
	}
	free(order);
	for (size_t i = 1; i < f->n_sources; i++)
		if (f->sources[i].clock != f->sources[0].clock) {
			diag_add(diag, PROBLEM_MIXED_CLOCKS, "",
				 "the recordings have times of other clocks");
			break;
		}
}

static int by_hash(const void *va, const void *vb)
{
	const struct folio_source *a = *(const struct folio_source *const *)va;
	const struct folio_source *b = *(const struct folio_source *const *)vb;
	int order = strcmp(a->hash, b->hash);

	return order ? order : strcmp(a->path, b->path);
}

/* Where contents were not hashed, a path that is named twice can be told. */
static bool is_twice(const struct folio_source *a, const struct folio_source *b)
{
	return strcmp(a->hash, b->hash) == 0 && (*a->hash || strcmp(a->path, b->path) == 0);
}

static void tell_twice(const struct folio *f, struct diag *diag)
{
	const struct folio_source **sorted =
		mem_calloc(f->n_sources, sizeof(struct folio_source *));

	for (size_t i = 0; i < f->n_sources; i++)
		sorted[i] = &f->sources[i];
	if (f->n_sources)
		qsort(sorted, f->n_sources, sizeof(struct folio_source *), by_hash);
	for (size_t i = 1; i < f->n_sources; i++)
		if (is_twice(sorted[i - 1], sorted[i]))
			diag_add(diag, PROBLEM_TWICE, sorted[i]->path,
				 "%s and %s have the same contents", sorted[i - 1]->path,
				 sorted[i]->path);
	free(sorted);
}

static int by_problem_order(const void *va, const void *vb)
{
	return folio_problem_order(*(const struct folio_problem *const *)va,
				   *(const struct folio_problem *const *)vb);
}

void folio_tell_positions(const struct folio *f, struct diag *diag)
{
	for (size_t i = 0; i < f->n_sources; i++)
		if (!f->sources[i].positions)
			diag_add(diag, PROBLEM_NO_POSITIONS, f->sources[i].path,
				 "%s: the profile file does not keep where its functions were in "
				 "the code",
				 f->sources[i].path);
}

void folio_tell(const struct folio *f, bool inlined, struct diag *diag)
{
	const struct folio_problem **sorted =
		mem_calloc(f->n_problems, sizeof(struct folio_problem *));

	for (size_t i = 0; i < f->n_problems; i++)
		sorted[i] = &f->problems[i];
	if (f->n_problems)
		qsort(sorted, f->n_problems, sizeof(struct folio_problem *), by_problem_order);
	for (size_t i = 0; i < f->n_problems; i++)
		if (inlined || !sorted[i]->inlining)
			tell_stored(f, sorted[i], diag);
	free(sorted);
	tell_mixed(f, diag);
	tell_twice(f, diag);
}
