/*
 * tests/unit/render_text.c - the report as a table for people (render/text.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "parser/base/utf8.h"
#include "render/renderers.h"
#include "report/table.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static const struct table_summary summary = {
	.program = "python3 -X perf app.py",
	.host = "build-7",
	.duration_ns = 12345678900,
	.processes = 1,
	.threads = 2,
	.recording = "perf.data",
};

static const char *report_of(struct capture *c, const struct profile *p,
			     const struct table_summary *s, const struct diag *diag,
			     const struct table_options *options, unsigned columns)
{
	struct totals *t = totals_new(p);
	struct table *table = table_new(p, t, diag, s, options);
	char text[16];

	snprintf(text, sizeof(text), "%u", columns);
	setenv("COLUMNS", text, 1);
	render_text(capture_begin(c), table);
	capture_end(c);
	table_free(table);
	totals_free(t);
	return c->text;
}

/* Columns on a terminal; -1 if there is a byte that would do something else. */
static int width_of(const char *line, size_t len)
{
	int width = 0;

	for (const char *s = line; s < line + len;) {
		uint32_t c;

		s += utf8_next(s, &c);
		if (c == UTF8_BAD || utf8_is_control(c))
			return -1;
		width += (int)utf8_width(c);
	}
	return width;
}

/* The widest line; -1 if one cannot be shown or ends in a blank. */
static int widest(const char *text)
{
	int most = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		int width = width_of(text, len);

		if (width < 0 || (len && text[len - 1] == ' '))
			return -1;
		most = width > most ? width : most;
		text += len + 1;
	}
	return most;
}

static struct profile *example(size_t n_events)
{
	struct function fib = { .kind = KIND_PYTHON,
				.name = "fib",
				.module = "app",
				.file = "/srv/app/app.py",
				.line = 3 };
	struct function load = { .kind = KIND_PYTHON,
				 .name = "Loader.<locals>.read_everything_there_is",
				 .module = "package.subpackage.loader",
				 .file = "/srv/app/package/subpackage/loader.py",
				 .line = 120 };
	struct function memcpy_ = { .kind = KIND_NATIVE,
				    .name = "__memmove_avx_unaligned_erms",
				    .module = "libc.so.6",
				    .object = "/usr/lib/x86_64-linux-gnu/libc.so.6" };
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, n_events);
	maker_function(&m, &fib);
	maker_function(&m, &load);
	maker_function(&m, &memcpy_);
	for (size_t e = 0; e < n_events; e++) {
		maker_frames(&m, (uint32_t[]){ 0, 0, 0 }, 3, e, 4950, 600);
		maker_frames(&m, (uint32_t[]){ 0, 1 }, 2, e, 5, 300);
		maker_frames(&m, (uint32_t[]){ 0, 1, 2 }, 3, e, 1, 100);
	}
	p = maker_end(&m);
	p->view = VIEW_MIXED;
	p->python_samples = 4955;
	p->native_samples = 1;
	return p;
}

static void a_report_has_three_lines_and_a_table(void)
{
	struct profile *p = example(1);
	struct capture c;

	p->events[0].name = "cpu-clock";
	p->events[0].unit = "ns";
	check_text(report_of(&c, p, &summary, NULL, &(struct table_options){ .event = -1 }, 0),
		   "python3 -X perf app.py, on build-7, 12.346 s, 1 process, 2 threads\n"
		   "samples: 4956 of cpu-clock (0.000 s); view: mixed (others: python, native)\n"
		   "python 99.98 %, native 0.02 %, kernel 0.00 %, unknown 0.00 %\n"
		   "\n"
		   " self %  total %  samples  function                                  module"
		   "                     file\n"
		   "  60.00   100.00     4950  fib                                       app"
		   "                        /srv/app/app.py:3\n"
		   "  30.00    40.00        5  Loader.<locals>.read_everything_there_is  "
		   "package.subpackage.loader  /srv/app/package/subpackage/loader.py:120\n"
		   "  10.00    10.00        1  __memmove_avx_unaligned_erms              libc.so.6"
		   "                  /usr/lib/x86_64-linux-gnu/libc.so.6\n",
		   "without a width");
	capture_free(&c);
	check_text(
		report_of(
			&c, p, &summary, NULL,
			&(struct table_options){ .event = -1, .limit = 2, .edges = EDGES_CALLERS },
			80),
		"python3 -X perf app.py, on build-7, 12.346 s, 1 process, 2 threads\n"
		"samples: 4956 of cpu-clock (0.000 s); view: mixed (others: python, native)\n"
		"python 99.98 %, native 0.02 %, kernel 0.00 %, unknown 0.00 %\n"
		"\n"
		" self %  total %  samples  function          module            file\n"
		"  60.00   100.00     4950  fib               app               /srv/app/app.py:3\n"
		"           60.00     4950    ← fib           app               /srv/app/app.py:3\n"
		"  30.00    40.00        5  Loader.<…here_is  package.….loader  /srv/app…r.py:120\n"
		"          100.00        6    ← fib           app               /srv/app/app.py:3\n"
		"1 more function (--limit 0 shows all)\n",
		"in 80 columns, with callers");
	capture_free(&c);
	profile_free(p);
}

/* Five letters with an accent each. */
#define MARKED "o\xcc\x81o\xcc\x81o\xcc\x81o\xcc\x81o\xcc\x81"

/* Numbers and what must stand beside them take so many columns for one event. */
enum { LEAST = 7 + 2 + 7 + 2 + 7 + 2 + 6 };

static void no_line_is_longer_than_the_width_unless_numbers_need_it(void)
{
	static const char *const names[] = {
		"short",
		"漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
		MARKED MARKED MARKED MARKED MARKED MARKED,
		"a漢b漢c漢d漢e漢f漢g漢h漢i漢j漢k漢l漢m漢n漢o漢p漢q漢r漢s漢t漢u漢v漢w漢x漢y漢z漢",
		"\xff\xfe\x01\x1b[31m\xe2\x80\xae\n\t control and broken bytes \xc2\x9b that are long enough to be cut",
		"\xcc\x81\xcc\x81\xcc\x81 nothing to stand on, and then a very long text behind the marks",
		"🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍🐍",
		"",
	};
	static const unsigned widths[] = { LEAST, 34, 35, 40, 41, 42,  43, 50,
					   51,    64, 79, 80, 81, 100, 200 };
	struct table_summary long_summary = summary;
	struct diag *diag = diag_new();
	struct profile *p;
	struct maker m;
	char label[80];

	maker_begin(&m, texts, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < 2; k++)
			maker_function(&m, &(struct function){ .kind = KIND_PYTHON,
							       .name = names[i],
							       .module = names[(i + k) % 8],
							       .file = names[(i + 3) % 8],
							       .line = (uint32_t)(i * k) });
	for (uint32_t f = 0; f < m.p->n_functions; f++)
		maker_frames(&m, (uint32_t[]){ f, (f * 7) % 16 }, 2, 0, 1, f + 1);
	p = maker_end(&m);
	p->python_samples = 1;
	p->events[0].name = "sched:sched_process_wait_with_a_long_tail_of_letters";
	long_summary.program =
		"python3 -X perf -m package.tool --with many --options /and/a/path/that/goes/on/and/on/"
		"until/it/is/longer/than/any/terminal/is/wide/so/that/something/must/go.py";
	diag_add(diag, PROBLEM_UNFINISHED, "", "perf was killed at byte 12345 of 99999");
	diag_add(diag, PROBLEM_BAD_HEADER, "",
		 "the header ends in the middle of nowhere and says so in many words");
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (int edges = EDGES_NONE; edges <= EDGES_CALLEES; edges++) {
			struct capture c;

			snprintf(label, sizeof(label), "%u columns", widths[i]);
			check_in(label);
			report_of(&c, p, &long_summary, diag,
				  &(struct table_options){ .event = -1,
							   .edges = (enum table_edges)edges,
							   .percent_limit = 1,
							   .limit = 12 },
				  widths[i]);
			check(widest(c.text) >= 0, "all can be shown");
			check(widest(c.text) <= (int)widths[i], "no wider than that");
			check(is_utf8(c.text), "UTF-8");
			capture_free(&c);
		}
	}
	check_in(NULL);
	profile_free(p);
	diag_free(diag);
}

static void where_numbers_alone_fill_the_line_the_function_is_still_named(void)
{
	static const struct {
		const char *label;
		size_t events;
		unsigned columns;
		int most; /* numbers, and a function of 24 columns behind them where there is no room at all */
		const char *longest;
	} rows[] = {
		{ "20 columns", 1, 20, 25 + 2 + 24, "  Loader.<loca…ng_there_is\n" },
		{ "1 column", 1, 1, 25 + 2 + 24, "  Loader.<loca…ng_there_is\n" },
		{ "three of four events in 80", 4, 80, 80, "  Loader.<…there_is\n" },
		{ "one of four events in 40", 4, 40, 40, "  Loader…ere_is\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct profile *p = example(rows[i].events);
		struct capture c;

		report_of(&c, p, &summary, NULL, &(struct table_options){ .event = -1 },
			  rows[i].columns);
		check_in(rows[i].label);
		check(strstr(c.text, "  fib\n") != NULL, "a short name");
		check(strstr(c.text, rows[i].longest) != NULL, "a long one");
		check(widest(c.text) >= 0 && widest(c.text) <= rows[i].most,
		      "as wide as it must be");
		capture_free(&c);
		profile_free(p);
	}
	check_in(NULL);
}

static void several_events_stand_side_by_side_under_their_names(void)
{
	struct profile *p = example(3);
	struct capture c;

	p->events[1].name = "instructions:u and more than fits";
	report_of(&c, p, &summary, NULL, &(struct table_options){ .event = -1, .limit = 1 }, 0);
	check(has_line(c.text, "cycles            instruct…an fits  faults"), "names");
	check(has_line(c.text,
		       " self %  total %   self %  total %   self %  total %  samples  function  "
		       "module  file"),
	      "headings");
	check(has_line(c.text,
		       "  60.00   100.00    60.00   100.00    60.00   100.00    14850  fib       "
		       "app     /srv/app/app.py:3"),
	      "a row; samples are of all events");
	check(has_line(c.text, "2 more functions (--limit 0 shows all)"), "what is hidden");
	capture_free(&c);
	profile_free(p);
}

static void numbers_are_never_cut(void)
{
	struct profile *p;
	struct capture c;
	struct maker m;

	maker_begin(&m, texts, 1);
	maker_stack(&m, "function", 0, UINT64_MAX, UINT64_MAX);
	p = maker_end(&m);
	report_of(&c, p, &summary, NULL, &(struct table_options){ .event = -1 }, 20);
	check(strstr(c.text, "18446744073709551615  function") != NULL, "samples");
	check(strstr(c.text, "(18446744073709551615)") != NULL, "the event's weight");
	capture_free(&c);
	profile_free(p);
}

static void only_what_is_badly_wrong_is_told_above_the_table(void)
{
	struct profile *p = example(1);
	struct diag *diag = diag_new();
	struct capture c;

	diag_add(diag, PROBLEM_UNVERIFIED_OBJECT, "/lib/x.so", "not verified");
	report_of(&c, p, &summary, diag, &(struct table_options){ .event = -1 }, 0);
	check(strstr(c.text, "warning:") == NULL, "a note is for stderr");
	capture_free(&c);
	profile_free(p);
	diag_free(diag);
}

static void a_recording_without_samples_says_so(void)
{
	struct table_summary nothing = { .program = "", .host = "", .recording = "old/perf.data" };
	struct profile *p;
	struct capture c;
	struct maker m;

	maker_begin(&m, texts, 0);
	p = maker_end(&m);
	check_text(
		report_of(&c, p, &nothing, NULL, &(struct table_options){ .event = -1 }, 80),
		"old/perf.data\nsamples: none; view: native (others: python, mixed)\n\nno samples\n",
		"without events");
	capture_free(&c);
	profile_free(p);
	maker_begin(&m, texts, 1);
	p = maker_end(&m);
	check_text(
		report_of(&c, p, &nothing, NULL, &(struct table_options){ .event = -1 }, 80),
		"old/perf.data\nsamples: 0 of cycles (0); view: native (others: python, mixed)\n\n",
		"with an event");
	capture_free(&c);
	profile_free(p);
}

int main(void)
{
	texts = texts_new();
	a_report_has_three_lines_and_a_table();
	no_line_is_longer_than_the_width_unless_numbers_need_it();
	where_numbers_alone_fill_the_line_the_function_is_still_named();
	several_events_stand_side_by_side_under_their_names();
	numbers_are_never_cut();
	only_what_is_badly_wrong_is_told_above_the_table();
	a_recording_without_samples_says_so();
	texts_free(texts);
	return check_done("render_text");
}
