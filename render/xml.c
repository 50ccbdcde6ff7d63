#include "render/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "render/out.h"

static const xmlChar *chars(const char *s)
{
	return (const xmlChar *)s;
}

static int write_callback(void *context, const char *bytes, int len)
{
	out_bytes(context, bytes, (size_t)len);
	return len;
}

static int close_callback(void *context)
{
	(void)context; /* the stream is the command's */
	return 0;
}

static bool is_allowed(uint32_t c)
{
	return c != UTF8_BAD && c != 0xfffe && c != 0xffff &&
	       (c >= 0x20 || c == '\t' || c == '\n' || c == '\r');
}

static const xmlChar *allowed(struct xml *x, const char *s)
{
	char *to;

	/* at most three bytes for each */
	x->text = mem_grow(x->text, 0, 3 * strlen(s) + 1, &x->cap, 1);
	to = x->text;
	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool fine = is_allowed(c);

		memcpy(to, fine ? s : UTF8_REPLACEMENT, fine ? len : 3);
		to += fine ? len : 3;
		s += len;
	}
	*to = '\0';
	return chars(x->text);
}

void xml_begin(struct xml *x, struct out *o)
{
	xmlOutputBufferPtr buffer =
		xmlOutputBufferCreateIO(write_callback, close_callback, o, NULL);

	*x = (struct xml){ .writer = buffer ? xmlNewTextWriter(buffer) : NULL };
	if (!x->writer) /* without memory only; memory.h's handler ends the program */
		mem_resize(NULL, SIZE_MAX, 1);
	xmlTextWriterSetIndent(x->writer, 1);
	xmlTextWriterSetIndentString(x->writer, chars(" "));
	xmlTextWriterStartDocument(x->writer, "1.0", "UTF-8", NULL);
}

void xml_start(struct xml *x, const char *element)
{
	xmlTextWriterStartElement(x->writer, chars(element));
}

void xml_end(struct xml *x)
{
	xmlTextWriterEndElement(x->writer);
}

void xml_text(struct xml *x, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(x->writer, chars(name), allowed(x, value));
}

void xml_u64(struct xml *x, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	xmlTextWriterWriteAttribute(x->writer, chars(name), chars(text));
}

void xml_double(struct xml *x, const char *name, double value)
{
	char text[OUT_DOUBLE];

	out_double_text(text, value);
	xmlTextWriterWriteAttribute(x->writer, chars(name), chars(text));
}

void xml_bool(struct xml *x, const char *name, bool value)
{
	xml_text(x, name, value ? "true" : "false");
}

void xml_content(struct xml *x, const char *text)
{
	xmlTextWriterWriteString(x->writer, allowed(x, text));
}

void xml_done(struct xml *x)
{
	xmlTextWriterEndDocument(x->writer);
	xmlFreeTextWriter(x->writer);
	free(x->text);
	*x = (struct xml){ .writer = NULL };
}
