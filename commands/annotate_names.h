/*
 * commands/annotate_names.h - the FUNCTION operands of `perfolio annotate` for which there is no function.
 */
#ifndef PERFOLIO_COMMANDS_ANNOTATE_NAMES_H
#define PERFOLIO_COMMANDS_ANNOTATE_NAMES_H

#include "commands/loading.h"
#include "commands/session.h"
#include "report/annotation.h"

/*
 * Tells for each of them why it has none: a filter, the view, or there is nothing of that name.  Gives the exit status:
 * EXIT_NOTHING if that leaves no function at all.
 */
int annotate_tell_names(const struct session *s, const struct loading *l,
			const struct annotation *a);

#endif
