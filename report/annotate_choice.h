/*
 * report/annotate_choice.h - which functions are annotated, and in which order.
 *
 * Without names the hottest are: those in whose code most samples ended, with what is inlined there, as `perf annotate`
 * has it.  The self cost of the view would not do: it belongs to the innermost inlined function, which may have no
 * code of its own.
 */
#ifndef PERFOLIO_REPORT_ANNOTATE_CHOICE_H
#define PERFOLIO_REPORT_ANNOTATE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "report/annotation.h"

/*
 * Fill in a->functions, a->names and a->n_hidden; columns: by event of the annotation, its number in the call tree.
 * False: a pattern is wrong, *err says why.
 */
bool annotate_choose(struct annotation *a, const size_t *columns, struct error *err);

#endif
