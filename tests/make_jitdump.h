/*
 * tests/make_jitdump.h - write jitdumps in memory, record by record, in either byte order.
 *
 *	struct jit_image j;
 *
 *	jit_begin(&j, false, 7);                               header, of process 7
 *	jit_load(&j, 100, 0x1000, 16, 1, "py::f:/app/a.py");   at time 100
 *	... j.bytes, j.len ...
 *	jit_free(&j);
 *
 * Records are not padded, so they begin anywhere, as CPython writes them.
 * Source: tools/perf/Documentation/jitdump-specification.txt.
 */
#ifndef TESTS_MAKE_JITDUMP_H
#define TESTS_MAKE_JITDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JIT_FILE_HEADER = 40, JIT_RECORD_HEADER = 16 };

enum jit_record {
	JIT_CODE_LOAD,
	JIT_CODE_MOVE,
	JIT_CODE_DEBUG_INFO,
	JIT_CODE_CLOSE,
	JIT_CODE_UNWINDING_INFO,
};

struct jit_image {
	uint8_t *bytes;
	size_t len, cap;
	bool big_endian;
	uint32_t pid;
};

struct jit_line {
	uint64_t addr;
	uint32_t line;
	const char *file;
};

void jit_begin(struct jit_image *j, bool big_endian, uint32_t pid);
void jit_free(struct jit_image *j);
bool jit_write(const struct jit_image *j, const char *path);

/* Any record: its header says that `size` bytes (header included) follow; the payload is the caller's. */
void jit_header(struct jit_image *j, uint32_t id, uint32_t size, uint64_t time);
void jit_u32(struct jit_image *j, uint32_t v);
void jit_u64(struct jit_image *j, uint64_t v);
void jit_bytes(struct jit_image *j, const void *bytes, size_t n);

/* Whole records; the code is `size` bytes of 0xc3. */
void jit_load(struct jit_image *j, uint64_t time, uint64_t addr, uint64_t size, uint64_t index,
	      const char *name);
void jit_move(struct jit_image *j, uint64_t time, uint64_t from, uint64_t to, uint64_t size,
	      uint64_t index);
void jit_line_table(struct jit_image *j, uint64_t time, uint64_t addr, const struct jit_line *lines,
		    size_t n);
void jit_close(struct jit_image *j, uint64_t time);
void jit_unwinding(struct jit_image *j, uint64_t time, size_t n);

/*
 * UNWINDING_INFO for the code of `size` bytes that is loaded next, as CPython writes it for x86-64: CFA = rsp + 8
 * with the return address below it, then `ops` (DW_CFA_*), `n` bytes.
 */
void jit_rules(struct jit_image *j, uint64_t time, uint64_t size, const char *ops, size_t n);

#endif
