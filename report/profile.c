#include "report/profile.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

const char *view_name(enum view v)
{
	static const char *const names[] = {
		[VIEW_PYTHON] = "python",
		[VIEW_NATIVE] = "native",
		[VIEW_MIXED] = "mixed",
	};

	return names[v];
}

const char *function_kind_name(enum function_kind k)
{
	static const char *const names[] = {
		[KIND_PYTHON] = "python",   [KIND_NATIVE] = "native", [KIND_KERNEL] = "kernel",
		[KIND_UNKNOWN] = "unknown", [KIND_TASK] = "task",
	};

	return names[k];
}

int function_order(const struct function *a, const struct function *b)
{
	int order = strcmp(a->name, b->name);

	if (!order)
		order = strcmp(a->module, b->module);
	if (!order)
		order = strcmp(a->file, b->file);
	if (!order)
		order = strcmp(a->object, b->object);
	if (!order)
		order = strcmp(a->symbol, b->symbol);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->at > b->at) - (a->at < b->at);
	if (!order)
		order = (a->kind > b->kind) - (a->kind < b->kind);
	if (!order)
		order = (a->placeholder > b->placeholder) - (a->placeholder < b->placeholder);
	if (!order && a->keys && b->keys)
		order = strcmp(a->keys, b->keys);
	return order;
}

bool keys_have(const char *keys, const char *key)
{
	size_t len = strlen(key), n;

	for (const char *k = keys; k && *k; k += n + (k[n] == '\t')) {
		n = strcspn(k, "\t");
		if (n == len && memcmp(k, key, n) == 0)
			return true;
	}
	return false;
}

void profile_count_kind(struct profile *p, enum function_kind kind, uint64_t samples)
{
	switch (kind) {
	case KIND_PYTHON:
		p->python_samples += samples;
		break;
	case KIND_NATIVE:
		p->native_samples += samples;
		break;
	case KIND_KERNEL:
		p->kernel_samples += samples;
		break;
	case KIND_UNKNOWN:
	case KIND_TASK:
		p->unknown_samples += samples;
		break;
	}
}

void profile_prune(struct profile *p)
{
	uint32_t *moved = mem_calloc(p->n_nodes, sizeof(*moved)); /* first: is it needed */
	size_t n = 1;

	for (size_t i = p->n_nodes; i-- > 1;)
		if (p->nodes[i].cost || moved[i])
			moved[i] = moved[p->nodes[i].parent] = 1;
	moved[0] = 0;
	for (size_t i = 1; i < p->n_nodes; i++) {
		if (!moved[i])
			continue;
		moved[i] = (uint32_t)n;
		p->nodes[n] = p->nodes[i];
		p->nodes[n].parent = moved[p->nodes[i].parent];
		n++;
	}
	p->n_nodes = n;
	free(moved);
}

void profile_keep_event(struct profile *p, size_t event)
{
	struct costs all = p->costs;

	costs_init(&p->costs, 1);
	costs_add_rows(&p->costs, all.n_rows);
	for (size_t row = 0; row < all.n_rows; row++)
		costs_add(&p->costs, row, 0, costs_at(&all, row, event));
	costs_done(&all);
	for (size_t i = 0; i < p->n_nodes; i++)
		if (cost_is_zero(costs_at(&p->costs, p->nodes[i].cost, 0)))
			p->nodes[i].cost = 0;
	p->events[0] = p->events[event];
	p->n_events = 1;
	profile_prune(p);
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	free(p->events);
	free(p->functions);
	free(p->nodes);
	costs_done(&p->costs);
	free(p);
}
