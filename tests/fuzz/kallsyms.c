/*
 * tests/fuzz/kallsyms.c - any bytes as a kallsyms file: what comes out keeps the header's promises.
 */
#include "parser/kallsyms.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kallsyms k;

	kallsyms_parse((const char *)data, size, &k);
	must(!k.hidden || k.n == 0);
	for (size_t i = 0; i < k.n; i++) {
		const struct kallsyms_entry *e = &k.entries[i];
		uint64_t addr;

		must(e->start <= e->end && *e->name);
		must(i + 1 == k.n || e->end <= k.entries[i + 1].start);
		if (e->start < e->end) {
			must(kallsyms_find(&k, e->start) == e);
			must(kallsyms_find(&k, e->end - 1) == e);
		}
		/* Walks the table, so not for all of a long one. */
		if (i < 16 && !*e->module)
			must(kallsyms_address(&k, e->name, &addr) && addr <= e->start);
	}
	kallsyms_free(&k);
	return 0;
}
