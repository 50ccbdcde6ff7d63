#include "report/program.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/buffer.h"
#include "parser/base/text.h"
#include "report/label.h"
#include "report/machine.h"
#include "report/record_again.h"
#include "report/record_line.h"
#include "report/shell_words.h"

enum { SHOWN_TASKS = 3 };

/* The script or module of a Python command line (python(1)); NULL: it has none. */
static const char *script_of(const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *w = words[i];

		if (w[0] != '-')
			return label_base(w);
		if (strcmp(w, "-m") == 0)
			return i + 1 < n ? words[i + 1] : NULL;
		if (text_begins(w, "-m"))
			return w + 2;
		if (text_begins(w, "-c") || strcmp(w, "-") == 0)
			return NULL;
		if (strcmp(w, "-X") == 0 || strcmp(w, "-W") == 0 ||
		    strcmp(w, "--check-hash-based-pycs") == 0)
			i++;
	}
	return NULL;
}

static const char *workload_name(const struct record_line *l)
{
	const char *name = label_base(l->workload[0]);
	const char *script =
		text_begins(name, "python") ? script_of(l->workload, l->n_workload) : NULL;

	return script && *script ? script : name;
}

static void put(struct buffer *b, const char *s)
{
	buffer_put(b, s, strlen(s));
}

static const char *finish(struct buffer *b, struct texts *texts)
{
	const char *text = texts_add(texts, b->n ? (const char *)b->data : "", b->n);

	buffer_done(b);
	return text;
}

/* "whole system", "cpu 0-3"; false: it was recorded otherwise. */
static bool put_place(struct buffer *b, const struct record_line *l)
{
	switch (l->target) {
	case TARGET_SYSTEM:
		put(b, "whole system");
		return true;
	case TARGET_CPUS:
		put(b, "cpu ");
		break;
	case TARGET_USER:
		put(b, "user ");
		break;
	case TARGET_CGROUP:
		put(b, "cgroup ");
		break;
	case TARGET_APP:
		break;
	case TARGET_UNKNOWN:
	case TARGET_WORKLOAD:
	case TARGET_PROCESSES:
	case TARGET_THREADS:
		return false;
	}
	put(b, l->target_value);
	return true;
}

const char *program_name(const char *const *cmdline, size_t n, struct texts *texts)
{
	struct buffer b = { 0 };
	struct record_line l;
	const char *name = "";

	record_line_parse(&l, cmdline, n);
	if (l.target == TARGET_WORKLOAD)
		name = workload_name(&l);
	else if (put_place(&b, &l))
		name = finish(&b, texts);
	record_line_done(&l);
	return name;
}

const char *program_name_of(const char *command, struct texts *texts)
{
	struct shell_words words = { 0 };
	const char *name;

	shell_words_split(&words, command, texts);
	name = program_name(words.items, words.n, texts);
	shell_words_done(&words);
	return strcmp(name, RECORD_PROGRAM) == 0 ? "" : name;
}

/* "123 (python3)"; of a thread its own name. */
static void put_task(struct buffer *b, const char *id, size_t len, struct machine *m, uint64_t time)
{
	char number[12], unknown[16];
	unsigned long tid;
	const char *comm;

	buffer_put(b, id, len);
	if (len >= sizeof(number) || strspn(id, "0123456789") < len)
		return;
	snprintf(number, sizeof(number), "%.*s", (int)len, id);
	tid = strtoul(number, NULL, 10);
	if (tid > INT32_MAX)
		return;
	snprintf(unknown, sizeof(unknown), ":%lu", tid);
	comm = machine_comm_at(m, (uint32_t)tid, (uint32_t)tid, time);
	if (strcmp(comm, unknown) == 0)
		return;
	put(b, " (");
	put(b, comm);
	put(b, ")");
}

/* "pid 123 (python3), 456 (nginx) and 7 more" */
static void put_tasks(struct buffer *b, const struct record_line *l, struct machine *m,
		      uint64_t time)
{
	const char *id = l->target_value;
	char more[40];
	size_t n = 0;

	put(b, l->target == TARGET_PROCESSES ? "pid " : "tid ");
	while (*id) {
		size_t len = strcspn(id, ",");

		if (n < SHOWN_TASKS) {
			put(b, n ? ", " : "");
			put_task(b, id, len, m, time);
		}
		n++;
		id += len + (id[len] == ',');
	}
	if (n > SHOWN_TASKS) {
		snprintf(more, sizeof(more), " and %zu more", n - SHOWN_TASKS);
		put(b, more);
	}
}

static void put_words(struct buffer *b, const struct record_line *l)
{
	for (size_t i = 0; i < l->n_workload; i++) {
		put(b, i ? " " : "");
		put(b, l->workload[i]);
	}
}

/* sleep(1) does nothing: it says how long to record. */
static bool only_waits(const struct record_line *l)
{
	return !l->n_workload || strcmp(label_base(l->workload[0]), "sleep") == 0;
}

const char *program_title(const char *const *cmdline, size_t n, struct machine *m, uint64_t time,
			  struct texts *texts)
{
	struct buffer b = { 0 };
	struct record_line l;

	record_line_parse(&l, cmdline, n);
	if (l.target == TARGET_WORKLOAD) {
		put_words(&b, &l);
	} else if (l.target != TARGET_UNKNOWN) {
		if (!put_place(&b, &l))
			put_tasks(&b, &l, m, time);
		if (!only_waits(&l)) {
			put(&b, " during ");
			put_words(&b, &l);
		}
	}
	record_line_done(&l);
	return finish(&b, texts);
}
