/*
 * render/annotate.h - an annotation (report/annotation.h) as text, JSON and XML.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_H
#define PERFOLIO_RENDER_ANNOTATE_H

#include <stdbool.h>
#include <stddef.h>

struct annotation;
struct out;

struct annotate_look {
	bool source,
		assembly; /* which of them; both: the lines, then the instructions with theirs */
	bool global;      /* percentages of all samples, not of the function's */
	bool samples;     /* their numbers instead of percentages */
	bool color;
};

/* Functions [first, first + n) of it. */
void render_annotate_text(struct out *o, const struct annotation *a, size_t first, size_t n,
			  const struct annotate_look *look);

/* As doc/schema/perfolio-annotate.schema.json and .xsd say. */
void render_annotate_json(struct out *o, const struct annotation *a, size_t first, size_t n);
void render_annotate_xml(struct out *o, const struct annotation *a, size_t first, size_t n);

/* By function: the name of its file. */
void render_annotate_index_text(struct out *o, const struct annotation *a,
				const char *const *files);
void render_annotate_index_json(struct out *o, const struct annotation *a,
				const char *const *files);
void render_annotate_index_xml(struct out *o, const struct annotation *a, const char *const *files);

/* How the text files begin that -o DIR makes, so that they are known again. */
#define ANNOTATE_FILE_BEGIN "perfolio annotate"

#endif
