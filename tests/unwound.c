/* tests/unwound.c - see unwound.h. */
#include "tests/unwound.h"

static bool prepare(struct unwound *u, const struct finder_options *options)
{
	static const struct finder_options none;
	struct walked *w = &u->w;
	struct timeline *t;

	if (!w->o.recording)
		return false;
	t = timeline_new(w->o.recording, w->o.texts, w->o.diag);
	while (timeline_step(t))
		;
	w->machine = timeline_finish(t, &w->clock);
	w->finder = finder_new(w->o.recording, options ? options : &none, w->o.texts, w->o.diag);
	w->objects = objects_new(w->machine, w->finder, w->o.recording, NULL, w->o.diag);
	w->jitmaps = jitmaps_new(w->o.recording, w->machine, w->finder, w->clock.newest, w->o.diag);
	u->unwinder = unwinder_new(arch_find(recording_features(w->o.recording)->arch), w->machine,
				   w->objects, w->jitmaps);
	return true;
}

bool unwound_open(struct unwound *u, const char *path, const struct finder_options *options)
{
	*u = (struct unwound){ 0 };
	open_path(&u->w.o, path);
	return prepare(u, options);
}

bool unwound_open_image(struct unwound *u, const struct image *img,
			const struct finder_options *options)
{
	*u = (struct unwound){ 0 };
	open_image(&u->w.o, img);
	return prepare(u, options);
}

void unwound_collect(struct unwound *u)
{
	struct walked *w = &u->w;
	struct collect_options options = { .jitmaps = w->jitmaps, .unwinder = u->unwinder };
	struct collect *c = collect_new(w->o.recording, w->machine, w->clock.timed, &options,
					w->o.texts, w->o.diag);

	while (collect_step(c))
		;
	collect_finish(c, &w->collected);
}

void unwound_done(struct unwound *u)
{
	unwinder_free(u->unwinder);
	walk_done(&u->w);
}

uint64_t sample_regs_mask(const struct arch *a)
{
	uint64_t mask = UINT64_C(1) << a->perf_pc;

	for (unsigned reg = 0; reg < a->n_regs; reg++)
		mask |= UINT64_C(1) << a->perf_of_dwarf[reg];
	return mask;
}

void sample_regs(const struct arch *a, const uint64_t by_dwarf[CFI_REGS], uint64_t pc,
		 uint64_t out[PERF_REGS])
{
	uint64_t by_perf[PERF_REGS] = { 0 }, mask = sample_regs_mask(a);
	size_t n = 0;

	for (unsigned reg = 0; reg < a->n_regs; reg++)
		by_perf[a->perf_of_dwarf[reg]] = by_dwarf[reg];
	by_perf[a->perf_pc] = pc;
	for (unsigned perf = 0; perf < PERF_REGS; perf++)
		if (mask >> perf & 1)
			out[n++] = by_perf[perf];
}
