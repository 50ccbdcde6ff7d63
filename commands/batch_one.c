#include "commands/batch_one.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/batch_folder.h"
#include "commands/outputs.h"
#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "report/entry.h"
#include "report/entry_facts.h"
#include "report/environment.h"

struct one {
	const struct batch *b;
	const struct batch_input *input;
	const struct digest *content;
	const struct file_stamp *stamp;
	struct object_cache *cache;
	struct one_result *result;
	struct session session;
	struct loading loading;
	struct environment environment;
	struct entry entry;
};

static void give_up(struct one *o, enum one_outcome outcome, const char *why)
{
	o->result->outcome = outcome;
	snprintf(o->result->text, sizeof(o->result->text), "%s", why);
}

/* Behind "PATH: ", where the text begins so, as session_put() writes it; else all of the text. */
static const char *behind_path(const char *text, const char *path)
{
	const char *at = text;

	while (*path) {
		uint32_t c;
		size_t len = utf8_next(path, &c);
		bool shown = c != UTF8_BAD && !utf8_is_control(c);

		if (shown ? strncmp(at, path, len) != 0 : *at != '?')
			return text;
		at += shown ? len : 1;
		path += len;
	}
	return strncmp(at, ": ", 2) == 0 ? at + 2 : text;
}

/* The first line that a stage told, without who said it and of what: where it is shown, the path stands before it. */
static void read_message(int messages, const char *path, char *text, size_t size)
{
	static const char self[] = "perfolio";
	char line[PATH_MAX + 512];
	ssize_t n = pread(messages, line, sizeof(line) - 1, 0);
	const char *what = line, *colon;

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	colon = strncmp(line, self, sizeof(self) - 1) == 0 ? strstr(line, ": ") : NULL;
	if (colon)
		what = behind_path(colon + 2, path);
	snprintf(text, size, "%.*s", (int)size - 1, *what ? what : "it cannot be read");
}

static bool open_input(struct one *o)
{
	struct session *s = &o->session;
	struct error err = { 0 };
	char text[sizeof(o->result->text)];

	s->path = o->input->path;
	s->n_inputs = 1;
	s->inputs = mem_calloc(1, sizeof(*s->inputs));
	s->inputs[0] = s->path;
	s->standard_input.fd = -1;
	s->diag = diag_new();
	s->texts = texts_new();
	if (batch_input_is_profile(s->path))
		return true;
	s->recording = recording_open(s->path, s->diag, s->texts, &err);
	if (s->recording)
		return true;
	if (err.has_offset)
		snprintf(text, sizeof(text), "byte 0x%llx: %.300s", (unsigned long long)err.offset,
			 err.what);
	else
		snprintf(text, sizeof(text), "%.399s", err.what);
	give_up(o, err.kind == ERR_IO ? ONE_UNUSUAL : ONE_FAILED, text);
	return false;
}

static struct loading_options loading_options_of(struct one *o)
{
	struct loading_options options = o->b->loading;

	options.cache = o->cache;
	if (batch_outputs_examine(&o->b->outputs))
		options.collect.environment = &o->environment;
	if (batch_outputs_show_functions(&o->b->outputs))
		options.positions = true;
	if (batch_outputs_save(&o->b->outputs) && o->session.recording)
		save_prepare(&options);
	return options;
}

/* Names that are missing for want of room to unpack them are there the next time. */
static bool had_room(struct one *o)
{
	for (size_t i = 0; i < diag_count(o->session.diag); i++) {
		const struct problem *p = diag_get(o->session.diag, i);

		if (p->kind == PROBLEM_NO_ROOM) {
			give_up(o, ONE_UNUSUAL, p->message);
			return false;
		}
	}
	return true;
}

static bool load(struct one *o, int messages)
{
	struct loading_options options = loading_options_of(o);
	char text[sizeof(o->result->text)];

	if (loading_run(&o->loading, &o->session, o->b->options, &options) == EXIT_DONE)
		return had_room(o);
	read_message(messages, o->session.path, text, sizeof(text));
	give_up(o, ONE_FAILED, text);
	return false;
}

/* Nothing may have changed since its digest was taken. */
static bool is_unchanged(struct one *o)
{
	struct file_stamp now;
	struct error err;

	if (!input_stamp(o->input->path, &now, &err))
		give_up(o, ONE_UNUSUAL, "it vanished while it was read");
	else if (!file_stamp_equal(&now, o->stamp))
		give_up(o, ONE_UNUSUAL, "it changed while it was read");
	else
		return true;
	return false;
}

/* Before the outputs: exports change the profile. */
static bool write_functions(struct one *o, const char *folder, struct error *err)
{
	struct table_summary summary = loading_summary(&o->loading, &o->session);
	struct table_options options = { .event = o->loading.event };
	struct doctor_input in = loading_doctor_input(&o->loading, &o->session);
	struct totals *totals = totals_new(o->loading.profile);
	struct table *t =
		table_new(o->loading.profile, totals, o->session.diag, &summary, &options);
	struct doctor *d = doctor_new(&in);
	struct entry_facts facts;
	struct entry_input input = {
		.facts = &facts,
		.collected = &o->loading.collected,
		.profile = o->loading.profile,
		.table = t,
		.doctor = d,
		.diag = o->session.diag,
	};
	char *path = batch_path(folder, "functions.tsv", NULL);
	const char *const *files;
	const char **own = NULL;
	size_t n_files;
	bool ok;

	if (o->loading.folio) {
		entry_facts_of_folio(&facts, o->loading.folio);
		files = o->loading.folio->files;
		n_files = o->loading.folio->n_files;
	} else {
		entry_facts_of_recording(&facts, o->session.recording, o->loading.machine,
					 &o->loading.collected, o->session.texts);
		files = own = symbols_python_files(o->loading.jitmaps, o->session.texts, &n_files);
	}
	facts.host = summary.host;
	facts.command = summary.program;
	ok = entry_functions_write(t, files, n_files, path, err);
	entry_make(&o->entry, &input);
	o->entry.bytes = o->stamp->size;
	o->entry.profile = !o->session.recording;
	o->entry.packed = o->session.recording && recording_is_packed(o->session.recording);
	free(own);
	free(path);
	doctor_free(d);
	table_free(t);
	totals_free(totals);
	return ok;
}

/* Last: it lists the outputs. */
static bool write_entry(struct one *o, const char *folder, struct error *err)
{
	struct entry *e = &o->entry;
	struct texts *texts = o->session.texts;
	char content[DIGEST_TEXT], options[DIGEST_TEXT];
	char *path = batch_path(folder, "entry.tsv", NULL);
	bool ok;

	e->content = texts_add_z(texts, digest_text(o->content, content));
	e->options = texts_add_z(texts, digest_text(&o->b->digest, options));
	e->version = PACKAGE_VERSION;
	e->input = o->input->path;
	ok = entry_write(e, path, err);
	free(path);
	return ok;
}

static bool write_all(struct one *o, const char *folder, bool *unreadable, struct error *err)
{
	struct loading_options options = loading_options_of(o);
	char hash[DIGEST_TEXT];
	struct batch_making making = {
		.session = &o->session,
		.loading = &o->loading,
		.environment = &o->environment,
		.options = &options,
		.typed = o->b->typed,
		.hash = digest_text(o->content, hash),
	};

	return write_functions(o, folder, err) &&
	       batch_outputs_write(&o->b->outputs, &making, folder, &o->entry, unreadable, err) &&
	       write_entry(o, folder, err);
}

static void write_folder(struct one *o)
{
	char own[32], name[FOLDER_NAME], text[sizeof(o->result->text)];
	bool unreadable = false;
	char *work = NULL, *final = NULL, *recordings = NULL;
	struct error err = { 0 };

	snprintf(own, sizeof(own), "%ld", (long)getpid());
	work = batch_path(o->b->dir, BATCH_WORK, own);
	if (!folder_make(work, &err) || !write_all(o, work, &unreadable, &err)) {
		snprintf(text, sizeof(text), "%s%s%.190s", unreadable ? "" : o->b->dir,
			 unreadable ? "" : ": ", err.what);
		give_up(o, unreadable ? ONE_UNUSUAL : ONE_NO_OUTPUT, text);
		if (unreadable)
			is_unchanged(o); /* or that is why */
		goto done;
	}
	if (!is_unchanged(o))
		goto done;
	if (o->session.recording && recording_refused(o->session.recording)) {
		give_up(o, ONE_UNUSUAL, "the system refused to read it to its end");
		goto done;
	}
	folder_sync(work);
	folder_name(&o->entry, name);
	final = batch_path(o->b->dir, "recordings", name);
	if (!folder_place(work, final, &err)) {
		give_up(o, ONE_NO_OUTPUT, err.what);
		goto done;
	}
	recordings = batch_path(o->b->dir, "recordings", NULL);
	path_sync(recordings);
	give_up(o, ONE_DONE, name);
done:
	folder_remove(work);
	free(work);
	free(final);
	free(recordings);
}

void batch_one(const struct batch *b, const struct batch_input *input, const struct digest *content,
	       const struct file_stamp *stamp, struct object_cache *cache, int messages,
	       struct one_result *result)
{
	struct one o = {
		.b = b,
		.input = input,
		.content = content,
		.stamp = stamp,
		.cache = cache,
		.result = result,
	};

	if (open_input(&o) && load(&o, messages))
		write_folder(&o);
	else if (result->outcome == ONE_FAILED)
		is_unchanged(&o); /* or that is why, and not for ever */
	entry_done(&o.entry);
	environment_done(&o.environment);
	loading_done(&o.loading);
	session_close(&o.session);
}
