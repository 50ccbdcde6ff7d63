/*
 * report/recorded_code_parts.h - what those who tell of recorded code have in common; nobody else includes it.
 *
 * Each has a structure that begins with a struct recorded_code, and a row of functions: those of recorded_code.h.
 */
#ifndef PERFOLIO_REPORT_RECORDED_CODE_PARTS_H
#define PERFOLIO_REPORT_RECORDED_CODE_PARTS_H

#include "report/recorded_code.h"

struct recorded_code {
	const struct code_teller {
		void (*free)(struct recorded_code *c);
		struct code_site (*site)(struct recorded_code *c, uint32_t location);
		void (*read)(struct recorded_code *c, const struct code_site *site,
			     struct code_unit *out);
		const struct elf_symbol *(*symbol)(struct recorded_code *c,
						   const struct code_site *site, uint64_t vaddr);
		size_t (*frames)(struct recorded_code *c, const struct code_site *site,
				 uint64_t address, struct source_frame *out, size_t max);
		const char *(*no_lines)(struct recorded_code *c, const struct code_site *site);
		enum opcode_gap (*opcode)(struct recorded_code *c, uint32_t location,
					  const char **name);
		bool (*is_handler)(struct recorded_code *c, uint32_t location);
		unsigned (*pythons)(struct recorded_code *c);
		time_t (*time)(struct recorded_code *c, bool beside);
	} * teller;
};

/* Bytes: functions are asked for in the order of their costs, not of units. */
enum { CODE_DEBUG_BUDGET = 128 << 20 };

/* No unit gives more bytes than this. */
size_t code_limited(uint64_t size);

/* Bytes of the unit, which are freed if they are none: for this reason then. */
void code_unit_take(struct code_unit *u, uint8_t *bytes, size_t n, const char *why);

/* The unit's bytes, [start, end), of a file. */
void code_unit_read(struct code_unit *u, const struct object_place *at);

#endif
