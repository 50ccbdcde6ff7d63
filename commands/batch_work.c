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
 * process that is ahead waits.  When the first has failed, the next of its DUPLICATEs is WAITING again, and so on: the first
 * that is DONE stands for all, else the first of all has failed.
 */
#include "commands/batch_work.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands/batch_equal.h"
#include "commands/batch_folder.h"
#include "commands/batch_journal.h"
#include "commands/batch_process.h"
#include "commands/batch_progress.h"
#include "parser/base/memory.h"

static int64_t passed_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How far an input has come, beside its result. */
struct task {
	bool hashed, decided, tried; /* tried: a process broke down over it */
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
	struct equals equals; /* decided inputs */
	struct journal journal;
	bool index_forgotten;
	struct side_folders folders;
	struct batch_progress progress;
};

/* ---- results ---- */

static void set_text(struct input_result *r, enum input_state state, const char *text)
{
	free(r->text);
	r->state = state;
	r->text = mem_text(text, strlen(text));
}

static size_t *count_of(struct work *w, enum input_state state)
{
	return state == INPUT_DONE     ? &w->done->done
	       : state == INPUT_FAILED ? &w->done->failed
				       : &w->done->duplicates;
}

static void finish(struct work *w, size_t i, enum input_state state, const char *text)
{
	set_text(&w->results[i], state, text);
	++*count_of(w, state);
	batch_progress_show(&w->progress, w->done->done + w->done->failed + w->done->duplicates,
			    w->done->failed);
}

/* It is WAITING again.  The text may be needed still; NULL: there was none. */
static char *take_back(struct work *w, size_t i)
{
	struct input_result *r = &w->results[i];
	char *text = r->text;

	--*count_of(w, r->state);
	r->state = INPUT_WAITING;
	r->text = NULL;
	return text;
}

/* ---- equal inputs ---- */

/* At once: others may wait for its digest.  Nothing is decided of it while it has no process. */
static void give_again(struct work *w, size_t i)
{
	w->tasks[i].hashed = w->tasks[i].hashed && w->tasks[i].decided;
	w->again = mem_grow(w->again, w->n_again, 1, &w->cap_again, sizeof(*w->again));
	memmove(w->again + 1, w->again, w->n_again++ * sizeof(*w->again));
	w->again[0] = i;
}

/* Does it stand for equal ones behind it, as far as is known now? */
static bool stands_for_all(const struct input_result *r)
{
	return r->state != INPUT_FAILED && !r->why;
}

/* Input i was made: those that failed before it are its duplicates, as those behind it are. */
static void stand(struct work *w, size_t i)
{
	const struct equal *items = w->equals.items;
	size_t k = items[i].first;

	if (k == i)
		return;
	w->results[k].why = take_back(w, k);
	finish(w, k, INPUT_DUPLICATE, w->b->inputs.items[i].path);
	while ((k = items[k].next))
		if (k != i)
			set_text(&w->results[k], INPUT_DUPLICATE, w->b->inputs.items[i].path);
}

/* A result from an earlier run; false: there is none. */
static bool take_known(struct work *w, size_t i)
{
	const struct known *k;

	if (!journal_was_made(&w->journal, i))
		return false;
	k = journal_find(&w->journal, i);
	finish(w, i, k->failed ? INPUT_FAILED : INPUT_DONE, k->result);
	w->done->same += !k->failed;
	return true;
}

/* Input i has a result: it stands for its equals, or the next of them is tried. */
static void settle(struct work *w, size_t i)
{
	const struct equal *items = w->equals.items;
	size_t first = items[i].first, next;

	while (w->results[i].state == INPUT_FAILED) {
		if (i != first) {
			w->results[i].why = take_back(w, i);
			finish(w, i, INPUT_DUPLICATE, w->b->inputs.items[first].path);
		}
		next = items[i].next;
		if (!next)
			return;
		w->equals.items[first].stands = (uint32_t)next;
		free(take_back(w, next));
		if (!take_known(w, next)) {
			give_again(w, next);
			return;
		}
		i = next;
	}
	stand(w, i);
}

static void take_result(struct work *w, size_t i, const struct one_result *r)
{
	switch (r->outcome) {
	case ONE_DONE:
		journal_remove_older(&w->journal, i, r->text);
		finish(w, i, INPUT_DONE, r->text);
		journal_note(&w->journal, i);
		break;
	case ONE_FAILED:
	case ONE_UNUSUAL:
		w->results[i].unusual = r->outcome == ONE_UNUSUAL;
		finish(w, i, INPUT_FAILED, r->text);
		journal_note(&w->journal, i);
		break;
	case ONE_NO_OUTPUT:
		w->done->no_output = true;
		snprintf(w->done->why, sizeof(w->done->why), "%s", r->text);
		return;
	}
	if (w->tasks[i].decided)
		settle(w, i);
}

/* ---- deciding, in the order of the inputs ---- */

enum decision { GO, SKIP };

static enum decision decide(struct work *w, size_t i)
{
	struct equal *first;

	w->tasks[i].decided = true;
	equals_add(&w->equals, i);
	first = &w->equals.items[w->equals.items[i].first];
	if (first->stands != i && stands_for_all(&w->results[first->stands])) {
		finish(w, i, INPUT_DUPLICATE, w->b->inputs.items[first->stands].path);
		journal_note(&w->journal, i);
		return SKIP;
	}
	first->stands = (uint32_t)i;
	if (!take_known(w, i))
		return GO;
	settle(w, i);
	return SKIP;
}

/* Its time begins anew: waiting for others is not its fault. */
static void begin_time(const struct work *w, struct process *p)
{
	p->deadline = w->b->timeout_s ? passed_ms() + (int64_t)w->b->timeout_s * 1000 : 0;
}

static void let_go(struct work *w, struct process *p)
{
	p->stage = STAGE_MAKING;
	begin_time(w, p);
	if (!w->index_forgotten)
		batch_forget_index(w->b->dir);
	w->index_forgotten = true;
	process_tell(p, TO_GO, p->input, NULL);
}

static struct process *process_of(struct work *w, size_t input)
{
	for (size_t p = 0; p < w->n_processes; p++)
		if (w->processes[p].pid && w->processes[p].stage != STAGE_IDLE &&
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
			p->stage = STAGE_IDLE;
			p->served++;
			process_tell(p, TO_SKIP, i, NULL);
		}
	}
}

/* ---- giving out ---- */

/* The journal may know the file, so that it need not be read. */
static bool is_known(struct work *w, size_t i)
{
	const struct batch_input *input = &w->b->inputs.items[i];
	const struct known *k = journal_find(&w->journal, i);
	struct input_result *r = &w->results[i];
	struct error err;

	r->side = batch_input_side(&w->folders, input);
	if (!k || w->b->again || !input_stamp(input->path, &r->stamp, &err) ||
	    !file_stamp_equal(&k->stamp, &r->stamp))
		return false;
	r->seen_ns = batch_now_ns();
	r->has_content = true;
	r->content = k->content;
	r->identity = k->identity;
	w->tasks[i].hashed = true;
	return true;
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

static void give(struct work *w, struct process *p, size_t i)
{
	struct task *t = &w->tasks[i];

	p->stage = STAGE_HASHING;
	p->input = i;
	p->timed_out = false;
	begin_time(w, p);
	t->hashed = t->hashed && t->decided; /* what the journal said is checked by the process */
	process_tell(p, TO_READ, i, w->results[i].has_content ? &w->results[i].content : NULL);
}

/* ---- answers ---- */

static void take_hashed(struct work *w, struct process *p, const struct answer *a)
{
	struct task *t = &w->tasks[p->input];
	struct input_result *r = &w->results[p->input];
	struct one_result changed = { ONE_UNUSUAL, "it changed while it was read" };

	if (t->decided && !file_stamp_equal(&r->stamp, &a->stamp)) {
		p->stage = STAGE_IDLE;
		process_tell(p, TO_SKIP, p->input, NULL);
		take_result(w, p->input, &changed);
		return;
	}
	t->hashed = true;
	r->stamp = a->stamp;
	r->seen_ns = a->seen_ns;
	r->has_content = true;
	r->content = a->content;
	r->identity = a->identity;
	p->stage = STAGE_ASKING;
	p->deadline = 0;
	if (t->decided) { /* before, or by a process that broke down */
		let_go(w, p);
	}
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
	process_stop(p, &status);
	work = batch_path(w->b->dir, BATCH_WORK, own);
	folder_remove(work);
	free(work);
	if (stage == STAGE_IDLE)
		return;
	process_explain(&gone, status, w->b->timeout_s, r.text, sizeof(r.text));
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

	if (!process_hear(p, &a)) {
		take_breakdown(w, p);
	} else if (a.what == FROM_HASHED) {
		take_hashed(w, p, &a);
	} else {
		p->stage = STAGE_IDLE;
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

		if (p->pid && p->stage != STAGE_ASKING)
			return;
		if (p->pid && (!last || p->input > last->input))
			last = p;
	}
	if (!last || !w->n_again || w->again[0] > last->input)
		return;
	i = last->input;
	process_tell(last, TO_SKIP, i, NULL);
	last->stage = STAGE_IDLE;
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

		if ((!p->pid || p->stage == STAGE_IDLE) && next_input(w, &i)) {
			int status;

			/* One that broke a process down gets a new one, so that nothing else can be why. */
			if (p->pid && w->tasks[i].tried && p->served)
				process_stop(p, &status);
			if (!p->pid && !process_start(p, w->b, w->processes, w->n_processes)) {
				cannot_start(w, i, errno);
				continue;
			}
			give(w, p, i);
		}
		if (w->done->no_output && p->pid && p->stage == STAGE_ASKING) {
			p->stage = STAGE_IDLE;
			process_tell(p, TO_SKIP, p->input, NULL);
		}
		busy += p->pid && p->stage != STAGE_IDLE;
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

		if (!p->pid || p->stage == STAGE_IDLE || !p->deadline)
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

		if (p->pid && p->stage != STAGE_IDLE && p->deadline && now >= p->deadline &&
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

void batch_work(const struct batch *b, struct input_result *results, struct work_done *done)
{
	struct work w = { .b = b, .results = results, .done = done };
	int status;

	*done = (struct work_done){ 0 };
	w.tasks = mem_calloc(b->inputs.n, sizeof(*w.tasks));
	equals_open(&w.equals, results, b->inputs.n);
	w.n_processes = b->jobs < b->inputs.n ? (size_t)b->jobs : b->inputs.n;
	w.processes = mem_calloc(w.n_processes, sizeof(*w.processes));
	journal_open(&w.journal, b, results);
	batch_progress_begin(&w.progress, b->inputs.n, b->quiet);
	while (give_out(&w))
		wait_for_answers(&w);
	batch_progress_end(&w.progress);
	for (size_t k = 0; k < w.n_processes; k++)
		if (w.processes[k].pid)
			process_stop(&w.processes[k], &status);
	journal_close(&w.journal, done->done + done->failed + done->duplicates == b->inputs.n);
	done->cut = w.folders.cut;
	w.folders.cut = NULL;
	side_folders_done(&w.folders);
	free(w.tasks);
	equals_close(&w.equals);
	free(w.processes);
	free(w.again);
}
