/*
 * report/task.h - whose samples they are: what they can be kept apart by, at the root of a call tree.
 */
#ifndef PERFOLIO_REPORT_TASK_H
#define PERFOLIO_REPORT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum root_key {
	ROOT_HOST,
	ROOT_RECORDING,
	ROOT_COMM,
	ROOT_PROCESS, /* "comm-pid", with the comm of the main thread */
	ROOT_THREAD,  /* "comm-pid/tid" */
	ROOT_CPU,
	ROOT_KEYS
};

#define ROOT_BIT(key) (1u << (key))

const char *root_key_name(enum root_key k); /* "host" ... */

/* What was not kept, or is not known, is "" or 0.  Texts are interned: equal ones are equal pointers. */
struct sampled_task {
	const char *host;
	const char *recording;
	const char *comm;
	const char *process; /* the main thread's comm */
	uint32_t pid, tid;
	uint32_t cpu_1; /* processor + 1; 0: not known */
};

/* When its samples were taken, on the clock of its recording. */
struct task_time {
	bool has_time;
	uint64_t first_ns, last_ns;
};

/* Make `t` reach over `more`, too. */
void task_time_add(struct task_time *t, const struct task_time *more);

struct texts;

/* Less what none of these keys (bits of enum root_key) needs. */
struct sampled_task task_kept(const struct sampled_task *t, unsigned keys, struct texts *texts);

/* What a task is called by one key; free() it. */
char *task_name(const struct sampled_task *t, enum root_key key);

/* An order that depends on nothing but what the tasks are. */
int task_order(const struct sampled_task *a, const struct sampled_task *b);

/* Distinct tasks, numbered in the order of their first appearance.  Starts as zeroes; tasks_done() frees. */
struct tasks {
	struct sampled_task *items;
	size_t n, cap;
	uint32_t *slots; /* number + 1; 0: free */
	size_t mask;
};

uint32_t tasks_add(struct tasks *t, const struct sampled_task *task);
void tasks_done(struct tasks *t);

#endif
