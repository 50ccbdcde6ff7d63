/*
 * report/elf_file.h - symbols, segments and build id of an ELF file.
 *
 * Symbols (.symtab, .dynsym, of the file and of its separate .debug file; where neither has
 * a .symtab, those in .gnu_debugdata), PLT entries as "foo@plt", build id, and the way from a
 * file offset to the file's virtual addresses.  Handles files whose sections have no contents (NOBITS),
 * both classes and both byte orders.
 * Everything is copied out; the file is closed when elf_file_open() returns.
 * libelf and libdw, which can crash on hostile files, are called here (with elf_handle.c, elf_builder.c,
 * elf_module.c and elf_plt.c), in mini_debug.c, cfi.c, debug_info.c and debug_unit.c only (DESIGN D9).
 */
#ifndef PERFOLIO_REPORT_ELF_FILE_H
#define PERFOLIO_REPORT_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "parser/perf_format.h"

struct elf_symbol {
	uint64_t start, end; /* virtual addresses of the file, [start, end) */
	const char *name;    /* raw (mangled), without version; owned by the elf_file */
};

struct elf_segment {
	uint64_t offset, vaddr, filesz, memsz;
	bool exec;
};

/* From `start` on, to the next piece or its symbol's end, addresses are this symbol's. */
struct elf_piece {
	uint64_t start;
	size_t symbol;
};

struct elf_file {
	uint8_t build_id[BUILD_ID_MAX];
	uint8_t build_id_size;        /* 0: the file has none */
	uint16_t machine;             /* e_machine */
	uint16_t type;                /* e_type: ET_EXEC, ET_DYN, ET_REL */
	struct elf_segment *segments; /* PT_LOAD */
	size_t n_segments;
	struct elf_symbol *symbols; /* functions, sorted by start; one for each address */
	size_t n_symbols;
	struct elf_piece *pieces; /* sorted by start; symbols may lie within symbols */
	size_t n_pieces;
	char *names;
	struct error damage; /* ERR_NONE, or why symbols may be missing (of the debug file too) */
};

/*
 * Read `path`; symbols of `debug_path` (NULL: none) are added, those of the debug file come first
 * where all else is equal.  A debug file that cannot be read costs only its own
 * symbols (see `damage`); whether it belongs to the file is the caller's affair.
 * An object file (ET_REL) has no addresses yet, so no symbols; but a kernel module's code has those that the
 * kernel gives it, from 0 on (elf_module.h).
 *
 * Which symbol names an address (perf's order): a sized one before an unsized one, a typed before an
 * untyped one, any before a weak one, a global before a local one, then
 * fewer underscores in front, then the longer (with its version), then the first in the table.
 * A symbol of size 0 reaches to the next symbol of its section or to the section's end.
 * Where symbols overlap, the one that starts last has the address; a label without type
 * and size within a sized symbol names nothing.
 */
struct elf_file *elf_file_open(const char *path, const char *debug_path, struct error *err);
void elf_file_free(struct elf_file *f);

/* Only the build id of a file, quickly.  False: not an ELF file, or none in it. */
bool elf_build_id(const char *path, uint8_t build_id[BUILD_ID_MAX], uint8_t *size);

/* What an ELF file says of its separate debug file. */
struct elf_debug_link {
	bool complete;  /* it has symbols and debug information itself, and needs none */
	bool is_there;  /* .gnu_debuglink: */
	char name[256]; /* of the debug file, as it stands there */
	uint32_t crc;   /* of the debug file's bytes */
};

/* False: not an ELF file. */
bool elf_debug_link(const char *path, struct elf_debug_link *out);

/*
 * The virtual address (of the file) of file offset `offset`: through the executable PT_LOAD that holds it,
 * else any PT_LOAD that does.  Segments share file pages, so the executable one goes first.
 */
bool elf_offset_to_vaddr(const struct elf_file *f, uint64_t offset, uint64_t *vaddr);

/* The value of a symbol by its name, also of one that names no code; walks the file's .symtab. */
bool elf_symbol_address(const char *path, const char *name, uint64_t *value);

/*
 * The bytes of code in [start, end) (virtual addresses of the file) into `out`, which has room for them: how many there
 * are from `start` on; 0: the file does not have them (sections without contents), or cannot be read.
 */
size_t elf_code(const char *path, uint64_t start, uint64_t end, uint8_t *out);

/* The symbol whose [start, end) holds the address, or NULL. */
const struct elf_symbol *elf_find_symbol(const struct elf_file *f, uint64_t vaddr);

#endif
