/*
 * commands/accesses.h - of what was loaded, the accesses to memory: which function of the profile each counts for.
 *
 * The log is a recording's or a folio's, by nodes of its own tree; filters and groups are of the profile.
 */
#ifndef PERFOLIO_COMMANDS_ACCESSES_H
#define PERFOLIO_COMMANDS_ACCESSES_H

#include <stddef.h>
#include <stdint.h>

#include "report/folio_view.h"
#include "report/memory_tables.h"
#include "report/profile.h"

/* Starts as zeroes; accesses_done() frees. */
struct accesses {
	const struct memory_log *log;
	uint32_t *homes; /* by node of the log */
	size_t n_nodes;
	uint32_t *nodes;         /* by node of the log: of the call tree; NULL: the same */
	size_t *events;          /* by event of the log: as it is shown; NULL: the same */
	const char **recordings; /* by recording of the log its name; NULL: there is one */
};

/* A recording's, of as many nodes. */
void accesses_of_recording(struct accesses *a, const struct memory_log *log, size_t n_nodes);

/* A folio's, which must outlive it; what says where its nodes and events are is taken out of the view. */
void accesses_of_folio(struct accesses *a, const struct folio *f, struct folio_view *v);

/* rows: by node of the call tree, the row of the profile's costs that has its samples; 0: left out. */
void accesses_find_homes(struct accesses *a, const struct profile *p, const uint32_t *rows);

/* For memory_tables_new(); borrowed. */
struct memory_homes accesses_homes(const struct accesses *a, const struct profile *p);

void accesses_done(struct accesses *a);

#endif
