/*
 * render/annotate_opcodes.h - the opcodes of a Python function in an annotation, as text and in documents.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_OPCODES_H
#define PERFOLIO_RENDER_ANNOTATE_OPCODES_H

struct annotate_look;
struct annotated;
struct annotation;
struct document;
struct out;

void render_opcodes_text(struct out *o, const struct annotation *a, const struct annotated *f,
			 const struct annotate_look *look);

/* The array "opcodes" of the function's object. */
void render_opcodes_document(struct document *d, const struct annotation *a,
			     const struct annotated *f);

#endif
