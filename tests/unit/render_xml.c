/*
 * tests/unit/render_xml.c - the report as XML, against its schema (render/xml.c).
 */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "render/renderers.h"
#include "report/table.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;
static xmlSchemaPtr schema;

static void be_silent(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static void load_schema(void)
{
	const char *root = getenv("SRCDIR");
	xmlSchemaParserCtxtPtr parser;
	char path[4096];

	snprintf(path, sizeof(path), "%s/doc/schema/perfolio-report.xsd", root ? root : ".");
	parser = xmlSchemaNewParserCtxt(path);
	schema = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	check(schema != NULL, "the schema is one");
}

static bool is_valid(xmlDocPtr doc)
{
	xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
	bool ok = xmlSchemaValidateDoc(valid, doc) == 0;

	xmlSchemaFreeValidCtxt(valid);
	return ok;
}

/* The report as a document, NULL if it is not well formed. */
static xmlDocPtr report_of(const struct profile *p, const struct diag *diag,
			   const struct table_options *options)
{
	static const struct table_summary summary = { .program = "", .host = "", .recording = "r" };
	struct totals *t = totals_new(p);
	struct table *table = table_new(p, t, diag, &summary, options);
	struct capture c;
	xmlDocPtr doc;

	render_xml(capture_begin(&c), table);
	capture_end(&c);
	doc = xmlReadMemory(c.text, (int)c.len, "report.xml", NULL,
			    XML_PARSE_NONET | XML_PARSE_HUGE);
	check(doc != NULL, "well formed");
	check(doc && is_valid(doc), "valid");
	capture_free(&c);
	table_free(table);
	totals_free(t);
	return doc;
}

/* The n-th element of this name below `node`, in the order of the document. */
static xmlNodePtr element(xmlNodePtr node, const char *name, size_t *n)
{
	for (; node; node = node->next) {
		xmlNodePtr found;

		if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0 &&
		    (*n)-- == 0)
			return node;
		found = element(node->children, name, n);
		if (found)
			return found;
	}
	return NULL;
}

static void check_attribute(xmlDocPtr doc, const char *name, size_t n, const char *attribute,
			    const char *want)
{
	xmlNodePtr node = doc ? element(xmlDocGetRootElement(doc), name, &n) : NULL;
	xmlChar *value = node ? xmlGetProp(node, (const xmlChar *)attribute) : NULL;

	check_text((const char *)value, want, attribute);
	xmlFree(value);
}

static void a_report_holds_what_json_holds(void)
{
	struct diag *diag = diag_new();
	struct function f = {
		.kind = KIND_PYTHON, .name = "A.f", .module = "m", .file = "/s/m.py", .line = 7
	};
	struct function g = {
		.kind = KIND_NATIVE, .name = "g()", .symbol = "_Z1gv", .object = "/g.so"
	};
	struct profile *p;
	struct maker m;
	xmlDocPtr doc;

	maker_begin(&m, texts, 2);
	maker_function(&m, &f);
	maker_function(&m, &g);
	maker_stack(&m, "A.f;g()", 0, 2, 20);
	maker_stack(&m, "A.f", 1, 1, UINT64_MAX);
	p = maker_end(&m);
	diag_add(diag, PROBLEM_LOST, "s", "lost <&> %d", 1);
	doc = report_of(p, diag, &(struct table_options){ .event = -1 });
	check_attribute(doc, "report", 0, "version", "1");
	check_attribute(doc, "event", 1, "weight", "18446744073709551615");
	check_attribute(doc, "problem", 0, "message", "lost <&> 1");
	check_attribute(doc, "function", 0, "name", "g()");
	check_attribute(doc, "function", 0, "symbol", "_Z1gv");
	check_attribute(doc, "function", 1, "line", "7");
	check_attribute(doc, "function", 1, "id", "0");
	check_attribute(doc, "cost", 0, "self", "20");
	check_attribute(doc, "cost", 3, "total", "18446744073709551615");
	check_attribute(doc, "edge", 0, "caller", "0");
	check_attribute(doc, "edge", 0, "callee", "1");
	check_attribute(doc, "cost", 4, "total_samples", "2");
	xmlFreeDoc(doc);
	doc = report_of(p, NULL, &(struct table_options){ .event = 0, .limit = 1 });
	check_attribute(doc, "function", 1, "name", NULL);
	check_attribute(doc, "edge", 0, "caller", NULL);
	xmlFreeDoc(doc);
	profile_free(p);
	diag_free(diag);
}

static void what_xml_cannot_hold_becomes_a_replacement(void)
{
	static const struct {
		const char *label, *name, *want;
	} rows[] = {
		{ "markup", "<a b=\"c\">&amp;'", "<a b=\"c\">&amp;'" },
		{ "tab and line ends, kept", "a\tb\nc\rd", "a\tb\nc\rd" },
		{ "control bytes", "a\x01\x08\x1b\x1f",
		  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "DEL and C1 are characters", "\x7f\xc2\x85", "\x7f\xc2\x85" },
		{ "U+FFFE and U+FFFF", "\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "no UTF-8", "a\xff\xc0\x80\xed\xa0\x80",
		  "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "the end of a CDATA section", "]]>", "]]>" },
		{ "other planes", "🐍\xf4\x8f\xbf\xbd", "🐍\xf4\x8f\xbf\xbd" },
		{ "U+2028", "\xe2\x80\xa8", "\xe2\x80\xa8" },
		{ "hidden characters and markup", "&\xe2\x80\xae<\xf3\xa0\x81\xa1\"",
		  "&\xe2\x80\xae<\xf3\xa0\x81\xa1\"" },
		{ "blanks around", "  x  ", "  x  " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct profile *p;
		struct maker m;
		xmlDocPtr doc;

		maker_begin(&m, texts, 1);
		maker_function(&m, &(struct function){ .kind = KIND_NATIVE, .name = rows[i].name });
		maker_frames(&m, &(uint32_t){ 0 }, 1, 0, 1, 1);
		p = maker_end(&m);
		p->events[0].name = rows[i].name;
		check_in(rows[i].label);
		doc = report_of(p, NULL, &(struct table_options){ .event = -1 });
		check_attribute(doc, "function", 0, "name", rows[i].want);
		check_attribute(doc, "event", 0, "name", rows[i].want);
		xmlFreeDoc(doc);
		profile_free(p);
	}
	check_in(NULL);
}

static void a_very_long_name_is_whole(void)
{
	enum { LONG = 1000000 };
	char *name = malloc(LONG + 1);
	struct profile *p;
	struct maker m;
	xmlDocPtr doc;

	memset(name, '<', LONG);
	name[LONG] = '\0';
	maker_begin(&m, texts, 1);
	maker_stack(&m, name, 0, 1, 1);
	p = maker_end(&m);
	doc = report_of(p, NULL, &(struct table_options){ .event = -1 });
	check_attribute(doc, "function", 0, "name", name);
	xmlFreeDoc(doc);
	profile_free(p);
	free(name);
}

static void an_empty_profile_is_a_document_too(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, n_events);
		p = maker_end(&m);
		xmlFreeDoc(report_of(p, NULL, &(struct table_options){ .event = -1 }));
		profile_free(p);
	}
}

static void random_recursive_profiles_are_valid(void)
{
	static const struct shape shape = {
		.functions = 40, .stacks = 200, .deepest = 20, .events = 4, .tasks = 2
	};

	for (uint64_t seed = 0; seed < 5; seed++) {
		struct stack *stacks = random_stacks(&shape, seed);
		struct profile *p = profile_of_stacks(texts, &shape, stacks);

		xmlFreeDoc(
			report_of(p, NULL, &(struct table_options){ .event = -1, .limit = seed }));
		profile_free(p);
		free(stacks);
	}
}

int main(void)
{
	texts = texts_new();
	xmlSetGenericErrorFunc(NULL, be_silent);
	load_schema();
	if (schema) {
		a_report_holds_what_json_holds();
		what_xml_cannot_hold_becomes_a_replacement();
		a_very_long_name_is_whole();
		an_empty_profile_is_a_document_too();
		random_recursive_profiles_are_valid();
	}
	xmlSchemaFree(schema);
	xmlCleanupParser();
	texts_free(texts);
	return check_done("render_xml");
}
