#include "commands/batch_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/locate.h"

enum {
	DEEPEST = 32,           /* of folders in folders */
	SIDE_DEPTH = 2,         /* as deep as perf maps are looked for */
	SIDE_ELF_DEPTH = 16,    /* elf/ mirrors a file system */
	SIDE_FILES = 1 << 12,   /* looked at in one folder */
	READ_AT_ONCE = 1 << 20, /* bytes */
};

static char *join(const char *dir, const char *name)
{
	char *path = mem_calloc(strlen(dir) + strlen(name) + 2, 1);

	stpcpy(stpcpy(stpcpy(path, dir), dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/"), name);
	return path;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted, without those that begin with a dot; NULL: it cannot be read. */
static char **names_in(const char *folder, size_t *n_out)
{
	DIR *d = opendir(folder);
	char **names = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	*n_out = 0;
	if (!d)
		return NULL;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		names = mem_grow(names, n, 1, &cap, sizeof(*names));
		names[n++] = mem_text(e->d_name, strlen(e->d_name));
	}
	closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	*n_out = n;
	return names ? names : mem_calloc(1, sizeof(*names));
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* ---- finding ---- */

static void add(struct batch_inputs *in, char *path)
{
	in->items = mem_grow(in->items, in->n, 1, &in->cap, sizeof(*in->items));
	in->items[in->n++] = (struct batch_input){ .path = path };
}

/* Called like a recording, so it was meant as one, whatever became of it. */
static bool is_called_recording(const char *name)
{
	size_t len = strlen(name);

	return strcmp(name, "perf.data.old") == 0 ||
	       (len > 5 && strcmp(name + len - 5, ".data") == 0);
}

/* Takes the path over. */
static void add_failed(struct batch_inputs *in, char *path, const char *why)
{
	add(in, path);
	in->items[in->n - 1].why = mem_text(why, strlen(why));
}

static bool is_result(const char *folder)
{
	char *state = join(folder, BATCH_STATE);
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

static void scan(struct batch_inputs *in, const char *folder, unsigned depth)
{
	size_t n;
	char **names = names_in(folder, &n);

	if (!names) {
		fail_folder(in, folder, errno);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char *path = join(folder, names[i]);
		bool taken = false;
		struct stat st;

		if (lstat(path, &st) != 0) {
			/* it vanished meanwhile: nobody named it */
		} else if (S_ISDIR(st.st_mode)) {
			taken = locate_is_folder(path);
			if (!taken && !is_result(path))
				descend(in, path, depth);
		} else if (S_ISREG(st.st_mode)) {
			taken = is_called_recording(names[i]) || locate_is_file(path);
		}
		if (taken)
			add(in, path);
		else
			free(path);
	}
	free_names(names, n);
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
}

void batch_inputs_done(struct batch_inputs *in)
{
	for (size_t i = 0; i < in->n; i++)
		free_input(&in->items[i]);
	free(in->items);
	*in = (struct batch_inputs){ .n = 0 };
}

/* ---- looking at one ---- */

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void include(struct file_stamp *to, const struct stat *st)
{
	int64_t mtime = ns_of(&st->st_mtim), ctime = ns_of(&st->st_ctim);

	to->size += (uint64_t)st->st_size;
	if (mtime > to->mtime_ns)
		to->mtime_ns = mtime;
	if (ctime > to->ctime_ns)
		to->ctime_ns = ctime;
}

/* Is it a file of a directory recording? */
static bool is_part(const char *name)
{
	return text_begins(name, "data");
}

bool batch_input_stamp(const char *path, struct file_stamp *out, struct error *err)
{
	struct file_stamp stamp = { 0 };
	struct stat st;
	char **names;
	size_t n;

	if (stat(path, &st) != 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	stamp.dev = st.st_dev;
	stamp.ino = st.st_ino;
	if (S_ISREG(st.st_mode)) {
		include(&stamp, &st);
		*out = stamp;
		return true;
	}
	if (!S_ISDIR(st.st_mode))
		return fail(err, ERR_IO, "it is neither a file nor a folder");
	names = names_in(path, &n);
	for (size_t i = 0; i < n; i++) {
		char *part = join(path, names[i]);

		if (is_part(names[i]) && stat(part, &st) == 0 && S_ISREG(st.st_mode))
			include(&stamp, &st);
		free(part);
	}
	free_names(names, n);
	*out = stamp;
	return true;
}

int64_t batch_input_written(const char *path)
{
	char *file = NULL;
	struct stat st;
	int64_t when = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		file = join(path, "data");
		path = file;
	}
	if (stat(path, &st) == 0)
		when = st.st_mtime;
	free(file);
	return when;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool add_file(struct digesting *d, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = READ_AT_ONCE;
	struct stat st;
	char *block;
	ssize_t n;
	int why;

	if (fd < 0)
		return fail(err, ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < READ_AT_ONCE)
		size = (size_t)st.st_size + 1; /* its end is seen, too */
	block = mem_resize(NULL, size, 1);
	while ((n = read(fd, block, size)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			digest_add(d, block, (size_t)n);
	why = errno;
	free(block);
	close(fd);
	return n == 0 || fail(err, ERR_IO, "cannot read: %s", strerror(why));
}

bool batch_input_digest(const char *path, struct digest *out, struct error *err)
{
	struct digesting d;
	bool ok = true;
	struct stat st;
	char **names;
	size_t n;

	digest_begin(&d);
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		ok = add_file(&d, path, err);
	} else {
		names = names_in(path, &n);
		for (size_t i = 0; ok && i < n; i++) {
			char *part = join(path, names[i]);

			if (is_part(names[i]) && stat(part, &st) == 0 && S_ISREG(st.st_mode)) {
				uint64_t size = (uint64_t)st.st_size;
				char head[32];
				int len = snprintf(head, sizeof(head), "%llu",
						   (unsigned long long)size);

				digest_add(&d, names[i], strlen(names[i]) + 1);
				digest_add(&d, head, (size_t)len + 1);
				ok = add_file(&d, part, err);
			}
			free(part);
		}
		free_names(names, n);
	}
	if (ok)
		*out = digest_end(&d);
	return ok;
}

/* ---- what lies beside it ---- */

struct side {
	uint64_t hash;
	size_t files;
	bool cut; /* there are more than SIDE_FILES */
};

static const char *const tarballs[] = { ".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst" };

enum { TARBALLS = sizeof(tarballs) / sizeof(tarballs[0]) };

static bool is_recording(const char *path, const char *name)
{
	return is_called_recording(name) || locate_is_file(path) || locate_is_folder(path);
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
		is = is_recording(own, own_name);
		free(own);
		free(own_name);
		return is;
	}
	return false;
}

static void look(struct side *s, const char *path, const char *name, unsigned depth);

/* But for recordings, which are inputs of their own, and what is theirs. */
static void look_into(struct side *s, const char *folder, unsigned depth)
{
	size_t n;
	char **names = names_in(folder, &n);

	for (size_t i = 0; i < n && !s->cut; i++) {
		char *path = join(folder, names[i]);

		if (s->files >= SIDE_FILES)
			s->cut = true;
		else if (!is_recording(path, names[i]) && !is_tarball_of_recording(path, names[i]))
			look(s, path, names[i], depth);
		free(path);
	}
	free_names(names, n);
}

/* A file's or folder's name, size and time; folders are followed `depth` levels down. */
static void look(struct side *s, const char *path, const char *name, unsigned depth)
{
	struct stat st;

	if (stat(path, &st) != 0 || (S_ISDIR(st.st_mode) && is_result(path)))
		return;
	s->files++;
	s->hash = hash_pair(s->hash, hash_bytes(name, strlen(name)));
	if (S_ISREG(st.st_mode)) {
		s->hash = hash_pair(s->hash, (uint64_t)st.st_size);
		s->hash = hash_pair(s->hash, (uint64_t)ns_of(&st.st_mtim));
	} else if (S_ISDIR(st.st_mode) && depth && lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		look_into(s, path, strcmp(name, "elf") == 0 ? SIDE_ELF_DEPTH : depth - 1);
	}
}

/* What all recordings in it may use. */
static struct side look_at_folder(const char *folder)
{
	char *hidden = join(folder, ".build-id");
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
	char **names = names_in(folder, &n);

	for (size_t i = 0; i < n; i++) {
		char *path = join(folder, names[i]);

		if (!is_part(names[i]))
			look(s, path, names[i], SIDE_DEPTH);
		free(path);
	}
	free_names(names, n);
}

uint64_t batch_input_side(struct side_folders *folders, const struct batch_input *input)
{
	size_t len = folder_length(input->path);
	char *folder =
		len ? mem_text(input->path, len) : mem_text(*input->path == '/' ? "/" : ".", 1);
	struct side s = { .hash = side_of(folders, folder)->hash };

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
