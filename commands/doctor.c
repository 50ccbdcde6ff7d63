#include <stdio.h>

#include "commands/commands.h"
#include "commands/loading.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "render/doctor.h"
#include "render/out.h"
#include "report/doctor.h"

#define FORMATS "text|json|xml"

const struct option_row doctor_options[] = {
	{ "format", 0, "FORMAT", FORMATS, "how to print it", OPT_FORMAT },
	ROWS_LOADING,
	ROW_END,
};

struct doctor *doctor_write(struct out *o, const struct session *s, const struct loading *l,
			    const struct environment *e, int format)
{
	struct doctor_input in = loading_doctor_input(l, s);
	struct doctor *d;

	in.environment = e;
	d = doctor_new(&in);
	if (format == 2)
		render_doctor_xml(o, d);
	else if (format == 1)
		render_doctor_json(o, d);
	else
		render_doctor_text(o, d);
	return d;
}

/* --strict: what could be better is not well either. */
static bool is_unwell(const struct doctor *d, bool strict)
{
	return doctor_count(d, HARM_SERIOUS) || (strict && doctor_count(d, HARM_ADVICE));
}

static int doctor(const struct session *s, const struct loading *l,
		  const struct loading_options *options, int format)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);
	struct doctor *d;
	int status = EXIT_DONE;

	if (!o)
		return session_output_fail(NULL, &err);
	d = doctor_write(o, s, l, options->collect.environment, format);
	if (!out_close(o, &err))
		status = session_output_fail(NULL, &err);
	else if (is_unwell(d, options->strict))
		status = EXIT_UNWELL;
	if (options->verbose) /* the problems that it does not take up, too */
		session_tell(s, true);
	doctor_free(d);
	return status;
}

int command_doctor(const struct command *self, int argc, char **argv)
{
	struct environment environment = { .n = 0 };
	struct loading_options options;
	struct loading l = { 0 };
	struct session s = { 0 };
	struct options o;
	int id, status = EXIT_USAGE, format = 0;
	bool wrong = false;

	loading_options_begin(&options);
	options.collect.environment = &environment;
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0) {
		if (!loading_option(&options, &o, id, &wrong) && id == OPT_FORMAT)
			wrong = (format = options_word(&o, "format", FORMATS)) < 0;
		if (wrong)
			goto done;
	}
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	status = session_open_any(&s, &o, options.input, false);
	if (status != EXIT_DONE)
		goto done;
	status = loading_run(&l, &s, &o, &options);
	if (status == EXIT_DONE)
		status = doctor(&s, &l, &options, format);
done:
	environment_done(&environment);
	loading_options_end(&options);
	loading_done(&l);
	session_close(&s);
	options_end(&o);
	return status;
}
