#include "commands/no_function.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/function_name.h"

static bool find(const struct function *functions, size_t n, const char *name, unsigned kinds)
{
	for (size_t i = 0; i < n; i++)
		if (kinds >> functions[i].kind & 1 && function_is_called(&functions[i], name))
			return true;
	return false;
}

bool names_function(const struct loading *l, const char *name, unsigned kinds)
{
	return find(l->functions.items, l->functions.n, name, kinds);
}

static bool is_in(const struct profile *p, const char *name, unsigned kinds)
{
	return find(p->functions, p->n_functions, name, kinds);
}

bool names_function_in_view(const struct loading *l, const char *name, unsigned kinds)
{
	return is_in(l->profile, name, kinds);
}

static bool has_any(const struct functions *functions)
{
	for (size_t i = 0; i < functions->n; i++)
		if (NAMES_ANY >> functions->items[i].kind & 1)
			return true;
	return false;
}

static bool is_filtered(const struct profile *p)
{
	for (size_t e = 0; e < p->n_events; e++)
		if (p->events[e].filtered.samples)
			return true;
	return false;
}

/* It is in the recording, and not in what was asked for. */
static void tell_hidden(const struct session *s, const struct loading *l, const struct profile *p,
			const char *name)
{
	bool filtered = is_filtered(p);
	const char *step = "--view native shows all functions";

	session_say("perfolio: %s: ", s->path);
	if (is_in(p, name, NAMES_ANY) && l->event >= 0 && !filtered) {
		session_say("'%s' has no samples of %s", name, p->events[l->event].name);
		step = "without --event it has";
	} else if (p->view == VIEW_NATIVE || is_in(p, name, NAMES_ANY)) {
		session_say("the filters leave out all samples of '%s'", name);
		step = "see perfolio-filters(7), or ask without them";
	} else {
		session_say("the %s view%s does not show '%s'", view_name(p->view),
			    filtered ? " of what the filters keep" : "", name);
	}
	fprintf(stderr, "\n  %s\n", step);
}

/* Names of what is shown come first: they are those that can be asked for as it is. */
static char *hint_for(const struct loading *l, const struct profile *p, const char *name,
		      unsigned kinds)
{
	char *hint = function_names_hint(p->functions, p->n_functions, kinds, name);

	if (*hint)
		return hint;
	free(hint);
	return function_names_hint(l->functions.items, l->functions.n, kinds, name);
}

int tell_no_function_in(const struct session *s, const struct loading *l, const struct profile *p,
			const char *name, unsigned kinds)
{
	char *hint;

	if (!has_any(&l->functions) && is_filtered(p)) {
		session_say(
			"perfolio: %s: the filters leave out all samples, so no function is called '%s'",
			s->path, name);
		fputs("\n  see perfolio-filters(7), or ask without them\n", stderr);
		return EXIT_NOTHING;
	}
	if (!p->keys && names_function(l, name, kinds)) {
		tell_hidden(s, l, p, name);
		return EXIT_NOTHING;
	}
	hint = hint_for(l, p, name, kinds);
	if (kinds == NAMES_PYTHON) /* cache --under, which filters itself */
		session_say("perfolio: %s: no Python function is called '%s'%s", s->path, name,
			    hint);
	else
		session_say("perfolio: %s: no function%s is called '%s'%s", s->path,
			    is_filtered(p) ? " that the filters keep" : "", name, hint);
	fputs("\n  perfolio report --sort name --limit 0 shows all names\n", stderr);
	free(hint);
	return EXIT_NOTHING;
}

int tell_no_function(const struct session *s, const struct loading *l, const char *name,
		     unsigned kinds)
{
	return tell_no_function_in(s, l, l->profile, name, kinds);
}
