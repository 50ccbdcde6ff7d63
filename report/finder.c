#include "report/finder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/recording.h"
#include "report/finder_parts.h"
#include "report/paths.h"

/* ---- set-up ------------------------------------------------------------------- */

enum { LINK_MAX = 4096 };

/*
 * The recording directory's elf/.  Where a file system or archive knows no symbolic links, git and others leave a
 * small file with the link's text in its place: such a file is followed as the link that it stands for.
 */
static char *elf_folder(const struct finder *f)
{
	char *folder = mem_calloc(strlen(f->directory) + LINK_MAX + sizeof("/elf/"), 1),
	     text[LINK_MAX];
	struct stat st;
	ssize_t n = 0;
	int fd;

	stpcpy(stpcpy(folder, f->directory), "/elf");
	if (lstat(folder, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size >= LINK_MAX)
		return folder;
	fd = open(folder, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (*text == '/')
		stpcpy(folder, text);
	else if (*text)
		stpcpy(stpcpy(stpcpy(folder, f->directory), "/"), text);
	return folder;
}

/* Where files lie under their build ids, or debug files under their objects' paths; the first wins. */
static void list_trees(struct finder *f)
{
	struct id_trees *trees = &f->files.trees, *globals = &f->files.globals;
	const char *symfs = f->options.symfs, *home = getenv("HOME"), *root;

	if (*f->directory) {
		id_trees_add(trees, f->elf);
		id_trees_add(trees, f->directory); /* what `perf archive` packed, unpacked there */
	}
	for (size_t i = 0; i < f->options.n_debug_dirs; i++) {
		id_trees_add(trees, f->options.debug_dirs[i]);
		id_trees_add(globals, f->options.debug_dirs[i]);
	}
	if (symfs) {
		root = texts_add_z(f->texts, finder_path(f, symfs, "/usr/lib/debug", ""));
		id_trees_add(trees, symfs);
		id_trees_add(trees, root);
		id_trees_add(globals, root);
		id_trees_add(trees, texts_add_z(f->texts, finder_path(f, symfs, "/usr/lib", "")));
	}
	if (f->options.no_host_files)
		return;
	if (home && *home == '/')
		id_trees_add(trees, texts_add_z(f->texts, finder_path(f, home, "/.debug", "")));
	id_trees_add(trees, "/usr/lib/debug");
	id_trees_add(globals, "/usr/lib/debug");
	id_trees_add(trees, "/usr/lib"); /* Fedora: links to programs and libraries */
}

/* The tarball that `perf archive` put beside the recording, or, with --all, into one tarball with it. */
static void find_archive(struct finder *f, const char *recording)
{
	static const char *const suffixes[] = { ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst",
						".tar" };
	for (size_t i = 0; i < 2 * sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const char *suffix = suffixes[i / 2], *path;

		path = i % 2 ? finder_path(f, f->directory, "/perf.symbols", suffix)
			     : finder_path(f, recording, suffix, "");
		if (*f->directory && path_is_readable(path)) {
			f->files.archive = id_archive_new(texts_add_z(f->texts, path), f->diag);
			return;
		}
	}
}

static struct finder *begin(const char *directory, const struct finder_options *options,
			    struct texts *texts, struct diag *diag)
{
	struct finder *f = mem_calloc(1, sizeof(*f));

	f->options = *options;
	f->texts = texts;
	f->diag = diag;
	f->directory = directory;
	f->elf = elf_folder(f);
	f->files.texts = texts;
	f->files.diag = diag;
	list_trees(f);
	if (f->options.debuginfod)
		f->files.server = symbol_server_new(texts, diag);
	return f;
}

struct finder *finder_new_beside(const char *path, const char *directory,
				 const struct finder_options *options, struct texts *texts,
				 struct diag *diag)
{
	struct finder *f = begin(directory, options, texts, diag);

	find_archive(f, path);
	return f;
}

struct finder *finder_new(const struct recording *r, const struct finder_options *options,
			  struct texts *texts, struct diag *diag)
{
	const char *directory = recording_directory(r);
	const char *path = recording_mode(r) == MODE_DIR ? directory : recording_path(r);
	struct finder *f = begin(directory, options, texts, diag);

	f->recording = r;
	if (recording_symbols(r) >= 0)
		f->files.archive = id_archive_new_of(recording_symbols(r), path, diag);
	else
		find_archive(f, path);
	return f;
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_answers; i++)
		free(f->answers[i].segments);
	free(f->answers);
	free(f->slots);
	free(f->scratch);
	free(f->elf);
	id_trees_free(&f->files.trees);
	id_trees_free(&f->files.globals);
	id_archive_free(f->files.archive);
	symbol_server_free(f->files.server);
	objects_txt_free(&f->recorded);
	objects_txt_free(&f->listed);
	map_files_free(&f->maps);
	free(f);
}

bool finder_uses_host(const struct finder *f)
{
	return !f->options.no_host_files;
}

const char *finder_left_out(const struct finder *f)
{
	return f->options.no_host_files
		       ? "; it was not looked for on this machine because of --no-host-files"
		       : "";
}

/* ---- names and paths ------------------------------------------------------ */

const char *finder_path(struct finder *f, const char *a, const char *b, const char *c)
{
	size_t size = strlen(a) + strlen(b) + strlen(c) + 1;

	if (size > f->scratch_size) {
		f->scratch = mem_resize(f->scratch, size, 1);
		f->scratch_size = size;
	}
	stpcpy(stpcpy(stpcpy(f->scratch, a), b), c);
	return f->scratch;
}

bool finder_ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

bool finder_is_regular(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISREG(st->st_mode);
}

bool finder_has_id(const char *path, const struct object_id *id)
{
	struct object_id own = object_id_of_file(path);

	return object_id_equal(&own, id);
}

const char *finder_undeleted(struct finder *f, const char *filename, bool *deleted)
{
	static const char mark[] = " (deleted)";

	*deleted = finder_ends_with(filename, mark);
	if (!*deleted)
		return filename;
	return texts_add(f->texts, filename, strlen(filename) - strlen(mark));
}

/* ---- build ids by path ---------------------------------------------------- */

static void load_recorded(struct finder *f)
{
	const struct features *features = recording_features(f->recording);

	for (size_t i = 0; i < features->n_build_ids; i++) {
		const struct build_id_entry *e = &features->build_ids[i];
		struct object_id id = object_id_of(e->build_id, e->size);
		unsigned mode = e->misc & MISC_CPUMODE_MASK;

		/* A guest's files are not the host's of the same path. */
		if (id.size && mode != MISC_GUEST_KERNEL && mode != MISC_GUEST_USER)
			objects_txt_add(&f->recorded, e->path, &id);
	}
	objects_txt_sort(&f->recorded);
}

static void load_listed(struct finder *f)
{
	const char *path = finder_path(f, f->directory, "/objects.txt", "");
	struct error err = { 0 };
	struct stat st;

	if (!*f->directory || !finder_is_regular(path, &st))
		return;
	if (!objects_txt_read(path, &f->listed, &err))
		diag_add(f->diag, PROBLEM_BAD_OBJECT, path, "%s: %s", path, err.what);
	else if (f->listed.malformed)
		diag_add_n(f->diag, PROBLEM_BAD_OBJECT, f->listed.malformed, path,
			   "%s: %zu of %zu lines %s not BUILD-ID PATH", path, f->listed.malformed,
			   f->listed.lines, plural(f->listed.malformed, "is", "are"));
}

/* By the name as it was recorded, else by that before it was deleted. */
static const struct object_id *id_by_path(struct finder *f, const struct objects_txt *t,
					  const char *filename)
{
	const struct object_id *id = objects_txt_find(t, filename);
	bool deleted;

	return id ? id : objects_txt_find(t, finder_undeleted(f, filename, &deleted));
}

void finder_load_tables(struct finder *f)
{
	if (f->has_tables)
		return;
	f->has_tables = true;
	load_recorded(f);
	load_listed(f);
}

/* ---- one search for all mappings of a file ------------------------------------ */

static struct answer key_of(struct finder *f, const struct mapping *m)
{
	struct answer key = { .filename = texts_add_z(f->texts, m->filename),
			      .id = object_id_of(m->build_id, m->build_id_size) };
	const struct object_id *id;

	finder_load_tables(f);
	if (key.id.size)
		return key;
	id = id_by_path(f, &f->recorded, key.filename);
	if (!id) {
		id = id_by_path(f, &f->listed, key.filename);
		key.listed = id != NULL;
	}
	if (id) {
		key.id = *id;
		return key;
	}
	key.maj = m->maj;
	key.min = m->min;
	key.ino = m->ino;
	key.generation = m->ino_generation;
	return key;
}

static uint64_t hash_key(const struct answer *a)
{
	uint64_t h = hash_pair((uintptr_t)a->filename, a->ino);

	return hash_pair(h, hash_bytes(a->id.bytes, BUILD_ID_MAX));
}

static bool same_key(const struct answer *a, const struct answer *b)
{
	return a->filename == b->filename && a->listed == b->listed && a->maj == b->maj &&
	       a->min == b->min && a->ino == b->ino && a->generation == b->generation &&
	       object_id_equal(&a->id, &b->id);
}

static void put(struct finder *f, size_t index)
{
	size_t i = (size_t)hash_key(&f->answers[index]) & f->mask;

	while (f->slots[i])
		i = (i + 1) & f->mask;
	f->slots[i] = (uint32_t)index + 1;
}

static void add_answer(struct finder *f, const struct answer *a)
{
	f->answers = mem_grow(f->answers, f->n_answers, 1, &f->cap_answers, sizeof(*f->answers));
	f->answers[f->n_answers++] = *a;
	if (2 * f->n_answers <= f->mask) {
		put(f, f->n_answers - 1);
		return;
	}
	f->mask = f->slots ? 2 * f->mask + 1 : 255;
	free(f->slots);
	f->slots = mem_calloc(f->mask + 1, sizeof(*f->slots));
	for (size_t i = 0; i < f->n_answers; i++)
		put(f, i);
}

/* The answer there is for the key and for this mapping of it, or NULL. */
static const struct answer *find_answer(const struct finder *f, const struct answer *key,
					const struct mapping *m)
{
	if (!f->slots)
		return NULL;
	for (size_t i = (size_t)hash_key(key) & f->mask; f->slots[i]; i = (i + 1) & f->mask) {
		const struct answer *a = &f->answers[f->slots[i] - 1];

		if (same_key(a, key) && segments_hold(a->segments, a->n_segments, m))
			return a;
	}
	return NULL;
}

struct found_object finder_object(struct finder *f, const struct mapping *mapping)
{
	const struct answer *known;
	struct answer answer;

	if (mapping->is_symbol)
		return (struct found_object){ 0 };
	answer = key_of(f, mapping);
	known = find_answer(f, &answer, mapping);
	if (known)
		return known->found;
	finder_search(f, mapping, &answer);
	add_answer(f, &answer);
	return answer.found;
}

struct found_object finder_by_id(struct finder *f, const char *filename, const struct object_id *id,
				 const char *known)
{
	struct mapping m = { .filename = texts_add_z(f->texts, filename) };
	struct answer answer = { .filename = m.filename, .id = *id };
	struct found_object found = { .path = known };

	if (known && path_is_readable(known) && finder_has_id(known, id)) {
		found.debug_path = debug_files_find(&f->files, known, filename, id);
		return found;
	}
	finder_search(f, &m, &answer);
	return answer.found;
}

const char *finder_alternate(struct finder *f, const char *debug_path, const char *name,
			     const uint8_t *build_id, size_t size)
{
	struct object_id id = object_id_of(build_id, size);

	return debug_files_alternate(&f->files, debug_path, name, &id);
}
