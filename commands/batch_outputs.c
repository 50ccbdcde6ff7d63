#include "commands/batch_outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/gather.h"
#include "commands/outputs.h"
#include "parser/base/memory.h"
#include "parser/base/near_names.h"
#include "render/renderers.h"
#include "report/folio_code.h"

/* False: the recording cannot be read a second time; errors of writing are the stream's. */
typedef bool output_writer(struct out *o, const struct batch_making *m, int format,
			   struct error *err);

static bool report(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	struct table_options options = { .limit = 0 };

	(void)err;
	report_write(o, m->session, m->loading, &options, format);
	return true;
}

static bool cache(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	struct table_options options = { .limit = 0 };
	struct ratios ratios = { .n = 0 };

	(void)err;
	cache_write(o, m->session, m->loading, &options, &ratios, format);
	ratios_done(&ratios);
	return true;
}

static bool doctor(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	(void)err;
	doctor_free(doctor_write(o, m->session, m->loading, m->environment, format));
	return true;
}

/* It tells the problems of its own walk alone, as the command does. */
static bool info(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	struct session s = {
		.path = m->session->path,
		.diag = diag_new(),
		.texts = texts_new(),
		.standard_input = { .fd = -1 },
	};
	bool ok = true;

	if (!m->session->recording) {
		ok = info_write_profile(o, &s, format, err);
	} else {
		s.recording = recording_open(s.path, s.diag, s.texts, err);
		ok = s.recording != NULL;
		if (ok)
			info_write(o, &s, format);
	}
	session_close(&s);
	return ok;
}

/* Behind what shows problems: it finds more of them. */
static bool annotate(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	(void)err;
	annotate_write(o, m->session, m->loading, m->options, format);
	return true;
}

static bool export(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	struct export_options how = EXPORT_DEFAULTS;

	(void)err;
	export_write(o, m->session, m->loading, &how, format);
	return true;
}

/*
 * From the same walk, unless it did not keep what that takes.  Inlined functions, which the file has and the Python view does not
 * show, can only be looked for when nothing else is told of files any more: not before annotate.
 */
static bool profile(struct out *o, const struct batch_making *m, int format, struct error *err)
{
	const struct gathered *d = m->loading->gathered;
	struct loading_options options = *m->options;

	(void)format;
	if (d && (!m->annotates || gathered_is_inlined(d)) &&
	    save_loaded(o, m->session, m->loading, &options, m->typed, m->hash))
		return true;
	options.collect.environment = NULL;
	return save_write(o, m->session->path, &options, m->typed, m->hash) ||
	       fail(err, ERR_FORMAT, "it could be read once, but not again for the profile");
}

/*
 * The name for --output, and what the file is called.  Exports come last, for those of one event keep only that one
 * in the profile, and callgrind changes the functions' paths.
 */
static const struct output_row {
	const char *name, *file;
	output_writer *write;
	int format;
	bool is_export;
	bool needs_positions; /* a profile file without them cannot answer it */
} rows[] = {
	{ "report.txt", "report.txt", report, 0, false, false },
	{ "report.csv", "report.csv", report, 1, false, false },
	{ "report.json", "report.json", report, 2, false, false },
	{ "report.xml", "report.xml", report, 3, false, false },
	{ "cache.txt", "cache.txt", cache, 0, false, false },
	{ "cache.csv", "cache.csv", cache, 1, false, false },
	{ "cache.json", "cache.json", cache, 2, false, false },
	{ "cache.xml", "cache.xml", cache, 3, false, false },
	{ "doctor.txt", "doctor.txt", doctor, 0, false, false },
	{ "doctor.json", "doctor.json", doctor, 1, false, false },
	{ "doctor.xml", "doctor.xml", doctor, 2, false, false },
	{ "info.txt", "info.txt", info, 0, false, false },
	{ "info.json", "info.json", info, 1, false, false },
	{ "info.xml", "info.xml", info, 2, false, false },
	{ "profile", "profile.perfolio", profile, 0, false, false },
	{ "annotate.txt", "annotate.txt", annotate, 0, false, true },
	{ "annotate.json", "annotate.json", annotate, 1, false, true },
	{ "annotate.xml", "annotate.xml", annotate, 2, false, true },
	{ "folded", "stacks.folded", export, 2, true, false },
	{ "dot", "graph.dot", export, 1, true, false },
	{ "callgrind", "callgrind.out", export, 0, true, false },
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };
_Static_assert((int)N_ROWS <= (int)MOST_OUTPUTS, "every row has its place in struct batch_outputs");

static bool unknown(const char *name, size_t len, struct error *err)
{
	enum { SHOWN = 40 }; /* of a name that may be long */
	const char *names[N_ROWS];
	char list[300] = "", *hint;
	size_t n = 0;

	for (size_t i = 0; i < N_ROWS; i++)
		names[i] = rows[i].name;
	for (size_t i = 0; i < N_ROWS && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i ? ", " : "", names[i]);
	hint = near_list_hint(name, len, names, N_ROWS);
	fail(err, ERR_USAGE, "there is no output '%.*s'%s%s%s", (int)(len < SHOWN ? len : SHOWN),
	     name, hint, *hint ? "" : "; there are: ", *hint ? "" : list);
	free(hint);
	return false;
}

bool batch_outputs_parse(struct batch_outputs *o, const char *names, struct error *err)
{
	for (const char *at = names; *at; at += *at == ',') {
		size_t len = strcspn(at, ","), i = 0;

		while (i < N_ROWS &&
		       (strlen(rows[i].name) != len || strncmp(rows[i].name, at, len) != 0))
			i++;
		if (i == N_ROWS)
			return unknown(at, len, err);
		o->chosen[i] = o->any = true;
		at += len;
	}
	return o->any || unknown("", 0, err);
}

static bool has(const struct batch_outputs *o, output_writer *write)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (o->chosen[i] && rows[i].write == write)
			return true;
	return false;
}

bool batch_outputs_examine(const struct batch_outputs *o)
{
	return has(o, doctor);
}

bool batch_outputs_save(const struct batch_outputs *o)
{
	return has(o, profile);
}

bool batch_outputs_show_functions(const struct batch_outputs *o)
{
	return has(o, annotate);
}

/* Not in the sink: other outputs show that, and the command would not say it of them. */
static void note_not_made(const struct output_row *row, const struct batch_making *m,
			  struct entry *e)
{
	struct entry_problem p = {
		.severity = severity_name(SEVERITY_NOTE),
		.kind = "output-not-made",
		.subject = row->file,
		.count = 1,
	};
	char text[200];

	snprintf(
		text, sizeof(text),
		"%s was not made: the profile file was saved without where in the code its samples are",
		row->file);
	p.message = texts_add_z(m->session->texts, text);
	entry_add_problem(e, &p);
}

static bool write_one(const struct output_row *row, const struct batch_making *m,
		      const char *folder, struct entry *e, bool *unreadable, struct error *err)
{
	char *path = mem_calloc(strlen(folder) + strlen(row->file) + 2, 1);
	struct error closing;
	struct out *out;
	struct stat st;
	bool ok = false;

	stpcpy(stpcpy(stpcpy(path, folder), "/"), row->file);
	out = out_create(path, err);
	if (out) {
		*unreadable = !row->write(out, m, row->format, err);
		if (*unreadable)
			out_discard(out);
		else
			ok = out_close(out, &closing) ||
			     fail(err, closing.kind, "%s: %s", row->file, closing.what);
	}
	if (ok && stat(path, &st) == 0)
		entry_add_output(e, row->file, (uint64_t)st.st_size);
	free(path);
	return ok;
}

bool batch_outputs_write(const struct batch_outputs *o, const struct batch_making *m,
			 const char *folder, struct entry *e, bool *unreadable, struct error *err)
{
	struct loading *l = m->loading;
	struct batch_making making = *m;

	making.annotates = has(o, annotate);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!o->chosen[i])
			continue;
		if (rows[i].needs_positions && l->folio && !folio_has_positions(l->folio)) {
			note_not_made(&rows[i], m, e);
			continue;
		}
		if (rows[i].is_export && l->event >= 0) {
			profile_keep_event(l->profile, (size_t)l->event);
			l->event = -1;
		}
		if (!write_one(&rows[i], &making, folder, e, unreadable, err))
			return false;
	}
	return true;
}
