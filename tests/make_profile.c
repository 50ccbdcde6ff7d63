/* tests/make_profile.c - see make_profile.h. */
#include "tests/make_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

static void new_child_lists(struct maker *m)
{
	size_t n = m->p->n_nodes;

	m->first_child = mem_grow(m->first_child, n, 1, &m->cap_first, sizeof(*m->first_child));
	m->next_sibling = mem_grow(m->next_sibling, n, 1, &m->cap_next, sizeof(*m->next_sibling));
	m->first_child[n] = m->next_sibling[n] = 0;
}

static uint32_t new_node(struct maker *m, uint32_t parent, uint32_t function)
{
	struct profile *p = m->p;

	new_child_lists(m);
	p->nodes = mem_grow(p->nodes, p->n_nodes, 1, &p->cap_nodes, sizeof(*p->nodes));
	p->nodes[p->n_nodes] = (struct profile_node){ .parent = parent, .function = function };
	return (uint32_t)p->n_nodes++;
}

void maker_begin(struct maker *m, struct texts *texts, size_t n_events)
{
	static const char *const names[] = { "cycles", "instructions", "faults", "faults" };

	*m = (struct maker){ .p = mem_calloc(1, sizeof(*m->p)), .texts = texts };
	m->p->view = VIEW_NATIVE;
	m->p->n_events = n_events;
	m->p->events = mem_calloc(n_events, sizeof(*m->p->events));
	for (size_t e = 0; e < n_events; e++)
		m->p->events[e] =
			(struct profile_event){ .name = names[e < 4 ? e : 3], .unit = "count" };
	costs_init(&m->p->costs, n_events);
	costs_add_rows(&m->p->costs, 1);
	new_node(m, 0, PROFILE_NO_FUNCTION);
}

struct profile *maker_end(struct maker *m)
{
	free(m->first_child);
	free(m->next_sibling);
	return m->p;
}

static const char *text_of(struct maker *m, const char *s)
{
	return texts_add_z(m->texts, s ? s : "");
}

uint32_t maker_function(struct maker *m, const struct function *f)
{
	struct profile *p = m->p;

	p->functions =
		mem_grow(p->functions, p->n_functions, 1, &p->cap_functions, sizeof(*p->functions));
	p->functions[p->n_functions] = (struct function){
		.kind = f->kind,
		.placeholder = f->placeholder,
		.name = text_of(m, f->name),
		.symbol = text_of(m, f->symbol),
		.module = text_of(m, f->module),
		.file = text_of(m, f->file),
		.line = f->line,
		.object = text_of(m, f->object),
	};
	return (uint32_t)p->n_functions++;
}

static uint32_t named(struct maker *m, const char *name, size_t len)
{
	const char *text = texts_add(m->texts, name, len);

	for (uint32_t f = 0; f < m->p->n_functions; f++)
		if (m->p->functions[f].name == text)
			return f;
	return maker_function(m, &(struct function){ .kind = KIND_NATIVE,
						     .name = text,
						     .module = "made.so",
						     .object = "/lib/made.so" });
}

uint32_t maker_named(struct maker *m, const char *name)
{
	return named(m, name, strlen(name));
}

static uint32_t child(struct maker *m, uint32_t parent, uint32_t function)
{
	uint32_t node = m->first_child[parent];

	while (node && m->p->nodes[node].function != function)
		node = m->next_sibling[node];
	if (!node) {
		node = new_node(m, parent, function);
		m->next_sibling[node] = m->first_child[parent];
		m->first_child[parent] = node;
	}
	return node;
}

static void add_cost(struct profile *p, uint32_t node, size_t event, uint64_t samples,
		     uint64_t weight)
{
	struct cost cost = { samples, weight };

	if (!p->nodes[node].cost)
		p->nodes[node].cost = costs_add_rows(&p->costs, 1);
	costs_add(&p->costs, p->nodes[node].cost, event, &cost);
	cost_add(&p->events[event].sum, &cost);
}

void maker_frames(struct maker *m, const uint32_t *frames, size_t n, size_t event, uint64_t samples,
		  uint64_t weight)
{
	uint32_t node = 0;

	for (size_t i = 0; i < n; i++)
		node = child(m, node, frames[i]);
	add_cost(m->p, node, event, samples, weight);
}

void maker_stack(struct maker *m, const char *stack, size_t event, uint64_t samples,
		 uint64_t weight)
{
	uint32_t node = 0;

	while (*stack) {
		size_t len = strcspn(stack, ";");

		node = child(m, node, named(m, stack, len));
		stack += len + (stack[len] == ';');
	}
	add_cost(m->p, node, event, samples, weight);
}

/* splitmix64 */
uint32_t random_below(uint64_t *seed, uint32_t limit)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * limit >> 32);
}

static void random_frames(struct stack *s, const struct shape *shape, uint64_t *seed)
{
	uint32_t n = shape->functions - shape->tasks;
	uint32_t depth = random_below(seed, 16) ? 1 + random_below(seed, shape->deepest) : 0;
	uint32_t least = 0;

	if (shape->tasks) {
		s->frames[s->depth++] = random_below(seed, shape->tasks);
		depth = depth ? depth - 1 : 0;
	}
	for (uint32_t i = 0; i < depth && least < n; i++) {
		uint32_t f = least + random_below(seed, n - least);

		s->frames[s->depth++] = shape->tasks + f;
		if (shape->no_recursion)
			least = f + 1;
	}
}

struct stack *random_stacks(const struct shape *shape, uint64_t seed)
{
	struct stack *stacks = mem_calloc(shape->stacks, sizeof(*stacks));

	for (size_t i = 0; i < shape->stacks; i++) {
		struct stack *s = &stacks[i];

		random_frames(s, shape, &seed);
		s->event = random_below(&seed, shape->events);
		s->cost.samples = 1 + random_below(&seed, 3);
		s->cost.weight = random_below(&seed, 8) ? random_below(&seed, 100000) : 0;
	}
	return stacks;
}

struct profile *profile_of_stacks(struct texts *texts, const struct shape *shape,
				  const struct stack *stacks)
{
	struct maker m;

	maker_begin(&m, texts, shape->events);
	for (uint32_t f = 0; f < shape->functions; f++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", (unsigned)f);
		maker_named(&m, name);
		if (f < shape->tasks)
			m.p->functions[f].kind = KIND_TASK;
	}
	for (size_t i = 0; i < shape->stacks; i++) {
		const struct stack *s = &stacks[i];

		maker_frames(&m, s->frames, s->depth, s->event, s->cost.samples, s->cost.weight);
	}
	return maker_end(&m);
}

bool stack_has(const struct stack *s, uint32_t function)
{
	for (size_t i = 0; i < s->depth; i++)
		if (s->frames[i] == function)
			return true;
	return false;
}

bool stack_calls(const struct stack *s, uint32_t caller, uint32_t callee)
{
	for (size_t i = 1; i < s->depth; i++)
		if (s->frames[i - 1] == caller && s->frames[i] == callee)
			return true;
	return false;
}
