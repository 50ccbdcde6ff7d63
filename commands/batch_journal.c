#include "commands/batch_journal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/batch_folder.h"
#include "commands/input_files.h"
#include "parser/base/tsv.h"
#include "report/entry.h"

enum { YOUNG_NS = 1000000000 };

const struct known *journal_find(const struct journal *j, size_t i)
{
	return known_find(&j->known, j->b->inputs.items[i].path);
}

/* ---- what was made before ---- */

static bool has_size(const char *folder, const char *name, uint64_t bytes)
{
	char *path = batch_path(folder, name, NULL);
	struct stat st;
	bool has = stat(path, &st) == 0 && (uint64_t)st.st_size == bytes;

	free(path);
	return has;
}

/* Are the outputs that the entry lists there, and whole, and what the summary is made of? */
static bool is_whole(const struct journal *j, const char *name, uint64_t functions, struct entry *e)
{
	char *path = batch_path(j->b->dir, "recordings", name);
	char *file = batch_path(path, "entry.tsv", NULL);
	struct error err;
	bool ok = entry_read(e, file, &err) && has_size(path, BATCH_FUNCTIONS, functions);

	for (size_t i = 0; ok && i < e->n_outputs; i++)
		ok = has_size(path, e->outputs[i].name, e->outputs[i].bytes);
	free(file);
	free(path);
	return ok;
}

static bool is_name(const char *name)
{
	return *name && !strchr(name, '/') && *name != '.';
}

bool journal_was_made(struct journal *j, size_t i)
{
	struct input_result *r = &j->results[i];
	const char *path = j->b->inputs.items[i].path;
	const struct known *k = journal_find(j, i);
	struct entry e = { .bytes_read = NULL };
	bool ok;

	if (!k || j->b->again || k->duplicate || k->side != r->side ||
	    memcmp(&k->content, &r->content, sizeof(k->content)) != 0 ||
	    memcmp(&k->options, &j->b->digest, sizeof(k->options)) != 0)
		return false;
	if (k->failed)
		return true;
	ok = is_name(k->result) && is_whole(j, k->result, k->functions, &e) &&
	     (!e.when_is_file || e.profile || e.packed || e.when == input_written(path));
	r->functions = k->functions;
	entry_done(&e);
	return ok;
}

void journal_remove_older(const struct journal *j, size_t i, const char *folder)
{
	const struct known *k = journal_find(j, i);
	char content[DIGEST_TEXT], *path;

	if (!k || k->failed || k->duplicate || !is_name(k->result) ||
	    strcmp(k->result, folder) == 0 ||
	    !folder_is_of(k->result, digest_text(&j->results[i].content, content)))
		return;
	path = batch_path(j->b->dir, "recordings", k->result);
	folder_remove(path);
	free(path);
}

/* ---- what is left to later runs ---- */

static struct known known_of(const struct journal *j, size_t i)
{
	const struct input_result *r = &j->results[i];
	struct known k = {
		.path = j->b->inputs.items[i].path,
		.side = r->side,
		.content = r->content,
		.identity = r->identity,
		.options = j->b->digest,
		.failed = r->state == INPUT_FAILED || r->why,
		.duplicate = r->state == INPUT_DUPLICATE && !r->why,
		.functions = r->state == INPUT_DONE ? r->functions : 0,
		.result = r->why ? r->why : r->text,
	};

	/* A file that was just written could be written again within the clock's tick. */
	if (r->seen_ns - r->stamp.ctime_ns > YOUNG_NS)
		k.stamp = r->stamp;
	return k;
}

static bool is_journalled(const struct input_result *r)
{
	return r->has_content && !r->unusual && r->state != INPUT_WAITING;
}

/* For the journal: what the entry does not list. */
static void note_functions(struct journal *j, size_t i, const char *name)
{
	char *folder = batch_path(j->b->dir, "recordings", name);
	char *path = batch_path(folder, BATCH_FUNCTIONS, NULL);
	struct stat st;

	j->results[i].functions = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
	free(path);
	free(folder);
}

void journal_note(struct journal *j, size_t i)
{
	struct input_result *r = &j->results[i];
	const struct known *old = journal_find(j, i);
	struct known k;

	if (r->state == INPUT_DONE)
		note_functions(j, i, r->text);
	k = known_of(j, i);
	if (!j->file || !is_journalled(r) || (old && known_equal(old, &k)))
		return;
	known_put(j->file, &k);
	fflush(j->file); /* so that it survives us */
}

/* Is anything known of an input that the journal did not say when it was read? */
static bool has_learned(const struct journal *j)
{
	for (size_t i = 0; i < j->b->inputs.n; i++) {
		struct known k = known_of(j, i);
		const struct known *old = journal_find(j, i);

		if (is_journalled(&j->results[i]) && (!old || !known_equal(old, &k)))
			return true;
	}
	return false;
}

/* A line for each input. */
static void rewrite(const struct journal *j, const char *path)
{
	char *aside = batch_path(j->b->dir, BATCH_WORK, "known");
	FILE *f = fopen(aside, "we");
	struct error err;

	for (size_t i = 0; f && i < j->b->inputs.n; i++) {
		struct known k = known_of(j, i);

		if (is_journalled(&j->results[i]))
			known_put(f, &k);
	}
	if (f && fflush(f) == 0)
		(void)fsync(fileno(f));
	if (!f || !tsv_end(f, &err) || rename(aside, path) != 0)
		unlink(aside); /* the longer one says the same */
	free(aside);
}

/* ---- the file ---- */

void journal_open(struct journal *j, const struct batch *b, struct input_result *results)
{
	char *path = batch_path(b->dir, BATCH_STATE, "known");

	*j = (struct journal){ .b = b, .results = results };
	known_read(&j->known, path);
	j->file = fopen(path, "ae");
	free(path);
}

void journal_close(struct journal *j, bool ended)
{
	char *path = batch_path(j->b->dir, BATCH_STATE, "known");

	if (j->file)
		fclose(j->file);
	if (ended && has_learned(j))
		rewrite(j, path);
	known_done(&j->known);
	free(path);
}
