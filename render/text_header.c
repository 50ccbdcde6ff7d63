#include "render/text_header.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/table.h"
#include "report/unwind.h"

enum { LEAST_NAME = 6 };     /* a name that is cut to less says nothing */
enum { LISTED_EVENTS = 16 }; /* of hundreds, perfolio info has a list */
enum { LEAST_PROGRAM = 24 }; /* narrower than this the header goes on in the next line */

/* ---- the header: pieces of text, going on in the next line where they do not fit ---- */

struct line {
	struct out *o;
	size_t columns; /* 0: no limit */
	size_t at;      /* columns used */
};

enum { INDENT = 2 }; /* of the lines that go on */
enum { WHOLE = 0 };  /* the piece is not cut */

/* Put a piece behind the ones before it and the separator; cut to `most` columns. */
static void put_piece(struct line *l, const char *separator, const char *s, size_t most)
{
	size_t width = parts_width(s);

	if (most == WHOLE || width < most)
		most = width;
	out_text(l->o, separator);
	l->at += strlen(separator);
	if (l->columns && l->at > INDENT && l->at + 1 + most + 1 > l->columns) {
		out_char(l->o, '\n');
		parts_pad(l->o, INDENT);
		l->at = INDENT;
	} else if (l->at) {
		out_char(l->o, ' ');
		l->at++;
	}
	l->at += parts_cut(l->o, s, most);
}

__attribute__((format(printf, 3, 4))) static void put(struct line *l, const char *separator,
						      const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_piece(l, separator, text, WHOLE);
}

/* A name takes a line at most. */
static void put_name(struct line *l, const char *separator, const char *name)
{
	size_t most = l->columns > INDENT + LEAST_NAME ? l->columns - INDENT - 1 : LEAST_NAME;

	put_piece(l, separator, name, l->columns ? most : WHOLE);
}

/* Prose, broken between words. */
static void put_words(struct line *l, const char *separator, const char *text)
{
	char *words = mem_text(text, strlen(text)), *place = NULL;

	for (char *word = strtok_r(words, " ", &place); word; word = strtok_r(NULL, " ", &place)) {
		put_piece(l, separator, word, WHOLE);
		separator = "";
	}
	free(words);
}

/* The command line in what the rest of its line leaves. */
static void print_program(struct line *l, const struct table *t)
{
	const struct table_summary *s = &t->summary;
	const char *program = *s->program ? s->program : s->recording;
	char duration[OUT_SECONDS], tasks[100] = "";
	size_t rest = 0;

	out_seconds_text(duration, s->duration_ns);

	if (s->processes > 1 || s->threads > 1)
		snprintf(tasks, sizeof(tasks), "%zu %s, %zu %s", s->processes,
			 plural(s->processes, "process", "processes"), s->threads,
			 plural(s->threads, "thread", "threads"));
	rest += *s->host ? strlen(", on ") + parts_width(s->host) : 0;
	rest += s->duration_ns ? strlen(", ") + strlen(duration) + strlen(" s") : 0;
	rest += *tasks ? strlen(", ") + strlen(tasks) : 0;
	if (l->columns > rest + LEAST_PROGRAM)
		put_piece(l, "", program, l->columns - rest - 1);
	else
		put_name(l, "", program);
	if (*s->host) {
		put(l, ",", "on");
		put_name(l, "", s->host);
	}
	if (s->duration_ns)
		put(l, ",", "%s s", duration);
	if (*tasks)
		put(l, ",", "%s", tasks);
}

static void print_events(struct line *l, const struct table *t)
{
	put(l, "", t->n_events ? "samples:" : "samples: none");
	for (size_t n = 0; n < t->n_events && n < LISTED_EVENTS; n++) {
		const struct profile_event *e = &t->profile->events[t->events[n]];

		put(l, n ? "," : "", "%llu of", (unsigned long long)e->sum.samples);
		put_name(l, "", e->name);
		if (strcmp(e->unit, "ns") == 0) {
			char duration[OUT_SECONDS];

			out_seconds_text(duration, e->sum.weight);
			put(l, "", "(%s s)", duration);
		} else if (strcmp(e->unit, "samples") != 0) {
			put(l, "", "(%llu)", (unsigned long long)e->sum.weight);
		}
	}
	if (t->n_events > LISTED_EVENTS) {
		size_t more = t->n_events - LISTED_EVENTS;

		put(l, ",", "and %zu more %s", more, plural(more, "event", "events"));
	}
}

static void print_view(struct line *l, enum view view)
{
	const char *others[2];
	size_t n = 0;

	for (unsigned v = VIEW_PYTHON; v <= VIEW_MIXED; v++)
		if (v != (unsigned)view)
			others[n++] = view_name((enum view)v);
	put(l, ";", "view: %s", view_name(view));
	put(l, "", "(others: %s, %s)", others[0], others[1]);
}

static void print_kinds(struct line *l, const struct profile *p)
{
	const struct {
		const char *name;
		uint64_t samples;
	} kinds[] = {
		{ "python", p->python_samples },
		{ "native", p->native_samples },
		{ "kernel", p->kernel_samples },
		{ "unknown", p->unknown_samples },
	};
	struct cost whole = { 0, 0 };

	for (size_t i = 0; i < 4; i++) {
		struct cost part = { kinds[i].samples, 0 };

		cost_add(&whole, &part);
	}
	if (!whole.samples)
		return;
	for (size_t i = 0; i < 4; i++) {
		struct cost part = { kinds[i].samples, 0 };
		unsigned long long share = cost_share(&part, &whole);

		put(l, i ? "," : "", "%s %llu.%02llu %%", kinds[i].name, share / 100, share % 100);
	}
}

/* Only what is badly wrong: the rest is for stderr. */
static void print_worst_problem(struct line *l, const struct diag *diag)
{
	const struct problem *p = diag && diag_count(diag) ? diag_get(diag, 0) : NULL;

	if (!p || p->severity != SEVERITY_ERROR)
		return;
	put(l, "", "warning:");
	if (*p->subject)
		put_words(l, "", p->subject);
	put_words(l, *p->subject ? ":" : "", p->message);
	put_words(l, ":", p->consequence);
}

enum { MANY_BROKEN = 2000 }; /* hundredths of a percent: more and totals mislead */

/* Stacks that were unwound, but not to their start. */
static void print_broken_stacks(struct line *l, const uint64_t *stacks)
{
	struct cost whole = { 0, 0 }, broken = { 0, 0 };
	uint64_t share;

	if (!stacks)
		return;
	for (int i = 0; i < STACK_ENDS; i++) {
		struct cost part = { stacks[i], 0 };

		cost_add(&whole, &part);
		if (i != STACK_COMPLETE && i != STACK_RECORDED)
			cost_add(&broken, &part);
	}
	share = cost_share(&broken, &whole);
	if (share <= MANY_BROKEN)
		return;
	put(l, "", "warning:");
	put(l, "", "%llu.%02llu %%", (unsigned long long)(share / 100),
	    (unsigned long long)(share % 100));
	put_words(l, "", "of the stacks are not whole, totals are too small; see: perfolio doctor");
}

static void end_line(struct line *l)
{
	if (l->at)
		out_char(l->o, '\n');
	l->at = 0;
}

void text_header(struct out *o, const struct table *t, size_t columns)
{
	struct line l = { .o = o, .columns = columns };

	print_program(&l, t);
	end_line(&l);
	print_events(&l, t);
	print_view(&l, t->profile->view);
	end_line(&l);
	print_kinds(&l, t->profile);
	end_line(&l);
	print_worst_problem(&l, t->diag);
	end_line(&l);
	print_broken_stacks(&l, t->summary.stacks);
	end_line(&l);
	out_char(o, '\n');
}

void text_events_shown(struct out *o, const struct table *t, size_t shown, size_t columns)
{
	struct line l = { .o = o, .columns = columns };

	if (shown >= t->n_events)
		return;
	put(&l, "", "%zu of %zu events %s shown:", shown, t->n_events, plural(shown, "is", "are"));
	put_words(&l, "",
		  columns ? "a wider terminal has room for more, --event chooses one, "
			    "csv and json have all"
			  : "--event chooses one, csv and json have all");
	end_line(&l);
	out_char(o, '\n');
}

/* Nothing is left to be shown, and why. */
static void tell_filtered_out(struct line *l, const struct table *t)
{
	uint64_t filtered = 0;

	for (size_t n = 0; n < t->n_events; n++)
		filtered += t->profile->events[t->events[n]].filtered.samples;
	if (!filtered)
		return;
	put(l, "",
	    filtered == 1 ? "the filters leave out the only sample"
			  : "the filters leave out all %" PRIu64 " samples",
	    filtered);
	end_line(l);
}

void text_hidden(struct out *o, const struct table *t, size_t columns)
{
	struct line l = { .o = o, .columns = columns };

	if (t->n_rows == 0 && t->n_hidden == 0)
		tell_filtered_out(&l, t);
	if (!t->n_hidden)
		return;
	put(&l, "", "%zu more %s", t->n_hidden,
	    t->profile->keys ? plural(t->n_hidden, "row", "rows")
			     : plural(t->n_hidden, "function", "functions"));
	put(&l, "", "(--limit 0");
	if (t->options.percent_limit > 0)
		put(&l, "", "--percent-limit 0");
	put(&l, "", "shows all)");
	end_line(&l);
}
