#include <limits.h>
#include <string.h>

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
