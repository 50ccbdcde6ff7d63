#include "commands/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands/batch_folder.h"
#include "commands/batch_index.h"
#include "commands/batch_join.h"
#include "commands/batch_prune.h"
#include "commands/batch_work.h"
#include "commands/commands.h"
#include "commands/input_files.h"
#include "commands/output_path.h"
#include "commands/outputs.h"
#include "parser/base/memory.h"
#include "parser/base/tsv.h"
#include "report/entry.h"

enum {
	LIMIT = 50,         /* functions in a list of the summary */
	MOST_JOBS = 1024,   /* far more than help */
	TOLD_FAILURES = 20, /* one by one; the index has all */
	LOCK_PATIENCE = 20, /* tenths of a second: a killed batch's processes may not be gone yet */
};

/* Texts of outputs are made for so many columns, whatever terminal looks on. */
#define COLUMNS "100"

const struct option_row batch_options[] = {
	{ "dir", 'o', "DIR", NULL, "where the results go; made if it is not there", 'o' },
	{ "output", 0, "NAME,...", NULL,
	  "what to make of each recording (" BATCH_DEFAULT_OUTPUTS "), see perfolio-batch(1)",
	  OPT_OUTPUTS },
	{ "jobs", 'j', "N", NULL, "recordings read at the same time (the number of processors)",
	  'j' },
	{ "limit", 0, "N", NULL, "at most N functions in each list of the summary (50; 0: all)",
	  OPT_LIMIT },
	{ "timeout", 0, "SECONDS", NULL, "give up a recording that takes longer (0: never)",
	  OPT_TIMEOUT },
	{ "again", 0, NULL, NULL, "read all anew, what was made before, too", OPT_AGAIN },
	{ "prune", 0, NULL, NULL, "remove what was made of recordings that are no inputs any more",
	  OPT_PRUNE },
	{ "shard", 0, "I/N", NULL, "only the I-th of N parts of the inputs", OPT_SHARD },
	{ "join", 0, NULL, NULL, "index and summary of the results in the folders INPUT...",
	  OPT_JOIN },
	{ "quiet", 'q', NULL, NULL, "no progress on standard error, only errors", 'q' },
	ROWS_LOADING,
	ROW_END,
};

struct asked {
	struct batch batch;
	uint64_t part, parts;
	bool join;
	bool decided;       /* an option says what is to be made of recordings */
	bool reading;       /* ... or how they are read, or what of the results is kept */
	const char **named; /* -i */
	size_t n_named, cap_named;
	struct digesting digesting;
};

char *batch_path(const char *dir, const char *a, const char *b)
{
	char *path = mem_calloc(strlen(dir) + strlen(a) + (b ? strlen(b) : 0) + 3, 1);
	char *end = stpcpy(stpcpy(stpcpy(path, dir), "/"), a);

	if (b)
		stpcpy(stpcpy(end, "/"), b);
	return path;
}

int64_t batch_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void batch_forget_index(const char *dir)
{
	char *path = batch_path(dir, BATCH_STATE, "index");

	unlink(path);
	free(path);
}

/* ---- options ---- */

static bool take_shard(struct asked *a, const struct options *o)
{
	char *slash, *end;

	errno = 0;
	a->part = strtoull(o->arg, &slash, 10);
	a->parts = *slash == '/' ? strtoull(slash + 1, &end, 10) : 0;
	if (!errno && *o->arg >= '0' && *o->arg <= '9' && *slash == '/' && slash[1] >= '0' &&
	    slash[1] <= '9' && !*end && a->part >= 1 && a->part <= a->parts)
		return true;
	options_usage(o, "--shard takes I/N with I from 1 to N, not '%s'", o->arg);
	return false;
}

static bool take_outputs(struct asked *a, const struct options *o)
{
	struct error err;

	if (batch_outputs_parse(&a->batch.outputs, o->arg, &err))
		return true;
	options_usage(o, "--output: %s", err.what);
	return false;
}

static bool take_option(struct asked *a, const struct options *o, int id)
{
	struct batch *b = &a->batch;
	bool wrong = false;

	if (id == 'i') { /* one input more, as an operand is */
		a->named = mem_grow(a->named, a->n_named, 1, &a->cap_named, sizeof(*a->named));
		a->named[a->n_named++] = o->arg;
		return true;
	}
	if (loading_option(&b->loading, o, id, &wrong))
		return !wrong;
	switch (id) {
	case 'o':
		b->dir = o->arg;
		return true;
	case 'j':
		return options_number(o, "jobs", 1, MOST_JOBS, &b->jobs);
	case 'q':
		return b->quiet = true;
	case OPT_OUTPUTS:
		return take_outputs(a, o);
	case OPT_LIMIT:
		return options_number(o, "limit", 0, SIZE_MAX, &b->limit);
	case OPT_TIMEOUT:
		return options_number(o, "timeout", 0, INT32_MAX, &b->timeout_s);
	case OPT_SHARD:
		return take_shard(a, o);
	case OPT_JOIN:
		return a->join = true;
	case OPT_AGAIN:
		return b->again = true;
	case OPT_PRUNE:
		return b->prune = true;
	default:
		return true;
	}
}

/* Does the option decide what is made of a recording? */
static bool decides(int id)
{
	static const int others[] = { 'i',       'o',         'j',        'q',      'v',
				      OPT_LIMIT, OPT_TIMEOUT, OPT_SHARD,  OPT_JOIN, OPT_AGAIN,
				      OPT_PRUNE, OPT_STRICT,  OPT_OUTPUTS };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i] == id)
			return false;
	return true;
}

/* For the digest: an option and what was said with it, as it was said. */
static void note_option(struct asked *a, const struct options *o, int id)
{
	a->decided |= id == OPT_OUTPUTS || decides(id);
	a->reading |= id == 'j' || id == OPT_TIMEOUT || id == OPT_AGAIN || id == OPT_PRUNE;
	if (!decides(id))
		return;
	digest_add(&a->digesting, &id, sizeof(id));
	if (o->arg)
		digest_add(&a->digesting, o->arg, strlen(o->arg));
	digest_add(&a->digesting, "", 1);
}

static void finish_digest(struct asked *a)
{
	static const char version[] = PACKAGE_VERSION "/" ENTRY_FUNCTIONS_VERSION;

	digest_add(&a->digesting, version, sizeof(version));
	digest_add(&a->digesting, a->batch.outputs.chosen, sizeof(a->batch.outputs.chosen));
	a->batch.digest = digest_end(&a->digesting);
}

static uint64_t processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
		return (uint64_t)CPU_COUNT(&set);
	return 1;
}

/* ---- the folder of results ---- */

static bool make_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) == 0 ||
	    (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return true;
	session_say("perfolio batch: cannot make the folder %s: %s", path, strerror(errno));
	fputc('\n', stderr);
	return false;
}

/* The lock, held until the program ends; -1: told. */
static int lock_folder(const char *dir)
{
	const struct timespec tenth = { 0, 100000000 };
	char *path = batch_path(dir, BATCH_STATE, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	int tries = 0;

	free(path);
	if (fd < 0) {
		session_say("perfolio batch: cannot write in %s: %s", dir, strerror(errno));
		fputc('\n', stderr);
		return -1;
	}
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK) /* a file system without locks */
			return fd;
		if (tries++ == LOCK_PATIENCE) {
			fprintf(stderr,
				"perfolio batch: another batch is writing in %s\n"
				"  wait for it, or name another folder; parts of one batch (--shard) need one each\n",
				dir);
			close(fd);
			return -1;
		}
		nanosleep(&tenth, NULL);
	}
	return fd;
}

static int open_folder(const char *dir)
{
	static const char *const parts[] = { "recordings", BATCH_STATE };
	char *work = batch_path(dir, BATCH_WORK, NULL);
	bool ok = make_folder(dir);
	int lock = -1;

	for (size_t i = 0; ok && i < 2; i++) {
		char *path = batch_path(dir, parts[i], NULL);

		ok = make_folder(path);
		free(path);
	}
	if (ok)
		lock = lock_folder(dir);
	if (lock >= 0) {
		folder_remove(work); /* what an interrupted run left */
		if (!make_folder(work)) {
			close(lock);
			lock = -1;
		}
	}
	free(work);
	return lock;
}

/* ---- the index ---- */

/* What the entry of a recording says, as bytes; it names its options and outputs, too. */
static void add_entry(struct digesting *d, const char *dir, const char *folder)
{
	char *recording = batch_path(dir, "recordings", folder);
	char *path = batch_path(recording, "entry.tsv", NULL);
	struct digest digest = { .bytes = { 0 } };
	struct error err;

	if (input_digest(path, &digest, &err)) /* else reading it for the index tells */
		digest_add(d, digest.bytes, sizeof(digest.bytes));
	free(path);
	free(recording);
}

static struct digest digest_of(const struct batch *b, const struct listing *l)
{
	static const char version[] = PACKAGE_VERSION;
	struct digesting d;

	digest_begin(&d);
	digest_add(&d, version, sizeof(version));
	digest_add(&d, b->digest.bytes, sizeof(b->digest.bytes));
	digest_add(&d, &b->limit, sizeof(b->limit));
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *item = &l->items[i];

		digest_add(&d, item->path, strlen(item->path) + 1);
		digest_add(&d, item->content, strlen(item->content) + 1);
		digest_add(&d, &item->state, sizeof(item->state));
		digest_add(&d, item->text, strlen(item->text) + 1);
		if (item->state == INPUT_DONE)
			add_entry(&d, b->dir, item->text);
	}
	return digest_end(&d);
}

static bool documents_are_there(const char *dir)
{
	bool there = true;

	for (size_t i = 0; i < BATCH_FORMATS && there; i++) {
		char *path = batch_path(dir, batch_formats[i]->file, NULL);

		there = access(path, F_OK) == 0;
		free(path);
	}
	return there;
}

/* What the documents of an earlier run were made of. */
static bool is_index_of(const char *dir, const struct digest *wanted)
{
	char *path = batch_path(dir, BATCH_STATE, "index");
	struct digest found;
	struct error err;
	struct tsv t;
	bool is = false;

	if (tsv_open(&t, path, DIGEST_TEXT, &err)) {
		is = tsv_next(&t) && digest_parse(&found, t.field[0]) &&
		     memcmp(&found, wanted, sizeof(found)) == 0;
		tsv_close(&t);
	}
	free(path);
	return is && documents_are_there(dir);
}

static void note_index(const char *dir, const struct digest *d)
{
	char *path = batch_path(dir, BATCH_STATE, "index");
	FILE *f = fopen(path, "we");
	char text[DIGEST_TEXT];
	struct error err;

	if (f) {
		fprintf(f, "%s\n", digest_text(d, text));
		if (!tsv_end(f, &err))
			unlink(path);
	}
	free(path);
}

/* unchanged: no recording was read. */
static bool write_index(const struct batch *b, const struct listing *l, bool unchanged,
			struct index_totals *totals)
{
	struct digest digest = digest_of(b, l);
	struct error err;

	if (unchanged && !b->loading.strict && is_index_of(b->dir, &digest))
		return true;
	batch_forget_index(b->dir);
	if (listing_write(l, b->dir, &err) &&
	    batch_index_write(l, b->dir, (size_t)b->limit, totals, &err)) {
		note_index(b->dir, &digest);
		return true;
	}
	fputs("perfolio batch: ", stderr);
	session_put(err.what);
	fputs("\n  the index was not made; see to room and permissions, and run it again\n",
	      stderr);
	return false;
}

/* ---- telling ---- */

static void tell_failures(const struct listing *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].state != INPUT_FAILED || n++ >= TOLD_FAILURES)
			continue;
		fputs("perfolio: ", stderr);
		session_put(l->items[i].path);
		fputs(": ", stderr);
		session_put(l->items[i].text);
		fputc('\n', stderr);
	}
	if (n > TOLD_FAILURES)
		fprintf(stderr, "perfolio: %zu more failed; the index lists them\n",
			n - TOLD_FAILURES);
}

static size_t count(const struct listing *l, enum input_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].state == state;
	return n;
}

static void tell_end(const struct batch *b, const struct listing *l, const struct work_done *done)
{
	size_t read = count(l, INPUT_DONE), failed = count(l, INPUT_FAILED);
	size_t duplicates = count(l, INPUT_DUPLICATE);

	tell_failures(l);
	if (b->quiet)
		return;
	if (done && done->cut) {
		session_say("perfolio batch: %s: too many files to look at all of them", done->cut);
		fputs("\n  what changes in the rest is not noticed by the next run; --again reads all anew\n",
		      stderr);
	}
	fprintf(stderr, "perfolio batch: %zu recording%s", read, read == 1 ? "" : "s");
	if (done && done->same)
		fprintf(stderr, " (%zu as they were)", done->same);
	if (failed)
		fprintf(stderr, ", %zu failed", failed);
	if (duplicates)
		fprintf(stderr, ", %zu with the content of another", duplicates);
	if (done && done->pruned)
		fprintf(stderr, ", what was made of %zu %s removed", done->pruned,
			done->pruned == 1 ? "other" : "others");
	session_say(": %s/index.html", b->dir);
	fputc('\n', stderr);
}

/* --strict: as if what cannot be used without limits had failed. */
static int status_of(const struct batch *b, const struct listing *l, const struct index_totals *t)
{
	if (!count(l, INPUT_DONE)) /* a duplicate is no more than its first */
		return EXIT_NOTHING;
	if (b->loading.strict && (t->verdicts[VERDICT_LIMITED] || t->verdicts[VERDICT_UNUSABLE]))
		return EXIT_UNWELL;
	return count(l, INPUT_FAILED) ? EXIT_UNWELL : EXIT_DONE;
}

/* ---- the inputs ---- */

/* Is it in this folder, which is an absolute path without links? */
static bool lies_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	char *own = realpath(path, NULL);
	bool lies = own && strncmp(own, folder, len) == 0 && (own[len] == '/' || !own[len]);

	free(own);
	return lies;
}

/* What this batch made is not what it reads: else each run would find the profiles of the one before. */
static int add_input(struct asked *a, const struct options *o, const char *own_results,
		     const char *path)
{
	if (own_results && lies_in(path, own_results))
		return options_usage(
			o, "%s is among the results of this batch: name another -o DIR", path);
	batch_inputs_add(&a->batch.inputs, path);
	return EXIT_DONE;
}

static int find_inputs(struct asked *a, const struct options *o)
{
	char *folder = batch_path(a->batch.dir, "recordings", NULL);
	char *own = realpath(folder, NULL);
	int status = EXIT_DONE;

	batch_inputs_leave_out(&a->batch.inputs, folder);
	for (size_t i = 0; i < a->n_named && status == EXIT_DONE; i++)
		status = add_input(a, o, own, a->named[i]);
	for (size_t i = 0; i < o->n_operands && status == EXIT_DONE; i++)
		status = add_input(a, o, own, o->operands[i]);
	free(own);
	free(folder);
	return status;
}

/* ---- the two ways ---- */

static void list_results(const struct batch *b, const struct input_result *results,
			 struct listing *l)
{
	for (size_t i = 0; i < b->inputs.n; i++) {
		const struct input_result *r = &results[i];
		char content[DIGEST_TEXT] = "";
		struct listed item = {
			.path = b->inputs.items[i].path,
			.content = r->has_content ? digest_text(&r->identity, content) : "",
			.state = r->state,
			.text = r->text ? r->text : "",
			.profile = b->inputs.items[i].profile,
			.from = b->dir,
		};

		listing_add(l, &item);
	}
}

static int tell_no_output(const struct work_done *done, size_t inputs)
{
	fputs("perfolio batch: ", stderr);
	session_put(done->why);
	fprintf(stderr,
		"\n  it ended after %zu of %zu inputs; the same command goes on there, once there is room\n",
		done->done + done->failed + done->duplicates, inputs);
	return done->done ? EXIT_UNWELL : EXIT_NOTHING;
}

static int run(struct asked *a)
{
	struct batch *b = &a->batch;
	struct input_result *results;
	struct index_totals totals = { 0 };
	struct work_done done;
	struct listing l;
	int status;

	if (!b->inputs.n) {
		fputs("perfolio batch: there is no recording or profile file in what was named\n",
		      stderr);
		return EXIT_NOTHING;
	}
	batch_inputs_finish(&b->inputs, a->part, a->parts);
	results = mem_calloc(b->inputs.n, sizeof(*results));
	listing_begin(&l);
	batch_work(b, results, &done);
	list_results(b, results, &l);
	if (done.no_output) {
		status = tell_no_output(&done, b->inputs.n);
	} else if (!write_index(b, &l, done.same == done.done, &totals)) {
		status = EXIT_NOTHING;
	} else {
		done.pruned = b->prune ? batch_prune(b->dir, &l) : 0;
		tell_end(b, &l, &done);
		status = l.n ? status_of(b, &l, &totals) : EXIT_DONE; /* a part may be empty */
	}
	for (size_t i = 0; i < b->inputs.n; i++) {
		free(results[i].text);
		free(results[i].why);
	}
	free(results);
	free(done.cut);
	listing_done(&l);
	return status;
}

static int join(struct asked *a, const struct options *o)
{
	struct index_totals totals = { 0 };
	struct listing l;
	struct error err;
	int status = EXIT_NOTHING;

	listing_begin(&l);
	batch_forget_index(a->batch.dir);
	if (!batch_join(o->operands, o->n_operands, a->batch.dir, &l, &err)) {
		fputs("perfolio batch: ", stderr);
		session_put(err.what);
		fputs(err.kind == ERR_USAGE
			      ? "\n"
			      : "\n  --join takes folders in which a batch came to its end\n",
		      stderr);
		status = err.kind == ERR_USAGE ? EXIT_USAGE : EXIT_NOTHING;
	} else if (write_index(&a->batch, &l, false, &totals)) {
		tell_end(&a->batch, &l, NULL);
		status = status_of(&a->batch, &l, &totals);
	}
	listing_done(&l);
	return status;
}

static int check(struct asked *a, const struct options *o)
{
	if (!a->batch.dir)
		return options_usage(o, "say where the results go: -o DIR");
	if (!output_folder_check(o, a->batch.dir))
		return EXIT_USAGE;
	if (a->join && (a->parts > 1 || a->n_named))
		return options_usage(o, "--join takes folders of results, and no --shard");
	if (a->join && a->decided)
		return options_usage(
			o,
			"--join takes results as they are: no options for how recordings are read");
	if (a->join && a->reading)
		return options_usage(
			o, "--join reads no recordings: no --jobs, --timeout, --again or --prune");
	if (a->parts > 1 && a->batch.prune)
		return options_usage(
			o, "--prune would remove the other parts' results: it takes no --shard");
	if (a->batch.loading.filtering.grouping.n &&
	    batch_outputs_show_functions(&a->batch.outputs))
		return options_usage(o, "annotate shows functions: it takes no --group-by");
	if (!o->n_operands && !a->n_named)
		return options_usage(o, "name recordings, or folders with recordings");
	return EXIT_DONE;
}

int command_batch(const struct command *self, int argc, char **argv)
{
	struct asked a = { .part = 1, .parts = 1 };
	struct batch *b = &a.batch;
	struct options o;
	int id, lock = -1, status = EXIT_USAGE;
	struct error err;

	loading_options_begin(&b->loading);
	b->options = &o;
	b->limit = LIMIT;
	b->jobs = processors();
	digest_begin(&a.digesting);
	options_begin(&o, self, argc, argv);
	while ((id = options_next(&o)) > 0) {
		if (!take_option(&a, &o, id))
			goto done;
		note_option(&a, &o, id);
		save_note(&b->typed, &o, id);
	}
	if (id != OPTIONS_END) {
		status = id == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		goto done;
	}
	status = check(&a, &o);
	if (status != EXIT_DONE)
		goto done;
	if (!b->outputs.any)
		batch_outputs_parse(&b->outputs, BATCH_DEFAULT_OUTPUTS, &err);
	finish_digest(&a);
	status = EXIT_NOTHING;
	lock = open_folder(b->dir);
	if (lock < 0)
		goto done;
	setenv("COLUMNS", COLUMNS, 1);
	status = a.join ? EXIT_DONE : find_inputs(&a, &o);
	if (status == EXIT_DONE)
		status = a.join ? join(&a, &o) : run(&a);
	close(lock);
done:
	free(a.named);
	free(b->typed);
	batch_inputs_done(&b->inputs);
	loading_options_end(&b->loading);
	options_end(&o);
	return status;
}
