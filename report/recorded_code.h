/*
 * report/recorded_code.h - what is known of the code that samples were taken in: where a location of the call tree lies, the
 * bytes there, its lines, its opcode.
 *
 * An annotation asks this and nothing else.  Who can tell: a recording (recording_code.h), and a folio (folio_code.h).
 */
#ifndef PERFOLIO_REPORT_RECORDED_CODE_H
#define PERFOLIO_REPORT_RECORDED_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "report/debug_info.h"
#include "report/elf_file.h"
#include "report/objects.h"
#include "report/opcode_at.h"

struct recorded_code;

/* Where a location lies.  What is of one symbol of one file is of one unit: see code_unit_order(). */
struct code_site {
	uint32_t location;
	uint64_t address; /* of the file, or in memory where there is none */
	bool has_file;    /* `at` says where in a file that is at hand */
	struct object_place at;
	const char *object;  /* as recorded; "[jit]", "[kernel.kallsyms]" ... */
	uint32_t code;       /* of a unit that no file says: its number; else 0 */
	uint32_t rank;       /* of units of several recordings: their order; else 0 */
	uint64_t start, end; /* of a symbol that a table has; 0, 0: not known */
};

/* An order of units; 0: of one. */
int code_unit_order(const struct code_site *a, const struct code_site *b);

/* When the file of the site was made.  False: none is at hand. */
bool code_site_time(const struct code_site *site, time_t *out);

/* The code of a unit.  Texts live as long as those of the code. */
struct code_unit {
	const char *symbol;  /* raw; "" for none */
	const char *path;    /* of the file that it was read from; NULL: none */
	uint64_t start, end; /* 0, 0: not known */
	uint8_t *
		bytes; /* from `start` on, no more than a limit; free() them; NULL: there are none: */
	size_t n;
	const char *why;  /* ... for this reason; else NULL */
	uint16_t machine; /* e_machine of the bytes */
};

void recorded_code_free(struct recorded_code *c);

struct code_site recorded_code_site(struct recorded_code *c, uint32_t location);

void recorded_code_read(struct recorded_code *c, const struct code_site *site,
			struct code_unit *out);

/* The symbol at an address of the site's file; NULL: none, or no file is at hand. */
const struct elf_symbol *recorded_code_symbol(struct recorded_code *c, const struct code_site *site,
					      uint64_t vaddr);

/*
 * The functions at an address of the site's unit, the innermost first; at most `max`.  0: nothing is known.  The name of the
 * outermost one is "" where only its lines are known.
 */
size_t recorded_code_frames(struct recorded_code *c, const struct code_site *site, uint64_t address,
			    struct source_frame *out, size_t max);

/* Why no address of the site's unit has a line. */
const char *recorded_code_no_lines(struct recorded_code *c, const struct code_site *site);

/* As opcode_at() and opcode_is_handler() say it (opcode_at.h). */
enum opcode_gap recorded_code_opcode(struct recorded_code *c, uint32_t location, const char **name);
bool recorded_code_is_handler(struct recorded_code *c, uint32_t location);

/* The Pythons that ran: bits 1 << N, of 3.N; 0: not known. */
unsigned recorded_code_pythons(struct recorded_code *c);

/* When the recording was written, for comparison with files that lie beside it, or with others; 0: not known. */
time_t recorded_code_time(struct recorded_code *c, bool beside);

#endif
