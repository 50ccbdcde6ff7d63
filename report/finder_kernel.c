#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "parser/recording.h"
#include "report/finder_parts.h"
#include "report/paths.h"

/*
 * The build id of the kernel, for files that may be of another boot: the kernel lay elsewhere then, so it must
 * be known where a symbol of it lay ("[kernel.kallsyms]_text" with its address).
 */
static struct object_id kernel_id(struct finder *f, const struct mapping *m)
{
	const struct object_id *id;

	if (!m || m->pgoff == 0 || finder_ends_with(m->filename, "]"))
		return (struct object_id){ 0 };
	if (m->build_id_size)
		return object_id_of(m->build_id, m->build_id_size);
	finder_load_tables(f);
	id = objects_txt_find(&f->recorded, "[kernel.kallsyms]");
	return id ? *id : (struct object_id){ 0 };
}

const char *finder_kallsyms(struct finder *f, const struct mapping *mapping)
{
	const char *path = finder_path(f, f->directory, "/kallsyms", "");
	struct object_id id;
	struct id_walk w;
	struct stat st;

	if (f->options.kallsyms)
		return f->options.kallsyms;
	if (*f->directory && finder_is_regular(path, &st))
		return texts_add_z(f->texts, path);
	id = kernel_id(f, mapping);
	w = id_walk(&f->files.trees, ID_KALLSYMS, &id);
	if (id_walk_next(&w))
		return texts_add_z(f->texts, w.path);
	return id.size && f->files.archive ? id_archive_find(f->files.archive, &id, ID_KALLSYMS)
					   : NULL;
}

/*
 * The build id in notes of an ELF file: { u32 name_size, size, type; name and bytes, each filled up to words of 4 }.
 * Source: elf(5); /sys/kernel/notes has those of the kernel that runs.
 */
static struct object_id id_of_notes(const uint8_t *bytes, size_t size)
{
	enum { WORD = 4, NOTE_BUILD_ID = 3 };
	static const char owner[WORD] = "GNU";
	struct cursor c = { .base = bytes, .len = size };

	while (c.pos < c.len && !c.overrun) {
		uint32_t name_size = cursor_u32(&c), id_size = cursor_u32(&c);
		uint32_t type = cursor_u32(&c);
		const uint8_t *name = cursor_bytes(&c, name_size), *id;

		cursor_skip(&c, (WORD - name_size % WORD) % WORD);
		id = cursor_bytes(&c, id_size);
		cursor_skip(&c, (WORD - id_size % WORD) % WORD);
		if (name && id && type == NOTE_BUILD_ID && name_size == sizeof(owner) &&
		    memcmp(name, owner, sizeof(owner)) == 0)
			return object_id_of(id, id_size);
	}
	return (struct object_id){ 0 };
}

/* Of the kernel that runs here; no bytes: it does not say. */
static struct object_id running_kernel_id(struct finder *f)
{
	enum { NOTES_MAX = 64 * 1024 };
	const char *path =
		finder_path(f, f->options.host ? f->options.host : "", "/sys/kernel/notes", "");
	uint8_t *bytes = mem_calloc(NOTES_MAX, 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, bytes, NOTES_MAX);
	struct object_id id = id_of_notes(bytes, n > 0 ? (size_t)n : 0);

	if (fd >= 0)
		close(fd);
	free(bytes);
	return id;
}

const char *finder_host_kallsyms(struct finder *f, const struct mapping *mapping, const char **why)
{
	struct object_id wanted = kernel_id(f, mapping), here;

	*why = NULL;
	if (f->options.no_host_files) {
		*why = "--no-host-files leaves it out";
	} else if (!mapping || mapping->pgoff == 0) {
		*why = "the recording does not say where the kernel lay";
	} else if (!wanted.size) {
		*why = "the recording has no build id of the kernel to compare";
	} else {
		here = running_kernel_id(f);
		if (!here.size)
			*why = "which kernel runs here is not known (/sys/kernel/notes)";
		else if (!object_id_equal(&wanted, &here))
			*why = "another kernel runs here";
	}
	return *why ? NULL
		    : texts_add_z(f->texts, finder_path(f, f->options.host ? f->options.host : "",
							"/proc/kallsyms", ""));
}

/* Where distributions and kernel builders have it. */
static const char *vmlinux_by_name(struct finder *f, const struct object_id *id)
{
	static const char *const places[][2] = {
		{ "/usr/lib/debug/boot/vmlinux-", "" },
		{ "/usr/lib/debug/lib/modules/", "/vmlinux" },
		{ "/boot/vmlinux-", "" },
		{ "/lib/modules/", "/build/vmlinux" },
	};
	const char *roots[] = { *f->directory ? f->elf : NULL, f->options.symfs,
				f->options.no_host_files ? NULL : "" };
	const char *release = recording_features(f->recording)->os_release;

	if (!release || strchr(release, '/'))
		return NULL;
	for (size_t r = 0; r < sizeof(roots) / sizeof(roots[0]); r++) {
		for (size_t i = 0; roots[r] && i < sizeof(places) / sizeof(places[0]); i++) {
			const char *before = finder_path(f, roots[r], places[i][0], "");
			char path[PATH_MAX];

			if (path_join(path, before, release, places[i][1]) &&
			    path_is_readable(path) && finder_has_id(path, id))
				return texts_add_z(f->texts, path);
		}
	}
	return NULL;
}

const char *finder_vmlinux(struct finder *f, const struct mapping *mapping)
{
	struct object_id id = kernel_id(f, mapping);
	const char *path;

	if (!id.size)
		return NULL;
	for (int what = ID_OBJECT; what <= ID_DEBUG; what++) {
		struct id_walk w = id_walk(&f->files.trees, (enum id_file)what, &id);

		while (id_walk_next(&w))
			if (finder_has_id(w.path, &id))
				return texts_add_z(f->texts, w.path);
	}
	path = vmlinux_by_name(f, &id);
	if (!path && f->files.archive)
		path = id_archive_find(f->files.archive, &id, ID_OBJECT);
	if (!path && f->files.server)
		path = symbol_server_find(f->files.server, &id, ID_DEBUG);
	return path && finder_has_id(path, &id) ? path : NULL;
}
