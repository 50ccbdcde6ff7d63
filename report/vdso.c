#include "report/vdso.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "parser/recording.h"
#include "report/elf_file.h"

/* The image ends with its section headers, as the kernel's build lays it out. */
static size_t image_size(const unsigned char *image)
{
	Elf64_Ehdr h;

	if (image[EI_CLASS] != ELFCLASS64)
		return 0;
	memcpy(&h, image, sizeof(h));
	return (size_t)h.e_shoff + (size_t)h.e_shentsize * h.e_shnum;
}

static bool copy_own(struct vdso *v)
{
	const unsigned char *image = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
	size_t size = image ? image_size(image) : 0;
	int fd;

	if (!size)
		return false;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0)
		return false;
	if (write(fd, image, size) != (ssize_t)size) {
		close(fd);
		return false;
	}
	v->fd = fd;
	snprintf(v->path, sizeof(v->path), "/proc/self/fd/%d", fd);
	return true;
}

struct wanted_id {
	const uint8_t *id;
	uint8_t size; /* 0: the recording has none */
};

static struct wanted_id wanted_id(const struct recording *r, const struct mapping *mapping)
{
	const struct features *f = recording_features(r);

	if (mapping->build_id_size)
		return (struct wanted_id){ mapping->build_id, mapping->build_id_size };
	for (size_t i = 0; i < f->n_build_ids; i++)
		if (strcmp(f->build_ids[i].path, mapping->filename) == 0)
			return (struct wanted_id){ f->build_ids[i].build_id, f->build_ids[i].size };
	return (struct wanted_id){ NULL, 0 };
}

static bool has_id(const struct vdso *v, const struct wanted_id *w)
{
	uint8_t id[BUILD_ID_MAX], size;

	return elf_build_id(v->path, id, &size) && size == w->size && memcmp(id, w->id, size) == 0;
}

static bool is_same_kernel(const struct recording *r)
{
	const struct features *f = recording_features(r);
	struct utsname here;

	return uname(&here) == 0 && f->os_release && f->arch &&
	       strcmp(f->os_release, here.release) == 0 && strcmp(f->arch, here.machine) == 0;
}

const char *vdso_path(struct vdso *v, const struct recording *r, const struct mapping *mapping,
		      struct diag *diag)
{
	struct wanted_id wanted = wanted_id(r, mapping);

	if (!v->fd && !copy_own(v))
		return NULL;
	if (wanted.size ? has_id(v, &wanted) : is_same_kernel(r)) {
		if (!wanted.size)
			diag_add(
				diag, PROBLEM_UNVERIFIED_OBJECT, mapping->filename,
				"this machine's vdso was used: its kernel has the recorded one's release");
		return v->path;
	}
	diag_add(diag, PROBLEM_MISSING_VDSO, mapping->filename,
		 "the recorded kernel's vdso is not at hand");
	return NULL;
}

void vdso_done(struct vdso *v)
{
	if (v->fd)
		close(v->fd);
	v->fd = 0;
}
