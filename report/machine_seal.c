/* From records that came in to what can be asked: each list is sorted by its owner. */
#include <assert.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/machine_parts.h"

enum { MAX_NAMESAKES = 64 }; /* so many ancestors are asked for a comm */

static void group_instances(struct machine *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_instances; i++) {
		if (m->instances[i].task != NO_TASK)
			m->tasks[m->instances[i].task].spans++;
	}
	for (size_t t = 0; t < m->n_tasks; t++) {
		m->tasks[t].first_span = (uint32_t)n;
		n += m->tasks[t].spans;
		m->tasks[t].spans = 0;
	}
	m->by_task = mem_grow(m->by_task, 0, n, &m->cap_by_task, sizeof(*m->by_task));
	m->n_by_task = n;
	for (size_t i = 0; i < m->n_instances; i++) {
		struct task *t;

		if (m->instances[i].task == NO_TASK)
			continue;
		t = &m->tasks[m->instances[i].task];
		m->by_task[t->first_span + t->spans++] = (uint32_t)i;
	}
}

static void group_namings(struct machine *m)
{
	struct naming *sorted = mem_calloc(m->n_namings, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < m->n_namings; i++)
		m->tasks[m->namings[i].task].namings++;
	for (size_t t = 0; t < m->n_tasks; t++) {
		m->tasks[t].first_naming = (uint32_t)n;
		n += m->tasks[t].namings;
		m->tasks[t].namings = 0;
	}
	for (size_t i = 0; i < m->n_namings; i++) {
		struct task *t = &m->tasks[m->namings[i].task];

		sorted[t->first_naming + t->namings++] = m->namings[i];
	}
	free(m->namings);
	m->namings = sorted;
}

const struct naming *machine_naming_at(const struct machine *m, uint32_t task, uint64_t time)
{
	const struct task *t = &m->tasks[task];
	const struct naming *list = m->namings + t->first_naming;
	size_t low = 0, high = t->namings;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid].time <= time)
			low = mid + 1;
		else
			high = mid;
	}
	if (low > 0)
		return &list[low - 1];
	return t->namings && list[0].fork ? &list[0] : NULL;
}

/* Names of forks whose maker got its own name only by a later record of the same time. */
static void name_the_unnamed(struct machine *m)
{
	for (size_t i = 0; i < m->n_namings; i++) {
		const struct naming *n = &m->namings[i];
		uint64_t time = n->time;

		for (int step = 0; n && !n->comm && step < MAX_NAMESAKES; step++)
			n = n->from == NO_TASK ? NULL : machine_naming_at(m, n->from, time);
		if (n)
			m->namings[i].comm = n->comm;
	}
}

static void group_announcements(struct machine *m)
{
	struct announcement *sorted = mem_calloc(m->n_announcements, sizeof(*sorted));
	size_t *next = mem_calloc(m->n_instances + 1, sizeof(*next));

	for (size_t i = 0; i < m->n_announcements; i++)
		next[m->announcements[i].owner + 1]++;
	for (size_t i = 0; i < m->n_instances; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < m->n_announcements; i++)
		sorted[next[m->announcements[i].owner]++] = m->announcements[i];
	free(m->announcements);
	m->announcements = sorted;
	/* next[i] has moved on to the end of instance i's part */
	for (size_t i = 0; i < m->n_instances; i++) {
		size_t first = i ? next[i - 1] : 0;

		space_build(&m->instances[i].space, sorted + first, next[i] - first);
	}
	free(next);
}

/* An ancestor that had mapped nothing when it forked is passed over. */
static void find_donors(struct machine *m)
{
	for (size_t i = 0; i < m->n_instances; i++) {
		struct instance *child = &m->instances[i];
		const struct instance *parent = &m->instances[child->parent];

		if (!child->parent)
			continue;
		if (parent->space.n && parent->space.items[0].time <= child->forked) {
			child->donor = child->parent;
			child->donated = child->forked;
		} else {
			child->donor = parent->donor;
			child->donated = parent->donated;
		}
	}
}

void machine_seal(struct machine *m)
{
	assert(!m->sealed);
	group_instances(m);
	group_namings(m);
	name_the_unnamed(m);
	group_announcements(m);
	find_donors(m);
	m->sealed = true;
}
