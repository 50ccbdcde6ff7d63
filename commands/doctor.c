#include <stdio.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "parser/base/memory.h"
#include "render/doctor.h"
#include "render/out.h"
#include "report/doctor.h"

#define FORMATS "text|json|xml"

const struct option_row doctor_options[] = {
	{ "format", 0, "FORMAT", FORMATS, "how to print it", OPT_FORMAT },
	ROWS_LOADING,
	ROW_END,
};

static void render(struct out *o, struct doctor *const *doctors, size_t n, int format)
{
	if (format == 2)
		render_doctor_xml(o, doctors, n);
	else if (format == 1)
		render_doctor_json(o, doctors, n);
	else
		render_doctor_text(o, doctors, n);
}

static struct doctor *find(const struct session *s, const struct loading *l,
			   const struct environment *e)
{
	struct doctor_input in = loading_doctor_input(l, s);

	in.environment = e;
	return doctor_new(&in);
}

struct doctor *doctor_write(struct out *o, const struct session *s, const struct loading *l,
			    const struct environment *e, int format)
{
	struct doctor *d = find(s, l, e);

	render(o, &d, 1, format);
	return d;
}

/* The findings on one or several recordings, each by itself. */
struct consultation {
	struct loading_options *options;
	const struct options *typed;
	struct texts *texts;
	struct doctor **doctors;
	size_t n;
};

/* A recording or profile file; `input`: see session_open(). */
static int examine(struct consultation *c, const struct options *o, const char *input, bool several)
{
	struct environment environment = { .n = 0 };
	struct loading l = { 0 };
	struct session s = { 0 };
	int status = session_open_any(&s, o, input, false);

	c->options->collect.environment = &environment;
	if (status == EXIT_DONE)
		status = loading_run(&l, &s, o, c->options);
	if (status == EXIT_DONE) {
		c->doctors[c->n] = find(&s, &l, &environment);
		doctor_keep(c->doctors[c->n++], several ? s.path : "", c->texts);
		if (c->options->verbose) /* the problems that it does not take up, too */
			session_tell(&s, true);
	}
	c->options->collect.environment = NULL;
	environment_done(&environment);
	loading_done(&l);
	session_close(&s);
	return status;
}

/* Several: one that cannot be read does not keep from the others. */
static int examine_all(struct consultation *c)
{
	struct options none = *c->typed;
	int worst = EXIT_DONE;

	if (c->typed->n_operands < 2 || c->options->input)
		return examine(c, c->typed, c->options->input, false);
	none.n_operands = 0;
	for (size_t i = 0; i < c->typed->n_operands; i++) {
		int status = examine(c, &none, c->typed->operands[i], true);

		if (status == EXIT_USAGE)
			return status;
		if (status != EXIT_DONE)
			worst = EXIT_UNWELL;
	}
	return c->n ? worst : EXIT_NOTHING;
}

/* --strict: what could be better is not well either. */
static bool is_unwell(const struct doctor *d, bool strict)
{
	return doctor_count(d, HARM_SERIOUS) || (strict && doctor_count(d, HARM_ADVICE));
}

static int print(const struct consultation *c, int format, int status)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	render(o, c->doctors, c->n, format);
	if (!out_close(o, &err))
		return session_output_fail(NULL, &err);
	for (size_t i = 0; i < c->n; i++)
		if (is_unwell(c->doctors[i], c->options->strict))
			status = EXIT_UNWELL;
	return status;
}

static int consult(struct loading_options *options, const struct options *typed, int format)
{
	struct consultation c = {
		.options = options,
		.typed = typed,
		.texts = texts_new(),
		.doctors = mem_calloc(typed->n_operands + 1, sizeof(struct doctor *)),
	};
	int status = examine_all(&c);

	if (c.n)
		status = print(&c, format, status);
	for (size_t i = 0; i < c.n; i++)
		doctor_free(c.doctors[i]);
	free(c.doctors);
	texts_free(c.texts);
	return status;
}

int command_doctor(const struct command *self, int argc, char **argv)
{
	struct loading_options options;
	struct options o;
	int id = OPTIONS_END, status = EXIT_USAGE, format = 0;
	bool wrong = false;

	loading_options_begin(&options);
	options_begin(&o, self, argc, argv);
	while (!wrong && (id = options_next(&o)) > 0)
		if (!loading_option(&options, &o, id, &wrong) && id == OPT_FORMAT)
			wrong = (format = options_word(&o, "format", FORMATS)) < 0;
	if (!wrong)
		status = id == OPTIONS_END    ? consult(&options, &o, format)
			 : id == OPTIONS_HELP ? EXIT_DONE
					      : EXIT_USAGE;
	loading_options_end(&options);
	options_end(&o);
	return status;
}
