/*
 *   Elf64_Ehdr   Elf64_Shdr x 3: none, .eh_frame, .shstrtab   names   .eh_frame
 */
#include "report/frames_image.h"

#include <elf.h>
#include <endian.h>
#include <string.h>

#include "parser/base/memory.h"

enum { FRAMES = 1, NAMES = 2, SECTIONS = 3 };

static const char names[32] = "\0.eh_frame\0.shstrtab";
enum { NAME_OF_FRAMES = 1, NAME_OF_NAMES = 11 };

static Elf64_Ehdr header(uint16_t machine)
{
	Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = htole16(ET_DYN),
		.e_machine = htole16(machine),
		.e_version = htole32(EV_CURRENT),
		.e_shoff = htole64(sizeof(h)),
		.e_ehsize = htole16(sizeof(h)),
		.e_shentsize = htole16(sizeof(Elf64_Shdr)),
		.e_shnum = htole16(SECTIONS),
		.e_shstrndx = htole16(NAMES),
	};

	return h;
}

char *frames_image(uint16_t machine, uint64_t addr, const uint8_t *eh_frame, size_t n, size_t *len)
{
	size_t names_at = sizeof(Elf64_Ehdr) + SECTIONS * sizeof(Elf64_Shdr);
	size_t frames_at = names_at + sizeof(names);
	Elf64_Ehdr h = header(machine);
	Elf64_Shdr sections[SECTIONS] = {
		[FRAMES] = {
			.sh_name = htole32(NAME_OF_FRAMES),
			.sh_type = htole32(SHT_PROGBITS),
			.sh_flags = htole64(SHF_ALLOC),
			.sh_addr = htole64(addr),
			.sh_offset = htole64(frames_at),
			.sh_size = htole64(n),
			.sh_addralign = htole64(8),
		},
		[NAMES] = {
			.sh_name = htole32(NAME_OF_NAMES),
			.sh_type = htole32(SHT_STRTAB),
			.sh_offset = htole64(names_at),
			.sh_size = htole64(sizeof(names)),
			.sh_addralign = htole64(1),
		},
	};
	char *image = mem_calloc(frames_at + n, 1);

	memcpy(image, &h, sizeof(h));
	memcpy(image + sizeof(h), sections, sizeof(sections));
	memcpy(image + names_at, names, sizeof(names));
	if (n)
		memcpy(image + frames_at, eh_frame, n);
	*len = frames_at + n;
	return image;
}
