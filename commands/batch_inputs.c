#include "commands/batch_inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/batch_identity.h"
#include "commands/folder.h"
#include "commands/input_files.h"
#include "commands/session.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/locate.h"

enum {
	DEEPEST = 32,         /* of folders in folders */
	SIDE_DEPTH = 2,       /* as deep as perf maps are looked for */
	SIDE_ELF_DEPTH = 16,  /* elf/ mirrors a file system */
	SIDE_FILES = 1 << 12, /* looked at in one folder */
};

/* ---- finding ---- */

static void add(struct batch_inputs *in, char *path)
{
	in->items = mem_grow(in->items, in->n, 1, &in->cap, sizeof(*in->items));
	in->items[in->n++] = (struct batch_input){ .path = path };
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

static const char *const tarballs[] = { ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst" };

enum { TARBALLS = sizeof(tarballs) / sizeof(tarballs[0]) };

static bool is_called_tarball(const char *name)
{
	for (size_t i = 0; i < TARBALLS; i++)
		if (ends_with(name, tarballs[i]))
			return true;
	return false;
}

/* Called like an input, so it was meant as one, whatever became of it. */
static bool is_called_input(const char *name)
{
	if (text_begins(name, "perf.all-")) /* what `perf archive --all` makes */
		return is_called_tarball(name);
	return strcmp(name, "perf.data.old") == 0 || ends_with(name, ".data") ||
	       ends_with(name, BATCH_PROFILE_NAME);
}

bool batch_input_is_profile(const char *path)
{
	const struct session none = { .standard_input = { .fd = -1 } };

	return session_is_profile(&none, path);
}

static bool is_input_file(const char *path, const char *name)
{
	return is_called_input(name) || locate_is_file(path) || batch_input_is_profile(path);
}

/* Takes the path over. */
static void add_failed(struct batch_inputs *in, char *path, const char *why)
{
	add(in, path);
	in->items[in->n - 1].why = mem_text(why, strlen(why));
}

static bool is_result(const char *folder)
{
	char *state = folder_join(folder, BATCH_STATE);
	struct stat st;
	bool is = lstat(state, &st) == 0;

	free(state);
	return is;
}

static void descend(struct batch_inputs *in, const char *folder, unsigned depth);

static void fail_folder(struct batch_inputs *in, const char *folder, int error)
{
	char why[200];

	if (error == ENOENT) /* it vanished meanwhile: nobody named it */
		return;
	snprintf(why, sizeof(why), "the folder cannot be looked into: %s", strerror(error));
	add_failed(in, mem_text(folder, strlen(folder)), why);
}

void batch_inputs_leave_out(struct batch_inputs *in, const char *folder)
{
	struct stat st;

	if (stat(folder, &st) == 0) {
		in->left_out_dev = st.st_dev;
		in->left_out_ino = st.st_ino;
	}
}

static bool is_left_out(const struct batch_inputs *in, const char *folder)
{
	struct stat st;

	return in->left_out_ino && stat(folder, &st) == 0 && st.st_dev == in->left_out_dev &&
	       st.st_ino == in->left_out_ino;
}

static void scan(struct batch_inputs *in, const char *folder, unsigned depth)
{
	size_t n;
	char **names;

	if (is_left_out(in, folder))
		return;
	names = folder_names(folder, &n);
	if (!names) {
		fail_folder(in, folder, errno);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char *path = folder_join(folder, names[i]);
		bool taken = false;
		struct stat st;

		if (lstat(path, &st) != 0) {
			/* it vanished meanwhile: nobody named it */
		} else if (S_ISDIR(st.st_mode)) {
			taken = locate_is_folder(path);
			if (!taken && !is_result(path))
				descend(in, path, depth);
		} else if (S_ISREG(st.st_mode)) {
			taken = is_input_file(path, names[i]);
		}
		if (taken)
			add(in, path);
		else
			free(path);
	}
	folder_names_free(names, n);
}

static void descend(struct batch_inputs *in, const char *folder, unsigned depth)
{
	char why[200];

	if (depth < DEEPEST) {
		scan(in, folder, depth + 1);
		return;
	}
	snprintf(why, sizeof(why), "more than %d folders in folders: name it to have it read",
		 DEEPEST);
	add_failed(in, mem_text(folder, strlen(folder)), why);
}

void batch_inputs_add(struct batch_inputs *in, const char *path)
{
	size_t len = strlen(path);
	char *own;
	struct stat st;

	while (len > 1 && path[len - 1] == '/')
		len--;
	own = mem_text(path, len);
	if (stat(own, &st) == 0 && S_ISDIR(st.st_mode) && !locate_is_folder(own)) {
		scan(in, own, 0);
		free(own);
	} else {
		add(in, own);
	}
}

/* ---- the list ---- */

static int by_path(const void *va, const void *vb)
{
	const struct batch_input *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

static int by_order(const void *va, const void *vb)
{
	const struct batch_input *a = va, *b = vb;

	return batch_input_order(a->profile, a->path, b->profile, b->path);
}

static void free_input(struct batch_input *input)
{
	free(input->path);
	free(input->why);
}

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

static uint64_t part_of(const char *path, uint64_t parts)
{
	struct digesting d;
	struct digest digest;
	uint64_t number = 0;

	digest_begin(&d);
	digest_add(&d, path, strlen(path));
	digest = digest_end(&d);
	for (int i = 0; i < 8; i++)
		number = number << 8 | digest.bytes[i];
	return number % parts;
}

void batch_inputs_finish(struct batch_inputs *in, uint64_t part, uint64_t parts)
{
	size_t n = 0;

	if (in->n)
		qsort(in->items, in->n, sizeof(*in->items), by_path);
	for (size_t i = 0; i < in->n; i++) {
		if (n && strcmp(in->items[n - 1].path, in->items[i].path) == 0)
			free_input(&in->items[i]);
		else
			in->items[n++] = in->items[i];
	}
	in->n = n;
	n = 0;
	for (size_t i = 0; i < in->n; i++) {
		if (part_of(in->items[i].path, parts) == part - 1)
			in->items[n++] = in->items[i];
		else
			free_input(&in->items[i]);
	}
	in->n = n;
	for (size_t i = 0; i < n; i++)
		in->items[i].profile = batch_input_is_profile(in->items[i].path);
	if (n)
		qsort(in->items, n, sizeof(*in->items), by_order);
}

void batch_inputs_done(struct batch_inputs *in)
{
	for (size_t i = 0; i < in->n; i++)
		free_input(&in->items[i]);
	free(in->items);
	*in = (struct batch_inputs){ .n = 0 };
}

/* ---- what lies beside it ---- */

struct side {
	uint64_t hash;
	size_t files;
	bool cut; /* there are more than SIDE_FILES */
};

static bool is_input(const char *path, const char *name)
{
	return is_input_file(path, name) || locate_is_folder(path);
}

/* Of whichever recording: its archive of symbols is looked at with it. */
static bool is_tarball_of_recording(const char *path, const char *name)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < TARBALLS; i++) {
		size_t end = strlen(tarballs[i]);
		char *own, *own_name;
		bool is;

		if (strlen(name) <= end || strcmp(path + len - end, tarballs[i]) != 0)
			continue;
		own = mem_text(path, len - end);
		own_name = mem_text(name, strlen(name) - end);
		is = is_input(own, own_name);
		free(own);
		free(own_name);
		return is;
	}
	return false;
}

static void look(struct side *s, const char *path, const char *name, unsigned depth);

/* But for what are inputs of their own, and what is theirs. */
static void look_into(struct side *s, const char *folder, unsigned depth)
{
	size_t n;
	char **names = folder_names(folder, &n);

	for (size_t i = 0; i < n && !s->cut; i++) {
		char *path = folder_join(folder, names[i]);

		if (s->files >= SIDE_FILES)
			s->cut = true;
		else if (!is_input(path, names[i]) && !is_tarball_of_recording(path, names[i]))
			look(s, path, names[i], depth);
		free(path);
	}
	folder_names_free(names, n);
}

/* A file's or folder's name, size and time; folders are followed `depth` levels down. */
static void look(struct side *s, const char *path, const char *name, unsigned depth)
{
	struct stat st;

	if (stat(path, &st) != 0 || (S_ISDIR(st.st_mode) && is_result(path)))
		return;
	s->files++;
	s->hash = hash_lasting_pair(s->hash, hash_lasting_bytes(name, strlen(name)));
	if (S_ISREG(st.st_mode)) {
		s->hash = hash_lasting_pair(s->hash, (uint64_t)st.st_size);
		s->hash = hash_lasting_pair(s->hash, (uint64_t)st.st_mtim.tv_sec * 1000000000 +
							     (uint64_t)st.st_mtim.tv_nsec);
	} else if (S_ISDIR(st.st_mode) && depth && lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		look_into(s, path, strcmp(name, "elf") == 0 ? SIDE_ELF_DEPTH : depth - 1);
	}
}

/* What all recordings in it may use. */
static struct side look_at_folder(const char *folder)
{
	char *hidden = folder_join(folder, ".build-id");
	struct side s = { 0 };

	look(&s, hidden, ".build-id", SIDE_ELF_DEPTH);
	look_into(&s, folder, SIDE_DEPTH);
	free(hidden);
	return s;
}

static bool is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || folder[len - 1] == '/');
}

/* Inputs come by path, so that those of a folder have only folders below it between them: a stack is enough. */
static const struct side_folder *side_of(struct side_folders *f, const char *folder)
{
	struct side s;

	while (f->n && strcmp(f->items[f->n - 1].path, folder) != 0 &&
	       !is_in(folder, f->items[f->n - 1].path))
		free(f->items[--f->n].path);
	if (f->n && strcmp(f->items[f->n - 1].path, folder) == 0)
		return &f->items[f->n - 1];
	s = look_at_folder(folder);
	if (s.cut && !f->cut)
		f->cut = mem_text(folder, strlen(folder));
	f->items = mem_grow(f->items, f->n, 1, &f->cap, sizeof(*f->items));
	f->items[f->n] = (struct side_folder){ mem_text(folder, strlen(folder)), s.hash };
	return &f->items[f->n++];
}

/* A directory recording's other files; its data is its content. */
static void look_inside(struct side *s, const char *folder)
{
	size_t n;
	char **names = folder_names(folder, &n);

	for (size_t i = 0; i < n; i++) {
		char *path = folder_join(folder, names[i]);

		if (!input_is_part(names[i]))
			look(s, path, names[i], SIDE_DEPTH);
		free(path);
	}
	folder_names_free(names, n);
}

uint64_t batch_input_side(struct side_folders *folders, const struct batch_input *input)
{
	size_t len = folder_length(input->path);
	char *folder =
		len ? mem_text(input->path, len) : mem_text(*input->path == '/' ? "/" : ".", 1);
	struct side s = { .hash = 0 };

	if (input->profile) { /* it has all that it needs */
		free(folder);
		return 0;
	}
	s.hash = side_of(folders, folder)->hash;

	for (size_t i = 0; i < TARBALLS; i++) {
		char *path = mem_calloc(strlen(input->path) + 16, 1);

		stpcpy(stpcpy(path, input->path), tarballs[i]);
		look(&s, path, tarballs[i], 0);
		free(path);
	}
	if (locate_is_folder(input->path))
		look_inside(&s, input->path);
	free(folder);
	return s.hash;
}

void side_folders_done(struct side_folders *f)
{
	while (f->n)
		free(f->items[--f->n].path);
	free(f->items);
	free(f->cut);
	*f = (struct side_folders){ .n = 0 };
}
