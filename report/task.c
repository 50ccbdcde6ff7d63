#include "report/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"

enum { FIRST_SLOTS = 64 };

const char *root_key_name(enum root_key k)
{
	static const char *const names[ROOT_KEYS] = {
		[ROOT_HOST] = "host",       [ROOT_RECORDING] = "recording", [ROOT_COMM] = "comm",
		[ROOT_PROCESS] = "process", [ROOT_THREAD] = "thread",       [ROOT_CPU] = "cpu",
	};

	return names[k];
}

struct sampled_task task_kept(const struct sampled_task *t, unsigned keys, struct texts *texts)
{
	const char *nothing = texts_add_z(texts, "");
	struct sampled_task k = { nothing, nothing, nothing, nothing, 0, 0, 0 };

	if (keys & ROOT_BIT(ROOT_HOST))
		k.host = t->host;
	if (keys & ROOT_BIT(ROOT_RECORDING))
		k.recording = t->recording;
	if (keys & (ROOT_BIT(ROOT_COMM) | ROOT_BIT(ROOT_THREAD)))
		k.comm = t->comm;
	if (keys & ROOT_BIT(ROOT_PROCESS))
		k.process = t->process;
	if (keys & (ROOT_BIT(ROOT_PROCESS) | ROOT_BIT(ROOT_THREAD)))
		k.pid = t->pid;
	if (keys & ROOT_BIT(ROOT_THREAD))
		k.tid = t->tid;
	if (keys & ROOT_BIT(ROOT_CPU))
		k.cpu_1 = t->cpu_1;
	return k;
}

char *task_name(const struct sampled_task *t, enum root_key key)
{
	char *text = NULL;
	int n = -1;

	switch (key) {
	case ROOT_HOST:
		return mem_text(t->host, strlen(t->host));
	case ROOT_RECORDING:
		return mem_text(t->recording, strlen(t->recording));
	case ROOT_COMM:
		return mem_text(t->comm, strlen(t->comm));
	case ROOT_PROCESS:
		n = asprintf(&text, "%s-%" PRId32, t->process, (int32_t)t->pid);
		break;
	case ROOT_THREAD:
		n = asprintf(&text, "%s-%" PRId32 "/%" PRId32, t->comm, (int32_t)t->pid,
			     (int32_t)t->tid);
		break;
	case ROOT_CPU:
		if (t->cpu_1)
			n = asprintf(&text, "cpu %" PRIu32, t->cpu_1 - 1);
		else
			n = asprintf(&text, "cpu ?");
		break;
	case ROOT_KEYS:
		break;
	}
	return n < 0 ? mem_text("", 0) : text;
}

void task_time_add(struct task_time *t, const struct task_time *more)
{
	if (!more->has_time)
		return;
	if (!t->has_time || more->first_ns < t->first_ns)
		t->first_ns = more->first_ns;
	if (!t->has_time || more->last_ns > t->last_ns)
		t->last_ns = more->last_ns;
	t->has_time = true;
}

static int number_order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int task_order(const struct sampled_task *a, const struct sampled_task *b)
{
	int order = strcmp(a->host, b->host);

	if (!order)
		order = strcmp(a->recording, b->recording);
	if (!order)
		order = strcmp(a->process, b->process);
	if (!order)
		order = number_order(a->pid, b->pid);
	if (!order)
		order = strcmp(a->comm, b->comm);
	if (!order)
		order = number_order(a->tid, b->tid);
	return order ? order : number_order(a->cpu_1, b->cpu_1);
}

static bool same(const struct sampled_task *a, const struct sampled_task *b)
{
	return a->host == b->host && a->recording == b->recording && a->comm == b->comm &&
	       a->process == b->process && a->pid == b->pid && a->tid == b->tid &&
	       a->cpu_1 == b->cpu_1;
}

static uint32_t *slot_of(const struct tasks *t, const struct sampled_task *task)
{
	uint64_t h = hash_pair((uintptr_t)task->comm, (uint64_t)task->pid << 32 | task->tid);
	size_t i;

	h = hash_pair(h ^ (uintptr_t)task->process, (uintptr_t)task->recording);
	h = hash_pair(h, (uintptr_t)task->host ^ (uint64_t)task->cpu_1 << 48);
	i = (size_t)h & t->mask;
	while (t->slots[i] && !same(&t->items[t->slots[i] - 1], task))
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

static void more_slots(struct tasks *t)
{
	t->mask = t->slots ? 2 * t->mask + 1 : FIRST_SLOTS - 1;
	free(t->slots);
	t->slots = mem_calloc(t->mask + 1, sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		*slot_of(t, &t->items[i]) = (uint32_t)i + 1;
}

uint32_t tasks_add(struct tasks *t, const struct sampled_task *task)
{
	uint32_t *slot;

	if (2 * t->n >= t->mask)
		more_slots(t);
	slot = slot_of(t, task);
	if (!*slot) {
		t->items = mem_grow(t->items, t->n, 1, &t->cap, sizeof(*t->items));
		t->items[t->n++] = *task;
		*slot = (uint32_t)t->n;
	}
	return *slot - 1;
}

void tasks_done(struct tasks *t)
{
	free(t->items);
	free(t->slots);
	*t = (struct tasks){ 0 };
}
