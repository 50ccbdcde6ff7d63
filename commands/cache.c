#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/no_function.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "commands/tabling.h"
#include "parser/base/memory.h"
#include "render/memory.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/known_event.h"
#include "report/memory_tables.h"
#include "report/ratios.h"
#include "report/totals.h"

enum { DATA_ROWS = 10 }; /* of text: objects, pages, lines */

const struct option_row cache_options[] = {
	{ "under", 0, "FUNCTION", NULL, "what misses natively beneath this Python function",
	  OPT_UNDER },
	{ "memory", 0, NULL, NULL, "what perf mem record says: levels, latencies, hot data",
	  OPT_MEMORY },
	ROWS_TABLING,
	ROWS_LOADING,
	ROW_END,
};

struct cache {
	struct loading_options loading;
	struct tabling tabling;
	const char *under; /* --under FUNCTION */
	char *from;        /* --show-from for it */
};

/* The function's name as a regular expression that matches it alone. */
static char *escaped(const char *name)
{
	char *text = mem_calloc(2 * strlen(name) + 3, 1), *to = text;

	*to++ = '^';
	for (; *name; name++) {
		if (strchr("\\^$.[]|()*+?{}", *name))
			*to++ = '\\';
		*to++ = *name;
	}
	*to = '$';
	return text;
}

static void look_under(struct cache *c)
{
	c->from = escaped(c->under);
	c->loading.filtering.leaves.under = c->under;
	c->loading.filtering.frames.show_from = c->from;
	c->loading.filtering.frames.from_innermost = true; /* not what it calls itself by */
	if (c->loading.view < 0)
		c->loading.view = VIEW_MIXED;
}

static bool take_option(struct cache *c, const struct options *o, int id)
{
	bool wrong = false;

	if (loading_option(&c->loading, o, id, &wrong) ||
	    tabling_option(&c->tabling, o, id, &wrong))
		return !wrong;
	switch (id) {
	case OPT_UNDER:
		c->under = o->arg;
		return true;
	case OPT_MEMORY:
		c->loading.memory = true;
		return true;
	default:
		return true;
	}
}

/* The event that the table is about: the first of these that was recorded, else the first event. */
static size_t primary_event(const struct profile *p)
{
	static const enum known_event wanted[] = {
		EVENT_CACHE_MISSES,     EVENT_LLC_LOAD_MISSES,  EVENT_L1D_LOAD_MISSES,
		EVENT_LLC_STORE_MISSES, EVENT_DTLB_LOAD_MISSES, EVENT_L1I_LOAD_MISSES,
		EVENT_ITLB_LOAD_MISSES, EVENT_BRANCH_MISSES,    EVENT_PAGE_FAULTS,
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		for (size_t e = 0; e < p->n_events; e++)
			if (known_event(p->events[e].name, p->events[e].attr) == wanted[i])
				return e;
	return 0;
}

/* The index among the loaded events of the one that --event chose; -1: all. */
static int shown_event(const struct loading *l)
{
	size_t n = l->collected.tree->n_events;

	for (size_t e = 0; l->event >= 0 && e < n; e++)
		if (l->events[e].attr == l->profile->events[l->event].attr)
			return (int)e;
	return -1;
}

static void write_memory(struct out *o, const struct session *s, const struct loading *l,
			 struct cache *c)
{
	const struct tabling *how = &c->tabling;
	struct table_summary summary = loading_summary(l, s);
	struct totals *totals = totals_new(l->profile);
	struct memory_homes homes = accesses_homes(&l->accesses, l->profile);
	struct memory_options options = {
		.event = shown_event(l),
		.limit = how->table.limit,
		.data_limit = how->limited       ? how->table.limit
			      : how->format == 0 ? DATA_ROWS
						 : 0,
	};
	struct memory_tables *t = memory_tables_new(l->accesses.log, &homes, &options);
	struct memory_report r = { .tables = t, .events = l->events };
	struct table *table;

	c->tabling.table.event = l->event;
	table = table_new(l->profile, totals, s->diag, &summary, &how->table);
	r.table = table;
	memory_renderers[how->format](o, &r);
	table_free(table);
	totals_free(totals);
	memory_tables_free(t);
}

static int cache_memory(const struct session *s, const struct loading *l, struct cache *c)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	tabling_fit(&c->tabling, o);
	write_memory(o, s, l, c);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

void cache_write(struct out *o, const struct session *s, const struct loading *l,
		 const struct table_options *options, struct ratios *ratios, int format)
{
	struct table_summary summary = loading_summary(l, s);
	struct table_options own = *options;
	struct totals *totals = totals_new(l->profile);
	struct table *t;

	ratios_find(ratios, l->profile, s->texts);
	own.event = l->event;
	own.primary_1 = 1 + (l->event >= 0 ? (size_t)l->event : primary_event(l->profile));
	own.format = "perfolio-cache";
	own.ratios = ratios;
	t = table_new(l->profile, totals, s->diag, &summary, &own);
	if (format == 0)
		render_cache_text(o, t);
	else
		report_renderers[format].table(o, t);
	table_free(t);
	totals_free(totals);
}

static int print(struct session *s, const struct loading *l, struct cache *c, struct ratios *ratios)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	tabling_fit(&c->tabling, o);
	cache_write(o, s, l, &c->tabling.table, ratios, c->tabling.format);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

static int cache(struct session *s, const struct loading *l, struct cache *c,
		 const struct options *o)
{
	struct ratios ratios = { .n = 0 };
	int status = EXIT_USAGE;

	if (c->under && !names_function(l, c->under, NAMES_PYTHON))
		return tell_no_function(s, l, c->under, NAMES_PYTHON);
	if (metrics_parse(&c->tabling.metrics, l->profile, o)) {
		metrics_add_ratios(&c->tabling.metrics, &ratios); /* first: they were asked for */
		status = print(s, l, c, &ratios);
	}
	ratios_done(&ratios);
	return status;
}

/* Options that would do nothing are a mistake; false: told. */
static bool check_memory(const struct cache *c, const struct options *o)
{
	if (grouping_has(&c->loading.filtering.grouping, KEY_EVENT))
		options_usage(o, "--memory has one event or all in a row: choose one with --event");
	else if (c->tabling.sorted || c->tabling.percent_limited)
		options_usage(o, "--memory is sorted by samples, and cut by --limit only");
	else if (c->tabling.metrics.n)
		options_usage(o, "--memory counts accesses: it has no events for --metric");
	else
		return true;
	return false;
}

int command_cache(const struct command *self, int argc, char **argv)
{
	struct cache c = { .under = NULL };
	struct loading l = { 0 };
	struct session s = { 0 };
	struct options o;
	int id, status = EXIT_USAGE;

	loading_options_begin(&c.loading);
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0)
		if (!take_option(&c, &o, id))
			goto done;
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	if (c.under && c.loading.filtering.frames.show_from) {
		options_usage(&o, "--under and --show-from: stacks have one beginning");
		goto done;
	}
	if (c.under)
		look_under(&c);
	if (c.loading.memory && !check_memory(&c, &o))
		goto done;
	status = session_open_any(&s, &o, c.loading.input, true);
	if (status != EXIT_DONE)
		goto done;
	status = loading_run(&l, &s, &o, &c.loading);
	if (status == EXIT_DONE)
		status = loading_status(&s, &c.loading,
					c.loading.memory ? cache_memory(&s, &l, &c)
							 : cache(&s, &l, &c, &o));
done:
	tabling_done(&c.tabling);
	loading_options_end(&c.loading);
	free(c.from);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
