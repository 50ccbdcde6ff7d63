#include "commands/annotate_code.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "parser/locate.h"
#include "report/folio_view.h"
#include "report/recording_code.h"

static struct recorded_code *code_of_recording(const struct session *s, const struct loading *l)
{
	const struct recording_code_input in = {
		.recording = s->recording,
		.machine = l->machine,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.objects = l->objects,
		.jitmaps = l->jitmaps,
		.finder = l->finder,
		.texts = s->texts,
		.diag = s->diag,
	};

	return recording_code_new(&in);
}

/* ---- a folio ---- */

/* When the last sample was taken, or else the file written. */
static time_t time_of_samples(const struct folio_source *s)
{
	uint64_t ns = s->wall_ns;

	if (!s->wall_is_mtime && s->last_ns > s->first_ns)
		ns += s->last_ns - s->first_ns;
	return (time_t)(ns / 1000000000);
}

/* When the recording was written, if it still is where it was; else 0. */
static time_t time_of_recording(const struct folio_source *s)
{
	struct located at;
	struct error err;
	struct stat st;
	time_t time = 0;

	if (!locate_recording(s->path, &at, &err))
		return 0;
	if (stat(at.path, &st) == 0 && (at.is_dir || (uint64_t)st.st_size == s->size))
		time = st.st_mtime;
	located_free(&at);
	return time;
}

static void note_time(time_t *oldest, time_t time)
{
	if (time && (!*oldest || time < *oldest))
		*oldest = time;
}

/* What is newer than the oldest recording is not what ran in all of them. */
static void find_times(const struct session *s, const struct folio *f, struct folio_code_input *in)
{
	time_t profile = 0;
	struct stat st;

	for (size_t i = 0; i < s->n_inputs; i++)
		if (session_is_profile(s, s->inputs[i]) && stat(s->inputs[i], &st) == 0)
			note_time(&profile, st.st_mtime);
	for (size_t i = 0; i < f->n_sources; i++) {
		time_t time = time_of_recording(&f->sources[i]);

		note_time(&in->recorded, time ? time : time_of_samples(&f->sources[i]));
		note_time(&in->copied, time ? time : profile);
	}
}

static struct recorded_code *code_of_folio(const struct annotate_code *c, const struct session *s,
					   const struct loading *l,
					   const struct loading_options *options, bool known_paths)
{
	struct folio_code_input in = {
		.folio = l->folio,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.finder = &options->finder,
		.folders = c->folders,
		.n_folders = c->n_folders,
		.known_paths = known_paths,
		.cache = options->cache,
		.texts = s->texts,
		.diag = s->diag,
	};

	find_times(s, l->folio, &in);
	return folio_code_new(&in);
}

/* ---- folders ---- */

static bool has_directory(const struct annotate_code *c, const char *directory)
{
	for (size_t i = 0; i < c->n_directories; i++)
		if (c->directories[i] == directory)
			return true;
	return false;
}

/* Texts are interned. */
static void add_folder(struct annotate_code *c, const char *path, const char *directory)
{
	for (size_t i = 0; i < c->n_folders; i++)
		if (c->folders[i].path == path)
			return;
	c->folders = mem_resize(c->folders, c->n_folders + 1, sizeof(*c->folders));
	c->folders[c->n_folders++] = (struct code_folder){ path, directory };
	if (has_directory(c, directory))
		return;
	c->directories = mem_resize(c->directories, c->n_directories + 1, sizeof(*c->directories));
	c->directories[c->n_directories++] = directory;
}

/* Where an input lies, if it is there. */
static void add_input(struct annotate_code *c, struct texts *texts, const char *path)
{
	struct located at;
	struct error err;

	if (!locate_recording(path, &at, &err))
		return;
	add_folder(c, texts_add_z(texts, at.is_dir ? at.directory : at.path),
		   texts_add_z(texts, at.directory));
	located_free(&at);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_path(const void *va, const void *vb)
{
	const struct code_folder *a = va, *b = vb;
	int order = strcmp(a->path, b->path);

	return order ? order : strcmp(a->directory, b->directory);
}

/* Where several folders have a file it is not the order of the inputs that says which one is taken. */
static void add_inputs(struct annotate_code *c, const struct session *s, const struct folio *f,
		       bool no_host_files)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		add_input(c, s->texts, s->inputs[i]);
	for (size_t i = 0; i < f->n_sources && !no_host_files; i++)
		add_input(c, s->texts, f->sources[i].path);
	if (c->n_folders)
		qsort(c->folders, c->n_folders, sizeof(*c->folders), by_path);
	if (c->n_directories)
		qsort(c->directories, c->n_directories, sizeof(*c->directories), by_text);
}

static bool has_profile(const struct session *s)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		if (session_is_profile(s, s->inputs[i]))
			return true;
	return false;
}

/* ---- the whole ---- */

void annotate_code_begin(struct annotate_code *c, const struct session *s, const struct loading *l,
			 const struct loading_options *options, const struct source_dir *dirs,
			 size_t n_dirs)
{
	bool no_host_files = options->finder.no_host_files;
	struct source_options sources = {
		.dirs = dirs,
		.n_dirs = n_dirs,
		.no_host_files = no_host_files,
	};

	if (s->recording) {
		add_folder(c, texts_add_z(s->texts, recording_path(s->recording)),
			   texts_add_z(s->texts, recording_directory(s->recording)));
		c->code = code_of_recording(s, l);
	} else {
		folio_tell_positions(l->folio, s->diag);
		add_inputs(c, s, l->folio, no_host_files);
		c->code = code_of_folio(c, s, l, options, !no_host_files || !has_profile(s));
	}
	sources.directories = c->directories;
	sources.n_directories = c->n_directories;
	c->sources = source_files_new(&sources);
}

void annotate_code_end(struct annotate_code *c)
{
	recorded_code_free(c->code);
	source_files_free(c->sources);
	free(c->folders);
	free(c->directories);
	*c = (struct annotate_code){ .code = NULL };
}

struct annotation_input annotate_code_input(const struct annotate_code *c, const struct session *s,
					    const struct loading *l)
{
	return (struct annotation_input){
		.code = c->code,
		.collected = &l->collected,
		.functions = &l->functions,
		.frames = &l->frames,
		.events = l->events,
		.profile = l->profile,
		.shown = l->shown,
		.sources = c->sources,
		.texts = s->texts,
		.diag = s->diag,
	};
}
