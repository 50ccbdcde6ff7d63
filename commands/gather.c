#include "commands/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/batch_inputs.h"
#include "parser/base/digest.h"
#include "parser/base/memory.h"
#include "report/folio_view.h"
#include "report/merge.h"
#include "report/profile_file.h"
#include "report/view.h"

/* ---- a recording ---- */

static const char *known(struct session *s, const char *text)
{
	return texts_add_z(s->texts, text ? text : "");
}

/* When the first sample was taken, by the pair of times that perf record -k writes; else when the file was written. */
static void set_wall_time(struct folio_source *to, const struct recording *r)
{
	const struct features *f = recording_features(r);

	if (to->has_time && f->has_clock_data) {
		to->wall_ns = f->clock_wall_ns + (to->first_ns - f->clock_ns);
		return;
	}
	to->wall_is_mtime = true;
	to->wall_ns = (uint64_t)recording_mtime(r) * 1000000000;
}

static int32_t clock_of(const struct recording *r)
{
	const struct events *events = recording_events(r);

	for (size_t e = 0; e < events->n; e++)
		if (attr_has(&events->items[e].attr, ATTR_USE_CLOCKID))
			return events->items[e].attr.clockid;
	return -1;
}

/* A folder of `perf record --threads` is digested as a whole, all else as the file that is read. */
static bool digest_recording(const struct recording *r, struct digest *out, struct error *err)
{
	return batch_input_digest(recording_mode(r) == MODE_DIR ? recording_directory(r)
								: recording_path(r),
				  out, err);
}

static bool digest_source(const struct source *s, struct digest *out, struct error *err)
{
	enum { WINDOW = 1 << 20 };
	uint8_t *window = mem_calloc(WINDOW, 1);
	struct digesting d;
	uint64_t offset = 0;
	size_t got = 0;
	bool ok;

	digest_begin(&d);
	while ((ok = source_read(s, offset, window, WINDOW, &got, err)) && got) {
		digest_add(&d, window, got);
		offset += got;
	}
	*out = digest_end(&d);
	free(window);
	return ok;
}

static bool digest_input(const struct session *whole, const struct session *s, struct digest *out,
			 struct error *err)
{
	struct source source;
	bool ok;

	if (strcmp(s->path, "-") != 0)
		return digest_recording(s->recording, out, err);
	if (!session_source(whole, "-", &source, err))
		return false;
	ok = digest_source(&source, out, err);
	source_close(&source);
	return ok;
}

static bool describe(const struct gathering *g, const struct session *whole, struct session *s,
		     const struct loading *l, struct folio_source *to, struct error *err)
{
	const struct features *f = recording_features(s->recording);
	const struct collected *c = &l->collected;
	char hash[DIGEST_TEXT] = "";
	struct digest digest;
	char *program = loading_program(s->recording);

	*to = (struct folio_source){
		.path = known(s, s->path),
		.size = recording_size(s->recording),
		.host = known(s, f->hostname),
		.program = known(s, program),
		.arch = known(s, f->arch),
		.kernel = known(s, f->os_release),
		.cpu = known(s, f->cpudesc),
		.perf = known(s, f->version),
		.perfolio = known(s, PACKAGE_VERSION),
		.options = known(s, g->typed),
		.clock = clock_of(s->recording),
		.has_time = c->has_time,
		.first_ns = c->first_ns,
		.last_ns = c->last_ns,
		.processes = c->processes,
		.threads = c->threads,
		.samples = c->samples,
		.unused = c->unused,
		.no_increase = c->no_increase,
		.lost_events = c->lost_events,
		.lost_samples = c->lost_samples,
	};
	free(program);
	memcpy(to->stacks, c->stacks, sizeof(to->stacks));
	set_wall_time(to, s->recording);
	if (g->provenance && !g->hash) {
		if (!digest_input(whole, s, &digest, err))
			return false;
		digest_text(&digest, hash);
	}
	to->hash = known(s, g->hash ? g->hash : hash);
	return true;
}

static bool wants_inlined(struct gathering *g, const struct session *s, const struct loading *l)
{
	struct view_input view = {
		.events = l->events,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.texts = s->texts,
	};
	bool wanted = !g->options->no_inline && g->inlining != INLINING_NEVER;

	if (wanted && g->inlining == INLINING_LIKELY)
		wanted = view_default(&view) != VIEW_PYTHON;
	g->left_inlined |= !wanted;
	return wanted;
}

static struct folio *take(struct gathering *g, struct session *s, struct loading *l,
			  const struct folio_source *source)
{
	struct symbols_input symbols = loading_symbols(l, s);
	struct folio *f = folio_new(s->texts, g->keys);
	struct folio_input in = {
		.events = l->events,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.jitmaps = l->jitmaps,
		.source = source,
	};
	size_t n = l->collected.tree->n_locations;
	uint32_t *first = NULL;

	symbolize(&symbols, &l->functions, &l->frames);
	folio_add_problems(f, s->diag, s->path, false);
	if (wants_inlined(g, s, l)) {
		first = mem_calloc(n, sizeof(*first));
		for (size_t i = 0; i < n; i++)
			first[i] = *frames_at(&l->frames, i);
		in.symbols = first;
		symbolize_inlined(&symbols, &l->functions, &l->frames);
		folio_add_problems(f, s->diag, s->path, true);
	}
	folio_take(f, &in);
	free(first);
	return f;
}

/* The recording of an open session, added to `into`. */
static int add_recording(struct gathering *g, const struct session *whole, struct session *s,
			 struct folio *into)
{
	struct loading_options own = *g->options;
	struct loading l = { .event = -1 };
	struct folio_source source;
	struct folio *f;
	struct error err = { 0 };

	own.collect.environment = NULL; /* it is said of one recording */
	loading_walk(&l, s, &own, g->keys, true);
	l.events = sampled_events(s->recording);
	if (!describe(g, whole, s, &l, &source, &err)) {
		loading_done(&l);
		return session_fail(s, &err);
	}
	f = take(g, s, &l, &source);
	merge_folio(into, f, NULL);
	folio_free(f);
	loading_done(&l);
	return EXIT_DONE;
}

/* ---- a profile file ---- */

static int add_profile(struct gathering *g, const struct session *whole, const char *path,
		       struct folio *into)
{
	struct session s = { .path = path, .texts = texts_new() };
	const struct sample_filter *filter = &g->options->filtering.samples;
	struct error err = { 0 };
	struct source source = { .fd = -1 };
	struct folio *f = NULL;
	int status = EXIT_DONE;

	if (session_source(whole, path, &source, &err))
		f = profile_file_read(&source, s.texts, &err);
	if (!sample_filter_any(filter))
		filter = NULL;
	if (f && folio_answers(f, into->keys, filter, &err))
		merge_folio(into, f, filter);
	else
		status = session_fail(&s, &err);
	folio_free(f);
	source_close(&source);
	texts_free(s.texts);
	return status;
}

/* ---- all ---- */

static int add_input(struct gathering *g, const struct session *whole, const char *path,
		     struct folio *into)
{
	struct session s = { .recording = NULL };
	int status;

	if (session_is_profile(whole, path))
		return add_profile(g, whole, path, into);
	status = session_open_input(&s, whole, path);
	if (status == EXIT_DONE)
		status = add_recording(g, whole, &s, into);
	session_close(&s);
	return status;
}

int gather(struct gathering *g, struct session *s, struct folio **out)
{
	struct folio *f = folio_new(s->texts, g->keys);
	int status = EXIT_DONE;

	g->left_inlined = false;
	for (size_t i = 0; i < s->n_inputs && status == EXIT_DONE; i++)
		status = add_input(g, s, s->inputs[i], f);
	if (status == EXIT_DONE)
		*out = f;
	else
		folio_free(f);
	return status;
}
