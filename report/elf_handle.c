#include "report/elf_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "report/unpack.h"

void elf_handle_close(struct elf_handle *m)
{
	elf_end(m->elf);
	free(m->bytes);
	if (m->fd >= 0)
		close(m->fd);
	free(m->sections);
}

enum { PACKED_MOST = 1 << 26 }; /* bytes of a compressed file: modules have some MiB */

/* Does it begin as gzip, xz or zstd do? */
static bool is_packed(int fd)
{
	static const char *const magics[] = { "\x1f\x8b", "\xfd\x37\x7a\x58\x5a",
					      "\x28\xb5\x2f\xfd" };
	char begin[8] = { 0 };

	if (pread(fd, begin, sizeof(begin), 0) != sizeof(begin))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (memcmp(begin, magics[i], strlen(magics[i])) == 0)
			return true;
	return false;
}

/* The ELF file that a compressed one holds; NULL: there is none. */
static Elf *open_packed(struct elf_handle *m, off_t file_size)
{
	size_t size = (size_t)file_size, len = 0;
	uint8_t *packed;

	if (file_size > PACKED_MOST || !is_packed(m->fd))
		return NULL;
	packed = mem_calloc(size, 1);
	if (pread(m->fd, packed, size, 0) == (ssize_t)size)
		m->bytes = (char *)unpack(packed, size, &len);
	free(packed);
	return m->bytes ? elf_memory(m->bytes, len) : NULL;
}

bool elf_handle_open(struct elf_handle *m, const char *path, struct error *err)
{
	struct stat st;

	*m = (struct elf_handle){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	if (m->fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(m->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		fail(err, ERR_FORMAT, "not a file");
		goto bad;
	}
	elf_version(EV_CURRENT);
	m->elf = elf_begin(m->fd, ELF_C_READ, NULL);
	if (m->elf && elf_kind(m->elf) != ELF_K_ELF) {
		elf_end(m->elf);
		m->elf = open_packed(m, st.st_size);
	}
	if (!m->elf || elf_kind(m->elf) != ELF_K_ELF || !gelf_getehdr(m->elf, &m->header)) {
		fail(err, ERR_FORMAT, "not an ELF file");
		goto bad;
	}
	return true;
bad:
	elf_handle_close(m);
	return false;
}

bool elf_handle_of(struct elf_handle *m, Elf *elf)
{
	*m = (struct elf_handle){ .fd = -1, .elf = elf };
	if (gelf_getehdr(elf, &m->header))
		return true;
	elf_handle_close(m);
	return false;
}

bool elf_handle_sections(struct elf_handle *m)
{
	size_t n = 0, names = 0;

	if (elf_getshdrnum(m->elf, &n) != 0 || elf_getshdrstrndx(m->elf, &names) != 0)
		n = 0;
	m->sections = mem_calloc(n, sizeof(*m->sections));
	m->n_sections = n;
	for (size_t i = 1; i < n; i++) {
		struct elf_section *s = &m->sections[i];
		GElf_Shdr h;

		s->name = "";
		s->scn = elf_getscn(m->elf, i);
		if (!s->scn || !gelf_getshdr(s->scn, &h))
			continue;
		s->type = h.sh_type;
		s->link = h.sh_link;
		s->flags = h.sh_flags;
		s->addr = h.sh_addr;
		s->size = h.sh_size;
		s->entsize = h.sh_entsize;
		s->align = h.sh_addralign;
		s->name = elf_strptr(m->elf, names, h.sh_name);
		if (!s->name)
			s->name = "";
	}
	return n > 0;
}

const struct elf_section *elf_section_named(const struct elf_handle *m, const char *name)
{
	for (size_t i = 1; i < m->n_sections; i++) {
		if (m->sections[i].scn && strcmp(m->sections[i].name, name) == 0)
			return &m->sections[i];
	}
	return NULL;
}

const struct elf_section *elf_section_typed(const struct elf_handle *m, uint32_t type)
{
	for (size_t i = 1; i < m->n_sections; i++) {
		if (m->sections[i].scn && m->sections[i].type == type)
			return &m->sections[i];
	}
	return NULL;
}

bool elf_section_in_file(const struct elf_section *s)
{
	return s && s->scn && s->type != SHT_NOBITS && s->size;
}

Elf_Data *elf_section_data(const struct elf_section *s)
{
	Elf_Data *d = s && elf_section_in_file(s) ? elf_getdata(s->scn, NULL) : NULL;

	return d && d->d_buf && d->d_size ? d : NULL;
}

uint64_t elf_section_end(const struct elf_section *s)
{
	return s->size > UINT64_MAX - s->addr ? UINT64_MAX : s->addr + s->size;
}
