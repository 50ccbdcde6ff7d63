#include "commands/batch_process.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/batch_identity.h"
#include "report/object_cache.h"

enum {
	CACHE_BYTES = 256 << 20, /* of object files that a process keeps open (perfolio-batch(1)) */
	/* Of free memory between recordings: to give it back and have it again costs page faults. */
	KEPT_BYTES = 16 << 20,
};

struct order {
	enum to_process what;
	bool has_content;
	size_t input;
	struct digest content;
};

/* ---- there ---- */

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

	a.seen_ns = batch_now_ns();
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

bool process_start(struct process *p, const struct batch *b, const struct process *all, size_t n)
{
	int ends[2];

	*p = (struct process){ .stage = STAGE_IDLE, .messages = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	p->messages = memfd_create("perfolio-messages", MFD_CLOEXEC);
	fflush(NULL); /* or the child has it, too */
	p->pid = p->messages < 0 ? -1 : fork();
	if (p->pid == 0) {
		close(ends[0]);
		for (size_t i = 0; i < n; i++)
			if (&all[i] != p && all[i].pid) {
				close(all[i].fd);
				close(all[i].messages);
			}
		worker(b, ends[1], p->messages);
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

void process_stop(struct process *p, int *status)
{
	close(p->fd);
	while (waitpid(p->pid, status, 0) < 0 && errno == EINTR)
		;
	if (p->messages >= 0)
		close(p->messages);
	p->pid = 0;
}

void process_tell(struct process *p, enum to_process what, size_t input,
		  const struct digest *content)
{
	struct order o = { .what = what, .input = input, .has_content = content != NULL };

	if (content)
		o.content = *content;
	(void)send(p->fd, &o, sizeof(o), MSG_NOSIGNAL);
}

bool process_hear(const struct process *p, struct answer *out)
{
	ssize_t n;

	do
		n = recv(p->fd, out, sizeof(*out), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*out);
}

void process_explain(const struct process *p, int status, uint64_t timeout_s, char *text,
		     size_t size)
{
	if (p->timed_out)
		snprintf(text, size, "it took longer than %" PRIu64 " s (--timeout)", timeout_s);
	else if (WIFSIGNALED(status))
		snprintf(text, size, "reading it crashed (signal %d, %s); please report this",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text, size, "reading it ended with status %d: out of memory?",
			 WEXITSTATUS(status));
}
