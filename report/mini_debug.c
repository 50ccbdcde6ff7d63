#include "report/mini_debug.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "report/unpack.h"

static Elf_Data *packed_section(Elf *elf)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr h;
		const char *name;

		if (!gelf_getshdr(scn, &h) || h.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, names, h.sh_name);
		if (name && strcmp(name, ".gnu_debugdata") == 0)
			return elf_rawdata(scn, NULL);
	}
	return NULL;
}

Elf *mini_debug_open(Elf *outer, char **bytes, bool *damaged)
{
	Elf_Data *d = packed_section(outer);
	char *inner;
	Elf *elf;
	size_t len;

	*damaged = false;
	if (!d || !d->d_buf || !d->d_size || !unpack_supported())
		return NULL;
	*damaged = true;
	inner = (char *)unpack(d->d_buf, d->d_size, &len);
	if (!inner)
		return NULL;
	elf = elf_memory(inner, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		free(inner);
		return NULL;
	}
	*bytes = inner;
	*damaged = false;
	return elf;
}
