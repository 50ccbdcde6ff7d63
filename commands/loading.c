#include "commands/loading.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/gather.h"
#include "commands/progress.h"
#include "parser/base/memory.h"
#include "report/canonical.h"
#include "report/event_name.h"
#include "report/folio_view.h"
#include "report/jitmaps.h"
#include "report/kernel.h"
#include "report/line_frames.h"
#include "report/objects.h"
#include "report/program.h"
#include "report/record_again.h"
#include "report/symbols.h"
#include "report/timeline.h"
#include "report/unnamed_python.h"
#include "report/unwind.h"
#include "report/view.h"

enum { PASSES = 2 };

void loading_options_begin(struct loading_options *l)
{
	*l = (struct loading_options){ .view = -1 };
}

void loading_options_end(struct loading_options *l)
{
	free(l->perf_maps);
	l->perf_maps = NULL;
	filtering_done(&l->filtering);
	free(l->debug_dirs);
	l->debug_dirs = NULL;
}

static void add_debug_dir(struct loading_options *l, const char *dir)
{
	size_t n = l->finder.n_debug_dirs;

	l->debug_dirs = mem_resize(l->debug_dirs, n + 1, sizeof(*l->debug_dirs));
	l->debug_dirs[n] = dir;
	l->finder.debug_dirs = l->debug_dirs;
	l->finder.n_debug_dirs = n + 1;
}

/* "PID=FILE" */
static bool add_perf_map(struct loading_options *l, const struct options *o)
{
	size_t digits = strspn(o->arg, "0123456789"), n = l->finder.n_perf_maps;
	unsigned long pid = strtoul(o->arg, NULL, 10);

	if (!digits || digits > 10 || pid > UINT32_MAX || o->arg[digits] != '=' ||
	    !o->arg[digits + 1]) {
		options_usage(o, "--perf-map takes PID=FILE, not '%s'", o->arg);
		return false;
	}
	l->perf_maps = mem_resize(l->perf_maps, n + 1, sizeof(*l->perf_maps));
	l->perf_maps[n] = (struct perf_map_option){ (uint32_t)pid, o->arg + digits + 1 };
	l->finder.perf_maps = l->perf_maps;
	l->finder.n_perf_maps = n + 1;
	return options_file(o, "perf-map", o->arg + digits + 1);
}

bool loading_option(struct loading_options *l, const struct options *o, int id, bool *wrong)
{
	if (filtering_option(&l->filtering, o, id, wrong))
		return true;
	switch (id) {
	case 'i':
		*wrong = l->input != NULL;
		if (*wrong)
			options_usage(
				o,
				"-i is given more than once: name several recordings without it");
		l->input = o->arg;
		return true;
	case 'v':
		l->verbose = true;
		return true;
	case OPT_VIEW:
		l->view = options_word(o, "view", VIEWS);
		*wrong = l->view < 0;
		return true;
	case OPT_EVENT:
		l->event = o->arg;
		return true;
	case OPT_SYMFS:
		l->finder.symfs = o->arg;
		*wrong = !options_folder(o, "symfs", o->arg);
		return true;
	case OPT_DEBUG_DIR:
		add_debug_dir(l, o->arg);
		*wrong = !options_folder(o, "debug-dir", o->arg);
		return true;
	case OPT_DEBUGINFOD:
		l->finder.debuginfod = true;
		return true;
	case OPT_KALLSYMS:
		l->finder.kallsyms = o->arg;
		*wrong = !options_file(o, "kallsyms", o->arg);
		return true;
	case OPT_PERF_MAP:
		*wrong = !add_perf_map(l, o);
		return true;
	case OPT_PERF_MAP_DIR:
		l->finder.perf_map_dir = o->arg;
		*wrong = !options_folder(o, "perf-map-dir", o->arg);
		return true;
	case OPT_JITDUMP:
		l->finder.jitdump = o->arg;
		*wrong = !options_file(o, "jitdump", o->arg);
		return true;
	case OPT_NO_HOST_FILES:
		l->finder.no_host_files = true;
		return true;
	case OPT_FORCE:
		l->finder.force = true;
		return true;
	case OPT_STRICT:
		l->strict = true;
		return true;
	case OPT_NO_INLINE:
		l->no_inline = true;
		return true;
	default:
		return false;
	}
}

/* ---- events by name ---- */

/* No event is meant, or several: which there are, a line of them at most, and what may have been meant. */
static void tell_events(const struct options *o, const char *wanted, const char *const *names,
			size_t n, bool several)
{
	enum { SHOWN = 20 };
	char *hint;

	session_say("perfolio %s: --event: %s event with samples is called '%s'; there %s:",
		    o->command->name, several ? "more than one" : "no", wanted,
		    n == 0   ? "is none"
		    : n == 1 ? "is"
			     : "are");
	for (size_t e = 0; e < n && e < SHOWN; e++)
		session_say("%s %s", e ? "," : "", names[e]);
	if (n > SHOWN)
		fprintf(stderr, " and %zu more (perfolio info shows all)", n - SHOWN);
	hint = several ? NULL : event_names_hint(names, n, wanted, strlen(wanted));
	session_say("%s", hint ? hint : "");
	fputc('\n', stderr);
	free(hint);
}

/* The event that --event means; false: none, or several; told. */
static bool choose_event(struct loading *l, const struct options *o, const char *wanted)
{
	const struct profile *p = l->profile;
	const char **names;
	size_t found, count;

	l->event = -1;
	if (!wanted)
		return true;
	names = mem_calloc(p->n_events, sizeof(*names));
	for (size_t e = 0; e < p->n_events; e++)
		names[e] = p->events[e].name;
	found = event_find(names, p->n_events, wanted, strlen(wanted), &count);
	if (count == 1)
		l->event = (int)found;
	else
		tell_events(o, wanted, names, p->n_events, count > 1);
	free(names);
	return count == 1;
}

/* ---- the stages ---- */

char *loading_program(const struct loading *l, const struct session *s)
{
	const struct features *f = recording_features(s->recording);
	const struct collected *c = &l->collected;
	const char *title = program_title(f->cmdline, f->n_cmdline, l->machine,
					  c->has_time ? c->last_ns : TIME_END, s->texts);

	return mem_text(title, strlen(title));
}

const char *loading_command(const struct loading *l, const struct session *s)
{
	const struct features *f = recording_features(s->recording);

	return record_command(f->cmdline, f->n_cmdline, l->events, l->collected.tree->n_events,
			      s->texts);
}

/* Where the recording's files are, what is in them, and how to walk stacks with that. */
static void find_files(struct loading *l, struct session *s, const struct loading_options *options,
		       uint64_t newest)
{
	const struct features *f = recording_features(s->recording);
	struct utsname here;
	const char *machine = f->arch ? f->arch : uname(&here) == 0 ? here.machine : "";
	const struct arch *arch = arch_find(machine);

	l->finder = finder_new(s->recording, &options->finder, s->texts, s->diag);
	l->objects = objects_new(l->machine, l->finder, s->recording, options->cache, s->diag);
	l->jitmaps = jitmaps_new(s->recording, l->machine, l->finder, newest, s->diag);
	l->kernel = kernel_new(l->machine, l->finder, s->texts, s->diag);
	if (arch)
		l->unwinder = unwinder_new(arch, l->machine, l->objects, l->jitmaps);
}

/* The keys of samples that have to be kept apart from the beginning. */
static unsigned group_roots(const struct grouping *g)
{
	unsigned roots = 0;

	for (int key = 0; key < ROOT_KEYS; key++) /* both enums begin with the same keys */
		if (grouping_has(g, (enum group_key)(KEY_HOST + key)))
			roots |= 1u << key;
	return roots;
}

void loading_walk(struct loading *l, struct session *s, const struct loading_options *options,
		  unsigned roots)
{
	uint64_t size = recording_size(s->recording);
	struct collect_options collect = options->collect;
	struct sample_filter filter = options->filtering.samples;
	struct timeline_clock clock;
	struct progress progress;
	struct timeline *t;
	struct collect *c;

	progress_begin(&progress);
	t = timeline_new(s->recording, s->texts, s->diag);
	while (timeline_step(t))
		progress_show(&progress, 0, PASSES, recording_position(s->recording), size);
	l->machine = timeline_finish(t, &clock);
	find_files(l, s, options, clock.newest);
	collect.unwinder = l->unwinder;
	collect.jitmaps = l->jitmaps;
	collect.roots = roots;
	if (options->memory)
		collect.memory = l->memory = memory_new();
	sample_filter_begin(&filter, clock.first_sample, clock.last_sample);
	collect.filter = sample_filter_any(&filter) ? &filter : NULL;
	c = collect_new(s->recording, l->machine, clock.timed, &collect, s->texts, s->diag);
	while (collect_step(c))
		progress_show(&progress, 1, PASSES, recording_position(s->recording), size);
	collect_finish(c, &l->collected);
	progress_end(&progress);
}

/*
 * The profile is made in steps, each of which puts samples into other rows of costs.  `rows` says for each node of the
 * call tree where its samples are by now; 0: a filter left them out.
 */
static void move_rows(const struct loading *l, uint32_t *rows, const uint32_t *moved)
{
	for (size_t n = 0; n < l->collected.tree->n_nodes; n++)
		rows[n] = moved[rows[n]];
}

/* Frames by pattern, in the view that is shown.  False: a pattern is wrong, told. */
static bool filter_frames(struct loading *l, const struct options *o,
			  const struct frame_filter *filter, uint32_t *rows, struct diag *diag)
{
	struct cost *filtered;
	uint32_t *moved;
	struct error err;
	bool ok;

	if (!frame_filter_any(filter))
		return true;
	filtered = mem_calloc(l->profile->n_events, sizeof(*filtered));
	moved = mem_calloc(l->profile->costs.n_rows, sizeof(*moved));
	ok = transform_frames(&l->profile, filter, filtered, moved, diag, &err);
	for (size_t e = 0; ok && e < l->profile->n_events; e++)
		cost_add(&l->profile->events[e].filtered, &filtered[e]);
	if (ok)
		move_rows(l, rows, moved);
	else
		options_usage(o, "%s", err.what);
	free(moved);
	free(filtered);
	return ok;
}

static void group(struct loading *l, const struct grouping *g, struct texts *texts, uint32_t *rows)
{
	uint32_t *moved;

	if (!g->n)
		return;
	moved = mem_calloc(l->profile->costs.n_rows, sizeof(*moved));
	group_profile(&l->profile, g, texts, moved);
	move_rows(l, rows, moved);
	free(moved);
}

/* Samples that filters leave out go from the tree of addresses, too: who looks at that speaks of the same samples. */
static void drop_left_out(struct calltree *tree, const uint32_t *rows)
{
	for (size_t n = 0; n < tree->n_nodes; n++)
		if (!rows[n])
			tree->nodes[n].cost = 0;
}

/* The profile, of it what the filters keep, in the rows that are asked for; false: a pattern is wrong, told. */
static bool make_profile(struct loading *l, struct session *s, struct view_input *view,
			 enum view chosen, const struct options *o,
			 const struct loading_options *options)
{
	struct calltree *tree = l->collected.tree;
	const struct grouping *grouping = &options->filtering.grouping;
	uint32_t *rows = view->rows = mem_calloc(tree->n_nodes, sizeof(*rows)), *moved;
	bool ok;

	filtering_tell_unmatched(&options->filtering, &l->functions, s->diag);
	l->profile = view_profile(view, chosen);
	ok = filter_frames(l, o, &options->filtering.frames, rows, s->diag);
	if (ok) {
		drop_left_out(tree, rows);
		group(l, grouping, s->texts, rows);
		moved = profile_canonical(l->profile);
		for (size_t f = 0; f < l->functions.n && !grouping->n; f++)
			l->shown[f] = moved[l->shown[f]];
		free(moved);
		if (l->accesses.log)
			accesses_find_homes(&l->accesses, l->profile, rows);
	}
	free(rows);
	view->rows = NULL;
	return ok;
}

struct symbols_input loading_symbols(struct loading *l, struct session *s)
{
	return (struct symbols_input){
		.machine = l->machine,
		.finder = l->finder,
		.objects = l->objects,
		.jitmaps = l->jitmaps,
		.collected = &l->collected,
		.texts = s->texts,
		.diag = s->diag,
		.kernel = l->kernel,
	};
}

static struct view_input view_input(const struct loading *l, const struct session *s)
{
	return (struct view_input){
		.events = l->events,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.texts = s->texts,
	};
}

/* Are inlined functions looked for, if this view is shown? */
static bool shows_inlined(const struct loading_options *options, enum view view)
{
	return !options->no_inline && (view != VIEW_PYTHON || options->all_inlined);
}

/* Does a group need the line of each frame? */
static bool wants_lines(const struct loading_options *options)
{
	return grouping_has(&options->filtering.grouping, KEY_LINE);
}

/* One recording as it is. */
static int load_recording(struct loading *l, struct session *s,
			  const struct loading_options *options, unsigned roots, enum view *chosen)
{
	struct symbols_input symbols;
	struct view_input view;

	loading_walk(l, s, options, roots);
	symbols = loading_symbols(l, s);
	symbols.lines = wants_lines(options);
	symbolize(&symbols, &l->functions, &l->frames);
	unnamed_python_tell(&symbols, &l->functions, &l->frames);
	l->events = sampled_events(s->recording);
	view = view_input(l, s);
	*chosen = options->view >= 0 ? (enum view)options->view : view_default(&view);
	if (options->collect.by_task)
		l->gathered = gathered_new(s, l, options->collect.keys, true);
	if (shows_inlined(options, *chosen) && l->gathered)
		gathered_inline(l->gathered, s, l);
	else if (shows_inlined(options, *chosen))
		symbolize_inlined(&symbols, &l->functions, &l->frames);
	l->program = loading_program(l, s);
	l->command = loading_command(l, s);
	if (l->memory && !options->collect.by_task) /* else they are for a folio */
		accesses_of_recording(&l->accesses, &l->memory->log, l->collected.tree->n_nodes);
	return EXIT_DONE;
}

/* Several inputs as one, or a profile file: by way of a folio. */
static int load_folio(struct loading *l, struct session *s, const struct loading_options *options,
		      unsigned roots, enum view *chosen)
{
	bool positions = options->positions || wants_lines(options);
	struct loading_options own = *options;
	struct gathering g = { .options = &own, .keys = roots, .positions = positions };
	struct folio_view view;
	int status;

	if (options->positions)
		own.no_inline = false; /* lines of positions are found with inlined functions */
	if (options->view < 0)
		g.inlining = INLINING_LIKELY;
	else if (shows_inlined(&own, (enum view)options->view))
		g.inlining = INLINING_ALWAYS;
	status = gather(&g, s, &l->folio);
	if (status != EXIT_DONE)
		return status;
	folio_view(l->folio, roots, positions, &view);
	*chosen = options->view >= 0 ? (enum view)options->view : view_of_votes(&view.votes);
	if (shows_inlined(&own, *chosen) && g.left_inlined) {
		/* what the recordings show each for itself is not what they show together */
		folio_view_done(&view);
		folio_free(l->folio);
		l->folio = NULL;
		g.inlining = INLINING_ALWAYS;
		status = gather(&g, s, &l->folio);
		if (status != EXIT_DONE)
			return status;
		folio_view(l->folio, roots, positions, &view);
	}
	if (shows_inlined(options, *chosen))
		folio_view_inlined(l->folio, &view);
	folio_tell(l->folio, shows_inlined(options, *chosen), s->diag);
	if (!options->positions && positions && shows_inlined(options, *chosen))
		folio_tell_positions(l->folio, s->diag); /* else who shows code tells it */
	l->collected = view.collected;
	l->functions = view.functions;
	l->frames = view.frames;
	l->events = view.events;
	l->program = folio_program(l->folio);
	l->command = folio_command(l->folio);
	if (options->memory)
		accesses_of_folio(&l->accesses, l->folio, &view);
	free(view.nodes);
	free(view.columns);
	return EXIT_DONE;
}

static int load(struct loading *l, struct session *s, const struct loading_options *options,
		enum view *chosen)
{
	unsigned roots = options->collect.roots | group_roots(&options->filtering.grouping);

	if (s->recording && !(roots & (ROOT_BIT(ROOT_HOST) | ROOT_BIT(ROOT_RECORDING))))
		return load_recording(l, s, options, roots, chosen);
	return load_folio(l, s, options, roots, chosen);
}

/* The profile, from frames that are kept apart by their lines if a group asks for these. */
static bool make_rows(struct loading *l, struct session *s, enum view chosen,
		      const struct options *o, const struct loading_options *options)
{
	struct view_input view = view_input(l, s);
	struct line_frames lines;
	bool ok;

	view.categories = grouping_has(&options->filtering.grouping, KEY_CATEGORY);
	view.leaves = filtering_leaves(&options->filtering);
	l->shown = mem_calloc(l->functions.n, sizeof(*l->shown));
	if (!wants_lines(options) || !l->frames.places) {
		view.shown = l->shown;
		return make_profile(l, s, &view, chosen, o, options);
	}
	line_frames_make(&lines, &l->functions, &l->frames, l->collected.tree->n_locations);
	view.functions = &lines.functions;
	view.frames = &lines.frames;
	ok = make_profile(l, s, &view, chosen, o, options);
	line_frames_done(&lines);
	return ok;
}

int loading_run(struct loading *l, struct session *s, const struct options *o,
		const struct loading_options *options)
{
	enum view chosen;
	int status;

	*l = (struct loading){ .event = -1 };
	status = load(l, s, options, &chosen);
	if (status != EXIT_DONE)
		return status;
	if (!make_rows(l, s, chosen, o, options))
		return EXIT_USAGE;
	return choose_event(l, o, options->event) ? EXIT_DONE : EXIT_USAGE;
}

void loading_done(struct loading *l)
{
	profile_free(l->profile);
	accesses_done(&l->accesses);
	memory_free(l->memory);
	free(l->events);
	free(l->shown);
	frames_done(&l->frames);
	functions_done(&l->functions);
	unwinder_free(l->unwinder);
	jitmaps_free(l->jitmaps);
	kernel_free(l->kernel);
	objects_free(l->objects);
	finder_free(l->finder);
	collected_free(&l->collected);
	machine_free(l->machine);
	folio_free(l->folio);
	gathered_free(l->gathered);
	free(l->program);
	*l = (struct loading){ 0 };
}

const struct profile *loading_view(const struct loading *l, const struct session *s, enum view view,
				   const uint32_t **shown)
{
	struct view_input in = view_input(l, s);
	struct profile *p;
	uint32_t *moved;

	*shown = in.shown = mem_calloc(l->functions.n, sizeof(*in.shown));
	p = view_profile(&in, view);
	moved = profile_canonical(p);
	for (size_t f = 0; f < l->functions.n; f++)
		in.shown[f] = moved[in.shown[f]];
	free(moved);
	/* What filters left out the tree does not have. */
	for (size_t e = 0; e < p->n_events; e++) {
		p->events[e].sum = l->profile->events[e].sum;
		p->events[e].filtered = l->profile->events[e].filtered;
	}
	return p;
}

void loading_view_free(const struct profile *p, const uint32_t *shown)
{
	profile_free((struct profile *)(uintptr_t)p);
	free((void *)(uintptr_t)shown);
}

struct doctor_input loading_doctor_input(const struct loading *l, const struct session *s)
{
	return (struct doctor_input){
		.events = l->events,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.profile = l->profile,
		.diag = s->diag,
		.command = l->command,
		.texts = s->texts,
	};
}

struct table_summary loading_summary(const struct loading *l, const struct session *s)
{
	const struct collected *c = &l->collected;
	const char *host =
		l->folio ? folio_host(l->folio) : recording_features(s->recording)->hostname;

	return (struct table_summary){
		.program = l->program,
		.host = host ? host : "",
		.duration_ns = c->has_time ? c->last_ns - c->first_ns : 0,
		.processes = c->processes,
		.threads = c->threads,
		.stacks = c->stacks,
		.recording = s->path,
	};
}

int loading_status(const struct session *s, const struct loading_options *options, int status)
{
	session_tell(s, options->verbose);
	if (status == EXIT_DONE && options->strict && diag_count(s->diag) &&
	    diag_get(s->diag, 0)->severity > SEVERITY_NOTE)
		return EXIT_UNWELL;
	return status;
}
