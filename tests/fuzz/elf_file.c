/*
 * tests/fuzz/elf_file.c - any bytes as an ELF file, and as its own debug file (report/elf_file.h).
 */
#include "report/elf_file.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_symbols(const struct elf_file *f)
{
	for (size_t i = 0; i < f->n_symbols; i++) {
		const struct elf_symbol *s = &f->symbols[i];
		const struct elf_symbol *found = elf_find_symbol(f, s->start);

		assert(s->start < s->end && s->name[0] != '\0');
		assert(i == 0 || f->symbols[i - 1].start < s->start);
		assert(found == s);
		found = elf_find_symbol(f, s->end - 1);
		assert(found && s->end - 1 >= found->start && s->end - 1 < found->end);
		found = elf_find_symbol(f, s->end);
		assert(!found || (s->end >= found->start && s->end < found->end));
	}
}

static void check_file(const char *path, const char *debug_path)
{
	struct error err = { 0 };
	struct elf_file *f = elf_file_open(path, debug_path, &err);
	uint64_t vaddr;

	if (!f) {
		assert(err.kind != ERR_NONE && err.what[0] != '\0');
		return;
	}
	check_symbols(f);
	for (size_t i = 0; i < f->n_segments; i++)
		elf_offset_to_vaddr(f, f->segments[i].offset, &vaddr);
	elf_file_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t id[BUILD_ID_MAX], id_size = 0;
	int fd = memfd_create("elf", MFD_CLOEXEC);
	struct elf_debug_link link;
	uint64_t value;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (elf_build_id(path, id, &id_size))
		assert(id_size > 0 && id_size <= BUILD_ID_MAX);
	if (elf_debug_link(path, &link) && link.is_there)
		assert(link.name[0] && memchr(link.name, '\0', sizeof(link.name)));
	elf_symbol_address(path, "_text", &value);
	check_file(path, NULL);
	check_file(path, path);
	close(fd);
	return 0;
}
