/*
 * tests/unit/near_names.c - what somebody may have meant (parser/base/near_names.h).
 */
#include "parser/base/near_names.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

static void check_words(const char *wanted, const char *words, const char *hint)
{
	char *text = near_words_hint(wanted, words);

	check_in(wanted);
	check_text(text, hint, words);
	check_in(NULL);
	free(text);
}

static void a_few_wrong_letters_are_near(void)
{
	static const char commands[] = "report|annotate|cache|export|batch|doctor|save|merge|info";

	check_words("reprot", commands, "; did you mean 'report'?");
	check_words("eport", commands, "; did you mean 'export' or 'report'?");
	check_words("anotate", commands, "; did you mean 'annotate'?");
	check_words("cahce", commands, "; did you mean 'cache'?");
	check_words("INFO", commands, "; did you mean 'info'?");
	check_words("frobnicate", commands, "");
	check_words("x", commands, "");
	check_words("", commands, "");
	check_words("report.", commands, "; did you mean 'report'?");
}

static void beginnings_and_parts_are_near_if_they_are_not_too_short(void)
{
	check_words("to", "self|total|samples", "; did you mean 'total'?");
	check_words("call", "callgrind|dot|folded", "; did you mean 'callgrind'?");
	check_words("s", "self|total|samples", "");
	check_words("grind", "callgrind|dot", "; did you mean 'callgrind'?");
	check_words("gr", "callgrind|dot", "");
}

static void functions_are_known_by_their_last_part(void)
{
	check_words("build", "Tree.build|main", "; did you mean 'Tree.build'?");
	check_words("bulid", "Tree.build|main", "; did you mean 'Tree.build'?");
	check_words("Bush.build", "Tree.build|main", "; did you mean 'Tree.build'?");
	check_words("tree.TREE.build", "Tree.build|tree.Tree.build|main",
		    "; did you mean 'tree.Tree.build' or 'Tree.build'?");
	check_words("push_bak", "std::vector<int>::push_back(int const&)|main",
		    "; did you mean 'std::vector<int>::push_back(int const&)'?");
	check_words("main()", "main|other", "; did you mean 'main'?");
}

static void nearest_first_then_by_name_and_three_at_most(void)
{
	check_words("name", "namd|nama|name1|Name|namf",
		    "; did you mean 'Name', 'nama' or 'namd'?");
	check_words("name", "namf|Name|name1|nama|namd",
		    "; did you mean 'Name', 'nama' or 'namd'?");
	check_words("name", "nama|nama|nama", "; did you mean 'nama'?");
	check_words("name", "namx|nama|namb|namx|namb", "; did you mean 'nama', 'namb' or 'namx'?");
}

/* The distance by its definition, without a table. */
static unsigned plain_distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned best, other;

	if (!n || !m)
		return (unsigned)(n + m);
	best = plain_distance(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
	other = plain_distance(a, n - 1, b, m) + 1;
	best = other < best ? other : best;
	other = plain_distance(a, n, b, m - 1) + 1;
	best = other < best ? other : best;
	if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
		other = plain_distance(a, n - 2, b, m - 2) + 1;
		best = other < best ? other : best;
	}
	return best;
}

/* All words of up to five of these letters, against one of five: near is who has at most two wrong. */
static void letters_are_counted_as_defined(void)
{
	static const char wanted[] = "xyzzy", letters[] = "xyz";

	for (unsigned code = 0; code < 3 * 3 * 3 * 3 * 3; code++) {
		for (size_t len = 3; len <= 5; len++) {
			char word[6] = "";
			unsigned rest = code, wrong;
			struct near_names near;

			for (size_t i = 0; i < len; i++, rest /= 3)
				word[i] = letters[rest % 3];
			wrong = plain_distance(wanted, 5, word, len);
			near_names_begin(&near, wanted);
			near_names_offer(&near, word);
			check_u64(near.n, wrong <= 2, word);
			if (near.n)
				check_u64(near.best[0].steps, 2 * wrong, word);
		}
	}
}

static void long_names_are_never_near(void)
{
	char name[NEAR_LONGEST + 2], *hint;
	struct near_names near;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	near_names_begin(&near, "aaa");
	near_names_offer(&near, name);
	check_u64(near.n, 0, "a byte too long");
	near_names_offer(&near, name + 1);
	check_u64(near.n, 1, "as long as they may be");
	hint = near_names_hint(&near);
	check_u64(strlen(hint), strlen("; did you mean ''?") + NEAR_LONGEST, "its hint");
	free(hint);
	near_names_begin(&near, name);
	near_names_offer(&near, name + 1);
	check_u64(near.n, 0, "what was wanted is too long");
	near_names_begin(&near, name + 1);
	near_names_offer(&near, name + 2);
	check_u64(near.n, 1, "both as long as they may be");
}

int main(void)
{
	a_few_wrong_letters_are_near();
	beginnings_and_parts_are_near_if_they_are_not_too_short();
	functions_are_known_by_their_last_part();
	nearest_first_then_by_name_and_three_at_most();
	letters_are_counted_as_defined();
	long_names_are_never_near();
	return check_done("near_names");
}
