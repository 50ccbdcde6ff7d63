/*
 * Each address node is given the nodes of the profile that stand for it, parents first.  Two of them,
 * because what is shown of a stack's end is not what is shown of its middle:
 *
 *   tail     for samples that end here or further in without another Python frame
 *   between  for a Python frame further in: less plumbing between it and the one before
 *
 *            main    f (py)  _PyEval_.. sorted  cmp (py)   PyLong_Add
 *   mixed    tail    f       f          f;sorted f;sorted;cmp  f;sorted;cmp;PyLong_Add
 *            between (root)  f          f;sorted f;sorted;cmp
 *
 * Nodes that no sample ended in or behind are dropped at the end.
 */
#include "report/view.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/category.h"
#include "report/clone.h"
#include "report/demangle.h"
#include "report/function_name.h"
#include "report/interp.h"
#include "report/multiplexing.h"
#include "report/profile_builder.h"

/* What a view needs to know of a function, found once. */
struct trait {
	uint32_t shown; /* the function of the profile that stands for it */
	bool python, task;
	bool interpreter; /* code of a CPython interpreter */
	bool plumbing;    /* dropped between two Python frames */
	bool loop;        /* dropped behind the last one */
};

/* An address node's place in the profile. */
struct image {
	uint32_t tail, between;
	uint32_t python;    /* the innermost Python function on the way + 1; 0: none */
	bool has_python;    /* a Python frame is on the way */
	bool behind_python; /* its caller is one: this is the evaluation loop, whatever its name */
};

struct viewing {
	const struct view_input *in;
	enum view view;
	const struct calltree *tree;
	struct profile_builder build;
	struct functions shown;            /* becomes the profile's */
	struct trait *traits;              /* by function */
	struct image *images;              /* by address node */
	struct category_state *categories; /* by address node; NULL: not asked for */
	size_t *columns;                   /* event of the recording -> of the profile */
	size_t first;                      /* event of the recording: the profile's first */
};

/* ---- events ---- */

static struct cost *event_sums(const struct calltree *tree)
{
	struct cost *sums = mem_calloc(tree->n_events, sizeof(*sums));

	for (size_t row = 1; row < tree->costs.n_rows; row++) {
		struct cost_cell cell = costs_begin(&tree->costs, row);

		while (costs_next(&tree->costs, &cell))
			cost_add(&sums[cell.event], cell.cost);
	}
	return sums;
}

/* The recording's event e is one of the profile's. */
static void add_event(struct viewing *v, size_t e, const struct cost *sum, size_t at)
{
	const struct sampled_event *event = &v->in->events[e];
	const struct counted_time *counted = v->in->collected->counted;

	if (!at)
		v->first = e;
	v->columns[e] = at;
	v->build.profile->events[at] = (struct profile_event){
		.name = event->name,
		.unit = event->unit,
		.attr = event->attr,
		.mixed = event->mixed,
		.sum = *sum,
		.filtered = v->in->collected->filtered[e],
	};
	if (counted) {
		v->build.profile->events[at].enabled_ns = counted[e].enabled_ns;
		v->build.profile->events[at].running_ns = counted[e].running_ns;
	}
}

/* Those with samples, whether filters kept them or not. */
static void make_events(struct viewing *v)
{
	const struct cost *filtered = v->in->collected->filtered;
	struct cost *sums = event_sums(v->tree);
	size_t n = 0;

	v->columns = mem_calloc(v->tree->n_events, sizeof(*v->columns));
	for (size_t e = 0; e < v->tree->n_events; e++)
		n += sums[e].samples || filtered[e].samples;
	builder_begin(&v->build, n);
	n = 0;
	for (size_t e = 0; e < v->tree->n_events; e++)
		if (sums[e].samples || filtered[e].samples)
			add_event(v, e, &sums[e], n++);
	free(sums);
}

/* ---- functions ---- */

/* A compiler's clone is its function where the view is not "as recorded": "f.cold", "f.part.0". */
static struct function without_clone(const struct viewing *v, const struct function *f)
{
	struct function whole = *f;
	const char *raw = *f->symbol ? f->symbol : f->name, *base;
	size_t len = clone_base(raw);

	if (!raw[len])
		return whole;
	base = texts_add(v->in->texts, raw, len);
	whole.name = demangle(v->in->texts, base);
	whole.symbol = whole.name == base ? texts_add_z(v->in->texts, "") : base;
	return whole;
}

static void find_trait(struct viewing *v, uint32_t function)
{
	const struct function *f = &v->in->functions->items[function];
	struct trait *t = &v->traits[function];
	const char *raw = *f->symbol ? f->symbol : f->name;
	struct function shown = *f;

	t->python = f->kind == KIND_PYTHON;
	t->task = f->kind == KIND_TASK;
	t->interpreter = f->kind == KIND_NATIVE && interp_is_object(f->object);
	t->plumbing = t->interpreter && (f->placeholder || interp_is_plumbing(raw));
	t->loop = t->interpreter && !f->placeholder && interp_is_loop(raw);
	if (v->view != VIEW_NATIVE && f->kind == KIND_NATIVE && !f->placeholder)
		shown = without_clone(v, f);
	t->shown = functions_add(&v->shown, &shown);
	if (v->in->shown)
		v->in->shown[function] = t->shown;
}

static struct function stand_in(const struct viewing *v, enum function_kind kind)
{
	static const char *const names[] = {
		[KIND_NATIVE] = "[native]",
		[KIND_KERNEL] = "[kernel]",
		[KIND_UNKNOWN] = "[unknown]",
	};
	const char *nothing = texts_add_z(v->in->texts, "");

	return (struct function){
		.kind = kind,
		.placeholder = true,
		.name = texts_add_z(v->in->texts, names[kind]),
		.symbol = nothing,
		.module = nothing,
		.file = nothing,
		.object = nothing,
	};
}

/* ---- nodes ---- */

static uint32_t child(struct viewing *v, uint32_t parent, uint32_t function)
{
	return builder_child(&v->build, parent, function);
}

/* The frames of one location: the function whose code it is, then what is inlined there. */
struct location_frames {
	const struct trait *first;
	const uint32_t *functions;
	size_t n;
};

static uint32_t child_of_each(struct viewing *v, uint32_t parent, const struct location_frames *f)
{
	for (size_t i = 0; i < f->n; i++)
		parent = child(v, parent, v->traits[f->functions[i]].shown);
	return parent;
}

static struct image image_in_native(struct viewing *v, const struct image *parent,
				    const struct location_frames *f)
{
	return (struct image){
		.tail = child_of_each(v, parent->tail, f),
		.has_python = parent->has_python || f->first->python,
	};
}

static struct image image_in_python(struct viewing *v, const struct image *parent,
				    const struct location_frames *f)
{
	struct image i = *parent;

	if (f->first->python || f->first->task)
		i.tail = child(v, parent->tail, f->first->shown);
	i.has_python = parent->has_python || f->first->python;
	return i;
}

/* What is inlined goes where the function goes that it is inlined in. */
static struct image image_in_mixed(struct viewing *v, const struct image *parent,
				   const struct location_frames *f)
{
	const struct trait *t = f->first;
	struct image i = *parent;

	i.behind_python = t->python;
	if (t->python || t->task) {
		i.tail = i.between = child(v, parent->between, t->shown);
		i.has_python = parent->has_python || t->python;
		return i;
	}
	if (!parent->has_python) { /* what called the first Python frame is not shown */
		i.tail = child_of_each(v, parent->tail, f);
		return i;
	}
	if (parent->behind_python && t->plumbing)
		return i;
	if (!t->loop)
		i.tail = child_of_each(v, parent->tail, f);
	if (!t->plumbing && t->interpreter) /* an inlined helper of the interpreter is plumbing */
		i.between = child(v, parent->between, t->shown);
	else if (!t->plumbing)
		i.between = child_of_each(v, parent->between, f);
	return i;
}

static void make_images(struct viewing *v)
{
	v->images = mem_calloc(v->tree->n_nodes, sizeof(*v->images));
	for (size_t n = 1; n < v->tree->n_nodes; n++) {
		const struct calltree_node *node = &v->tree->nodes[n];
		const uint32_t *functions = frames_at(v->in->frames, node->location);
		struct location_frames f = {
			.first = &v->traits[functions[0]],
			.functions = functions,
			.n = frames_count(v->in->frames, node->location),
		};
		const struct image *parent = &v->images[node->parent];
		uint32_t python = f.first->python ? functions[0] + 1 : parent->python;

		if (v->view == VIEW_NATIVE)
			v->images[n] = image_in_native(v, parent, &f);
		else if (v->view == VIEW_PYTHON)
			v->images[n] = image_in_python(v, parent, &f);
		else
			v->images[n] = image_in_mixed(v, parent, &f);
		v->images[n].python = python;
	}
}

/* ---- costs ---- */

static void add_cost(struct viewing *v, uint32_t node, uint32_t row)
{
	struct cost_cell cell = costs_begin(&v->tree->costs, row);
	uint32_t to = builder_row(&v->build, node);

	while (costs_next(&v->tree->costs, &cell))
		costs_add(&v->build.profile->costs, to, v->columns[cell.event], cell.cost);
}

/* The kind of a stack for the report's header: has it a Python frame, and if not, where does it end? */
static enum function_kind stack_kind(const struct viewing *v, size_t node)
{
	const struct function *leaf;

	if (v->images[node].has_python)
		return KIND_PYTHON;
	if (node == 0)
		return KIND_UNKNOWN;
	leaf = &v->in->functions->items[*frames_at(v->in->frames, v->tree->nodes[node].location)];
	return leaf->kind == KIND_TASK ? KIND_UNKNOWN : leaf->kind;
}

/* Is no frame of the stack in this view?  A sample without any address has none to show. */
static bool has_no_frame(const struct viewing *v, size_t node, enum function_kind kind)
{
	if (v->view == VIEW_PYTHON)
		return kind != KIND_PYTHON;
	return node == 0 || v->tree->locations[v->tree->nodes[node].location].space == SPACE_TASK;
}

/* ---- filters by the leaf ---- */

static bool found_in(const regex_t *re, const char *text)
{
	return regexec(re, text, 0, NULL, 0) == 0;
}

static bool is_under(const struct viewing *v, size_t node, const char *function)
{
	uint32_t python = v->images[node].python;

	return python && function_is_called(&v->in->functions->items[python - 1], function);
}

static bool is_leaf_kept(const struct viewing *v, size_t node, enum function_kind kind)
{
	const struct leaf_filter *f = v->in->leaves;
	const struct functions *all = v->in->functions;
	const struct function *leaf;

	if (!f)
		return true;
	if (f->under && !is_under(v, node, f->under))
		return false;
	if (node == 0)
		return !f->object && !f->module && (!f->kinds || f->kinds >> KIND_UNKNOWN & 1);
	leaf = &all->items[*frames_at(v->in->frames, v->tree->nodes[node].location)];
	if (leaf->kind == KIND_KERNEL)
		kind = KIND_KERNEL;
	if (f->kinds && !(f->kinds >> kind & 1))
		return false;
	if (f->object && !found_in(f->object, leaf->object))
		return false;
	return !f->module || found_in(f->module, leaf->module) ||
	       (v->images[node].python &&
		found_in(f->module, all->items[v->images[node].python - 1].module));
}

static void leave_out(struct viewing *v, uint32_t row)
{
	struct cost_cell cell = costs_begin(&v->tree->costs, row);

	while (costs_next(&v->tree->costs, &cell)) {
		struct profile_event *event = &v->build.profile->events[v->columns[cell.event]];

		cost_add(&event->filtered, cell.cost);
		event->sum.samples -= cell.cost->samples;
		event->sum.weight -= cell.cost->weight;
	}
}

/* ---- categories ---- */

/* The state of each stack beneath its innermost Python frame. */
static void find_categories(struct viewing *v)
{
	const struct functions *all = v->in->functions;
	struct category_role *roles = mem_calloc(all->n, sizeof(*roles));

	for (size_t f = 0; f < all->n; f++)
		roles[f] = category_role(v->in->texts, &all->items[f], v->traits[f].interpreter);
	v->categories = mem_calloc(v->tree->n_nodes, sizeof(*v->categories));
	for (size_t n = 1; n < v->tree->n_nodes; n++) {
		const struct calltree_node *node = &v->tree->nodes[n];
		const uint32_t *functions = frames_at(v->in->frames, node->location);
		size_t count = frames_count(v->in->frames, node->location);
		struct category_state state = v->categories[node->parent];

		if (v->traits[functions[0]].python)
			state = (struct category_state){ .rank = RANK_NONE };
		for (size_t i = 0; i < count && !v->traits[functions[i]].python; i++)
			state = category_step(state, &roles[functions[i]]);
		v->categories[n] = state;
	}
	free(roles);
}

static const char *category_text(const struct viewing *v, size_t node, enum function_kind kind)
{
	const struct category_state *state = &v->categories[node];
	const char *name = category_name(state->category), *result;
	char *text;

	if (kind != KIND_PYTHON)
		return texts_add_z(v->in->texts, "outside Python");
	if (state->category != CATEGORY_EXTENSION || !state->module ||
	    asprintf(&text, "%s: %s", name, state->module) < 0)
		return texts_add_z(v->in->texts, name);
	result = texts_add_z(v->in->texts, text);
	free(text);
	return result;
}

/* The same stack below a node for its category, which goes behind the nodes of its task. */
static uint32_t put_below(struct viewing *v, uint32_t node, uint32_t category)
{
	const struct profile_node *n = &v->build.profile->nodes[node];
	uint32_t parent, function = n->function;
	bool task = node && v->shown.items[function].kind == KIND_TASK;

	if (!node)
		return child(v, 0, category);
	parent = n->parent;
	if (task) /* all that is further out are tasks, too */
		return child(v, node, category);
	parent = put_below(v, parent, category);
	return child(v, parent, function);
}

static uint32_t categorized(struct viewing *v, uint32_t to, size_t node, enum function_kind kind)
{
	struct function f = stand_in(v, KIND_UNKNOWN);

	f.kind = KIND_TASK;
	f.placeholder = false;
	f.name = category_text(v, node, kind);
	return put_below(v, to, functions_add(&v->shown, &f));
}

static void add_costs(struct viewing *v)
{
	struct profile *p = v->build.profile;

	for (size_t n = 0; n < v->tree->n_nodes; n++) {
		uint32_t row = v->tree->nodes[n].cost;
		enum function_kind kind;
		uint32_t to;

		if (!row || costs_no_samples(&v->tree->costs, row))
			continue;
		kind = stack_kind(v, n);
		if (!is_leaf_kept(v, n, kind)) {
			leave_out(v, row);
			continue;
		}
		to = v->images[n].tail;
		if (has_no_frame(v, n, kind)) {
			struct function f = stand_in(v, kind);

			to = child(v, to, functions_add(&v->shown, &f));
		}
		if (v->categories)
			to = categorized(v, to, n, kind);
		add_cost(v, to, row);
		if (v->in->rows)
			v->in->rows[n] = p->nodes[to].cost;
		profile_count_kind(p, kind, costs_at(&v->tree->costs, row, v->first)->samples);
	}
}

struct profile *view_profile(const struct view_input *in, enum view view)
{
	struct viewing v = {
		.in = in,
		.view = view,
		.tree = in->collected->tree,
		.traits = mem_calloc(in->functions->n, sizeof(*v.traits)),
	};

	make_events(&v);
	v.build.profile->view = view;
	for (uint32_t f = 0; f < in->functions->n; f++)
		find_trait(&v, f);
	make_images(&v);
	if (in->categories)
		find_categories(&v);
	if (v.build.profile->n_events)
		add_costs(&v);
	builder_take_functions(&v.build, &v.shown);
	free(v.traits);
	free(v.images);
	free(v.categories);
	free(v.columns);
	return builder_end(&v.build);
}

enum view view_of_votes(const struct view_votes *v)
{
	if (v->any && v->python >= v->all - v->python)
		return VIEW_PYTHON;
	return v->any ? VIEW_MIXED : VIEW_NATIVE;
}

enum view view_default(const struct view_input *in)
{
	const struct collected *c = in->collected;
	bool *python = mem_calloc(c->n_instances + 1, sizeof(*python));
	struct view_votes votes = { .any = false };

	for (size_t i = 0; i < c->tree->n_locations; i++) {
		uint32_t owner = c->tree->locations[i].owner.i;

		if (in->functions->items[*frames_at(in->frames, i)].kind != KIND_PYTHON)
			continue;
		votes.any = true;
		if (owner < c->n_instances)
			python[owner] = true;
	}
	for (size_t i = 0; i < c->n_instances; i++) {
		votes.all += c->user_samples[i];
		votes.python += python[i] ? c->user_samples[i] : 0;
	}
	free(python);
	return view_of_votes(&votes);
}
