/*
 * tests/unit/preorder.c - trees as a walk meets them (report/preorder.h).
 */
#include "report/preorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "tests/check.h"

enum { MOST = 40, KEYS = 5 };

struct tree {
	uint32_t parents[MOST], keys[MOST];
	size_t n;
};

/* The slow way: of each node all children, key by key. */
static void walk(const struct tree *t, uint32_t node, uint32_t *out, size_t *at)
{
	out[(*at)++] = node;
	for (uint32_t key = 0; key < KEYS; key++)
		for (uint32_t i = 1; i < t->n; i++)
			if (t->parents[i] == node && t->keys[i] == key)
				walk(t, i, out, at);
}

static void check_tree(const struct tree *t, const char *row)
{
	uint32_t want[MOST], *is = preorder(t->parents, t->keys, t->n, KEYS);
	size_t n = 0;

	walk(t, 0, want, &n);
	check(n == t->n && memcmp(is, want, n * sizeof(*want)) == 0, row);
	free(is);
}

static void children_come_by_key_and_behind_their_parents(void)
{
	unsigned state = 1;
	char row[40];

	for (int round = 0; round < 200; round++) {
		struct tree t = { .n = 1 + (unsigned)round % MOST };

		for (uint32_t i = 1; i < t.n; i++) {
			state = state * 1103515245 + 12345;
			t.parents[i] = (state >> 16) % i;
			state = state * 1103515245 + 12345;
			t.keys[i] = (state >> 16) % KEYS;
		}
		snprintf(row, sizeof(row), "tree %d of %zu nodes", round, t.n);
		check_tree(&t, row);
	}
}

int main(void)
{
	children_come_by_key_and_behind_their_parents();
	return check_done("preorder");
}
