/*
 * entry.tsv.  One row of `facts` for each line of entry.tsv that has one value; lists have a line for each item.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/tsv.h"
#include "report/entry.h"

enum { MOST_BYTES = 64 << 20 };

#define ENTRY_HEAD   "perfolio-entry"
#define FILE_VERSION "1"

static const struct fact {
	const char *key;
	bool is_text;
	size_t offset; /* in struct entry */
} facts[] = {
#define TEXT(key)                                       \
	{                                               \
#key, true, offsetof(struct entry, key) \
	}
#define NUMBER(key, where)                                 \
	{                                                  \
#key, false, offsetof(struct entry, where) \
	}
	TEXT(content),
	TEXT(options),
	TEXT(version),
	TEXT(input),
	NUMBER(bytes, bytes),
	TEXT(host),
	TEXT(program),
	TEXT(command),
	NUMBER(duration_ns, duration_ns),
	TEXT(view),
	NUMBER(processes, processes),
	NUMBER(threads, threads),
	NUMBER(samples, health.samples),
	NUMBER(unnamed, health.unnamed),
	NUMBER(broken, health.broken),
	NUMBER(lost, health.lost),
	NUMBER(python, python),
	NUMBER(native, native),
	NUMBER(kernel, kernel),
	NUMBER(unknown, unknown),
#undef TEXT
#undef NUMBER
};

enum { N_FACTS = sizeof(facts) / sizeof(facts[0]) };

/* ---- writing ---- */

static void put_cost(FILE *f, const struct cost *c)
{
	tsv_put_u64(f, true, c->samples);
	tsv_put_u64(f, true, c->weight);
}

static void end_line(FILE *f)
{
	putc('\n', f);
}

static void put_fact(FILE *f, const struct entry *e, const struct fact *fact)
{
	const char *at = (const char *)e + fact->offset;
	uint64_t number;
	const char *text;

	tsv_put(f, false, fact->key);
	if (fact->is_text) {
		memcpy(&text, at, sizeof(text));
		tsv_put(f, true, text);
	} else {
		memcpy(&number, at, sizeof(number));
		tsv_put_u64(f, true, number);
	}
	end_line(f);
}

static void put_lists(FILE *f, const struct entry *e)
{
	for (size_t i = 0; i < e->n_events; i++) {
		fputs("event", f);
		tsv_put(f, true, e->events[i].name);
		tsv_put(f, true, e->events[i].unit);
		put_cost(f, &e->events[i].sum);
		end_line(f);
	}
	for (size_t i = 0; i < e->n_problems; i++) {
		const struct entry_problem *p = &e->problems[i];

		fputs("problem", f);
		tsv_put(f, true, p->severity);
		tsv_put(f, true, p->kind);
		tsv_put_u64(f, true, p->count);
		tsv_put(f, true, p->subject);
		tsv_put(f, true, p->message);
		end_line(f);
	}
	for (size_t i = 0; i < e->n_outputs; i++) {
		fputs("output", f);
		tsv_put(f, true, e->outputs[i].name);
		tsv_put_u64(f, true, e->outputs[i].bytes);
		end_line(f);
	}
}

bool entry_write(const struct entry *e, const char *path, struct error *err)
{
	FILE *f = fopen(path, "wxe");

	if (!f)
		return fail(err, ERR_IO, "cannot create: %s", strerror(errno));
	fputs(ENTRY_HEAD "\t" FILE_VERSION "\n", f);
	for (size_t i = 0; i < N_FACTS; i++)
		put_fact(f, e, &facts[i]);
	if (e->has_when)
		fprintf(f, "when\t%s\t%s%lld\n", e->when_is_file ? "file" : "clock",
			e->when < 0 ? "" : "+", (long long)e->when);
	if (e->profile)
		fputs("profile\n", f);
	if (e->packed)
		fputs("packed\n", f);
	if (e->health.damaged)
		fputs("damaged\n", f);
	if (e->has_top) {
		fputs("top", f);
		tsv_put(f, true, e->top_module);
		tsv_put(f, true, e->top_name);
		put_cost(f, &e->top);
		end_line(f);
	}
	put_lists(f, e);
	fputs("end\n", f);
	return tsv_end(f, err);
}

/* ---- reading ---- */

static bool take_cost(struct tsv *t, size_t field, struct cost *out)
{
	return tsv_u64(t->field[field], &out->samples) &&
	       tsv_u64(t->field[field + 1], &out->weight);
}

static bool take_when(struct entry *e, const struct tsv *t)
{
	char *end;
	long long v;

	e->has_when = true;
	e->when_is_file = strcmp(t->field[1], "file") == 0;
	errno = 0;
	v = strtoll(t->field[2], &end, 10);
	e->when = v;
	return *t->field[2] && !*end && !errno;
}

static bool take_event(struct entry *e, struct tsv *t)
{
	struct entry_event event = { t->field[1], t->field[2], { 0, 0 } };

	if (!take_cost(t, 3, &event.sum))
		return false;
	e->events = mem_grow(e->events, e->n_events, 1, &e->cap_events, sizeof(*e->events));
	e->events[e->n_events++] = event;
	return true;
}

static bool take_problem(struct entry *e, struct tsv *t)
{
	struct entry_problem p = {
		.severity = t->field[1],
		.kind = t->field[2],
		.subject = t->field[4],
		.message = t->field[5],
	};

	if (!tsv_u64(t->field[3], &p.count))
		return false;
	e->problems =
		mem_grow(e->problems, e->n_problems, 1, &e->cap_problems, sizeof(*e->problems));
	e->problems[e->n_problems++] = p;
	return true;
}

static bool take_fact(struct entry *e, struct tsv *t)
{
	for (size_t i = 0; i < N_FACTS; i++) {
		char *at = (char *)e + facts[i].offset;
		uint64_t number;

		if (strcmp(facts[i].key, t->field[0]) != 0)
			continue;
		if (facts[i].is_text)
			memcpy(at, &t->field[1], sizeof(t->field[1]));
		else if (tsv_u64(t->field[1], &number))
			memcpy(at, &number, sizeof(number));
		else
			return false;
		return true;
	}
	return true; /* a later version's */
}

/* A name in the folder, that leads nowhere else. */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

static bool take_line(struct entry *e, struct tsv *t)
{
	const char *key = t->field[0];
	uint64_t bytes;

	if (strcmp(key, "when") == 0)
		return take_when(e, t);
	if (strcmp(key, "profile") == 0)
		return e->profile = true;
	if (strcmp(key, "packed") == 0)
		return e->packed = true;
	if (strcmp(key, "damaged") == 0)
		return e->health.damaged = true;
	if (strcmp(key, "top") == 0) {
		e->has_top = true;
		e->top_module = t->field[1];
		e->top_name = t->field[2];
		return take_cost(t, 3, &e->top);
	}
	if (strcmp(key, "event") == 0)
		return take_event(e, t);
	if (strcmp(key, "problem") == 0)
		return take_problem(e, t);
	if (strcmp(key, "output") == 0) {
		if (!is_name(t->field[1]) || !tsv_u64(t->field[2], &bytes))
			return false;
		entry_add_output(e, t->field[1], bytes);
		return true;
	}
	return take_fact(e, t);
}

static bool is_head(struct tsv *t, const char *name)
{
	return tsv_next(t) && strcmp(t->field[0], name) == 0 &&
	       strcmp(t->field[1], FILE_VERSION) == 0;
}

bool entry_read(struct entry *e, const char *path, struct error *err)
{
	struct tsv t;
	bool ok, ended = false;

	if (!tsv_open(&t, path, MOST_BYTES, err))
		return false;
	*e = (struct entry){ .bytes_read = NULL };
	entry_done(e); /* texts are "" */
	e->bytes_read = t.bytes;
	ok = is_head(&t, ENTRY_HEAD);
	while (ok && !ended && tsv_next(&t)) {
		ended = strcmp(t.field[0], "end") == 0 && t.whole;
		ok = ended || take_line(e, &t);
	}
	if (ok && ended)
		return true;
	entry_done(e);
	return fail(err, ERR_FORMAT, "%s: it is no entry of perfolio batch, or not whole", path);
}
