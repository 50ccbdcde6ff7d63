/*
 * render/renderers.h - the output formats of `report` and `export`: one row here, one file render/NAME.c each.
 *
 * Prototype, table and the words of --format are made from the row.  The file of a
 * format has render_NAME(); where its name was taken it is called otherwise (report_json.c).
 */
#ifndef PERFOLIO_RENDER_RENDERERS_H
#define PERFOLIO_RENDER_RENDERERS_H

#include <stddef.h>

struct callgraph;
struct dotgraph;
struct folded;
struct out;
struct profile;
struct table;

struct derived;

struct callgrind_header {
	const char *command;           /* "cmd:" line: the recorded program */
	const char *description;       /* "desc:" line */
	const struct derived *derived; /* "event:" lines: what readers compute */
	size_t n_derived;
};

/* What a renderer gets: one type of function for each model. */
typedef void table_renderer(struct out *o, const struct table *t);
typedef void callgraph_renderer(struct out *o, const struct callgraph *g, const struct profile *p,
				const struct callgrind_header *header);
typedef void dotgraph_renderer(struct out *o, const struct dotgraph *g);
typedef void folded_renderer(struct out *o, const struct folded *f);

/* The formats of `perfolio report`: ROW(name, model); their model is the table.  The first is the default. */
#define REPORT_FORMATS(ROW)                                                   \
	ROW(text, table) /* for people */                                     \
	ROW(csv, table)  /* RFC 4180 */                                       \
	ROW(json, table) /* as doc/schema/perfolio-report.schema.json says */ \
	ROW(xml, table)  /* as doc/schema/perfolio-report.xsd says */

/* The formats of `perfolio export`: ROW(name, model). */
#define EXPORT_FORMATS(ROW)                                             \
	ROW(callgrind, callgraph) /* KCachegrind, callgrind_annotate */ \
	ROW(dot, dotgraph)        /* Graphviz */                        \
	ROW(folded, folded)       /* flame graphs: a line a stack */

/* render_text(), render_callgrind() ... */
#define FORMAT_PROTOTYPE(name, model) model##_renderer render_##name;
REPORT_FORMATS(FORMAT_PROTOTYPE)
table_renderer render_cache_text; /* `perfolio cache`: its other formats are the report's */
EXPORT_FORMATS(FORMAT_PROTOTYPE)
#undef FORMAT_PROTOTYPE

/* "text|csv|json|xml", for the option tables; a word's index is that of its row. */
#define FORMAT_NAME(name, model) #name,
#define FORMAT_WORD(name, model) "|" #name
#define REPORT_WORDS             (&REPORT_FORMATS(FORMAT_WORD)[1])
#define EXPORT_WORDS             (&EXPORT_FORMATS(FORMAT_WORD)[1])

/* By the index of the word: one of the members, the one of the model, is not NULL. */
struct renderer {
	table_renderer *table;
	callgraph_renderer *callgraph;
	dotgraph_renderer *dotgraph;
	folded_renderer *folded;
};
extern const struct renderer report_renderers[], export_renderers[];

#endif
