#include "report/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/near_names.h"
#include "parser/base/text.h"
#include "report/functions.h"
#include "report/label.h"
#include "report/profile_builder.h"

/* Words from the command line may be long; a message shows their beginning. */
enum { SHOWN = 80 };

static const char *const key_names[GROUP_KEYS] = {
	[KEY_HOST] = "host",         [KEY_RECORDING] = "recording", [KEY_COMM] = "comm",
	[KEY_PROCESS] = "process",   [KEY_THREAD] = "thread",       [KEY_CPU] = "cpu",
	[KEY_CATEGORY] = "category", [KEY_EVENT] = "event",         [KEY_FUNCTION] = "function",
	[KEY_LINE] = "line",         [KEY_MODULE] = "module",       [KEY_PACKAGE] = "package",
	[KEY_OBJECT] = "object",     [KEY_FILE] = "file",
};

static bool find_key(const char *word, size_t len, enum group_key *out)
{
	for (int k = 0; k < GROUP_KEYS; k++) {
		if (strlen(key_names[k]) == len && strncmp(key_names[k], word, len) == 0) {
			*out = (enum group_key)k;
			return true;
		}
	}
	return false;
}

bool grouping_has(const struct grouping *g, enum group_key key)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->keys[i] == key)
			return true;
	return false;
}

static bool no_key(const char *word, size_t len, struct error *err)
{
	char *hint = near_list_hint(word, len, key_names, GROUP_KEYS);

	fail(err, ERR_USAGE,
	     "there is no key '%.*s'; there are function, line, module, package, "
	     "object, file, category, comm, process, thread, cpu, event, host, recording%s",
	     (int)(len < SHOWN ? len : SHOWN), word, hint);
	free(hint);
	return false;
}

bool grouping_parse(struct grouping *g, const char *text, struct error *err)
{
	struct grouping parsed = { .n = 0 };

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, ",");
		enum group_key key;

		if (!find_key(p, len, &key))
			return no_key(p, len, err);
		if (!grouping_has(&parsed, key))
			parsed.keys[parsed.n++] = key;
		p += len + (p[len] == ',');
	}
	if (!parsed.n)
		return fail(err, ERR_USAGE, "no key is named");
	*g = parsed;
	return true;
}

/* ---- the values of keys ---- */

/* "json" of "json.decoder"; of what is not Python the module itself. */
static const char *package_of(struct texts *texts, const struct function *f)
{
	if (f->kind != KIND_PYTHON || f->module[0] == '<')
		return f->module;
	return texts_add(texts, f->module, strcspn(f->module, "."));
}

/* Where the frame is; where that is not known, where its function begins. */
static uint32_t line_number(const struct function *f)
{
	return f->at ? f->at : f->line;
}

/* "fib:12" */
static const char *line_of(struct texts *texts, const struct function *f)
{
	const char *value = f->name;
	char *own;

	if (!line_number(f) || asprintf(&own, "%s:%u", f->name, (unsigned)line_number(f)) < 0)
		return value;
	value = texts_add_z(texts, own);
	free(own);
	return value;
}

static const char *value_of(struct texts *texts, const struct function *f, enum group_key key)
{
	switch (key) {
	case KEY_MODULE:
		return *f->module ? f->module : f->name;
	case KEY_PACKAGE:
		return *f->module ? package_of(texts, f) : f->name;
	case KEY_OBJECT:
		return f->kind == KIND_PYTHON ? "[python]" : *f->object ? f->object : f->name;
	case KEY_LINE:
		return line_of(texts, f);
	case KEY_FILE:
		return *f->file ? f->file : *f->object ? f->object : f->name;
	default:
		return f->name;
	}
}

/* ---- the new tree ---- */

/* An old node: what stands for it, and the values of the sample's keys. */
struct grouped {
	uint32_t node;
	uint32_t tasks;           /* number of KIND_TASK nodes on the way */
	uint32_t task[KEY_EVENT]; /* their functions */
};

struct regrouping {
	const struct grouping *g;
	struct texts *texts;
	const struct profile *old;
	struct profile_builder new;
	struct functions functions;
	uint32_t *rows; /* where the old rows of costs go; NULL: not asked for */
	struct grouped *places;
	bool frames; /* a key of a frame is among the keys */
};

/* The place of a sample's key among the nodes at the root. */
static size_t task_place(const struct grouping *g, enum group_key key)
{
	size_t place = 0;

	for (int k = 0; k < (int)key; k++)
		place += grouping_has(g, (enum group_key)k);
	return place;
}

static const char *sample_value(const struct regrouping *r, const struct grouped *at,
				enum group_key key, size_t event)
{
	size_t place = task_place(r->g, key);

	if (key == KEY_EVENT)
		return r->old->events[event].name;
	return place < at->tasks ? r->old->functions[at->task[place]].name : "";
}

/* What a row says beside its keys: what they say, and no more, or equal keys would be kept apart. */
static void describe_row(const struct grouping *g, const struct function *f, struct function *row)
{
	bool by_function = grouping_has(g, KEY_FUNCTION) || grouping_has(g, KEY_LINE);

	if (by_function || grouping_has(g, KEY_MODULE))
		row->module = f->module;
	if (by_function || grouping_has(g, KEY_FILE))
		row->file = f->file;
	if (by_function || grouping_has(g, KEY_OBJECT))
		row->object = f->object;
	if (by_function)
		row->line = grouping_has(g, KEY_LINE) ? line_number(f) : f->line;
	row->placeholder = by_function && f->placeholder;
}

/* Tabs stand between values: those of a comm or of a damaged symbol table must not. */
static const char *without_tabs(struct texts *texts, const char *value)
{
	char *own;

	if (!strchr(value, '\t'))
		return value;
	own = mem_text(value, strlen(value));
	for (char *p = own; *p; p++)
		if (*p == '\t')
			*p = ' ';
	value = texts_add_z(texts, own);
	free(own);
	return value;
}

/* The row of a frame (NULL: the keys are all of samples): values with commas between, for machines with tabs. */
static uint32_t row_of(struct regrouping *r, const struct grouped *at, const struct function *f,
		       size_t event)
{
	struct function row = { .kind = f ? f->kind : KIND_UNKNOWN };
	const char *nothing = texts_add_z(r->texts, ""), *name = nothing, *keys = nothing;

	for (size_t i = 0; i < r->g->n; i++) {
		enum group_key key = r->g->keys[i];
		const char *value = !f || key < GROUP_KEY_FIRST_OF_FRAME
					    ? sample_value(r, at, key, event)
					    : value_of(r->texts, f, key);
		char *joined = NULL, *tabs = NULL;

		value = without_tabs(r->texts, value);
		if (asprintf(&joined, "%s%s%s", name, i ? ", " : "", value) >= 0)
			name = texts_add_z(r->texts, joined);
		if (asprintf(&tabs, "%s%s%s", keys, i ? "\t" : "", value) >= 0)
			keys = texts_add_z(r->texts, tabs);
		free(joined);
		free(tabs);
	}
	row.name = name;
	row.symbol = keys; /* keeps rows of equal names apart; the profile gets it as `keys` */
	row.module = row.file = row.object = nothing;
	if (f)
		describe_row(r->g, f, &row);
	return functions_add(&r->functions, &row);
}

static struct grouped place_of(struct regrouping *r, const struct profile_node *n, size_t event)
{
	struct grouped at = r->places[n->parent];
	const struct function *f = &r->old->functions[n->function];

	if (f->kind == KIND_TASK) {
		if (at.tasks < KEY_EVENT)
			at.task[at.tasks++] = n->function;
		return at;
	}
	if (r->frames)
		at.node = builder_child(&r->new, at.node, row_of(r, &at, f, event));
	return at;
}

/* What events have in common: cycles and misses cannot be added up, samples can. */
static struct cost samples_of(const struct cost *cost)
{
	return (struct cost){ cost->samples, cost->samples };
}

static void regroup_all(struct regrouping *r)
{
	const struct profile *old = r->old;

	for (size_t i = 0; i < old->n_nodes; i++) {
		const struct profile_node *n = &old->nodes[i];
		uint32_t to;

		if (i > 0)
			r->places[i] = place_of(r, n, 0);
		if (!n->cost)
			continue;
		to = r->places[i].node;
		if (!r->frames)
			to = builder_child(&r->new, 0, row_of(r, &r->places[i], NULL, 0));
		to = builder_row(&r->new, to);
		costs_add_row(&r->new.profile->costs, to, &old->costs, n->cost);
		if (r->rows)
			r->rows[n->cost] = to;
	}
}

/* ---- by event: a stack has another place for each of its events, which share a column ---- */

/* The nodes with costs of an event are nodes[first[event]] up to first[event + 1]. */
struct event_nodes {
	size_t *first;
	uint32_t *nodes;
};

/* Go through the costs of all nodes: count them, or put each into its event's part. */
static void list_nodes(const struct profile *p, struct event_nodes *list, bool put)
{
	for (size_t i = 0; i < p->n_nodes; i++) {
		struct cost_cell cell = costs_begin(&p->costs, p->nodes[i].cost);

		while (costs_next(&p->costs, &cell)) {
			if (put)
				list->nodes[list->first[cell.event]++] = (uint32_t)i;
			else
				list->first[cell.event + 1]++;
		}
	}
}

static struct event_nodes nodes_of_events(const struct profile *p)
{
	struct event_nodes list = { .first = mem_calloc(p->n_events + 2, sizeof(*list.first)) };

	list_nodes(p, &list, false);
	for (size_t e = 0; e < p->n_events; e++)
		list.first[e + 1] += list.first[e];
	list.nodes = mem_calloc(list.first[p->n_events], sizeof(*list.nodes));
	list_nodes(p, &list, true);
	/* first[e] has moved on to the end of its part */
	memmove(list.first + 1, list.first, p->n_events * sizeof(*list.first));
	list.first[0] = 0;
	return list;
}

/* Places of a node and of what is further out, as far as they are not known for this event. */
struct places_of_event {
	uint32_t *met; /* by node: the event + 1 that its place is of */
	uint32_t *way; /* as long as the tree has nodes */
};

static const struct grouped *find_place(struct regrouping *r, struct places_of_event *p,
					uint32_t node, size_t event)
{
	size_t depth = 0;

	for (uint32_t n = node; n && p->met[n] != event + 1; n = r->old->nodes[n].parent)
		p->way[depth++] = n;
	while (depth-- > 0) {
		uint32_t n = p->way[depth];

		r->places[n] = place_of(r, &r->old->nodes[n], event);
		p->met[n] = (uint32_t)event + 1;
	}
	return &r->places[node];
}

static void regroup_by_event(struct regrouping *r)
{
	const struct profile *old = r->old;
	struct event_nodes list = nodes_of_events(old);
	struct places_of_event p = {
		.met = mem_calloc(old->n_nodes, sizeof(*p.met)),
		.way = mem_calloc(old->n_nodes, sizeof(*p.way)),
	};

	for (size_t e = 0; e < old->n_events; e++)
		for (size_t i = list.first[e]; i < list.first[e + 1]; i++) {
			uint32_t node = list.nodes[i];
			struct cost samples =
				samples_of(costs_at(&old->costs, old->nodes[node].cost, e));
			const struct grouped *at = find_place(r, &p, node, e);
			uint32_t to = at->node;

			if (!samples.samples)
				continue;
			if (!r->frames)
				to = builder_child(&r->new, 0, row_of(r, at, NULL, e));
			costs_add(&r->new.profile->costs, builder_row(&r->new, to), 0, &samples);
		}
	free(list.first);
	free(list.nodes);
	free(p.met);
	free(p.way);
}

/* One event for all: what it can be counted in. */
static void join_events(struct regrouping *r, struct profile_event *all)
{
	*all = (struct profile_event){ .name = texts_add_z(r->texts, "all events"),
				       .unit = texts_add_z(r->texts, "samples") };
	for (size_t e = 0; e < r->old->n_events; e++) {
		struct cost sum = samples_of(&r->old->events[e].sum);
		struct cost filtered = samples_of(&r->old->events[e].filtered);

		cost_add(&all->sum, &sum);
		cost_add(&all->filtered, &filtered);
	}
}

static void begin(struct regrouping *r, bool by_event)
{
	const struct profile *old = r->old;
	struct profile *p;

	builder_begin(&r->new, by_event && old->n_events ? 1 : old->n_events);
	p = r->new.profile;
	p->view = old->view;
	p->python_samples = old->python_samples;
	p->native_samples = old->native_samples;
	p->kernel_samples = old->kernel_samples;
	p->unknown_samples = old->unknown_samples;
	if (by_event && old->n_events)
		join_events(r, p->events);
	else if (old->n_events)
		memcpy(p->events, old->events, old->n_events * sizeof(*p->events));
}

/* The rows' keys were their symbols while they were told apart. */
static void finish_functions(struct regrouping *r)
{
	const char *nothing = texts_add_z(r->texts, "");

	for (size_t i = 0; i < r->functions.n; i++) {
		r->functions.items[i].keys = r->functions.items[i].symbol;
		r->functions.items[i].symbol = nothing;
	}
	builder_take_functions(&r->new, &r->functions);
}

static const char *names_of_keys(const struct grouping *g, struct texts *texts)
{
	const char *names = texts_add_z(texts, "");

	for (size_t i = 0; i < g->n; i++) {
		char *joined;

		if (asprintf(&joined, "%s%s%s", names, i ? "\t" : "", key_names[g->keys[i]]) < 0)
			continue;
		names = texts_add_z(texts, joined);
		free(joined);
	}
	return names;
}

void group_profile(struct profile **p, const struct grouping *g, struct texts *texts,
		   uint32_t *rows)
{
	bool by_event = grouping_has(g, KEY_EVENT);
	struct regrouping r = { .g = g, .texts = texts, .old = *p, .rows = rows };

	for (size_t i = 0; i < g->n; i++)
		r.frames = r.frames || g->keys[i] >= GROUP_KEY_FIRST_OF_FRAME;
	begin(&r, by_event);
	r.new.profile->keys = names_of_keys(g, texts);
	r.places = mem_calloc(r.old->n_nodes, sizeof(*r.places));
	if (by_event)
		regroup_by_event(&r);
	else
		regroup_all(&r);
	finish_functions(&r);
	free(r.places);
	profile_free(*p);
	*p = builder_end(&r.new);
}
