/*
 * One page: a finding is its title, and below it evidence, files, consequence and what to do.  A command to type has a
 * line of its own, however long that is: it can be copied.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "parser/base/plural.h"
#include "parser/base/utf8.h"
#include "render/doctor.h"
#include "render/out.h"
#include "report/doctor.h"

enum { INDENT = 3, LABEL = 10, WIDTH = 100, NARROWEST = 40, SHOWN_FILES = 5, SHARE = 10 };

static size_t word_width(const char *s, size_t bytes)
{
	size_t width = 0;

	while (bytes) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		width += c == UTF8_BAD || utf8_is_control(c) ? 1 : utf8_width(c);
		s += len;
		bytes -= len < bytes ? len : bytes;
	}
	return width;
}

static void put_name_bytes(struct out *o, const char *s, size_t bytes)
{
	while (bytes) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == UTF8_BAD || utf8_is_control(c))
			out_char(o, '?');
		else
			out_bytes(o, s, len);
		s += len;
		bytes -= len < bytes ? len : bytes;
	}
}

static void pad(struct out *o, size_t n)
{
	while (n-- > 0)
		out_char(o, ' ');
}

/* Words from column `left` on, wrapped before `columns`. */
static void put_wrapped(struct out *o, const char *s, size_t left, size_t columns)
{
	size_t at = left;

	while (*s) {
		size_t bytes = strcspn(s, " "), width = word_width(s, bytes);

		if (at > left && at + 1 + width > columns) {
			out_char(o, '\n');
			pad(o, left);
			at = left;
		} else if (at > left) {
			out_char(o, ' ');
			at++;
		}
		put_name_bytes(o, s, bytes);
		at += width;
		s += bytes;
		s += strspn(s, " ");
	}
	out_char(o, '\n');
}

static void put_part(struct out *o, const char *label, const char *s, size_t columns)
{
	if (!*s)
		return;
	pad(o, INDENT);
	out_printf(o, "%-*s", LABEL, label);
	put_wrapped(o, s, INDENT + LABEL, columns);
}

/* Its name, and what is said of it; or only that, if the name is a part of it. */
static void put_file(struct out *o, const struct finding_file *f, size_t left, size_t columns)
{
	if (strstr(f->evidence, f->name)) {
		put_wrapped(o, f->evidence, left, columns);
		return;
	}
	put_wrapped(o, f->name, left, columns);
	if (*f->evidence) {
		pad(o, left);
		put_wrapped(o, f->evidence, left, columns);
	}
}

/* Of several files those with most samples. */
static void put_files(struct out *o, const struct finding *f, size_t columns)
{
	bool counted = f->n_files && f->files[0].samples;

	if (f->files_told)
		return;
	for (size_t i = 0; f->n_files > 1 && i < f->n_files && i < SHOWN_FILES; i++) {
		pad(o, INDENT);
		out_printf(o, "%-*s", LABEL, i ? "" : "where");
		if (counted)
			out_printf(o, "%6.2f %%  ", (double)f->files[i].share / 100);
		put_file(o, &f->files[i], INDENT + LABEL + (counted ? SHARE : 0), columns);
	}
	if (f->n_files > SHOWN_FILES) {
		pad(o, INDENT + LABEL);
		out_printf(o, "and %zu more; all: --format json\n", f->n_files - SHOWN_FILES);
	}
}

static void put_command(struct out *o, const char *command)
{
	if (!*command)
		return;
	pad(o, INDENT + LABEL);
	put_name_bytes(o, command, strlen(command));
	out_char(o, '\n');
}

static void put_finding(struct out *o, const struct finding *f, size_t number, size_t columns)
{
	out_printf(o, "\n%zu. %s: ", number, harm_name(f->harm));
	put_wrapped(o, f->title, INDENT, columns > 12 ? columns - 12 : columns);
	put_part(o, "evidence", f->evidence, columns);
	put_files(o, f, columns);
	put_part(o, "so", f->consequence, columns);
	put_part(o, "to do", f->remedy, columns);
	put_command(o, f->command);
}

static void put_recording(struct out *o, const struct doctor *d, size_t columns)
{
	size_t serious = doctor_count(d, HARM_SERIOUS);

	if (*d->recording) {
		out_name(o, d->recording);
		out_text(o, ": ");
	}
	out_printf(o, "%" PRIu64 " %s; ", d->samples, plural(d->samples, "sample", "samples"));
	/* what stands below is numbered: the count is theirs */
	if (serious)
		out_printf(o, "%zu %s, %zu serious:\n", d->n, plural(d->n, "finding", "findings"),
			   serious);
	else
		out_text(o, "nothing serious is wrong.\n");
	for (size_t i = 0; i < d->n; i++)
		put_finding(o, &d->findings[i], i + 1, columns);
}

void render_doctor_text(struct out *o, struct doctor *const *d, size_t n)
{
	size_t columns = out_columns(o) ? out_columns(o) : WIDTH;

	if (columns < NARROWEST)
		columns = NARROWEST;
	for (size_t i = 0; i < n; i++) {
		if (i)
			out_text(o, "\n\n");
		put_recording(o, d[i], columns);
	}
}
