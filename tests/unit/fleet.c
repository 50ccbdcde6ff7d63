/*
 * tests/unit/fleet.c - what is kept of a recording's functions, and their sums over many recordings (report/entry.h, fleet.h).
 */
#include "report/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/fleet_modules.h"
#include "report/table.h"
#include "tests/check.h"
#include "tests/make_profile.h"

static char path[] = "/tmp/perfolio-fleet-XXXXXX";
static struct texts *texts;

static void write_functions(const struct profile *p, const char *const *files, size_t n_files)
{
	static const struct table_summary summary = { .program = "" };
	struct table_options options = { .event = -1 };
	struct totals *totals = totals_new(p);
	struct table *t = table_new(p, totals, NULL, &summary, &options);
	struct error err = { 0 };

	unlink(path);
	check(entry_functions_write(t, files, n_files, path, &err), err.what);
	table_free(t);
	totals_free(totals);
}

static void write_text(const char *text)
{
	FILE *f = fopen(path, "we");

	check(f && fputs(text, f) >= 0 && fclose(f) == 0, "written");
}

/* ---- rows of equal kind, module and name ---- */

enum { NAMES = 3 };

struct taken {
	uint64_t self[NAMES], total[NAMES], rows[NAMES];
};

static void take(void *context, const struct entry_function *f)
{
	struct taken *t = context;
	size_t name = (size_t)(f->name[0] - 'a'); /* what is before 'a' is far behind, too */

	check(name < NAMES, "a name that was written");
	if (name >= NAMES)
		return;
	t->self[name] += f->self[0].weight;
	t->total[name] += f->total[0].weight;
	t->rows[name]++;
}

/* By brute force: a stack counts once for each name that is in it. */
static void count(struct taken *t, const struct stack *s, const struct profile *p)
{
	bool in[NAMES] = { false };

	for (size_t i = 0; i < s->depth; i++)
		in[p->functions[s->frames[i]].name[0] - 'a'] = true;
	for (int n = 0; n < NAMES; n++)
		t->total[n] += in[n] ? s->cost.weight : 0;
	if (s->depth)
		t->self[p->functions[s->frames[s->depth - 1]].name[0] - 'a'] += s->cost.weight;
}

/* Two lambdas of one module, in two files or places, that call one another. */
static void a_sample_counts_once_for_functions_of_one_key(void)
{
	static const struct shape shape = { "", 6, 300, 12, 1, 0, false };
	static const char *const names[NAMES] = { "a", "b", "c" };
	struct stack *stacks = random_stacks(&shape, 5);
	struct profile *p = profile_of_stacks(texts, &shape, stacks);
	struct taken want = { .rows = { 1, 1, 1 } }, have = { .rows = { 0 } };
	struct error err = { 0 };

	for (size_t i = 0; i < p->n_functions; i++) { /* each name twice */
		p->functions[i].kind = KIND_PYTHON;
		p->functions[i].name = names[i % NAMES];
		p->functions[i].module = "m";
		p->functions[i].file = i < NAMES ? "/x/m.py" : "/y/m.py";
	}
	for (size_t i = 0; i < shape.stacks; i++)
		count(&want, &stacks[i], p);
	write_functions(p, NULL, 0);
	check(entry_functions_read(path, 1, take, &have, &err), err.what);
	for (int n = 0; n < NAMES; n++) {
		check_in(names[n]);
		check_u64(have.rows[n], want.rows[n], "rows");
		check_u64(have.self[n], want.self[n], "self");
		check_u64(have.total[n], want.total[n], "total");
	}
	check_in(NULL);
	profile_free(p);
	free(stacks);
}

/* ---- modules over all recordings ---- */

#define HEAD "perfolio-functions\t" ENTRY_FUNCTIONS_VERSION "\t1\n"

static const char *const recordings[] = {
	/* one util.py: it is `util` in this one */
	HEAD "file\t/srv/a/util.py\npython\tutil\tf\t1\t1\t10\t1\t10\nend\n",
	/* two */
	HEAD "file\t/srv/a/util.py\nfile\t/srv/b/util.py\n"
	     "python\ta.util\tf\t1\t2\t20\t2\t20\npython\tb.util\tf\t2\t3\t30\t3\t30\nend\n",
	/* the same package somewhere else: of one module everywhere */
	HEAD "file\t/v1/site-packages/p/q.py\npython\tp.q\tg\t1\t4\t40\t4\t40\nend\n",
	HEAD "file\t/v2/site-packages/p/q.py\npython\tp.q\tg\t1\t5\t50\t5\t50\n"
	     "native\tlibc.so.6\tread\t0\t1\t1\t1\t1\nend\n",
};

enum { N = sizeof(recordings) / sizeof(recordings[0]) };

static void add_file(void *modules, const char *file)
{
	fleet_modules_add(modules, file);
}

static uint64_t self_of(const struct fleet_event *e, const char *module, const char *name)
{
	for (size_t i = 0; i < e->n_functions; i++)
		if (strcmp(e->functions[i].module, module) == 0 &&
		    strcmp(e->functions[i].name, name) == 0)
			return e->functions[i].self.weight;
	return 0;
}

static void modules_are_named_over_all_recordings(void)
{
	struct entry_event event = { "cycles", "count", { 100, 1000 } };
	struct entry e = { .events = &event, .n_events = 1 };
	struct fleet_modules *modules = fleet_modules_new();
	struct fleet *f = fleet_new(FLEET_ALL, "", modules);
	const struct fleet_event *sum;
	struct error err = { 0 };

	for (size_t i = 0; i < N; i++) {
		write_text(recordings[i]);
		check(entry_files_read(path, add_file, modules, &err), err.what);
	}
	fleet_modules_name(modules);
	for (size_t i = 0; i < N; i++) {
		write_text(recordings[i]);
		check(fleet_add(f, &e, path, &err), err.what);
	}
	sum = fleet_finish(f, 0)->events;
	check_u64(sum->n_functions, 4, "functions");
	check_u64(self_of(sum, "a.util", "f"), 30, "one file, one function");
	check_u64(self_of(sum, "b.util", "f"), 30, "another file");
	check_u64(self_of(sum, "p.q", "g"), 90, "one package at two places");
	check_u64(self_of(sum, "libc.so.6", "read"), 1, "native code has its own");
	fleet_free(f);
	fleet_modules_free(modules);
}

static void files_are_numbered(void)
{
	static const char *const files[] = { "/srv/a/util.py", "/srv/b/util.py" };
	struct function f = {
		.kind = KIND_PYTHON, .name = "f", .module = "b.util", .file = files[1]
	};
	char line[200] = "";
	struct maker m;
	FILE *in;

	maker_begin(&m, texts, 1);
	maker_function(&m, &f);
	maker_stack(&m, "f", 0, 2, 7);
	{
		struct profile *p = maker_end(&m);

		write_functions(p, files, 2);
		profile_free(p);
	}
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in) && strncmp(line, "python", 6) != 0)
		;
	check_text(line, "python\tb.util\tf\t2\t2\t7\t2\t7\n", "a line");
	if (in)
		fclose(in);
}

static void refuse(void *context, const struct entry_function *f)
{
	(void)f;
	++*(int *)context;
}

static void a_file_that_makes_no_sense_is_refused(void)
{
	static const char *const wrong[] = {
		"",
		"perfolio-functions\t1\t1\nend\n",
		HEAD,
		HEAD "end",
		HEAD "python\tm\tf\t1\t1\t1\t1\t1\nend\n", /* there is no file 1 */
		HEAD "python\tm\tf\t0\t1\t1\t1\nend\n",
		HEAD "snake\tm\tf\t0\t1\t1\t1\t1\nend\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = { 0 };
		int n = 0;

		write_text(wrong[i]);
		check(!entry_functions_read(path, 1, refuse, &n, &err) && err.what[0], wrong[i]);
		check(!n, "nothing was taken");
	}
}

int main(void)
{
	int fd = mkstemp(path);

	check(fd >= 0, "a file");
	texts = texts_new();
	a_sample_counts_once_for_functions_of_one_key();
	modules_are_named_over_all_recordings();
	files_are_numbered();
	a_file_that_makes_no_sense_is_refused();
	texts_free(texts);
	close(fd);
	unlink(path);
	return check_done("fleet");
}
