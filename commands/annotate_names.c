#include "commands/annotate_names.h"

#include <stdio.h>
#include <string.h>

#include "commands/no_function.h"

/* What nobody would write who means a name. */
static bool is_expression(const char *text)
{
	return strpbrk(text, "^$*+?()[]{}|\\") != NULL;
}

static void tell_expression(const struct session *s, const struct annotation *a, const char *text)
{
	bool filtered = false;

	for (size_t e = 0; e < a->n_events; e++)
		filtered |= a->events[e].event->filtered.samples != 0;
	session_say("perfolio: %s: '%s' is found in no function's name%s", s->path, text,
		    filtered ? ", of those that the filters keep" : "");
	fputs("\n  perfolio report --sort name --limit 0 shows all names\n", stderr);
}

int annotate_tell_names(const struct session *s, const struct loading *l,
			const struct annotation *a)
{
	for (size_t i = 0; i < a->n_names; i++) {
		const struct annotation_name *name = &a->names[i];

		if (name->n)
			continue;
		if (is_expression(name->text))
			tell_expression(s, a, name->text);
		else
			tell_no_function_in(s, l, a->in.profile, name->text, NAMES_ANY);
	}
	return a->n_functions || !a->n_names ? EXIT_DONE : EXIT_NOTHING;
}
