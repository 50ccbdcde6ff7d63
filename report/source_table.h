/*
 * report/source_table.h - what debug information says of many addresses, asked in the order that it is read in.
 *
 * First all questions, then the answers: file by file, and in a file unit by unit, so that each is read once and
 * forgotten before the next one (debug_info_rest()).
 */
#ifndef PERFOLIO_REPORT_SOURCE_TABLE_H
#define PERFOLIO_REPORT_SOURCE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "report/debug_info.h"

struct source_table;

struct source_table *source_table_new(void);
void source_table_free(struct source_table *t);

/* What lies at an address of a file?  `file` is borrowed.  Not after source_table_answer(). */
void source_table_ask(struct source_table *t, struct debug_info *file, uint64_t vaddr);

/* Answer all questions. */
void source_table_answer(struct source_table *t);

/*
 * The functions at an address that was asked for, as debug_info_frames() has them; *n may be 0.  They live as long as
 * `t`, their texts as long as `file`.
 */
const struct source_frame *source_table_frames(const struct source_table *t,
					       const struct debug_info *file, uint64_t vaddr,
					       size_t *n);

/*
 * The first .dwo file that questions of a file missed, as debug_info_missing() has it; NULL: none, or it was told
 * before.
 */
const char *source_table_missing(struct source_table *t, const struct debug_info *file);

#endif
