#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/metrics.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/ratios.h"
#include "report/totals.h"

#define SORTS "self|total|samples|name"

enum { TERMINAL_ROWS = 40 }; /* more rows than people read */

const struct option_row report_options[] = {
	{ "sort", 0, "KEY", SORTS, "the order of rows", OPT_SORT },
	{ "limit", 0, "N", NULL, "at most N rows (0: all; 40 on a terminal)", OPT_LIMIT },
	{ "percent-limit", 0, "P", NULL, "only functions with at least P percent of the total",
	  OPT_PERCENT_LIMIT },
	{ "callers", 0, "[FUNCTION]", NULL, "who calls each function, or this one", OPT_CALLERS },
	{ "callees", 0, "[FUNCTION]", NULL, "what each function calls, or this one", OPT_CALLEES },
	ROW_METRIC,
	{ "format", 0, "FORMAT", REPORT_WORDS, "how to print it", OPT_FORMAT },
	ROWS_LOADING,
	ROW_END,
};

struct report {
	struct loading_options loading;
	struct table_options table;
	struct metrics metrics;
	int format;
	bool limited; /* --limit was given */
};

static bool take_option(struct report *r, const struct options *o, int id)
{
	uint64_t limit;
	bool wrong = false;
	int word;

	if (loading_option(&r->loading, o, id, &wrong))
		return !wrong;
	switch (id) {
	case OPT_SORT:
		word = options_word(o, "sort", SORTS);
		r->table.sort = (enum sort_key)word;
		return word >= 0;
	case OPT_LIMIT:
		if (!options_number(o, "limit", 0, SIZE_MAX, &limit))
			return false;
		r->table.limit = (size_t)limit;
		r->limited = true;
		return true;
	case OPT_PERCENT_LIMIT:
		return options_percent(o, "percent-limit", &r->table.percent_limit);
	case OPT_CALLERS:
	case OPT_CALLEES:
		r->table.edges = id == OPT_CALLERS ? EDGES_CALLERS : EDGES_CALLEES;
		r->table.function = o->arg;
		return true;
	case OPT_METRIC:
		metrics_add(&r->metrics, o->arg);
		return true;
	case OPT_FORMAT:
		r->format = options_word(o, "format", REPORT_WORDS);
		return r->format >= 0;
	default:
		return true;
	}
}

/*
 * "--callers FUNCTION" is typed as often as "--callers=FUNCTION": of several operands the first is the
 * function then, if it is nothing to read; a single one is if there is no such file.
 */
static void take_function_operand(struct report *r, struct options *o)
{
	bool recording_named = r->loading.input != NULL;

	if (r->table.edges == EDGES_NONE || r->table.function || o->n_operands == 0)
		return;
	if (o->n_operands == 1 && !recording_named &&
	    (strcmp(o->operands[0], "-") == 0 || access(o->operands[0], F_OK) == 0))
		return;
	if (o->n_operands > 1 && session_is_input(o->operands[0]))
		return;
	r->table.function = o->operands[0];
	o->operands++;
	o->n_operands--;
}

/* No function has the name that --callers or --callees asks for. */
static int tell_no_function(const struct session *s, const struct loading *l, const char *name)
{
	fprintf(stderr, "perfolio: %s: no function is called '", s->path);
	session_put(name);
	fprintf(stderr, "' in the %s view\n", view_name(l->profile->view));
	fputs("  perfolio report --sort name --limit 0 shows all names\n", stderr);
	return EXIT_NOTHING;
}

bool report_write(struct out *o, const struct session *s, const struct loading *l,
		  const struct table_options *options, int format)
{
	struct table_summary summary = loading_summary(l, s);
	struct table_options own = *options;
	struct totals *totals = totals_new(l->profile);
	struct table *t;
	bool found;

	if (totals->overflow)
		diag_add(s->diag, PROBLEM_OVERFLOW, "", "a total is too large for 64 bits");
	own.event = l->event;
	if (report_renderers[format].table == render_json ||
	    report_renderers[format].table == render_xml)
		own.function = NULL; /* they have all edges */
	t = table_new(l->profile, totals, s->diag, &summary, &own);
	found = t->n_rows || t->n_hidden || !own.function || !*own.function;
	if (found)
		report_renderers[format].table(o, t);
	table_free(t);
	totals_free(totals);
	return found;
}

static int print_table(struct session *s, const struct loading *l, struct report *r)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);
	bool found;

	if (!o)
		return session_output_fail(NULL, &err);
	if (r->format == 0 && !r->limited && out_is_terminal(o))
		r->table.limit = TERMINAL_ROWS;
	found = report_write(o, s, l, &r->table, r->format);
	if (!out_close(o, &err))
		return session_output_fail(NULL, &err);
	return found ? EXIT_DONE : tell_no_function(s, l, r->table.function);
}

static int report(struct session *s, const struct loading *l, struct report *r,
		  const struct options *o)
{
	struct ratios ratios = { .n = 0 };
	int status = EXIT_USAGE;

	if (metrics_parse(&r->metrics, l->profile, o)) {
		metrics_add_ratios(&r->metrics, &ratios);
		r->table.ratios = ratios.n ? &ratios : NULL;
		status = print_table(s, l, r);
	}
	r->table.ratios = NULL;
	ratios_done(&ratios);
	return status;
}

/* One line where the table misleads; the whole story is `perfolio doctor`. */
static void tell_doctor(const struct session *s, const struct loading *l)
{
	struct doctor_input in = loading_doctor_input(l, s);
	struct doctor *d = doctor_new(&in);
	size_t serious = doctor_count(d, HARM_SERIOUS);

	if (serious) {
		fprintf(stderr, "perfolio: %s: ", s->path);
		session_put(d->findings[0].title);
		if (serious > 1)
			fprintf(stderr, ", and %zu more", serious - 1);
		fputs("; see: perfolio doctor\n", stderr);
	}
	doctor_free(d);
}

int command_report(const struct command *self, int argc, char **argv)
{
	struct report r = { 0 };
	struct loading l = { 0 };
	struct session s = { 0 };
	struct options o;
	int id, status = EXIT_USAGE;

	loading_options_begin(&r.loading);
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0)
		if (!take_option(&r, &o, id))
			goto done;
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	take_function_operand(&r, &o);
	status = session_open_any(&s, &o, r.loading.input, true);
	if (status != EXIT_DONE)
		goto done;
	status = loading_run(&l, &s, &o, &r.loading);
	if (status == EXIT_DONE)
		status = loading_status(&s, &r.loading, report(&s, &l, &r, &o));
	if (l.profile && status != EXIT_USAGE && r.format == 0)
		tell_doctor(&s, &l);
done:
	metrics_done(&r.metrics);
	loading_options_end(&r.loading);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
