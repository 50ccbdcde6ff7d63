/*
 * save and merge: profile files.  They differ in how many inputs they take and in what they keep apart.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/gather.h"
#include "commands/loading.h"
#include "commands/output_path.h"
#include "commands/outputs.h"
#include "commands/session.h"
#include "parser/base/memory.h"
#include "render/out.h"
#include "report/folio_view.h"
#include "report/profile_file.h"

/* In the order of enum root_key. */
#define KEEPS "host|recording|comm|process|thread|cpu"

/* An input's samples are told apart by what that costs little to keep; of many inputs, by name alone. */
#define SAVED                                                                   \
	(ROOT_BIT(ROOT_HOST) | ROOT_BIT(ROOT_RECORDING) | ROOT_BIT(ROOT_COMM) | \
	 ROOT_BIT(ROOT_PROCESS) | ROOT_BIT(ROOT_THREAD))
#define MERGED ROOT_BIT(ROOT_COMM)

#define ROW_OUTPUT                                                                              \
	{                                                                                       \
		"output", 'o', "FILE", NULL, "the profile file to write; - is standard output", \
			'o'                                                                     \
	}
#define ROW_KEEP(fallback)                                                                                  \
	{                                                                                                   \
		"keep", 0, "KEY,...", NULL,                                                                 \
			"what samples can be told apart by later: host, recording, comm, process, thread, " \
			"cpu, or none (" fallback ")",                                                      \
			OPT_KEEP                                                                            \
	}
#define ROWS_SAVING                                                                                \
	ROW("no-inline", 0, NULL, NULL, "do not look for inlined functions", OPT_NO_INLINE),       \
		ROW("strict", 0, NULL, NULL, "exit with 3 if there were problems", OPT_STRICT),    \
		ROW_VERBOSE, ROW_HEADING("Filters, see perfolio-filters(7)"), ROWS_SAMPLE_FILTERS, \
		ROWS_FILES

const struct option_row save_options[] = {
	ROW_OUTPUT, ROW_KEEP("all but cpu"), ROW_INPUT, ROWS_SAVING, ROW_END,
};

const struct option_row merge_options[] = {
	ROW_OUTPUT,
	ROW_KEEP("comm"),
	ROWS_SAVING,
	ROW_END,
};

struct saving {
	struct loading_options loading;
	const char *output;
	unsigned keys;
	bool keeping; /* --keep was given */
	char *typed;  /* options that chose what is in the file, as they were typed */
};

/* "comm,process"; false: told. */
static bool take_keys(struct saving *s, const struct options *o)
{
	struct options word = *o;

	s->keys = 0;
	s->keeping = true;
	if (strcmp(o->arg, "none") == 0)
		return true;
	for (const char *p = o->arg;; p++) {
		size_t len = strcspn(p, ",");
		char *one = mem_text(p, len);
		int key;

		word.arg = one;
		key = options_word(&word, "keep", KEEPS);
		free(one);
		if (key < 0)
			return false;
		s->keys |= 1u << key;
		p += len;
		if (!*p)
			return true;
	}
}

void save_note(char **typed, const struct options *o, int id)
{
	const struct option_row *row = save_options;
	char *text;
	int n;

	while (row->name && (row->id != id || !*row->name))
		row++;
	if (!row->name || id == 'o' || id == 'i' || id == 'v' || id == OPT_STRICT)
		return;
	n = asprintf(&text, "%s%s--%s%s%s", *typed ? *typed : "", *typed ? " " : "", row->name,
		     row->arg ? "=" : "", row->arg ? o->arg : "");
	if (n < 0)
		return;
	free(*typed);
	*typed = text;
}

static bool take_option(struct saving *s, const struct options *o, int id)
{
	bool wrong = false;

	save_note(&s->typed, o, id);
	if (loading_option(&s->loading, o, id, &wrong))
		return !wrong;
	if (id == 'o')
		s->output = o->arg;
	return id != OPT_KEEP || take_keys(s, o);
}

static void write_folio(struct out *o, const struct folio *f)
{
	size_t len;
	uint8_t *bytes = profile_file_write(f, &len);

	out_bytes(o, bytes, len);
	free(bytes);
}

static int write_file(const struct saving *s, const struct folio *f)
{
	struct error err = { 0 };
	struct out *out = out_open(s->output, &err);

	if (!out)
		return session_create_fail(s->output, &err);
	write_folio(out, f);
	return out_close(out, &err) ? EXIT_DONE : session_output_fail(s->output, &err);
}

static struct folio *gather_all(const struct saving *s, struct session *session, const char *hash,
				int *status)
{
	struct gathering g = {
		.options = &s->loading,
		.keys = s->keys,
		.exact = true,
		.lenient = !s->keeping,
		.inlining = INLINING_ALWAYS,
		.accesses = true,
		.positions = true,
		.provenance = true,
		.typed = s->typed,
		.hash = hash,
	};
	struct folio *f = NULL;

	*status = gather(&g, session, &f);
	if (f)
		folio_tell(f, true, session->diag);
	return f;
}

static int save(struct saving *s, struct session *session)
{
	int status;
	struct folio *f = gather_all(s, session, NULL, &status);

	if (f)
		status = loading_status(session, &s->loading, write_file(s, f));
	folio_free(f);
	return status;
}

void save_prepare(struct loading_options *options)
{
	options->collect.by_task = true;
	options->collect.keys = SAVED;
	options->memory = true;
}

bool save_loaded(struct out *o, struct session *s, struct loading *l,
		 const struct loading_options *options, const char *typed, const char *hash)
{
	struct gathering g = { .provenance = true, .typed = typed, .hash = hash };
	struct error err;
	struct folio *f;

	if (!l->gathered)
		return false;
	if (!options->no_inline && !gathered_is_inlined(l->gathered))
		gathered_inline(l->gathered, s, l);
	f = gathered_finish(l->gathered, &g, s, l, &err);
	if (!f)
		return false;
	write_folio(o, f);
	folio_free(f);
	return true;
}

bool save_write(struct out *o, const char *path, const struct loading_options *options,
		const char *typed, const char *hash)
{
	struct saving s = { .loading = *options, .keys = SAVED, .typed = (char *)typed };
	struct session session = {
		.path = path,
		.inputs = &path,
		.n_inputs = 1,
		.diag = diag_new(),
		.texts = texts_new(),
	};
	struct folio *f;
	int status;

	f = gather_all(&s, &session, hash, &status);
	if (f)
		write_folio(o, f);
	folio_free(f);
	texts_free(session.texts);
	diag_free(session.diag);
	return status == EXIT_DONE;
}

static int run(const struct command *self, int argc, char **argv, unsigned keys, bool several)
{
	struct saving s = { .keys = keys };
	struct session session = { 0 };
	struct options o;
	int id, status = EXIT_USAGE;

	loading_options_begin(&s.loading);
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0)
		if (!take_option(&s, &o, id))
			goto done;
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	if (!s.output) {
		options_usage(&o, "say where to write: -o FILE.perfolio");
		goto done;
	}
	if (!output_path_check(&o, s.output))
		goto done;
	status = session_open_any(&session, &o, s.loading.input, several);
	if (status == EXIT_DONE && output_path_is_input(&o, s.output, &session))
		status = EXIT_USAGE;
	if (status == EXIT_DONE)
		status = save(&s, &session);
done:
	loading_options_end(&s.loading);
	session_close(&session);
	options_end(&o);
	free(s.typed);
	return status;
}

int command_save(const struct command *self, int argc, char **argv)
{
	return run(self, argc, argv, SAVED, false);
}

int command_merge(const struct command *self, int argc, char **argv)
{
	return run(self, argc, argv, MERGED, true);
}
