/*
 * tests/unit/diag.c - problems as data (parser/base/diag.h).
 */
#include "parser/base/diag.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"

static void equal_problems_are_counted_not_repeated(void)
{
	struct diag *d = diag_new();
	const struct problem *p;

	diag_add(d, PROBLEM_MISSING_OBJECT, "libc.so", "first %d", 1);
	diag_add(d, PROBLEM_MISSING_OBJECT, "libc.so", "second");
	diag_add_n(d, PROBLEM_MISSING_OBJECT, 40, "libc.so", "third");
	diag_add(d, PROBLEM_MISSING_OBJECT, "libm.so", "another subject");
	diag_add(d, PROBLEM_BAD_OBJECT, "libc.so", "another kind");
	diag_add(d, PROBLEM_LOST, NULL, "of the recording itself");
	diag_add(d, PROBLEM_LOST, "", "the same");
	check_u64(diag_count(d), 4, "four distinct ones");
	p = diag_get(d, 0);
	check_u64(p->count, 42, "each occurrence counts");
	check_text(p->message, "first 1", "the first message is kept");
	check_text(p->subject, "libc.so", "subject");
	check_text(p->name, "missing-object", "identifier");
	check(p->severity == SEVERITY_WARNING, "severity");
	check(*p->consequence && *p->remedy, "what it means and what to do");
	check_text(diag_get(d, 3)->subject, "", "no subject is the empty one");
	check_u64(diag_get(d, 3)->count, 2, "and counted as one");
	diag_free(d);
	diag_free(NULL);
}

static void the_most_severe_come_first_and_equals_in_their_order(void)
{
	static const struct {
		enum problem_kind kind;
		const char *subject;
	} added[] = {
		{ PROBLEM_THROTTLED, "1" }, { PROBLEM_TRUNCATED, "2" }, { PROBLEM_LOST, "3" },
		{ PROBLEM_THROTTLED, "4" }, { PROBLEM_OVERFLOW, "5" },  { PROBLEM_UNFINISHED, "6" },
		{ PROBLEM_TRUNCATED, "2" }, { PROBLEM_THROTTLED, "1" }, { PROBLEM_BAD_RECORD, "7" },
	};
	struct diag *d = diag_new();
	char order[20] = "", *end = order;

	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		diag_add(d, added[i].kind, added[i].subject, "x");
	for (size_t i = 0; i < diag_count(d); i++)
		end = stpcpy(end, diag_get(d, i)->subject);
	check_text(order, "2573614", "errors, warnings, notes");
	diag_free(d);
}

static void every_kind_has_a_row(void)
{
	struct diag *d = diag_new();
	bool whole = true;

	check_u64(diag_count(d), 0, "none at first");
	for (int kind = 0; kind < PROBLEM_KINDS; kind++)
		diag_add(d, (enum problem_kind)kind, "", "x");
	check_u64(diag_count(d), PROBLEM_KINDS, "a problem of each kind");
	for (size_t i = 0; i < diag_count(d); i++) {
		const struct problem *p = diag_get(d, i);

		whole &= p->name && *p->name && p->consequence && *p->consequence && p->remedy &&
			 *p->remedy;
	}
	check(whole, "each with name, consequence and remedy");
	check_text(severity_name(SEVERITY_NOTE), "note", "a note");
	check_text(severity_name(SEVERITY_WARNING), "warning", "a warning");
	check_text(severity_name(SEVERITY_ERROR), "error", "an error");
	diag_free(d);
}

/* Quadratic behaviour would run into the time limit of tests/run here. */
static void a_million_subjects_are_no_harm(void)
{
	enum { MILLION = 1000000 };
	static const enum problem_kind kinds[] = { PROBLEM_UNVERIFIED_OBJECT,
						   PROBLEM_MISSING_OBJECT, PROBLEM_BAD_RECORD };
	struct diag *d = diag_new();
	char subject[32];

	for (unsigned i = 0; i < MILLION; i++) {
		snprintf(subject, sizeof(subject), "object %u", i);
		diag_add(d, kinds[i % 3], subject, "no file");
	}
	check_u64(diag_count(d), MILLION, "all are kept");
	check_text(diag_get(d, 0)->subject, "object 2", "the first error");
	check_text(diag_get(d, MILLION - 1)->subject, "object 999999", "the last note");
	diag_free(d);
}

int main(void)
{
	equal_problems_are_counted_not_repeated();
	the_most_severe_come_first_and_equals_in_their_order();
	every_kind_has_a_row();
	a_million_subjects_are_no_harm();
	return check_done("diag");
}
