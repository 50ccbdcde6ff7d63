/*
 * render/document.h - one document, written as JSON or as XML: what it says is said once.
 *
 *	                                            JSON                        XML
 *	document_begin(&d, o, syntax, "info");      {"format":"perfolio-info",  <info xmlns="urn:perfolio:info:1"
 *	                                             "version":1                  format="perfolio-info" version="1"
 *	document_u64(&d, "size", 7);                ,"size":7                     size="7">
 *	document_array(&d, "events");               ,"events":[                   <events>
 *	document_item(&d, "event");                   {                             <event
 *	document_text(&d, "name", "cycles");            "name":"cycles"               name="cycles"
 *	document_end(&d);                             }                             />
 *	document_end(&d);                           ]                             </events>
 *	document_done(&d);                          }                           </info>
 *
 * An object is an element, its plain values are attributes, an array has an element for each item.  So plain
 * values come before what is nested.  A text that is NULL is null in JSON and no attribute in XML.
 */
#ifndef PERFOLIO_RENDER_DOCUMENT_H
#define PERFOLIO_RENDER_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/json.h"
#include "render/xml.h"

struct out;

enum document_syntax { SYNTAX_JSON, SYNTAX_XML };

/* What is open: an object or an item, an array, a map. */
enum document_level { LEVEL_OBJECT, LEVEL_ARRAY, LEVEL_MAP };

struct document {
	enum document_syntax syntax;
	struct json json;
	struct xml xml;
	unsigned depth;
	enum document_level levels[32];
	bool nested[32]; /* no plain value may come any more */
};

/* The document "perfolio-NAME", version 1; its element is `name`, where that is a word. */
void document_begin(struct document *d, struct out *o, enum document_syntax syntax,
		    const char *name);
void document_done(struct document *d);

/* Plain values of the object that is open. */
void document_text(struct document *d, const char *key, const char *text);
void document_u64(struct document *d, const char *key, uint64_t v);
void document_hex(struct document *d, const char *key, uint64_t v); /* "0x1f": a text in both */
void document_double(struct document *d, const char *key, double v);
void document_bool(struct document *d, const char *key, bool v);
void document_none(struct document *d, const char *key); /* null; no attribute */
/* A list: an array of numbers or words in JSON, "1 2 3" in XML.  Words hold no blanks. */
void document_numbers(struct document *d, const char *key, const uint64_t *v, size_t n);
struct costs;
/* The weights of a row by event, or its samples. */
void document_costs(struct document *d, const char *key, const struct costs *costs, size_t row,
		    bool samples);
void document_words(struct document *d, const char *key, const char *const *words, size_t n);

/* What is nested; document_end() ends each. */
void document_object(struct document *d, const char *key);
void document_array(struct document *d, const char *key);
void document_item(struct document *d, const char *element); /* of an array */
/* Numbers by names that are data: {"NAME":1} in JSON, <element name="NAME" KEY="1"/> in XML. */
void document_map(struct document *d, const char *key);
void document_entry(struct document *d, const char *element, const char *name, const char *key,
		    uint64_t v);
void document_end(struct document *d);

/* An array of texts; NULL for `texts`: null, no element. */
void document_texts(struct document *d, const char *key, const char *element,
		    const char *const *texts, size_t n);

/* The same of one text with tabs between: an array of texts, or a list. */
void document_split(struct document *d, const char *key, const char *element, const char *tabbed);
void document_split_words(struct document *d, const char *key, const char *tabbed);

struct diag;
/* The array "problems" that every document ends with. */
void document_problems(struct document *d, const struct diag *diag);

#endif
