#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/annotate_code.h"
#include "commands/annotate_files.h"
#include "commands/annotate_names.h"
#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/output_path.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "parser/base/memory.h"
#include "parser/locate.h"
#include "render/annotate.h"
#include "render/out.h"
#include "report/annotation.h"

#define FORMATS  "text|json|xml"
#define SYNTAXES "att|intel"
#define PERCENTS "local|global"
#define COLORS   "auto|always|never"

enum { CONTEXT = 5 };
#define PERCENT_LIMIT 0.5

const struct option_row annotate_options[] = {
	{ "all", 0, NULL, NULL, "all functions with enough self cost: see --percent-limit",
	  OPT_ALL },
	{ "output", 'o', "DIR", NULL, "a file for each function in this folder, and an index",
	  'o' },
	{ "percent-limit", 0, "P", NULL, "of --all: at least P percent self (0.5)",
	  OPT_PERCENT_LIMIT },
	{ "limit", 0, "N", NULL, "at most N functions (0: all; without FUNCTION 1)", OPT_LIMIT },
	{ "source", 0, NULL, NULL, "source lines only", OPT_SOURCE },
	{ "asm", 0, NULL, NULL, "instructions only", OPT_ASM },
	{ "context", 0, "N", NULL, "N lines and instructions around those with cost (5)",
	  OPT_CONTEXT },
	{ "full", 0, NULL, NULL, "all lines, instructions and rows of lists", OPT_FULL },
	{ "percent", 0, "OF", PERCENTS, "percentages of the function's samples, or of all",
	  OPT_PERCENT },
	{ "samples", 'n', NULL, NULL, "numbers of samples instead of percentages", 'n' },
	{ "syntax", 0, "SYNTAX", SYNTAXES, "how instructions of x86 are written", OPT_SYNTAX },
	{ "source-dir", 0, "FROM=TO", NULL,
	  "where the sources of FROM are; DIR alone: look below it", OPT_SOURCE_DIR },
	{ "format", 0, "FORMAT", FORMATS, "how to print it", OPT_FORMAT },
	{ "color", 0, "WHEN", COLORS, "colours; auto is on a terminal without NO_COLOR",
	  OPT_COLOR },
	ROWS_LOADING,
	ROW_END,
};

enum { COLOR_AUTO, COLOR_ALWAYS };

struct annotate {
	struct loading_options loading;
	struct annotation_options options;
	struct annotate_look look;
	const char **inputs;
	size_t n_inputs;
	struct source_dir *dirs;
	size_t n_dirs;
	char **texts; /* of dirs */
	size_t n_texts;
	const char *folder; /* -o DIR, or NULL */
	bool missing;       /* an operand is called as a recording is, and is not there */
	int format;
	int color;    /* among COLORS */
	bool limited; /* --limit was given */
	bool percent_limited;
};

static void add_source_dir(struct annotate *c, const char *arg)
{
	const char *equals = strchr(arg, '=');
	struct source_dir d = { .to = arg };

	c->dirs = mem_resize(c->dirs, c->n_dirs + 1, sizeof(*c->dirs));
	c->texts = mem_resize(c->texts, c->n_texts + 1, sizeof(*c->texts));
	if (equals) {
		d.to = equals + 1;
		d.from = c->texts[c->n_texts++] = mem_text(arg, (size_t)(equals - arg));
	}
	c->dirs[c->n_dirs++] = d;
}

static void add_input(struct annotate *c, const char *path)
{
	c->inputs = mem_resize(c->inputs, c->n_inputs + 1, sizeof(*c->inputs));
	c->inputs[c->n_inputs++] = path;
}

static bool take_option(struct annotate *c, const struct options *o, int id)
{
	bool wrong = false;
	uint64_t n;
	int word;

	if (id == 'i') {
		add_input(c, o->arg);
		return true;
	}
	if (loading_option(&c->loading, o, id, &wrong))
		return !wrong;
	switch (id) {
	case OPT_LIMIT:
		if (!options_number(o, "limit", 0, SIZE_MAX, &n))
			return false;
		c->options.limit = (size_t)n;
		c->limited = true;
		return true;
	case OPT_ALL:
		c->options.all = true;
		return true;
	case 'o':
		c->folder = o->arg;
		return true;
	case OPT_PERCENT_LIMIT:
		c->percent_limited = true;
		return options_percent(o, "percent-limit", &c->options.percent_limit);
	case 'n':
		c->look.samples = true;
		return true;
	case OPT_COLOR:
		c->color = options_word(o, "color", COLORS);
		return c->color >= 0;
	case OPT_SOURCE:
		c->look.source = true;
		return true;
	case OPT_ASM:
		c->look.assembly = true;
		return true;
	case OPT_CONTEXT:
		if (!options_number(o, "context", 0, UINT32_MAX, &n))
			return false;
		c->options.context = (size_t)n;
		return true;
	case OPT_FULL:
		c->options.full = true;
		return true;
	case OPT_PERCENT:
		word = options_word(o, "percent", PERCENTS);
		c->look.global = word == 1;
		return word >= 0;
	case OPT_SYNTAX:
		word = options_word(o, "syntax", SYNTAXES);
		c->options.syntax = (enum assembly_syntax)word;
		return word >= 0;
	case OPT_SOURCE_DIR:
		add_source_dir(c, o->arg);
		return options_folder(o, "source-dir", c->dirs[c->n_dirs - 1].to);
	case OPT_FORMAT:
		c->format = options_word(o, "format", FORMATS);
		return c->format >= 0;
	default:
		return true;
	}
}

static bool begins_with(const char *text, const char *begin)
{
	return strncmp(text, begin, strlen(begin)) == 0;
}

/*
 * Is this what a recording is called, be it there or not?  A slash within is no sign of it: functions of Go have some, and
 * C++ has operator/.
 */
static bool looks_like_a_recording(const char *operand)
{
	const char *end = strrchr(operand, '.');

	return (end && (strcmp(end, ".data") == 0 || strcmp(end, ".perfolio") == 0)) ||
	       begins_with(operand, "/") || begins_with(operand, "./") ||
	       begins_with(operand, "../");
}

/* May the name of a file that is there be that of a function? */
static bool looks_like_a_file(const char *operand)
{
	return strchr(operand, '/') || looks_like_a_recording(operand);
}

static bool is_there(const char *operand)
{
	return strcmp(operand, "-") == 0 || access(operand, F_OK) == 0;
}

/*
 * A recording by what is in it.  One that cannot be read any more, or is gone, must not become the name of a function: the
 * others would be shown as if they were all.
 */
static bool is_input(const char *operand)
{
	struct located at;
	struct error err;
	struct stat st;

	if (!is_there(operand))
		return looks_like_a_recording(operand);
	if (looks_like_a_file(operand))
		return true;
	if (stat(operand, &st) != 0 || !S_ISDIR(st.st_mode))
		return session_is_input(operand);
	if (!locate_recording(operand, &at, &err))
		return err.kind == ERR_USAGE; /* there are several in it */
	located_free(&at);
	return true;
}

/* Take operand `i` out of those that are left. */
static const char *take_operand(struct options *o, size_t i)
{
	const char *taken = o->operands[i];

	memmove(&o->operands[i], &o->operands[i + 1],
		(o->n_operands - i - 1) * sizeof(*o->operands));
	o->n_operands--;
	return taken;
}

/*
 * Operands that are recordings are inputs, wherever they stand, and the others functions; what stands behind "--" always
 * is.  Where there is no recording the first, or else the last, is meant to be one if it is a file at all.  With -i there is
 * one: false, told: an operand is another.
 */
static bool take_inputs(struct annotate *c, struct options *o)
{
	size_t n = o->n_operands - o->n_plain;
	bool named = c->n_inputs > 0;

	for (size_t i = 0; i < n;) {
		bool missing = !is_there(o->operands[i]);

		if (!is_input(o->operands[i]) || (named && missing)) {
			i++;
			continue;
		}
		if (named) {
			options_usage(
				o,
				"%s: is it a recording? then name it with -i, too; a function "
				"of this name stands behind --",
				o->operands[i]);
			return false;
		}
		c->missing |= missing;
		add_input(c, take_operand(o, i));
		n--;
	}
	if (c->n_inputs || !n)
		return true;
	if (is_there(o->operands[0]))
		add_input(c, take_operand(o, 0));
	else if (is_there(o->operands[n - 1]))
		add_input(c, take_operand(o, n - 1));
	return true;
}

static bool take_operands(struct annotate *c, struct options *o)
{
	if (!take_inputs(c, o))
		return false;
	c->options.names = o->operands;
	c->options.n_names = o->n_operands;
	if (!c->limited)
		c->options.limit = c->options.n_names || c->options.all ? 0 : 1;
	if (c->options.all && !c->percent_limited)
		c->options.percent_limit = PERCENT_LIMIT;
	c->loading.all_inlined = c->options.n_names > 0;
	return true;
}

static void render(struct out *o, const struct annotation *a, enum annotate_format format,
		   const struct annotate_look *look)
{
	if (format == ANNOTATE_XML)
		render_annotate_xml(o, a, 0, a->n_functions);
	else if (format == ANNOTATE_JSON)
		render_annotate_json(o, a, 0, a->n_functions);
	else
		render_annotate_text(o, a, 0, a->n_functions, look);
}

static int print(const struct annotate *c, const struct annotation *a)
{
	struct error err = { 0 };
	struct annotate_look look = c->look;
	const char *no_color = getenv("NO_COLOR");
	struct out *o;

	if (!look.source && !look.assembly)
		look.source = look.assembly = true;
	look.color = c->color == COLOR_ALWAYS;
	if (c->folder)
		return annotate_files(a, c->folder, (enum annotate_format)c->format, &look);
	o = out_open("-", &err);
	if (!o)
		return session_output_fail(NULL, &err);
	if (c->color == COLOR_AUTO)
		look.color = out_is_terminal(o) && !(no_color && *no_color);
	render(o, a, (enum annotate_format)c->format, &look);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

static int print_or_tell(const struct session *s, const struct loading *l, const struct annotate *c,
			 const struct annotation *a)
{
	int status = annotate_tell_names(s, l, a);

	return status == EXIT_DONE ? print(c, a) : status;
}

/* Functions that the view does not show, such as the interpreter's own, are found in the native one. */
static bool look_in_native(const struct session *s, const struct loading *l,
			   const struct annotate *c, struct annotation_input *in,
			   struct annotation **a)
{
	struct error err;

	annotation_free(*a);
	*a = NULL;
	in->profile = loading_view(l, s, VIEW_NATIVE, &in->shown);
	return annotation_new(in, &c->options, a, &err);
}

static int annotate(struct session *s, const struct loading *l, struct annotate *c,
		    const struct options *o)
{
	struct annotate_code code = { .code = NULL };
	struct annotation_input in, native;
	struct annotation *a = NULL;
	struct error err;
	int status = EXIT_USAGE;

	annotate_code_begin(&code, s, l, &c->loading, c->dirs, c->n_dirs);
	native = in = annotate_code_input(&code, s, l);
	c->options.event = l->event;
	c->options.inlines = !c->loading.no_inline;
	native.profile = NULL;
	native.shown = NULL;
	if (!annotation_new(&in, &c->options, &a, &err))
		options_usage(o, "%s", err.what);
	else if (a->n_functions || !c->options.n_names || l->profile->view == VIEW_NATIVE ||
		 look_in_native(s, l, c, &native, &a))
		status = print_or_tell(s, l, c, a);
	annotation_free(a);
	loading_view_free(native.profile, native.shown);
	annotate_code_end(&code);
	return status;
}

/* A profile file may have been saved without what an annotation shows; of some of several recordings that is told. */
static int check_positions(const struct session *s, const struct loading *l)
{
	if (!l->folio || folio_has_positions(l->folio))
		return EXIT_DONE;
	session_say("perfolio: %s: it was saved without where in the code its samples are",
		    s->path);
	fputs("\n  annotate shows that: save it again from the recording, with perfolio save\n",
	      stderr);
	return EXIT_NOTHING;
}

bool annotate_write(struct out *o, const struct session *s, const struct loading *l,
		    const struct loading_options *options, int format)
{
	struct annotate_code code = { .code = NULL };
	struct annotation_options all = {
		.all = true,
		.context = CONTEXT,
		.percent_limit = PERCENT_LIMIT,
		.event = l->event,
		.inlines = !options->no_inline,
	};
	struct annotate_look look = { .source = true, .assembly = true };
	struct annotation_input in;
	struct annotation *a = NULL;
	struct error err;
	bool ok;

	annotate_code_begin(&code, s, l, options, NULL, 0);
	in = annotate_code_input(&code, s, l);
	ok = annotation_new(&in, &all, &a, &err);
	if (ok)
		render(o, a, (enum annotate_format)format, &look);
	annotation_free(a);
	annotate_code_end(&code);
	return ok;
}

int command_annotate(const struct command *self, int argc, char **argv)
{
	struct annotate c = { .options = { .context = CONTEXT } };
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
	if (c.loading.filtering.grouping.n) {
		options_usage(&o, "annotate shows functions: it takes no --group-by");
		goto done;
	}
	if (c.folder && !output_folder_check(&o, c.folder))
		goto done;
	if (!take_operands(&c, &o))
		goto done;
	if (c.options.all && c.options.n_names) {
		options_usage(&o, "--all takes no FUNCTION");
		goto done;
	}
	for (size_t i = 0; i < c.options.n_names; i++)
		if (filtering_is_too_complex(c.options.names[i])) {
			options_usage(
				&o,
				"the expression for a function is too long or too deeply nested");
			goto done;
		}
	if (c.percent_limited && !c.options.all) {
		options_usage(&o, "--percent-limit has no effect without --all");
		goto done;
	}
	o.operands = c.inputs;
	o.n_operands = c.n_inputs;
	status = session_open_any(&s, &o, NULL, true);
	if (status != EXIT_DONE)
		goto done;
	c.loading.positions = true;
	status = loading_run(&l, &s, &o, &c.loading);
	if (status == EXIT_DONE)
		status = check_positions(&s, &l);
	if (status == EXIT_DONE)
		status = loading_status(&s, &c.loading, annotate(&s, &l, &c, &o));
done:
	if (status == EXIT_NOTHING && c.missing)
		fputs("  a function of such a name stands behind --\n", stderr);
	loading_options_end(&c.loading);
	for (size_t i = 0; i < c.n_texts; i++)
		free(c.texts[i]);
	free(c.texts);
	free(c.dirs);
	free(c.inputs);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
