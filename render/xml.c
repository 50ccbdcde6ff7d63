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

/*
 * What is not seen, or steers a terminal, is written as a reference: to a reader of XML that is the same.  What is
 * below DEL the library writes as it has to be.
 */
static bool is_hidden(uint32_t c)
{
	return c >= 0x7f && utf8_is_control(c);
}

/* *hidden: some of them are written as references. */
static const xmlChar *allowed(struct xml *x, const char *s, bool *hidden)
{
	char *to;

	*hidden = false;

	/* at most three bytes for each */
	x->text = mem_grow(x->text, 0, 3 * strlen(s) + 1, &x->cap, 1);
	to = x->text;
	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool fine = is_allowed(c);

		*hidden = *hidden || (fine && is_hidden(c));
		memcpy(to, fine ? s : UTF8_REPLACEMENT, fine ? len : 3);
		to += fine ? len : 3;
		s += len;
	}
	*to = '\0';
	return chars(x->text);
}

static void put_plain(struct xml *x, const char *from, const char *to)
{
	char *piece;

	if (from == to)
		return;
	piece = mem_text(from, (size_t)(to - from));
	xmlTextWriterWriteString(x->writer, chars(piece));
	free(piece);
}

/* The text of the element or attribute that is open. */
static void put(struct xml *x, const xmlChar *s)
{
	const char *at = (const char *)s, *plain = at;

	while (*at) {
		char reference[16];
		uint32_t c;
		size_t len = utf8_next(at, &c);

		if (is_hidden(c)) {
			snprintf(reference, sizeof(reference), "&#x%x;", (unsigned)c);
			put_plain(x, plain, at);
			xmlTextWriterWriteRaw(x->writer, chars(reference));
			plain = at + len;
		}
		at += len;
	}
	put_plain(x, plain, at);
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
	bool hidden;
	const xmlChar *text = allowed(x, value, &hidden);

	if (!hidden) {
		xmlTextWriterWriteAttribute(x->writer, chars(name), text);
		return;
	}
	xmlTextWriterStartAttribute(x->writer, chars(name));
	put(x, text);
	xmlTextWriterEndAttribute(x->writer);
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
	bool hidden;
	const xmlChar *s = allowed(x, text, &hidden);

	if (hidden)
		put(x, s);
	else
		xmlTextWriterWriteString(x->writer, s);
}

void xml_done(struct xml *x)
{
	xmlTextWriterEndDocument(x->writer);
	xmlFreeTextWriter(x->writer);
	free(x->text);
	*x = (struct xml){ .writer = NULL };
}
