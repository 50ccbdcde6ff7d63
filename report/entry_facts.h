/*
 * report/entry_facts.h - what an entry says of where its numbers are from: a recording, or a folio of recordings.
 */
#ifndef PERFOLIO_REPORT_ENTRY_FACTS_H
#define PERFOLIO_REPORT_ENTRY_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct collected;
struct folio;
struct machine;
struct recording;
struct texts;

/* Texts are never NULL; "": not known. */
struct entry_facts {
	const char *host;
	const char
		*program; /* in one word, see program.h; else the process with the most samples */
	const char *command;
	bool has_when;
	bool when_is_file; /* the recording does not tell; it is when its file was written */
	int64_t when;      /* of the first sample: seconds since 1970, UTC */
};

/* host and command are the caller's to set; texts: those of the recording. */
void entry_facts_of_recording(struct entry_facts *out, const struct recording *r,
			      const struct machine *m, const struct collected *c,
			      struct texts *texts);

/* Of several recordings when the first one was; texts are put into the folio's. */
void entry_facts_of_folio(struct entry_facts *out, const struct folio *f);

#endif
