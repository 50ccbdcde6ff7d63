/*
 * How an object is searched:
 *
 *	mapping --> what is wanted: its build id says the mapping, the BUILD_ID table,
 *	            objects.txt, or nobody
 *	        --> candidates, in the order of enum origin
 *	        --> a verdict on each that is there (candidate.h); the first good one is used
 *
 * File names come from the recording, which may be anybody's work: below elf/ and
 * --symfs a name with ".." is not followed, and nothing but regular files that have
 * contents are opened (report/paths.h).
 */
#include "report/finder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/cursor.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/recording.h"
#include "report/candidate.h"
#include "report/debug_files.h"
#include "report/elf_file.h"
#include "report/map_files.h"
#include "report/objects_txt.h"
#include "report/paths.h"

/* What a mapping says of its file, and the answer for all mappings that say the same. */
struct answer {
	const char *filename; /* as recorded, interned */
	struct object_id id;  /* wanted; no bytes: the inode is part of the key */
	bool listed;          /* objects.txt has the id, not the recording */
	uint32_t maj, min;
	uint64_t ino, generation;
	/* the answer */
	struct found_object found;
	/* Of a file that no build id proves: a mapping that does not fit is one of another file. */
	struct elf_segment *segments;
	size_t n_segments;
};

struct finder {
	const struct recording *recording;
	struct finder_options options;
	struct texts *texts;
	struct diag *diag;
	const char *directory; /* the recording's; "": it has none */
	char *scratch;         /* of path_of() */
	size_t scratch_size;

	bool has_tables;
	struct objects_txt recorded; /* the recording's BUILD_ID table */
	struct objects_txt listed;   /* objects.txt */

	struct answer *answers;
	size_t n_answers, cap_answers;
	uint32_t *slots; /* open addressing: index of an answer plus 1; 0 is free */
	size_t mask;

	char *elf; /* the recording directory's elf/ */
	struct debug_files files;
	bool has_maps;
	struct map_files maps;
};

enum { LINK_MAX = 4096 };

/* The three texts in a row; borrowed until the next call. */
static const char *path_of(struct finder *f, const char *a, const char *b, const char *c)
{
	size_t size = strlen(a) + strlen(b) + strlen(c) + 1;

	if (size > f->scratch_size) {
		f->scratch = mem_resize(f->scratch, size, 1);
		f->scratch_size = size;
	}
	stpcpy(stpcpy(stpcpy(f->scratch, a), b), c);
	return f->scratch;
}

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
		root = texts_add_z(f->texts, path_of(f, symfs, "/usr/lib/debug", ""));
		id_trees_add(trees, symfs);
		id_trees_add(trees, root);
		id_trees_add(globals, root);
		id_trees_add(trees, texts_add_z(f->texts, path_of(f, symfs, "/usr/lib", "")));
	}
	if (f->options.no_host_files)
		return;
	if (home && *home == '/')
		id_trees_add(trees, texts_add_z(f->texts, path_of(f, home, "/.debug", "")));
	id_trees_add(trees, "/usr/lib/debug");
	id_trees_add(globals, "/usr/lib/debug");
	id_trees_add(trees, "/usr/lib"); /* Fedora: links to programs and libraries */
}

/* The tarball that `perf archive` put beside the recording. */
static void find_archive(struct finder *f)
{
	static const char *const suffixes[] = { ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst",
						".tar" };
	const char *recording = recording_mode(f->recording) == MODE_DIR
					? f->directory
					: recording_path(f->recording);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && !f->files.archive; i++) {
		const char *path = path_of(f, recording, suffixes[i], "");

		if (*f->directory && path_is_readable(path))
			f->files.archive = id_archive_new(texts_add_z(f->texts, path), f->diag);
	}
}

struct finder *finder_new(const struct recording *r, const struct finder_options *options,
			  struct texts *texts, struct diag *diag)
{
	struct finder *f = mem_calloc(1, sizeof(*f));

	f->recording = r;
	f->options = *options;
	f->texts = texts;
	f->diag = diag;
	f->directory = recording_directory(r);
	f->elf = elf_folder(f);
	f->files.texts = texts;
	f->files.diag = diag;
	list_trees(f);
	find_archive(f);
	if (f->options.debuginfod)
		f->files.server = symbol_server_new(texts, diag);
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

/* ---- names and paths ------------------------------------------------------ */

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_regular(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISREG(st->st_mode);
}

/* Can an ELF file lie behind this name of a mapping?  (perf: is_anon_memory(), is_no_dso_memory()) */
static bool names_object(const char *path)
{
	static const char *const others[] = { "//",      "/SYSV", "/anon_hugepage", "/[",
					      "/memfd:", "/dev/", "/proc/",         "/sys/" };
	const char *base = base_name(path);

	if (path[0] != '/') /* [vdso], [heap], anon_inode:[perf_event] ... */
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (starts_with(path, others[i]))
			return false;
	if (starts_with(base, "perf-") && ends_with(base, ".map"))
		return false;
	return !(starts_with(base, "jit-") && ends_with(base, ".dump"));
}

/* The name that the file had before it was deleted. */
static const char *undeleted(struct finder *f, const char *filename, bool *deleted)
{
	static const char mark[] = " (deleted)";

	*deleted = ends_with(filename, mark);
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
	const char *path = path_of(f, f->directory, "/objects.txt", "");
	struct error err = { 0 };
	struct stat st;

	if (!*f->directory || !is_regular(path, &st))
		return;
	if (!objects_txt_read(path, &f->listed, &err))
		diag_add(f->diag, PROBLEM_BAD_OBJECT, path, "%s: %s", path, err.what);
	else if (f->listed.malformed)
		diag_add_n(f->diag, PROBLEM_BAD_OBJECT, f->listed.malformed, path,
			   "%s: %zu of %zu lines are not BUILD-ID PATH", path, f->listed.malformed,
			   f->listed.lines);
}

/* By the name as it was recorded, else by that before it was deleted. */
static const struct object_id *id_by_path(struct finder *f, const struct objects_txt *t,
					  const char *filename)
{
	const struct object_id *id = objects_txt_find(t, filename);
	bool deleted;

	return id ? id : objects_txt_find(t, undeleted(f, filename, &deleted));
}

/* ---- one search ------------------------------------------------------------- */

struct search {
	struct finder *f;
	struct answer *answer;
	struct wanted wanted;
	const char *path;     /* without " (deleted)" */
	bool is_file;         /* false: only a name, such as [vdso] */
	bool refused;         /* a file was there, and it was told why it is not used */
	const char *fallback; /* the first one there that was not used, for --force */
	char why[240];        /* what speaks against it */
};

static void use(struct search *s, const struct candidate *c)
{
	struct answer *a = s->answer;

	if (!a->id.size && c->elf) {
		a->n_segments = c->elf->n_segments;
		a->segments = mem_calloc(a->n_segments, sizeof(*a->segments));
		for (size_t i = 0; i < a->n_segments; i++)
			a->segments[i] = c->elf->segments[i];
	}
	a->found.path = texts_add_z(s->f->texts, c->path);
	a->found.debug_path = debug_files_find(&s->f->files, a->found.path, s->path, &c->id);
}

static void keep_fallback(struct search *s, const struct candidate *c)
{
	if (s->fallback)
		return;
	s->fallback = texts_add_z(s->f->texts, c->path);
	snprintf(s->why, sizeof(s->why), "%s", c->why);
}

/* Tell what was found out about a candidate; true: it is to be used. */
static bool settle(struct search *s, const struct candidate *c, enum verdict v)
{
	struct diag *diag = s->f->diag;

	switch (v) {
	case PROVEN:
		return true;
	case LIKELY:
		diag_add(diag, PROBLEM_UNVERIFIED_OBJECT, c->name, "%s: not verified: %s", c->name,
			 c->why);
		return true;
	case UNPROVEN:
		keep_fallback(s, c);
		return false;
	case WRONG:
		keep_fallback(s, c);
		if (s->f->options.force)
			return false;
		s->refused = true;
		diag_add(diag, PROBLEM_WRONG_OBJECT, c->name, "%s: refused: %s", c->name, c->why);
		return false;
	case UNREADABLE:
		s->refused = true;
		diag_add(diag, PROBLEM_BAD_OBJECT, c->name, "%s: %s", c->name, c->why);
		return false;
	}
	return false;
}

/* `name`: what it is called in messages. */
static bool try_file(struct search *s, enum origin origin, const char *path, const char *name)
{
	struct candidate c = { .origin = origin };
	bool used;

	if (!is_regular(path, &c.st) || c.st.st_size == 0)
		return false;
	c.path = texts_add_z(s->f->texts, path);
	c.name = texts_add_z(s->f->texts, name);
	used = settle(s, &c, candidate_judge(&c, &s->wanted));
	if (used)
		use(s, &c);
	elf_file_free(c.elf);
	return used;
}

static bool try_path(struct search *s, enum origin origin, const char *path)
{
	return try_file(s, origin, path, path);
}

static bool try_by_id(struct search *s)
{
	struct id_walk w = id_walk(&s->f->files.trees, ID_OBJECT, &s->wanted.id);

	while (id_walk_next(&w))
		if (try_path(s, BY_BUILD_ID, w.path))
			return true;
	return false;
}

static bool has_id(const char *path, const struct object_id *id)
{
	struct object_id own = object_id_of_file(path);

	return object_id_equal(&own, id);
}

/*
 * From where it takes its time, if the file is not at its original path.  Only the right one counts: it has no
 * place of which the user could be told that something else is there.
 */
static bool try_to_fetch(struct search *s)
{
	struct debug_files *files = &s->f->files;
	const struct object_id *id = &s->wanted.id;
	const char *path = NULL;

	if (!id->size || (!files->archive && !files->server) ||
	    (s->is_file && path_is_readable(s->path) && has_id(s->path, id)))
		return false;
	if (files->archive)
		path = id_archive_find(files->archive, id, ID_OBJECT);
	if (path && has_id(path, id) &&
	    try_file(s, BY_BUILD_ID, path, id_archive_path(files->archive)))
		return true;
	path = files->server ? symbol_server_find(files->server, id, ID_OBJECT) : NULL;
	return path && has_id(path, id) && try_path(s, BY_BUILD_ID, path);
}

static bool try_places(struct search *s)
{
	struct finder *f = s->f;

	if (try_by_id(s))
		return true;
	if (!s->is_file || path_climbs(s->path))
		return try_to_fetch(s);
	if (*f->directory && try_path(s, BY_PATH, path_of(f, f->elf, s->path, "")))
		return true;
	if (f->options.symfs && try_path(s, BELOW_SYMFS, path_of(f, f->options.symfs, s->path, "")))
		return true;
	return try_to_fetch(s) ||
	       (!f->options.no_host_files && try_path(s, ORIGINAL_PATH, s->path));
}

/* --force: the file that contradicts, or that nothing speaks for, is better than none. */
static void use_fallback(struct search *s)
{
	struct candidate c = { .path = s->fallback, .id = object_id_of_file(s->fallback) };

	diag_add(s->f->diag, PROBLEM_UNVERIFIED_OBJECT, c.path,
		 "%s: used because of --force, although %s", c.path, s->why);
	use(s, &c);
}

static void tell_missing(const struct search *s)
{
	char digits[OBJECT_ID_TEXT];
	const char *id = s->wanted.id.size ? object_id_text(&s->wanted.id, digits) : "not known";

	/* perf inject --jit makes a temporary file for each function: thousands, soon gone. */
	if (starts_with(base_name(s->path), "jitted-"))
		return;
	/* Without --force a fallback that was not told is the file at the original path. */
	if (s->fallback)
		diag_add(s->f->diag, PROBLEM_MISSING_OBJECT, s->path,
			 "%s was not found (build id %s); this machine's was not used: %s", s->path,
			 id, s->why);
	else
		diag_add(s->f->diag, PROBLEM_MISSING_OBJECT, s->path,
			 "%s was not found (build id %s)", s->path, id);
}

static void search_object(struct finder *f, const struct mapping *m, struct answer *a)
{
	struct search s = {
		.f = f,
		.answer = a,
		.wanted = { .recording = f->recording,
			    .mapping = m,
			    .id = a->id,
			    .listed = a->listed },
	};

	s.path = undeleted(f, a->filename, &s.wanted.deleted);
	s.is_file = names_object(s.path);
	if (try_places(&s))
		return;
	if (s.fallback && f->options.force)
		use_fallback(&s);
	else if (s.is_file && !s.refused)
		tell_missing(&s);
}

/* ---- one search for all mappings of a file ------------------------------------ */

static void load_tables(struct finder *f)
{
	if (f->has_tables)
		return;
	f->has_tables = true;
	load_recorded(f);
	load_listed(f);
}

static struct answer key_of(struct finder *f, const struct mapping *m)
{
	struct answer key = { .filename = texts_add_z(f->texts, m->filename),
			      .id = object_id_of(m->build_id, m->build_id_size) };
	const struct object_id *id;

	load_tables(f);
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
	search_object(f, mapping, &answer);
	add_answer(f, &answer);
	return answer.found;
}

const char *finder_alternate(struct finder *f, const char *debug_path, const char *name,
			     const uint8_t *build_id, size_t size)
{
	struct object_id id = object_id_of(build_id, size);

	return debug_files_alternate(&f->files, debug_path, name, &id);
}

/* ---- kernel symbols ------------------------------------------------------------- */

/*
 * The build id of the kernel, for files that may be of another boot: the kernel lay elsewhere then, so it must
 * be known where a symbol of it lay ("[kernel.kallsyms]_text" with its address).
 */
static struct object_id kernel_id(struct finder *f, const struct mapping *m)
{
	const struct object_id *id;

	if (!m || m->pgoff == 0 || ends_with(m->filename, "]"))
		return (struct object_id){ 0 };
	if (m->build_id_size)
		return object_id_of(m->build_id, m->build_id_size);
	load_tables(f);
	id = objects_txt_find(&f->recorded, "[kernel.kallsyms]");
	return id ? *id : (struct object_id){ 0 };
}

const char *finder_kallsyms(struct finder *f, const struct mapping *mapping)
{
	const char *path = path_of(f, f->directory, "/kallsyms", "");
	struct object_id id;
	struct id_walk w;
	struct stat st;

	if (f->options.kallsyms)
		return f->options.kallsyms;
	if (*f->directory && is_regular(path, &st))
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
			const char *before = path_of(f, roots[r], places[i][0], "");
			char path[PATH_MAX];

			if (path_join(path, before, release, places[i][1]) &&
			    path_is_readable(path) && has_id(path, id))
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
			if (has_id(w.path, &id))
				return texts_add_z(f->texts, w.path);
	}
	path = vmlinux_by_name(f, &id);
	if (!path && f->files.archive)
		path = id_archive_find(f->files.archive, &id, ID_OBJECT);
	if (!path && f->files.server)
		path = symbol_server_find(f->files.server, &id, ID_DEBUG);
	return path && has_id(path, &id) ? path : NULL;
}

/* ---- perf maps --------------------------------------------------------------------- */

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
	path = path_of(f, folder, name, "");
	return is_regular(path, &st) ? texts_add_z(f->texts, path) : NULL;
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

bool finder_uses_host(const struct finder *f)
{
	return !f->options.no_host_files;
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
