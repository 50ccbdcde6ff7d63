/*
 * render/memory.h - the outputs of `perfolio cache --memory`: ROW(name), render/memory_NAME.c; json and xml share memory_document.c.
 */
#ifndef PERFOLIO_RENDER_MEMORY_H
#define PERFOLIO_RENDER_MEMORY_H

#include "report/memory_tables.h"
#include "report/sampled_event.h"

struct out;
struct table;

struct memory_report {
	const struct memory_tables *tables;
	const struct sampled_event *events; /* by number, as the sources have it */
	const struct table *table;          /* for the header and the problems; NULL: without */
};

/* The first is the default. */
#define MEMORY_FORMATS(ROW)                   \
	ROW(text) /* for people */            \
	ROW(csv)  /* RFC 4180 */              \
	ROW(json) /* see memory_document.c */ \
	ROW(xml)

typedef void memory_renderer(struct out *o, const struct memory_report *r);

#define MEMORY_PROTOTYPE(name) memory_renderer render_memory_##name;
MEMORY_FORMATS(MEMORY_PROTOTYPE)
#undef MEMORY_PROTOTYPE

/* "text|csv|json|xml", for the option table; a word's index is that of its renderer. */
#define MEMORY_WORD(name) "|" #name
#define MEMORY_WORDS      (&MEMORY_FORMATS(MEMORY_WORD)[1])

#define MEMORY_NUMBER(name) MEMORY_##name,
enum { MEMORY_FORMATS(MEMORY_NUMBER) N_MEMORY_FORMATS };
#undef MEMORY_NUMBER

extern memory_renderer *const memory_renderers[N_MEMORY_FORMATS];

/* What is missing in the samples, as a text for people and the JSON's "missing"; NULL: nothing.  i from 0. */
const char *memory_missing(const struct memory_tables *t, unsigned i);

#endif
