#include "commands/annotate_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/options.h"
#include "commands/session.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/base/text.h"
#include "render/out.h"
#include "report/paths.h"

enum {
	NAME = 60,  /* bytes of a function's name in that of its file */
	HASH = 16,  /* digits */
	HEAD = 128, /* bytes by which a file is known as ours */
};

/* ---- names ---- */

static uint64_t mix(uint64_t h, const char *text)
{
	return hash_lasting_pair(h, hash_lasting_bytes(text, strlen(text)));
}

/* What tells functions apart (DESIGN D4), and their modules. */
static uint64_t hash_of(const struct function *f)
{
	uint64_t h = mix((uint64_t)f->kind << 1 | f->placeholder, f->name);

	h = mix(h, f->symbol);
	h = mix(h, f->module);
	h = mix(h, f->file);
	return mix(h, f->object);
}

/* Letters, digits and a few signs, none of which can begin an option or a hidden file. */
static char *name_of_file(const struct function *f, const char *suffix)
{
	char name[NAME + 1], *text;
	size_t n = 0;

	for (const char *s = f->name; *s && n < NAME; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			     (*s >= '0' && *s <= '9') || (n && (*s == '.' || *s == '-'));
		bool repeated = n && name[n - 1] == '_';

		if (plain)
			name[n++] = *s;
		else if (!repeated || *s == '_')
			name[n++] = '_';
	}
	name[n] = '\0';
	if (asprintf(&text, "%s-%016" PRIx64 ".%s", name, hash_of(f), suffix) < 0)
		return mem_text("", 0);
	return text;
}

/* ---- what may be written ---- */

static int tell(const char *path, const char *what, const char *step)
{
	fputs("perfolio: ", stderr);
	session_put(path);
	fprintf(stderr, ": %s\n  %s\n", what, step);
	return EXIT_NOTHING;
}

/* What each of the formats is called, and what is in the first bytes of its files. */
static const struct {
	const char *suffix, *mark;
} formats[] = {
	[ANNOTATE_TEXT] = { "txt", ANNOTATE_FILE_BEGIN },
	[ANNOTATE_JSON] = { "json", "\"format\":\"perfolio-annotate" },
	[ANNOTATE_XML] = { "xml", "xmlns=\"urn:perfolio:annotate" },
};

/* Does a file begin as those that are written here do? */
static bool is_ours(const char *path, enum annotate_format format)
{
	char head[HEAD + 1] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, head, HEAD) : -1;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return n == 0; /* an empty file has nothing to lose */
	return format == ANNOTATE_TEXT ? text_begins(head, formats[format].mark)
				       : strstr(head, formats[format].mark) != NULL;
}

static int may_write(const char *path, enum annotate_format format)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? EXIT_DONE
				       : tell(path, strerror(errno), "name another folder with -o");
	if (S_ISREG(st.st_mode) && is_ours(path, format))
		return EXIT_DONE;
	return tell(path, "exists and was not written by perfolio annotate; nothing is written",
		    "move it away, or name another folder with -o");
}

/* ---- writing ---- */

struct file {
	const struct annotation *a;
	const struct annotate_look *look;
	enum annotate_format format;
	char **names; /* by function; the last one is the index's */
};

static void put_function(struct out *o, const struct file *f, size_t i)
{
	switch (f->format) {
	case ANNOTATE_TEXT:
		out_text(o, ANNOTATE_FILE_BEGIN "\n\n");
		render_annotate_text(o, f->a, i, 1, f->look);
		break;
	case ANNOTATE_JSON:
		render_annotate_json(o, f->a, i, 1);
		break;
	case ANNOTATE_XML:
		render_annotate_xml(o, f->a, i, 1);
		break;
	}
}

static void put_index(struct out *o, const struct file *f)
{
	const char *const *names = (const char *const *)f->names;

	switch (f->format) {
	case ANNOTATE_TEXT:
		out_text(o, ANNOTATE_FILE_BEGIN "\n\n");
		render_annotate_index_text(o, f->a, names);
		break;
	case ANNOTATE_JSON:
		render_annotate_index_json(o, f->a, names);
		break;
	case ANNOTATE_XML:
		render_annotate_index_xml(o, f->a, names);
		break;
	}
}

static int write_file(const struct file *f, const char *folder, size_t i)
{
	char path[PATH_MAX];
	struct error err = { 0 };
	struct out *o;

	if (!path_join(path, folder, "/", f->names[i]))
		return tell(folder, "the path is too long", "name another folder with -o");
	o = out_open(path, &err);
	if (!o)
		return session_create_fail(path, &err);
	if (i < f->a->n_functions)
		put_function(o, f, i);
	else
		put_index(o, f);
	return out_close(o, &err) ? EXIT_DONE : session_output_fail(path, &err);
}

static int write_all(const struct file *f, const char *folder)
{
	size_t n = f->a->n_functions;
	char path[PATH_MAX];
	int status = EXIT_DONE;

	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return tell(folder, strerror(errno), "name a folder that can be made with -o");
	for (size_t i = 0; i <= n && status == EXIT_DONE; i++)
		status = path_join(path, folder, "/", f->names[i])
				 ? may_write(path, f->format)
				 : tell(folder, "the path is too long",
					"name another folder with -o");
	for (size_t i = 0; i <= n && status == EXIT_DONE; i++)
		status = write_file(f, folder, i);
	return status;
}

/* ---- what earlier runs wrote ---- */

/* "NAME-0123456789abcdef.txt", as name_of_file() makes it. */
static bool is_such_a_name(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = HASH + 1 + strlen(suffix);
	const char *hash = len > end ? name + len - end : NULL;

	return hash && hash[-1] == '-' && strspn(hash, "0123456789abcdef") == HASH &&
	       hash[HASH] == '.' && strcmp(hash + HASH + 1, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files of functions, as this command writes them, that are none of `f`. */
static size_t count_others(const struct file *f, const char *folder)
{
	size_t n_names = f->a->n_functions, n = 0;
	const char **names = mem_calloc(n_names, sizeof(char *));
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	for (size_t i = 0; i < n_names; i++)
		names[i] = f->names[i];
	if (n_names)
		qsort(names, n_names, sizeof(char *), by_name);
	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char path[PATH_MAX];

		n += is_such_a_name(name, formats[f->format].suffix) &&
		     !(n_names && bsearch(&name, names, n_names, sizeof(char *), by_name)) &&
		     path_join(path, folder, "/", name) && is_ours(path, f->format);
	}
	if (dir)
		closedir(dir);
	free(names);
	return n;
}

/* They stay: somebody may want to compare.  Who takes all files of the folder has to know. */
static void tell_others(const struct file *f, const char *folder)
{
	size_t n = count_others(f, folder);

	if (!n)
		return;
	fputs("perfolio: ", stderr);
	session_put(folder);
	fprintf(stderr, ": %zu %s of earlier runs %s there, too; %s names those of this one\n", n,
		plural(n, "file", "files"), plural(n, "is", "are"), f->names[f->a->n_functions]);
}

int annotate_files(const struct annotation *a, const char *folder, enum annotate_format format,
		   const struct annotate_look *look)
{
	struct file f = { .a = a, .look = look, .format = format };
	const char *suffix = formats[format].suffix;
	size_t n = a->n_functions;
	int status;

	f.names = mem_calloc(n + 1, sizeof(*f.names));
	for (size_t i = 0; i < n; i++)
		f.names[i] = name_of_file(a->functions[i].function, suffix);
	if (asprintf(&f.names[n], "index.%s", suffix) < 0)
		f.names[n] = mem_text("", 0);
	status = write_all(&f, folder);
	if (status == EXIT_DONE)
		tell_others(&f, folder);
	for (size_t i = 0; i <= n; i++)
		free(f.names[i]);
	free(f.names);
	return status;
}
