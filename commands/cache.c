#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/metrics.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "parser/base/memory.h"
#include "render/memory.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/known_event.h"
#include "report/memory_tables.h"
#include "report/ratios.h"
#include "report/totals.h"

#define SORTS "self|total|samples|name"

enum { TERMINAL_ROWS = 40, DATA_ROWS = 10 }; /* of text: objects, pages, lines */

const struct option_row cache_options[] = {
	{ "under", 0, "FUNCTION", NULL, "what misses natively beneath this Python function",
	  OPT_UNDER },
	{ "memory", 0, NULL, NULL, "what perf mem record says: levels, latencies, hot data",
	  OPT_MEMORY },
	ROW_METRIC,
	{ "sort", 0, "KEY", SORTS, "the order of rows", OPT_SORT },
	{ "limit", 0, "N", NULL, "at most N rows (0: all; 40 on a terminal)", OPT_LIMIT },
	{ "percent-limit", 0, "P", NULL, "only functions with at least P percent of the total",
	  OPT_PERCENT_LIMIT },
	{ "format", 0, "FORMAT", REPORT_WORDS, "how to print it", OPT_FORMAT },
	ROWS_LOADING,
	ROW_END,
};

struct cache {
	struct loading_options loading;
	struct table_options table;
	struct metrics metrics;
	struct memory *memory; /* --memory; else NULL */
	const char *under;     /* --under FUNCTION */
	char *from;            /* --show-from for it */
	int format;
	bool limited;
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
	uint64_t limit;
	int word;

	if (loading_option(&c->loading, o, id, &wrong))
		return !wrong;
	switch (id) {
	case OPT_UNDER:
		c->under = o->arg;
		return true;
	case OPT_MEMORY:
		if (!c->memory)
			c->memory = c->loading.collect.memory = memory_new();
		return true;
	case OPT_METRIC:
		metrics_add(&c->metrics, o->arg);
		return true;
	case OPT_SORT:
		word = options_word(o, "sort", SORTS);
		c->table.sort = (enum sort_key)word;
		return word >= 0;
	case OPT_LIMIT:
		if (!options_number(o, "limit", 0, SIZE_MAX, &limit))
			return false;
		c->table.limit = (size_t)limit;
		c->limited = true;
		return true;
	case OPT_PERCENT_LIMIT:
		return options_percent(o, "percent-limit", &c->table.percent_limit);
	case OPT_FORMAT:
		c->format = options_word(o, "format", REPORT_WORDS);
		return c->format >= 0;
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

/* The index among the recording's events of one of the profile's; -1 for -1. */
static int recorded_event(const struct session *s, const struct loading *l)
{
	const struct events *events = recording_events(s->recording);

	for (size_t e = 0; l->event >= 0 && e < events->n; e++)
		if (&events->items[e].attr == l->profile->events[l->event].attr)
			return (int)e;
	return -1;
}

static int print_memory(const struct cache *c, const struct memory_report *r)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	memory_renderers[c->format](o, r);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

static int cache_memory(struct session *s, const struct loading *l, struct cache *c)
{
	struct table_summary summary = loading_summary(l, s);
	struct totals *totals = totals_new(l->profile);
	struct memory_homes homes = {
		.functions = l->homes,
		.n_nodes = l->collected.tree->n_nodes,
		.names = l->profile->functions,
		.n_names = l->profile->n_functions,
		.view = l->profile->view,
		.keys = l->profile->keys,
	};
	struct memory_options options = {
		.event = recorded_event(s, l),
		.limit = c->table.limit,
		.data_limit = c->limited       ? c->table.limit
			      : c->format == 0 ? DATA_ROWS
					       : 0,
	};
	struct memory_report r = { .events = recording_events(s->recording) };
	struct memory_tables *t = memory_tables_new(c->memory, &homes, &options);
	struct table *table;
	int status;

	c->table.event = l->event;
	table = table_new(l->profile, totals, s->diag, &summary, &c->table);
	r.tables = t;
	r.table = table;
	status = print_memory(c, &r);
	table_free(table);
	totals_free(totals);
	memory_tables_free(t);
	return status;
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
	if (c->format == 0 && !c->limited && out_is_terminal(o))
		c->table.limit = TERMINAL_ROWS;
	cache_write(o, s, l, &c->table, ratios, c->format);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

static int cache(struct session *s, const struct loading *l, struct cache *c,
		 const struct options *o)
{
	struct ratios ratios = { .n = 0 };
	int status = EXIT_USAGE;

	if (metrics_parse(&c->metrics, l->profile, o)) {
		metrics_add_ratios(&c->metrics, &ratios); /* first: they were asked for */
		status = print(s, l, c, &ratios);
	}
	ratios_done(&ratios);
	return status;
}

int command_cache(const struct command *self, int argc, char **argv)
{
	struct cache c = { .format = 0 };
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
	if (c.memory && grouping_has(&c.loading.filtering.grouping, KEY_EVENT)) {
		options_usage(&o,
			      "--memory has one event or all in a row: choose one with --event");
		goto done;
	}
	status = session_open_any(&s, &o, c.loading.input, true);
	if (status != EXIT_DONE)
		goto done;
	status = loading_run(&l, &s, &o, &c.loading);
	if (status == EXIT_DONE)
		status =
			loading_status(&s, &c.loading,
				       c.memory ? cache_memory(&s, &l, &c) : cache(&s, &l, &c, &o));
done:
	memory_free(c.memory);
	metrics_done(&c.metrics);
	loading_options_end(&c.loading);
	free(c.from);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
