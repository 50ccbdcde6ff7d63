/*
 * report/code_place.h - what code lies at an address, for the unwinder: how to step out of it.
 *
 * Answers are cached by process and address in a table of fixed size, each for the span of time
 * in which it holds.  Not for symbols: those are found once for each location, see symbols.h.
 */
#ifndef PERFOLIO_REPORT_CODE_PLACE_H
#define PERFOLIO_REPORT_CODE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "report/cfi.h"
#include "report/jitmaps.h"
#include "report/machine.h"
#include "report/objects.h"

enum place_kind {
	PLACE_NO_CODE,    /* no mapping, or not an executable one */
	PLACE_ROW,        /* a CFI row */
	PLACE_TRAMPOLINE, /* one of CPython's */
	PLACE_NO_CFI,     /* code without rules */
	PLACE_MISSING,    /* code of a file that is not there */
	PLACE_START,      /* code without rules that starts a thread: nothing called it */
};

/* What lies at an address, for an instance and a span of time. */
struct code_place {
	uint64_t addr, from, to;
	uint32_t instance;
	bool used;
	enum place_kind kind : 8;
	enum call_check called : 8; /* is addr + 1 behind a call instruction? */
	const struct cfi_row *row;
	uint64_t start, size; /* of the trampoline */
	const char *file;
};

struct code_places;

/* Everything is borrowed. */
struct code_places *code_places_new(struct machine *m, struct objects *objects,
				    struct jitmaps *jitmaps);
void code_places_free(struct code_places *c);

/* What lies there at `time`; valid until the next call. */
const struct code_place *code_place_at(struct code_places *c, struct instance_id instance,
				       uint64_t addr, uint64_t time);

#endif
