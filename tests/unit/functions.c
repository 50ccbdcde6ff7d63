/*
 * tests/unit/functions.c - the functions of a profile, each once (report/functions.h, report/numbers.h).
 */
#include "report/functions.h"

#include <stdio.h>

#include "parser/base/text.h"
#include "report/numbers.h"
#include "tests/check.h"

static struct texts *texts;

static struct function function(enum function_kind kind, const char *name, const char *symbol,
				const char *file, const char *object)
{
	return (struct function){
		.kind = kind,
		.name = texts_add_z(texts, name),
		.symbol = texts_add_z(texts, symbol),
		.module = texts_add_z(texts, "m"),
		.file = texts_add_z(texts, file),
		.object = texts_add_z(texts, object),
	};
}

/* DESIGN D4: <module> of two files are two, and so is a symbol in two libraries. */
static void functions_are_one_only_if_all_that_identifies_them_is_equal(void)
{
	struct function rows[] = {
		function(KIND_PYTHON, "<module>", "", "a.py", ""),
		function(KIND_PYTHON, "<module>", "", "b.py", ""),
		function(KIND_NATIVE, "f", "", "", "/a.so"),
		function(KIND_NATIVE, "f", "", "", "/b.so"),
		function(KIND_NATIVE, "f", "_Zf", "", "/a.so"),
		function(KIND_KERNEL, "f", "", "", "/a.so"),
		function(KIND_NATIVE, "h", "", "", "/a.so"),
		function(KIND_NATIVE, "h", "", "", "/a.so"),
		function(KIND_NATIVE, "g", "", "", "/a.so"),
		function(KIND_NATIVE, "g", "", "", "/a.so"),
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	struct functions f = { 0 };

	rows[N - 3].at = 12;            /* kept apart by it */
	rows[N - 1].placeholder = true; /* a symbol may be called like what stands for an object */
	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < N; i++)
			check_u64(functions_add(&f, &rows[i]), i, "its own index");
	check_u64(f.n, N, "as many as differ");
	functions_done(&f);
	check_u64(f.n, 0, "done");
}

static void what_follows_from_the_rest_makes_no_difference(void)
{
	struct function a = function(KIND_PYTHON, "f", "", "a.py", ""), b = a;
	struct functions f = { 0 };

	b.line = 12;
	b.module = "other";
	check_u64(functions_add(&f, &a), 0, "one");
	check_u64(functions_add(&f, &b), 0, "with a line and a module");
	check_text(f.items[0].module, "m", "the first one stays");
	functions_done(&f);
}

static void there_may_be_many_functions(void)
{
	enum { MANY = 5000 };
	struct functions f = { 0 };
	unsigned wrong = 0;

	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < MANY; i++) {
			char name[20];
			struct function one;

			snprintf(name, sizeof(name), "f%u", i);
			one = function(KIND_NATIVE, name, "", "", "/a.so");
			wrong += functions_add(&f, &one) != i;
		}
	check_u64(wrong, 0, "each keeps its index");
	functions_done(&f);
}

static void keys_are_numbered_in_the_order_of_their_appearance(void)
{
	static const uint64_t keys[] = { 7, 0, UINT64_MAX, 1, 7ull << 32 };
	enum { N = sizeof(keys) / sizeof(keys[0]), MANY = 10000 };
	struct numbers s = { 0 };
	unsigned wrong = 0;
	bool is_new;

	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < N; i++) {
			check_u64(numbers_add(&s, keys[i], &is_new), i, "number");
			check(is_new == !again, "new at first");
		}
	for (uint64_t i = 0; i < 2 * MANY; i++) {
		uint64_t n = numbers_add(&s, 1000 + i % MANY, &is_new);

		wrong += n != N + i % MANY || is_new != (i < MANY);
	}
	check_u64(wrong, 0, "many of them, twice");
	check_u64(s.n, N + MANY, "how many there are");
	numbers_done(&s);
	check_u64(numbers_add(&s, 5, &is_new), 0, "from the start again");
	numbers_done(&s);
}

int main(void)
{
	texts = texts_new();
	functions_are_one_only_if_all_that_identifies_them_is_equal();
	what_follows_from_the_rest_makes_no_difference();
	there_may_be_many_functions();
	keys_are_numbered_in_the_order_of_their_appearance();
	texts_free(texts);
	return check_done("functions");
}
