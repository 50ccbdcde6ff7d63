/*
 * report/merge.h - several recordings as one: folio + folio.
 *
 * Samples are added up, node by node: in every view the merged profile is the sum of the single ones, function by
 * function.  What is one:
 *
 *   functions   equal kind, name, symbol, file and object (DESIGN D4).  The module of a Python function is not
 *               among them: modules are made anew over the files of all recordings, so that distinct files have
 *               distinct modules ("util" of one recording can become "a.util" where another has a "b/util.py").
 *   events      equal name, unit, type and configs.  An event that not all recordings have, and one that they
 *               recorded with other periods or frequencies, is told (folio_tell()).
 *   tasks       equal in what the sum keeps apart (its keys).
 *   positions   equal in all that they say (positions.h).  Of a recording without positions frames are at those of
 *               which nothing but the list is known; so are frames of no place in others.
 *
 * The result does not depend on the order of the recordings, nor on what was merged with what before.
 */
#ifndef PERFOLIO_REPORT_MERGE_H
#define PERFOLIO_REPORT_MERGE_H

#include "report/folio.h"
#include "report/sample_filter.h"

/*
 * Add `from` to `into`, which may be empty; its texts are copied.  filter: only these samples, or NULL;
 * folio_answers(from, into->keys, filter) must be true.
 */
void merge_folio(struct folio *into, const struct folio *from, const struct sample_filter *filter);

#endif
