/*
 * render/batch.h - the formats of a batch's index and summary: a row in batch.c and a file render/batch_NAME.c for each.
 *
 * A million recordings are not kept in memory: a document is made call by call, in this order:
 *
 *	begin, group ..., recording ..., failed ..., duplicate ..., end
 *
 * Groups come as all, then by host, program and day, each sorted by its value; recordings by the names of their
 * folders, the others by path.  What a format does not show is NULL.
 */
#ifndef PERFOLIO_RENDER_BATCH_H
#define PERFOLIO_RENDER_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "report/entry.h"
#include "report/fleet.h"

struct out;

struct index_totals {
	uint64_t inputs, recordings, failed, duplicates;
	uint64_t verdicts[VERDICT_LEVELS];
	uint64_t samples, bytes, duration_ns;
};

struct batch_format {
	const char *file; /* "index.json" */
	void *(*begin)(struct out *o, const struct index_totals *totals);
	void (*group)(void *context, const struct fleet_group *g);
	void (*recording)(void *context, const char *folder, const struct entry *e);
	void (*failed)(void *context, const char *input, const char *reason);
	void (*duplicate)(void *context, const char *input, const char *of);
	void (*end)(void *context); /* frees the context */
};

extern const struct batch_format batch_index_json, batch_index_csv, batch_index_xml,
	batch_index_html, batch_summary_json, batch_summary_csv, batch_summary_xml,
	batch_summary_text;

enum { BATCH_FORMATS = 8 };
extern const struct batch_format *const batch_formats[BATCH_FORMATS];

/* "2025-01-31T23:59:59Z"; "" if it is not known. */
enum { WHEN_TEXT = 40 };
const char *batch_when(const struct entry *e, char text[WHEN_TEXT]);

/* The share of samples that ran Python, in hundredths of a percent. */
uint64_t batch_python_share(uint64_t python, uint64_t native, uint64_t kernel, uint64_t unknown);

#endif
