/*
 * commands/gather.h - a session's inputs, recordings and profile files, as one folio.
 *
 * One after the other is opened, read, added and closed again: memory is that of one of them and of the sum.
 */
#ifndef PERFOLIO_COMMANDS_GATHER_H
#define PERFOLIO_COMMANDS_GATHER_H

#include <stdbool.h>

#include "commands/loading.h"
#include "commands/session.h"
#include "report/folio.h"

enum inlining {
	INLINING_NEVER,
	INLINING_LIKELY, /* where the view that the recording alone would be shown in has such frames */
	INLINING_ALWAYS
};

struct gathering {
	const struct loading_options *options;
	unsigned keys; /* what is kept apart: bits of enum root_key */
	bool exact;    /* and no more than that */
	bool lenient;  /* what an input does not keep apart is left out of the keys */
	enum inlining inlining;
	bool accesses;     /* those to memory are kept, if there are any */
	bool positions;    /* where frames are in the code is kept, of inputs that say it */
	bool provenance;   /* contents are hashed; set: where an input is a profile file */
	const char *typed; /* options, for folio_source.options; NULL: none */
	const char *hash;  /* of the one input's contents, where it is known; NULL: it is not */
	bool left_inlined; /* set: a recording's inlined functions were not looked for */
};

/*
 * EXIT_DONE and *out, folio_free() it, with texts of the session; or the status to exit with after the message was
 * printed.
 */
int gather(struct gathering *g, struct session *s, struct folio **out);

/*
 * The folio of one recording that is walked for something else, too, with collect_options.by_task and .keys those of the
 * folio.  Begun behind symbolize(), which is when what was wrong so far is taken down.  positions: see struct gathering.
 */
struct gathered;
struct gathered *gathered_new(const struct session *s, const struct loading *l, unsigned keys,
			      bool positions);
void gathered_free(struct gathered *d);

/* symbolize_inlined() for it, and for all who use the loading's functions from then on; once. */
void gathered_inline(struct gathered *d, struct session *s, struct loading *l);
bool gathered_is_inlined(const struct gathered *d);

/* g: of it `provenance`, `typed` and `hash`.  folio_free() it; NULL: *err says why the contents could not be hashed. */
struct folio *gathered_finish(struct gathered *d, const struct gathering *g, struct session *s,
			      const struct loading *l, struct error *err);

#endif
