#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/metrics.h"
#include "commands/output_path.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/callgraph.h"
#include "report/dotgraph.h"
#include "report/folded.h"
#include "report/totals.h"

#define UNITS      "samples|weight"
#define RECURSIONS "exact|keep"

const struct option_row export_options[] = {
	{ "format", 0, "FORMAT", EXPORT_WORDS, "what to write", OPT_FORMAT },
	{ "output", 'o', "FILE", NULL, "where to write it; -, the default, is standard output",
	  'o' },
	{ "tasks", 0, NULL, NULL, "callgrind, folded: a root for each thread, COMM-PID/TID",
	  OPT_TASKS },
	{ "recursion", 0, "HOW", RECURSIONS,
	  "callgrind: exact inclusive costs, or calls as recorded, cycles and all", OPT_RECURSION },
	{ "clusters", 0, NULL, NULL, "dot: group functions by module", OPT_CLUSTERS },
	{ "limit", 0, "N", NULL, "dot: at most N functions (200; 0: all)", OPT_LIMIT },
	{ "node-limit", 0, "P", NULL, "dot: only functions with at least P percent (0.5)",
	  OPT_NODE_LIMIT },
	{ "edge-limit", 0, "P", NULL, "dot: only calls with at least P percent (0.1)",
	  OPT_EDGE_LIMIT },
	{ "unit", 0, "UNIT", UNITS, "folded: what the numbers count", OPT_UNIT },
	ROW_METRIC,
	{ "full-names", 0, NULL, NULL, "folded: file or object behind each name", OPT_FULL_NAMES },
	ROWS_LOADING,
	ROW_END,
};

struct export
{
	struct loading_options loading;
	int format; /* -1: not said */
	const char *output;
	struct export_options how;
	struct metrics metrics;
	unsigned special; /* bit i: the option of special[i] was given */
};

/* Options that say something to one or two formats only. */
static const struct {
	int id;
	const char *name;
	const char *formats; /* words, with blanks around */
} special[] = {
	{ OPT_TASKS, "tasks", " callgrind folded " },
	{ OPT_RECURSION, "recursion", " callgrind " },
	{ OPT_CLUSTERS, "clusters", " dot " },
	{ OPT_LIMIT, "limit", " dot " },
	{ OPT_NODE_LIMIT, "node-limit", " dot " },
	{ OPT_EDGE_LIMIT, "edge-limit", " dot " },
	{ OPT_UNIT, "unit", " folded " },
	{ OPT_FULL_NAMES, "full-names", " folded " },
	{ OPT_METRIC, "metric", " callgrind " },
};

enum { N_SPECIAL = sizeof(special) / sizeof(special[0]) };

static void note_special(struct export *x, int id)
{
	for (unsigned i = 0; i < N_SPECIAL; i++)
		if (special[i].id == id)
			x->special |= 1u << i;
}

/* An option that would do nothing is a mistake; false: it was told. */
static bool check_special(const struct export *x, const struct options *o)
{
	static const char *const words[] = { EXPORT_FORMATS(FORMAT_NAME) };
	char wanted[32];

	snprintf(wanted, sizeof(wanted), " %s ", words[x->format]);
	for (unsigned i = 0; i < N_SPECIAL; i++) {
		if (!(x->special >> i & 1) || strstr(special[i].formats, wanted))
			continue;
		options_usage(o, "--%s is not for --format %s but for:%s", special[i].name,
			      words[x->format], special[i].formats);
		return false;
	}
	return true;
}

static bool take_option(struct export *x, const struct options *o, int id)
{
	bool wrong = false;
	uint64_t limit;
	int word;

	if (loading_option(&x->loading, o, id, &wrong))
		return !wrong;
	note_special(x, id);
	switch (id) {
	case 'o':
		x->output = o->arg;
		return true;
	case OPT_FORMAT:
		x->format = options_word(o, "format", EXPORT_WORDS);
		return x->format >= 0;
	case OPT_TASKS:
		x->loading.collect.roots |= 1u << ROOT_THREAD;
		return true;
	case OPT_RECURSION:
		word = options_word(o, "recursion", RECURSIONS);
		x->how.recursion = word == 1 ? RECURSION_KEEP : RECURSION_EXACT;
		return word >= 0;
	case OPT_CLUSTERS:
		x->how.dot.clusters = true;
		return true;
	case OPT_LIMIT:
		if (!options_number(o, "limit", 0, SIZE_MAX, &limit))
			return false;
		x->how.dot.limit = (size_t)limit;
		return true;
	case OPT_NODE_LIMIT:
		return options_percent(o, "node-limit", &x->how.dot.node_percent);
	case OPT_EDGE_LIMIT:
		return options_percent(o, "edge-limit", &x->how.dot.edge_percent);
	case OPT_UNIT:
		word = options_word(o, "unit", UNITS);
		x->how.folded.weight = word == 1;
		return word >= 0;
	case OPT_FULL_NAMES:
		x->how.folded.full_names = true;
		return true;
	case OPT_METRIC:
		metrics_add(&x->metrics, o->arg);
		return true;
	default:
		return true;
	}
}

static void tell_overflow(const struct session *s, bool overflow)
{
	if (overflow)
		diag_add(s->diag, PROBLEM_OVERFLOW, "", "a total is too large for 64 bits");
}

/* KCachegrind shows sources by absolute path; a relative one that exists here is made one. */
static void make_paths_absolute(const struct session *s, struct profile *p)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < p->n_functions; i++) {
		struct function *f = &p->functions[i];

		if (*f->file && *f->file != '/' && *f->file != '<' && realpath(f->file, path))
			f->file = texts_add_z(s->texts, path);
	}
}

static void write_callgraph(struct out *out, const struct session *s, const struct loading *l,
			    const struct export_options *how, callgraph_renderer *render)
{
	struct table_summary summary = loading_summary(l, s);
	struct callgrind_header header = {
		.command = summary.program,
		.derived = how->derived,
		.n_derived = how->n_derived,
	};
	struct callgraph *g;

	make_paths_absolute(s, l->profile);
	g = callgraph_new(l->profile, how->recursion, s->texts);
	tell_overflow(s, g->overflow);
	render(out, g, l->profile, &header);
	callgraph_free(g);
}

static void write_dotgraph(struct out *out, const struct session *s, const struct loading *l,
			   const struct export_options *how, dotgraph_renderer *render)
{
	struct dot_options options = how->dot;
	struct totals *t = totals_new(l->profile);
	struct dotgraph *g;

	tell_overflow(s, t->overflow);
	options.event = l->event >= 0 ? (size_t)l->event : 0;
	g = dotgraph_new(l->profile, t, &options);
	render(out, g);
	dotgraph_free(g);
	totals_free(t);
}

static void write_folded(struct out *out, const struct session *s, const struct loading *l,
			 const struct export_options *how, folded_renderer *render)
{
	struct folded_options options = how->folded;
	struct folded *f;

	options.event = l->event >= 0 ? (size_t)l->event : 0;
	f = folded_new(l->profile, &options, s->texts);
	tell_overflow(s, f->overflow);
	render(out, f);
	folded_free(f);
}

void export_write(struct out *out, const struct session *s, const struct loading *l,
		  const struct export_options *how, int format)
{
	const struct renderer *r = &export_renderers[format];

	if (r->callgraph)
		write_callgraph(out, s, l, how, r->callgraph);
	else if (r->dotgraph)
		write_dotgraph(out, s, l, how, r->dotgraph);
	else
		write_folded(out, s, l, how, r->folded);
}

static int write_export(const struct session *s, const struct loading *l, const struct export *x)
{
	struct error err = { 0 };
	struct out *out = out_open(x->output, &err);

	if (!out)
		return session_create_fail(x->output, &err);
	export_write(out, s, l, &x->how, x->format);
	return out_close(out, &err) ? EXIT_DONE : session_output_fail(x->output, &err);
}

/*
 * Whether the file can hold the metrics is told before anything is written, for which the graph is made twice.
 * False: it cannot; the caller frees *derived whatever comes.
 */
static bool derive_metrics(const struct session *s, const struct loading *l, struct export *x,
			   const struct options *o, struct derived **derived)
{
	struct callgraph *g;
	struct error err;
	bool fits = true;

	if (!metrics_parse(&x->metrics, l->profile, o))
		return false;
	*derived = metrics_derive(&x->metrics, l->profile, o);
	if (!*derived)
		return false;
	g = callgraph_new(l->profile, x->how.recursion, s->texts);
	for (size_t i = 0; i < x->metrics.n && fits; i++) {
		fits = derived_fits(&(*derived)[i], g, &err);
		if (!fits)
			metrics_refuse(o, x->metrics.texts[i], &err);
	}
	callgraph_free(g);
	return fits;
}

static int export_profile(const struct session *s, const struct loading *l, struct export *x,
			  const struct options *o)
{
	struct derived *derived = NULL;
	int status = EXIT_USAGE;

	if (!x->metrics.n || derive_metrics(s, l, x, o, &derived)) {
		x->how.derived = derived;
		x->how.n_derived = x->metrics.n;
		status = write_export(s, l, x);
	}
	metrics_free_derived(derived, x->metrics.n);
	return status;
}

int command_export(const struct command *self, int argc, char **argv)
{
	struct export x = {
		.format = -1,
		.how = EXPORT_DEFAULTS,
	};
	struct loading l = { 0 };
	struct session s = { 0 };
	struct options o;
	int id, status = EXIT_USAGE;

	loading_options_begin(&x.loading);
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0)
		if (!take_option(&x, &o, id))
			goto done;
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	if (!output_path_check(&o, x.output))
		goto done;
	if (x.format < 0) {
		options_usage(&o, "say what to write: --format %s", EXPORT_WORDS);
		goto done;
	}
	if (!check_special(&x, &o))
		goto done;
	status = session_open_any(&s, &o, x.loading.input, true);
	if (status == EXIT_DONE && output_path_is_input(&o, x.output, &s))
		status = EXIT_USAGE;
	if (status != EXIT_DONE)
		goto done;
	status = loading_run(&l, &s, &o, &x.loading);
	if (status == EXIT_DONE && l.event >= 0) {
		profile_keep_event(l.profile, (size_t)l.event);
		l.event = 0;
	}
	if (status == EXIT_DONE)
		status = loading_status(&s, &x.loading, export_profile(&s, &l, &x, &o));
done:
	metrics_done(&x.metrics);
	loading_options_end(&x.loading);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
