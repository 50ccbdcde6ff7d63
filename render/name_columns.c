#include "render/name_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/out.h"
#include "render/text_parts.h"

enum { GAP = NAME_COLUMNS_GAP };
enum { LEAST_NAME = 6 };     /* narrower than this a column of names says nothing */
enum { READABLE_NAME = 14 }; /* ... of functions; narrower ones of keys are read, too: */
enum { READABLE_KEY = 12 };
enum {
	LEAST_FUNCTION = 24
}; /* where there is no room at all: rows take more than one line anyway */

/* The texts of a row's columns; those that had to be made are `own`. */
struct names {
	const char *text[NAME_COLUMNS_MOST];
	char *own[2];
};

static void free_names(struct names *n)
{
	free(n->own[0]);
	free(n->own[1]);
}

/* Values with tabs between, a column for each. */
static size_t split(struct names *n, const char *values)
{
	char *rest = n->own[0] = mem_text(values, strlen(values));
	size_t i = 0;

	while (rest && i < GROUP_KEYS)
		n->text[i++] = strsep(&rest, "\t");
	return i;
}

static void name_row(const struct name_columns *c, const struct function *f, struct names *n)
{
	size_t i = c->n_rows_by;

	*n = (struct names){ .own = { NULL } };
	if (f->keys)
		split(n, f->keys);
	else
		n->text[0] = f->name[strspn(f->name, " ")] ? f->name : "[unnamed]";
	if (c->module)
		n->text[i++] = f->module;
	if (!c->file)
		return;
	n->text[i] = *f->file ? f->file : f->object;
	if (*f->file && f->line && asprintf(&n->own[1], "%s:%u", f->file, (unsigned)f->line) >= 0)
		n->text[i] = n->own[1];
}

static void name_headings(const struct name_columns *c, struct names *n)
{
	size_t i = c->n_rows_by;

	*n = (struct names){ .own = { NULL } };
	if (c->keys)
		split(n, c->keys);
	else
		n->text[0] = "function";
	if (c->module)
		n->text[i++] = "module";
	if (c->file)
		n->text[i] = "file";
}

static void widen(struct name_columns *c, const struct names *n, size_t indent)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t width = n->text[i] ? parts_width(n->text[i]) : 0;

		if (i == 0)
			width += indent;
		if (c->width[i] < width)
			c->width[i] = width;
	}
}

void name_columns_begin(struct name_columns *c, const char *keys, bool file, const char *prefix)
{
	struct names headings;

	*c = (struct name_columns){
		.keys = keys,
		.prefix = prefix,
		.n_rows_by = 1,
		.module = parts_shows(keys, "module"),
		.file = file && parts_shows(keys, "file"),
	};
	for (const char *k = keys; k && *k; k++)
		c->n_rows_by += *k == '\t';
	c->n = c->n_rows_by + c->module + c->file;
	name_headings(c, &headings);
	widen(c, &headings, strlen(prefix));
	free_names(&headings);
}

void name_columns_measure(struct name_columns *c, const struct function *f, size_t indent)
{
	struct names names;

	name_row(c, f, &names);
	widen(c, &names, indent);
	free_names(&names);
}

size_t name_columns_least(const struct name_columns *c)
{
	size_t readable = c->keys ? READABLE_KEY : READABLE_NAME, least = 0;

	for (size_t i = 0; i < c->n_rows_by; i++)
		least += GAP + (c->width[i] < readable ? c->width[i] : readable);
	return least;
}

size_t name_columns_wanted(const struct name_columns *c)
{
	size_t wanted = 0;

	for (size_t i = 0; i < c->n; i++)
		wanted += GAP + c->width[i];
	return wanted;
}

/* Columns that need no more than their part of the room get that, until all that are left need more. */
static void share_room(struct name_columns *c, size_t room)
{
	bool settled[NAME_COLUMNS_MOST] = { false };
	size_t open = c->n;

	for (bool again = true; again && open;) {
		size_t part = room / open;

		again = false;
		for (size_t i = 0; i < c->n && !again; i++) {
			if (settled[i] || c->width[i] > part)
				continue;
			settled[i] = true;
			room -= c->width[i];
			open--;
			again = true;
		}
	}
	for (size_t i = 0; i < c->n; i++) {
		if (settled[i])
			continue;
		c->width[i] = room / open;
		room -= c->width[i];
		open--;
	}
}

/* What a row is goes before what is beside it. */
static size_t least_with_others(const struct name_columns *c)
{
	size_t others = c->n - c->n_rows_by;
	size_t function = c->width[0] < LEAST_FUNCTION ? c->width[0] : LEAST_FUNCTION;

	if (!c->keys)
		return GAP + function + others * (GAP + LEAST_NAME);
	return name_columns_least(c) + others * (GAP + READABLE_KEY);
}

void name_columns_fit(struct name_columns *c, size_t room)
{
	size_t least = LEAST_FUNCTION;

	if (c->n_rows_by > 1)
		least = c->n_rows_by * READABLE_KEY;
	while (c->n > c->n_rows_by && room < least_with_others(c))
		c->width[--c->n] = 0;
	if (room < c->n * (GAP + LEAST_NAME))
		room = c->n * GAP + least;
	share_room(c, room - c->n * GAP);
}

static void print_names(struct out *o, const struct name_columns *c, const struct names *n,
			const char *prefix, size_t indent)
{
	size_t missing = GAP; /* blanks still to be printed before the next name */

	for (size_t i = 0; i < c->n; i++) {
		size_t used = 0;

		if (i == 0 && indent && indent < c->width[0]) {
			parts_pad(o, missing);
			out_text(o, prefix);
			used = indent;
			missing = 0;
		}
		if (n->text[i] && *n->text[i]) {
			parts_pad(o, missing);
			used += parts_cut(o, n->text[i], c->width[i] - used);
			missing = 0;
		}
		missing += c->width[i] - used + GAP;
	}
	out_char(o, '\n');
}

void name_columns_headings(struct out *o, const struct name_columns *c)
{
	struct names headings;

	name_headings(c, &headings);
	print_names(o, c, &headings, c->prefix, strlen(c->prefix));
	free_names(&headings);
}

void name_columns_row(struct out *o, const struct name_columns *c, const struct function *f,
		      const char *prefix, size_t indent)
{
	struct names names;

	name_row(c, f, &names);
	print_names(o, c, &names, prefix, indent);
	free_names(&names);
}
