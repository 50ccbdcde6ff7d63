/*
 * report/folio_view.h - a folio as views want it: what collect.h and symbols.h give of one recording.
 */
#ifndef PERFOLIO_REPORT_FOLIO_VIEW_H
#define PERFOLIO_REPORT_FOLIO_VIEW_H

#include <stdbool.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "report/folio.h"
#include "report/sample_filter.h"
#include "report/view.h"

struct folio_view {
	struct collected collected;
	struct functions functions;
	struct frames frames;
	struct sampled_event *events;
	uint32_t *nodes; /* by node of the folio's tree: of collected.tree */
	size_t *columns; /* by event of the folio: of `events` */
	struct view_votes votes;
	bool positions; /* locations of the tree that are not SPACE_TASK are the folio's positions (`addr`) */
};

/* What can be told apart of samples that these are kept apart by: bits of enum root_key, both. */
unsigned folio_answered_keys(unsigned kept);

/*
 * Can the samples be told apart by these roots and chosen by this filter (may be NULL)?  False: *err names what the
 * folio did not keep.
 */
bool folio_answers(const struct folio *f, unsigned roots, const struct sample_filter *filter,
		   struct error *err);

/* Is a task's every sample chosen?  Only of filters that folio_answers() knows. */
bool folio_takes(const struct sample_filter *filter, const struct sampled_task *t);

/*
 * roots: bits of enum root_key, nodes at the root of the tree in their order.  positions: frames of one list stay
 * apart by where they are; else `addr` of their locations is the list.  Frames are those of the symbol tables: `votes`
 * may decide whether folio_view_inlined() is called.  Texts and attrs stay the folio's, which must outlive it;
 * folio_view_done() frees the rest.
 */
void folio_view(const struct folio *f, unsigned roots, bool positions, struct folio_view *out);

/*
 * What symbolize_inlined() is to symbolize(): frames for inlined functions, and debug information's files and lines; of
 * a view with positions where they are (frames.places).
 */
void folio_view_inlined(const struct folio *f, struct folio_view *v);
void folio_view_done(struct folio_view *v);

/* Tell what was wrong with the recordings, and where they do not fit together. */
void folio_tell(const struct folio *f, bool inlined, struct diag *diag);

/* For who asks for positions: tell of which recordings none are kept. */
void folio_tell_positions(const struct folio *f, struct diag *diag);

#endif
