/*
 * tests/make_elf.h - write small ELF files with code, symbols and unwinding rules (.eh_frame), without libelf.
 *
 *	struct elf_image e;
 *
 *	elf_image_begin(&e, EM_X86_64);
 *	elf_image_code(&e, 0x1100, "\xe8\0\0\0\0\xc3", 6);
 *	elf_image_rule(&e, 0x1100, 6, "", "\x0e\x10", 2);        DW_CFA_def_cfa_offset 16
 *	elf_image_symbol(&e, "f", 0x1100, 6);
 *	elf_image_end(&e);
 *	... e.bytes, e.len ...
 *	elf_image_free(&e);
 *
 * Code lies at ELF_TEXT, which is its file offset too; what is not written is int3.
 * Little endian.  Source: the x86-64 and aarch64 psABI, LSB core (exception frames).
 */
#ifndef TESTS_MAKE_ELF_H
#define TESTS_MAKE_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ELF_TEXT = 0x1000, ELF_TEXT_SIZE = 0x4000, ELF_MORE = 4 };

struct byte_list {
	uint8_t *bytes;
	size_t len, cap;
};

struct elf_image {
	uint8_t *bytes; /* from elf_image_end() on */
	size_t len, cap;
	uint16_t machine;
	bool hollow; /* the code's section says that the file does not have it */
	uint8_t text[ELF_TEXT_SIZE];
	struct byte_list rules, symbols, names;
	struct elf_more { /* sections that are not loaded */
		const char *name;
		struct byte_list bytes;
	} more[ELF_MORE];
	size_t n_more;
};

void elf_image_begin(struct elf_image *e, uint16_t machine);
void elf_image_end(struct elf_image *e);
void elf_image_free(struct elf_image *e);
bool elf_image_write(const struct elf_image *e, const char *path);

void elf_image_code(struct elf_image *e, uint64_t vaddr, const void *code, size_t n);
/* A section that is not loaded, such as .debug_info; copied, the name is borrowed. */
void elf_image_section(struct elf_image *e, const char *name, const void *bytes, size_t n);
void elf_image_symbol(struct elf_image *e, const char *name, uint64_t vaddr, uint64_t size);

/*
 * The rule of [start, start + size) is that at a function's first instruction (x86-64: CFA = rsp + 8, return address at
 * CFA - 8; aarch64: CFA = sp, return address in x30), changed by DW_CFA_* instructions.  augmentation: "S" for
 * a signal frame, "B" for addresses signed with the other key, or "".
 */
void elf_image_rule(struct elf_image *e, uint64_t start, uint64_t size, const char *augmentation,
		    const void *instructions, size_t n);

#endif
