#include <string.h>

#include "parser/base/memory.h"
#include "report/doctor_parts.h"

static bool sounds_secret(const char *name)
{
	static const char *const words[] = { "SECRET",     "TOKEN", "PASS",  "KEY",
					     "CREDENTIAL", "AUTH",  "COOKIE" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

enum { SHOWN_NAMES = 20 };

static enum harm harm_of(const char *name)
{
	return environment_is_harmless(name) ? HARM_NOTE
	       : sounds_secret(name)         ? HARM_SERIOUS
					     : HARM_ADVICE;
}

/* Names in the order of their harm, where there is any but the least only those with it. */
static const char *list_names(struct examination *x, enum harm worst)
{
	const struct environment *e = x->in->environment;
	const char *list = "";
	size_t n = 0;

	for (int harm = (int)worst; harm >= (worst ? HARM_ADVICE : HARM_NOTE); harm--)
		for (size_t i = 0; i < e->n; i++) {
			if ((int)harm_of(e->names[i].name) != harm)
				continue;
			if (n++ < SHOWN_NAMES)
				list = examination_text(x, "%s%s%s", list, *list ? ", " : "",
							e->names[i].name);
		}
	if (n > SHOWN_NAMES)
		list = examination_text(x, "%s and %zu more", list, n - SHOWN_NAMES);
	return list;
}

static void add_names(struct finding *f, const struct environment *e)
{
	f->files = mem_calloc(e->n, sizeof(*f->files));
	for (size_t i = 0; i < e->n; i++) {
		enum harm harm = harm_of(e->names[i].name);

		f->harm = harm > f->harm ? harm : f->harm;
		f->files[f->n_files++] = (struct finding_file){
			.name = e->names[i].name,
			.evidence = "",
			.samples = e->names[i].samples,
		};
	}
}

void examine_environment(struct examination *x)
{
	const struct environment *e = x->in->environment;
	struct finding f = {
		.kind = "environment-in-copies",
		.harm = HARM_NOTE,
		.files_told = true,
	};
	struct record_answers was;
	const char *names;

	if (!e || !e->n)
		return;
	add_names(&f, e);
	names = list_names(x, f.harm);
	f.samples = e->samples;
	f.title = "stack copies carry the program's environment";
	if (f.harm == HARM_NOTE)
		f.evidence = examination_text(x, "some hold values of %s", names);
	else
		f.evidence = examination_text(x, "%s hold values of %s",
					      examination_numbers(x, e->samples), names);
	f.consequence = "who gets the recording can read them";
	record_ask(x->in->command, &was, x->in->texts);
	if (was.starts_program) {
		f.remedy = "record under a clean environment";
		f.command =
			examination_again(x, &(struct record_changes){ .clean_environment = true });
	} else {
		f.remedy = "start the program under a clean environment (env -i), then record";
	}
	examination_add(x, &f);
}
