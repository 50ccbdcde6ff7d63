#include <stdio.h>

#include "commands/commands.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "render/info.h"
#include "render/out.h"
#include "report/folio_view.h"
#include "report/info.h"
#include "report/profile_file.h"

#define FORMATS "text|json|xml"

const struct option_row info_options[] = {
	ROW_INPUT,
	{ "format", 0, "FORMAT", FORMATS, "how to print it", OPT_FORMAT },
	ROW_VERBOSE,
	ROW_END,
};

void info_write(struct out *o, const struct session *s, int format)
{
	struct info *info = info_new(s->recording, s->diag, s->texts);

	if (format == 2)
		render_info_xml(o, info);
	else if (format == 1)
		render_info_json(o, info);
	else
		render_info_text(o, info);
	info_free(info);
}

static int print(const struct session *s, int format)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	info_write(o, s, format);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

bool info_write_profile(struct out *o, const struct session *s, int format, struct error *err)
{
	static void (*const renderers[])(struct out *, const struct profile_info *) = {
		render_profile_info_text, render_profile_info_json, render_profile_info_xml
	};
	struct profile_info info = { .diag = s->diag };
	struct source source = { .fd = -1 };
	struct folio *f = NULL;

	if (session_source(s, s->path, &source, err))
		f = profile_file_read(&source, PROFILE_FILE_POSITIONS, s->texts, err);
	info.folio = f;
	info.size = source.size;
	source_close(&source);
	if (!f)
		return false;
	folio_tell(f, true, s->diag);
	renderers[format](o, &info);
	folio_free(f);
	return true;
}

static int print_profile(const struct session *s, int format)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	if (!info_write_profile(o, s, format, &err)) {
		out_discard(o);
		return session_fail(s, &err);
	}
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

int command_info(const struct command *self, int argc, char **argv)
{
	struct options o;
	struct session s = { 0 };
	const char *input = NULL;
	bool verbose = false;
	int id, status = EXIT_USAGE, format = 0;

	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0) {
		if (id == 'i')
			input = o.arg;
		else if (id == 'v')
			verbose = true;
		else if (id == OPT_FORMAT && (format = options_word(&o, "format", FORMATS)) < 0)
			goto done;
	}
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	status = session_open_any(&s, &o, input, false);
	if (status != EXIT_DONE)
		goto done;
	status = s.recording ? print(&s, format) : print_profile(&s, format);
	session_tell(&s, verbose);
done:
	session_close(&s);
	options_end(&o);
	return status;
}
