#include "report/call_lines.h"

#include <stdbool.h>
#include <string.h>

static struct call_line not_known(const char *why)
{
	return (struct call_line){ .why = why };
}

/* A part of a qualified name. */
struct part {
	const char *text;
	size_t len;
};

static bool part_is(struct part p, const char *text)
{
	return p.len == strlen(text) && memcmp(p.text, text, p.len) == 0;
}

/* The last part of name[0..len), without what is in front of its dot. */
static struct part last_part(const char *name, size_t len)
{
	size_t at = len;

	while (at && name[at - 1] != '.')
		at--;
	return (struct part){ .text = name + at, .len = len - at };
}

/* __eq__ and the like are called by operators and statements, too. */
static bool is_special(struct part p)
{
	return p.len > 4 && memcmp(p.text, "__", 2) == 0 &&
	       memcmp(p.text + p.len - 2, "__", 2) == 0;
}

/* By what names the function can be called: its own, and that of a class whose instances it makes. */
struct call_names {
	struct part items[2];
	size_t n;
};

static struct call_names names_of(const char *qualname)
{
	struct call_names names = { .items = { last_part(qualname, strlen(qualname)) }, .n = 1 };
	struct part last = names.items[0];

	if ((part_is(last, "__init__") || part_is(last, "__new__")) && last.text > qualname)
		names.items[names.n++] = last_part(qualname, (size_t)(last.text - qualname) - 1);
	else if (last.len == 0 || last.text[0] == '<' || is_special(last))
		names.n = 0;
	return names;
}

static bool is_one_of(const struct call_names *names, const char *text, size_t len)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->items[i].len == len && memcmp(names->items[i].text, text, len) == 0)
			return true;
	return false;
}

static struct call_line line_of_name(const struct python_source *source,
				     const struct python_names *names, uint32_t definition,
				     const struct call_names *called)
{
	struct call_line found = { 0 };
	bool mentioned = false, several = false;

	for (size_t i = names->first[definition]; i < names->first[definition + 1]; i++) {
		const struct python_name *name = &names->items[i];

		if (!is_one_of(called, source->text + name->at, name->len))
			continue;
		mentioned = mentioned || !name->call;
		several = several || (name->call && found.line && found.line != name->line);
		if (name->call)
			found.line = name->line;
	}
	if (!found.line)
		return not_known("it is not called by its name");
	if (several)
		return not_known("several lines call it");
	if (mentioned)
		return not_known("its name is passed on, too");
	return found;
}

/* The statement of a class whose body it is; 0: it is none of these. */
static uint32_t line_of_class(const struct python_found *caller, const struct python_found *callee)
{
	const struct python_definition *d;

	if (callee->source != caller->source || callee->candidates.n != 1)
		return 0;
	d = &callee->source->definitions[callee->candidates.definitions[0]];
	return d->kind == PYTHON_CLASS && d->parent == caller->candidates.definitions[0] ? d->line
											 : 0;
}

static bool may_be_class(const struct python_found *callee)
{
	for (size_t i = 0; i < callee->candidates.n; i++)
		if (callee->source->definitions[callee->candidates.definitions[i]].kind ==
		    PYTHON_CLASS)
			return true;
	return false;
}

/* Does it run when it is called, and only then? */
static bool runs_when_called(const struct python_found *callee)
{
	for (size_t i = 0; i < callee->candidates.n; i++) {
		const struct python_definition *d =
			&callee->source->definitions[callee->candidates.definitions[i]];

		if (d->generator || d->kind == PYTHON_ASYNC_FUNCTION || d->kind == PYTHON_GENEXPR)
			return false;
	}
	return true;
}

static struct call_line find(struct python_files *files, const struct python_found *caller,
			     const struct function *callee, const struct python_found *found)
{
	const struct python_names *names = python_files_names(files, caller->source);
	struct call_names called = names_of(callee->name);
	uint32_t line = line_of_class(caller, found);

	if (line)
		return (struct call_line){ .line = line };
	if (may_be_class(found))
		return not_known("it is the body of a class");
	if (!runs_when_called(found))
		return not_known("it runs when it is asked for more");
	if (!names)
		return not_known("the source has too many names");
	return line_of_name(caller->source, names, caller->candidates.definitions[0], &called);
}

struct call_line call_line_find(struct python_files *files, const struct python_found *caller,
				const struct function *callee)
{
	struct python_found found;
	struct call_line line;

	python_files_find(files, callee, &found);
	line = find(files, caller, callee, &found);
	python_candidates_free(&found.candidates);
	return line;
}
