/*
 * What happens to an input:
 *
 *	             a process reads it            here, in the order of the inputs
 *	WAITING ───► digest ───► "hashed" ────────► the same content before? ──► DUPLICATE
 *	    │                                       made before? ──────────────► DONE (same)
 *	    │                                       else "go"
 *	    │                    outputs ◄──────────────┘
 *	    │                        └──► DONE or FAILED
 *	    └──► the journal knows the file: its digest is known, often without any process
 *
 * Which of two equal inputs is the first must not depend on who is faster: so it is decided in their order, and a
 * process that is ahead waits.
 */
#include "commands/batch_work.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands/batch_folder.h"
#include "commands/batch_identity.h"
#include "commands/batch_known.h"
#include "commands/batch_one.h"
#include "commands/batch_progress.h"
#include "parser/base/memory.h"
#include "parser/base/tsv.h"
#include "report/object_cache.h"

enum {
	YOUNG_NS = 1000000000,
	CACHE_BYTES = 256 << 20, /* of object files that a process keeps open (perfolio-batch(1)) */
	KEPT_BYTES =
		16
		<< 20, /* of free memory between recordings: to give it back and have it again costs page faults */
};

/* What the summary reads of a recording. */
#define FUNCTIONS "functions.tsv"

/* ---- what the processes say to each other; datagrams, so each comes whole ---- */

enum to_worker { TO_READ, TO_GO, TO_SKIP };
enum from_worker { FROM_HASHED, FROM_RESULT };

struct order {
	enum to_worker what;
	bool has_content;
	size_t input;
	struct digest content;
};

struct answer {
	enum from_worker what;
	struct digest content, identity;
	struct file_stamp stamp;
	int64_t now_ns; /* when the stamp was taken */
	struct one_result result;
};

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t passed_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- in the process ---- */

static bool say(int fd, const struct answer *a)
{
	ssize_t n;

	do
		n = send(fd, a, sizeof(*a), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*a);
}

static bool hear(int fd, struct order *o)
{
	ssize_t n;

	do
		n = recv(fd, o, sizeof(*o), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*o);
}

/* False: nobody listens any more. */
static bool serve(const struct batch *b, int fd, int messages, struct object_cache *cache,
		  const struct order *o)
{
	const struct batch_input *input = &b->inputs.items[o->input];
	struct answer a = { .what = FROM_HASHED, .content = o->content };
	struct error err;
	struct order next;

	a.now_ns = wall_ns();
	if (!input_stamp(input->path, &a.stamp, &err) ||
	    (!o->has_content && !input_digest(input->path, &a.content, &err))) {
		a.what = FROM_RESULT;
		a.result.outcome = ONE_UNUSUAL;
		snprintf(a.result.text, sizeof(a.result.text), "%s", err.what);
		return say(fd, &a);
	}
	a.identity = batch_identity(input->path, &a.content);
	if (!say(fd, &a) || !hear(fd, &next))
		return false;
	if (next.what == TO_SKIP)
		return true;
	if (ftruncate(messages, 0) != 0 || lseek(messages, 0, SEEK_SET) != 0) {
		/* old messages stay: only a reason could be the wrong one */
	}
	a.what = FROM_RESULT;
	batch_one(b, input, &a.content, &a.stamp, cache, messages, &a.result);
	return say(fd, &a);
}

static _Noreturn void worker(const struct batch *b, int fd, int messages)
{
	struct object_cache *cache = object_cache_new(CACHE_BYTES);
	struct order o;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	if (dup2(messages, STDERR_FILENO) < 0)
		_exit(1);
	while (hear(fd, &o))
		if (!serve(b, fd, messages, cache, &o))
			break;
	_exit(0);
}

/* ---- here ---- */

enum stage { IDLE, HASHING, ASKING, MAKING };

struct process {
	pid_t pid; /* 0: none */
	int fd;
	int messages;
	enum stage stage;
	size_t input;     /* unless IDLE */
	size_t served;    /* inputs before this one */
	int64_t deadline; /* of passed_ms(); 0: none */
	bool timed_out;
};

/* What is known of an input beside its result. */
struct task {
	bool hashed, decided, tried; /* tried: a process broke down over it */
	struct file_stamp stamp;
	int64_t now_ns;
	uint64_t side;
	uint64_t functions; /* bytes of functions.tsv */
};

struct work {
	const struct batch *b;
	struct input_result *results;
	struct work_done *done;
	struct task *tasks;
	struct process *processes;
	size_t n_processes;
	size_t next;    /* to be given out */
	size_t decided; /* all before it are */
	size_t *again;  /* inputs to be given out once more */
	size_t n_again, cap_again;
	uint32_t *slots; /* of decided inputs by identity: index + 1 */
	size_t mask;
	struct known_list known;
	FILE *journal;
	bool index_forgotten;
	struct side_folders folders;
	struct batch_progress progress;
};

/* ---- the first of equal inputs ---- */

static size_t slot_of(const struct work *w, const struct digest *identity)
{
	uint64_t hash;
	size_t at;

	memcpy(&hash, identity->bytes, sizeof(hash));
	for (at = hash & w->mask; w->slots[at]; at = (at + 1) & w->mask)
		if (memcmp(&w->results[w->slots[at] - 1].identity, identity, sizeof(*identity)) ==
		    0)
			break;
	return at;
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
static bool is_whole(const struct work *w, const char *name, uint64_t functions, struct entry *e)
{
	char *path = batch_path(w->b->dir, "recordings", name);
	char *file = batch_path(path, "entry.tsv", NULL);
	struct error err;
	bool ok = entry_read(e, file, &err) && has_size(path, FUNCTIONS, functions);

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

/* Was all made already of this content, with these options, and what lies beside it? */
static bool was_made(struct work *w, size_t i)
{
	const struct input_result *r = &w->results[i];
	struct task *t = &w->tasks[i];
	const char *path = w->b->inputs.items[i].path;
	const struct known *k = known_find(&w->known, path);
	struct entry e = { .bytes_read = NULL };
	bool ok;

	if (!k || w->b->again || k->duplicate || k->side != t->side ||
	    memcmp(&k->content, &r->content, sizeof(k->content)) != 0 ||
	    memcmp(&k->options, &w->b->digest, sizeof(k->options)) != 0)
		return false;
	if (k->failed)
		return true;
	ok = is_name(k->result) && is_whole(w, k->result, k->functions, &e) &&
	     (!e.when_is_file || e.profile || e.when == input_written(path));
	t->functions = k->functions;
	entry_done(&e);
	return ok;
}

/* ---- results ---- */

static void set_text(struct input_result *r, enum input_state state, const char *text)
{
	free(r->text);
	r->state = state;
	r->text = mem_text(text, strlen(text));
}

static struct known known_of(const struct work *w, size_t i)
{
	const struct task *t = &w->tasks[i];
	const struct input_result *r = &w->results[i];
	struct known k = {
		.path = w->b->inputs.items[i].path,
		.side = t->side,
		.content = r->content,
		.identity = r->identity,
		.options = w->b->digest,
		.failed = r->state == INPUT_FAILED,
		.duplicate = r->state == INPUT_DUPLICATE,
		.functions = r->state == INPUT_DONE ? t->functions : 0,
		.result = r->text,
	};

	/* A file that was just written could be written again within the clock's tick. */
	if (t->now_ns - t->stamp.ctime_ns > YOUNG_NS)
		k.stamp = t->stamp;
	return k;
}

static void note(struct work *w, size_t i)
{
	struct known k = known_of(w, i);

	if (!w->journal || w->results[i].unusual || !w->results[i].has_content)
		return;
	known_put(w->journal, &k);
	fflush(w->journal); /* so that it survives us */
}

/* Unless the journal has that line. */
static void note_new(struct work *w, size_t i)
{
	struct known k = known_of(w, i);
	const struct known *old = known_find(&w->known, k.path);

	if (!old || !known_equal(old, &k))
		note(w, i);
}

/* For the journal: what the entry does not list. */
static void note_functions(struct work *w, size_t i, const char *name)
{
	char *folder = batch_path(w->b->dir, "recordings", name);
	char *path = batch_path(folder, FUNCTIONS, NULL);
	struct stat st;

	w->tasks[i].functions = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
	free(path);
	free(folder);
}

static void finish(struct work *w, size_t i, enum input_state state, const char *text)
{
	set_text(&w->results[i], state, text);
	if (state == INPUT_DONE)
		w->done->done++;
	else if (state == INPUT_FAILED)
		w->done->failed++;
	else
		w->done->duplicates++;
	batch_progress_show(&w->progress, w->done->done + w->done->failed + w->done->duplicates,
			    w->done->failed);
}

/* Under its old name nobody would look for it. */
static void remove_old_folder(struct work *w, size_t i, const char *name)
{
	const struct known *k = known_find(&w->known, w->b->inputs.items[i].path);
	char content[DIGEST_TEXT], *path;

	if (!k || k->failed || k->duplicate || !is_name(k->result) ||
	    strcmp(k->result, name) == 0 ||
	    !folder_is_of(k->result, digest_text(&w->results[i].content, content)))
		return;
	path = batch_path(w->b->dir, "recordings", k->result);
	folder_remove(path);
	free(path);
}

static void take_result(struct work *w, size_t i, const struct one_result *r)
{
	switch (r->outcome) {
	case ONE_DONE:
		remove_old_folder(w, i, r->text);
		finish(w, i, INPUT_DONE, r->text);
		note_functions(w, i, r->text);
		note(w, i);
		break;
	case ONE_FAILED:
	case ONE_UNUSUAL:
		w->results[i].unusual = r->outcome == ONE_UNUSUAL;
		finish(w, i, INPUT_FAILED, r->text);
		note(w, i);
		break;
	case ONE_NO_OUTPUT:
		w->done->no_output = true;
		snprintf(w->done->why, sizeof(w->done->why), "%s", r->text);
		break;
	}
}

/* ---- deciding, in the order of the inputs ---- */

enum decision { GO, SKIP };

static enum decision decide(struct work *w, size_t i)
{
	struct input_result *r = &w->results[i];
	size_t at = slot_of(w, &r->identity);
	const struct known *k;

	w->tasks[i].decided = true;
	if (w->slots[at]) {
		finish(w, i, INPUT_DUPLICATE, w->b->inputs.items[w->slots[at] - 1].path);
		note_new(w, i);
		return SKIP;
	}
	w->slots[at] = (uint32_t)i + 1;
	if (!was_made(w, i))
		return GO;
	k = known_find(&w->known, w->b->inputs.items[i].path);
	finish(w, i, k->failed ? INPUT_FAILED : INPUT_DONE, k->result);
	w->done->same += !k->failed;
	return SKIP;
}

static bool tell(struct process *p, enum to_worker what, size_t input, const struct digest *content)
{
	struct order o = { .what = what, .input = input, .has_content = content != NULL };

	if (content)
		o.content = *content;
	return send(p->fd, &o, sizeof(o), MSG_NOSIGNAL) == (ssize_t)sizeof(o);
}

/* Its time begins anew: waiting for others is not its fault. */
static void begin_time(const struct work *w, struct process *p)
{
	p->deadline = w->b->timeout_s ? passed_ms() + (int64_t)w->b->timeout_s * 1000 : 0;
}

static void let_go(struct work *w, struct process *p)
{
	p->stage = MAKING;
	begin_time(w, p);
	if (!w->index_forgotten)
		batch_forget_index(w->b->dir);
	w->index_forgotten = true;
	tell(p, TO_GO, p->input, NULL); /* a broken one is seen when it is read */
}

static struct process *process_of(struct work *w, size_t input)
{
	for (size_t p = 0; p < w->n_processes; p++)
		if (w->processes[p].pid && w->processes[p].stage != IDLE &&
		    w->processes[p].input == input)
			return &w->processes[p];
	return NULL;
}

/* Those whose turn has come: all before them are hashed, or will never be. */
static void decide_ready(struct work *w)
{
	for (; w->decided < w->b->inputs.n; w->decided++) {
		size_t i = w->decided;
		struct process *p;

		if (w->results[i].state != INPUT_WAITING)
			continue;
		if (!w->tasks[i].hashed)
			return;
		if (w->tasks[i].decided)
			continue;
		p = process_of(w, i);
		if (decide(w, i) == GO) {
			if (p) {
				let_go(w, p);
			} else {
				w->again = mem_grow(w->again, w->n_again, 1, &w->cap_again,
						    sizeof(*w->again));
				w->again[w->n_again++] = i;
			}
		} else if (p) {
			p->stage = IDLE;
			p->served++;
			tell(p, TO_SKIP, i, NULL);
		}
	}
}

/* ---- giving out ---- */

/* The journal may know the file, so that it need not be read. */
static bool is_known(struct work *w, size_t i)
{
	const struct batch_input *input = &w->b->inputs.items[i];
	const struct known *k = known_find(&w->known, input->path);
	struct task *t = &w->tasks[i];
	struct error err;

	t->side = batch_input_side(&w->folders, input);
	if (!k || w->b->again || !input_stamp(input->path, &t->stamp, &err) ||
	    !file_stamp_equal(&k->stamp, &t->stamp))
		return false;
	t->now_ns = wall_ns();
	t->hashed = true;
	w->results[i].has_content = true;
	w->results[i].content = k->content;
	w->results[i].identity = k->identity;
	return true;
}

/* At once: others may wait for its digest.  Nothing is decided of it while it has no process. */
static void give_again(struct work *w, size_t i)
{
	w->tasks[i].hashed = w->tasks[i].hashed && w->tasks[i].decided;
	w->again = mem_grow(w->again, w->n_again, 1, &w->cap_again, sizeof(*w->again));
	memmove(w->again + 1, w->again, w->n_again++ * sizeof(*w->again));
	w->again[0] = i;
}

static size_t take_again(struct work *w)
{
	size_t i = w->again[0];

	memmove(w->again, w->again + 1, --w->n_again * sizeof(*w->again));
	return i;
}

/* A folder in which nothing could be found. */
static void take_folder(struct work *w, size_t i)
{
	struct one_result r = { .outcome = ONE_UNUSUAL };

	snprintf(r.text, sizeof(r.text), "%s", w->b->inputs.items[i].why);
	take_result(w, i, &r);
	decide_ready(w);
}

/* The next input for a process; false: none now. */
static bool next_input(struct work *w, size_t *out)
{
	if (w->done->no_output)
		return false;
	decide_ready(w);
	while (!w->n_again && w->next < w->b->inputs.n) {
		size_t i = w->next++;

		if (w->b->inputs.items[i].why) {
			take_folder(w, i);
			continue;
		}
		if (!is_known(w, i)) {
			*out = i;
			return true;
		}
		decide_ready(w);
	}
	if (!w->n_again)
		return false;
	*out = take_again(w);
	return true;
}

static bool start(struct work *w, struct process *p)
{
	int ends[2];

	*p = (struct process){ .stage = IDLE, .messages = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	p->messages = memfd_create("perfolio-messages", MFD_CLOEXEC);
	fflush(NULL); /* or the child has it, too */
	p->pid = p->messages < 0 ? -1 : fork();
	if (p->pid == 0) {
		close(ends[0]);
		for (size_t i = 0; i < w->n_processes; i++)
			if (&w->processes[i] != p && w->processes[i].pid) {
				close(w->processes[i].fd);
				close(w->processes[i].messages);
			}
		worker(w->b, ends[1], p->messages);
	}
	close(ends[1]);
	p->fd = ends[0];
	if (p->pid > 0)
		return true;
	close(p->fd);
	if (p->messages >= 0)
		close(p->messages);
	p->pid = 0;
	return false;
}

static void stop(struct process *p, int *status)
{
	close(p->fd);
	while (waitpid(p->pid, status, 0) < 0 && errno == EINTR)
		;
	if (p->messages >= 0)
		close(p->messages);
	p->pid = 0;
}

static void give(struct work *w, struct process *p, size_t i)
{
	struct task *t = &w->tasks[i];

	p->stage = HASHING;
	p->input = i;
	p->timed_out = false;
	begin_time(w, p);
	t->hashed = t->hashed && t->decided; /* what the journal said is checked by the process */
	tell(p, TO_READ, i, w->results[i].has_content ? &w->results[i].content : NULL);
}

/* ---- answers ---- */

static void take_hashed(struct work *w, struct process *p, const struct answer *a)
{
	struct task *t = &w->tasks[p->input];
	struct input_result *r = &w->results[p->input];
	struct one_result changed = { ONE_UNUSUAL, "it changed while it was read" };

	if (t->decided && !file_stamp_equal(&t->stamp, &a->stamp)) {
		p->stage = IDLE;
		tell(p, TO_SKIP, p->input, NULL);
		take_result(w, p->input, &changed);
		return;
	}
	t->stamp = a->stamp;
	t->now_ns = a->now_ns;
	t->hashed = true;
	r->has_content = true;
	r->content = a->content;
	r->identity = a->identity;
	p->stage = ASKING;
	p->deadline = 0;
	if (t->decided) { /* before, or by a process that broke down */
		let_go(w, p);
	}
}

/* Why a process ended that was at work; what it told last may explain it. */
static void explain(const struct work *w, const struct process *p, int status, char *text,
		    size_t size)
{
	if (p->timed_out)
		snprintf(text, size, "it took longer than %" PRIu64 " s (--timeout)",
			 w->b->timeout_s);
	else if (WIFSIGNALED(status))
		snprintf(text, size, "reading it crashed (signal %d, %s); please report this",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text, size, "reading it ended with status %d: out of memory?",
			 WEXITSTATUS(status));
}

static void take_breakdown(struct work *w, struct process *p)
{
	struct one_result r = { .outcome = ONE_UNUSUAL };
	size_t i = p->input;
	enum stage stage = p->stage;
	struct process gone = *p;
	char *work, own[32];
	int status = 0;

	snprintf(own, sizeof(own), "%ld", (long)p->pid);
	stop(p, &status);
	work = batch_path(w->b->dir, BATCH_WORK, own);
	folder_remove(work);
	free(work);
	if (stage == IDLE)
		return;
	explain(w, &gone, status, r.text, sizeof(r.text));
	if (!w->tasks[i].tried && !gone.timed_out) {
		w->tasks[i].tried = true;
		give_again(w, i);
	} else {
		take_result(w, i, &r);
	}
}

static void take_answer(struct work *w, struct process *p)
{
	struct answer a;
	ssize_t n;

	do
		n = recv(p->fd, &a, sizeof(a), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(a)) {
		take_breakdown(w, p);
	} else if (a.what == FROM_HASHED) {
		take_hashed(w, p, &a);
	} else {
		p->stage = IDLE;
		p->served++;
		take_result(w, p->input, &a.result);
	}
}

/* Those that there are go on with it; without any, this is the end. */
static void cannot_start(struct work *w, size_t i, int error)
{
	struct one_result r = { .outcome = ONE_NO_OUTPUT };

	for (size_t k = 0; k < w->n_processes; k++)
		if (w->processes[k].pid) {
			give_again(w, i);
			return;
		}
	snprintf(r.text, sizeof(r.text), "cannot start a process: %s", strerror(error));
	take_result(w, i, &r);
}

/*
 * If all wait for the digest of an input that has no process (and there is none to be had), one has to leave its own
 * input for it: the last, which is waited for least.
 */
static void leave_one(struct work *w)
{
	struct process *last = NULL;
	size_t i;

	for (size_t k = 0; k < w->n_processes; k++) {
		struct process *p = &w->processes[k];

		if (p->pid && p->stage != ASKING)
			return;
		if (p->pid && (!last || p->input > last->input))
			last = p;
	}
	if (!last || !w->n_again || w->again[0] > last->input)
		return;
	i = last->input;
	tell(last, TO_SKIP, i, NULL);
	last->stage = IDLE;
	last->served++;
	give(w, last, take_again(w));
	w->tasks[i].hashed = false;
	w->again = mem_grow(w->again, w->n_again, 1, &w->cap_again, sizeof(*w->again));
	w->again[w->n_again++] = i;
}

static size_t give_out(struct work *w)
{
	size_t busy = 0, i;

	decide_ready(w);
	for (size_t k = 0; k < w->n_processes; k++) {
		struct process *p = &w->processes[k];

		if ((!p->pid || p->stage == IDLE) && next_input(w, &i)) {
			int status;

			/* One that broke a process down gets a new one, so that nothing else can be why. */
			if (p->pid && w->tasks[i].tried && p->served)
				stop(p, &status);
			if (!p->pid && !start(w, p)) {
				cannot_start(w, i, errno);
				continue;
			}
			give(w, p, i);
		}
		if (w->done->no_output && p->pid && p->stage == ASKING) {
			p->stage = IDLE;
			tell(p, TO_SKIP, p->input, NULL);
		}
		busy += p->pid && p->stage != IDLE;
	}
	leave_one(w);
	return busy;
}

static int wait_ms(const struct work *w)
{
	int64_t now = passed_ms(), least = batch_progress_wait(&w->progress);

	for (size_t k = 0; k < w->n_processes; k++) {
		const struct process *p = &w->processes[k];
		int64_t left = p->deadline - now;

		if (!p->pid || p->stage == IDLE || !p->deadline)
			continue;
		if (left < 0)
			left = 0;
		if (least < 0 || left < least)
			least = left;
	}
	return (int)least;
}

static void kill_late(struct work *w)
{
	int64_t now = passed_ms();

	for (size_t k = 0; k < w->n_processes; k++) {
		struct process *p = &w->processes[k];

		if (p->pid && p->stage != IDLE && p->deadline && now >= p->deadline &&
		    !p->timed_out) {
			p->timed_out = true;
			kill(p->pid, SIGKILL);
		}
	}
}

static void wait_for_answers(struct work *w)
{
	struct pollfd *fds = mem_calloc(w->n_processes, sizeof(*fds));

	for (size_t k = 0; k < w->n_processes; k++)
		fds[k] =
			(struct pollfd){ w->processes[k].pid ? w->processes[k].fd : -1, POLLIN, 0 };
	if (poll(fds, w->n_processes, wait_ms(w)) > 0)
		for (size_t k = 0; k < w->n_processes; k++)
			if (fds[k].revents)
				take_answer(w, &w->processes[k]);
	free(fds);
	kill_late(w);
	batch_progress_show(&w->progress, w->done->done + w->done->failed + w->done->duplicates,
			    w->done->failed);
}

static bool is_journalled(const struct input_result *r)
{
	return r->has_content && !r->unusual && r->state != INPUT_WAITING;
}

/* Is anything known of an input that the journal did not say when it was read? */
static bool has_learned(const struct work *w)
{
	for (size_t i = 0; i < w->b->inputs.n; i++) {
		struct known k = known_of(w, i);
		const struct known *old = known_find(&w->known, k.path);

		if (is_journalled(&w->results[i]) && (!old || !known_equal(old, &k)))
			return true;
	}
	return false;
}

/* A line for each input. */
static void rewrite_journal(struct work *w, const char *path)
{
	char *aside = batch_path(w->b->dir, BATCH_WORK, "known");
	FILE *f = fopen(aside, "we");
	struct error err;

	for (size_t i = 0; f && i < w->b->inputs.n; i++) {
		struct known k = known_of(w, i);

		if (is_journalled(&w->results[i]))
			known_put(f, &k);
	}
	if (f && fflush(f) == 0)
		(void)fsync(fileno(f));
	if (!f || !tsv_end(f, &err) || rename(aside, path) != 0)
		unlink(aside); /* the longer one says the same */
	free(aside);
}

void batch_work(const struct batch *b, struct input_result *results, struct work_done *done)
{
	struct work w = { .b = b, .results = results, .done = done };
	char *journal = batch_path(b->dir, BATCH_STATE, "known");
	int status;

	*done = (struct work_done){ 0 };
	w.tasks = mem_calloc(b->inputs.n, sizeof(*w.tasks));
	for (w.mask = 15; w.mask < 2 * b->inputs.n; w.mask = 2 * w.mask + 1)
		;
	w.slots = mem_calloc(w.mask + 1, sizeof(*w.slots));
	w.n_processes = b->jobs < b->inputs.n ? (size_t)b->jobs : b->inputs.n;
	w.processes = mem_calloc(w.n_processes, sizeof(*w.processes));
	known_read(&w.known, journal);
	w.journal = fopen(journal, "ae");
	batch_progress_begin(&w.progress, b->inputs.n, b->quiet);
	while (give_out(&w))
		wait_for_answers(&w);
	batch_progress_end(&w.progress);
	for (size_t k = 0; k < w.n_processes; k++)
		if (w.processes[k].pid)
			stop(&w.processes[k], &status);
	if (w.journal)
		fclose(w.journal);
	if (done->done + done->failed + done->duplicates == b->inputs.n && has_learned(&w))
		rewrite_journal(&w, journal);
	known_done(&w.known);
	done->cut = w.folders.cut;
	w.folders.cut = NULL;
	side_folders_done(&w.folders);
	free(w.tasks);
	free(w.slots);
	free(w.processes);
	free(w.again);
	free(journal);
}
