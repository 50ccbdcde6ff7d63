/*
 * render/xml.h - an XML writer over libxml2's, which escapes and indents.
 *
 * What XML 1.0 cannot hold at all (control characters, U+FFFE, U+FFFF, bytes that are not UTF-8) becomes
 * U+FFFD.  Attributes of an element come before its content.
 */
#ifndef PERFOLIO_RENDER_XML_H
#define PERFOLIO_RENDER_XML_H

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;

struct xml {
	xmlTextWriterPtr writer;
	char *text; /* scratch: a text that XML can hold */
	size_t cap;
};

void xml_begin(struct xml *x, struct out *o);
void xml_start(struct xml *x, const char *element);
void xml_end(struct xml *x);
/* Attributes of the element that was started last. */
void xml_text(struct xml *x, const char *name, const char *value);
void xml_u64(struct xml *x, const char *name, uint64_t value);
void xml_double(struct xml *x, const char *name, double value); /* not NaN, nor infinite */
void xml_bool(struct xml *x, const char *name, bool value);
/* Text between its tags. */
void xml_content(struct xml *x, const char *text);
/* Ends what is open, and the document. */
void xml_done(struct xml *x);

#endif
