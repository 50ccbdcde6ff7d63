#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/doctor_parts.h"
#include "report/interp.h"
#include "report/label.h"

enum { FIRST_WITH_PERF = 12, FIRST_WITH_JITDUMP = 13 }; /* 3.12: -X perf; 3.13: -X perf_jit */

/* Samples with the evaluation loop in their stack, and no Python function. */
static uint64_t count_loops(const struct examination *x)
{
	enum { NEITHER, LOOP, PYTHON };
	const struct calltree *tree = x->in->collected->tree;
	uint8_t *has = mem_calloc(tree->n_nodes, sizeof(*has));
	uint64_t sum = 0;

	for (size_t n = 1; n < tree->n_nodes; n++) {
		const struct calltree_node *node = &tree->nodes[n];
		const struct function *f =
			&x->in->functions->items[*frames_at(x->in->frames, node->location)];

		has[n] = has[node->parent];
		if (f->kind == KIND_PYTHON)
			has[n] = PYTHON;
		else if (has[n] == NEITHER && interp_is_object(f->object) &&
			 interp_is_loop(*f->symbol ? f->symbol : f->name))
			has[n] = LOOP;
		if (has[n] == LOOP)
			sum += costs_samples(&tree->costs, node->cost);
	}
	free(has);
	return sum;
}

/* "python2.7", "libpython3.10.so.1.0": the version in it is too old to have -X perf. */
static bool is_too_old(const char *file, unsigned *major, unsigned *minor)
{
	const char *at = strstr(label_base(file), "python");

	return at && sscanf(at, "python%1u.%2u", major, minor) == 2 &&
	       (*major < 3 || (*major == 3 && *minor < FIRST_WITH_PERF));
}

static const char *remedy_of(struct examination *x, const char *file, bool starts)
{
	const char *how = starts ? "run it" : "start the program anew";
	unsigned major, minor;

	if (is_too_old(file, &major, &minor))
		return examination_text(
			x,
			"CPython %u.%u cannot tell perf its functions: use 3.12 or later, with -X perf",
			major, minor);
	minor = interp_minor(file);
	return examination_text(
		x,
		"%s with -X perf, or with PYTHONPERFSUPPORT=1 in its environment%s%s; then "
		"keep /tmp/perf-PID.map beside the recording",
		how, minor ? "" : " (CPython 3.12 or later)",
		minor >= FIRST_WITH_JITDUMP
			? " (or -X perf_jit, which leaves a jitdump: record with -k mono)"
			: "");
}

/* With call chains: without them no function's callers are known, and Python functions are callers only. */
static const char *command_of(struct examination *x, const char *file,
			      const struct record_answers *was)
{
	struct record_changes changes = { .python = "perf" };
	unsigned major, minor;

	if (!was->starts_program || is_too_old(file, &major, &minor))
		return "";
	if (!was->chains)
		changes.call_graph = "dwarf,16384";
	return examination_again(x, &changes);
}

static void add_interpreter(struct finding *f, const struct problem *p)
{
	f->files = mem_resize(f->files, f->n_files + 1, sizeof(*f->files));
	f->files[f->n_files++] = (struct finding_file){
		.name = p->subject,
		.evidence = p->message,
		.samples = p->count,
	};
	f->samples += p->count;
}

/* The interpreter with most samples, which the remedy is for. */
static const char *main_interpreter(const struct finding *f)
{
	size_t best = 0;

	for (size_t i = 1; i < f->n_files; i++)
		if (f->files[i].samples > f->files[best].samples)
			best = i;
	return f->files[best].name;
}

void examine_python(struct examination *x)
{
	struct finding f = { .kind = "unnamed-python" };
	uint64_t whole = x->whole, loops;
	struct record_answers was;
	const char *file;

	for (size_t i = 0; i < diag_count(x->in->diag); i++)
		if (diag_get(x->in->diag, i)->kind == PROBLEM_UNNAMED_PYTHON)
			add_interpreter(&f, diag_get(x->in->diag, i));
	if (!f.n_files)
		return;
	x->whole = x->in->collected->samples;
	f.harm = examination_harm(x, f.samples, HARM_SERIOUS);
	f.title =
		f.n_files == 1
			? examination_text(x, "Python functions have no names: %s", f.files[0].name)
			: examination_text(x, "Python functions of %zu interpreters have no names",
					   f.n_files);
	loops = count_loops(x);
	f.evidence = examination_text(
		x, "%s are of processes that ran Python and did not tell perf its functions",
		examination_numbers(x, f.samples));
	if (loops && loops <= f.samples)
		f.evidence = examination_text(x,
					      "%s; %" PRIu64
					      " of them have its evaluation loop in their stack",
					      f.evidence, loops);
	f.consequence =
		"only the interpreter's own functions are shown, whatever Python code they ran";
	file = main_interpreter(&f);
	record_ask(x->in->command, &was, x->in->texts);
	f.remedy = remedy_of(x, file, was.starts_program);
	f.command = command_of(x, file, &was);
	examination_add(x, &f);
	x->whole = whole;
}
