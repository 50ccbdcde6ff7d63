/*
 * tests/fuzz/objects_txt.c - any bytes as an objects.txt: what comes out keeps the header's promises.
 */
#include "report/objects_txt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stop where a sanitizer or the fuzzer sees it. */
static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct objects_txt t;

	objects_txt_parse((const char *)data, size, &t);
	must(t.malformed <= t.lines && t.n == t.lines - t.malformed);
	for (size_t i = 0; i < t.n; i++) {
		const struct object_row *r = &t.rows[i];
		const struct object_id *id = objects_txt_find(&t, r->path);
		char digits[OBJECT_ID_TEXT];

		must(*r->path && !strchr(r->path, '\n'));
		must(r->id.size > 0 && r->id.size <= BUILD_ID_MAX);
		must(strlen(object_id_text(&r->id, digits)) == 2u * r->id.size);
		must(!id || object_id_equal(id, &r->id));
		must(i == 0 || strcmp(t.rows[i - 1].path, r->path) <= 0);
	}
	objects_txt_free(&t);
	return 0;
}
