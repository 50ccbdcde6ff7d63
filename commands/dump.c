#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/session.h"
#include "parser/base/memory.h"
#include "parser/base/near_names.h"
#include "render/dump.h"
#include "render/out.h"

const struct option_row dump_options[] = {
	ROW_INPUT,
	{ "type", 0, "TYPE,...", NULL, "only records of these types: SAMPLE, MMAP2, TYPE_99 ...",
	  OPT_TYPE },
	{ "limit", 0, "N", NULL, "at most N records (0: all)", OPT_LIMIT },
	ROW_VERBOSE,
	ROW_END,
};

static int print(const struct session *s, const struct dump_options *d)
{
	struct error err = { 0 };
	struct out *o = out_open("-", &err);

	if (!o)
		return session_output_fail(NULL, &err);
	render_dump(o, s->recording, d);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(NULL, &err);
}

/* False: a name in --type is no record type's; told. */
static bool check_types(const struct options *o, const char *types)
{
	char *names, *word, *hint;
	const char *unknown;
	size_t len;

	unknown = types ? dump_unknown_type(types, &len) : NULL;
	if (!unknown)
		return true;
	names = dump_type_names();
	word = mem_text(unknown, len);
	hint = near_words_hint(word, names);
	for (char *p = names; *p; p++)
		if (*p == '|')
			*p = ' ';
	if (!len)
		options_usage(o, "--type: a name is empty; there are %s and TYPE_N", names);
	else
		options_usage(o, "--type: there is no record type '%s'; there are %s and TYPE_N%s",
			      word, names, hint);
	free(hint);
	free(word);
	free(names);
	return false;
}

int command_dump(const struct command *self, int argc, char **argv)
{
	struct dump_options d = { 0 };
	struct options o;
	struct session s = { 0 };
	const char *input = NULL;
	bool verbose = false;
	int id, status = EXIT_USAGE;

	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0) {
		if (id == 'i')
			input = o.arg;
		else if (id == 'v')
			verbose = true;
		else if (id == OPT_TYPE)
			d.types = o.arg;
		else if (id == OPT_LIMIT && !options_number(&o, "limit", 0, UINT64_MAX, &d.limit))
			goto done;
	}
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	if (!check_types(&o, d.types))
		goto done;
	status = session_open(&s, &o, input);
	if (status != EXIT_DONE)
		goto done;
	status = print(&s, &d);
	session_tell(&s, verbose);
done:
	session_close(&s);
	options_end(&o);
	return status;
}
