/*
 * tests/walked.h - a recording that a test wrote, taken through the stages of report/.
 *
 *	struct walked w;
 *
 *	if (walk_image(&w, &scene.img, NULL))
 *		check_text(walked_stacks(&w, 0), "a.so:1027;a.so:1010=2/200", "row");
 *	walk_done(&w);
 */
#ifndef TESTS_WALKED_H
#define TESTS_WALKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/collect.h"
#include "report/finder.h"
#include "report/folio.h"
#include "report/functions.h"
#include "report/jitmaps.h"
#include "report/objects.h"
#include "report/profile.h"
#include "report/recording_code.h"
#include "report/symbols.h"
#include "report/timeline.h"
#include "tests/opened.h"

struct walked {
	struct opened o;
	struct machine *machine; /* NULL: not opened */
	struct timeline_clock clock;
	struct collected collected;
	struct finder *finder;
	struct objects *objects;
	struct jitmaps *jitmaps;
	struct functions functions; /* from walk_symbolize() on */
	struct frames frames;
	struct sampled_event *events; /* of the folio */
	struct folio *folio;          /* that they are of, from walk_by_folio() on */
	char *text;
};

struct walk_options {
	unsigned roots;                     /* bit k: enum root_key */
	const struct sample_filter *filter; /* NULL: every sample counts */
	struct finder_options finder;
	bool by_task; /* instead of roots: for walk_by_folio() */
};

/* Both walks; options: NULL for none.  False if the parser refuses. walk_done() all the same. */
bool walk_image(struct walked *w, const struct image *img, const struct walk_options *options);
bool walk_path(struct walked *w, const char *path, const struct walk_options *options);
void walk_symbolize(struct walked *w);
void walk_done(struct walked *w);

/*
 * Instead of walk_symbolize(): what the recording comes to as a folio with positions becomes what was walked.  Inlined functions
 * are found; inlined: and shown.
 */
void walk_by_folio(struct walked *w, bool inlined);

/* What it tells of its code, once it is symbolized; recorded_code_free() it. */
struct recorded_code *walked_code(const struct walked *w);

/* The file (base name) that a process has at an address; "" for none. */
const char *walked_file(const struct walked *w, uint32_t pid, uint64_t addr, uint64_t time);

/*
 * A stack as recorded, outermost frame first, "a.so:1027;k:ffffffff81000010": base name of the mapping and
 * the address that is looked up.  ?: no mapping, k: kernel, gk: gu: guest, hv: hypervisor, tasks by name.
 */
void stack_text(char *out, size_t size, const struct machine *m, const struct collected *c,
		uint32_t node);

/* All stacks in which samples ended, sorted: "STACK=SAMPLES/WEIGHT STACK=..."; valid until the next call. */
const char *walked_stacks(struct walked *w, size_t event);

/* The same of a profile: "f;g=SAMPLES/WEIGHT ..." by folded's labels. */
const char *walked_frames(struct walked *w, enum view view, size_t event);

#endif
