/*
 * tests/fuzz/jitdump.c - any bytes as a jitdump (parser/jitdump.h).
 */
#include "parser/jitdump.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const struct jitdump *d, const struct jitdump_code *c)
{
	assert(c->first_line <= d->n_lines && c->n_lines <= d->n_lines - c->first_line);
	for (uint32_t i = 0; i < c->n_lines; i++)
		assert(strlen(d->lines[c->first_line + i].file) < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jitdump d;
	struct error err = { 0 };

	if (!jitdump_parse(data, size, &d, &err)) {
		assert(err.kind != ERR_NONE && err.what[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < d.n; i++) {
		assert(strlen(d.codes[i].name) < size);
		check_lines(&d, &d.codes[i]);
	}
	assert(d.skipped <= size && d.damaged_at <= size && (d.damaged == 0) == (d.skipped == 0));
	jitdump_free(&d);
	return 0;
}
