#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/recording.h"
#include "report/finder_parts.h"

static const struct map_files *maps_of(struct finder *f)
{
	if (!f->has_maps && *f->directory)
		map_files_list(f->directory, &f->maps);
	if (!f->has_maps && f->options.perf_map_dir)
		map_files_list(f->options.perf_map_dir, &f->maps);
	f->has_maps = true;
	return &f->maps;
}

/* "FOLDER/perf-PID.map", if it is there; interned. */
static const char *perfmap_in(struct finder *f, const char *folder, uint32_t pid)
{
	char name[32];
	struct stat st;
	const char *path;

	snprintf(name, sizeof(name), "/perf-%u.map", pid);
	path = finder_path(f, folder, name, "");
	return finder_is_regular(path, &st) ? texts_add_z(f->texts, path) : NULL;
}

const char *finder_perfmap(struct finder *f, uint32_t pid)
{
	const struct map_file *map;
	const char *path = NULL;

	for (size_t i = 0; i < f->options.n_perf_maps; i++)
		if (f->options.perf_maps[i].pid == pid)
			return f->options.perf_maps[i].path;
	if (f->options.perf_map_dir)
		path = perfmap_in(f, f->options.perf_map_dir, pid);
	/* Where it usually lies: then the folders below need not be read. */
	if (!path && *f->directory)
		path = perfmap_in(f, f->directory, pid);
	if (path)
		return path;
	map = map_files_find(maps_of(f), MAP_TEXT, pid);
	if (map)
		return texts_add_z(f->texts, map->path);
	if (f->maps.cut)
		diag_add(f->diag, PROBLEM_MISSING_PERF_MAP, f->directory,
			 "%s holds too many files or folders to search them all for perf maps",
			 f->directory);
	return NULL;
}

size_t finder_perfmaps(struct finder *f)
{
	return map_files_count(maps_of(f), MAP_TEXT);
}

const char *finder_perfmap_at(struct finder *f, size_t i, uint32_t *pid)
{
	const struct map_file *map = &maps_of(f)->files[i];

	*pid = map->pid;
	return texts_add_z(f->texts, map->path);
}

/* A dump says in its header whose it is. Source: jitdump-specification.txt */
static bool is_jitdump_of(const char *path, uint32_t pid)
{
	uint8_t head[24];
	struct cursor c = { .base = head, .len = sizeof(head) };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool yes = false;

	if (fd < 0)
		return false;
	if (read(fd, head, sizeof(head)) == (ssize_t)sizeof(head)) {
		c.swap = cursor_u32(&c) == 0x4454694a;
		cursor_skip(&c, 16); /* version, size, machine, padding */
		yes = cursor_u32(&c) == pid;
	}
	close(fd);
	return yes;
}

const char *finder_jitdump(struct finder *f, uint32_t pid, const char *recorded)
{
	const struct map_file *map = map_files_find(maps_of(f), MAP_DUMP, pid);
	struct stat st;

	if (f->options.jitdump && is_jitdump_of(f->options.jitdump, pid))
		return f->options.jitdump;
	if (map)
		return texts_add_z(f->texts, map->path);
	if (f->options.no_host_files || *recorded != '/' || lstat(recorded, &st) != 0 ||
	    !S_ISREG(st.st_mode) || !made_on_this_host(f->recording))
		return NULL;
	return texts_add_z(f->texts, recorded);
}

const char *finder_host_perfmap(struct finder *f, uint32_t pid, time_t *mtime)
{
	char path[32];
	struct stat st;

	if (f->options.no_host_files)
		return NULL;
	snprintf(path, sizeof(path), "/tmp/perf-%u.map", pid);
	/* Anybody can put a link into /tmp. */
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	if (!made_on_this_host(f->recording)) {
		diag_add(f->diag, PROBLEM_REFUSED_PERF_MAP, path,
			 "%s: refused: the recording was made on %s, not on this machine", path,
			 recorded_host(f->recording));
		return NULL;
	}
	*mtime = st.st_mtime;
	return texts_add_z(f->texts, path);
}
