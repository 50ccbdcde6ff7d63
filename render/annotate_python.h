/*
 * render/annotate_python.h - the Python part of an annotation for people.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_PYTHON_H
#define PERFOLIO_RENDER_ANNOTATE_PYTHON_H

struct annotate_writer;

/* Of the function that the writer is at; it has such a part. */
void annotate_python_text(struct annotate_writer *w);

#endif
