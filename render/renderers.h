/*
 * render/renderers.h - the output formats: one row each, one file each (render/NAME.c).
 */
#ifndef PERFOLIO_RENDER_RENDERERS_H
#define PERFOLIO_RENDER_RENDERERS_H

struct callgraph;
struct dotgraph;
struct folded;
struct out;
struct profile;
struct table;

/* The formats of `perfolio report`. */
struct table_renderer {
	const char *name, *help;
	void (*render)(struct out *o, const struct table *t);
};
extern const struct table_renderer table_renderers[]; /* ends with a row whose name is NULL */

void render_text(struct out *o, const struct table *t);
void render_csv(struct out *o, const struct table *t);
void render_json(struct out *o, const struct table *t);
void render_xml(struct out *o, const struct table *t);

struct callgrind_header {
	const char *command; /* "cmd:" line: the recorded program */
	const char *description; /* "desc:" line */
};
void render_callgrind(struct out *o, const struct callgraph *g, const struct profile *p,
		      const struct callgrind_header *header);
void render_dot(struct out *o, const struct dotgraph *g);
void render_folded(struct out *o, const struct folded *f);

#endif
