/* tests/make_jitdump.c - see make_jitdump.h. */
#include "tests/make_jitdump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

#define MAGIC 0x4a695444u

enum { LOAD_FIXED = 40, MOVE_FIXED = 48, VERSION_1 = 1, X86_64 = 62 };

static void put(struct jit_image *j, uint64_t v, size_t n)
{
	j->bytes = mem_grow(j->bytes, j->len, n, &j->cap, 1);
	for (size_t i = 0; i < n; i++)
		j->bytes[j->len++] = (uint8_t)(v >> 8 * (j->big_endian ? n - 1 - i : i));
}

void jit_u32(struct jit_image *j, uint32_t v)
{
	put(j, v, sizeof(v));
}

void jit_u64(struct jit_image *j, uint64_t v)
{
	put(j, v, sizeof(v));
}

void jit_bytes(struct jit_image *j, const void *bytes, size_t n)
{
	j->bytes = mem_grow(j->bytes, j->len, n, &j->cap, 1);
	if (n)
		memcpy(j->bytes + j->len, bytes, n);
	j->len += n;
}

static void fill(struct jit_image *j, uint8_t byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(j, byte, 1);
}

/* { u32 magic, version, total_size, elf_mach, pad, pid; u64 timestamp, flags } */
void jit_begin(struct jit_image *j, bool big_endian, uint32_t pid)
{
	*j = (struct jit_image){ .big_endian = big_endian, .pid = pid };
	jit_u32(j, MAGIC);
	jit_u32(j, VERSION_1);
	jit_u32(j, JIT_FILE_HEADER);
	jit_u32(j, X86_64);
	jit_u32(j, 0);
	jit_u32(j, pid);
	jit_u64(j, 1);
	jit_u64(j, 0);
}

void jit_free(struct jit_image *j)
{
	free(j->bytes);
	*j = (struct jit_image){ 0 };
}

bool jit_write(const struct jit_image *j, const char *path)
{
	FILE *f = fopen(path, "wbe");
	bool ok = f && fwrite(j->bytes, 1, j->len, f) == j->len;

	return f && fclose(f) == 0 && ok;
}

void jit_header(struct jit_image *j, uint32_t id, uint32_t size, uint64_t time)
{
	jit_u32(j, id);
	jit_u32(j, size);
	jit_u64(j, time);
}

static void owner_and_address(struct jit_image *j, uint64_t addr)
{
	jit_u32(j, j->pid);
	jit_u32(j, j->pid);
	jit_u64(j, addr); /* vma */
}

void jit_load(struct jit_image *j, uint64_t time, uint64_t addr, uint64_t size, uint64_t index,
	      const char *name)
{
	size_t len = strlen(name) + 1;

	jit_header(j, JIT_CODE_LOAD, (uint32_t)(JIT_RECORD_HEADER + LOAD_FIXED + len + size), time);
	owner_and_address(j, addr);
	jit_u64(j, addr);
	jit_u64(j, size);
	jit_u64(j, index);
	jit_bytes(j, name, len);
	fill(j, 0xc3, (size_t)size);
}

void jit_move(struct jit_image *j, uint64_t time, uint64_t from, uint64_t to, uint64_t size,
	      uint64_t index)
{
	jit_header(j, JIT_CODE_MOVE, JIT_RECORD_HEADER + MOVE_FIXED, time);
	owner_and_address(j, to);
	jit_u64(j, from);
	jit_u64(j, to);
	jit_u64(j, size);
	jit_u64(j, index);
}

void jit_line_table(struct jit_image *j, uint64_t time, uint64_t addr, const struct jit_line *lines,
		    size_t n)
{
	size_t size = JIT_RECORD_HEADER + 16;

	for (size_t i = 0; i < n; i++)
		size += 16 + strlen(lines[i].file) + 1;
	jit_header(j, JIT_CODE_DEBUG_INFO, (uint32_t)size, time);
	jit_u64(j, addr);
	jit_u64(j, n);
	for (size_t i = 0; i < n; i++) {
		jit_u64(j, lines[i].addr);
		jit_u32(j, lines[i].line);
		jit_u32(j, 0);
		jit_bytes(j, lines[i].file, strlen(lines[i].file) + 1);
	}
}

void jit_close(struct jit_image *j, uint64_t time)
{
	jit_header(j, JIT_CODE_CLOSE, JIT_RECORD_HEADER, time);
}

/* { u64 unwinding_size, eh_frame_hdr_size, mapped_size; u8 data[] } */
void jit_unwinding(struct jit_image *j, uint64_t time, size_t n)
{
	jit_header(j, JIT_CODE_UNWINDING_INFO, (uint32_t)(JIT_RECORD_HEADER + 24 + n), time);
	jit_u64(j, n);
	jit_u64(j, n / 4);
	jit_u64(j, n);
	fill(j, 0x11, n);
}

void jit_rules(struct jit_image *j, uint64_t time, uint64_t size, const char *ops, size_t n)
{
	enum { CIE = 24, FDE_FIXED = 17, HEADER = 20 };
	/* version 1, "zR", alignments 1 and -8, return address 16, encoding pcrel | sdata4, rules, two nops */
	static const char cie[] = "\1zR\0\1\x78\x10\1\x1b\x0c\7\x08\x90\1\0";
	size_t fde = (FDE_FIXED + n + 7) / 8 * 8;
	uint64_t from = (size + 7) / 8 * 8; /* from the code to this .eh_frame */

	jit_header(j, JIT_CODE_UNWINDING_INFO,
		   (uint32_t)(JIT_RECORD_HEADER + 24 + CIE + fde + HEADER), time);
	jit_u64(j, CIE + fde + HEADER);
	jit_u64(j, HEADER);
	jit_u64(j, CIE + fde + HEADER);
	jit_u32(j, CIE - 4);
	jit_u32(j, 0);
	jit_bytes(j, cie, CIE - 8);
	jit_u32(j, (uint32_t)(fde - 4));
	jit_u32(j, CIE + 4);
	jit_u32(j, (uint32_t) - (from + CIE + 8));
	jit_u32(j, (uint32_t)size);
	put(j, 0, 1); /* no augmentation */
	jit_bytes(j, ops, n);
	fill(j, 0, fde - FDE_FIXED - n);
	fill(j, 0x11, HEADER);
}
