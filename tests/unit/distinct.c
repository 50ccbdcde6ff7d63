/*
 * tests/unit/distinct.c - different names for what is called alike (render/distinct.h).
 */
#include "render/distinct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static void the_second_of_equal_names_gets_a_number(void)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "cycles", "cycles" },
		{ "cycles", "cycles_2" },
		{ "faults", "faults" },
		{ "cycles", "cycles_3" },
		{ "cycles_2", "cycles_2_2" },
		{ "faults_2", "faults_2" },
		{ "faults", "faults_3" },
		{ "", "" },
		{ "", "_2" },
		{ "cycles_5", "cycles_5" },
		{ "cycles", "cycles_4" },
		{ "cycles", "cycles_6" },
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	char *names[N];

	for (size_t i = 0; i < N; i++)
		names[i] = mem_text(rows[i].name, strlen(rows[i].name));
	distinct_names(names, N);
	for (size_t i = 0; i < N; i++) {
		check_text(names[i], rows[i].want, "in its place");
		free(names[i]);
	}
	distinct_names(NULL, 0);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A recording can have thousands of events, all with one name; comparing each with each would not end. */
static void very_many_equal_names_are_told_apart(void)
{
	enum { MANY = 300000 };
	char **names = mem_calloc(MANY, sizeof(char *));
	size_t equal = 0;
	uint64_t seed = 1;

	for (size_t i = 0; i < MANY; i++) {
		char name[16];

		snprintf(name, sizeof(name), i % 8 ? "e" : "e_%u", random_below(&seed, MANY));
		names[i] = mem_text(name, strlen(name));
	}
	distinct_names(names, MANY);
	qsort(names, MANY, sizeof(*names), by_text);
	for (size_t i = 1; i < MANY; i++)
		equal += strcmp(names[i - 1], names[i]) == 0;
	check_u64(equal, 0, "no two are equal");
	for (size_t i = 0; i < MANY; i++)
		free(names[i]);
	free(names);
}

int main(void)
{
	the_second_of_equal_names_gets_a_number();
	very_many_equal_names_are_told_apart();
	return check_done("distinct");
}
