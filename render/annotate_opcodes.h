/*
 * render/annotate_opcodes.h - the opcodes of a Python function in an annotation, as text and in documents.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_OPCODES_H
#define PERFOLIO_RENDER_ANNOTATE_OPCODES_H

struct annotate_writer;
struct annotated;
struct annotation;
struct document;

/* Of the function that the writer is at; nothing if it has none. */
void annotate_opcodes_text(struct annotate_writer *w);

/* The array "opcodes" of the function's object. */
void render_opcodes_document(struct document *d, const struct annotation *a,
			     const struct annotated *f);

#endif
