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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/finder_parts.h"
#include "report/label.h"
#include "report/paths.h"

/* Can an ELF file lie behind this name of a mapping?  (perf: is_anon_memory(), is_no_dso_memory()) */
static bool names_object(const char *path)
{
	static const char *const others[] = { "//",      "/SYSV", "/anon_hugepage", "/[",
					      "/memfd:", "/dev/", "/proc/",         "/sys/" };
	const char *base = label_base(path);

	if (path[0] != '/') /* [vdso], [heap], anon_inode:[perf_event] ... */
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (text_begins(path, others[i]))
			return false;
	if (text_begins(base, "perf-") && finder_ends_with(base, ".map"))
		return false;
	return !(text_begins(base, "jit-") && finder_ends_with(base, ".dump"));
}

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

	if (!finder_is_regular(path, &c.st) || c.st.st_size == 0)
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

/*
 * From where it takes its time, if the file is not at its original path.  Only the right one counts: it has no
 * place of which the user could be told that something else is there.
 */
static bool try_to_fetch(struct search *s)
{
	struct debug_files *files = &s->f->files;
	const struct object_id *id = &s->wanted.id;
	const char *path = NULL;

	if (!id->size || (!files->archive && !files->server))
		return false;
	if (!s->f->options.no_host_files && s->is_file && path_is_readable(s->path) &&
	    finder_has_id(s->path, id))
		return false;
	if (files->archive)
		path = id_archive_find(files->archive, id, ID_OBJECT);
	if (path && finder_has_id(path, id) &&
	    try_file(s, BY_BUILD_ID, path, id_archive_path(files->archive)))
		return true;
	path = files->server ? symbol_server_find(files->server, id, ID_OBJECT) : NULL;
	return path && finder_has_id(path, id) && try_path(s, BY_BUILD_ID, path);
}

static bool try_places(struct search *s)
{
	struct finder *f = s->f;

	if (try_by_id(s))
		return true;
	if (!s->is_file || path_climbs(s->path))
		return try_to_fetch(s);
	if (*f->directory && try_path(s, BY_PATH, finder_path(f, f->elf, s->path, "")))
		return true;
	if (f->options.symfs &&
	    try_path(s, BELOW_SYMFS, finder_path(f, f->options.symfs, s->path, "")))
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
	if (text_begins(label_base(s->path), "jitted-"))
		return;
	/* Without --force a fallback that was not told is the file at the original path. */
	if (s->fallback)
		diag_add(s->f->diag, PROBLEM_MISSING_OBJECT, s->path,
			 "%s was not found (build id %s); this machine's was not used: %s", s->path,
			 id, s->why);
	else
		diag_add(s->f->diag, PROBLEM_MISSING_OBJECT, s->path,
			 "%s was not found (build id %s)%s", s->path, id, finder_left_out(s->f));
}

void finder_search(struct finder *f, const struct mapping *m, struct answer *a)
{
	struct search s = {
		.f = f,
		.answer = a,
		.wanted = { .recording = f->recording,
			    .mapping = m,
			    .id = a->id,
			    .listed = a->listed },
	};

	s.path = finder_undeleted(f, a->filename, &s.wanted.deleted);
	s.is_file = names_object(s.path);
	if (try_places(&s))
		return;
	if (s.fallback && f->options.force && f->recording)
		use_fallback(&s);
	else if (s.is_file && !s.refused)
		tell_missing(&s);
}
