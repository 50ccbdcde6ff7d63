#include "report/fleet.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/fleet_modules.h"
#include "report/shares.h"
#include "report/table.h"

/* What one event makes of one function. */
struct row {
	uint32_t event; /* index in fleet->events */
	struct fleet_function out;
	struct cost self, total; /* in the recording that is being read */
	bool touched;            /* it has such */
	struct shares self_shares, total_shares;
};

struct fleet {
	struct fleet_group group;
	const struct fleet_modules *modules;
	struct texts *texts;
	struct fleet_event *events; /* in the order of their first appearance */
	size_t n_events, cap_events;
	struct row *rows;
	size_t n_rows, cap_rows;
	uint32_t *slots; /* of rows: index + 1; 0: free */
	size_t mask;
	uint32_t *touched; /* rows of the recording that is being read */
	size_t n_touched, cap_touched;
	const struct entry *reading; /* for the taker */
	uint32_t *event_of;          /* by the entry's event: index in events */
};

struct fleet *fleet_new(enum fleet_key key, const char *value, const struct fleet_modules *modules)
{
	struct fleet *f = mem_calloc(1, sizeof(*f));

	f->modules = modules;
	f->texts = texts_new();
	f->group.key = key;
	f->group.value = texts_add_z(f->texts, value);
	f->mask = 255;
	f->slots = mem_calloc(f->mask + 1, sizeof(*f->slots));
	return f;
}

/* ---- rows ---- */

static uint64_t hash_of(const struct row *r)
{
	uint64_t names =
		hash_pair((uint64_t)(uintptr_t)r->out.module, (uint64_t)(uintptr_t)r->out.name);

	return hash_pair(names, (uint64_t)r->event << 8 | r->out.kind);
}

static bool is_same(const struct row *a, const struct row *b)
{
	return a->event == b->event && a->out.kind == b->out.kind &&
	       a->out.module == b->out.module && a->out.name == b->out.name;
}

static void insert(struct fleet *f, uint32_t row)
{
	size_t at = hash_of(&f->rows[row]) & f->mask;

	while (f->slots[at])
		at = (at + 1) & f->mask;
	f->slots[at] = row + 1;
}

static void grow(struct fleet *f)
{
	free(f->slots);
	f->mask = 2 * f->mask + 1;
	f->slots = mem_calloc(f->mask + 1, sizeof(*f->slots));
	for (size_t i = 0; i < f->n_rows; i++)
		insert(f, (uint32_t)i);
}

static const char *module_of(const struct fleet *f, const struct entry_function *function)
{
	const char *module = NULL;

	if (f->modules && function->file)
		module = fleet_modules_of(f->modules, function->file);
	return module ? module : function->module;
}

/* The row of these; a new one if there is none. */
static uint32_t row_of(struct fleet *f, uint32_t event, const struct entry_function *function)
{
	struct row wanted = { .event = event };
	size_t at;

	wanted.out.kind = function->kind;
	wanted.out.module = texts_add_z(f->texts, module_of(f, function));
	wanted.out.name = texts_add_z(f->texts, function->name);
	at = hash_of(&wanted) & f->mask;
	for (; f->slots[at]; at = (at + 1) & f->mask)
		if (is_same(&f->rows[f->slots[at] - 1], &wanted))
			return f->slots[at] - 1;
	if (2 * f->n_rows >= f->mask)
		grow(f);
	f->rows = mem_grow(f->rows, f->n_rows, 1, &f->cap_rows, sizeof(*f->rows));
	f->rows[f->n_rows] = wanted;
	insert(f, (uint32_t)f->n_rows);
	return (uint32_t)f->n_rows++;
}

static uint32_t event_of(struct fleet *f, const struct entry_event *e)
{
	const char *name = texts_add_z(f->texts, e->name), *unit = texts_add_z(f->texts, e->unit);

	for (size_t i = 0; i < f->n_events; i++)
		if (f->events[i].name == name && f->events[i].unit == unit)
			return (uint32_t)i;
	f->events = mem_grow(f->events, f->n_events, 1, &f->cap_events, sizeof(*f->events));
	f->events[f->n_events] = (struct fleet_event){ .name = name, .unit = unit };
	return (uint32_t)f->n_events++;
}

/* ---- recordings ---- */

/*
 * A recording's file has each key once, see entry_functions_write(): modules over all recordings tell apart what those of one
 * recording do.  Who wrote the file is not known, so that costs are held to the whole all the same (see settle()).
 */
static void take_function(void *context, const struct entry_function *function)
{
	struct fleet *f = context;

	for (size_t e = 0; e < f->reading->n_events; e++) {
		uint32_t at;

		if (!function->total[e].samples && !function->self[e].samples)
			continue;
		at = row_of(f, f->event_of[e], function);
		if (!f->rows[at].touched) {
			f->touched = mem_grow(f->touched, f->n_touched, 1, &f->cap_touched,
					      sizeof(*f->touched));
			f->touched[f->n_touched++] = at;
			f->rows[at].touched = true;
		}
		if (!cost_add(&f->rows[at].self, &function->self[e]) ||
		    !cost_add(&f->rows[at].total, &function->total[e]))
			f->group.overflow = true;
	}
}

static void hold_to(struct cost *c, const struct cost *whole)
{
	if (c->samples > whole->samples)
		c->samples = whole->samples;
	if (c->weight > whole->weight)
		c->weight = whole->weight;
}

/* The recording's costs into the sums, or, if it is not whole, away. */
static void settle(struct fleet *f, const struct cost *wholes, bool counts)
{
	for (size_t i = 0; i < f->n_touched; i++) {
		struct row *r = &f->rows[f->touched[i]];
		const struct cost *whole = &wholes[r->event];

		hold_to(&r->self, whole);
		hold_to(&r->total, whole);
		if (counts) {
			r->out.recordings++;
			shares_add(&r->self_shares, cost_share(&r->self, whole));
			shares_add(&r->total_shares, cost_share(&r->total, whole));
			if (!cost_add(&r->out.self, &r->self) ||
			    !cost_add(&r->out.total, &r->total))
				f->group.overflow = true;
		}
		r->self = r->total = (struct cost){ 0, 0 };
		r->touched = false;
	}
	f->n_touched = 0;
}

static void add_up(struct fleet *f, uint64_t *sum, uint64_t more)
{
	if (__builtin_add_overflow(*sum, more, sum)) {
		*sum = UINT64_MAX;
		f->group.overflow = true;
	}
}

static void count_recording(struct fleet *f, const struct entry *e, const struct cost *wholes)
{
	struct fleet_group *g = &f->group;

	g->recordings++;
	add_up(f, &g->samples, e->health.samples);
	add_up(f, &g->duration_ns, e->duration_ns);
	add_up(f, &g->python, e->python);
	add_up(f, &g->native, e->native);
	add_up(f, &g->kernel, e->kernel);
	add_up(f, &g->unknown, e->unknown);
	g->verdicts[health_judge(&e->health).level]++;
	for (size_t i = 0; i < f->n_events; i++) {
		if (!wholes[i].samples)
			continue;
		f->events[i].recordings++;
		if (!cost_add(&f->events[i].sum, &wholes[i]))
			g->overflow = true;
	}
}

bool fleet_add(struct fleet *f, const struct entry *e, const char *functions, struct error *err)
{
	struct cost *wholes;
	bool ok;

	f->reading = e;
	f->event_of = mem_calloc(e->n_events, sizeof(*f->event_of));
	for (size_t i = 0; i < e->n_events; i++)
		f->event_of[i] = event_of(f, &e->events[i]);
	wholes = mem_calloc(f->n_events, sizeof(*wholes));
	for (size_t i = 0; i < e->n_events; i++)
		cost_add(&wholes[f->event_of[i]], &e->events[i].sum);
	ok = entry_functions_read(functions, e->n_events, take_function, f, err);
	settle(f, wholes, ok);
	if (ok)
		count_recording(f, e, wholes);
	free(wholes);
	free(f->event_of);
	f->event_of = NULL;
	return ok;
}

/* ---- the result ---- */

/* Where nothing has weight, samples say it. */
static int heavier_first(const struct cost *a, const struct cost *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return a->samples == b->samples ? 0 : a->samples > b->samples ? -1 : 1;
}

static int by_cost(const void *va, const void *vb)
{
	const struct fleet_function *a = va, *b = vb;
	int order = heavier_first(&a->self, &b->self);

	if (!order)
		order = heavier_first(&a->total, &b->total);
	if (!order)
		order = strcmp(a->name, b->name);
	if (!order)
		order = strcmp(a->module, b->module);
	return order ? order : (int)a->kind - (int)b->kind;
}

static int commonest_first(const void *va, const void *vb)
{
	const struct fleet_event *a = va, *b = vb;
	int order = strcmp(a->name, b->name);

	if (a->recordings != b->recordings)
		return a->recordings > b->recordings ? -1 : 1;
	if (a->sum.samples != b->sum.samples)
		return a->sum.samples > b->sum.samples ? -1 : 1;

	return order ? order : strcmp(a->unit, b->unit);
}

static struct spread spread_of(struct shares *s)
{
	return (struct spread){
		.lower = shares_quantile(s, 1, 4),
		.median = shares_quantile(s, 2, 4),
		.upper = shares_quantile(s, 3, 4),
	};
}

static void finish_event(struct fleet *f, uint32_t event, size_t limit)
{
	struct fleet_event *e = &f->events[event];
	size_t cap = 0;

	e->n_functions = 0;
	for (size_t i = 0; i < f->n_rows; i++) {
		struct row *r = &f->rows[i];

		if (r->event != event || !r->out.recordings)
			continue;
		r->out.self_share = spread_of(&r->self_shares);
		r->out.total_share = spread_of(&r->total_shares);
		e->functions =
			mem_grow(e->functions, e->n_functions, 1, &cap, sizeof(*e->functions));
		e->functions[e->n_functions++] = r->out;
	}
	if (e->n_functions)
		qsort(e->functions, e->n_functions, sizeof(*e->functions), by_cost);
	e->n_all = e->n_functions;
	if (limit && e->n_functions > limit)
		e->n_functions = limit;
}

const struct fleet_group *fleet_finish(struct fleet *f, size_t limit)
{
	for (size_t e = 0; e < f->n_events; e++)
		finish_event(f, (uint32_t)e, limit);
	if (f->n_events) /* rows know them by their old places, so this is the end */
		qsort(f->events, f->n_events, sizeof(*f->events), commonest_first);
	f->group.events = f->events;
	f->group.n_events = f->n_events;
	return &f->group;
}

void fleet_free(struct fleet *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_rows; i++) {
		shares_done(&f->rows[i].self_shares);
		shares_done(&f->rows[i].total_shares);
	}
	for (size_t e = 0; e < f->n_events; e++)
		free(f->events[e].functions);
	free(f->rows);
	free(f->slots);
	free(f->touched);
	free(f->events);
	texts_free(f->texts);
	free(f);
}

const char *fleet_key_name(enum fleet_key key)
{
	static const char *const names[FLEET_KEYS] = { "all", "host", "program", "day" };

	return names[key];
}

const char *entry_day(const struct entry *e, char text[DAY_TEXT])
{
	time_t when = (time_t)e->when;
	struct tm tm;

	*text = '\0';
	if (e->has_when && gmtime_r(&when, &tm))
		strftime(text, DAY_TEXT, "%Y-%m-%d", &tm);
	return text;
}
