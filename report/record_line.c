#include "report/record_line.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/label.h"

/*
 * Options that take a value, by letter (0: they have none) and long form, with the letter by which they are known here.
 * All others are flags, or have their value in the same word.
 */
struct option_with_value {
	char letter;
	const char *name;
	char id;
};

static const struct option_with_value of_perf[] = {
	{ 'e', "event", LINE_EVENT },
	{ 'F', "freq", LINE_FREQUENCY },
	{ 'c', "count", LINE_COUNT },
	{ 'p', "pid", LINE_PID },
	{ 't', "tid", LINE_TID },
	{ 'C', "cpu", LINE_CPU },
	{ 'o', "output", LINE_OUTPUT },
	{ 'm', "mmap-pages", LINE_PAGES },
	{ 'k', "clockid", LINE_CLOCK },
	{ 'j', "branch-filter", 0 },
	{ 'D', "delay", 0 },
	{ 'G', "cgroup", LINE_CGROUP },
	{ 'u', "uid", LINE_UID },
	{ 'r', "realtime", 0 },
	{ 0, "call-graph", LINE_CALL_GRAPH },
	{ 0, "filter", LINE_FILTER },
	{ 0, "control", 0 },
	{ 0, "max-size", 0 },
	{ 0, "affinity", 0 },
	{ 0, "mmap-flush", 0 },
	{ 0, "vmlinux", 0 },
	{ 0, "clang-path", 0 },
	{ 0, "clang-opt", 0 },
	{ 0, "proc-map-timeout", 0 },
	{ 0, "num-thread-synthesize", 0 },
	{ 0, "synth", 0 },
	{ 0, "switch-max-files", 0 },
	{ 0, "switch-output-event", 0 },
	{ 0, "off-cpu-thresh", 0 },
	{ 0, "pfm-events", 0 },
	{ 0, "setup-filter", 0 },
	{ 0, "ldlat", 0 }, /* of perf mem and perf c2c */
	{ 0, NULL, 0 },
};

/* simpleperf record --help */
static const struct option_with_value of_simpleperf[] = {
	{ 'e', "", LINE_EVENT },
	{ 'f', "", LINE_FREQUENCY },
	{ 'c', "", LINE_COUNT },
	{ 'p', "", LINE_PID },
	{ 't', "", LINE_TID },
	{ 'o', "", LINE_OUTPUT },
	{ 'm', "", LINE_PAGES },
	{ 'j', "", 0 },
	{ 0, "app", LINE_APP },
	{ 0, "cpu", LINE_CPU },
	{ 0, "call-graph", LINE_CALL_GRAPH },
	{ 0, "group", 0 },
	{ 0, "tracepoint-events", 0 },
	{ 0, "tp-filter", 0 },
	{ 0, "kprobe", 0 },
	{ 0, "uprobe", 0 },
	{ 0, "out-fd", 0 },
	{ 0, "stop-signal-fd", 0 },
	{ 0, "start_profiling_fd", 0 },
	{ 0, "duration", 0 },
	{ 0, "delay", 0 },
	{ 0, "symfs", 0 },
	{ 0, "size-limit", 0 },
	{ 0, "add-meta-info", 0 },
	{ 0, "add-counter", 0 },
	{ 0, "addr-filter", 0 },
	{ 0, "include-filter", 0 },
	{ 0, "exclude-pid", 0 },
	{ 0, "exclude-tid", 0 },
	{ 0, "exclude-process-name", 0 },
	{ 0, "exclude-thread-name", 0 },
	{ 0, "exclude-uid", 0 },
	{ 0, "include-pid", 0 },
	{ 0, "include-tid", 0 },
	{ 0, "include-process-name", 0 },
	{ 0, "include-thread-name", 0 },
	{ 0, "include-uid", 0 },
	{ 0, "cpu-percent", 0 },
	{ 0, "clockid", 0 },
	{ 0, "user-buffer-size", 0 },
	{ 0, "aux-buffer-size", 0 },
	{ 0, "callchain-joiner-min-matching-nodes", 0 },
	{ 0, NULL, 0 },
};

/* Flags that are asked for, by their long form. */
static const struct {
	const char *name;
	char id;
} flags[] = {
	{ "all-cpus", LINE_ALL_CPUS }, { "system-wide", LINE_ALL_CPUS }, /* as old perfs call it */
};

/* Letters whose value, if there is one, stands right behind them (OPTARG). */
static const char letters_glued[] = "zIS";

struct parsing {
	struct record_line *l;
	const struct option_with_value *rows;
	const char *const *words;
	size_t n, i;
};

static void add(struct parsing *p, const struct record_option *o)
{
	struct record_line *l = p->l;

	l->options = mem_grow(l->options, l->n_options, 1, &l->cap_options, sizeof(*l->options));
	l->options[l->n_options++] = *o;
}

static const char *next_word(struct parsing *p)
{
	return p->i < p->n ? p->words[p->i++] : NULL;
}

/* "--name", "--name=value", "--name value" */
static void parse_long(struct parsing *p, const char *word)
{
	size_t len = strcspn(word, "=");
	struct record_option o = { .name = word, .glued = word[len] == '=' };

	for (const struct option_with_value *r = p->rows; r->name; r++)
		if (strlen(r->name) == len - 2 && strncmp(word + 2, r->name, len - 2) == 0) {
			o.id = r->id;
			o.value = o.glued ? word + len + 1 : next_word(p);
		}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(word + 2, flags[i].name) == 0)
			o.id = flags[i].id;
	add(p, &o);
}

static const struct option_with_value *row_of(const struct parsing *p, char letter)
{
	for (const struct option_with_value *r = p->rows; r->name; r++)
		if (r->letter == letter)
			return r;
	return NULL;
}

/* "-F99", "-F 99", "-ag": letters up to one that takes the rest of the word. */
static void parse_letters(struct parsing *p, const char *word)
{
	for (const char *at = word + 1; *at; at++) {
		const struct option_with_value *row = row_of(p, *at);
		struct record_option o = { .name = at, .is_letter = true };

		if (row) {
			o.id = row->id;
			o.glued = at[1] != '\0';
			o.value = o.glued ? at + 1 : next_word(p);
		} else if (*at == LINE_ALL_CPUS || *at == LINE_CALL_GRAPH) {
			o.id = *at;
		} else if (strchr(letters_glued, *at) && at[1]) {
			o.glued = true;
			o.value = at + 1;
		}
		add(p, &o);
		if (o.glued)
			return;
	}
}

static void parse_options(struct parsing *p)
{
	while (p->i < p->n && p->words[p->i][0] == '-') {
		const char *word = p->words[p->i++];

		if (strcmp(word, "--") == 0)
			return;
		if (word[1] == '-')
			parse_long(p, word);
		else
			parse_letters(p, word);
	}
}

/* Which target wins says target__validate() of tools/perf/util/target.c. */
static void find_target(struct record_line *l)
{
	static const struct {
		char id;
		enum record_target_kind kind;
	} order[] = {
		{ LINE_APP, TARGET_APP },         { LINE_PID, TARGET_PROCESSES },
		{ LINE_TID, TARGET_THREADS },     { LINE_UID, TARGET_USER },
		{ LINE_CGROUP, TARGET_CGROUP },   { LINE_CPU, TARGET_CPUS },
		{ LINE_ALL_CPUS, TARGET_SYSTEM },
	};

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < l->n_options; i++) {
			const struct record_option *o = &l->options[i];

			/* -t of perf mem is no thread */
			if (o->id != order[k].id ||
			    (o->id == LINE_TID &&
			     (!o->value || *o->value < '0' || *o->value > '9')))
				continue;
			l->target = order[k].kind;
			l->target_value = o->value ? o->value : "";
			return;
		}
	if (l->n_workload)
		l->target = TARGET_WORKLOAD;
	else if (l->is_perf) /* what perf record does where nothing is said */
		l->target = TARGET_SYSTEM;
}

void record_line_parse(struct record_line *l, const char *const *words, size_t n)
{
	struct parsing p = { .l = l, .rows = of_perf, .words = words, .n = n };
	bool simpleperf = n && text_begins(label_base(words[0]), "simpleperf");
	size_t at = 1;

	*l = (struct record_line){ .target_value = "" };
	while (at < n && strcmp(words[at], "record") != 0)
		at++;
	if (at < n) {
		l->is_record = true;
		l->is_perf = !simpleperf;
		l->tool = words + 1;
		l->n_tool = at - 1;
		if (simpleperf)
			p.rows = of_simpleperf;
		p.i = at + 1;
		parse_options(&p);
	} else { /* another command: only dashes tell */
		while (p.i < n && strcmp(words[p.i], "--") != 0)
			p.i++;
		p.i += p.i < n;
	}
	l->workload = words + (p.i < n ? p.i : n);
	l->n_workload = p.i < n ? n - p.i : 0;
	find_target(l);
}

void record_line_done(struct record_line *l)
{
	free(l->options);
	*l = (struct record_line){ 0 };
}
