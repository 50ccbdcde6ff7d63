/*
 * parser/jitdump.h - the binary log of a JIT compiler, jit-PID.dump: what code lay where, from when on.
 *
 * Records are read wherever they begin (they need not be aligned), in either byte order.  A dump whose
 * process was killed ends inside a record; one whose process forked has foreign
 * bytes in its middle (the child flushes its copy of the buffer into the same file): reading
 * goes on at the next code record that is consistent in itself.
 * Source: tools/perf/Documentation/jitdump-specification.txt, FACTS-python A5, A6.
 */
#ifndef PERFOLIO_PARSER_JITDUMP_H
#define PERFOLIO_PARSER_JITDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct jitdump_line {
	uint64_t addr; /* from here on */
	uint32_t line;
	const char *file;
};

/* From `time` on, this code lies at [start, start + size). */
struct jitdump_code {
	uint64_t start, size, time;   /* ns of the dump's clock, mostly CLOCK_MONOTONIC */
	uint64_t index;               /* the compiler's number of the function */
	const char *name;             /* as in the file */
	uint64_t bytes_at;            /* where the code's bytes are in the file, `size` at most */
	uint64_t n_bytes;             /* of them there */
	uint32_t first_line, n_lines; /* in `lines` */
	/* its unwinding rules, an .eh_frame that is linked to lie at start + rules_from */
	uint64_t rules_at;   /* where they are in the file */
	uint32_t rules_size; /* bytes; 0: there are none */
	uint64_t rules_from;
};

struct jitdump {
	uint32_t pid, machine; /* e_machine, 0 where the writer does not say */
	bool big_endian;
	struct jitdump_code *codes; /* in the order of the file */
	size_t n, cap;
	struct jitdump_line *lines;
	size_t n_lines, cap_lines;
	size_t damaged;      /* places where bytes had to be stepped over */
	uint64_t damaged_at; /* the first of them */
	uint64_t skipped;    /* bytes stepped over */
	bool cut;            /* it ends inside a record */
	bool more;           /* the file is larger than JITDUMP_BYTES_MAX, and goes on */
	struct texts *texts; /* own the names */
};

/* A larger file is cut here: it is in memory while it is read. */
enum { JITDUMP_BYTES_MAX = 1 << 30 };

/* Read the file; false: it cannot be opened, or is no dump.  Free with jitdump_free(). */
bool jitdump_read(const char *path, struct jitdump *out, struct error *err);

/* The same from memory. */
bool jitdump_parse(const uint8_t *bytes, size_t len, struct jitdump *out, struct error *err);

/* At most `len` bytes at `at` of the file, of code or of rules: how many there are. */
size_t jitdump_code_bytes(const char *path, uint64_t at, uint8_t *out, size_t len);

void jitdump_free(struct jitdump *d);

#endif
