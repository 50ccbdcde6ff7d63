#include "report/unnamed_python.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "parser/base/memory.h"
#include "report/interp.h"
#include "report/label.h"
#include "report/stacks.h"

/* What CPython puts its trampolines into (perf_trampoline.c: 16 pages), so that less is not that. */
enum { ARENA = 64 << 10, FIRST_WITH_TRAMPOLINES = 12 };

/* A program, with the processes that it forked: they all run the same interpreter in the same way. */
struct family {
	const char *interpreter; /* its file; NULL: no sample is in one */
	uint64_t samples;
	uint64_t jit;     /* of them: with code made at run time in their stack */
	bool traced;      /* a Python function is in its stacks, or it has a jitdump */
	bool arena;       /* it has memory in which trampolines could lie */
	bool loop_called; /* its stacks show what calls the evaluation loop: nothing made at run time */
};

struct looking {
	const struct symbols_input *in;
	const struct functions *functions;
	const struct frames *frames;
	struct family *families; /* by the instance that its first process is */
	uint32_t *of_instance;   /* by instance: its family */
	uint32_t *of_node;       /* by node: its family; 0: not known */
	bool *in_jit;            /* by node: itself or one before it is code made at run time */
};

/* Parents come first. */
static void find_families(struct looking *k)
{
	for (uint32_t i = 0; i < machine_instances(k->in->machine); i++) {
		uint32_t parent = machine_parent(k->in->machine, (struct instance_id){ i }).i;

		k->of_instance[i] = parent && parent < i ? k->of_instance[parent] : i;
	}
}

static const struct function *function_at(const struct looking *k, uint32_t node)
{
	uint32_t location = k->in->collected->tree->nodes[node].location;

	return &k->functions->items[*frames_at(k->frames, location)];
}

static bool is_jit(const struct function *f)
{
	return f->placeholder && strcmp(f->object, "[jit]") == 0;
}

/* Of several files of the interpreter (python3.12, libpython3.12.so) one that says its version. */
static const char *better(const char *a, const char *b)
{
	if (a == b) /* nearly always: nodes of one file */
		return a;
	if (!a || (!interp_minor(a) && interp_minor(b)))
		return b;
	return interp_minor(b) && strcmp(b, a) < 0 ? b : a;
}

static void look_at_node(struct looking *k, uint32_t n)
{
	const struct calltree *tree = k->in->collected->tree;
	const struct calltree_node *node = &tree->nodes[n];
	const struct location *l = &tree->locations[node->location];
	const struct function *f = function_at(k, n);
	struct instance_id instance = l->owner;
	struct family *family;
	const char *file = "";

	k->of_node[n] = k->of_node[node->parent];
	k->in_jit[n] = k->in_jit[node->parent] || is_jit(f);
	if (l->space != SPACE_USER || !(l->mapping.i || l->owner.i))
		return;
	if (l->mapping.i) {
		const struct mapping *m = machine_mapping(k->in->machine, l->mapping);

		file = m->filename;
		if (!instance.i)
			instance = m->instance;
	}
	k->of_node[n] = k->of_instance[instance.i];
	family = &k->families[k->of_node[n]];
	family->traced = family->traced || f->kind == KIND_PYTHON;
	if (!interp_is_object(file))
		return;
	family->interpreter = better(family->interpreter, file);
	if (node->parent && interp_is_loop(*f->symbol ? f->symbol : f->name) &&
	    interp_is_object(function_at(k, node->parent)->object))
		family->loop_called = true;
}

static bool is_jitdump(const char *file)
{
	const char *base = label_base(file), *end = strrchr(base, '.');

	return strncmp(base, "jit-", 4) == 0 && end && strcmp(end, ".dump") == 0;
}

static void look_at_mappings(struct looking *k)
{
	const struct machine *machine = k->in->machine;

	for (uint32_t i = 1; i <= machine_mappings(machine); i++) {
		const struct mapping *m = machine_mapping(machine, (struct mapping_id){ i });

		if (m->data || !(m->prot & PROT_EXEC))
			continue;
		if (is_jitdump(m->filename))
			k->families[k->of_instance[m->instance.i]].traced = true;
		else if (stacks_is_jit(m) && m->end - m->start >= ARENA)
			k->families[k->of_instance[m->instance.i]].arena = true;
	}
}

/* Samples below kernel frames are of the process whose frames are outside of them. */
static void count(struct looking *k)
{
	const struct calltree *tree = k->in->collected->tree;

	for (uint32_t n = 1; n < tree->n_nodes; n++) {
		struct family *f = &k->families[k->of_node[n]];
		uint32_t row = tree->nodes[n].cost;
		uint64_t samples = row && k->of_node[n] ? costs_samples(&tree->costs, row) : 0;

		f->samples += samples;
		f->jit += k->in_jit[n] ? samples : 0;
	}
}

/* A hundredth: broken call chains go on through whatever looks like an address. */
static bool may_have_trampolines(const struct family *f)
{
	unsigned minor = interp_minor(f->interpreter);

	if (minor && minor < FIRST_WITH_TRAMPOLINES)
		return false;
	return f->jit > f->samples / 100 || (f->arena && !f->loop_called);
}

static void tell(const struct looking *k)
{
	for (size_t i = 1; i < machine_instances(k->in->machine); i++) {
		const struct family *f = &k->families[i];

		if (!f->interpreter || !f->samples || f->traced || may_have_trampolines(f))
			continue;
		diag_add_n(k->in->diag, PROBLEM_UNNAMED_PYTHON, f->samples, f->interpreter,
			   "%s ran without telling perf which Python functions it ran",
			   f->interpreter);
	}
}

void unnamed_python_tell(const struct symbols_input *in, const struct functions *functions,
			 const struct frames *frames)
{
	const struct calltree *tree = in->collected->tree;
	struct looking k = {
		.in = in,
		.functions = functions,
		.frames = frames,
		.families = mem_calloc(machine_instances(in->machine), sizeof(*k.families)),
		.of_instance = mem_calloc(machine_instances(in->machine), sizeof(*k.of_instance)),
		.of_node = mem_calloc(tree->n_nodes, sizeof(*k.of_node)),
		.in_jit = mem_calloc(tree->n_nodes, sizeof(*k.in_jit)),
	};

	find_families(&k);
	look_at_mappings(&k);
	for (uint32_t n = 1; n < tree->n_nodes; n++)
		look_at_node(&k, n);
	count(&k);
	tell(&k);
	free(k.families);
	free(k.of_instance);
	free(k.of_node);
	free(k.in_jit);
}
