#include "report/record_again.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/text.h"
#include "parser/perf_format.h"
#include "report/label.h"
#include "report/record_line.h"
#include "report/sampled_event.h"
#include "report/shell_words.h"

/* ---- the command that was ---- */

static const char *number(struct texts *texts, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	return texts_add_z(texts, text);
}

static bool has_rate(const struct sampled_event *e)
{
	return e->attr->sample_period && strncmp(e->name, "dummy", 5) != 0;
}

/* The event among the others that has another rate than the first, or NULL. */
static const struct attr *common_rate(const struct sampled_event *events, size_t n)
{
	const struct attr *first = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct attr *a = events[i].attr;

		if (!has_rate(&events[i]))
			continue;
		if (first && (a->sample_period != first->sample_period ||
			      attr_has(a, ATTR_FREQ) != attr_has(first, ATTR_FREQ)))
			return NULL;
		first = a;
	}
	return first;
}

/* "cpu-clock", or "cpu-clock/freq=499/" where events have different rates. */
static const char *event_text(const struct sampled_event *e, bool own_rate, struct texts *texts)
{
	size_t plain = strcspn(e->name, ":/");
	const char *text;
	char *own;

	if (!own_rate || e->name[plain] == '/')
		return e->name;
	if (asprintf(&own, "%.*s/%s=%" PRIu64 "/%s", (int)plain, e->name,
		     attr_has(e->attr, ATTR_FREQ) ? "freq" : "period", e->attr->sample_period,
		     e->name[plain] ? e->name + plain + 1 : "") < 0)
		return e->name;
	text = texts_add_z(texts, own);
	free(own);
	return text;
}

static void add_option(struct shell_words *w, const char *name, const char *value)
{
	shell_words_add(w, name);
	if (value)
		shell_words_add(w, value);
}

static void add_rates(struct shell_words *w, const struct sampled_event *events, size_t n,
		      struct texts *texts)
{
	const struct attr *rate = common_rate(events, n);

	if (rate)
		add_option(w, attr_has(rate, ATTR_FREQ) ? "-F" : "-c",
			   number(texts, rate->sample_period));
	for (size_t i = 0; i < n; i++)
		if (has_rate(&events[i]))
			add_option(w, "-e", event_text(&events[i], !rate, texts));
}

/* Names of clocks that perf record -k takes (parse_clockid() of tools/perf/util/clockid.c), by number. */
static const char *clock_name(int32_t id)
{
	static const char *const names[] = {
		[0] = "real", [1] = "mono", [4] = "raw", [7] = "boot", [11] = "tai",
	};

	return id >= 0 && (size_t)id < sizeof(names) / sizeof(names[0]) ? names[id] : NULL;
}

static void add_samples(struct shell_words *w, const struct attr *a, struct texts *texts)
{
	char dwarf[32];

	if (attr_has(a, ATTR_USE_CLOCKID) && clock_name(a->clockid))
		add_option(w, "-k", clock_name(a->clockid));
	if (a->branch_sample_type & BRANCH_CALL_STACK) {
		add_option(w, "--call-graph", "lbr");
	} else if ((a->sample_type & SAMPLE_STACK_USER) && (a->sample_type & SAMPLE_CALLCHAIN)) {
		snprintf(dwarf, sizeof(dwarf), "dwarf,%" PRIu32, a->sample_stack_user);
		add_option(w, "--call-graph", texts_add_z(texts, dwarf));
		return; /* -d comes with it */
	} else if (a->sample_type & SAMPLE_CALLCHAIN) {
		add_option(w, "-g", NULL);
	}
	if (a->sample_type & SAMPLE_ADDR)
		add_option(w, "-d", NULL);
}

static const char *of_events(const struct sampled_event *events, size_t n, struct texts *texts)
{
	struct shell_words w = { 0 };
	const char *text;

	shell_words_add(&w, "perf");
	shell_words_add(&w, "record");
	add_rates(&w, events, n, texts);
	if (n)
		add_samples(&w, events[0].attr, texts);
	shell_words_add(&w, "--");
	shell_words_add(&w, RECORD_PROGRAM);
	text = shell_words_join(&w, texts);
	shell_words_done(&w);
	return text;
}

const char *record_command(const char *const *words, size_t n, const struct sampled_event *events,
			   size_t n_events, struct texts *texts)
{
	struct shell_words w = { 0 };
	struct record_line l;
	const char *text;

	record_line_parse(&l, words, n);
	if (l.is_record) {
		/* the path is the recorded machine's, or its loader's */
		shell_words_add(&w, l.is_perf ? "perf" : label_base(words[0]));
		for (size_t i = 1; i < n; i++)
			shell_words_add(&w, words[i]);
		text = shell_words_join(&w, texts);
	} else {
		text = of_events(events, n_events, texts);
	}
	shell_words_done(&w);
	record_line_done(&l);
	return text;
}

/* ---- with changes ---- */

struct changing {
	const struct record_changes *changes;
	struct texts *texts;
	struct shell_words *out;
	unsigned done; /* bit k: row k is in it */
};

/* A change takes the place of options with these letters; where there are none, it comes behind the others. */
static const struct change_row {
	const char *ids, *name;
	size_t value; /* where in struct record_changes */
} change_rows[] = {
	{ (const char[]){ LINE_FREQUENCY, LINE_COUNT, '\0' }, "-F",
	  offsetof(struct record_changes, frequency) },
	{ (const char[]){ LINE_FREQUENCY, LINE_COUNT, '\0' }, "-c",
	  offsetof(struct record_changes, count) },
	{ (const char[]){ LINE_EVENT, LINE_FILTER, '\0' }, "-e",
	  offsetof(struct record_changes, event) },
	{ (const char[]){ LINE_CALL_GRAPH, '\0' }, "--call-graph",
	  offsetof(struct record_changes, call_graph) },
	{ (const char[]){ LINE_CLOCK, '\0' }, "-k", offsetof(struct record_changes, clock) },
	{ (const char[]){ LINE_PAGES, '\0' }, "-m", offsetof(struct record_changes, pages) },
};

enum { CHANGE_ROWS = sizeof(change_rows) / sizeof(change_rows[0]) };

static const char *value_of(const struct changing *g, size_t row)
{
	return *(const char *const *)((const char *)g->changes + change_rows[row].value);
}

static void put_change(struct changing *g, size_t row)
{
	const char *value = value_of(g, row);

	if (value && !(g->done & 1u << row))
		add_option(g->out, change_rows[row].name, value);
	g->done |= 1u << row;
}

/* In the place of an option that is changed; false: it stays. */
static bool changed(struct changing *g, const struct record_option *o)
{
	for (size_t row = 0; o->id && row < CHANGE_ROWS; row++)
		if (strchr(change_rows[row].ids, o->id) && value_of(g, row)) {
			put_change(g, row);
			return true;
		}
	return false;
}

/* What the pipe led to is not known: without -o perf record writes a file. */
static bool is_pipe(const struct record_option *o)
{
	return o->id == LINE_OUTPUT && o->value && strcmp(o->value, "-") == 0;
}

static void put_option(struct changing *g, const struct record_option *o)
{
	char letter[3] = { '-', o->name[0], '\0' };
	char *glued;

	if (is_pipe(o) || changed(g, o))
		return;
	if (!o->is_letter) {
		add_option(g->out, o->name, o->glued ? NULL : o->value);
	} else if (o->glued && !o->id && asprintf(&glued, "%s%s", letter, o->value) >= 0) {
		shell_words_add(g->out, texts_add_z(g->texts, glued));
		free(glued);
	} else {
		add_option(g->out, texts_add_z(g->texts, letter), o->value);
	}
}

static bool is_python(const char *word)
{
	return text_begins(label_base(word), "python");
}

static void put_workload(struct changing *g, const struct record_line *l)
{
	const char *python = g->changes->python;

	if (l->n_workload)
		shell_words_add(g->out, "--");
	for (size_t i = 0; i < l->n_workload; i++) {
		shell_words_add(g->out, l->workload[i]);
		if (i == 0 && python && is_python(l->workload[0]))
			add_option(g->out, "-X", python);
	}
}

/* What goes before: a shell's own words, which are not quoted. */
static const char *prefix_of(const struct record_changes *c, const struct record_line *l)
{
	bool python = c->python && !(l->n_workload && is_python(l->workload[0]));

	if (c->clean_environment)
		return "env -i PATH=\"$PATH\" ";
	return !python                              ? ""
	       : strcmp(c->python, "perf_jit") == 0 ? "PYTHON_PERF_JIT_SUPPORT=1 "
						    : "PYTHONPERFSUPPORT=1 ";
}

static const char *joined(const char *a, const char *b, struct texts *texts)
{
	const char *text = "";
	char *own;

	if (asprintf(&own, "%s%s", a, b) < 0)
		return text;
	text = texts_add_z(texts, own);
	free(own);
	return text;
}

const char *record_again(const char *command, const struct record_changes *changes,
			 struct texts *texts)
{
	struct shell_words words = { 0 }, out = { 0 };
	struct changing g = { .changes = changes, .texts = texts, .out = &out };
	static const char *const program[] = { RECORD_PROGRAM };
	const struct record_line unknown = { .workload = program, .n_workload = 1 };
	struct record_line l;
	const char *text;

	shell_words_split(&words, command, texts);
	record_line_parse(&l, words.items, words.n);
	if (!l.is_perf) {
		record_line_done(&l);
		l = unknown;
	}
	shell_words_add(&out, "perf");
	for (size_t i = 0; i < l.n_tool; i++)
		shell_words_add(&out, l.tool[i]);
	shell_words_add(&out, "record");
	for (size_t i = 0; i < l.n_options; i++)
		put_option(&g, &l.options[i]);
	for (size_t row = 0; row < CHANGE_ROWS; row++)
		put_change(&g, row);
	if (changes->sample_cpu)
		shell_words_add(&out, "--sample-cpu");
	put_workload(&g, &l);
	text = joined(prefix_of(changes, &l), shell_words_join(&out, texts), texts);
	record_line_done(&l);
	shell_words_done(&out);
	shell_words_done(&words);
	return text;
}

/* ---- questions ---- */

void record_ask(const char *command, struct record_answers *out, struct texts *texts)
{
	struct shell_words words = { 0 };
	struct record_line l;

	*out = (struct record_answers){ 0 };
	shell_words_split(&words, command, texts);
	record_line_parse(&l, words.items, words.n);
	for (size_t i = 0; i < l.n_options; i++) {
		const struct record_option *o = &l.options[i];

		out->chains = out->chains || o->id == LINE_CALL_GRAPH;
		if ((o->id != LINE_FREQUENCY && o->id != LINE_COUNT) || !o->value)
			continue;
		out->rate = strspn(o->value, "0123456789") == strlen(o->value)
				    ? strtoul(o->value, NULL, 10)
				    : 0;
		out->is_period = o->id == LINE_COUNT;
	}
	out->starts_program = !l.is_perf || l.target == TARGET_WORKLOAD;
	record_line_done(&l);
	shell_words_done(&words);
}
