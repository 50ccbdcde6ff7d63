/*
 * render/annotate_opcodes.h - the opcodes of a Python function in an annotation, as text and as JSON.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_OPCODES_H
#define PERFOLIO_RENDER_ANNOTATE_OPCODES_H

struct annotate_look;
struct annotated;
struct annotation;
struct json;
struct out;

void render_opcodes_text(struct out *o, const struct annotation *a, const struct annotated *f,
			 const struct annotate_look *look);

/* The key "opcodes" of the function's object. */
void render_opcodes_json(struct json *j, const struct annotation *a, const struct annotated *f);

#endif
