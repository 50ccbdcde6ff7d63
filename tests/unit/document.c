/*
 * tests/unit/document.c - one document as JSON and as XML (render/document.h).
 */
#include "render/document.h"

#include <string.h>

#include "parser/base/diag.h"
#include "tests/capture.h"
#include "tests/check.h"

static void all_there_is(struct document *d)
{
	static const char *const texts[] = { "a b", "<&>" }, *const words[] = { "addr", "weight" };
	static const uint64_t numbers[] = { 0, 18446744073709551615u };

	document_text(d, "name", "x\"<\x01\xff");
	document_text(d, "nothing", NULL);
	document_none(d, "none");
	document_u64(d, "most", UINT64_MAX);
	document_hex(d, "place", 0x7f00);
	document_double(d, "share", 0.1);
	document_bool(d, "yes", true);
	document_words(d, "has", words, 2);
	document_words(d, "empty", words, 0);
	document_numbers(d, "offsets", numbers, 2);
	document_split_words(d, "keys", "module\tcomm");
	document_object(d, "host");
	document_u64(d, "cpus", 2);
	document_texts(d, "cmdline", "word", texts, 2);
	document_texts(d, "unknown", "word", NULL, 0);
	document_split(d, "values", "value", "a\t\tb");
	document_end(d);
	document_array(d, "events");
	document_item(d, "event");
	document_u64(d, "n", 1);
	document_end(d);
	document_item(d, "event");
	document_object(d, "inner");
	document_end(d);
	document_end(d);
	document_end(d);
	document_map(d, "records");
	document_entry(d, "record", "MMAP \"2\"", "count", 3);
	document_end(d);
}

static const char *document_of(struct capture *c, enum document_syntax syntax)
{
	struct diag *diag = diag_new();
	struct document d;

	diag_add(diag, PROBLEM_LOST, "s", "perf lost %d", 7);
	document_begin(&d, capture_begin(c), syntax, "toy");
	all_there_is(&d);
	document_problems(&d, diag);
	document_done(&d);
	diag_free(diag);
	return capture_end(c);
}

static void json_says_it(void)
{
	struct capture c;
	const char *text = document_of(&c, SYNTAX_JSON);

	check(is_json(text, c.len), "valid");
	check(strstr(text,
		     "{\n \"format\":\"perfolio-toy\",\n \"version\":1,\n"
		     " \"name\":\"x\\\"<\\u0001\xef\xbf\xbd\",\n \"nothing\":null,\n \"none\":null,\n"
		     " \"most\":18446744073709551615,\n \"place\":\"0x7f00\",\n"
		     " \"share\":0.1,\n \"yes\":true,\n \"has\":[\n  \"addr\",\n  \"weight\"\n ],\n"
		     " \"empty\":[],\n \"offsets\":[\n  0,\n  18446744073709551615\n ],\n"
		     " \"keys\":[\n  \"module\",\n  \"comm\"\n ],\n"
		     " \"host\":{\n  \"cpus\":2,\n  \"cmdline\":[\"a b\",\"<&>\"],\n"
		     "  \"unknown\":null,\n  \"values\":[\"a\",\"\",\"b\"]\n },\n"
		     " \"events\":[\n  {\"n\":1},\n  {\"inner\":{}}\n ],\n"
		     " \"records\":{\n  \"MMAP \\\"2\\\"\":3\n },\n"
		     " \"problems\":[\n  {\"severity\":") == text,
	      "in this order");
	check(strstr(text, "\"message\":\"perf lost 7\",\"count\":1,") != NULL, "problems");
	capture_free(&c);
}

static void xml_says_the_same(void)
{
	struct capture c;
	const char *text = document_of(&c, SYNTAX_XML);

	check(strstr(text,
		     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<toy xmlns=\"urn:perfolio:toy:1\" format=\"perfolio-toy\" version=\"1\""
		     " name=\"x&quot;&lt;\xef\xbf\xbd\xef\xbf\xbd\" most=\"18446744073709551615\""
		     " place=\"0x7f00\" share=\"0.1\" yes=\"true\" has=\"addr weight\" empty=\"\""
		     " offsets=\"0 18446744073709551615\" keys=\"module comm\">\n"
		     " <host cpus=\"2\">\n  <cmdline>\n   <word>a b</word>\n"
		     "   <word>&lt;&amp;&gt;</word>\n  </cmdline>\n"
		     "  <values>\n   <value>a</value>\n   <value></value>\n   <value>b</value>\n"
		     "  </values>\n </host>\n"
		     " <events>\n  <event n=\"1\"/>\n  <event>\n   <inner/>\n  </event>\n </events>\n"
		     " <records>\n  <record name=\"MMAP &quot;2&quot;\" count=\"3\"/>\n </records>\n"
		     " <problems>\n  <problem severity=") == text,
	      "all of it");
	check(strstr(text, " message=\"perf lost 7\" count=\"1\" ") != NULL, "problems");
	check(strcmp(text + strlen(text) - 7, "</toy>\n") == 0, "to its end");
	capture_free(&c);
}

int main(void)
{
	json_says_it();
	xml_says_the_same();
	return check_done("document");
}
