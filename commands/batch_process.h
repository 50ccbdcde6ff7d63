/*
 * commands/batch_process.h - a process of a batch, which reads one recording after the other; and what the two say to each other.
 *
 *	here                 there
 *	TO_READ  ──────────► stamp and digest of the input
 *	         ◄────────── FROM_HASHED, or FROM_RESULT: it cannot be read
 *	TO_GO    ──────────► batch_one()
 *	         ◄────────── FROM_RESULT
 *
 * or TO_SKIP, which has no answer.  Messages are datagrams, so each comes whole.  A process ends when nobody listens any more.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_PROCESS_H
#define PERFOLIO_COMMANDS_BATCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "commands/batch.h"
#include "commands/batch_one.h"

enum to_process { TO_READ, TO_GO, TO_SKIP };
enum from_process { FROM_HASHED, FROM_RESULT };

struct answer {
	enum from_process what;
	struct digest content, identity;
	struct file_stamp stamp;
	int64_t seen_ns; /* when the stamp was taken, as batch_now_ns() */
	struct one_result result;
};

/* What it does with its input, as far as is known here. */
enum stage { STAGE_IDLE, STAGE_HASHING, STAGE_ASKING, STAGE_MAKING };

struct process {
	pid_t pid; /* 0: none */
	int fd;
	int messages; /* its standard error */
	enum stage stage;
	size_t input;     /* unless STAGE_IDLE */
	size_t served;    /* inputs before this one */
	int64_t deadline; /* milliseconds of the monotonic clock; 0: none */
	bool timed_out;   /* it was killed for that */
};

/* Make `p`, which is one of these n, a new process; false: errno says why there is none. */
bool process_start(struct process *p, const struct batch *b, const struct process *all, size_t n);

/* A process that was told this ends by itself; the wait status in *status. */
void process_stop(struct process *p, int *status);

/* content: of an input whose digest is known; NULL: it is not.  A broken process is seen when it is heard. */
void process_tell(struct process *p, enum to_process what, size_t input,
		  const struct digest *content);

/* Its next answer; false: it has ended. */
bool process_hear(const struct process *p, struct answer *out);

/* Why a process ended that was at work. */
void process_explain(const struct process *p, int status, uint64_t timeout_s, char *text,
		     size_t size);

#endif
