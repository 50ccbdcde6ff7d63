/*
 * tests/unit/json.c - the JSON writer and the report as JSON (render/json.h, render/report_json.c).
 */
#include "render/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/table.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static struct texts *texts;

static void texts_are_escaped_where_json_or_a_terminal_needs_it(void)
{
	static const struct {
		const char *label, *text, *json;
	} rows[] = {
		{ "plain", "abc <module>", "\"abc <module>\"" },
		{ "nothing", "", "\"\"" },
		{ "none", NULL, "null" },
		{ "quotes and backslashes", "\"a\\b/c\"", "\"\\\"a\\\\b/c\\\"\"" },
		{ "line ends and tabs", "a\nb\tc\rd", "\"a\\nb\\tc\\u000dd\"" },
		{ "control bytes", "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
		{ "C1", "\xc2\x85\xc2\x9b", "\"\\u0085\\u009b\"" },
		{ "characters", "ö漢🐍\xc2\xa0", "\"ö漢🐍\xc2\xa0\"" },
		{ "U+2028 and U+2029, line ends to JavaScript", "\xe2\x80\xa8\xe2\x80\xa9",
		  "\"\\u2028\\u2029\"" },
		{ "marks of direction", "\xe2\x80\xae\xe2\x80\x8e", "\"\\u202e\\u200e\"" },
		{ "a tag", "a\xf3\xa0\x81\xa1", "\"a\\udb40\\udc61\"" },
		{ "bytes that begin nothing",
		  "a\x80\xff"
		  "b",
		  "\"a\xef\xbf\xbd\xef\xbf\xbd"
		  "b\"" },
		{ "an overlong slash", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "a surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "beyond Unicode", "\xf4\x90\x80\x80",
		  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "cut off", "a\xe6\xbc", "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "U+FFFF", "\xef\xbf\xbf", "\"\xef\xbf\xbf\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c;
		struct json j;

		json_begin(&j, capture_begin(&c));
		json_text(&j, rows[i].text);
		json_done(&j);
		capture_end(&c);
		check_in(rows[i].label);
		check(is_json(c.text, c.len), "is JSON");
		check(c.text[c.len - 1] == '\n', "ends a line");
		c.text[c.len - 1] = '\0';
		check_text(c.text, rows[i].json, "as text");
		capture_free(&c);
	}
	check_in(NULL);
}

static void numbers_are_printed_with_all_their_digits(void)
{
	static const double doubles[] = { 0,       -0.5, 0.1,           1e300, 5e-324,
					  1.0 / 3, 100,  123456789.125, NAN,   INFINITY };
	struct capture c;
	struct json j;

	json_begin(&j, capture_begin(&c));
	json_array(&j);
	json_u64(&j, 0);
	json_u64(&j, UINT64_MAX);
	json_i64(&j, INT64_MIN);
	json_i64(&j, INT64_MAX);
	json_i64(&j, -1);
	for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++)
		json_double(&j, doubles[i]);
	json_bool(&j, true);
	json_bool(&j, false);
	json_null(&j);
	json_end_array(&j);
	json_done(&j);
	check_text(
		capture_end(&c),
		"[\n 0,\n 18446744073709551615,\n -9223372036854775808,\n 9223372036854775807,\n -1,\n"
		" 0,\n -0.5,\n 0.1,\n 1e+300,\n 4.94065645841247e-324,\n 0.3333333333333333,\n 100,\n"
		" 123456789.125,\n null,\n null,\n true,\n false,\n null\n]\n",
		"as few digits as read back equal");
	check(is_json(c.text, c.len), "is JSON");
	capture_free(&c);
}

static void items_of_the_outer_levels_begin_a_line_each(void)
{
	struct capture c;
	struct json j;

	json_begin(&j, capture_begin(&c));
	json_object(&j);
	json_key(&j, "empty");
	json_array(&j);
	json_end_array(&j);
	json_key(&j, "none");
	json_object(&j);
	json_end_object(&j);
	json_key(&j, "list");
	json_array(&j);
	for (int i = 0; i < 2; i++) {
		json_object(&j);
		json_key_u64(&j, "n", (uint64_t)i);
		json_key_bool(&j, "b", false);
		json_key(&j, "deep");
		json_array(&j);
		json_u64(&j, 1);
		json_u64(&j, 2);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_key_text(&j, "last\"", "x");
	json_end_object(&j);
	json_done(&j);
	check_text(
		capture_end(&c),
		"{\n \"empty\":[],\n \"none\":{},\n \"list\":[\n"
		"  {\"n\":0,\"b\":false,\"deep\":[1,2]},\n  {\"n\":1,\"b\":false,\"deep\":[1,2]}\n ],\n"
		" \"last\\\"\":\"x\"\n}\n",
		"commas, blanks and lines");
	check(is_json(c.text, c.len), "is JSON");
	capture_free(&c);
}

/* The test's own reader: what it must not take for JSON. */
static void the_checker_of_these_tests_is_strict(void)
{
	static const char *const bad[] = {
		"",    "{",     "[1,]",   "{\"a\":1,}",  "{\"a\":1,\"a\":2}",
		"01",  "1.",    "\"\n\"", "\"\\x\"",     "\"\xff\"",
		"NaN", "[1 2]", "{a:1}",  "\"\\ud800\"", "\"\\udc00\\ud800\"",
		"1 2", "'a'",   "-"
	};
	static const char *const good[] = {
		"0", "-0.5e+3", "[ ]", "{ \"a\" : [1, {\"b\":null}] }\n", "\"\\u00e4\\n\"", "true"
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!is_json(bad[i], strlen(bad[i])), bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check(is_json(good[i], strlen(good[i])), good[i]);
}

/* ---- the report ---- */

static const char *report_of(struct capture *c, const struct profile *p, const struct diag *diag,
			     const struct table_options *options)
{
	static const struct table_summary summary = { .program = "", .host = "", .recording = "r" };
	struct totals *t = totals_new(p);
	struct table *table = table_new(p, t, diag, &summary, options);

	render_json(capture_begin(c), table);
	capture_end(c);
	table_free(table);
	totals_free(t);
	return c->text;
}

static void a_report_has_its_events_functions_and_edges(void)
{
	struct function f = {
		.kind = KIND_PYTHON, .name = "A.f", .module = "m", .file = "/s/m.py", .line = 7
	};
	struct function g = { .kind = KIND_NATIVE,
			      .name = "g()",
			      .symbol = "_Z1gv",
			      .module = "g.so",
			      .object = "/lib/g.so" };
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 2);
	maker_function(&m, &f);
	maker_function(&m, &g);
	maker_stack(&m, "A.f;g()", 0, 2, 20);
	maker_stack(&m, "A.f", 1, 1, UINT64_MAX);
	p = maker_end(&m);
	check_text(
		report_of(&c, p, NULL, &(struct table_options){ .event = -1 }),
		"{\n \"format\":\"perfolio-report\",\n \"version\":1,\n \"view\":\"native\",\n"
		" \"events\":[\n"
		"  {\"name\":\"cycles\",\"unit\":\"count\",\"samples\":2,\"weight\":20},\n"
		"  {\"name\":\"instructions\",\"unit\":\"count\",\"samples\":1,"
		"\"weight\":18446744073709551615}\n ],\n"
		" \"problems\":[],\n"
		" \"functions\":[\n"
		"  {\"id\":1,\"kind\":\"native\",\"name\":\"g()\",\"symbol\":\"_Z1gv\","
		"\"module\":\"g.so\",\"file\":\"\",\"line\":0,\"object\":\"/lib/g.so\","
		"\"self\":[20,0],\"total\":[20,0],\"self_samples\":[2,0],\"total_samples\":[2,0]},\n"
		"  {\"id\":0,\"kind\":\"python\",\"name\":\"A.f\",\"module\":\"m\","
		"\"file\":\"/s/m.py\",\"line\":7,\"object\":\"\","
		"\"self\":[0,18446744073709551615],\"total\":[20,18446744073709551615],"
		"\"self_samples\":[0,1],\"total_samples\":[2,1]}\n ],\n"
		" \"edges\":[\n"
		"  {\"caller\":0,\"callee\":1,\"total\":[20,0],\"total_samples\":[2,0]}\n ]\n}\n",
		"all of it");
	capture_free(&c);
	report_of(&c, p, NULL, &(struct table_options){ .event = 1, .limit = 1 });
	check(strstr(c.text, "\"self\":[18446744073709551615]") != NULL, "one event");
	check(strstr(c.text, "\"edges\":[]") != NULL, "no edge without cost in it");
	check(is_json(c.text, c.len), "is JSON");
	capture_free(&c);
	profile_free(p);
}

static void problems_are_all_in_it(void)
{
	struct diag *diag = diag_new();
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	p = maker_end(&m);
	diag_add(diag, PROBLEM_LOST, "", "perf lost %d samples", 3);
	diag_add_n(diag, PROBLEM_MISSING_OBJECT, 5, "/lib/\"x\".so", "not found\n\xff");
	report_of(&c, p, diag, &(struct table_options){ .event = -1 });
	check(is_json(c.text, c.len), "is JSON");
	check(strstr(c.text, "\"message\":\"perf lost 3 samples\"") != NULL, "the one");
	check(strstr(c.text, "\"subject\":\"/lib/\\\"x\\\".so\",\"message\":\"not found") != NULL,
	      "the other");
	check(strstr(c.text, "\"count\":5,") != NULL, "with its count");
	capture_free(&c);
	profile_free(p);
	diag_free(diag);
}

static void hostile_names_make_strict_json(void)
{
	enum { LONG = 1000000 };
	char *huge = malloc(LONG + 1);
	char name[300];
	uint32_t last;
	struct capture c;
	struct profile *p;
	struct maker m;

	maker_begin(&m, texts, 1);
	for (int i = 1; i < 256; i++) /* every byte alone and before a letter */
		name[i - 1] = (char)i;
	name[255] = '\0';
	maker_stack(&m, name, 0, 1, 1);
	for (size_t i = 0; i < LONG; i++)
		huge[i] = "\"\\\xff\n"[i % 4];
	huge[LONG] = '\0';
	last = maker_function(
		&m, &(struct function){ .kind = KIND_PYTHON, .name = huge, .file = name });
	maker_frames(&m, &last, 1, 0, 1, 1);
	p = maker_end(&m);
	p->events[0].name = name;
	report_of(&c, p, NULL, &(struct table_options){ .event = -1 });
	check(is_json(c.text, c.len), "is JSON");
	check(c.len > LONG, "and nothing was cut");
	capture_free(&c);
	profile_free(p);
	free(huge);
}

static void an_empty_profile_is_a_document_too(void)
{
	for (size_t n_events = 0; n_events < 2; n_events++) {
		struct capture c;
		struct profile *p;
		struct maker m;

		maker_begin(&m, texts, n_events);
		p = maker_end(&m);
		report_of(&c, p, NULL, &(struct table_options){ .event = -1 });
		check(is_json(c.text, c.len), "is JSON");
		check(strstr(c.text, "\"functions\":[],\n \"edges\":[]\n}") != NULL,
		      "without functions");
		capture_free(&c);
		profile_free(p);
	}
}

int main(void)
{
	texts = texts_new();
	texts_are_escaped_where_json_or_a_terminal_needs_it();
	numbers_are_printed_with_all_their_digits();
	items_of_the_outer_levels_begin_a_line_each();
	the_checker_of_these_tests_is_strict();
	a_report_has_its_events_functions_and_edges();
	problems_are_all_in_it();
	hostile_names_make_strict_json();
	an_empty_profile_is_a_document_too();
	texts_free(texts);
	return check_done("json");
}
