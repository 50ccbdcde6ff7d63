#include "commands/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/input_files.h"
#include "parser/base/digest.h"
#include "parser/base/memory.h"
#include "report/arch.h"
#include "report/eval_loop.h"
#include "report/folio_view.h"
#include "report/loop_opcodes.h"
#include "report/merge.h"
#include "report/position_at.h"
#include "report/profile_file.h"
#include "report/unnamed_python.h"
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

	if (!whole || strcmp(s->path, "-") != 0)
		return input_digest_recording(s->recording, out, err);
	if (!session_source(whole, "-", &source, err))
		return false;
	ok = digest_source(&source, out, err);
	source_close(&source);
	return ok;
}

/* whole: the session whose standard input may be read; NULL: none. */
static bool describe(const struct gathering *g, const struct session *whole, struct session *s,
		     const struct loading *l, struct folio_source *to, struct error *err)
{
	const struct features *f = recording_features(s->recording);
	const struct collected *c = &l->collected;
	char hash[DIGEST_TEXT] = "";
	struct digest digest;
	char *program = loading_program(l, s);

	*to = (struct folio_source){
		.path = known(s, s->path),
		.size = recording_size(s->recording),
		.host = known(s, f->hostname),
		.program = known(s, program),
		.command = loading_command(l, s),
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

struct gathered {
	struct folio *folio;
	uint32_t *
		symbols; /* by location its function before symbolize_inlined(); NULL: that was not called */
	struct loop_opcode *opcodes; /* by location; NULL: positions are not kept */
};

static struct loop_opcode *opcodes_of(const struct session *s, const struct loading *l)
{
	struct opcode_asking asking = { l->machine, l->objects, eval_loops_new(), s->texts };
	struct loop_opcode *opcodes =
		loop_opcodes(&asking, l->collected.tree, &l->functions, &l->frames);

	eval_loops_free(asking.loops);
	return opcodes;
}

struct gathered *gathered_new(const struct session *s, const struct loading *l, unsigned keys,
			      bool positions)
{
	struct gathered *d = mem_calloc(1, sizeof(*d));

	d->folio = folio_new(s->texts, keys);
	folio_add_problems(d->folio, s->diag, s->path, false);
	if (positions)
		d->opcodes = opcodes_of(s, l);
	return d;
}

void gathered_free(struct gathered *d)
{
	if (!d)
		return;
	folio_free(d->folio);
	free(d->symbols);
	free(d->opcodes);
	free(d);
}

void gathered_inline(struct gathered *d, struct session *s, struct loading *l)
{
	struct symbols_input symbols = loading_symbols(l, s);
	size_t n = l->collected.tree->n_locations;

	d->symbols = mem_calloc(n, sizeof(*d->symbols));
	for (size_t i = 0; i < n; i++)
		d->symbols[i] = *frames_at(&l->frames, i);
	symbols.lines = d->opcodes != NULL;
	symbolize_inlined(&symbols, &l->functions, &l->frames);
	folio_add_problems(d->folio, s->diag, s->path, true);
}

bool gathered_is_inlined(const struct gathered *d)
{
	return d->symbols != NULL;
}

static struct folio *finish(struct gathered *d, const struct gathering *g,
			    const struct session *whole, struct session *s, const struct loading *l,
			    struct error *err)
{
	struct folio *f = d->folio;
	struct folio_source source;
	struct position_asking positions = {
		.machine = l->machine,
		.objects = l->objects,
		.jitmaps = l->jitmaps,
		.kernel = l->kernel,
		.texts = s->texts,
		.e_machine = arch_elf_machine(recording_features(s->recording)->arch),
	};
	struct folio_input in = {
		.events = l->events,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.symbols = d->symbols,
		.jitmaps = l->jitmaps,
		.memory = l->memory ? &l->memory->log : NULL,
		.source = &source,
		.positions = d->opcodes ? &positions : NULL,
		.opcodes = d->opcodes,
	};

	if (!describe(g, whole, s, l, &source, err))
		return NULL;
	folio_take(f, &in);
	d->folio = NULL;
	return f;
}

struct folio *gathered_finish(struct gathered *d, const struct gathering *g, struct session *s,
			      const struct loading *l, struct error *err)
{
	return finish(d, g, NULL, s, l, err);
}

/* The recording of an open session. */
static int read_recording(struct gathering *g, const struct session *whole, struct session *s,
			  struct folio **out)
{
	struct loading_options own = *g->options;
	struct loading l = { .event = -1 };
	struct symbols_input symbols;
	struct gathered *d;
	struct error err = { 0 };
	int status = EXIT_DONE;

	own.memory |= g->accesses;
	own.collect.environment = NULL; /* it is said of one recording */
	own.collect.by_task = true;
	own.collect.keys = g->keys;
	loading_walk(&l, s, &own, 0);
	symbols = loading_symbols(&l, s);
	symbolize(&symbols, &l.functions, &l.frames);
	unnamed_python_tell(&symbols, &l.functions, &l.frames);
	l.events = sampled_events(s->recording);
	d = gathered_new(s, &l, g->keys, g->positions);
	if (wants_inlined(g, s, &l))
		gathered_inline(d, s, &l);
	*out = finish(d, g, whole, s, &l, &err);
	if (!*out)
		status = session_fail(s, &err);
	gathered_free(d);
	loading_done(&l);
	return status;
}

static const struct sample_filter *filter_of(const struct gathering *g)
{
	const struct sample_filter *filter = &g->options->filtering.samples;

	return sample_filter_any(filter) ? filter : NULL;
}

/* Of a recording, which is walked anew, it is plain that it has none. */
static void miss_accesses(struct folio *f, const char *path)
{
	folio_add_problem(
		f, &(struct folio_problem){
			   .kind = PROBLEM_NO_ACCESSES,
			   .count = 1,
			   .recordings = 1,
			   .subject = texts_add_z(f->texts, path),
			   .message = texts_add_z(f->texts,
						  "the profile file has no accesses to memory"),
			   .where = texts_add_z(f->texts, path),
		   });
}

static int read_profile(struct gathering *g, const struct session *whole, const char *path,
			struct texts *texts, struct folio **out)
{
	const struct session s = { .path = path };
	struct source source = { .fd = -1 };
	struct error err = { 0 };
	struct folio *f = NULL;
	unsigned wanted = 0;

	if (g->options->memory || g->accesses)
		wanted |= PROFILE_FILE_MEMORY;
	if (g->positions)
		wanted |= PROFILE_FILE_POSITIONS;
	if (session_source(whole, path, &source, &err))
		f = profile_file_read(&source, wanted, texts, &err);
	source_close(&source);
	if (f && folio_answers(f, g->keys, filter_of(g), &err)) {
		if (g->options->memory && !f->memory)
			miss_accesses(f, path);
		*out = f;
		return EXIT_DONE;
	}
	folio_free(f);
	return session_fail(&s, &err);
}

/* An input by itself, of a profile file whatever filters say.  Texts of it go into `texts`. */
static int read_input(struct gathering *g, const struct session *whole, const char *path,
		      struct texts *texts, struct folio **out)
{
	struct session s = { .recording = NULL };
	int status;

	if (session_is_profile(whole, path))
		return read_profile(g, whole, path, texts, out);
	status = session_open_input(&s, whole, path, texts);
	if (status == EXIT_DONE)
		status = read_recording(g, whole, &s, out);
	s.texts = NULL; /* the caller's */
	session_close(&s);
	return status;
}

/* Is there nothing to leave out of it, nor to take together? */
static bool is_enough(const struct gathering *g, const struct folio *f, bool profile)
{
	if ((profile && filter_of(g)) || (g->exact && f->loose))
		return false;
	return f->keys == g->keys || !g->exact;
}

static int add_input(struct gathering *g, const struct session *whole, const char *path,
		     struct folio *sum)
{
	struct texts *texts = texts_new();
	struct folio *f = NULL;
	int status = read_input(g, whole, path, texts, &f);

	if (f)
		merge_folio(sum, f, session_is_profile(whole, path) ? filter_of(g) : NULL);
	folio_free(f);
	texts_free(texts);
	return status;
}

static int gather_only(struct gathering *g, const struct session *s, struct folio **out)
{
	bool profile = session_is_profile(s, s->inputs[0]);
	struct folio *f = NULL, *sum;
	int status = read_input(g, s, s->inputs[0], s->texts, &f);

	if (!f || is_enough(g, f, profile)) {
		*out = f;
		return status;
	}
	sum = folio_new(s->texts, g->keys);
	merge_folio(sum, f, profile ? filter_of(g) : NULL);
	folio_free(f);
	*out = sum;
	return status;
}

/* What profile files do not keep apart, their sum cannot either.  One that cannot be read is told later. */
static void limit_keys(struct gathering *g, const struct session *s)
{
	for (size_t i = 0; i < s->n_inputs; i++) {
		struct source source = { .fd = -1 };
		struct error err;
		unsigned keys;

		if (session_is_profile(s, s->inputs[i]) &&
		    session_source(s, s->inputs[i], &source, &err) &&
		    profile_file_keys(&source, &keys, &err))
			g->keys &= folio_answered_keys(keys);
		source_close(&source);
	}
}

static bool has_profile(const struct session *s)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		if (session_is_profile(s, s->inputs[i]))
			return true;
	return false;
}

int gather(struct gathering *g, struct session *s, struct folio **out)
{
	struct folio *sum;
	int status = EXIT_DONE;

	g->left_inlined = false;
	/* a profile file names its recordings by their contents: only so is one of them known again */
	g->provenance |= has_profile(s);
	if (g->lenient)
		limit_keys(g, s);
	if (s->n_inputs == 1)
		return gather_only(g, s, out);
	sum = folio_new(s->texts, g->keys);
	for (size_t i = 0; i < s->n_inputs && status == EXIT_DONE; i++)
		status = add_input(g, s, s->inputs[i], sum);
	if (status == EXIT_DONE)
		*out = sum;
	else
		folio_free(sum);
	return status;
}
