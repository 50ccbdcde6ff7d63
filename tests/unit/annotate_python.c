/*
 * tests/unit/annotate_python.c - the Python half of annotations, on written sources and recordings.
 *
 * On real ones: tests/shared/annotate_python.
 */
#include "report/annotate_python.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "render/annotate.h"
#include "report/view.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { PID = 7, CODE = 0x10000, STEP = 0x10, HOURS = 3 * 3600 };

/* Functions are in the perf map in this order. */
enum {
	TOP,
	LEAF,
	INIT,
	RUN,
	GEN,
	TWICE,
	ONCE,
	ALIAS,
	SAME,
	LOST,
	STRING,
	HELPER,
	ALLOC,
	N_FUNCTIONS
};

static const char *const names[N_FUNCTIONS] = {
	[TOP] = "py::top:/srv/a.py",         [LEAF] = "py::leaf:/srv/a.py",
	[INIT] = "py::A.__init__:/srv/a.py", [RUN] = "py::A.run:/srv/a.py",
	[GEN] = "py::gen:/srv/a.py",         [TWICE] = "py::twice:/srv/a.py",
	[ONCE] = "py::once:/srv/a.py",       [ALIAS] = "py::alias:/srv/other.py",
	[SAME] = "py::same:/srv/a.py",       [LOST] = "py::lost:/srv/a.py",
	[STRING] = "py::made:<string>",      [HELPER] = "helper",
	[ALLOC] = "_PyObject_Malloc",
};

static const char source[] = "class A:\n"                                /* 1 */
			     "    def __init__(self): pass\n"            /* 2 */
			     "    def run(self): return gen()\n"         /* 3 */
			     "def leaf(n): pass\n"                       /* 4 */
			     "def gen():\n"                              /* 5 */
			     "    yield leaf(1)\n"                       /* 6 */
			     "@decorated\n"                              /* 7 */
			     "def top(n):\n"                             /* 8 */
			     "    a = A()\n"                             /* 9 */
			     "    leaf(1)\n"                             /* 10 */
			     "    a.run(leaf(2))\n"                      /* 11 */
			     "    for x in gen(): pass\n"                /* 12 */
			     "    twice(twice)\n"                        /* 13 */
			     "    once([once(1) for i in x]); alias()\n" /* 14 */
			     "    top(lambda: alias())\n"                /* 15 */
			     "def twice(f): pass\n"                      /* 16 */
			     "def once(f): pass\n"                       /* 17 */
			     "if x:\n"                                   /* 18 */
			     "    def same(): return leaf(1)\n"          /* 19 */
			     "else:\n"                                   /* 20 */
			     "    def same(): pass\n";                   /* 21 */

/* Everything is tested of the recording, and then by way of a folio with positions, as of several recordings. */
static bool by_folio;

struct fixture {
	char folder[4000];
	struct scene scene;
	struct walked walked;
	struct profile *profile;
	uint32_t *shown;
	struct source_files *sources;
	struct recorded_code *code;
	struct annotation *annotation;
	char *text;
	size_t len;
};

static const char *in_folder(const struct fixture *f, const char *name)
{
	static char path[2][4200];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", f->folder, name);
	return path[turn];
}

static void write_text(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "wbe");

	check(file && fwrite(text, 1, n, file) == n, path);
	if (file)
		fclose(file);
}

static void begin(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct fixture){ .folder = "" };
	snprintf(f->folder, sizeof(f->folder), "%s/pythonXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->folder) != NULL, "a folder");
	scene_init(&f->scene);
	scene_begin(&f->scene);
	scene_jit(&f->scene, 10, PID, CODE);
}

/* A sample in these functions, the innermost first. */
static void sample(struct fixture *f, size_t n, ...)
{
	uint64_t addresses[8];
	va_list args;

	va_start(args, n);
	for (size_t i = 0; i < n && i < 8; i++)
		addresses[i] = CODE + STEP * (uint64_t)va_arg(args, int) + 4;
	va_end(args);
	scene_sample(&f->scene, 20, PID, PID, addresses, n);
}

#define COUNT(...)     (sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))
#define SAMPLE(f, ...) sample(f, COUNT(__VA_ARGS__), __VA_ARGS__)

static void write_files(struct fixture *f, const char *text)
{
	char map[4096];
	size_t len = 0;

	for (size_t i = 0; i < N_FUNCTIONS; i++)
		len += (size_t)snprintf(map + len, sizeof(map) - len, "%zx %x %s\n",
					CODE + i * STEP, (unsigned)STEP, names[i]);
	write_text(in_folder(f, "perf-7.map"), map, len);
	scene_end(&f->scene);
	write_text(in_folder(f, "perf.data"), (const char *)f->scene.img.bytes, f->scene.img.len);
	scene_free(&f->scene);
	mkdir(in_folder(f, "src"), 0777);
	if (text)
		write_text(in_folder(f, "src/a.py"), text, strlen(text));
}

static void set_age(const struct fixture *f, const char *name, time_t age)
{
	struct stat st;
	struct utimbuf times;

	check(stat(in_folder(f, "perf.data"), &st) == 0, "perf.data");
	times.actime = times.modtime = st.st_mtime - age;
	check(utime(in_folder(f, name), &times) == 0, name);
}

/* All stages up to the annotation of a function, in a view; false: it did not come to that. */
static bool annotate(struct fixture *f, enum view shown, const char *name)
{
	struct walk_options walk = { .finder = { .no_host_files = true }, .by_task = by_folio };
	struct annotation_options options = {
		.context = 5, .event = -1, .names = &name, .n_names = 1
	};
	const char *directories[] = { f->folder };
	struct source_options sources = { .directories = directories,
					  .n_directories = 1,
					  .no_host_files = true };
	struct annotation_input in;
	struct view_input view;
	struct error err = { 0 };

	if (!walk_path(&f->walked, in_folder(f, "perf.data"), &walk))
		return false;
	if (by_folio) {
		walk_by_folio(&f->walked, false);
	} else {
		walk_symbolize(&f->walked);
		f->walked.events = sampled_events(f->walked.o.recording);
	}
	f->shown = calloc(f->walked.functions.n + 1, sizeof(*f->shown));
	view = (struct view_input){
		.events = f->walked.events,
		.collected = &f->walked.collected,
		.functions = &f->walked.functions,
		.frames = &f->walked.frames,
		.texts = f->walked.o.texts,
		.shown = f->shown,
	};
	f->profile = view_profile(&view, shown);
	f->sources = source_files_new(&sources);
	f->code = walked_code(&f->walked);
	in = (struct annotation_input){
		.code = f->code,
		.collected = &f->walked.collected,
		.functions = &f->walked.functions,
		.frames = &f->walked.frames,
		.events = f->walked.events,
		.profile = f->profile,
		.shown = f->shown,
		.sources = f->sources,
		.texts = f->walked.o.texts,
		.diag = f->walked.o.diag,
	};
	if (!annotation_new(&in, &options, &f->annotation, &err)) {
		check_text(err.what, "", "an annotation");
		return false;
	}
	check_u64(f->annotation->n_functions, 1, name);
	return f->annotation->n_functions == 1 && f->annotation->functions[0].python;
}

static void end(struct fixture *f)
{
	char command[4100];

	annotation_free(f->annotation);
	source_files_free(f->sources);
	recorded_code_free(f->code);
	profile_free(f->profile);
	free(f->shown);
	free(f->text);
	walk_done(&f->walked);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
	check(system(command) == 0, "the folder is gone");
}

/* ---- the model as text ---- */

static FILE *begin_text(struct fixture *f)
{
	free(f->text);
	return open_memstream(&f->text, &f->len);
}

__attribute__((format(printf, 2, 3))) static void say(FILE *out, const char *format, ...)
{
	va_list args;

	fputs(ftell(out) > 0 ? ", " : "", out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
}

static const struct python_part *part(const struct fixture *f)
{
	return f->annotation->functions[0].python;
}

static const char *calls_text(struct fixture *f)
{
	FILE *out = begin_text(f);

	for (size_t i = 0; i < part(f)->n_calls; i++) {
		const struct python_call *c = &part(f)->calls[i];
		uint64_t samples = annotation_total(f->annotation, c->cost, 0)->samples;

		if (c->line)
			say(out, "%s %" PRIu32 "=%" PRIu64, c->callee->name, c->line, samples);
		else
			say(out, "%s (%s)=%" PRIu64, c->callee->name, c->why, samples);
		check(annotation_self(f->annotation, c->cost, 0)->samples == 0,
		      "a call has no self");
	}
	fclose(out);
	return f->text;
}

static const char *lines_text(struct fixture *f)
{
	const struct annotated_source *s = &part(f)->definitions[0].source;
	FILE *out = begin_text(f);

	for (size_t i = 0; i < s->n_lines; i++) {
		const struct source_line *l = &s->lines[i];

		check(l->measured == 0, "nothing is measured");
		check(annotation_self(f->annotation, l->inferred, 0)->samples == 0,
		      "no self is inferred");
		if (l->inferred)
			say(out, "%" PRIu32 "=%" PRIu64, l->number,
			    annotation_total(f->annotation, l->inferred, 0)->samples);
	}
	fclose(out);
	return f->text;
}

static const char *natives_text(struct fixture *f)
{
	FILE *out = begin_text(f);

	for (size_t i = 0; i < part(f)->n_natives; i++)
		say(out, "%s=%" PRIu64, part(f)->natives[i].function->name,
		    annotation_self(f->annotation, part(f)->natives[i].cost, 0)->samples);
	fclose(out);
	return f->text;
}

static const char *categories_text(struct fixture *f)
{
	FILE *out = begin_text(f);

	for (size_t i = 0; i < part(f)->n_categories; i++)
		say(out, "%s=%" PRIu64, part(f)->categories[i].name,
		    annotation_self(f->annotation, part(f)->categories[i].cost, 0)->samples);
	fclose(out);
	return f->text;
}

static const char *definitions_text(struct fixture *f)
{
	FILE *out = begin_text(f);

	for (size_t i = 0; i < part(f)->n_definitions; i++)
		say(out, "%s %" PRIu32 "-%" PRIu32 ": %s", part(f)->definitions[i].kind,
		    part(f)->definitions[i].first, part(f)->definitions[i].last,
		    part(f)->definitions[i].source.lines[0].text);
	fclose(out);
	return f->text;
}

static uint64_t problems(const struct fixture *f, enum problem_kind kind)
{
	uint64_t n = 0;

	for (size_t i = 0; i < diag_count(f->walked.o.diag); i++)
		if (diag_get(f->walked.o.diag, i)->kind == kind)
			n += diag_get(f->walked.o.diag, i)->count;
	return n;
}

/* ---- what is tested ---- */

static void sample_calls(struct fixture *f)
{
	SAMPLE(f, INIT, TOP);
	SAMPLE(f, LEAF, TOP);
	SAMPLE(f, LEAF, TOP);
	SAMPLE(f, RUN, TOP);
	SAMPLE(f, LEAF, RUN, TOP);
	SAMPLE(f, GEN, TOP);
	SAMPLE(f, TWICE, TOP);
	SAMPLE(f, HELPER, ONCE, TOP);
	SAMPLE(f, ALIAS, TOP);
	SAMPLE(f, STRING, TOP);
}

static void calls_stand_at_the_only_line_that_names_them(void)
{
	struct fixture f;

	begin(&f);
	sample_calls(&f);
	write_files(&f, source);
	if (annotate(&f, VIEW_PYTHON, "top")) {
		check_text(definitions_text(&f), "function 7-15: @decorated", "the definition");
		check_text(
			calls_text(&f),
			"A.run 11=2, leaf (several lines call it)=2, A.__init__ 9=1, alias 14=1, "
			"gen (it runs when it is asked for more)=1, "
			"made (it is not called by its name)=1, once 14=1, "
			"twice (its name is passed on, too)=1",
			"calls");
		check_text(lines_text(&f), "9=1, 11=2, 14=2", "lines");
		check_u64(problems(&f, PROBLEM_DOUBTFUL_SOURCE), 0, "no doubts");
	}
	end(&f);
}

static void a_line_counts_each_sample_once(void)
{
	struct fixture f;

	begin(&f);
	SAMPLE(&f, TOP, TOP, TOP);
	SAMPLE(&f, ONCE, TOP, TOP);
	SAMPLE(&f, ONCE, ALIAS, ONCE, TOP); /* not by top itself */
	write_files(&f, source);
	if (annotate(&f, VIEW_PYTHON, "top")) {
		check_text(calls_text(&f), "once 14=2, top 15=2", "calls");
		check_text(lines_text(&f), "14=2, 15=2", "lines");
	}
	end(&f);
}

static void two_calls_of_a_line_are_one_in_a_sample(void)
{
	struct fixture f;

	begin(&f);
	SAMPLE(&f, ALIAS, TOP, ONCE,
	       TOP); /* line 14 twice: top calls once, and behind it top calls alias */
	write_files(&f, source);
	if (annotate(&f, VIEW_PYTHON, "top")) {
		check_text(calls_text(&f), "alias 14=1, once 14=1", "calls");
		check_text(lines_text(&f), "14=1", "lines");
	}
	end(&f);
}

static void self_is_told_by_category_and_native_function(void)
{
	static const enum view views[] = { VIEW_PYTHON, VIEW_MIXED, VIEW_NATIVE };

	for (size_t i = 0; i < 3; i++) {
		struct fixture f;

		begin(&f);
		SAMPLE(&f, HELPER, LEAF, TOP);
		SAMPLE(&f, ALLOC, HELPER, LEAF, TOP);
		SAMPLE(&f, ALLOC, HELPER, LEAF);
		SAMPLE(&f, LEAF);
		SAMPLE(&f, ALLOC, TOP);
		SAMPLE(&f, ALLOC, TOP, LEAF);
		write_files(&f, source);
		if (annotate(&f, views[i], "leaf")) {
			check_text(natives_text(&f), "_PyObject_Malloc=2, helper=1, leaf=1",
				   view_name(views[i]));
			check(strstr(categories_text(&f), "=") != NULL, "categories");
			check_u64(annotation_self(f.annotation, f.annotation->functions[0].cost, 0)
					  ->samples,
				  4, "self, whatever the view");
			check_text(calls_text(&f), "top (it is not called by its name)=1", "calls");
		}
		end(&f);
	}
}

static void categories_add_up_to_self(void)
{
	struct fixture f;
	uint64_t sum = 0;

	begin(&f);
	SAMPLE(&f, HELPER, LEAF, TOP);
	SAMPLE(&f, ALLOC, HELPER, LEAF, TOP);
	SAMPLE(&f, LEAF);
	write_files(&f, source);
	if (annotate(&f, VIEW_PYTHON, "leaf"))
		for (size_t i = 0; i < part(&f)->n_categories; i++)
			sum += annotation_self(f.annotation, part(&f)->categories[i].cost, 0)
				       ->samples;
	check_u64(sum, 3, "all of it");
	end(&f);
}

static void what_cannot_be_shown_has_its_reason(void)
{
	static const struct {
		const char *label;
		int function;
		const char *name, *text, *want;
		enum problem_kind problem;
		uint64_t n;
	} rows[] = {
		{ "no file", ALIAS, "alias", source, "/srv/other.py was not found",
		  PROBLEM_MISSING_SOURCE, 1 },
		{ "code from no file", STRING, "made", source,
		  "its code is from no file (<string>)", PROBLEM_MISSING_SOURCE, 0 },
		{ "another version", LOST, "lost", source,
		  "src/a.py does not have it: it is not what ran", PROBLEM_DOUBTFUL_SOURCE, 1 },
		{ "no Python", LOST, "lost", "x = '''\n",
		  "src/a.py does not have it, as far as it can be read", PROBLEM_DOUBTFUL_SOURCE,
		  1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;

		begin(&f);
		sample(&f, 2, LEAF, rows[i].function);
		write_files(&f, rows[i].text);
		if (annotate(&f, VIEW_PYTHON, rows[i].name)) {
			const char *why = part(&f)->no_source;

			check(why && strstr(why, rows[i].want), rows[i].label);
			check_u64(part(&f)->n_definitions, 0, rows[i].label);
			check_text(calls_text(&f), "leaf (there is no source)=1", rows[i].label);
			check_u64(problems(&f, rows[i].problem), rows[i].n, rows[i].label);
		}
		end(&f);
	}
}

static void several_definitions_are_all_shown_and_nothing_is_inferred(void)
{
	struct fixture f;

	begin(&f);
	SAMPLE(&f, LEAF, SAME);
	write_files(&f, source);
	if (annotate(&f, VIEW_PYTHON, "same")) {
		check_text(definitions_text(&f),
			   "function 19-19:     def same(): return leaf(1), "
			   "function 21-21:     def same(): pass",
			   "both");
		check_text(calls_text(&f), "leaf (it is not certain which definition ran)=1",
			   "calls");
	}
	end(&f);
}

static void a_source_newer_than_the_recording_is_told(void)
{
	static const struct {
		const char *label;
		time_t age;
		unsigned doubts;
	} rows[] = {
		{ "older", HOURS, 0 },
		{ "copied with it", -60, 0 },
		{ "newer", -HOURS, SOURCE_NEWER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;

		begin(&f);
		SAMPLE(&f, TOP);
		write_files(&f, source);
		set_age(&f, "src/a.py", rows[i].age);
		if (annotate(&f, VIEW_PYTHON, "top")) {
			check_u64(part(&f)->definitions[0].source.doubts, rows[i].doubts,
				  rows[i].label);
			check_u64(problems(&f, PROBLEM_DOUBTFUL_SOURCE), rows[i].doubts != 0,
				  rows[i].label);
		}
		end(&f);
	}
}

static void long_definitions_are_shown_in_parts(void)
{
	char text[4096];
	size_t len = (size_t)snprintf(text, sizeof(text), "def top(n):\n");
	struct fixture f;

	begin(&f);
	SAMPLE(&f, LEAF, TOP);
	for (int i = 2; i <= 200; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "    %s\n",
					i == 150 ? "leaf(1)" : "pass");
	write_files(&f, text);
	if (annotate(&f, VIEW_PYTHON, "top")) {
		const struct annotated_source *s = &part(&f)->definitions[0].source;

		check_u64(s->n_lines, 200, "all are in the model");
		check(s->lines[0].shown && s->lines[4].shown && !s->lines[5].shown, "the head");
		check(!s->lines[143].shown && s->lines[144].shown && s->lines[154].shown &&
			      !s->lines[155].shown,
		      "what is hot, with its context");
		check(s->lines[199].shown, "the end");
	}
	end(&f);
}

static void hostile_sources_come_out_clean(void)
{
	static const char text[] =
		"def top(n):\n    x = '\x1b[31m\x9b\xff'  # \xe2\x80\xae\0 leaf\n\tleaf(1)\n";
	struct annotate_look look = { .source = true, .assembly = true };
	struct fixture f;
	struct capture c;

	begin(&f);
	SAMPLE(&f, LEAF, TOP);
	write_files(&f, "");
	write_text(in_folder(&f, "src/a.py"), text, sizeof(text) - 1);
	if (annotate(&f, VIEW_PYTHON, "top")) {
		render_annotate_text(capture_begin(&c), f.annotation, 0, 1, &look);
		capture_end(&c);
		check(strstr(c.text, "leaf(1)") != NULL, "the source");
		for (const char *s = c.text; *s; s++)
			if ((unsigned char)*s < ' ' && *s != '\n')
				check(false, "a control byte");
		capture_free(&c);
	}
	end(&f);
}

static void all_is_as_it_was_recorded(void)
{
	calls_stand_at_the_only_line_that_names_them();
	a_line_counts_each_sample_once();
	two_calls_of_a_line_are_one_in_a_sample();
	self_is_told_by_category_and_native_function();
	categories_add_up_to_self();
	what_cannot_be_shown_has_its_reason();
	several_definitions_are_all_shown_and_nothing_is_inferred();
	a_source_newer_than_the_recording_is_told();
	long_definitions_are_shown_in_parts();
	hostile_sources_come_out_clean();
}

int main(void)
{
	all_is_as_it_was_recorded();
	by_folio = true;
	all_is_as_it_was_recorded();
	return check_done("annotate_python");
}
