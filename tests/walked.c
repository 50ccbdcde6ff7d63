/* tests/walked.c - see walked.h. */
#include "tests/walked.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/folio_code.h"
#include "report/folio_view.h"
#include "report/kernel.h"
#include "report/label.h"
#include "report/loop_opcodes.h"
#include "report/position_at.h"
#include "report/view.h"

enum { LINE = 8192, DEEPEST = 512 };

/* ---- the stages, as commands/loading.c calls them ---- */

static bool walk(struct walked *w, const struct walk_options *options)
{
	static const struct walk_options none;
	struct collect_options collect;
	struct timeline *t;
	struct collect *c;

	if (!w->o.recording)
		return false;
	if (!options)
		options = &none;
	t = timeline_new(w->o.recording, w->o.texts, w->o.diag);
	while (timeline_step(t))
		;
	w->machine = timeline_finish(t, &w->clock);
	w->finder = finder_new(w->o.recording, &options->finder, w->o.texts, w->o.diag);
	w->objects = objects_new(w->machine, w->finder, w->o.recording, NULL, w->o.diag);
	w->jitmaps = jitmaps_new(w->o.recording, w->machine, w->finder, w->clock.newest, w->o.diag);
	collect = (struct collect_options){
		.filter = options->filter,
		.roots = options->roots,
		.by_task = options->by_task,
		.jitmaps = w->jitmaps,
	};
	c = collect_new(w->o.recording, w->machine, w->clock.timed, &collect, w->o.texts,
			w->o.diag);
	while (collect_step(c))
		;
	collect_finish(c, &w->collected);
	return true;
}

bool walk_image(struct walked *w, const struct image *img, const struct walk_options *options)
{
	*w = (struct walked){ 0 };
	open_image(&w->o, img);
	return walk(w, options);
}

bool walk_path(struct walked *w, const char *path, const struct walk_options *options)
{
	*w = (struct walked){ 0 };
	open_path(&w->o, path);
	return walk(w, options);
}

void walk_symbolize(struct walked *w)
{
	struct symbols_input in = {
		.machine = w->machine,
		.finder = w->finder,
		.objects = w->objects,
		.jitmaps = w->jitmaps,
		.collected = &w->collected,
		.texts = w->o.texts,
		.diag = w->o.diag,
	};

	symbolize(&in, &w->functions, &w->frames);
}

static struct folio *folio_of(const struct walked *w, const struct loop_opcode *opcodes,
			      const uint32_t *symbols, struct kernel *kernel)
{
	struct texts *texts = w->o.texts;
	const char *nothing = texts_add_z(texts, "");
	struct sampled_event *events = sampled_events(w->o.recording);
	struct folio *f = folio_new(texts, 0);
	const struct folio_source source = {
		.path = texts_add_z(texts, recording_path(w->o.recording)),
		.hash = nothing,
		.host = nothing,
		.program = nothing,
		.arch = nothing,
		.kernel = nothing,
		.cpu = nothing,
		.perf = nothing,
		.perfolio = nothing,
		.options = nothing,
	};
	struct position_asking positions = {
		.machine = w->machine,
		.objects = w->objects,
		.jitmaps = w->jitmaps,
		.kernel = kernel,
		.texts = texts,
	};
	const struct folio_input in = {
		.events = events,
		.collected = &w->collected,
		.functions = &w->functions,
		.frames = &w->frames,
		.symbols = symbols,
		.jitmaps = w->jitmaps,
		.source = &source,
		.positions = &positions,
		.opcodes = opcodes,
	};

	folio_take(f, &in);
	free(events);
	return f;
}

static void symbolize_all(struct walked *w, uint32_t *symbols)
{
	struct symbols_input in = {
		.machine = w->machine,
		.finder = w->finder,
		.objects = w->objects,
		.jitmaps = w->jitmaps,
		.collected = &w->collected,
		.texts = w->o.texts,
		.diag = w->o.diag,
		.lines = true,
	};

	for (size_t i = 0; i < w->collected.tree->n_locations; i++)
		symbols[i] = *frames_at(&w->frames, i);
	symbolize_inlined(&in, &w->functions, &w->frames);
}

/* What it points to of the folio's events goes with that. */
static void take_view(struct walked *w, bool inlined)
{
	struct folio_view view;

	folio_view(w->folio, 0, true, &view);
	if (inlined)
		folio_view_inlined(w->folio, &view);
	collected_free(&w->collected);
	functions_done(&w->functions);
	frames_done(&w->frames);
	w->collected = view.collected;
	w->functions = view.functions;
	w->frames = view.frames;
	w->events = view.events;
	free(view.nodes);
	free(view.columns);
}

void walk_by_folio(struct walked *w, bool inlined)
{
	struct opcode_asking asking = { w->machine, w->objects, eval_loops_new(), w->o.texts };
	struct kernel *kernel = kernel_new(w->machine, w->finder, w->o.texts, w->o.diag);
	uint32_t *symbols = mem_calloc(w->collected.tree->n_locations, sizeof(*symbols));
	struct loop_opcode *opcodes;

	walk_symbolize(w);
	opcodes = loop_opcodes(&asking, w->collected.tree, &w->functions, &w->frames);
	symbolize_all(w, symbols);
	w->folio = folio_of(w, opcodes, symbols, kernel);
	take_view(w, inlined);
	free(symbols);
	free(opcodes);
	kernel_free(kernel);
	eval_loops_free(asking.loops);
}

void walk_done(struct walked *w)
{
	free(w->text);
	free(w->events);
	frames_done(&w->frames);
	functions_done(&w->functions);
	jitmaps_free(w->jitmaps);
	objects_free(w->objects);
	finder_free(w->finder);
	folio_free(w->folio);
	if (w->machine) {
		collected_free(&w->collected);
		machine_free(w->machine);
	}
	open_done(&w->o);
}

/* ---- answers as texts ---- */

const char *walked_file(const struct walked *w, uint32_t pid, uint64_t addr, uint64_t time)
{
	struct instance_id i = machine_instance(w->machine, pid, time);
	struct place p = machine_place(w->machine, i, addr, time);

	return p.mapping.i ? label_base(machine_mapping(w->machine, p.mapping)->filename) : "";
}

static void location_text(char *out, size_t size, const struct machine *m,
			  const struct collected *c, const struct location *l)
{
	static const char *const spaces[] = {
		[SPACE_USER] = "?",        [SPACE_KERNEL] = "k",      [SPACE_GUEST_KERNEL] = "gk",
		[SPACE_GUEST_USER] = "gu", [SPACE_HYPERVISOR] = "hv",
	};
	const char *file;

	if (l->space == SPACE_TASK) {
		snprintf(out, size, "%s", c->tasks[l->addr]);
		return;
	}
	file = spaces[l->space];
	if (l->space == SPACE_USER && l->mapping.i)
		file = label_base(machine_mapping(m, l->mapping)->filename);
	snprintf(out, size, "%s:%" PRIx64, file, l->addr);
}

void stack_text(char *out, size_t size, const struct machine *m, const struct collected *c,
		uint32_t node)
{
	uint32_t path[DEEPEST];
	size_t depth = 0;

	*out = '\0';
	for (; node && depth < DEEPEST; node = c->tree->nodes[node].parent)
		path[depth++] = c->tree->nodes[node].location;
	while (depth-- > 0 && size > 1) {
		location_text(out, size - 1, m, c, &c->tree->locations[path[depth]]);
		size -= strlen(out);
		out += strlen(out);
		if (depth) {
			*out++ = ';';
			*out = '\0';
			size--;
		}
	}
}

/* ---- lines ---- */

struct lines {
	char **items;
	size_t n, cap;
};

static void add_line(struct lines *l, const char *stack, const struct cost *cost)
{
	char text[LINE + 64];

	snprintf(text, sizeof(text), "%s=%" PRIu64 "/%" PRIu64, stack, cost->samples, cost->weight);
	l->items = mem_grow(l->items, l->n, 1, &l->cap, sizeof(*l->items));
	l->items[l->n++] = mem_text(text, strlen(text));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines in order, with blanks between them; frees them. */
static const char *join(struct walked *w, struct lines *l)
{
	size_t len = 1;
	char *to;

	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_text);
	for (size_t i = 0; i < l->n; i++)
		len += strlen(l->items[i]) + 1;
	free(w->text);
	w->text = to = mem_calloc(len, 1);
	for (size_t i = 0; i < l->n; i++) {
		to = stpcpy(stpcpy(to, i ? " " : ""), l->items[i]);
		free(l->items[i]);
	}
	free(l->items);
	return w->text;
}

const char *walked_stacks(struct walked *w, size_t event)
{
	const struct calltree *t = w->collected.tree;
	struct lines lines = { 0 };

	for (uint32_t n = 0; n < t->n_nodes; n++) {
		const struct cost *cost = costs_at(&t->costs, t->nodes[n].cost, event);
		char text[LINE];

		if (!cost->samples && !cost->weight)
			continue;
		stack_text(text, sizeof(text), w->machine, &w->collected, n);
		add_line(&lines, text, cost);
	}
	return join(w, &lines);
}

static void frames_text(char *out, size_t size, struct texts *texts, const struct profile *p,
			uint32_t node)
{
	uint32_t path[DEEPEST];
	size_t depth = 0;

	*out = '\0';
	for (; node && depth < DEEPEST; node = p->nodes[node].parent)
		path[depth++] = p->nodes[node].function;
	while (depth-- > 0) {
		snprintf(out, size, "%s%s", label_frame(texts, &p->functions[path[depth]], false),
			 depth ? ";" : "");
		size -= strlen(out);
		out += strlen(out);
	}
}

static struct recorded_code *code_of_folio(const struct walked *w)
{
	static const struct finder_options finder = { .no_host_files = true };
	const struct code_folder folder = { recording_path(w->o.recording),
					    recording_directory(w->o.recording) };
	const struct folio_code_input in = {
		.folio = w->folio,
		.collected = &w->collected,
		.functions = &w->functions,
		.frames = &w->frames,
		.finder = &finder,
		.folders = &folder,
		.n_folders = 1,
		.recorded = recording_mtime(w->o.recording),
		.copied = recording_mtime(w->o.recording),
		.texts = w->o.texts,
		.diag = w->o.diag,
	};

	return folio_code_new(&in);
}

struct recorded_code *walked_code(const struct walked *w)
{
	const struct recording_code_input in = {
		.recording = w->o.recording,
		.machine = w->machine,
		.collected = &w->collected,
		.functions = &w->functions,
		.frames = &w->frames,
		.objects = w->objects,
		.jitmaps = w->jitmaps,
		.finder = w->finder,
		.texts = w->o.texts,
		.diag = w->o.diag,
	};

	return w->folio ? code_of_folio(w) : recording_code_new(&in);
}

const char *walked_frames(struct walked *w, enum view view, size_t event)
{
	struct sampled_event *events = sampled_events(w->o.recording);
	struct view_input in = {
		.events = events,
		.collected = &w->collected,
		.functions = &w->functions,
		.frames = &w->frames,
		.texts = w->o.texts,
	};
	struct profile *p = view_profile(&in, view);
	struct lines lines = { 0 };

	for (uint32_t n = 0; event < p->n_events && n < p->n_nodes; n++) {
		struct cost cost = profile_cost(p, n, event);
		char text[LINE];

		if (!cost.samples && !cost.weight)
			continue;
		frames_text(text, sizeof(text), w->o.texts, p, n);
		add_line(&lines, text, &cost);
	}
	profile_free(p);
	free(events);
	return join(w, &lines);
}
