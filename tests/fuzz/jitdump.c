/*
 * tests/fuzz/jitdump.c - any bytes as a jitdump, with the unwinding rules in it (parser/jitdump.h, cfi.h).
 */
#include "parser/jitdump.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

#include "report/cfi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const struct jitdump *d, const struct jitdump_code *c)
{
	assert(c->first_line <= d->n_lines && c->n_lines <= d->n_lines - c->first_line);
	for (uint32_t i = 0; i < c->n_lines; i++)
		assert(strlen(d->lines[c->first_line + i].file) < SIZE_MAX);
}

/* Rows for the code's first bytes and for its last. */
static void ask_rules(const struct jitdump_code *c, const uint8_t *data, size_t size)
{
	uint16_t machine = c->index & 1 ? EM_AARCH64 : EM_X86_64;
	struct cfi *cfi;

	assert(c->rules_at <= size && c->rules_size <= size - c->rules_at);
	if (!c->rules_size)
		return;
	cfi = cfi_of_frames(machine, c->start + c->rules_from, data + c->rules_at, c->rules_size);
	for (uint64_t i = 0; cfi && i < 8; i++)
		cfi_row(cfi, c->start + i);
	if (cfi)
		cfi_row(cfi, c->start + c->size - 1);
	cfi_free(cfi);
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
		ask_rules(&d.codes[i], data, size);
	}
	assert(d.skipped <= size && d.damaged_at <= size && (d.damaged == 0) == (d.skipped == 0));
	jitdump_free(&d);
	return 0;
}
