#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/no_function.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "commands/tabling.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/ratios.h"
#include "report/totals.h"

const struct option_row report_options[] = {
	{ "callers", 0, "[FUNCTION]", NULL, "who calls each function, or this one", OPT_CALLERS },
	{ "callees", 0, "[FUNCTION]", NULL, "what each function calls, or this one", OPT_CALLEES },
	ROWS_TABLING,
	ROWS_LOADING,
	ROW_END,
};

struct report {
	struct loading_options loading;
	struct tabling tabling;
};

static bool take_option(struct report *r, const struct options *o, int id)
{
	bool wrong = false;

	if (loading_option(&r->loading, o, id, &wrong) ||
	    tabling_option(&r->tabling, o, id, &wrong))
		return !wrong;
	if (id == OPT_CALLERS || id == OPT_CALLEES) {
		r->tabling.table.edges = id == OPT_CALLERS ? EDGES_CALLERS : EDGES_CALLEES;
		r->tabling.table.function = o->arg;
	}
	return true;
}

/*
 * "--callers FUNCTION" is typed as often as "--callers=FUNCTION": of several operands the first is the
 * function then, if it is nothing to read; a single one is if there is no such file.
 */
static void take_function_operand(struct report *r, struct options *o)
{
	bool recording_named = r->loading.input != NULL;

	if (r->tabling.table.edges == EDGES_NONE || r->tabling.table.function || o->n_operands == 0)
		return;
	if (o->n_operands == 1 && !recording_named &&
	    (strcmp(o->operands[0], "-") == 0 || access(o->operands[0], F_OK) == 0))
		return;
	if (o->n_operands > 1 && session_is_input(o->operands[0]))
		return;
	r->tabling.table.function = o->operands[0];
	o->operands++;
	o->n_operands--;
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
	const char *function = r->tabling.table.function;
	struct error err = { 0 };
	struct out *o;
	bool found;

	if (function && *function && !names_function_in_view(l, function, NAMES_ANY))
		return tell_no_function(s, l, function, NAMES_ANY);
	o = out_open("-", &err);
	if (!o)
		return session_output_fail(NULL, &err);
	tabling_fit(&r->tabling, o);
	found = report_write(o, s, l, &r->tabling.table, r->tabling.format);
	if (!out_close(o, &err))
		return session_output_fail(NULL, &err);
	return found ? EXIT_DONE : tell_no_function(s, l, function, NAMES_ANY);
}

static int report(struct session *s, const struct loading *l, struct report *r,
		  const struct options *o)
{
	struct ratios ratios = { .n = 0 };
	int status = EXIT_USAGE;

	if (metrics_parse(&r->tabling.metrics, l->profile, o)) {
		metrics_add_ratios(&r->tabling.metrics, &ratios);
		r->tabling.table.ratios = ratios.n ? &ratios : NULL;
		status = print_table(s, l, r);
	}
	r->tabling.table.ratios = NULL;
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
		session_say("perfolio: %s: %s", s->path, d->findings[0].title);
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
	if (l.profile && status != EXIT_USAGE && r.tabling.format == 0)
		tell_doctor(&s, &l);
done:
	tabling_done(&r.tabling);
	loading_options_end(&r.loading);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
