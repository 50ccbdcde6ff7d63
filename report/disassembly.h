/*
 * report/disassembly.h - code -> instructions as people read them, by libcapstone.
 *
 * For x86-64, i386, aarch64 and arm.  Without libcapstone (or for another machine) nothing can be shown: disassembly_new()
 * says why.
 */
#ifndef PERFOLIO_REPORT_DISASSEMBLY_H
#define PERFOLIO_REPORT_DISASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disassembly;

/* machine: e_machine; intel: not AT&T's syntax (x86).  NULL: *why says why. */
struct disassembly *disassembly_new(uint16_t machine, bool intel, const char **why);
void disassembly_free(struct disassembly *d);

struct decoded {
	uint8_t size;    /* bytes */
	bool bad;        /* they are no instruction */
	bool has_target; /* it may go on at `target`: */
	bool call;       /* and come back */
	uint64_t target;
	char text[200]; /* of a jump or call without its target */
};

/*
 * The instruction at the beginning of `len` > 0 bytes of code that lie at `address`.  Bytes that are none take the least that an
 * instruction takes (1 on x86, 4 on aarch64, less at the end).
 */
void disassembly_next(struct disassembly *d, const uint8_t *code, size_t len, uint64_t address,
		      struct decoded *out);

#endif
