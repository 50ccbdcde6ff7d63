#include "commands/filtering.h"

#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "parser/base/near_names.h"
#include "report/label.h"

/* Of regular expressions: far more than people write. */
enum { LONGEST = 4096, DEEPEST = 200, MOST_COUNTED = 2 };

static bool numbers(struct number_list *list, const struct options *o, const char *option)
{
	struct error err;

	if (number_list_parse(list, o->arg, &err))
		return true;
	options_usage(o, "--%s: %s", option, err.what);
	return false;
}

/* regcomp() of glibc recurses for each parenthesis, and copies what is counted: both without a limit. */
bool filtering_is_too_complex(const char *text)
{
	size_t depth = 0, deepest = 0, counted = 0;

	for (const char *p = text; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '(' && ++depth > deepest)
			deepest = depth;
		else if (*p == ')' && depth)
			depth--;
		else if (*p == '{' && p > text && p[-1] == ')')
			counted++;
	}
	return strlen(text) > LONGEST || deepest > DEEPEST || counted > MOST_COUNTED;
}

static bool expression(regex_t *re, bool *has, const struct options *o, const char *option)
{
	char why[160];
	int status;

	if (*has)
		regfree(re);
	*has = false;
	if (filtering_is_too_complex(o->arg)) {
		options_usage(o, "--%s: the expression is too long or too deeply nested", option);
		return false;
	}
	status = regcomp(re, o->arg, REG_EXTENDED | REG_NOSUB);
	if (status != 0) {
		regerror(status, re, why, sizeof(why));
		options_usage(o, "--%s: '%s' is no regular expression: %s", option, o->arg, why);
		return false;
	}
	*has = true;
	return true;
}

/* A pattern for frames: whether it compiles is told now, not when the recording was read. */
static bool pattern(const char **to, const struct options *o, const char *option)
{
	bool has = false;
	regex_t re;

	if (!expression(&re, &has, o, option))
		return false;
	regfree(&re);
	*to = o->arg;
	return true;
}

/* A word's place in KINDS is its number in enum function_kind. */
static bool add_kind(struct filtering *f, const struct options *o)
{
	int kind = options_word(o, "kind", KINDS);

	if (kind >= 0)
		f->leaves.kinds |= 1u << kind;
	return kind >= 0;
}

static bool add_grouping(struct filtering *f, const struct options *o)
{
	struct error err;

	if (grouping_parse(&f->grouping, o->arg, &err))
		return true;
	options_usage(o, "--group-by: %s", err.what);
	return false;
}

static bool add_time(struct filtering *f, const struct options *o)
{
	struct error err;

	if (sample_filter_time(&f->samples, o->arg, &err))
		return true;
	options_usage(o, "--time: %s", err.what);
	return false;
}

bool filtering_option(struct filtering *f, const struct options *o, int id, bool *wrong)
{
	switch (id) {
	case OPT_GROUP_BY:
		*wrong = !add_grouping(f, o);
		return true;
	case OPT_COMM:
		f->samples.comms = o->arg;
		return true;
	case OPT_PID:
		*wrong = !numbers(&f->samples.pids, o, "pid");
		return true;
	case OPT_TID:
		*wrong = !numbers(&f->samples.tids, o, "tid");
		return true;
	case OPT_CPU:
		*wrong = !numbers(&f->samples.cpus, o, "cpu");
		return true;
	case OPT_TIME:
		*wrong = !add_time(f, o);
		return true;
	case OPT_OBJECT:
		*wrong = !expression(&f->object_regex, &f->has_object, o, "object");
		f->object = o->arg;
		f->leaves.object = f->has_object ? &f->object_regex : NULL;
		return true;
	case OPT_MODULE:
		*wrong = !expression(&f->module_regex, &f->has_module, o, "module");
		f->module = o->arg;
		f->leaves.module = f->has_module ? &f->module_regex : NULL;
		return true;
	case OPT_KIND:
		*wrong = !add_kind(f, o);
		return true;
	case OPT_FOCUS:
		*wrong = !pattern(&f->frames.focus, o, "focus");
		return true;
	case OPT_IGNORE:
		*wrong = !pattern(&f->frames.ignore, o, "ignore");
		return true;
	case OPT_HIDE:
		*wrong = !pattern(&f->frames.hide, o, "hide");
		return true;
	case OPT_SHOW:
		*wrong = !pattern(&f->frames.show, o, "show");
		return true;
	case OPT_SHOW_FROM:
		*wrong = !pattern(&f->frames.show_from, o, "show-from");
		return true;
	default:
		return false;
	}
}

const struct leaf_filter *filtering_leaves(const struct filtering *f)
{
	return f->has_object || f->has_module || f->leaves.kinds || f->leaves.under ? &f->leaves
										    : NULL;
}

static const char *object_of(const struct function *f)
{
	return f->object;
}

static const char *module_of(const struct function *f)
{
	return f->module;
}

/* Near is what ends like it: people type "libc.so" for /usr/lib/x86_64-linux-gnu/libc.so.6. */
static void tell_unmatched(const struct functions *functions, const regex_t *re, const char *text,
			   const char *option, const char *(*value)(const struct function *f),
			   struct diag *diag)
{
	struct near_names near;
	char *hint;

	near_names_begin(&near, text);
	for (size_t i = 0; i < functions->n; i++) {
		const char *v = value(&functions->items[i]);

		if (regexec(re, v, 0, NULL, 0) == 0)
			return;
		near_names_offer(&near, v);
		near_names_offer(&near, label_base(v));
	}
	if (!functions->n)
		return;
	hint = near_names_hint(&near);
	diag_add(diag, PROBLEM_NO_MATCH, option, "%s: '%s' matches no %s of the recording%s",
		 option, text, option + strlen("--"), hint);
	free(hint);
}

void filtering_tell_unmatched(const struct filtering *f, const struct functions *functions,
			      struct diag *diag)
{
	if (f->has_object)
		tell_unmatched(functions, &f->object_regex, f->object, "--object", object_of, diag);
	if (f->has_module)
		tell_unmatched(functions, &f->module_regex, f->module, "--module", module_of, diag);
}

void filtering_done(struct filtering *f)
{
	if (f->has_object)
		regfree(&f->object_regex);
	if (f->has_module)
		regfree(&f->module_regex);
	sample_filter_done(&f->samples);
	*f = (struct filtering){ .has_object = false };
}
