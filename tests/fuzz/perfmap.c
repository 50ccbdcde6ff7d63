/*
 * tests/fuzz/perfmap.c - any bytes as a perf map: what comes out keeps the header's promises.
 */
#include "parser/perfmap.h"

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
	struct perfmap m;

	perfmap_parse((const char *)data, size, &m);
	must(m.malformed <= m.lines && m.n <= 2 * (m.lines - m.malformed));
	for (size_t i = 0; i < m.n; i++) {
		const struct perfmap_entry *e = &m.entries[i];
		uint64_t last = e->start + e->size - 1;

		must(e->size > 0 && last >= e->start && *e->name);
		must(i + 1 == m.n || last < m.entries[i + 1].start);
		must(perfmap_find(&m, e->start) == e && perfmap_find(&m, last) == e);
	}
	perfmap_free(&m);
	return 0;
}
